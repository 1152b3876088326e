/* SPDX-License-Identifier: Apache-2.0
 * Which step follows which answer: every step that asks, times every answer. */
#include "flows/checkout/checkout_domain.h"
#include "tests/support/check.h"

static const struct row {
    const char *name;
    enum checkout_step step;
    enum checkout_answer answer;
    int64_t tries;
    bool expired;
    enum checkout_step next;
    bool waits, gives_up;
} rows[] = {
#define ASKS(step_)                                                                                \
    { #step_ " paid", step_, CHECKOUT_ANSWER_PAID, 1, false, CHECKOUT_CONFIRM, false, false },     \
        { #step_ " paid late", step_, CHECKOUT_ANSWER_PAID, 1, true, CHECKOUT_VOID, false,         \
            false },                                                                               \
        { #step_ " refused", step_, CHECKOUT_ANSWER_REFUSED, 1, false, CHECKOUT_CANCEL, false,     \
            false },                                                                               \
        { #step_ " refused late", step_, CHECKOUT_ANSWER_REFUSED, 1, true, CHECKOUT_CANCEL, false, \
            false },                                                                               \
        { #step_ " back", step_, CHECKOUT_ANSWER_BACK, 1, false, CHECKOUT_CANCEL, false, false },  \
        { #step_ " asked", step_, CHECKOUT_ANSWER_CHALLENGE, 1, false, CHECKOUT_CHALLENGE, false,  \
            false },                                                                               \
        { #step_ " asked late", step_, CHECKOUT_ANSWER_CHALLENGE, 1, true, CHECKOUT_VOID, false,   \
            false },                                                                               \
        { #step_ " nothing", step_, CHECKOUT_ANSWER_NOTHING, 1, false, CHECKOUT_AUTHORIZE, false,  \
            false },                                                                               \
        { #step_ " nothing late", step_, CHECKOUT_ANSWER_NOTHING, 1, true, CHECKOUT_CANCEL, false, \
            false },                                                                               \
        { #step_ " lost", step_, CHECKOUT_ANSWER_LOST, 1, false, CHECKOUT_FIND, true, false },     \
        { #step_ " lost late", step_, CHECKOUT_ANSWER_LOST, 1, true, CHECKOUT_FIND, true, false }, \
        { #step_ " lost often", step_, CHECKOUT_ANSWER_LOST, 5, false, CHECKOUT_FIND, true,        \
            true },                                                                                \
        { #step_ " away", step_, CHECKOUT_ANSWER_AWAY, 1, false, CHECKOUT_AUTHORIZE, true,         \
            false },                                                                               \
        { #step_ " away late", step_, CHECKOUT_ANSWER_AWAY, 1, true, CHECKOUT_FIND, false, true }, \
    {                                                                                              \
#step_ " away often", step_, CHECKOUT_ANSWER_AWAY, 5, false, CHECKOUT_FIND, false, true    \
    }
    ASKS(CHECKOUT_AUTHORIZE),
    ASKS(CHECKOUT_FIND),
    ASKS(CHECKOUT_CHALLENGE),
#define BACK(step_, after)                                                                         \
    { #step_ " back", step_, CHECKOUT_ANSWER_BACK, 1, false, after, false, false },                \
        { #step_ " refused", step_, CHECKOUT_ANSWER_REFUSED, 1, false, after, false, false },      \
        { #step_ " nothing", step_, CHECKOUT_ANSWER_NOTHING, 1, false, after, false, false },      \
        { #step_ " still paid", step_, CHECKOUT_ANSWER_PAID, 1, false, step_, true, false },       \
        { #step_ " still asked", step_, CHECKOUT_ANSWER_CHALLENGE, 4, false, step_, true, false }, \
        { #step_ " lost", step_, CHECKOUT_ANSWER_LOST, 1, true, step_, true, false },              \
    {                                                                                              \
#step_ " away often", step_, CHECKOUT_ANSWER_AWAY, 5, false, step_, true, true             \
    }
    BACK(CHECKOUT_VOID, CHECKOUT_CANCEL),
    BACK(CHECKOUT_REFUND, CHECKOUT_REFUNDED),
};

static void test_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct checkout_next n = checkout_domain_next(r->step, r->answer, r->tries, r->expired);
        CASE_INT(r->name, n.step, r->next);
        CASE(r->name, (n.wait_ms > 0) == r->waits);
        CASE(r->name, n.give_up == r->gives_up);
    }
}

static void test_waits_grow(void **state)
{
    (void)state;
    int64_t before = 0;
    for (int64_t tries = 1; tries <= 6; tries++) {
        int64_t wait =
            checkout_domain_next(CHECKOUT_FIND, CHECKOUT_ANSWER_LOST, tries, false).wait_ms;
        CHECK(wait > before);
        before = wait;
    }
    CHECK_INT(checkout_domain_next(CHECKOUT_FIND, CHECKOUT_ANSWER_LOST, 60, false).wait_ms, before);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < CHECKOUT_STEPS_N; i++)
        CHECK_INT(checkout_domain_step_of(str_from_c(checkout_step_names[i])), i);
    CHECK_INT(checkout_domain_step_of(S("dance")), CHECKOUT_STEPS_N);
    CHECK(checkout_step_names[CHECKOUT_STEPS_N] == NULL);
}

static void ask_confirm(const void *arg)
{
    (void)checkout_domain_next(*(const enum checkout_step *)arg, CHECKOUT_ANSWER_PAID, 1, false);
}

static void test_units_have_no_answers(void **state)
{
    static const enum checkout_step steps[] = { CHECKOUT_CONFIRM, CHECKOUT_CANCEL,
        CHECKOUT_REFUNDED, CHECKOUT_DONE };
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++)
        CHECK_PANICS(ask_confirm, &steps[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_waits_grow),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_units_have_no_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
