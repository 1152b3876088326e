/* SPDX-License-Identifier: Apache-2.0
 * Fraud on the order's way: looked at before anything is held, refused without asking the bank, or
 * authorised and held until a person has decided. Called by the saga; must never tell a buyer why.
 */
#include "flows/checkout/checkout_internal.h"

#define LOOK_AGAIN_MS (60 * 60 * 1000) /* a decision wakes it; this is for a lost one */

const struct fraud_facts *checkout_facts(struct checkout *c, struct cx *cx,
    const struct checkout_wish *wish, const struct checkout_plan *plan)
{
    const struct orders_order *o = &plan->order;
    if (!c->deps.fraud)
        return NULL;
    struct fraud_facts *facts = NEW(cx->arena, struct fraud_facts);
    *facts = (struct fraud_facts){ .order_id = o->order_id,
        .user_id = o->user_id,
        .email = o->email,
        .card = plan->card.minor ? plan->method.token : (str){ 0 },
        .origin = fraud_origin_of(
            c->deps.fraud, cx, cx->peer, wish->device.n ? wish->device : o->cart_hash),
        .billing_country = o->address.country,
        .amount = o->total,
        .prepaid = plan->card.minor == 0 };
    return facts;
}

int64_t checkout_hold_ms(const struct checkout_state *s)
{
    return s->review ? FRAUD_REVIEW_MS + INVENTORY_HOLD_MS : INVENTORY_HOLD_MS;
}

/* A run that was taken up has no facts. In a database of its own the verdict may be there, and the
 * order placed by it, while the row knows of neither. */
static err said_before(struct checkout *c, struct cx *cx, id order_id, struct fraud_verdict *ret)
{
    err e = fraud_verdict_get(c->deps.fraud, cx, order_id, ret);
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    *ret = (struct fraud_verdict){ .decision = FRAUD_ALLOW };
    return NULL;
}

err checkout_screen(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct fraud_verdict verdict;
    if (!c->deps.fraud)
        return NULL;
    err e = s->facts ? fraud_assess(c->deps.fraud, cx, s->facts, &verdict)
                     : said_before(c, cx, saga->saga_id, &verdict);
    if (e)
        return e;
    s->screened = verdict.kept;
    s->denied = verdict.decision == FRAUD_DENY;
    s->review = verdict.decision == FRAUD_REVIEW;
    if (s->denied && s->facts && s->facts->prepaid) /* no call comes that could refuse it */
        return FAIL(cx, CHECKOUT_REFUSED, "fraud");
    return NULL;
}

static enum fraud_outcome outcome_of(const struct checkout_state *s, str reason)
{
    if (s->denied)
        return FRAUD_DENIED;
    return str_eq(reason, S("payment_declined")) ? FRAUD_DECLINED : FRAUD_CANCELLED;
}

err checkout_unscreen(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct checkout_state *s = saga->state;
    bool told = checkout_fraud_db(c) == c->deps.db; /* elsewhere it may stand there unknown to us */
    if (!c->deps.fraud || (told && !s->screened))
        return NULL;
    return fraud_outcome(c->deps.fraud, cx, saga->saga_id, outcome_of(s, saga->reason));
}

err checkout_learn(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct checkout_state *s = saga->state;
    return s->screened ? fraud_outcome(c->deps.fraud, cx, saga->saga_id, FRAUD_PAID) : NULL;
}

/* ---- under review ---- */

bool checkout_no_review(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct checkout_state *s = saga->state;
    return !s->review;
}

struct looking {
    struct checkout *c;
    id order_id;
    struct fraud_review review;
};

static err read_review(void *arg, struct cx *cx)
{
    struct looking *l = arg;
    return fraud_review_get(l->c->deps.fraud, cx, l->order_id, &l->review);
}

static struct saga_said declined(void)
{
    return (struct saga_said){
        .verdict = SAGA_REFUSE, .why = &CHECKOUT_REFUSED, .reason = S("order_declined")
    };
}

/* A capture that the provider allows no more leaves the payment as it was. */
static struct saga_said take_money(struct checkout *c, struct cx *cx, struct checkout_state *s)
{
    struct pay *pay = c->deps.pay;
    struct pay_result result = { 0 };
    str key = id_text(cx->arena, s->payment_id);
    err e = pay->find(pay->self, cx, key, &result);
    if (!e && result.state == PAY_STATE_AUTHORIZED)
        e = pay->capture(pay->self, cx, str_cat(cx->arena, key, S("-take")), result.provider_ref,
            checkout_amount(s), &result);
    if (e)
        return (struct saga_said){ .verdict = SAGA_AGAIN };
    s->said = checkout_said_of(cx, &result);
    return result.state == PAY_STATE_CAPTURED ? (struct saga_said){ .verdict = SAGA_GO_ON }
                                              : (struct saga_said){ .verdict = SAGA_REFUSE,
                                                    .why = &PAYMENTS_DECLINED,
                                                    .reason = S("payment_declined") };
}

struct saga_said checkout_review(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct looking l = { .c = c, .order_id = saga->saga_id };
    bool withdrawn = false;
    int64_t left = saga->created_ms + FRAUD_REVIEW_MS - cx->now_ms;
    err e = db_read(cx, read_review, &l);
    if (e)
        return (struct saga_said){ .verdict = SAGA_AGAIN };
    switch (l.review.state) {
    case FRAUD_REVIEW_ALLOWED:
        return take_money(c, cx, s);
    case FRAUD_REVIEW_OPEN:
        if (left > 0)
            return (struct saga_said){ .verdict = SAGA_PARK,
                .wait_ms = left < LOOK_AGAIN_MS ? left : LOOK_AGAIN_MS };
        return declined();
    case FRAUD_REVIEW_DENIED:
        return declined();
    case FRAUD_REVIEW_LAPSED:
        e = checkout_is_withdrawn(c, cx, saga->saga_id, &withdrawn);
        if (e)
            return (struct saga_said){ .verdict = SAGA_AGAIN };
        return withdrawn ? checkout_recalled() : declined();
    case FRAUD_REVIEW_STATES_N:
        break;
    }
    panic(__FILE__, "unknown state of a review");
}

/* ---- somebody has decided ---- */

struct waiting {
    struct checkout *c;
    id order_id;
    bool waits;
};
static err read_waiting(void *arg, struct cx *cx)
{
    struct waiting *w = arg;
    struct orders_order o;
    err e =
        orders_get(w->c->deps.orders, cx, (struct orders_owner){ .staff = true }, w->order_id, &o);
    w->waits = !e && str_eq(o.payment_status, S("authorized"));
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    return NULL;
}

/* An order that is still on its way to its review looks by itself then. Taken over before it is
 * placed it could only be given up, while the run that has it goes on to place it. */
static err wake(void *service, struct cx *cx, const struct bus_event *event)
{
    struct checkout *c = service;
    struct waiting w = { .c = c, .order_id = event->aggregate };
    err e = db_read(cx, read_waiting, &w);
    if (e || !w.waits)
        return e;
    saga_wake(c->deps.sagas, cx, (struct saga_wake){ .saga_id = event->aggregate, .force = true });
    return NULL;
}

static err nothing(void *service, struct cx *cx, const struct bus_event *event)
{
    (void)service;
    (void)cx;
    (void)event;
    return NULL;
}

const struct bus_handler checkout_events[] = {
    { .type = "fraud.reviewed", .consumer = "checkout.reviewed", .before = wake, .fn = nothing },
    { .type = "order.withdrawn",
        .consumer = "checkout.withdrawn",
        .before = checkout_withdrawn_look,
        .fn = checkout_withdrawn_end },
    { 0 },
};
