/* SPDX-License-Identifier: Apache-2.0
 * An order as JSON: the short answer to a purchase, and the whole with items, payments, shipments
 * and history. Called by the routes; must never show another owner's order: the caller has looked.
 */
#include "flows/checkout/checkout_internal.h"

/* ---- the short answer ---- */

struct placed_view {
    id order_id;
    str order_number, status, payment_status, currency, next_action, cart_token;
    int64_t estimated_delivery;
    money total;
    bool under_review;
};
static const struct json_field placed_fields[] = {
    JSON_ID(struct placed_view, order_id, .required = true),
    JSON_STR(struct placed_view, order_number, .required = true),
    JSON_STR(struct placed_view, status, .required = true),
    JSON_STR(struct placed_view, payment_status, .required = true),
    JSON_DATE(struct placed_view, estimated_delivery, .required = true),
    JSON_MONEY(struct placed_view, total, .required = true),
    JSON_STR(struct placed_view, currency, .required = true),
    JSON_STR(struct placed_view, next_action, .doc = "where the buyer confirms the payment"),
    JSON_BOOL(struct placed_view, under_review, .zero_out = true,
        .doc = "the shop looks at the order; nothing is charged until it has"),
    JSON_STR(struct placed_view, cart_token,
        .doc = "of a guest who had none: X-Cart-Token shows the order again"),
};
const struct json_shape checkout_placed_shape =
    JSON_SHAPE("OrderPlaced", struct placed_view, placed_fields);

const void *checkout_placed_view(struct cx *cx, struct checkout_placed in)
{
    const struct orders_order *order = in.order;
    struct placed_view *v = NEW(cx->arena, struct placed_view);
    *v = (struct placed_view){ .order_id = order->order_id,
        .order_number = order->number,
        .status = str_from_c(orders_status_names[order->status]),
        .payment_status = order->payment_status,
        .currency = str_dup(cx->arena, currency_str(&order->total.currency)),
        .next_action = in.next_url,
        .under_review = in.under_review,
        .cart_token = in.cart_token,
        .estimated_delivery = order->estimated_ms,
        .total = order->total };
    return v;
}

/* Where its saga sends the buyer, which only the provider and its row know. */
static err next_of(struct checkout *c, struct cx *cx, id order_id, str *ret)
{
    struct saga_view saga;
    struct checkout_state s;
    err e = saga_get(c->deps.sagas, cx, id_text(cx->arena, order_id), &saga);
    if (e == &ERR_MISSING) { /* it has ended between two looks */
        cx_clear(cx);
        return NULL;
    }
    if (e || !str_eq(saga.kind, str_from_c(checkout_saga.name)))
        return e;
    e = json_decode(cx, saga.state, &checkout_state_shape, &s, NULL);
    if (!e)
        *ret = s.next_url;
    return e;
}

err checkout_placed_now(struct checkout *c, struct cx *cx, id order_id, struct checkout_placed *ret)
{
    struct payments_payment *payments;
    size_t n = 0;
    struct orders_order *o = NEW(cx->arena, struct orders_order);
    struct checkout_placed placed = { .order = o };
    err e = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, o);
    if (!e)
        e = payments_of_order(c->deps.payments, cx, order_id, &payments, &n);
    if (e)
        return e;
    const struct payments_payment *asked = checkout_by_provider(payments, n);
    bool pending = o->status == ORDERS_PENDING;
    placed.under_review = pending && str_eq(o->payment_status, S("authorized"));
    if (pending && asked && asked->status == PAYMENTS_CHALLENGED)
        e = next_of(c, cx, order_id, &placed.next_url);
    if (!e)
        *ret = placed;
    return e;
}

/* ---- the whole ---- */

struct item_view {
    id order_item_id, product_id, variant_id, seller_id;
    str title, variant, sku, thumbnail, status;
    int64_t quantity, fulfilment_group;
    money price, subtotal, tax, discount;
};
static const struct json_field item_fields[] = {
    JSON_ID(struct item_view, order_item_id, .required = true),
    JSON_ID(struct item_view, product_id, .required = true),
    JSON_ID(struct item_view, variant_id, .required = true),
    JSON_ID(struct item_view, seller_id),
    JSON_STR(struct item_view, title, .required = true),
    JSON_STR(struct item_view, variant),
    JSON_STR(struct item_view, sku, .required = true),
    JSON_STR(struct item_view, thumbnail),
    JSON_STR(struct item_view, status, .required = true),
    JSON_INT(struct item_view, quantity, .required = true),
    JSON_MONEY(struct item_view, price, .required = true),
    JSON_MONEY(struct item_view, subtotal, .required = true),
    JSON_MONEY(struct item_view, tax, .required = true),
    JSON_MONEY(struct item_view, discount, .doc = "what promotions took off; absent: nothing"),
    JSON_INT(struct item_view, fulfilment_group, .required = true,
        .doc = "the number of the group that it travels with"),
};
static const struct json_shape item_shape = JSON_SHAPE("OrderItem", struct item_view, item_fields);

struct refund_view {
    id refund_id;
    str status, reason;
    money amount;
    int64_t created_at;
};
static const char *const refund_statuses[] = {
    [PAYMENTS_DEED_STARTED] = "pending",
    [PAYMENTS_DEED_DONE] = "done",
    [PAYMENTS_DEED_REFUSED] = "failed",
    NULL,
};
static const struct json_field refund_fields[] = {
    JSON_ID(struct refund_view, refund_id, .required = true),
    JSON_STR(struct refund_view, status, .required = true, .one_of = refund_statuses),
    JSON_MONEY(struct refund_view, amount, .required = true),
    JSON_STR(struct refund_view, reason, .doc = "cancel, return, goodwill or why the shop had to"),
    JSON_TIME(struct refund_view, created_at, .required = true),
};
static const struct json_shape refund_shape =
    JSON_SHAPE("OrderRefund", struct refund_view, refund_fields);

struct payment_view {
    id payment_id;
    str provider, type, status, brand, last4, decline_code;
    money amount, refunded_amount;
    struct refund_view *refunds;
    size_t refunds_n;
};
static const struct json_field payment_fields[] = {
    JSON_ID(struct payment_view, payment_id, .required = true),
    JSON_STR(struct payment_view, provider, .required = true),
    JSON_STR(struct payment_view, type, .required = true),
    JSON_STR(struct payment_view, status, .required = true),
    JSON_STR(struct payment_view, brand),
    JSON_STR(struct payment_view, last4),
    JSON_STR(struct payment_view, decline_code),
    JSON_MONEY(struct payment_view, amount, .required = true),
    JSON_MONEY(struct payment_view, refunded_amount, .required = true,
        .doc = "what went back of it; a refund that failed is not in it"),
    JSON_LIST(struct payment_view, refunds, refund_shape, .required = true),
};
static const struct json_shape payment_shape =
    JSON_SHAPE("OrderPayment", struct payment_view, payment_fields);

struct shipment_view {
    id shipment_id;
    int64_t fulfilment_group, shipped_at, estimated_delivery, delivered_at;
    str status, tracking_number;
    str *order_item_ids;
    size_t order_item_ids_n;
};
static const char *const shipment_statuses[] = { "shipped", "delivered", NULL };
static const struct json_field shipment_fields[] = {
    JSON_ID(struct shipment_view, shipment_id, .required = true),
    JSON_INT(struct shipment_view, fulfilment_group, .required = true,
        .doc = "the number of the group that was sent"),
    JSON_STR(struct shipment_view, status, .required = true, .one_of = shipment_statuses),
    JSON_STR(struct shipment_view, tracking_number, .doc = "the carrier's; absent: none was given"),
    JSON_STRS(struct shipment_view, order_item_ids, .required = true),
    JSON_TIME(struct shipment_view, shipped_at, .required = true),
    JSON_DATE(struct shipment_view, estimated_delivery, .required = true),
    JSON_TIME(struct shipment_view, delivered_at),
};
static const struct json_shape shipment_shape =
    JSON_SHAPE("OrderShipment", struct shipment_view, shipment_fields);

struct move_view {
    str from, to, reason, tracking_number;
    id actor_id, refund_id;
    int64_t at, fulfilment_group;
};
static const struct json_field move_fields[] = {
    JSON_STR(struct move_view, from),
    JSON_STR(struct move_view, to, .required = true),
    JSON_STR(struct move_view, reason),
    JSON_STR(struct move_view, tracking_number),
    JSON_ID(struct move_view, actor_id),
    JSON_ID(struct move_view, refund_id, .doc = "no move: this refund came back, or was repaid"),
    JSON_TIME(struct move_view, at, .required = true),
    JSON_INT(struct move_view, fulfilment_group, .zero_out = true,
        .doc = "whose move it is; absent: the order's"),
};
static const struct json_shape move_shape = JSON_SHAPE("OrderMove", struct move_view, move_fields);

struct place_view {
    str name, line1, line2, city, region, postal_code, country, phone;
};
static const struct json_field place_fields[] = {
    JSON_STR(struct place_view, name, .required = true),
    JSON_STR(struct place_view, line1, .required = true),
    JSON_STR(struct place_view, line2),
    JSON_STR(struct place_view, city, .required = true),
    JSON_STR(struct place_view, region),
    JSON_STR(struct place_view, postal_code),
    JSON_STR(struct place_view, country, .required = true),
    JSON_STR(struct place_view, phone),
};
static const struct json_shape place_shape =
    JSON_SHAPE("OrderAddress", struct place_view, place_fields);

struct group_view {
    int64_t number, estimated_from, estimated_delivery, delivered_at;
    id seller_id;
    str status, delivery_speed, tracking_number;
    struct place_view *shipping_address;
    str *order_item_ids;
    size_t order_item_ids_n;
    money subtotal, tax, shipping, discount, total;
};
static const struct json_field group_fields[] = {
    JSON_INT(struct group_view, number, .required = true, .doc = "from 1, within the order"),
    JSON_STR(struct group_view, status, .required = true),
    JSON_ID(struct group_view, seller_id, .doc = "who sends it; absent: the shop itself"),
    JSON_OBJECT(struct group_view, shipping_address, place_shape, .required = true),
    JSON_STR(struct group_view, delivery_speed, .required = true),
    JSON_STRS(struct group_view, order_item_ids, .required = true),
    JSON_MONEY(struct group_view, subtotal, .required = true),
    JSON_MONEY(struct group_view, tax, .required = true),
    JSON_MONEY(struct group_view, shipping, .required = true),
    JSON_MONEY(struct group_view, discount, .required = true),
    JSON_MONEY(struct group_view, total, .required = true),
    JSON_DATE(struct group_view, estimated_from, .required = true),
    JSON_DATE(struct group_view, estimated_delivery, .required = true),
    JSON_TIME(struct group_view, delivered_at),
    JSON_STR(struct group_view, tracking_number, .doc = "the carrier's; absent: none was given"),
};
static const struct json_shape group_shape =
    JSON_SHAPE("OrderFulfilmentGroup", struct group_view, group_fields);

struct order_json {
    id order_id, user_id;
    str order_number, status, payment_status, cancel_reason, currency, delivery_speed, promotions;
    money subtotal, tax, shipping, discount, total;
    struct place_view *shipping_address;
    struct item_view *items;
    struct payment_view *payments;
    struct shipment_view *shipments;
    struct group_view *fulfilment_groups;
    struct move_view *history;
    size_t items_n, payments_n, shipments_n, fulfilment_groups_n, history_n;
    int64_t estimated_delivery, delivered_at, created_at, updated_at;
    bool cancel_requested;
};
static const struct json_field order_fields[] = {
    JSON_ID(struct order_json, order_id, .required = true),
    JSON_STR(struct order_json, order_number, .required = true),
    JSON_ID(struct order_json, user_id),
    JSON_STR(struct order_json, status, .required = true),
    JSON_STR(struct order_json, payment_status, .required = true),
    JSON_STR(struct order_json, cancel_reason),
    JSON_BOOL(struct order_json, cancel_requested, .zero_out = true,
        .doc = "it is pending, and is being cancelled"),
    JSON_STR(struct order_json, delivery_speed, .required = true),
    JSON_LIST(struct order_json, items, item_shape, .required = true),
    JSON_MONEY(struct order_json, subtotal, .required = true),
    JSON_MONEY(struct order_json, tax, .required = true),
    JSON_MONEY(struct order_json, shipping, .required = true),
    JSON_MONEY(struct order_json, discount, .required = true),
    JSON_MONEY(struct order_json, total, .required = true),
    JSON_RAW(struct order_json, promotions,
        .doc = "what took something off: promotionId, code, name, text, amount"),
    JSON_STR(struct order_json, currency, .required = true),
    JSON_OBJECT(struct order_json, shipping_address, place_shape, .required = true),
    JSON_LIST(struct order_json, payments, payment_shape, .required = true),
    JSON_LIST(struct order_json, shipments, shipment_shape, .required = true),
    JSON_LIST(struct order_json, fulfilment_groups, group_shape, .required = true,
        .doc = "what travels together: one seller's items to one address"),
    JSON_LIST(struct order_json, history, move_shape, .required = true),
    JSON_DATE(struct order_json, estimated_delivery),
    JSON_TIME(struct order_json, delivered_at),
    JSON_TIME(struct order_json, created_at, .required = true),
    JSON_TIME(struct order_json, updated_at, .required = true),
};
const struct json_shape checkout_order_shape = JSON_SHAPE("Order", struct order_json, order_fields);

static struct place_view *place_of(struct cx *cx, const struct orders_address *a)
{
    struct place_view *v = NEW(cx->arena, struct place_view);
    *v = (struct place_view){ a->name, a->line1, a->line2, a->city, a->region, a->postal_code,
        a->country, a->phone };
    return v;
}

static void fill_items(struct cx *cx, const struct orders_order *o, struct order_json *v)
{
    v->items_n = o->lines_n;
    v->items = NEW_N(cx->arena, o->lines_n, struct item_view);
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        v->items[i] = (struct item_view){ .order_item_id = l->order_item_id,
            .product_id = l->product_id,
            .variant_id = l->variant_id,
            .seller_id = l->seller_id,
            .title = l->title,
            .variant = l->variant_text,
            .sku = l->sku,
            .thumbnail = l->picture,
            .status = l->status,
            .quantity = l->quantity,
            .fulfilment_group = (int64_t)l->group + 1,
            .price = l->price,
            .subtotal = l->subtotal,
            .tax = l->tax,
            .discount = l->discount.minor ? l->discount : (money){ 0 } };
    }
}

static err fill_refunds(struct checkout *c, struct cx *cx, struct payment_view *v)
{
    struct payments_deed *deeds;
    size_t n;
    err e = payments_deeds_of(c->deps.payments, cx, v->payment_id, &deeds, &n);
    if (e)
        return e;
    v->refunds = NEW_N(cx->arena, n, struct refund_view);
    for (size_t i = 0; i < n; i++)
        if (deeds[i].kind == PAYMENTS_REFUND)
            v->refunds[v->refunds_n++] = (struct refund_view){ .refund_id = deeds[i].deed_id,
                .status = str_from_c(refund_statuses[deeds[i].status]),
                .amount = deeds[i].amount,
                .reason = deeds[i].reason,
                .created_at = deeds[i].created_ms };
    return NULL;
}

static err fill_payments(
    struct checkout *c, struct cx *cx, const struct orders_order *o, struct order_json *v)
{
    struct payments_payment *rows;
    err e = payments_of_order(c->deps.payments, cx, o->order_id, &rows, &v->payments_n);
    if (e)
        return e;
    v->payments = NEW_N(cx->arena, v->payments_n, struct payment_view);
    for (size_t i = 0; !e && i < v->payments_n; i++) {
        v->payments[i] = (struct payment_view){ .payment_id = rows[i].payment_id,
            .provider = rows[i].provider,
            .type = rows[i].method_type,
            .status = str_from_c(payments_status_names[rows[i].status]),
            .brand = rows[i].brand,
            .last4 = rows[i].last4,
            .decline_code = rows[i].decline_code,
            .amount = rows[i].amount,
            .refunded_amount = money_of(rows[i].refunded_minor, rows[i].amount.currency) };
        if (rows[i].captured_minor) /* of nothing else is anything given back */
            e = fill_refunds(c, cx, &v->payments[i]);
    }
    return e;
}

/* The move by which a group left, or NULL: its own, or the order's that took along what was where
 * the order was. */
static const struct orders_event *sent_by(const struct orders_event *rows, size_t n, size_t group)
{
    enum orders_status at = ORDERS_PENDING;
    for (size_t i = 0; i < n; i++) {
        const struct orders_event *row = &rows[i];
        bool own = row->group >= 0 ? (size_t)row->group == group : row->from == at;
        if (!id_is_none(row->refund_id) || !own)
            continue;
        if (row->to == ORDERS_SHIPPED)
            return row;
        at = row->to;
    }
    return NULL;
}

static void fill_shipments(struct cx *cx, const struct orders_order *o,
    const struct orders_event *rows, struct order_json *v)
{
    v->shipments = NEW_N(cx->arena, v->fulfilment_groups_n, struct shipment_view);
    for (size_t g = 0; g < v->fulfilment_groups_n; g++) {
        struct group_view *group = &v->fulfilment_groups[g];
        const struct orders_event *sent = sent_by(rows, v->history_n, g);
        if (!sent)
            continue;
        group->tracking_number = sent->tracking;
        v->shipments[v->shipments_n++] =
            (struct shipment_view){ .shipment_id = orders_group_id(o->order_id, g),
                .fulfilment_group = group->number,
                .status = str_from_c(shipment_statuses[group->delivered_at != 0]),
                .tracking_number = sent->tracking,
                .order_item_ids = group->order_item_ids,
                .order_item_ids_n = group->order_item_ids_n,
                .shipped_at = sent->at_ms,
                .estimated_delivery = group->estimated_delivery,
                .delivered_at = group->delivered_at };
    }
}

static err fill_history(
    struct checkout *c, struct cx *cx, const struct orders_order *o, struct order_json *v)
{
    struct orders_event *rows;
    err e = orders_history(c->deps.orders, cx, o->order_id, &rows, &v->history_n);
    if (e)
        return e;
    v->history = NEW_N(cx->arena, v->history_n, struct move_view);
    for (size_t i = 0; i < v->history_n; i++)
        v->history[i] =
            (struct move_view){ .from = rows[i].from == rows[i].to
                                            ? (str){ 0 }
                                            : str_from_c(orders_status_names[rows[i].from]),
                .to = str_from_c(orders_status_names[rows[i].to]),
                .reason = rows[i].reason,
                .tracking_number = rows[i].tracking,
                .actor_id = rows[i].actor_id,
                .at = rows[i].at_ms,
                .refund_id = rows[i].refund_id,
                .fulfilment_group = rows[i].group + 1 };
    fill_shipments(cx, o, rows, v);
    return NULL;
}

static void fill_facts(struct cx *cx, const struct orders_order *o, struct order_json *v)
{
    *v = (struct order_json){ .order_id = o->order_id,
        .user_id = o->user_id,
        .order_number = o->number,
        .status = str_from_c(orders_status_names[o->status]),
        .payment_status = o->payment_status,
        .cancel_reason = o->cancel_reason,
        .cancel_requested = o->status == ORDERS_PENDING && o->withdrawn.n > 0,
        .currency = str_dup(cx->arena, currency_str(&o->total.currency)),
        .delivery_speed = o->speed,
        .subtotal = o->subtotal,
        .tax = o->tax,
        .shipping = o->shipping,
        .discount = o->discount,
        .total = o->total,
        .promotions = o->promotions,
        .estimated_delivery = o->estimated_ms,
        .delivered_at = o->delivered_ms,
        .created_at = o->created_ms,
        .updated_at = o->updated_ms };
    v->shipping_address = place_of(cx, &o->address);
    fill_items(cx, o, v);
}

static struct group_view group_of(struct cx *cx, const struct orders_order *o, size_t at)
{
    const struct orders_group *g = &o->groups[at];
    const money none = money_of(0, o->total.currency);
    struct group_view v = { .number = (int64_t)at + 1,
        .seller_id = g->seller_id,
        .status = str_from_c(orders_status_names[g->status]),
        .delivery_speed = g->speed,
        .shipping_address = place_of(cx, g->address ? g->address : &o->address),
        .order_item_ids = NEW_N(cx->arena, o->lines_n, str),
        .subtotal = none,
        .tax = none,
        .shipping = g->shipping,
        .discount = g->shipping_off,
        .estimated_from = g->estimated_from_ms,
        .estimated_delivery = g->estimated_ms,
        .delivered_at = g->delivered_ms };
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        if (l->group != at)
            continue;
        v.order_item_ids[v.order_item_ids_n++] = id_text(cx->arena, l->order_item_id);
        v.subtotal.minor += l->subtotal.minor;
        v.tax.minor += l->tax.minor;
        v.discount.minor += l->discount.minor;
    }
    v.total = money_sub(money_add(money_add(v.subtotal, v.tax), v.shipping), v.discount);
    return v;
}

static void fill_groups(struct cx *cx, const struct orders_order *o, struct order_json *v)
{
    v->fulfilment_groups_n = o->groups_n;
    v->fulfilment_groups = NEW_N(cx->arena, o->groups_n, struct group_view);
    for (size_t g = 0; g < o->groups_n; g++)
        v->fulfilment_groups[g] = group_of(cx, o, g);
}

err checkout_order_view(
    struct checkout *c, struct cx *cx, const struct orders_order *order, const void **ret)
{
    struct order_json *v = NEW(cx->arena, struct order_json);
    fill_facts(cx, order, v);
    fill_groups(cx, order, v);
    err e = fill_payments(c, cx, order, v);
    if (!e)
        e = fill_history(c, cx, order, v);
    *ret = v;
    return e;
}

/* ---- lists ---- */

struct summary_json {
    id order_id;
    str order_number, status, payment_status, currency;
    struct item_view *items;
    size_t items_n;
    money total;
    int64_t estimated_delivery, created_at;
};
static const struct json_field summary_fields_[] = {
    JSON_ID(struct summary_json, order_id, .required = true),
    JSON_STR(struct summary_json, order_number, .required = true),
    JSON_STR(struct summary_json, status, .required = true),
    JSON_STR(struct summary_json, payment_status, .required = true),
    JSON_LIST(struct summary_json, items, item_shape, .required = true),
    JSON_MONEY(struct summary_json, total, .required = true),
    JSON_STR(struct summary_json, currency, .required = true),
    JSON_DATE(struct summary_json, estimated_delivery),
    JSON_TIME(struct summary_json, created_at, .required = true),
};
static const struct json_shape summary_shape =
    JSON_SHAPE("OrderSummary", struct summary_json, summary_fields_);

struct pagination_view {
    int64_t page, limit, total, pages;
};
static const struct json_field pagination_fields[] = {
    JSON_INT(struct pagination_view, page, .required = true),
    JSON_INT(struct pagination_view, limit, .required = true),
    JSON_INT(struct pagination_view, total, .required = true),
    JSON_INT(struct pagination_view, pages, .required = true),
};
static const struct json_shape pagination_shape =
    JSON_SHAPE("OrderPagination", struct pagination_view, pagination_fields);

struct orders_json {
    struct summary_json *orders;
    size_t orders_n;
    struct pagination_view *pagination;
    id next_page_token;
};
static const struct json_field orders_fields[] = {
    JSON_LIST(struct orders_json, orders, summary_shape, .required = true),
    JSON_OBJECT(struct orders_json, pagination, pagination_shape, .required = true),
    JSON_ID(struct orders_json, next_page_token),
};
const struct json_shape checkout_orders_shape =
    JSON_SHAPE("OrderList", struct orders_json, orders_fields);

const void *checkout_orders_view(
    struct cx *cx, const struct orders_order *list, size_t n, struct checkout_paging paging)
{
    struct orders_json *v = NEW(cx->arena, struct orders_json);
    v->orders = NEW_N(cx->arena, n, struct summary_json);
    v->orders_n = n;
    for (size_t i = 0; i < n; i++) {
        struct order_json whole;
        fill_facts(cx, &list[i], &whole);
        v->orders[i] = (struct summary_json){ .order_id = whole.order_id,
            .order_number = whole.order_number,
            .status = whole.status,
            .payment_status = whole.payment_status,
            .currency = whole.currency,
            .items = whole.items,
            .items_n = whole.items_n,
            .total = whole.total,
            .estimated_delivery = whole.estimated_delivery,
            .created_at = whole.created_at };
    }
    v->pagination = NEW(cx->arena, struct pagination_view);
    *v->pagination = (struct pagination_view){ .page = paging.page,
        .limit = paging.limit,
        .total = paging.total,
        .pages = (paging.total + paging.limit - 1) / paging.limit };
    if (n > 0 && n == (size_t)paging.limit)
        v->next_page_token = list[n - 1].order_id;
    return v;
}
