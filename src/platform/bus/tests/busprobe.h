/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the bus share: consumers whose effect is a row, and that fail when told to.
 * Included by the tests of this folder. Must never be used by a service's test. */
#ifndef SOUK_PLATFORM_BUS_TESTS_BUSPROBE_H
#define SOUK_PLATFORM_BUS_TESTS_BUSPROBE_H

#include <stdatomic.h>

#include "busprobe_sql.h"
#include "platform/bus/bus.h"
#include "platform/clock/clock.h"
#include "tests/support/store.h"

static const char *const busprobe_folders[] = { "platform/bus", NULL };
static const struct db_migration busprobe_migrations[] = {
    { S_INIT("busprobe"), 1, S_INIT("0001_init.sql"),
        S_INIT("-- @sqlite\n"
               "CREATE TABLE busprobe_effect (n integer PRIMARY KEY AUTOINCREMENT,\n"
               "    consumer text NOT NULL, event_id uuid NOT NULL, aggregate_id uuid NOT NULL,\n"
               "    payload text NOT NULL);\n"
               "-- @pg\n"
               "CREATE TABLE busprobe_effect (n bigserial PRIMARY KEY,\n"
               "    consumer text NOT NULL, event_id uuid NOT NULL, aggregate_id uuid NOT NULL,\n"
               "    payload text NOT NULL);\n"
               "-- @both\n"
               "CREATE TABLE busprobe_parent (event_id uuid NOT NULL PRIMARY KEY);\n"
               "CREATE TABLE busprobe_orphan (event_id uuid NOT NULL\n"
               "    REFERENCES busprobe_parent (event_id) DEFERRABLE INITIALLY DEFERRED);\n") },
};

enum { BUSPROBE_ONE, BUSPROBE_FIRST, BUSPROBE_SECOND, BUSPROBE_N };

static const problem busprobe_refused = { KIND_UPSTREAM, "busprobe.refused", NULL, "No." };

struct busprobe {
    struct db *db;
    _Atomic int fails[BUSPROBE_N]; /* how often each consumer still fails, after its effect */
    _Atomic int tries[BUSPROBE_N];
    _Atomic int breaks_commit;         /* units whose commit is still to fail */
    _Atomic int befores, befores_fail; /* of "t.before": how often, and how often still in vain */
    id fails_on;                       /* only this aggregate's; none: any */
};

static inline id busprobe_id(const char *name)
{
    return id_from_name(S("busprobe"), str_from_c(name));
}

/* Counts down; true as long as there is something to count. */
static inline bool busprobe_take(_Atomic int *left)
{
    int n = atomic_load(left);
    while (n > 0 && !atomic_compare_exchange_weak(left, &n, n - 1))
        ;
    return n > 0;
}

static inline err busprobe_effect(
    struct busprobe *p, struct cx *cx, const struct bus_event *event, int consumer)
{
    static const char *const names[BUSPROBE_N] = { "p.one", "p.first", "p.second" };
    const id *made = event->made ? *event->made : NULL;
    bool has_before = str_eq(event->type, S("t.before")) ||
                      (str_eq(event->type, S("t.mixed")) && consumer == BUSPROBE_SECOND);

    CHECK(has_before ? made && id_eq(*made, event->event_id) : !made);
    atomic_fetch_add(&p->tries[consumer], 1);
    err e = busprobe_sql_effect_add(p->db, cx,
        (struct busprobe_sql_effect_add_in){ .consumer = str_from_c(names[consumer]),
            .event_id = event->event_id,
            .aggregate_id = event->aggregate,
            .payload = event->payload },
        NULL);
    if (e)
        return e;
    bool meant = id_is_none(p->fails_on) || id_eq(p->fails_on, event->aggregate);
    if (meant && busprobe_take(&p->fails[consumer]))
        return FAIL(cx, busprobe_refused, "as told");
    if (meant && busprobe_take(&p->breaks_commit))
        return busprobe_sql_orphan_add(
            p->db, cx, (struct busprobe_sql_orphan_add_in){ .event_id = event->event_id }, NULL);
    return NULL;
}

static inline err busprobe_on_one(void *service, struct cx *cx, const struct bus_event *event)
{
    return busprobe_effect(service, cx, event, BUSPROBE_ONE);
}

static inline err busprobe_on_first(void *service, struct cx *cx, const struct bus_event *event)
{
    return busprobe_effect(service, cx, event, BUSPROBE_FIRST);
}

static inline err busprobe_on_second(void *service, struct cx *cx, const struct bus_event *event)
{
    return busprobe_effect(service, cx, event, BUSPROBE_SECOND);
}

static inline err busprobe_before(void *service, struct cx *cx, const struct bus_event *event)
{
    struct busprobe *p = service;
    id *made = NEW(cx->arena, id);
    *made = event->event_id;
    *event->made = made;
    CHECK(!db_in_unit(cx));
    atomic_fetch_add(&p->befores, 1);
    return busprobe_take(&p->befores_fail) ? FAIL(cx, busprobe_refused, "before") : NULL;
}

/* "t.one" and "t.before" have one consumer, "t.two" and "t.mixed" have two, others none. */
static const struct bus_handler busprobe_handlers[] = {
    { .type = "t.one", .consumer = "p.one", .fn = busprobe_on_one },
    { .type = "t.before", .consumer = "p.one", .fn = busprobe_on_one, .before = busprobe_before },
    { .type = "t.two", .consumer = "p.first", .fn = busprobe_on_first },
    { .type = "t.two", .consumer = "p.second", .fn = busprobe_on_second },
    { .type = "t.mixed", .consumer = "p.first", .fn = busprobe_on_first },
    { .type = "t.mixed",
        .consumer = "p.second",
        .fn = busprobe_on_second,
        .before = busprobe_before },
    { 0 },
};

struct busprobe_note {
    int64_t n;
    str text;
};
static const struct json_field busprobe_note_fields[] = {
    JSON_INT(struct busprobe_note, n),
    JSON_STR(struct busprobe_note, text, .max = 100000),
};
static const struct json_shape busprobe_note_shape =
    JSON_SHAPE("Note", struct busprobe_note, busprobe_note_fields);

struct busprobe_emit {
    struct bus *bus; /* may be NULL */
    struct db *db;
    const char *type;
    id aggregate;
    int64_t from, n; /* n events, counting up from `from` */
    err after;       /* what the unit ends with */
};

static inline err busprobe_emit_work(void *arg, struct cx *cx)
{
    const struct busprobe_emit *in = arg;

    for (int64_t i = 0; i < in->n; i++) {
        const struct busprobe_note note = { .n = in->from + i };
        err e = bus_emit(in->bus, in->db, cx, in->type, in->aggregate, &busprobe_note_shape, &note);
        if (e)
            return e;
    }
    return in->after;
}

static inline str busprobe_payload(struct arena *arena, int64_t n)
{
    struct buf out = { .arena = arena };
    json_encode(&out, &busprobe_note_shape, &(struct busprobe_note){ .n = n }, false);
    return buf_str(&out);
}

struct busprobe_effects {
    struct db *db;
    struct busprobe_sql_effects_row *rows; /* in order */
    size_t n;
};

static inline err busprobe_effects_work(void *arg, struct cx *cx)
{
    struct busprobe_effects *ret = arg;
    return busprobe_sql_effects(ret->db, cx, &ret->rows, &ret->n);
}

static inline struct busprobe_effects busprobe_effects(struct store *s)
{
    struct busprobe_effects effects = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), store_read(s, busprobe_effects_work, &effects), NULL);
    return effects;
}

static inline struct store *busprobe_store(enum db_engine engine, bool lanes, size_t queue_max)
{
    return store_open_with((struct store_opts){ .engine = engine,
        .folders = busprobe_folders,
        .migrations = busprobe_migrations,
        .migrations_n = COUNT(busprobe_migrations),
        .lanes = lanes,
        .db = { .queue_max = queue_max } });
}

#endif
