/* SPDX-License-Identifier: Apache-2.0
 * Counting many levels at once, for imports and the demo. Called by flows in a WRITE unit; must
 * leave the same trail as a count by hand. */
#include "inventory_sql.h"
#include "services/inventory/inventory_store.h"

/* What the level was; missing ones were empty. Those that need no change are left out. */
static err keep_changed(struct inventory *inv, struct cx *cx,
    const struct inventory_stocktake *counts, size_t n, struct inventory_sql_level_count_in *ret_in,
    struct inventory_audit *ret_audit, size_t *ret_n)
{
    struct inventory_sql_level_find_in *in =
        NEW_N(cx->arena, n, struct inventory_sql_level_find_in);
    struct inventory_sql_level_find_row *rows =
        NEW_N(cx->arena, n, struct inventory_sql_level_find_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct inventory_sql_level_find_in){ .product_id = counts[i].product_id,
            .variant_id = counts[i].variant_id,
            .warehouse_id = counts[i].warehouse_id };
    err e = inventory_sql_level_find_batch(inv->deps.db, cx, in, n, rows, found);
    if (e)
        return e;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t before = found[i] ? rows[i].on_hand : 0;
        int64_t reserved = found[i] ? rows[i].reserved : 0;
        int64_t after = counts[i].on_hand < reserved ? reserved : counts[i].on_hand;
        ASSERT(after >= 0 && after <= INVENTORY_ON_HAND_MAX);
        if (found[i] && after == before)
            continue;
        ret_in[kept] = (struct inventory_sql_level_count_in){ .product_id = counts[i].product_id,
            .variant_id = counts[i].variant_id,
            .warehouse_id = counts[i].warehouse_id,
            .on_hand = after,
            .now_ms = cx->now_ms };
        ret_audit[kept] = (struct inventory_audit){ .product_id = counts[i].product_id,
            .variant_id = counts[i].variant_id,
            .warehouse_id = counts[i].warehouse_id,
            .kind = INVENTORY_COUNT,
            .change = after - before,
            .after = after,
            .reason = S("import") };
        kept++;
    }
    *ret_n = kept;
    return NULL;
}

err inventory_stocktake(
    struct inventory *inv, struct cx *cx, const struct inventory_stocktake *counts, size_t n)
{
    struct inventory_sql_level_count_in *in =
        NEW_N(cx->arena, n, struct inventory_sql_level_count_in);
    struct inventory_audit *audit = NEW_N(cx->arena, n, struct inventory_audit);
    err e = keep_changed(inv, cx, counts, n, in, audit, &n);
    if (e)
        return e;
    e = inventory_sql_level_count_batch(inv->deps.db, cx, in, n, NULL);
    return e ? e : inventory_store_audit(inv, cx, audit, n);
}
