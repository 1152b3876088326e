/* SPDX-License-Identifier: Apache-2.0
 * The pages of the checkout as a browser meets them: what is shown, where one is led, what a
 * refused form keeps. Rendered with the real templates. */
#include "flows/checkout/tests/checkout_browser.h"

static void test_first_look(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 2, 1) };
    struct seen seen = { 0 };
    go(&b, &seen, "GET", S("/checkout"), (str){ 0 });
    CHECK_INT(seen.status, 200);
    CHECK(seen.reply.head.plain && seen.reply.head.noindex);
    CHECK(shows(&seen, "name=\"email\""));
    CHECK(shows(&seen, "name=\"postalCode\""));
    CHECK(shows(&seen, "value=\"US\" selected"));
    CHECK(shows(&seen, "value=\"standard\" checked"));
    CHECK(shows(&seen, "value=\"pm_card_visa\" checked"));
    CHECK(shows(&seen, "value=\"pm_card_3ds\""));
    CHECK(shows(&seen, "Colour: Blue"));
    CHECK(shows(&seen, "$42.00"));                     /* two lamps */
    CHECK(shows(&seen, "<dd>$63.00</dd></div></dl>")); /* the total, tax unknown */
    CHECK(shows(&seen, "<dd>from the address</dd>") && shows(&seen, "Total before tax"));
    CHECK(shows(&seen, "name=\"seen\" value=\"63.00\""));
    CHECK(hides(&seen, "acceptPrices"));
    CHECK(hides(&seen, "name=\"addressId\""));

    struct browser nobody = { w, { 0 } };
    go(&nobody, &seen, "GET", S("/checkout"), (str){ 0 });
    CHECK_STR(seen.location, S("/cart"));
    forget(&seen);
    world_close(w);
}

static void test_buying(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 2, 1) }, other = { w, world_guest(w, 1, 0) };
    struct seen seen = { 0 };
    w->pay = w->sandbox;
    send(&b, &seen, (struct fill){ 0 });
    id order_id = led_to(w, &seen, "/thanks", 3);
    CHECK_STR(seen.reply.cookies[0].name, S("souk_n"));
    CHECK_STR(seen.reply.cookies[0].value, S("0"));
    send(&b, &seen, (struct fill){ 0 }); /* sent twice */
    CHECK(id_eq(led_to(w, &seen, "/thanks", 0), order_id));
    w->attempts_n--;
    go_order(&b, &seen, "GET", order_id, "/thanks", "");
    CHECK(shows(&seen, "Thank you, Ada"));
    CHECK(shows(&seen, "confirmation to ada@example.org"));
    CHECK(shows(&seen, "Springfield"));
    CHECK(shows(&seen, "/register?next=%2Forders%2F"));
    CHECK(hides(&seen, "role=\"alert\""));
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "Visa ending in 4242"));
    CHECK(shows(&seen, "Cancel this order"));
    CHECK(shows(&seen, "United States"));
    go_order(&b, &seen, "POST", order_id, "/challenge", "answer=deny"); /* nobody had asked */
    CHECK(str_ends(seen.location, S("/thanks")));
    go_order(&other, &seen, "GET", order_id, "", "");
    CHECK_ERR(seen.cx, seen.e, &ERR_MISSING);
    go_order(&other, &seen, "GET", order_id, "/thanks", "");
    CHECK_ERR(seen.cx, seen.e, &ERR_MISSING);
    go_order(&other, &seen, "POST", order_id, "/cancel", "");
    CHECK_ERR(seen.cx, seen.e, &ERR_MISSING);
    forget(&seen);
    world_agrees(w, "buying", 2 * STOCK);
    world_close(w);
}

static const struct refused_row {
    const char *name;
    struct fill fill;
    int status;
    const char *shown[4];
} refused_rows[] = {
    { "no postal code", { .postal = "" }, 422,
        { "Postal code: needed", "href=\"#f-postalCode\"", "value=\"1 Main St\"",
            "value=\"ada@example.org\"" } },
    { "bad postal code", { .postal = "x" }, 422,
        { "as in 97201", "value=\"x\"", "aria-invalid=\"true\"" } },
    { "no e-mail", { .email = "" }, 422, { "E-mail: needed", "href=\"#f-email\"" } },
    { "bad e-mail", { .email = "ada" }, 422, { "value=\"ada\"" } },
    { "no card", { .card = "" }, 422, { "Choose a card.", "href=\"#payment\"" } },
    { "declined", { .card = "pm_card_declined" }, 402,
        { "The card was declined. Nothing was charged", "value=\"pm_card_declined\" checked",
            "value=\"1 Main St\"", "href=\"#payment\"" } },
};

static void test_refused_forms_keep_what_was_typed(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 2, 1) };
    struct seen seen = { 0 };
    for (size_t i = 0; i < COUNT(refused_rows); i++) {
        const struct refused_row *r = &refused_rows[i];
        send(&b, &seen, r->fill);
        CASE(r->name, seen.e == NULL);
        CASE_INT(r->name, seen.status, r->status);
        CASE(r->name, shows(&seen, "role=\"alert\""));
        CASE(r->name, hides(&seen, "key-of-sixteen-chars")); /* a new key each time */
        for (size_t k = 0; k < COUNT(r->shown) && r->shown[k]; k++)
            CASE(r->name, shows(&seen, r->shown[k]));
    }
    send(&b, &seen, (struct fill){ .card = "pm_card_declined" }); /* the same key and form */
    CHECK_INT(seen.status, 402);
    CHECK(shows(&seen, "The card was declined. Nothing was charged"));
    send(&b, &seen, (struct fill){ 0 }); /* the same key with another card */
    CHECK_INT(seen.status, 409);
    CHECK(shows(&seen, "This form was sent before"));
    send(&b, &seen, (struct fill){ .key = "another-key-of-the-page" });
    (void)led_to(w, &seen, "/thanks", 3);
    forget(&seen);
    world_close(w);
}

/* A buyer whose order waits for a person, then one whose orders are declined. */
static void test_fraud(void **state)
{
    struct fraud_limits limits = world_lenient;
    limits.spend_day_minor = 0;
    limits.declines_hour = 1;
    struct world *w = world_open_with(state, limits);
    struct browser b = { w, world_guest(w, 2, 1) };
    struct seen seen = { 0 };
    send(&b, &seen, (struct fill){ 0 });
    id order_id = led_to(w, &seen, "/thanks", 0);
    go_order(&b, &seen, "GET", order_id, "/thanks", "");
    CHECK(shows(&seen, "We are checking your order"));
    CHECK(shows(&seen, "Nothing is charged until that is done"));
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "Being checked"));
    send(&b, &seen, (struct fill){ 0 }); /* sent again meanwhile */
    CHECK(id_eq(led_to(w, &seen, "/thanks", 0), order_id));
    send(&b, &seen, (struct fill){ .key = "another-key-at-once-16" });
    CHECK_INT(seen.status, 409);
    CHECK(shows(&seen, "Another order of this cart is on its way"));
    clock_fake_advance(&w->clock, CART_CLAIM_MS + 1);

    send(&b, &seen, (struct fill){ .key = "key-of-the-declined-one", .card = "pm_card_declined" });
    CHECK_INT(seen.status, 402);
    for (int i = 0; i < 2; i++) { /* the second is a repeat of the key */
        send(&b, &seen, (struct fill){ .key = "key-of-the-denied-one" });
        CHECK_INT(seen.status, 402);
        CHECK(shows(&seen, "This order cannot be accepted"));
        CHECK(shows(&seen, "Nothing was charged"));
    }
    forget(&seen);
    world_close(w);
}

static err set_price(void *arg, struct cx *cx)
{
    struct world *w = arg;
    const struct pricing_price price = { .product_id = w->lamps[0].product_id,
        .variant_id = w->lamps[0].variant_id,
        .price = money_of(PRICE + 100, USD) };
    return pricing_set(
        w->pricing, cx, (struct pricing_change){ .prices = &price, .n = 1, .silent = true });
}

static err withdraw(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return catalog_product_status(w->catalog, cx, w->lamps[0].product_id, CATALOG_WITHDRAWN);
}

static void test_what_changed_meanwhile(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 2, 0) };
    struct seen seen = { 0 };
    world_put(w, 1);
    send(&b, &seen, (struct fill){ 0 });
    CHECK_INT(seen.status, 409);
    CHECK(shows(&seen, "There is not enough left"));
    CHECK(shows(&seen, "href=\"/cart\">To the cart"));

    struct browser c = { w, world_guest(w, 1, 0) };
    (void)world_write(w, PLACE_MAIN, set_price, w);
    send(&c, &seen, (struct fill){ 0 });
    CHECK_INT(seen.status, 409);
    CHECK(shows(&seen, "A price has changed"));
    CHECK(shows(&seen, "$22.00"));
    CHECK(shows(&seen, "name=\"acceptPrices\" value=\"1\""));
    send(&c, &seen, (struct fill){ .more = "&acceptPrices=1" });
    (void)led_to(w, &seen, "/thanks", 1);

    (void)world_write(w, PLACE_MAIN, withdraw, w);
    go(&b, &seen, "GET", S("/checkout"), (str){ 0 });
    CHECK_STR(seen.location, S("/cart?said=gone"));
    send(&b, &seen, (struct fill){ 0 });
    CHECK_STR(seen.location, S("/cart?said=gone"));
    forget(&seen);
    world_close(w);
}

static err run_saga_job(void *arg, struct cx *cx)
{
    bool more = false;
    return saga_jobs[0].fn(((struct world *)arg)->sagas, cx, &more);
}

/* Who looks at the bank's page in time keeps the stock for ten minutes more; who comes back from a
 * bank of its own is looked at as well. */
static void test_the_buyer_takes_time(void **state)
{
    enum { MINUTE = 60000 };
    static const struct {
        const char *looks; /* at minute 9; NULL: does not */
        enum orders_status status;
    } rows[] = {
        { "/challenge", ORDERS_CONFIRMED },
        { "/return", ORDERS_CONFIRMED },
        { NULL, ORDERS_CANCELLED },
    };
    struct world *w = world_open(state);
    struct seen seen = { 0 };
    w->pay = w->sandbox;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct browser b = { w, world_guest(w, 1, 0) };
        send(&b, &seen, (struct fill){ .card = "pm_card_3ds" });
        id order_id = led_to(w, &seen, "/challenge", 1);
        clock_fake_advance(&w->clock, 9 * MINUTE);
        if (rows[i].looks)
            go_order(&b, &seen, "GET", order_id, rows[i].looks, "");
        clock_fake_advance(&w->clock, 6 * MINUTE);
        (void)world_write(w, PLACE_MAIN, run_saga_job, w);
        CHECK_INT(world_status(w, order_id), rows[i].looks ? ORDERS_PENDING : ORDERS_CANCELLED);
        go_order(&b, &seen, "POST", order_id, "/challenge", "answer=approve");
        CHECK_INT(world_status(w, order_id), rows[i].status);
    }
    forget(&seen);
    world_agrees(w, "taking time", 2 * STOCK);
    world_close(w);
}

static void test_the_bank_asks(void **state)
{
    static const struct {
        const char *answer, *shown;
        enum orders_status status;
    } rows[] = {
        { "answer=approve", "Thank you, Ada", ORDERS_CONFIRMED },
        { "answer=deny", "The payment was declined.", ORDERS_CANCELLED },
    };
    struct world *w = world_open(state);
    struct seen seen = { 0 };
    w->pay = w->sandbox; /* the bank's page speaks to the sandbox itself */
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct browser b = { w, world_guest(w, 1, 0) }, other = { w, world_guest(w, 1, 0) };
        send(&b, &seen, (struct fill){ .card = "pm_card_3ds" });
        id order_id = led_to(w, &seen, "/challenge", 1);
        send(&b, &seen, (struct fill){ .card = "pm_card_3ds" }); /* joins the first */
        CHECK(id_eq(led_to(w, &seen, "/thanks", 0), order_id));
        w->attempts_n--;
        go_order(&b, &seen, "GET", order_id, "/thanks", "");
        CHECK(shows(&seen, "Your bank wants to ask you first"));
        go_order(&other, &seen, "GET", order_id, "/challenge", "");
        CHECK_ERR(seen.cx, seen.e, &ERR_MISSING);
        go_order(&other, &seen, "POST", order_id, "/challenge", rows[i].answer);
        CHECK_ERR(seen.cx, seen.e, &ERR_MISSING);
        CHECK_INT(world_status(w, order_id), ORDERS_PENDING);
        go_order(&b, &seen, "GET", order_id, "/challenge", "");
        CHECK(shows(&seen, "The bank asks: was it you?"));
        CHECK(shows(&seen, "Visa ending in"));
        go_order(&b, &seen, "POST", order_id, "/challenge", rows[i].answer);
        CHECK_INT(seen.status, 303);
        CHECK(str_ends(seen.location, S("/thanks")));
        CHECK_INT(world_status(w, order_id), rows[i].status);
        go_order(&b, &seen, "GET", order_id, "/thanks", "");
        CHECK(shows(&seen, rows[i].shown));
        go_order(&b, &seen, "GET", order_id, "/challenge", ""); /* it is over */
        CHECK(str_ends(seen.location, S("/thanks")));
        go_order(&b, &seen, "POST", order_id, "/challenge", "answer=approve");
        CHECK(str_ends(seen.location, S("/thanks")));
        CHECK_INT(world_status(w, order_id), rows[i].status);
    }
    forget(&seen);
    world_agrees(w, "the bank", 2 * STOCK);
    world_close(w);
}

/* The wallet pays a part: which payment of the order has the smaller id is chance. */
static void test_the_bank_asks_about_the_rest(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, { .user = true } };
    struct seen seen = { 0 };
    w->pay = w->sandbox;
    for (int i = 0; i < 8; i++) {
        world_fill_wallet(w, 100);
        struct told *t = world_place(w,
            (struct wanted){
                .buyer = &b.buyer, .card = "pm_card_3ds", .wallet = true, .red = 1, .units = 1 });
        CHECK(t->place.pending);
        id order_id = t->place.plan.order.order_id;
        go_order(&b, &seen, "GET", order_id, "/challenge", "");
        CHECK_INT(seen.status, 200);
        CHECK(shows(&seen, str_c(seen.cx->arena, web_money(seen.cx->arena, t->place.plan.card))));
        go_order(&b, &seen, "POST", order_id, "/challenge", "answer=approve");
        CHECK_INT(world_status(w, order_id), ORDERS_CONFIRMED);
        go_order(&b, &seen, "GET", order_id, "", "");
        CHECK(shows(&seen, "Visa ending in"));
        world_done(t->cx);
    }
    world_fill_wallet(w, 100 * PRICE);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b.buyer, .wallet = true, .red = 1, .units = 1 });
    CHECK_ERR(t->cx, t->place.failed, NULL);
    go_order(&b, &seen, "GET", t->place.plan.order.order_id, "", "");
    CHECK(shows(&seen, "Wallet"));
    world_done(t->cx);
    forget(&seen);
    world_agrees(w, "the rest", 2 * STOCK);
    world_close(w);
}

/* ---- signed in ---- */

static err add_addresses(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct identity_address one = world_address, two = world_address;
    id address_id;
    two.line1 = S("2 Side St");
    two.is_default = true;
    err e = identity_address_put(w->identity, cx, w->user_id, one, &address_id);
    return e ? e : identity_address_put(w->identity, cx, w->user_id, two, &address_id);
}

static err fill_cart(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct into_cart in = {
        .w = w, .owner = { .user_id = w->user_id }, .units = (const int64_t[]){ 1, 0 }
    };
    return world_add(&in, cx);
}

static str chosen_address(struct arena *a, const struct seen *seen)
{
    ptrdiff_t end = str_find(seen->html, S("\" checked><span><address>"), 0);
    assert_true(end > (ptrdiff_t)ID_TEXT_N);
    return str_dup(a, str_sub(seen->html, (size_t)end - ID_TEXT_N, ID_TEXT_N));
}

static void test_signed_in(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, { .user = true } };
    struct seen seen = { 0 };
    go(&b, &seen, "GET", S("/orders"), (str){ 0 });
    CHECK(shows(&seen, "No orders yet"));
    (void)world_write(w, PLACE_MAIN, add_addresses, w);
    (void)world_write(w, PLACE_CART, fill_cart, w);
    go(&b, &seen, "GET", S("/checkout"), (str){ 0 });
    CHECK(shows(&seen, "1 Main St"));
    CHECK(shows(&seen, "2 Side St"));
    CHECK(hides(&seen, "name=\"email\""));
    CHECK(shows(&seen, "<dt>Tax</dt>"));
    str address_id = chosen_address(w->life, &seen);
    str more = str_fmt(w->life, "&addressId=" STR_F, STR_A(address_id));
    send(&b, &seen, (struct fill){ .email = "", .postal = "", .more = str_c(w->life, more) });
    id order_id = led_to(w, &seen, "/thanks", 1);
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "2 Side St"));
    CHECK(shows(&seen, "href=\"/orders\""));
    clock_fake_advance(&w->clock, 1000);
    (void)world_write(w, PLACE_CART, fill_cart, w);
    send(&b, &seen,
        (struct fill){ .key = "a-second-key-of-a-page",
            .email = "",
            .more = "&addressId=00000000-0000-7000-8000-000000000001" });
    CHECK_INT(seen.status, 422);
    CHECK(shows(&seen, "there is no such address"));
    for (int i = 0; i < 10; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "key-number-%06d", i);
        if (i > 0)
            (void)world_write(w, PLACE_CART, fill_cart, w);
        send(&b, &seen, (struct fill){ .key = key, .more = str_c(w->life, more) });
        (void)led_to(w, &seen, "/thanks", 1);
        clock_fake_advance(&w->clock, 1000);
    }
    go(&b, &seen, "GET", S("/orders"), (str){ 0 });
    CHECK(shows(&seen, "Confirmed"));
    CHECK(shows(&seen, "href=\"/orders?page=2\" rel=\"next\""));
    CHECK(hides(&seen, str_c(w->life, id_text(w->life, order_id))));
    go(&b, &seen, "GET", S("/orders?page=2"), (str){ 0 });
    CHECK(shows(&seen, str_c(w->life, id_text(w->life, order_id))));
    CHECK(shows(&seen, "href=\"/orders\" rel=\"prev\""));
    forget(&seen);
    world_agrees(w, "signed in", 2 * STOCK);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_first_look),
        WORLD_TEST(test_buying),
        WORLD_TEST(test_refused_forms_keep_what_was_typed),
        WORLD_TEST(test_fraud),
        WORLD_TEST(test_what_changed_meanwhile),
        WORLD_TEST(test_the_buyer_takes_time),
        WORLD_TEST(test_the_bank_asks),
        WORLD_TEST(test_the_bank_asks_about_the_rest),
        WORLD_TEST(test_signed_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
