/* SPDX-License-Identifier: Apache-2.0
 * What an order means for the ledger: its sale, composed of its lines and of who paid. Called by
 * the units of sagas; must never book what is not on the order. */
#include "flows/checkout/checkout_internal.h"

/* Who ordered: a guest may have become a user since, and whose order it is changes with that. */
struct ledger_account checkout_buyer_account(id order_id, const struct checkout_state *s)
{
    return (struct ledger_account){ LEDGER_BUYER, id_is_none(s->user_id) ? order_id : s->user_id };
}

static bool one_share(const struct orders_line *a, const struct orders_line *b)
{
    return id_eq(a->seller_id, b->seller_id) && a->commission_bp == b->commission_bp &&
           a->commission_tax_bp == b->commission_tax_bp && a->group == b->group;
}

/* A seller's lines of one rate are a share: its commission is rounded once. The rates are the
 * order's own, so that a refund works out the same whatever they are by then. */
static size_t shares_of(const struct orders_order *o, size_t group, struct ledger_share *shares)
{
    size_t n = 0;
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        int64_t goods = 0;
        bool first = l->group == group;
        for (size_t k = 0; first && k < o->lines_n; k++)
            if (one_share(l, &o->lines[k])) {
                first = k >= i;
                goods += o->lines[k].subtotal.minor;
            }
        if (first)
            shares[n++] =
                ledger_share_of(l->seller_id, goods, l->commission_bp, l->commission_tax_bp);
    }
    return n;
}

/* A group's part of the order; of one group, all of it. */
static struct ledger_sale part_of(struct cx *cx, const struct orders_order *o, size_t group)
{
    struct ledger_share *shares = NEW_N(cx->arena, o->lines_n, struct ledger_share);
    struct ledger_sale part = { .shares = shares, .shares_n = shares_of(o, group, shares) };
    if (o->groups_n <= 1) {
        part.tax_minor = o->tax.minor;
        part.shipping_minor = o->shipping.minor;
        part.discount_minor = o->discount.minor;
        return part;
    }
    part.shipping_minor = o->groups[group].shipping.minor;
    part.discount_minor = o->groups[group].shipping_off.minor;
    for (size_t i = 0; i < o->lines_n; i++)
        if (o->lines[i].group == group) {
            part.tax_minor += o->lines[i].tax.minor;
            part.discount_minor += o->lines[i].discount.minor;
        }
    return part;
}

/* Who paid which part of which group: of what is not given to one yet, in proportion, so that rows
 * and columns both sum to the whole. */
static void share_paid(struct cx *cx, const struct ledger_paid *paid, size_t n,
    struct ledger_sale *parts, size_t parts_n)
{
    int64_t *left = NEW_N(cx->arena, n, int64_t), *taken = NEW_N(cx->arena, n, int64_t);
    for (size_t i = 0; i < n; i++)
        left[i] = paid[i].minor;
    for (size_t p = 0; p < parts_n; p++) {
        struct ledger_paid *own = NEW_N(cx->arena, n, struct ledger_paid);
        if (p + 1 < parts_n && n)
            money_split(ledger_total(&parts[p]), left, n, taken);
        for (size_t i = 0; i < n; i++) {
            own[i] = (struct ledger_paid){ paid[i].account, p + 1 < parts_n ? taken[i] : left[i] };
            left[i] -= own[i].minor;
        }
        parts[p].paid = own;
        parts[p].paid_n = n;
    }
}

/* The order's sale, group by group. */
static struct ledger_sale *parts_of(struct cx *cx, const struct orders_order *o,
    const struct ledger_paid *paid, size_t paid_n, size_t *ret_n)
{
    size_t n = o->groups_n ? o->groups_n : 1;
    struct ledger_sale *parts = NEW_N(cx->arena, n, struct ledger_sale);
    for (size_t g = 0; g < n; g++)
        parts[g] = part_of(cx, o, g);
    share_paid(cx, paid, paid_n, parts, n);
    *ret_n = n;
    return parts;
}

static struct ledger_sale sum_of(struct cx *cx, const struct ledger_sale *parts, size_t n)
{
    size_t shares_n = 0, paid_n = n ? parts[0].paid_n : 0;
    for (size_t p = 0; p < n; p++)
        shares_n += parts[p].shares_n;
    struct ledger_share *shares = NEW_N(cx->arena, shares_n, struct ledger_share);
    struct ledger_paid *paid = NEW_N(cx->arena, paid_n, struct ledger_paid);
    struct ledger_sale sum = { .shares = shares, .paid = paid, .paid_n = paid_n };
    for (size_t p = 0; p < n; p++) {
        for (size_t i = 0; i < parts[p].shares_n; i++)
            shares[sum.shares_n++] = parts[p].shares[i];
        for (size_t i = 0; i < paid_n; i++)
            paid[i] = (struct ledger_paid){ parts[p].paid[i].account,
                paid[i].minor + parts[p].paid[i].minor };
        sum.tax_minor += parts[p].tax_minor;
        sum.shipping_minor += parts[p].shipping_minor;
        sum.discount_minor += parts[p].discount_minor;
    }
    return sum;
}

err checkout_book_sale(
    struct checkout *c, struct cx *cx, const struct orders_order *o, const struct checkout_state *s)
{
    struct ledger *ledger = c->deps.ledger;
    int64_t owed = o->total.minor - s->amount_minor;
    const struct ledger_paid paid[] = {
        { .account = { .kind = LEDGER_PROVIDER }, .minor = s->amount_minor },
        { .account = checkout_buyer_account(o->order_id, s), .minor = owed },
    };
    struct ledger_entry *entries;
    size_t n = 0, parts_n;
    const struct ledger_sale *parts = parts_of(cx, o, paid, owed ? 2 : 1, &parts_n);
    struct ledger_sale sale = sum_of(cx, parts, parts_n);
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

static err account_of(struct cx *cx, const struct payments_payment *p, struct ledger_account *ret)
{
    struct checkout_tender t = { .type = p->method_type };
    *ret = (struct ledger_account){ .kind = LEDGER_PROVIDER };
    if (!str_eq(p->provider, S(CHECKOUT_LEDGER_PROVIDER)))
        return NULL;
    if (!id_parse(p->token, &t.owner))
        return FAIL(cx, ERR_BUG, "a tender without its account");
    *ret = checkout_tender_account(&t);
    return NULL;
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

static struct ledger_sale nothing_of(struct cx *cx, const struct ledger_sale *sale)
{
    struct ledger_share *shares = NEW_N(cx->arena, sale->shares_n, struct ledger_share);
    struct ledger_paid *paid = NEW_N(cx->arena, sale->paid_n, struct ledger_paid);
    for (size_t i = 0; i < sale->shares_n; i++)
        shares[i] = (struct ledger_share){ .seller = sale->shares[i].seller };
    for (size_t i = 0; i < sale->paid_n; i++)
        paid[i] = (struct ledger_paid){ .account = sale->paid[i].account };
    return (struct ledger_sale){
        .shares = shares, .shares_n = sale->shares_n, .paid = paid, .paid_n = sale->paid_n
    };
}

int64_t checkout_left_minor(const struct checkout_left *left, int64_t part)
{
    int64_t minor = 0;
    for (size_t p = 0; p < left->parts_n; p++)
        if (part == 0 || (size_t)part == p + 1)
            minor += ledger_total(&left->parts[p]);
    return minor;
}

/* What a refund takes of each group. All that is left takes what is worth nothing along: goods that
 * were given away are the seller's no more either. */
static err cut_parts(struct cx *cx, const struct checkout_left *left, int64_t part, int64_t minor,
    struct ledger_sale *backs)
{
    int64_t *weights = NEW_N(cx->arena, left->parts_n, int64_t);
    int64_t *worths = NEW_N(cx->arena, left->parts_n, int64_t);
    bool all = minor == checkout_left_minor(left, part);
    err e = NULL;
    for (size_t p = 0; p < left->parts_n; p++)
        weights[p] = part == 0 || (size_t)part == p + 1 ? ledger_total(&left->parts[p]) : 0;
    money_split(minor, weights, left->parts_n, worths);
    for (size_t p = 0; !e && p < left->parts_n; p++) {
        bool named = part == 0 || (size_t)part == p + 1;
        if (all && named)
            backs[p] = left->parts[p];
        else if (worths[p] == 0)
            backs[p] = nothing_of(cx, &left->parts[p]);
        else
            e = ledger_cut(cx, &left->parts[p], worths[p], &backs[p]);
    }
    return e;
}

err checkout_cut(struct cx *cx, const struct checkout_left *left, int64_t part, int64_t minor,
    struct ledger_sale *ret)
{
    struct ledger_sale *backs = NEW_N(cx->arena, left->parts_n, struct ledger_sale);
    err e = cut_parts(cx, left, part, minor, backs);
    if (!e)
        *ret = sum_of(cx, backs, left->parts_n);
    return e;
}

/* Whose money the refund gave back: 0 is all the order's. */
static int64_t part_refunded(const struct orders_order *o, id refund_id)
{
    for (size_t g = 0; g < o->groups_n; g++)
        if (id_eq(o->groups[g].refund_id, refund_id))
            return (int64_t)g + 1;
    return 0;
}

static err take_off(struct cx *cx, const struct orders_order *o, struct checkout_left *left,
    const struct ledger_posting *refund)
{
    struct ledger_sale *backs = NEW_N(cx->arena, left->parts_n, struct ledger_sale);
    int64_t part = part_refunded(o, refund->posting_id);
    err e = cut_parts(cx, left, part, worth(refund), backs);
    for (size_t p = 0; !e && p < left->parts_n; p++) {
        struct ledger_sale rest;
        e = ledger_less(cx, &left->parts[p], &backs[p], &rest);
        if (!e)
            left->parts[p] = rest;
    }
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
    int64_t paid_minor = 0;
    for (size_t i = 0; !e && i < n; i++)
        if (payments[i].captured_minor > 0) {
            payments[kept] = payments[i];
            paid_minor += payments[i].captured_minor;
            paid[kept].minor = payments[i].captured_minor;
            e = account_of(cx, &payments[i], &paid[kept++].account);
        }
    if (e)
        return e;
    *ret = (struct checkout_left){ .payments = payments, .paid_minor = paid_minor };
    ret->parts = parts_of(cx, o, paid, kept, &ret->parts_n);
    size_t refunds_n = refunds_of(postings, postings_n);
    for (size_t i = 0; !e && i < refunds_n; i++) {
        ret->booked |= id_eq(postings[i].posting_id, refund_id);
        ret->last_ms = id_ms(postings[i].posting_id);
        e = take_off(cx, o, ret, &postings[i]);
    }
    return e;
}

err checkout_book_refund(struct checkout *c, struct cx *cx, id order_id, struct checkout_back in)
{
    struct orders_order o;
    struct checkout_left left;
    struct ledger_sale back;
    struct ledger_entry *entries;
    size_t n = 0;
    err e = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, &o);
    if (!e)
        e = checkout_left_of(c, cx, &o, in.refund_id, &left);
    if (e || left.booked)
        return e;
    e = checkout_cut(cx, &left, in.part, in.minor, &back);
    if (!e)
        e = ledger_refund(cx, &back, &entries, &n);
    if (e || n == 0) /* all of it was free */
        return e;
    return ledger_post(c->deps.ledger, cx,
        &(struct ledger_posting){ .posting_id = in.refund_id,
            .kind = S("refund"),
            .reference = order_id,
            .currency = o.total.currency,
            .entries = entries,
            .n = n });
}
