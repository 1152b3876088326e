/* SPDX-License-Identifier: Apache-2.0
 * The routes of prices on both engines, without the edge. Run by meson test. */
#include "services/pricing/pricing.h"
#include "tests/support/ask.h"

#define PRODUCT "019b7000-0000-7000-8000-000000000001"
#define VARIANT "019b7000-0000-7000-8000-000000000002"
#define OTHER "019b7000-0000-7000-8000-000000000003"
#define PATH "/api/v1/admin/products/" PRODUCT "/prices"

static struct answer ask_prices(struct store *s, struct pricing *p, const char *method, str body)
{
    return ask(s, (struct ask){ .routes = pricing_service.routes,
                      .service = p,
                      .method = method,
                      .path = S(PATH),
                      .body = body });
}

static struct pricing *open_in(struct store *s, str code)
{
    return pricing_open(
        store_cx(s)->arena, (struct pricing_deps){ .db = store_db(s), .currency = code });
}

static struct store *open_store(void **state)
{
    return store_open(
        store_engine(state), (const char *const[]){ "platform/bus", "services/pricing", NULL });
}

static void prices_are_put_and_read_back(void **state)
{
    struct store *s = open_store(state);
    struct pricing *p = open_in(s, S("USD"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(prices_are_put_and_read_back),
        STORE_TEST(bad_prices_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
