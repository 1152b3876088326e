/* SPDX-License-Identifier: Apache-2.0
 * Routes of prices for staff: pricing keeps them, the catalogue knows whose variants they are.
 * Called by the gateway; must never set a price that nothing on sale can have. */
#include "flows/assortment/assortment_internal.h"

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
const struct json_shape assortment_prices_shape =
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
    return reply_json(reply, 200, &assortment_prices_shape, view);
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
const struct json_shape assortment_prices_path =
    JSON_SHAPE("ProductPricesPath", struct prices_body, prices_path_fields);
static const struct json_field prices_in_fields[] = {
    JSON_ID(struct prices_body, product_id, .required = true, .at = AT_PATH),
    JSON_LIST(struct prices_body, prices, price_in, .required = true, .min = 1, .max = PRICES_MAX),
};
const struct json_shape assortment_prices_in =
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

err assortment_get_prices(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct assortment *a = service;
    const struct prices_body *in = body;
    return reply_prices(a->deps.pricing, cx, in->product_id, reply);
}

static bool has_variant(const struct catalog_product *p, id variant_id)
{
    for (size_t i = 0; i < p->variants_n; i++)
        if (id_eq(p->variants[i].variant_id, variant_id))
            return true;
    return false;
}

/* A variant of another product would have a price that nobody pays. */
static err check_variants(struct assortment *a, struct cx *cx, const struct prices_body *in)
{
    struct catalog_product product;
    size_t strange = 0;
    err e = catalog_products(a->deps.catalog, cx,
        (struct catalog_wanted){ .product_ids = &in->product_id, .n = 1, .unpublished_too = true },
        &product);
    if (e)
        return e;
    if (id_is_none(product.product_id))
        return FAIL(cx, CATALOG_PRODUCT_GONE, "prices of an unknown product");
    for (size_t i = 0; i < in->prices_n; i++)
        if (!has_variant(&product, in->prices[i].variant_id)) {
            cx_field(cx, str_fmt(cx->arena, "/prices/%zu/variantId", i), "variant_unknown",
                "is no variant of this product");
            strange++;
        }
    return strange ? FAIL(cx, ERR_INVALID, "%zu variants of other products", strange) : NULL;
}

err assortment_put_prices(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct assortment *a = service;
    const struct prices_body *in = body;
    currency c = pricing_currency(a->deps.pricing);
    struct pricing_price *list = NEW_N(cx->arena, in->prices_n, struct pricing_price);
    err e = check_variants(a, cx, in);
    for (size_t i = 0; !e && i < in->prices_n; i++) {
        list[i] = (struct pricing_price){ .product_id = in->product_id,
            .variant_id = in->prices[i].variant_id };
        e = amount_of(cx, in->prices[i].price, c, i, "price", &list[i].price);
        if (!e)
            e = amount_of(cx, in->prices[i].list_price, c, i, "listPrice", &list[i].list);
    }
    if (!e)
        e = pricing_set(
            a->deps.pricing, cx, (struct pricing_change){ .prices = list, .n = in->prices_n });
    return e ? e : reply_prices(a->deps.pricing, cx, in->product_id, reply);
}

uint64_t assortment_prices_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct prices_body *in = body;
    return id_hash(in->product_id);
}
