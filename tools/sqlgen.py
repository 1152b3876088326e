#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles a file of named queries into typed C: PREFIX INPUT HEADER SOURCE.

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
statement changes one row or its unit fails, and `later`, nobody waits for its answer on PostgreSQL:
it goes out with the next statement that is waited for, and its failure is the unit's. Types: int text id bool blob num,
`?` for nullable. `-- in:` and `-- out:` may be repeated to continue a list. `-- out: like NAME` gives
rows of the type that a query named before has. A block with @pg or @sqlite gives that engine's text
of a query named before.
"""
import re
import sys

TYPES = {  # name: (C type, C type when nullable, enum)
    "int": ("int64_t", "struct opt_int", "DB_T_INT"),
    "text": ("str", "str", "DB_T_TEXT"),
    "id": ("id", "id", "DB_T_ID"),
    "bool": ("bool", None, "DB_T_BOOL"),
    "blob": ("str", "str", "DB_T_BLOB"),
    "num": ("double", "struct opt_num", "DB_T_NUM"),
}
KINDS = ("one", "many", "exec", "each")
MARKS = {"batch": ("one", "exec"), "exact": ("exec",), "later": ("exec",)}
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

    def c_type(self):
        return TYPES[self.kind][1 if self.nullable else 0]


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
        self.texts = {}  # engine or "" -> Text

    def text(self, engine):
        return self.texts.get(engine) or self.texts.get("")

    def writes(self):
        return any(t.writes for t in self.texts.values())


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


def parse_like(where, rest, query, queries):
    words = rest.split()
    other = queries.get(words[1]) if len(words) == 2 else None
    if other is None or other is query or not other.outs:
        raise Bad(f"{where}: like which query? It must come before, and have columns")
    if query.outs:
        raise Bad(f"{where}: '{query.name}' has columns of its own")
    query.outs, query.row = other.outs, other.row


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
    queries[name] = Query(where, name, kind, marks)
    return queries[name], engine


def parse(path, text):
    """-> list of Query, checked."""
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
        m = re.match(r"\s*--\s*(name|in|out):\s*(.*)$", line)
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
        if word == "in":
            query.ins = parse_columns(where, rest, query.ins or [])
        elif rest.split()[:1] == ["like"]:
            parse_like(where, rest, query, queries)
        else:
            if query.row != query.name:
                raise Bad(f"{where}: '{query.name}' has the columns of '{query.row}'")
            query.outs = parse_columns(where, rest, query.outs or [])
    close()
    for q in queries.values():
        check(q)
    return list(queries.values())


def check(q):
    for engine in ENGINES:
        t = q.text(engine)
        if t is None:
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
    take = f", struct {base}_in in" if q.ins else ""
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
                f"const struct {base}_in *ins, size_t n")
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


def header(prefix, source, queries):
    guard = f"SOUK_SQL_{prefix.upper()}_H"
    out = [f"/* made by tools/sqlgen.py from {source} */\n#ifndef {guard}\n#define {guard}\n\n"
           '#include "platform/db/db.h"\n\n'
           f"extern const struct db_query *const {prefix}_queries[]; /* ends with NULL */\n"]
    for q in queries:
        base = f"{prefix}_sql_{q.name}"
        out.append(f"\nextern const struct db_query {prefix.upper()}_{q.name.upper()};\n")
        if q.ins:
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


def columns(name, owner, cols):
    rows = "".join(
        f'    {{ "{c.name}", {TYPES[c.kind][2]}, {str(c.nullable).lower()}, '
        f"offsetof(struct {owner}, {c.name}) }},\n" for c in cols)
    return f"static const struct db_column {name}[] = {{\n{rows}}};\n"


def source(prefix, source_name, header_name, queries):
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
            owner = base + "_in" if which == "in" else f"{prefix}_sql_{q.row}_row"
            out.append(columns(f"{q.name}_{which}", owner, cols))
            size = "in_size" if which == "in" else "row_size"
            fields += [f".{which} = {q.name}_{which}", f".{which}_n = {len(cols)}",
                       f".{size} = sizeof(struct {owner})"]
        fields.append(f".writes = {str(q.writes()).lower()}")
        fields += [f".{mark} = true" for mark in sorted(q.marks - {"batch"})]
        out.append(f"const struct db_query {const} = {{\n" +
                   "".join(f"    {f},\n" for f in fields) + "};\n")
    out.append(f"\nconst struct db_query *const {prefix}_queries[] = {{\n")
    out += [f"    &{prefix.upper()}_{q.name.upper()},\n" for q in queries]
    out.append("    NULL,\n};\n")
    return "".join(out)


def main(argv):
    if len(argv) != 5:
        print("usage: sqlgen.py PREFIX INPUT HEADER SOURCE", file=sys.stderr)
        return 2
    prefix, path, header_path, source_path = argv[1:]
    try:
        if not NAME.match(prefix):
            raise Bad(f"{path}:1: '{prefix}' cannot be a prefix")
        with open(path, encoding="utf-8") as f:
            queries = parse(path, f.read())
    except Bad as bad:
        print(bad, file=sys.stderr)
        return 1
    name = path.replace("\\", "/").split("/")[-1]
    header_name = header_path.replace("\\", "/").split("/")[-1]
    with open(header_path, "w", encoding="utf-8") as f:
        f.write(header(prefix, name, queries))
    with open(source_path, "w", encoding="utf-8") as f:
        f.write(source(prefix, name, header_name, queries))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
