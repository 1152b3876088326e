/* SPDX-License-Identifier: Apache-2.0
 * What the files of the service share: the cart's own row, and its lines. */
#ifndef SOUK_SERVICES_CART_CART_INTERNAL_H
#define SOUK_SERVICES_CART_CART_INTERNAL_H

#include "services/cart/cart.h"

struct cart {
    struct cart_deps deps;
};
struct cart_head {
    id cart_id; /* none: there is none */
    int64_t version;
    str codes; /* one a line */
    bool guest;
    id order_id;
    int64_t order_until_ms;
};

/* ---- cart.c ---- */
/* In a unit that changes what is in it by what it was. None: it is gone. */
err cart_lock(struct cart *c, struct cx *cx, id cart_id, struct cart_head *ret);
err cart_items(struct cart *c, struct cx *cx, id cart_id, struct cart_item **ret, size_t *ret_n);
struct cart_item *cart_item_of_variant(struct cart_item *items, size_t n, id variant_id);
struct opt_int cart_expiry(const struct cart *c, const struct cx *cx, bool guest);

/* ---- cart_order.c ---- */
/* An order that is under way knows its cart by id, and has it for itself: where the guest's cart is
 * being ordered, the user's goes on as that one. If that is being ordered too, both orders are made
 * of it. */
err cart_order_merge(
    struct cart *c, struct cx *cx, const struct cart_head *guest, struct cart_head *mine);

#endif
