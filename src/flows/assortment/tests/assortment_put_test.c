/* SPDX-License-Identifier: Apache-2.0
 * Puts by themselves and POST /products on both engines. Run by `./dev test assortment`. */
#include "flows/assortment/tests/assortment_desk.h"

/* ---- a put by itself ---- */

struct put {
    struct desk *d;
    struct assortment_item items[4];
    size_t n;
    err errors[4];
    str details[4];
};

static err unit_put(void *arg, struct cx *cx)
{
    struct put *p = arg;
    return assortment_put(p->d->a, cx, p->items, p->n, p->errors, p->details);
}

static struct assortment_item item_of(
    struct desk *d, const char *source, const struct catalog_variant *variants, size_t n)
{
    struct assortment_offer *offers = NEW_N(d->life, n, struct assortment_offer);
    for (size_t i = 0; i < n; i++)
        offers[i].price = money_of(100, pricing_currency(d->pricing));
    return (struct assortment_item){ .product = { .source = str_from_c(source),
                                         .title = str_from_c(source),
                                         .status = CATALOG_PUBLISHED,
                                         .variants = variants,
                                         .variants_n = n },
        .category_path = S("lamps"),
        .offers = offers };
}

static err unit_count(void *arg, struct cx *cx)
{
    struct found *f = arg;
    return catalog_product_count(f->d->catalog, cx, &f->stock);
}

static int64_t products_of(struct desk *d)
{
    struct found f = { .d = d };
    CHECK_ERR(d->cx, store_read(d->s, unit_count, &f), NULL);
    return f.stock;
}

/* One unit, which commits: what was refused in it has left nothing at all. */
static void a_refused_item_is_as_if_never_put(void **state)
{
    struct desk *d = desk_with_lamps(state);
    const struct catalog_variant first[] = { { .sku = S("A-1") }, { .sku = S("A-2") } };
    const struct catalog_variant taken[] = { { .sku = S("B-1") }, { .sku = S("A-2") },
        { .sku = S("B-3") } };
    const struct catalog_variant other[] = { { .sku = S("C-1") } };
    struct put p = { .d = d,
        .items = { item_of(d, "t:a", first, 2), item_of(d, "t:b", taken, 3),
            item_of(d, "t:c", other, 1) },
        .n = 3 };
    CHECK_ERR(d->cx, store_write(d->s, unit_put, &p), NULL);
    CHECK(!p.errors[0] && p.errors[1] == &CATALOG_SKU_TAKEN && !p.errors[2]);
    CHECK_STR(p.details[1], S("/variants/1/sku: belongs to another product"));
    CHECK_INT(products_of(d), 2);
    CHECK_INT(d->seen.puts, 2);
    struct found f = { .d = d, .sku = S("B-1") };
    CHECK_ERR(d->cx, store_read(d->s, unit_find, &f), &CATALOG_PRODUCT_GONE);
    cx_clear(d->cx);

    /* a change that is refused leaves the product as it was */
    const struct catalog_variant change[] = { { .sku = S("C-1") }, { .sku = S("A-1") } };
    p = (struct put){ .d = d, .items = { item_of(d, "t:c", change, 2) }, .n = 1 };
    CHECK_ERR(d->cx, store_write(d->s, unit_put, &p), NULL);
    CHECK(p.errors[0] == &CATALOG_SKU_TAKEN);
    f = find(d, "C-1");
    CHECK_INT((int64_t)f.product.variants_n, 1);
    CHECK_INT(f.product.version, 1);
    desk_close(d);
}

/* Items of one put come one after another: a SKU that moves may be taken by the next one, and the
 * same product twice ends as the last one. */
static void items_of_one_put_come_in_order(void **state)
{
    struct desk *d = desk_with_lamps(state);
    const struct catalog_variant both[] = { { .sku = S("M-1") }, { .sku = S("M-2") } };
    const struct catalog_variant one[] = { { .sku = S("M-1") } };
    const struct catalog_variant moved[] = { { .sku = S("M-2") } };
    struct put p = { .d = d, .items = { item_of(d, "t:a", both, 2) }, .n = 1 };
    CHECK_ERR(d->cx, store_write(d->s, unit_put, &p), NULL);
    p = (struct put){ .d = d,
        .items = { item_of(d, "t:a", one, 1), item_of(d, "t:b", moved, 1),
            item_of(d, "t:b", moved, 1), item_of(d, "t:c", one, 1) },
        .n = 4 };
    p.items[2].product.title = S("Twice");
    CHECK_ERR(d->cx, store_write(d->s, unit_put, &p), NULL);
    CHECK(!p.errors[0] && !p.errors[1] && !p.errors[2]);
    CHECK(p.errors[3] == &CATALOG_SKU_TAKEN);
    CHECK_STR(find(d, "M-2").product.title, S("Twice"));
    CHECK_STR(find(d, "M-1").product.source, S("t:a"));
    CHECK_INT(products_of(d), 2);
    desk_close(d);
}

/* Buyers' stars are not in the file. */
static void a_repeated_import_keeps_ratings(void **state)
{
    struct desk *d = desk_with_lamps(state);
    const struct catalog_variant variants[] = { { .sku = S("R-1") } };
    struct put p = { .d = d, .items = { item_of(d, "t:r", variants, 1) }, .n = 1 };
    p.items[0].product.rating_sum = 9;
    p.items[0].product.rating_count = 2;
    CHECK_ERR(d->cx, store_write(d->s, unit_put, &p), NULL);
    p.items[0] = item_of(d, "t:r", variants, 1);
    p.items[0].product.title = S("New title");
    CHECK_ERR(d->cx, store_write(d->s, unit_put, &p), NULL);
    CHECK(!p.errors[0]);
    struct found f = find(d, "R-1");
    CHECK_STR(f.product.title, S("New title"));
    CHECK_INT(f.product.rating_sum, 9);
    CHECK_INT(f.product.rating_count, 2);
    desk_close(d);
}

/* ---- POST /products ---- */

static struct answer post(struct desk *d, unsigned roles, const char *body)
{
    cx_clear(d->cx);
    d->cx->who = (struct principal){
        .user_id = id_from_name(S("test"), S("seller")), .name = S("Sam Seller"), .roles = roles
    };
    return ask(d->s, (struct ask){ .routes = assortment_routes,
                         .service = d->a,
                         .method = "POST",
                         .path = S("/api/v1/products"),
                         .body = str_from_c(body) });
}

#define BODY(rest) "{\"title\":\"Desk lamp\",\"category\":\"lamps\",\"price\":19.90" rest "}"

static void a_seller_submits_and_staff_publishes(void **state)
{
    struct desk *d = desk_with_lamps(state);
    struct answer a = post(d, ROLE_SELLER,
        BODY(",\"brand\":\"Acme\",\"variants\":[{\"sku\":\"L-1\",\"attributes\":{\"Colour\":"
             "\"Red\"},\"stock\":3},{\"attributes\":{\"Colour\":\"Blue\"},\"price\":\"21.00\"}],"
             "\"specifications\":{\"Light flux\":800,\"Dimmable\":true}"));
    CHECK_ERR(d->cx, a.e, NULL);
    CHECK_INT(a.status, 201);
    CHECK(str_find(a.body, S("\"status\":\"submitted\""), 0) > 0);
    CHECK_STR(a.reply.headers[0].name, S("Location"));
    CHECK_INT(d->seen.puts, 0);
    struct found f = find(d, "L-1");
    CHECK_STR(f.product.seller_name, S("Sam Seller"));
    CHECK_INT((int64_t)f.product.variants_n, 2);
    CHECK_STR(f.product.attributes[0].name, S("light_flux"));
    CHECK_STR(f.product.attributes[0].label, S("Light flux"));
    CHECK_INT(f.product.attributes[0].kind, CATALOG_NUMBER);
    CHECK_INT(f.price.price.minor, 1990);
    CHECK_INT(f.stock, 3);
    CHECK(str_starts(f.product.variants[1].sku, S("S-")));
    a = post(d, ROLE_SELLER | ROLE_ADMIN, BODY(""));
    CHECK_ERR(d->cx, a.e, NULL);
    CHECK(str_find(a.body, S("\"status\":\"published\""), 0) > 0);
    CHECK_INT(d->seen.puts, 1);
    CHECK_STR(d->seen.last.category_path, S("lamps"));
    desk_close(d);
}

static const struct refused_case {
    const char *name, *body;
    err want;
    const char *pointer;
} refused_cases[] = {
    { "unknown category", "{\"title\":\"T\",\"category\":\"x\",\"price\":1}",
        &CATALOG_CATEGORY_UNKNOWN, NULL },
    { "unknown category id",
        "{\"title\":\"T\",\"category\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"price\":1}",
        &CATALOG_CATEGORY_UNKNOWN, NULL },
    { "no price", "{\"title\":\"T\",\"category\":\"lamps\"}", &ERR_MALFORMED, "/price" },
    { "free", "{\"title\":\"T\",\"category\":\"lamps\",\"price\":0}", &ERR_INVALID, "/price" },
    { "part of a cent", "{\"title\":\"T\",\"category\":\"lamps\",\"price\":1.999}", &ERR_INVALID,
        "/price" },
    { "list below price", BODY(",\"listPrice\":5"), &ERR_INVALID, "/listPrice" },
    { "bad EAN", BODY(",\"variants\":[{\"ean\":\"4006381333932\"}]"), &ERR_INVALID,
        "/variants/0/ean" },
    { "bad price of a variant", BODY(",\"variants\":[{},{\"price\":0}]"), &ERR_INVALID,
        "/variants/1/price" },
    { "SKU twice", BODY(",\"variants\":[{\"sku\":\"A\"},{\"sku\":\"A\"}]"), &ERR_INVALID,
        "/variants/1/sku" },
    { "taken SKU", BODY(",\"variants\":[{\"sku\":\"TAKEN\"}]"), &CATALOG_SKU_TAKEN, NULL },
    { "no picture", BODY(",\"images\":[\"bm8gcGljdHVyZQ==\"]"), &CATALOG_IMAGE_BAD, "/images/0" },
};

static void what_is_wrong_with_a_product_is_told(void **state)
{
    struct desk *d = desk_with_lamps(state);
    CHECK_ERR(d->cx, post(d, ROLE_SELLER, BODY(",\"variants\":[{\"sku\":\"TAKEN\"}]")).e, NULL);
    for (size_t i = 0; i < COUNT(refused_cases); i++) {
        const struct refused_case *c = &refused_cases[i];
        struct answer a = post(d, ROLE_SELLER, c->body);
        CASE_STR(c->name, str_from_c(a.e ? a.e->slug : NULL), str_from_c(c->want->slug));
        if (c->pointer)
            CASE_STR(c->name, d->cx->fields ? d->cx->fields->pointer : S("none"),
                str_from_c(c->pointer));
    }
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_refused_item_is_as_if_never_put),
        STORE_TEST(items_of_one_put_come_in_order),
        STORE_TEST(a_repeated_import_keeps_ratings),
        STORE_TEST(a_seller_submits_and_staff_publishes),
        STORE_TEST(what_is_wrong_with_a_product_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
