/* SPDX-License-Identifier: Apache-2.0
 * The calls of the provider that are steps of a saga. Called by the saga engine outside any unit;
 * must never decide what a lost answer was. */
#include "flows/checkout/checkout_internal.h"

money checkout_amount(const struct checkout_state *s)
{
    currency cur;
    bool known = currency_parse(s->currency, &cur);
    ASSERT(known);
    return money_of(s->amount_minor, cur);
}

const struct payments_payment *checkout_by_provider(const struct payments_payment *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!str_eq(list[i].provider, S(CHECKOUT_LEDGER_PROVIDER)))
            return &list[i];
    return NULL;
}

static enum checkout_answer answer_of(err e, const struct pay_result *result)
{
    if (e)
        return e == &PAY_UNREACHABLE ? CHECKOUT_ANSWER_AWAY : CHECKOUT_ANSWER_LOST;
    switch (result->state) {
    case PAY_STATE_AUTHORIZED:
    case PAY_STATE_CAPTURED:
        return CHECKOUT_ANSWER_PAID;
    case PAY_STATE_DECLINED:
        return CHECKOUT_ANSWER_REFUSED;
    case PAY_STATE_CHALLENGE:
        return CHECKOUT_ANSWER_CHALLENGE;
    case PAY_STATE_VOIDED:
    case PAY_STATE_REFUNDED:
        return CHECKOUT_ANSWER_BACK;
    case PAY_STATE_NONE:
        return CHECKOUT_ANSWER_NOTHING;
    }
    panic(__FILE__, "unknown state of a payment");
}

static const struct json_field said_fields[] = {
    JSON_INT(struct checkout_said, state),
    JSON_INT(struct checkout_said, captured_minor, .zero_out = true),
    JSON_INT(struct checkout_said, refunded_minor, .zero_out = true),
    JSON_INT(struct checkout_said, open_minor, .zero_out = true),
    JSON_STR(struct checkout_said, provider),
    JSON_STR(struct checkout_said, provider_ref),
    JSON_STR(struct checkout_said, refund_ref),
    JSON_STR(struct checkout_said, decline_code),
    JSON_STR(struct checkout_said, decline_text),
    JSON_STR(struct checkout_said, brand),
    JSON_STR(struct checkout_said, last4),
};
const struct json_shape checkout_said_shape =
    JSON_SHAPE("CheckoutSaid", struct checkout_said, said_fields);

struct checkout_said *checkout_said_of(struct cx *cx, const struct pay_result *r)
{
    struct checkout_said *said = NEW(cx->arena, struct checkout_said);
    *said = (struct checkout_said){ .state = r->state,
        .captured_minor = r->captured_minor,
        .refunded_minor = r->refunded_minor,
        .open_minor = r->open_minor,
        .provider = r->provider,
        .provider_ref = r->provider_ref,
        .refund_ref = r->refund_ref,
        .decline_code = r->decline_code,
        .decline_text = r->decline_text,
        .brand = r->brand,
        .last4 = r->last4 };
    return said;
}

struct pay_result checkout_result_of(const struct checkout_said *said)
{
    return (struct pay_result){ .state = (enum pay_state)said->state,
        .captured_minor = said->captured_minor,
        .refunded_minor = said->refunded_minor,
        .open_minor = said->open_minor,
        .provider = said->provider,
        .provider_ref = said->provider_ref,
        .refund_ref = said->refund_ref,
        .decline_code = said->decline_code,
        .decline_text = said->decline_text,
        .brand = said->brand,
        .last4 = said->last4 };
}

/* Keeps what is known for certain. */
static enum checkout_answer take(
    struct cx *cx, struct checkout_state *s, err e, const struct pay_result *result)
{
    if (!e && result->state != PAY_STATE_NONE)
        s->said = checkout_said_of(cx, result);
    return answer_of(e, result);
}

/* The sandbox has no pages of its own: the shop asks for it. */
static str challenge_of(struct cx *cx, id order_id, const struct pay_result *r)
{
    if (!str_eq(r->provider, S("sandbox")))
        return r->challenge_url;
    return str_fmt(cx->arena, "/orders/" STR_F "/challenge", STR_A(id_text(cx->arena, order_id)));
}

static struct saga_said refused(err why, str reason)
{
    return (struct saga_said){ .verdict = SAGA_REFUSE, .why = why, .reason = reason };
}

struct saga_said checkout_recalled(void)
{
    return refused(&CHECKOUT_CANCELLED, S("buyer"));
}

struct saga_said checkout_authorize(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct pay *pay = c->deps.pay;
    struct pay_result result = { 0 };
    str key = id_text(cx->arena, s->payment_id);
    struct checkout_hold hold = { saga->created_ms, s->held_until_ms, INVENTORY_HOLD_MS };
    int64_t held_until = checkout_domain_held_until(hold);
    bool expired = cx->now_ms >= held_until, withdrawn = false;
    err e;
    if (s->denied)
        return refused(&CHECKOUT_REFUSED, S("order_declined"));
    if (!checkout_is_straight(s)) { /* else whoever withdraws it takes it over */
        e = checkout_is_withdrawn(c, cx, saga->saga_id, &withdrawn);
        if (e)
            return (struct saga_said){ .verdict = SAGA_AGAIN };
    }
    expired = expired || withdrawn;
    if (s->asked || expired)
        e = pay->find(pay->self, cx, key, &result);
    else
        e = pay->authorize(pay->self, cx,
            (struct pay_request){ .key = key,
                .amount = checkout_amount(s),
                .token = s->token,
                .customer = s->customer,
                .reference = s->number,
                .capture = !s->review,
                .return_url = str_fmt(cx->arena, "/orders/" STR_F "/return",
                    STR_A(id_text(cx->arena, saga->saga_id))),
                .first_attempt = s->begun && saga->tries == 1 },
            &result);
    switch (checkout_domain_verdict(take(cx, s, e, &result), expired)) {
    case CHECKOUT_PAID:
        return (struct saga_said){ .verdict = SAGA_GO_ON };
    case CHECKOUT_ASK:
        s->asked = false;
        return (struct saga_said){ .verdict = SAGA_AGAIN };
    case CHECKOUT_FIND:
        s->asked = s->asked || e != &PAY_UNREACHABLE;
        return (struct saga_said){ .verdict = SAGA_AGAIN };
    case CHECKOUT_WAIT:
        s->asked = true;
        if (s->held_until_ms) /* woken while it waited: the buyer, or the provider, is at it */
            held_until = checkout_domain_renewed(hold, cx->now_ms);
        s->held_until_ms = held_until;
        s->next_url = challenge_of(cx, saga->saga_id, &result);
        return (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = held_until - cx->now_ms };
    case CHECKOUT_DECLINED:
        return refused(&PAYMENTS_DECLINED, S("payment_declined"));
    case CHECKOUT_LATE:
        if (withdrawn)
            return checkout_recalled();
        return refused(&INVENTORY_RESERVATION_GONE, S("payment_late"));
    case CHECKOUT_UNPAID:
        if (cx->now_ms < held_until + PAY_HEARD_MS)
            return (struct saga_said){ .verdict = SAGA_AGAIN };
        if (withdrawn)
            return checkout_recalled();
        return refused(&INVENTORY_RESERVATION_GONE, S("payment_missing"));
    }
    panic(__FILE__, "unknown verdict");
}

struct saga_said checkout_give_back(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct pay *pay = c->deps.pay;
    struct pay_result result = { 0 };
    str key = id_text(cx->arena, s->payment_id);
    str undo = str_cat(cx->arena, key, S("-back"));
    err e = pay->find(pay->self, cx, key, &result);
    if (!e && result.state == PAY_STATE_CAPTURED)
        e = pay->refund(pay->self, cx, undo, result.provider_ref, checkout_amount(s), &result);
    else if (!e && (result.state == PAY_STATE_AUTHORIZED || result.state == PAY_STATE_CHALLENGE))
        e = pay->release(pay->self, cx, undo, result.provider_ref, &result);
    bool back = checkout_domain_is_back(take(cx, s, e, &result));
    return (struct saga_said){ .verdict = back ? SAGA_GO_ON : SAGA_AGAIN };
}
