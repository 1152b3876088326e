/* SPDX-License-Identifier: Apache-2.0
 * Rows that wait for others of their kind. To begin and end a statement costs PostgreSQL more than
 * a row does, so rows of `gathered` queries are kept while the units of a group run, and go in one
 * statement with an array for each parameter. Called by db_pg.c and db_pg_run.c. Must never keep a
 * row back from a statement that could see it, nor beyond the transaction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/db/db_pg.h"

#define ROWS_MAX 256 /* then they go, whoever asks */

/* NULL when there are too many kinds. */
static struct pg_rows *rows_of(struct pg_gather *g, const struct db_query *q)
{
    for (size_t i = 0; i < g->kinds_n; i++)
        if (g->kinds[i].q == q)
            return &g->kinds[i];
    if (g->kinds_n == PG_KINDS_MAX)
        return NULL;
    struct pg_rows *rows = &g->kinds[g->kinds_n++];
    *rows = (struct pg_rows){ .q = q,
        .columns = calloc(q->in_n, sizeof *rows->columns),
        .keys = q->key ? calloc(ROWS_MAX, sizeof *rows->keys) : NULL,
        .changes = (q->exact && !q->reads) || strstr(q->gathered, " DO UPDATE ") };
    if (!rows->columns || (q->key && !rows->keys))
        panic("db_pg_gather", "out of memory");
    pg_encode_clear(rows);
    return rows;
}

static uint64_t key_hash(const struct db_query *q, const void *in)
{
    struct db_value v = db_get(&q->in[q->key - 1], in);
    bool bytes = v.type != DB_T_INT && v.type != DB_T_BOOL && v.type != DB_T_NUM;
    return bytes ? str_hash((str){ v.p, v.n }) : (uint64_t)v.i;
}

static bool has_key(const struct pg_rows *rows, uint64_t key)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->keys[i] == key)
            return true;
    return false;
}

const char *pg_keyed_table(const struct db_query *q)
{
    return q->reads ? q->reads : q->table;
}

/* Whether q says that it touches other rows than those that wait have a key of; two keys with one
 * hash only cost a statement. */
static bool is_apart(const struct pg_rows *rows, const struct db_query *q, const void *in)
{
    const struct db_query *own = rows->q;

    return own->key && q->key && strcmp(pg_keyed_table(own), pg_keyed_table(q)) == 0 &&
           strcmp(own->in[own->key - 1].name, q->in[q->key - 1].name) == 0 &&
           !has_key(rows, key_hash(q, in));
}

/* Whether q could see or change rows that wait, or change what they are yet to read. */
static bool touches(const struct pg_rows *rows, const struct db_query *q, const void *in)
{
    const struct db_query *own = rows->q;

    if (own->reads && strstr(q->text[DB_PG], own->table))
        return true;
    return strstr(q->text[DB_PG], pg_keyed_table(own)) && !is_apart(rows, q, in);
}

/* Whether something that q is to read would go only after q's rows. */
static bool reads_too_early(
    const struct pg_gather *g, const struct pg_rows *rows, const struct db_query *q, const void *in)
{
    if (!q->reads || rows->n == 0)
        return false;
    for (size_t i = g->order_n - 1; &g->kinds[g->order[i]] != rows; i--) {
        const struct pg_rows *later = &g->kinds[g->order[i]];
        if (strcmp(later->q->table, q->reads) == 0 && !is_apart(later, q, in))
            return true;
    }
    return false;
}

bool pg_gather_concerns(
    const struct pg_conn *c, const struct db_query *q, const void *ins, size_t n)
{
    const struct pg_gather *g = &c->gather;

    for (size_t i = 0; i < g->order_n; i++)
        for (size_t k = 0; k < n; k++)
            if (touches(&g->kinds[g->order[i]], q, ins ? (const char *)ins + k * q->in_size : ins))
                return true;
    return false;
}

bool pg_gather_add(struct pg_conn *c, struct pg_exchange *x, const void *ins, size_t n)
{
    struct pg_gather *g = &c->gather;
    struct pg_rows *rows = rows_of(g, x->q);

    ASSERT(c->tx);
    if (!rows)
        return false;
    for (size_t i = 0; i < n; i++) {
        const void *in = (const char *)ins + i * x->q->in_size;
        if (rows->changes ? pg_gather_concerns(c, x->q, in, 1) : reads_too_early(g, rows, x->q, in))
            pg_gather_send(c, x);
        if (rows->n == 0)
            g->order[g->order_n++] = (size_t)(rows - g->kinds);
        if (rows->keys)
            rows->keys[rows->n] = key_hash(x->q, in);
        pg_encode_add(rows, in);
        if (++g->rows_n == ROWS_MAX)
            pg_gather_send(c, x);
    }
    return true;
}

static void gatherer_name(unsigned number, char ret[static PG_NAME_MAX])
{
    (void)snprintf(ret, PG_NAME_MAX, "g%u", number);
}

static void send_rows(struct pg_conn *c, struct pg_exchange *x, const struct pg_rows *rows)
{
    uintptr_t single = rows->n == 1 ? (uintptr_t)db_stmts_get(&c->stmts, rows->q) : 0;
    uintptr_t number = (uintptr_t)db_stmts_get(&c->gather.stmts, rows->q);
    char name[PG_NAME_MAX];

    if (single) {
        pg_name(single, name);
    } else if (number) {
        gatherer_name((unsigned)number, name);
    } else {
        gatherer_name(++c->gather.made, name);
        pg_send_gatherer(c, x, name, c->gather.made);
    }
    pg_encode_rows(c, rows, single != 0);
    pg_send_query(c, x, name, PG_SENT_GATHERED, rows->n);
}

void pg_gather_send(struct pg_conn *c, struct pg_exchange *x)
{
    struct pg_gather *g = &c->gather;

    if (g->rows_n == 0)
        return;
    pg_send_pending(c, x);
    for (size_t i = 0; i < g->order_n; i++) {
        struct pg_exchange part = { .cx = x->cx, .q = g->kinds[g->order[i]].q, .e = x->e };
        send_rows(c, &part, &g->kinds[g->order[i]]);
        x->e = part.e;
    }
    pg_gather_drop(c);
}

void pg_gather_drop(struct pg_conn *c)
{
    struct pg_gather *g = &c->gather;

    for (size_t i = 0; i < g->order_n; i++)
        pg_encode_clear(&g->kinds[g->order[i]]);
    g->order_n = g->rows_n = 0;
}

void pg_gather_release(struct pg_conn *c)
{
    struct pg_gather *g = &c->gather;

    for (size_t i = 0; i < g->kinds_n; i++) {
        for (size_t k = 0; k < g->kinds[i].q->in_n; k++)
            free(g->kinds[i].columns[k].p);
        free(g->kinds[i].columns);
        free(g->kinds[i].keys);
    }
    db_stmts_release(&g->stmts);
    *g = (struct pg_gather){ .made = 0 };
}
