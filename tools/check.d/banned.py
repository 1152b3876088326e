# SPDX-License-Identifier: Apache-2.0
"""Functions that nobody may call, and those that are for base/ and platform/ alone.

By name rather than by `#pragma GCC poison`, which would also refuse the system's headers.
Exceptions are lines `FILE | FUNCTION | why` of tools/banned.allow."""
import re

import ccode

NOBODY = ("strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol atof gets alloca rand"
          " srand gmtime localtime ctime asctime")
LOW_ONLY = "malloc calloc realloc free strdup strlen printf time getenv"


def calls(names: str) -> "re.Pattern":
    return re.compile(r"(?<![\w.>])(" + "|".join(names.split()) + r")\s*\(")


def main() -> None:
    rows = ccode.allow_list("tools/banned.allow")
    allowed = {(path, name): number for number, path, name in rows}
    unused = set(allowed)
    failures = []
    for path in ccode.files(r"^(src|tests|bench)/.*\.[ch]$"):
        source = ccode.CFile(ccode.read(path))
        high = re.match(r"src/(services|flows|gateway|app|main)", path) and "/tests/" not in path
        for line, match in source.find(calls(NOBODY + " " + LOW_ONLY if high else NOBODY)):
            name = match.group(1)
            unused.discard((path, name))
            if (path, name) not in allowed:
                where = "banned" if name in NOBODY.split() else "for base/ and platform/ alone"
                failures.append((path, line, f"{name}() is {where}"))
    for key in sorted(unused):
        failures.append(("tools/banned.allow", allowed[key], "nothing needs this line any more"))
    ccode.finish(failures)


if __name__ == "__main__":
    main()
