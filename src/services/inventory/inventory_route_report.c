/* SPDX-License-Identifier: Apache-2.0
 * Routes of what is low and how long it will last: decode, call the verbs, encode. Called by the
 * gateway; must never change anything. */
#include "services/inventory/inventory.h"
#include "services/inventory/inventory_routes.h"

#define DAYS_MAX 365
#define WINDOW_FIELDS(S_)                                                                          \
    JSON_INT(S_, days, .at = AT_QUERY, .min = 1, .max = DAYS_MAX,                                  \
        .doc = "of sales looked back on; 30 unless given"),                                        \
        JSON_INT(S_, cover_days, .at = AT_QUERY, .min = 1, .max = DAYS_MAX,                        \
            .doc = "that the stock should last; 30 unless given")

#define WINDOW_DAYS 30

static struct inventory_window window_of(int64_t days, int64_t cover_days)
{
    return (struct inventory_window){ .days = days ? days : WINDOW_DAYS,
        .cover_wanted = cover_days ? cover_days : WINDOW_DAYS };
}

/* ---- one variant ---- */

struct forecast_query {
    id product_id, variant_id;
    int64_t days, cover_days;
};
static const struct json_field forecast_in_fields[] = {
    JSON_ID(struct forecast_query, product_id, .required = true, .at = AT_PATH),
    JSON_ID(struct forecast_query, variant_id, .required = true, .at = AT_PATH),
    WINDOW_FIELDS(struct forecast_query),
};
const struct json_shape inventory_forecast_in =
    JSON_SHAPE("StockForecastQuery", struct forecast_query, forecast_in_fields);

struct forecast_view {
    int64_t available, in_transit, sold, days, days_of_cover, reorder;
    double sold_per_day;
};
static const struct json_field forecast_fields[] = {
    JSON_INT(struct forecast_view, available, .required = true),
    JSON_INT(struct forecast_view, in_transit, .required = true),
    JSON_INT(struct forecast_view, sold, .required = true, .doc = "in the days looked back on"),
    JSON_INT(struct forecast_view, days, .required = true),
    JSON_NUM(struct forecast_view, sold_per_day, .required = true),
    JSON_INT(struct forecast_view, days_of_cover, .required = true,
        .doc = "until it is sold out; at most 3650, so many too when nothing is sold"),
    JSON_INT(struct forecast_view, reorder, .required = true,
        .doc = "units to have as many days of cover as asked for"),
};
const struct json_shape inventory_forecast_shape =
    JSON_SHAPE("StockForecast", struct forecast_view, forecast_fields);

static struct forecast_view forecast_of(struct inventory_forecast f, int64_t days)
{
    return (struct forecast_view){ .available = f.available,
        .in_transit = f.coming,
        .sold = f.sold,
        .days = days,
        .days_of_cover = f.cover_days,
        .reorder = f.reorder,
        .sold_per_day = f.daily };
}

err inventory_get_forecast(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct forecast_query *in = body;
    struct inventory_key key = { in->product_id, in->variant_id };
    struct inventory_window window = window_of(in->days, in->cover_days);
    struct inventory_forecast f;
    err e = inventory_article(service, cx, in->product_id, in->variant_id);
    if (!e)
        e = inventory_forecasts(service, cx, &key, 1, window, &f);
    if (e)
        return e;
    struct forecast_view *view = NEW(cx->arena, struct forecast_view);
    *view = forecast_of(f, window.days);
    return reply_json(reply, 200, &inventory_forecast_shape, view);
}

/* ---- what is low ---- */

struct low_query {
    str page_token;
    int64_t limit, days, cover_days;
};
static const struct json_field low_in_fields[] = {
    JSON_INT(struct low_query, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_STR(struct low_query, page_token, .at = AT_QUERY, .max = 2 * ID_TEXT_N + 1),
    WINDOW_FIELDS(struct low_query),
};
const struct json_shape inventory_low_in =
    JSON_SHAPE("LowStockQuery", struct low_query, low_in_fields);

struct low_view {
    id product_id, variant_id;
    int64_t on_hand, reserved, available, low_at;
    struct forecast_view *forecast;
};
static const struct json_field low_fields[] = {
    JSON_ID(struct low_view, product_id, .required = true),
    JSON_ID(struct low_view, variant_id, .required = true),
    JSON_INT(struct low_view, on_hand, .required = true),
    JSON_INT(struct low_view, reserved, .required = true),
    JSON_INT(struct low_view, available, .required = true),
    JSON_INT(struct low_view, low_at, .required = true),
    JSON_OBJECT(struct low_view, forecast, inventory_forecast_shape, .required = true),
};
static const struct json_shape low_shape = JSON_SHAPE("LowStockItem", struct low_view, low_fields);

struct low_list {
    struct low_view *variants;
    size_t variants_n;
    str next_page_token;
};
static const struct json_field low_list_fields[] = {
    JSON_LIST(struct low_list, variants, low_shape, .required = true),
    JSON_STR(struct low_list, next_page_token),
};
const struct json_shape inventory_low_shape =
    JSON_SHAPE("LowStockList", struct low_list, low_list_fields);

#define LOW_LIMIT 20

/* The key of the last one shown: two ids and what is between them. */
static err key_of(struct cx *cx, str token, struct inventory_key *ret)
{
    *ret = (struct inventory_key){ .product_id = { .b = { 0 } } };
    if (!token.n)
        return NULL;
    bool ok = token.n == 2 * ID_TEXT_N + 1 &&
              id_parse((str){ token.p, ID_TEXT_N }, &ret->product_id) &&
              id_parse((str){ token.p + ID_TEXT_N + 1, ID_TEXT_N }, &ret->variant_id);
    if (ok)
        return NULL;
    cx_field(cx, S("/pageToken"), "invalid", "a token of the page before");
    return FAIL(cx, ERR_INVALID, "page token");
}

err inventory_get_low(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct low_query *in = body;
    struct inventory_key after;
    struct inventory_low *rows;
    size_t n = 0;
    int64_t limit = in->limit ? in->limit : LOW_LIMIT;
    err e = key_of(cx, in->page_token, &after);
    if (!e)
        e = inventory_low_stock(service, cx, after, limit, &rows, &n);
    if (e)
        return e;
    struct inventory_window window = window_of(in->days, in->cover_days);
    struct inventory_key *keys = NEW_N(cx->arena, n, struct inventory_key);
    struct inventory_forecast *forecasts = NEW_N(cx->arena, n, struct inventory_forecast);
    for (size_t i = 0; i < n; i++)
        keys[i] = rows[i].key;
    e = inventory_forecasts(service, cx, keys, n, window, forecasts);
    if (e)
        return e;
    struct low_list *view = NEW(cx->arena, struct low_list);
    view->variants = NEW_N(cx->arena, n, struct low_view);
    view->variants_n = n;
    struct forecast_view *shown = NEW_N(cx->arena, n, struct forecast_view);
    for (size_t i = 0; i < n; i++) {
        shown[i] = forecast_of(forecasts[i], window.days);
        view->variants[i] = (struct low_view){ .product_id = keys[i].product_id,
            .variant_id = keys[i].variant_id,
            .on_hand = rows[i].on_hand,
            .reserved = rows[i].reserved,
            .available = rows[i].available,
            .low_at = rows[i].low_at,
            .forecast = &shown[i] };
    }
    if (n == (size_t)limit)
        view->next_page_token =
            str_fmt(cx->arena, STR_F "." STR_F, STR_A(id_text(cx->arena, keys[n - 1].product_id)),
                STR_A(id_text(cx->arena, keys[n - 1].variant_id)));
    return reply_json(reply, 200, &inventory_low_shape, view);
}
