#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a program is linked with, as Debian's packages: sbom.py [--behind] PROGRAM

Prints a CycloneDX 1.5 document. With --behind it names the packages of which apt knows a newer version
instead, and fails when there are any: run `apt-get update` first."""
import json
import os
import re
import subprocess
import sys

LIBRARY = re.compile(r"(?:=>\s+)?(/\S+)\s+\(0x")


def libraries(ldd: str) -> list:
    """The files that the loader names; what the kernel itself brings has no file."""
    return sorted({found.group(1) for found in map(LIBRARY.search, ldd.splitlines()) if found})


def told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout


def package_of(path: str) -> str:
    """As `name:arch`. A file of /usr/lib may be known by its old name below /lib."""
    for name in (os.path.realpath(path), path, os.path.realpath(path).removeprefix("/usr")):
        try:
            return told("dpkg-query", "-S", name).split(": ")[0].split(",")[0]
        except subprocess.CalledProcessError:
            continue
    raise SystemExit(f"sbom: no package has {path}")


def component(package: str) -> dict:
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}"
    name, version, arch, source = told("dpkg-query", "-W", "-f", form, package).split("\t")
    purl = f"pkg:deb/debian/{name}@{version}?arch={arch}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "debian:source", "value": source}]}


def document(components: list) -> dict:
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "application", "bom-ref": "souk", "name": "souk"}},
            "components": components}


def candidate(policy: str) -> str:
    """The version that apt would install, of `apt-cache policy`; empty: it knows none."""
    found = re.search(r"^\s+Candidate: (\S+)$", policy, re.M)
    return found.group(1) if found and found.group(1) != "(none)" else ""


def behind(have: str, known: str) -> bool:
    return bool(known) and subprocess.run(
        ["dpkg", "--compare-versions", have, "lt", known], check=False).returncode == 0


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "--behind"]
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    packages = sorted({package_of(path) for path in libraries(told("ldd", words[0]))})
    components = [component(package) for package in packages]
    if "--behind" not in sys.argv:
        print(json.dumps(document(components), indent=2))
        return 0
    late = 0
    for one in components:
        known = candidate(told("apt-cache", "policy", one["name"]))
        if behind(one["version"], known):
            print(f"{one['name']} {one['version']}: {known} is out")
            late += 1
    print(f"{len(components)} packages, {late} behind")
    return late > 0


if __name__ == "__main__":
    sys.exit(main())
