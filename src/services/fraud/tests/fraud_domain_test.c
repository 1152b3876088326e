/* SPDX-License-Identifier: Apache-2.0
 * The rules of fraud: each rule at its edge and beside it, the score, addresses, outcomes, and that
 * learning finds what was planted. Run by meson. */
#include "services/fraud/fraud_domain.h"

#include <math.h>

#include "base/rng.h"
#include "tests/support/check.h"

#define BUYER FRAUD_KEY_BUYER
#define ADDRESS FRAUD_KEY_ADDRESS
#define DEVICE FRAUD_KEY_DEVICE
#define CARD FRAUD_KEY_CARD

/* ---- decisions ---- */

static const struct rule_case {
    const char *name;
    struct fraud_history history;
    int64_t minor;
    double score;
    enum fraud_decision want;
    const char *reason; /* NULL: none */
    bool prepaid;
} rule_cases[] = {
    { "nothing known", { .paid_before = 0 }, 5000, 0.1, FRAUD_ALLOW, NULL },
    { "buyer below", { .hour[BUYER] = { .orders = 19 } }, 5000, 0, FRAUD_ALLOW, NULL },
    { "buyer at", { .hour[BUYER] = { .orders = 20 } }, 5000, 0, FRAUD_REVIEW, "buyer_velocity" },
    { "address below", { .hour[ADDRESS] = { .orders = 39 } }, 5000, 0, FRAUD_ALLOW, NULL },
    { "address at", { .hour[ADDRESS] = { .orders = 40, .minor = 9999999 } }, 5000, 0, FRAUD_REVIEW,
        "address_velocity" },
    { "device at", { .hour[DEVICE] = { .orders = 20 } }, 5000, 0, FRAUD_REVIEW, "device_velocity" },
    { "a card of many", { .hour[CARD] = { .orders = 60, .refused = 60, .cards = 1 } }, 5000, 0,
        FRAUD_ALLOW, NULL },
    { "spending to the cent", { .spent_day_minor = 1995000 }, 5000, 0, FRAUD_ALLOW, NULL },
    { "a cent over", { .spent_day_minor = 1995001 }, 5000, 0, FRAUD_REVIEW, "spending_limit" },
    { "fraud before", { .bad_before = 1 }, 5000, 0, FRAUD_REVIEW, "fraud_before" },
    { "score below", { .paid_before = 0 }, 5000, 0.7999, FRAUD_ALLOW, NULL },
    { "score at", { .paid_before = 0 }, 5000, 0.8, FRAUD_REVIEW, "high_score" },
    { "score very high", { .paid_before = 0 }, 5000, 0.97, FRAUD_DENY, "very_high_score" },
    { "declines below", { .hour[BUYER] = { .orders = 7, .refused = 7, .cards = 1 } }, 5000, 0,
        FRAUD_ALLOW, NULL },
    { "declines of a buyer", { .hour[BUYER] = { .orders = 8, .refused = 8, .cards = 1 } }, 5000, 0,
        FRAUD_DENY, "card_testing" },
    { "declines of an address", { .hour[ADDRESS] = { .orders = 30, .refused = 8, .cards = 1 } },
        5000, 0, FRAUD_DENY, "card_testing" },
    { "cards below", { .hour[DEVICE] = { .orders = 5, .cards = 5 } }, 5000, 0, FRAUD_ALLOW, NULL },
    { "cards of a device", { .hour[DEVICE] = { .orders = 6, .cards = 6, .minor = 600000 } }, 5000,
        0, FRAUD_DENY, "card_testing" },
    { "an office's cards",
        { .hour[ADDRESS] = { .orders = 10, .refused = 4, .cards = 10, .minor = 600000 } }, 5000, 0,
        FRAUD_ALLOW, NULL },
    { "an address, half refused",
        { .hour[ADDRESS] = { .orders = 10, .refused = 5, .cards = 10, .minor = 600000 } }, 5000, 0,
        FRAUD_DENY, "card_testing" },
    { "an address, small amounts",
        { .hour[ADDRESS] = { .orders = 10, .cards = 10, .minor = 10000 } }, 5000, 0, FRAUD_DENY,
        "card_testing" },
    { "prepaid", { .bad_before = 1 }, 5000, 0, FRAUD_ALLOW, "fraud_before", true },
    { "prepaid card testing", { .hour[DEVICE] = { .orders = 9, .cards = 9 } }, 5000, 0, FRAUD_DENY,
        "card_testing", true },
    { "the strictest counts", { .hour[DEVICE] = { .orders = 20, .cards = 6 }, .bad_before = 1 },
        5000, 0.9, FRAUD_DENY, "device_velocity" },
};

static bool has_reason(const struct fraud_verdict *v, str reason)
{
    for (size_t i = 0; i < v->reasons_n; i++)
        if (str_eq(v->reasons[i], reason))
            return true;
    return false;
}

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rule_cases); i++) {
        const struct rule_case *c = &rule_cases[i];
        struct fraud_facts facts = { .amount = money_of(c->minor, (currency){ "USD" }),
            .prepaid = c->prepaid };
        struct fraud_verdict v = { .score = c->score };
        fraud_domain_decide(&fraud_limits_default, &facts, &c->history, &v);
        CASE_STR(c->name, str_from_c(fraud_decision_names[v.decision]),
            str_from_c(fraud_decision_names[c->want]));
        if (c->reason)
            CASE(c->name, has_reason(&v, str_from_c(c->reason)));
        else
            CASE_INT(c->name, v.reasons_n, 0);
    }
}

/* ---- the score ---- */

static void test_score(void **state)
{
    (void)state;
    static const currency usd = { "USD" }, jpy = { "JPY" };
    struct fraud_history h = { .paid_before = 3 };
    struct fraud_facts f = { .user_id = { { 1 } },
        .amount = money_of(10000, usd),
        .origin = { .country = S("DE") },
        .billing_country = S("DE") };
    struct fraud_verdict v = { .score = 2 }, w = { .score = 2 };
    fraud_domain_score(&fraud_domain_built_in, &f, &h, &v);
    CHECK(v.score > 0 && v.score < 0.05 && v.model == 0);
    f.amount = money_of(100, jpy);
    fraud_domain_score(&fraud_domain_built_in, &f, &h, &w);
    CHECK(fabs(v.score - w.score) < 1e-12); /* 100 units of either */
    double logit = fraud_domain_built_in.bias;
    for (int i = 0; i < FRAUD_FEATURES_N; i++)
        logit += v.parts[i];
    CHECK(fabs(v.score - 1 / (1 + exp(-logit))) < 1e-12);
    f.billing_country = S("US");
    h.hour[DEVICE] = (struct fraud_counts){ .orders = 6, .refused = 6, .cards = 6 };
    fraud_domain_score(&fraud_domain_built_in, &f, &h, &w);
    CHECK(w.score > 0.3 && w.features[FRAUD_COUNTRY_DIFFERS] > 0);
    CHECK(fabs(w.features[FRAUD_CARDS] - log(6)) < 1e-12);
    f.origin.country = (str){ 0 };
    fraud_domain_score(&fraud_domain_built_in, &f, &h, &w);
    CHECK(!(w.features[FRAUD_COUNTRY_DIFFERS] > 0) && w.features[FRAUD_COUNTRY_UNKNOWN] > 0);
}

/* ---- outcomes ---- */

static void test_outcomes(void **state)
{
    (void)state;
    for (int to = 0; to < FRAUD_OUTCOMES_N; to++) {
        CHECK(!fraud_domain_may((enum fraud_outcome)to, FRAUD_OPEN));
        CHECK(!fraud_domain_may(FRAUD_CHARGED_BACK, (enum fraud_outcome)to));
        CHECK(!fraud_domain_may(FRAUD_DENIED, (enum fraud_outcome)to));
    }
    CHECK(fraud_domain_may(FRAUD_PAID, FRAUD_CHARGED_BACK));
    CHECK(!fraud_domain_may(FRAUD_OPEN, FRAUD_CHARGED_BACK));
    CHECK(fraud_domain_is_bad(FRAUD_JUDGED) && fraud_domain_is_bad(FRAUD_CHARGED_BACK));
    CHECK(!fraud_domain_is_bad(FRAUD_DENIED) && !fraud_domain_is_bad(FRAUD_DECLINED));
}

/* ---- addresses ---- */

static const struct address_case {
    const char *peer;
    bool inside;
} address_cases[] = {
    { "", true },
    { "127.0.0.1", true },
    { "10.1.2.3", true },
    { "172.15.0.1", false },
    { "172.16.0.1", true },
    { "172.32.0.1", false },
    { "192.168.7.7", true },
    { "192.169.7.7", false },
    { "100.64.0.1", true },
    { "169.254.1.1", true },
    { "203.0.113.9", false },
    { "::1", true },
    { "::ffff:10.0.0.1", true },
    { "::ffff:203.0.113.9", false },
    { "fd00::1", true },
    { "fe80::1", true },
    { "2001:db8::1", false },
};

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(address_cases); i++) {
        const struct address_case *c = &address_cases[i];
        str peer = str_from_c(c->peer);
        CASE_INT(c->peer, fraud_domain_is_inside(peer), c->inside);
    }
}

/* ---- learning ---- */

#define SAMPLES 4000

/* Fraud follows the planted weights, with chance. */
static void plant(struct fraud_sample *samples, const double weights[static FRAUD_FEATURES_N])
{
    struct rng rng = rng_seeded(7);
    for (int i = 0; i < SAMPLES; i++) {
        double logit = -2;
        for (int k = 0; k < FRAUD_FEATURES_N; k++) {
            samples[i].x[k] = k == FRAUD_GUEST ? 1 : rng_unit(&rng) * (k + 1);
            logit += weights[k] * samples[i].x[k];
        }
        samples[i].bad = rng_unit(&rng) < 1 / (1 + exp(-logit));
        samples[i].held_out = i % 5 == 0;
    }
}

static void test_learning(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct fraud_sample *samples = NEW_N(cx->arena, SAMPLES, struct fraud_sample);
    const double planted[FRAUD_FEATURES_N] = { [FRAUD_AMOUNT] = 1.5,
        [FRAUD_BUYER_RATE] = -0.8,
        [FRAUD_DECLINES] = 0.6,
        [FRAUD_COUNTRY_DIFFERS] = -0.2 };
    plant(samples, planted);
    struct fraud_model model, again;
    CHECK_ERR(cx, fraud_train(cx, samples, SAMPLES, &model), NULL);
    for (int k = 0; k < FRAUD_FEATURES_N; k++)
        CASE(fraud_feature_names[k], fabs(model.weights[k] - planted[k]) < 0.25);
    CHECK(fabs(model.weights[FRAUD_GUEST]) < 1e-12); /* it never changes */
    CHECK(model.auc > 0.8 && model.auc < 1);
    CHECK_INT(model.n, SAMPLES);
    CHECK_ERR(cx, fraud_train(cx, samples, SAMPLES, &again), NULL);
    CHECK(memcmp(&model, &again, sizeof(model)) == 0);
    for (int i = 0; i < SAMPLES; i++)
        if (samples[i].held_out)
            samples[i].x[FRAUD_AMOUNT] += 100; /* is not learned from */
    CHECK_ERR(cx, fraud_train(cx, samples, SAMPLES, &again), NULL);
    CHECK(memcmp(model.weights, again.weights, sizeof(model.weights)) == 0);
    check_cx_close(cx);
}

static const struct few_case {
    const char *name;
    int good, bad;
    err want;
} few_cases[] = {
    { "none at all", 0, 0, &FRAUD_TOO_FEW },
    { "one too few", 179, 20, &FRAUD_TOO_FEW },
    { "just enough", 180, 20, NULL },
    { "too little fraud", 1000, 19, &FRAUD_TOO_FEW },
    { "nothing but fraud", 19, 1000, &FRAUD_TOO_FEW },
};

static void test_too_few(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(few_cases); i++) {
        const struct few_case *c = &few_cases[i];
        struct cx *cx = check_cx_open();
        int n = c->good + c->bad;
        struct fraud_sample *samples = NEW_N(cx->arena, n + 1, struct fraud_sample);
        for (int k = 0; k < n; k++) {
            samples[k].bad = k < c->bad;
            samples[k].x[0] = k;
        }
        struct fraud_model model;
        CASE(c->name, fraud_train(cx, samples, (size_t)n, &model) == c->want);
        check_cx_close(cx);
    }
}

static const struct auc_case {
    const char *name;
    double x[4];
    bool bad[4];
    double want;
} auc_cases[] = {
    { "perfect", { 1, 2, 3, 4 }, { false, false, true, true }, 1 },
    { "upside down", { 1, 2, 3, 4 }, { true, true, false, false }, 0 },
    { "one pair of four is wrong", { 1, 2, 3, 4 }, { false, true, false, true }, 0.75 },
    { "all the same", { 1, 1, 1, 1 }, { true, false, true, false }, 0.5 },
    { "no fraud", { 1, 2, 3, 4 }, { false, false, false, false }, 0.5 },
};

static void test_auc(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    const struct fraud_model model = { .weights = { 1 } };
    for (size_t i = 0; i < COUNT(auc_cases); i++) {
        const struct auc_case *c = &auc_cases[i];
        struct fraud_sample samples[4];
        for (size_t k = 0; k < 4; k++)
            samples[k] = (struct fraud_sample){ .x = { c->x[k] }, .bad = c->bad[k] };
        double auc = fraud_domain_auc(cx->arena, &model, samples, 4);
        CASE(c->name, fabs(auc - c->want) < 1e-12);
    }
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_learning),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_auc),
    };
    return cmocka_run_group_tests_name("fraud_domain", tests, NULL, NULL);
}
