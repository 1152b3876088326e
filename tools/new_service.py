#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a service that builds and passes: new_service.py NAME [--root TREE]

Copies tools/new-service, a small service called gift with two tables, two verbs, two routes and
their tests, to src/services/NAME under the new name, and lists it in src/app/services.c."""
import os
import re
import shutil
import subprocess
import sys

TOOLS = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(TOOLS, "new-service")
NAME = re.compile(r"[a-z][a-z0-9]{1,23}\Z")


def renamed(text: str, name: str) -> str:
    for old, new in (("gift", name), ("Gift", name.capitalize()), ("GIFT", name.upper())):
        text = text.replace(old, new)
    return text


def make(name: str, root: str) -> list:
    """Writes the service; returns the paths."""
    if not NAME.match(name):
        sys.exit(f"new-service: `{name}` is no name: small letters, 2 to 24, one word")
    target = os.path.join(root, "src", "services", name)
    if os.path.exists(target):
        sys.exit(f"new-service: {target} is there already")
    made = []
    for folder, _, files in os.walk(MODEL):
        for file in sorted(files):
            source = os.path.join(folder, file)
            path = os.path.join(target, renamed(os.path.relpath(source, MODEL), name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(source, encoding="utf-8") as old, open(path, "w", encoding="utf-8") as new:
                new.write(renamed(old.read(), name))
            made.append(path)
    if shutil.which("clang-format"): # another name breaks lines elsewhere
        style = "--style=file:" + os.path.join(TOOLS, "..", ".clang-format")
        subprocess.run(["clang-format", style, "-i"] + [p for p in made if p.endswith((".c", ".h"))],
                       check=True)
    return made


# Where src/app/services.c names a service: after the last of its kind, what is added.
PLACES = (
    (r'#include "services/[^\n]*\n|#include "platform/[^\n]*\n', '#include "services/gift/gift.h"\n'),
    (r"(?<=\n)static void open_services\(.*?\n(?=\})",
     "    add(app, &gift_service, gift_open(life, (struct gift_deps){ .db = app->db }));\n"),
    (r'    \{ "\w+", "src/services/[^\n]*\n', '    { "gift", "src/services/gift/sql/" },\n'),
)


def listed(text: str, name: str):
    """services.c with the service in it; None when it does not look as expected."""
    for pattern, added in PLACES:
        found = list(re.finditer(pattern, text, re.S))
        if not found:
            return None
        at = found[-1].end()
        text = text[:at] + renamed(added, name) + text[at:]
    return text


def main() -> int:
    arguments = sys.argv[1:]
    root = os.path.dirname(TOOLS)
    if len(arguments) == 3 and arguments[1] == "--root":
        root = arguments[2]
    elif len(arguments) != 1:
        sys.exit(__doc__)
    name = arguments[0]
    for path in make(name, root):
        print("made " + os.path.relpath(path, root))
    services = os.path.join(root, "src", "app", "services.c")
    with open(services, encoding="utf-8") as file:
        text = listed(file.read(), name)
    if text is None:
        print(f"by hand: open {name}_service in src/app/services.c, as it does the others")
    else:
        with open(services, "w", encoding="utf-8") as file:
            file.write(text)
        print("listed in src/app/services.c")
    print(f"next: ./dev test {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
