/* SPDX-License-Identifier: Apache-2.0
 * The end of dead letters: those that waited too long for an operator, and what they say of a
 * person who is erased; and of retries that have no event. Called by the scheduler and by the
 * privacy flow. Must never take away the marks of an event that is replayed meanwhile. */
#include "base/instant.h"
#include "bus_sql.h"
#include "platform/bus/bus_internal.h"

#define BATCH 200

/* ---- too old ---- */

static err done_drop(
    struct bus *bus, struct cx *cx, const struct bus_sql_dead_forget_row *rows, size_t n)
{
    struct bus_sql_done_drop_in *done = NEW_N(cx->arena, n + 1, struct bus_sql_done_drop_in);
    for (size_t i = 0; i < n; i++)
        done[i].event_id = rows[i].event_id;
    return bus_sql_done_drop_batch(bus->opts.db, cx, done, n, NULL);
}

static err prune(void *service, struct cx *cx, bool *ret_more)
{
    struct bus *bus = service;
    struct bus_sql_dead_forget_row *gone;
    int64_t before_ms = cx->now_ms - bus->opts.keep_dead_days * DAY_MS;
    size_t n = 0;
    err e = bus_sql_dead_forget(
        bus->opts.db, cx, (struct bus_sql_dead_forget_in){ before_ms, BATCH }, &gone, &n);
    *ret_more = !e && n == BATCH;
    return e || n == 0 ? e : done_drop(bus, cx, gone, n);
}

/* They would wait for ever, and hold up what comes after the event for as long as they are not due.
 */
static err prune_retries(void *service, struct cx *cx, bool *ret_more)
{
    struct bus *bus = service;
    int64_t gone = 0;
    err e = bus_sql_retry_prune(
        bus->opts.db, cx, (struct bus_sql_retry_prune_in){ cx->now_ms - HOUR_MS, BATCH }, &gone);
    *ret_more = !e && gone == BATCH;
    return e;
}

const struct job bus_jobs[] = {
    { .name = "bus.prune_dead", .period_ms = HOUR_MS, .fn = prune },
    { .name = "bus.prune_retries", .period_ms = HOUR_MS, .fn = prune_retries },
    { 0 },
};

/* ---- of a person ---- */

str bus_without_email(struct arena *arena, str payload)
{
    static const str member = S_INIT("\"email\":\"");
    struct buf out = { .arena = arena };
    size_t at = 0;
    for (;;) {
        ptrdiff_t found = str_find(payload, member, at);
        if (found < 0)
            break;
        size_t value = (size_t)found + member.n, end = value;
        while (end < payload.n && payload.p[end] != '"')
            end += payload.p[end] == '\\' ? 2 : 1;
        buf_add(&out, str_sub(payload, at, value - at));
        at = end < payload.n ? end : payload.n;
    }
    buf_add(&out, str_skip(payload, at));
    return buf_str(&out);
}

static bool names(struct arena *arena, str payload, str user, str email)
{
    return str_find(payload, user, 0) >= 0 ||
           (email.n && str_find(str_lower(arena, payload), email, 0) >= 0);
}

/* A page of dead letters: what is about the account goes, in others the e-mail. */
static err forget_some(struct bus *bus, struct cx *cx, struct bus_sql_dead_texts_in *page,
    struct bus_person who, size_t *ret_n)
{
    struct bus_sql_dead_texts_row *rows;
    size_t n = 0, drop_n = 0, put_n = 0;
    str user = id_text(cx->arena, who.user_id);
    err e = bus_sql_dead_texts(bus->opts.db, cx, *page, &rows, &n);
    *ret_n = n;
    if (e || n == 0)
        return e;
    page->after = rows[n - 1].event_id;
    struct bus_sql_dead_drop_in *drop = NEW_N(cx->arena, n, struct bus_sql_dead_drop_in);
    struct bus_sql_done_drop_in *done = NEW_N(cx->arena, n, struct bus_sql_done_drop_in);
    struct bus_sql_dead_text_put_in *put = NEW_N(cx->arena, n, struct bus_sql_dead_text_put_in);
    for (size_t i = 0; i < n; i++) {
        if (id_eq(rows[i].aggregate_id, who.user_id)) {
            drop[drop_n].event_id = rows[i].event_id;
            done[drop_n++].event_id = rows[i].event_id;
        } else if (names(cx->arena, rows[i].payload, user, who.email)) {
            put[put_n++] = (struct bus_sql_dead_text_put_in){ rows[i].event_id,
                bus_without_email(cx->arena, rows[i].payload) };
        }
    }
    e = bus_sql_dead_drop_batch(bus->opts.db, cx, drop, drop_n, NULL);
    if (!e)
        e = bus_sql_done_drop_batch(bus->opts.db, cx, done, drop_n, NULL);
    return e ? e : bus_sql_dead_text_put_batch(bus->opts.db, cx, put, put_n, NULL);
}

err bus_forget(struct bus *bus, struct cx *cx, struct bus_person who)
{
    struct bus_sql_dead_texts_in page = { .limit = BATCH };
    size_t n = BATCH;
    err e = NULL;
    ASSERT(!id_is_none(who.user_id));
    while (!e && n == BATCH)
        e = forget_some(bus, cx, &page, who, &n);
    return e;
}
