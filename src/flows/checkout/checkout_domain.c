/* SPDX-License-Identifier: Apache-2.0
 * Answers of the provider to what happens next. Called by checkout_pay.c; must never do I/O or read
 * a clock. */
#include "flows/checkout/checkout_domain.h"

enum checkout_verdict checkout_domain_verdict(enum checkout_answer answer, bool expired)
{
    switch (answer) {
    case CHECKOUT_ANSWER_PAID:
        return CHECKOUT_PAID; /* the shelf knows better than the clock: it may be sold already */
    case CHECKOUT_ANSWER_REFUSED:
    case CHECKOUT_ANSWER_BACK:
        return CHECKOUT_DECLINED;
    case CHECKOUT_ANSWER_CHALLENGE:
        return expired ? CHECKOUT_LATE : CHECKOUT_WAIT;
    case CHECKOUT_ANSWER_NOTHING:
        return expired ? CHECKOUT_UNPAID : CHECKOUT_ASK;
    case CHECKOUT_ANSWER_LOST:
    case CHECKOUT_ANSWER_AWAY: /* an earlier call of the same key may have been heard */
        return CHECKOUT_FIND;
    case CHECKOUT_ANSWERS_N:
        break;
    }
    panic(__FILE__, "unknown answer");
}

int64_t checkout_domain_held_until(struct checkout_hold hold)
{
    return hold.held_until_ms ? hold.held_until_ms : hold.created_ms + hold.hold_ms;
}

int64_t checkout_domain_renewed(struct checkout_hold hold, int64_t now_ms)
{
    int64_t until = checkout_domain_held_until(hold), wanted = now_ms + hold.hold_ms;
    int64_t most = hold.created_ms + CHECKOUT_HELD_MS_MAX;
    if (now_ms >= until)
        return until; /* too late: it is over */
    wanted = wanted < most ? wanted : most;
    return wanted > until ? wanted : until;
}

bool checkout_domain_is_back(enum checkout_answer answer)
{
    return answer == CHECKOUT_ANSWER_BACK || answer == CHECKOUT_ANSWER_REFUSED ||
           answer == CHECKOUT_ANSWER_NOTHING;
}

bool checkout_domain_less_left(str decline_code)
{
    return str_eq(decline_code, S("amount_too_large")) || str_eq(decline_code, S("not_refundable"));
}

str checkout_domain_reason(str undone)
{
    if (str_starts(undone, S("inventory.")))
        return S("stock_gone");
    if (str_starts(undone, S("promotions.")))
        return S("coupon_gone");
    if (str_starts(undone, S("ledger.")))
        return S("balance_gone");
    return undone.n ? undone : S("payment_missing");
}
