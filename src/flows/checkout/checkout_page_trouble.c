/* SPDX-License-Identifier: Apache-2.0
 * What the buying page says when an order was refused: a table of problems, and the errors at the
 * fields. Called by checkout_page_form.c; must never say more than the buyer can act on. */
#include "flows/checkout/checkout_pages.h"

#define NOT_CHARGED "Nothing was charged, and the cart is as it was."

static const struct row {
    err e;
    int status;
    const char *kind, *title, *text, *link, *href;
} rows[] = {
    { &ERR_INVALID, 422, "bad", "Some details need another look", NULL, NULL, NULL },
    { &PAYMENTS_DECLINED, 402, "bad", "The payment was declined", NOT_CHARGED, "Pay another way",
        "#payment" },
    { &CHECKOUT_REFUSED, 402, "bad", "This order cannot be accepted", NOT_CHARGED, NULL, NULL },
    { &INVENTORY_OUT_OF_STOCK, 409, "warn", "There is not enough left of something",
        "Change the quantity in the cart.", "To the cart", "/cart" },
    { &INVENTORY_RESERVATION_GONE, 409, "warn", "The bank took too long",
        "The order was cancelled and any payment goes back. Order again if you like.", NULL, NULL },
    { &CHECKOUT_PRICE_CHANGED, 409, "warn", "A price has changed",
        "The new sum is in the summary. Place the order again if it suits you.", NULL, NULL },
    { &CHECKOUT_PAYMENT_TYPE, 422, "bad", "Choose how to pay", NULL, "Ways to pay", "#payment" },
    { &PRICING_SPEED_UNKNOWN, 422, "warn", "That delivery is not offered to this address",
        "Choose another one.", "Delivery", "#delivery" },
    { &PAYMENTS_GIFT_CARD_BAD, 422, "bad", "There is no such gift card", NOT_CHARGED, "Gift card",
        "#f-giftCard" },
    { &PAYMENTS_GIFT_CARD_OVER, 422, "bad", "The gift card has expired", NOT_CHARGED, "Gift card",
        "#f-giftCard" },
    { &CHECKOUT_GIFT_EMPTY, 422, "bad", "Nothing is left on the gift card", NOT_CHARGED,
        "Gift card", "#f-giftCard" },
    { &LEDGER_BALANCE_LOW, 409, "warn", "A gift card or the wallet has less than it had",
        NOT_CHARGED, "Payment", "#payment" },
    { &CART_TAKEN, 409, "warn", "Another order of this cart is on its way",
        "Look there first: this one was not placed, and nothing was charged.", "Your orders",
        "/orders" },
    { &PROMOTIONS_EXHAUSTED, 409, "warn", "A coupon has just run out",
        "The new sum is in the summary. Place the order again if it suits you.", NULL, NULL },
    { &IDEM_REUSED, 409, "warn", "This form was sent before",
        "Nothing happened this time. Look at it again, then place the order.", NULL, NULL },
};

static const struct row *row_of(err e)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].e == e)
            return &rows[i];
    return NULL;
}

/* The last segment of "/shippingAddress/postalCode" names the field of the form. */
static str fault_name(const struct field_error *f)
{
    str rest = f->pointer, name = { 0 };
    while (rest.p)
        name = str_cut(&rest, '/');
    return name;
}

void checkout_trouble_mark(
    struct cx *cx, const struct checkout_trouble *t, struct field_view *fields, size_t n)
{
    for (const struct field_error *f = t->faults; f; f = f->next) {
        struct field_view *field = web_field(fields, n, fault_name(f));
        if (!field || field->error.n)
            continue;
        bool empty = str_eq(str_from_c(f->code), S("required"));
        field->error = str_fmt(cx->arena, STR_F ": " STR_F, STR_A(field->label),
            STR_A(empty ? S("needed") : f->detail));
    }
}

/* The sum alone is another than the one that was seen: tax and delivery came with the address. */
static bool only_the_sum(const struct checkout_trouble *t)
{
    return t->e == &CHECKOUT_PRICE_CHANGED && t->faults && !t->faults->next &&
           str_eq(t->faults->pointer, S("/expectedTotal"));
}

const struct alert_view *checkout_trouble_alert(
    struct cx *cx, const struct checkout_trouble *t, const struct field_view *fields, size_t n)
{
    const struct row *row = row_of(t->e);
    if (!row)
        return NULL;
    struct alert_view *v = NEW(cx->arena, struct alert_view);
    *v = (struct alert_view){ .kind = str_from_c(row->kind),
        .title = str_from_c(row->title),
        .text = str_from_c(row->text) };
    if (only_the_sum(t)) {
        v->title = S("The sum is complete now");
        v->text =
            S("It has the tax and the delivery of this address. Place the order if it suits "
              "you; nothing was charged yet.");
    }
    if (t->text.n)
        v->text = str_fmt(cx->arena, STR_F " " NOT_CHARGED, STR_A(t->text));
    struct link_view *links;
    v->links_n = web_field_errors(cx->arena, fields, n, &links);
    if (!v->links_n && row->link) {
        links = NEW(cx->arena, struct link_view);
        *links = (struct link_view){ str_from_c(row->link), str_from_c(row->href) };
        v->links_n = 1;
    }
    if (!v->links_n && !v->text.n && t->faults)
        v->text = t->faults->detail;
    v->links = links;
    return v;
}

int checkout_trouble_status(err e)
{
    const struct row *row = row_of(e);
    return row ? row->status : 0;
}
