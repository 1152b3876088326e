/* SPDX-License-Identifier: Apache-2.0
 * Who runs rounds and when: the dispatcher's thread with its lease, and bus_drain. Called by the
 * application, tests and the simulation. Must never run two rounds of one bus at a time. */
#include <time.h>

#include "base/instant.h"
#include "bus_sql.h"
#include "platform/bus/bus_internal.h"
#include "platform/clock/clock.h"
#include "platform/log/log.h"
#include "platform/secret/secret.h"

#define POLL_MS 1000
#define LEASE_NAME S("dispatch")
#define LEASE_MS (15 * SECOND_MS)
#define LEASE_RENEW_MS (10 * SECOND_MS) /* renewed when less than this is left */

/* ---- the lease ---- */
struct lease_call {
    struct bus *bus;
    int64_t until_ms, changed;
};

static err lease_take_work(void *arg, struct cx *cx)
{
    struct lease_call *call = arg;

    return bus_sql_lease_take(call->bus->opts.db, cx,
        (struct bus_sql_lease_take_in){ .name = LEASE_NAME,
            .owner = str_from_c(call->bus->owner),
            .until_ms = call->until_ms,
            .now_ms = cx->now_ms },
        &call->changed);
}

static err lease_drop_work(void *arg, struct cx *cx)
{
    struct lease_call *call = arg;

    return bus_sql_lease_drop(call->bus->opts.db, cx,
        (struct bus_sql_lease_drop_in){ .name = LEASE_NAME, .owner = str_from_c(call->bus->owner) },
        NULL);
}

bool bus_lease_hold(struct bus *bus, int64_t now_ms)
{
    struct lease_call call = { .bus = bus, .until_ms = now_ms + LEASE_MS };

    if (db_engine_of(bus->opts.db) == DB_SQLITE)
        return true;
    if (now_ms + LEASE_RENEW_MS < bus->lease_until_ms)
        return true;
    if (now_ms < bus->lease_next_ms) /* asked a moment ago; a wake-up is no reason to ask again */
        return now_ms < bus->lease_until_ms;
    bus->lease_next_ms = now_ms + POLL_MS;
    DEFER(arena_close_at) struct arena *arena = arena_open(1024);
    struct cx cx = {
        .arena = arena, .now_ms = now_ms, .rng = rng_seeded(secret_u64()), .request_id = S("bus")
    };
    err e = db_write_wait(bus->opts.db, &cx, 0, lease_take_work, &call);
    if (e)
        log_err(bus->opts.log, &cx, e, S("taking the lease of the bus"));
    else if (call.changed == 1)
        bus->lease_until_ms = call.until_ms;
    else
        bus->lease_until_ms = 0; /* another's */
    return now_ms < bus->lease_until_ms;
}

void bus_lease_drop(struct bus *bus)
{
    struct lease_call call = { .bus = bus };

    if (bus->lease_until_ms == 0)
        return;
    bus->lease_until_ms = 0;
    DEFER(arena_close_at) struct arena *arena = arena_open(1024);
    struct cx cx = { .arena = arena,
        .now_ms = clock_now_ms(bus->opts.clock),
        .rng = rng_seeded(secret_u64()),
        .request_id = S("bus") };
    err e = db_write_wait(bus->opts.db, &cx, 0, lease_drop_work, &call);
    if (e)
        log_err(bus->opts.log, &cx, e, S("giving the lease of the bus back"));
}

/* ---- the thread ---- */
/* Until woken, or a second has passed; false when the thread is to end. After trouble a wake-up
 * does not cut the pause short. */
static bool rest(struct bus *bus, bool after_trouble)
{
    struct timespec until;
    int timed_out = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += POLL_MS / 1000;
    pthread_mutex_lock(&bus->mutex);
    while (!bus->stop && (after_trouble || !bus->woken) && timed_out == 0)
        timed_out = pthread_cond_timedwait(&bus->wake, &bus->mutex, &until);
    bus->woken = false;
    bool go_on = !bus->stop;
    pthread_mutex_unlock(&bus->mutex);
    return go_on;
}

static bool stopping(struct bus *bus)
{
    pthread_mutex_lock(&bus->mutex);
    bool stop = bus->stop;
    pthread_mutex_unlock(&bus->mutex);
    return stop;
}

/* Rounds until nothing is due; its trouble, or NULL. */
static err rounds(struct bus *bus, struct rng *rng)
{
    do {
        int64_t now_ms = clock_now_ms(bus->opts.clock);
        if (!bus_lease_hold(bus, now_ms))
            return NULL;
        err e = bus_round_run(bus, now_ms, rng_u64(rng));
        if (e)
            return e;
    } while (bus->round.handled + bus->round.failed > 0 && !stopping(bus));
    return NULL;
}

static void *worker_main(void *arg)
{
    struct bus *bus = arg;
    struct rng rng = rng_seeded(secret_u64());
    err trouble = NULL;

    pthread_setname_np(pthread_self(), "souk-bus");
    while (rest(bus, trouble != NULL)) {
        err e = rounds(bus, &rng);
        if (e && e != trouble) /* not each second that it lasts */
            log_err(bus->opts.log, &bus->round.cx, e, S("dispatching events"));
        trouble = e;
    }
    return NULL;
}

void bus_start(struct bus *bus)
{
    ASSERT(!bus->started && bus->opts.clock);
    pthread_mutex_lock(&bus->mutex);
    bus->woken = true; /* what an earlier process has left */
    bus->stop = false;
    pthread_mutex_unlock(&bus->mutex);
    bus->complete = true;
    int failed = pthread_create(&bus->thread, NULL, worker_main, bus);
    ASSERT(failed == 0);
    bus->started = true;
}

void bus_close(struct bus *bus)
{
    if (!bus)
        return;
    if (bus->started) {
        pthread_mutex_lock(&bus->mutex);
        bus->stop = true;
        pthread_cond_signal(&bus->wake);
        pthread_mutex_unlock(&bus->mutex);
        pthread_join(bus->thread, NULL);
        bus->started = false;
        bus_lease_drop(bus);
    }
    bus_round_close(bus); /* mutexes stay: a lane may still wake a bus that is closed */
}

err bus_drain(struct bus *bus, struct cx *cx, size_t *ret_handled)
{
    struct bus_round *round = &bus->round;
    size_t handled = 0;

    ASSERT(!bus->started && !db_in_unit(cx));
    do {
        int64_t now_ms = bus->opts.clock ? clock_now_ms(bus->opts.clock) : cx->now_ms;
        err e = bus_round_run(bus, now_ms, rng_u64(&cx->rng));
        if (e)
            return cx_fail(
                cx, e, round->cx.where ? round->cx.where : "bus", STR_F, STR_A(round->cx.detail));
        handled += (size_t)round->handled;
    } while (round->handled + round->failed > 0);
    *ret_handled = handled;
    return NULL;
}
