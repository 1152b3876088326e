/* SPDX-License-Identifier: Apache-2.0
 * Stock on its way from one warehouse to another: verbs for staff. Called by the routes; a flow
 * that needs them asks for them in inventory.h. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_TRANSFER_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_TRANSFER_H

#include "services/inventory/inventory.h"

extern const problem INVENTORY_TRANSFER_UNKNOWN; /* 404 */
extern const problem INVENTORY_TRANSFER_OVER;    /* 409: closed, or so many are not on their way */

/* What is sent has left the one and is not yet in the other: nobody can buy it on its way. */
struct inventory_transfer {
    id transfer_id, product_id, variant_id, from_id, to_id, actor_id;
    int64_t quantity, received, lost; /* on its way: quantity - received - lost */
    bool open;
    str reason, reference; /* may be absent */
    int64_t created_ms;
};
/* Uses the members from product_id to quantity, actor_id, reason and reference.
 * INVENTORY_BELOW_ZERO: not that many are free. INVENTORY_WAREHOUSE_UNKNOWN. ERR_INVALID: to
 * itself. */
err inventory_transfer_send(struct inventory *inv, struct cx *cx, struct inventory_transfer in,
    struct inventory_transfer *ret) MUST_USE;
/* `quantity` units arrived; `close` gives up the rest (`lost`). A transfer of which all arrived is
 * closed. INVENTORY_TRANSFER_UNKNOWN, INVENTORY_TRANSFER_OVER. */
struct inventory_arrival {
    id transfer_id, actor_id;
    int64_t quantity; /* 0 with close only */
    bool close;
};
err inventory_transfer_receive(struct inventory *inv, struct cx *cx, struct inventory_arrival in,
    struct inventory_transfer *ret) MUST_USE;
/* Newest first, older than `before` (none: from the newest). */
struct inventory_transfers_wanted {
    id before;
    bool open; /* only those */
    int64_t limit;
};
err inventory_transfers(struct inventory *inv, struct cx *cx, struct inventory_transfers_wanted in,
    struct inventory_transfer **ret, size_t *ret_n) MUST_USE;
/* How many units of a variant are on their way to each of n warehouses. */
err inventory_coming(struct inventory *inv, struct cx *cx, struct inventory_key key,
    const struct inventory_level *levels, size_t n, int64_t *ret_coming) MUST_USE;

#endif
