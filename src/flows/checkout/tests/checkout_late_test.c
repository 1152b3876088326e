/* SPDX-License-Identifier: Apache-2.0
 * Orders that go on while somebody else is at them: staff at the provider, a guest who signs in, a
 * buyer who is forgotten, a run that comes back late. Stock, money and books agree after each. */
#include "flows/checkout/tests/checkout_books.h"
#include "platform/secret/secret.h"

static const struct buyer ada = { .user = true };

static id place(struct world *w, struct wanted in)
{
    struct told *t = world_place(w, in);
    CHECK(!t->place.failed);
    id order_id = t->place.plan.order.order_id;
    world_done(t->cx);
    return order_id;
}

static err unit_credit(void *arg, struct cx *cx)
{
    struct world *w = arg;
    const struct ledger_entry entries[] = { { { .kind = LEDGER_LOSS }, 100000 },
        { { LEDGER_WALLET, w->user_id }, -100000 } };
    return ledger_post(w->ledger, cx,
        &(struct ledger_posting){ .posting_id = cx_id(cx),
            .kind = S("gift"),
            .reference = w->user_id,
            .currency = USD,
            .entries = entries,
            .n = COUNT(entries) });
}

/* What the provider says of a payment by itself. */
struct hearing {
    struct world *w;
    id payment_id;
    struct pay_result told;
};
static err unit_hear(void *arg, struct cx *cx)
{
    struct hearing *h = arg;
    struct payments_payment p;
    return payments_hear(h->w->payments, cx, h->payment_id, &h->told, &p);
}

/* ---- a buyer who is forgotten ---- */
static err unit_forget(void *arg, struct cx *cx)
{
    const struct db_query *const *erase = payments_service.person->erase;
    struct world *w = arg;
    while (*erase && strcmp((*erase)->name, "payments.erase_cards") != 0)
        erase++;
    return db_exec(world_db(w, PLACE_MONEY), cx, *erase, &w->user_id, NULL);
}

static void test_forgotten(void **state)
{
    struct world *w = world_open(state);
    (void)world_write(w, PLACE_BOOKS, unit_credit, w);
    id order_id = place(w, (struct wanted){ .buyer = &ada, .wallet = true, .red = 1, .units = 1 });
    (void)world_write(w, PLACE_MONEY, unit_forget, w);
    CHECK(world_end(w, &ada, order_id, CHECKOUT_GOODWILL, "1.00") == NULL);
    w->given_minor = 100;
    world_agrees(w, "goodwill", 2 * STOCK);
    CHECK(world_cancel(w, &ada, order_id) == NULL);
    w->given_minor = 0;
    world_agrees(w, "cancelled", 2 * STOCK);
    world_close(w);
}

/* ---- staff at the provider ---- */
/* They gave `minor` back in the provider's own pages, and we were told, or not yet. */
static void give_back_there(struct world *w, id order_id, int64_t minor, bool told)
{
    struct cx *cx = world_cx(w);
    struct one_order o = world_order(w, cx, order_id);
    struct hearing h = { .w = w, .payment_id = o.payment.payment_id };
    CHECK_ERR(cx,
        w->sandbox.refund(w->sandbox.self, cx, id_text(cx->arena, cx_id(cx)),
            o.payment.provider_ref, money_of(minor, USD), &h.told),
        NULL);
    if (told)
        CHECK(world_write(w, PLACE_MONEY, unit_hear, &h) == NULL);
    world_done(cx);
}

static void test_given_back_there(void **state)
{
    static const struct there_row {
        const char *name;
        int64_t minor;
        const char *before; /* given back by us before that, NULL: nothing */
        bool untold;
    } rows[] = { { "a part", 500, NULL }, { "a part, after a part", 500, "3.00" },
        { "all", 2230 + 599, NULL }, { "a part, untold", 500, "3.00", true },
        { "all, untold", 2230 + 599, NULL, true } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct there_row *r = &rows[i];
        struct world *w = world_open(state);
        id order_id = place(
            w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .red = 1, .units = 1 });
        if (r->before)
            CASE(r->name, world_end(w, &ada, order_id, CHECKOUT_GOODWILL, r->before) == NULL);
        int64_t live = pay_sandbox_live_minor(&w->sandbox);
        give_back_there(w, order_id, r->minor < live ? r->minor : live, !r->untold);
        CASE(r->name, world_cancel(w, &ada, order_id) == NULL);
        CASE_INT(r->name, world_status(w, order_id), ORDERS_CANCELLED);
        CASE_INT(r->name, pay_sandbox_live_minor(&w->sandbox), 0);
        world_agrees(w, r->name, 2 * STOCK);
        world_close(w);
    }
}

/* ---- a run that comes back late ---- */
static err unit_process(void *arg, struct cx *cx)
{
    struct one_order *o = arg;
    return orders_move(
        o->w->orders, cx, (struct orders_move){ .order_id = o->order_id, .to = ORDERS_PROCESSING });
}

/* The unit that confirmed the order is there, the one that would have said so in the saga's row, in
 * another database, is not, and a seller was faster than the next run. */
static void test_seller_was_faster(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    struct one_order o = { .w = w };
    o.order_id = place(w, (struct wanted){ .buyer = &b, .card = "pm_card_3ds", .units = 1 });
    store_script(w->stores[PLACE_MAIN], "CREATE TABLE saga_before AS SELECT * FROM saga_live");
    world_answer_bank(w, o.order_id, true);
    CHECK(world_write(w, PLACE_ORDERS, unit_process, &o) == NULL);
    store_script(w->stores[PLACE_MAIN],
        "INSERT INTO saga_live SELECT * FROM saga_before;"
        "UPDATE idem_claim SET status = NULL, body = NULL");
    world_settle(w, 20 * 60 * 1000);
    CHECK_INT((int64_t)world_ledger(w).sagas, 0);
    CHECK_INT(world_status(w, o.order_id), ORDERS_PROCESSING);
    CHECK(world_cancel(w, &b, o.order_id) == NULL);
    world_agrees(w, "cancelled", 2 * STOCK);
    world_close(w);
}

/* ---- a guest who signs in ---- */
struct guest {
    struct world *w;
    str hash, code;
    id gift_id;
};
static err unit_issue(void *arg, struct cx *cx)
{
    struct guest *g = arg;
    g->gift_id = cx_id(cx);
    const struct payments_gift_card in = { .card_id = g->gift_id, .amount = money_of(500, USD) };
    err e = payments_gift_card_issue(g->w->payments, cx, &in, &g->code);
    g->code = str_dup(g->w->life, g->code);
    return e;
}

static err unit_load(void *arg, struct cx *cx)
{
    struct guest *g = arg;
    const struct ledger_entry entries[] = { { { .kind = LEDGER_LOSS }, 500 },
        { { LEDGER_GIFT_CARD, g->gift_id }, -500 } };
    return ledger_post(g->w->ledger, cx,
        &(struct ledger_posting){ .posting_id = cx_id(cx),
            .kind = S("gift"),
            .reference = g->gift_id,
            .currency = USD,
            .entries = entries,
            .n = COUNT(entries) });
}

static err unit_merge(void *arg, struct cx *cx)
{
    struct guest *g = arg;
    return cart_merge(g->w->cart, cx, g->w->user_id, (struct cart_owner){ .token_hash = g->hash });
}

static err unit_adopt(void *arg, struct cx *cx)
{
    struct guest *g = arg;
    return orders_adopt(g->w->orders, cx, g->hash, g->w->user_id);
}

static const struct signs_row {
    const char *name;
    bool again, approve; /* orders once more before the bank is answered */
    enum orders_status first;
    int64_t in_cart;
} signs_rows[] = {
    { "approved", false, true, ORDERS_CONFIRMED, 0 },
    { "denied", false, false, ORDERS_CANCELLED, 1 },
    { "ordered again, approved", true, true, ORDERS_CANCELLED, 0 },
    { "ordered again, denied", true, false, ORDERS_CANCELLED, 0 },
};

/* While the bank asks: the goods are paid once, and do not stay in the cart then. */
static void check_signs_in(void **state, const struct signs_row *r)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    struct guest g = { .w = w, .hash = secret_sha256_hex(w->life, b.cart_token) };
    CHECK(world_write(w, PLACE_MONEY, unit_issue, &g) == NULL);
    CHECK(world_write(w, PLACE_BOOKS, unit_load, &g) == NULL);
    id order_id = place(w, (struct wanted){ .buyer = &b,
                               .card = "pm_card_3ds",
                               .gift_cards = &g.code,
                               .gift_cards_n = 1,
                               .units = 1 });
    CHECK(world_write(w, PLACE_CART, unit_merge, &g) == NULL);
    CHECK(world_write(w, PLACE_ORDERS, unit_adopt, &g) == NULL);
    if (r->again)
        (void)place(w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .units = 1 });
    world_answer_bank(w, order_id, r->approve);
    world_settle(w, SAGA_LEASE_MS + 1);
    CASE_INT(r->name, world_status(w, order_id), r->first);
    CASE_INT(r->name, world_in_cart(w, &ada), r->in_cart);
    world_agrees(w, r->name, 2 * STOCK);
    clock_fake_advance(&w->clock, CART_CLAIM_MS + 1);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .units = 1 });
    CASE(r->name, t->place.failed == (r->in_cart ? NULL : &CHECKOUT_CART_EMPTY));
    world_done(t->cx);
    world_close(w);
}

static void test_signs_in_at_the_bank(void **state)
{
    for (size_t i = 0; i < COUNT(signs_rows); i++)
        check_signs_in(state, &signs_rows[i]);
}

static struct guest *signing_in;
static void sign_in(struct world *w)
{
    CHECK(world_write(w, PLACE_CART, unit_merge, signing_in) == NULL);
    CHECK(world_write(w, PLACE_ORDERS, unit_adopt, signing_in) == NULL);
}

/* In another tab, while the request that pays is at the provider. */
static void test_signs_in_while_it_is_paid(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    struct guest g = { .w = w, .hash = secret_sha256_hex(w->life, b.cart_token) };
    signing_in = &g;
    w->on_authorize = sign_in;
    id order_id = place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 1 });
    CHECK_INT(world_status(w, order_id), ORDERS_CONFIRMED);
    CHECK_INT(world_in_cart(w, &ada), 0);
    world_agrees(w, "signed in", 2 * STOCK);
    world_close(w);
}

/* ---- what two people have allowed ---- */
static void approved(void *arg, struct cx *cx, err e)
{
    err *ret = arg;
    (void)cx;
    *ret = e;
}

static err unit_prune(void *arg, struct cx *cx)
{
    bool more;
    return idem_jobs[0].fn(arg, cx, &more);
}

/* It happens once, also when it is allowed again days later. */
static void test_allowed_again(void **state)
{
    struct world *w = world_open(state);
    id order_id =
        place(w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .red = 1, .units = 1 });
    int64_t before = pay_sandbox_live_minor(&w->sandbox);
    struct idem_keeper keeper = { .db = world_db(w, PLACE_MAIN) };
    id approval_id = { { 7 } };
    for (int i = 0; i < 3; i++) {
        struct cx *cx = world_cx(w);
        err said = &ERR_BUG;
        checkout_refund_approved(w->c, cx,
            (struct checkout_approved){ .approval_id = approval_id,
                .order_id = order_id,
                .amount = S("5.00"),
                .reason = S("late"),
                .done = approved,
                .arg = &said });
        CHECK_ERR(cx, said, NULL);
        world_done(cx);
        CHECK_INT(pay_sandbox_live_minor(&w->sandbox), before - 500);
        clock_fake_advance(&w->clock, 2 * DAY_MS);
        CHECK(world_write(w, PLACE_MAIN, unit_prune, &keeper) == NULL);
    }
    w->given_minor = 500;
    world_agrees(w, "allowed again", 2 * STOCK);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_forgotten),
        WORLD_TEST(test_given_back_there), WORLD_TEST_ON(test_seller_was_faster, 1, "SQLite apart"),
        WORLD_TEST_ON(test_seller_was_faster, 3, "PostgreSQL apart"),
        WORLD_TEST(test_signs_in_at_the_bank), WORLD_TEST(test_signs_in_while_it_is_paid),
        WORLD_TEST(test_allowed_again) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
