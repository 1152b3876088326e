/* SPDX-License-Identifier: Apache-2.0
 * Members of in and row structs, by the column tables: read and written here and nowhere else.
 * Called by the drivers. Must never put a value into an error's detail. */
#include <string.h>

#include "platform/db/db_internal.h"

static void *at(const struct db_column *c, void *row)
{
    return (char *)row + c->offset;
}

err db_bad_column(
    struct cx *cx, const struct db_query *q, const struct db_column *c, const char *what)
{
    return FAIL(cx, DB_FAILED, "%s: column %s %s", q->name, c->name, what);
}

bool db_put_null(const struct db_column *c, void *row)
{
    if (!c->nullable)
        return false;
    switch (c->type) {
    case DB_T_INT:
        *(struct opt_int *)at(c, row) = (struct opt_int){ false, 0 };
        return true;
    case DB_T_NUM:
        *(struct opt_num *)at(c, row) = (struct opt_num){ false, 0 };
        return true;
    case DB_T_TEXT:
    case DB_T_BLOB:
        *(str *)at(c, row) = (str){ NULL, 0 };
        return true;
    case DB_T_ID:
        *(id *)at(c, row) = (id){ { 0 } };
        return true;
    case DB_T_BOOL:
        break;
    }
    return false;
}

void db_put_int(const struct db_column *c, void *row, int64_t v)
{
    if (c->nullable)
        *(struct opt_int *)at(c, row) = (struct opt_int){ true, v };
    else
        *(int64_t *)at(c, row) = v;
}

void db_put_num(const struct db_column *c, void *row, double v)
{
    if (c->nullable)
        *(struct opt_num *)at(c, row) = (struct opt_num){ true, v };
    else
        *(double *)at(c, row) = v;
}

void db_put_bytes(
    const struct db_column *c, void *row, struct arena *arena, const void *p, size_t n)
{
    char *copy = arena_alloc(arena, n + 1); /* NUL-terminated, and not NULL when empty */

    if (n > 0)
        memcpy(copy, p, n);
    *(str *)at(c, row) = (str){ copy, n };
}

void db_put_id(const struct db_column *c, void *row, const void *p16)
{
    memcpy(((id *)at(c, row))->b, p16, sizeof(id));
}

void db_put_bool(const struct db_column *c, void *row, bool v)
{
    *(bool *)at(c, row) = v;
}

struct db_value db_get(const struct db_column *c, const void *in)
{
    const void *p = (const char *)in + c->offset;
    struct db_value v = { .type = c->type };

    switch (c->type) {
    case DB_T_INT:
        if (c->nullable) {
            const struct opt_int *opt = p;
            v.null = !opt->has;
            v.i = opt->v;
        } else {
            v.i = *(const int64_t *)p;
        }
        break;
    case DB_T_NUM:
        if (c->nullable) {
            const struct opt_num *opt = p;
            v.null = !opt->has;
            v.num = opt->v;
        } else {
            v.num = *(const double *)p;
        }
        break;
    case DB_T_BOOL:
        v.i = *(const bool *)p;
        break;
    case DB_T_TEXT:
    case DB_T_BLOB:
        v.p = ((const str *)p)->p;
        v.n = ((const str *)p)->n;
        v.null = !v.p && c->nullable;
        if (!v.p)
            v.p = "";
        break;
    case DB_T_ID:
        v.p = p;
        v.n = sizeof(id);
        v.null = c->nullable && id_is_none(*(const id *)p);
        break;
    }
    return v;
}
