/* SPDX-License-Identifier: Apache-2.0
 * What the pages of an order say of its money: what paid it, and where it goes back. Called by the
 * pages of orders; must never promise money to what did not pay. */
#include <assert.h>

#include "base/buf.h"
#include "flows/checkout/checkout_pages.h"

/* In the order in which they pay. */
enum means { MEANS_GIFT_CARD, MEANS_WALLET, MEANS_CARD, MEANS_N };

static enum means means_of(const struct payments_payment *p)
{
    if (!str_eq(p->provider, S(CHECKOUT_LEDGER_PROVIDER)))
        return MEANS_CARD;
    return str_eq(p->method_type, S("wallet")) ? MEANS_WALLET : MEANS_GIFT_CARD;
}

/* ---- what paid ---- */

static str state_of(struct cx *cx, const struct payments_payment *p, bool alone)
{
    static const char *const ends[] = { [PAYMENTS_STARTED] = ", being confirmed",
        [PAYMENTS_UNKNOWN_ANSWER] = ", being confirmed",
        [PAYMENTS_CHALLENGED] = ", waiting for you",
        [PAYMENTS_AUTHORIZED] = "",
        [PAYMENTS_CAPTURED] = "",
        [PAYMENTS_REFUSED] = ", declined",
        [PAYMENTS_VOIDED] = ", not charged",
        [PAYMENTS_REFUNDED] = ", money returned" };
    static_assert(COUNT(ends) == PAYMENTS_STATUSES_N, "words for each state");
    money back = money_of(p->refunded_minor, p->amount.currency);
    if (p->status == PAYMENTS_CAPTURED && back.minor && !alone) /* alone, the summary says it */
        return str_fmt(cx->arena, ", " STR_F " returned", STR_A(web_money(cx->arena, back)));
    return str_from_c(ends[p->status]);
}

static str payment_text(struct cx *cx, const struct payments_payment *p, bool alone)
{
    static const char *const names[] = {
        [MEANS_GIFT_CARD] = "Gift card", [MEANS_WALLET] = "Wallet", [MEANS_CARD] = "Card"
    };
    str name = checkout_card_text(cx->arena, p);
    if (!name.n)
        name = str_from_c(names[means_of(p)]);
    str amount = alone ? (str){ 0 } : str_cat(cx->arena, S(": "), web_money(cx->arena, p->amount));
    return str_fmt(
        cx->arena, STR_F STR_F STR_F, STR_A(name), STR_A(amount), STR_A(state_of(cx, p, alone)));
}

const struct text_view *checkout_payments_view(
    struct cx *cx, const struct checkout_seen *seen, size_t *ret_n)
{
    struct text_view *list = NEW_N(cx->arena, seen->payments_n + 1, struct text_view);
    size_t n = 0;
    for (int means = 0; means < MEANS_N; means++)
        for (size_t i = 0; i < seen->payments_n; i++)
            if ((int)means_of(&seen->payments[i]) == means)
                list[n++].text = payment_text(cx, &seen->payments[i], seen->payments_n == 1);
    if (!n)
        list[n++].text = S("None");
    *ret_n = n;
    return list;
}

/* ---- where it goes back ---- */

struct paid {
    int64_t taken[MEANS_N], left[MEANS_N]; /* left: not given back */
    int gift_cards;
};

static struct paid paid_of(const struct checkout_seen *seen)
{
    struct paid paid = { .gift_cards = 0 };
    for (size_t i = 0; i < seen->payments_n; i++) {
        const struct payments_payment *p = &seen->payments[i];
        enum means means = means_of(p);
        paid.taken[means] += p->captured_minor;
        paid.left[means] += p->captured_minor - p->refunded_minor;
        paid.gift_cards += means == MEANS_GIFT_CARD && p->captured_minor > 0;
    }
    return paid;
}

static str means_name(const struct paid *paid, int means)
{
    if (means == MEANS_GIFT_CARD)
        return paid->gift_cards > 1 ? S("your gift cards") : S("your gift card");
    return means == MEANS_WALLET ? S("your wallet") : S("your card");
}

/* "a", "a and b", "a, b and c". */
static str list_text(struct cx *cx, const str *parts, size_t n)
{
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add(&out, i + 1 == n ? S(" and ") : S(", "));
        buf_add(&out, parts[i]);
    }
    return buf_str(&out);
}

str checkout_paid_by(struct cx *cx, const struct checkout_seen *seen)
{
    struct paid paid = paid_of(seen);
    str parts[MEANS_N];
    size_t n = 0;
    for (int means = 0; means < MEANS_N; means++)
        if (paid.taken[means])
            parts[n++] = means_name(&paid, means);
    return list_text(cx, parts, n);
}

str checkout_goes_back(struct cx *cx, const struct checkout_seen *seen)
{
    struct paid paid = paid_of(seen);
    str parts[MEANS_N];
    size_t n = 0;
    for (int means = 0; means < MEANS_N; means++) {
        money left = money_of(paid.left[means], seen->order.total.currency);
        if (!left.minor)
            continue;
        const char *verb = n ? "" : " goes back";
        parts[n++] = str_fmt(cx->arena, STR_F "%s to " STR_F, STR_A(web_money(cx->arena, left)),
            verb, STR_A(means_name(&paid, means)));
    }
    return list_text(cx, parts, n);
}

str checkout_cost_goes_back(struct cx *cx, const struct checkout_seen *seen)
{
    str to = checkout_paid_by(cx, seen);
    return to.n ? str_cat(cx->arena, S("what it cost goes back to "), to) : to;
}
