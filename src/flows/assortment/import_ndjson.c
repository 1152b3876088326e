/* SPDX-License-Identifier: Apache-2.0
 * Rows of NDJSON files. Called by imports for every line; must never do I/O. */
#include "base/json.h"
#include "flows/assortment/import_row.h"

struct taking {
    struct arena *arena;
    struct import_cell *cells;
    size_t n, cap;
};

static void add(struct taking *t, str name, const struct json_value *value)
{
    str text = json_value_str(t->arena, value);
    if (!text.n || t->n == IMPORT_CELLS_MAX)
        return;
    if (t->n == t->cap) {
        t->cells = arena_grow(
            t->arena, t->cells, t->cap * sizeof *t->cells, 2 * t->cap * sizeof *t->cells);
        t->cap *= 2;
    }
    t->cells[t->n++] = (struct import_cell){ name, text };
}

static void take(void *arg, str key, const struct json_value *value)
{
    struct taking *t = arg;
    str name = str_dup(t->arena, key); /* the document is closed before the row is used */
    add(t, name, value);
    const struct json_value *item;
    for (size_t i = 0; (item = json_value_at(value, i)); i++)
        add(t, name, item);
}

static void close_value(struct json_value **v)
{
    json_value_close(*v);
}

str import_cell(const struct import_row *row, str name)
{
    for (size_t i = 0; i < row->n; i++)
        if (str_eq(row->cells[i].name, name) && row->cells[i].value.n)
            return row->cells[i].value;
    return (str){ NULL, 0 };
}

const char *import_ndjson_row(struct cx *cx, str line, struct import_row *ret)
{
    struct json_value *value DEFER(close_value) = NULL;
    if (json_value_parse(cx, line, &value) || !json_value_count(value) || json_value_at(value, 0)) {
        cx_clear(cx);
        return "it is no JSON object";
    }
    struct taking t = { .arena = cx->arena, .cap = json_value_count(value) + 8 };
    t.cells = NEW_N(cx->arena, t.cap, struct import_cell);
    json_value_each(value, take, &t);
    ret->cells = t.cells;
    ret->n = t.n;
    return NULL;
}
