/* SPDX-License-Identifier: Apache-2.0
 * What the cart comes to: prices, what promotions take off, tax and delivery; and the codes that a
 * buyer enters. Called by basket.c and the routes; must never count a limit: that is the order's.
 */
#include "flows/basket/basket_internal.h"

/* The lines that have a price, for pricing and for promotions, and where they stand in the cart. */
struct bill {
    struct pricing_line *lines;
    struct promotions_line *offers;
    size_t *at;
    size_t n;
};

static struct bill bill_of(struct cx *cx, const struct basket_state *s)
{
    struct bill b = { .lines = NEW_N(cx->arena, s->lines_n, struct pricing_line),
        .offers = NEW_N(cx->arena, s->lines_n, struct promotions_line),
        .at = NEW_N(cx->arena, s->lines_n, size_t) };
    for (size_t i = 0; i < s->lines_n; i++) {
        const struct basket_line *l = &s->lines[i];
        if (!basket_priced(l))
            continue;
        b.at[b.n] = i;
        b.offers[b.n] = (struct promotions_line){ .product_id = l->item.product_id,
            .variant_id = l->item.variant_id,
            .seller_id = l->product.seller_id,
            .category_path = l->product.category_path,
            .brand = l->product.brand,
            .quantity = l->item.quantity,
            .price_minor = l->price.price.minor };
        b.lines[b.n++] = (struct pricing_line){ .product_id = l->item.product_id,
            .variant_id = l->item.variant_id,
            .quantity = l->item.quantity,
            .weight_g = l->variant->weight_g,
            .prime = l->product.prime,
            .price = l->price.price,
            .list = l->price.list };
    }
    return b;
}

/* A guest may be anybody: whether it is their first order is told at the checkout. */
static err first_order(void *arg, struct cx *cx, bool *ret)
{
    struct basket *b = arg;
    if (!id_is_none(cx->who.user_id))
        return orders_first(b->deps.orders, cx, cx->who.user_id, ret);
    *ret = true;
    return NULL;
}

static err take_off(struct basket *b, struct cx *cx, struct basket_state *s, struct bill *bill,
    int64_t shipping_minor)
{
    struct promotions_basket in = { .lines = bill->offers,
        .lines_n = bill->n,
        .buyer = { .user_id = cx->who.user_id, .first_order = first_order, .first_order_arg = b },
        .codes = s->cart.codes,
        .codes_n = s->cart.codes_n,
        .shipping_minor = shipping_minor };
    err e = promotions_evaluate(b->deps.promotions, cx, &in, &s->off);
    for (size_t i = 0; !e && i < bill->n; i++) {
        struct basket_line *l = &s->lines[bill->at[i]];
        bill->lines[i].discount = s->off.lines[i].discount;
        l->discount = money_of(s->off.lines[i].discount, l->subtotal.currency);
        l->deal_units = s->off.lines[i].deal_units;
        if (l->deal_units)
            l->deal_price = money_of(s->off.lines[i].deal_minor, l->subtotal.currency);
    }
    return e;
}

err basket_sum(struct basket *b, struct cx *cx, struct basket_state *s)
{
    money zero = money_of(0, pricing_currency(b->deps.pricing));
    s->sums = (struct basket_sums){ zero, zero, zero, zero, zero, zero };
    struct bill bill = bill_of(cx, s);
    struct pricing_wish wish = { .speed = PRICING_STANDARD, .filled = true };
    struct pricing_quote q;
    err e = pricing_quote_wish(b->deps.pricing, cx, bill.lines, bill.n, &wish, &q);
    if (!e)
        e = take_off(b, cx, s, &bill, q.shipping.minor);
    if (e)
        return e;
    wish.shipping_discount = s->off.shipping_discount;
    e = pricing_quote_wish(b->deps.pricing, cx, bill.lines, bill.n, &wish, &q);
    if (e || bill.n == 0)
        return e;
    s->sums = (struct basket_sums){ q.subtotal, q.tax, q.shipping, q.discount, q.total, q.savings };
    s->free_shipping = q.free_shipping;
    return NULL;
}

const struct promotions_refusal *basket_refusal(const struct basket_state *s, str code)
{
    for (size_t i = 0; i < s->off.refused_n; i++)
        if (str_eq_nocase(s->off.refused[i].code, str_trim(code)))
            return &s->off.refused[i];
    return NULL;
}

str basket_words(const struct basket_state *s, str code)
{
    for (size_t i = 0; i < s->off.uses_n; i++)
        if (str_eq_nocase(s->off.uses[i].code, str_trim(code)))
            return s->off.uses[i].text;
    return (str){ 0 };
}

err basket_code_add(struct basket *b, struct cx *cx, struct cart_owner owner, str code,
    str *ret_token, struct basket_state *ret)
{
    str token = { 0 };
    err e = cart_code_add(b->deps.cart, cx, owner, code, &token);
    if (e)
        return e;
    if (token.n)
        owner.token = token;
    e = basket_look(b, cx, owner, ret);
    if (e)
        return e;
    *ret_token = token;
    return NULL;
}

err basket_refuse(struct cx *cx, const struct promotions_refusal *why)
{
    const char *code = why->problem->code;
    cx_field(cx, S("/code"), code, STR_F, STR_A(why->text));
    return cx_fail(cx, why->problem, __FILE__, "code " STR_F, STR_A(why->code));
}
