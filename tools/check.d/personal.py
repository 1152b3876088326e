# SPDX-License-Identifier: Apache-2.0
"""Columns whose names sound personal are marked (-- @personal, tools/sqlgen.py), or say why not.

Exceptions are lines `TABLE.COLUMN | why` of tools/personal.allow; one that fits nothing is refused."""
import os
import re

import ccode
import sqlgen

SOUNDS = re.compile(
    r"(^|_)(e?mail|phone|name|first|last|line1|line2|street|city|region|postal|zip|address|recipient"
    r"|subject|peer|ip|device|agent|birth|born|author|customer|principal|payload|body|contact"
    r"|person|note|comment)(_|$)")
TABLE = re.compile(r"\bCREATE TABLE (?:IF NOT EXISTS )?([a-z_0-9]+)\s*\((.*?)^\)", re.S | re.M)
COLUMN = re.compile(r"^\s*([a-z_0-9]+)\s+(?:text|bytea|varchar|json)\b", re.M)
ADDED = re.compile(r"\bALTER TABLE ([a-z_0-9]+)\s+ADD COLUMN ([a-z_0-9]+)\s+(?:text|bytea)\b")
ALLOW = "tools/personal.allow"


def columns(text: str):
    """(offset, table, column) of the text columns that a migration makes."""
    text = re.sub(r"--[^\n]*", lambda m: " " * len(m.group()), text)
    for table in TABLE.finditer(text):
        for column in COLUMN.finditer(table.group(2)):
            yield table.start(2) + column.start(1), table.group(1), column.group(1)
    for match in ADDED.finditer(text):
        yield match.start(2), match.group(1), match.group(2)


def people(paths, marks):
    """(path, service) of the services and flows that keep people's rows and do not say so."""
    for folder in sorted({os.path.dirname(os.path.dirname(p)) for p in paths}):
        if not re.match(r"src/(services|flows)/", folder):
            continue
        name = os.path.basename(folder)
        text = "".join(ccode.read(p) for p in paths if p.startswith(folder + "/"))
        if not re.search(r"^\s*(user_id|buyer|customer_id)\s+uuid", text, re.M) and not any(
                m.startswith(name + "_") for m in marks):
            continue
        code = ccode.files("^" + re.escape(folder) + r"/[^/]+\.c$")
        if not any(re.search(r"^\s*\.person = &", ccode.read(p), re.M) for p in code):
            yield folder + "/sql/0001_init.sql", name


def allowed(text: str) -> dict:
    rows = (line.split("|", 1) for line in text.splitlines() if "|" in line and line[0] != "#")
    return {name.strip(): why.strip() for name, why in rows}


def main() -> None:
    failures, used = [], set()
    excepted = allowed(ccode.read(ALLOW)) if os.path.exists(ALLOW) else {}
    paths = ccode.files(r"^src/[^/]+/[^/]+/sql/[0-9].*\.sql$")
    marks = {}
    for path in paths:
        sqlgen.parse_marks(path, ccode.read(path), marks)
    for path in paths:
        text = ccode.read(path)
        for at, table, column in columns(text):
            name = f"{table}.{column}"
            if table in marks and marks[table].column(column) or not SOUNDS.search(column):
                continue
            if name in excepted:
                used.add(name)
                continue
            failures.append((path, text.count("\n", 0, at) + 1,
                             f"{name} sounds personal: mark it (-- @personal), or say in {ALLOW} "
                             "why it is not"))
    for path, what in people(paths, marks):
        if what in excepted:
            used.add(what)
        else:
            failures.append((path, 1, f"{what} keeps something of people: it needs .person in its "
                                      "struct service (platform/http/person.h)"))
    for name in sorted(set(excepted) - used):
        failures.append((ALLOW, 1, f"{name}: no such column, or it needs no exception"))
    ccode.finish(sorted(failures))


if __name__ == "__main__":
    main()
