/* SPDX-License-Identifier: Apache-2.0
 * Budgets and their pace, as tables. Run by meson. */
#include "services/campaigns/campaigns_domain.h"

#include "base/instant.h"
#include "tests/support/check.h"

#define NOON (DAY_MS * 20000 + DAY_MS / 2)

static void test_pace(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t budget, at, allowed;
    } cases[] = { { "at midnight", 2000, 0, 100 }, { "at noon", 2000, DAY_MS / 2, 1050 },
        { "at the end", 2000, DAY_MS, 2000 }, { "a small budget", 7, DAY_MS / 2, 3 },
        { "a large one", INT64_C(1000000000000), DAY_MS / 2, INT64_C(525000000000) } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_INT(cases[i].name, campaigns_allowed(cases[i].budget, cases[i].at), cases[i].allowed);
}

static void test_may_show(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct campaigns_state state;
        bool may;
    } cases[] = { { "fresh", { 50, 2000, 0, 0, 0, false }, true },
        { "paused", { 50, 2000, 0, 0, 0, true }, false },
        { "not yet", { 50, 2000, 0, NOON + 1, 0, false }, false },
        { "just begun", { 50, 2000, 0, NOON, 0, false }, true },
        { "over", { 50, 2000, 0, 0, NOON, false }, false },
        { "nearly over", { 50, 2000, 0, 0, NOON + 1, false }, true },
        { "on its line", { 50, 2000, 1000, 0, 0, false }, true },
        { "ahead of its line", { 50, 2000, 1001, 0, 0, false }, false },
        { "spent", { 50, 2000, 1951, 0, 0, false }, false },
        { "the first click may be all of it", { 2000, 2000, 0, 0, 0, false }, true } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE(cases[i].name, campaigns_may_show(&cases[i].state, NOON) == cases[i].may);
}

static void test_cost(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct campaigns_state state;
        int64_t clicks, cost;
    } cases[] = { { "each its bid", { 50, 2000, 0, 0, 0, false }, 3, 150 },
        { "none, nothing", { 50, 2000, 0, 0, 0, false }, 0, 0 },
        { "no more than is left", { 50, 2000, 1900, 0, 0, false }, 9, 100 },
        { "no part of a click", { 50, 2000, 1970, 0, 0, false }, 1, 0 },
        { "nothing is left", { 50, 2000, 2000, 0, 0, false }, 1, 0 },
        { "a budget that was cut", { 50, 100, 500, 0, 0, false }, 4, 0 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_INT(cases[i].name, campaigns_cost(&cases[i].state, cases[i].clicks), cases[i].cost);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_pace),
        cmocka_unit_test(test_may_show), cmocka_unit_test(test_cost) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
