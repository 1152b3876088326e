/* SPDX-License-Identifier: Apache-2.0
 * What may be asked of an order as it is. Called before money goes back, and by pages; must never
 * do I/O. */
#include "flows/checkout/checkout_internal.h"

const char *const checkout_why_names[CHECKOUT_WHYS_N + 1] = { "cancel", "return", "goodwill",
    NULL };

static const unsigned from[CHECKOUT_WHYS_N] = {
    [CHECKOUT_CANCELS] = 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING,
    [CHECKOUT_RETURNED] = 1u << ORDERS_RETURN_REQUESTED | 1u << ORDERS_RETURN_APPROVED,
    [CHECKOUT_GOODWILL] = 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING | 1u << ORDERS_SHIPPED |
                          1u << ORDERS_DELIVERED | 1u << ORDERS_RETURN_REQUESTED,
};

/* A part is as its group is; all of it, to be cancelled, as the group that is furthest. */
static enum orders_status state_of(
    const struct orders_order *o, enum checkout_why why, int64_t part)
{
    enum orders_status at = part ? o->groups[part - 1].status : o->status;
    for (size_t g = 0; !part && why == CHECKOUT_CANCELS && g < o->groups_n; g++)
        if (o->groups[g].status != ORDERS_CANCELLED && o->groups[g].status > at)
            at = o->groups[g].status;
    return at;
}

bool checkout_offers(const struct orders_order *o, enum checkout_why why, int64_t part)
{
    return part >= 0 && (size_t)part <= o->groups_n && (from[why] & 1u << state_of(o, why, part));
}

err checkout_offered(
    struct cx *cx, const struct orders_order *o, enum checkout_why why, int64_t part)
{
    if (part < 0 || (size_t)part > o->groups_n)
        return FAIL(cx, ERR_MISSING, "no such group");
    if (checkout_offers(o, why, part))
        return NULL;
    return FAIL(cx, CHECKOUT_NOT_OFFERED, "%s in state %s", checkout_why_names[why],
        orders_status_names[state_of(o, why, part)]);
}

bool checkout_withdrawable(const struct orders_order *o, int64_t part)
{
    bool all = part == 0 || (part == 1 && o->groups_n == 1);
    bool was = o->status == ORDERS_CANCELLED && o->withdrawn.n;
    return all && (o->status == ORDERS_PENDING || was);
}

str checkout_ending_reason(const struct checkout_ending *x)
{
    if (x->reason.n)
        return x->reason;
    return x->why == CHECKOUT_CANCELS ? S("buyer") : str_from_c(checkout_why_names[x->why]);
}
