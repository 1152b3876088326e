/* SPDX-License-Identifier: Apache-2.0
 * One cart, one order: two tabs, and buyers who come back from the bank and order again. After each
 * story stock, money and orders must agree. */
#include "flows/checkout/tests/checkout_books.h"

static struct buyer two_tabs;

/* While the first tab's card is asked. */
static void second_tab(struct world *w)
{
    struct told *t = world_place(
        w, (struct wanted){ .buyer = &two_tabs, .card = "pm_card_visa", .accept_prices = true });
    CHECK(t->place.failed == &CART_TAKEN);
    world_done(t->cx);
}

static void test_two_tabs(void **state)
{
    struct world *w = world_open(state);
    two_tabs = world_guest(w, 1, 0);
    w->on_authorize = second_tab;
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &two_tabs, .card = "pm_card_visa", .units = 1 });
    CHECK(!t->place.failed && !t->place.pending);
    world_done(t->cx);
    t = world_place(w, (struct wanted){ .buyer = &two_tabs, .card = "pm_card_visa" });
    CHECK(t->place.failed == &CHECKOUT_CART_EMPTY);
    world_done(t->cx);
    world_agrees(w, "two tabs", 2 * STOCK);
    world_close(w);
}

static const struct back_row {
    const char *name;
    int64_t later_ms; /* the buyer orders again, */
    bool approve;     /* and answers the first bank after all */
    enum orders_status first;
} back_rows[] = {
    { "back from the bank at once, approved after all", 1000, true, ORDERS_CANCELLED },
    { "back from the bank at once, denied", 1000, false, ORDERS_CANCELLED },
    { "back from the bank later", CART_CLAIM_MS + 1, true, ORDERS_CANCELLED },
};

/* Whoever comes back from the bank and orders again gets that order, and no other. */
static void test_back_from_the_bank(void **state)
{
    struct world *w = world_open(state);
    for (size_t i = 0; i < COUNT(back_rows); i++) {
        const struct back_row *r = &back_rows[i];
        struct buyer b = world_guest(w, 1, 0);
        struct told *t =
            world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_3ds", .units = 1 });
        id first = t->place.plan.order.order_id;
        CASE(r->name, t->place.pending);
        world_done(t->cx);
        clock_fake_advance(&w->clock, r->later_ms);
        t = world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .units = 1 });
        CASE(r->name, !t->place.failed && !t->place.pending);
        world_done(t->cx);
        world_answer_bank(w, first, r->approve);
        world_settle(w, SAGA_LEASE_MS + 1);
        CASE_INT(r->name, world_status(w, first), r->first);
        CASE_INT(r->name, world_in_cart(w, &b), 0);
        world_agrees(w, r->name, 2 * STOCK);
    }
    world_close(w);
}

/* The claim alone never ends an order whose buyer takes their time. */
static void test_bank_takes_its_time(void **state)
{
    struct world *w = world_open(state);
    struct buyer b = world_guest(w, 1, 0);
    struct told *t =
        world_place(w, (struct wanted){ .buyer = &b, .card = "pm_card_3ds", .units = 1 });
    id first = t->place.plan.order.order_id;
    world_done(t->cx);
    clock_fake_advance(&w->clock, CART_CLAIM_MS + 1);
    world_answer_bank(w, first, true);
    CHECK_INT(world_status(w, first), ORDERS_CONFIRMED);
    world_agrees(w, "slow bank", 2 * STOCK);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_two_tabs),
        WORLD_TEST(test_back_from_the_bank), WORLD_TEST(test_bank_takes_its_time) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
