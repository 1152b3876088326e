# SPDX-License-Identifier: Apache-2.0
"""What only the compiled objects show: no mutable global or static outside platform/ (.data and
.bss are empty), and `*_domain.c` calls nothing but pure functions. Needs a build without
sanitizers."""
import os
import re
import subprocess
import sys

import ccode

PURE = re.compile(
    r"(mem(cpy|set|cmp|move|chr|mem)|str(len|n?cmp|chr)|qsort|bsearch|l?labs|abs"
    r"|(f?l?loor|ceil|trunc|l?l?round|fabs|exp2?|log(2|10|1p)?|pow|sqrt|fm(in|ax)|hypot)f?"
    r"|(arena|str|buf|map|money|rng|id|utf8|net|instant|json|cx|currency|civil)_\w+|panic|ERR_\w+"
    r"|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(mem|str)\w+_chk|__(asan|ubsan|tsan|gcov|llvm)\w*)")
MUTABLE = re.compile(r"\.t?(data|bss)(\.(?!rel\.ro)|$)")


def object_of(build: str, path: str) -> str:
    """Where meson puts the object of a source file."""
    if path == "src/main.c":
        return f"{build}/souk.p/src_main.c.o"
    library = os.path.dirname(path)[len("src/"):].replace("/", "_")
    return f"{build}/lib{library}.a.p/{path.replace('/', '_')}.o"


def run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def sections(objects: list):
    """(object, section) for each section that can be written to and has bytes."""
    current = ""
    for line in run("size", "-A", *objects).splitlines():
        words = line.split()
        if line.endswith(":") and len(words) >= 1 and words[0].endswith(".o"):
            current = words[0]
        elif len(words) == 3 and MUTABLE.match(words[0]) and int(words[1]) > 0:
            yield current, words[0]


def undefined(path: str, build: str) -> list:
    own = path.split("/")[-2]
    names = run("nm", "-u", object_of(build, path)).replace("U ", "").split()
    own = re.compile(own + r"_(?!sql_|store_)", re.I)
    return [n for n in names if not PURE.fullmatch(n) and not own.match(n)]


def main() -> None:
    build, failures = sys.argv[1], []
    sources = [path for path in ccode.c_files() if path.endswith(".c")]
    missing = [path for path in sources if not os.path.exists(object_of(build, path))]
    if missing:
        failures.append((missing[0], 1, f"not built in {build}, with {len(missing) - 1} others"))
    sources = [path for path in sources if path not in missing]
    quiet = {object_of(build, p): p for p in sources if not p.startswith("src/platform/")}
    for name, section in sections(list(quiet)) if quiet else ():
        symbols = [line.split()[-1] for line in run("nm", name).splitlines()
                   if re.search(r" [bBdDsS] ", line)]
        failures.append((quiet[name], 1, f"{section} is not empty: {' '.join(symbols) or '?'}"))
    for path in sources:
        if path.endswith("_domain.c"):
            for name in undefined(path, build):
                failures.append((path, 1, f"a domain file calls {name}"))
    ccode.finish(failures)


if __name__ == "__main__":
    main()
