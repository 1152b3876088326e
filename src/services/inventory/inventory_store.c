/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for inventory.c, through the queries of sql/inventory.sql. Makes no decisions and
 * must never begin or commit. */
#include "services/inventory/inventory_store.h"

#include "inventory_sql.h"

static struct inventory_level level_of(
    id warehouse_id, int64_t on_hand, int64_t reserved, int64_t low_at, int64_t version)
{
    ASSERT(reserved >= 0 && reserved <= on_hand);
    return (struct inventory_level){
        .warehouse_id = warehouse_id,
        .on_hand = on_hand,
        .reserved = reserved,
        .available = on_hand - reserved,
        .low_at = low_at,
        .version = version,
    };
}

err inventory_store_levels(struct inventory *inv, struct cx *cx, struct inventory_key key,
    struct inventory_level **ret, size_t *ret_n)
{
    struct inventory_sql_level_list_row *rows;
    size_t n;
    err e = inventory_sql_level_list(inv->deps.db, cx,
        (struct inventory_sql_level_list_in){
            .product_id = key.product_id, .variant_id = key.variant_id },
        &rows, &n);
    if (e)
        return e;
    struct inventory_level *levels = NEW_N(cx->arena, n, struct inventory_level);
    for (size_t i = 0; i < n; i++)
        levels[i] = level_of(rows[i].warehouse_id, rows[i].on_hand, rows[i].reserved,
            rows[i].low_at, rows[i].version);
    *ret = levels;
    *ret_n = n;
    return NULL;
}

err inventory_store_shelves_lock(struct inventory *inv, struct cx *cx, struct inventory_key key,
    id order_id, struct inventory_shelf **ret, size_t *ret_n, bool *ret_held)
{
    struct inventory_sql_level_lock_row *rows;
    size_t n;
    err e = id_is_none(order_id)
                ? inventory_sql_level_lock_new(inv->deps.db, cx,
                      (struct inventory_sql_level_lock_new_in){
                          .product_id = key.product_id, .variant_id = key.variant_id },
                      &rows, &n)
                : inventory_sql_level_lock(inv->deps.db, cx,
                      (struct inventory_sql_level_lock_in){ .product_id = key.product_id,
                          .variant_id = key.variant_id,
                          .order_id = order_id },
                      &rows, &n);
    if (e)
        return e;
    struct inventory_shelf *shelves = NEW_N(cx->arena, n, struct inventory_shelf);
    for (size_t i = 0; i < n; i++)
        shelves[i] = (struct inventory_shelf){
            .level = level_of(rows[i].warehouse_id, rows[i].on_hand, rows[i].reserved,
                rows[i].low_at, /* version= */ 0),
            .at = { .warehouse_id = rows[i].warehouse_id,
                .country = rows[i].country,
                .priority = rows[i].priority,
                .latitude = rows[i].latitude,
                .longitude = rows[i].longitude,
                .cost = rows[i].cost },
        };
    *ret = shelves;
    *ret_n = n;
    *ret_held = n > 0 && rows[0].held > 0;
    return NULL;
}

err inventory_store_level_ensure(struct inventory *inv, struct cx *cx, struct inventory_key key,
    id warehouse_id, struct inventory_level *ret)
{
    err e = inventory_sql_level_add(inv->deps.db, cx,
        (struct inventory_sql_level_add_in){ .product_id = key.product_id,
            .variant_id = key.variant_id,
            .warehouse_id = warehouse_id,
            .now_ms = cx->now_ms },
        NULL);
    if (e)
        return e;
    struct inventory_sql_level_get_row row;
    bool found = false;
    e = inventory_sql_level_get(inv->deps.db, cx,
        (struct inventory_sql_level_get_in){ .product_id = key.product_id,
            .variant_id = key.variant_id,
            .warehouse_id = warehouse_id },
        &row, &found);
    if (e)
        return e;
    ASSERT(found);
    *ret = level_of(warehouse_id, row.on_hand, row.reserved, row.low_at, row.version);
    return NULL;
}

/* The levels that holds are made, given back or sold on. */
static struct inventory_sql_level_reserve_in *levels_of(
    struct cx *cx, const struct inventory_hold *holds, size_t n)
{
    struct inventory_sql_level_reserve_in *levels =
        NEW_N(cx->arena, n, struct inventory_sql_level_reserve_in);
    for (size_t i = 0; i < n; i++)
        levels[i] = (struct inventory_sql_level_reserve_in){ .product_id = holds[i].product_id,
            .variant_id = holds[i].variant_id,
            .warehouse_id = holds[i].warehouse_id,
            .quantity = holds[i].quantity,
            .now_ms = cx->now_ms };
    return levels;
}

err inventory_store_hold(struct inventory *inv, struct cx *cx, id order_id, int64_t expires_ms,
    const struct inventory_hold *holds, size_t n, bool *ret_repeat)
{
    ASSERT(n > 0);
    struct inventory_sql_reservation_add_in *rows =
        NEW_N(cx->arena, n, struct inventory_sql_reservation_add_in);
    for (size_t i = 0; i < n; i++) {
        const struct inventory_hold *h = &holds[i];
        rows[i] = (struct inventory_sql_reservation_add_in){ .order_id = order_id,
            .product_id = h->product_id,
            .variant_id = h->variant_id,
            .warehouse_id = h->warehouse_id,
            .quantity = h->quantity,
            .expires_ms = expires_ms,
            .created_ms = cx->now_ms };
    }
    /* The first hold is written only where the order has none: on PostgreSQL a twin's may have
     * been committed while this unit waited for the levels. */
    size_t first = ret_repeat != NULL;
    int64_t written = 1;
    err e = first ? inventory_sql_reservation_first(inv->deps.db, cx, rows[0], &written) : NULL;
    if (first)
        *ret_repeat = !e && written == 0;
    if (e || written == 0)
        return e;
    e = inventory_sql_reservation_add_batch(inv->deps.db, cx, rows + first, n - first);
    if (!e)
        e = inventory_sql_level_reserve_batch(inv->deps.db, cx, levels_of(cx, holds, n), n);
    return e;
}

void inventory_store_sort(struct inventory_hold *holds, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct inventory_hold h = holds[i];
        size_t at = i;
        while (at > 0) {
            const struct inventory_hold *p = &holds[at - 1];
            int c = id_cmp(p->product_id, h.product_id);
            c = c ? c : id_cmp(p->variant_id, h.variant_id);
            c = c ? c : id_cmp(p->warehouse_id, h.warehouse_id);
            if (c <= 0)
                break;
            holds[at] = *p;
            at--;
        }
        holds[at] = h;
    }
}

/* What a statement has taken from an order, in key order. */
static struct inventory_hold *holds_of(
    struct cx *cx, const struct inventory_sql_reservation_sell_row *rows, size_t n)
{
    struct inventory_hold *holds = NEW_N(cx->arena, n, struct inventory_hold);
    for (size_t i = 0; i < n; i++)
        holds[i] = (struct inventory_hold){ .product_id = rows[i].product_id,
            .variant_id = rows[i].variant_id,
            .warehouse_id = rows[i].warehouse_id,
            .quantity = rows[i].quantity };
    inventory_store_sort(holds, n);
    return holds;
}

err inventory_store_unhold(struct inventory *inv, struct cx *cx, id order_id, int64_t until_ms,
    struct inventory_hold **ret, size_t *ret_n)
{
    struct inventory_sql_reservation_sell_row *rows;
    size_t n;
    err e = inventory_sql_reservation_release(inv->deps.db, cx,
        (struct inventory_sql_reservation_release_in){ .order_id = order_id, .until_ms = until_ms },
        &rows, &n);
    if (e)
        return e;
    struct inventory_hold *holds = holds_of(cx, rows, n);
    e = inventory_sql_level_release_batch(inv->deps.db, cx, levels_of(cx, holds, n), n);
    if (e)
        return e;
    *ret = holds;
    *ret_n = n;
    return NULL;
}

/* The levels of what an order held, and their movements. */
static err sell_levels(
    struct inventory *inv, struct cx *cx, id order_id, const struct inventory_hold *holds, size_t n)
{
    struct inventory_sql_movement_made_in *rows =
        NEW_N(cx->arena, n, struct inventory_sql_movement_made_in);
    str reference = id_text(cx->arena, order_id);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct inventory_sql_movement_made_in){ .product_id = holds[i].product_id,
            .variant_id = holds[i].variant_id,
            .movement_id = cx_id(cx),
            .warehouse_id = holds[i].warehouse_id,
            .kind = str_from_c(inventory_kind_names[INVENTORY_SALE]),
            .change = -holds[i].quantity,
            .reference = reference,
            .created_ms = cx->now_ms };
    err e = inventory_sql_level_sell_batch(inv->deps.db, cx, levels_of(cx, holds, n), n);
    return e ? e : inventory_sql_movement_made_batch(inv->deps.db, cx, rows, n);
}

err inventory_store_sell(struct inventory *inv, struct cx *cx, id order_id, size_t *ret_n)
{
    struct inventory_sql_reservation_sell_row *rows;
    err e = inventory_sql_reservation_sell(inv->deps.db, cx,
        (struct inventory_sql_reservation_sell_in){ .order_id = order_id }, &rows, ret_n);
    return e ? e : sell_levels(inv, cx, order_id, holds_of(cx, rows, *ret_n), *ret_n);
}

err inventory_store_sell_held(
    struct inventory *inv, struct cx *cx, id order_id, const struct inventory_hold *holds, size_t n)
{
    struct inventory_sql_reservation_sold_in *rows =
        NEW_N(cx->arena, n, struct inventory_sql_reservation_sold_in);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct inventory_sql_reservation_sold_in){ .order_id = order_id,
            .product_id = holds[i].product_id,
            .variant_id = holds[i].variant_id,
            .warehouse_id = holds[i].warehouse_id,
            .quantity = holds[i].quantity };
    err e = inventory_sql_reservation_sold_batch(inv->deps.db, cx, rows, n);
    return e ? e : sell_levels(inv, cx, order_id, holds, n);
}

err inventory_store_unsell(
    struct inventory *inv, struct cx *cx, id order_id, struct inventory_hold **ret, size_t *ret_n)
{
    struct inventory_sql_reservation_sell_row *rows;
    size_t n;
    err e = inventory_sql_reservation_restock(inv->deps.db, cx,
        (struct inventory_sql_reservation_restock_in){ .order_id = order_id }, &rows, &n);
    if (e)
        return e;
    struct inventory_hold *holds = holds_of(cx, rows, n);
    *ret = holds;
    *ret_n = n;
    return NULL;
}

err inventory_store_audit(
    struct inventory *inv, struct cx *cx, const struct inventory_audit *rows, size_t n)
{
    struct inventory_sql_movement_add_in *in =
        NEW_N(cx->arena, n, struct inventory_sql_movement_add_in);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct inventory_sql_movement_add_in){
            .product_id = rows[i].product_id,
            .variant_id = rows[i].variant_id,
            .movement_id = cx_id(cx),
            .warehouse_id = rows[i].warehouse_id,
            .kind = str_from_c(inventory_kind_names[rows[i].kind]),
            .change = rows[i].change,
            .before_qty = rows[i].after - rows[i].change,
            .after_qty = rows[i].after,
            .reason = rows[i].reason,
            .reference = rows[i].reference,
            .actor_id = rows[i].actor_id,
            .created_ms = cx->now_ms,
        };
    return inventory_sql_movement_add_batch(inv->deps.db, cx, in, n);
}
