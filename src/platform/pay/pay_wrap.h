/* SPDX-License-Identifier: Apache-2.0
 * What decorators of the port have in common: every call goes to one provider, with something
 * before and after. For this folder only; must never change a call or its answer. */
#ifndef SOUK_PLATFORM_PAY_PAY_WRAP_H
#define SOUK_PLATFORM_PAY_PAY_WRAP_H

#include "platform/pay/pay.h"

/* One call through a decorator. */
struct pay_turn {
    struct pay *to; /* who is asked */
    int64_t began_us;
};
struct pay_wrap {
    /* ref: a payment's, absent when the call is not about one. Sets turn->to, or refuses. */
    err (*begin)(void *self, struct cx *cx, str ref, struct pay_turn *turn);
    /* Sees how the call ended and returns it; may be NULL. */
    err (*end)(void *self, struct cx *cx, const struct pay_turn *turn, err e);
    struct pay *shown; /* whose name, prefix and header it shows, and who reads webhooks */
    void *self;        /* the decorator */
};
/* A whole provider around `wrap`, which lives as long; what a decorator does otherwise it sets
 * afterwards. Its calls get a self of which pay_wrap_self is the decorator. */
struct pay pay_wrapped(struct pay_wrap *wrap);
void *pay_wrap_self(void *self);

#endif
