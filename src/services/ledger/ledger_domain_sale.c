/* SPDX-License-Identifier: Apache-2.0
 * Sums of an order to entries, and the part of them that a refund takes back. Called by flows that
 * sell and give back; must never do I/O or read a clock. */
#include <inttypes.h>
#include <string.h>

#include "services/ledger/ledger_domain.h"

/* part / whole of amount, half up; part <= whole. Of nothing: nothing. */
static int64_t proportion(int64_t amount, int64_t part, int64_t whole)
{
    ASSERT(part >= 0 && part <= whole && amount >= 0);
    if (whole == 0)
        return 0;
    return (int64_t)(((__int128)amount * part * 2 + whole) / ((__int128)whole * 2));
}

struct ledger_share ledger_share_of(
    id seller, int64_t goods_minor, int64_t commission_bp, int64_t commission_tax_bp)
{
    ASSERT(goods_minor >= 0 && commission_bp >= 0 && commission_tax_bp >= 0);
    money goods = { .minor = goods_minor };
    money commission = money_basis_points(goods, id_is_none(seller) ? 0 : commission_bp);
    return (struct ledger_share){ .seller = seller,
        .goods_minor = goods_minor,
        .commission_minor = commission.minor,
        .commission_tax_minor = money_basis_points(commission, commission_tax_bp).minor };
}

struct ledger_share ledger_share_part(const struct ledger_share *left, int64_t goods_minor)
{
    int64_t whole = left->goods_minor;
    return (struct ledger_share){ .seller = left->seller,
        .goods_minor = goods_minor,
        .commission_minor = proportion(left->commission_minor, goods_minor, whole),
        .commission_tax_minor = proportion(left->commission_tax_minor, goods_minor, whole) };
}

static int64_t goods_of(const struct ledger_sale *sale)
{
    int64_t sum = 0;
    for (size_t i = 0; i < sale->shares_n; i++)
        sum += sale->shares[i].goods_minor;
    return sum;
}

int64_t ledger_total(const struct ledger_sale *sale)
{
    return goods_of(sale) + sale->tax_minor + sale->shipping_minor - sale->discount_minor;
}

/* ---- what the caller must have got right ---- */

static err check_share(struct cx *cx, const struct ledger_share *share)
{
    if (share->goods_minor < 0 || share->goods_minor > MONEY_MINOR_MAX ||
        share->commission_minor < 0 || share->commission_tax_minor < 0)
        return FAIL(cx, ERR_BUG, "a share out of bounds");
    if (id_is_none(share->seller) && (share->commission_minor || share->commission_tax_minor))
        return FAIL(cx, ERR_BUG, "the shop pays itself a commission");
    return NULL;
}

static err check_sale(struct cx *cx, const struct ledger_sale *sale)
{
    if (sale->shares_n > LEDGER_SHARES_MAX || sale->paid_n > LEDGER_PAID_MAX)
        return FAIL(cx, ERR_BUG, "%zu shares, %zu methods", sale->shares_n, sale->paid_n);
    for (size_t i = 0; i < sale->shares_n; i++) {
        err e = check_share(cx, &sale->shares[i]);
        if (e)
            return e;
    }
    if (sale->tax_minor < 0 || sale->shipping_minor < 0 || sale->discount_minor < 0)
        return FAIL(cx, ERR_BUG, "a negative sum");
    int64_t paid = 0, total = ledger_total(sale);
    for (size_t i = 0; i < sale->paid_n; i++) {
        if (sale->paid[i].minor < 0)
            return FAIL(cx, ERR_BUG, "a negative payment");
        paid += sale->paid[i].minor;
    }
    if (paid != total)
        return FAIL(cx, ERR_BUG, "paid %" PRId64 " of %" PRId64, paid, total);
    return NULL;
}

/* ---- entries ---- */

struct entries {
    struct ledger_entry *list;
    size_t n;
    int64_t sign; /* 1 a sale, -1 its reverse */
};

static void add(struct entries *to, enum ledger_kind kind, id owner, int64_t minor)
{
    struct ledger_entry entry = { { kind, owner }, minor * to->sign };
    for (size_t i = 0; i < to->n; i++)
        if (ledger_domain_same(to->list[i].account, entry.account)) {
            to->list[i].minor += entry.minor;
            return;
        }
    ASSERT(to->n < LEDGER_ENTRIES_MAX);
    to->list[to->n++] = entry;
}

static void add_share(struct entries *to, const struct ledger_share *share)
{
    const id shop = { { 0 } };
    if (id_is_none(share->seller)) {
        add(to, to->sign > 0 ? LEDGER_SALES : LEDGER_REFUND, shop, -share->goods_minor);
        return;
    }
    int64_t fee = share->commission_minor + share->commission_tax_minor;
    add(to, LEDGER_SELLER, share->seller, fee - share->goods_minor);
    add(to, LEDGER_COMMISSION, shop, -share->commission_minor);
    add(to, LEDGER_COMMISSION_TAX, shop, -share->commission_tax_minor);
}

static size_t without_zeros(struct ledger_entry *list, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].minor != 0)
            list[kept++] = list[i];
    return kept;
}

static err entries_of(struct cx *cx, const struct ledger_sale *in, int64_t sign,
    struct ledger_entry **ret, size_t *ret_n)
{
    err e = check_sale(cx, in);
    if (e)
        return e;
    const id shop = { { 0 } };
    size_t most = in->paid_n + 3 * in->shares_n + 3;
    struct entries to = { .list = NEW_N(cx->arena, most, struct ledger_entry), .sign = sign };
    for (size_t i = 0; i < in->paid_n; i++)
        add(&to, in->paid[i].account.kind, in->paid[i].account.owner, in->paid[i].minor);
    add(&to, LEDGER_DISCOUNT, shop, in->discount_minor);
    for (size_t i = 0; i < in->shares_n; i++)
        add_share(&to, &in->shares[i]);
    add(&to, LEDGER_TAX, shop, -in->tax_minor);
    add(&to, LEDGER_SHIPPING, shop, -in->shipping_minor);
    *ret = to.list;
    *ret_n = without_zeros(to.list, to.n);
    return NULL;
}

err ledger_sale(
    struct cx *cx, const struct ledger_sale *in, struct ledger_entry **ret, size_t *ret_n)
{
    return entries_of(cx, in, 1, ret, ret_n);
}

err ledger_refund(
    struct cx *cx, const struct ledger_sale *back, struct ledger_entry **ret, size_t *ret_n)
{
    return entries_of(cx, back, -1, ret, ret_n);
}

/* ---- parts ---- */

/* What comes back of goods, tax and shipping together: the money, and its part of the discount. No
 * part is more than what is left of it, because `minor` is not more than what is left of all. */
err ledger_cut(
    struct cx *cx, const struct ledger_sale *left, int64_t minor, struct ledger_sale *ret)
{
    err e = check_sale(cx, left);
    if (e)
        return e;
    int64_t total = ledger_total(left);
    if (minor < 1 || minor > total)
        return FAIL(cx, ERR_BUG, "%" PRId64 " of %" PRId64 " that are left", minor, total);
    size_t n = left->shares_n;
    int64_t *weights = NEW_N(cx->arena, n + 2 + left->paid_n, int64_t);
    int64_t *parts = NEW_N(cx->arena, n + 2 + left->paid_n, int64_t);
    for (size_t i = 0; i < n; i++)
        weights[i] = left->shares[i].goods_minor;
    weights[n] = left->tax_minor;
    weights[n + 1] = left->shipping_minor;
    int64_t discount = proportion(left->discount_minor, minor, total);
    money_split(minor + discount, weights, n + 2, parts);
    struct ledger_share *shares = NEW_N(cx->arena, n, struct ledger_share);
    for (size_t i = 0; i < n; i++)
        shares[i] = ledger_share_part(&left->shares[i], parts[i]);
    struct ledger_sale cut = { .shares = shares,
        .shares_n = n,
        .tax_minor = parts[n],
        .shipping_minor = parts[n + 1],
        .discount_minor = discount,
        .paid_n = left->paid_n };
    for (size_t i = 0; i < left->paid_n; i++)
        weights[i] = left->paid[i].minor;
    money_split(minor, weights, left->paid_n, parts);
    struct ledger_paid *paid = NEW_N(cx->arena, left->paid_n, struct ledger_paid);
    for (size_t i = 0; i < left->paid_n; i++)
        paid[i] = (struct ledger_paid){ left->paid[i].account, parts[i] };
    cut.paid = paid;
    *ret = cut;
    return NULL;
}

err ledger_less(struct cx *cx, const struct ledger_sale *left, const struct ledger_sale *back,
    struct ledger_sale *ret)
{
    if (left->shares_n != back->shares_n || left->paid_n != back->paid_n)
        return FAIL(cx, ERR_BUG, "parts of two different sales");
    struct ledger_share *shares = NEW_N(cx->arena, left->shares_n, struct ledger_share);
    for (size_t i = 0; i < left->shares_n; i++) {
        const struct ledger_share *a = &left->shares[i], *b = &back->shares[i];
        if (!id_eq(a->seller, b->seller))
            return FAIL(cx, ERR_BUG, "shares in another order");
        shares[i] = (struct ledger_share){ .seller = a->seller,
            .goods_minor = a->goods_minor - b->goods_minor,
            .commission_minor = a->commission_minor - b->commission_minor,
            .commission_tax_minor = a->commission_tax_minor - b->commission_tax_minor };
    }
    struct ledger_paid *paid = NEW_N(cx->arena, left->paid_n, struct ledger_paid);
    for (size_t i = 0; i < left->paid_n; i++) {
        if (!ledger_domain_same(left->paid[i].account, back->paid[i].account))
            return FAIL(cx, ERR_BUG, "methods in another order");
        paid[i] = (struct ledger_paid){ left->paid[i].account,
            left->paid[i].minor - back->paid[i].minor };
    }
    struct ledger_sale rest = { .shares = shares,
        .shares_n = left->shares_n,
        .tax_minor = left->tax_minor - back->tax_minor,
        .shipping_minor = left->shipping_minor - back->shipping_minor,
        .discount_minor = left->discount_minor - back->discount_minor,
        .paid = paid,
        .paid_n = left->paid_n };
    err e = check_sale(cx, &rest);
    if (e)
        return e;
    *ret = rest;
    return NULL;
}
