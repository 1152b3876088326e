/* SPDX-License-Identifier: Apache-2.0
 * One round of dispatching: what is due is read, each event's effects become a WRITE unit, or one
 * for each consumer after a failure, with a mark; all units are queued at once so that they share
 * commits, and failures are booked. Called by bus_worker.c. Must never run a consumer whose mark it
 * cannot write with the effect. */
#include <string.h>

#include "base/instant.h"
#include "bus_sql.h"
#include "platform/bus/bus_internal.h"
#include "platform/log/log.h"

#define ROUND_ARENA (64 * 1024)
#define STEP_ARENA 4096
#define BACKOFF_MS_MIN SECOND_MS
#define BACKOFF_MS_MAX (5 * MINUTE_MS)

/* An earlier event of the aggregate is still there: its unit failed, or its commit did. */
static const problem behind_problem = { KIND_BUSY, "bus.behind", NULL,
    "An earlier event of the aggregate comes first." };

/* ---- the units ---- */
static err event_remove(struct bus_step *step, struct cx *cx, int64_t *ret_removed)
{
    struct db *db = step->bus->opts.db;
    const struct bus_run *run = step->run;

    err e = bus_sql_event_drop(
        db, cx, (struct bus_sql_event_drop_in){ .event_id = run->event.event_id }, ret_removed);
    if (e || run->attempts == 0)
        return e;
    return bus_sql_retry_drop(
        db, cx, (struct bus_sql_retry_drop_in){ .event_id = run->event.event_id }, NULL);
}

static bool is_whole(const struct bus_run *run)
{
    return run->together || run->consumers->n == 1;
}

/* Its row goes, and with it the event. Together: another dispatcher may have failed at it meanwhile
 * and have begun with one consumer after the other. */
static err claim_whole(struct bus_step *step, struct cx *cx, bool *ret_mine)
{
    struct bus_sql_retry_has_in in = { .event_id = step->run->event.event_id };
    struct bus_sql_retry_has_row row;
    int64_t changed = 0;
    bool found = false;

    err e = event_remove(step, cx, &changed);
    if (!e && changed == 1 && step->run->together)
        e = bus_sql_retry_has(step->bus->opts.db, cx, in, &row, &found);
    if (e)
        return e;
    *ret_mine = changed == 1;
    return found ? FAIL(cx, behind_problem, "taken apart by another dispatcher") : NULL;
}

/* The lock keeps out whoever still has the event as a whole. */
static err claim_part(struct bus_step *step, struct cx *cx, bool *ret_mine)
{
    struct db *db = step->bus->opts.db;
    id event_id = step->run->event.event_id;
    struct bus_sql_event_lock_row row;
    int64_t changed = 0;
    bool found = false;

    err e = bus_sql_event_lock(
        db, cx, (struct bus_sql_event_lock_in){ .event_id = event_id }, &row, &found);
    if (!e && found)
        e = bus_sql_done_add(db, cx,
            (struct bus_sql_done_add_in){
                .event_id = event_id, .consumer = str_from_c(step->consumer->handler->consumer) },
            &changed);
    *ret_mine = changed == 1;
    return e;
}

/* Before the effect, so that of two dispatchers the slower has none. */
static err step_claim(struct bus_step *step, struct cx *cx, bool *ret_mine)
{
    if (is_whole(step->run))
        return claim_whole(step, cx, ret_mine);
    return claim_part(step, cx, ret_mine);
}

static bool is_marked(const struct bus_sql_done_of_row *rows, size_t n, const char *consumer)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].consumer, str_from_c(consumer)))
            return true;
    return false;
}

/* Removes an event that all its consumers are through with. */
static err event_finish(struct bus_step *step, struct cx *cx)
{
    struct db *db = step->bus->opts.db;
    struct bus_run *run = step->run;
    struct bus_sql_done_of_row *rows;
    size_t n;

    err e = bus_sql_done_of(
        db, cx, (struct bus_sql_done_of_in){ .event_id = run->event.event_id }, &rows, &n);
    if (e)
        return e;
    for (size_t i = 0; i < run->consumers->n; i++)
        if (!is_marked(rows, n, run->consumers->list[i].handler->consumer))
            return NULL;
    e = event_remove(step, cx, NULL);
    if (e)
        return e;
    e = bus_sql_done_drop(
        db, cx, (struct bus_sql_done_drop_in){ .event_id = run->event.event_id }, NULL);
    if (e)
        return e;
    run->finished = true;
    return NULL;
}

/* Asked of the database, not of the units before: their commit may have failed since. */
static err order_check(struct bus_step *step, struct cx *cx)
{
    struct bus_sql_event_has_row row;
    bool found = false;

    if (id_is_none(step->run->behind))
        return NULL;
    err e = bus_sql_event_has(step->bus->opts.db, cx,
        (struct bus_sql_event_has_in){ .event_id = step->run->behind }, &row, &found);
    if (e)
        return e;
    return found ? FAIL(cx, behind_problem, "an earlier event waits") : NULL;
}

static err step_effects(struct bus_step *step, struct cx *cx)
{
    struct bus_run *run = step->run;
    size_t n = run->together ? run->consumers->n : 1;
    err e = NULL;

    if (run->together)
        step->consumer = run->consumers->list; /* it may run again */
    for (size_t i = 0; !e; step->consumer++) {
        struct bus_event event = run->event;
        event.made = step->made ? &step->made[i] : NULL;
        e = step->consumer->handler->fn(step->consumer->service, cx, &event);
        if (e || ++i == n)
            break;
    }
    return e;
}

static err step_run(struct bus_step *step, struct cx *cx)
{
    struct bus_run *run = step->run;
    bool mine = false;

    err e = order_check(step, cx);
    if (e)
        return e;
    e = step_claim(step, cx, &mine);
    if (e)
        return e;
    if (mine)
        e = step_effects(step, cx);
    if (e || !step->last)
        return e;
    if (!is_whole(run))
        return event_finish(step, cx);
    run->finished = mine;
    return NULL;
}

static err step_work(void *arg, struct cx *cx)
{
    struct bus_step *step = arg;

    if (step->last)
        step->run->finished = false; /* it may run again */
    step->own = step_run(step, cx);
    return step->own;
}

static err unwanted_work(void *arg, struct cx *cx)
{
    struct bus_step *step = arg;
    const struct bus_round *round = &step->bus->round;
    size_t n = round->unwanted_n;
    struct bus_sql_event_drop_in *events = NEW_N(cx->arena, n, struct bus_sql_event_drop_in);
    struct bus_sql_retry_drop_in *retries = NEW_N(cx->arena, n, struct bus_sql_retry_drop_in);

    for (size_t i = 0; i < n; i++) {
        events[i].event_id = round->unwanted[i];
        retries[i].event_id = round->unwanted[i];
    }
    step->own = bus_sql_event_drop_batch(step->bus->opts.db, cx, events, n, NULL);
    if (!step->own)
        step->own = bus_sql_retry_drop_batch(step->bus->opts.db, cx, retries, n, NULL);
    return step->own;
}

static void step_done(void *arg, struct cx *cx, err e)
{
    struct bus_step *step = arg;
    struct bus *bus = step->bus;
    (void)cx;

    step->ended = e;
    pthread_mutex_lock(&bus->mutex);
    if (--bus->pending == 0)
        pthread_cond_signal(&bus->settled);
    pthread_mutex_unlock(&bus->mutex);
}

/* ---- the plan ---- */
static struct bus_step *step_add(struct bus *bus)
{
    struct bus_round *round = &bus->round;

    ASSERT(round->steps_n < bus->steps_cap);
    struct bus_step *step = &round->steps[round->steps_n++];
    if (!step->arena)
        step->arena = arena_open(STEP_ARENA);
    else
        arena_reset(step->arena);
    struct arena *arena = step->arena;
    *step = (struct bus_step){ .bus = bus, .arena = arena };
    step->cx = (struct cx){
        .arena = arena, .now_ms = round->cx.now_ms, .rng = rng_seeded(rng_u64(&round->cx.rng))
    };
    return step;
}

static id behind_of(const struct bus_round *round, id aggregate)
{
    for (size_t i = round->runs_n; i-- > 0;)
        if (id_eq(round->runs[i].event.aggregate, aggregate))
            return round->runs[i].event.event_id;
    return (id){ 0 };
}

static void run_add(struct bus *bus, const struct bus_sql_event_due_row *row)
{
    struct bus_round *round = &bus->round;
    const struct bus_consumers *consumers = map_get(&bus->consumers, row->type);

    if (!consumers) {
        round->unwanted[round->unwanted_n++] = row->event_id;
        return;
    }
    id behind = behind_of(round, row->aggregate_id);
    struct bus_run *run = &round->runs[round->runs_n++];
    *run = (struct bus_run){
        .event = { .event_id = row->event_id,
            .type = row->type,
            .aggregate = row->aggregate_id,
            .payload = row->payload,
            .occurred_ms = row->occurred_ms },
        .attempts = row->attempts,
        .consumers = consumers,
        .together = consumers->n > 1 && row->attempts == 0 && !row->marked,
        .behind = behind,
    };
    str request_id = id_text(round->arena, row->event_id);
    size_t steps = run->together ? 1 : consumers->n;
    for (size_t i = 0; i < steps; i++) {
        struct bus_step *step = step_add(bus);
        step->run = run;
        step->consumer = &consumers->list[i];
        step->last = i + 1 == steps;
        step->cx.request_id = request_id;
    }
}

static err plan_work(void *arg, struct cx *cx)
{
    struct bus *bus = arg;
    struct bus_round *round = &bus->round;
    struct bus_sql_event_due_row *rows;
    size_t n;

    err e = bus_sql_event_due(bus->opts.db, cx,
        (struct bus_sql_event_due_in){ .now_ms = cx->now_ms, .most = (int64_t)bus->opts.batch_max },
        &rows, &n);
    if (e)
        return e;
    round->due = (int64_t)n;
    round->runs = NEW_N(round->arena, n + 1, struct bus_run);
    round->unwanted = NEW_N(round->arena, n + 1, id);
    for (size_t i = 0; i < n; i++)
        run_add(bus, &rows[i]);
    return NULL;
}

/* Of the step's consumer, or together of all. */
static bool wants_before(const struct bus_step *step)
{
    const struct bus_consumers *all = step->run->consumers;

    if (!step->run->together)
        return step->consumer->handler->before != NULL;
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].handler->before)
            return true;
    return false;
}

static err step_before(struct bus_step *step)
{
    struct bus_run *run = step->run;
    const struct bus_consumer *c = run->together ? run->consumers->list : step->consumer;
    size_t n = run->together ? run->consumers->n : 1;
    err e = NULL;

    step->made = NEW_N(step->cx.arena, n, const void *);
    for (size_t i = 0; !e && i < n; i++) {
        struct bus_event event = run->event;
        event.made = &step->made[i];
        step->consumer = &c[i];
        if (c[i].handler->before)
            e = c[i].handler->before(c[i].service, &step->cx, &event);
    }
    return e;
}

/* What comes before the units: lanes are not kept waiting for it. An event behind another waits for
 * the next round, when that one is known to be through. */
static size_t prepare(struct bus *bus)
{
    struct bus_round *round = &bus->round;
    size_t held = 0;

    for (size_t i = 0; i < round->steps_n; i++) {
        struct bus_step *step = &round->steps[i];
        if (!step->run || !wants_before(step))
            continue;
        step->own = &behind_problem;
        if (id_is_none(step->run->behind))
            step->own = step_before(step);
        step->ended = step->own;
        step->held = step->own != NULL;
        held += step->held;
    }
    return held;
}

/* All at once: units of one lane share its commits. Those of an aggregate go to one lane, in order.
 */
static void submit(struct bus *bus)
{
    struct bus_round *round = &bus->round;
    size_t events_steps = round->steps_n;

    if (round->unwanted_n > 0)
        step_add(bus);
    size_t held = prepare(bus);
    pthread_mutex_lock(&bus->mutex);
    bus->pending = round->steps_n - held;
    pthread_mutex_unlock(&bus->mutex);
    for (size_t i = 0; i < round->steps_n; i++) {
        struct bus_step *step = &round->steps[i];
        if (step->held)
            continue;
        bool unwanted = i == events_steps;
        db_write(bus->opts.db, &step->cx, unwanted ? 0 : id_hash(step->run->event.aggregate),
            unwanted ? unwanted_work : step_work, step, step_done);
    }
    pthread_mutex_lock(&bus->mutex);
    while (bus->pending > 0)
        pthread_cond_wait(&bus->settled, &bus->mutex);
    pthread_mutex_unlock(&bus->mutex);
}

/* ---- what came of it ---- */
/* The database failed, not the consumer: no attempt is counted, and the round is not over. */
static bool is_trouble(const struct bus_step *step)
{
    return step->ended != step->own || step->ended == &DB_AWAY || step->ended == &DB_FULL ||
           step->ended == &DB_READONLY;
}

static int64_t backoff_ms(struct rng *rng, int64_t attempts)
{
    int64_t ms = attempts > 9 ? BACKOFF_MS_MAX : BACKOFF_MS_MIN << (attempts - 1);

    if (ms > BACKOFF_MS_MAX)
        ms = BACKOFF_MS_MAX;
    return rng_between(rng, ms / 2, ms); /* jitter: what failed together comes back apart */
}

struct books { /* of a round: what its failures change */
    struct bus *bus;
    struct bus_sql_retry_put_in *retries;
    struct bus_sql_dead_add_in *dead;
    size_t retries_n, dead_n;
};

static void failure_log(struct bus *bus, const struct bus_step *step, bool dies)
{
    const struct bus_run *run = step->run;
    str consumer = str_from_c(step->consumer->handler->consumer);

    log_err(bus->opts.log, &step->cx, step->ended,
        str_fmt(bus->round.arena, STR_F " for " STR_F, STR_A(run->event.type), STR_A(consumer)));
    if (dies)
        log_line(bus->opts.log, LOG_ERROR, S("event given up, a dead letter"),
            LOG_FIELDS({ .name = "event", .text = step->cx.request_id },
                { .name = "type", .text = run->event.type },
                { .name = "consumer", .text = consumer },
                { .name = "problem", .text = str_from_c(step->ended->slug) }));
}

static void failure_book(struct books *books, const struct bus_step *step)
{
    struct bus_round *round = &books->bus->round;
    const struct bus_run *run = step->run;
    int64_t attempts = run->attempts + 1;
    str consumer = str_from_c(step->consumer->handler->consumer);
    str slug = str_from_c(step->ended->slug);
    bool dies = attempts >= BUS_ATTEMPTS_MAX;

    /* The others need not wait for one that failed: now each has a unit of its own. */
    int64_t due_ms = round->cx.now_ms;
    if (!run->together)
        due_ms += backoff_ms(&round->cx.rng, attempts);
    failure_log(books->bus, step, dies);
    if (dies)
        books->dead[books->dead_n++] = (struct bus_sql_dead_add_in){
            .event_id = run->event.event_id,
            .attempts = attempts,
            .consumer = consumer,
            .problem = slug,
            .died_ms = round->cx.now_ms,
        };
    else
        books->retries[books->retries_n++] = (struct bus_sql_retry_put_in){
            .event_id = run->event.event_id,
            .aggregate_id = run->event.aggregate,
            .attempts = attempts,
            .due_ms = due_ms,
            .consumer = consumer,
            .problem = slug,
        };
}

static err books_work(void *arg, struct cx *cx)
{
    struct books *b = arg;
    struct db *db = b->bus->opts.db;
    struct bus_sql_event_drop_in *events =
        NEW_N(cx->arena, b->dead_n + 1, struct bus_sql_event_drop_in);
    struct bus_sql_retry_drop_in *retries =
        NEW_N(cx->arena, b->dead_n + 1, struct bus_sql_retry_drop_in);
    err e = NULL;

    for (size_t i = 0; i < b->dead_n; i++) {
        events[i].event_id = b->dead[i].event_id;
        retries[i].event_id = b->dead[i].event_id;
    }
    if (b->retries_n > 0)
        e = bus_sql_retry_put_batch(db, cx, b->retries, b->retries_n, NULL);
    if (!e && b->dead_n > 0)
        e = bus_sql_dead_add_batch(db, cx, b->dead, b->dead_n, NULL);
    if (!e && b->dead_n > 0)
        e = bus_sql_event_drop_batch(db, cx, events, b->dead_n, NULL);
    if (!e && b->dead_n > 0)
        e = bus_sql_retry_drop_batch(db, cx, retries, b->dead_n, NULL);
    return e;
}

static void trouble_note(struct bus_round *round, const struct bus_step *step)
{
    if (round->trouble)
        return;
    round->trouble = step->ended;
    round->cx.where = step->cx.where;
    round->cx.detail = step->cx.detail;
}

/* Goes through the steps of each event; the first consumer that failed is the one booked. */
static void judge(struct bus *bus, struct books *books)
{
    struct bus_round *round = &bus->round;
    const struct bus_run *failed = NULL;

    for (size_t i = 0; i < round->steps_n; i++) {
        struct bus_step *step = &round->steps[i];
        if (!step->ended) {
            round->handled +=
                !step->run ? (int64_t)round->unwanted_n : (step->last && step->run->finished);
            continue;
        }
        if (step->ended == &behind_problem && step->own == step->ended)
            continue;
        if (is_trouble(step) || !step->run) {
            trouble_note(round, step);
            continue;
        }
        if (step->run == failed)
            continue;
        failed = step->run;
        round->failed++;
        failure_book(books, step);
    }
}

static void settle(struct bus *bus)
{
    struct bus_round *round = &bus->round;
    struct books books = {
        .bus = bus,
        .retries = NEW_N(round->arena, round->runs_n + 1, struct bus_sql_retry_put_in),
        .dead = NEW_N(round->arena, round->runs_n + 1, struct bus_sql_dead_add_in),
    };

    judge(bus, &books);
    atomic_fetch_add(&bus->handled, round->handled);
    atomic_fetch_add(&bus->failed, round->failed);
    if (books.retries_n + books.dead_n == 0)
        return;
    struct cx cx = { .arena = round->arena, .now_ms = round->cx.now_ms, .rng = round->cx.rng };
    err e = db_write_wait(bus->opts.db, &cx, 0, books_work, &books);
    if (e && !round->trouble) {
        round->trouble = e;
        round->cx.where = cx.where;
        round->cx.detail = cx.detail;
    }
}

static void round_begin(struct bus *bus, int64_t now_ms, uint64_t seed)
{
    struct bus_round *round = &bus->round;
    struct arena *arena = round->arena;

    if (!arena)
        arena = arena_open(ROUND_ARENA);
    else
        arena_reset(arena);
    if (!bus->steps) {
        bus->steps_cap = bus->opts.batch_max * (bus->consumers_max + 1) + 1;
        bus->steps_arena = arena_open(bus->steps_cap * sizeof(struct bus_step));
        bus->steps = NEW_N(bus->steps_arena, bus->steps_cap, struct bus_step);
    }
    *round = (struct bus_round){ .arena = arena, .steps = bus->steps };
    round->cx = (struct cx){
        .arena = arena, .now_ms = now_ms, .rng = rng_seeded(seed), .request_id = S("bus")
    };
}

err bus_round_run(struct bus *bus, int64_t now_ms, uint64_t seed)
{
    struct bus_round *round = &bus->round;

    round_begin(bus, now_ms, seed);
    if (bus->opts.relay_to) {
        round->trouble = bus_relay_run(bus, &round->cx, &round->handled);
        atomic_fetch_add(&bus->handled, round->handled);
        return round->trouble;
    }
    err e = db_read(&round->cx, plan_work, bus);
    if (e) {
        round->trouble = e;
        return e;
    }
    if (round->due == 0)
        return NULL;
    submit(bus);
    settle(bus);
    return round->trouble;
}

void bus_round_close(struct bus *bus)
{
    for (size_t i = 0; i < bus->steps_cap; i++)
        arena_close(bus->steps[i].arena);
    arena_close_at(&bus->steps_arena);
    bus->steps = NULL;
    bus->steps_cap = 0;
    arena_close_at(&bus->round.arena);
}
