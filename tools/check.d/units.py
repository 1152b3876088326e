# SPDX-License-Identifier: Apache-2.0
"""Services never begin or commit: a verb runs in the unit of work that its caller opened on cx.
Only the gateway, the flows' engine, the platform's bus and scheduler, and app open units."""
import re

import ccode

OPENS = re.compile(r"(?<![\w.>])(db_(?:read|write|write_wait|open|migrate))\s*\(")
SQL = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START TRANSACTION|PRAGMA|ATTACH)\b",
                 re.I | re.M)


def main() -> None:
    failures = []
    for path in ccode.c_files():
        if path.startswith(("src/base/", "src/services/")):
            for line, match in ccode.CFile(ccode.read(path)).find(OPENS):
                failures.append((path, line, f"{match.group(1)}(): services never begin or commit"))
    for path in ccode.files(r"^src/.*\.sql$"):
        text = re.sub(r"--[^\n]*", "", ccode.read(path))
        for match in SQL.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            failures.append((path, line, f"{match.group(1)}: platform/db begins and ends units"))
    ccode.finish(failures)


if __name__ == "__main__":
    main()
