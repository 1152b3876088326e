/* SPDX-License-Identifier: Apache-2.0
 * The handlers of what comes after the purchase, for the table in checkout_routes.c. For this
 * folder only. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_ENDINGS_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_ENDINGS_H

#include "flows/checkout/checkout_internal.h"

#define CHECKOUT_TRACKING_MAX 60
extern const struct json_shape checkout_ending_shape, checkout_move_shape, checkout_refund_shape;
err checkout_post_cancel(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_post_approve(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_post_refund(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_post_return(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_post_move(void *service, struct cx *cx, const void *body, struct reply *reply);
uint64_t checkout_order_conflict(const struct cx *cx, const void *body);

/* In a WRITE unit of the orders: the buyer wants to give back what was delivered.
 * CHECKOUT_NOT_OFFERED: it is not in that state, and nothing was written. */
struct checkout_return {
    id order_id;
    int64_t fulfilment_group; /* 0: all of the order */
    str reason, if_match;
};
err checkout_ask_return(
    struct checkout *c, struct cx *cx, const struct checkout_return *in) MUST_USE;

/* Not in a unit: asks for a second person when the amount, with what went back of the order before,
 * is above the limit. CHECKOUT_PROOF: it is large so, and whoever asks has not proved themselves
 * lately. Neither of a refund that was made: the same claim is told what came of it. */
err checkout_second_asks(struct checkout *c, struct cx *cx, const struct checkout_asked *in,
    struct idem_claim claim, bool *ret_asked) MUST_USE;

#endif
