/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for orders.c, through the queries of sql/orders.sql. Makes no decisions
 * and must never begin or commit. */
#include "services/orders/orders_store.h"

#include <string.h>

#include "orders_sql.h"
#include "services/orders/orders_domain.h"

/* ---- the address, one JSON text ---- */

static const struct json_field address_fields[] = {
    JSON_STR(struct orders_address, name),
    JSON_STR(struct orders_address, line1),
    JSON_STR(struct orders_address, line2),
    JSON_STR(struct orders_address, city),
    JSON_STR(struct orders_address, region),
    JSON_STR(struct orders_address, postal_code),
    JSON_STR(struct orders_address, country),
    JSON_STR(struct orders_address, phone),
};
static const struct json_shape address_shape =
    JSON_SHAPE("OrderAddress", struct orders_address, address_fields);

static str address_text(struct cx *cx, const struct orders_address *address)
{
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &address_shape, address, /* snake= */ false);
    return buf_str(&out);
}

static void address_close(struct json_value **v)
{
    if (*v)
        json_value_close(*v);
}

/* Keys that are not known are passed over: a newer version may have written them. */
static err address_of(struct cx *cx, str text, struct orders_address *ret)
{
    DEFER(address_close) struct json_value *v = NULL;
    err e = json_value_parse(cx, text, &v);
    if (e)
        return FAIL(cx, ERR_BUG, "the address of an order is no JSON");
    for (size_t i = 0; i < COUNT(address_fields); i++) {
        const struct json_field *f = &address_fields[i];
        const char *key = str_c(cx->arena, json_wire_name(cx->arena, f));
        str value = json_value_str(cx->arena, json_value_get(v, key));
        memcpy((char *)ret + f->offset, &value, sizeof value);
    }
    return NULL;
}

/* ---- writing ---- */

static str status_name(enum orders_status status)
{
    ASSERT(status < ORDERS_STATUSES_N);
    return str_from_c(orders_status_names[status]);
}

static err add_order(struct orders *o, struct cx *cx, const struct orders_order *in)
{
    bool guest = id_is_none(in->user_id);
    return orders_sql_order_add(o->deps.db, cx,
        (struct orders_sql_order_add_in){ .order_id = in->order_id,
            .user_id = in->user_id,
            .cart_hash = guest && in->cart_hash.n ? in->cart_hash : (str){ 0 },
            .email = in->email,
            .number = in->number,
            .status = status_name(in->status),
            .payment_status = in->payment_status,
            .currency = str_from_c(in->total.currency.code),
            .subtotal_minor = in->subtotal.minor,
            .tax_minor = in->tax.minor,
            .shipping_fee_minor = in->shipping.minor,
            .discount_minor = in->discount.minor,
            .total_minor = in->total.minor,
            .address = address_text(cx, &in->address),
            .delivery_speed = in->speed,
            .estimated_from_ms = in->estimated_from_ms,
            .estimated_delivery_ms = in->estimated_ms,
            .created_ms = in->created_ms,
            .promotions = in->promotions.n ? in->promotions : (str){ 0 },
            .groups_n = in->groups_n ? (int64_t)in->groups_n : 1,
            .email_key = str_lower(cx->arena, in->email) });
}

static err add_lines(struct orders *o, struct cx *cx, const struct orders_order *in)
{
    struct orders_sql_line_add_in *rows =
        NEW_N(cx->arena, in->lines_n, struct orders_sql_line_add_in);
    for (size_t i = 0; i < in->lines_n; i++) {
        const struct orders_line *l = &in->lines[i];
        rows[i] = (struct orders_sql_line_add_in){ .order_id = in->order_id,
            .position = (int64_t)i,
            .order_item_id = l->order_item_id,
            .product_id = l->product_id,
            .variant_id = l->variant_id,
            .seller_id = l->seller_id,
            .title = l->title,
            .variant_text = l->variant_text.n ? l->variant_text : (str){ 0 },
            .sku = l->sku,
            .picture = l->picture.n ? l->picture : (str){ 0 },
            .quantity = l->quantity,
            .price_minor = l->price.minor,
            .subtotal_minor = l->subtotal.minor,
            .tax_minor = l->tax.minor,
            .tax_bp = l->tax_bp,
            .status = l->status.n ? l->status : (str){ 0 },
            .discount_minor = l->discount.minor,
            .commission_bp = l->commission_bp,
            .commission_tax_bp = l->commission_tax_bp,
            .group_no = (int64_t)l->group };
    }
    return orders_sql_line_add_batch(o->deps.db, cx, rows, in->lines_n);
}

/* One group is what the order says itself. */
static err add_groups(struct orders *o, struct cx *cx, const struct orders_order *in)
{
    struct orders_sql_group_add_in *rows =
        NEW_N(cx->arena, in->groups_n, struct orders_sql_group_add_in);
    for (size_t i = 0; i < in->groups_n; i++) {
        const struct orders_group *g = &in->groups[i];
        rows[i] = (struct orders_sql_group_add_in){ .order_id = in->order_id,
            .group_no = (int64_t)i,
            .seller_id = g->seller_id,
            .address = g->address ? address_text(cx, g->address) : (str){ 0 },
            .delivery_speed = g->speed,
            .status = status_name(in->status),
            .shipping_fee_minor = g->shipping.minor,
            .shipping_off_minor = g->shipping_off.minor,
            .estimated_from_ms = g->estimated_from_ms,
            .estimated_delivery_ms = g->estimated_ms };
    }
    return orders_sql_group_add_batch(o->deps.db, cx, rows, in->groups_n);
}

err orders_store_add(struct orders *o, struct cx *cx, const struct orders_order *in)
{
    err e = add_order(o, cx, in);
    if (!e)
        e = add_lines(o, cx, in);
    if (!e && in->groups_n > 1)
        e = add_groups(o, cx, in);
    if (e)
        return e;
    return orders_sql_history_add(o->deps.db, cx,
        (struct orders_sql_history_add_in){ .order_id = in->order_id,
            .seq = 1,
            .from_status = status_name(in->status),
            .to_status = status_name(in->status),
            .actor_id = in->user_id,
            .at_ms = in->created_ms });
}

/* ---- reading ---- */

/* Two queries share these columns but not a type of row. */
#define ORDER_OF(row)                                                                              \
    (struct orders_order)                                                                          \
    {                                                                                              \
        .order_id = (row)->order_id, .user_id = (row)->user_id, .cart_hash = (row)->cart_hash,     \
        .email = (row)->email, .number = (row)->number, .payment_status = (row)->payment_status,   \
        .cancel_reason = (row)->cancel_reason, .subtotal = { .minor = (row)->subtotal_minor },     \
        .tax = { .minor = (row)->tax_minor }, .shipping = { .minor = (row)->shipping_fee_minor },  \
        .discount = { .minor = (row)->discount_minor }, .total = { .minor = (row)->total_minor },  \
        .speed = (row)->delivery_speed, .estimated_from_ms = (row)->estimated_from_ms,             \
        .estimated_ms = (row)->estimated_delivery_ms,                                              \
        .delivered_ms = (row)->actual_delivery_ms.has ? (row)->actual_delivery_ms.v : 0,           \
        .created_ms = (row)->created_ms, .updated_ms = (row)->updated_ms,                          \
        .version = (row)->version, .promotions = (row)->promotions,                                \
        .groups_n = (size_t)(row)->groups_n, .withdrawn = (row)->withdrawn,                        \
        .withdrawn_by = (row)->withdrawn_by                                                        \
    }
#define LINE_OF(row, order)                                                                        \
    (struct orders_line)                                                                           \
    {                                                                                              \
        .order_item_id = (row)->order_item_id, .product_id = (row)->product_id,                    \
        .variant_id = (row)->variant_id, .seller_id = (row)->seller_id, .title = (row)->title,     \
        .variant_text = (row)->variant_text, .sku = (row)->sku, .picture = (row)->picture,         \
        .quantity = (row)->quantity,                                                               \
        .price = money_of((row)->price_minor, (order)->total.currency),                            \
        .subtotal = money_of((row)->subtotal_minor, (order)->total.currency),                      \
        .tax = money_of((row)->tax_minor, (order)->total.currency), .tax_bp = (row)->tax_bp,       \
        .discount = money_of((row)->discount_minor, (order)->total.currency),                      \
        .commission_bp = (row)->commission_bp, .commission_tax_bp = (row)->commission_tax_bp,      \
        .group = (size_t)(row)->group_no,                                                          \
        .status = (row)->status.n ? (row)->status : status_name((order)->status)                   \
    }

static err status_of(struct cx *cx, str text, enum orders_status *ret)
{
    *ret = orders_domain_status_of(text);
    if (*ret == ORDERS_STATUSES_N)
        return FAIL(cx, ERR_BUG, "unknown status " STR_F, STR_A(text));
    return NULL;
}

static err currency_of(struct cx *cx, str text, currency *ret)
{
    if (!currency_parse(text, ret))
        return FAIL(cx, ERR_BUG, "unknown currency " STR_F, STR_A(text));
    return NULL;
}

/* What stands in the row as text. */
static err read_texts(
    struct cx *cx, str status, str currency_text, str address, struct orders_order *order)
{
    currency of;
    err e = status_of(cx, status, &order->status);
    if (!e)
        e = currency_of(cx, currency_text, &of);
    if (e)
        return e;
    order->subtotal.currency = of;
    order->tax.currency = of;
    order->shipping.currency = of;
    order->discount.currency = of;
    order->total.currency = of;
    return address_of(cx, address, &order->address);
}

/* ---- groups ---- */

/* An order of one group has no row of it. */
static struct orders_group whole_of(const struct orders_order *o)
{
    id seller = o->lines_n ? o->lines[0].seller_id : (id){ { 0 } };
    for (size_t i = 0; i < o->lines_n; i++)
        if (!id_eq(o->lines[i].seller_id, seller))
            seller = (id){ { 0 } }; /* from before groups */
    int64_t off = o->discount.minor;
    for (size_t i = 0; i < o->lines_n; i++)
        off -= o->lines[i].discount.minor;
    return (struct orders_group){ .seller_id = seller,
        .speed = o->speed,
        .status = o->status,
        .shipping = o->shipping,
        .shipping_off = money_of(off, o->total.currency),
        .estimated_from_ms = o->estimated_from_ms,
        .estimated_ms = o->estimated_ms,
        .delivered_ms = o->delivered_ms };
}

static err group_of(struct cx *cx, const struct orders_sql_group_list_row *row, currency of,
    struct orders_group *ret)
{
    struct orders_group g = { .seller_id = row->seller_id,
        .speed = row->delivery_speed,
        .shipping = money_of(row->shipping_fee_minor, of),
        .shipping_off = money_of(row->shipping_off_minor, of),
        .estimated_from_ms = row->estimated_from_ms,
        .estimated_ms = row->estimated_delivery_ms,
        .delivered_ms = row->actual_delivery_ms.has ? row->actual_delivery_ms.v : 0,
        .refund_id = row->refund_id };
    err e = status_of(cx, row->status, &g.status);
    if (!e && row->address.n) {
        struct orders_address *address = NEW(cx->arena, struct orders_address);
        e = address_of(cx, row->address, address);
        g.address = address;
    }
    if (!e)
        *ret = g;
    return e;
}

/* The order's rows of those, which are sorted; how many there were is known. */
static err take_groups(struct cx *cx, const struct orders_sql_group_list_row *rows, size_t n,
    struct orders_order *order)
{
    if (n != order->groups_n)
        return FAIL(cx, ERR_BUG, "%zu of %zu groups of an order", n, order->groups_n);
    order->groups = NEW_N(cx->arena, n, struct orders_group);
    for (size_t i = 0; i < n; i++) {
        err e = group_of(cx, &rows[i], order->total.currency, &order->groups[i]);
        if (e)
            return e;
    }
    for (size_t i = 0; i < order->lines_n; i++) {
        if (order->lines[i].group >= n)
            return FAIL(cx, ERR_BUG, "a line of no group");
        order->lines[i].status = status_name(order->groups[order->lines[i].group].status);
    }
    return NULL;
}

err orders_store_groups(struct orders *o, struct cx *cx, id order_id, currency of,
    struct orders_group **ret, size_t *ret_n)
{
    struct orders_sql_group_list_row *rows;
    struct orders_order order = { .total.currency = of };
    err e = orders_sql_group_list(o->deps.db, cx,
        (struct orders_sql_group_list_in){ .order_id = order_id }, &rows, &order.groups_n);
    if (!e)
        e = take_groups(cx, rows, order.groups_n, &order);
    if (e)
        return e;
    *ret = order.groups;
    *ret_n = order.groups_n;
    return NULL;
}

static err get_groups(struct orders *o, struct cx *cx, struct orders_order *order)
{
    if (order->groups_n == 1) {
        order->groups = NEW(cx->arena, struct orders_group);
        order->groups[0] = whole_of(order);
        return NULL;
    }
    struct orders_sql_group_list_row *rows;
    size_t n;
    err e = orders_sql_group_list(o->deps.db, cx,
        (struct orders_sql_group_list_in){ .order_id = order->order_id }, &rows, &n);
    return e ? e : take_groups(cx, rows, n, order);
}

/* ---- lines ---- */

static err get_lines(struct orders *o, struct cx *cx, struct orders_order *order)
{
    struct orders_sql_line_list_row *rows;
    size_t n;
    err e = orders_sql_line_list(
        o->deps.db, cx, (struct orders_sql_line_list_in){ .order_id = order->order_id }, &rows, &n);
    if (e)
        return e;
    order->lines = NEW_N(cx->arena, n, struct orders_line);
    order->lines_n = n;
    for (size_t i = 0; i < n; i++)
        order->lines[i] = LINE_OF(&rows[i], order);
    return NULL;
}

err orders_store_get(struct orders *o, struct cx *cx, struct orders_owner owner, id order_id,
    struct orders_order *ret, bool *ret_found)
{
    struct orders_sql_order_get_row row;
    bool found = false;
    err e = orders_sql_order_get(o->deps.db, cx,
        (struct orders_sql_order_get_in){ .order_id = order_id,
            .staff = owner.staff,
            .user_id = owner.user_id,
            .cart_hash = owner.cart_hash },
        &row, &found);
    if (e)
        return e;
    if (found) {
        struct orders_order order = ORDER_OF(&row);
        e = read_texts(cx, row.status, row.currency, row.address, &order);
        if (!e)
            e = get_lines(o, cx, &order);
        if (!e)
            e = get_groups(o, cx, &order);
        if (e)
            return e;
        *ret = order;
    }
    *ret_found = found;
    return NULL;
}

/* One statement for the lines of the whole page; they come oldest order first. */
static err list_lines(
    struct orders *o, struct cx *cx, id user_id, struct orders_order *orders, size_t n)
{
    struct orders_sql_line_page_row *rows;
    size_t rows_n, at = 0;
    err e = orders_sql_line_page(o->deps.db, cx,
        (struct orders_sql_line_page_in){
            .user_id = user_id, .newest = orders[0].order_id, .oldest = orders[n - 1].order_id },
        &rows, &rows_n);
    if (e)
        return e;
    struct orders_line *lines = NEW_N(cx->arena, rows_n, struct orders_line);
    for (size_t i = n; i-- > 0;) {
        struct orders_order *order = &orders[i];
        while (at < rows_n && id_cmp(rows[at].order_id, order->order_id) < 0)
            at++; /* of an order that came to the user after the page was read */
        order->lines = lines + at;
        for (; at < rows_n && id_eq(rows[at].order_id, order->order_id); at++)
            order->lines[order->lines_n++] = LINE_OF(&rows[at], order);
    }
    return NULL;
}

/* Most pages have no order of several groups, and need no statement. */
static err list_groups(
    struct orders *o, struct cx *cx, id user_id, struct orders_order *orders, size_t n)
{
    struct orders_sql_group_list_row *rows = NULL;
    size_t rows_n = 0, at = 0;
    err e = NULL;
    for (size_t i = 0; !e && !rows && i < n; i++)
        if (orders[i].groups_n > 1)
            e = orders_sql_group_page(o->deps.db, cx,
                (struct orders_sql_group_page_in){ .user_id = user_id,
                    .newest = orders[0].order_id,
                    .oldest = orders[n - 1].order_id },
                &rows, &rows_n);
    for (size_t i = n; !e && i-- > 0;) {
        if (orders[i].groups_n == 1) {
            e = get_groups(o, cx, &orders[i]);
            continue;
        }
        while (at < rows_n && id_cmp(rows[at].order_id, orders[i].order_id) < 0)
            at++;
        size_t first = at;
        while (at < rows_n && id_eq(rows[at].order_id, orders[i].order_id))
            at++;
        e = take_groups(cx, &rows[first], at - first, &orders[i]);
    }
    return e;
}

err orders_store_list(struct orders *o, struct cx *cx, struct orders_page in,
    struct orders_order **ret, size_t *ret_n)
{
    struct orders_sql_order_list_row *rows;
    size_t n;
    err e = orders_sql_order_list(o->deps.db, cx,
        (struct orders_sql_order_list_in){ .user_id = in.user_id,
            .before = id_or_greatest(in.before),
            .limit = in.limit,
            .skip = in.skip },
        &rows, &n);
    if (e)
        return e;
    struct orders_order *orders = NEW_N(cx->arena, n, struct orders_order);
    for (size_t i = 0; !e && i < n; i++) {
        orders[i] = ORDER_OF(&rows[i]);
        e = read_texts(cx, rows[i].status, rows[i].currency, rows[i].address, &orders[i]);
    }
    if (!e && n > 0)
        e = list_lines(o, cx, in.user_id, orders, n);
    if (!e && n > 0)
        e = list_groups(o, cx, in.user_id, orders, n);
    if (e)
        return e;
    *ret = orders;
    *ret_n = n;
    return NULL;
}

/* ---- moving ---- */

err orders_store_lock(
    struct orders *o, struct cx *cx, id order_id, struct orders_head *ret, bool *ret_found)
{
    struct orders_sql_order_lock_row row;
    bool found = false;
    err e = orders_sql_order_lock(
        o->deps.db, cx, (struct orders_sql_order_lock_in){ .order_id = order_id }, &row, &found);
    if (e)
        return e;
    if (found) {
        struct orders_head head = { .user_id = row.user_id,
            .email = row.email,
            .number = row.number,
            .total = { .minor = row.total_minor },
            .version = row.version,
            .was = row.version,
            .groups_n = (size_t)row.groups_n,
            .withdrawn = row.withdrawn };
        e = status_of(cx, row.status, &head.status);
        if (!e)
            e = currency_of(cx, row.currency, &head.total.currency);
        if (e)
            return e;
        *ret = head;
    }
    *ret_found = found;
    return NULL;
}

err orders_store_move_groups(struct orders *o, struct cx *cx, const struct orders_group_move *in,
    const bool *moves, size_t n)
{
    struct orders_sql_group_move_in *rows = NEW_N(cx->arena, n, struct orders_sql_group_move_in);
    size_t rows_n = 0;
    for (size_t i = 0; i < n; i++)
        if (moves[i])
            rows[rows_n++] = (struct orders_sql_group_move_in){ .order_id = in->order_id,
                .group_no = (int64_t)i,
                .status = status_name(in->to),
                .actual_delivery_ms = { .has = in->to == ORDERS_DELIVERED, .v = cx->now_ms },
                .refund_id = in->refund_id };
    return orders_sql_group_move_batch(o->deps.db, cx, rows, rows_n, NULL);
}

static err track(struct orders *o, struct cx *cx, id order_id, int64_t seq, str tracking)
{
    if (!tracking.n)
        return NULL;
    return orders_sql_history_track(o->deps.db, cx,
        (struct orders_sql_history_track_in){
            .order_id = order_id, .seq = seq, .tracking = tracking });
}

err orders_store_group_history(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_group_move *in, enum orders_status from)
{
    err e = orders_sql_history_add(o->deps.db, cx,
        (struct orders_sql_history_add_in){ .order_id = in->order_id,
            .seq = head->version + 1,
            .from_status = status_name(from),
            .to_status = status_name(in->to),
            .actor_id = in->actor_id,
            .reason = in->reason.n ? in->reason : (str){ 0 },
            .at_ms = cx->now_ms,
            .group_no = { .has = true, .v = (int64_t)in->group } });
    return e ? e : track(o, cx, in->order_id, head->version + 1, in->tracking);
}

err orders_store_touch(struct orders *o, struct cx *cx, const struct orders_head *head, id order_id)
{
    return orders_sql_order_move(o->deps.db, cx,
        (struct orders_sql_order_move_in){ .order_id = order_id,
            .status = status_name(head->status),
            .version = head->version + 1,
            .updated_ms = cx->now_ms,
            .was = head->was });
}

err orders_store_move(
    struct orders *o, struct cx *cx, const struct orders_head *head, const struct orders_move *in)
{
    str reason = in->reason.n ? in->reason : (str){ 0 };
    bool delivered = in->to == ORDERS_DELIVERED;
    err e = orders_sql_order_move(o->deps.db, cx,
        (struct orders_sql_order_move_in){ .order_id = in->order_id,
            .status = status_name(in->to),
            .payment_status = in->payment_status.n ? in->payment_status : (str){ 0 },
            .cancel_reason = in->to == ORDERS_CANCELLED ? reason : (str){ 0 },
            .actual_delivery_ms = { .has = delivered || head->delivered_ms,
                .v = head->delivered_ms ? head->delivered_ms : cx->now_ms },
            .version = head->version + 1,
            .updated_ms = cx->now_ms,
            .was = head->was });
    if (e)
        return e;
    e = orders_sql_history_add(o->deps.db, cx,
        (struct orders_sql_history_add_in){ .order_id = in->order_id,
            .seq = head->version + 1,
            .from_status = status_name(head->status),
            .to_status = status_name(in->to),
            .actor_id = in->actor_id,
            .reason = reason,
            .at_ms = cx->now_ms });
    return e ? e : track(o, cx, in->order_id, head->version + 1, in->tracking);
}

err orders_store_withdraw(
    struct orders *o, struct cx *cx, const struct orders_head *head, const struct orders_move *in)
{
    return orders_sql_order_withdraw(o->deps.db, cx,
        (struct orders_sql_order_withdraw_in){ .order_id = in->order_id,
            .reason = in->reason,
            .actor_id = in->actor_id,
            .version = head->version + 1,
            .updated_ms = cx->now_ms,
            .was = head->was });
}

err orders_store_refund_of(
    struct orders *o, struct cx *cx, id order_id, id refund_id, bool *ret_failed, bool *ret_repaid)
{
    struct orders_sql_refund_rows_row *rows;
    size_t n = 0;
    *ret_failed = *ret_repaid = false;
    err e = orders_sql_refund_rows(
        o->deps.db, cx, (struct orders_sql_refund_rows_in){ order_id, refund_id }, &rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        bool failed = str_eq(rows[i].reason, S(ORDERS_REFUND_FAILED));
        *ret_failed |= failed;
        *ret_repaid |= !failed;
    }
    return e;
}

err orders_store_refund_add(struct orders *o, struct cx *cx, const struct orders_head *head,
    id order_id, id refund_id, const char *reason)
{
    return orders_sql_refund_row_add(o->deps.db, cx,
        (struct orders_sql_refund_row_add_in){ .order_id = order_id,
            .seq = head->version + 1,
            .status = status_name(head->status),
            .actor_id = cx->who.user_id,
            .reason = str_from_c(reason),
            .at_ms = cx->now_ms,
            .refund_id = refund_id },
        NULL);
}
