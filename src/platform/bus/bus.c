/* SPDX-License-Identifier: Apache-2.0
 * The event bus: emitting, subscribing, replaying, figures. Called by services in their units and
 * by the application. Must never hand an event to a consumer: bus_round.c does. */
#include "platform/bus/bus.h"

#include <string.h>

#include "bus_sql.h"
#include "platform/bus/bus_internal.h"
#include "platform/secret/secret.h"

#define PAYLOAD_MAX (64 * 1024)
#define BATCH_DEFAULT 256
#define REPLAY_BATCH 200
#define KEEP_DEAD_DAYS 30

struct bus *bus_open(struct arena *life, struct bus_opts opts)
{
    ASSERT(opts.db);
    struct bus *bus = NEW(life, struct bus);
    pthread_condattr_t monotonic;

    bus->opts = opts;
    if (opts.batch_max == 0)
        bus->opts.batch_max = BATCH_DEFAULT;
    if (opts.keep_dead_days == 0)
        bus->opts.keep_dead_days = KEEP_DEAD_DAYS;
    bus->life = life;
    bus->consumers = map_new(life, 64);
    str owner = secret_token(life, 16);
    ASSERT(owner.n == BUS_OWNER_N);
    memcpy(bus->owner, owner.p, owner.n);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&bus->emit_mutex, NULL);
    pthread_mutex_init(&bus->mutex, NULL);
    pthread_cond_init(&bus->wake, &monotonic);
    pthread_cond_init(&bus->settled, NULL);
    pthread_condattr_destroy(&monotonic);
    return bus;
}

static void consumer_add(
    struct bus *bus, struct bus_consumers *c, const struct bus_handler *handler, void *service)
{
    for (size_t i = 0; i < c->n; i++)
        ASSERT(!str_eq(str_from_c(c->list[i].handler->consumer), str_from_c(handler->consumer)));
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 4;
        c->list = arena_grow(bus->life, c->list, c->cap * sizeof *c->list, cap * sizeof *c->list);
        c->cap = cap;
    }
    c->list[c->n++] = (struct bus_consumer){ .handler = handler, .service = service };
    if (c->n > bus->consumers_max)
        bus->consumers_max = c->n;
}

void bus_subscribe(struct bus *bus, const struct bus_handler *handlers, void *service)
{
    ASSERT(!bus->started && !bus->steps && !bus->opts.relay_to);
    for (const struct bus_handler *h = handlers; h->type; h++) {
        ASSERT(h->consumer && h->fn);
        str type = str_from_c(h->type);
        struct bus_consumers *c = map_get(&bus->consumers, type);
        if (!c) {
            c = NEW(bus->life, struct bus_consumers);
            map_put(&bus->consumers, type, c);
        }
        consumer_add(bus, c, h, service);
    }
}

/* ---- emitting ---- */
id bus_id_after(id a, uint64_t by)
{
    static const unsigned random_bits[16] = {
        8, 8, 8, 8, 8, 8, 4, 8, /* time, version and 12 bits */
        6, 8, 8, 8, 8, 8, 8, 8, /* variant and 62 bits */
    };

    for (size_t i = sizeof a.b; i-- > 0 && by > 0;) { /* carries from the last byte to the first */
        uint64_t mask = (UINT64_C(1) << random_bits[i]) - 1;
        uint64_t sum = (a.b[i] & mask) + (by & mask);
        a.b[i] = (uint8_t)((a.b[i] & ~mask) | (sum & mask));
        by = (by >> random_bits[i]) + (sum >> random_bits[i]);
    }
    return a;
}

static err id_last(struct db *db, struct cx *cx, id *ret)
{
    struct bus_sql_event_last_row row = { 0 };
    bool found = false;

    err e = bus_sql_event_last(db, cx, &row, &found);
    if (e)
        return e;
    *ret = row.event_id; /* none when there is no event */
    return NULL;
}

/* Ids grow with each emit of this process, whatever the clocks of its units say; the first looks at
 * what an earlier process has left. */
static err event_id_next(struct bus *bus, struct db *db, struct cx *cx, id *ret)
{
    id fresh = cx_id(cx), last = { 0 };
    err e = NULL;

    if (bus) {
        pthread_mutex_lock(&bus->emit_mutex);
        last = bus->last_id;
    }
    if (!bus || !bus->last_known)
        e = id_last(db, cx, &last);
    if (!e) {
        if (id_cmp(fresh, last) <= 0) /* another process may look for one after the same */
            fresh = bus_id_after(last, 1 + rng_below(&cx->rng, UINT32_MAX));
        *ret = fresh;
    }
    if (bus) {
        if (!e) {
            bus->last_id = fresh;
            bus->last_known = true;
        }
        pthread_mutex_unlock(&bus->emit_mutex);
    }
    return e;
}

void bus_wake(struct bus *bus)
{
    pthread_mutex_lock(&bus->mutex);
    if (!bus->woken) {
        bus->woken = true;
        pthread_cond_signal(&bus->wake);
    }
    pthread_mutex_unlock(&bus->mutex);
}

static void wake(void *arg)
{
    bus_wake(arg);
}

/* Known once all have subscribed: what nobody wants need not be written. */
static bool is_unwanted(const struct bus *bus, const char *type)
{
    if (bus && bus->opts.relay_to)
        bus = bus->opts.relay_to;
    return bus && bus->complete && !map_get(&bus->consumers, str_from_c(type));
}

err bus_emit(struct bus *bus, struct db *db, struct cx *cx, const char *type, id aggregate,
    const struct json_shape *shape, const void *payload)
{
    struct buf text = { .arena = cx->arena };
    id event_id;

    ASSERT(type && type[0]);
    if (is_unwanted(bus, type))
        return NULL;
    if (shape)
        json_encode(&text, shape, payload, /* snake= */ false);
    else
        buf_add(&text, S("{}"));
    if (text.n > PAYLOAD_MAX)
        return FAIL(cx, ERR_BUG, "%s: a payload of %zu bytes", type, text.n);
    err e = event_id_next(bus, db, cx, &event_id);
    if (e)
        return e;
    e = bus_sql_event_add(db, cx,
        (struct bus_sql_event_add_in){ .event_id = event_id,
            .type = str_from_c(type),
            .aggregate_id = id_is_none(aggregate) ? event_id : aggregate, /* waits for nobody */
            .payload = buf_str(&text),
            .occurred_ms = cx->now_ms });
    if (e)
        return e;
    if (bus)
        db_after_commit(cx, wake, bus);
    return NULL;
}

/* ---- dead letters ---- */
struct replay {
    struct db *db;
    int64_t n;
};

static err replay_some(void *arg, struct cx *cx)
{
    struct replay *r = arg;
    struct bus_sql_dead_some_row *rows;
    size_t n;

    err e = bus_sql_dead_some(
        r->db, cx, (struct bus_sql_dead_some_in){ .most = REPLAY_BATCH }, &rows, &n);
    if (e)
        return e;
    r->n = (int64_t)n;
    if (n == 0)
        return NULL;
    struct bus_sql_dead_revive_in *revive = NEW_N(cx->arena, n, struct bus_sql_dead_revive_in);
    struct bus_sql_dead_drop_in *drop = NEW_N(cx->arena, n, struct bus_sql_dead_drop_in);
    for (size_t i = 0; i < n; i++) {
        revive[i].event_id = rows[i].event_id;
        drop[i].event_id = rows[i].event_id;
    }
    e = bus_sql_dead_revive_batch(r->db, cx, revive, n, NULL);
    if (e)
        return e;
    return bus_sql_dead_drop_batch(r->db, cx, drop, n, NULL);
}

err bus_replay_dead(struct bus *bus, struct cx *cx, int64_t *ret_n)
{
    struct replay r = { .db = bus->opts.db };
    int64_t total = 0;

    do {
        err e = db_write_wait(bus->opts.db, cx, 0, replay_some, &r);
        if (e)
            return e;
        total += r.n;
    } while (r.n == REPLAY_BATCH);
    if (total > 0)
        bus_wake(bus);
    *ret_n = total;
    return NULL;
}

err bus_dead_list(
    struct bus *bus, struct cx *cx, id before, int64_t limit, struct bus_dead **ret, size_t *ret_n)
{
    struct bus_sql_dead_list_row *rows;
    size_t n;
    err e = bus_sql_dead_list(bus->opts.db, cx,
        (struct bus_sql_dead_list_in){ .before = id_or_greatest(before), .limit = limit }, &rows,
        &n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, n, struct bus_dead);
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = (struct bus_dead){ .event_id = rows[i].event_id,
            .aggregate = rows[i].aggregate_id,
            .type = rows[i].type,
            .consumer = rows[i].consumer,
            .problem = rows[i].problem,
            .attempts = rows[i].attempts,
            .occurred_ms = rows[i].occurred_ms,
            .died_ms = rows[i].died_ms };
    *ret_n = n;
    return NULL;
}

/* ---- figures ---- */
struct figures_call {
    struct db *db;
    struct bus_sql_figures_row row;
};

static err figures_work(void *arg, struct cx *cx)
{
    struct figures_call *call = arg;
    bool found = false;

    return bus_sql_figures(call->db, cx, &call->row, &found);
}

err bus_figures_of(struct bus *bus, struct cx *cx, struct bus_figures *ret)
{
    struct figures_call call = { .db = bus->opts.db };

    err e = db_in_unit(cx) ? figures_work(&call, cx) : db_read(cx, figures_work, &call);
    if (e)
        return e;
    *ret = (struct bus_figures){
        .waiting = call.row.waiting,
        .dead = call.row.dead,
        .handled = atomic_load(&bus->handled),
        .failed = atomic_load(&bus->failed),
        .oldest_ms = call.row.oldest_ms.has ? call.row.oldest_ms.v : 0,
    };
    return NULL;
}
