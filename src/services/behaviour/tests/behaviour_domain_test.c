/* SPDX-License-Identifier: Apache-2.0
 * From counts to signals, as tables. Run by meson. */
#include "services/behaviour/behaviour_domain.h"

#include <math.h>

#include "base/rng.h"
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

/* ---- simulated shoppers ---- */
#define PRODUCTS 120
#define LISTS 60 /* queries */
#define LIST 12  /* products of a result */
#define DAYS 30
#define VISITS 12 /* of each list, a day */

/* The truth, which nothing below `learn` sees: who looks that far down, and who clicks on what they
 * look at. What is bad has the better text, so that it begins on top. */
struct shoppers {
    struct rng rng;
    double looks[LIST], good[PRODUCTS], text[PRODUCTS];
    size_t lists[LISTS][LIST];
    /* what is counted */
    struct behaviour_place places[BEHAVIOUR_PLACES_N];
    double shown[PRODUCTS][BEHAVIOUR_PLACES_N], clicked[PRODUCTS], seen[PRODUCTS];
    struct behaviour_curve curve;
    double signal[PRODUCTS];
};

static void shoppers_open(struct shoppers *s)
{
    *s = (struct shoppers){ .rng = rng_seeded(7) };
    for (size_t i = 0; i < LIST; i++)
        s->looks[i] = pow((double)(i + 1), -0.9);
    for (size_t p = 0; p < PRODUCTS; p++) {
        s->good[p] = 0.05 + 0.45 * (double)rng_below(&s->rng, 1000) / 1000;
        s->text[p] = 1.4 - s->good[p] * (double)rng_below(&s->rng, 1000) / 1000;
        s->signal[p] = 1;
    }
    for (size_t q = 0; q < LISTS; q++)
        for (size_t i = 0; i < LIST; i++)
            s->lists[q][i] = rng_below(&s->rng, PRODUCTS / LIST) * LIST + i;
}

/* As the search does: text times the signal to the power of its weight. */
static void order(const struct shoppers *s, size_t *list)
{
    for (size_t i = 1; i < LIST; i++)
        for (size_t k = i; k > 0; k--) {
            size_t a = list[k - 1], b = list[k];
            if (s->text[a] * pow(s->signal[a], 0.3) >= s->text[b] * pow(s->signal[b], 0.3))
                break;
            list[k - 1] = b;
            list[k] = a;
        }
}

static void visit(struct shoppers *s, const size_t *list)
{
    for (size_t i = 0; i < LIST; i++) {
        size_t p = list[i];
        int64_t place = behaviour_place_of((int64_t)i + 1);
        bool click = rng_chance(&s->rng, (unsigned)lround(1000 * s->looks[i] * s->good[p]));
        s->shown[p][place]++;
        s->seen[p]++;
        s->clicked[p] += click;
        s->places[place].shown += s->signal[p];
        s->places[place].clicked += click;
    }
}

static void learn(struct shoppers *s)
{
    s->curve = behaviour_curve_of(s->places);
    for (size_t p = 0; p < PRODUCTS; p++) {
        struct behaviour_counts c = { .clicked = s->clicked[p] };
        for (size_t k = 0; k < BEHAVIOUR_PLACES_N; k++)
            c.expected += s->shown[p][k] * s->curve.clicks[k];
        s->signal[p] = (double)behaviour_signal_of(c, (struct behaviour_usual){ 0 }).clicks / 1000;
    }
}

/* Of pairs of which one is half as good again as the other: how many stand in that order. */
static double pairs_right(const struct shoppers *s, bool plain)
{
    double right = 0, all = 0;
    for (size_t a = 0; a < PRODUCTS; a++)
        for (size_t b = 0; b < PRODUCTS; b++) {
            if (s->good[a] < 1.5 * s->good[b] || s->seen[a] == 0 || s->seen[b] == 0)
                continue;
            all++;
            right += plain ? s->clicked[a] / s->seen[a] > s->clicked[b] / s->seen[b]
                           : s->signal[a] > s->signal[b];
        }
    return right / all;
}

static void test_shoppers(void **state)
{
    (void)state;
    struct shoppers *s = test_malloc(sizeof *s);
    shoppers_open(s);
    for (int day = 0; day < DAYS; day++) {
        for (size_t q = 0; q < LISTS; q++) {
            order(s, s->lists[q]);
            for (int v = 0; v < VISITS; v++)
                visit(s, s->lists[q]);
        }
        learn(s);
    }
    double learnt = pairs_right(s, false), plain = pairs_right(s, true);
    print_message("pairs in the true order: %.3f, by clicks a time shown %.3f\n", learnt, plain);
    CHECK(learnt > 0.97);
    CHECK(3 * (1 - learnt) < 1 - plain); /* what stands high looks good by itself */
    for (size_t i = 1; i < 4; i++) {     /* places beside the first, as people look */
        double found = s->curve.clicks[i] / s->curve.clicks[0], truth = s->looks[i] / s->looks[0];
        print_message("place %zu: %.3f of the first, in truth %.3f\n", i + 1, found, truth);
        CHECK(fabs(found - truth) < 0.25 * truth);
    }
    test_free(s);
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
        cmocka_unit_test(test_shoppers), cmocka_unit_test(test_affinity) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
