/* SPDX-License-Identifier: Apache-2.0
 * Routes of prices for staff: decode, call one verb, encode. Called by the gateway; must never
 * decide anything. */
#include "services/pricing/pricing_routes.h"

#include "services/pricing/pricing.h"

#define PRICES_MAX 100 /* variants of a product */

/* ---- out ---- */

struct price_view {
    id variant_id;
    money price, list_price;
};
static const struct json_field price_fields[] = {
    JSON_ID(struct price_view, variant_id, .required = true),
    JSON_MONEY(struct price_view, price, .required = true),
    JSON_MONEY(struct price_view, list_price, .required = true,
        .doc = "Equal to the price when there is no reduction"),
};
static const struct json_shape price_shape =
    JSON_SHAPE("VariantPrice", struct price_view, price_fields);

struct prices_view {
    id product_id;
    str currency;
    struct price_view *prices;
    size_t prices_n;
};
static const struct json_field prices_fields[] = {
    JSON_ID(struct prices_view, product_id, .required = true),
    JSON_STR(struct prices_view, currency, .required = true, .doc = "ISO 4217"),
    JSON_LIST(struct prices_view, prices, price_shape, .required = true, .max = PRICES_MAX),
};
static const struct json_shape prices_shape =
    JSON_SHAPE("ProductPrices", struct prices_view, prices_fields);

static err reply_prices(struct pricing *p, struct cx *cx, id product_id, struct reply *reply)
{
    struct pricing_price *list;
    struct prices_view *view = NEW(cx->arena, struct prices_view);
    err e = pricing_of_product(p, cx, product_id, &list, &view->prices_n);
    if (e)
        return e;
    currency c = pricing_currency(p);
    view->product_id = product_id;
    view->currency = str_dup(cx->arena, currency_str(&c));
    view->prices = NEW_N(cx->arena, view->prices_n, struct price_view);
    for (size_t i = 0; i < view->prices_n; i++)
        view->prices[i] = (struct price_view){
            .variant_id = list[i].variant_id, .price = list[i].price, .list_price = list[i].list
        };
    return reply_json(reply, 200, &prices_shape, view);
}

/* ---- in ---- */

struct price_body {
    id variant_id;
    str price, list_price;
};
static const struct json_field price_in_fields[] = {
    JSON_ID(struct price_body, variant_id, .required = true),
    JSON_AMOUNT(struct price_body, price, .required = true),
    JSON_AMOUNT(struct price_body, list_price, .doc = "Absent: no reduction"),
};
static const struct json_shape price_in =
    JSON_SHAPE("VariantPriceInput", struct price_body, price_in_fields);

struct prices_body {
    id product_id;
    struct price_body *prices;
    size_t prices_n;
};
static const struct json_field prices_path_fields[] = {
    JSON_ID(struct prices_body, product_id, .required = true, .at = AT_PATH),
};
static const struct json_shape prices_path =
    JSON_SHAPE("ProductPricesPath", struct prices_body, prices_path_fields);
static const struct json_field prices_in_fields[] = {
    JSON_ID(struct prices_body, product_id, .required = true, .at = AT_PATH),
    JSON_LIST(struct prices_body, prices, price_in, .required = true, .min = 1, .max = PRICES_MAX),
};
static const struct json_shape prices_in =
    JSON_SHAPE("ProductPricesInput", struct prices_body, prices_in_fields);

/* Text to money; absent is money without a currency. */
static err amount_of(struct cx *cx, str text, currency c, size_t i, const char *member, money *ret)
{
    *ret = (money){ 0 };
    if (!text.p || money_parse(text, c, ret))
        return NULL;
    cx_field(cx, str_fmt(cx->arena, "/prices/%zu/%s", i, member), "bad_amount",
        "must be an amount with at most %d decimals", currency_decimals(c));
    return FAIL(cx, ERR_INVALID, "prices[%zu].%s", i, member);
}

static err get_prices(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct prices_body *in = body;
    return reply_prices(service, cx, in->product_id, reply);
}

static err put_prices(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct prices_body *in = body;
    currency c = pricing_currency(service);
    struct pricing_price *list = NEW_N(cx->arena, in->prices_n, struct pricing_price);
    for (size_t i = 0; i < in->prices_n; i++) {
        list[i] = (struct pricing_price){ .product_id = in->product_id,
            .variant_id = in->prices[i].variant_id };
        err e = amount_of(cx, in->prices[i].price, c, i, "price", &list[i].price);
        if (!e)
            e = amount_of(cx, in->prices[i].list_price, c, i, "listPrice", &list[i].list);
        if (e)
            return e;
    }
    err e = pricing_set(service, cx, (struct pricing_change){ .prices = list, .n = in->prices_n });
    if (e)
        return e;
    return reply_prices(service, cx, in->product_id, reply);
}

static uint64_t prices_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct prices_body *in = body;
    return id_hash(in->product_id);
}

#define PRICES_PATH "/api/v1/admin/products/{productId}/prices"

const struct route pricing_routes[] = {
    { .method = "GET",
        .path = PRICES_PATH,
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .in = &prices_path,
        .out = &prices_shape,
        .fn = get_prices,
        .summary = "Prices of a product's variants" },
    { .method = "PUT",
        .path = PRICES_PATH,
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &prices_in,
        .out = &prices_shape,
        .fn = put_prices,
        .conflict = prices_conflict,
        .summary = "Set prices of a product's variants" },
    ROUTES_END,
};
