/* SPDX-License-Identifier: Apache-2.0
 * What providers tell by themselves: taken in by a route, worked on by a job. Must never believe
 * what an event says of a payment: the provider is asked, by the saga or here. */
#include "flows/till/till_internal.h"
#include "platform/log/log.h"
#include "platform/saga/saga.h"

#define DUE_N 100
#define SIGNATURE_MAX 1024

/* ---- the route ---- */

struct webhook_in {
    str provider, body;
    str stripe_signature, sandbox_signature; /* one a provider, named as its header is */
};
static const struct json_field webhook_fields[] = {
    JSON_STR(struct webhook_in, provider, .at = AT_PATH, .required = true, .max = 32),
    JSON_STR(struct webhook_in, stripe_signature, .at = AT_HEADER, .wire = "Stripe-Signature",
        .max = SIGNATURE_MAX),
    JSON_STR(struct webhook_in, sandbox_signature, .at = AT_HEADER, .wire = "Sandbox-Signature",
        .max = SIGNATURE_MAX),
    JSON_STR(struct webhook_in, body, .at = AT_RAW),
};
const struct json_shape till_webhook_shape =
    JSON_SHAPE("PaymentWebhook", struct webhook_in, webhook_fields);

struct received {
    bool received;
};
static const struct json_field received_fields[] = {
    JSON_BOOL(struct received, received, .required = true),
};
const struct json_shape till_received_shape =
    JSON_SHAPE("WebhookReceived", struct received, received_fields);

static err sender_of(struct till *t, struct cx *cx, const struct webhook_in *in, struct pay **ret,
    str *ret_signature)
{
    *ret = pay_named(t->deps.pay, in->provider);
    if (!*ret)
        return FAIL(cx, ERR_MISSING, "no provider " STR_F, STR_A(in->provider));
    bool stripe = str_eq_nocase(str_from_c((*ret)->webhook_header), S("Stripe-Signature"));
    *ret_signature = stripe ? in->stripe_signature : in->sandbox_signature;
    return NULL;
}

/* A forged one never gets to a lane. */
err till_before_webhook(void *service, struct cx *cx, void *in)
{
    struct pay *pay;
    struct pay_event event;
    const struct webhook_in *w = in;
    str signature;
    err e = sender_of(service, cx, w, &pay, &signature);
    return e ? e : pay->parse_webhook(pay->self, cx, signature, w->body, &event);
}

struct waking {
    struct sagas *sagas;
    struct rng rng;
    id order_id;
};

static void wake(void *arg)
{
    struct waking *w = arg;
    struct cx cx = { .rng = w->rng };
    saga_wake(w->sagas, &cx, (struct saga_wake){ .saga_id = w->order_id, .force = true });
}

/* The order's saga asks at once; whatever is left to do the job does. */
static err wake_order(struct till *t, struct cx *cx, id payment_id)
{
    struct payments_payment payment;
    err e = payments_get(t->deps.payments, cx, payment_id, &payment);
    if (e == &ERR_MISSING) { /* another shop's that shares the account */
        cx_clear(cx);
        return NULL;
    }
    if (e)
        return e;
    struct waking *w = NEW(cx->arena, struct waking);
    *w = (struct waking){ t->deps.sagas, rng_seeded(rng_u64(&cx->rng)), payment.order_id };
    db_after_commit(cx, wake, w);
    return NULL;
}

err till_post_webhook(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct till *t = service;
    const struct webhook_in *in = body;
    struct pay *pay;
    struct payments_webhook hook;
    bool is_new = false;
    str signature;
    struct received *view = NEW(cx->arena, struct received);
    err e = sender_of(t, cx, in, &pay, &signature);
    if (!e)
        e = payments_webhook_receive(
            t->deps.payments, cx, pay, signature, in->body, &hook, &is_new);
    if (!e && is_new && !id_is_none(hook.payment_id))
        e = wake_order(t, cx, hook.payment_id);
    if (e)
        return e;
    view->received = true;
    return reply_json(reply, 200, &till_received_shape, view);
}

/* ---- the inbox ---- */

struct settling {
    struct till *till;
    struct payments_webhook *due, *hook;
    size_t n;
    struct payments_payment payment;
    bool known;
    struct pay_result result;
};

/* Claimed for ten seconds and more: who dies with one leaves it to the next. */
static err unit_claim(void *arg, struct cx *cx)
{
    struct settling *s = arg;
    struct payments *p = s->till->deps.payments;
    err e = payments_webhook_due(p, cx, DUE_N, &s->due, &s->n);
    for (size_t i = 0; !e && i < s->n; i++)
        e = payments_webhook_again(p, cx, s->due[i].provider, s->due[i].event_id);
    return e;
}

static err read_payment(void *arg, struct cx *cx)
{
    struct settling *s = arg;
    err e = payments_get(s->till->deps.payments, cx, s->hook->payment_id, &s->payment);
    s->known = !e;
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    return NULL;
}

/* Whoever dies on the way is told again. ret_later: not before the refund's own answer. */
static err refund_failed(struct settling *s, struct cx *cx, bool *ret_later)
{
    *ret_later = false;
    if (!s->known || !s->hook->refund_failed || id_is_none(s->hook->refund_id))
        return NULL;
    return till_refund_came_back(s->till, cx,
        (struct till_back){ .order_id = s->payment.order_id,
            .payment_id = s->hook->payment_id,
            .refund_id = s->hook->refund_id },
        ret_later);
}

static err unit_done(void *arg, struct cx *cx)
{
    struct settling *s = arg;
    struct payments *p = s->till->deps.payments;
    err e = NULL;
    if (s->known && s->result.state != PAY_STATE_NONE)
        e = payments_hear(p, cx, s->payment.payment_id, &s->result, &s->payment);
    return e ? e : payments_webhook_done(p, cx, s->hook->provider, s->hook->event_id);
}

static bool is_awaited(enum payments_status status)
{
    return status == PAYMENTS_STARTED || status == PAYMENTS_UNKNOWN_ANSWER ||
           status == PAYMENTS_CHALLENGED;
}

/* "charge.dispute.created" of Stripe, "dispute.created" of the sandbox. */
static bool is_dispute(const struct payments_webhook *hook)
{
    return str_ends(hook->name, S("dispute.created"));
}

/* The bank took the money back: what the score learns from. Orders that were not looked at, or have
 * another end, teach nothing. */
static err unit_charged_back(void *arg, struct cx *cx)
{
    struct settling *s = arg;
    err e = fraud_charge_back(s->till->deps.fraud, cx, s->payment.order_id);
    if (e != &ERR_MISSING && e != &FRAUD_OUTCOME_REFUSED)
        return e;
    cx_clear(cx);
    return NULL;
}

/* Whose payment the dispute is about, by the provider's reference alone. */
static err find_disputed(struct settling *s, struct cx *cx)
{
    struct pay *pay = pay_named(s->till->deps.pay, s->hook->provider);
    struct pay_result result = { .state = PAY_STATE_NONE };
    if (!is_dispute(s->hook) || !id_is_none(s->hook->payment_id) || !pay)
        return NULL;
    err e = pay->get(pay->self, cx, s->hook->provider_ref, &result);
    if (!e && !id_parse(result.key, &s->hook->payment_id))
        s->hook->payment_id = (id){ { 0 } }; /* not ours */
    return e;
}

static err settle_one(struct settling *s, struct cx *cx)
{
    struct till *t = s->till;
    bool lives = false, later = false;
    s->result = (struct pay_result){ .state = PAY_STATE_NONE };
    err e = find_disputed(s, cx);
    if (!e)
        e = db_read(cx, read_payment, s);
    if (!e && s->known && is_awaited(s->payment.status))
        e = till_saga_lives(t, cx, s->payment.order_id, &lives);
    if (e)
        return e;
    if (lives) {
        saga_wake(
            t->deps.sagas, cx, (struct saga_wake){ .saga_id = s->payment.order_id, .force = true });
        return NULL; /* looked at again: then the saga has seen to it */
    }
    struct pay *pay = pay_named(t->deps.pay, s->hook->provider);
    str ref = s->payment.provider_ref.n ? s->payment.provider_ref : s->hook->provider_ref;
    if (s->known && pay && ref.n)
        e = pay->get(pay->self, cx, ref, &s->result);
    if (!e && s->known && t->deps.fraud && is_dispute(s->hook))
        e = db_write_wait(t->deps.db_fraud, cx, id_hash(s->payment.order_id), unit_charged_back, s);
    if (!e)
        e = refund_failed(s, cx, &later);
    return e || later ? e : till_write(t, cx, s->hook->payment_id, unit_done, s);
}

err till_settle(struct till *t, struct cx *cx, size_t *ret_n)
{
    struct settling s = { .till = t };
    err e = db_write_wait(t->deps.db, cx, 0, unit_claim, &s);
    if (e)
        return e;
    for (size_t i = 0; i < s.n; i++) {
        s.hook = &s.due[i];
        e = settle_one(&s, cx);
        if (e)
            log_err(t->deps.log, cx, e, S("payment webhook"));
        cx_clear(cx);
    }
    *ret_n = s.n;
    return NULL;
}
