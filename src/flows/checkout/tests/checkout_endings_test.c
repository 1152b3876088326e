/* SPDX-License-Identifier: Apache-2.0
 * An order's page afterwards: cancelling, asking for a return, and what it says of the money.
 * Rendered with the real templates. */
#include "flows/checkout/tests/checkout_browser.h"

static void test_cancelling(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 1, 0) };
    struct seen seen = { 0 };
    send(&b, &seen, (struct fill){ 0 });
    id order_id = led_to(w, &seen, "/thanks", 1);
    go_order(&b, &seen, "POST", order_id, "/cancel", "");
    CHECK(str_ends(seen.location, S("?said=cancelled")));
    go_order(&b, &seen, "GET", order_id, "?said=cancelled", "");
    CHECK(shows(&seen, "The order is cancelled"));
    CHECK(shows(&seen, "Visa ending in 4242, money returned"));
    CHECK(hides(&seen, "Cancel this order"));
    go_order(&b, &seen, "POST", order_id, "/cancel", "");
    CHECK(str_ends(seen.location, S("?said=late")));
    go_order(&b, &seen, "GET", order_id, "?said=late", "");
    CHECK(shows(&seen, "cannot be cancelled any more"));
    forget(&seen);
    world_agrees(w, "cancelling", 2 * STOCK);
    world_close(w);
}

/* Sent twice with the key of the form, it is one cancellation and the same page. */
static void test_cancelling_twice(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 1, 0) };
    struct seen seen = { 0 };
    send(&b, &seen, (struct fill){ 0 });
    id order_id = led_to(w, &seen, "/thanks", 1);
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "Nothing will be sent, and "));
    CHECK(shows(&seen, " goes back to your card."));
    CHECK(shows(&seen, "name=\"key\" value=\""));
    for (int i = 0; i < 2; i++) {
        go_order(&b, &seen, "POST", order_id, "/cancel", "key=key-of-the-cancel-form");
        CHECK(str_ends(seen.location, S("?said=cancelled")));
    }
    go_order(&b, &seen, "POST", order_id, "/cancel", "key=another-key-of-a-form");
    CHECK(str_ends(seen.location, S("?said=late")));
    go_order(&b, &seen, "GET", order_id, "?said=soon", ""); /* the second was faster */
    CHECK(shows(&seen, "The order is cancelled"));
    CHECK(shows(&seen, "The money goes back to your card."));
    go_order(&b, &seen, "GET", order_id, "/thanks", "");
    CHECK(shows(&seen, "This order was cancelled"));
    forget(&seen);
    world_agrees(w, "cancelling twice", 2 * STOCK);
    world_close(w);
}

/* A gift card or the wallet beside a card: each is named with what it paid, and gets that back. */
static void test_paid_twice(void **state)
{
    struct world *w = world_open(state);
    struct browser b = { w, { .user = true } };
    struct seen seen = { 0 };
    world_fill_wallet(w, 100);
    struct told *t = world_place(
        w, (struct wanted){
               .buyer = &b.buyer, .card = "pm_card_visa", .wallet = true, .red = 1, .units = 1 });
    CHECK_ERR(t->cx, t->place.failed, NULL);
    id order_id = t->place.plan.order.order_id;
    struct arena *a = t->cx->arena;
    str card = web_money(a, t->place.plan.card);
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "<p>Wallet: $1.00</p>"));
    CHECK(shows(&seen, str_c(a, str_cat(a, S("Visa ending in 4242: "), card))));
    CHECK(shows(
        &seen, str_c(a, str_fmt(a, "$1.00 goes back to your wallet and " STR_F " to your card.",
                            STR_A(card)))));
    go_order(&b, &seen, "POST", order_id, "/cancel", "");
    go_order(&b, &seen, "GET", order_id, "?said=cancelled", "");
    CHECK(shows(&seen, "The money goes back to your wallet and your card."));
    CHECK(shows(&seen, "Wallet: $1.00, money returned"));
    world_done(t->cx);
    forget(&seen);
    world_agrees(w, "paid twice", 2 * STOCK);
    world_close(w);
}

/* ---- returning ---- */

struct delivery {
    struct world *w;
    id order_id;
};
static err deliver(void *arg, struct cx *cx)
{
    static const enum orders_status way[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED };
    struct delivery *in = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(way); i++)
        e = orders_move(
            in->w->orders, cx, (struct orders_move){ .order_id = in->order_id, .to = way[i] });
    return e;
}

static void test_returning(void **state)
{
    static const struct {
        const char *form, *said;
    } rows[] = {
        { "key=key-of-the-return-form&reason=Damaged", "?said=return" },
        { "key=key-of-the-return-form&reason=Damaged", "?said=return" }, /* the second press */
        { "key=key-of-the-return-form&reason=", "?said=sent" },
        { "key=another-key-of-a-form&reason=", "?said=return_late" },
        { "key=another-key-of-a-form&reason=", "?said=return_late" }, /* its key was let go */
        { "", "?said=return_late" },
    };
    struct world *w = world_open(state);
    struct browser b = { w, world_guest(w, 1, 0) }, other = { w, world_guest(w, 1, 0) };
    struct seen seen = { 0 };
    send(&b, &seen, (struct fill){ 0 });
    id order_id = led_to(w, &seen, "/thanks", 1);
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(hides(&seen, "Return this order"));
    go_order(&b, &seen, "POST", order_id, "/return", rows[0].form); /* not there yet */
    CHECK(str_ends(seen.location, S("?said=return_late")));
    (void)world_write(w, PLACE_ORDERS, deliver, &(struct delivery){ w, order_id });
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "Return this order"));
    CHECK(shows(&seen, "<option value=\"Damaged\">Damaged</option>"));
    go_order(&other, &seen, "POST", order_id, "/return", rows[0].form);
    CHECK_ERR(seen.cx, seen.e, &ERR_MISSING);
    for (size_t i = 0; i < COUNT(rows); i++) {
        go_order(&b, &seen, "POST", order_id, "/return", rows[i].form);
        CHECK_ERR(seen.cx, seen.e, NULL);
        CASE_STR(rows[i].form, str_skip(seen.location, 8 + ID_TEXT_N), str_from_c(rows[i].said));
        CHECK_INT(world_status(w, order_id), ORDERS_RETURN_REQUESTED);
    }
    go_order(&b, &seen, "GET", order_id, "?said=return", "");
    CHECK(shows(&seen, "We have your return request"));
    CHECK(shows(&seen, "goes back to your card; this page will say so."));
    CHECK(shows(&seen, "<span>Damaged</span>"));
    CHECK(hides(&seen, "Return this order"));
    go_order(&b, &seen, "GET", order_id, "", "");
    CHECK(shows(&seen, "You have asked for a return"));
    forget(&seen);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_cancelling),
        WORLD_TEST(test_cancelling_twice),
        WORLD_TEST(test_paid_twice),
        WORLD_TEST(test_returning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
