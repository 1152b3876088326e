/* SPDX-License-Identifier: Apache-2.0
 * The demo shop: same seed, same shop; everything in it valid and distinct. Run by meson test.
 * Must never depend on what a single product happens to be. */
#include "flows/demo/demo.h"

#include "base/map.h"
#include "tests/support/check.h"

#define FEW 2000
#define MANY 20000

static bool one_of(str s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(s, str_from_c(list[i])))
            return true;
    }
    return false;
}

/* What services/catalog draws; its own test holds the same list. */
static const char *const kinds[] = { "laptop", "phone", "tablet", "monitor", "desktop", "printer",
    "toner", "headphones", "earbuds", "speaker", "camera", "lens", "watch", "tv", "keyboard",
    "mouse", "router", "cable", "drive", "memory", "projector", "phone-case", "bag", "backpack",
    "shirt", "jacket", "dress", "shoe", "boot", "hat", "sunglasses", "ring", "chair", "sofa",
    "lamp", "table", "rug", "pillow", "mug", "pan", "knife", "kettle", "blender", "bottle", "plant",
    "book", "ball", "racket", "bicycle", "tent", "dumbbell", "toy-car", "teddy", "puzzle", "guitar",
    "drill", "hammer", "brush", "soap", "perfume", "vitamin", "food-jar", "coffee", "pet-bowl" };

static void categories_make_a_tree(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 1 });
    size_t n = 0, leaves = 0, departments = 0;
    const struct demo_category *all = demo_categories(demo, &n);
    struct map slugs = map_new(arena, n);
    for (size_t i = 0; i < n; i++) {
        CHECK(all[i].slug.n > 0 && all[i].name.n > 0);
        CHECK(map_get(&slugs, all[i].slug) == NULL);
        map_put(&slugs, all[i].slug, demo);
        CHECK(all[i].parent < (int)i);
        CHECK(all[i].parent < 0 || !all[all[i].parent].leaf);
        CHECK(one_of(all[i].picture, kinds, COUNT(kinds)));
        CHECK(all[i].leaf == (all[i].attributes_n > 0));
        departments += all[i].parent < 0;
        leaves += all[i].leaf;
    }
    CHECK(departments >= 10);
    CHECK(leaves >= 45);
    arena_close(arena);
}

static int ean_sum(str ean)
{
    int sum = 0;
    for (size_t i = 0; i < ean.n; i++)
        sum += (ean.p[i] - '0') * (i % 2 == 0 ? 1 : 3);
    return sum;
}

static void check_variant(const struct demo_product *p, const struct demo_variant *v)
{
    CHECK(v->sku.n > 0 && v->colour.n > 0 && v->picture_kind.n > 0);
    CHECK(v->ean13.n == 13);
    CHECK(ean_sum(v->ean13) % 10 == 0);
    CHECK(v->price_minor > 0);
    CHECK(v->list_price_minor == 0 || v->list_price_minor > v->price_minor);
    CHECK(v->weight_g > 0);
    for (size_t w = 0; w < DEMO_WAREHOUSES; w++)
        CHECK(v->stock[w] >= 0);
    for (size_t o = 0; o < p->options_n; o++)
        CHECK(v->options[o].n > 0);
    for (const struct demo_variant *u = p->variants; u < v; u++) {
        bool same = true;
        for (size_t o = 0; o < p->options_n; o++)
            same = same && str_eq(u->options[o], v->options[o]);
        CHECK(!same);
    }
}

static void check_product(const struct demo *demo, const struct demo_product *p)
{
    size_t n = 0;
    const struct demo_category *all = demo_categories(demo, &n);
    CHECK(p->category >= 0 && (size_t)p->category < n && all[p->category].leaf);
    CHECK(p->title.n > 10 && p->brand.n > 0 && p->model.n > 0);
    CHECK(p->description.n > 60 && p->bullets_n >= 3);
    CHECK(str_find_char(p->title, '{', 0) < 0 && str_find_char(p->description, '{', 0) < 0);
    CHECK(p->values_n == all[p->category].attributes_n);
    for (size_t a = 0; a < p->values_n; a++) {
        CHECK(p->values[a].of == &all[p->category].attributes[a]);
        CHECK(p->values[a].text.n > 0);
    }
    CHECK(p->variants_n >= 1 && p->variants_n <= DEMO_VARIANTS_MAX);
    for (size_t v = 0; v < p->variants_n; v++)
        check_variant(p, &p->variants[v]);
    int64_t sum = 0, stars = 0;
    for (int s = 0; s < 5; s++) {
        sum += p->histogram[s];
        stars += p->histogram[s] * (s + 1);
    }
    CHECK_INT(sum, p->rating_count);
    if (sum > 0)
        CHECK_INT(p->rating_average_x100, (stars * 100 + sum / 2) / sum);
    CHECK(p->released_ms < demo_opts_of(demo).now_ms);
}

static void products_are_valid(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16), *scratch = arena_open(1 << 16);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 7 });
    struct demo_product p;
    for (int64_t i = 0; i < FEW; i++) {
        arena_reset(scratch);
        demo_product(demo, i, scratch, &p);
        check_product(demo, &p);
    }
    arena_close(scratch);
    arena_close(arena);
}

static void put_once(struct map *map, struct arena *arena, str key)
{
    CHECK(map_get(map, key) == NULL);
    map_put(map, str_dup(arena, key), map);
}

static void keys_titles_skus_and_eans_are_distinct(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 24), *scratch = arena_open(1 << 16);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 3, .products = MANY });
    struct map keys = map_new(arena, MANY), titles = map_new(arena, MANY);
    struct map skus = map_new(arena, MANY * 4), eans = map_new(arena, MANY * 4);
    struct demo_product p;
    for (int64_t i = 0; i < MANY; i++) {
        arena_reset(scratch);
        demo_product(demo, i, scratch, &p);
        put_once(&keys, arena, p.key);
        put_once(&titles, arena, p.title);
        for (size_t v = 0; v < p.variants_n; v++) {
            put_once(&skus, arena, p.variants[v].sku);
            put_once(&eans, arena, p.variants[v].ean13);
        }
    }
    arena_close(scratch);
    arena_close(arena);
}

static void the_same_seed_gives_the_same_shop(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 20);
    struct demo *a = demo_new(arena, (struct demo_opts){ .seed = 5 });
    struct demo *b = demo_new(arena, (struct demo_opts){ .seed = 5, .products = 500000 });
    struct demo *c = demo_new(arena, (struct demo_opts){ .seed = 6 });
    struct demo_product p, q, r;
    size_t differ = 0;
    for (int64_t i = 0; i < 100; i++) {
        int64_t j = i * 17;
        demo_product(a, j, arena, &p);
        demo_product(b, j, arena, &q); /* of a larger shop: same product, another rank */
        demo_product(c, j, arena, &r);
        CHECK_STR(p.title, q.title);
        CHECK_STR(p.description, q.description);
        CHECK_STR(p.variants[0].sku, q.variants[0].sku);
        CHECK_INT(p.variants[0].price_minor, q.variants[0].price_minor);
        CHECK_INT(p.variants[0].stock[0], q.variants[0].stock[0]);
        differ += !str_eq(p.title, r.title);
    }
    CHECK(differ > 90);
    demo_product(a, INT64_C(123456789), arena, &p);
    check_product(a, &p);
    arena_close(arena);
}

static void ranks_are_a_permutation(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16), *scratch = arena_open(1 << 16);
    for (int64_t n = 1; n < 400; n += 37) {
        struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 9, .products = n });
        bool seen[400] = { false };
        struct demo_product p;
        for (int64_t i = 0; i < n; i++) {
            arena_reset(scratch);
            demo_product(demo, i, scratch, &p);
            CHECK(p.rank >= 0 && p.rank < n && !seen[p.rank]);
            seen[p.rank] = true;
        }
    }
    arena_close(scratch);
    arena_close(arena);
}

static void reviews_add_up_to_the_histogram(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16), *scratch = arena_open(1 << 20);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 2, .products = 200 });
    int64_t customers = demo_opts_of(demo).customers;
    for (int64_t i = 0; i < 60; i++) {
        arena_reset(scratch);
        struct demo_product p;
        struct demo_review r;
        demo_product(demo, i, scratch, &p);
        int64_t histogram[5] = { 0 };
        bool *wrote = NEW_N(scratch, (size_t)customers, bool);
        for (int64_t k = 0; k < p.rating_count; k++) {
            demo_review(demo, i, k, scratch, &r);
            CHECK(r.rating >= 1 && r.rating <= 5);
            histogram[r.rating - 1]++;
            CHECK(r.title.n > 0 && r.body.n > 10 && r.author.n > 3);
            CHECK(str_find_char(r.body, '{', 0) < 0);
            CHECK(r.created_ms >= p.released_ms && r.days_ago >= 0);
            CHECK(r.customer >= 0 && r.customer < customers && !wrote[r.customer]);
            wrote[r.customer] = true;
        }
        for (size_t s = 0; s < 5; s++)
            CHECK_INT(histogram[s], p.histogram[s]);
    }
    arena_close(scratch);
    arena_close(arena);
}

static void texts_are_all_in_a_small_shop_and_few_in_a_large_one(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t products, rank, ratings, want;
    } cases[] = {
        { "small", 300, 299, 40, 40 },
        { "small, never rated", 300, 0, 0, 0 },
        { "the largest with all", DEMO_TEXTS_ALL, DEMO_TEXTS_ALL - 1, 200, 200 },
        { "large, a best seller", 1000000, 0, 200, DEMO_TEXTS_MAX },
        { "large, a few ratings", 1000000, DEMO_TEXTS_ALL - 1, 3, 3 },
        { "large, hardly sold", 1000000, DEMO_TEXTS_ALL, 30, 0 },
    };
    struct arena *arena = arena_open(1 << 16);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct demo *demo =
            demo_new(arena, (struct demo_opts){ .seed = 2, .products = cases[c].products });
        struct demo_product p = { .rank = cases[c].rank, .rating_count = cases[c].ratings };
        CASE_INT(cases[c].name, demo_texts(demo, &p), cases[c].want);
    }
    arena_close(arena);
}

static void customers_can_be_written_to(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 20), *scratch = arena_open(1 << 16);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 4 });
    struct map mails = map_new(arena, FEW);
    for (int64_t j = 0; j < FEW; j++) {
        arena_reset(scratch);
        struct demo_customer c;
        demo_customer(demo, j, scratch, &c);
        CHECK(c.given.n > 0 && c.family.n > 0 && c.name.n > 2);
        put_once(&mails, arena, c.email);
        CHECK(str_find(c.email, S("@example."), 0) > 0);
        for (size_t b = 0; b < c.email.n; b++)
            CHECK(c.email.p[b] > ' ' && c.email.p[b] < 0x7f);
        CHECK(c.addresses_n >= 1 && c.addresses_n <= DEMO_ADDRESSES_MAX);
        for (size_t a = 0; a < c.addresses_n; a++) {
            const struct demo_address *to = &c.addresses[a];
            CHECK(to->line1.n > 4 && to->city.n > 2 && to->postcode.n >= 4 && to->country.n == 2);
            CHECK(str_find_char(to->postcode, '#', 0) < 0 && str_find_char(to->phone, '#', 0) < 0);
            CHECK(str_starts(to->phone, S("+")));
        }
    }
    arena_close(scratch);
    arena_close(arena);
}

static void orders_are_of_what_there_is(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16), *scratch = arena_open(1 << 16);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .seed = 8 });
    struct demo_opts opts = demo_opts_of(demo);
    int64_t before = opts.now_ms - INT64_C(90) * 86400000, top = 0, several = 0;
    for (int64_t k = 0; k < opts.orders; k++) {
        struct demo_order o;
        demo_order(demo, k, &o);
        CHECK(o.customer >= 0 && o.customer < opts.customers);
        CHECK(o.placed_ms >= before && o.placed_ms < opts.now_ms);
        before = o.placed_ms;
        CHECK(o.lines_n >= 1 && o.lines_n <= DEMO_LINES_MAX);
        several += o.lines_n > 1;
        for (size_t l = 0; l < o.lines_n; l++) {
            arena_reset(scratch);
            struct demo_product p;
            demo_product(demo, o.lines[l].product, scratch, &p);
            CHECK(o.lines[l].variant >= 0 && (size_t)o.lines[l].variant < p.variants_n);
            CHECK(o.lines[l].quantity >= 1 && o.lines[l].product < opts.products);
            CHECK(p.released_ms < o.placed_ms);
            top += l == 0 && p.rank < opts.products / 10;
        }
    }
    CHECK(top > opts.orders / 3);
    CHECK(several > opts.orders / 5);
    arena_close(scratch);
    arena_close(arena);
}

static void a_shop_of_one_product_works(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16);
    struct demo *demo = demo_new(arena, (struct demo_opts){ .products = 1, .orders = 5 });
    struct demo_order o;
    for (int64_t k = 0; k < 5; k++) {
        demo_order(demo, k, &o);
        CHECK_INT((int64_t)o.lines_n, 1);
        CHECK_INT(o.lines[0].product, 0);
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(categories_make_a_tree),
        cmocka_unit_test(products_are_valid),
        cmocka_unit_test(keys_titles_skus_and_eans_are_distinct),
        cmocka_unit_test(the_same_seed_gives_the_same_shop),
        cmocka_unit_test(ranks_are_a_permutation),
        cmocka_unit_test(reviews_add_up_to_the_histogram),
        cmocka_unit_test(texts_are_all_in_a_small_shop_and_few_in_a_large_one),
        cmocka_unit_test(customers_can_be_written_to),
        cmocka_unit_test(orders_are_of_what_there_is),
        cmocka_unit_test(a_shop_of_one_product_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
