/* SPDX-License-Identifier: Apache-2.0
 * The verbs of payments: what is about to be asked, and what was answered. Called by the checkout
 * inside its units of work; must never call a provider, nor begin or commit. */
#include "services/payments/payments.h"

#include "payments_sql.h"
#include "services/payments/payments_domain.h"
#include "services/payments/payments_routes.h"
#include "services/payments/payments_store.h"

#define SWEEP_MAX 1000

const problem PAYMENTS_DECLINED = { KIND_PAYMENT, "payments.declined", "payment_declined",
    "The payment was declined" };
const problem PAYMENTS_AMOUNT_TOO_LARGE = { KIND_INVALID, "payments.amount_too_large", NULL,
    "The amount is more than is left of the payment" };
const problem PAYMENTS_MOVE_REFUSED = { KIND_CONFLICT, "payments.move_refused",
    "payment_state_conflict", "The payment is not in a state that allows this" };

#define WEBHOOK_DAYS 30

struct payments *payments_open(struct arena *life, struct payments_deps deps)
{
    struct payments *p = NEW(life, struct payments);
    p->deps = deps;
    if (!p->deps.keep_webhooks_days)
        p->deps.keep_webhooks_days = WEBHOOK_DAYS;
    return p;
}

/* ---- before and after the call ---- */

err payments_start(
    struct payments *p, struct cx *cx, const struct payments_payment *in, bool is_new)
{
    ASSERT(!id_is_none(in->payment_id) && !id_is_none(in->order_id));
    ASSERT(in->status == PAYMENTS_STARTED);
    ASSERT(in->amount.minor >= 0 && in->captured_minor == 0 && in->refunded_minor == 0);
    if (is_new)
        return payments_store_begin(p, cx, in);
    bool added = false;
    err e = payments_store_add(p, cx, in, &added);
    if (e || added)
        return e;
    struct payments_payment known;
    e = payments_store_get(p, cx, in->payment_id, &known);
    if (e)
        return e;
    if (!id_eq(known.order_id, in->order_id) || known.amount.minor != in->amount.minor)
        return FAIL(cx, ERR_BUG, "a payment's id for another order or amount");
    return NULL; /* a repeat: what has happened since stands */
}

static err answer_of(struct payments *p, struct cx *cx, const struct payments_payment *before,
    const struct pay_result *in, bool keep, struct payments_payment *ret)
{
    struct payments_payment after;
    bool changed = false;
    err e = payments_domain_answer(cx, before, in, &after, &changed);
    if (e)
        return e;
    after.kept = before->kept || keep;
    if (changed || after.kept != before->kept) {
        after.updated_ms = cx->now_ms;
        e = payments_store_set(p, cx, before->status, &after);
    }
    if (e)
        return e;
    *ret = after;
    return NULL;
}

static err answer(struct payments *p, struct cx *cx, id payment_id, const struct pay_result *in,
    bool keep, struct payments_payment *ret)
{
    struct payments_payment before;
    err e = payments_store_lock(p, cx, payment_id, &before);
    return e ? e : answer_of(p, cx, &before, in, keep, ret);
}

err payments_answer(struct payments *p, struct cx *cx, id payment_id, const struct pay_result *in,
    struct payments_payment *ret)
{
    return answer(p, cx, payment_id, in, /* keep= */ false, ret);
}

err payments_answer_kept(struct payments *p, struct cx *cx, id payment_id,
    const struct pay_result *in, struct payments_payment *ret)
{
    return answer(p, cx, payment_id, in, /* keep= */ true, ret);
}

err payments_answer_started(struct payments *p, struct cx *cx,
    const struct payments_payment *started, const struct pay_result *in,
    struct payments_payment *ret)
{
    ASSERT(started->status == PAYMENTS_STARTED);
    if (db_presume(p->deps.db, cx))
        return answer_of(p, cx, started, in, /* keep= */ true, ret);
    return payments_answer_kept(p, cx, started->payment_id, in, ret);
}

/* Deeds are looked at only when more is said to have gone back than is known. */
static err told_of(struct payments *p, struct cx *cx, const struct payments_payment *before,
    id answered, struct pay_result *told)
{
    struct payments_deed *deeds;
    size_t n = 0;
    bool all = told->state == PAY_STATE_REFUNDED && before->status != PAYMENTS_REFUNDED;
    if (!all && told->refunded_minor <= before->refunded_minor)
        return NULL;
    err e = payments_store_deeds_of(p, cx, before->payment_id, &deeds, &n);
    if (!e)
        *told = payments_domain_told(before, deeds, n, answered, told);
    return e;
}

err payments_hear_of(struct payments *p, struct cx *cx, const struct payments_payment *before,
    id answered, const struct pay_result *in, struct payments_payment *ret)
{
    struct payments_payment after;
    struct pay_result told = *in;
    bool changed = false;
    err e = told_of(p, cx, before, answered, &told);
    if (e)
        return e;
    payments_domain_hear(before, &told, &after, &changed);
    if (changed) {
        after.updated_ms = cx->now_ms;
        e = payments_store_set(p, cx, before->status, &after);
    }
    if (e)
        return e;
    *ret = after;
    return NULL;
}

err payments_hear(struct payments *p, struct cx *cx, id payment_id, const struct pay_result *in,
    struct payments_payment *ret)
{
    struct payments_payment before;
    err e = payments_store_lock(p, cx, payment_id, &before);
    return e ? e : payments_hear_of(p, cx, &before, (id){ .b = { 0 } }, in, ret);
}

err payments_lost(struct payments *p, struct cx *cx, id payment_id)
{
    struct payments_payment payment;
    err e = payments_store_lock(p, cx, payment_id, &payment);
    if (e || !payments_domain_lost(payment.status))
        return e;
    enum payments_status was = payment.status;
    payment.status = PAYMENTS_UNKNOWN_ANSWER;
    return payments_store_set(p, cx, was, &payment);
}

/* ---- looking ---- */

err payments_get(struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret)
{
    return payments_store_get(p, cx, payment_id, ret);
}

err payments_of_order(
    struct payments *p, struct cx *cx, id order_id, struct payments_payment **ret, size_t *ret_n)
{
    return payments_store_of_order(p, cx, order_id, ret, ret_n);
}

err payments_open_since(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n)
{
    ASSERT(limit > 0 && limit <= SWEEP_MAX);
    return payments_store_open(p, cx, older_ms, limit, ret, ret_n);
}

err payments_keep(struct payments *p, struct cx *cx, id order_id, bool keep)
{
    return payments_sql_payment_keep(p->deps.db, cx,
        (struct payments_sql_payment_keep_in){ .order_id = order_id, .kept = keep }, NULL);
}

err payments_orphans(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n)
{
    ASSERT(limit > 0 && limit <= SWEEP_MAX);
    return payments_store_orphans(p, cx, older_ms, limit, ret, ret_n);
}

err payments_captured_of(struct payments *p, struct cx *cx, id order_id, int64_t *ret_minor)
{
    struct payments_sql_captured_of_row row = { 0 };
    bool found = false;
    err e = payments_sql_captured_of(
        p->deps.db, cx, (struct payments_sql_captured_of_in){ .order_id = order_id }, &row, &found);
    if (e)
        return e;
    *ret_minor = row.kept;
    return NULL;
}

static const problem *const problems[] = {
    &PAYMENTS_DECLINED,
    &PAYMENTS_MOVE_REFUSED,
    &PAYMENTS_AMOUNT_TOO_LARGE,
    NULL,
};
static const struct job jobs[] = {
    { "payments.webhook_prune", INT64_C(3600000), payments_webhook_prune },
    { NULL, 0, NULL },
};
static const struct service_part person_parts[] = {
    { "methods", &PAYMENTS_PERSON_METHODS },
    { "payments", &PAYMENTS_PERSON_PAYMENTS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &PAYMENTS_ERASE_WEBHOOKS,
    &PAYMENTS_ERASE_METHODS, &PAYMENTS_ERASE_CARDS, &PAYMENTS_ERASE_NOTE, NULL };
static const struct service_person person = {
    .parts = person_parts, .erase = person_erase, .erased = &PAYMENTS_ERASED
};

const struct service payments_service = {
    .name = "payments",
    .folder = "src/services/payments/",
    .routes = payments_routes,
    .jobs = jobs,
    .queries = payments_queries,
    .person = &person,
    .problems = problems,
};
