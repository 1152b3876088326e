/* SPDX-License-Identifier: Apache-2.0
 * Refunds that a bank gave back, days after they were said to be done; a part of orders.h. Must
 * never move an order. */
#ifndef SOUK_SERVICES_ORDERS_ORDERS_BACK_H
#define SOUK_SERVICES_ORDERS_ORDERS_BACK_H

#include "base/err.h"
#include "base/id.h"
#include "base/money.h"

struct orders;
struct orders_brief;

/* The bank says that a refund, which was done, came back: a row of the history, once for each
 * refund. Emits "order.refund_failed", whose total is the refund's. ERR_MISSING: no such order. */
struct orders_refund_failed {
    id order_id, refund_id;
    money amount;
};
err orders_refund_failed(struct orders *o, struct cx *cx, struct orders_refund_failed in) MUST_USE;
/* It was paid another way, by cx->who: a row of the history, once; how it was first told stands.
 * Emits "order.refund_repaid", whose reason is the row's: "refund_to_wallet", "refund_outside".
 * ERR_MISSING: no such order, or it did not come back. */
struct orders_refund_repaid {
    id order_id, refund_id;
    money amount;
    bool wallet;
};
err orders_refund_repaid(struct orders *o, struct cx *cx, struct orders_refund_repaid in) MUST_USE;
/* Orders of which a refund failed since and was not repaid, the latest failure first; at most 100.
 */
err orders_refunds_failed(struct orders *o, struct cx *cx, int64_t since_ms, int64_t limit,
    struct orders_brief **ret, size_t *ret_n) MUST_USE;

#endif
