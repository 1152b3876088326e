# SPDX-License-Identifier: Apache-2.0
"""docs/asvs.md and docs/security.md name tests that are there, and every requirement once.

A name without a folder is a test of tests/api or tests/browser, or, ending in _test, a unit test."""
import collections
import pathlib
import re
import sys

REQUIREMENTS = 253  # of levels 1 and 2 in ASVS 5.0.0
STATES = ("met", "partly", "not met", "not ours")
ROW = re.compile(r"^\| ((?:V[\d.]+ ?)+)\| ([a-z ]+) \|(.*)\|([^|]*)\|$")


def units() -> set:
    return {path.stem for path in pathlib.Path(".").glob("src/**/tests/*_test.c")} | {
        path.stem for path in pathlib.Path("tests").glob("**/*_test.*")}


def is_there(name: str, known: set) -> bool:
    if name.endswith("_test"):
        return name in known
    if "/" in name:
        return any(pathlib.Path(name + end).exists() for end in ("", ".test.mjs", ".py", "_test.py"))
    return any(pathlib.Path(f"tests/{kind}/{name}.test.mjs").exists() for kind in ("api", "browser"))


def check_asvs(known: set) -> list:
    failures, seen = [], collections.Counter()
    states = collections.Counter()
    lines = pathlib.Path("docs/asvs.md").read_text().split("\n")
    for number, line in enumerate(lines, 1):
        row = ROW.match(line)
        if not row:
            if line.startswith("| V"):
                failures.append(f"docs/asvs.md:{number}: not a row")
            continue
        ids, state, tests = row[1].split(), row[2], re.findall(r"`([^`]+)`", row[4])
        seen.update(ids)
        states[state] += len(ids)
        if state not in STATES:
            failures.append(f"docs/asvs.md:{number}: no state \"{state}\"")
        if state == "met" and not tests:
            failures.append(f"docs/asvs.md:{number}: met, and nothing shows it")
        failures += [f"docs/asvs.md:{number}: no test \"{name}\"" for name in tests if not is_there(name, known)]
    failures += [f"docs/asvs.md: {name} stands there {n} times" for name, n in seen.items() if n > 1]
    if len(seen) != REQUIREMENTS:
        failures.append(f"docs/asvs.md: {len(seen)} requirements instead of {REQUIREMENTS}")
    sums = "**" + ", ".join(f"{state} {states[state]}" for state in STATES) + "**"
    if sums not in lines:
        failures.append(f"docs/asvs.md: the sums are {sums}")
    return failures


def check_security(known: set) -> list:
    failures = []
    for number, line in enumerate(pathlib.Path("docs/security.md").read_text().split("\n"), 1):
        for name in re.findall(r"`(tests/[\w./-]+|\w+_test)`", line):
            if not is_there(name, known):
                failures.append(f"docs/security.md:{number}: no test \"{name}\"")
    return failures


def main() -> None:
    known = units()
    failures = check_asvs(known) + check_security(known)
    print("\n".join(failures), end="\n" if failures else "")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
