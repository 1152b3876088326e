/* SPDX-License-Identifier: Apache-2.0
 * What follows which answer of the provider: every answer, in time and late. */
#include "flows/checkout/checkout_domain.h"
#include "tests/support/check.h"

static const struct row {
    const char *name;
    enum checkout_answer answer;
    enum checkout_verdict in_time, late;
    bool back;
} rows[] = {
    { "paid", CHECKOUT_ANSWER_PAID, CHECKOUT_PAID, CHECKOUT_PAID, false },
    { "refused", CHECKOUT_ANSWER_REFUSED, CHECKOUT_DECLINED, CHECKOUT_DECLINED, true },
    { "challenge", CHECKOUT_ANSWER_CHALLENGE, CHECKOUT_WAIT, CHECKOUT_LATE, false },
    { "nothing", CHECKOUT_ANSWER_NOTHING, CHECKOUT_ASK, CHECKOUT_UNPAID, true },
    { "back", CHECKOUT_ANSWER_BACK, CHECKOUT_DECLINED, CHECKOUT_DECLINED, true },
    { "lost", CHECKOUT_ANSWER_LOST, CHECKOUT_FIND, CHECKOUT_FIND, false },
    { "away", CHECKOUT_ANSWER_AWAY, CHECKOUT_FIND, CHECKOUT_FIND, false },
};

static void test_verdicts(void **state)
{
    (void)state;
    CHECK_INT(COUNT(rows), CHECKOUT_ANSWERS_N);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        CASE_INT(r->name, checkout_domain_verdict(r->answer, false), r->in_time);
        CASE_INT(r->name, checkout_domain_verdict(r->answer, true), r->late);
        CASE(r->name, checkout_domain_is_back(r->answer) == r->back);
    }
}

static void ask(const void *arg)
{
    (void)checkout_domain_verdict(*(const enum checkout_answer *)arg, false);
}

static void test_no_other_answer(void **state)
{
    static const enum checkout_answer none = CHECKOUT_ANSWERS_N;
    (void)state;
    CHECK_PANICS(ask, &none);
}

static void test_held(void **state)
{
    (void)state;
    enum { MIN = 60000, T = 1000 * MIN };
    static const struct {
        const char *name;
        int64_t known, now, want;
    } held[] = {
        { "seen at once", 0, T, T + 10 * MIN },
        { "seen after nine minutes", 0, T + 9 * MIN, T + 19 * MIN },
        { "and once more", T + 19 * MIN, T + 18 * MIN, T + 28 * MIN },
        { "too late", 0, T + 10 * MIN, T + 10 * MIN },
        { "not for ever", T + 59 * MIN, T + 58 * MIN, T + 60 * MIN },
    };
    for (size_t i = 0; i < COUNT(held); i++) {
        struct checkout_hold hold = { T, held[i].known, 10 * MIN };
        CASE_INT(held[i].name, checkout_domain_renewed(hold, held[i].now), held[i].want);
        CASE_INT(held[i].name, checkout_domain_held_until(hold),
            held[i].known ? held[i].known : T + 10 * MIN);
    }
}

static void test_reasons(void **state)
{
    (void)state;
    CHECK_STR(checkout_domain_reason(S("inventory.reservation_gone")), S("stock_gone"));
    CHECK_STR(checkout_domain_reason(S("promotions.exhausted")), S("coupon_gone"));
    CHECK_STR(checkout_domain_reason(S("ledger.balance_low")), S("balance_gone"));
    CHECK_STR(checkout_domain_reason(S("payment_declined")), S("payment_declined"));
    CHECK_STR(checkout_domain_reason((str){ 0 }), S("payment_missing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_no_other_answer),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
