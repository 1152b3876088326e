# SPDX-License-Identifier: Apache-2.0
"""`//` marks lines that are not to be committed; unfinished work is an issue, not a remark."""
import re

import ccode

WORDS = re.compile(r"\b(TODO|FIXME|HACK)\b")
SPEAK_OF_THEM = ("tools/check.d/comments.py", "tools/tally.py")


def main() -> None:
    failures = []
    for path in ccode.files(r"^(src|tests|bench)/.*\.[ch]$"):
        for line, text in ccode.CFile(ccode.read(path)).comments:
            if text.startswith("//"):
                failures.append((path, line, "`//` marks a line that is not to be committed"))
    for path in ccode.files(r"^(src|tests|bench|tools|dev$|\.ci)"
                            r"(.*\.(c|h|py|sh|awk|js|mjs|css|html|sql)|/[a-z-]+)?$"):
        if path in SPEAK_OF_THEM:
            continue
        for number, line in enumerate(ccode.read(path).splitlines(), 1):
            word = WORDS.search(line)
            if word:
                failures.append((path, number, f"{word.group()}: finish it, or open an issue"))
    ccode.finish(failures)


if __name__ == "__main__":
    main()
