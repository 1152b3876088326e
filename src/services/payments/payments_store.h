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
err payments_store_add(
    struct payments *p, struct cx *cx, const struct payments_payment *in, bool *ret_added) MUST_USE;
/* ERR_MISSING when it is not there. Locked against other writers by the second. */
err payments_store_get(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret) MUST_USE;
err payments_store_lock(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret) MUST_USE;
/* Writes what an answer may change. */
err payments_store_set(
    struct payments *p, struct cx *cx, const struct payments_payment *in) MUST_USE;

err payments_store_of_order(struct payments *p, struct cx *cx, id order_id,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* STARTED and UNKNOWN_ANSWER from before older_ms, oldest first. */
err payments_store_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;

#endif
