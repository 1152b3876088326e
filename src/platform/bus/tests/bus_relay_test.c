/* SPDX-License-Identifier: Apache-2.0
 * Events of a service with a database of its own: they reach the consumers of the shop's bus, in
 * order and once, wherever the relay dies. Run by `./dev test bus`. */
#include "platform/bus/tests/busprobe.h"

#include "base/instant.h"
#include "bus_sql.h"

struct desk {
    struct store *shop, *own;
    struct cx *cx;
    struct arena *life;
    struct clock clock;
    struct bus *bus, *relay;
    struct busprobe probe;
    struct bus_sql_event_due_row *kept; /* of the outbox, before the relay has seen it */
    size_t kept_n;
};

static struct desk *desk_open(void **state, size_t batch_max)
{
    enum db_engine engine = store_engine(state);
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);

    d->life = life;
    d->shop = busprobe_store(engine, /* lanes= */ false, 0);
    d->own = busprobe_store(engine, /* lanes= */ false, 0);
    d->cx = store_cx(d->own);
    d->clock = clock_fake(life, d->cx->now_ms);
    d->probe.db = store_db(d->shop);
    d->bus = bus_open(life, (struct bus_opts){ .db = store_db(d->shop), .clock = &d->clock });
    bus_subscribe(d->bus, busprobe_handlers, &d->probe);
    d->relay = bus_open(life, (struct bus_opts){ .db = store_db(d->own),
                                  .clock = &d->clock,
                                  .batch_max = batch_max,
                                  .relay_to = d->bus });
    return d;
}

static void desk_close(struct desk *d)
{
    bus_close(d->relay);
    bus_close(d->bus);
    store_close(d->own);
    store_close(d->shop);
    arena_close(d->life);
}

static void emit(struct desk *d, const char *type, const char *aggregate, int64_t from, int64_t n)
{
    struct busprobe_emit in = { d->relay, store_db(d->own), type, busprobe_id(aggregate), from, n,
        NULL };
    CHECK_ERR(d->cx, store_write(d->own, busprobe_emit_work, &in), NULL);
}

static size_t drain(struct desk *d, struct bus *bus)
{
    size_t handled = 0;
    cx_clear(d->cx);
    CHECK_ERR(d->cx, bus_drain(bus, d->cx, &handled), NULL);
    return handled;
}

static err keep_work(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return bus_sql_event_due(store_db(d->own), cx,
        (struct bus_sql_event_due_in){ .now_ms = cx->now_ms, .most = 1000 }, &d->kept, &d->kept_n);
}

/* The outbox as it was: the relay died before it could remove what it had brought. */
static err back_work(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < d->kept_n; i++)
        e = bus_sql_event_add(store_db(d->own), cx,
            (struct bus_sql_event_add_in){ .event_id = d->kept[i].event_id,
                .type = d->kept[i].type,
                .aggregate_id = d->kept[i].aggregate_id,
                .payload = d->kept[i].payload,
                .occurred_ms = d->kept[i].occurred_ms });
    return e;
}

static void check_order(struct desk *d, const char *aggregate, int64_t wanted)
{
    struct busprobe_effects got = busprobe_effects(d->shop);
    int64_t n = 0;

    for (size_t i = 0; i < got.n; i++)
        if (id_eq(got.rows[i].aggregate_id, busprobe_id(aggregate)))
            CHECK_STR(got.rows[i].payload, busprobe_payload(store_cx(d->shop)->arena, n++));
    CHECK_INT(n, wanted);
}

static void events_arrive_in_order(void **state)
{
    static const size_t batches[] = { 1, 3, 64 };

    for (size_t i = 0; i < COUNT(batches); i++) {
        struct desk *d = desk_open(state, batches[i]);
        for (int64_t k = 0; k < 10; k++) {
            emit(d, "t.one", "a", k, 1);
            emit(d, "t.one", "b", k * 2, 2);
        }
        CHECK_INT((int64_t)drain(d, d->bus), 0); /* they are elsewhere */
        CHECK_INT((int64_t)drain(d, d->relay), 30);
        CHECK_INT((int64_t)drain(d, d->bus), 30);
        check_order(d, "a", 10);
        check_order(d, "b", 20);
        CHECK_INT((int64_t)drain(d, d->relay), 0);
        desk_close(d);
    }
}

/* Died after they were brought: seen again before, and after, consumers were served. */
static void what_is_brought_twice_happens_once(void **state)
{
    for (int served = 0; served < 2; served++) {
        struct desk *d = desk_open(state, 4);
        emit(d, "t.two", "a", 0, 6);
        CHECK_ERR(d->cx, store_read(d->own, keep_work, d), NULL);
        CHECK_INT((int64_t)d->kept_n, 6);
        CHECK_INT((int64_t)drain(d, d->relay), 6);
        if (served)
            CHECK_INT((int64_t)drain(d, d->bus), 6);
        CHECK_ERR(d->cx, store_write(d->own, back_work, d), NULL);
        CHECK_INT((int64_t)drain(d, d->relay), 6);
        CHECK_INT((int64_t)drain(d, d->bus), served ? 0 : 6);
        CHECK_INT((int64_t)busprobe_effects(d->shop).n, 12); /* of two consumers each */
        desk_close(d);
    }
}

static void marks_are_kept_for_a_day(void **state)
{
    struct desk *d = desk_open(state, 0);
    emit(d, "t.one", "a", 0, 1);
    CHECK_ERR(d->cx, store_read(d->own, keep_work, d), NULL);
    CHECK_INT((int64_t)drain(d, d->relay), 1);
    clock_fake_advance(&d->clock, DAY_MS - 1);
    emit(d, "t.one", "b", 0, 1); /* looks through the marks */
    CHECK_INT((int64_t)drain(d, d->relay), 1);
    CHECK_ERR(d->cx, store_write(d->own, back_work, d), NULL);
    CHECK_INT((int64_t)drain(d, d->relay), 1);
    CHECK_INT((int64_t)drain(d, d->bus), 2);
    clock_fake_advance(&d->clock, DAY_MS + 1);
    emit(d, "t.one", "c", 0, 1);
    CHECK_INT((int64_t)drain(d, d->relay), 1);
    CHECK_ERR(d->cx, store_write(d->own, back_work, d), NULL);
    CHECK_INT((int64_t)drain(d, d->relay), 1);
    CHECK_INT((int64_t)drain(d, d->bus), 2); /* the first again: nobody knows it any more */
    desk_close(d);
}

/* Brought, and its own database refuses for days to let it go. */
static void what_stays_for_long_is_brought_once(void **state)
{
    struct desk *d = desk_open(state, 0);
    size_t handled = 0;
    emit(d, "t.one", "a", 0, 1);
    CHECK_ERR(d->cx, store_read(d->own, keep_work, d), NULL);
    for (int i = 0; i < 4; i++) {
        CHECK_INT((int64_t)drain(d, d->relay), 1);
        handled += drain(d, d->bus);
        clock_fake_advance(&d->clock, 20 * HOUR_MS);
        CHECK_ERR(d->cx, store_write(d->own, back_work, d), NULL);
    }
    CHECK_INT((int64_t)handled, 1);
    CHECK_INT((int64_t)busprobe_effects(d->shop).n, 1);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(events_arrive_in_order),
        STORE_TEST(what_is_brought_twice_happens_once),
        STORE_TEST(marks_are_kept_for_a_day),
        STORE_TEST(what_stays_for_long_is_brought_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
