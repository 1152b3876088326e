/* SPDX-License-Identifier: Apache-2.0
 * Money that no order stands for goes back. Called by the job and by tests. Must never touch a
 * payment whose order is on its way, nor guess what the provider has. */
#include "base/instant.h"
#include "flows/till/till_internal.h"
#include "platform/log/log.h"
#include "platform/saga/saga.h"

#define SWEEP_N 1000 /* so many would have to be stuck before others wait for them */

struct sweeping {
    struct till *till;
    int64_t older_ms;
    struct payments_payment *list[2], payment; /* orphans, and what never got an answer */
    size_t n[2];
    struct pay_result result;
    struct payments_deed deed;
    bool asks; /* the deed is to be done */
};

static err read_lists(void *arg, struct cx *cx)
{
    struct sweeping *s = arg;
    struct payments *p = s->till->deps.payments;
    err e = payments_orphans(p, cx, s->older_ms, SWEEP_N, &s->list[0], &s->n[0]);
    return e ? e : payments_open_since(p, cx, s->older_ms, SWEEP_N, &s->list[1], &s->n[1]);
}

/* The same for the same payment, so that a sweep that died is repeated and not doubled. What the
 * provider has refused is owed all the same: an hour later it is asked for under the next id. */
static err name_deed(struct sweeping *s, struct cx *cx, bool *ret_waits)
{
    struct payments_deed *list;
    size_t n = 0, refused = 0;
    err e = payments_deeds_of(s->till->deps.payments, cx, s->payment.payment_id, &list, &n);
    *ret_waits = false;
    for (size_t i = 0; !e && i < n; i++) {
        if (list[i].status != PAYMENTS_DEED_REFUSED || !str_eq(list[i].reason, s->deed.reason))
            continue;
        refused++;
        *ret_waits |= list[i].updated_ms + HOUR_MS > cx->now_ms;
    }
    str name = str_fmt(cx->arena, STR_F "/%s", STR_A(id_text(cx->arena, s->payment.payment_id)),
        s->deed.kind == PAYMENTS_REFUND ? "refund" : "release");
    if (refused)
        name = str_fmt(cx->arena, STR_F "/%zu", STR_A(name), refused);
    s->deed.deed_id = id_from_name(S("till_sweep"), name);
    return e;
}

/* What the provider says is on record before anything is asked of it. */
static err unit_before(void *arg, struct cx *cx)
{
    struct sweeping *s = arg;
    struct payments *p = s->till->deps.payments;
    struct payments_payment *x = &s->payment;
    struct pay_result said = s->result;
    s->asks = false;
    if (said.state == PAY_STATE_NONE) /* nothing was begun there */
        said = (struct pay_result){ .state = PAY_STATE_VOIDED };
    err e = payments_hear(p, cx, x->payment_id, &said, x);
    if (e || x->kept)
        return e;
    int64_t left = x->captured_minor - x->refunded_minor;
    bool taken = x->status == PAYMENTS_CAPTURED && left > 0;
    if (!taken && x->status != PAYMENTS_AUTHORIZED && x->status != PAYMENTS_CHALLENGED)
        return NULL;
    bool waits = false;
    s->deed = (struct payments_deed){ .payment_id = x->payment_id,
        .kind = taken ? PAYMENTS_REFUND : PAYMENTS_RELEASE,
        .amount = money_of(taken ? left : 0, x->amount.currency),
        .reason = S("no_order") };
    e = name_deed(s, cx, &waits);
    if (e || waits)
        return e;
    e = payments_deed_start(p, cx, &s->deed, &s->deed);
    s->asks = !e && s->deed.status == PAYMENTS_DEED_STARTED;
    return e;
}

static err unit_after(void *arg, struct cx *cx)
{
    struct sweeping *s = arg;
    return payments_deed_answer(
        s->till->deps.payments, cx, s->deed.deed_id, &s->result, &s->payment);
}

static err give_back(struct sweeping *s, struct cx *cx)
{
    struct till *t = s->till;
    struct pay *pay = t->deps.pay;
    str key = id_text(cx->arena, s->deed.deed_id), ref = s->payment.provider_ref;
    err e = s->deed.kind == PAYMENTS_REFUND
                ? pay->refund(pay->self, cx, key, ref, s->deed.amount, &s->result)
                : pay->release(pay->self, cx, key, ref, &s->result);
    if (!e)
        e = till_write(t, cx, s->payment.payment_id, unit_after, s);
    if (e || !s->result.decline_code.n)
        return e;
    return FAIL(cx, PAYMENTS_MOVE_REFUSED, "the provider keeps payment " STR_F ": " STR_F,
        STR_A(id_text(cx->arena, s->payment.payment_id)), STR_A(s->result.decline_code));
}

static err sweep_one(struct sweeping *s, struct cx *cx, bool *ret_ended)
{
    struct till *t = s->till;
    struct pay *pay = t->deps.pay;
    bool lives = true;
    err e = till_saga_lives(t, cx, s->payment.order_id, &lives);
    if (e || lives)
        return e;
    e = pay->find(pay->self, cx, id_text(cx->arena, s->payment.payment_id), &s->result);
    bool lost = s->result.state == PAY_STATE_NONE && s->payment.provider_ref.n > 0;
    if (!e && lost)
        return FAIL(cx, ERR_BUG, "the provider does not know payment " STR_F,
            STR_A(id_text(cx->arena, s->payment.payment_id)));
    if (!e)
        e = till_write(t, cx, s->payment.payment_id, unit_before, s);
    if (!e && s->asks)
        e = give_back(s, cx);
    enum payments_status now = s->payment.status;
    *ret_ended =
        !e && (now == PAYMENTS_VOIDED || now == PAYMENTS_REFUNDED || now == PAYMENTS_REFUSED);
    return e;
}

/* What gift cards and wallets pay is the ledger's, and no provider's. */
static bool has_provider(struct till *t, const struct payments_payment *p)
{
    return pay_named(t->deps.pay, p->provider) != NULL;
}

err till_sweep(struct till *t, struct cx *cx, size_t *ret_n)
{
    struct sweeping s = { .till = t, .older_ms = cx->now_ms - TILL_ORPHAN_MS };
    size_t ended_n = 0;
    err e = db_read(cx, read_lists, &s);
    if (e)
        return e;
    for (size_t i = 0; i < s.n[0] + s.n[1]; i++) {
        bool ended = false;
        s.payment = i < s.n[0] ? s.list[0][i] : s.list[1][i - s.n[0]];
        s.result = (struct pay_result){ .state = PAY_STATE_NONE };
        if (!has_provider(t, &s.payment))
            continue;
        e = sweep_one(&s, cx, &ended);
        if (e)
            log_err(t->deps.log, cx, e, S("orphaned payment"));
        cx_clear(cx);
        ended_n += ended;
    }
    *ret_n = ended_n;
    return NULL;
}
