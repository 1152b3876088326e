#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles a file of named queries into typed C: PREFIX INPUT HEADER SOURCE [DEPFILE].

Called by meson.build for every src/**/sql/NAME.sql. Generates data and thin typed functions over
platform/db/db.h; knows nothing of tables. The input:

    -- Free comments.
    -- name: level_get :one
    -- in:  variant_id id, warehouse_id id
    -- out: on_hand int, reserved int, note text?
    SELECT on_hand, reserved, note FROM inventory_level
    WHERE variant_id = $1 AND warehouse_id = $2;
    -- name: level_get @pg
    SELECT ... FOR UPDATE;

Kinds: :one :many :exec :each, and `batch` after :one or :exec. An :exec may also be `exact`, each
statement changes one row or its unit fails, `later`, nobody waits for its answer on PostgreSQL: it goes
out with the next statement that is waited for, and its failure is the unit's, and `gathered`, an
INSERT, or an exact INSERT from a row of another table, UPDATE or DELETE by a unique key, that is later
still: PostgreSQL gets the rows of several units in one statement, once another could touch what they do. `-- key: TABLE.COLUMN` says that a
query touches, of that table, only rows with its parameter of that name. Types: int text id bool blob num,
`?` for nullable. `-- in:` and `-- out:` may be repeated to continue a list; `like NAME` there gives the
parameters or rows of a query named before. A block with @pg or @sqlite gives that engine's text of a
query named before.

What is personal is marked in the schema, in the migrations beside the input:

    -- @personal identity_user (user_id id): email sealed, phone sealed?, email_key keyed
    -- @personal bus_dead (event_id id) as bus_event: payload sealed

A query names such a column with the same type: platform/db seals it on its way in and opens it on
its way out, bound to the table, the column and the row's key, which the query must have; `keyed` is
a keyed hash, for equality, and only goes in. `keyed? of email` is filled from another column of the
row. A query that says `text` for a marked column is refused. For each marked table the two queries are
made that platform/vault needs to seal what is clear or under an older key (`transient`: none, rows
go by themselves).
"""
import glob
import os
import re
import sys

import sqlrows

TYPES = {  # name: (C type, C type when nullable, enum)
    "int": ("int64_t", "struct opt_int", "DB_T_INT"),
    "text": ("str", "str", "DB_T_TEXT"),
    "id": ("id", "id", "DB_T_ID"),
    "bool": ("bool", None, "DB_T_BOOL"),
    "blob": ("str", "str", "DB_T_BLOB"),
    "num": ("double", "struct opt_num", "DB_T_NUM"),
    "sealed": ("str", "str", "DB_T_TEXT"),
    "keyed": ("str", "str", "DB_T_TEXT"),
}
KINDS = ("one", "many", "exec", "each")
MARKS = {"batch": ("one", "exec"), "exact": ("exec",), "later": ("exec",),
         "gathered": ("exec",)}
ENGINES = ("sqlite", "pg")
WRITES = {"INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "ALTER", "TRUNCATE"}
C_WORDS = set(
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while bool true false".split())
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# What SQL is made of, as far as it matters here. Dollar quotes are PostgreSQL's.
TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag))
      | (?P<param>\$[0-9]+)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<end>;)
      | (?P<open>'|"|/\*)
      | (?P<other>[0-9]+|.)""",
    re.S | re.X)


class Bad(Exception):
    """A mistake in the input, said as file:line: what."""


class Column:
    def __init__(self, name, kind, nullable):
        self.name, self.kind, self.nullable = name, kind, nullable
        self.table = None  # the Marked that says it is personal

    def personal(self):
        return self.kind in ("sealed", "keyed")

    def c_type(self):
        return TYPES[self.kind][1 if self.nullable else 0]


class Marked:
    """A table with personal columns: its key, and what they are."""

    def __init__(self, where, name, transient):
        self.where, self.name, self.alias, self.transient = where, name, name, transient
        self.keys, self.columns, self.of = [], [], {}

    def column(self, name):
        return next((c for c in self.columns if c.name == name), None)


MARK = re.compile(
    r"\s*--\s*@personal\s+([a-z0-9_]+)\s*\(([^)]*)\)(?:\s+as\s+([a-z0-9_]+))?(\s+transient)?:(.*)$")


def parse_marks(path, text, into):
    """Adds the @personal lines of a migration: {table: Marked}."""
    for number, line in enumerate(text.split("\n"), 1):
        if not re.match(r"\s*--\s*@personal\b", line):
            continue
        where = f"{path}:{number}"
        m = MARK.match(line)
        if not m:
            raise Bad(f"{where}: want '-- @personal TABLE (KEY TYPE, ...): COLUMN sealed, ...'")
        name, keys, alias, transient, rest = m.groups()
        table = into.setdefault(name, Marked(where, name, bool(transient)))
        table.alias = alias or table.alias
        if not table.keys:
            parse_columns(where, keys, table.keys)
        for item in rest.split(","):
            item, _, of = item.partition(" of ")
            parse_columns(where, item, table.columns)
            column = table.columns[-1]
            if not column.personal():
                raise Bad(f"{where}: {column.name} is sealed or keyed, not {column.kind}")
            column.table = table
            if of:
                table.of[column.name] = of.strip()
    return into


class Text:
    """One engine's statement: pieces of C string, the parameters it uses, whether it writes."""

    def __init__(self, where, sql):
        self.where = where
        self.pieces, self.params, self.writes, self.ends = [], set(), False, 0
        out, gap, last = [], False, ""
        for m in TOKEN.finditer(sql):
            kind, t = m.lastgroup, m.group()
            if kind == "tag":
                kind = "quoted"
            if kind == "space":
                gap = bool(out)
                continue
            if kind == "open":
                raise Bad(f"{where}: {t} is not closed")
            if kind == "end":
                self.ends += 1
                continue
            if self.ends:
                raise Bad(f"{where}: more than one statement")
            if gap:
                out.append((" ", "other"))
                gap = False
            if kind == "param":
                self.params.add(int(t[1:]))
            if kind == "word":
                upper = t.upper()
                if upper in WRITES or (last, upper) in (("REPLACE", "INTO"), ("FOR", "SHARE")):
                    self.writes = True
                last = upper
            elif t.strip():
                last = ""
            out.append((t, kind))
        self.pieces = out

    def sql(self, engine):
        return "".join(
            "?" + t[1:] if k == "param" and engine == "sqlite" else t for t, k in self.pieces)


class Query:
    def __init__(self, where, name, kind, marks):
        self.where, self.name, self.kind, self.marks = where, name, kind, marks
        self.batch = "batch" in marks
        self.ins, self.outs = None, None
        self.row = name  # the query whose row type it has
        self.takes = name  # likewise, of parameters
        self.texts = {}  # engine or "" -> Text
        self.key = None  # (table, column) that says which rows it touches
        self.marked = None  # made for this Marked

    def text(self, engine):
        return self.texts.get(engine) or self.texts.get("")

    def writes(self):
        return any(t.writes for t in self.texts.values())

    def words(self):
        return {t for text in self.texts.values() for t, k in text.pieces if k == "word"}

    def keys_of(self, column):
        """Where the key of a column's row is: [(in out?, index)], or None."""
        found = []
        for key in column.table.keys:
            for out, cols in ((True, self.outs or []), (False, self.ins or [])):
                at = next((i for i, c in enumerate(cols) if c.name == key.name), None)
                if at is not None and (out is False or column in cols):
                    found.append((out, at))
                    break
            else:
                return None
        return found


def parse_columns(where, rest, into):
    for item in filter(None, (part.strip() for part in rest.split(","))):
        words = item.split()
        if len(words) != 2:
            raise Bad(f"{where}: want 'name type', got '{item}'")
        name, kind = words
        nullable = kind.endswith("?")
        kind = kind.rstrip("?")
        if not NAME.match(name) or name in C_WORDS:
            raise Bad(f"{where}: '{name}' cannot name a member")
        if kind not in TYPES:
            raise Bad(f"{where}: unknown type '{words[1]}'")
        if TYPES[kind][1 if nullable else 0] is None:
            raise Bad(f"{where}: '{kind}' cannot be nullable")
        if any(c.name == name for c in into):
            raise Bad(f"{where}: '{name}' is there twice")
        into.append(Column(name, kind, nullable))
    return into


def parse_like(where, word, rest, query, queries):
    words = rest.split()
    other = queries.get(words[1]) if len(words) == 2 else None
    if other is None or other is query or not (other.ins if word == "in" else other.outs):
        raise Bad(f"{where}: like which query? It must come before, and have columns")
    if query.ins if word == "in" else query.outs:
        raise Bad(f"{where}: '{query.name}' has columns of its own")
    if word == "in":
        query.ins, query.takes = other.ins, other.takes
    else:
        query.outs, query.row = other.outs, other.row


def parse_key(where, rest, query):
    words = rest.split(".")
    if query.key or len(words) != 2 or not all(NAME.match(w) for w in words):
        raise Bad(f"{where}: want '-- key: TABLE.COLUMN', once")
    return tuple(words)


def parse_name(where, rest, queries):
    """-> (query, engine); a new query when the line has a kind."""
    words = rest.split()
    if not words or not NAME.match(words[0]):
        raise Bad(f"{where}: a query needs a name of a-z 0-9 _")
    name, kind, engine, marks = words[0], None, "", set()
    for word in words[1:]:
        if word[0] == ":" and word[1:] in KINDS and kind is None:
            kind = word[1:]
        elif word[0] == "@" and word[1:] in ENGINES and not engine:
            engine = word[1:]
        elif word in MARKS and word not in marks:
            marks.add(word)
        else:
            raise Bad(f"{where}: '{word}' is not understood")
    known = queries.get(name)
    if kind is None:
        if known is None:
            raise Bad(f"{where}: '{name}' needs a kind: :one :many :exec :each")
        if not engine or marks:
            raise Bad(f"{where}: '{name}' is there twice (an engine's text says @pg or @sqlite)")
        if engine in known.texts:
            raise Bad(f"{where}: '{name}' @{engine} is there twice")
        return known, engine
    if known is not None:
        raise Bad(f"{where}: '{name}' is there twice")
    for mark in marks:
        if kind not in MARKS[mark]:
            raise Bad(f"{where}: {mark} goes with :{' or :'.join(MARKS[mark])}")
    if "gathered" in marks:
        marks.add("later")
    queries[name] = Query(where, name, kind, marks)
    return queries[name], engine


def personal(q, marks):
    """Finds the tables of q's personal columns; refuses what is personal and does not say so."""
    if q.marked:
        return
    tables = [marks[w] for w in sorted(q.words() & set(marks))]
    for column in (q.ins or []) + (q.outs or []):
        having = [t for t in tables if t.column(column.name)]
        if not column.personal():
            if having and column.kind == "text":
                raise Bad(f"{q.where}: {column.name} of {having[0].name} is personal: say "
                          f"'{having[0].column(column.name).kind}', or name it otherwise")
            continue
        if column.table is None:
            fits = [t for t in having if t.column(column.name).kind == column.kind]
            if len(fits) != 1:
                raise Bad(f"{q.where}: {len(fits)} tables of '{q.name}' have a {column.kind} "
                          f"column {column.name}")
            column.table = fits[0]
        if column.kind == "keyed" and column in (q.outs or []):
            raise Bad(f"{q.where}: {column.name} is keyed: it does not come out")
        if column.kind == "sealed" and q.keys_of(column) is None:
            raise Bad(f"{q.where}: '{q.name}' has no "
                      f"{', '.join(k.name for k in column.table.keys)} to open {column.name} with")


def add_sweeps(queries, marks):
    """The queries that platform/vault goes through a marked table with."""
    for table in marks.values():
        if table.transient:
            continue
        keys = [Column(k.name, k.kind, False) for k in table.keys]
        if keys[0].kind != "id":
            raise Bad(f"{table.where}: the first of the key is an id, or the table is transient")
        values = [Column(c.name, "text", True) for c in table.columns]
        names = ", ".join(c.name for c in keys + values)
        page = Query(table.where, f"{table.name.split('_', 1)[1]}_swept", "many", set())
        page.ins = [Column("after", "id", False), Column("limit", "int", False)]
        page.outs = keys + values
        text = (f"SELECT {names} FROM {table.name} WHERE {keys[0].name} > $1 "
                f"ORDER BY {', '.join(k.name for k in keys)} LIMIT $2")
        page.texts = {"": Text(table.where, text), "pg": Text(table.where, text + " FOR UPDATE")}
        put = Query(table.where, f"{table.name.split('_', 1)[1]}_resealed", "exec", {"batch"})
        put.ins = keys + values
        sets = ", ".join(f"{c.name} = ${len(keys) + i + 1}" for i, c in enumerate(values))
        where = " AND ".join(f"{k.name} = ${i + 1}" for i, k in enumerate(keys))
        put.texts = {"": Text(table.where, f"UPDATE {table.name} SET {sets} WHERE {where}")}
        for q in (page, put):
            q.marked = table
            if q.name in queries:
                raise Bad(f"{table.where}: '{q.name}' is there already")
            queries[q.name] = q


def parse(path, text, marks=None):
    """-> list of Query, checked."""
    marks = marks or {}
    queries = {}
    query, engine, start, body = None, "", "", []

    def close():
        nonlocal query
        if query is None:
            return
        made = Text(start, "\n".join(body))
        if not made.pieces:
            raise Bad(f"{start}: '{query.name}' has no statement")
        query.texts[engine] = made
        query = None

    for number, line in enumerate(text.split("\n"), 1):
        where = f"{path}:{number}"
        m = re.match(r"\s*--\s*(name|in|out|key):\s*(.*)$", line)
        if not m:
            if query is None and line.strip() and not line.lstrip().startswith("--"):
                raise Bad(f"{where}: statement before the first name")
            body.append(line)
            continue
        word, rest = m.groups()
        if word == "name":
            close()
            query, engine = parse_name(where, rest, queries)
            start, body = where, []
            continue
        if query is None:
            raise Bad(f"{where}: {word}: before the first name")
        if query.texts:
            raise Bad(f"{where}: {word}: belongs to the first block of '{query.name}'")
        if word == "key":
            query.key = parse_key(where, rest, query)
        elif rest.split()[:1] == ["like"]:
            parse_like(where, word, rest, query, queries)
        elif word == "in":
            if query.takes != query.name:
                raise Bad(f"{where}: '{query.name}' has the parameters of '{query.takes}'")
            query.ins = parse_columns(where, rest, query.ins or [])
        else:
            if query.row != query.name:
                raise Bad(f"{where}: '{query.name}' has the columns of '{query.row}'")
            query.outs = parse_columns(where, rest, query.outs or [])
    close()
    add_sweeps(queries, marks)
    for q in queries.values():
        check(q)
        personal(q, marks)
    return list(queries.values())


def check(q):
    for engine in ENGINES:
        if (t := q.text(engine)) is None:
            raise Bad(f"{q.where}: '{q.name}' has no text for {engine}")
        top = max(t.params, default=0)
        if t.params and q.ins is None:
            raise Bad(f"{t.where}: '{q.name}' uses parameters and has no 'in:'")
        for n in range(1, top + 1):
            if n not in t.params:
                raise Bad(f"{t.where}: '{q.name}' uses ${top} but not ${n}")
        if 0 in t.params or top != len(q.ins or []):
            raise Bad(f"{t.where}: '{q.name}' uses {top} parameters, "
                      f"'in:' lists {len(q.ins or [])}")
    if q.kind == "exec" and q.outs:
        raise Bad(f"{q.where}: '{q.name}' is :exec and has 'out:'; say :one or :many")
    if q.kind != "exec" and not q.outs:
        raise Bad(f"{q.where}: '{q.name}' is :{q.kind} and has no 'out:'")
    if "later" in q.marks and not q.writes():
        raise Bad(f"{q.where}: '{q.name}' is later and writes nothing")
    if wrong := sqlrows.wrong(q):
        raise Bad(f"{q.where}: '{q.name}' {wrong}")
    if q.batch and not q.ins:
        raise Bad(f"{q.where}: '{q.name}' is a batch without parameters")


def struct(name, columns):
    rows = "".join(f"    {c.c_type()} {c.name};\n" for c in columns)
    return f"struct {name} {{\n{rows}}};\n"


def functions(prefix, q):
    """The typed functions of one query."""
    base = f"{prefix}_sql_{q.name}"
    row = f"struct {prefix}_sql_{q.row}_row"
    const = f"{prefix}_{q.name}".upper()
    ins = f"struct {prefix}_sql_{q.takes}_in"
    take = f", {ins} in" if q.ins else ""
    give = "&in" if q.ins else "NULL"
    head = f"static inline MUST_USE err {base}(struct db *db, struct cx *cx{take}"
    counted = not q.marks & {"exact", "later"}
    if q.kind == "exec" and not counted:
        out = f"{head})\n{{\n    return db_exec(db, cx, &{const}, {give}, NULL);\n}}\n"
    elif q.kind == "exec":
        out = (f"/* ret_changed may be NULL. */\n{head}, int64_t *ret_changed)\n{{\n"
               f"    return db_exec(db, cx, &{const}, {give}, ret_changed);\n}}\n")
    elif q.kind == "one":
        out = (f"{head}, {row} *ret, bool *ret_found)\n{{\n"
               f"    return db_one(db, cx, &{const}, {give}, ret, ret_found);\n}}\n")
    elif q.kind == "many":
        out = (f"{head}, {row} **ret_rows, size_t *ret_n)\n{{\n"
               f"    void *rows = NULL;\n\n"
               f"    err e = db_many(db, cx, &{const}, {give}, &rows, ret_n);\n"
               f"    if (e)\n        return e;\n    *ret_rows = rows;\n    return NULL;\n}}\n")
    else:
        out = (f"typedef err {base}_fn(void *arg, struct cx *cx, const {row} *row);\n"
               f"struct {base}_call {{\n    {base}_fn *fn;\n    void *arg;\n}};\n"
               f"static inline err {base}_step(void *arg, struct cx *cx, const void *row)\n{{\n"
               f"    const struct {base}_call *call = arg;\n"
               f"    return call->fn(call->arg, cx, row);\n}}\n"
               f"{head}, {base}_fn *fn, void *arg)\n{{\n"
               f"    struct {base}_call call = {{ fn, arg }};\n"
               f"    return db_each(db, cx, &{const}, {give}, {base}_step, &call);\n}}\n")
    if q.batch:
        head = (f"static inline MUST_USE err {base}_batch(struct db *db, struct cx *cx, "
                f"const {ins} *ins, size_t n")
        if q.kind == "exec" and not counted:
            out += f"{head})\n{{\n    return db_exec_batch(db, cx, &{const}, ins, n, NULL);\n}}\n"
        elif q.kind == "exec":
            out += (f"{head}, int64_t *ret_changed)\n{{\n"
                    f"    return db_exec_batch(db, cx, &{const}, ins, n, ret_changed);\n}}\n")
        else:
            out += (f"{head}, {row} *ret_rows, bool *ret_found)\n{{\n"
                    f"    return db_one_batch(db, cx, &{const}, ins, n, ret_rows, ret_found);\n"
                    "}\n")
    return out


def header(prefix, source, queries, marks=None):
    marks = marks or {}
    guard = f"SOUK_SQL_{prefix.upper()}_H"
    out = [f"/* made by tools/sqlgen.py from {source} */\n#ifndef {guard}\n#define {guard}\n\n"
           '#include "platform/db/db_personal.h"\n\n'
           f"extern const struct db_query *const {prefix}_queries[]; /* ends with NULL */\n"]
    if any(not m.transient for m in marks.values()):
        out.append(f"extern const struct db_marked {prefix}_marked[]; /* ends with {{ 0 }} */\n")
    for q in queries:
        base = f"{prefix}_sql_{q.name}"
        out.append(f"\nextern const struct db_query {prefix.upper()}_{q.name.upper()};\n")
        if q.ins and q.takes == q.name:
            out.append(struct(f"{base}_in", q.ins))
        if q.outs and q.row == q.name:
            out.append(struct(f"{base}_row", q.outs))
        out.append(functions(prefix, q))
    out.append("\n#endif\n")
    return "".join(out)


def c_string(text):
    """A C literal, a line of SQL a piece."""
    rows = []
    for row in text.split("\n"):
        row = row.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "")
        rows.append(row.replace("??", '?""?'))
    return "\n        ".join(f'"{r}{chr(92) + "n" if i + 1 < len(rows) else ""}"'
                             for i, r in enumerate(rows))


def columns(name, owner, cols, q):
    personal, rows = "", ""
    for i, c in enumerate(cols):
        mark = "NULL"
        if c.personal():
            mark = f"&{name}_{i}"
            keys = ", ".join(f"{{ {str(out).lower()}, {at} }}" for out, at in q.keys_of(c) or [])
            keyed = c.kind == "keyed"
            personal += (f'static const struct db_personal {name}_{i} = {{ '
                         f'"{c.table.alias}.{c.name}", {str(keyed).lower()}, '
                         f"{0 if keyed else len(c.table.keys)}, {{ {keys or '{ 0 }'} }} }};\n")
        rows += (f'    {{ "{c.name}", {TYPES[c.kind][2]}, {str(c.nullable).lower()}, '
                 f"offsetof(struct {owner}, {c.name}), {mark} }},\n")
    return f"{personal}static const struct db_column {name}[] = {{\n{rows}}};\n"


def marked(prefix, marks):
    """What platform/vault goes through: the tables and their personal columns."""
    out, rows = "", ""
    for m in marks.values():
        if m.transient:
            continue
        short = m.name.split("_", 1)[1]
        items = ""
        for c in m.columns:
            of = next((i for i, k in enumerate(m.columns) if k.name == m.of.get(c.name)), -1)
            if of < 0 and c.name in m.of:
                raise Bad(f"{m.where}: {c.name} of which column?")
            items += (f'    {{ "{m.alias}.{c.name}", {str(c.kind == "keyed").lower()}, {of} }},\n')
        out += f"\nstatic const struct db_marked_column {short}_columns[] = {{\n{items}}};\n"
        rows += (f'    {{ "{m.name}", &{prefix.upper()}_{short.upper()}_SWEPT, '
                 f"&{prefix.upper()}_{short.upper()}_RESEALED, {len(m.keys)}, "
                 f"{short}_columns, {len(m.columns)} }},\n")
    if rows:
        out += (f"\nconst struct db_marked {prefix}_marked[] = {{\n{rows}"
                "    { NULL, NULL, NULL, 0, NULL, 0 },\n};\n")
    return out


def source(prefix, source_name, header_name, queries, marks=None):
    out = [f"/* made by tools/sqlgen.py from {source_name} */\n#include \"{header_name}\"\n"
           "\n#include <stddef.h>\n"]
    for q in queries:
        base = f"{prefix}_sql_{q.name}"
        const = f"{prefix}_{q.name}".upper()
        out.append("\n")
        fields = [f'.name = "{prefix}.{q.name}"']
        for engine in ENGINES:
            fields.append(f".text[DB_{engine.upper()}] = {c_string(q.text(engine).sql(engine))}")
        for which, cols in (("in", q.ins), ("out", q.outs)):
            if not cols:
                continue
            owner = f"{prefix}_sql_" + (f"{q.takes}_in" if which == "in" else f"{q.row}_row")
            out.append(columns(f"{q.name}_{which}", owner, cols, q))
            if any(c.personal() for c in cols):
                fields.append(f".personal_{which} = true")
            size = "in_size" if which == "in" else "row_size"
            fields += [f".{which} = {q.name}_{which}", f".{which}_n = {len(cols)}",
                       f".{size} = sizeof(struct {owner})"]
        fields.append(f".writes = {str(q.writes()).lower()}")
        fields += [f".{mark} = true" for mark in sorted(q.marks - {"batch", "gathered"})]
        fields += sqlrows.fields(q, c_string)
        out.append(f"const struct db_query {const} = {{\n" +
                   "".join(f"    {f},\n" for f in fields) + "};\n")
    out.append(f"\nconst struct db_query *const {prefix}_queries[] = {{\n")
    out += [f"    &{prefix.upper()}_{q.name.upper()},\n" for q in queries]
    out.append("    NULL,\n};\n")
    out.append(marked(prefix, marks or {}))
    return "".join(out)


def main(argv):
    if len(argv) not in (5, 6):
        print("usage: sqlgen.py PREFIX INPUT HEADER SOURCE [DEPFILE]", file=sys.stderr)
        return 2
    prefix, path, header_path, source_path = argv[1:5]
    beside = sorted(glob.glob(os.path.join(os.path.dirname(path), "[0-9]*.sql")))
    marks = {}
    try:
        for name in beside:
            with open(name, encoding="utf-8") as f:
                parse_marks(name, f.read(), marks)
        if not NAME.match(prefix):
            raise Bad(f"{path}:1: '{prefix}' cannot be a prefix")
        with open(path, encoding="utf-8") as f:
            queries = parse(path, f.read(), marks)
    except Bad as bad:
        print(bad, file=sys.stderr)
        return 1
    name, header_name = os.path.basename(path), os.path.basename(header_path)
    with open(header_path, "w", encoding="utf-8") as f:
        f.write(header(prefix, name, queries, marks))
    with open(source_path, "w", encoding="utf-8") as f:
        f.write(source(prefix, name, header_name, queries, marks))
    if len(argv) == 6:
        with open(argv[5], "w", encoding="utf-8") as f:
            f.write(f"{header_path} {source_path}: {' '.join(beside)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
