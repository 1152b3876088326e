/* SPDX-License-Identifier: Apache-2.0
 * The rules of allocation: examples, and what must hold for any input. Run by meson; must never
 * touch a database. */
#include "base/rng.h"
#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_places.h"
#include "tests/support/check.h"

#define LINES 3
#define PLACES 5

static id warehouse(size_t i)
{
    return (id){ .b = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (uint8_t)(i + 1) } };
}

/* Demands whose k-th place is the k-th warehouse; those with -1 have no place there. */
struct order {
    struct inventory_demand demands[LINES];
    struct inventory_place places[LINES][PLACES];
    int64_t take[LINES][PLACES];
    size_t n;
};

static void put(struct order *o, int64_t quantity, const int64_t *stock, const int64_t *ranks)
{
    struct inventory_demand *d = &o->demands[o->n];
    *d = (struct inventory_demand){ .quantity = quantity, .places = o->places[o->n] };
    d->take = o->take[o->n++];
    for (size_t k = 0; k < PLACES; k++)
        if (stock[k] >= 0)
            d->places[d->places_n++] =
                (struct inventory_place){ warehouse(k), stock[k], ranks ? ranks[k] : 0 };
    inventory_domain_sort(d->places, d->places_n);
}

static int64_t taken(const struct order *o, size_t line, size_t w)
{
    const struct inventory_demand *d = &o->demands[line];
    for (size_t k = 0; k < d->places_n; k++)
        if (id_eq(d->places[k].warehouse_id, warehouse(w)))
            return d->take[k];
    return 0;
}

static const struct allocate_case {
    const char *name;
    size_t n;
    int64_t ranks[PLACES];
    struct {
        int64_t quantity, stock[PLACES], take[PLACES];
    } lines[LINES];
    bool refused;
} cases[] = {
    { "nothing anywhere", 1, { 0 }, { { 1, { -1, -1, -1, -1, -1 }, { 0 } } }, true },
    { "exact fit", 1, { 0 }, { { 2, { 2 }, { 2 } } } },
    { "one too many", 1, { 0 }, { { 3, { 2 }, { 0 } } }, true },
    { "together too few", 1, { 0 }, { { 5, { 2, 2 }, { 0 } } }, true },
    { "the nearest that has it all", 1, { 1, 2, 3 }, { { 5, { 1, 9, 20 }, { 0, 5 } } } },
    { "near before full", 1, { 2, 1 }, { { 5, { 90, 5 }, { 0, 5 } } } },
    { "equally near: the older", 1, { 7, 7, 7 }, { { 2, { 1, 2, 2 }, { 0, 2 } } } },
    { "one far away rather than two near", 1, { 1, 2, 9 }, { { 4, { 3, 3, 4 }, { 0, 0, 4 } } } },
    { "split over the nearer pair", 1, { 1, 2, 3 }, { { 6, { 3, 3, 4 }, { 3, 3 } } } },
    { "split over two, as three are more", 1, { 1, 2, 3 }, { { 7, { 1, 3, 4 }, { 0, 3, 4 } } } },
    { "the near one is too small to help", 1, { 1, 2, 3 }, { { 6, { 1, 4, 2 }, { 0, 4, 2 } } } },
    { "split over all", 1, { 1, 2, 3 }, { { 8, { 2, 3, 3 }, { 2, 3, 3 } } } },
    { "one for the order, though farther", 2, { 1, 2 },
        { { 1, { 5, 5 }, { 0, 1 } }, { 1, { 0, 5 }, { 0, 1 } } } },
    { "one for the order: the nearest of two", 2, { 3, 2, 1 },
        { { 1, { 5, 5, 0 }, { 0, 1 } }, { 1, { 5, 5, 5 }, { 0, 1 } } } },
    { "two warehouses for three lines, not three", 3, { 1, 2, 3, 4 },
        { { 1, { 5, 0, 5, 0 }, { 0, 0, 1 } }, { 1, { 0, 5, 5, 0 }, { 0, 0, 1 } },
            { 1, { 0, 0, 0, 5 }, { 0, 0, 0, 1 } } } },
    { "a line that has to be split takes no other along", 2, { 1, 2 },
        { { 8, { 5, 5 }, { 5, 3 } }, { 1, { 0, 5 }, { 0, 1 } } } },
    { "one line short refuses all", 2, { 1, 2 }, { { 1, { 5, 5 }, { 0 } }, { 9, { 4, 4 }, { 0 } } },
        true },
};

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct allocate_case *c = &cases[i];
        struct cx *cx = check_cx_open();
        struct order o = { .n = 0 };
        for (size_t k = 0; k < c->n; k++)
            put(&o, c->lines[k].quantity, c->lines[k].stock, c->ranks);
        CASE(c->name, inventory_domain_allocate(cx->arena, o.demands, o.n) == !c->refused);
        for (size_t k = 0; k < c->n; k++)
            for (size_t w = 0; w < PLACES; w++)
                CASE_INT(c->name, taken(&o, k, w), c->lines[k].take[w]);
        check_cx_close(cx);
    }
}

/* ---- what holds for any order ---- */

static unsigned used(const struct order *o, size_t line)
{
    unsigned set = 0;
    for (size_t w = 0; w < PLACES; w++)
        set |= taken(o, line, w) > 0 ? 1u << w : 0;
    return set;
}

static int64_t stock_in(const struct order *o, size_t line, unsigned set)
{
    int64_t sum = 0;
    for (size_t k = 0; k < o->demands[line].places_n; k++)
        for (size_t w = 0; w < PLACES; w++)
            if (set >> w & 1 && id_eq(o->places[line][k].warehouse_id, warehouse(w)))
                sum += o->places[line][k].available;
    return sum;
}

static int fewest(const struct order *o, size_t line)
{
    int best = PLACES + 1;
    for (unsigned set = 1; set < 1u << PLACES; set++)
        if (stock_in(o, line, set) >= o->demands[line].quantity && __builtin_popcount(set) < best)
            best = __builtin_popcount(set);
    return best;
}

/* The nearest warehouse that has every line whole; PLACES when there is none. */
static size_t single(const struct order *o, const int64_t *ranks)
{
    size_t best = PLACES;
    for (size_t w = 0; w < PLACES; w++) {
        bool all = true;
        for (size_t k = 0; k < o->n; k++)
            all &= stock_in(o, k, 1u << w) >= o->demands[k].quantity;
        if (all && (best == PLACES || ranks[w] < ranks[best]))
            best = w;
    }
    return best;
}

static void check_order(const char *name, struct order *o, const int64_t *ranks, bool fits)
{
    unsigned all = 0;
    bool may = true;
    for (size_t k = 0; k < o->n; k++) {
        struct inventory_demand *d = &o->demands[k];
        int64_t sum = 0;
        for (size_t i = 0; i < d->places_n; i++) {
            CASE(name, d->take[i] >= 0 && d->take[i] <= d->places[i].available);
            sum += d->take[i];
        }
        CASE_INT(name, d->left, stock_in(o, k, (1u << PLACES) - 1));
        may &= d->left >= d->quantity;
        CASE_INT(name, sum, fits ? d->quantity : 0);
        if (fits) /* split only where it must be, and no more than it must be */
            CASE_INT(name, __builtin_popcount(used(o, k)), fewest(o, k));
        all |= used(o, k);
    }
    CASE(name, fits == may);
    size_t one = single(o, ranks);
    if (fits && one < PLACES)
        CASE_INT(name, all, 1u << one);
}

static void test_any_order(void **state)
{
    (void)state;
    size_t split = 0, refused = 0;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct rng rng = rng_seeded(seed);
        struct cx *cx = check_cx_open();
        struct order o = { .n = 0 }, again = { .n = 0 };
        int64_t ranks[PLACES];
        for (size_t w = 0; w < PLACES; w++)
            ranks[w] = rng_between(&rng, 0, 3);
        size_t n = (size_t)rng_between(&rng, 1, LINES);
        for (size_t k = 0; k < n; k++) {
            int64_t stock[PLACES];
            for (size_t w = 0; w < PLACES; w++)
                stock[w] = rng_between(&rng, -1, 6);
            int64_t quantity = rng_between(&rng, 1, rng_chance(&rng, 500) ? 5 : 20);
            put(&o, quantity, stock, ranks);
            put(&again, quantity, stock, ranks);
        }
        char name[40];
        (void)snprintf(name, sizeof name, "seed %d", (int)seed);
        bool fits = inventory_domain_allocate(cx->arena, o.demands, o.n);
        check_order(name, &o, ranks, fits);
        CASE(name, fits == inventory_domain_allocate(cx->arena, again.demands, again.n));
        CASE(name, memcmp(o.take, again.take, sizeof o.take) == 0);
        refused += !fits;
        for (size_t k = 0; fits && k < n; k++)
            split += __builtin_popcount(used(&o, k)) > 1;
        check_cx_close(cx);
    }
    CHECK(split > 1000 && refused > 1000); /* the seeds reach all of it */
}

/* ---- ranks and places ---- */

static const struct way_case {
    const char *name;
    struct inventory_way near, far;
} ways[] = {
    { "priority alone", { .priority = 1 }, { .priority = 2 } },
    { "way unknown: cost does not count", { .cost = 900, .priority = 1 }, { .priority = 2 } },
    { "shorter", { .known = true, .km = 10, .priority = 9 }, { .known = true, .km = 11 } },
    { "cheaper", { .known = true, .km = 10, .cost = 5 }, { .known = true, .km = 14, .cost = 2 } },
    { "no border", { .known = true, .km = 900 }, { .known = true, .km = 100, .abroad = true } },
    { "abroad but much nearer", { .known = true, .km = 100, .abroad = true },
        { .known = true, .km = 4000 } },
    { "equally far: priority", { .known = true, .km = 7, .priority = 1 },
        { .known = true, .km = 7, .priority = 2 } },
};

static void test_ranks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++)
        CASE(
            ways[i].name, inventory_domain_rank(ways[i].near) < inventory_domain_rank(ways[i].far));
}

static const struct km_case {
    const char *from, *from_region, *to, *to_region;
    int64_t least, most;
} kms[] = {
    { "DE", "", "DE", "", 0, 0 },
    { "DE", "", "FR", "", 500, 900 },
    { "US", "CA", "US", "NV", 150, 500 },
    { "US", "NY", "US", "CA", 3500, 4500 },
    { "US", "California", "US", "", 0, 0 }, /* spelled out: the country's middle */
    { "AU", "NSW", "NZ", "", 2000, 3200 },
    { "FJ", "", "WS", "", 700, 1500 }, /* over the date line */
    { "AD", "", "ZW", "", 6500, 8000 },
};

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kms); i++) {
        const struct km_case *c = &kms[i];
        struct inventory_point a, b;
        CASE(c->to, inventory_places_find(str_from_c(c->from), str_from_c(c->from_region), &a));
        CASE(c->to, inventory_places_find(str_from_c(c->to), str_from_c(c->to_region), &b));
        int64_t km = inventory_places_km(a, b);
        CASE(c->to, km >= c->least && km <= c->most);
        CASE_INT(c->to, km, inventory_places_km(b, a));
    }
    struct inventory_point none;
    CHECK(!inventory_places_find(S("ZZ"), S("CA"), &none));
    CHECK(!inventory_places_find(S(""), S(""), &none));
    CHECK(!inventory_places_find(S("USA"), S(""), &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests_name("inventory_allocate_domain", tests, NULL, NULL);
}
