/* SPDX-License-Identifier: Apache-2.0
 * Which step of the saga follows which answer of the provider. Values in, values out. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_DOMAIN_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_DOMAIN_H

#include "base/err.h"

enum checkout_step {
    CHECKOUT_AUTHORIZE, /* call: ask for the money */
    CHECKOUT_FIND,      /* call: the answer was lost; what became of it? */
    CHECKOUT_CHALLENGE, /* waits for the buyer at the bank, or for the hold to run out */
    CHECKOUT_CONFIRM,   /* unit: payment, stock, order, cart */
    CHECKOUT_VOID,      /* call: money back, the order cannot be */
    CHECKOUT_CANCEL,    /* unit: stock back, order cancelled */
    CHECKOUT_REFUND,    /* call: a confirmed order was cancelled */
    CHECKOUT_REFUNDED,  /* unit: record it */
    CHECKOUT_DONE,
    CHECKOUT_STEPS_N,
};
extern const char *const checkout_step_names[CHECKOUT_STEPS_N + 1];

/* What the provider said, without the port's types. */
enum checkout_answer {
    CHECKOUT_ANSWER_PAID,
    CHECKOUT_ANSWER_REFUSED,
    CHECKOUT_ANSWER_CHALLENGE,
    CHECKOUT_ANSWER_NOTHING, /* the provider knows no such key */
    CHECKOUT_ANSWER_BACK,    /* voided or refunded */
    CHECKOUT_ANSWER_LOST,    /* no answer, something may have happened */
    CHECKOUT_ANSWER_AWAY,    /* no answer, nothing happened */
};
struct checkout_next {
    enum checkout_step step;
    int64_t wait_ms; /* before that step */
    bool give_up;    /* stop for now: the row stays for the job */
};
/* `tries` of this call so far, from 1; `expired`: the hold on the stock has run out. */
struct checkout_next checkout_domain_next(
    enum checkout_step step, enum checkout_answer answer, int64_t tries, bool expired);

/* The step that a row's name stands for; CHECKOUT_STEPS_N when unknown. */
enum checkout_step checkout_domain_step_of(str name);

#endif
