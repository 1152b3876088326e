/* SPDX-License-Identifier: Apache-2.0
 * Payments of orders: one row per attempt, its state, what the provider called it. The provider
 * itself is called by flows/checkout outside any unit; this service records before and after. All
 * verbs run in the caller's unit. */
#ifndef SOUK_SERVICES_PAYMENTS_PAYMENTS_H
#define SOUK_SERVICES_PAYMENTS_PAYMENTS_H

#include "platform/http/service.h"
#include "platform/pay/pay.h"

struct payments;
extern const struct service payments_service;

extern const problem PAYMENTS_DECLINED;     /* 402 payment_declined; the field error says why */
extern const problem PAYMENTS_MOVE_REFUSED; /* 409 payment_state_conflict */

struct payments_deps {
    struct db *db;
};
struct payments *payments_open(struct arena *life, struct payments_deps deps);

enum payments_status {
    PAYMENTS_STARTED, /* about to be asked: written before the call */
    PAYMENTS_UNKNOWN_ANSWER,
    PAYMENTS_CHALLENGED,
    PAYMENTS_AUTHORIZED,
    PAYMENTS_CAPTURED,
    PAYMENTS_REFUSED, /* declined */
    PAYMENTS_VOIDED,
    PAYMENTS_REFUNDED,
    PAYMENTS_STATUSES_N,
};
extern const char *const payments_status_names[PAYMENTS_STATUSES_N + 1]; /* started unknown
    challenge authorized captured declined voided refunded */

struct payments_payment {
    id payment_id, order_id, user_id;
    str provider, method_type, provider_ref, brand, last4, decline_code, decline_text;
    str token; /* of the provider, no card data */
    enum payments_status status;
    money amount;
    int64_t captured_minor, refunded_minor, created_ms, updated_ms;
};
/* payment_id is given (it is the provider's idempotency key); repeating it changes nothing. */
err payments_start(struct payments *p, struct cx *cx, const struct payments_payment *in) MUST_USE;
/* Records the provider's answer. Moves by the table in payments_domain.c; the same answer again is
 * no error, one that lags behind what is known is PAYMENTS_MOVE_REFUSED. captured <= authorised,
 * refunded <= captured are constraints. */
err payments_answer(struct payments *p, struct cx *cx, id payment_id, const struct pay_result *in,
    struct payments_payment *ret) MUST_USE;
/* The answer was lost. What is known for certain (captured, declined, ended) stays so. */
err payments_lost(struct payments *p, struct cx *cx, id payment_id) MUST_USE;
err payments_get(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret) MUST_USE;
err payments_of_order(struct payments *p, struct cx *cx, id order_id, struct payments_payment **ret,
    size_t *ret_n) MUST_USE;
/* Payments in STARTED or UNKNOWN_ANSWER since before `older_ms`, for the sweeper. */
err payments_open_since(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* Invariant for `souk check-data`: what was captured for the order and not given back. */
err payments_captured_of(
    struct payments *p, struct cx *cx, id order_id, int64_t *ret_minor) MUST_USE;

#endif
