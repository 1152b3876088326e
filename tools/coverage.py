#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every route and every problem is hit by some test: coverage.py ROUTES PROBLEMS HITS...

ROUTES is `souk routes --plain`, PROBLEMS `souk problems`. HITS are logs of servers that ran with
SOUK_RECORD=on, text or JSON, or files of lines `METHOD /path/{pattern}` and `problem slug`, as tests
append to the file that $SOUK_TEST_HITS names. What no test can reach stands in tests/coverage.allow as
`WHAT | why`, WHAT being such a line."""
import json
import os
import re
import sys

ALLOW = "tests/coverage.allow"


def lines(path: str) -> list:
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        rows = [" ".join(line.split()) for line in file]
    return [row for row in rows if row and not row.startswith("#")]


LOGGED_HIT = re.compile(r"\bhit\s+method=(\S+)\s+route=(\S+)")
LOGGED_PROBLEM = re.compile(r"\bproblem\s+slug=(\S+)")


def hit_of(line: str) -> str:
    """The key that a line of a log tells, or the line itself."""
    if line.startswith("{"):
        try:
            row = json.loads(line)
        except ValueError:
            return ""
        if row.get("message") == "hit":
            return f"{row.get('method')} {row.get('route')}"
        return f"problem {row.get('slug')}" if row.get("message") == "problem" else ""
    hit, problem = LOGGED_HIT.search(line), LOGGED_PROBLEM.search(line)
    if hit:
        return f"{hit.group(1)} {hit.group(2)}"
    return f"problem {problem.group(1)}" if problem else line


def wanted(routes: list, problems: list) -> list:
    """One key for each route (method and path) and problem (slug), whatever follows on the line."""
    keys = [" ".join(line.split()[:2]) for line in routes]
    return keys + ["problem " + line.removeprefix("problem ").split()[0] for line in problems]


def missed(want: list, hits: set, allowed: dict):
    """What was never hit, and the allowances that are wrong."""
    complaints = [f"{key}: no test hits it" for key in want if key not in hits | set(allowed)]
    for key, why in allowed.items():
        if not why:
            complaints.append(f"{ALLOW}: `{key}` says no reason")
        elif key not in want:
            complaints.append(f"{ALLOW}: there is no `{key}`")
        elif key in hits:
            complaints.append(f"{ALLOW}: `{key}` is hit, the line can go")
    return complaints


def main() -> int:
    routes, problems = lines(sys.argv[1]), lines(sys.argv[2])
    hits = {hit_of(line) for path in sys.argv[3:] for line in lines(path)}
    allowed = {}
    for line in lines(ALLOW):
        key, _, why = line.partition(" | ")
        allowed[key.strip()] = why.strip()
    want, status = wanted(routes, problems), 0
    for kind, keys in (("routes", [k for k in want if not k.startswith("problem ")]),
                       ("problems", [k for k in want if k.startswith("problem ")])):
        if not keys:
            continue
        complaints = missed(keys, hits, {k: v for k, v in allowed.items()
                                         if k.startswith("problem ") == (kind == "problems")})
        print(f"FAILED {kind}" if complaints else f"ok {kind}")
        for complaint in complaints:
            print("    " + complaint)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
