# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/check.d: small trees, good and bad, and what each check says about them."""
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKS = os.path.join(TOOLS, "check.d")
sys.path.insert(0, TOOLS)
import ccode  # noqa: E402


def load(name: str):
    spec = importlib.util.spec_from_file_location("check_" + name, os.path.join(CHECKS, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def awk(name: str, tree: dict):
    """(exit status, lines) of an awk check over a tree {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in tree.items():
            os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)
        ran = subprocess.run(["awk", "-f", os.path.join(CHECKS, name + ".awk")], cwd=folder,
                             input="".join(path + "\n" for path in sorted(tree)), text=True,
                             stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"), check=False)
    return ran.returncode, ran.stdout.splitlines()


TREE = {
    "src/base/str.h": '#include <stddef.h>\n',
    "src/platform/db/db.h": '#include "base/str.h"\n#include "platform/log/log.h"\n',
    "src/platform/log/log.h": '#include <time.h>\n',
    "src/services/cart/cart.h": '#include "platform/db/db.h"\n',
    "src/services/cart/cart_store.h": '#include "services/cart/cart.h"\n',
    "src/services/cart/cart_store.c": '#include "cart_sql.h"\n#include "services/cart/cart_store.h"\n',
    "src/services/cart/cart_domain.c": '#include "base/str.h"\n#include "services/cart/cart.h"\n',
    "src/services/cart/sql/cart.sql": "",
    "src/services/cart/tests/cart_test.c":
        '#include "tests/support/check.h"\n#include "services/cart/cart_store.h"\n',
    "src/services/orders/orders.h": "",
    "src/flows/checkout/checkout.c": '#include "services/cart/cart.h"\n',
    "src/gateway/edge.c": '#include "gateway/edge.h"\n#include "platform/db/db.h"\n',
    "src/gateway/edge.h": "",
    "src/main.c": '#include "gateway/edge.h"\n',
    "tests/support/check.h": '#include "base/str.h"\n',
}


class Layers(unittest.TestCase):
    def refused(self, path: str, include: str, what: str) -> None:
        status, said = awk("layers", {**TREE, path: f"\n#include {include}\n"})
        self.assertEqual(status, 1, said)
        self.assertEqual(len(said), 1, said)
        self.assertTrue(said[0].startswith(path + ":2: "), said)
        self.assertIn(what, said[0])

    def test_good_tree(self):
        self.assertEqual(awk("layers", TREE), (0, []))

    def test_each_rule(self):
        for path, include, what in (
            ("src/base/up.c", '"platform/db/db.h"', "base is below platform/db"),
            ("src/platform/db/up.c", '"services/cart/cart.h"', "is below"),
            ("src/services/cart/bad.c", '"services/orders/orders.h"', "sibling"),
            ("src/services/cart/bad.c", '"flows/checkout/checkout.c"', "is no header"),
            ("src/services/orders/bad.c", '"cart_sql.h"', "belongs to services/cart"),
            ("src/services/orders/bad.c", '"orders_sql.h"', "there is no sql/orders.sql"),
            ("src/services/cart/bad.c", '"cart.h"', "start at src/"),
            ("src/services/cart/bad.c", '"tests/support/check.h"', "only tests"),
            ("src/services/cart/bad.c", "<time.h>", "is for platform/"),
            ("src/services/cart/bad.c", "<event2/http.h>", "is for platform/"),
            ("src/base/bad.c", "<sys/socket.h>", "is for platform/"),
            ("src/flows/checkout/bad.c", '"services/cart/cart_store.h"', "is private"),
            ("src/gateway/bad.c", '"services/cart/cart_store.h"', "is private"),
            ("src/services/cart/x_domain.c", '"platform/db/db.h"', "a domain file"),
            ("src/services/cart/x_domain.c", '"cart_sql.h"', "a domain file"),
            ("src/services/cart/x_domain.c", '"services/cart/cart_store.h"', "a domain file"),
        ):
            with self.subTest(path=path, include=include):
                if what == "is no header":
                    status, said = awk("layers", {**TREE, path: f"\n#include {include}\n"})
                    self.assertEqual(status, 1)
                    self.assertTrue(any(what in line for line in said), said)
                else:
                    self.refused(path, include, what)

    def test_allowed_until(self):
        bad = {"src/services/cart/bad.c": '#include "services/orders/orders.h"\n'}
        line = "src/services/cart/bad.c services/orders/orders.h {} moves to a flow\n"
        for date, want in (("2999-01-01", 0), ("2020-01-01", 1), ("soon", 1)):
            status, said = awk("layers", {**TREE, **bad, "tools/layers.allow": line.format(date)})
            self.assertEqual(status, want, said)
        self.assertIn("allowed until 2999", awk("layers", {
            **TREE, **bad, "tools/layers.allow": line.format("2999-01-01")})[1][0])

    def test_allowance_that_nothing_needs(self):
        status, said = awk("layers", {**TREE, "tools/layers.allow": "a.c b.h 2999-01-01 why not\n"})
        self.assertEqual(status, 1)
        self.assertIn("nothing needs this line", said[-1])


class Lengths(unittest.TestCase):
    def test_function(self):
        for lines, want in ((68, 0), (69, 1)):
            body = "    f();\n" * lines
            text = f"/* x */\nstatic void g(void)\n{{\n{body}}}\nstruct s {{\n{body}}};\n"
            status, said = awk("lengths", {"src/a.c": text})
            self.assertEqual(status, want, said)
            if want:
                self.assertEqual(said, ["src/a.c:3: a function of 71 lines, at most 70"])

    def test_file_and_header(self):
        self.assertEqual(awk("lengths", {"src/a.c": "\n" * 600, "tools/a.py": "\n" * 600})[0], 0)
        self.assertEqual(awk("lengths", {"src/a.c": "\n" * 601})[0], 1)
        self.assertEqual(awk("lengths", {"src/services/a/a.h": "\n" * 201})[0], 1)
        self.assertEqual(awk("lengths", {"src/services/a/a_store.h": "\n" * 201})[0], 0)

    def test_columns_count_characters(self):
        self.assertEqual(awk("lengths", {"src/a.c": "é" * 100 + "\n"})[0], 0)
        self.assertEqual(awk("lengths", {"src/a.c": "é" * 101 + "\n"})[0], 1)


class Migrations(unittest.TestCase):
    def test_numbers(self):
        for names, want in ((["0001_init", "0002_more"], 0), (["0001_init", "0003_gap"], 1),
                            (["0001_init", "0001_twice"], 1), (["1_init"], 1)):
            tree = {f"src/services/cart/sql/{name}.sql": "" for name in names}
            self.assertEqual(awk("migrations", tree)[0], want, names)


class Code(unittest.TestCase):
    def test_blanks_comments_and_literals(self):
        source = ccode.CFile('a("x // y", \'"\'); /* "b"\n */ c("\\"d");\n// e\n')
        self.assertEqual(source.strings, [(1, "x // y"), (2, '\\"d')])
        self.assertEqual([line for line, _ in source.comments], [1, 3])
        self.assertEqual(source.code.count("\n"), 3)
        self.assertNotIn("y", source.code)

    def test_banned_calls(self):
        banned = load("banned")
        pattern = banned.calls(banned.NOBODY + " " + banned.LOW_ONLY)
        for text in ("strcpy(a, b)", "x = time (NULL)", "(free(p))"):
            self.assertTrue(pattern.search(text), text)
        for text in ("a->time(b)", "d.free(c)", "my_strlen(s)", "gmtime_r(a, b)", "snprintf(a)"):
            self.assertFalse(pattern.search(text), text)

    def test_sql_in_literals(self):
        word = load("literals").sql_word
        for text in ("SELECT 1", " INSERT INTO x", "BEGIN", "a b FROM cart WHERE", "PRAGMA wal;",
                     "select x from y", "insert into z"):
            self.assertTrue(word(text), text)
        for text in ("Select a size", "select", "DELETED", "SELECTED", "update your address",
                     "created FROM", "Insert coin", "WITHOUT",
                     "DELETE"):
            self.assertFalse(word(text), text)

    def test_markup_and_json(self):
        literals = load("literals")
        for text in ("<div>", "</p>", "<a href", "&nbsp;"):
            self.assertTrue(literals.MARKUP.search(text), text)
        for text in ("a < b", "<%s>", "&x"):
            self.assertFalse(literals.MARKUP.search(text), text)
        for text in ('{\\"a\\": 1', ', \\"a\\":%d'):
            self.assertTrue(literals.JSON.search(text), text)
        self.assertFalse(literals.JSON.search("want \\\"%s\\\", got"))
        source = ccode.CFile('buf_fmt(b,\n  "x",\n f(1));\n"y"\n')
        self.assertEqual(literals.printf_lines(source), {1, 2, 3})

    def test_units(self):
        units = load("units")
        self.assertTrue(units.OPENS.search("    db_write_wait(db, cx);"))
        self.assertFalse(units.OPENS.search("    db_one(db, cx);"))


class Tables(unittest.TestCase):
    def named(self, text: str) -> set:
        return {name for _, name in load("tables").tables(text)}

    def test_names(self):
        for text, want in (
            ("SELECT a FROM cart_line l JOIN cart ON 1", {"cart_line", "cart"}),
            ("SELECT a FROM cart_line l, orders_line o", {"cart_line", "orders_line"}),
            ("INSERT INTO cart_line (a) VALUES (1) ON CONFLICT DO UPDATE SET a = 1", {"cart_line"}),
            ("UPDATE cart_line SET a = b FROM json_each($1) j", {"cart_line"}),
            ("WITH x AS (SELECT 1 FROM cart), y (a) AS (SELECT 2) SELECT * FROM x, y", {"cart"}),
            ("CREATE TABLE IF NOT EXISTS cart_a (b int REFERENCES orders (id))", {"cart_a", "orders"}),
            ("CREATE UNIQUE INDEX cart_i ON cart_line (a)", {"cart_line"}),
            ("SELECT a IS DISTINCT FROM b FROM cart FOR UPDATE SKIP LOCKED", {"cart"}),
            ("CREATE TRIGGER cart_t BEFORE UPDATE ON cart FOR EACH ROW", set()),
            ("-- FROM there\nSELECT 'FROM here' FROM cart", {"cart"}),
            ("SELECT extract(epoch FROM created) FROM cart", {"cart"}),
            ("DELETE FROM cart WHERE id IN (SELECT id FROM (SELECT id FROM cart_b))",
             {"cart", "cart_b"}),
        ):
            with self.subTest(text):
                self.assertEqual(self.named(text), want)


class Objects(unittest.TestCase):
    def test_patterns(self):
        objects = load("objects")
        for name in ("memcpy", "arena_alloc", "cx_fail", "__stack_chk_fail", "panic", "llround"):
            self.assertTrue(objects.PURE.fullmatch(name), name)
        for name in ("time", "malloc", "db_one", "clock_ms", "open", "printf"):
            self.assertFalse(objects.PURE.fullmatch(name), name)
        for name in (".data", ".bss", ".data.rel.local", ".tbss"):
            self.assertTrue(objects.MUTABLE.match(name), name)
        for name in (".data.rel.ro", ".data.rel.ro.local", ".rodata", ".debug_data"):
            self.assertFalse(objects.MUTABLE.match(name), name)


class Pages(unittest.TestCase):
    def said(self, text: str) -> list:
        failures = []
        load("pages").template("a.html", text, {"price"}, failures)
        return [what for _, _, what in failures]

    def test_tags(self):
        self.assertEqual(self.said("{{a}}{{#b}}{{>price}}{{^c}}x{{/c}}{{/b}}{{! note }}"), [])
        for text in ("{{{a}}}", "{{&a}}", "{{>none}}", "{{a b}}", "{{#a}}", "{{/a}}",
                     "{{#a}}{{#b}}{{/a}}{{/b}}", '<p style="x">', "<script>x</script>",
                     '<a onclick="x">'):
            self.assertTrue(self.said(text), text)
        self.assertEqual(self.said('<script src="/a.js" type="module"></script>'), [])


if __name__ == "__main__":
    unittest.main()
