/* SPDX-License-Identifier: Apache-2.0
 * Lists of all orders, for staff: who may see them is the caller's to check. Called by flows in
 * their unit of work; must never scan more than a bounded stretch of orders. */
#include <string.h>

#include "orders_sql.h"
#include "services/orders/orders_domain.h"
#include "services/orders/orders_store.h"

#define LIMIT_MAX 100
#define WINDOW_ORDERS 5000

static err brief_of(
    struct cx *cx, const struct orders_sql_brief_get_row *row, struct orders_brief *ret)
{
    struct orders_brief b = { .order_id = row->order_id,
        .user_id = row->user_id,
        .number = row->number,
        .email = row->email,
        .payment_status = row->payment_status,
        .status = orders_domain_status_of(row->status),
        .total = { .minor = row->total_minor },
        .created_ms = row->created_ms };
    if (b.status == ORDERS_STATUSES_N || !currency_parse(row->currency, &b.total.currency))
        return FAIL(cx, ERR_BUG, "an order that cannot be read");
    *ret = b;
    return NULL;
}

static err briefs_of(struct cx *cx, const struct orders_sql_brief_get_row *rows, size_t n,
    struct orders_brief **ret, size_t *ret_n)
{
    struct orders_brief *list = NEW_N(cx->arena, n, struct orders_brief);
    for (size_t i = 0; i < n; i++) {
        err e = brief_of(cx, &rows[i], &list[i]);
        if (e)
            return e;
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}

err orders_briefs(
    struct orders *o, struct cx *cx, const id *order_ids, size_t n, struct orders_brief *ret)
{
    struct orders_sql_brief_get_in *keys = NEW_N(cx->arena, n, struct orders_sql_brief_get_in);
    struct orders_sql_brief_get_row *rows = NEW_N(cx->arena, n, struct orders_sql_brief_get_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        keys[i].order_id = order_ids[i];
    err e = n ? orders_sql_brief_get_batch(o->deps.db, cx, keys, n, rows, found) : NULL;
    for (size_t i = 0; !e && i < n; i++) {
        ret[i] = (struct orders_brief){ .created_ms = 0 };
        if (found[i])
            e = brief_of(cx, &rows[i], &ret[i]);
    }
    return e;
}

err orders_refunds_failed(struct orders *o, struct cx *cx, int64_t since_ms, int64_t limit,
    struct orders_brief **ret, size_t *ret_n)
{
    struct orders_sql_refund_failed_list_row *rows;
    size_t n;
    ASSERT(limit > 0 && limit <= LIMIT_MAX);
    err e = orders_sql_refund_failed_list(
        o->deps.db, cx, (struct orders_sql_refund_failed_list_in){ since_ms, limit }, &rows, &n);
    if (e)
        return e;
    id *ids = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n; i++)
        ids[i] = rows[i].order_id;
    *ret = NEW_N(cx->arena, n, struct orders_brief);
    *ret_n = n;
    return orders_briefs(o, cx, ids, n, *ret);
}

static int64_t window_of(const struct orders *o)
{
    return o->deps.window ? o->deps.window : WINDOW_ORDERS;
}

/* All were read, and fewer fit than were wanted: the stretch ends at its last order. */
static err window_end(struct orders *o, struct cx *cx, id before, id *ret)
{
    struct orders_sql_window_end_row row;
    bool found = false;
    err e = orders_sql_window_end(o->deps.db, cx,
        (struct orders_sql_window_end_in){ .before = before, .skip = window_of(o) - 1 }, &row,
        &found);
    if (!e)
        *ret = found ? row.order_id : (id){ .b = { 0 } };
    return e;
}

err orders_all(struct orders *o, struct cx *cx, struct orders_every in, struct orders_brief **ret,
    size_t *ret_n, id *ret_more)
{
    ASSERT(in.limit > 0 && in.limit <= LIMIT_MAX);
    struct orders_sql_brief_get_row *rows;
    size_t n;
    id before = id_or_greatest(in.before), more = { .b = { 0 } };
    err e = in.by_status
                ? orders_sql_brief_status(o->deps.db, cx,
                      (struct orders_sql_brief_status_in){ .before = before,
                          .status = str_from_c(orders_status_names[in.status]),
                          .window = window_of(o),
                          .limit = in.limit },
                      &rows, &n)
                : orders_sql_brief_all(o->deps.db, cx,
                      (struct orders_sql_brief_all_in){ .before = before, .limit = in.limit },
                      &rows, &n);
    if (!e && n == (size_t)in.limit)
        more = rows[n - 1].order_id;
    else if (!e && in.by_status)
        e = window_end(o, cx, before, &more);
    if (!e)
        e = briefs_of(cx, rows, n, ret, ret_n);
    if (!e)
        *ret_more = more;
    return e;
}

err orders_of_buyer(struct orders *o, struct cx *cx, struct orders_buyer in,
    struct orders_brief **ret, size_t *ret_n)
{
    ASSERT(in.limit > 0 && in.limit <= LIMIT_MAX);
    struct orders_sql_brief_get_row *rows;
    size_t n;
    str folded = str_lower(cx->arena, in.email);
    err e = orders_sql_brief_buyer(o->deps.db, cx,
        (struct orders_sql_brief_buyer_in){ .before = id_or_greatest(in.before),
            .user_id = in.user_id,
            .email_key = folded,
            .folded = folded,
            .limit = in.limit },
        &rows, &n);
    return e ? e : briefs_of(cx, rows, n, ret, ret_n);
}

err orders_by_number(struct orders *o, struct cx *cx, str number, id *ret_order_id)
{
    struct orders_sql_number_find_row row;
    bool found = false;
    err e = orders_sql_number_find(
        o->deps.db, cx, (struct orders_sql_number_find_in){ .number = number }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no order has this number");
    *ret_order_id = row.order_id;
    return NULL;
}

/* No id made since then is less: ids begin with their time. */
static id first_id_at(int64_t ms)
{
    id first = { .b = { 0 } };
    for (int i = 0; i < 6; i++)
        first.b[i] = (uint8_t)(ms >> (8 * (5 - i)));
    return first;
}

err orders_days(
    struct orders *o, struct cx *cx, int64_t since_ms, struct orders_day **ret, size_t *ret_n)
{
    struct orders_sql_day_sums_row *rows;
    size_t n;
    err e = orders_sql_day_sums(o->deps.db, cx,
        (struct orders_sql_day_sums_in){ .since = first_id_at(since_ms), .window = ORDERS_SUMMED },
        &rows, &n);
    if (e)
        return e;
    struct orders_day *list = NEW_N(cx->arena, n, struct orders_day);
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct orders_day){ .day = rows[i].day,
            .orders = rows[i].orders,
            .status = orders_domain_status_of(rows[i].status),
            .total = { .minor = rows[i].total_minor } };
        if (list[i].status == ORDERS_STATUSES_N ||
            !currency_parse(rows[i].currency, &list[i].total.currency))
            return FAIL(cx, ERR_BUG, "orders that cannot be read");
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}
