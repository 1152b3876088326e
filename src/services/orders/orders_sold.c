/* SPDX-License-Identifier: Apache-2.0
 * What was sold in many orders at once. Called by flows that count; must never read more than the
 * lines. */
#include "services/orders/orders_sold.h"

#include "orders_sql.h"
#include "services/orders/orders_store.h"

err orders_sold(struct orders *o, struct cx *cx, const id *order_ids, size_t n,
    struct orders_sold **ret, size_t *ret_n)
{
    struct orders_sql_sold_list_row *rows;
    size_t rows_n;
    err e = orders_sql_sold_list(o->deps.db, cx,
        (struct orders_sql_sold_list_in){
            .order_ids = { (const char *)order_ids, n * sizeof *order_ids } },
        &rows, &rows_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, rows_n + 1, struct orders_sold);
    *ret_n = rows_n;
    for (size_t i = 0; i < rows_n; i++)
        (*ret)[i] = (struct orders_sold){ rows[i].order_id, rows[i].product_id, rows[i].quantity };
    return NULL;
}
