/* SPDX-License-Identifier: Apache-2.0
 * The events of stock. Called by the verbs in their unit of work; must never change a level. */
#include "services/inventory/inventory_tell.h"

#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_store.h"

static const struct json_field stock_changed_fields[] = {
    JSON_ID(struct inventory_stock_changed, product_id, .required = true),
    JSON_ID(struct inventory_stock_changed, variant_id, .required = true),
    JSON_INT(struct inventory_stock_changed, available, .required = true),
    JSON_BOOL(struct inventory_stock_changed, low, .required = true),
};
const struct json_shape inventory_stock_changed_shape =
    JSON_SHAPE("StockChanged", struct inventory_stock_changed, stock_changed_fields);

static const struct json_field low_stock_fields[] = {
    JSON_ID(struct inventory_low_stock, product_id, .required = true),
    JSON_ID(struct inventory_low_stock, variant_id, .required = true),
    JSON_INT(struct inventory_low_stock, available, .required = true),
    JSON_INT(struct inventory_low_stock, low_at, .required = true),
};
const struct json_shape inventory_low_stock_shape =
    JSON_SHAPE("LowStock", struct inventory_low_stock, low_stock_fields);

int64_t inventory_tell_available(const struct inventory_level *levels, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += levels[i].available;
    return sum;
}

int64_t inventory_tell_low_at(const struct inventory_level *levels, size_t n)
{
    int64_t low_at = 0;
    for (size_t i = 0; i < n; i++)
        low_at = levels[i].low_at > low_at ? levels[i].low_at : low_at;
    return low_at;
}

err inventory_tell(struct inventory *inv, struct cx *cx, struct inventory_change change)
{
    if (inventory_domain_became_low(change.before, change.after, change.low_at)) {
        struct inventory_low_stock low = { .product_id = change.product_id,
            .variant_id = change.variant_id,
            .available = change.after,
            .low_at = change.low_at };
        err e = bus_emit(inv->deps.bus, inv->deps.db, cx, "inventory.low_stock", change.product_id,
            &inventory_low_stock_shape, &low);
        if (e)
            return e;
    }
    if (!change.always && !inventory_domain_notable(change.before, change.after, change.low_at))
        return NULL;
    struct inventory_stock_changed payload = { .product_id = change.product_id,
        .variant_id = change.variant_id,
        .available = change.after,
        .low = change.after <= change.low_at };
    return bus_emit(inv->deps.bus, inv->deps.db, cx, "inventory.stock_changed", change.product_id,
        &inventory_stock_changed_shape, &payload);
}

err inventory_tell_moved(
    struct inventory *inv, struct cx *cx, struct inventory_move move, int64_t change)
{
    struct inventory_key key = { move.product_id, move.variant_id };
    struct inventory_level *all;
    size_t n;
    err e = inventory_store_levels(inv, cx, key, &all, &n);
    if (e)
        return e;
    int64_t after = inventory_tell_available(all, n);
    return inventory_tell(inv, cx,
        (struct inventory_change){ .product_id = move.product_id,
            .variant_id = move.variant_id,
            .before = after - change,
            .after = after,
            .low_at = inventory_tell_low_at(all, n),
            .always = true });
}
