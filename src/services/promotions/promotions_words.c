/* SPDX-License-Identifier: Apache-2.0
 * What is said of promotions. Called by promotions_domain.c and promotions.c; must never decide
 * anything. */
#include "services/promotions/promotions_words.h"

#include <inttypes.h>

const problem PROMOTIONS_UNKNOWN = { KIND_INVALID, "promotions.unknown", "coupon_unknown",
    "There is no such code" };
const problem PROMOTIONS_EXPIRED = { KIND_INVALID, "promotions.expired", "coupon_expired",
    "This code is not valid now" };
const problem PROMOTIONS_EXHAUSTED = { KIND_CONFLICT, "promotions.exhausted", "coupon_exhausted",
    "This offer is used up" };
const problem PROMOTIONS_NOT_APPLICABLE = { KIND_INVALID, "promotions.not_applicable",
    "coupon_not_applicable", "This code does nothing for this order" };

const char *const promotions_kind_names[PROMOTIONS_KINDS_N + 1] = {
    "percentage",
    "amount",
    "buy_x_get_y",
    "threshold",
    "free_shipping",
    "deal",
    NULL,
};

/* 1250 basis points are "12.5". */
static str percent(struct arena *a, int64_t bp)
{
    if (bp % 100 == 0)
        return str_from_i64(a, bp / 100);
    if (bp % 10 == 0)
        return str_fmt(a, "%" PRId64 ".%" PRId64, bp / 100, bp % 100 / 10);
    return str_fmt(a, "%" PRId64 ".%02" PRId64, bp / 100, bp % 100);
}

static str display(struct arena *a, int64_t minor, currency c)
{
    return money_display(a, money_of(minor, c), S("en"));
}

static str buy_get(struct arena *a, const struct promotions_promotion *p)
{
    str start = str_fmt(a, "Buy %" PRId64 ", get %" PRId64 " ", p->buy_units, p->get_units);
    if (p->percent_bp == 10000)
        return str_cat(a, start, S("free"));
    return str_fmt(a, STR_F "at " STR_F "%% off", STR_A(start), STR_A(percent(a, p->percent_bp)));
}

str promotions_words_use(
    struct arena *a, const struct promotions_promotion *p, currency c, int64_t units)
{
    switch (p->kind) {
    case PROMOTIONS_PERCENTAGE:
        return str_cat(a, percent(a, p->percent_bp), S("% off"));
    case PROMOTIONS_AMOUNT:
        return str_cat(a, display(a, p->amount_minor, c), S(" off"));
    case PROMOTIONS_BUY_GET:
        return buy_get(a, p);
    case PROMOTIONS_THRESHOLD:
        return str_fmt(a, STR_F " off from " STR_F, STR_A(display(a, p->amount_minor, c)),
            STR_A(display(a, p->minimum_minor, c)));
    case PROMOTIONS_FREE_SHIPPING:
        return p->most_minor ? str_cat(a, display(a, p->most_minor, c), S(" off delivery"))
                             : S("Free delivery");
    case PROMOTIONS_DEAL:
        return str_fmt(a, "%" PRId64 " at the deal price of " STR_F, units,
            STR_A(display(a, p->amount_minor, c)));
    case PROMOTIONS_KINDS_N:
        break;
    }
    panic(__FILE__, "no such kind");
}

static const struct reason {
    err problem;
    str text;
} reasons[PROMOTIONS_REASONS_N] = {
    [PROMOTIONS_NO_SUCH_CODE] = { &PROMOTIONS_UNKNOWN, S_INIT("There is no such code") },
    [PROMOTIONS_OVER] = { &PROMOTIONS_EXPIRED, S_INIT("This code has expired") },
    [PROMOTIONS_NOT_YET] = { &PROMOTIONS_EXPIRED, S_INIT("This code is not valid yet") },
    [PROMOTIONS_USED_UP] = { &PROMOTIONS_EXHAUSTED, S_INIT("This code is used up") },
    [PROMOTIONS_USED_BY_YOU] = { &PROMOTIONS_EXHAUSTED, S_INIT("You have used this code already") },
    [PROMOTIONS_NOT_FOR_YOU] = { &PROMOTIONS_NOT_APPLICABLE,
        S_INIT("This code is for other customers") },
    [PROMOTIONS_NOT_THESE] = { &PROMOTIONS_NOT_APPLICABLE,
        S_INIT("This code is not for anything in the cart") },
    [PROMOTIONS_BELOW_MINIMUM] = { &PROMOTIONS_NOT_APPLICABLE, { NULL, 0 } },
    [PROMOTIONS_NOT_TOGETHER] = { &PROMOTIONS_NOT_APPLICABLE,
        S_INIT("This code cannot be combined with what applies already") },
    [PROMOTIONS_NOTHING_OFF] = { &PROMOTIONS_NOT_APPLICABLE,
        S_INIT("There is nothing left for this code to take off") },
};

str promotions_words_refusal(struct arena *a, enum promotions_reason reason, money missing)
{
    ASSERT(reason < PROMOTIONS_REASONS_N);
    if (reason == PROMOTIONS_BELOW_MINIMUM)
        return str_fmt(a, "Spend " STR_F " more on what this code is for",
            STR_A(money_display(a, missing, S("en"))));
    return reasons[reason].text;
}

err promotions_words_problem(enum promotions_reason reason)
{
    ASSERT(reason < PROMOTIONS_REASONS_N);
    return reasons[reason].problem;
}
