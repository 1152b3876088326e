# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/new_service.py: what it makes has the new name everywhere, and compiles."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import new_service  # noqa: E402

FLAGS = ("-std=gnu17 -fsyntax-only -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion -Werror "
         "-Wno-sign-conversion -Wno-missing-field-initializers -Wmissing-prototypes").split()


class NewService(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = folder.name

    def test_names(self):
        for path in new_service.make("wishlist", self.tree):
            self.assertNotIn("gift", os.path.relpath(path, self.tree))
            with open(path, encoding="utf-8") as file:
                self.assertNotIn("gift", file.read().lower())
        with self.assertRaises(SystemExit):
            new_service.make("wishlist", self.tree)
        for name in ("Wish", "wish_list", "w", "2wish", "wish/../x"):
            with self.assertRaises(SystemExit):
                new_service.make(name, self.tree)

    def test_compiles(self):
        made = new_service.make("wishlist", self.tree)
        generated = [os.path.join(self.tree, "wishlist_sql" + end) for end in (".h", ".c")]
        queries = os.path.join(self.tree, "src/services/wishlist/sql/wishlist.sql")
        subprocess.run([sys.executable, os.path.join(ROOT, "tools/sqlgen.py"), "wishlist", queries]
                       + generated, check=True)
        sources = [path for path in made if path.endswith(".c")] + generated[1:]
        ran = subprocess.run(
            ["gcc", *FLAGS, "-I" + self.tree, "-I" + os.path.join(self.tree, "src"),
             "-I" + os.path.join(ROOT, "src"), "-I" + ROOT, *sources],
            stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_is_listed(self):
        text = ('#include "app/app.h"\n#include "services/cart/cart.h"\n\n'
                "static void open_services(struct app *app)\n{\n    open(a);\n}\n\n"
                'static const struct owner owners[] = {\n    { "cart", "src/services/cart/sql/" },\n'
                '    { "checkout", "src/flows/checkout/sql/" },\n};\n')
        lines = new_service.listed(text, "wishlist").splitlines()
        self.assertEqual(lines[2], '#include "services/wishlist/wishlist.h"')
        self.assertTrue(lines[7].startswith("    add(app, &wishlist_service, wishlist_open("), lines)
        self.assertEqual(lines[12], '    { "wishlist", "src/services/wishlist/sql/" },')
        self.assertIsNone(new_service.listed("int main(void)\n", "wishlist"))


if __name__ == "__main__":
    unittest.main()
