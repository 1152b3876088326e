#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/sqlgen.py: what it generates, what it refuses and where it points."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
import sqlgen  # noqa: E402
import sqlrows  # noqa: E402

GOOD = """-- Levels. It's free text.
-- name: level_get :one
-- in:  variant_id id,
-- in:  warehouse_id id
-- out: on_hand int, note text?
SELECT on_hand, note -- don't mind
FROM inventory_level /* $9 */ WHERE variant_id = $1 AND warehouse_id = $2;
-- name: level_get @pg
SELECT on_hand, note FROM inventory_level WHERE variant_id = $1 AND warehouse_id = $2 FOR UPDATE;
-- name: add :exec batch
-- in: id id, n int?, score num?, data blob, on_sale bool, t text
INSERT INTO inventory_x VALUES ($1, $2, $3, $4, $5, $6, 'a''b; $9 "update" \\ ?');
-- name: take :one batch
-- in: id id
-- out: left int
UPDATE inventory_x SET n = n - 1 WHERE id = $1 RETURNING n;
-- name: scan :each
-- in: from_id id
-- out: id id
SELECT id FROM inventory_x WHERE id > $1 AND 'delete' <> "update";
-- name: list :many
-- out: on_sale bool
SELECT on_sale, replace(t, 'a', 'b') FROM inventory_x;
-- name: list_all :many
-- out: like list
SELECT on_sale, t FROM inventory_x;
"""


GATHERED = """-- name: add :exec
-- in: id id, n int?
INSERT INTO x_row (id, n, m, sum) VALUES ($1, $2, $2, 0) ON CONFLICT (id) DO NOTHING;
-- name: add_new :exec batch gathered
-- in: like add
-- key: x_row.id
INSERT INTO x_row (id, n, m, sum) VALUES ($1, $2, $2, 0) -- as it is
ON CONFLICT DO NOTHING;
-- name: set :exec exact gathered
-- in: n int?, id id
-- key: x_row.id
UPDATE x_row SET n = coalesce($1, n), m = $1 WHERE id = $2 AND m < $1;
-- name: end :exec exact gathered
-- in: n int, id id
-- key: x_row.id
DELETE FROM x_row WHERE n = $1 AND id = $2;
-- name: merge :exec gathered
-- in: n int, id id
-- key: x_row.id
INSERT INTO x_row (id, n) VALUES ($2, $1)
ON CONFLICT (id) DO UPDATE SET n = x_row.n + excluded.n;
-- name: copy :exec exact gathered
-- in: n int, id id
-- key: y_row.id
INSERT INTO x_row (id, n) SELECT id, n + $1 FROM y_row WHERE id = $2;
-- name: lock :one
-- in: n int, id id
-- out: n int
-- key: x_row.id
SELECT x.n FROM x_row x JOIN y ON y.n = x.n WHERE x.n = $1 AND x.id = $2;
"""


def queries(text):
    return {q.name: q for q in sqlgen.parse("x.sql", text)}


MARKS = """CREATE TABLE x_row (id uuid, email text, note text, email_key text);
-- @personal x_row (id id): email sealed, note sealed?
-- @personal x_row (id id): email_key keyed? of email
"""
MARKED = [  # a query, and what is said of it; None: it is good
    ("-- name: get :one\n-- in: id id\n-- out: email sealed\n"
     "SELECT email FROM x_row WHERE id = $1;", None),
    ("-- name: list :many\n-- out: id id, email sealed\nSELECT id, email FROM x_row;", None),
    ("-- name: find :one\n-- in: email_key keyed\n-- out: id id\n"
     "SELECT id FROM x_row WHERE email_key = $1;", None),
    ("-- name: other :many\n-- out: email text\nSELECT email FROM x_other;", None),
    ("-- name: get :one\n-- in: id id\n-- out: email text\n"
     "SELECT email FROM x_row WHERE id = $1;", "is personal: say 'sealed'"),
    ("-- name: put :exec\n-- in: id id, email text\n"
     "UPDATE x_row SET email = $2 WHERE id = $1;", "is personal: say 'sealed'"),
    ("-- name: list :many\n-- out: email sealed\nSELECT email FROM x_row;", "has no id to open"),
    ("-- name: get :many\n-- out: email_key keyed\nSELECT email_key FROM x_row;",
     "it does not come out"),
    ("-- name: get :one\n-- in: id id\n-- out: email sealed\n"
     "SELECT email FROM x_other WHERE id = $1;", "0 tables"),
]


class Personal(unittest.TestCase):
    def test_marked(self):
        for text, want in MARKED:
            marks = sqlgen.parse_marks("0001.sql", MARKS, {})
            with self.subTest(text=text):
                if want is None:
                    sqlgen.parse("x.sql", text, marks)
                    continue
                with self.assertRaises(sqlgen.Bad) as caught:
                    sqlgen.parse("x.sql", text, marks)
                self.assertIn(want, str(caught.exception))

    def test_made(self):
        marks = sqlgen.parse_marks("0001.sql", MARKS, {})
        made = sqlgen.parse("x.sql", MARKED[0][0], marks)
        out = sqlgen.source("x", "x.sql", "x_sql.h", made, marks)
        self.assertIn('{ "x_row.email", false, 1, { { false, 0 } } }', out)
        self.assertIn("SELECT id, email, note, email_key FROM x_row WHERE id > ?1", out)
        self.assertIn('{ "x_row.email_key", true, 0 }', out)

    def test_bad_marks(self):
        for mark in ("-- @personal x_row: email sealed", "-- @personal x_row (id id): email text",
                     "-- @personal x_row (id id): email"):
            with self.subTest(mark=mark), self.assertRaises(sqlgen.Bad):
                sqlgen.parse_marks("0001.sql", mark, {})


class Accepts(unittest.TestCase):
    def test_engines(self):
        q = queries(GOOD)["level_get"]
        self.assertEqual(q.text("sqlite").sql("sqlite"),
                         "SELECT on_hand, note FROM inventory_level "
                         "WHERE variant_id = ?1 AND warehouse_id = ?2")
        self.assertTrue(q.text("pg").sql("pg").endswith("warehouse_id = $2 FOR UPDATE"))

    def test_strings_stay(self):
        sql = queries(GOOD)["add"].text("sqlite").sql("sqlite")
        self.assertIn("?6, 'a''b; $9 \"update\" \\ ?')", sql)

    def test_writes(self):
        found = {name: q.writes() for name, q in queries(GOOD).items()}
        self.assertEqual(found, {"level_get": True, "add": True, "take": True, "scan": False,
                                 "list": False, "list_all": False})

    def test_with_that_writes(self):
        q = queries("-- name: a :one\n-- out: n int\n"
                    "WITH x AS (delete from t RETURNING 1 AS n) SELECT n FROM x;")
        self.assertTrue(q["a"].writes())

    def test_like(self):
        q = queries(GOOD)["list_all"]
        self.assertEqual((q.row, [c.name for c in q.outs]), ("list", ["on_sale"]))
        header = sqlgen.header("inventory", "x.sql", list(queries(GOOD).values()))
        self.assertNotIn("struct inventory_sql_list_all_row", header)
        self.assertEqual(header.count("struct inventory_sql_list_row {"), 1)

    def test_parameters_like(self):
        made = sqlgen.parse("x.sql", GATHERED)
        header = sqlgen.header("x", "x.sql", made)
        self.assertEqual(header.count("struct x_sql_add_in {"), 1)
        self.assertNotIn("x_sql_add_new_in", header)
        self.assertIn("x_sql_add_new_batch(struct db *db, struct cx *cx, "
                      "const struct x_sql_add_in *ins, size_t n)\n", header)
        self.assertIn(".in_size = sizeof(struct x_sql_add_in)",
                      sqlgen.source("x", "x.sql", "x_sql.h", made).split("X_ADD_NEW =")[1])

    def test_gathered(self):
        add, new, put, end, merge, copy, lock = sqlgen.parse("x.sql", GATHERED)
        self.assertNotIn(".gathered", sqlgen.source("x", "x.sql", "x_sql.h", [add]))
        for query, want in (
                (new, "INSERT INTO x_row (id, n, m, sum) SELECT unnest($1), unnest($2), unnest($2), 0 "
                      "ON CONFLICT DO NOTHING"),
                (put, "UPDATE x_row SET n = coalesce(g.p1, n), m = g.p1 "
                      "FROM (SELECT unnest($1) AS p1, unnest($2) AS p2) AS g "
                      "WHERE id = g.p2 AND m < g.p1"),
                (end, "DELETE FROM x_row USING (SELECT unnest($1) AS p1, unnest($2) AS p2) AS g "
                      "WHERE n = g.p1 AND id = g.p2"),
                (merge, "INSERT INTO x_row (id, n) SELECT unnest($2), unnest($1) "
                        "ON CONFLICT (id) DO UPDATE SET n = x_row.n + excluded.n"),
                (copy, "INSERT INTO x_row (id, n) SELECT id, n + g.p1 "
                       "FROM y_row, (SELECT unnest($1) AS p1, unnest($2) AS p2) AS g WHERE id = g.p2")):
            table, text, reads = sqlrows.gathered(query)
            self.assertEqual((table, " ".join(text.split())), ("x_row", want))
            self.assertEqual(reads, "y_row" if query is copy else None)
        self.assertIn('.table = "x_row",\n    .reads = "y_row",\n    .key = 2,',
                      sqlgen.source("x", "x.sql", "x_sql.h", [copy]))
        self.assertNotIn(".reads", sqlgen.source("x", "x.sql", "x_sql.h", [new, put, end, merge]))
        out = sqlgen.source("x", "x.sql", "x_sql.h", [new])
        for want in ('.table = "x_row"', ".later = true", '.gathered = "INSERT INTO x_row', ".key = 1"):
            self.assertIn(want, out)
        out = sqlgen.source("x", "x.sql", "x_sql.h", [lock])
        self.assertIn('.table = "x_row",\n    .key = 2,', out)
        self.assertNotIn(".gathered", out)

    def test_replace_into(self):
        q = queries("-- name: a :exec\nREPLACE INTO t VALUES (1);")
        self.assertTrue(q["a"].writes())

    def test_one_text_an_engine(self):
        q = queries("-- name: a :exec @sqlite\nDELETE FROM t;\n-- name: a @pg\nTRUNCATE t;")["a"]
        self.assertEqual(q.text("pg").sql("pg"), "TRUNCATE t")
        self.assertEqual(q.text("sqlite").sql("sqlite"), "DELETE FROM t")

    def test_dollar_quotes(self):
        q = queries("-- name: a :many\n-- out: t text\nSELECT $$it's; $3$$ || $x$ $$ $x$;")["a"]
        self.assertEqual(q.text("pg").sql("pg"), "SELECT $$it's; $3$$ || $x$ $$ $x$")

    def test_c_string(self):
        self.assertEqual(sqlgen.c_string('a"b\\c??='), '"a\\"b\\\\c?""?="')


class Refuses(unittest.TestCase):
    CASES = [
        ("unknown type", "-- name: a :one\n-- out: n float\nSELECT 1", 2, "unknown type 'float'"),
        ("nullable bool", "-- name: a :one\n-- out: n bool?\nSELECT 1", 2, "cannot be nullable"),
        ("gap", "-- name: a :exec\n-- in: x int, y int\nDELETE FROM t WHERE a = $2", 1, "not $1"),
        ("missing in", "\n-- name: a :exec\nDELETE FROM t WHERE a = $1", 2, "has no 'in:'"),
        ("unused in", "-- name: a :exec\n-- in: x int\nDELETE FROM t", 1, "lists 1"),
        ("too many", "-- name: a :exec\n-- in: x int\nDELETE FROM t WHERE a=$1 OR a=$2", 1,
         "lists 1"),
        ("zero", "-- name: a :exec\n-- in: x int\nDELETE FROM t WHERE a=$1 OR a=$0", 1, "uses 1"),
        ("duplicate", "-- name: a :exec\nDELETE FROM t;\n-- name: a :exec\nDELETE FROM t;", 3,
         "there twice"),
        ("duplicate engine", "-- name: a :exec\nDELETE FROM t;\n-- name: a @pg\nDELETE FROM u;\n"
         "-- name: a @pg\nDELETE FROM v;", 5, "@pg is there twice"),
        ("no kind", "-- name: a\nSELECT 1", 1, "needs a kind"),
        ("word", "-- name: a :two\nSELECT 1", 1, "':two' is not understood"),
        ("one engine only", "-- name: a :exec @pg\nDELETE FROM t", 1, "no text for sqlite"),
        ("no out", "-- name: a :one\nSELECT 1", 1, "has no 'out:'"),
        ("exec out", "-- name: a :exec\n-- out: n int\nDELETE FROM t RETURNING n", 1, "has 'out:'"),
        ("two statements", "-- name: a :exec\nDELETE FROM t; DELETE FROM u;", 1, "more than one"),
        ("empty", "-- name: a :exec\n-- nothing\n-- name: b :exec\nDELETE FROM t", 1,
         "no statement"),
        ("before name", "SELECT 1;", 1, "before the first name"),
        ("in before name", "-- in: a int", 1, "before the first name"),
        ("in of engine", "-- name: a :exec\nDELETE FROM t;\n-- name: a @pg\n-- in: x int\n"
         "DELETE FROM t", 4, "belongs to the first block"),
        ("C word", "-- name: a :one\n-- out: default int\nSELECT 1", 2, "cannot name a member"),
        ("member twice", "-- name: a :one\n-- out: n int, n int\nSELECT 1", 2, "there twice"),
        ("shape", "-- name: a :one\n-- out: n\nSELECT 1", 2, "want 'name type'"),
        ("open string", "-- name: a :exec\nDELETE FROM t WHERE a = 'x", 1, "is not closed"),
        ("like nothing", "-- name: a :one\n-- out: like b\nSELECT 1", 2, "like which query"),
        ("like itself", "-- name: a :one\n-- out: like a\nSELECT 1", 2, "like which query"),
        ("like after columns", "-- name: b :one\n-- out: n int\nSELECT 1;\n"
         "-- name: a :one\n-- out: n int\n-- out: like b\nSELECT 1", 6, "columns of its own"),
        ("columns after like", "-- name: b :one\n-- out: n int\nSELECT 1;\n"
         "-- name: a :one\n-- out: like b\n-- out: n int\nSELECT 1", 6, "has the columns of"),
        ("parameters like nothing", "-- name: b :exec\nDELETE FROM t;\n-- name: a :exec\n"
         "-- in: like b\nDELETE FROM t WHERE a = $1", 4, "like which query"),
        ("parameters after like", "-- name: b :exec\n-- in: n int\nDELETE FROM t WHERE a = $1;\n"
         "-- name: a :exec\n-- in: like b\n-- in: m int\nDELETE FROM t WHERE a = $1", 6,
         "has the parameters of"),
    ] + [
        ("gathered", f"-- name: a :exec {marks}\n-- in: x int\n{sql}", 1, "no INSERT of one row")
        for marks, sql in [
            ("gathered", "UPDATE t SET a = $1"), ("gathered", "INSERT INTO t VALUES ($1)"),
            ("gathered", "INSERT INTO t (a) SELECT $1"),
            ("gathered", "INSERT INTO t (a) VALUES ((SELECT max(a) FROM t) + $1)"),
            ("gathered", "INSERT INTO t (a, b) VALUES ($1, ')')"),
            ("gathered", "INSERT INTO t (a) VALUES ($1), ($1)"),
            ("gathered", "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = $1"),
            ("gathered", "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 'x'"),
            ("gathered", "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 1 RETURNING a"),
            ("gathered", "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) WHERE b DO UPDATE SET a = 1"),
            ("gathered", "INSERT INTO t (a) VALUES ($1) RETURNING a"),
            ("gathered exact", "INSERT INTO t (a) VALUES ($1)"),
            ("gathered", "INSERT INTO t (a) SELECT a FROM u WHERE x = $1"),
            ("gathered exact", "INSERT INTO t (a) SELECT a FROM u WHERE x = $1 OR a = 1"),
            ("gathered exact", "INSERT INTO t (a) SELECT a FROM u JOIN v USING (y) WHERE x = $1"),
            ("gathered exact", "INSERT INTO t (a) SELECT a FROM u WHERE x = $1 ON CONFLICT DO NOTHING"),
            ("gathered exact", "INSERT INTO t (a) SELECT 'a' FROM u WHERE x = $1"),
            ("gathered exact", "INSERT INTO t (a) SELECT a FROM u WHERE x = $1 RETURNING a"),
            ("gathered exact", "UPDATE t SET a = $1"),
            ("gathered", "UPDATE t SET a = 1 WHERE x = $1"),
            ("gathered exact", "UPDATE t SET a = 1 WHERE x = $1 RETURNING a"),
            ("gathered exact", "UPDATE t SET a = 1 WHERE x = $1 OR a = 1"),
            ("gathered exact", "UPDATE t SET a = 'g.p1' WHERE x = $1"),
            ("gathered exact", "UPDATE t SET a = (SELECT 1) WHERE x = $1"),
            ("gathered", "DELETE FROM t WHERE x = $1"),
            ("gathered exact", "DELETE FROM t WHERE x = $1 RETURNING a"),
            ("gathered exact", "DELETE FROM t USING u WHERE x = $1"),
            ("gathered exact", "DELETE FROM t WHERE x = (SELECT $1)"),
            ("gathered exact", "DELETE FROM t WHERE x = $1 OR a = 1")]
    ] + [
        ("key", f"-- name: a :exec {marks}\n-- in: x int, y int\n{key}{sql}", 1, what)
        for marks, key, sql, what in [
            ("gathered exact", "", "UPDATE t SET a = $2 WHERE x = $1", "has no 'key:'"),
            ("gathered", "", "INSERT INTO t (x, y) VALUES ($1, $2) ON CONFLICT (x) DO UPDATE SET y = 1",
             "has no 'key:'"),
            ("gathered exact", "", "DELETE FROM t WHERE x = $1 AND a = $2", "has no 'key:'"),
            ("gathered exact", "", "INSERT INTO t (a) SELECT $2 FROM u WHERE x = $1", "has no 'key:'"),
            ("gathered exact", "-- key: t.x\n", "INSERT INTO t (x) SELECT $2 FROM u WHERE x = $1", "of one t.x only"),
            ("gathered exact", "-- key: u.x\n", "INSERT INTO t (x) SELECT $1 FROM u WHERE y = $2", "of one u.x only"),
            ("gathered exact", "-- key: u.x\n", "UPDATE t SET a = $2 WHERE x = $1", "of one u.x only"),
            ("gathered", "-- key: u.x\n", "INSERT INTO t (x, y) VALUES ($1, $2)", "of one u.x only"),
            ("", "-- key: t.x\n", "INSERT INTO t (y, x) VALUES ($1, $2)", "of one t.x only"),
            ("", "-- key: t.x\n", "DELETE FROM t WHERE y = $1 AND x = $2", "of one t.x only"),
            ("", "-- key: t.x\n", "DELETE FROM t WHERE x = $1 OR y = $2", "of one t.x only"),
            ("", "-- key: t.x\n", "DELETE FROM t WHERE x >= $1 AND y = $2", "of one t.x only"),
            ("", "-- key: t.z\n", "DELETE FROM t WHERE x = $1 AND y = $2", "of one t.z only"),
            ("", "-- key: t.x\n", "DELETE FROM t WHERE x = $1 AND y IN (SELECT y FROM t WHERE y > $2)",
             "of one t.x only")]
    ] + [
        ("key of nothing", "-- name: a :exec\n-- in: x int\n-- key: x\nDELETE FROM t WHERE x = $1", 3,
         "TABLE.COLUMN"),
    ] + [
        ("batch of many", "-- name: a :many batch\n-- out: n int\nSELECT 1", 1, "batch goes with"),
        ("batch without in", "-- name: a :exec batch\nDELETE FROM t", 1, "without parameters"),
    ]

    def test_cases(self):
        for name, text, line, what in self.CASES:
            with self.subTest(name):
                with self.assertRaises(sqlgen.Bad) as caught:
                    sqlgen.parse("x.sql", text)
                self.assertTrue(str(caught.exception).startswith(f"x.sql:{line}: "),
                                str(caught.exception))
                self.assertIn(what, str(caught.exception))

    def test_exit_status(self):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "x.sql")
            with open(path, "w", encoding="utf-8") as f:
                f.write("SELECT 1;")
            run = subprocess.run([sys.executable, os.path.join(ROOT, "tools/sqlgen.py"), "x", path,
                                  path + ".h", path + ".c"], capture_output=True, text=True,
                                 check=False)
            self.assertEqual(run.returncode, 1)
            self.assertTrue(run.stderr.startswith(path + ":1: "), run.stderr)
            self.assertFalse(os.path.exists(path + ".h"))


class Compiles(unittest.TestCase):
    USE = """
#include "inventory_sql.h"
static err seen(void *arg, struct cx *cx, const struct inventory_sql_scan_row *row)
{
    (void)cx;
    *(id *)arg = row->id;
    return NULL;
}
err use(struct db *db, struct cx *cx);
err use(struct db *db, struct cx *cx)
{
    struct inventory_sql_level_get_row level;
    struct inventory_sql_list_row *rows;
    struct inventory_sql_take_row left[2];
    bool found, founds[2];
    size_t n;
    id last;
    err e = inventory_sql_level_get(db, cx,
        (struct inventory_sql_level_get_in){ .variant_id = { { 1 } } }, &level, &found);
    if (!e)
        e = inventory_sql_add(db, cx, (struct inventory_sql_add_in){ .n = { true, 3 } }, NULL);
    if (!e)
        e = inventory_sql_list(db, cx, &rows, &n);
    if (!e)
        e = inventory_sql_take_batch(
            db, cx, (struct inventory_sql_take_in[2]){ 0 }, 2, left, founds);
    if (!e)
        e = inventory_sql_scan(db, cx, (struct inventory_sql_scan_in){ 0 }, seen, &last);
    return e;
}
"""

    def test_with_warnings(self):
        compilers = [cc for cc in ("gcc", "clang") if shutil.which(cc)]
        with tempfile.TemporaryDirectory() as d:
            for name, text in (("inventory.sql", GOOD), ("use.c", self.USE)):
                with open(os.path.join(d, name), "w", encoding="utf-8") as f:
                    f.write(text)
            subprocess.run([sys.executable, os.path.join(ROOT, "tools/sqlgen.py"), "inventory",
                            "inventory.sql", "inventory_sql.h", "inventory_sql.c"], cwd=d,
                           check=True)
            for cc in compilers:
                for name in ("inventory_sql.c", "use.c"):
                    subprocess.run([cc, "-std=gnu17", "-Wall", "-Wextra", "-Wconversion",
                                    "-Wshadow", "-Wno-sign-conversion", "-Werror", "-fsyntax-only",
                                    "-I", d, "-I", os.path.join(ROOT, "src"), name],
                                   cwd=d, check=True)


if __name__ == "__main__":
    unittest.main()
