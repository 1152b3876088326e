/* SPDX-License-Identifier: Apache-2.0
 * Fraud as staff see it: the queue page by page, decisions, what was thought of an order, settings,
 * what is refused. Run by meson. */
#include "services/fraud/fraud_routes.h"

#include "services/fraud/tests/fraud_desk.h"
#include "tests/support/ask.h"

#define ROOT "/api/v1/admin/fraud"

static struct answer call(struct desk *d, const char *method, str path, const char *body)
{
    return ask(d->s, (struct ask){ .routes = fraud_routes,
                         .service = d->f,
                         .method = method,
                         .path = path,
                         .body = str_from_c(body) });
}

static str path_of(struct desk *d, const char *before, id order_id, const char *after)
{
    return str_fmt(d->life, ROOT "%s" STR_F "%s", before, STR_A(id_text(d->life, order_id)), after);
}

/* The reply is a success and holds this text, or does not. */
static void has(const struct answer *a, const char *text, bool want)
{
    CHECK(a->e == NULL);
    CASE(text, (str_find(a->body, str_from_c(text), 0) >= 0) == want);
}

static id reviewed(struct desk *d)
{
    return desk_order(d, (struct desk_order){ .minor = 3000000, .country = "DE" }, NULL);
}

static void test_reviews(void **state)
{
    struct desk d = desk_open(state);
    id first = reviewed(&d), second = reviewed(&d);
    struct answer a = call(&d, "GET", S(ROOT "/reviews?limit=1"), NULL);
    has(&a, str_c(d.life, id_text(d.life, second)), true);
    has(&a, "\"amount\":30000.00", true);
    has(&a, "\"reasons\":[\"spending_limit\"]", true);
    has(&a, "\"billingCountry\":\"DE\"", true);
    has(&a, "ipCountry", false);
    has(&a, "\"nextPageToken\"", true);
    a = call(
        &d, "GET", str_cat(d.life, S(ROOT "/reviews?pageToken="), id_text(d.life, second)), NULL);
    has(&a, str_c(d.life, id_text(d.life, first)), true);
    has(&a, "nextPageToken", false);
    a = call(&d, "GET", S(ROOT "/reviews?state=denied"), NULL);
    has(&a, "\"reviews\":[]", true);

    a = call(&d, "POST", path_of(&d, "/reviews/", first, ""),
        "{\"decision\":\"deny\",\"reason\":\"no such street\"}");
    has(&a, "\"state\":\"denied\"", true);
    has(&a, "\"reason\":\"no such street\"", true);
    a = call(&d, "GET", S(ROOT "/reviews?state=denied"), NULL);
    has(&a, "\"decidedAt\"", true);
    a = call(&d, "GET", S(ROOT "/reviews"), NULL);
    has(&a, str_c(d.life, id_text(d.life, first)), false);
    desk_close(&d);
}

static void test_looks(void **state)
{
    struct desk d = desk_open(state);
    id order = desk_order(&d, (struct desk_order){ .outcome = FRAUD_PAID }, NULL);
    id inside = desk_order(&d, (struct desk_order){ .peer = "127.0.0.1" }, NULL);
    struct answer a = call(&d, "GET", path_of(&d, "/orders/", order, ""), NULL);
    has(&a, "\"decision\":\"allow\"", true);
    has(&a, "{\"name\":\"first_order\",\"value\":1,\"adds\":0.5}", true);
    a = call(&d, "GET", path_of(&d, "/orders/", inside, ""), NULL);
    CHECK(a.e == &ERR_MISSING); /* it was trusted, and left no trace */
    a = call(&d, "POST", path_of(&d, "/orders/", order, "/charge-back"), NULL);
    CHECK(a.e == NULL && a.status == 204);
    a = call(&d, "GET", S(ROOT), NULL);
    has(&a, "\"version\":0", true);
    has(&a, "{\"name\":\"bad_before\",\"weight\":2.5}", true);
    has(&a, "\"trustsInside\":true", true);
    has(&a, "\"reviewFrom\":0.8", true);
    desk_close(&d);
}

static const struct refused_case {
    const char *name, *method, *before, *after, *body;
    bool unknown;
    err want;
} refused_cases[] = {
    { "another decision", "POST", "/reviews/", "", "{\"decision\":\"deny\",\"reason\":\"x\"}",
        false, &FRAUD_REVIEW_OVER },
    { "not in the queue", "POST", "/reviews/", "", "{\"decision\":\"deny\",\"reason\":\"x\"}", true,
        &ERR_MISSING },
    { "without a reason", "POST", "/reviews/", "", "{\"decision\":\"deny\"}", false,
        &ERR_MALFORMED },
    { "an empty reason", "POST", "/reviews/", "", "{\"decision\":\"deny\",\"reason\":\"\"}", false,
        &ERR_INVALID },
    { "no such decision", "POST", "/reviews/", "", "{\"decision\":\"maybe\",\"reason\":\"x\"}",
        false, &ERR_INVALID },
    { "no such order", "GET", "/orders/", "", NULL, true, &ERR_MISSING },
    { "no such order to charge back", "POST", "/orders/", "/charge-back", NULL, true,
        &ERR_MISSING },
    { "not paid", "POST", "/orders/", "/charge-back", NULL, false, &FRAUD_OUTCOME_REFUSED },
};

static void test_refused(void **state)
{
    struct desk d = desk_open(state);
    id order = reviewed(&d);
    struct answer a = call(&d, "POST", path_of(&d, "/reviews/", order, ""),
        "{\"decision\":\"allow\",\"reason\":\"known\"}");
    CHECK(a.e == NULL);
    for (size_t i = 0; i < COUNT(refused_cases); i++) {
        const struct refused_case *c = &refused_cases[i];
        id about = c->unknown ? (id){ { 1 } } : order;
        a = call(&d, c->method, path_of(&d, c->before, about, c->after), c->body);
        CASE(c->name, a.e == c->want);
    }
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_reviews),
        STORE_TEST(test_looks),
        STORE_TEST(test_refused),
    };
    return cmocka_run_group_tests_name("fraud_routes", tests, NULL, NULL);
}
