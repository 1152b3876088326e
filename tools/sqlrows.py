# SPDX-License-Identifier: Apache-2.0
"""What tools/sqlgen.py knows of statements about single rows: the same statement for many rows at once,
with an array for each parameter (`gathered`), and the key that a statement's rows have (`-- key:`).

Knows PostgreSQL's text only; refuses what it does not understand.
"""
import re

INSERT = re.compile(r"INSERT INTO ([a-z0-9_]+) \(([a-z0-9_, ]+)\) VALUES \((.*?)\)"
                    r"( ON CONFLICT DO NOTHING| ON CONFLICT \([a-z0-9_, ]+\) DO UPDATE SET .*)?$")
COPY = re.compile(r"INSERT INTO ([a-z0-9_]+) \(([a-z0-9_, ]+)\) SELECT (.*?) FROM ([a-z0-9_]+) WHERE (.*)$")
UPDATE = re.compile(r"UPDATE ([a-z0-9_]+) SET (.*?) WHERE (.*)$")
DELETE = re.compile(r"DELETE FROM ([a-z0-9_]+) WHERE (.*)$")
MORE = re.compile(r"\0|\b(?:SELECT|FROM|USING|RETURNING|OR|CONFLICT|GROUP|ORDER|LIMIT)\b")
PARAM = re.compile(r"\$([0-9]+)")


def plain(text):
    """A statement in one line, what is quoted between \\0."""
    return "".join(f"\0{t}\0" if k == "quoted" else t for t, k in text.pieces)


def _insert(m):
    table, columns, values, conflict = m.groups()
    if set("()\0") & set(values) or re.search(r"\$|\0|\b(?:SELECT|RETURNING)\b", conflict or ""):
        return None
    row = PARAM.sub(r"unnest(\g<0>)", values)  # in step, without a tuplestore
    return table, f"INSERT INTO {table} ({columns})\nSELECT {row}{conflict or ''}", None


def _arrays(ins):
    rows = ", ".join(f"unnest(${i + 1}) AS p{i + 1}" for i in range(len(ins)))
    return f"(SELECT {rows}) AS g"


def _copy(m, ins):
    table, columns, values, of, where = m.groups()
    if MORE.search(values + where):
        return None
    values, where = PARAM.sub(r"g.p\1", values), PARAM.sub(r"g.p\1", where)
    return table, f"INSERT INTO {table} ({columns})\nSELECT {values}\nFROM {of}, {_arrays(ins)}\nWHERE {where}", of


def _update(m, ins):
    table, sets, where = m.groups()
    if MORE.search(sets + where):
        return None
    sets, where = PARAM.sub(r"g.p\1", sets), PARAM.sub(r"g.p\1", where)
    return table, f"UPDATE {table} SET {sets}\nFROM {_arrays(ins)}\nWHERE {where}", None


def _delete(m, ins):
    table, where = m.groups()
    if MORE.search(where):
        return None
    where = PARAM.sub(r"g.p\1", where)
    return table, f"DELETE FROM {table}\nUSING {_arrays(ins)}\nWHERE {where}", None


def gathered(q):
    """-> (table, the statement for arrays, the table that it reads a row of, or None), or None when q's
    is no statement of one row."""
    one = plain(q.text("pg"))
    if m := INSERT.match(one):
        return _insert(m)
    if m := COPY.match(one):
        return _copy(m, q.ins)
    if m := UPDATE.match(one):
        return _update(m, q.ins)
    if m := DELETE.match(one):
        return _delete(m, q.ins)
    return None


def key_of(q):
    """Which parameter (1..) is the key's column in all rows that q touches; 0: none is."""
    table, column = q.key
    one = plain(q.text("pg"))
    n = next((i + 1 for i, c in enumerate(q.ins or []) if c.name == column), 0)
    if m := INSERT.match(one):
        pairs = zip(m[2].split(", "), m[3].split(", "))
        return n if m[1] == table and (column, f"${n}") in pairs else 0
    told = re.search(rf"\b(?:WHERE|AND) (?:[a-z]+\.)?{column} = \${n}(?![0-9])", one)
    named = re.findall(rf"\b{table}\b", one)
    return n if told and len(named) == 1 and not re.search(r"\b(?:OR|UNION)\b", one) else 0


def wrong(q):
    """What is wrong with q's marks of this kind, or None."""
    made = gathered(q) if "gathered" in q.marks and q.ins else None
    adds = made is not None and made[1].startswith("INSERT") and not made[2]
    if "gathered" in q.marks and (made is None or adds == ("exact" in q.marks)):
        return "is gathered and no INSERT of one row, nor an exact UPDATE or DELETE"
    if made and not q.key and (not adds or " DO UPDATE " in made[1]):
        return "is gathered, changes or reads a row and has no 'key:'"
    if q.key and (not key_of(q) or made and (made[2] or made[0]) != q.key[0]):
        return f"does not touch rows of one {'.'.join(q.key)} only"
    return None


def fields(q, literal):
    """Members of its struct db_query."""
    made = gathered(q) if "gathered" in q.marks else None
    out = [f".gathered = {literal(made[1])}"] if made else []
    if made or q.key:
        out.append(f'.table = "{made[0] if made else q.key[0]}"')
    if made and made[2]:
        out.append(f'.reads = "{made[2]}"')
    return out + ([f".key = {key_of(q)}"] if q.key else [])
