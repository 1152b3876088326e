/* SPDX-License-Identifier: Apache-2.0
 * The verbs of orders: check the rule, save, record the event. Called by flows inside their unit
 * of work; must never begin or commit one, nor touch an order's lines or address once placed. */
#include "services/orders/orders.h"

#include <string.h>

#include "orders_sql.h"
#include "services/orders/orders_domain.h"
#include "services/orders/orders_store.h"

#define LINES_MAX 100
#define PAGE_MAX 100
#define SKIP_MAX 5000

/* Events are named after the state that an order has come to. */
static const char *const event_names[ORDERS_STATUSES_N] = {
    [ORDERS_PENDING] = "order.placed",
    [ORDERS_CONFIRMED] = "order.confirmed",
    [ORDERS_PROCESSING] = "order.processing",
    [ORDERS_SHIPPED] = "order.shipped",
    [ORDERS_DELIVERED] = "order.delivered",
    [ORDERS_CANCELLED] = "order.cancelled",
    [ORDERS_RETURN_REQUESTED] = "order.return_requested",
    [ORDERS_RETURN_APPROVED] = "order.return_approved",
    [ORDERS_REFUNDED] = "order.refunded",
};

static const struct json_field changed_fields[] = {
    JSON_ID(struct orders_changed, order_id, .required = true),
    JSON_ID(struct orders_changed, user_id),
    JSON_STR(struct orders_changed, number, .required = true),
    JSON_STR(struct orders_changed, status, .required = true, .one_of = orders_status_names),
    JSON_STR(struct orders_changed, email, .required = true),
    JSON_STR(struct orders_changed, reason),
    JSON_MONEY(struct orders_changed, total, .required = true),
    JSON_STR(struct orders_changed, currency, .required = true),
    JSON_INT(struct orders_changed, fulfilment_group, .zero_out = true),
    JSON_ID(struct orders_changed, seller_id),
    JSON_STRS(struct orders_changed, parcels, .zero_out = true),
};
const struct json_shape orders_changed_shape =
    JSON_SHAPE("OrderChanged", struct orders_changed, changed_fields);

struct orders *orders_open(struct arena *life, struct orders_deps deps)
{
    struct orders *o = NEW(life, struct orders);
    o->deps = deps;
    return o;
}

static err emit(struct orders *o, struct cx *cx, const char *type, enum orders_status status,
    struct orders_changed what)
{
    if (o->deps.silent)
        return NULL;
    what.status = str_from_c(orders_status_names[status]);
    what.currency = currency_str(&what.total.currency);
    return bus_emit(o->deps.bus, o->deps.db, cx, type, what.order_id, &orders_changed_shape, &what);
}

err orders_emit(struct orders *o, struct cx *cx, enum orders_status to, struct orders_changed what)
{
    return emit(o, cx, what.fulfilment_group ? "order.group_moved" : event_names[to], to, what);
}

err orders_emit_as(struct orders *o, struct cx *cx, const char *type, enum orders_status status,
    struct orders_changed what)
{
    return emit(o, cx, type, status, what);
}

/* ---- placing ---- */

/* Not asked for first: of a hundred million orders a new one has a used number once in a thousand
 * million times. The unique key then refuses the unit, and the next attempt draws another. */
static str draw_number(struct cx *cx)
{
    char text[ORDERS_NUMBER_N];

    orders_domain_number(&cx->rng, text);
    return str_dup(cx->arena, (str){ text, sizeof text });
}

err orders_place(struct orders *o, struct cx *cx, const struct orders_order *in, str *ret_number)
{
    ASSERT(!id_is_none(in->order_id));
    ASSERT(in->status == ORDERS_PENDING);
    ASSERT(in->lines_n > 0 && in->lines_n <= LINES_MAX);
    ASSERT(orders_domain_sums_hold(in));
    struct orders_order order = *in;
    if (!order.payment_status.n)
        order.payment_status = S("pending");
    ASSERT(orders_domain_payment_status_known(order.payment_status));
    if (!order.created_ms)
        order.created_ms = cx->now_ms;
    order.number = draw_number(cx);
    err e = orders_store_add(o, cx, &order);
    if (!e)
        e = orders_emit(o, cx, ORDERS_PENDING,
            (struct orders_changed){ .order_id = order.order_id,
                .user_id = order.user_id,
                .number = order.number,
                .email = order.email,
                .total = order.total });
    if (e)
        return e;
    *ret_number = order.number;
    return NULL;
}

err orders_payment_status(struct orders *o, struct cx *cx, id order_id, str payment_status)
{
    ASSERT(orders_domain_payment_status_known(payment_status));
    int64_t changed = 0;
    err e = orders_sql_order_payment(o->deps.db, cx,
        (struct orders_sql_order_payment_in){
            .order_id = order_id, .payment_status = payment_status, .updated_ms = cx->now_ms },
        &changed);
    if (e)
        return e;
    if (changed == 0)
        return FAIL(cx, ERR_MISSING, "no such order");
    return NULL;
}

/* ---- looking ---- */

err orders_get(struct orders *o, struct cx *cx, struct orders_owner owner, id order_id,
    struct orders_order *ret)
{
    bool found = false;
    err e = orders_store_get(o, cx, owner, order_id, ret, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no such order of this owner");
    return NULL;
}

err orders_list(struct orders *o, struct cx *cx, struct orders_page in, struct orders_order **ret,
    size_t *ret_n)
{
    ASSERT(!id_is_none(in.user_id));
    ASSERT(in.limit > 0 && in.limit <= PAGE_MAX);
    ASSERT(in.skip >= 0 && in.skip <= SKIP_MAX);
    return orders_store_list(o, cx, in, ret, ret_n);
}

err orders_count(struct orders *o, struct cx *cx, id user_id, int64_t *ret_n)
{
    struct orders_sql_order_count_row row = { 0 };
    bool found = false;
    err e = orders_sql_order_count(
        o->deps.db, cx, (struct orders_sql_order_count_in){ .user_id = user_id }, &row, &found);
    if (e)
        return e;
    *ret_n = row.orders;
    return NULL;
}

err orders_first(struct orders *o, struct cx *cx, id user_id, bool *ret)
{
    ASSERT(!id_is_none(user_id));
    struct orders_sql_order_standing_row row;
    bool found = false;
    err e = orders_sql_order_standing(
        o->deps.db, cx, (struct orders_sql_order_standing_in){ .user_id = user_id }, &row, &found);
    if (!e)
        *ret = !found;
    return e;
}

err orders_history(
    struct orders *o, struct cx *cx, id order_id, struct orders_event **ret, size_t *ret_n)
{
    struct orders_sql_history_list_row *rows;
    size_t n;
    err e = orders_sql_history_list(
        o->deps.db, cx, (struct orders_sql_history_list_in){ .order_id = order_id }, &rows, &n);
    if (e)
        return e;
    struct orders_event *list = NEW_N(cx->arena, n, struct orders_event);
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct orders_event){ .from = orders_domain_status_of(rows[i].from_status),
            .to = orders_domain_status_of(rows[i].to_status),
            .actor_id = rows[i].actor_id,
            .reason = rows[i].reason,
            .tracking = rows[i].tracking,
            .at_ms = rows[i].at_ms,
            .group = rows[i].group_no.has ? rows[i].group_no.v : -1,
            .refund_id = rows[i].refund_id,
            .repaid = !id_is_none(rows[i].refund_id) &&
                      !str_eq(rows[i].reason, S(ORDERS_REFUND_FAILED)) };
        if (list[i].from == ORDERS_STATUSES_N || list[i].to == ORDERS_STATUSES_N)
            return FAIL(cx, ERR_BUG, "unknown status in a history");
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}

/* ---- guests, and the invariants ---- */

err orders_adopt(struct orders *o, struct cx *cx, str cart_hash, id user_id)
{
    ASSERT(!id_is_none(user_id));
    if (cart_hash.n == 0)
        return NULL;
    return orders_sql_order_adopt(o->deps.db, cx,
        (struct orders_sql_order_adopt_in){
            .cart_hash = cart_hash, .user_id = user_id, .updated_ms = cx->now_ms },
        NULL);
}

err orders_bought(struct orders *o, struct cx *cx, id user_id, id product_id, id *ret_order_item_id)
{
    struct orders_sql_bought_row row;
    bool found = false;
    err e = orders_sql_bought(o->deps.db, cx,
        (struct orders_sql_bought_in){ .user_id = user_id, .product_id = product_id }, &row,
        &found);
    if (!e)
        *ret_order_item_id = found ? row.order_item_id : (id){ 0 };
    return e;
}

#define SLICE_ORDERS 20000 /* within the time that a statement has */

err orders_check(struct orders *o, struct cx *cx, size_t *ret_wrong)
{
    id after = { .b = { 0 } };
    bool more = true;
    size_t wrong = 0;
    while (more) {
        struct orders_sql_check_slice_row end;
        struct orders_sql_check_orders_row row = { 0 };
        bool found = false;
        err e = orders_sql_check_slice(o->deps.db, cx,
            (struct orders_sql_check_slice_in){ .after = after,
                .orders = o->deps.check_orders ? o->deps.check_orders : SLICE_ORDERS },
            &end, &more);
        if (e)
            return e;
        struct orders_sql_check_orders_in in = { .after = after,
            .until = more ? end.order_id : id_greatest() };
        e = orders_sql_check_orders(o->deps.db, cx, in, &row, &found);
        if (e)
            return e;
        wrong += (size_t)row.wrong;
        struct orders_sql_check_groups_row groups = { 0 };
        e = orders_sql_check_groups(o->deps.db, cx,
            (struct orders_sql_check_groups_in){ .after = in.after, .until = in.until }, &groups,
            &found);
        if (e)
            return e;
        wrong += (size_t)groups.wrong;
        after = in.until;
    }
    *ret_wrong = wrong;
    return NULL;
}

static const problem *const problems[] = {
    &ORDERS_MOVE_REFUSED,
    &ORDERS_STALE,
    NULL,
};
static const struct service_part person_parts[] = {
    { "orders", &ORDERS_PERSON_ORDERS },
    { "lines", &ORDERS_PERSON_LINES },
    { "parcels", &ORDERS_PERSON_PARCELS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &ORDERS_ERASE_PARCELS, &ORDERS_ERASE_ORDERS,
    NULL };
static const struct service_person person = { .parts = person_parts,
    .erase = person_erase,
    .blocks = &ORDERS_PERSON_BLOCKS,
    .erased = &ORDERS_ERASED };

const struct service orders_service = {
    .name = "orders",
    .folder = "src/services/orders/",
    .queries = orders_queries,
    .person = &person,
    .marked = orders_marked,
    .problems = problems,
};
