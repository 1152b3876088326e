/* SPDX-License-Identifier: Apache-2.0
 * From counts to signals, as tables. Run by meson. */
#include "services/behaviour/behaviour_domain.h"

#include <math.h>

#include "tests/support/check.h"

static void test_places(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t position, place;
    } cases[] = { { "first", 1, 0 }, { "second", 2, 1 }, { "fourth", 4, 3 }, { "fifth", 5, 4 },
        { "sixth", 6, 4 }, { "seventh", 7, 5 }, { "twelfth", 12, 6 }, { "a page", 24, 7 },
        { "the second page", 25, 8 }, { "beyond", 49, 9 }, { "far beyond", 1 << 20, 9 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_INT(cases[i].name, behaviour_place_of(cases[i].position), cases[i].place);
}

static void test_decay(void **state)
{
    (void)state;
    CHECK(behaviour_weight_of(0) == 1 && behaviour_weight_of(-3) == 1);
    CHECK(fabs(behaviour_weight_of(BEHAVIOUR_HALF_LIFE_DAYS) - 0.5) < 1e-9);
    double weighed = 0; /* three a day, always */
    for (int64_t d = 0; d < BEHAVIOUR_DAYS; d++)
        weighed += 3 * behaviour_weight_of(d);
    CHECK(fabs(behaviour_units_a_day(weighed) - 3) < 1e-9);
}

static void test_curve(void **state)
{
    (void)state;
    struct behaviour_place none[BEHAVIOUR_PLACES_N] = { { 0 } };
    struct behaviour_curve prior = behaviour_curve_of(none);
    for (size_t i = 1; i < BEHAVIOUR_PLACES_N; i++)
        CHECK(prior.clicks[i] < prior.clicks[i - 1]);
    struct behaviour_place much[BEHAVIOUR_PLACES_N] = { { 0 } };
    much[0] = (struct behaviour_place){ 1e6, 5e5 }; /* own data outweighs what was thought */
    much[1] = (struct behaviour_place){ 10, 9 };    /* little does not */
    much[2] = (struct behaviour_place){ 1, 1e6 };   /* nonsense stays a probability */
    struct behaviour_curve own = behaviour_curve_of(much);
    CHECK(fabs(own.clicks[0] - 0.5) < 0.01);
    CHECK(own.clicks[1] > prior.clicks[1] && own.clicks[1] < prior.clicks[1] + 0.05);
    CHECK(own.clicks[2] <= 0.95);
    CHECK(own.clicks[9] == prior.clicks[9]);
}

static const struct signal_case {
    const char *name;
    struct behaviour_counts counts;
    struct behaviour_usual usual;
    int64_t velocity, clicks, conversion; /* at least */
    int64_t velocity_max, clicks_max, conversion_max;
} signal_cases[] = {
    { "nothing is known", { 0 }, { 0 }, 1000, 1000, 1000, 1000, 1000, 1000 },
    { "nothing is known in a busy shop", { 0 }, { .views = 1e6, .orders = 2e4, .units_a_day = 9 },
        1000, 1000, 1000, 1000, 1000, 1000 },
    { "as many clicks as expected", { .expected = 50, .clicked = 50 }, { 0 }, 1000, 1000, 1000,
        1000, 1000, 1000 },
    { "one lucky click says little", { .expected = 0.05, .clicked = 1 }, { 0 }, 1000, 1050, 1000,
        1000, 1200, 1000 },
    { "a hundred lucky clicks are no luck", { .expected = 30, .clicked = 100 }, { 0 }, 1000, 2900,
        1000, 1000, 3000, 1000 },
    { "shown for ever and never clicked", { .expected = 1000 }, { 0 }, 1000, 250, 1000, 1000, 250,
        1000 },
    { "no more than four times", { .expected = 1, .clicked = 1e9 }, { 0 }, 1000, 4000, 1000, 1000,
        4000, 1000 },
    { "many look and nobody buys", { .views = 2000 }, { .views = 10000, .orders = 300 }, 1000, 1000,
        250, 1000, 1000, 250 },
    { "who looks buys", { .views = 200, .orders = 40 }, { .views = 10000, .orders = 300 }, 1000,
        1000, 4000, 1000, 1000, 4000 },
    { "two of three that looked", { .views = 3, .orders = 2 }, { .views = 10000, .orders = 300 },
        1000, 1000, 1500, 1000, 1000, 2100 },
    { "orders without views are of those that do not tell", { .orders = 50 }, { .orders = 500 },
        1000, 1000, 950, 1000, 1000, 1100 },
    { "sells as most that sell", { .units = 20.0 * 2 }, { .units_a_day = 2 }, 1950, 1000, 1000,
        2050, 1000, 1000 },
    { "sells twice as much", { .units = 20.0 * 4 }, { .units_a_day = 2 }, 2500, 1000, 1000, 2650,
        1000, 1000 },
    { "sells a thousand times as much", { .units = 20.0 * 2000 }, { .units_a_day = 2 }, 4000, 1000,
        1000, 4000, 1000, 1000 },
};

static void test_signals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(signal_cases); i++) {
        const struct signal_case *c = &signal_cases[i];
        struct behaviour_signal s = behaviour_signal_of(c->counts, c->usual);
        CASE(c->name, s.velocity >= c->velocity && s.velocity <= c->velocity_max);
        CASE(c->name, s.clicks >= c->clicks && s.clicks <= c->clicks_max);
        CASE(c->name, s.conversion >= c->conversion && s.conversion <= c->conversion_max);
    }
}

static void test_affinity(void **state)
{
    (void)state;
    CHECK(behaviour_affinity(0, 10, 10) == 0);
    /* once together says less than often, and less with what everybody buys */
    CHECK(behaviour_affinity(1, 1, 1) < behaviour_affinity(8, 10, 10));
    CHECK(behaviour_affinity(8, 10, 1000) < behaviour_affinity(8, 10, 10));
    CHECK(behaviour_affinity(8, 10, 10) == behaviour_affinity(8, 10, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_places), cmocka_unit_test(test_decay),
        cmocka_unit_test(test_curve), cmocka_unit_test(test_signals),
        cmocka_unit_test(test_affinity) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
