# SPDX-License-Identifier: Apache-2.0
"""SQL of service or flow x names tables x_* only, and no foreign key leaves it."""
import re

import ccode

NAME = r"([a-z_][a-z0-9_]*)"
# After FROM a name with a parenthesis is a function, after INTO it is a table with its columns.
READS = re.compile(
    r"\b(?:FROM|JOIN|UPDATE)\s+(?:ONLY\s+)?" + NAME + r"\b(?!\s*\()"
    r"(?:(?:\s+(?:AS\s+)?\w+)?\s*,\s*" + NAME + r"\b(?!\s*[(.]))?", re.I)
TAKES = re.compile(
    r"\b(?:INTO|TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?|REFERENCES"
    r"|INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+ON)\s+(?:ONLY\s+)?" + NAME, re.I)
WITH = re.compile(NAME + r"\s*(?:\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(", re.I)
NOT_TABLES = re.compile(
    r"\b(DISTINCT\s+FROM|(?:FOR|DO|ON)\s+(?:NO\s+KEY\s+)?UPDATE)\b"
    r"|\b(?:EXTRACT|SUBSTRING|TRIM|OVERLAY|POSITION)\s*\([^()]*\)", re.I)
WORDS = {"select", "set", "values", "lateral", "where", "skip", "nowait", "of", "on"}


def tables(text: str):
    """(offset, table) for each table that the statements name."""
    text = re.sub(r"--[^\n]*|'(?:[^']|'')*'", lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    text = NOT_TABLES.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    named = {m.group(1).lower() for m in WITH.finditer(text)}
    for pattern in (READS, TAKES):
        for match in pattern.finditer(text):
            for group in range(1, pattern.groups + 1):
                name = (match.group(group) or "").lower()
                if name and name not in named and name not in WORDS:
                    yield match.start(group), name


def main() -> None:
    failures = set()
    for path in ccode.files(r"^src/(services|flows)/[^/]+/sql/.*\.sql$"):
        owner, text = path.split("/")[2], ccode.read(path)
        for at, name in tables(text):
            if name != owner and not name.startswith(owner + "_"):
                failures.add((path, text.count("\n", 0, at) + 1, f"table {name} is not {owner}'s"))
    ccode.finish(sorted(failures))


if __name__ == "__main__":
    main()
