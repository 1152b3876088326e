#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what `./dev test` ran: one for each check, cmocka case, node test and fuzz target.

    tally.py FILE reset
    tally.py FILE add STAGE meson LOG    a testlog.json of meson, whose tests print TAP
    tally.py FILE add STAGE node LOG     the TAP of `node --test`
    tally.py FILE add STAGE lines LOG    lines `ok NAME`, `FAILED NAME`, each followed by details
    tally.py FILE add STAGE status LOG N one thing that ended with exit status N
    tally.py FILE total                  what failed, then `N passed, N failed`

`add` prints the sums of its stage; `total` exits 1 when something failed or nothing ran."""
import json
import os
import re
import sys

TAIL_LINES = 40
CASE = re.compile(r"^(ok|not ok) \d+(?: - | |$)(.*)")


def tail(text: str) -> str:
    return "\n".join(text.rstrip().splitlines()[-TAIL_LINES:])


def of_meson(text: str):
    """(passed, failed, skipped, [(name, tail)]) of the tests in a testlog.json."""
    passed, skipped, failures = 0, 0, []
    for line in text.splitlines():
        test = json.loads(line)
        name, out = test["name"], test.get("stdout") or ""
        before = len(failures)
        for case in map(CASE.match, out.splitlines()):
            if case and "# SKIP" in case.group(2):
                skipped += 1
            elif case and case.group(1) == "ok":
                passed += 1
            elif case:
                failures.append((f"{name}: {case.group(2).strip()}", ""))
        if test["result"] not in ("OK", "SKIP") and len(failures) == before:
            failures.append((f"{name} ended early: {test['result']} {test['returncode']}", ""))
        if len(failures) > before:
            failures[-1] = (failures[-1][0], tail(out + "\n" + (test.get("stderr") or "")))
    return passed, len(failures), skipped, failures


def of_node(text: str):
    sums = re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)$", text, re.M)
    sums = {name: int(count) for name, count in sums}
    if "pass" not in sums:
        return 0, 1, 0, [("node --test ended early", tail(text))]
    failures = []
    for match in re.finditer(r"^( *)not ok \d+ - (.*)\n((?:\1  .*\n)*)", text, re.M):
        details = match.group(3)
        if "subtestsFailed" not in details and "# TODO" not in match.group(2):
            failures.append((match.group(2), "\n".join(details.splitlines()[:TAIL_LINES])))
    failed = sums["fail"] + sums["cancelled"]
    if failed and not failures:
        failures.append(("of node --test", tail(text)))
    return sums["pass"], failed, sums["skipped"] + sums["todo"], failures


def of_lines(text: str):
    passed, failures = 0, []
    for line in text.splitlines():
        if line.startswith("ok "):
            passed += 1
        elif line.startswith("FAILED "):
            failures.append((line[len("FAILED "):], ""))
        elif failures and line.startswith("    "):
            name, details = failures[-1]
            failures[-1] = (name, tail((details + "\n" + line[4:]).lstrip("\n")))
    return passed, len(failures), 0, failures


def of_status(text: str, status: int):
    if status == 0:
        return 1, 0, 0, []
    return 0, 1, 0, [(f"exit status {status}", tail(text))]


def add(path: str, stage: str, kind: str, log: str, *more: str) -> None:
    text = ""
    if os.path.exists(log):
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
    if kind == "status":
        passed, failed, skipped, failures = of_status(text, int(more[0]))
    else:
        count = {"meson": of_meson, "node": of_node, "lines": of_lines}[kind]
        passed, failed, skipped, failures = count(text)
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps({"stage": stage, "passed": passed, "failed": failed, "log": log,
                               "failures": failures}) + "\n")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))


def total(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        stages = [json.loads(line) for line in file]
    if any(stage["failed"] for stage in stages):
        print("\n== what failed")
    for stage in stages:
        for name, details in stage["failures"]:
            print(f"FAILED {stage['stage']}: {name}")
            for line in details.splitlines():
                print("    " + line)
        if stage["failed"]:
            print("    (log: " + stage["log"].replace("testlog.json", "testlog.txt") + ")")
    passed = sum(stage["passed"] for stage in stages)
    failed = sum(stage["failed"] for stage in stages)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def main() -> int:
    path, word, *rest = sys.argv[1:]
    if word == "reset":
        with open(path, "w", encoding="utf-8"):
            return 0
    if word == "add":
        add(path, *rest)
        return 0
    return total(path)


if __name__ == "__main__":
    sys.exit(main())
