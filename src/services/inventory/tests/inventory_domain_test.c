/* SPDX-License-Identifier: Apache-2.0
 * The rules of stock, as tables. Run by meson; must never touch a database. */
#include "services/inventory/inventory_domain.h"
#include "tests/support/check.h"

#define LEVEL(h, r)                                                                                \
    {                                                                                              \
        .on_hand = (h), .reserved = (r), .available = (h) - (r)                                    \
    }

static const struct move_case {
    const char *name;
    struct inventory_level before;
    enum inventory_kind kind;
    int64_t quantity;
    err want;
    int64_t on_hand, change;
} move_cases[] = {
    { "receipt", LEVEL(5, 2), INVENTORY_RECEIPT, 3, NULL, 8, 3 },
    { "receipt of nothing", LEVEL(5, 2), INVENTORY_RECEIPT, 0, &ERR_INVALID, 0, 0 },
    { "receipt below zero", LEVEL(5, 2), INVENTORY_RECEIPT, -1, &ERR_INVALID, 0, 0 },
    { "adjusted down to what is promised", LEVEL(5, 2), INVENTORY_ADJUSTMENT, -3, NULL, 2, -3 },
    { "adjusted below what is promised", LEVEL(5, 2), INVENTORY_ADJUSTMENT, -4,
        &INVENTORY_BELOW_ZERO, 0, 0 },
    { "counted more", LEVEL(5, 2), INVENTORY_COUNT, 9, NULL, 9, 4 },
    { "counted the same", LEVEL(5, 2), INVENTORY_COUNT, 5, NULL, 5, 0 },
    { "counted less than promised", LEVEL(5, 2), INVENTORY_COUNT, 1, &INVENTORY_BELOW_ZERO, 0, 0 },
    { "damaged", LEVEL(5, 2), INVENTORY_DAMAGE, 3, NULL, 2, -3 },
    { "damaged more than is free", LEVEL(5, 2), INVENTORY_DAMAGE, 4, &INVENTORY_BELOW_ZERO, 0, 0 },
    { "returned", LEVEL(0, 0), INVENTORY_RETURN, 1, NULL, 1, 1 },
    { "sent away", LEVEL(5, 2), INVENTORY_SENT, 3, NULL, 2, -3 },
    { "sent more than is free", LEVEL(5, 2), INVENTORY_SENT, 4, &INVENTORY_BELOW_ZERO, 0, 0 },
    { "sent nothing", LEVEL(5, 2), INVENTORY_SENT, 0, &ERR_INVALID, 0, 0 },
    { "arrived", LEVEL(5, 2), INVENTORY_ARRIVED, 3, NULL, 8, 3 },
    { "a sale by hand", LEVEL(5, 2), INVENTORY_SALE, 1, &ERR_INVALID, 0, 0 },
    { "more than a warehouse", LEVEL(5, 2), INVENTORY_RECEIPT, INVENTORY_ON_HAND_MAX, &ERR_INVALID,
        0, 0 },
    { "beyond all bounds", LEVEL(5, 2), INVENTORY_RECEIPT, INT64_MAX, &ERR_INVALID, 0, 0 },
};

static void test_move(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(move_cases); i++) {
        const struct move_case *c = &move_cases[i];
        struct cx *cx = check_cx_open();
        struct inventory_level after = { .on_hand = -1 };
        int64_t change = -1;
        err e = inventory_domain_move(cx, c->before, c->kind, c->quantity, &after, &change);
        CASE(c->name, e == c->want);
        if (!e) {
            CASE_INT(c->name, after.on_hand, c->on_hand);
            CASE_INT(c->name, after.available, c->on_hand - c->before.reserved);
            CASE_INT(c->name, change, c->change);
        } else
            CASE_INT(c->name, after.on_hand, -1);
        check_cx_close(cx);
    }
}

static void test_merge_sorts_and_sums(void **state)
{
    (void)state;
    id a = id_from_name(S("t"), S("a")), b = id_from_name(S("t"), S("b"));
    if (id_cmp(a, b) > 0) {
        id swap = a;
        a = b;
        b = swap;
    }
    struct inventory_line lines[] = { { b, b, 1 }, { a, b, 2 }, { b, b, 3 }, { a, a, 4 },
        { a, b, 5 } };
    size_t n = inventory_domain_merge(lines, COUNT(lines));
    CHECK_INT(n, 3);
    CHECK_INT(lines[0].quantity, 4);
    CHECK_INT(lines[1].quantity, 7);
    CHECK_INT(lines[2].quantity, 4);
    CHECK(id_eq(lines[2].product_id, b));
    CHECK_INT(inventory_domain_merge(lines, 0), 0);
}

static const struct notable_case {
    const char *name;
    int64_t before, after, low_at;
    bool notable, low;
} notable_cases[] = {
    { "well stocked", 50, 49, 5, false, false },
    { "sold out", 1, 0, 0, true, true },
    { "sold out, and low before", 1, 0, 5, true, false },
    { "back again", 0, 3, 0, true, false },
    { "becomes low", 6, 5, 5, true, true },
    { "falls through it", 60, 1, 5, true, true },
    { "is low already", 5, 4, 5, false, false },
    { "not low any more", 5, 6, 5, true, false },
};

static void test_notable(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(notable_cases); i++) {
        const struct notable_case *c = &notable_cases[i];
        CASE(c->name, inventory_domain_notable(c->before, c->after, c->low_at) == c->notable);
        CASE(c->name, inventory_domain_became_low(c->before, c->after, c->low_at) == c->low);
    }
}

static const struct forecast_case {
    const char *name;
    int64_t available, coming, sold;
    struct inventory_window window;
    int64_t cover_days, reorder;
} forecast_cases[] = {
    { "nothing sold", 10, 0, 0, { 30, 30 }, 3650, 0 },
    { "more came back than was sold", 10, 0, -3, { 30, 30 }, 3650, 0 },
    { "one a day", 10, 0, 30, { 30, 30 }, 10, 20 },
    { "one a day, some on their way", 10, 15, 30, { 30, 30 }, 10, 5 },
    { "enough is coming", 10, 50, 30, { 30, 30 }, 10, 0 },
    { "sold out", 0, 0, 60, { 30, 7 }, 0, 14 },
    { "part of a unit is a unit", 0, 0, 1, { 30, 1 }, 0, 1 },
    { "for ever", 100000, 0, 1, { 30, 30 }, 3650, 0 },
    { "much", INVENTORY_ON_HAND_MAX, 0, 1, { 365, 365 }, 3650, 0 },
};

static void test_forecast(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forecast_cases); i++) {
        const struct forecast_case *c = &forecast_cases[i];
        struct inventory_forecast f =
            inventory_domain_forecast(c->available, c->coming, c->sold, c->window);
        CASE_INT(c->name, f.cover_days, c->cover_days);
        CASE_INT(c->name, f.reorder, c->reorder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_move),
        cmocka_unit_test(test_merge_sorts_and_sums),
        cmocka_unit_test(test_notable),
        cmocka_unit_test(test_forecast),
    };
    return cmocka_run_group_tests_name("inventory_domain", tests, NULL, NULL);
}
