/* SPDX-License-Identifier: Apache-2.0
 * The verbs of categories on both engines. Run by meson test. Must never look into a table. */
#include "services/catalog/catalog_domain.h"
#include "services/catalog/tests/catalog_shop.h"

static struct catalog_category category(struct shop *shop, id category_id)
{
    struct call call = { .shop = shop, .id = category_id };
    CHECK_ERR(shop->cx, store_read(shop->s, do_category_get, &call), NULL);
    return call.category;
}

static err try_category(struct shop *shop, struct catalog_category in)
{
    struct call call = { .shop = shop, .category = in };
    return store_write(shop->s, do_category, &call);
}

static void path_and_label_follow_from_the_parents(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_category got = category(shop, shop->laptops);
    CHECK_STR(got.name, S("Laptops"));
    CHECK_STR(got.slug, S("laptops"));
    CHECK_STR(got.path, S("electronics/laptops"));
    CHECK_STR(got.label, S("Electronics > Laptops"));
    CHECK_STR(got.picture, S("laptop"));
    CHECK_INT(got.level, 1);
    CHECK(id_eq(got.parent_id, shop->electronics));
    CHECK_STR(category(shop, shop->home).path, S("home-garden"));
    CHECK(id_is_none(category(shop, shop->home).parent_id));

    struct call call = { .shop = shop, .text = S("electronics/laptops") };
    CHECK_ERR(shop->cx, store_read(shop->s, do_category_get, &call), NULL);
    CHECK(id_eq(call.category.category_id, shop->laptops));
    call.text = S("laptops");
    CHECK_ERR(shop->cx, store_read(shop->s, do_category_get, &call), &ERR_MISSING);
    call = (struct call){ .shop = shop, .id = id_from_name(S("t"), S("nobody")) };
    CHECK_ERR(shop->cx, store_read(shop->s, do_category_get, &call), &ERR_MISSING);
    shop_close(shop);
}

static void the_same_path_is_the_same_category(void **state)
{
    struct shop *shop = shop_open(state);
    struct call call = { .shop = shop,
        .category = { .name = S("LAPTOPS!"),
            .parent_id = shop->electronics,
            .picture = S("tablet"),
            .position = 7 } };
    CHECK_ERR(shop->cx, store_write(shop->s, do_category, &call), NULL);
    CHECK(id_eq(call.id, shop->laptops));
    struct catalog_category got = category(shop, shop->laptops);
    CHECK_STR(got.name, S("LAPTOPS!"));
    CHECK_STR(got.label, S("Electronics > LAPTOPS!"));
    CHECK_STR(got.picture, S("tablet"));
    CHECK_INT(got.position, 7);
    id wanted = id_from_name(S("t"), S("wanted"));
    call.category = (struct catalog_category){ .name = S("Phones"), .category_id = wanted };
    CHECK_ERR(shop->cx, store_write(shop->s, do_category, &call), NULL);
    CHECK(id_eq(call.id, wanted));
    shop_close(shop);
}

static void a_new_name_goes_down_the_tree(void **state)
{
    struct shop *shop = shop_open(state);
    id gaming = shop_category(shop, "Gaming", shop->laptops);
    id twin = shop_category(shop, "Electronics 2", (id){ { 0 } });
    id below_twin = shop_category(shop, "Laptops", twin);
    CHECK_ERR(shop->cx,
        try_category(
            shop, (struct catalog_category){ .name = S("Elektronik"), .slug = S("electronics") }),
        NULL);
    CHECK_STR(category(shop, shop->laptops).label, S("Elektronik > Laptops"));
    CHECK_STR(category(shop, gaming).label, S("Elektronik > Laptops > Gaming"));
    CHECK_STR(category(shop, gaming).path, S("electronics/laptops/gaming"));
    CHECK_STR(category(shop, below_twin).label, S("Electronics 2 > Laptops"));
    shop_close(shop);
}

static const struct refusal {
    const char *name;
    struct catalog_category in;
    err want;
} refusals[] = {
    { "no name", { .slug = S_INIT("a") }, &ERR_INVALID },
    { "a name that makes no slug", { .name = S_INIT("\xe6\x9c\xac") }, &ERR_INVALID },
    { "a bad slug", { .name = S_INIT("A"), .slug = S_INIT("a/b") }, &ERR_INVALID },
    { "a place below zero", { .name = S_INIT("A"), .position = -1 }, &ERR_INVALID },
    { "unknown parent", { .name = S_INIT("A"), .parent_id = { { 1 } } },
        &CATALOG_CATEGORY_UNKNOWN },
};

static void bad_categories_are_refused(void **state)
{
    struct shop *shop = shop_open(state);
    for (size_t i = 0; i < COUNT(refusals); i++)
        CASE(refusals[i].name, try_category(shop, refusals[i].in) == refusals[i].want);
    id parent = shop->laptops;
    for (int level = 2; level < CATALOG_LEVELS_MAX; level++)
        parent = shop_category(shop, "Deeper", parent);
    CHECK_ERR(shop->cx,
        try_category(shop, (struct catalog_category){ .name = S("Deeper"), .parent_id = parent }),
        &ERR_INVALID);
    shop_close(shop);
}

static void the_tree_is_listed_by_level(void **state)
{
    struct shop *shop = shop_open(state);
    id attic = shop_category(shop, "Attic", (id){ { 0 } });
    CHECK_ERR(shop->cx,
        try_category(shop, (struct catalog_category){ .name = S("Attic"), .position = 1 }), NULL);
    id audio = shop_category(shop, "Audio", shop->electronics);
    struct call call = { .shop = shop };
    CHECK_ERR(shop->cx, store_read(shop->s, do_categories, &call), NULL);
    const id want[] = { shop->electronics, shop->home, attic, audio, shop->laptops };
    CHECK_INT((int64_t)call.count, (int64_t)COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++)
        CHECK(id_eq(call.categories[i].category_id, want[i]));
    shop_close(shop);
}

/* ---- counts ---- */

static void check_counts(struct shop *shop, int64_t electronics, int64_t laptops, int64_t home)
{
    CHECK_INT(category(shop, shop->electronics).product_count, electronics);
    CHECK_INT(category(shop, shop->laptops).product_count, laptops);
    CHECK_INT(category(shop, shop->home).product_count, home);
}

static void recount(struct shop *shop)
{
    struct call call = { .shop = shop };
    CHECK_ERR(shop->cx, store_write(shop->s, do_recount, &call), NULL);
}

static void counts_follow_every_change(void **state)
{
    struct shop *shop = shop_open(state);
    struct catalog_product in = shop_laptop(shop);
    id product_id = shop_put(shop, &in, NULL);
    check_counts(shop, 1, 1, 0);
    shop_put(shop, &in, NULL);
    in.title = S("Other");
    shop_put(shop, &in, NULL);
    check_counts(shop, 1, 1, 0);
    in.category_id = shop->home;
    shop_put(shop, &in, NULL);
    check_counts(shop, 0, 0, 1);
    struct call call = { .shop = shop, .id = product_id, .status = CATALOG_WITHDRAWN };
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), NULL);
    check_counts(shop, 0, 0, 0);
    in.category_id = shop->electronics;
    in.status = CATALOG_REJECTED;
    shop_put(shop, &in, NULL);
    check_counts(shop, 0, 0, 0);
    call.status = CATALOG_PUBLISHED;
    CHECK_ERR(shop->cx, store_write(shop->s, do_status, &call), NULL);
    check_counts(shop, 1, 0, 0);
    recount(shop);
    check_counts(shop, 1, 0, 0);
    shop_close(shop);
}

static void silent_puts_are_counted_afterwards(void **state)
{
    struct shop *shop = shop_open(state);
    for (int i = 0; i < 5; i++) {
        struct catalog_variant variant = { .sku = str_fmt(shop->cx->arena, "A-%d", i) };
        struct catalog_product in = { .category_id = i < 3 ? shop->laptops : shop->electronics,
            .title = S("Thing"),
            .variants = &variant,
            .variants_n = 1,
            .status = i == 0 ? CATALOG_DRAFT : CATALOG_PUBLISHED,
            .silent = true };
        shop_put(shop, &in, NULL);
    }
    check_counts(shop, 0, 0, 0);
    recount(shop);
    check_counts(shop, 4, 2, 0);
    shop_close(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(path_and_label_follow_from_the_parents),
        STORE_TEST(the_same_path_is_the_same_category),
        STORE_TEST(a_new_name_goes_down_the_tree),
        STORE_TEST(bad_categories_are_refused),
        STORE_TEST(the_tree_is_listed_by_level),
        STORE_TEST(counts_follow_every_change),
        STORE_TEST(silent_puts_are_counted_afterwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
