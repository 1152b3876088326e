/* SPDX-License-Identifier: Apache-2.0
 * An order as it was placed and as it is: its states, lines and groups; a part of orders.h. */
#ifndef SOUK_SERVICES_ORDERS_ORDERS_ORDER_H
#define SOUK_SERVICES_ORDERS_ORDERS_ORDER_H

#include "base/id.h"
#include "base/money.h"

enum orders_status {
    ORDERS_PENDING,
    ORDERS_CONFIRMED,
    ORDERS_PROCESSING,
    ORDERS_SHIPPED,
    ORDERS_DELIVERED,
    ORDERS_CANCELLED,
    ORDERS_RETURN_REQUESTED,
    ORDERS_RETURN_APPROVED,
    ORDERS_REFUNDED,
    ORDERS_STATUSES_N,
};
extern const char *const orders_status_names[ORDERS_STATUSES_N + 1]; /* "pending", ... */

struct orders_line {
    id order_item_id, product_id, variant_id, seller_id;
    str title, variant_text, sku, picture; /* as they were */
    int64_t quantity;
    money price, subtotal, tax; /* price of one, as paid; tax of subtotal - discount */
    money discount;             /* what promotions took off the line; no currency: none */
    int64_t tax_bp, commission_bp, commission_tax_bp; /* commission: what the shop takes of it */
    str status;                                       /* its group's */
    size_t group;
};
struct orders_address {
    str name, line1, line2, city, region, postal_code, country, phone;
};
/* What travels together: the lines of one seller to one address. Orders from before groups were
 * are of one, whoever sold what is in them. */
struct orders_group {
    id seller_id;                         /* none: the shop itself */
    const struct orders_address *address; /* NULL: the order's */
    str speed;                            /* as the order's */
    enum orders_status status;
    money shipping, shipping_off; /* its part of the order's fee, and of what is off that */
    int64_t estimated_from_ms, estimated_ms, delivered_ms;
    id refund_id; /* none, or the refund that gives all of its money back */
};
/* Stands for a group, such as for the stock that it holds; of the first, the order's. Pure. */
id orders_group_id(id order_id, size_t group);
struct orders_order {
    id order_id, user_id; /* user none: a guest */
    str cart_hash;        /* guests: SHA-256 of the cart token that may see the order */
    str email, number;    /* 112-1234567-1234567 */
    enum orders_status status;
    str payment_status; /* see payment_status_names */
    str cancel_reason;  /* "payment_declined", "buyer", ...; absent */
    str withdrawn;      /* why it was taken back while it was pending; absent: it was not */
    id withdrawn_by;
    money subtotal, tax, shipping, discount, total;
    struct orders_address address;
    str promotions; /* JSON text: which promotions took something off and why; absent: none */
    str speed;      /* as on the wire: "standard" */
    int64_t estimated_from_ms, estimated_ms, delivered_ms; /* dates; delivered 0: not yet */
    int64_t created_ms, updated_ms, version;
    struct orders_line *lines;
    struct orders_group *groups; /* to be placed: 0 are one of all lines; as read: at least one */
    size_t lines_n, groups_n;
};

#endif
