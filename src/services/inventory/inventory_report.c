/* SPDX-License-Identifier: Apache-2.0
 * What staff and `souk check-data` ask about stock as a whole: what is low, how long it will last,
 * whether the books agree. Called in READ units; must never change anything. */
#include <string.h>

#include "inventory_sql.h"
#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_store.h"

/* Slices of products, each within the time that a statement has. */
#define SLICE_LEVELS 50000
#define WRONG_MAX 100

static err check_slice(struct inventory *inv, struct cx *cx, id after, id *ret_until,
    bool *ret_more, size_t *ret_wrong)
{
    struct inventory_sql_check_slice_row end;
    struct inventory_sql_check_levels_row *rows;
    err e = inventory_sql_check_slice(inv->deps.db, cx,
        (struct inventory_sql_check_slice_in){ .after = after,
            .levels = inv->deps.check_levels ? inv->deps.check_levels : SLICE_LEVELS },
        &end, ret_more);
    if (e)
        return e;
    *ret_until = *ret_more ? end.product_id : id_greatest();
    return inventory_sql_check_levels(inv->deps.db, cx,
        (struct inventory_sql_check_levels_in){ .after = after, .until = *ret_until }, &rows,
        ret_wrong);
}

err inventory_check(struct inventory *inv, struct cx *cx, size_t *ret_wrong)
{
    id at = { .b = { 0 } };
    bool more = true;
    size_t wrong = 0;
    while (more && wrong < WRONG_MAX) {
        size_t found = 0;
        err e = check_slice(inv, cx, at, &at, &more, &found);
        if (e)
            return e;
        wrong += found;
    }
    *ret_wrong = wrong < WRONG_MAX ? wrong : WRONG_MAX;
    return NULL;
}

err inventory_low_stock(struct inventory *inv, struct cx *cx, struct inventory_key after,
    int64_t limit, struct inventory_low **ret, size_t *ret_n)
{
    struct inventory_sql_low_list_row *rows;
    size_t n;
    err e = inventory_sql_low_list(inv->deps.db, cx,
        (struct inventory_sql_low_list_in){
            .product_id = after.product_id, .variant_id = after.variant_id, .limit = limit },
        &rows, &n);
    if (e)
        return e;
    struct inventory_low *list = NEW_N(cx->arena, n, struct inventory_low);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct inventory_low){ .key = { rows[i].product_id, rows[i].variant_id },
            .on_hand = rows[i].on_hand,
            .reserved = rows[i].reserved,
            .available = rows[i].on_hand - rows[i].reserved,
            .low_at = rows[i].low_at };
    *ret = list;
    *ret_n = n;
    return NULL;
}

#define LEVELS_COUNTED 100000

err inventory_low_count(struct inventory *inv, struct cx *cx, int64_t *ret_n, bool *ret_more)
{
    struct inventory_sql_low_count_row row = { .low = 0 };
    bool found = false;
    err e = inventory_sql_low_count(inv->deps.db, cx,
        (struct inventory_sql_low_count_in){ .levels = LEVELS_COUNTED }, &row, &found);
    if (e)
        return e;
    *ret_n = row.low;
    *ret_more = row.looked_at >= LEVELS_COUNTED;
    return NULL;
}

#define DAY_MS INT64_C(86400000)

/* No id made since then is less: ids begin with their time. */
static id first_id_at(int64_t ms)
{
    id first = { .b = { 0 } };
    for (int i = 0; i < 6; i++)
        first.b[i] = (uint8_t)(ms >> (8 * (5 - i)));
    return first;
}

err inventory_forecasts(struct inventory *inv, struct cx *cx, const struct inventory_key *keys,
    size_t n, struct inventory_window window, struct inventory_forecast *ret)
{
    ASSERT(window.days > 0);
    struct inventory_sql_demand_in *in = NEW_N(cx->arena, n, struct inventory_sql_demand_in);
    struct inventory_sql_demand_row *rows = NEW_N(cx->arena, n, struct inventory_sql_demand_row);
    bool *found = NEW_N(cx->arena, n, bool);
    int64_t *available = NEW_N(cx->arena, n, int64_t);
    id since = first_id_at(cx->now_ms - window.days * DAY_MS);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct inventory_sql_demand_in){
            .product_id = keys[i].product_id, .variant_id = keys[i].variant_id, .since = since
        };
    err e = inventory_available(inv, cx, keys, n, available);
    if (!e)
        e = inventory_sql_demand_batch(inv->deps.db, cx, in, n, rows, found);
    for (size_t i = 0; !e && i < n; i++)
        ret[i] = inventory_domain_forecast(available[i], rows[i].coming, rows[i].sold, window);
    return e;
}
