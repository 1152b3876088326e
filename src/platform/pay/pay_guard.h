/* SPDX-License-Identifier: Apache-2.0
 * Decorators of the port: a circuit breaker around one provider, and a second provider behind the
 * first. Opened by src/app; a decorated provider is used like any other. Must never let a payment
 * be made twice. */
#ifndef SOUK_PLATFORM_PAY_PAY_GUARD_H
#define SOUK_PLATFORM_PAY_PAY_GUARD_H

#include "platform/pay/pay.h"

struct metrics;

/* After PAY_BREAKER_FAILURES calls in a row without an answer (PAY_UNREACHABLE, PAY_UNKNOWN) the
 * breaker is open: calls answer PAY_UNREACHABLE at once, and nothing is sent. After
 * PAY_BREAKER_OPEN_MS (by cx->now_ms) one call is let through as a probe: an answer closes the
 * breaker, none opens it again. A refusal by the provider is an answer. Webhooks always pass. */
#define PAY_BREAKER_FAILURES 5
#define PAY_BREAKER_OPEN_MS 30000
enum pay_breaker_state { PAY_BREAKER_CLOSED, PAY_BREAKER_OPEN, PAY_BREAKER_PROBING };

/* inner lives as long. Metrics (may be NULL), with provider="NAME": souk_pay_breaker_state (the
 * enum), souk_pay_breaker_opened_total, souk_pay_calls_total{outcome="answered", "unreachable",
 * "unknown", "refused_open", "bug"}, souk_pay_call_duration_seconds. */
void pay_breaker_open(
    struct arena *life, struct metrics *metrics, struct pay *inner, struct pay *ret);
enum pay_breaker_state pay_breaker_state_of(struct pay *pay);
void pay_breaker_close(struct pay *pay); /* not the inner one; NULL self is a no-op */

/* An authorisation goes to `second` only when `first` says PAY_UNREACHABLE, in.first_attempt says
 * that no earlier call can have arrived, and the token is not one that `first` has saved.
 * Otherwise, and after PAY_UNKNOWN, never. A repeat asks both who has the key before it asks for
 * money, and where another process began, PAY_HEARD_MS long for nothing but that: keys are ids. A
 * payment stays where it was made: its reference says where that is, so that the two must have
 * different ref_prefix. find asks both, and what one cannot say is unknown. Setups, methods and
 * lists are the first's; pay_part gives each alone. Tokens must mean the same to both. */
void pay_fallback_open(struct arena *life, struct pay *first, struct pay *second, struct pay *ret);
void pay_fallback_close(struct pay *pay); /* not the two; NULL self is a no-op */

#endif
