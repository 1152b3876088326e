/* SPDX-License-Identifier: Apache-2.0
 * Makes the demo shop: its tree of categories and what lies where. Called by the `demo` command,
 * tests and benches. Must never read a clock, nor draw from a stream that another draws from. */
#include "flows/demo/demo.h"

#include "base/err.h"
#include "flows/demo/demo_internal.h"

#define PRODUCTS_DEFAULT 2000
#define CUSTOMERS_MIN 60
#define ORDERS_MIN 300
#define COUNT_MAX INT64_C(1000000000)
#define NOW_DEFAULT INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

struct rng demo_rng(const struct demo *demo, enum demo_stream stream, int64_t a, int64_t b)
{
    uint64_t h = demo->opts.seed;
    h = (h ^ (uint64_t)stream) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 29 ^ (uint64_t)a) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 32 ^ (uint64_t)b) * UINT64_C(0x94d049bb133111eb);
    return rng_seeded(h ^ h >> 31);
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int64_t demo_coprime(int64_t near, int64_t n)
{
    int64_t step = near < 1 ? 1 : near;
    while (gcd(step, n) != 1)
        step++;
    return step;
}

/* The x with step * x = 1 (mod n), by Euclid. */
static int64_t inverse(int64_t step, int64_t n)
{
    int64_t r0 = n, r1 = step % n, t0 = 0, t1 = 1;
    while (r1 > 0) {
        int64_t q = r0 / r1, r = r0 - q * r1, t = t0 - q * t1;
        r0 = r1;
        r1 = r;
        t0 = t1;
        t1 = t;
    }
    return (t0 % n + n) % n;
}

static int find_category(const struct demo *demo, const char *slug)
{
    if (!slug)
        return -1;
    for (size_t i = 0; i < demo->categories_n; i++) {
        if (str_eq(demo->categories[i].slug, str_from_c(slug)))
            return (int)i;
    }
    panic("demo", "a category names an unknown parent");
}

static void add_category(
    struct demo *demo, struct demo_category category, const struct demo_spec *spec)
{
    ASSERT(demo->categories_n < DEMO_CATEGORIES_MAX);
    demo->categories[demo->categories_n] = category;
    demo->specs[demo->categories_n] = spec;
    demo->categories_n++;
}

static void add_spec(struct demo *demo, struct arena *arena, const struct demo_spec *spec)
{
    struct demo_attribute *attributes = NEW_N(arena, DEMO_ATTRIBUTES_MAX, struct demo_attribute);
    size_t n = 0;
    for (; n < DEMO_ATTRIBUTES_MAX && spec->attributes[n].key; n++) {
        const struct demo_spec_attribute *a = &spec->attributes[n];
        attributes[n] = (struct demo_attribute){ .key = str_from_c(a->key),
            .name = str_from_c(a->name),
            .unit = str_from_c(a->unit),
            .type = a->type };
    }
    ASSERT(n < DEMO_ATTRIBUTES_MAX);
    attributes[n++] =
        (struct demo_attribute){ .key = S("colour"), .name = S("Colour"), .type = DEMO_TEXT };
    add_category(demo,
        (struct demo_category){ .slug = str_from_c(spec->slug),
            .name = str_from_c(spec->name),
            .parent = find_category(demo, spec->parent),
            .leaf = true,
            .picture = str_from_c(spec->picture),
            .attributes = attributes,
            .attributes_n = n },
        spec);
}

static void add_slots(struct demo *demo)
{
    for (size_t c = 0; c < demo->categories_n; c++) {
        int share = demo->specs[c] ? demo->specs[c]->share : 0;
        for (int nth = 0; nth < share; nth++) {
            ASSERT(demo->slots_n < DEMO_SLOTS_MAX);
            demo->slots[demo->slots_n++] = (struct demo_slot){ (int)c, nth };
        }
    }
    struct rng rng = demo_rng(demo, DEMO_S_SLOTS, 0, 0);
    for (size_t i = demo->slots_n; i > 1; i--) {
        size_t j = (size_t)rng_below(&rng, i);
        struct demo_slot kept = demo->slots[i - 1];
        demo->slots[i - 1] = demo->slots[j];
        demo->slots[j] = kept;
    }
}

/* Weekends sell more, and the shop grows a little from day to day. */
static void share_days(struct demo *demo)
{
    static const int64_t weekday[7] = { 122, 112, 100, 97, 99, 107, 116 }; /* from Sunday on */
    demo->day_shares[0] = 0;
    for (int day = 0; day < DEMO_ORDER_DAYS; day++) {
        int64_t ms = demo->opts.now_ms - (DEMO_ORDER_DAYS - day) * DAY_MS;
        int64_t share = weekday[civil_from_ms(ms).weekday] * (200 + day);
        demo->day_shares[day + 1] = demo->day_shares[day] + share;
    }
}

static struct demo_opts with_defaults(struct demo_opts opts)
{
    if (opts.products <= 0)
        opts.products = PRODUCTS_DEFAULT;
    if (opts.customers <= 0)
        opts.customers = opts.products / 4 < CUSTOMERS_MIN ? CUSTOMERS_MIN : opts.products / 4;
    if (opts.orders <= 0)
        opts.orders = opts.products < ORDERS_MIN ? ORDERS_MIN : opts.products;
    if (opts.now_ms == 0)
        opts.now_ms = NOW_DEFAULT;
    ASSERT(opts.products <= COUNT_MAX);
    ASSERT(opts.customers <= COUNT_MAX);
    ASSERT(opts.orders <= COUNT_MAX);
    return opts;
}

struct demo *demo_new(struct arena *arena, struct demo_opts opts)
{
    const struct demo_spec_list *lists[] = { &demo_specs_computers, &demo_specs_electronics,
        &demo_specs_home, &demo_specs_wear, &demo_specs_leisure, &demo_specs_care };
    struct demo *demo = NEW(arena, struct demo);
    demo->opts = with_defaults(opts);
    for (size_t i = 0; i < demo_groups_n; i++) {
        const struct demo_group *g = &demo_groups[i];
        add_category(demo,
            (struct demo_category){ .slug = str_from_c(g->slug),
                .name = str_from_c(g->name),
                .parent = find_category(demo, g->parent),
                .picture = str_from_c(g->picture) },
            NULL);
    }
    for (size_t l = 0; l < COUNT(lists); l++) {
        for (size_t i = 0; i < lists[l]->n; i++)
            add_spec(demo, arena, &lists[l]->specs[i]);
    }
    add_slots(demo);
    share_days(demo);

    struct rng rng = demo_rng(demo, DEMO_S_RANK, 0, 0);
    int64_t n = demo->opts.products;
    demo->rank_step = demo_coprime(rng_between(&rng, n / 3, n / 3 * 2), n) % n;
    demo->rank_step_inverse = inverse(demo->rank_step, n);
    demo->rank_offset = rng_between(&rng, 0, n - 1);
    return demo;
}

struct demo_opts demo_opts_of(const struct demo *demo)
{
    return demo->opts;
}

const struct demo_category *demo_categories(const struct demo *demo, size_t *ret_n)
{
    *ret_n = demo->categories_n;
    return demo->categories;
}

struct demo_place demo_place_of(const struct demo *demo, int64_t i)
{
    int64_t n = (int64_t)demo->slots_n;
    struct demo_slot slot = demo->slots[i % n];
    return (
        struct demo_place){ slot.category, i / n * demo->specs[slot.category]->share + slot.nth };
}

int64_t demo_index_of(const struct demo *demo, struct demo_place place)
{
    int64_t share = demo->specs[place.category]->share, n = (int64_t)demo->slots_n;
    for (int64_t s = 0; s < n; s++) {
        struct demo_slot slot = demo->slots[s];
        if (slot.category == place.category && slot.nth == place.ordinal % share)
            return place.ordinal / share * n + s;
    }
    panic("demo", "a place without a slot");
}

int64_t demo_rank_of(const struct demo *demo, int64_t i)
{
    int64_t n = demo->opts.products;
    if (i >= n)
        return i;
    return (i - demo->rank_offset + n) % n * demo->rank_step_inverse % n;
}

int64_t demo_ranked(const struct demo *demo, int64_t rank)
{
    int64_t n = demo->opts.products;
    return (rank * demo->rank_step + demo->rank_offset) % n;
}
