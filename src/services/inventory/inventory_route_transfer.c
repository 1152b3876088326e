/* SPDX-License-Identifier: Apache-2.0
 * Routes of transfers between warehouses: decode, call one verb, encode. Called by the gateway;
 * must never decide anything. */
#include "services/inventory/inventory_routes.h"
#include "services/inventory/inventory_transfer.h"

struct transfer_view {
    id transfer_id, product_id, variant_id, from_id, to_id, actor_id;
    int64_t quantity, received, lost, in_transit, created_at;
    bool open;
    str reason, reference;
};
static const struct json_field send_in_fields[] = {
    JSON_ID(struct transfer_view, product_id, .required = true),
    JSON_ID(struct transfer_view, variant_id, .required = true),
    JSON_ID(struct transfer_view, from_id, .required = true, .doc = "warehouse"),
    JSON_ID(struct transfer_view, to_id, .required = true, .doc = "warehouse"),
    JSON_INT(
        struct transfer_view, quantity, .required = true, .min = 1, .max = INVENTORY_ON_HAND_MAX),
    JSON_STR(struct transfer_view, reason, .max = 200),
    JSON_STR(struct transfer_view, reference, .max = 100),
};
const struct json_shape inventory_send_in =
    JSON_SHAPE("StockTransferInput", struct transfer_view, send_in_fields);

static const struct json_field transfer_fields[] = {
    JSON_ID(struct transfer_view, transfer_id, .required = true),
    JSON_ID(struct transfer_view, product_id, .required = true),
    JSON_ID(struct transfer_view, variant_id, .required = true),
    JSON_ID(struct transfer_view, from_id, .required = true),
    JSON_ID(struct transfer_view, to_id, .required = true),
    JSON_INT(struct transfer_view, quantity, .required = true),
    JSON_INT(struct transfer_view, received, .required = true),
    JSON_INT(struct transfer_view, lost, .required = true),
    JSON_INT(struct transfer_view, in_transit, .required = true),
    JSON_BOOL(struct transfer_view, open, .required = true),
    JSON_STR(struct transfer_view, reason),
    JSON_STR(struct transfer_view, reference),
    JSON_ID(struct transfer_view, actor_id),
    JSON_TIME(struct transfer_view, created_at, .required = true),
};
const struct json_shape inventory_transfer_shape =
    JSON_SHAPE("StockTransfer", struct transfer_view, transfer_fields);

static struct transfer_view view_of(struct inventory_transfer t)
{
    return (struct transfer_view){ .transfer_id = t.transfer_id,
        .product_id = t.product_id,
        .variant_id = t.variant_id,
        .from_id = t.from_id,
        .to_id = t.to_id,
        .actor_id = t.actor_id,
        .quantity = t.quantity,
        .received = t.received,
        .lost = t.lost,
        .in_transit = t.quantity - t.received - t.lost,
        .open = t.open,
        .reason = t.reason,
        .reference = t.reference,
        .created_at = t.created_ms };
}

static err reply_transfer(struct cx *cx, struct reply *reply, struct inventory_transfer t)
{
    struct transfer_view *view = NEW(cx->arena, struct transfer_view);
    *view = view_of(t);
    return reply_json(reply, 201, &inventory_transfer_shape, view);
}

err inventory_before_transfer(void *service, struct cx *cx, void *body)
{
    const struct transfer_view *in = body;
    bool there = false;
    err e = inventory_known(service, cx, in->product_id, in->variant_id, &there);
    if (e || there)
        return e;
    cx_field(cx, S("/variantId"), "variant_unknown", "is no variant of this product");
    return FAIL(cx, ERR_INVALID, "a transfer of an unknown article");
}

err inventory_post_transfer(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct transfer_view *in = body;
    struct inventory_transfer t = { .product_id = in->product_id,
        .variant_id = in->variant_id,
        .from_id = in->from_id,
        .to_id = in->to_id,
        .actor_id = cx->who.user_id,
        .quantity = in->quantity,
        .reason = in->reason,
        .reference = in->reference };
    err e = inventory_transfer_send(service, cx, t, &t);
    return e ? e : reply_transfer(cx, reply, t);
}

uint64_t inventory_send_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct transfer_view *in = body;
    return id_hash(in->variant_id);
}

struct arrival_body {
    id transfer_id;
    int64_t quantity;
    bool close;
};
static const struct json_field arrival_in_fields[] = {
    JSON_ID(struct arrival_body, transfer_id, .required = true, .at = AT_PATH),
    JSON_INT(struct arrival_body, quantity, .min = 0, .max = INVENTORY_ON_HAND_MAX),
    JSON_BOOL(struct arrival_body, close, .doc = "nothing more will come: the rest is lost"),
};
const struct json_shape inventory_arrival_in =
    JSON_SHAPE("StockArrivalInput", struct arrival_body, arrival_in_fields);

err inventory_post_arrival(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct arrival_body *in = body;
    struct inventory_transfer t;
    err e = inventory_transfer_receive(service, cx,
        (struct inventory_arrival){ .transfer_id = in->transfer_id,
            .actor_id = cx->who.user_id,
            .quantity = in->quantity,
            .close = in->close },
        &t);
    return e ? e : reply_transfer(cx, reply, t);
}

uint64_t inventory_arrival_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct arrival_body *in = body;
    return id_hash(in->transfer_id);
}

struct transfers_query {
    id page_token;
    int64_t limit;
    bool open;
};
static const struct json_field transfers_in_fields[] = {
    JSON_INT(struct transfers_query, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct transfers_query, page_token, .at = AT_QUERY),
    JSON_BOOL(struct transfers_query, open, .at = AT_QUERY, .doc = "only what is on its way"),
};
const struct json_shape inventory_transfers_in =
    JSON_SHAPE("StockTransfersQuery", struct transfers_query, transfers_in_fields);

struct transfers_view {
    struct transfer_view *transfers;
    size_t transfers_n;
    id next_page_token;
};
static const struct json_field transfers_fields[] = {
    JSON_LIST(struct transfers_view, transfers, inventory_transfer_shape, .required = true),
    JSON_ID(struct transfers_view, next_page_token),
};
const struct json_shape inventory_transfers_shape =
    JSON_SHAPE("StockTransferList", struct transfers_view, transfers_fields);

#define TRANSFERS_LIMIT 20

err inventory_get_transfers(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct transfers_query *in = body;
    struct inventory_transfer *list;
    struct transfers_view *view = NEW(cx->arena, struct transfers_view);
    int64_t limit = in->limit ? in->limit : TRANSFERS_LIMIT;
    err e = inventory_transfers(service, cx,
        (struct inventory_transfers_wanted){
            .before = in->page_token, .open = in->open, .limit = limit },
        &list, &view->transfers_n);
    if (e)
        return e;
    view->transfers = NEW_N(cx->arena, view->transfers_n, struct transfer_view);
    for (size_t i = 0; i < view->transfers_n; i++)
        view->transfers[i] = view_of(list[i]);
    if (view->transfers_n == (size_t)limit)
        view->next_page_token = list[limit - 1].transfer_id;
    return reply_json(reply, 200, &inventory_transfers_shape, view);
}
