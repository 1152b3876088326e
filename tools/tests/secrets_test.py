# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/secrets.py: what a log must not hold, and what it may."""
import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOL = os.path.join(TOOLS, "secrets.py")
GIVEN = "Zx81-refresh-token-of-a-client_0123456789"

BAD = {
    "password": "login with a long enough secret",
    "jwt": "Cookie: eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln",
    "key": "-----BEGIN EC PRIVATE KEY-----",
    "hash": "$argon2id$v=19$m=19456",
    "stripe": "key sk_test_abcdefgh1234",
    "card": "number 4242 4242 4242 4242",
    "bearer": "Authorization: Bearer abcdefghijklmnop0123",
    "mail": "GET /reset-password?token=abcdefghijklmnop0123",
    "database": "postgres://souk:hunter2@localhost/souk",
    "given": f'{{"detail":"{GIVEN}"}}',
}
GOOD = ['{"level":"warn","problem":"token.invalid","detail":"not a Bearer token"}',
        '{"message":"listening on port 8080","listen":"127.0.0.1:8080"}',
        "GET /search?q=token", "postgres://souk@127.0.0.1:5432/souk", GIVEN[:20], "/orders?token=x"]


def run(text: str):
    with tempfile.TemporaryDirectory() as folder:
        log, secrets = os.path.join(folder, "server.log"), os.path.join(folder, "secrets.txt")
        with open(log, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        with open(secrets, "w", encoding="utf-8") as file:
            file.write(f"{GIVEN}\nshort\n")
        return subprocess.run([sys.executable, TOOL, secrets, log], capture_output=True, text=True, check=False)


class Secrets(unittest.TestCase):
    def test_bad(self):
        for name, text in BAD.items():
            ran = run(text)
            self.assertEqual(ran.returncode, 1, name)
            self.assertIn("FAILED", ran.stdout, name)
            self.assertNotIn(GIVEN, ran.stdout, "the secret itself is not repeated")

    def test_good(self):
        for text in GOOD:
            self.assertEqual(run(text).returncode, 0, text)


if __name__ == "__main__":
    unittest.main()
