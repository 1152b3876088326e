/* SPDX-License-Identifier: Apache-2.0
 * Captures, releases and refunds: a row before the provider is asked, how it ended after. Called by
 * flows inside their units. Must never let the deeds of a payment be more than its money. */
#include "services/payments/payments_domain.h"
#include "services/payments/payments_store.h"

#define SWEEP_MAX 1000

static err same_deed(
    struct cx *cx, const struct payments_deed *known, const struct payments_deed *in)
{
    if (!id_eq(known->payment_id, in->payment_id) || known->kind != in->kind ||
        known->amount.minor != in->amount.minor)
        return FAIL(cx, ERR_BUG, "the id of another deed");
    return NULL;
}

err payments_deed_start(
    struct payments *p, struct cx *cx, const struct payments_deed *in, struct payments_deed *ret)
{
    struct payments_payment payment;
    struct payments_deed *deeds, deed = *in;
    size_t n = 0;
    ASSERT(!id_is_none(in->deed_id) && in->status == PAYMENTS_DEED_STARTED);
    ASSERT(in->kind == PAYMENTS_RELEASE ? in->amount.minor == 0 : in->amount.minor > 0);
    err e = payments_store_lock(p, cx, in->payment_id, &payment); /* twins wait here */
    if (!e)
        e = payments_store_deeds_of(p, cx, in->payment_id, &deeds, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        if (!id_eq(deeds[i].deed_id, in->deed_id))
            continue;
        *ret = deeds[i];
        return same_deed(cx, &deeds[i], in);
    }
    if (in->amount.minor && !currency_eq(in->amount.currency, payment.amount.currency))
        return FAIL(cx, ERR_BUG, "a deed in another currency than its payment");
    e = payments_domain_deed(cx, &payment, deeds, n, in);
    if (e)
        return e;
    deed.order_id = payment.order_id;
    deed.amount.currency = payment.amount.currency;
    deed.created_ms = deed.updated_ms = cx->now_ms;
    e = payments_store_deed_add(p, cx, &deed);
    if (e)
        return e;
    *ret = deed;
    return NULL;
}

static err get_deed(struct payments *p, struct cx *cx, id deed_id, struct payments_deed *ret)
{
    bool found = false;
    err e = payments_store_deed_get(p, cx, deed_id, ret, &found);
    return !e && !found ? FAIL(cx, ERR_MISSING, "no such deed") : e;
}

err payments_deed_answer(struct payments *p, struct cx *cx, id deed_id, const struct pay_result *in,
    struct payments_payment *ret)
{
    struct payments_deed deed;
    struct payments_payment before;
    bool ended = false;
    err e = get_deed(p, cx, deed_id, &deed);
    if (e)
        return e;
    e = payments_store_lock(p, cx, deed.payment_id, &before); /* twins wait here */
    if (!e)
        e = get_deed(p, cx, deed_id, &deed);
    if (e)
        return e;
    if (deed.status != PAYMENTS_DEED_STARTED) { /* it may have come back since */
        *ret = before;
        return NULL;
    }
    deed.status = in->decline_code.n ? PAYMENTS_DEED_REFUSED : PAYMENTS_DEED_DONE;
    deed.refusal = in->decline_code;
    deed.provider_ref = in->refund_ref;
    id answered = deed.status == PAYMENTS_DEED_DONE ? deed_id : (id){ .b = { 0 } };
    e = payments_hear_of(p, cx, &before, answered, in, ret);
    return e ? e : payments_store_deed_end(p, cx, &deed, PAYMENTS_DEED_STARTED, &ended);
}

err payments_refund_failed(
    struct payments *p, struct cx *cx, struct payments_refund_failed in, struct payments_deed *ret)
{
    struct payments_deed deed, *deeds;
    struct payments_payment before, after;
    size_t n = 0;
    bool ended = false;
    err e = get_deed(p, cx, in.deed_id, &deed);
    if (!e && deed.kind != PAYMENTS_REFUND)
        return FAIL(cx, ERR_BUG, "no refund");
    if (!e)
        e = payments_store_lock(p, cx, deed.payment_id, &before);
    if (!e)
        e = get_deed(p, cx, in.deed_id, ret); /* as it is while nobody else can change it */
    if (!e)
        e = payments_store_deeds_of(p, cx, deed.payment_id, &deeds, &n);
    if (e)
        return e;
    deed.status = PAYMENTS_DEED_REFUSED;
    deed.refusal = S(PAYMENTS_FAILED);
    deed.updated_ms = cx->now_ms;
    e = payments_store_deed_end(p, cx, &deed, PAYMENTS_DEED_DONE, &ended);
    if (e || !ended) /* told twice, or before its answer */
        return e;
    *ret = deed;
    e = payments_domain_refund_failed(cx, &before, deeds, n, &deed, &after);
    if (e)
        return e;
    after.kept |= in.keep;
    after.updated_ms = cx->now_ms;
    return payments_store_set(p, cx, before.status, &after);
}

err payments_deeds_of(
    struct payments *p, struct cx *cx, id payment_id, struct payments_deed **ret, size_t *ret_n)
{
    return payments_store_deeds_of(p, cx, payment_id, ret, ret_n);
}

err payments_deeds_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_deed **ret, size_t *ret_n)
{
    ASSERT(limit > 0 && limit <= SWEEP_MAX);
    return payments_store_deeds_open(p, cx, older_ms, limit, ret, ret_n);
}
