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
    return orders_first(b->c->deps.orders, cx, b->user_id, ret);
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

/* ---- each address by itself: its own tax, its own parcel ---- */

static void add_up(struct pricing_quote *sum, const struct pricing_quote *q, bool first)
{
    if (first) {
        *sum = *q;
        return;
    }
    sum->subtotal = money_add(sum->subtotal, q->subtotal);
    sum->tax = money_add(sum->tax, q->tax);
    sum->shipping = money_add(sum->shipping, q->shipping);
    sum->discount = money_add(sum->discount, q->discount);
    sum->shipping_discount = money_add(sum->shipping_discount, q->shipping_discount);
    sum->savings = money_add(sum->savings, q->savings);
    sum->total = money_add(sum->total, q->total);
    sum->free_shipping &= q->free_shipping;
    if (q->delivery_from_ms < sum->delivery_from_ms)
        sum->delivery_from_ms = q->delivery_from_ms;
    if (q->delivery_to_ms > sum->delivery_to_ms)
        sum->delivery_to_ms = q->delivery_to_ms;
}

/* A part's lines count from 0; what is told of them names the request's. */
static void name_lines(struct cx *cx, const size_t *at, size_t n)
{
    for (struct field_error *f = cx->fields; f; f = f->next) {
        str rest = f->pointer;
        int64_t i;
        if (!str_starts(rest, S("/items/")))
            continue;
        rest = str_skip(rest, 7);
        str number = str_cut(&rest, '/');
        if (str_to_i64(number, &i) && i >= 0 && (size_t)i < n)
            f->pointer =
                str_fmt(cx->arena, "/items/%zu%s" STR_F, at[i], rest.p ? "/" : "", STR_A(rest));
    }
}

static err quote_place(struct checkout *c, struct cx *cx, struct checkout_lines *l, size_t place,
    const struct pricing_wish *wish)
{
    struct pricing_line *lines = NEW_N(cx->arena, l->n, struct pricing_line);
    size_t *at = NEW_N(cx->arena, l->n, size_t), n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (l->to[i] == place) {
            at[n] = i;
            lines[n++] = l->lines[i];
        }
    err e = pricing_quote_wish(c->deps.pricing, cx, lines, n, wish, &l->parts[place]);
    if (e)
        name_lines(cx, at, n);
    for (size_t i = 0; !e && i < n; i++)
        l->lines[at[i]] = lines[i];
    return e;
}

/* Tax, delivery and the days it takes go by address; the sums are the order's. `off`: of delivery,
 * by address. */
static err quote(struct checkout *c, struct cx *cx, struct checkout_lines *l,
    const struct checkout_terms *terms, const int64_t *off, struct pricing_quote *ret)
{
    struct pricing_quote sum = { .subtotal = { 0 } };
    err e = NULL;
    for (size_t p = 0; !e && p < terms->places_n; p++) {
        const struct pricing_wish wish = { .place = terms->places[p],
            .speed = terms->speed,
            .filled = true,
            .shipping_discount = off[p] };
        e = terms->places_n == 1
                ? pricing_quote_wish(c->deps.pricing, cx, l->lines, l->n, &wish, &l->parts[p])
                : quote_place(c, cx, l, p, &wish);
        if (!e)
            add_up(&sum, &l->parts[p], p == 0);
        if (!e && (sum.subtotal.minor > MONEY_MINOR_MAX || sum.total.minor > MONEY_MINOR_MAX)) {
            cx_field(cx, S("/items"), "too_large", "cost more than one order can");
            e = FAIL(cx, ERR_INVALID, "too much for one order");
        }
    }
    if (!e)
        *ret = sum;
    return e;
}

err checkout_price(struct checkout *c, struct cx *cx, struct checkout_lines *l,
    const struct checkout_terms *terms, struct pricing_quote *ret,
    struct promotions_result *ret_off)
{
    ASSERT(terms->places_n > 0);
    int64_t *off = NEW_N(cx->arena, terms->places_n, int64_t);
    int64_t *fees = NEW_N(cx->arena, terms->places_n, int64_t);
    l->parts = NEW_N(cx->arena, terms->places_n, struct pricing_quote);
    *ret_off = (struct promotions_result){ 0 };
    err e = pricing_fill(c->deps.pricing, cx, l->lines, l->n);
    if (!e)
        e = quote(c, cx, l, terms, off, ret);
    if (e || !c->deps.promotions)
        return e;
    e = take_off(c, cx, l, terms, ret->shipping.minor, ret_off);
    if (e || ret_off->discount == 0)
        return e;
    for (size_t i = 0; i < l->n; i++)
        l->lines[i].discount = ret_off->lines[i].discount;
    for (size_t p = 0; p < terms->places_n; p++)
        fees[p] = l->parts[p].shipping.minor;
    int64_t most = ret->shipping.minor;
    if (ret_off->shipping_discount) /* at most the fees, so no part is more than its own */
        money_split(ret_off->shipping_discount < most ? ret_off->shipping_discount : most, fees,
            terms->places_n, off);
    return quote(c, cx, l, terms, off, ret);
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
