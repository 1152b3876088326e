# SPDX-License-Identifier: Apache-2.0
"""C files as checks want to see them: code without comments, the literals, the comments.

Used by tools/check.d/*.py. It is no parser: tokens are all that the checks ask for."""
import re
import subprocess
import sys

TOKEN = re.compile(r"""(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')""", re.S)


class CFile:
    """code: the text with comments and the insides of literals blanked, every line in its place.
    strings, comments: lists of (line, text); a string is without its quotes, as written."""

    def __init__(self, text: str):
        self.strings, self.comments = [], []
        out, at, line = [], 0, 1
        for token in TOKEN.finditer(text):
            before = text[at:token.start()]
            line += before.count("\n")
            out.append(before)
            comment, string, char = token.groups()
            if comment:
                self.comments.append((line, comment))
                out.append(re.sub(r"[^\n]", " ", comment))
            elif string:
                self.strings.append((line, string[1:-1]))
                out.append('"' + " " * (len(string) - 2) + '"')
            else:
                out.append("'" + " " * (len(char) - 2) + "'")
            line += token.group().count("\n")
            at = token.end()
        out.append(text[at:])
        self.code = "".join(out)

    def find(self, pattern: "re.Pattern"):
        """(line, match) for each match in the code."""
        for match in pattern.finditer(self.code):
            yield self.code.count("\n", 0, match.start()) + 1, match


def files(pattern: str) -> list:
    """Paths of the repository that match."""
    listed = subprocess.run(["tools/files"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [path for path in listed.splitlines() if re.search(pattern, path)]


def c_files(tests: bool = False) -> list:
    return [path for path in files(r"^src/.*\.[ch]$") if tests or "/tests/" not in path]


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def allow_list(path: str) -> list:
    """Lines `a | b | why` of an allow file: (number, a, b)."""
    rows = []
    for number, line in enumerate(read(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 3 or not all(parts):
            sys.exit(f"{path}:{number}: needs `FILE | WHAT | why`")
        rows.append((number, parts[0], parts[1]))
    return rows


def finish(failures: list) -> None:
    """Prints `file:line: what` for each (file, line, what) and ends the check."""
    for path, line, what in failures:
        print(f"{path}:{line}: {what}")
    sys.exit(1 if failures else 0)
