/* SPDX-License-Identifier: Apache-2.0
 * Routes of stock for sellers and staff: decode, call one verb, encode. Called by the gateway; must
 * never decide anything. */
#include "services/inventory/inventory_routes.h"

#include "services/inventory/inventory_store.h"
#include "services/inventory/inventory_transfer.h"

/* ---- warehouses ---- */

struct warehouse_body {
    id warehouse_id;
    str code, name, country;
    int64_t priority, cost;
    double latitude, longitude;
};
static const struct json_field warehouse_in_fields[] = {
    JSON_STR(struct warehouse_body, code, .required = true, .min = 1, .max = 32),
    JSON_STR(struct warehouse_body, name, .required = true, .min = 1, .max = 100),
    JSON_STR(struct warehouse_body, country, .required = true, .min = 2, .max = 2,
        .doc = "ISO 3166-1 alpha-2"),
    JSON_INT(struct warehouse_body, priority, .min = 0, .max = 1000, .doc = "lower is asked first"),
    JSON_NUM(struct warehouse_body, latitude, .min = -90, .max = 90, .doc = "degrees north"),
    JSON_NUM(struct warehouse_body, longitude, .min = -180, .max = 180, .doc = "degrees east"),
    JSON_INT(struct warehouse_body, cost, .min = 0, .max = 20000,
        .doc = "of sending a parcel from it, in the kilometres that it is worth"),
};
static const struct json_shape warehouse_in =
    JSON_SHAPE("WarehouseInput", struct warehouse_body, warehouse_in_fields);
static const struct json_field warehouse_fields[] = {
    JSON_ID(struct warehouse_body, warehouse_id, .required = true),
    JSON_STR(struct warehouse_body, code, .required = true),
    JSON_STR(struct warehouse_body, name, .required = true),
    JSON_STR(struct warehouse_body, country, .required = true),
    JSON_INT(struct warehouse_body, priority, .required = true),
    JSON_NUM(struct warehouse_body, latitude, .required = true),
    JSON_NUM(struct warehouse_body, longitude, .required = true),
    JSON_INT(struct warehouse_body, cost, .required = true),
};
static const struct json_shape warehouse_shape =
    JSON_SHAPE("Warehouse", struct warehouse_body, warehouse_fields);

struct warehouse_list {
    struct warehouse_body *warehouses;
    size_t warehouses_n;
};
static const struct json_field warehouse_list_fields[] = {
    JSON_LIST(struct warehouse_list, warehouses, warehouse_shape, .required = true, .max = 1000),
};
static const struct json_shape warehouse_list_shape =
    JSON_SHAPE("WarehouseList", struct warehouse_list, warehouse_list_fields);

static struct warehouse_body warehouse_view(struct inventory_warehouse w)
{
    return (struct warehouse_body){ .warehouse_id = w.warehouse_id,
        .code = w.code,
        .name = w.name,
        .country = w.country,
        .priority = w.priority,
        .cost = w.cost,
        .latitude = w.latitude,
        .longitude = w.longitude };
}

static err get_warehouses(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    struct inventory_warehouse *list;
    struct warehouse_list *view = NEW(cx->arena, struct warehouse_list);
    err e = inventory_warehouse_list(service, cx, &list, &view->warehouses_n);
    if (e)
        return e;
    view->warehouses = NEW_N(cx->arena, view->warehouses_n, struct warehouse_body);
    for (size_t i = 0; i < view->warehouses_n; i++)
        view->warehouses[i] = warehouse_view(list[i]);
    return reply_json(reply, 200, &warehouse_list_shape, view);
}

static err post_warehouse(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct warehouse_body *in = body;
    struct inventory_warehouse warehouse = { .code = in->code,
        .name = in->name,
        .country = in->country,
        .priority = in->priority,
        .latitude = in->latitude,
        .longitude = in->longitude,
        .cost = in->cost };
    err e = inventory_warehouse_add(service, cx, warehouse, &warehouse.warehouse_id);
    if (e)
        return e;
    struct warehouse_body *view = NEW(cx->arena, struct warehouse_body);
    *view = warehouse_view(warehouse);
    return reply_json(reply, 201, &warehouse_shape, view);
}

/* ---- levels ---- */

/* What has a level is shown and can be written off, though its variant was dropped. */
err inventory_known(struct inventory *inv, struct cx *cx, id product_id, id variant_id, bool *ret)
{
    struct inventory_level *levels;
    size_t n;
    err e = inventory_levels(inv, cx, product_id, variant_id, &levels, &n);
    *ret = true;
    return e || n > 0 || !inv->deps.articles.has
               ? e
               : inv->deps.articles.has(inv->deps.articles.arg, cx, product_id, variant_id, ret);
}

err inventory_article(struct inventory *inv, struct cx *cx, id product_id, id variant_id)
{
    bool there = false;
    err e = inventory_known(inv, cx, product_id, variant_id, &there);
    return e || there ? e : FAIL(cx, ERR_MISSING, "is no variant of this product");
}

struct stock_path {
    id product_id, variant_id, page_token;
    int64_t limit;
};
static const struct json_field stock_path_fields[] = {
    JSON_ID(struct stock_path, product_id, .required = true, .at = AT_PATH),
    JSON_ID(struct stock_path, variant_id, .required = true, .at = AT_PATH),
};
static const struct json_shape stock_path_shape =
    JSON_SHAPE("StockPath", struct stock_path, stock_path_fields);

struct level_view {
    id warehouse_id;
    int64_t on_hand, reserved, available, low_at, in_transit;
};
static const struct json_field level_fields[] = {
    JSON_ID(struct level_view, warehouse_id, .required = true),
    JSON_INT(struct level_view, on_hand, .required = true),
    JSON_INT(struct level_view, reserved, .required = true),
    JSON_INT(struct level_view, available, .required = true),
    JSON_INT(struct level_view, low_at, .required = true),
    JSON_INT(struct level_view, in_transit, .zero_out = true,
        .doc = "on its way to this warehouse; absent: nothing"),
};
static const struct json_shape level_shape =
    JSON_SHAPE("StockLevel", struct level_view, level_fields);

struct stock_view {
    id variant_id;
    int64_t available;
    struct level_view *levels;
    size_t levels_n;
};
static const struct json_field stock_fields[] = {
    JSON_ID(struct stock_view, variant_id, .required = true),
    JSON_INT(struct stock_view, available, .required = true),
    JSON_LIST(struct stock_view, levels, level_shape, .required = true, .max = 1000),
};
static const struct json_shape stock_shape = JSON_SHAPE("Stock", struct stock_view, stock_fields);

static struct level_view level_view_of(struct inventory_level level)
{
    return (struct level_view){ .warehouse_id = level.warehouse_id,
        .on_hand = level.on_hand,
        .reserved = level.reserved,
        .available = level.available,
        .low_at = level.low_at };
}

static err get_stock(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct stock_path *in = body;
    struct inventory_level *levels;
    struct stock_view *view = NEW(cx->arena, struct stock_view);
    view->variant_id = in->variant_id;
    err e = inventory_article(service, cx, in->product_id, in->variant_id);
    if (!e)
        e = inventory_levels(service, cx, in->product_id, in->variant_id, &levels, &view->levels_n);
    if (e)
        return e;
    struct inventory_key key = { in->product_id, in->variant_id };
    int64_t *coming = NEW_N(cx->arena, view->levels_n, int64_t);
    e = inventory_coming(service, cx, key, levels, view->levels_n, coming);
    if (e)
        return e;
    view->levels = NEW_N(cx->arena, view->levels_n, struct level_view);
    for (size_t i = 0; i < view->levels_n; i++) {
        view->levels[i] = level_view_of(levels[i]);
        view->levels[i].in_transit = coming[i];
        view->available += levels[i].available;
    }
    return reply_json(reply, 200, &stock_shape, view);
}

/* ---- movements ---- */

struct movement_body {
    id product_id, variant_id, warehouse_id;
    str kind, reason, reference;
    int64_t quantity;
};
/* What staff may do by hand: a sale is made by an order only. */
static const char *const kinds_by_hand[] = { "receipt", "adjustment", "count", "damage", "return",
    NULL };
static const struct json_field movement_in_fields[] = {
    JSON_ID(struct movement_body, product_id, .required = true, .at = AT_PATH),
    JSON_ID(struct movement_body, variant_id, .required = true, .at = AT_PATH),
    JSON_ID(struct movement_body, warehouse_id, .required = true),
    JSON_STR(struct movement_body, kind, .required = true, .one_of = kinds_by_hand),
    JSON_INT(struct movement_body, quantity, .required = true, .min = -INVENTORY_ON_HAND_MAX,
        .max = INVENTORY_ON_HAND_MAX),
    JSON_STR(struct movement_body, reason, .max = 200),
    JSON_STR(struct movement_body, reference, .max = 100),
};
static const struct json_shape movement_in =
    JSON_SHAPE("StockMovementInput", struct movement_body, movement_in_fields);

static enum inventory_kind kind_of(str name)
{
    for (int k = 0; k < INVENTORY_KINDS_N; k++)
        if (str_eq(name, str_from_c(inventory_kind_names[k])))
            return (enum inventory_kind)k;
    panic(__FILE__, "the schema lets no other kind through");
}

static err before_movement(void *service, struct cx *cx, void *body)
{
    const struct movement_body *in = body;
    return inventory_article(service, cx, in->product_id, in->variant_id);
}

static err post_movement(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct movement_body *in = body;
    struct inventory_level level;
    err e = inventory_move(service, cx,
        (struct inventory_move){ .product_id = in->product_id,
            .variant_id = in->variant_id,
            .warehouse_id = in->warehouse_id,
            .kind = kind_of(in->kind),
            .quantity = in->quantity,
            .reason = in->reason,
            .reference = in->reference,
            .actor_id = cx->who.user_id },
        &level);
    if (e)
        return e;
    struct level_view *view = NEW(cx->arena, struct level_view);
    *view = level_view_of(level);
    return reply_json(reply, 201, &level_shape, view);
}

static uint64_t movement_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct movement_body *in = body;
    return id_hash(in->variant_id);
}

/* ---- low marks ---- */

struct mark_body {
    id product_id, variant_id, warehouse_id;
    int64_t low_at;
};
static const struct json_field mark_in_fields[] = {
    JSON_ID(struct mark_body, product_id, .required = true, .at = AT_PATH),
    JSON_ID(struct mark_body, variant_id, .required = true, .at = AT_PATH),
    JSON_ID(struct mark_body, warehouse_id, .required = true),
    JSON_INT(struct mark_body, low_at, .required = true, .min = 0, .max = INVENTORY_QTY_MAX,
        .doc = "low when so many or fewer are available in all warehouses"),
};
static const struct json_shape mark_in =
    JSON_SHAPE("StockMarkInput", struct mark_body, mark_in_fields);

static err before_mark(void *service, struct cx *cx, void *body)
{
    const struct mark_body *in = body;
    return inventory_article(service, cx, in->product_id, in->variant_id);
}

static err put_mark(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct mark_body *in = body;
    struct inventory_level level;
    err e = inventory_low_at_set(service, cx,
        (struct inventory_mark){ .product_id = in->product_id,
            .variant_id = in->variant_id,
            .warehouse_id = in->warehouse_id,
            .low_at = in->low_at },
        &level);
    if (e)
        return e;
    struct level_view *view = NEW(cx->arena, struct level_view);
    *view = level_view_of(level);
    return reply_json(reply, 200, &level_shape, view);
}

static uint64_t mark_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct mark_body *in = body;
    return id_hash(in->variant_id);
}

/* ---- the audit ---- */

static const struct json_field history_in_fields[] = {
    JSON_ID(struct stock_path, product_id, .required = true, .at = AT_PATH),
    JSON_ID(struct stock_path, variant_id, .required = true, .at = AT_PATH),
    JSON_INT(struct stock_path, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct stock_path, page_token, .at = AT_QUERY),
};
static const struct json_shape history_in =
    JSON_SHAPE("StockHistoryQuery", struct stock_path, history_in_fields);

struct movement_view {
    id movement_id, warehouse_id, actor_id;
    str kind, reason, reference;
    int64_t change, before, after, created_at;
};
static const struct json_field movement_fields[] = {
    JSON_ID(struct movement_view, movement_id, .required = true),
    JSON_ID(struct movement_view, warehouse_id, .required = true),
    JSON_STR(struct movement_view, kind, .required = true),
    JSON_INT(struct movement_view, change, .required = true),
    JSON_INT(struct movement_view, before, .required = true),
    JSON_INT(struct movement_view, after, .required = true),
    JSON_STR(struct movement_view, reason),
    JSON_STR(struct movement_view, reference),
    JSON_ID(struct movement_view, actor_id),
    JSON_TIME(struct movement_view, created_at, .required = true),
};
static const struct json_shape movement_shape =
    JSON_SHAPE("StockMovement", struct movement_view, movement_fields);

struct history_view {
    struct movement_view *movements;
    size_t movements_n;
    id next_page_token;
};
static const struct json_field history_fields[] = {
    JSON_LIST(struct history_view, movements, movement_shape, .required = true),
    JSON_ID(struct history_view, next_page_token),
};
static const struct json_shape history_shape =
    JSON_SHAPE("StockHistory", struct history_view, history_fields);

#define HISTORY_LIMIT 20

static err get_movements(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct stock_path *in = body;
    struct inventory_movement *rows;
    struct history_view *view = NEW(cx->arena, struct history_view);
    int64_t limit = in->limit ? in->limit : HISTORY_LIMIT;
    err e = inventory_article(service, cx, in->product_id, in->variant_id);
    if (!e)
        e = inventory_movements(service, cx,
            (struct inventory_history){ .product_id = in->product_id,
                .variant_id = in->variant_id,
                .before = in->page_token,
                .limit = limit },
            &rows, &view->movements_n);
    if (e)
        return e;
    view->movements = NEW_N(cx->arena, view->movements_n, struct movement_view);
    for (size_t i = 0; i < view->movements_n; i++)
        view->movements[i] = (struct movement_view){ .movement_id = rows[i].movement_id,
            .warehouse_id = rows[i].warehouse_id,
            .actor_id = rows[i].actor_id,
            .kind = rows[i].kind,
            .reason = rows[i].reason,
            .reference = rows[i].reference,
            .change = rows[i].change,
            .before = rows[i].before,
            .after = rows[i].after,
            .created_at = rows[i].created_ms };
    if (view->movements_n == (size_t)limit)
        view->next_page_token = rows[view->movements_n - 1].movement_id;
    return reply_json(reply, 200, &history_shape, view);
}

static const problem *const warehouse_problems[] = { &INVENTORY_CODE_TAKEN, NULL };
static const problem *const movement_problems[] = { &INVENTORY_BELOW_ZERO,
    &INVENTORY_WAREHOUSE_UNKNOWN, NULL };
static const problem *const mark_problems[] = { &INVENTORY_WAREHOUSE_UNKNOWN, NULL };
static const problem *const arrival_problems[] = { &INVENTORY_TRANSFER_UNKNOWN,
    &INVENTORY_TRANSFER_OVER, NULL };

#define TRANSFERS_PATH "/api/v1/admin/inventory/transfers"
#define STOCK_PATH "/api/v1/admin/products/{productId}/variants/{variantId}/stock"

const struct route inventory_routes[] = {
    { .method = "GET",
        .path = "/api/v1/admin/warehouses",
        .scope = SCOPE_STOCK,
        .unit = UNIT_READ,
        .out = &warehouse_list_shape,
        .fn = get_warehouses,
        .summary = "List warehouses" },
    { .method = "POST",
        .path = "/api/v1/admin/warehouses",
        .scope = SCOPE_STOCK,
        .unit = UNIT_WRITE,
        .in = &warehouse_in,
        .out = &warehouse_shape,
        .status = 201,
        .fn = post_warehouse,
        .problems = warehouse_problems,
        .summary = "Add a warehouse" },
    { .method = "GET",
        .path = STOCK_PATH,
        .scope = SCOPE_STOCK,
        .unit = UNIT_READ,
        .in = &stock_path_shape,
        .out = &stock_shape,
        .fn = get_stock,
        .summary = "Stock of a variant in every warehouse" },
    { .method = "POST",
        .path = STOCK_PATH "/movements",
        .scope = SCOPE_STOCK,
        .unit = UNIT_WRITE,
        .idempotency = IDEM_REQUIRED,
        .in = &movement_in,
        .out = &level_shape,
        .status = 201,
        .before = before_movement,
        .fn = post_movement,
        .conflict = movement_conflict,
        .problems = movement_problems,
        .summary = "Receive, adjust, count, write off or take back stock" },
    { .method = "GET",
        .path = STOCK_PATH "/movements",
        .scope = SCOPE_STOCK,
        .unit = UNIT_READ,
        .in = &history_in,
        .out = &history_shape,
        .fn = get_movements,
        .summary = "The audit of a variant's stock, newest first" },
    { .method = "PUT",
        .path = STOCK_PATH "/low-mark",
        .scope = SCOPE_STOCK,
        .unit = UNIT_WRITE,
        .in = &mark_in,
        .out = &level_shape,
        .before = before_mark,
        .fn = put_mark,
        .conflict = mark_conflict,
        .problems = mark_problems,
        .summary = "Set when a variant counts as low" },
    { .method = "GET",
        .path = STOCK_PATH "/forecast",
        .scope = SCOPE_STOCK,
        .unit = UNIT_READ,
        .in = &inventory_forecast_in,
        .out = &inventory_forecast_shape,
        .fn = inventory_get_forecast,
        .summary = "How long a variant's stock will last, from its sales" },
    { .method = "GET",
        .path = "/api/v1/admin/inventory/low-stock",
        .priority = PRIORITY_LOW,
        .scope = SCOPE_STOCK,
        .unit = UNIT_READ,
        .in = &inventory_low_in,
        .out = &inventory_low_shape,
        .fn = inventory_get_low,
        .summary = "Variants at or below their low mark, with what to reorder" },
    { .method = "GET",
        .path = TRANSFERS_PATH,
        .scope = SCOPE_STOCK,
        .unit = UNIT_READ,
        .in = &inventory_transfers_in,
        .out = &inventory_transfers_shape,
        .fn = inventory_get_transfers,
        .summary = "Transfers between warehouses, newest first" },
    { .method = "POST",
        .path = TRANSFERS_PATH,
        .scope = SCOPE_STOCK,
        .unit = UNIT_WRITE,
        .idempotency = IDEM_REQUIRED,
        .in = &inventory_send_in,
        .out = &inventory_transfer_shape,
        .status = 201,
        .before = inventory_before_transfer,
        .fn = inventory_post_transfer,
        .conflict = inventory_send_conflict,
        .problems = movement_problems,
        .summary = "Send stock to another warehouse" },
    { .method = "POST",
        .path = TRANSFERS_PATH "/{transferId}/arrivals",
        .scope = SCOPE_STOCK,
        .unit = UNIT_WRITE,
        .idempotency = IDEM_REQUIRED,
        .in = &inventory_arrival_in,
        .out = &inventory_transfer_shape,
        .status = 201,
        .fn = inventory_post_arrival,
        .conflict = inventory_arrival_conflict,
        .problems = arrival_problems,
        .summary = "Receive what was sent, in one part or several" },
    ROUTES_END,
};
