/* SPDX-License-Identifier: Apache-2.0
 * Placing: the first unit of an order's saga (claim, reserve, order, payment row, saga row), then
 * the run. Called by the API and the page; must never answer before the unit is durable. */
#include "flows/checkout/checkout_internal.h"

static err unit_prepare(void *arg, struct cx *cx)
{
    struct checkout_place *p = arg;
    p->prepared = checkout_prepare(p->c, cx, &p->wish, &p->run.order);
    return NULL; /* a repeat of the key must get its answer whatever the cart looks like now */
}

static err write_order(struct checkout_place *p, struct cx *cx)
{
    struct checkout *c = p->c;
    struct orders_order *o = &p->run.order;
    struct checkout_saga *s = &p->run.saga;
    struct inventory_line *lines = NEW_N(cx->arena, o->lines_n, struct inventory_line);
    for (size_t i = 0; i < o->lines_n; i++)
        lines[i] = (struct inventory_line){ o->lines[i].product_id, o->lines[i].variant_id,
            o->lines[i].quantity };
    err e = inventory_reserve(c->deps.inventory, cx,
        (struct inventory_reserve){ .order_id = o->order_id,
            .lines = lines,
            .lines_n = o->lines_n,
            .expires_ms = cx->now_ms + INVENTORY_HOLD_MS });
    if (!e)
        e = orders_place(c->deps.orders, cx, o, &o->number);
    if (e)
        return e;
    *s = (struct checkout_saga){ .order_id = o->order_id,
        .user_id = o->user_id,
        .payment_id = cx_id(cx),
        .step = CHECKOUT_AUTHORIZE,
        .number = o->number,
        .token = p->wish.method.token,
        .amount = o->total,
        .cart_hash = o->cart_hash,
        .from_cart = p->wish.from_cart,
        .claim = p->claim };
    struct payments_payment payment = { .payment_id = s->payment_id,
        .order_id = o->order_id,
        .user_id = o->user_id,
        .provider = str_from_c(c->deps.pay->name),
        .method_type = p->wish.method.type,
        .token = s->token,
        .status = PAYMENTS_STARTED,
        .amount = o->total };
    e = payments_start(c->deps.payments, cx, &payment);
    return e ? e : checkout_saga_add(c, cx, s);
}

static err unit_place(void *arg, struct cx *cx)
{
    struct checkout_place *p = arg;
    if (p->claim.key.n) {
        enum idem_state state;
        err e = idem_take(p->c->deps.db, cx, p->claim, p->run.order.order_id, &state, &p->stored);
        if (e)
            return e;
        p->replayed = state == IDEM_REPLAY;
        if (p->replayed)
            return NULL;
    }
    if (p->prepared)
        return p->prepared; /* undoes the claim */
    return write_order(p, cx);
}

static void run_over(void *arg, struct checkout_run *run)
{
    struct checkout_place *p = arg;
    p->failed = run->unit_error ? run->unit_error : run->outcome;
    p->done(p->arg, p);
}

static void placed(void *arg, struct cx *cx, err e)
{
    struct checkout_place *p = arg;
    (void)cx;
    if (e || p->replayed) {
        p->failed = e;
        p->done(p->arg, p);
        return;
    }
    p->run.c = p->c;
    p->run.cx = p->cx;
    p->run.finish = run_over;
    p->run.arg = p;
    checkout_advance(&p->run);
}

void checkout_place(struct checkout_place *p)
{
    struct cx *cx = p->cx;
    err e = db_read(cx, unit_prepare, p);
    if (e) {
        p->failed = e;
        p->done(p->arg, p);
        return;
    }
    /* The first variant picks the lane: buyers of one hot item queue in memory, not on its row. */
    uint64_t conflict = p->prepared ? 0 : id_hash(p->run.order.lines[0].variant_id);
    db_write(p->c->deps.db, cx, conflict, unit_place, p, placed);
}
