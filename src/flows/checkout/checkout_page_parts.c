/* SPDX-License-Identifier: Apache-2.0
 * What several pages of the checkout show: addresses, sums, lines, cards. Called by its page files;
 * must never show an order to anyone but its owner. */
#include "flows/checkout/checkout_pages.h"
#include "platform/secret/secret.h"

str checkout_order_path(struct arena *arena, id order_id, const char *rest)
{
    return str_fmt(arena, "/orders/" STR_F "%s", STR_A(id_text(arena, order_id)), rest);
}

const struct address_view *checkout_address_lines(
    struct arena *arena, const struct orders_address *a)
{
    return web_address_lines(arena, (struct web_address){ a->name, a->line1, a->line2, a->city,
                                        a->region, a->postal_code, a->country, a->phone });
}

const struct summary_view *checkout_summary(
    struct arena *arena, const struct checkout_sums *sums, str note)
{
    struct summary_row_view *rows = NEW_N(arena, 5 + sums->tenders_n, struct summary_row_view);
    size_t n = 0;
    rows[n++] = (struct summary_row_view){ S("Items"), web_money(arena, sums->subtotal), false };
    rows[n++] = (struct summary_row_view){ S("Delivery"),
        sums->shipping.minor ? web_money(arena, sums->shipping) : S("Free"), false };
    bool taxed = sums->tax.currency.code[0] != 0;
    rows[n++] = (struct summary_row_view){ S("Tax"),
        taxed ? web_money(arena, sums->tax) : S("from the address"), false };
    if (sums->discount.minor)
        rows[n++] = (struct summary_row_view){ S("Discount"),
            str_cat(arena, S("\xE2\x88\x92"), web_money(arena, sums->discount)), true };
    str label = taxed ? (str){ 0 } : S("Total before tax");
    money left = sums->total;
    if (sums->tenders_n)
        rows[n++] = (struct summary_row_view){ label.n ? label : S("Total"),
            web_money(arena, sums->total), false };
    for (size_t i = 0; i < sums->tenders_n; i++) {
        const struct checkout_tender *t = &sums->tenders[i];
        money part = money_of(t->minor, left.currency);
        left.minor -= t->minor;
        rows[n++] =
            (struct summary_row_view){ str_eq(t->type, S("wallet")) ? S("Wallet") : S("Gift card"),
                str_cat(arena, S("\xE2\x88\x92"), web_money(arena, part)), false };
    }
    if (sums->tenders_n)
        label = S("By card");
    struct summary_view *v = NEW(arena, struct summary_view);
    *v = (struct summary_view){ .total_label = label,
        .total = web_money(arena, left),
        .note = note,
        .rows = rows,
        .rows_n = n };
    return v;
}

struct order_line_view checkout_line_view(struct arena *arena, const struct orders_line *line)
{
    return (struct order_line_view){ .href = str_fmt(arena, "/p/" STR_F "?v=" STR_F,
                                         STR_A(id_text(arena, line->product_id)),
                                         STR_A(id_text(arena, line->variant_id))),
        .title = line->title,
        .variant = line->variant_text,
        .quantity = web_number(arena, line->quantity),
        .each = line->quantity == 1 ? (str){ 0 }
                                    : str_cat(arena, web_money(arena, line->price), S(" each")),
        .price = web_money(arena, line->subtotal),
        .picture = line->picture.n ? web_picture(arena, line->picture, line->title, false) : NULL };
}

struct order_line_view checkout_bought_view(
    struct arena *arena, const struct orders_order *o, const struct orders_line *line)
{
    struct order_line_view view = checkout_line_view(arena, line);
    bool bought = o->status == ORDERS_CONFIRMED || o->status == ORDERS_PROCESSING ||
                  o->status == ORDERS_SHIPPED || o->status == ORDERS_DELIVERED;

    if (bought && !id_is_none(o->user_id)) /* guests have no name to sign with */
        view.review =
            str_fmt(arena, "/p/" STR_F "/review", STR_A(id_text(arena, line->product_id)));
    return view;
}

str checkout_card_name(struct arena *arena, str brand, str last4)
{
    if (!brand.n)
        return (str){ 0 };
    char first = brand.p[0];
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    return str_fmt(
        arena, "%c" STR_F " ending in " STR_F, first, STR_A(str_skip(brand, 1)), STR_A(last4));
}

str checkout_card_text(struct arena *arena, const struct payments_payment *payment)
{
    return checkout_card_name(arena, payment->brand, payment->last4);
}

err checkout_see(struct checkout *c, struct cx *cx, id order_id, struct checkout_seen *ret)
{
    struct payments_payment *payments;
    size_t n;
    struct checkout_seen seen = { 0 };
    err e = orders_get(c->deps.orders, cx, checkout_owner_of(cx), order_id, &seen.order);
    if (!e)
        e = payments_of_order(c->deps.payments, cx, order_id, &payments, &n);
    if (e)
        return e;
    const struct payments_payment *paid = checkout_by_provider(payments, n);
    if (paid || n)
        seen.payment = paid ? *paid : payments[0];
    seen.payments = payments;
    seen.payments_n = n;
    for (size_t i = 0; i < n; i++)
        seen.refunded_minor += payments[i].refunded_minor;
    *ret = seen;
    return NULL;
}

str checkout_form_key(struct cx *cx)
{
    return secret_token(cx->arena, 24);
}

struct idem_claim checkout_form_claim(
    struct cx *cx, const struct checkout_order_in *in, const char *route, str asked)
{
    str print = str_fmt(cx->arena, STR_F "\n%d\n" STR_F, STR_A(id_text(cx->arena, in->order_id)),
        (int)in->fulfilment_group, STR_A(asked));
    return (struct idem_claim){ .principal = checkout_principal(cx),
        .method = S("POST"),
        .route = str_from_c(route),
        .key = in->key,
        .fingerprint = secret_sha256_hex(cx->arena, print) };
}
