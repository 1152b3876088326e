/* SPDX-License-Identifier: Apache-2.0
 * Orders on their way while every call of the provider fails once, in every manner; and what buyers
 * can do wrong. After each story stock, money and orders must agree. */
#include "flows/checkout/tests/checkout_books.h"

/* ---- every call fails once ---- */

enum story { BUY, DECLINED, TIMEOUT, APPROVED, DENIED, LEFT_ALONE, CANCELLED, STORIES_N };
static const struct {
    const char *name, *card;
} stories[STORIES_N] = {
    [BUY] = { "bought", "pm_card_visa" },
    [DECLINED] = { "declined", "pm_card_declined" },
    [TIMEOUT] = { "the bank's own timeout", "pm_card_timeout" },
    [APPROVED] = { "approved", "pm_card_3ds" },
    [DENIED] = { "denied", "pm_card_3ds" },
    [LEFT_ALONE] = { "challenge left alone", "pm_card_3ds" },
    [CANCELLED] = { "bought and cancelled", "pm_card_visa" },
};
static const int64_t aways[] = { SAGA_LEASE_MS + 1, INVENTORY_HOLD_MS + 1 };

static void second_act(struct world *w, enum story story, const struct buyer *b, id order_id)
{
    if (w->dead || story == LEFT_ALONE)
        return;
    struct cx *cx = world_cx(w);
    struct one_order o = world_order(w, cx, order_id);
    if ((story == APPROVED || story == DENIED) && o.payment.status == PAYMENTS_CHALLENGED)
        world_answer_bank(w, order_id, story == APPROVED);
    else if (story == CANCELLED && o.order.status == ORDERS_CONFIRMED)
        CHECK_ERR(cx, world_cancel(w, b, order_id), NULL);
    world_done(cx);
}

static void tell(struct world *w, enum story story, int64_t away_ms)
{
    struct buyer b = world_guest(w, 2, 1);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = stories[story].card, .units = 3 });
    id order_id = t->place.plan.order.order_id;
    second_act(w, story, &b, order_id);
    if (story == LEFT_ALONE && away_ms <= INVENTORY_HOLD_MS)
        away_ms = INVENTORY_HOLD_MS + SAGA_LEASE_MS;
    world_done(t->cx);
    world_settle(w, away_ms);
    if (world_status(w, order_id) == ORDERS_PENDING) /* died before the bank could be answered */
        second_act(w, story, &b, order_id);
    world_settle(w, INVENTORY_HOLD_MS + 1);
    /* The cart is emptied by an order that stands, and by no other. */
    bool bought = world_status(w, order_id) == ORDERS_CONFIRMED || story == CANCELLED;
    if (bought && world_status(w, order_id) == ORDERS_CONFIRMED)
        CASE_INT(stories[story].name, world_in_cart(w, &b), 0);
    if (!bought)
        CASE_INT(stories[story].name, world_in_cart(w, &b), 3);
}

static void test_every_call_fails_once(void **state)
{
    struct world *w = world_open(state);
    for (int story = 0; story < STORIES_N; story++)
        for (int fault = FAULT_NONE; fault < FAULTS_N; fault++)
            for (size_t away = 0; away < COUNT(aways); away++) {
                w->fired = true;
                for (int n = 1; w->fired; n++) { /* until a whole run meets no fault */
                    char name[128];
                    (void)snprintf(name, sizeof name, "%s, %s of call %d, back after %lld ms",
                        stories[story].name, fault_names[fault], n, (long long)aways[away]);
                    w->fault = (enum fault)fault;
                    w->fault_at = n;
                    w->calls = 0;
                    w->fired = false;
                    tell(w, (enum story)story, aways[away]);
                    world_agrees(w, name, 2 * STOCK);
                }
            }
    struct ledger l = world_ledger(w);
    CHECK(l.confirmed > 0);
    CHECK(l.cancelled > 0);
    CHECK_INT(l.missing, 0);
    world_close(w);
}

/* ---- outcomes ---- */

static const struct outcome_row {
    const char *name, *card;
    err want;
    enum orders_status status;
    const char *payment_status, *reason;
    int64_t in_cart;
    bool pending, url;
} outcome_rows[] = {
    { "paid", "pm_card_visa", NULL, ORDERS_CONFIRMED, "captured", NULL, 0, false, false },
    { "slow", "pm_card_slow", NULL, ORDERS_CONFIRMED, "captured", NULL, 0, false, false },
    { "answer lost", "pm_card_timeout", NULL, ORDERS_CONFIRMED, "captured", NULL, 0, false, false },
    { "declined", "pm_card_declined", &PAYMENTS_DECLINED, ORDERS_CANCELLED, "declined",
        "payment_declined", 3, false, false },
    { "unknown token", "pm_nonsense", &PAYMENTS_DECLINED, ORDERS_CANCELLED, "declined",
        "payment_declined", 3, false, false },
    { "challenge", "pm_card_3ds", NULL, ORDERS_PENDING, "pending", NULL, 3, true, true },
};

static void test_outcomes(void **state)
{
    struct world *w = world_open(state);
    for (size_t i = 0; i < COUNT(outcome_rows); i++) {
        const struct outcome_row *r = &outcome_rows[i];
        struct buyer b = world_guest(w, 2, 1);
        struct told *t =
            world_place(w, (struct wanted){ .buyer = &b, .card = r->card, .units = 3 });
        struct cx *cx = t->cx;
        CASE(r->name, t->place.failed == r->want);
        struct one_order o = world_order(w, cx, t->place.plan.order.order_id);
        CASE_INT(r->name, o.order.status, r->status);
        CASE_STR(r->name, o.order.payment_status, str_from_c(r->payment_status));
        CASE_STR(r->name, o.order.cancel_reason, str_from_c(r->reason));
        CASE_INT(r->name, world_in_cart(w, &b), r->in_cart);
        CASE(r->name, t->place.pending == r->pending);
        str url = str_fmt(
            cx->arena, "/orders/" STR_F "/challenge", STR_A(id_text(cx->arena, o.order_id)));
        CASE_STR(r->name, t->place.state.next_url, r->url ? url : (str){ 0 });
        world_done(cx);
    }
    world_settle(w, INVENTORY_HOLD_MS + SAGA_LEASE_MS);
    world_agrees(w, "outcomes", 2 * STOCK);
    world_close(w);
}

/* The buyer approves while another process still looks: whoever comes later finds it done. */
static void answered_meanwhile(struct world *w)
{
    struct cx *cx = world_cx(w);
    struct saga_view *live;
    size_t n = 0;
    CHECK_ERR(cx, db_read(cx, world_live, &(struct live){ w, &live, &n }), NULL);
    CHECK_INT(n, 1);
    saga_wake(w->sagas, cx, (struct saga_wake){ .saga_id = live[0].saga_id, .force = true });
    CHECK_INT(world_status(w, live[0].saga_id), ORDERS_CONFIRMED);
    world_done(cx);
}

/* A run that was overtaken must not undo what the other has done. */
static void test_overtaken(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    w->on_authorize = answered_meanwhile;
    struct wanted in = { .buyer = &b, .card = "pm_card_visa", .key = "k", .units = 1 };
    struct told *t = world_place(w, in);
    CHECK(t->place.pending);
    CHECK_ERR(t->cx, t->place.failed, NULL);
    CHECK_INT(world_status(w, t->place.plan.order.order_id), ORDERS_CONFIRMED);
    in.units = 0;
    struct told *again = world_place(w, in);
    CHECK_INT(again->place.stored.status, 201);
    world_done(t->cx);
    world_done(again->cx);
    world_agrees(w, "overtaken", 2 * STOCK);
    world_close(w);
}

/* ---- keys ---- */

static void test_keys(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 2, 1);
    struct wanted in = { .buyer = &b, .card = "pm_card_visa", .key = "k1", .units = 3 };
    struct told *first = world_place(w, in);
    in.units = 0; /* none of the others is an order */
    struct told *again = world_place(w, in);
    CHECK(!first->place.replayed);
    CHECK(again->place.replayed);
    CHECK_ERR(again->cx, again->place.failed, NULL);
    CHECK_INT(again->place.stored.status, 201);
    str order_id = id_text(again->cx->arena, first->place.plan.order.order_id);
    CHECK(str_find(again->place.stored.body, order_id, 0) > 0);
    world_done(first->cx);
    world_done(again->cx);

    in.body = "another";
    struct told *reused = world_place(w, in);
    CHECK_ERR(reused->cx, reused->place.failed, &IDEM_REUSED);
    world_done(reused->cx);

    b = world_guest(w, 2, 1); /* a key is its owner's */
    in = (struct wanted){ .buyer = &b, .card = "pm_card_declined", .key = "k1", .units = 3 };
    struct told *declined = world_place(w, in);
    struct told *told_again = world_place(w, in);
    CHECK_ERR(declined->cx, declined->place.failed, &PAYMENTS_DECLINED);
    CHECK(told_again->place.replayed);
    CHECK_INT(told_again->place.stored.status, 402);
    CHECK(str_find(told_again->place.stored.body, S("payment_declined"), 0) > 0);
    world_done(declined->cx);
    world_done(told_again->cx);

    in = (struct wanted){ .buyer = &b, .card = "pm_card_3ds", .key = "k2", .units = 3 };
    struct told *asked = world_place(w, in);
    struct told *running = world_place(w, in);
    CHECK_ERR(running->cx, running->place.failed, &IDEM_RUNNING);
    CHECK(id_eq(running->place.stored.subject, asked->place.plan.order.order_id));
    world_answer_bank(w, asked->place.plan.order.order_id, true);
    struct told *over = world_place(w, in);
    CHECK(over->place.replayed);
    CHECK_INT(over->place.stored.status, 201);
    world_done(asked->cx);
    world_done(running->cx);
    world_done(over->cx);
    world_agrees(w, "keys", 2 * STOCK);
    world_close(w);
}

/* What was refused before anything was written leaves the key free. */
static void test_a_refused_order_leaves_its_key(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 0, 0);
    struct wanted in = { .buyer = &b, .card = "pm_card_visa", .key = "k1" };
    struct told *empty = world_place(w, in);
    CHECK_ERR(empty->cx, empty->place.failed, &CHECKOUT_CART_EMPTY);
    world_done(empty->cx);
    in.red = in.units = 1;
    struct told *t = world_place(w, in);
    CHECK_ERR(t->cx, t->place.failed, NULL);
    world_done(t->cx);
    world_agrees(w, "refused", 2 * STOCK);
    world_close(w);
}

/* ---- what changed in the meantime ---- */

struct change {
    struct world *w;
    int64_t price, on_hand;
    bool withdraw;
};
static err change_goods(void *arg, struct cx *cx)
{
    struct change *c = arg;
    struct world *w = c->w;
    const struct inventory_key *k = &w->lamps[0];
    const struct pricing_price price = {
        .product_id = k->product_id, .variant_id = k->variant_id, .price = money_of(c->price, USD)
    };
    err e = NULL;
    if (c->price)
        e = pricing_set(
            w->pricing, cx, (struct pricing_change){ .prices = &price, .n = 1, .silent = true });
    if (!e && c->withdraw)
        e = catalog_product_status(w->catalog, cx, k->product_id, CATALOG_WITHDRAWN);
    return e;
}

static void change(struct world *w, struct change in)
{
    in.w = w;
    (void)world_write(w, PLACE_MAIN, change_goods, &in);
    if (in.on_hand)
        world_put(w, in.on_hand);
}

static void test_last_unit(void **state)
{
    struct world *w = world_open(state);
    change(w, (struct change){ .on_hand = 1 });
    struct buyer one = world_guest(w, 1, 0), two = world_guest(w, 1, 0);
    struct told *first =
        world_place(w, (struct wanted){ .buyer = &one, .card = "pm_card_3ds", .units = 1 });
    struct told *second =
        world_place(w, (struct wanted){ .buyer = &two, .card = "pm_card_visa", .units = 1 });
    CHECK_ERR(second->cx, second->place.failed, &INVENTORY_OUT_OF_STOCK);
    CHECK(second->cx->fields != NULL);
    CHECK_INT(world_in_cart(w, &two), 1);
    world_done(second->cx);
    world_answer_bank(w, first->place.plan.order.order_id, false);
    world_done(first->cx);
    second = world_place(w, (struct wanted){ .buyer = &two, .card = "pm_card_visa", .units = 1 });
    CHECK_ERR(second->cx, second->place.failed, NULL);
    world_done(second->cx);
    world_agrees(w, "last unit", 1 + STOCK);
    world_close(w);
}

static void test_price_changed(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    change(w, (struct change){ .price = PRICE + 100 });
    struct wanted in = { .buyer = &b, .card = "pm_card_visa", .units = 1 };
    struct told *t = world_place(w, in);
    CHECK_ERR(t->cx, t->place.failed, &CHECKOUT_PRICE_CHANGED);
    CHECK_STR(t->cx->fields->pointer, S("/items/0/price"));
    world_done(t->cx);
    in.accept_prices = true;
    t = world_place(w, in);
    CHECK_ERR(t->cx, t->place.failed, NULL);
    CHECK_INT(t->place.plan.order.subtotal.minor, PRICE + 100);
    world_done(t->cx);
    world_agrees(w, "price changed", 2 * STOCK);
    world_close(w);
}

static void test_product_gone(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    change(w, (struct change){ .withdraw = true });
    struct told *t = world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa" });
    CHECK_ERR(t->cx, t->place.failed, &CHECKOUT_GONE);
    CHECK_INT(world_in_cart(w, &b), 1);
    world_done(t->cx);
    world_agrees(w, "gone", 2 * STOCK);
    world_close(w);
}

/* ---- cancelling ---- */

static void test_cancel(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 2, 1), other = world_guest(w, 1, 0);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 3 });
    id order_id = t->place.plan.order.order_id;
    CHECK_ERR(t->cx, world_cancel(w, &other, order_id), &ERR_MISSING);
    CHECK_ERR(t->cx, world_cancel(w, &b, order_id), NULL);
    CHECK_INT(pay_sandbox_live_minor(&w->sandbox), 0);
    CHECK_ERR(t->cx, world_cancel(w, &b, order_id), &CHECKOUT_NOT_OFFERED);
    struct one_order o = world_order(w, t->cx, order_id);
    CHECK_INT(o.order.status, ORDERS_CANCELLED);
    CHECK_STR(o.order.payment_status, S("refunded"));
    CHECK_INT(o.payment.status, PAYMENTS_REFUNDED);
    CHECK_INT(o.payment.refunded_minor, o.order.total.minor);
    world_done(t->cx);
    world_agrees(w, "cancel", 2 * STOCK);
    world_close(w);
}

/* ---- holds and databases ---- */

static err expire_holds(void *arg, struct cx *cx)
{
    struct world *w = arg;
    bool more = false;
    return inventory_service.jobs[0].fn(w->inventory, cx, &more);
}

/* The stock was let go while the bank was asked: the buyer's money goes back. */
static void bank_takes_its_time(struct world *w)
{
    clock_fake_advance(&w->clock, INVENTORY_HOLD_MS + 1);
    (void)world_write(w, PLACE_STOCK, expire_holds, w);
}

static void test_expired_hold(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    w->on_authorize = bank_takes_its_time;
    struct wanted in = { .buyer = &b, .card = "pm_card_visa", .key = "k", .units = 1 };
    struct told *t = world_place(w, in);
    CHECK_ERR(t->cx, t->place.failed, &INVENTORY_RESERVATION_GONE);
    struct one_order o = world_order(w, t->cx, t->place.plan.order.order_id);
    CHECK_STR(o.order.cancel_reason, S("stock_gone"));
    CHECK_INT(pay_sandbox_live_minor(&w->sandbox), 0);
    CHECK_INT(world_in_cart(w, &b), 1);
    in.units = 0;
    struct told *again = world_place(w, in);
    CHECK_INT(again->place.stored.status, 409);
    world_done(t->cx);
    world_done(again->cx);
    world_agrees(w, "expired", 2 * STOCK);
    world_close(w);
}

/* The stock is gone although the hold has not run out. */
struct letting_go {
    struct world *w;
    id order_id;
};
static err let_go(void *arg, struct cx *cx)
{
    struct letting_go *in = arg;
    return inventory_release(in->w->inventory, cx, in->order_id);
}

static void stock_is_let_go(struct world *w)
{
    struct cx *cx = world_cx(w);
    struct saga_view *live;
    size_t n = 0;
    CHECK_ERR(cx, db_read(cx, world_live, &(struct live){ w, &live, &n }), NULL);
    (void)world_write(w, PLACE_STOCK, let_go, &(struct letting_go){ w, live[0].saga_id });
    world_done(cx);
}

static void test_stock_gone(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    w->on_authorize = stock_is_let_go;
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 1 });
    CHECK_ERR(t->cx, t->place.failed, &INVENTORY_RESERVATION_GONE);
    struct one_order o = world_order(w, t->cx, t->place.plan.order.order_id);
    CHECK_STR(o.order.cancel_reason, S("stock_gone"));
    world_done(t->cx);
    world_agrees(w, "stock gone", 2 * STOCK);
    world_close(w);
}

static void database_goes(struct world *w)
{
    store_script(
        w->stores[PLACE_ORDERS], "ALTER TABLE orders_history RENAME TO orders_history_gone");
}

/* The payment is made and cannot be recorded: the buyer is told later, by the same key. */
static void test_database_fails_after_the_payment(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    w->on_authorize = database_goes;
    struct wanted in = { .buyer = &b, .card = "pm_card_visa", .key = "k", .units = 1 };
    struct told *t = world_place(w, in);
    CHECK(t->place.failed != NULL);
    CHECK(t->place.pending);
    world_done(t->cx);
    store_script(
        w->stores[PLACE_ORDERS], "ALTER TABLE orders_history_gone RENAME TO orders_history");
    CHECK_INT((int64_t)world_ledger(w).sagas, 1);
    world_settle(w, SAGA_LEASE_MS + 1);
    in.units = 0;
    t = world_place(w, in);
    CHECK(t->place.replayed);
    CHECK_INT(t->place.stored.status, 201);
    world_done(t->cx);
    world_agrees(w, "database", 2 * STOCK);
    world_close(w);
}

/* Too many wait: the buyer is told as soon as the order is on record, and it goes on by itself. */
static void test_crowded(void **state)
{
    static const struct {
        const char *name, *card;
        enum orders_status status;
    } rows[] = {
        { "paid later", "pm_card_visa", ORDERS_CONFIRMED },
        { "declined later", "pm_card_declined", ORDERS_CANCELLED },
    };
    struct world *w = world_open(state);
    w->c->deps.waiting_max = -1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buyer b = world_guest(w, 1, 0);
        struct wanted in = { .buyer = &b, .card = rows[i].card, .key = rows[i].name, .units = 1 };
        struct told *t = world_place(w, in);
        CASE(rows[i].name, t->place.pending && !t->place.failed);
        id order_id = t->place.plan.order.order_id;
        world_done(t->cx);
        world_settle(w, SAGA_LEASE_MS + 1);
        CASE_INT(rows[i].name, world_status(w, order_id), rows[i].status);
        in.units = 0;
        t = world_place(w, in);
        CASE(rows[i].name, t->place.replayed && id_eq(t->place.stored.subject, order_id));
        world_done(t->cx);
    }
    struct buyer b = world_guest(w, 1, 0);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .red = STOCK });
    CHECK(t->place.failed == &INVENTORY_OUT_OF_STOCK); /* what is known at once is told at once */
    world_done(t->cx);
    world_agrees(w, "crowded", 2 * STOCK);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_every_call_fails_once),
        WORLD_TEST(test_outcomes),
        WORLD_TEST(test_overtaken),
        WORLD_TEST(test_keys),
        WORLD_TEST(test_a_refused_order_leaves_its_key),
        WORLD_TEST(test_last_unit),
        WORLD_TEST(test_price_changed),
        WORLD_TEST(test_product_gone),
        WORLD_TEST(test_cancel),
        WORLD_TEST(test_crowded),
        WORLD_TEST(test_expired_hold),
        WORLD_TEST(test_stock_gone),
        WORLD_TEST(test_database_fails_after_the_payment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
