/* SPDX-License-Identifier: Apache-2.0
 * A small catalogue on a fresh database, and units around its verbs. Included by the tests of this
 * folder. Must never be used by another module's test. */
#ifndef SOUK_SERVICES_CATALOG_TESTS_CATALOG_SHOP_H
#define SOUK_SERVICES_CATALOG_TESTS_CATALOG_SHOP_H

#include "services/catalog/catalog.h"
#include "tests/support/store.h"

struct shop {
    struct store *s;
    struct cx *cx;
    struct bus *bus;
    struct catalog *c;
    id electronics, laptops, home;
};

/* One call of a verb, as the argument of its unit. */
struct call {
    struct shop *shop;
    const struct catalog_product *product;
    struct catalog_category category;
    struct catalog_wanted wanted;
    enum catalog_status status;
    id id, id2, *ids;
    str text;
    int64_t n;
    size_t count;
    struct catalog_product *products;
    struct catalog_category *categories;
};

#define CALL(name, expression)                                                                     \
    static inline err name(void *arg, struct cx *cx)                                               \
    {                                                                                              \
        struct call *call = arg;                                                                   \
        struct catalog *c = call->shop->c;                                                         \
        return expression;                                                                         \
    }
CALL(do_category, catalog_category_put(c, cx, call->category, &call->id))
CALL(do_category_get, catalog_category_get(c, cx, call->id, call->text, &call->category))
CALL(do_categories, catalog_categories(c, cx, &call->categories, &call->count))
CALL(do_recount, catalog_recount(c, cx))
CALL(do_put, catalog_product_put(c, cx, call->product, &call->id, call->ids))
CALL(do_get, catalog_product_get(c, cx, call->id, call->products))
CALL(do_products, catalog_products(c, cx, call->wanted, call->products))
CALL(do_page, catalog_product_page(c, cx, call->id, call->n, &call->ids, &call->count))
CALL(do_status, catalog_product_status(c, cx, call->id, call->status))
CALL(do_count, catalog_product_count(c, cx, &call->n))
CALL(do_find, catalog_variant_find(c, cx, call->text, &call->id, &call->id2))

static inline id shop_category(struct shop *shop, const char *name, id parent)
{
    struct call call = { .shop = shop,
        .category = { .name = str_from_c(name), .parent_id = parent, .picture = S("laptop") } };
    CHECK_ERR(shop->cx, store_write(shop->s, do_category, &call), NULL);
    return call.id;
}

static inline struct shop *shop_open(void **state)
{
    struct store *s = store_open(
        store_engine(state), (const char *const[]){ "platform/bus", "services/catalog", NULL });
    struct cx *cx = store_cx(s);
    struct shop *shop = NEW(cx->arena, struct shop);
    *shop = (struct shop){ .s = s, .cx = cx };
    shop->bus = bus_open(cx->arena, (struct bus_opts){ .db = store_db(s) });
    shop->c = catalog_open(cx->arena, (struct catalog_deps){ .db = store_db(s), .bus = shop->bus });
    shop->electronics = shop_category(shop, "Electronics", (id){ { 0 } });
    shop->laptops = shop_category(shop, "Laptops", shop->electronics);
    shop->home = shop_category(shop, "Home & Garden", (id){ { 0 } });
    return shop;
}

static inline void shop_close(struct shop *shop)
{
    struct store *s = shop->s;
    bus_close(shop->bus);
    store_close(s);
}

static inline id shop_put(struct shop *shop, const struct catalog_product *product, id *ret_ids)
{
    struct call call = { .shop = shop, .product = product, .ids = ret_ids };
    CHECK_ERR(shop->cx, store_write(shop->s, do_put, &call), NULL);
    return call.id;
}

static inline struct catalog_product shop_get(struct shop *shop, id product_id)
{
    struct catalog_product product = { 0 };
    struct call call = { .shop = shop,
        .products = &product,
        .wanted = { .product_ids = &product_id, .n = 1, .whole = true, .unpublished_too = true } };
    CHECK_ERR(shop->cx, store_read(shop->s, do_products, &call), NULL);
    return product;
}

static inline int64_t shop_events(struct shop *shop)
{
    struct bus_figures figures = { 0 };
    CHECK_ERR(shop->cx, bus_figures_of(shop->bus, shop->cx, &figures), NULL);
    return figures.waiting;
}

/* A published laptop with two variants; each caller changes what it is about. */
static const struct catalog_option shop_silver[] = { { S_INIT("Colour"), S_INIT("Silver") },
    { S_INIT("Memory"), S_INIT("16 GB") } };
static const struct catalog_option shop_black[] = { { S_INIT("Colour"),
    S_INIT("Black \"Onyx\"") } };
static const struct catalog_variant shop_variants[] = {
    { .sku = S_INIT("AUR-1-S"),
        .ean = S_INIT("4006381333931"),
        .options = shop_silver,
        .options_n = 2,
        .colour = S_INIT("Silver"),
        .weight_g = 1300 },
    { .sku = S_INIT("AUR-1-B"),
        .options = shop_black,
        .options_n = 1,
        .image = S_INIT("/media/b/x.png"),
        .weight_g = 1310 },
};
static const struct catalog_attribute shop_attributes[] = {
    { S_INIT("screen_size"), S_INIT("Screen size"), CATALOG_NUMBER, S_INIT("15.6"), S_INIT("in") },
    { S_INIT("finish"), S_INIT("Finish"), CATALOG_TEXT, S_INIT("Brushed\xc3\xa9 \"alu\""),
        { NULL, 0 } },
    { S_INIT("touch"), S_INIT("Touch"), CATALOG_BOOL, S_INIT("true"), { NULL, 0 } },
};

static inline struct catalog_product shop_laptop(const struct shop *shop)
{
    return (struct catalog_product){ .category_id = shop->laptops,
        .source = S("test:1"),
        .title = S("Aurora 15 Café"),
        .brand = S("Aurora"),
        .description = S("Light.\n\n\"Quiet\"."),
        .status = CATALOG_PUBLISHED,
        .attributes = shop_attributes,
        .attributes_n = COUNT(shop_attributes),
        .variants = shop_variants,
        .variants_n = COUNT(shop_variants),
        .released_ms = 1735689600000,
        .rating_sum = 17,
        .rating_count = 4,
        .prime = true };
}

#endif
