/* SPDX-License-Identifier: Apache-2.0
 * The rules of payments: every pair of states, every answer, every figure. Run by
 * `./dev test payments`. */
#include "services/payments/payments_domain.h"

#include "tests/support/check.h"

#define USD ((currency){ "USD" })

/* Rows are from, columns are to; all that may be is marked. */
static const char *const may[PAYMENTS_STATUSES_N] = {
    /*                              s u c a c d v r */
    [PAYMENTS_STARTED] = "          x x x x x x x x",
    [PAYMENTS_UNKNOWN_ANSWER] = "   x x x x x x x x",
    [PAYMENTS_CHALLENGED] = "       . x x x x x x x",
    [PAYMENTS_AUTHORIZED] = "       . x . x x x x x",
    [PAYMENTS_CAPTURED] = "         . . . . x . . x",
    [PAYMENTS_REFUSED] = "          . . . . . x . .",
    [PAYMENTS_VOIDED] = "           . . . . . . x .",
    [PAYMENTS_REFUNDED] = "         . . . . . . . x",
};

static void every_pair_of_states(void **state)
{
    (void)state;
    for (int from = 0; from < PAYMENTS_STATUSES_N; from++) {
        int to = 0;
        for (const char *mark = may[from]; *mark; mark++) {
            if (*mark == ' ')
                continue;
            CHECK(to < PAYMENTS_STATUSES_N);
            CASE_INT(payments_status_names[from],
                payments_domain_may((enum payments_status)from, (enum payments_status)to),
                *mark == 'x');
            to++;
        }
        CASE_INT(payments_status_names[from], to, PAYMENTS_STATUSES_N);
    }
}

static void lost_answers(void **state)
{
    static const bool lost[PAYMENTS_STATUSES_N] = {
        [PAYMENTS_STARTED] = true,
        [PAYMENTS_CHALLENGED] = true,
        [PAYMENTS_AUTHORIZED] = true,
    };
    (void)state;
    for (int i = 0; i < PAYMENTS_STATUSES_N; i++)
        CASE_INT(payments_status_names[i], payments_domain_lost((enum payments_status)i), lost[i]);
}

static void names_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < PAYMENTS_STATUSES_N; i++)
        CASE_INT(payments_status_names[i],
            payments_domain_status_of(str_from_c(payments_status_names[i])), i);
    CHECK(payments_status_names[PAYMENTS_STATUSES_N] == NULL);
    CHECK_INT(payments_domain_status_of(S("paid")), PAYMENTS_STATUSES_N);
}

/* ---- answers ---- */
static const struct answer_case {
    const char *name;
    enum payments_status from;
    int64_t captured, refunded; /* known */
    enum pay_state state;
    int64_t told_captured, told_refunded;
    err want;
    enum payments_status to;
    int64_t captured_after, refunded_after;
    bool changed;
} answer_cases[] = {
    { "captured at once", PAYMENTS_STARTED, 0, 0, PAY_STATE_CAPTURED, 3074, 0, NULL,
        PAYMENTS_CAPTURED, 3074, 0, true },
    { "captured, without a figure", PAYMENTS_STARTED, 0, 0, PAY_STATE_CAPTURED, 0, 0, NULL,
        PAYMENTS_CAPTURED, 3074, 0, true },
    { "captured in part", PAYMENTS_AUTHORIZED, 0, 0, PAY_STATE_CAPTURED, 1000, 0, NULL,
        PAYMENTS_CAPTURED, 1000, 0, true },
    { "captured some more", PAYMENTS_CAPTURED, 1000, 0, PAY_STATE_CAPTURED, 3074, 0, NULL,
        PAYMENTS_CAPTURED, 3074, 0, true },
    { "captured again", PAYMENTS_CAPTURED, 3074, 0, PAY_STATE_CAPTURED, 3074, 0, NULL,
        PAYMENTS_CAPTURED, 3074, 0, false },
    { "captured again, without a figure", PAYMENTS_CAPTURED, 1000, 500, PAY_STATE_CAPTURED, 0, 0,
        NULL, PAYMENTS_CAPTURED, 1000, 500, false },
    { "refunded in part", PAYMENTS_CAPTURED, 3074, 0, PAY_STATE_CAPTURED, 3074, 74, NULL,
        PAYMENTS_CAPTURED, 3074, 74, true },
    { "refunded", PAYMENTS_CAPTURED, 3074, 74, PAY_STATE_REFUNDED, 3074, 3074, NULL,
        PAYMENTS_REFUNDED, 3074, 3074, true },
    { "refunded, without a figure", PAYMENTS_CAPTURED, 3074, 0, PAY_STATE_REFUNDED, 0, 0, NULL,
        PAYMENTS_REFUNDED, 3074, 3074, true },
    { "refunded before we knew of the capture", PAYMENTS_STARTED, 0, 0, PAY_STATE_REFUNDED, 3074,
        3074, NULL, PAYMENTS_REFUNDED, 3074, 3074, true },
    { "the same, without figures", PAYMENTS_UNKNOWN_ANSWER, 0, 0, PAY_STATE_REFUNDED, 0, 0, NULL,
        PAYMENTS_REFUNDED, 3074, 3074, true },
    { "refunded again", PAYMENTS_REFUNDED, 3074, 3074, PAY_STATE_REFUNDED, 3074, 3074, NULL,
        PAYMENTS_REFUNDED, 3074, 3074, false },
    { "authorized takes nothing", PAYMENTS_STARTED, 0, 0, PAY_STATE_AUTHORIZED, 3074, 0, NULL,
        PAYMENTS_AUTHORIZED, 0, 0, true },
    { "declined", PAYMENTS_STARTED, 0, 0, PAY_STATE_DECLINED, 0, 0, NULL, PAYMENTS_REFUSED, 0, 0,
        true },
    { "declined again", PAYMENTS_REFUSED, 0, 0, PAY_STATE_DECLINED, 0, 0, NULL, PAYMENTS_REFUSED, 0,
        0, false },
    { "challenged", PAYMENTS_STARTED, 0, 0, PAY_STATE_CHALLENGE, 0, 0, NULL, PAYMENTS_CHALLENGED, 0,
        0, true },
    { "voided", PAYMENTS_CHALLENGED, 0, 0, PAY_STATE_VOIDED, 0, 0, NULL, PAYMENTS_VOIDED, 0, 0,
        true },
    { "the provider knows nothing", PAYMENTS_UNKNOWN_ANSWER, 0, 0, PAY_STATE_NONE, 0, 0, NULL,
        PAYMENTS_STARTED, 0, 0, true },
    { "nor did we expect it to", PAYMENTS_STARTED, 0, 0, PAY_STATE_NONE, 0, 0, NULL,
        PAYMENTS_STARTED, 0, 0, false },
    { "the provider has forgotten", PAYMENTS_CAPTURED, 3074, 0, PAY_STATE_NONE, 0, 0,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "late news of the authorisation", PAYMENTS_CAPTURED, 3074, 0, PAY_STATE_AUTHORIZED, 0, 0,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "captured after the refund", PAYMENTS_REFUNDED, 3074, 3074, PAY_STATE_CAPTURED, 3074, 0,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "captured after a decline", PAYMENTS_REFUSED, 0, 0, PAY_STATE_CAPTURED, 3074, 0,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "more than was asked for", PAYMENTS_STARTED, 0, 0, PAY_STATE_CAPTURED, 3075, 0,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "less than was captured", PAYMENTS_CAPTURED, 3074, 0, PAY_STATE_CAPTURED, 3073, 0,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "more back than was captured", PAYMENTS_CAPTURED, 1000, 0, PAY_STATE_REFUNDED, 1000, 1001,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
    { "less back than before", PAYMENTS_CAPTURED, 1000, 500, PAY_STATE_CAPTURED, 1000, 499,
        &PAYMENTS_MOVE_REFUSED, 0, 0, 0, false },
};

static void every_answer(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(answer_cases); i++) {
        const struct answer_case *c = &answer_cases[i];
        const struct payments_payment before = { .status = c->from,
            .amount = money_of(3074, USD),
            .captured_minor = c->captured,
            .refunded_minor = c->refunded };
        struct payments_payment after = { .status = PAYMENTS_STATUSES_N };
        bool changed = false;
        err e = payments_domain_answer(cx, &before,
            &(struct pay_result){ .state = c->state,
                .captured_minor = c->told_captured,
                .refunded_minor = c->told_refunded },
            &after, &changed);
        CASE(c->name, e == c->want);
        if (e) {
            CASE_INT(c->name, after.status, PAYMENTS_STATUSES_N); /* untouched */
            cx_clear(cx);
            continue;
        }
        CASE_INT(c->name, after.status, c->to);
        CASE_INT(c->name, after.captured_minor, c->captured_after);
        CASE_INT(c->name, after.refunded_minor, c->refunded_after);
        CASE_INT(c->name, changed, c->changed);
    }
    check_cx_close(cx);
}

static void what_is_said_is_kept(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct payments_payment p = { .amount = money_of(100, USD) };
    bool changed = false;
    CHECK_ERR(cx,
        payments_domain_answer(cx, &p,
            &(struct pay_result){ .state = PAY_STATE_CHALLENGE, .provider_ref = S("sb_1") }, &p,
            &changed),
        NULL);
    CHECK_STR(p.provider_ref, S("sb_1"));
    const struct pay_result paid = {
        .state = PAY_STATE_CAPTURED, .brand = S("visa"), .last4 = S("4242")
    };
    CHECK_ERR(cx, payments_domain_answer(cx, &p, &paid, &p, &changed), NULL);
    CHECK(changed);
    CHECK_STR(p.provider_ref, S("sb_1")); /* what is not told again stays */
    CHECK_STR(p.brand, S("visa"));
    CHECK_STR(p.last4, S("4242"));
    const struct pay_result refused_refund = {
        .state = PAY_STATE_CAPTURED, .decline_code = S("not_refundable"), .decline_text = S("no")
    };
    CHECK_ERR(cx, payments_domain_answer(cx, &p, &refused_refund, &p, &changed), NULL);
    CHECK(!changed);
    CHECK_STR(p.decline_code, (str){ 0 });
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_states),
        cmocka_unit_test(lost_answers),
        cmocka_unit_test(names_and_back),
        cmocka_unit_test(every_answer),
        cmocka_unit_test(what_is_said_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
