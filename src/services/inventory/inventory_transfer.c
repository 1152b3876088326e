/* SPDX-License-Identifier: Apache-2.0
 * Transfers: one movement when goods leave, one for each arrival. Called by routes in a WRITE unit;
 * must never let goods be in both places. */
#include "services/inventory/inventory_transfer.h"

#include "inventory_sql.h"
#include "services/inventory/inventory_store.h"
#include "services/inventory/inventory_tell.h"

const problem INVENTORY_TRANSFER_UNKNOWN = { KIND_MISSING, "inventory.transfer_unknown", NULL,
    "There is no such transfer" };
const problem INVENTORY_TRANSFER_OVER = { KIND_CONFLICT, "inventory.transfer_over", "transfer_over",
    "So many units are not on their way" };

/* The transfer's movement in one of its warehouses, and what the shop hears of it. */
static err move(struct inventory *inv, struct cx *cx, const struct inventory_transfer *t,
    struct inventory_move in)
{
    in.product_id = t->product_id;
    in.variant_id = t->variant_id;
    in.reason = t->reason;
    in.reference = id_text(cx->arena, t->transfer_id);
    struct inventory_level level;
    int64_t change;
    err e = inventory_store_apply(inv, cx, in, &level, &change);
    return e ? e : inventory_tell_moved(inv, cx, in, change);
}

err inventory_transfer_send(struct inventory *inv, struct cx *cx, struct inventory_transfer in,
    struct inventory_transfer *ret)
{
    if (id_eq(in.from_id, in.to_id)) {
        cx_field(cx, S("/toId"), "not_allowed", "another warehouse than it is sent from");
        return FAIL(cx, ERR_INVALID, "a transfer to itself");
    }
    struct inventory_key key = { in.product_id, in.variant_id };
    err e = inventory_store_warehouse(inv, cx, in.from_id);
    if (!e)
        e = inventory_store_warehouse(inv, cx, in.to_id);
    if (e)
        return e;
    in.transfer_id = cx_id(cx);
    in.received = in.lost = 0;
    in.open = true;
    in.created_ms = cx->now_ms;
    e = move(inv, cx, &in,
        (struct inventory_move){ .warehouse_id = in.from_id,
            .kind = INVENTORY_SENT,
            .quantity = in.quantity,
            .actor_id = in.actor_id });
    struct inventory_level there; /* so that what comes is shown at the place it comes to */
    if (!e)
        e = inventory_store_level_ensure(inv, cx, key, in.to_id, &there);
    if (!e)
        e = inventory_sql_transfer_add(inv->deps.db, cx,
            (struct inventory_sql_transfer_add_in){ .transfer_id = in.transfer_id,
                .product_id = in.product_id,
                .variant_id = in.variant_id,
                .from_id = in.from_id,
                .to_id = in.to_id,
                .quantity = in.quantity,
                .reason = in.reason,
                .reference = in.reference,
                .actor_id = in.actor_id,
                .created_ms = cx->now_ms },
            NULL);
    if (!e)
        *ret = in;
    return e;
}

/* Every query of transfers has this row, but a type of its own. */
#define TRANSFER_OF(row)                                                                           \
    (struct inventory_transfer)                                                                    \
    {                                                                                              \
        .transfer_id = (row).transfer_id, .product_id = (row).product_id,                          \
        .variant_id = (row).variant_id, .from_id = (row).from_id, .to_id = (row).to_id,            \
        .actor_id = (row).actor_id, .quantity = (row).quantity, .received = (row).received,        \
        .lost = (row).lost, .open = (row).open, .reason = (row).reason,                            \
        .reference = (row).reference, .created_ms = (row).created_ms                               \
    }

err inventory_transfer_receive(struct inventory *inv, struct cx *cx, struct inventory_arrival in,
    struct inventory_transfer *ret)
{
    if (in.quantity == 0 && !in.close) {
        cx_field(cx, S("/quantity"), "required", "what arrived, or close the transfer");
        return FAIL(cx, ERR_INVALID, "nothing arrived");
    }
    struct inventory_sql_transfer_receive_row row;
    bool found = false;
    err e = inventory_sql_transfer_receive(inv->deps.db, cx,
        (struct inventory_sql_transfer_receive_in){ .transfer_id = in.transfer_id,
            .quantity = in.quantity,
            .close = in.close,
            .now_ms = cx->now_ms },
        &row, &found);
    if (e)
        return e;
    if (!found) {
        struct inventory_sql_transfer_known_row known;
        e = inventory_sql_transfer_known(inv->deps.db, cx,
            (struct inventory_sql_transfer_known_in){ .transfer_id = in.transfer_id }, &known,
            &found);
        if (e)
            return e;
        if (!found)
            return FAIL(cx, INVENTORY_TRANSFER_UNKNOWN, "no such transfer");
        return FAIL(cx, INVENTORY_TRANSFER_OVER, "quantity=%lld", (long long)in.quantity);
    }
    struct inventory_transfer t = TRANSFER_OF(row);
    if (in.quantity > 0)
        e = move(inv, cx, &t,
            (struct inventory_move){ .warehouse_id = t.to_id,
                .kind = INVENTORY_ARRIVED,
                .quantity = in.quantity,
                .actor_id = in.actor_id });
    if (!e)
        *ret = t;
    return e;
}

err inventory_transfers(struct inventory *inv, struct cx *cx, struct inventory_transfers_wanted in,
    struct inventory_transfer **ret, size_t *ret_n)
{
    struct inventory_sql_transfer_list_row *rows;
    size_t n;
    err e = inventory_sql_transfer_list(inv->deps.db, cx,
        (struct inventory_sql_transfer_list_in){
            .before = id_or_greatest(in.before), .only_open = in.open, .limit = in.limit },
        &rows, &n);
    if (e)
        return e;
    struct inventory_transfer *list = NEW_N(cx->arena, n, struct inventory_transfer);
    for (size_t i = 0; i < n; i++)
        list[i] = TRANSFER_OF(rows[i]);
    *ret = list;
    *ret_n = n;
    return NULL;
}

err inventory_coming(struct inventory *inv, struct cx *cx, struct inventory_key key,
    const struct inventory_level *levels, size_t n, int64_t *ret_coming)
{
    struct inventory_sql_transfer_coming_row *rows;
    size_t rows_n;
    err e = inventory_sql_transfer_coming(inv->deps.db, cx,
        (struct inventory_sql_transfer_coming_in){
            .product_id = key.product_id, .variant_id = key.variant_id },
        &rows, &rows_n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        ret_coming[i] = 0;
        for (size_t k = 0; k < rows_n; k++)
            if (id_eq(rows[k].to_id, levels[i].warehouse_id))
                ret_coming[i] = rows[k].coming;
    }
    return NULL;
}
