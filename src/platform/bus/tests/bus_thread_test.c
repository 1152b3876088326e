/* SPDX-License-Identifier: Apache-2.0
 * The bus with its thread and real lanes: nothing lost, nothing twice, nothing out of order, with
 * several emitters, two dispatchers and full queues. Run by `./dev test bus`, under TSan as well.
 */
#include <pthread.h>
#include <time.h>

#include "base/instant.h"
#include "platform/bus/bus_internal.h"
#include "platform/bus/tests/busprobe.h"

#define EMITTERS 4
#define EVENTS 120 /* of each emitter */

struct desk {
    struct store *s;
    struct arena *life;
    struct clock clock;
    struct busprobe probe;
};

static struct desk *desk_of(enum db_engine engine, size_t queue_max)
{
    struct store *s = busprobe_store(engine, /* lanes= */ true, queue_max);
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);

    d->s = s;
    d->life = life;
    d->clock = clock_fake(life, store_cx(s)->now_ms);
    d->probe.db = store_db(s);
    return d;
}

static void desk_close(struct desk *d)
{
    store_close(d->s);
    arena_close(d->life);
}

static struct bus *bus_of(struct desk *d, size_t batch_max)
{
    struct bus *bus = bus_open(d->life,
        (struct bus_opts){ .db = store_db(d->s), .clock = &d->clock, .batch_max = batch_max });
    bus_subscribe(bus, busprobe_handlers, &d->probe);
    return bus;
}

struct emitter {
    struct desk *d;
    struct bus *bus;
    const char *name;
    err failed;
};

/* Two events a unit, each other pair of the type with two consumers. */
static void *emitter_main(void *arg)
{
    struct emitter *em = arg;

    for (int64_t i = 0; i < EVENTS && !em->failed; i += 2) {
        struct cx *cx = check_cx_open();
        struct busprobe_emit in = { em->bus, store_db(em->d->s), i % 4 ? "t.one" : "t.two",
            busprobe_id(em->name), i, 2, NULL };
        em->failed =
            db_write_wait(store_db(em->d->s), cx, id_hash(in.aggregate), busprobe_emit_work, &in);
        check_cx_close(cx);
    }
    return NULL;
}

static const char *const names[EMITTERS] = { "a", "b", "c", "d" };

static void emit_from_threads(struct desk *d, struct bus *bus)
{
    struct emitter emitters[EMITTERS];
    pthread_t threads[EMITTERS];

    for (size_t i = 0; i < EMITTERS; i++) {
        emitters[i] = (struct emitter){ d, bus, names[i], NULL };
        CHECK_INT(pthread_create(&threads[i], NULL, emitter_main, &emitters[i]), 0);
    }
    for (size_t i = 0; i < EMITTERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_ERR(NULL, emitters[i].failed, NULL);
    }
}

/* Until the outbox is empty; fails after a minute. */
static void wait_empty(struct desk *d, struct bus *bus)
{
    struct bus_figures f = { .waiting = 1 };
    int64_t end = clock_mono_us() + 60 * 1000000;

    while (f.waiting > 0) {
        struct cx *cx = check_cx_open();
        CHECK_ERR(cx, bus_figures_of(bus, cx, &f), NULL);
        check_cx_close(cx);
        CHECK(clock_mono_us() < end);
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
    (void)d;
}

static void check_effects(struct desk *d)
{
    static const char *const consumers[] = { "p.one", "p.first", "p.second" };
    struct busprobe_effects got = busprobe_effects(d->s);
    size_t total = 0;

    for (size_t c = 0; c < COUNT(consumers); c++) {
        for (size_t a = 0; a < EMITTERS; a++) {
            int64_t n = c == 0 ? 2 : 0; /* the number in the next event of this consumer */
            for (size_t i = 0; i < got.n; i++) {
                if (!str_eq(got.rows[i].consumer, str_from_c(consumers[c])) ||
                    !id_eq(got.rows[i].aggregate_id, busprobe_id(names[a])))
                    continue;
                CHECK_STR(got.rows[i].payload, busprobe_payload(store_cx(d->s)->arena, n));
                n += n % 2 ? 3 : 1;
                total++;
            }
            CHECK_INT(n, c == 0 ? EVENTS + 2 : EVENTS);
        }
    }
    CHECK_INT((int64_t)got.n, (int64_t)total);
    CHECK_INT((int64_t)total, EMITTERS * (EVENTS / 2) * 3);
}

static void the_thread_handles_what_threads_emit(void **state)
{
    static const size_t batches[] = { 5, 64 };

    for (size_t i = 0; i < COUNT(batches); i++) {
        struct desk *d = desk_of(store_engine(state), 0);
        struct bus *bus = bus_of(d, batches[i]);
        bus_start(bus);
        struct busprobe_emit unwanted = { bus, store_db(d->s), "t.nobody", busprobe_id("a"), 0, 1,
            NULL };
        CHECK_ERR(store_cx(d->s), store_write(d->s, busprobe_emit_work, &unwanted), NULL);
        emit_from_threads(d, bus);
        wait_empty(d, bus);
        bus_close(bus);
        struct bus_figures f;
        CHECK_ERR(store_cx(d->s), bus_figures_of(bus, store_cx(d->s), &f), NULL);
        CHECK_INT(f.handled, EMITTERS * EVENTS); /* the unwanted one was not even written */
        check_effects(d);
        desk_close(d);
    }
}

/* As when a process that was thought dead goes on: each takes its own marks into account. */
static void two_dispatchers_do_nothing_twice(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    struct bus *emits = bus_of(d, 0), *one = bus_of(d, 8), *other = bus_of(d, 8);

    one->lease_until_ms = other->lease_until_ms = INT64_MAX; /* PostgreSQL: both believe it */
    atomic_store(&d->probe.fails[BUSPROBE_FIRST], 1);        /* one comes apart */
    bus_start(one);
    bus_start(other);
    emit_from_threads(d, emits);
    wait_empty(d, emits);
    bus_close(one);
    bus_close(other);
    bus_close(emits);
    struct busprobe_effects got = busprobe_effects(d->s);
    CHECK_INT((int64_t)got.n, EMITTERS * (EVENTS / 2) * 3);
    for (size_t i = 0; i < got.n; i++)
        for (size_t j = 0; j < i; j++)
            CHECK(!id_eq(got.rows[i].event_id, got.rows[j].event_id) ||
                  !str_eq(got.rows[i].consumer, got.rows[j].consumer));
    desk_close(d);
}

/* Units that find no room in the queue are no attempts, and later ones do not overtake them. */
static void full_queues_cost_only_time(void **state)
{
    struct desk *d = desk_of(store_engine(state), /* queue_max= */ 2);
    struct bus *bus = bus_of(d, 64);
    int refused = 0;

    for (size_t a = 0; a < EMITTERS; a++) {
        struct emitter em = { d, NULL, names[a], NULL };
        emitter_main(&em);
        CHECK_ERR(NULL, em.failed, NULL);
    }
    err e = &DB_OVERLOADED;
    while (e) {
        size_t handled = 0;
        struct cx *cx = check_cx_open();
        e = bus_drain(bus, cx, &handled);
        refused += e != NULL;
        CHECK_ERR(cx, e, e ? &DB_OVERLOADED : NULL);
        check_cx_close(cx);
    }
    CHECK(refused > 0);
    struct bus_figures f;
    CHECK_ERR(store_cx(d->s), bus_figures_of(bus, store_cx(d->s), &f), NULL);
    CHECK_INT(f.failed, 0);
    CHECK_INT(f.waiting, 0);
    bus_close(bus);
    check_effects(d);
    desk_close(d);
}

static void what_a_closed_bus_leaves_the_next_handles(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    struct bus *first = bus_of(d, 3), *second = bus_of(d, 0);

    bus_start(first);
    for (size_t a = 0; a < EMITTERS; a++) {
        struct emitter em = { d, first, names[a], NULL };
        emitter_main(&em);
        if (a == 1)
            bus_close(first); /* with events waiting, or not */
    }
    bus_close(first); /* again: a no-op */
    bus_close(NULL);
    bus_start(second); /* needs no wake-up */
    wait_empty(d, second);
    bus_close(second);
    check_effects(d);
    desk_close(d);
}

static void one_process_holds_the_lease(void **state)
{
    struct desk *d = desk_of(store_engine(state), 0);
    struct bus *a = bus_of(d, 0), *b = bus_of(d, 0);
    int64_t now = store_cx(d->s)->now_ms;

    CHECK(bus_lease_hold(a, now));
    CHECK(!bus_lease_hold(b, now));
    CHECK(bus_lease_hold(a, now + 14 * SECOND_MS)); /* renewed */
    CHECK(!bus_lease_hold(b, now + 15 * SECOND_MS));
    CHECK(bus_lease_hold(b, now + 29 * SECOND_MS)); /* a has not been heard of */
    CHECK(!bus_lease_hold(a, now + 29 * SECOND_MS));
    bus_lease_drop(b);
    CHECK(!bus_lease_hold(a, now + 29 * SECOND_MS + 1)); /* asked a moment ago */
    CHECK(bus_lease_hold(a, now + 30 * SECOND_MS));
    bus_close(a);
    bus_close(b);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(the_thread_handles_what_threads_emit),
        STORE_TEST(two_dispatchers_do_nothing_twice),
        STORE_TEST(full_queues_cost_only_time),
        STORE_TEST(what_a_closed_bus_leaves_the_next_handles),
        STORE_TEST_ON(one_process_holds_the_lease, DB_PG),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
