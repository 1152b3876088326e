/* SPDX-License-Identifier: Apache-2.0
 * Cancelling an order before it is shipped: one unit puts stock back and moves the state, then the
 * money goes back by the same machine as a sale. Must never refund before the unit is durable. */
#include "flows/checkout/checkout_internal.h"

static const struct payments_payment *paid_one(const struct payments_payment *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].status == PAYMENTS_CAPTURED || list[i].status == PAYMENTS_AUTHORIZED)
            return &list[i];
    return NULL;
}

static err unit_cancel_order(void *arg, struct cx *cx)
{
    struct checkout_ending *x = arg;
    struct checkout *c = x->c;
    struct orders_order *o = &x->run.order;
    err e = orders_get(c->deps.orders, cx, checkout_owner_of(cx), x->order_id, o);
    if (e)
        return e;
    if (o->status != ORDERS_CONFIRMED && o->status != ORDERS_PROCESSING)
        return FAIL(cx, CHECKOUT_NOT_OFFERED, "cancel in state %s", orders_status_names[o->status]);
    e = orders_move(c->deps.orders, cx,
        (struct orders_move){ .order_id = o->order_id,
            .actor_id = cx->who.user_id,
            .to = ORDERS_CANCELLED,
            .reason = x->reason.n ? x->reason : S("buyer") });
    if (!e)
        e = inventory_restock(c->deps.inventory, cx, o->order_id);
    struct payments_payment *payments;
    size_t n = 0;
    if (!e)
        e = payments_of_order(c->deps.payments, cx, o->order_id, &payments, &n);
    if (e)
        return e;
    const struct payments_payment *paid = paid_one(payments, n);
    x->refund = paid != NULL;
    if (!paid)
        return NULL;
    x->run.saga = (struct checkout_saga){ .order_id = o->order_id,
        .user_id = o->user_id,
        .payment_id = paid->payment_id,
        .step = CHECKOUT_REFUND,
        .number = o->number,
        .token = paid->token,
        .provider_ref = paid->provider_ref,
        .amount = paid->amount,
        .reason = S("cancelled") };
    return checkout_saga_add(c, cx, &x->run.saga);
}

static void refund_over(void *arg, struct checkout_run *run)
{
    struct checkout_ending *x = arg;
    (void)run; /* when the provider is away the job goes on; the order is cancelled all the same */
    x->done(x->arg, x);
}

static void cancelled(void *arg, struct cx *cx, err e)
{
    struct checkout_ending *x = arg;
    x->failed = e;
    if (e || !x->refund) {
        x->done(x->arg, x);
        return;
    }
    x->run.c = x->c;
    x->run.cx = cx;
    x->run.finish = refund_over;
    x->run.arg = x;
    checkout_advance(&x->run);
}

void checkout_cancel(struct checkout_ending *x)
{
    db_write(x->c->deps.db, x->cx, id_hash(x->order_id), unit_cancel_order, x, cancelled);
}
