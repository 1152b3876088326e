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

/* As much as the account has of what is left to pay. */
static err take(struct checkout *c, struct cx *cx, struct checkout_plan *plan, str type, id owner)
{
    struct checkout_tender t = { .type = type, .owner = owner };
    for (size_t i = 0; i < plan->tenders_n; i++)
        if (id_eq(plan->tenders[i].owner, owner))
            return NULL; /* the same card twice */
    int64_t balance = 0, available = 0;
    err e = ledger_balance(
        c->deps.ledger, cx, checkout_tender_account(&t), plan->card.currency, &balance, &available);
    if (e || available <= 0 || plan->card.minor == 0)
        return e;
    t.payment_id = cx_id(cx);
    t.minor = available < plan->card.minor ? available : plan->card.minor;
    plan->card.minor -= t.minor;
    plan->tenders[plan->tenders_n++] = t;
    return NULL;
}

static err take_gift_cards(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *plan)
{
    err e = NULL;
    for (size_t i = 0; !e && i < wish->gift_cards_n; i++) {
        struct payments_gift_card card;
        e = payments_gift_card_find(c->deps.payments, cx, wish->gift_cards[i], &card);
        if (e && e->kind == KIND_INVALID)
            cx_field(
                cx, str_fmt(cx->arena, "/giftCards/%zu", i), "gift_card_invalid", "%s", e->title);
        if (!e && currency_eq(card.amount.currency, plan->card.currency))
            e = take(c, cx, plan, S("gift_card"), card.card_id);
    }
    return e;
}

static err check_method(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *plan)
{
    static const char *const types[] = { "credit_card", "debit_card", "card" };
    bool known = false;
    plan->method = wish->method;
    if (!id_is_none(wish->method.saved_id) && !id_is_none(cx->who.user_id)) {
        struct payments_method saved;
        err e = payments_method_get(
            c->deps.payments, cx, cx->who.user_id, wish->method.saved_id, &saved);
        if (e && e != &ERR_MISSING)
            return e;
        cx_clear(cx);
        if (!e && saved.status == PAY_SETUP_READY) {
            plan->method = (struct checkout_method){ .type = S("card"), .token = saved.token };
            plan->customer = saved.customer;
        }
    }
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
    err e = take_gift_cards(c, cx, wish, plan);
    if (!e && wish->use_wallet && !id_is_none(cx->who.user_id))
        e = take(c, cx, plan, S("wallet"), cx->who.user_id);
    return e;
}

err checkout_share_out(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *plan)
{
    err e = checkout_take_tenders(c, cx, wish, plan);
    if (!e && plan->card.minor > 0)
        e = check_method(c, cx, wish, plan);
    return e;
}
