/* SPDX-License-Identifier: Apache-2.0
 * The routes of prices on both engines, without the edge. Run by meson test. */
#include "flows/assortment/assortment_internal.h"
#include "tests/support/ask.h"

#define PRODUCT "019b7000-0000-7000-8000-000000000001"
#define VARIANT "019b7000-0000-7000-8000-000000000002"
#define OTHER "019b7000-0000-7000-8000-000000000003"
#define STRANGE "019b7000-0000-7000-8000-000000000004"
#define PATH_OF(product) "/api/v1/admin/products/" product "/prices"

static struct answer ask_prices(struct store *s, struct assortment *a, const char *method, str body)
{
    return ask(s, (struct ask){ .routes = assortment_routes,
                      .service = a,
                      .method = method,
                      .path = S(PATH_OF(PRODUCT)),
                      .body = body });
}

static struct assortment *open_in(struct store *s, str code)
{
    struct arena *life = store_cx(s)->arena;
    return assortment_open(life,
        (struct assortment_deps){ .db = store_db(s),
            .catalog = catalog_open(life, (struct catalog_deps){ .db = store_db(s) }),
            .pricing =
                pricing_open(life, (struct pricing_deps){ .db = store_db(s), .currency = code }) });
}

static id id_of(const char *text)
{
    id ret;
    CHECK(id_parse(str_from_c(text), &ret));
    return ret;
}

/* One product with two variants. */
static err unit_product(void *arg, struct cx *cx)
{
    struct catalog *c = arg;
    id category_id, product_id;
    const struct catalog_variant variants[] = {
        { .variant_id = id_of(VARIANT), .sku = S("ONE") },
        { .variant_id = id_of(OTHER), .sku = S("TWO") },
    };
    err e =
        catalog_category_put(c, cx, (struct catalog_category){ .name = S("Lamps") }, &category_id);
    return e ? e
             : catalog_product_put(c, cx,
                   &(struct catalog_product){ .product_id = id_of(PRODUCT),
                       .category_id = category_id,
                       .title = S("Lamp"),
                       .variants = variants,
                       .variants_n = COUNT(variants) },
                   &product_id, NULL);
}

static struct store *open_store(void **state)
{
    struct store *s = store_open(store_engine(state),
        (const char *const[]){ "platform/bus", "services/catalog", "services/pricing", NULL });
    struct catalog *c =
        catalog_open(store_cx(s)->arena, (struct catalog_deps){ .db = store_db(s) });
    CHECK_ERR(store_cx(s), store_write(s, unit_product, c), NULL);
    return s;
}

static void prices_are_put_and_read_back(void **state)
{
    struct store *s = open_store(state);
    struct assortment *p = open_in(s, S("USD"));
    struct answer a = ask_prices(s, p, "GET", (str){ NULL, 0 });
    CHECK_ERR(store_cx(s), a.e, NULL);
    CHECK_STR(a.body, S("{\"productId\":\"" PRODUCT "\",\"currency\":\"USD\",\"prices\":[]}"));
    const str want = S("{\"productId\":\"" PRODUCT
                       "\",\"currency\":\"USD\",\"prices\":["
                       "{\"variantId\":\"" VARIANT
                       "\",\"price\":999.99,\"listPrice\":1299.00},"
                       "{\"variantId\":\"" OTHER "\",\"price\":5.00,\"listPrice\":5.00}]}");
    a = ask_prices(s, p, "PUT",
        S("{\"prices\":[{\"variantId\":\"" OTHER "\",\"price\":5},"
          "{\"variantId\":\"" VARIANT "\",\"price\":999.99,\"listPrice\":\"1299.00\"}]}"));
    CHECK_ERR(store_cx(s), a.e, NULL);
    CHECK_INT(a.status, 200);
    CHECK_STR(a.body, want);
    CHECK_STR(ask_prices(s, p, "GET", (str){ NULL, 0 }).body, want);
    CHECK(a.route->conflict != NULL && a.route->scope == SCOPE_CATALOG);
    store_close(s);
}

static const struct put_case {
    const char *name;
    str currency, body;
    err want;
    str pointer;
} put_cases[] = {
    { "no prices", S_INIT("USD"), S_INIT("{\"prices\":[]}"), &ERR_INVALID, S_INIT("/prices") },
    { "no price", S_INIT("USD"), S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\"}]}"),
        &ERR_MALFORMED, S_INIT("/prices/0/price") },
    { "zero", S_INIT("USD"), S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":0}]}"),
        &ERR_INVALID, S_INIT("/prices/0/price") },
    { "below zero", S_INIT("USD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":-1}]}"), &ERR_INVALID,
        S_INIT("/prices/0/price") },
    { "three decimals", S_INIT("USD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":1.005}]}"), &ERR_INVALID,
        S_INIT("/prices/0/price") },
    { "yen with decimals", S_INIT("JPY"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":\"1.5\"}]}"), &ERR_INVALID,
        S_INIT("/prices/0/price") },
    { "dinar with three", S_INIT("KWD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":1.005}]}"), NULL, { 0 } },
    { "list below price", S_INIT("USD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":2,\"listPrice\":1.99}]}"),
        &ERR_INVALID, S_INIT("/prices/0/listPrice") },
    { "too much", S_INIT("USD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":\"100000000000.01\"}]}"),
        &ERR_INVALID, S_INIT("/prices/0/price") },
    { "the most", S_INIT("USD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":\"100000000000.00\"}]}"),
        NULL, { 0 } },
    { "variant of another product", S_INIT("USD"),
        S_INIT("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":2},{\"variantId\":\"" STRANGE
               "\",\"price\":2}]}"),
        &ERR_INVALID, S_INIT("/prices/1/variantId") },
};

static void bad_prices_are_named(void **state)
{
    struct store *s = open_store(state);
    for (size_t i = 0; i < COUNT(put_cases); i++) {
        const struct put_case *t = &put_cases[i];
        struct answer a = ask_prices(s, open_in(s, t->currency), "PUT", t->body);
        CASE(t->name, a.e == t->want);
        if (t->want)
            CASE_STR(t->name, store_cx(s)->fields->pointer, t->pointer);
    }
    store_close(s);
}

static void an_unknown_product_has_no_prices_to_set(void **state)
{
    struct store *s = open_store(state);
    struct answer a =
        ask(s, (struct ask){ .routes = assortment_routes,
                   .service = open_in(s, S("USD")),
                   .method = "PUT",
                   .path = S(PATH_OF(STRANGE)),
                   .body = S("{\"prices\":[{\"variantId\":\"" VARIANT "\",\"price\":2}]}") });
    CHECK_ERR(store_cx(s), a.e, &CATALOG_PRODUCT_GONE);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(prices_are_put_and_read_back),
        STORE_TEST(bad_prices_are_named),
        STORE_TEST(an_unknown_product_has_no_prices_to_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
