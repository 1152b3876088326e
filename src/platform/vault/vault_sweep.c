/* SPDX-License-Identifier: Apache-2.0
 * The sweep: brings rows that are in clear, or under an older key, under the key that seals; a
 * batch at a time, from where it stopped. Called by the scheduler. Must never write a row that it
 * has not read in the same unit. */
#include <string.h>
#include <unistd.h>

#include "platform/vault/vault_internal.h"
#include "vault_sql.h"

#define BATCH 100
#define PERIOD_MS 2000

static str *text_at(const struct db_marked *m, void *row, size_t i)
{
    return (str *)(void *)((char *)row + m->swept->out[m->keys_n + i].offset);
}

static str name_of(struct cx *cx, const struct db_marked *m, const void *row)
{
    const struct db_column *columns[DB_KEYS_MAX];
    const void *structs[DB_KEYS_MAX];

    ASSERT(m->keys_n <= DB_KEYS_MAX);
    for (size_t i = 0; i < m->keys_n; i++) {
        columns[i] = &m->swept->out[i];
        structs[i] = row;
    }
    return db_row_name(cx->arena, columns, structs, m->keys_n);
}

static err rehash(struct vault *v, struct cx *cx, const struct db_marked *m, void *row, size_t i,
    str name, bool *ret_changed)
{
    const struct db_marked_column *c = &m->columns[i];
    str *text = text_at(m, row, i);
    str clear = *text;

    if (text->p ? vault_is_hash(*text) : c->of < 0)
        return NULL;
    if (!text->p) {
        const struct db_marked_column *of = &m->columns[c->of];
        str from = *text_at(m, row, (size_t)c->of);
        if (!from.p)
            return NULL;
        err e = vault_unseal(v, cx, cx->arena, of->what, name, from, &clear);
        if (e)
            return e;
        clear = str_lower(cx->arena, clear);
    }
    *text = vault_hash(v, cx->arena, c->what, clear);
    *ret_changed = true;
    return NULL;
}

/* The row as it should be kept. */
static err renew(struct vault *v, struct cx *cx, const struct db_marked *m, int64_t key_id,
    void *row, bool *ret_changed)
{
    str name = name_of(cx, m, row);
    err e = NULL;

    *ret_changed = false;
    for (size_t i = 0; !e && i < m->columns_n; i++)
        if (m->columns[i].keyed)
            e = rehash(v, cx, m, row, i, name, ret_changed);
    for (size_t i = 0; !e && i < m->columns_n; i++) {
        const struct db_marked_column *c = &m->columns[i];
        str *text = text_at(m, row, i), clear;
        if (c->keyed || !text->p || vault_is_under(*text, key_id))
            continue;
        e = vault_unseal(v, cx, cx->arena, c->what, name, *text, &clear);
        if (!e)
            e = vault_seal(v, cx, c->what, name, clear, text);
        *ret_changed = true;
    }
    return e;
}

struct sweep_in { /* of every `swept` query */
    id after;
    int64_t limit;
};

/* Rows of a key that begins like the last one's may be cut off by the limit: left for the next. */
static size_t whole(const struct db_marked *m, const char *rows, size_t n)
{
    size_t size = m->swept->row_size, at = m->swept->out[0].offset;
    size_t kept = n;

    if (n < BATCH || m->keys_n == 1)
        return n;
    const char *last = rows + (n - 1) * size + at;
    while (kept > 0 && memcmp(rows + (kept - 1) * size + at, last, sizeof(id)) == 0)
        kept--;
    return kept ? kept : n;
}

static err sweep_rows(struct vault_place *place, struct cx *cx, const struct db_marked *m,
    struct vault_sql_sweep_put_in *at, size_t *ret_n)
{
    void *rows = NULL;
    size_t n = 0, changed_n = 0, size = m->swept->row_size;
    struct sweep_in in = { at->after_id, BATCH };

    ASSERT(m->swept->in_size == sizeof in && m->resealed->in_size == size);
    err e = db_many(place->db, cx, m->swept, &in, &rows, &n);
    if (e)
        return e;
    *ret_n = n;
    n = whole(m, rows, n);
    char *changed = arena_alloc(cx->arena, n * size + 1);
    for (size_t i = 0; !e && i < n; i++) {
        char *row = (char *)rows + i * size;
        bool renewed;
        e = renew(place->v, cx, m, at->key_id, row, &renewed);
        if (!e && renewed)
            memcpy(changed + changed_n++ * size, row, size);
    }
    if (!e)
        e = db_exec_batch(place->db, cx, m->resealed, changed, changed_n, NULL);
    if (e)
        return e;
    at->rows_n += (int64_t)n;
    at->sealed_n += (int64_t)changed_n;
    if (n)
        memcpy(&at->after_id, (char *)rows + (n - 1) * size + m->swept->out[0].offset, sizeof(id));
    return NULL;
}

/* A batch of the table; *ret_done: there was nothing to do. */
static err sweep_table(struct vault_place *place, struct cx *cx, const struct db_marked *m,
    int64_t key_id, bool *ret_done)
{
    struct vault_sql_sweep_get_row row;
    struct vault_sql_sweep_put_in at = { .table_name = str_from_c(m->table), .key_id = key_id };
    bool found = false;
    size_t n = 0;

    err e = vault_sql_sweep_get(place->db, cx,
        (struct vault_sql_sweep_get_in){ .table_name = at.table_name }, &row, &found);
    if (e)
        return e;
    bool ours = found && row.key_id == key_id;
    *ret_done = ours && row.done_ms.has;
    if (*ret_done)
        return NULL;
    if (ours) {
        at.after_id = row.after_id;
        at.rows_n = row.rows_n;
        at.sealed_n = row.sealed_n;
    }
    e = sweep_rows(place, cx, m, &at, &n);
    if (e)
        return e;
    at.done_ms = (struct opt_int){ n < BATCH, cx->now_ms };
    return vault_sql_sweep_put(place->db, cx, at, NULL);
}

static void ask_answered(void *arg)
{
    const struct vault *v = arg;
    unlink(v->opts.ask_file);
}

/* A command or another process may have made a new key. */
static err look_for_key(struct vault *v, struct cx *cx)
{
    struct vault_sql_key_last_row last = { 0 };
    const struct vault_key *key;
    bool found = false;

    err e = vault_sql_key_last(v->opts.db, cx, &last, &found);
    return e ? e : vault_key_of(v, cx, last.key_id, &key);
}

static err sweep(void *self, struct cx *cx, bool *ret_more)
{
    struct vault_place *place = self;
    struct vault *v = place->v;

    *ret_more = false;
    err looked = look_for_key(v, cx);
    if (looked)
        return looked;
    int64_t key_id = atomic_load(&v->current);
    if (place->db == v->opts.db && v->opts.ask_file && access(v->opts.ask_file, F_OK) == 0) {
        *ret_more = true;
        db_after_commit(cx, ask_answered, v);
        return vault_rotate(v, cx);
    }
    if (atomic_load(&place->swept) == key_id)
        return NULL;
    for (size_t i = 0; i < place->marked_n; i++)
        for (const struct db_marked *m = place->marked[i]; m->table; m++) {
            bool done;
            err e = sweep_table(place, cx, m, key_id, &done);
            *ret_more = !e && !done;
            if (e || !done)
                return e;
        }
    atomic_store(&place->swept, key_id);
    return NULL;
}

const struct job vault_jobs[] = {
    { .name = "vault.sweep", .period_ms = PERIOD_MS, .fn = sweep },
    { 0 },
};

/* ---- for people ---- */

static size_t tables_of(const struct vault_place *place)
{
    size_t n = 0;
    for (size_t i = 0; i < place->marked_n; i++)
        for (const struct db_marked *m = place->marked[i]; m->table; m++)
            n++;
    return n;
}

/* Adds what the place's sweep has written down. */
static err place_state(const struct vault_place *place, struct cx *cx, struct vault_state *ret)
{
    struct vault_sql_sweep_list_row *rows;
    size_t n, done = 0;

    err e = vault_sql_sweep_list(place->db, cx, &rows, &n);
    if (e)
        return e;
    struct vault_table *tables = NEW_N(cx->arena, ret->tables_n + n + 1, struct vault_table);
    if (ret->tables_n)
        memcpy(tables, ret->tables, ret->tables_n * sizeof *tables);
    for (size_t i = 0; i < n; i++) {
        tables[ret->tables_n + i] = (struct vault_table){ .table = rows[i].table_name,
            .key_id = rows[i].key_id,
            .rows = rows[i].rows_n,
            .sealed = rows[i].sealed_n,
            .done_ms = rows[i].done_ms.v };
        done += rows[i].key_id == ret->key_id && rows[i].done_ms.has;
    }
    ret->tables = tables;
    ret->tables_n += n;
    ret->waiting += tables_of(place) - done;
    return NULL;
}

err vault_state(struct vault *v, struct cx *cx, struct vault_state *ret)
{
    struct vault_sql_key_list_row *keys;
    size_t keys_n;

    err e = vault_sql_key_list(v->opts.db, cx, &keys, &keys_n);
    if (e)
        return e;
    *ret = (struct vault_state){ .key_id = keys[keys_n - 1].key_id,
        .created_ms = keys[keys_n - 1].created_ms };
    for (const struct vault_place *place = v->places; !e && place; place = place->next)
        e = place_state(place, cx, ret);
    return e;
}
