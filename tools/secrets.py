# SPDX-License-Identifier: Apache-2.0
"""No secret stands in a log: secrets.py SECRETS LOG...

SECRETS has a line for each secret that the API tests were given (tests/api/client.mjs). Beside them
the logs must not hold the passwords of the tests, nor anything of the shape of a key or a token.
Prints a line `ok` or `FAILED` a log, without the secret itself. Run by ./dev test after all servers."""
import re
import sys

PASSWORDS = ("a long enough secret", "correct horse battery")
SHAPES = {
    "a JSON Web Token": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}",
    "a private key": r"BEGIN [A-Z ]*PRIVATE KEY",
    "a hash of a password": r"\$argon2",
    "a key of Stripe": r"\b(sk|rk)_(test|live)_\w{8,}|\bwhsec_\w{8,}",
    "a number of a card": r"\b4242 ?4242 ?4242 ?4242\b",
    "a Bearer header": r"[Bb]earer [\w.-]{16,}",
    "a secret of an authenticator": r"otpauth://",
    "a token in a URL": r"[?&]token=[\w%.-]{16,}",
    "the password of a database": r"postgres(ql)?://[^\s:/@]+:[^\s@]+@",
}
SHORTEST = 12
WORD = re.compile(r"[\w.~+/=-]{%d,}" % SHORTEST)


def secrets_of(path: str) -> set:
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            return {line.rstrip("\n") for line in lines if len(line) > SHORTEST}
    except FileNotFoundError:
        return set()


def faults_of(text: str, secrets: set) -> list:
    """What was found, each once, as people would say it."""
    found = [f"the password of {'the tests' if i == 0 else 'the demo'}"
             for i, word in enumerate(PASSWORDS) if word in text]
    found += [what for what, shape in SHAPES.items() if re.search(shape, text)]
    words = set(WORD.findall(text))
    found += [f"a secret that was given to a client ({one[:4]}...)" for one in sorted(words & secrets)[:5]]
    return found


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("usage: secrets.py SECRETS LOG...")
    secrets = secrets_of(sys.argv[1])
    failed = False
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8", errors="replace") as log:
            faults = faults_of(log.read(), secrets)
        failed = failed or bool(faults)
        print(f"FAILED {path}: {', '.join(faults)}" if faults else f"ok {path}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
