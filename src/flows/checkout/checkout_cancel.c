/* SPDX-License-Identifier: Apache-2.0
 * Cancelling an order before it is shipped: a saga that moves the order, puts the stock back, then
 * the money. Must never refund before the order's move is durable. */
#include "flows/checkout/checkout_internal.h"

/* What the saga of a cancellation keeps; payment_id none: nothing was paid. */
struct cancel_state {
    struct checkout_state paid; /* first: the calls look at it */
    id order_id, actor_id;
    str reason;
    /* of this process */
    struct checkout_ending *asked; /* NULL: taken up after a crash */
};
static const struct json_field cancel_fields[] = {
    JSON_ID(struct cancel_state, order_id),
    JSON_ID(struct cancel_state, actor_id),
    JSON_STR(struct cancel_state, reason),
    { .name = "payment_id",
        .type = JSON_T_ID,
        .offset = offsetof(struct cancel_state, paid.payment_id) },
    { .name = "currency",
        .type = JSON_T_STR,
        .offset = offsetof(struct cancel_state, paid.currency) },
    { .name = "amount_minor",
        .type = JSON_T_INT,
        .offset = offsetof(struct cancel_state, paid.amount_minor) },
};
static const struct json_shape cancel_shape =
    JSON_SHAPE("CancelState", struct cancel_state, cancel_fields);

static const struct payments_payment *paid_one(const struct payments_payment *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].status == PAYMENTS_CAPTURED || list[i].status == PAYMENTS_AUTHORIZED)
            return &list[i];
    return NULL;
}

static err check_state(struct cx *cx, const struct orders_order *o)
{
    if (o->status == ORDERS_CONFIRMED || o->status == ORDERS_PROCESSING)
        return NULL;
    return FAIL(cx, CHECKOUT_NOT_OFFERED, "cancel in state %s", orders_status_names[o->status]);
}

static err move(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct cancel_state *s = saga->state;
    struct orders_order o;
    err e = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, s->order_id, &o);
    if (e)
        return e;
    saga->label = o.number;
    if (!s->asked && o.status == ORDERS_CANCELLED) /* by this saga, before the crash */
        return NULL;
    e = check_state(cx, &o);
    if (e)
        return e;
    return orders_move(c->deps.orders, cx,
        (struct orders_move){ .order_id = s->order_id,
            .actor_id = s->actor_id,
            .to = ORDERS_CANCELLED,
            .reason = s->reason });
}

static err restock(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct cancel_state *s = saga->state;
    return inventory_restock(c->deps.inventory, cx, s->order_id);
}

/* Before the saga. A confirmed order's payment is on record, so it cannot be missed here. */
static err unit_look(void *arg, struct cx *cx)
{
    struct cancel_state *s = arg;
    struct checkout *c = s->asked->c;
    struct orders_order o;
    struct payments_payment *payments;
    size_t n = 0;
    err e = orders_get(c->deps.orders, cx, checkout_owner_of(cx), s->order_id, &o);
    if (!e)
        e = check_state(cx, &o);
    if (!e)
        e = payments_of_order(c->deps.payments, cx, s->order_id, &payments, &n);
    const struct payments_payment *paid = e ? NULL : paid_one(payments, n);
    if (!paid)
        return e;
    s->paid.payment_id = paid->payment_id;
    s->paid.currency = str_dup(cx->arena, currency_str(&paid->amount.currency));
    s->paid.amount_minor = paid->amount.minor;
    return NULL;
}

static bool unpaid(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct cancel_state *s = saga->state;
    return id_is_none(s->paid.payment_id);
}

static err record(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct cancel_state *s = saga->state;
    if (!s->paid.answered)
        return NULL;
    struct payments_payment payment;
    return payments_answer(c->deps.payments, cx, s->paid.payment_id, &s->paid.answer, &payment);
}

static err tell_order(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct cancel_state *s = saga->state;
    return orders_payment_status(c->deps.orders, cx, s->order_id, S("refunded"));
}

static const struct saga_step steps[] = {
    { .name = "cancel", .db = checkout_orders_db, .todo = move },
    { .name = "restock", .db = checkout_stock_db, .todo = restock },
    { .name = "refund", .call = checkout_give_back, .idle = unpaid },
    { .name = "record", .db = checkout_money_db, .todo = record, .idle = unpaid },
    { .name = "tell", .db = checkout_orders_db, .todo = tell_order, .idle = unpaid },
};
const struct saga_kind checkout_cancel_saga = {
    .name = "cancel",
    .steps = steps,
    .steps_n = COUNT(steps),
    .state = &cancel_shape,
};

static void over(void *arg, struct cx *cx, struct saga_over saga)
{
    struct checkout_ending *x = arg;
    (void)cx;
    /* When the provider is away the job goes on; the order is cancelled all the same. */
    x->failed = saga.outcome == SAGA_WAITS ? NULL : saga.failed;
    x->done(x->arg, x);
}

void checkout_cancel(struct checkout_ending *x)
{
    struct cx *cx = x->cx;
    struct cancel_state *s = NEW(cx->arena, struct cancel_state);
    *s = (struct cancel_state){ .order_id = x->order_id,
        .actor_id = cx->who.user_id,
        .reason = x->reason.n ? x->reason : S("buyer"),
        .asked = x };
    x->failed = db_read(cx, unit_look, s);
    if (x->failed) {
        x->done(x->arg, x);
        return;
    }
    saga_begin(x->c->deps.sagas, (struct saga_begin){ .kind = &checkout_cancel_saga,
                                     .saga_id = cx_id(cx),
                                     .state = s,
                                     .cx = cx,
                                     .conflict = id_hash(x->order_id),
                                     .over = over,
                                     .arg = x });
}
