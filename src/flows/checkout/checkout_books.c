/* SPDX-License-Identifier: Apache-2.0
 * What an order means for the ledger: its sale, composed of its lines and of who paid. Called by
 * the units of sagas; must never book what is not on the order. */
#include "flows/checkout/checkout_internal.h"

static struct ledger_account buyer_of(const struct orders_order *o)
{
    return (
        struct ledger_account){ LEDGER_BUYER, id_is_none(o->user_id) ? o->order_id : o->user_id };
}

static bool one_share(const struct orders_line *a, const struct orders_line *b)
{
    return id_eq(a->seller_id, b->seller_id) && a->commission_bp == b->commission_bp &&
           a->commission_tax_bp == b->commission_tax_bp;
}

/* A seller's lines of one rate are a share: its commission is rounded once. The rates are the
 * order's own, so that a refund works out the same whatever they are by then. */
static size_t shares_of(const struct orders_order *o, struct ledger_share *shares)
{
    size_t n = 0;
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        int64_t goods = 0;
        bool first = true;
        for (size_t k = 0; k < o->lines_n; k++)
            if (one_share(l, &o->lines[k])) {
                first &= k >= i;
                goods += o->lines[k].subtotal.minor;
            }
        if (first)
            shares[n++] =
                ledger_share_of(l->seller_id, goods, l->commission_bp, l->commission_tax_bp);
    }
    return n;
}

static void sale_of(struct cx *cx, const struct orders_order *o, const struct ledger_paid *paid,
    size_t paid_n, struct ledger_sale *ret)
{
    struct ledger_share *shares = NEW_N(cx->arena, o->lines_n, struct ledger_share);
    *ret = (struct ledger_sale){ .shares = shares,
        .shares_n = shares_of(o, shares),
        .tax_minor = o->tax.minor,
        .shipping_minor = o->shipping.minor,
        .discount_minor = o->discount.minor,
        .paid = paid,
        .paid_n = paid_n };
}

err checkout_book_sale(
    struct checkout *c, struct cx *cx, const struct orders_order *o, const struct checkout_state *s)
{
    struct ledger *ledger = c->deps.ledger;
    int64_t owed = o->total.minor - s->amount_minor;
    const struct ledger_paid paid[] = {
        { .account = { .kind = LEDGER_PROVIDER }, .minor = s->amount_minor },
        { .account = buyer_of(o), .minor = owed },
    };
    struct ledger_sale sale;
    struct ledger_entry *entries;
    size_t n = 0;
    sale_of(cx, o, paid, owed ? 2 : 1, &sale);
    err e = ledger_sale(cx, &sale, &entries, &n);
    if (e || n == 0) /* all of it was free */
        return e;
    e = ledger_post(ledger, cx,
        &(struct ledger_posting){ .posting_id = o->order_id,
            .kind = S("sale"),
            .reference = o->order_id,
            .currency = o->total.currency,
            .entries = entries,
            .n = n });
    for (size_t i = 0; !e && i < s->tenders_n; i++)
        e = ledger_hold_post(ledger, cx, s->tenders[i].payment_id, s->tenders[i].minor);
    return e;
}

/* ---- money back ---- */

static struct ledger_account account_of(const struct payments_payment *p)
{
    struct checkout_tender t = { .type = p->method_type };
    if (!str_eq(p->provider, S(CHECKOUT_LEDGER_PROVIDER)))
        return (struct ledger_account){ .kind = LEDGER_PROVIDER };
    bool known = id_parse(p->token, &t.owner);
    ASSERT(known);
    return checkout_tender_account(&t);
}

static bool is_tender(enum ledger_kind kind)
{
    return kind == LEDGER_PROVIDER || kind == LEDGER_WALLET || kind == LEDGER_GIFT_CARD;
}

static int64_t worth(const struct ledger_posting *refund)
{
    int64_t minor = 0;
    for (size_t i = 0; i < refund->n; i++)
        if (is_tender(refund->entries[i].account.kind))
            minor -= refund->entries[i].minor;
    return minor;
}

/* Refunds of an order by their ids, which rise within it (checkout_refund.c): cuts are the same
 * whenever they are made again in that order, and clocks of processes need not agree. */
static size_t refunds_of(struct ledger_posting *postings, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(postings[i].kind, S("refund")))
            continue;
        struct ledger_posting p = postings[i];
        size_t at = kept++;
        for (; at > 0 && id_cmp(p.posting_id, postings[at - 1].posting_id) < 0; at--)
            postings[at] = postings[at - 1];
        postings[at] = p;
    }
    return kept;
}

static err take_off(struct cx *cx, struct ledger_sale *left, const struct ledger_posting *refund)
{
    struct ledger_sale back, rest;
    err e = ledger_cut(cx, left, worth(refund), &back);
    if (!e)
        e = ledger_less(cx, left, &back, &rest);
    if (!e)
        *left = rest;
    return e;
}

err checkout_left_of(struct checkout *c, struct cx *cx, const struct orders_order *o, id refund_id,
    struct checkout_left *ret)
{
    struct payments_payment *payments;
    struct ledger_posting *postings;
    size_t n = 0, kept = 0, postings_n = 0;
    err e = payments_of_order(c->deps.payments, cx, o->order_id, &payments, &n);
    if (!e)
        e = ledger_of(c->deps.ledger, cx, o->order_id, &postings, &postings_n);
    if (e)
        return e;
    struct ledger_paid *paid = NEW_N(cx->arena, n, struct ledger_paid);
    for (size_t i = 0; i < n; i++)
        if (payments[i].captured_minor > 0) {
            payments[kept] = payments[i];
            paid[kept++] =
                (struct ledger_paid){ account_of(&payments[i]), payments[i].captured_minor };
        }
    *ret = (struct checkout_left){ .payments = payments };
    sale_of(cx, o, paid, kept, &ret->sale);
    size_t refunds_n = refunds_of(postings, postings_n);
    for (size_t i = 0; !e && i < refunds_n; i++) {
        ret->booked |= id_eq(postings[i].posting_id, refund_id);
        ret->last_ms = id_ms(postings[i].posting_id);
        e = take_off(cx, &ret->sale, &postings[i]);
    }
    return e;
}

err checkout_book_refund(
    struct checkout *c, struct cx *cx, id order_id, id refund_id, int64_t minor)
{
    struct orders_order o;
    struct checkout_left left;
    struct ledger_sale back;
    struct ledger_entry *entries;
    size_t n = 0;
    err e = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, &o);
    if (!e)
        e = checkout_left_of(c, cx, &o, refund_id, &left);
    if (e || left.booked)
        return e;
    e = ledger_cut(cx, &left.sale, minor, &back);
    if (!e)
        e = ledger_refund(cx, &back, &entries, &n);
    if (e)
        return e;
    return ledger_post(c->deps.ledger, cx,
        &(struct ledger_posting){ .posting_id = refund_id,
            .kind = S("refund"),
            .reference = order_id,
            .currency = o.total.currency,
            .entries = entries,
            .n = n });
}
