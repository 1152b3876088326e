/* SPDX-License-Identifier: Apache-2.0
 * Personal members of queries: sealed on their way in, opened on their way out, here and nowhere
 * else. Called by db_query.c. Must never let one pass in clear because nothing seals. */
#include <string.h>

#include "base/buf.h"
#include "platform/db/db_internal.h"

void db_seal_with(struct db *db, struct db_sealer sealer)
{
    ASSERT(sealer.seal && sealer.open && sealer.hash);
    db->sealer = sealer;
}

static err no_sealer(struct cx *cx, const struct db_query *q)
{
    return FAIL(cx, DB_FAILED, "%s: personal, and nothing to seal it with", q->name);
}

str db_row_name(struct arena *arena, const struct db_column *const *columns,
    const void *const *structs, size_t n)
{
    struct buf out = { .arena = arena };

    for (size_t i = 0; i < n; i++) {
        struct db_value v = db_get(columns[i], structs[i]);
        if (v.type == DB_T_INT || v.type == DB_T_BOOL)
            buf_i64(&out, v.i);
        else
            buf_add(&out, (str){ v.p, v.n });
        buf_char(&out, '\0');
    }
    return buf_str(&out);
}

static str row_name(struct arena *arena, const struct db_query *q, const struct db_personal *p,
    const void *in, const void *row)
{
    const struct db_column *columns[DB_KEYS_MAX];
    const void *structs[DB_KEYS_MAX];

    ASSERT(p->key_n <= DB_KEYS_MAX);
    for (size_t i = 0; i < p->key_n; i++) {
        columns[i] = p->key[i].out ? &q->out[p->key[i].at] : &q->in[p->key[i].at];
        structs[i] = p->key[i].out ? row : in;
    }
    return db_row_name(arena, columns, structs, p->key_n);
}

static err seal_one(struct db *db, struct cx *cx, const struct db_query *q, char *in)
{
    const struct db_sealer *s = &db->sealer;

    for (size_t i = 0; i < q->in_n; i++) {
        const struct db_column *c = &q->in[i];
        str *text = (str *)(void *)(in + c->offset);
        if (!c->personal || (!text->p && c->nullable))
            continue;
        if (c->personal->keyed) {
            *text = s->hash(s->self, cx->arena, c->personal->what, *text);
            continue;
        }
        str row = row_name(cx->arena, q, c->personal, in, NULL);
        err e = s->seal(s->self, cx, c->personal->what, row, *text, text);
        if (e)
            return e;
    }
    return NULL;
}

err db_seal_ins(struct db *db, struct cx *cx, const struct db_query *q, const void **ins, size_t n)
{
    if (!db->sealer.seal)
        return no_sealer(cx, q);
    char *copy = arena_alloc(cx->arena, n * q->in_size);
    memcpy(copy, *ins, n * q->in_size);
    *ins = copy;
    for (size_t i = 0; i < n; i++) {
        err e = seal_one(db, cx, q, copy + i * q->in_size);
        if (e)
            return e;
    }
    return NULL;
}

err db_open_row(struct db *db, struct cx *cx, struct arena *arena, const struct db_query *q,
    const void *in, void *row)
{
    const struct db_sealer *s = &db->sealer;

    if (!s->open)
        return no_sealer(cx, q);
    for (size_t i = 0; i < q->out_n; i++) {
        const struct db_column *c = &q->out[i];
        str *text = (str *)(void *)((char *)row + c->offset);
        if (!c->personal || !text->p)
            continue;
        err e = s->open(s->self, cx, arena, c->personal->what,
            row_name(arena, q, c->personal, in, row), *text, text);
        if (e)
            return e;
    }
    return NULL;
}
