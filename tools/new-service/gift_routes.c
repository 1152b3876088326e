/* SPDX-License-Identifier: Apache-2.0
 * Routes of gift: decode, call one verb, encode. Called by the gateway; must never decide. */
#include "services/gift/gift_routes.h"

#include "services/gift/gift.h"

static const struct json_field item_in_fields[] = {
    JSON_STR(struct gift_item, name, .required = true, .min = 1, .max = 100),
};
static const struct json_shape item_in =
    JSON_SHAPE("GiftItemInput", struct gift_item, item_in_fields);
static const struct json_field item_fields[] = {
    JSON_ID(struct gift_item, item_id, .required = true),
    JSON_STR(struct gift_item, name, .required = true),
    JSON_TIME(struct gift_item, created_ms, .required = true, .wire = "createdAt"),
};
static const struct json_shape item_shape = JSON_SHAPE("GiftItem", struct gift_item, item_fields);

struct item_list {
    struct gift_item *items;
    size_t items_n;
};
static const struct json_field item_list_fields[] = {
    JSON_LIST(struct item_list, items, item_shape, .required = true, .max = GIFT_ITEMS_MAX),
};
static const struct json_shape item_list_shape =
    JSON_SHAPE("GiftItemList", struct item_list, item_list_fields);

static err get_items(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    struct item_list *view = NEW(cx->arena, struct item_list);
    err e = gift_list(service, cx, cx->who.user_id, &view->items, &view->items_n);
    if (e)
        return e;
    return reply_json(reply, 200, &item_list_shape, view);
}

static err post_item(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct gift_item *in = body; /* decoded and bounded by the table above */
    struct gift_item *item = NEW(cx->arena, struct gift_item);
    err e = gift_add(service, cx, cx->who.user_id, in->name, item);
    if (e)
        return e;
    return reply_json(reply, 201, &item_shape, item);
}

/* Requests of one customer never run at the same time. */
static uint64_t by_owner(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const problem *const post_item_problems[] = { &GIFT_FULL, NULL };
const struct route gift_routes[] = {
    { .method = "GET",
        .path = "/api/v1/gift",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &item_list_shape,
        .summary = "The gifts of who asks",
        .fn = get_items },
    { .method = "POST",
        .path = "/api/v1/gift",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &item_in,
        .out = &item_shape,
        .status = 201,
        .summary = "Keep one more gift",
        .problems = post_item_problems,
        .fn = post_item,
        .conflict = by_owner },
    ROUTES_END,
};
