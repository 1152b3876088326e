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

/* Keeps what is known for certain. */
static enum checkout_answer take(struct checkout_state *s, err e, const struct pay_result *result)
{
    if (!e && result->state != PAY_STATE_NONE) {
        s->answer = *result;
        s->answered = true;
    }
    if (result->provider_ref.n)
        s->provider_ref = result->provider_ref;
    return answer_of(e, result);
}

/* The sandbox has no pages of its own: the shop asks for it. */
static str challenge_of(struct checkout *c, struct cx *cx, id order_id, const struct pay_result *r)
{
    if (!str_eq(str_from_c(c->deps.pay->name), S("sandbox")))
        return r->challenge_url;
    return str_fmt(cx->arena, "/orders/" STR_F "/challenge", STR_A(id_text(cx->arena, order_id)));
}

static struct saga_said refused(err why, str reason)
{
    return (struct saga_said){ .verdict = SAGA_REFUSE, .why = why, .reason = reason };
}

struct saga_said checkout_authorize(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct pay *pay = c->deps.pay;
    struct pay_result result = { 0 };
    str key = id_text(cx->arena, s->payment_id);
    err e;
    if (s->asked)
        e = pay->find(pay->self, cx, key, &result);
    else
        e = pay->authorize(pay->self, cx,
            (struct pay_request){ .key = key,
                .amount = checkout_amount(s),
                .token = s->token,
                .customer = s->customer,
                .reference = s->number,
                .capture = true },
            &result);
    int64_t held_until = saga->created_ms + INVENTORY_HOLD_MS;
    switch (checkout_domain_verdict(take(s, e, &result), cx->now_ms >= held_until)) {
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
        s->next_url = challenge_of(c, cx, saga->saga_id, &result);
        return (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = held_until - cx->now_ms };
    case CHECKOUT_DECLINED:
        return refused(&PAYMENTS_DECLINED, S("payment_declined"));
    case CHECKOUT_LATE:
        return refused(&INVENTORY_RESERVATION_GONE, S("payment_late"));
    case CHECKOUT_UNPAID:
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
    bool back = checkout_domain_is_back(take(s, e, &result));
    return (struct saga_said){ .verdict = back ? SAGA_GO_ON : SAGA_AGAIN };
}
