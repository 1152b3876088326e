# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/tally.py and tools/coverage.py: how runs are counted, what is told."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import coverage  # noqa: E402
import tally  # noqa: E402


def meson(stdout: str, result: str = "OK", code: int = 0) -> str:
    return json.dumps({"name": "base / a_test", "stdout": stdout, "stderr": "why", "result": result,
                       "returncode": code}) + "\n"


class Meson(unittest.TestCase):
    def test_cases(self):
        text = meson("1..3\nok 1 - a\nok 2 - b\nnot ok 3 - c\n# no\n", "FAIL", 1) + meson("ok 1 - d\n")
        passed, failed, skipped, failures = tally.of_meson(text)
        self.assertEqual((passed, failed, skipped), (3, 1, 0))
        self.assertEqual(failures[0][0], "base / a_test: c")
        self.assertIn("why", failures[0][1])

    def test_crash_counts_once(self):
        self.assertEqual(tally.of_meson(meson("1..3\nok 1 - a\n", "ERROR", -11))[:2], (1, 1))
        self.assertEqual(tally.of_meson(meson("", "TIMEOUT", -15))[:2], (0, 1))

    def test_skipped(self):
        self.assertEqual(tally.of_meson(meson("1..1\nnot ok 1 # SKIP a\n"))[:3], (0, 0, 1))


class Node(unittest.TestCase):
    TEXT = """TAP version 13
# Subtest: cart
    # Subtest: adds
    not ok 1 - adds
      ---
      error: 'no'
      ...
    1..1
not ok 1 - cart
  ---
  failureType: 'subtestsFailed'
  ...
# tests 3
# pass 2
# fail 1
# cancelled 0
# skipped 1
# todo 0
"""

    def test_sums(self):
        passed, failed, skipped, failures = tally.of_node(self.TEXT)
        self.assertEqual((passed, failed, skipped), (2, 1, 1))
        self.assertEqual([name for name, _ in failures], ["adds"])
        self.assertIn("error: 'no'", failures[0][1])

    def test_without_an_end(self):
        self.assertEqual(tally.of_node("ok 1 - a\n")[:2], (0, 1))


class Lines(unittest.TestCase):
    def test_details(self):
        passed, failed, _, failures = tally.of_lines("ok a\n    told\nFAILED b\n    x\n    y\nok c\n")
        self.assertEqual((passed, failed), (2, 1))
        self.assertEqual(failures, [("b", "x\ny")])


class Coverage(unittest.TestCase):
    def test_missed(self):
        want = coverage.wanted(["GET /a public", "POST /a user"], ["a.gone 409", "problem b.c"])
        self.assertEqual(want, ["GET /a", "POST /a", "problem a.gone", "problem b.c"])
        said = coverage.missed(want, {"GET /a", "problem b.c"}, {"POST /a": "needs a bank"})
        self.assertEqual(said, ["problem a.gone: no test hits it"])

    def test_logs(self):
        for line, want in (
            ("GET /a", "GET /a"),
            ("problem a.b", "problem a.b"),
            ("08:00:00.000 INFO  hit     method=GET route=/a/{id} status=200", "GET /a/{id}"),
            ("08:00:00.000 INFO  problem    slug=a.b", "problem a.b"),
            ('{"time":"x","message":"hit","method":"GET","route":"/a"}', "GET /a"),
            ('{"message":"problem","slug":"a.b"}', "problem a.b"),
            ('{"message":"request"}', ""), ("{cut", ""),
        ):
            self.assertEqual(coverage.hit_of(" ".join(line.split())), want)

    def test_wrong_allowances(self):
        said = coverage.missed(["GET /a"], {"GET /a"}, {"GET /a": "x", "GET /b": "x", "GET /c": ""})
        self.assertEqual(len(said), 3)


if __name__ == "__main__":
    unittest.main()
