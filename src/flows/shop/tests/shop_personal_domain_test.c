/* SPDX-License-Identifier: Apache-2.0
 * How far results move for somebody, as tables. Run by meson. */
#include "flows/shop/shop_personal_domain.h"

#include "tests/support/check.h"

#define N 10

static const struct order_case {
    const char *name;
    double affinity[N];
    size_t want[N];
} order_cases[] = {
    { "nothing is liked", { 0 }, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
    { "all are liked alike", { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
    { "five places and no more", { [8] = 1 }, { 0, 1, 2, 3, 8, 4, 5, 6, 7, 9 } },
    { "to the top and no further", { [2] = 1 }, { 2, 0, 1, 3, 4, 5, 6, 7, 8, 9 } },
    { "a little is a little", { [5] = 0.3 }, { 0, 1, 2, 3, 5, 4, 6, 7, 8, 9 } },
    { "hardly anything is nothing", { [5] = 0.1 }, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
    { "two of them keep their order", { [6] = 1, [7] = 1 }, { 0, 1, 6, 2, 7, 3, 4, 5, 8, 9 } },
};

static void test_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(order_cases); i++) {
        size_t order[N];
        shop_personal_order(order_cases[i].affinity, N, order);
        for (size_t k = 0; k < N; k++)
            CASE_INT(order_cases[i].name, (int64_t)order[k], (int64_t)order_cases[i].want[k]);
    }
}

static void test_share(void **state)
{
    (void)state;
    CHECK(shop_personal_share(0, 0) == 0 && shop_personal_share(0, 10) == 0);
    CHECK(shop_personal_share(1, 1) < 0.25);
    CHECK(shop_personal_share(60, 60) > 0.9 && shop_personal_share(60, 60) < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_order),
        cmocka_unit_test(test_share) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
