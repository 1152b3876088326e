/* SPDX-License-Identifier: Apache-2.0
 * What a set of lines costs a buyer: prices, promotions, delivery, tax. Called for the page and for
 * the order, so that both say the same; reads only, must never write. */
#include "flows/checkout/checkout_internal.h"

struct buyer {
    struct checkout *c;
    id user_id;
};

static err first_order(void *arg, struct cx *cx, bool *ret)
{
    const struct buyer *b = arg;
    int64_t n = 0;
    err e = orders_count(b->c->deps.orders, cx, b->user_id, &n);
    *ret = n == 0;
    return e;
}

static err take_off(struct checkout *c, struct cx *cx, const struct checkout_lines *l,
    const struct checkout_terms *terms, int64_t shipping_minor, struct promotions_result *ret)
{
    struct promotions_line *lines = NEW_N(cx->arena, l->n, struct promotions_line);
    for (size_t i = 0; i < l->n; i++) {
        const struct catalog_product *p = &l->products[i];
        lines[i] = (struct promotions_line){ .product_id = p->product_id,
            .variant_id = l->variant_ids[i],
            .seller_id = p->seller_id,
            .category_path = p->category_path,
            .brand = p->brand,
            .quantity = l->lines[i].quantity,
            .price_minor = l->lines[i].price.minor };
    }
    struct buyer *buyer = NEW(cx->arena, struct buyer);
    *buyer = (struct buyer){ c, cx->who.user_id };
    bool known = !id_is_none(buyer->user_id);
    return promotions_evaluate(c->deps.promotions, cx,
        &(struct promotions_basket){ .lines = lines,
            .lines_n = l->n,
            .buyer = { .user_id = buyer->user_id,
                .email = known ? (str){ 0 } : terms->email,
                .first_order = known ? first_order : NULL,
                .first_order_arg = buyer },
            .codes = terms->coupons,
            .codes_n = terms->coupons_n,
            .shipping_minor = shipping_minor },
        ret);
}

err checkout_price(struct checkout *c, struct cx *cx, struct checkout_lines *l,
    const struct checkout_terms *terms, struct pricing_quote *ret,
    struct promotions_result *ret_off)
{
    struct pricing *pricing = c->deps.pricing;
    struct pricing_wish wish = { .place = terms->place, .speed = terms->speed, .filled = true };
    *ret_off = (struct promotions_result){ 0 };
    err e = pricing_fill(pricing, cx, l->lines, l->n);
    if (!e)
        e = pricing_quote_wish(pricing, cx, l->lines, l->n, &wish, ret);
    if (e || !c->deps.promotions)
        return e;
    e = take_off(c, cx, l, terms, ret->shipping.minor, ret_off);
    if (e || ret_off->discount == 0)
        return e;
    for (size_t i = 0; i < l->n; i++)
        l->lines[i].discount = ret_off->lines[i].discount;
    wish.shipping_discount = ret_off->shipping_discount;
    return pricing_quote_wish(pricing, cx, l->lines, l->n, &wish, ret);
}

/* ---- what the order keeps of it ---- */

struct kept {
    id promotion_id;
    str code, name, text;
    money amount;
};
static const struct json_field kept_fields[] = {
    JSON_ID(struct kept, promotion_id, .required = true),
    JSON_STR(struct kept, code),
    JSON_STR(struct kept, name, .required = true),
    JSON_STR(struct kept, text, .required = true),
    JSON_MONEY(struct kept, amount, .required = true),
};
const struct json_shape checkout_promotion_shape =
    JSON_SHAPE("OrderPromotion", struct kept, kept_fields);

str checkout_promotions_text(struct cx *cx, const struct promotions_result *off, currency cur)
{
    if (!off->uses_n)
        return (str){ 0 };
    struct buf out = { .arena = cx->arena };
    buf_char(&out, '[');
    for (size_t i = 0; i < off->uses_n; i++) {
        const struct promotions_use *u = &off->uses[i];
        struct kept k = { u->promotion_id, u->code, u->name, u->text, money_of(u->minor, cur) };
        if (i)
            buf_char(&out, ',');
        json_encode(&out, &checkout_promotion_shape, &k, false);
    }
    buf_char(&out, ']');
    return buf_str(&out);
}
