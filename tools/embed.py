#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns files into one C table of bytes (base/embed.h): OUTPUT ROOT FILE..."""
import os
import sys


def main() -> int:
    output, root, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(output, "w", encoding="ascii") as out:
        out.write('/* made by tools/embed.py */\n#include "base/embed.h"\n')
        rows = []
        for i, path in enumerate(files):
            data = open(path, "rb").read()
            name = os.path.relpath(os.path.abspath(path), os.path.abspath(root))
            out.write(f"static const unsigned char f{i}[] = {{")
            out.write(",".join(map(str, data)) + (",0};\n" if data else "0};\n"))
            rows.append(f'    {{ S_INIT("{name}"), {{ (const char *)f{i}, {len(data)} }} }},\n')
        out.write("const struct embedded embedded_files[] = {\n" + "".join(rows))
        out.write("    { { 0, 0 }, { 0, 0 } },\n};\n")
        out.write(f"const size_t embedded_files_n = {len(files)};\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
