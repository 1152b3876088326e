/* SPDX-License-Identifier: Apache-2.0
 * What an answer of the provider means for an order. Values in, values out. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_DOMAIN_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_DOMAIN_H

#include "base/err.h"

/* What the provider said, without the port's types. */
enum checkout_answer {
    CHECKOUT_ANSWER_PAID,
    CHECKOUT_ANSWER_REFUSED,
    CHECKOUT_ANSWER_CHALLENGE,
    CHECKOUT_ANSWER_NOTHING, /* the provider knows no such key */
    CHECKOUT_ANSWER_BACK,    /* voided or refunded */
    CHECKOUT_ANSWER_LOST,    /* no answer, something may have happened */
    CHECKOUT_ANSWER_AWAY,    /* no answer, nothing happened by this call */
    CHECKOUT_ANSWERS_N,
};
enum checkout_verdict {
    CHECKOUT_PAID,
    CHECKOUT_ASK,      /* for the money (again) */
    CHECKOUT_FIND,     /* ask what became of it: never guess */
    CHECKOUT_WAIT,     /* for the buyer at the bank */
    CHECKOUT_DECLINED, /* the order is undone */
    CHECKOUT_LATE,     /* half paid when the hold on the stock has run out: likewise */
    CHECKOUT_UNPAID,   /* the hold has run out and nothing was paid: likewise */
};
/* Of asking for the money, or for what became of it. `expired`: the hold on the stock has run out.
 */
enum checkout_verdict checkout_domain_verdict(enum checkout_answer answer, bool expired);
/* Until when an order that waits for its buyer is held: ten minutes at first, and ten from now
 * whenever the buyer is seen at it in time (again: not the first time that it waits), but never
 * more than CHECKOUT_HELD_MS_MAX in all. held_until_ms 0: not known yet. */
#define CHECKOUT_HELD_MS_MAX (INT64_C(60) * 60 * 1000)
struct checkout_hold {
    int64_t created_ms, held_until_ms, hold_ms;
};
int64_t checkout_domain_held_until(struct checkout_hold hold);
int64_t checkout_domain_renewed(struct checkout_hold hold, int64_t now_ms);
/* Of giving it back: only a clear answer ends it. */
bool checkout_domain_is_back(enum checkout_answer answer);
/* A refund was declined as the payment has less left than we know: something was given back there.
 */
bool checkout_domain_less_left(str decline_code);
/* The order's cancel reason for what undid its saga: a reason of ours, or a problem's slug. */
str checkout_domain_reason(str undone);

#endif
