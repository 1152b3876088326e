/* SPDX-License-Identifier: Apache-2.0
 * Moves of an order's state in rows, on both engines: what they write, what they tell, what is
 * refused and leaves no trace. Run by `./dev test orders`. */
#include "platform/bus/bus.h"
#include "platform/clock/clock.h"
#include "services/orders/tests/orders_desk.h"

#define TO(status, ...) ((struct orders_move){ .to = (status), __VA_ARGS__ })

static struct orders_order placed(struct desk *d, id user_id)
{
    struct orders_order order = desk_order(d, user_id);
    CHECK_ERR(d->cx, desk_place(d, &order), NULL);
    return order;
}

static const enum orders_status whole_way[] = { ORDERS_CONFIRMED, ORDERS_PROCESSING, ORDERS_SHIPPED,
    ORDERS_DELIVERED, ORDERS_RETURN_REQUESTED, ORDERS_RETURN_APPROVED, ORDERS_REFUNDED };

static void the_whole_way_is_recorded(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    int64_t delivered_ms = 0;
    for (size_t i = 0; i < COUNT(whole_way); i++) {
        d.cx->now_ms += 60000;
        if (whole_way[i] == ORDERS_DELIVERED)
            delivered_ms = d.cx->now_ms;
        CHECK_ERR(d.cx,
            desk_move(&d, (struct orders_move){ .order_id = order.order_id,
                              .actor_id = i % 2 ? desk_id("staff") : (id){ 0 },
                              .to = whole_way[i],
                              .reason = i == 4 ? S("too small") : (str){ 0 } }),
            NULL);
        struct orders_order got = desk_see(&d, order.order_id);
        CHECK_INT(got.status, whole_way[i]);
        CHECK_INT(got.version, (int64_t)i + 2);
        CHECK_INT(got.updated_ms, d.cx->now_ms);
        CHECK_INT(got.delivered_ms, delivered_ms);
        CHECK_STR(got.payment_status, S("pending"));
        CHECK_STR(got.cancel_reason, (str){ 0 });
        CHECK_STR(got.lines[0].status, str_from_c(orders_status_names[whole_way[i]]));
    }
    struct orders_event *events;
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), COUNT(whole_way) + 1);
    for (size_t i = 0; i < COUNT(whole_way); i++) {
        const struct orders_event *ev = &events[i + 1];
        CHECK_INT(ev->from, i ? whole_way[i - 1] : ORDERS_PENDING);
        CHECK_INT(ev->to, whole_way[i]);
        CHECK(id_eq(ev->actor_id, i % 2 ? desk_id("staff") : (id){ 0 }));
        CHECK_STR(ev->reason, i == 4 ? S("too small") : (str){ 0 });
        CHECK_INT(ev->at_ms, order.created_ms + 60000 * ((int64_t)i + 1));
    }
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

static void a_cancelled_order_says_why(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    CHECK_ERR(d.cx,
        desk_move(&d, (struct orders_move){ .order_id = order.order_id,
                          .to = ORDERS_CANCELLED,
                          .reason = S("payment_declined"),
                          .payment_status = S("declined") }),
        NULL);
    struct orders_order got = desk_see(&d, order.order_id);
    CHECK_INT(got.status, ORDERS_CANCELLED);
    CHECK_STR(got.cancel_reason, S("payment_declined"));
    CHECK_STR(got.payment_status, S("declined"));
    CHECK_INT(got.delivered_ms, 0);
    store_close(d.s);
}

/* ---- a refund that came back ---- */

struct failing {
    struct orders *o;
    struct orders_refund_failed in;
    struct orders_brief *list;
    size_t n;
    int64_t since_ms;
};

static err do_refund_failed(void *arg, struct cx *cx)
{
    struct failing *f = arg;
    return orders_refund_failed(f->o, cx, f->in);
}

static err do_refunds_failed(void *arg, struct cx *cx)
{
    struct failing *f = arg;
    return orders_refunds_failed(f->o, cx, f->since_ms, 10, &f->list, &f->n);
}

/* Told twice it is one row, and moves nothing. */
static void a_refund_that_came_back_is_on_record(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada")), other = placed(&d, desk_id("bob"));
    struct failing f = { .o = d.o,
        .since_ms = d.cx->now_ms,
        .in = { order.order_id, desk_id("refund"), DOLLARS(150) } };
    struct orders_event *events;
    CHECK_ERR(d.cx,
        desk_move(&d, (struct orders_move){ .order_id = order.order_id, .to = ORDERS_CONFIRMED }),
        NULL);
    for (int i = 0; i < 2; i++) {
        d.cx->now_ms += 60000;
        CHECK_ERR(d.cx, store_write(d.s, do_refund_failed, &f), NULL);
        CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 3);
    }
    CHECK_INT(events[2].from, ORDERS_CONFIRMED);
    CHECK_INT(events[2].to, ORDERS_CONFIRMED);
    CHECK(id_eq(events[2].refund_id, desk_id("refund")));
    CHECK(id_is_none(events[1].refund_id));
    CHECK_STR(events[2].reason, S("refund_failed"));
    f.in.refund_id = desk_id("another refund");
    CHECK_ERR(d.cx, store_write(d.s, do_refund_failed, &f), NULL);
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 4);
    CHECK_INT(desk_see(&d, order.order_id).status, ORDERS_CONFIRMED);
    CHECK_ERR(d.cx, /* it still moves */
        desk_move(&d, (struct orders_move){ .order_id = order.order_id, .to = ORDERS_PROCESSING }),
        NULL);
    CHECK_INT(desk_wrong(&d), 0);
    CHECK_ERR(d.cx, store_read(d.s, do_refunds_failed, &f), NULL);
    CHECK_INT((int64_t)f.n, 1); /* and not the other order */
    CHECK(id_eq(f.list[0].order_id, order.order_id) && !id_eq(other.order_id, order.order_id));
    f.since_ms = d.cx->now_ms + 1;
    CHECK_ERR(d.cx, store_read(d.s, do_refunds_failed, &f), NULL);
    CHECK_INT((int64_t)f.n, 0);
    f.in.order_id = desk_id("no order");
    CHECK_ERR(d.cx, store_write(d.s, do_refund_failed, &f), &ERR_MISSING);
    store_close(d.s);
}

static err do_refund_repaid(void *arg, struct cx *cx)
{
    struct failing *f = arg;
    return orders_refund_repaid(f->o, cx,
        (struct orders_refund_repaid){ f->in.order_id, f->in.refund_id, f->in.amount, true });
}

/* Not before it came back; once; then nobody waits for it, but for another of the same order. */
static void a_refund_that_was_repaid_is_off_the_list(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    struct failing f = { .o = d.o,
        .since_ms = d.cx->now_ms,
        .in = { order.order_id, desk_id("refund"), DOLLARS(150) } };
    struct orders_event *events;
    CHECK_ERR(d.cx, store_write(d.s, do_refund_repaid, &f), &ERR_MISSING);
    CHECK_ERR(d.cx, store_write(d.s, do_refund_failed, &f), NULL);
    d.cx->who.user_id = desk_id("clerk");
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(d.cx, store_write(d.s, do_refund_repaid, &f), NULL);
        CHECK_ERR(d.cx, store_write(d.s, do_refund_failed, &f), NULL); /* told once more */
    }
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 3);
    CHECK(!events[1].repaid && events[2].repaid && !events[0].repaid);
    CHECK(id_eq(events[2].refund_id, desk_id("refund")));
    CHECK(id_eq(events[2].actor_id, desk_id("clerk")));
    CHECK_STR(events[2].reason, S("refund_to_wallet"));
    CHECK_ERR(d.cx, store_read(d.s, do_refunds_failed, &f), NULL);
    CHECK_INT((int64_t)f.n, 0);
    f.in.refund_id = desk_id("another refund");
    CHECK_ERR(d.cx, store_write(d.s, do_refund_failed, &f), NULL);
    CHECK_ERR(d.cx, store_read(d.s, do_refunds_failed, &f), NULL);
    CHECK_INT((int64_t)f.n, 1);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

/* ---- refused ---- */
/* Moved as it was placed, while something else had become of it. */
static void what_became_of_it_meanwhile_counts(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order plain = placed(&d, desk_id("ada")), gone = placed(&d, desk_id("ada")),
                        guest = desk_order(&d, (id){ 0 }), got;
    guest.cart_hash = S("hash1");
    CHECK_ERR(d.cx, desk_place(&d, &guest), NULL);
    CHECK_ERR(d.cx,
        desk_move(&d, (struct orders_move){ .order_id = gone.order_id, .to = ORDERS_CANCELLED }),
        NULL);
    CHECK_ERR(d.cx, desk_adopt(&d, S("hash1"), desk_id("ada")), NULL);
    const struct {
        struct orders_order *order;
        err want;
        enum orders_status status;
        int64_t version;
    } cases[] = { { &plain, NULL, ORDERS_CONFIRMED, 2 },
        { &plain, &ORDERS_MOVE_REFUSED, ORDERS_CONFIRMED, 2 },
        { &gone, &ORDERS_MOVE_REFUSED, ORDERS_CANCELLED, 2 },
        { &guest, NULL, ORDERS_CONFIRMED, 3 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct orders_order *order = cases[i].order;
        CHECK_ERR(d.cx,
            desk_move(&d, (struct orders_move){ .order_id = order->order_id,
                              .to = ORDERS_CONFIRMED,
                              .payment_status = S("captured"),
                              .placed = order }),
            cases[i].want);
        got = desk_see(&d, order->order_id);
        CHECK_INT(got.status, cases[i].status);
        CHECK_INT(got.version, cases[i].version);
    }
    CHECK(id_eq(got.user_id, desk_id("ada")));
    struct orders_move stale = {
        .order_id = plain.order_id, .to = ORDERS_PROCESSING, .if_match = S("\"v1\"")
    };
    CHECK_ERR(d.cx, desk_move(&d, stale), &ORDERS_STALE);
    stale.if_match = S("\"v1\", \"v2\"");
    CHECK_ERR(d.cx, desk_move(&d, stale), NULL);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

static void refused_moves_leave_no_trace(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    CHECK_ERR(d.cx, desk_move(&d, TO(ORDERS_CONFIRMED, .order_id = order.order_id)), NULL);
    for (int to = 0; to < ORDERS_STATUSES_N; to++) {
        if (to == ORDERS_PROCESSING || to == ORDERS_CANCELLED)
            continue;
        err e = desk_move(&d, (struct orders_move){ .order_id = order.order_id,
                                  .to = (enum orders_status)to,
                                  .reason = S("x"),
                                  .payment_status = S("refunded") });
        CASE(orders_status_names[to], e == &ORDERS_MOVE_REFUSED);
    }
    struct orders_order got = desk_see(&d, order.order_id);
    CHECK_INT(got.status, ORDERS_CONFIRMED);
    CHECK_STR(got.payment_status, S("pending"));
    CHECK_INT(got.version, 2);
    struct orders_event *events;
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 2);
    CHECK_ERR(d.cx, desk_move(&d, TO(ORDERS_CONFIRMED, .order_id = desk_id("none"))), &ERR_MISSING);
    store_close(d.s);
}

static err move_then_fail(void *arg, struct cx *cx)
{
    err e = desk_do_move(arg, cx);
    return e ? e : FAIL(cx, ERR_INVALID, "what comes after it in the unit");
}

static void a_unit_that_fails_moves_nothing(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    struct desk_call c = { .o = d.o, .move = TO(ORDERS_CONFIRMED, .order_id = order.order_id) };
    CHECK_ERR(d.cx, store_write(d.s, move_then_fail, &c), &ERR_INVALID);
    CHECK_INT(desk_see(&d, order.order_id).status, ORDERS_PENDING);
    struct orders_event *events;
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 1);
    store_close(d.s);
}

/* ---- several at once: lanes of their own, so that only the row's lock is between them ---- */
#define RACERS 8
struct racer {
    struct cx *cx;
    struct desk_call call;
    err outcome;
};

static err race(void *arg, struct cx *cx)
{
    struct racer *r = arg;
    return desk_do_move(&r->call, cx);
}

static void raced(void *arg, struct cx *cx, err e)
{
    struct racer *r = arg;
    (void)cx;
    r->outcome = e;
}

static void one_of_many_wins(void **state)
{
    struct store *s = store_open_with((struct store_opts){ .engine = store_engine(state),
        .folders = (const char *const[]){ "platform/bus", "services/orders", NULL },
        .lanes = true });
    struct desk d = { .s = s, .cx = store_cx(s) };
    d.o = orders_open(d.cx->arena, (struct orders_deps){ .db = store_db(s) });
    struct orders_order order = placed(&d, desk_id("ada"));
    struct racer racers[RACERS];
    for (size_t i = 0; i < RACERS; i++) {
        struct orders_move move =
            TO(i % 2 ? ORDERS_CANCELLED : ORDERS_CONFIRMED, .order_id = order.order_id);
        racers[i] = (struct racer){
            .cx = check_cx_open(), .call = { .o = d.o, .move = move }, .outcome = &ERR_BUG
        };
        racers[i].cx->rng = rng_seeded(i); /* event ids of their own */
        db_write(store_db(s), racers[i].cx, i, race, &racers[i], raced);
    }
    store_pause(s); /* until the lanes are through */
    store_resume(s);
    d.o = orders_open(d.cx->arena, (struct orders_deps){ .db = store_db(s) });
    int64_t won = 0;
    for (size_t i = 0; i < RACERS; i++) {
        CHECK(racers[i].outcome == NULL || racers[i].outcome == &ORDERS_MOVE_REFUSED);
        won += racers[i].outcome == NULL;
        check_cx_close(racers[i].cx);
    }
    struct orders_order got = desk_see(&d, order.order_id);
    CHECK_INT(got.version, won + 1);
    CHECK(won == 1 || (won == 2 && got.status == ORDERS_CANCELLED)); /* confirmed, then cancelled */
    CHECK_INT(desk_wrong(&d), 0);
    store_close(s);
}

/* ---- the payment's side ---- */
static void payment_status_alone(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    d.cx->now_ms += 1000;
    CHECK_ERR(d.cx, desk_payment(&d, order.order_id, S("refunded")), NULL);
    struct orders_order got = desk_see(&d, order.order_id);
    CHECK_STR(got.payment_status, S("refunded"));
    CHECK_INT(got.status, ORDERS_PENDING);
    CHECK_INT(got.version, 2);
    CHECK_INT(got.updated_ms, d.cx->now_ms);
    /* the history goes on after the version that it has not seen */
    CHECK_ERR(d.cx, desk_move(&d, TO(ORDERS_CONFIRMED, .order_id = order.order_id)), NULL);
    struct orders_event *events;
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 2);
    CHECK_ERR(d.cx, desk_payment(&d, desk_id("none"), S("refunded")), &ERR_MISSING);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

/* ---- what is told ---- */
#define HEARD_MAX 16
struct ear {
    struct bus_event heard[HEARD_MAX];
    size_t n;
    struct arena *arena;
};

static err hear(void *service, struct cx *cx, const struct bus_event *event)
{
    struct ear *ear = service;
    (void)cx;
    CHECK(ear->n < HEARD_MAX);
    struct bus_event *copy = &ear->heard[ear->n++];
    *copy = *event;
    copy->type = str_dup(ear->arena, event->type);
    copy->payload = str_dup(ear->arena, event->payload);
    return NULL;
}

static const struct bus_handler handlers[] = {
    { "order.placed", "test.placed", hear },
    { "order.pending", "test.pending", hear },
    { "order.confirmed", "test.confirmed", hear },
    { "order.processing", "test.processing", hear },
    { "order.shipped", "test.shipped", hear },
    { "order.delivered", "test.delivered", hear },
    { "order.cancelled", "test.cancelled", hear },
    { "order.return_requested", "test.return_requested", hear },
    { "order.return_approved", "test.return_approved", hear },
    { "order.refunded", "test.refunded", hear },
    { 0 },
};

static size_t listen(struct desk *d, struct ear *ear)
{
    struct arena *life = arena_open(4096);
    struct clock clock = clock_fake(life, d->cx->now_ms);
    struct bus *bus = bus_open(life, (struct bus_opts){ .db = store_db(d->s), .clock = &clock });
    ear->arena = d->cx->arena;
    bus_subscribe(bus, handlers, ear);
    size_t handled = 0;
    cx_clear(d->cx);
    CHECK_ERR(d->cx, bus_drain(bus, d->cx, &handled), NULL);
    bus_close(bus);
    arena_close(life);
    return handled;
}

static void each_move_is_told_once(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = placed(&d, desk_id("ada"));
    for (size_t i = 0; i < COUNT(whole_way); i++)
        CHECK_ERR(d.cx, desk_move(&d, TO(whole_way[i], .order_id = order.order_id)), NULL);
    CHECK_ERR(
        d.cx, desk_move(&d, TO(ORDERS_REFUNDED, .order_id = order.order_id)), &ORDERS_MOVE_REFUSED);
    CHECK_ERR(d.cx, desk_payment(&d, order.order_id, S("refunded")), NULL);
    struct ear ear = { 0 };
    CHECK_INT((int64_t)listen(&d, &ear), COUNT(whole_way) + 1);
    CHECK_INT((int64_t)ear.n, COUNT(whole_way) + 1);
    CHECK_STR(ear.heard[0].type, S("order.placed"));
    for (size_t i = 0; i < ear.n; i++) {
        CHECK(id_eq(ear.heard[i].aggregate, order.order_id));
        CHECK_ERR(d.cx, json_check(d.cx, ear.heard[i].payload, &orders_changed_shape), NULL);
        if (i > 0)
            CHECK_STR(ear.heard[i].type, str_cat(d.cx->arena, S("order."),
                                             str_from_c(orders_status_names[whole_way[i - 1]])));
    }
    store_close(d.s);
}

/* The wire is a contract: others read it by these names. */
static void what_an_event_says(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order user = placed(&d, desk_id("ada")), guest = placed(&d, (id){ 0 });
    CHECK_ERR(d.cx,
        desk_move(&d, TO(ORDERS_CANCELLED, .order_id = guest.order_id, .reason = S("buyer"))),
        NULL);
    struct ear ear = { 0 };
    CHECK_INT((int64_t)listen(&d, &ear), 3);
    struct arena *a = d.cx->arena;
    CHECK_STR(ear.heard[0].payload,
        str_fmt(a,
            "{\"orderId\":\"" STR_F "\",\"userId\":\"" STR_F "\",\"number\":\"" STR_F
            "\",\"status\":\"pending\",\"email\":\"ada@example.org\",\"total\":30.74,"
            "\"currency\":\"USD\"}",
            STR_A(id_text(a, user.order_id)), STR_A(id_text(a, user.user_id)), STR_A(user.number)));
    CHECK_STR(ear.heard[2].payload,
        str_fmt(a,
            "{\"orderId\":\"" STR_F "\",\"number\":\"" STR_F
            "\",\"status\":\"cancelled\",\"email\":\"ada@example.org\",\"reason\":\"buyer\","
            "\"total\":30.74,\"currency\":\"USD\"}",
            STR_A(id_text(a, guest.order_id)), STR_A(guest.number)));
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(the_whole_way_is_recorded),
        STORE_TEST(a_cancelled_order_says_why),
        STORE_TEST(a_refund_that_came_back_is_on_record),
        STORE_TEST(a_refund_that_was_repaid_is_off_the_list),
        STORE_TEST(what_became_of_it_meanwhile_counts),
        STORE_TEST(refused_moves_leave_no_trace),
        STORE_TEST(a_unit_that_fails_moves_nothing),
        STORE_TEST(one_of_many_wins),
        STORE_TEST(payment_status_alone),
        STORE_TEST(each_move_is_told_once),
        STORE_TEST(what_an_event_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
