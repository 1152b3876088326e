/* SPDX-License-Identifier: Apache-2.0
 * Tests of seeded chance: replay, bounds, rough evenness. Run by meson test.
 * Must never fail by bad luck: all seeds are fixed. */
#include "tests/support/check.h"

#include <math.h>

#include "base/rng.h"

/* splitmix64 from 0 begins so (Vigna's reference code); then xoshiro256** by its definition. */
static void the_algorithm_is_the_published_one(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(0);
    CHECK(rng.s[0] == UINT64_C(0xe220a8397b1dcdaf));
    CHECK(rng.s[1] == UINT64_C(0x6e789e6aa1b965f4));
    CHECK(rng.s[2] == UINT64_C(0x06c45d188009454f));
    CHECK(rng.s[3] == UINT64_C(0xf88bb8a8724c81ec));
    struct rng plain = { { 1, 2, 3, 4 } }; /* the test vector of rand_xoshiro and NumPy */
    CHECK(rng_u64(&plain) == 11520);
    CHECK(rng_u64(&plain) == 0);
    CHECK(rng_u64(&plain) == 1509978240);
    CHECK(rng_u64(&plain) == UINT64_C(1215971899390074240));
}

static void one_seed_replays_and_two_differ(void **state)
{
    (void)state;
    struct rng a = rng_seeded(7);
    struct rng b = rng_seeded(7);
    struct rng c = rng_seeded(8);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t v = rng_u64(&a);
        CHECK(v == rng_u64(&b));
        same += v == rng_u64(&c) ? 1 : 0;
    }
    CHECK_INT(same, 0);
}

static void below_is_even_and_below(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(1);
    int seen[7] = { 0 };
    for (int i = 0; i < 70000; i++) {
        uint64_t v = rng_below(&rng, 7);
        CHECK(v < 7);
        seen[v]++;
    }
    for (size_t i = 0; i < 7; i++)
        CHECK(seen[i] > 9500 && seen[i] < 10500);
    for (int i = 0; i < 100; i++)
        CHECK(rng_below(&rng, 1) == 0);
    uint64_t top = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t v = rng_below(&rng, UINT64_MAX);
        top = v > top ? v : top;
    }
    CHECK(top > UINT64_MAX / 10 * 9);
}

static const struct between_case {
    const char *name;
    int64_t low, high;
    bool ends_seen; /* few values: both ends come up */
} between_cases[] = {
    { "one value", 5, 5, true },
    { "around zero", -3, 3, true },
    { "lowest", INT64_MIN, INT64_MIN + 1, true },
    { "highest", INT64_MAX - 1, INT64_MAX, true },
    { "everything", INT64_MIN, INT64_MAX, false },
    { "more than half", INT64_MIN, 1, false },
};

static void between_includes_both_ends(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(2);
    for (size_t i = 0; i < COUNT(between_cases); i++) {
        const struct between_case *c = &between_cases[i];
        bool low = false;
        bool high = false;
        for (int k = 0; k < 200; k++) {
            int64_t v = rng_between(&rng, c->low, c->high);
            CASE(c->name, v >= c->low && v <= c->high);
            low = low || v == c->low;
            high = high || v == c->high;
        }
        CASE(c->name, (low && high) == c->ends_seen);
    }
}

static void chance_is_per_mille(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(3);
    int hits = 0;
    for (int i = 0; i < 100000; i++) {
        CHECK(!rng_chance(&rng, 0));
        CHECK(rng_chance(&rng, 1000));
        hits += rng_chance(&rng, 250) ? 1 : 0;
    }
    CHECK(hits > 24400 && hits < 25600);
}

static void unit_is_below_one(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(4);
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        double v = rng_unit(&rng);
        CHECK(v >= 0.0 && v < 1.0);
        sum += v;
    }
    CHECK(fabs(sum / 100000 - 0.5) < 0.005);
}

/* Rank k has probability 1 / (k H), H the n-th harmonic number. */
static void zipf_prefers_small_indices_by_the_law(void **state)
{
    (void)state;
    enum { N = 50, DRAWS = 200000 };
    struct rng rng = rng_seeded(5);
    int seen[N] = { 0 };
    for (int i = 0; i < DRAWS; i++) {
        size_t k = rng_zipf(&rng, N);
        CHECK(k < N);
        seen[k]++;
    }
    double harmonic = 0;
    for (int k = 1; k <= N; k++)
        harmonic += 1.0 / k;
    for (int k = 1; k <= N; k++) {
        double want = DRAWS / (k * harmonic);
        CHECK(fabs(seen[k - 1] - want) < 5 * sqrt(want));
    }
    CHECK_INT((int64_t)rng_zipf(&rng, 1), 0);
    for (int i = 0; i < 1000; i++)
        CHECK(rng_zipf(&rng, (size_t)1 << 40) < (size_t)1 << 40);
}

static void draw_from_nothing(const void *arg)
{
    (void)arg;
    struct rng rng = rng_seeded(1);
    (void)rng_below(&rng, 0);
}

static void drawing_from_nothing_panics(void **state)
{
    (void)state;
    CHECK_PANICS(draw_from_nothing, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_algorithm_is_the_published_one),
        cmocka_unit_test(one_seed_replays_and_two_differ),
        cmocka_unit_test(below_is_even_and_below),
        cmocka_unit_test(between_includes_both_ends),
        cmocka_unit_test(chance_is_per_mille),
        cmocka_unit_test(unit_is_below_one),
        cmocka_unit_test(zipf_prefers_small_indices_by_the_law),
        cmocka_unit_test(drawing_from_nothing_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
