/* SPDX-License-Identifier: Apache-2.0
 * Who pays an order: gift cards, the wallet, then the card. Called while an order is prepared;
 * reads only: what is promised here is held by the saga, or refused there. */
#include "flows/checkout/checkout_internal.h"

static const struct json_field tender_fields[] = {
    JSON_ID(struct checkout_tender, payment_id),
    JSON_ID(struct checkout_tender, owner),
    JSON_STR(struct checkout_tender, type),
    JSON_INT(struct checkout_tender, minor),
};
const struct json_shape checkout_tender_shape =
    JSON_SHAPE("CheckoutTender", struct checkout_tender, tender_fields);

struct ledger_account checkout_tender_account(const struct checkout_tender *t)
{
    bool wallet = str_eq(t->type, S("wallet"));
    return (struct ledger_account){ wallet ? LEDGER_WALLET : LEDGER_GIFT_CARD, t->owner };
}

#define TENDERS_MAX (CHECKOUT_GIFT_CARDS_MAX + 1) /* with the wallet */

static void add_tender(struct checkout_plan *plan, str type, id owner)
{
    for (size_t i = 0; i < plan->tenders_n; i++)
        if (id_eq(plan->tenders[i].owner, owner))
            return; /* the same card twice */
    ASSERT(plan->tenders_n < TENDERS_MAX);
    plan->tenders[plan->tenders_n++] = (struct checkout_tender){ .type = type, .owner = owner };
}

/* As much as each has of what is left to pay, one after the other. A wallet with nothing is left
 * out; a gift card with nothing was meant to pay, so its code is refused. at: of the gift cards,
 * their places in the request. */
static err take(struct checkout *c, struct cx *cx, struct checkout_plan *plan, const size_t *at)
{
    size_t n = plan->tenders_n, empty = 0;
    struct ledger_asked *asked = NEW_N(cx->arena, n, struct ledger_asked);
    struct ledger_left *left = NEW_N(cx->arena, n, struct ledger_left);
    for (size_t i = 0; i < n; i++)
        asked[i] = (struct ledger_asked){ checkout_tender_account(&plan->tenders[i]),
            plan->card.currency };
    err e = ledger_balances(c->deps.ledger, cx, asked, n, left);
    plan->tenders_n = 0;
    for (size_t i = 0; !e && i < n && plan->card.minor > 0; i++) {
        struct checkout_tender t = plan->tenders[i];
        int64_t available = left[i].available;
        if (available <= 0) {
            if (checkout_tender_account(&t).kind == LEDGER_GIFT_CARD) {
                cx_field(cx, str_fmt(cx->arena, "/giftCards/%zu", at[i]), "gift_card_empty", "%s",
                    CHECKOUT_GIFT_EMPTY.title);
                empty++;
            }
            continue;
        }
        t.payment_id = cx_id(cx);
        t.minor = available < plan->card.minor ? available : plan->card.minor;
        plan->card.minor -= t.minor;
        plan->tenders[plan->tenders_n++] = t;
    }
    return e || !empty ? e : FAIL(cx, CHECKOUT_GIFT_EMPTY, "%zu gift cards", empty);
}

static err find_gift_cards(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_plan *plan, size_t *ret_at)
{
    err e = NULL;
    for (size_t i = 0; !e && i < wish->gift_cards_n; i++) {
        struct payments_gift_card card;
        e = payments_gift_card_find(c->deps.payments, cx, wish->gift_cards[i], &card);
        if (e && e->kind == KIND_INVALID)
            cx_field(cx, str_fmt(cx->arena, "/giftCards/%zu", i), e->code, "%s", e->title);
        ret_at[plan->tenders_n] = i; /* the place of the one that is added, if it is */
        if (!e && currency_eq(card.amount.currency, plan->card.currency))
            add_tender(plan, S("gift_card"), card.card_id);
    }
    return e;
}

static void pay_by(struct checkout_plan *plan, const struct payments_method *saved)
{
    plan->method = (struct checkout_method){ .type = S("card"), .token = saved->token };
    plan->customer = saved->customer;
}

/* The method of their own that the buyer means, if there is one. */
static err find_saved(struct checkout *c, struct cx *cx, const struct checkout_method *wanted,
    struct checkout_plan *plan)
{
    struct payments_method saved, *list;
    size_t n = 0;
    if (id_is_none(cx->who.user_id))
        return NULL;
    if (wanted->usual) {
        err e = payments_methods_of(c->deps.payments, cx, cx->who.user_id, &list, &n);
        if (!e && n > 0 && list[0].is_default)
            pay_by(plan, &list[0]);
        return e;
    }
    if (id_is_none(wanted->saved_id))
        return NULL;
    err e = payments_method_get(c->deps.payments, cx, cx->who.user_id, wanted->saved_id, &saved);
    if (e && e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    if (!e && saved.status == PAY_SETUP_READY)
        pay_by(plan, &saved);
    return NULL;
}

static err check_method(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *plan)
{
    static const char *const types[] = { "credit_card", "debit_card", "card" };
    bool known = false;
    plan->method = wish->method;
    err e = find_saved(c, cx, &wish->method, plan);
    if (e)
        return e;
    for (size_t i = 0; i < COUNT(types); i++)
        known |= str_eq(plan->method.type, str_from_c(types[i]));
    if (known && plan->method.token.n && !pay_is_card_number(plan->method.token))
        return NULL;
    cx_field(cx, known ? S("/paymentMethod/token") : S("/paymentMethod/type"), "not_allowed", "%s",
        known ? "a token of the payment provider" : "credit_card, debit_card or card");
    return FAIL(cx, CHECKOUT_PAYMENT_TYPE, "type " STR_F, STR_A(plan->method.type));
}

err checkout_take_tenders(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *plan)
{
    plan->card = plan->order.total;
    plan->tenders_n = 0;
    if (wish->gift_cards_n > CHECKOUT_GIFT_CARDS_MAX) {
        cx_field(cx, S("/giftCards"), "too_many", "at most %d", CHECKOUT_GIFT_CARDS_MAX);
        return FAIL(cx, ERR_INVALID, "too many gift cards");
    }
    plan->tenders = NEW_N(cx->arena, wish->gift_cards_n + 1, struct checkout_tender);
    size_t *at = NEW_N(cx->arena, wish->gift_cards_n + 1, size_t);
    err e = find_gift_cards(c, cx, wish, plan, at);
    if (!e && wish->use_wallet && !id_is_none(cx->who.user_id))
        add_tender(plan, S("wallet"), cx->who.user_id);
    return e || !plan->tenders_n ? e : take(c, cx, plan, at);
}

err checkout_share_out(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *plan)
{
    err e = checkout_take_tenders(c, cx, wish, plan);
    if (!e && plan->card.minor > 0)
        e = check_method(c, cx, wish, plan);
    return e;
}
