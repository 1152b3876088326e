/* SPDX-License-Identifier: Apache-2.0
 * Orders that are paid in parts, at a discount, and given back in parts: after each story the
 * provider, the ledger, the payments, gift cards, wallets and coupons must agree. */
#include "flows/checkout/tests/checkout_books.h"

/* ---- a world with money in it ---- */

#define CODE S("TENOFF")
#define ONCE S("ONCE")

static err add_promotions(void *arg, struct cx *cx)
{
    struct world *w = arg;
    static const struct promotions_promotion rows[] = {
        { .kind = PROMOTIONS_PERCENTAGE,
            .code = S_INIT("TENOFF"),
            .name = S_INIT("Ten off"),
            .percent_bp = 1000,
            .uses_max = 1000000 },
        { .kind = PROMOTIONS_AMOUNT,
            .code = S_INIT("ONCE"),
            .name = S_INIT("Once"),
            .amount_minor = 500,
            .uses_max = 1 },
    };
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(rows); i++) {
        struct promotions_promotion made;
        e = promotions_put(w->promotions, cx, &rows[i], &made);
    }
    return e;
}

struct card {
    struct world *w;
    id card_id;
    str code;
    int64_t minor;
};
static err issue(void *arg, struct cx *cx)
{
    struct card *card = arg;
    card->card_id = cx_id(cx);
    const struct payments_gift_card in = { .card_id = card->card_id,
        .amount = money_of(card->minor, USD) };
    err e = payments_gift_card_issue(card->w->payments, cx, &in, &card->code);
    card->code = str_dup(card->w->life, card->code);
    return e;
}

static struct card gift_card(struct world *w, int64_t minor)
{
    struct card card = { .w = w, .minor = minor };
    (void)world_write(w, PLACE_MONEY, issue, &card);
    struct world_credit in = { .w = w, .to = { LEDGER_GIFT_CARD, card.card_id }, .minor = minor };
    (void)world_write(w, PLACE_BOOKS, world_post_credit, &in);
    return card;
}

static err read_balance(void *arg, struct cx *cx)
{
    struct world_credit *in = arg;
    return ledger_balance(in->w->ledger, cx, in->to, USD, &in->minor, &in->available);
}

/* What is there; nothing of it may be held. */
static int64_t balance(struct world *w, enum ledger_kind kind, id owner)
{
    struct cx *cx = world_cx(w);
    struct world_credit in = { .w = w, .to = { kind, owner } };
    CHECK_ERR(cx, db_read(cx, read_balance, &in), NULL);
    CHECK_INT(in.available, in.minor);
    world_done(cx);
    return in.minor;
}

static struct world *rich_world(void **state)
{
    struct world *w = world_open(state);
    (void)world_write(w, PLACE_CART, add_promotions, w);
    return w;
}

static const struct buyer ada = { .user = true };

/* ---- who pays what ---- */

static const struct tender_row {
    const char *name;
    int64_t gift, other_gift, wallet; /* what is on them; 0: none is given */
    const char *card;
    err want;
    int64_t paid_gift, paid_other, paid_wallet, paid_card; /* of 2 lamps: see TOTAL */
} tender_rows[] = {
#define TOTAL 4463 /* 2 x 21.00, tax of Illinois 2.63; delivery is free above 35.00 */
    { "card alone", 0, 0, 0, "pm_card_visa", NULL, 0, 0, 0, TOTAL },
    { "part of it by gift card", 1000, 0, 0, "pm_card_visa", NULL, 1000, 0, 0, TOTAL - 1000 },
    { "gift card with more than enough", 9000, 0, 0, NULL, NULL, TOTAL, 0, 0, 0 },
    { "gift card to the cent", TOTAL, 0, 0, NULL, NULL, TOTAL, 0, 0, 0 },
    { "two gift cards, then the card", 700, 300, 0, "pm_card_visa", NULL, 700, 300, 0,
        TOTAL - 1000 },
    { "wallet and card", 0, 0, 1234, "pm_card_visa", NULL, 0, 0, 1234, TOTAL - 1234 },
    { "gift card, wallet, card", 1001, 0, 1003, "pm_card_visa", NULL, 1001, 0, 1003, TOTAL - 2004 },
    { "gift card and wallet alone", 4000, 0, 4000, NULL, NULL, 4000, 0, TOTAL - 4000, 0 },
    { "gift card, and no way to pay the rest", 1000, 0, 0, NULL, &CHECKOUT_PAYMENT_TYPE, 0, 0, 0,
        0 },
    { "gift card and a declined card", 1000, 0, 500, "pm_card_declined", &PAYMENTS_DECLINED, 0, 0,
        0, 0 },
};

static void test_who_pays_what(void **state)
{
    struct world *w = rich_world(state);
    for (size_t i = 0; i < COUNT(tender_rows); i++) {
        const struct tender_row *r = &tender_rows[i];
        struct card cards[2] = { gift_card(w, r->gift ? r->gift : 1),
            gift_card(w, r->other_gift ? r->other_gift : 1) };
        const str codes[] = { cards[0].code, cards[1].code };
        if (r->wallet)
            world_fill_wallet(w, r->wallet);
        int64_t wallet = balance(w, LEDGER_WALLET, w->user_id);
        int64_t live = pay_sandbox_live_minor(&w->sandbox);
        struct told *t = world_place(w, (struct wanted){ .buyer = &ada,
                                            .card = r->card ? r->card : "",
                                            .gift_cards = codes,
                                            .gift_cards_n = r->other_gift ? 2
                                                            : r->gift     ? 1
                                                                          : 0,
                                            .wallet = r->wallet > 0,
                                            .red = 2,
                                            .units = 2 });
        CASE(r->name, t->place.failed == r->want);
        CASE_INT(
            r->name, balance(w, LEDGER_GIFT_CARD, cards[0].card_id), cards[0].minor - r->paid_gift);
        CASE_INT(r->name, balance(w, LEDGER_GIFT_CARD, cards[1].card_id),
            cards[1].minor - r->paid_other);
        CASE_INT(r->name, balance(w, LEDGER_WALLET, w->user_id), wallet - r->paid_wallet);
        CASE_INT(r->name, pay_sandbox_live_minor(&w->sandbox) - live, r->paid_card);
        world_done(t->cx);
        world_agrees(w, r->name, 2 * STOCK);
        if (wallet > r->paid_wallet) { /* each row with a wallet of its own */
            struct told *rest = world_place(w,
                (struct wanted){
                    .buyer = &ada, .card = "pm_card_visa", .wallet = true, .red = 4, .units = 4 });
            CASE(r->name, !rest->place.failed);
            world_done(rest->cx);
        }
    }
    world_close(w);
}

/* ---- given back ---- */

enum back { BACK_CANCEL, BACK_RETURN, BACK_SOME, BACK_SOME_THEN_CANCEL, BACKS_N };
static const char *const back_names[BACKS_N] = { "cancelled", "returned", "some given back",
    "some given back, then cancelled" };

/* The parcel's way, which the shop's staff tells. */
static err deliver(void *arg, struct cx *cx)
{
    struct one_order *o = arg;
    static const enum orders_status way[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED,
        ORDERS_RETURN_REQUESTED };
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(way); i++)
        e = orders_move(
            o->w->orders, cx, (struct orders_move){ .order_id = o->order_id, .to = way[i] });
    return e;
}

static void give(struct world *w, id order_id, const char *amount, int64_t minor)
{
    struct cx *cx = world_cx(w);
    CHECK_ERR(cx, world_end(w, &ada, order_id, CHECKOUT_GOODWILL, amount), NULL);
    w->given_minor += minor;
    world_done(cx);
}

static void give_back(struct world *w, enum back back, id order_id)
{
    struct one_order o = { .w = w, .order_id = order_id };
    struct cx *cx = world_cx(w);
    if (back == BACK_RETURN) {
        (void)world_write(w, PLACE_ORDERS, deliver, &o);
        CHECK_ERR(cx, world_end(w, &ada, order_id, CHECKOUT_RETURNED, NULL), NULL);
    }
    if (back == BACK_SOME || back == BACK_SOME_THEN_CANCEL) {
        give(w, order_id, "0.01", 1);
        if (!w->fault) /* while one of them is on its way nothing else is taken up */
            give(w, order_id, "13.37", 1337);
    }
    if (back == BACK_SOME_THEN_CANCEL) {
        world_settle(w, SAGA_LEASE_MS + 1);
        w->given_minor -= w->fault ? 1 : 1338;
    }
    if (back == BACK_CANCEL || back == BACK_SOME_THEN_CANCEL)
        CHECK_ERR(cx, world_cancel(w, &ada, order_id), NULL);
    world_done(cx);
}

static const struct paid_row {
    const char *name;
    int64_t gift, wallet;
    bool coupon;
} paid_rows[] = {
    { "card", 0, 0, false },
    { "card and gift card", 1700, 0, false },
    { "card, gift card and wallet, at a discount", 1111, 777, true },
    { "gift card", 10000, 0, true },
};

/* Whole money back to each tender; of goodwill the provider's, the card's and the wallet's parts
 * come to the amount. */
static void test_given_back(void **state)
{
    struct world *w = rich_world(state);
    const str coupon[] = { CODE };
    for (size_t i = 0; i < COUNT(paid_rows); i++)
        for (int back = 0; back < BACKS_N; back++) {
            const struct paid_row *r = &paid_rows[i];
            char name[128];
            (void)snprintf(name, sizeof name, "%s, %s", r->name, back_names[back]);
            struct card card = gift_card(w, r->gift ? r->gift : 1);
            if (r->wallet)
                world_fill_wallet(w, r->wallet);
            int64_t wallet = balance(w, LEDGER_WALLET, w->user_id);
            int64_t live = pay_sandbox_live_minor(&w->sandbox);
            struct told *t = world_place(w, (struct wanted){ .buyer = &ada,
                                                .card = "pm_card_visa",
                                                .coupons = coupon,
                                                .coupons_n = r->coupon ? 1 : 0,
                                                .gift_cards = &card.code,
                                                .gift_cards_n = r->gift ? 1 : 0,
                                                .wallet = r->wallet > 0,
                                                .red = 2,
                                                .units = 2 });
            id order_id = t->place.plan.order.order_id;
            int64_t total = t->place.plan.order.total.minor;
            CASE(name, !t->place.failed);
            world_done(t->cx);
            world_agrees(w, name, 2 * STOCK);
            give_back(w, (enum back)back, order_id);
            world_agrees(w, name, 2 * STOCK);
            int64_t out = card.minor - balance(w, LEDGER_GIFT_CARD, card.card_id) + wallet -
                          balance(w, LEDGER_WALLET, w->user_id) +
                          pay_sandbox_live_minor(&w->sandbox) - live;
            CASE_INT(name, out, back == BACK_SOME ? total - 1338 : 0);
        }
    world_close(w);
}

static const struct too_much_row {
    const char *name, *amount;
    err want;
} too_much_rows[] = {
    { "a cent too much", "44.64", &PAYMENTS_AMOUNT_TOO_LARGE },
    { "nothing", "0.00", &ERR_INVALID },
    { "less than nothing", "-1.00", &ERR_INVALID },
    { "no amount", "all of it", &ERR_INVALID },
    { "all", "44.63", NULL },
    { "a cent after all", "0.01", &PAYMENTS_AMOUNT_TOO_LARGE },
};

static void test_never_more_than_was_paid(void **state)
{
    struct world *w = rich_world(state);
    struct told *t = world_place(
        w, (struct wanted){ .buyer = &ada, .card = "pm_card_visa", .red = 2, .units = 2 });
    id order_id = t->place.plan.order.order_id;
    world_done(t->cx);
    for (size_t i = 0; i < COUNT(too_much_rows); i++) {
        const struct too_much_row *r = &too_much_rows[i];
        CASE(r->name, world_end(w, &ada, order_id, CHECKOUT_GOODWILL, r->amount) == r->want);
        if (!r->want)
            w->given_minor += TOTAL;
        world_agrees(w, r->name, 2 * STOCK);
    }
    CHECK(world_cancel(w, &ada, order_id) == NULL); /* nothing is left to give back */
    w->given_minor = 0;
    world_agrees(w, "cancelled after all was given back", 2 * STOCK);
    world_close(w);
}

/* Every call fails once, in every manner, while money goes back. */
static void test_every_call_back_fails_once(void **state)
{
    struct world *w = rich_world(state);
    const str coupon[] = { CODE };
    for (int back = 0; back < BACKS_N; back++)
        for (int fault = FAULT_NONE; fault < FAULTS_N; fault++) {
            bool fired = true;
            for (int n = 1; fired; n++) {
                char name[128];
                (void)snprintf(name, sizeof name, "%s, %s of call %d", back_names[back],
                    fault_names[fault], n);
                struct card card = gift_card(w, 1500);
                struct told *t = world_place(w, (struct wanted){ .buyer = &ada,
                                                    .card = "pm_card_visa",
                                                    .coupons = coupon,
                                                    .coupons_n = 1,
                                                    .gift_cards = &card.code,
                                                    .gift_cards_n = 1,
                                                    .red = 2,
                                                    .units = 2 });
                id order_id = t->place.plan.order.order_id;
                CASE(name, !t->place.failed);
                world_done(t->cx);
                w->fault = (enum fault)fault;
                w->fault_at = n;
                w->calls = 0;
                w->fired = false;
                if (fault != FAULT_NONE || n == 1)
                    give_back(w, (enum back)back, order_id);
                fired = w->fired;
                w->fault = FAULT_NONE;
                world_settle(w, SAGA_LEASE_MS + 1);
                world_agrees(w, name, 2 * STOCK);
            }
        }
    world_close(w);
}

/* ---- coupons ---- */

struct code_in {
    struct world *w;
    struct cart_owner owner;
    str code;
};
static err enter_code(void *arg, struct cx *cx)
{
    struct code_in *in = arg;
    str token = { 0 };
    return cart_code_add(in->w->cart, cx, in->owner, in->code, &token);
}

static void enter(struct world *w, const struct buyer *b, str code)
{
    struct code_in in = { .w = w, .owner = { .token = b->cart_token }, .code = code };
    (void)world_write(w, PLACE_CART, enter_code, &in);
}

static const struct coupon_row {
    const char *name, *in_cart, *in_body;
    bool compared;
    err want;
    int64_t discount;
} coupon_rows[] = {
    { "none", NULL, NULL, false, NULL, 0 },
    { "in the cart", "TENOFF", NULL, false, NULL, 420 },
    { "in the request", NULL, "tenoff", false, NULL, 420 },
    { "in both counts once", "TENOFF", "tenoff", false, NULL, 420 },
    { "unknown in the request", NULL, "NOPE", false, &PROMOTIONS_UNKNOWN, 0 },
    { "unknown in the request, sum compared", NULL, "NOPE", true, &PROMOTIONS_UNKNOWN, 0 },
    { "unknown in the cart", "NOPE", NULL, false, &PROMOTIONS_UNKNOWN, 0 },
    { "unknown in the cart, sum compared", "NOPE", NULL, true, NULL, 0 },
    { "single use", "ONCE", NULL, false, NULL, 500 },
    { "single use, used", "ONCE", NULL, false, &PROMOTIONS_EXHAUSTED, 0 },
    { "single use, used, in the request", NULL, "ONCE", true, &PROMOTIONS_EXHAUSTED, 0 },
};

static void test_coupons(void **state)
{
    struct world *w = rich_world(state);
    for (size_t i = 0; i < COUNT(coupon_rows); i++) {
        const struct coupon_row *r = &coupon_rows[i];
        struct buyer b = world_guest(w, 2, 0);
        str body = str_from_c(r->in_body);
        if (r->in_cart)
            enter(w, &b, str_from_c(r->in_cart));
        struct told *t = world_place(w, (struct wanted){ .buyer = &b,
                                            .card = "pm_card_visa",
                                            .coupons = &body,
                                            .coupons_n = r->in_body ? 1 : 0,
                                            .accept_prices = r->compared,
                                            .units = 2 });
        CASE(r->name, t->place.failed == r->want);
        if (!r->want) {
            struct one_order o = world_order(w, t->cx, t->place.plan.order.order_id);
            CASE_INT(r->name, o.order.discount.minor, r->discount);
            CASE_INT(r->name, o.payment.captured_minor, o.order.total.minor);
            CASE(r->name, (o.order.promotions.n > 0) == (r->discount > 0));
        }
        world_done(t->cx);
        world_agrees(w, r->name, 2 * STOCK);
    }
    world_close(w);
}

/* A single use comes back with a declined card and with a cancelled order, and only then. */
static void test_a_use_comes_back(void **state)
{
    static const struct {
        const char *name, *card;
        bool cancel;
        err want;
    } rows[] = {
        { "declined", "pm_card_declined", false, &PAYMENTS_DECLINED },
        { "bought, cancelled", "pm_card_visa", true, NULL },
        { "bought", "pm_card_visa", false, NULL },
        { "again", "pm_card_visa", false, &PROMOTIONS_EXHAUSTED },
    };
    struct world *w = rich_world(state);
    const str once[] = { ONCE };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct told *t = world_place(w, (struct wanted){ .buyer = &ada,
                                            .card = rows[i].card,
                                            .coupons = once,
                                            .coupons_n = 1,
                                            .red = 2,
                                            .units = 2 });
        id order_id = t->place.plan.order.order_id;
        CASE(rows[i].name, t->place.failed == rows[i].want);
        world_done(t->cx);
        if (rows[i].cancel)
            CASE(rows[i].name, world_cancel(w, &ada, order_id) == NULL);
        world_agrees(w, rows[i].name, 2 * STOCK);
    }
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_who_pays_what), WORLD_TEST(test_given_back),
        WORLD_TEST(test_never_more_than_was_paid), WORLD_TEST(test_every_call_back_fails_once),
        WORLD_TEST(test_coupons), WORLD_TEST(test_a_use_comes_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
