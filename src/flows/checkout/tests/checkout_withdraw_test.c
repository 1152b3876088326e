/* SPDX-License-Identifier: Apache-2.0
 * Orders that are cancelled while they are still being placed: at the bank, under review, while the
 * provider is away, and just before they are confirmed. Run by meson. */
#include "flows/checkout/tests/checkout_books.h"

#define HEARD_MS (10 * MINUTE_MS + PAY_HEARD_MS + 1)

static const struct buyer ada = { .user = true };

/* ---- asking ---- */

struct asked {
    err said;
    bool waits, replayed;
};
static struct asked cancel(struct world *w, struct checkout_ending in, const struct buyer *b)
{
    struct cx *cx = world_cx(w);
    int times = 0;
    struct checkout_ending *x = NEW(cx->arena, struct checkout_ending);
    world_as(w, cx, b);
    *x = in;
    x->c = w->c;
    x->cx = cx;
    x->why = CHECKOUT_CANCELS;
    x->done = world_ended;
    x->arg = &times;
    checkout_end(x);
    CHECK_INT(times, 1);
    const struct asked ret = { x->failed, x->waits, x->replayed };
    world_done(cx);
    return ret;
}

static id begin(struct world *w, struct wanted in)
{
    struct told *t = world_place(w, in);
    CHECK(t->place.pending);
    id order_id = t->place.plan.order.order_id;
    world_done(t->cx);
    return order_id;
}

/* It is cancelled by its buyer, and the goods are in the cart. */
static void check_gone(struct world *w, const char *name, id order_id, int64_t in_cart)
{
    struct cx *cx = world_cx(w);
    struct one_order o = world_order(w, cx, order_id);
    CASE_INT(name, o.order.status, ORDERS_CANCELLED);
    CASE(name, str_eq(o.order.cancel_reason, S("buyer")));
    CASE_INT(name, world_in_cart(w, &ada), in_cart);
    CASE_INT(name, pay_sandbox_live_minor(&w->sandbox), 0);
    world_agrees(w, name, 2 * STOCK);
    world_done(cx);
}

static void fill_cart(struct world *w)
{
    struct cx *cx = world_cx(w);
    struct into_cart in = {
        .w = w, .owner = { .user_id = w->user_id }, .units = (const int64_t[]){ 1, 0 }
    };
    CHECK_ERR(cx, db_write_wait(world_db(w, PLACE_CART), cx, 0, world_add, &in), NULL);
    world_done(cx);
}

/* ---- at the bank ---- */

static void test_at_the_bank(void **state)
{
    struct world *w = world_open(state);
    const struct wanted in = {
        .buyer = &ada, .card = "pm_card_3ds", .key = "k", .wallet = true, .units = 1
    };
    world_fill_wallet(w, 500);
    fill_cart(w);
    id order_id = begin(w, in);
    const struct buyer other = { .cart_token = S("another's") };
    CHECK(cancel(w, (struct checkout_ending){ .order_id = order_id }, &other).said == &ERR_MISSING);
    CHECK(cancel(w, (struct checkout_ending){ .order_id = order_id, .if_match = S("\"9\"") }, &ada)
              .said == &ORDERS_STALE);
    CHECK_INT(world_status(w, order_id), ORDERS_PENDING);
    struct asked a = cancel(w, (struct checkout_ending){ .order_id = order_id }, &ada);
    CHECK(!a.said && !a.waits);
    check_gone(w, "at the bank", order_id, 1);
    struct cx *cx = world_cx(w);
    struct one_order o = world_order(w, cx, order_id);
    CHECK_STR(o.order.payment_status, S("voided"));
    CHECK_ERR(cx, pay_sandbox_challenge(&w->sandbox, cx, o.payment.provider_ref, true), NULL);
    CHECK_INT(pay_sandbox_live_minor(&w->sandbox), 0);
    world_done(cx);
    struct told *t = world_place(w, in); /* the same order again: it is told what became of it */
    CHECK(t->place.replayed);
    CHECK_INT(t->place.stored.status, 409);
    CHECK(str_find(t->place.stored.body, S("\"order_cancelled\""), 0) > 0);
    world_done(t->cx);
    world_close(w);
}

/* Pressed twice, and once more the next day. */
static void test_one_key(void **state)
{
    struct world *w = world_open(state);
    fill_cart(w);
    id order_id = begin(w, (struct wanted){ .buyer = &ada, .card = "pm_card_3ds", .units = 1 });
    const struct checkout_ending in = { .order_id = order_id,
        .claim = { .principal = S("user:ada"),
            .method = S("POST"),
            .route = S("/cancel"),
            .key = S("one"),
            .fingerprint = S("f") } };
    struct checkout_ending other = in, later = in;
    CHECK(!cancel(w, in, &ada).said);
    struct asked again = cancel(w, in, &ada);
    CHECK(!again.said && again.replayed);
    other.claim.fingerprint = S("g");
    CHECK(cancel(w, other, &ada).said == &IDEM_REUSED);
    later.claim.key = S("two");
    CHECK(!cancel(w, later, &ada).said); /* as if its first answer had been lost */
    check_gone(w, "one key", order_id, 1);
    world_close(w);
}

/* ---- under review ---- */

static err unit_allow(void *arg, struct cx *cx)
{
    struct one_order *o = arg;
    return fraud_review_decide(o->w->fraud, cx,
        (struct fraud_decide){ .order_id = o->order_id, .allow = true, .reason = S("x") });
}

static void test_under_review(void **state)
{
    struct fraud_limits limits = world_lenient;
    limits.spend_day_minor = 0; /* everything is for review */
    struct world *w = world_open_with(state, limits);
    fill_cart(w);
    id order_id = begin(w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .units = 1 });
    CHECK(pay_sandbox_live_minor(&w->sandbox) > 0);
    struct asked a = cancel(w, (struct checkout_ending){ .order_id = order_id }, &ada);
    CHECK(!a.said && !a.waits);
    check_gone(w, "under review", order_id, 1);
    struct cx *cx = world_cx(w);
    struct one_order o = { .w = w, .order_id = order_id };
    CHECK_ERR(
        cx, db_write_wait(world_db(w, PLACE_BOOKS), cx, 0, unit_allow, &o), &FRAUD_REVIEW_OVER);
    world_done(cx);
    world_close(w);
}

/* ---- the provider is away ---- */

static err unit_end(void *arg, struct cx *cx)
{
    struct one_order *o = arg;
    const void *made = &o->order;
    const struct bus_event event = {
        .type = S("order.withdrawn"), .aggregate = o->order_id, .made = &made
    };
    return checkout_events[1].fn(o->w->c, cx, &event);
}

/* As the dispatcher does when the order was confirmed all the same. */
static err hear_withdrawn(struct world *w, id order_id)
{
    struct cx *cx = world_cx(w);
    const void *made = NULL;
    const struct bus_event event = { .aggregate = order_id, .made = &made };
    CHECK_ERR(cx, checkout_events[1].before(w->c, cx, &event), NULL);
    struct one_order o = { .w = w, .order_id = order_id };
    if (made)
        o.order = *(const struct orders_order *)made;
    err e = made ? db_write_wait(world_db(w, PLACE_MAIN), cx, 0, unit_end, &o) : NULL;
    world_done(cx);
    return e;
}

static const struct away_row {
    const char *name;
    bool paid; /* what was asked last was done, and not answered */
    bool back; /* the provider answers again when it is cancelled */
    bool waits;
} away_rows[] = {
    { "never heard, and away", false, false, true },
    { "never heard", false, true, true }, /* it may be heard still */
    { "paid, and away", true, false, true },
    { "paid", true, true, false },
};

static void check_away(void **state, const struct away_row *r)
{
    struct world *w = world_open(state);
    fill_cart(w);
    w->fault = r->paid ? FAULT_DIES_AFTER : FAULT_DIES;
    w->fault_at = 1;
    id order_id = begin(w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .units = 1 });
    w->dead = !r->back;
    struct asked a = cancel(w, (struct checkout_ending){ .order_id = order_id }, &ada);
    CASE(r->name, !a.said && a.waits == r->waits);
    CASE_INT(r->name, world_status(w, order_id), r->waits ? ORDERS_PENDING : ORDERS_CANCELLED);
    w->dead = false;
    world_settle(w, HEARD_MS);
    bool confirmed = world_status(w, order_id) == ORDERS_CONFIRMED;
    CASE(r->name, confirmed == (r->waits && r->paid));
    if (confirmed)
        CASE(r->name, hear_withdrawn(w, order_id) == NULL);
    CASE(r->name, hear_withdrawn(w, order_id) == NULL); /* nothing is left to do */
    check_gone(w, r->name, order_id, !r->paid);         /* out of the cart when it was confirmed */
    world_close(w);
}

static void test_away(void **state)
{
    for (size_t i = 0; i < COUNT(away_rows); i++)
        check_away(state, &away_rows[i]);
}

/* ---- just before it is confirmed ---- */

static id being_paid;
static struct asked meanwhile;
static err unit_newest(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct orders_order *list;
    size_t n = 0;
    err e = orders_list(
        w->orders, cx, (struct orders_page){ .user_id = w->user_id, .limit = 1 }, &list, &n);
    being_paid = !e && n ? list[0].order_id : (id){ { 0 } };
    return e;
}

static void cancel_meanwhile(struct world *w)
{
    struct cx *cx = world_cx(w);
    CHECK_ERR(cx, db_read(cx, unit_newest, w), NULL);
    world_done(cx);
    meanwhile = cancel(w, (struct checkout_ending){ .order_id = being_paid }, &ada);
}

/* In another tab, while the request that pays is at the provider: who cancels looks first and finds
 * no payment, then it is paid. */
static void test_while_it_is_paid(void **state)
{
    struct world *w = world_open(state);
    fill_cart(w);
    w->on_authorize = cancel_meanwhile;
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .units = 1 });
    world_done(t->cx);
    CHECK(!meanwhile.said && meanwhile.waits);
    world_settle(w, HEARD_MS);
    if (world_status(w, being_paid) == ORDERS_CONFIRMED)
        CHECK(hear_withdrawn(w, being_paid) == NULL);
    world_settle(w, MINUTE_MS);
    check_gone(w, "while it is paid", being_paid, 0);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_at_the_bank), WORLD_TEST(test_one_key),
        WORLD_TEST(test_under_review), WORLD_TEST(test_away), WORLD_TEST(test_while_it_is_paid) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
