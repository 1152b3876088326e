/* SPDX-License-Identifier: Apache-2.0
 * The table of the saga: step and answer to the next step. Called by checkout_saga.c; must never do
 * I/O or read a clock. */
#include "flows/checkout/checkout_domain.h"

#define TRIES_MAX 5

const char *const checkout_step_names[CHECKOUT_STEPS_N + 1] = {
    "authorize",
    "find",
    "challenge",
    "confirm",
    "void",
    "cancel",
    "refund",
    "refunded",
    "done",
    NULL,
};

static int64_t back_off_ms(int64_t tries)
{
    return INT64_C(100) << (tries < 6 ? tries : 6);
}

/* Asking for money, or what became of it. */
static struct checkout_next next_of_ask(enum checkout_answer answer, int64_t tries, bool expired)
{
    switch (answer) {
    case CHECKOUT_ANSWER_PAID:
        return (struct checkout_next){ .step = expired ? CHECKOUT_VOID : CHECKOUT_CONFIRM };
    case CHECKOUT_ANSWER_REFUSED:
    case CHECKOUT_ANSWER_BACK:
        return (struct checkout_next){ .step = CHECKOUT_CANCEL };
    case CHECKOUT_ANSWER_CHALLENGE:
        return (struct checkout_next){ .step = expired ? CHECKOUT_VOID : CHECKOUT_CHALLENGE };
    case CHECKOUT_ANSWER_NOTHING:
        if (expired)
            return (struct checkout_next){ .step = CHECKOUT_CANCEL };
        return (struct checkout_next){ .step = CHECKOUT_AUTHORIZE };
    case CHECKOUT_ANSWER_LOST:
        return (struct checkout_next){
            .step = CHECKOUT_FIND, .wait_ms = back_off_ms(tries), .give_up = tries >= TRIES_MAX
        };
    case CHECKOUT_ANSWER_AWAY:
        if (tries >= TRIES_MAX || expired) /* nothing was taken: the order can go */
            return (struct checkout_next){ .step = CHECKOUT_FIND, .give_up = true };
        return (struct checkout_next){ .step = CHECKOUT_AUTHORIZE, .wait_ms = back_off_ms(tries) };
    }
    panic(__FILE__, "unknown answer");
}

/* Giving money back: only a clear answer ends it. */
static struct checkout_next next_of_back(
    enum checkout_step step, enum checkout_answer answer, int64_t tries)
{
    enum checkout_step after = step == CHECKOUT_VOID ? CHECKOUT_CANCEL : CHECKOUT_REFUNDED;
    switch (answer) {
    case CHECKOUT_ANSWER_BACK:
    case CHECKOUT_ANSWER_REFUSED:
    case CHECKOUT_ANSWER_NOTHING:
        return (struct checkout_next){ .step = after };
    case CHECKOUT_ANSWER_PAID:
    case CHECKOUT_ANSWER_CHALLENGE:
    case CHECKOUT_ANSWER_LOST:
    case CHECKOUT_ANSWER_AWAY:
        return (struct checkout_next){
            .step = step, .wait_ms = back_off_ms(tries), .give_up = tries >= TRIES_MAX
        };
    }
    panic(__FILE__, "unknown answer");
}

struct checkout_next checkout_domain_next(
    enum checkout_step step, enum checkout_answer answer, int64_t tries, bool expired)
{
    ASSERT(tries >= 1);
    switch (step) {
    case CHECKOUT_AUTHORIZE:
    case CHECKOUT_FIND:
    case CHECKOUT_CHALLENGE:
        return next_of_ask(answer, tries, expired);
    case CHECKOUT_VOID:
    case CHECKOUT_REFUND:
        return next_of_back(step, answer, tries);
    case CHECKOUT_CONFIRM:
    case CHECKOUT_CANCEL:
    case CHECKOUT_REFUNDED:
    case CHECKOUT_DONE:
    case CHECKOUT_STEPS_N:
        break;
    }
    panic(__FILE__, "only calls have answers");
}

enum checkout_step checkout_domain_step_of(str name)
{
    for (int i = 0; i < CHECKOUT_STEPS_N; i++)
        if (str_eq(name, str_from_c(checkout_step_names[i])))
            return (enum checkout_step)i;
    return CHECKOUT_STEPS_N;
}
