/* SPDX-License-Identifier: Apache-2.0
 * Running named queries: finds the connection of the unit, says where rows go. Called by the typed
 * functions that tools/sqlgen.py makes. Must never decide what happens after a failure: it marks
 * the unit's part as broken, and the lane undoes it. */
#include <string.h>

#include "platform/db/db_internal.h"

#define ROWS_FIRST 8
#define SCRATCH 4096

err db_inexact(struct cx *cx, const struct db_query *q, int64_t changed)
{
    return FAIL(cx, DB_FAILED, "%s: %lld rows where one must change", q->name, (long long)changed);
}

err db_later_refused(struct cx *cx, const struct db_query *q, err e)
{
    return FAIL(cx, DB_FAILED, "%s: %s: " STR_F, q->name, e->slug, STR_A(cx->detail));
}

static err exact(struct cx *cx, const struct db_query *q, const int64_t *changed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (changed[i] != 1)
            return db_inexact(cx, q, changed[i]);
    return NULL;
}

static err run(struct db *db, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    struct db_sink *sink)
{
    struct db_part *part;

    ASSERT(q->in_n == 0 || ins != NULL);
    sink->row_size = q->row_size;
    if (!sink->arena)
        sink->arena = cx->arena;
    err e = db_unit_part(db, cx, q, &part);
    if (e)
        return e;
    ASSERT(!sink->streams || !cx->unit->committed); /* a cursor lives in a transaction */
    if (part->broken)
        return FAIL(cx, *part->broken, "%s: the unit has failed already", q->name);
    if (db->opts.pause && cx->unit->writes)
        db->opts.pause(db->opts.divert_self, cx, q);
    if (q->personal_in && (e = db_seal_ins(db, cx, q, &ins, n)) != NULL)
        return e;
    db->statements += (int64_t)n;
    part->wrote |= q->writes;
    e = db->driver->run(part->conn, cx, q, ins, n, sink);
    if (!e && q->exact && !sink->sent)
        e = exact(cx, q, sink->changed, n);
    if (q->later && (e == &DB_DUPLICATE || e == &DB_CONSTRAINT))
        e = db_later_refused(cx, q, e);
    if (e && !sink->stopped && !part->broken)
        part->broken = e;
    return e;
}

/* ---- :one ---- */
static void *one_slot(struct db_sink *sink, size_t i)
{
    if (sink->found[i])
        return NULL;
    sink->found[i] = true;
    return sink->rows + i * sink->row_size;
}

err db_one(struct db *db, struct cx *cx, const struct db_query *q, const void *in, void *ret_row,
    bool *ret_found)
{
    bool found = false;
    struct db_sink sink = { .slot = one_slot, .one = true, .rows = ret_row, .found = &found };

    err e = run(db, cx, q, in, 1, &sink);
    if (!e && found && q->personal_out)
        e = db_open_row(db, cx, cx->arena, q, in, ret_row);
    if (e)
        return e;
    *ret_found = found;
    return NULL;
}

err db_one_batch(struct db *db, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    void *ret_rows, bool *ret_found)
{
    struct db_sink sink = { .slot = one_slot, .one = true, .rows = ret_rows, .found = ret_found };

    if (n == 0)
        return NULL;
    memset(ret_found, 0, n * sizeof *ret_found);
    err e = run(db, cx, q, ins, n, &sink);
    for (size_t i = 0; !e && q->personal_out && i < n; i++)
        if (ret_found[i])
            e = db_open_row(db, cx, cx->arena, q, (const char *)ins + i * q->in_size,
                (char *)ret_rows + i * q->row_size);
    return e;
}

/* ---- :many ---- */
static void *many_slot(struct db_sink *sink, size_t i)
{
    (void)i;
    if (sink->rows_n == sink->rows_cap) {
        size_t cap = sink->rows_cap * 2 > ROWS_FIRST ? sink->rows_cap * 2 : ROWS_FIRST;
        if (sink->hint > sink->rows_n)
            cap = sink->hint;
        ASSERT(cap <= SIZE_MAX / 2 / sink->row_size);
        sink->rows = arena_grow(
            sink->arena, sink->rows, sink->rows_cap * sink->row_size, cap * sink->row_size);
        sink->rows_cap = cap;
    }
    return sink->rows + sink->rows_n++ * sink->row_size;
}

err db_many(struct db *db, struct cx *cx, const struct db_query *q, const void *in, void **ret_rows,
    size_t *ret_n)
{
    struct db_sink sink = { .slot = many_slot };

    err e = run(db, cx, q, in, 1, &sink);
    for (size_t i = 0; !e && q->personal_out && i < sink.rows_n; i++)
        e = db_open_row(db, cx, cx->arena, q, in, sink.rows + i * q->row_size);
    if (e)
        return e;
    *ret_rows = sink.rows;
    *ret_n = sink.rows_n;
    return NULL;
}

/* ---- :exec ---- */
static void *no_slot(struct db_sink *sink, size_t i)
{
    (void)sink;
    (void)i;
    return NULL;
}

err db_exec(
    struct db *db, struct cx *cx, const struct db_query *q, const void *in, int64_t *ret_changed)
{
    int64_t changed = 0;
    struct db_sink sink = { .slot = no_slot, .changed = &changed };

    err e = run(db, cx, q, in, 1, &sink);
    if (e)
        return e;
    if (ret_changed)
        *ret_changed = changed;
    return NULL;
}

err db_exec_batch(struct db *db, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    int64_t *ret_changed)
{
    struct db_sink sink = { .slot = no_slot, .changed = ret_changed };

    if (n == 0)
        return NULL;
    if (q->exact && !ret_changed)
        sink.changed = NEW_N(cx->arena, n, int64_t);
    return run(db, cx, q, ins, n, &sink);
}

/* ---- :each ---- */
static void *each_slot(struct db_sink *sink, size_t i)
{
    (void)i;
    arena_reset(sink->arena);
    return sink->rows;
}

static err each_filled(struct db_sink *sink, struct cx *cx, void *row)
{
    err e = NULL;
    if (sink->q->personal_out)
        e = db_open_row(sink->db, cx, sink->arena, sink->q, sink->in, row);
    if (!e)
        e = sink->fn(sink->arg, cx, row);
    if (e)
        sink->stopped = true; /* by the caller, which breaks nothing */
    return e;
}

err db_each(struct db *db, struct cx *cx, const struct db_query *q, const void *in, db_row_fn *fn,
    void *arg)
{
    DEFER(arena_close_at) struct arena *scratch = arena_open(SCRATCH);
    struct db_sink sink = { .slot = each_slot,
        .filled = each_filled,
        .streams = true,
        .rows = arena_alloc(cx->arena, q->row_size),
        .arena = scratch,
        .fn = fn,
        .arg = arg,
        .db = db,
        .q = q,
        .in = in };

    return run(db, cx, q, in, 1, &sink);
}
