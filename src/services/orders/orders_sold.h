/* SPDX-License-Identifier: Apache-2.0
 * What was sold in many orders at once, for who counts; a part of orders.h. Must never say who
 * bought. */
#ifndef SOUK_SERVICES_ORDERS_ORDERS_SOLD_H
#define SOUK_SERVICES_ORDERS_ORDERS_SOLD_H

#include "base/err.h"
#include "base/id.h"

struct orders;
struct orders_sold {
    id order_id, product_id;
    int64_t quantity;
};
/* READ: the lines of n orders in one statement, by order and place in it; unknown orders have
 * none. */
err orders_sold(struct orders *o, struct cx *cx, const id *order_ids, size_t n,
    struct orders_sold **ret, size_t *ret_n) MUST_USE;

#endif
