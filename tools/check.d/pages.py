# SPDX-License-Identifier: Apache-2.0
"""Templates: tags are well formed and closed, pieces exist, names stand in a HTML_* table and the
other way round, and nothing needs an inline script or style (the Content-Security-Policy refuses
it). `souk check-pages` holds each page against its own table, with the parser that serves it."""
import os
import re
import subprocess
import sys
import tempfile

import ccode

TAG = re.compile(r"\{\{(\{?)\s*([#^/>!&=]?)\s*(.*?)\s*\}\}", re.S)
NAME = re.compile(r"[a-z_][a-z0-9_]*$")
TABLE = re.compile(r"\bHTML_(?:TEXT|HTML|INT|FLAG|LIST|OBJECT)\(\s*[^,()]+,\s*(\w+)")
INLINE = re.compile(r"<style\b|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/ld\+json\")"
                    r"|\s(on[a-z]+|style)\s*=\s*[\"']|javascript:", re.I)


def template(path: str, text: str, pieces: set, failures: list) -> set:
    """The names that a template uses; what is wrong with it goes to failures."""
    names, inside = set(), []
    for match in TAG.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        triple, mark, name = match.groups()
        if mark == "!":
            continue
        if triple or mark in ("&", "="):
            failures.append((path, line, f"{match.group()}: only type html is unescaped"))
        elif mark == ">":
            if name not in pieces:
                failures.append((path, line, f"{match.group()}: there is no such piece"))
        elif not NAME.match(name):
            failures.append((path, line, f"{match.group()}: not a name"))
        elif mark == "/":
            if not inside or inside.pop()[1] != name:
                failures.append((path, line, f"{match.group()} closes what is not open"))
        else:
            names.add(name)
            if mark:
                inside.append((line, name))
    for line, name in inside:
        failures.append((path, line, f"{{{{#{name}}}}} is never closed"))
    for match in INLINE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        failures.append((path, line, f"{match.group().strip()}: nothing inline in a page"))
    return names


def main() -> None:
    failures, used, tables = [], {}, {}
    pages = ccode.files(r"^src/.*/(pages|pieces)/.*\.html$")
    pieces = {os.path.basename(path)[:-len(".html")] for path in pages} | {
        path[len("src/"):-len(".html")] for path in pages}
    for path in pages:
        text = ccode.read(path)
        for name in template(path, text, pieces, failures):
            used.setdefault(name, path)
    for path in ccode.c_files():
        if path == "src/base/html.h":
            continue
        for line, match in ccode.CFile(ccode.read(path)).find(TABLE):
            tables.setdefault(match.group(1), (path, line))
    for name in sorted(set(used) - set(tables)):
        failures.append((used[name], 1, f"{{{{{name}}}}} stands in no table"))
    for name in sorted(set(tables) - set(used)):
        failures.append((*tables[name], f"{name} stands in no template"))
    souk = sys.argv[1] + "/souk"
    if os.path.exists(souk) and "check-pages" in output(souk, "help"):
        print(output(souk, "check-pages", failures), end="")
    ccode.finish(failures)


def output(souk: str, word: str, failures: "list | None" = None) -> str:
    with tempfile.TemporaryDirectory() as data:
        own = dict(os.environ, SOUK_DATA=data, SOUK_DB=f"sqlite:{data}/souk.db")
        ran = subprocess.run([souk, word], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=60, check=False, env=own)
    if failures is not None and ran.returncode == 0:
        return ""
    if failures is not None:
        failures.append((souk, 1, "check-pages failed"))
    return ran.stdout


if __name__ == "__main__":
    main()
