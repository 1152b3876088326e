# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/sbom.py: what the loader says, what apt says, and a program that is there."""
import json
import os
import shutil
import subprocess
import sys
import unittest

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TOOLS)
import sbom  # noqa: E402

LDD = """\tlinux-vdso.so.1 (0x00007ffd1a3f2000)
\tlibpq.so.5 => /usr/lib/x86_64-linux-gnu/libpq.so.5 (0x00007f0a1c000000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0a1be00000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f0a1c2f0000)
"""
POLICY = "libpq5:\n  Installed: 15.1-0\n  Candidate: 15.18-0+deb12u1\n  Version table:\n"


class Sbom(unittest.TestCase):
    def test_what_the_loader_names(self):
        self.assertEqual(sbom.libraries(LDD), ["/lib/x86_64-linux-gnu/libc.so.6",
                         "/lib64/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/libpq.so.5"])
        self.assertEqual(sbom.libraries("\tstatically linked\n"), [])

    def test_what_apt_would_install(self):
        self.assertEqual(sbom.candidate(POLICY), "15.18-0+deb12u1")
        self.assertEqual(sbom.candidate("x:\n  Installed: (none)\n  Candidate: (none)\n"), "")
        self.assertEqual(sbom.candidate(""), "")

    @unittest.skipUnless(shutil.which("dpkg-query"), "no Debian")
    def test_a_program_that_is_there(self):
        self.assertTrue(sbom.behind("15.9-0", "15.18-0+deb12u1"))
        self.assertFalse(sbom.behind("15.18-0+deb12u1", "15.18-0+deb12u1"))
        self.assertFalse(sbom.behind("1", ""))
        text = subprocess.run([sys.executable, os.path.join(TOOLS, "sbom.py"), "/bin/cat"], check=True,
                              capture_output=True, text=True).stdout
        bom = json.loads(text)
        self.assertEqual((bom["bomFormat"], bom["specVersion"]), ("CycloneDX", "1.5"))
        libc = next(one for one in bom["components"] if one["name"] == "libc6")
        have = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libc6"], check=True,
                              capture_output=True, text=True).stdout
        self.assertEqual(libc["version"], have)
        self.assertTrue(libc["purl"].startswith(f"pkg:deb/debian/libc6@{have}?arch="))
        self.assertEqual(libc["properties"], [{"name": "debian:source", "value": "glibc"}])


if __name__ == "__main__":
    unittest.main()
