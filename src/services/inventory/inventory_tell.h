/* SPDX-License-Identifier: Apache-2.0
 * What the world hears of stock: which changes are worth an event. Called by the verbs in their
 * unit of work; must never change a level. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_TELL_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_TELL_H

#include "services/inventory/inventory.h"

int64_t inventory_tell_available(const struct inventory_level *levels, size_t n);
/* The limit of a variant: the highest of its levels'. */
int64_t inventory_tell_low_at(const struct inventory_level *levels, size_t n);

/* What can be sold of a variant, over all warehouses, before and after a change. */
struct inventory_change {
    id product_id, variant_id;
    int64_t before, after, low_at;
    bool always; /* by hand: the shop shows it at once, notable or not */
};
err inventory_tell(struct inventory *inv, struct cx *cx, struct inventory_change change) MUST_USE;
/* After a movement by hand. */
err inventory_tell_moved(
    struct inventory *inv, struct cx *cx, struct inventory_move move, int64_t change) MUST_USE;

#endif
