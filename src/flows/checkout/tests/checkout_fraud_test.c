/* SPDX-License-Identifier: Apache-2.0
 * Fraud on the order's way: denied without asking the bank, held until a person has decided,
 * allowed, denied, forgotten, with every call of the provider failing once. Run by meson. */
#include "flows/checkout/tests/checkout_books.h"

#define AWAY_MS (SAGA_LEASE_MS + 1)

/* Everything is for review. */
static struct fraud_limits all_reviewed(void)
{
    struct fraud_limits l = world_lenient;
    l.spend_day_minor = 0;
    return l;
}

/* ---- a person ---- */

struct person {
    struct world *w;
    struct fraud_decide in;
    struct fraud_verdict verdict;
    struct fraud_review review;
};
static err decide(void *arg, struct cx *cx)
{
    struct person *p = arg;
    return fraud_review_decide(p->w->fraud, cx, p->in);
}
static err read_review(void *arg, struct cx *cx)
{
    struct person *p = arg;
    return fraud_review_get(p->w->fraud, cx, p->in.order_id, &p->review);
}

/* Decides, and the event reaches the checkout. */
static void person_decides(struct world *w, id order_id, bool allow)
{
    struct cx *cx = world_cx(w);
    struct person p = { .w = w, .in = { .order_id = order_id, .allow = allow, .reason = S("x") } };
    const struct bus_event event = { .type = S("fraud.reviewed"), .aggregate = order_id };
    CHECK_ERR(cx, db_write_wait(world_db(w, PLACE_BOOKS), cx, 0, decide, &p), NULL);
    CHECK_ERR(cx, checkout_events[0].before(w->c, cx, &event), NULL);
    world_done(cx);
}

static enum fraud_review_state review_state(struct world *w, id order_id)
{
    struct cx *cx = world_cx(w);
    struct person p = { .w = w, .in = { .order_id = order_id } };
    CHECK_ERR(cx, db_read(cx, read_review, &p), NULL);
    world_done(cx);
    return p.review.state;
}

static err expire_holds(void *arg, struct cx *cx)
{
    struct world *w = arg;
    bool more = false;
    return inventory_service.jobs[0].fn(w->inventory, cx, &more);
}

/* ---- denied ---- */

static void test_denied(void **state)
{
    struct fraud_limits limits = world_lenient;
    limits.declines_hour = 2;
    struct world *w = world_open_with(state, limits);
    struct buyer b = world_guest(w, 1, 0);
    struct wanted in = { .buyer = &b, .card = "pm_card_declined", .units = 1 };
    for (int i = 0; i < 2; i++) {
        struct told *t = world_place(w, in);
        CHECK_ERR(t->cx, t->place.failed, &PAYMENTS_DECLINED);
        world_done(t->cx);
    }
    int calls = w->calls;
    in.card = "pm_card_visa";
    in.key = "k";
    struct told *t = world_place(w, in);
    CHECK_ERR(t->cx, t->place.failed, &CHECKOUT_REFUSED);
    CHECK_INT(
        w->calls, calls); /* the bank is not asked, so it cannot tell whether a card is good */
    struct one_order o = world_order(w, t->cx, t->place.plan.order.order_id);
    CHECK_INT(o.order.status, ORDERS_CANCELLED);
    CHECK_STR(o.order.cancel_reason, S("order_declined"));
    CHECK_INT(world_in_cart(w, &b), 1);
    in.units = 0;
    struct told *again = world_place(w, in);
    CHECK_INT(again->place.stored.status, 402);
    CHECK(str_find(again->place.stored.body, S("\"order_declined\""), 0) > 0);
    CHECK(str_find(again->place.stored.body, S("fraud"), 0) < 0);
    world_done(t->cx);
    world_done(again->cx);
    world_agrees(w, "denied", 2 * STOCK);
    world_close(w);
}

/* ---- under review ---- */

static const struct review_case {
    const char *name, *card;
    int64_t after_ms; /* the decision */
    bool decided, allow;
    enum orders_status status;
    const char *payment_status;
    enum fraud_review_state state;
    int64_t in_cart;
} review_cases[] = {
    { "allowed", "pm_card_visa", 0, true, true, ORDERS_CONFIRMED, "captured", FRAUD_REVIEW_ALLOWED,
        0 },
    { "allowed on the third day", "pm_card_visa", 3 * DAY_MS, true, true, ORDERS_CONFIRMED,
        "captured", FRAUD_REVIEW_ALLOWED, 0 },
    { "denied", "pm_card_visa", 0, true, false, ORDERS_CANCELLED, "voided", FRAUD_REVIEW_DENIED,
        3 },
    { "forgotten", "pm_card_visa", FRAUD_REVIEW_MS, false, false, ORDERS_CANCELLED, "voided",
        FRAUD_REVIEW_LAPSED, 3 },
    { "the answer was lost", "pm_card_timeout", 0, true, true, ORDERS_CONFIRMED, "captured",
        FRAUD_REVIEW_ALLOWED, 0 },
    { "asked by the bank first", "pm_card_3ds", 0, true, true, ORDERS_CONFIRMED, "captured",
        FRAUD_REVIEW_ALLOWED, 0 },
};

static void under_review(struct world *w, const struct review_case *c)
{
    struct buyer b = world_guest(w, 2, 1);
    struct told *t = world_place(w, (struct wanted){ .buyer = &b, .card = c->card, .units = 3 });
    id order_id = t->place.plan.order.order_id;
    CASE(c->name, t->place.pending && t->place.failed == NULL);
    if (t->place.state.next_url.n)
        world_answer_bank(w, order_id, true);
    struct one_order o = world_order(w, t->cx, order_id);
    CASE_INT(c->name, o.order.status, ORDERS_PENDING);
    CASE_STR(c->name, o.order.payment_status, S("authorized"));
    CASE_INT(c->name, o.payment.captured_minor, 0);
    CASE(c->name, o.payment.kept); /* or the sweep of the till would look at it */
    CASE_INT(c->name, review_state(w, order_id), FRAUD_REVIEW_OPEN);
    clock_fake_advance(&w->clock, c->after_ms);
    (void)world_write(w, PLACE_STOCK, expire_holds, w); /* its hold is longer */
    if (c->decided)
        person_decides(w, order_id, c->allow);
    else
        world_settle(w, AWAY_MS);
    o = world_order(w, t->cx, order_id);
    CASE_INT(c->name, o.order.status, c->status);
    CASE_STR(c->name, o.order.payment_status, str_from_c(c->payment_status));
    CASE_INT(c->name, review_state(w, order_id), c->state);
    CASE_INT(c->name, o.payment.kept, c->status == ORDERS_CONFIRMED);
    CASE_INT(c->name, world_in_cart(w, &b), c->in_cart);
    world_done(t->cx);
    world_agrees(w, c->name, 2 * STOCK);
}

static void test_reviews(void **state)
{
    struct world *w = world_open_with(state, all_reviewed());
    for (size_t i = 0; i < COUNT(review_cases); i++)
        under_review(w, &review_cases[i]);
    world_close(w);
}

/* Whoever looks in between finds it still waiting. */
static void test_woken_early(void **state)
{
    struct world *w = world_open_with(state, all_reviewed());
    struct buyer b = world_guest(w, 1, 0);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 1 });
    id order_id = t->place.plan.order.order_id;
    for (int i = 0; i < 3; i++)
        world_settle(w, 2 * 60 * 60 * 1000);
    CHECK_INT(world_status(w, order_id), ORDERS_PENDING);
    person_decides(w, order_id, true);
    CHECK_INT(world_status(w, order_id), ORDERS_CONFIRMED);
    world_done(t->cx);
    world_agrees(w, "woken early", 2 * STOCK);
    world_close(w);
}

/* Allowed in time is allowed, however late the order hears of it. */
static void test_heard_late(void **state)
{
    struct world *w = world_open_with(state, all_reviewed());
    struct buyer b = world_guest(w, 1, 0);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 1 });
    struct person p = { .w = w, .in = { .order_id = t->place.plan.order.order_id, .allow = true } };
    world_done(t->cx);
    clock_fake_advance(&w->clock, FRAUD_REVIEW_MS - MINUTE_MS - 1000);
    (void)world_write(w, PLACE_BOOKS, decide, &p); /* and dies before it tells */
    clock_fake_advance(&w->clock, 2 * MINUTE_MS);
    world_settle(w, SAGA_LEASE_MS + 1);
    CHECK_INT(world_status(w, p.in.order_id), ORDERS_CONFIRMED);
    world_agrees(w, "heard late", 2 * STOCK);
    world_close(w);
}

/* ---- a run that died further on ---- */

struct step_again {
    struct world *w;
    const struct saga_step *step;
    struct saga saga;
};
static err step_again(void *arg, struct cx *cx)
{
    struct step_again *a = arg;
    return a->step->todo(a->w->c, cx, &a->saga);
}

/* Rows name steps of other databases only now and then: what takes the saga up begins where its row
 * is, after the money was taken. */
static void test_taken_up_behind(void **state)
{
    static const struct {
        const char *step;
        enum place place;
    } agains[] = { { "note", PLACE_MONEY }, { "show", PLACE_ORDERS } };
    struct world *w = world_open_with(state, all_reviewed());
    struct buyer b = world_guest(w, 1, 0);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 1 });
    id order_id = t->place.plan.order.order_id;
    person_decides(w, order_id, true);
    struct one_order o = world_order(w, t->cx, order_id);
    struct checkout_said said = { .state = PAY_STATE_AUTHORIZED,
        .open_minor = o.payment.amount.minor };
    struct checkout_state s = { .payment_id = o.payment.payment_id, .said = &said, .review = true };
    for (size_t i = 0; i < COUNT(agains); i++) {
        struct step_again a = { .w = w, .saga = { .saga_id = order_id, .state = &s } };
        for (size_t k = 0; k < checkout_saga.steps_n; k++)
            if (str_eq(str_from_c(checkout_saga.steps[k].name), str_from_c(agains[i].step)))
                a.step = &checkout_saga.steps[k];
        CASE(agains[i].step, world_write(w, agains[i].place, step_again, &a) == NULL);
        o = world_order(w, t->cx, order_id);
        CASE_INT(agains[i].step, o.order.status, ORDERS_CONFIRMED);
        CASE_STR(agains[i].step, o.order.payment_status, S("captured"));
        CASE_INT(agains[i].step, o.payment.status, PAYMENTS_CAPTURED);
        CASE(agains[i].step, o.payment.kept);
    }
    world_done(t->cx);
    world_agrees(w, "taken up behind", 2 * STOCK);
    world_close(w);
}

/* ---- every call of the provider fails once ---- */

static void story(struct world *w, bool allow)
{
    struct buyer b = world_guest(w, 2, 1);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 3 });
    id order_id = t->place.plan.order.order_id;
    world_done(t->cx);
    world_settle(w, AWAY_MS);
    person_decides(w, order_id, allow);
    world_settle(w, AWAY_MS);
}

static void test_every_call_fails_once(void **state)
{
    struct world *w = world_open_with(state, all_reviewed());
    for (int allow = 0; allow < 2; allow++)
        for (int fault = FAULT_NONE; fault < FAULTS_N; fault++) {
            w->fired = true;
            for (int n = 1; w->fired; n++) { /* until a whole run meets no fault */
                char name[128];
                (void)snprintf(name, sizeof name, "%s, %s of call %d", allow ? "allowed" : "denied",
                    fault_names[fault], n);
                w->fault = (enum fault)fault;
                w->fault_at = n;
                w->calls = 0;
                w->fired = false;
                story(w, allow);
                world_agrees(w, name, 2 * STOCK);
            }
        }
    struct ledger l = world_ledger(w);
    CHECK(l.confirmed > 0 && l.cancelled > 0);
    CHECK_INT(l.missing, 0);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_denied),
        WORLD_TEST(test_reviews),
        WORLD_TEST(test_woken_early),
        WORLD_TEST(test_heard_late),
        WORLD_TEST(test_taken_up_behind),
        WORLD_TEST(test_every_call_fails_once),
    };
    return cmocka_run_group_tests_name("checkout_fraud", tests, NULL, NULL);
}
