/* SPDX-License-Identifier: Apache-2.0
 * A refund that came back, on both engines: the payment, the books, the order, once each, whoever
 * is told how often and dies where. Run by `./dev test till`. */
#include "base/instant.h"
#include "flows/till/tests/till_world.h"

/* A placed order whose whole refund the provider has done. */
struct scene {
    struct world *w;
    struct orders *orders;
    struct ledger *ledger;
    struct payments_payment p;
    struct payments_deed deed;
    bool guest, unsold, unanswered; /* the sale is in no book; the refund has no answer on record */
    /* as it is now */
    struct ledger_posting *postings;
    size_t postings_n, history_n;
    struct orders_event *history;
    size_t faults;
};

static err unit_place(void *arg, struct cx *cx)
{
    struct scene *s = arg;
    str number;
    money price = money_of(PRICE, USD), zero = money_of(0, USD);
    struct orders_line line = { .order_item_id = cx_id(cx),
        .product_id = cx_id(cx),
        .variant_id = cx_id(cx),
        .title = S("Lamp"),
        .sku = S("LAMP"),
        .quantity = 1,
        .price = price,
        .subtotal = price,
        .tax = zero };
    return orders_place(s->orders, cx,
        &(struct orders_order){ .order_id = s->p.order_id,
            .user_id = s->guest ? (id){ { 0 } } : s->p.payment_id,
            .cart_hash = s->guest ? S("cart") : (str){ 0 },
            .email = S("ada@example.org"),
            .subtotal = price,
            .tax = zero,
            .shipping = zero,
            .discount = zero,
            .total = price,
            .address = { .name = S("Ada"),
                .line1 = S("1 Main St"),
                .city = S("Springfield"),
                .region = S("IL"),
                .postal_code = S("62701"),
                .country = S("US") },
            .speed = S("standard"),
            .lines = &line,
            .lines_n = 1 },
        &number);
}

static err post(struct scene *s, struct cx *cx, id posting_id, str kind, int64_t sign)
{
    const struct ledger_entry entries[] = {
        { { .kind = LEDGER_PROVIDER }, sign * PRICE },
        { { .kind = sign > 0 ? LEDGER_SALES : LEDGER_REFUND }, -sign * PRICE },
    };
    return ledger_post(s->ledger, cx,
        &(struct ledger_posting){ .posting_id = posting_id,
            .kind = kind,
            .reference = s->p.order_id,
            .currency = USD,
            .entries = entries,
            .n = COUNT(entries) });
}

static err unit_sold(void *arg, struct cx *cx)
{
    struct scene *s = arg;
    struct payments_deed deed;
    err e = s->unsold ? NULL : post(s, cx, s->p.order_id, S("sale"), 1);
    if (!e && !s->unsold)
        e = post(s, cx, cx_id(cx), S("refund"), -1);
    if (!e)
        e = payments_deed_start(s->w->payments, cx, &s->deed, &deed);
    return e;
}

static err unit_answer(void *arg, struct cx *cx)
{
    struct scene *s = arg;
    struct pay_result back = {
        .state = PAY_STATE_REFUNDED, .captured_minor = PRICE, .refunded_minor = PRICE
    };
    err e = payments_deed_answer(s->w->payments, cx, s->deed.deed_id, &back, &s->p);
    return e ? e : payments_keep(s->w->payments, cx, s->p.order_id, false);
}

static void write_now(struct scene *s, db_work *fn)
{
    CHECK_ERR(s->w->cx, db_write_wait(store_db(s->w->store), s->w->cx, 0, fn, s), NULL);
}

static struct scene scene_open(void **state, struct scene in)
{
    struct scene s = in;
    struct pay_result r;
    struct world *w = s.w = world_open(state);
    struct db *db = store_db(w->store);
    s.orders = orders_open(w->life, (struct orders_deps){ .db = db });
    s.ledger = ledger_open(w->life, (struct ledger_deps){ .db = db });
    w->till = till_open(w->life, (struct till_deps){ .db = db,
                                     .payments = w->payments,
                                     .pay = &w->pay,
                                     .sagas = w->sagas,
                                     .orders = s.orders,
                                     .db_orders = db,
                                     .ledger = s.ledger,
                                     .db_ledger = db,
                                     .clock = &w->clock });
    s.p =
        world_payment(w, (struct wanted){ .token = "pm_card_visa", .capture = true, .kept = true });
    s.deed = (struct payments_deed){ .deed_id = cx_id(w->cx),
        .payment_id = s.p.payment_id,
        .kind = PAYMENTS_REFUND,
        .amount = money_of(PRICE, USD),
        .reason = S("cancel") };
    write_now(&s, unit_place);
    write_now(&s, unit_sold);
    CHECK_ERR(w->cx,
        w->sandbox.refund(w->sandbox.self, w->cx, id_text(w->life, s.deed.deed_id),
            s.p.provider_ref, money_of(PRICE, USD), &r),
        NULL);
    if (!s.unanswered)
        write_now(&s, unit_answer);
    world_wait(w, 3 * DAY_MS);
    CHECK_ERR(
        w->cx, pay_sandbox_return(&w->sandbox, w->cx, id_text(w->life, s.deed.deed_id)), NULL);
    return s;
}

/* ---- telling and looking ---- */

struct telling {
    struct scene *s;
    struct sandbox_webhook hook;
};
static err unit_receive(void *arg, struct cx *cx)
{
    struct telling *t = arg;
    struct payments_webhook hook;
    bool is_new;
    return payments_webhook_receive(
        t->s->w->payments, cx, &t->s->w->sandbox, t->hook.signature, t->hook.body, &hook, &is_new);
}

/* The provider's last fact; settled: it is done. */
static void told(struct scene *s, bool settled)
{
    struct world *w = s->w;
    size_t n = 0;
    struct telling t = { s, pay_sandbox_webhook(&w->sandbox, w->cx,
                                pay_sandbox_events(&w->sandbox) - 1, w->cx->now_ms) };
    CHECK_ERR(w->cx, db_write_wait(store_db(w->store), w->cx, 0, unit_receive, &t), NULL);
    CHECK_ERR(w->cx, till_settle(w->till, w->cx, &n), NULL);
    world_wait(w, HOUR_MS);
    CHECK_ERR(w->cx, till_settle(w->till, w->cx, &n), NULL);
    CHECK(settled == (n == 0));
}

static err read_now(void *arg, struct cx *cx)
{
    struct scene *s = arg;
    err e = ledger_of(s->ledger, cx, s->p.order_id, &s->postings, &s->postings_n);
    if (!e)
        e = ledger_check(s->ledger, cx, &s->faults);
    if (!e)
        e = orders_history(s->orders, cx, s->p.order_id, &s->history, &s->history_n);
    return e;
}

static int64_t sum_of(const struct scene *s, enum ledger_kind kind, id owner)
{
    int64_t minor = 0;
    for (size_t i = 0; i < s->postings_n; i++)
        for (size_t k = 0; k < s->postings[i].n; k++)
            if (s->postings[i].entries[k].account.kind == kind &&
                id_eq(s->postings[i].entries[k].account.owner, owner))
                minor += s->postings[i].entries[k].minor;
    return minor;
}

/* postings: of the comeback; failures: rows of the history. */
static void check_now(struct scene *s, size_t postings, size_t failures)
{
    size_t returned = 0, failed = 0;
    CHECK_ERR(s->w->cx, db_read(s->w->cx, read_now, s), NULL);
    for (size_t i = 0; i < s->postings_n; i++)
        if (str_eq(s->postings[i].kind, S(LEDGER_RETURNED))) {
            returned++;
            CHECK(id_ms(s->postings[i].posting_id) > s->w->cx->now_ms - DAY_MS);
        }
    for (size_t i = 0; i < s->history_n; i++)
        failed += !id_is_none(s->history[i].refund_id);
    CHECK_INT((int64_t)returned, (int64_t)postings);
    CHECK_INT((int64_t)failed, (int64_t)failures);
    CHECK_INT((int64_t)s->faults, 0);
}

static int64_t differences(struct scene *s)
{
    size_t n = 99;
    CHECK_ERR(s->w->cx, till_reconcile(s->w->till, s->w->cx, 24 * 7, &n), NULL);
    return (int64_t)n;
}

/* ---- tests ---- */

/* The money is at the provider and owed, and stays so: no sweep gives it back past the books. */
static void it_is_owed_once(void **state)
{
    for (int guest = 0; guest < 2; guest++) {
        struct scene s = scene_open(state, (struct scene){ .guest = guest });
        id buyer = guest ? s.p.order_id : s.p.payment_id, shop = { { 0 } };
        size_t ended = 99;
        CHECK_INT(differences(&s), 2); /* its state, and what went back */
        for (int twice = 0; twice < 2; twice++) {
            told(&s, true);
            check_now(&s, 1, 1);
            CHECK_INT(sum_of(&s, LEDGER_PROVIDER, shop), PRICE);
            CHECK_INT(sum_of(&s, LEDGER_BUYER, buyer), -PRICE);
            CHECK_INT(world_now(s.w, s.p.payment_id).refunded_minor, 0);
            CHECK_INT(differences(&s), 0);
        }
        CHECK_ERR(s.w->cx, till_sweep(s.w->till, s.w->cx, &ended), NULL);
        CHECK_INT((int64_t)ended, 0);
        CHECK_INT(pay_sandbox_live_minor(&s.w->sandbox), PRICE);
        CHECK(world_now(s.w, s.p.payment_id).kept);
        world_close(s.w);
    }
}

/* Money that was in no book is in none afterwards: the sweep gives it back once more. */
static void an_orphan_is_swept_again(void **state)
{
    struct scene s = scene_open(state, (struct scene){ .unsold = true });
    size_t ended = 99;
    told(&s, true);
    check_now(&s, 0, 1);
    CHECK_INT(pay_sandbox_live_minor(&s.w->sandbox), PRICE);
    CHECK_ERR(s.w->cx, till_sweep(s.w->till, s.w->cx, &ended), NULL);
    CHECK_INT((int64_t)ended, 1);
    CHECK_INT(pay_sandbox_live_minor(&s.w->sandbox), 0);
    world_close(s.w);
}

/* Told before the refund's own answer is on record: it waits for that. */
static void not_before_its_answer(void **state)
{
    struct scene s = scene_open(state, (struct scene){ .unanswered = true });
    told(&s, false);
    check_now(&s, 0, 0);
    write_now(&s, unit_answer);
    world_wait(s.w, HOUR_MS);
    told(&s, true);
    check_now(&s, 1, 1);
    CHECK_INT(world_now(s.w, s.p.payment_id).refunded_minor, 0);
    world_close(s.w);
}

static err unit_adopt(void *arg, struct cx *cx)
{
    struct scene *s = arg;
    return orders_adopt(s->orders, cx, S("cart"), s->p.payment_id);
}

/* A guest who registers is owed what the guest was, under the order; another event changes nothing.
 */
static void a_guest_may_register(void **state)
{
    struct scene s = scene_open(state, (struct scene){ .guest = true });
    bool later = true;
    told(&s, true);
    write_now(&s, unit_adopt);
    CHECK_ERR(s.w->cx,
        till_refund_came_back(s.w->till, s.w->cx,
            (struct till_back){ s.p.order_id, s.p.payment_id, s.deed.deed_id }, &later),
        NULL);
    CHECK(!later);
    check_now(&s, 1, 1);
    CHECK_INT(sum_of(&s, LEDGER_BUYER, s.p.order_id), -PRICE);
    world_close(s.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(it_is_owed_once),
        STORE_TEST(an_orphan_is_swept_again),
        STORE_TEST(not_before_its_answer),
        STORE_TEST(a_guest_may_register),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
