/* SPDX-License-Identifier: Apache-2.0
 * What people search for: noted in memory, written in batches, read as lists. Called by searches
 * and by a timer; must never make a search wait for a write. */
#include "merchandising_sql.h"
#include "platform/thread/thread.h"
#include "services/merchandising/merchandising_domain.h"
#include "services/merchandising/merchandising_internal.h"

#define NOTES_MAX 5000 /* queries between two flushes; more are not counted */

/* Empty ones in an arena that they have for themselves. */
static struct merchandising_notes notes_new(struct arena *arena)
{
    arena_reset(arena);
    return (struct merchandising_notes){ arena, map_new(arena, 64) };
}

void merchandising_notes_open(struct arena *life, struct merchandising *m)
{
    m->lock = lock_open(life);
    m->notes = notes_new(arena_open(4096));
    m->writing = notes_new(arena_open(4096));
}

void merchandising_notes_close(struct merchandising *m)
{
    arena_close(m->notes.arena);
    arena_close(m->writing.arena);
}

/* Under the lock. */
static void note(struct merchandising *m, struct merchandising_query in)
{
    struct merchandising_query *known = map_get(&m->notes.by_query, in.query);
    if (!known && m->notes.by_query.n >= NOTES_MAX)
        return;
    if (!known) {
        known = NEW(m->notes.arena, struct merchandising_query);
        known->query = str_dup(m->notes.arena, in.query);
        map_put(&m->notes.by_query, known->query, known);
    }
    known->searches += in.searches;
    known->found = in.found;
}

void merchandising_count(struct merchandising *m, str query, int64_t found)
{
    DEFER(arena_close_at) struct arena *scratch = arena_open(1024);
    str plain = merchandising_plain(scratch, query);
    if (!plain.n)
        return;
    lock_take(m->lock);
    note(m, (struct merchandising_query){ .query = plain, .searches = 1, .found = found });
    lock_give(m->lock);
}

/* What was noted, in the arena. What an earlier unit took and did not commit comes first: the same
 * again, until it is written. */
static size_t take_notes(
    struct merchandising *m, struct arena *arena, struct merchandising_query **ret)
{
    lock_take(m->lock);
    if (m->writing.by_query.n == 0) {
        struct merchandising_notes empty = m->writing;
        m->writing = m->notes;
        m->notes = empty;
    }
    const struct map *taken = &m->writing.by_query;
    size_t n = taken->n;
    *ret = NEW_N(arena, n, struct merchandising_query);
    for (size_t i = 0; i < n; i++) {
        (*ret)[i] = *(const struct merchandising_query *)taken->entries[i].value;
        (*ret)[i].query = str_dup(arena, (*ret)[i].query);
    }
    lock_give(m->lock);
    return n;
}

static void written(void *arg)
{
    struct merchandising *m = arg;
    lock_take(m->lock);
    m->writing = notes_new(m->writing.arena);
    lock_give(m->lock);
}

err merchandising_flush(struct merchandising *m, struct cx *cx)
{
    struct merchandising_query *notes;
    size_t n = take_notes(m, cx->arena, &notes);
    if (n == 0)
        return NULL;
    struct merchandising_sql_query_add_in *rows =
        NEW_N(cx->arena, n, struct merchandising_sql_query_add_in);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct merchandising_sql_query_add_in){ .query = notes[i].query,
            .searches = notes[i].searches,
            .found = notes[i].found,
            .last_ms = cx->now_ms };
    err e = merchandising_sql_query_add_batch(m->db, cx, rows, n, NULL);
    if (!e)
        db_after_commit(cx, written, m);
    return e;
}

err merchandising_asked(struct merchandising *m, struct cx *cx, bool none, int64_t limit,
    struct merchandising_query **ret, size_t *ret_n)
{
    struct merchandising_sql_query_top_row *rows = NULL;
    struct merchandising_sql_query_none_row *nothing = NULL;
    err e = none ? merchandising_sql_query_none(m->db, cx,
                       (struct merchandising_sql_query_none_in){ .limit = limit }, &nothing, ret_n)
                 : merchandising_sql_query_top(m->db, cx,
                       (struct merchandising_sql_query_top_in){ .limit = limit }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct merchandising_query);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = none ? (struct merchandising_query){ nothing[i].query, nothing[i].searches,
            nothing[i].found, nothing[i].last_ms }
                         : (struct merchandising_query){ rows[i].query, rows[i].searches,
                               rows[i].found, rows[i].last_ms };
    return NULL;
}

err merchandising_begun(struct merchandising *m, struct cx *cx, str prefix, int64_t limit,
    struct merchandising_query **ret, size_t *ret_n)
{
    struct merchandising_sql_query_begun_row *rows;
    str plain = merchandising_plain(cx->arena, prefix);
    *ret_n = 0;
    if (!plain.n)
        return NULL;
    err e = merchandising_sql_query_begun(m->db, cx,
        (struct merchandising_sql_query_begun_in){ .first = plain,
            .past = str_cat(cx->arena, plain, S("\xf4\x8f\xbf\xbd")),
            .limit = limit },
        &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct merchandising_query);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct merchandising_query){ rows[i].query, rows[i].searches, rows[i].found,
            rows[i].last_ms };
    return NULL;
}
