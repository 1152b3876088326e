/* SPDX-License-Identifier: Apache-2.0
 * Locks for what holds, sells or gives back for several order_ids at once. Called by flows before
 * that, inside their unit; must never change a row, nor lock levels before reservations: sweeps
 * take a reservation first. */
#include <string.h>

#include "inventory_sql.h"
#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_store.h"

/* The reservations of one order_id, which are locked; their lines are added. */
static err lock_held(
    struct inventory *inv, struct cx *cx, id order_id, struct inventory_line *lines, size_t *n)
{
    struct inventory_sql_reservation_lock_row *rows;
    size_t rows_n;
    err e = inventory_sql_reservation_lock(inv->deps.db, cx,
        (struct inventory_sql_reservation_lock_in){ .order_id = order_id }, &rows, &rows_n);
    for (size_t i = 0; !e && i < rows_n && *n < INVENTORY_LOCKS_MAX; i++)
        lines[(*n)++] = (struct inventory_line){ rows[i].product_id, rows[i].variant_id, 1 };
    return e;
}

/* SQLite has one writer: there is nobody to wait for. */
err inventory_lock(struct inventory *inv, struct cx *cx, struct inventory_lock in)
{
    if (in.n < 2 || db_engine_of(inv->deps.db) == DB_SQLITE)
        return NULL;
    struct inventory_line *lines = NEW_N(cx->arena, INVENTORY_LOCKS_MAX, struct inventory_line);
    id *order_ids = NEW_N(cx->arena, in.n, id);
    size_t n = 0;
    err e = NULL;
    for (size_t i = 0; i < in.n; i++) { /* in the order of their key */
        size_t at = i;
        for (; at > 0 && id_cmp(order_ids[at - 1], in.order_ids[i]) > 0; at--)
            order_ids[at] = order_ids[at - 1];
        order_ids[at] = in.order_ids[i];
    }
    for (size_t i = 0; !e && i < in.n; i++)
        e = lock_held(inv, cx, order_ids[i], lines, &n);
    for (size_t i = 0; i < in.lines_n && n < INVENTORY_LOCKS_MAX; i++)
        lines[n++] = in.lines[i];
    n = inventory_domain_merge(lines, n); /* sorts them, as every verb locks its own */
    for (size_t i = 0; !e && i < n; i++) {
        const struct inventory_key key = { lines[i].product_id, lines[i].variant_id };
        struct inventory_shelf *shelves;
        size_t shelves_n;
        bool held;
        e = inventory_store_shelves_lock(inv, cx, key, (id){ 0 }, &shelves, &shelves_n, &held);
    }
    return e;
}
