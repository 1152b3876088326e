/* SPDX-License-Identifier: Apache-2.0
 * The API of the cart. Called by the gateway; must answer with today's facts, never with those of
 * the moment of adding. */
#include "flows/basket/basket_internal.h"
#include "platform/http/if_match.h"
#include "platform/http/route.h"

/* ---- the cart as JSON ---- */

struct product_json {
    id product_id;
    str title, brand, thumbnail;
};
static const struct json_field product_fields[] = {
    JSON_ID(struct product_json, product_id, .required = true),
    JSON_STR(struct product_json, title, .required = true),
    JSON_STR(struct product_json, brand),
    JSON_STR(struct product_json, thumbnail),
};
static const struct json_shape product_shape =
    JSON_SHAPE("CartProduct", struct product_json, product_fields);

struct variant_json {
    id variant_id;
    str sku;
    struct json_map attributes;
};
static const struct json_field variant_fields[] = {
    JSON_ID(struct variant_json, variant_id, .required = true),
    JSON_STR(struct variant_json, sku),
    JSON_MAP(struct variant_json, attributes, .required = true),
};
static const struct json_shape variant_shape =
    JSON_SHAPE("CartVariant", struct variant_json, variant_fields);

struct item_json {
    id cart_item_id;
    struct product_json *product;
    struct variant_json *variant;
    int64_t quantity, stock;
    money price, subtotal, price_added, discount, deal_price;
    int64_t deal_quantity;
    bool available, price_changed;
};
static const struct json_field item_fields[] = {
    JSON_ID(struct item_json, cart_item_id, .required = true),
    JSON_OBJECT(struct item_json, product, product_shape, .required = true),
    JSON_OBJECT(struct item_json, variant, variant_shape, .required = true),
    JSON_INT(struct item_json, quantity, .required = true),
    JSON_MONEY(struct item_json, price, .doc = "of one, today; absent when it is not on sale"),
    JSON_MONEY(struct item_json, subtotal),
    JSON_MONEY(struct item_json, discount, .doc = "what offers take off the subtotal"),
    JSON_MONEY(struct item_json, deal_price, .doc = "of one, for dealQuantity of them"),
    JSON_INT(struct item_json, deal_quantity, .zero_out = true),
    JSON_MONEY(struct item_json, price_added, .required = true),
    JSON_BOOL(struct item_json, price_changed, .required = true),
    JSON_BOOL(struct item_json, available, .required = true),
    JSON_INT(struct item_json, stock, .required = true),
};
static const struct json_shape item_shape = JSON_SHAPE("CartItem", struct item_json, item_fields);

struct discount_json {
    id promotion_id;
    str code, name, text;
    money amount;
};
static const struct json_field discount_fields[] = {
    JSON_ID(struct discount_json, promotion_id, .required = true),
    JSON_STR(struct discount_json, code, .doc = "absent: automatic"),
    JSON_STR(struct discount_json, name, .required = true),
    JSON_STR(struct discount_json, text, .required = true, .doc = "\"10% off\""),
    JSON_MONEY(struct discount_json, amount, .required = true),
};
static const struct json_shape discount_shape =
    JSON_SHAPE("CartDiscount", struct discount_json, discount_fields);

struct coupon_json {
    str code, reason, text;
    bool applied;
};
static const struct json_field coupon_fields[] = {
    JSON_STR(struct coupon_json, code, .required = true),
    JSON_BOOL(struct coupon_json, applied, .required = true),
    JSON_STR(struct coupon_json, reason, .doc = "coupon_expired and so on, when it does nothing"),
    JSON_STR(struct coupon_json, text, .doc = "the same for people"),
};
static const struct json_shape coupon_shape =
    JSON_SHAPE("CartCoupon", struct coupon_json, coupon_fields);

struct cart_json {
    id cart_id, cart_item_id;
    str cart_token, currency;
    struct item_json *items;
    struct discount_json *discounts;
    struct coupon_json *coupons;
    size_t items_n, discounts_n, coupons_n;
    money subtotal, tax, shipping, discount, total, savings;
    int64_t count;
};
static const struct json_field cart_fields[] = {
    JSON_ID(struct cart_json, cart_id),
    JSON_STR(struct cart_json, cart_token, .doc = "a new guest's: send it back as X-Cart-Token"),
    JSON_ID(struct cart_json, cart_item_id, .doc = "the line that was added to"),
    JSON_LIST(struct cart_json, items, item_shape, .required = true),
    JSON_INT(struct cart_json, count, .required = true),
    JSON_MONEY(struct cart_json, subtotal, .required = true),
    JSON_MONEY(struct cart_json, tax, .required = true),
    JSON_MONEY(struct cart_json, shipping, .required = true),
    JSON_MONEY(struct cart_json, discount, .required = true,
        .doc = "off the lines and off delivery: total = subtotal + tax + shipping - discount"),
    JSON_MONEY(struct cart_json, total, .required = true),
    JSON_MONEY(struct cart_json, savings, .required = true),
    JSON_LIST(struct cart_json, discounts, discount_shape, .required = true),
    JSON_LIST(struct cart_json, coupons, coupon_shape, .required = true),
    JSON_STR(struct cart_json, currency, .required = true),
};
static const struct json_shape cart_shape = JSON_SHAPE("Cart", struct cart_json, cart_fields);

static struct json_map options_of(struct cx *cx, const struct catalog_variant *v)
{
    size_t n = v ? v->options_n : 0;
    struct json_map_entry *entries = NEW_N(cx->arena, n, struct json_map_entry);
    for (size_t i = 0; i < n; i++)
        entries[i] =
            (struct json_map_entry){ .key = v->options[i].name, .value = v->options[i].value };
    return (struct json_map){ .entries = entries, .n = n };
}

static void fill_item(struct cx *cx, const struct basket_line *l, struct item_json *v)
{
    *v = (struct item_json){ .cart_item_id = l->item.cart_item_id,
        .product = NEW(cx->arena, struct product_json),
        .variant = NEW(cx->arena, struct variant_json),
        .quantity = l->item.quantity,
        .stock = l->stock,
        .price = l->price.price,
        .subtotal = l->subtotal,
        .price_added = l->item.price_added,
        .deal_price = l->deal_price,
        .deal_quantity = l->deal_units,
        .available = l->available };
    if (l->discount.minor > 0)
        v->discount = l->discount;
    v->price_changed =
        l->price.price.currency.code[0] && l->price.price.minor != l->item.price_added.minor;
    *v->product = (struct product_json){ .product_id = l->item.product_id,
        .title = l->product.title.p ? l->product.title : S("No longer on sale"),
        .brand = l->product.brand };
    *v->variant = (struct variant_json){ .variant_id = l->item.variant_id,
        .attributes = options_of(cx, l->variant) };
    if (!l->variant)
        return;
    v->product->thumbnail = catalog_picture_path(cx->arena, &l->product, l->variant, 0);
    v->variant->sku = l->variant->sku;
}

static void fill_discounts(struct cx *cx, const struct basket_state *s, struct cart_json *v)
{
    v->discounts_n = s->off.uses_n;
    v->discounts = NEW_N(cx->arena, v->discounts_n, struct discount_json);
    for (size_t i = 0; i < v->discounts_n; i++)
        v->discounts[i] = (struct discount_json){ .promotion_id = s->off.uses[i].promotion_id,
            .code = s->off.uses[i].code,
            .name = s->off.uses[i].name,
            .text = s->off.uses[i].text,
            .amount = money_of(s->off.uses[i].minor, s->sums.total.currency) };
    v->coupons_n = s->cart.codes_n;
    v->coupons = NEW_N(cx->arena, v->coupons_n, struct coupon_json);
    for (size_t i = 0; i < v->coupons_n; i++) {
        const struct promotions_refusal *why = basket_refusal(s, s->cart.codes[i]);
        v->coupons[i] = (struct coupon_json){ .code = s->cart.codes[i], .applied = !why };
        if (why) {
            v->coupons[i].reason = str_from_c(why->problem->code);
            v->coupons[i].text = why->text;
        }
    }
}

static struct cart_json *cart_json_of(struct cx *cx, const struct basket_state *s)
{
    struct cart_json *v = NEW(cx->arena, struct cart_json);
    *v = (struct cart_json){ .cart_id = s->cart.cart_id,
        .items = NEW_N(cx->arena, s->lines_n, struct item_json),
        .items_n = s->lines_n,
        .count = s->units,
        .subtotal = s->sums.subtotal,
        .tax = s->sums.tax,
        .shipping = s->sums.shipping,
        .discount = s->sums.discount,
        .total = s->sums.total,
        .savings = s->sums.savings };
    v->currency = str_dup(cx->arena, currency_str(&s->sums.total.currency));
    for (size_t i = 0; i < s->lines_n; i++)
        fill_item(cx, &s->lines[i], &v->items[i]);
    fill_discounts(cx, s, v);
    return v;
}

static err reply_cart(
    struct basket *b, struct cx *cx, struct cart_owner owner, struct reply *reply, int status)
{
    struct basket_state s;
    err e = basket_look(b, cx, owner, &s);
    if (e)
        return e;
    reply->version = s.cart.version;
    return reply_json(reply, status, &cart_shape, cart_json_of(cx, &s));
}

/* ---- routes ---- */

static err get_cart(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    return reply_cart(service, cx, cart_owner_of(cx), reply, 200);
}

struct item_body {
    id product_id, variant_id, item_id;
    int64_t quantity;
    str if_match;
};
/* A new guest's token, in the body and as a cookie. */
static void hand_out(struct reply *reply, struct cart_json *v, str token)
{
    v->cart_token = token;
    if (token.n)
        reply_add_cookie(
            reply, (struct reply_cookie){
                       .name = S("souk_cart"), .value = token, .max_age_s = CART_GUEST_MS / 1000 });
}

static const struct json_field add_fields[] = {
    JSON_ID(struct item_body, product_id, .required = true),
    JSON_ID(struct item_body, variant_id),
    JSON_INT(struct item_body, quantity, .required = true, .min = 1, .max = CART_QUANTITY_MAX),
    IF_MATCH_FIELD(struct item_body),
};
static const struct json_shape add_shape =
    JSON_SHAPE("CartItemInput", struct item_body, add_fields);

static err post_item(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct item_body *in = body;
    struct cart_item item;
    str token = { 0 };
    err e = basket_add(service, cx,
        (struct basket_add){ .product_id = in->product_id,
            .variant_id = in->variant_id,
            .quantity = in->quantity,
            .if_match = in->if_match },
        &item, &token);
    if (e)
        return e;
    struct cart_owner owner = cart_owner_of(cx);
    if (token.n)
        owner.token = token;
    struct basket_state s;
    e = basket_look(service, cx, owner, &s);
    if (e)
        return e;
    struct cart_json *v = cart_json_of(cx, &s);
    v->cart_item_id = item.cart_item_id;
    reply->version = s.cart.version;
    hand_out(reply, v, token);
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_n"),
                                .value = str_from_i64(cx->arena, s.units),
                                .max_age_s = CART_GUEST_MS / 1000,
                                .readable = true });
    reply_add_header(reply, S("Location"), S("/api/v1/cart")); /* a line is read there */
    return reply_json(reply, 201, &cart_shape, v);
}

static const struct json_field put_fields[] = {
    JSON_ID(struct item_body, item_id, .at = AT_PATH, .required = true),
    JSON_INT(struct item_body, quantity, .required = true, .min = 1, .max = CART_QUANTITY_MAX),
    IF_MATCH_FIELD(struct item_body),
};
static const struct json_shape put_shape =
    JSON_SHAPE("CartItemChange", struct item_body, put_fields);
static const struct json_field delete_fields[] = {
    JSON_ID(struct item_body, item_id, .at = AT_PATH, .required = true),
    IF_MATCH_FIELD(struct item_body),
};
static const struct json_shape delete_shape =
    JSON_SHAPE("CartItemPath", struct item_body, delete_fields);

/* Who changes it, and what of it they have seen. */
static struct cart_owner changer_of(struct cx *cx, str if_match)
{
    struct cart_owner owner = cart_owner_of(cx);
    owner.if_match = if_match;
    return owner;
}

static err put_item(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct basket *b = service;
    const struct item_body *in = body;
    err e = cart_set(b->deps.cart, cx, changer_of(cx, in->if_match), in->item_id, in->quantity);
    return e ? e : reply_cart(b, cx, cart_owner_of(cx), reply, 200);
}

static err delete_item(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct basket *b = service;
    const struct item_body *in = body;
    err e = cart_set(b->deps.cart, cx, changer_of(cx, in->if_match), in->item_id, 0);
    return e ? e : reply_empty(reply, 204);
}

/* ---- codes ---- */

struct code_body {
    str code, if_match;
};
static const struct json_field code_fields[] = {
    JSON_STR(struct code_body, code, .required = true, .min = 1, .max = CART_CODE_MAX),
    IF_MATCH_FIELD(struct code_body),
};
static const struct json_shape code_shape =
    JSON_SHAPE("CartCouponInput", struct code_body, code_fields);
static const struct json_field code_path_fields[] = {
    JSON_STR(
        struct code_body, code, .at = AT_PATH, .required = true, .min = 1, .max = CART_CODE_MAX),
    IF_MATCH_FIELD(struct code_body),
};
static const struct json_shape code_path_shape =
    JSON_SHAPE("CartCouponPath", struct code_body, code_path_fields);

/* A code that does nothing is refused, and not kept: the unit is undone. */
static err post_coupon(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct code_body *in = body;
    struct basket_state s;
    str token;
    err e = basket_code_add(service, cx, changer_of(cx, in->if_match), in->code, &token, &s);
    if (e)
        return e;
    const struct promotions_refusal *why = basket_refusal(&s, in->code);
    if (why)
        return basket_refuse(cx, why);
    struct cart_json *v = cart_json_of(cx, &s);
    reply->version = s.cart.version;
    hand_out(reply, v, token);
    return reply_json(reply, 201, &cart_shape, v);
}

static err delete_coupon(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct basket *b = service;
    const struct code_body *in = body;
    err e = cart_code_remove(b->deps.cart, cx, changer_of(cx, in->if_match), in->code);
    return e ? e : reply_empty(reply, 204);
}

/* Changes of one cart never run side by side. */
static uint64_t owner_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_is_none(cx->who.user_id) ? str_hash(cx->who.cart_token) : id_hash(cx->who.user_id);
}

static const problem *const add_problems[] = { &BASKET_UNAVAILABLE, &CATALOG_PRODUCT_GONE,
    &INVENTORY_OUT_OF_STOCK, &CART_FULL, &CART_QUANTITY, &CART_STALE, NULL };
static const problem *const coupon_problems[] = { &PROMOTIONS_UNKNOWN, &PROMOTIONS_EXPIRED,
    &PROMOTIONS_EXHAUSTED, &PROMOTIONS_NOT_APPLICABLE, &CART_CODES_FULL, &CART_STALE, NULL };
static const problem *const stale_problems[] = { &CART_STALE, NULL };
static const problem *const set_problems[] = { &CART_ITEM_UNKNOWN, &CART_QUANTITY, &CART_STALE,
    NULL };

const struct route basket_routes[] = {
    { .method = "GET",
        .path = "/api/v1/cart",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .out = &cart_shape,
        .fn = get_cart,
        .summary = "The cart of the caller" },
    { .method = "POST",
        .path = "/api/v1/cart/items",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &add_shape,
        .out = &cart_shape,
        .status = 201,
        .problems = add_problems,
        .fn = post_item,
        .conflict = owner_conflict,
        .summary = "Put an article into the cart" },
    { .method = "PUT",
        .path = "/api/v1/cart/items/{itemId}",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &put_shape,
        .out = &cart_shape,
        .problems = set_problems,
        .fn = put_item,
        .conflict = owner_conflict,
        .summary = "Change how many" },
    { .method = "DELETE",
        .path = "/api/v1/cart/items/{itemId}",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &delete_shape,
        .status = 204,
        .problems = set_problems,
        .fn = delete_item,
        .conflict = owner_conflict,
        .summary = "Take a line out" },
    { .method = "POST",
        .path = "/api/v1/cart/coupons",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .limit = LIMIT_LOGIN,
        .in = &code_shape,
        .out = &cart_shape,
        .status = 201,
        .problems = coupon_problems,
        .fn = post_coupon,
        .conflict = owner_conflict,
        .summary = "Enter a coupon code" },
    { .method = "DELETE",
        .path = "/api/v1/cart/coupons/{code}",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &code_path_shape,
        .status = 204,
        .problems = stale_problems,
        .fn = delete_coupon,
        .conflict = owner_conflict,
        .summary = "Take a coupon code out" },
    ROUTES_END,
};
