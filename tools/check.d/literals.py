# SPDX-License-Identifier: Apache-2.0
"""No SQL in C strings, and no SQL, HTML or JSON put together by printf.

Exceptions for SQL are lines `PATH PREFIX | FIRST WORD OF THE LITERAL | why` of tools/sql.allow."""
import re

import ccode

UPPER = re.compile(
    r"\s*(?:(BEGIN|COMMIT|ROLLBACK|VACUUM|ANALYZE|FETCH)\b|(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP"
    r"|WITH|PRAGMA|SAVEPOINT|RELEASE|TRUNCATE|LOCK|SET|EXPLAIN)\s+\S)")
INNER = re.compile(r"\b(FROM|WHERE|GROUP BY|ORDER BY|VALUES|RETURNING)\s+[\w$(]")
LOWER = re.compile(
    r"\s*(select\s.*\sfrom\s|insert\s+into\s|delete\s+from\s|update\s+\w+\s+set\s"
    r"|(create|drop|alter)\s+(table|index|view)\s)", re.S)
PRINTF = re.compile(r"\b(v?[sf]?n?printf|dprintf|v?asprintf|buf_fmt|str_fmt|print_message)\s*\(")
MARKUP = re.compile(r"</?[a-zA-Z][\w-]*[\s>/]|</?[a-z]+$|&[a-z]+;")
JSON = re.compile(r'[{,\[]\s*\\"[\w%-]+\\"\s*:|\\":\s*[\\%\[{]')


def sql_word(text: str):
    """The word that makes this literal SQL, or None."""
    found = UPPER.match(text) or INNER.search(text) or LOWER.match(text)
    return next(filter(None, found.groups())).split()[0] if found else None


def call_end(code: str, start: int) -> int:
    depth = 0
    for at in range(start, len(code)):
        depth += (code[at] == "(") - (code[at] == ")")
        if depth == 0:
            return at
    return len(code)


def printf_lines(source: "ccode.CFile") -> set:
    """The lines that arguments of a printf stand on."""
    lines = set()
    for line, match in source.find(PRINTF):
        end = call_end(source.code, match.end() - 1)
        lines.update(range(line, line + source.code.count("\n", match.start(), end) + 1))
    return lines


def main() -> None:
    failures, allowed = [], ccode.allow_list("tools/sql.allow")
    unused = {number for number, _, _ in allowed}
    for path in ccode.c_files():
        source = ccode.CFile(ccode.read(path))
        printed = printf_lines(source)
        for line, text in source.strings:
            word = sql_word(text)
            if word:
                rows = {n for n, prefix, w in allowed if path.startswith(prefix) and w == word}
                unused -= rows
                if not rows:
                    failures.append((path, line, f"SQL in a C string ({word}): write a .sql file"))
            if line in printed and MARKUP.search(text):
                failures.append((path, line, "printf makes no HTML: write a template"))
            if line in printed and JSON.search(text):
                failures.append((path, line, "printf makes no JSON: write a field table"))
    for number in sorted(unused):
        failures.append(("tools/sql.allow", number, "nothing needs this line any more"))
    ccode.finish(failures)


if __name__ == "__main__":
    main()
