/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for the verbs of payments.c. No decisions. For this folder only. */
#ifndef SOUK_SERVICES_PAYMENTS_PAYMENTS_STORE_H
#define SOUK_SERVICES_PAYMENTS_PAYMENTS_STORE_H

#include "services/payments/payments.h"

/* The body of the service; only files of this folder see it. */
struct payments {
    struct payments_deps deps;
};

/* ret_added is false when the id is known: nothing was written. */
/* Of a new id; or of one that may be known. */
err payments_store_begin(
    struct payments *p, struct cx *cx, const struct payments_payment *in) MUST_USE;
err payments_store_add(
    struct payments *p, struct cx *cx, const struct payments_payment *in, bool *ret_added) MUST_USE;
/* ERR_MISSING when it is not there. Locked against other writers by the second. */
err payments_store_get(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret) MUST_USE;
err payments_store_lock(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret) MUST_USE;
/* Writes what an answer may change. `was` is its status until then: with another the unit fails. */
err payments_store_set(struct payments *p, struct cx *cx, enum payments_status was,
    const struct payments_payment *in) MUST_USE;

err payments_store_of_order(struct payments *p, struct cx *cx, id order_id,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* STARTED and UNKNOWN_ANSWER from before older_ms, oldest first. */
err payments_store_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
err payments_store_orphans(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* Those that the provider was paid through, by the time in their ids. */
err payments_store_range(struct payments *p, struct cx *cx, struct payments_range range,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* n payments at once, into the caller's arrays of n. */
err payments_store_get_all(struct payments *p, struct cx *cx, const id *ids, size_t n,
    struct payments_payment *ret, bool *ret_found) MUST_USE;

/* payments_hear of a payment that is locked. answered: the deed whose answer it is, or none. */
err payments_hear_of(struct payments *p, struct cx *cx, const struct payments_payment *before,
    id answered, const struct pay_result *in, struct payments_payment *ret) MUST_USE;

err payments_store_deed_add(
    struct payments *p, struct cx *cx, const struct payments_deed *in) MUST_USE;
err payments_store_deed_get(struct payments *p, struct cx *cx, id deed_id,
    struct payments_deed *ret, bool *ret_found) MUST_USE;
err payments_store_deeds_of(struct payments *p, struct cx *cx, id payment_id,
    struct payments_deed **ret, size_t *ret_n) MUST_USE;
err payments_store_deeds_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_deed **ret, size_t *ret_n) MUST_USE;
/* Writes how it ended, if it still was as `before` says. */
err payments_store_deed_end(struct payments *p, struct cx *cx, const struct payments_deed *in,
    enum payments_deed_status before, bool *ret_ended) MUST_USE;

#endif
