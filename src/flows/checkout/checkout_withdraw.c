/* SPDX-License-Identifier: Apache-2.0
 * Cancelling an order that is still being placed: its buyer is at the bank, it is under review, or
 * the provider is away. That it is withdrawn is noted on the order; its saga, woken, undoes it, or
 * has taken the money already: then it is cancelled like any other. Called by checkout_end; must
 * never undo anything itself. */
#include "flows/checkout/checkout_internal.h"

/* ---- by whoever asks ---- */

struct withdrawing {
    struct checkout_ending *x;
    enum orders_status now;
};

static void end(struct withdrawing *w, err e)
{
    w->x->failed = e;
    w->x->done(w->x->arg, w->x);
}

/* A repeat is shown the order as it is then. */
static err unit_claim(void *arg, struct cx *cx)
{
    const struct withdrawing *w = arg;
    struct checkout_ending *x = w->x;
    struct db *db = x->c->deps.db;
    enum idem_state state;
    struct idem_reply stored;
    err e = idem_take(db, cx, x->claim, x->order_id, &state, &stored);
    if (e)
        return e;
    x->replayed = state == IDEM_REPLAY;
    return x->replayed ? NULL : idem_finish(db, cx, x->claim, 200, S("{}"));
}

static void claimed(void *arg, struct cx *cx, err e)
{
    (void)cx;
    end(arg, e);
}

static err unit_status(void *arg, struct cx *cx)
{
    struct withdrawing *w = arg;
    struct orders_order o;
    err e = orders_get(
        w->x->c->deps.orders, cx, (struct orders_owner){ .staff = true }, w->x->order_id, &o);
    w->now = e ? ORDERS_STATUSES_N : o.status;
    return e;
}

/* Its saga has ended or waits again. */
static void look(void *arg)
{
    struct withdrawing *w = arg;
    struct checkout_ending *x = w->x;
    err e = db_read_committed(x->cx, unit_status, w);
    x->waits = w->now == ORDERS_PENDING;
    if (e)
        end(w, e);
    else if (!x->waits && w->now != ORDERS_CANCELLED)
        checkout_end(x); /* confirmed first */
    else if (x->claim.key.n)
        db_write(x->c->deps.db, x->cx, id_hash(x->order_id), unit_claim, w, claimed);
    else
        end(w, NULL);
}

static void woken(void *arg)
{
    struct withdrawing *w = arg;
    checkout_off_lane(w->x->c, look, w);
}

static void wake(struct withdrawing *w)
{
    struct checkout_ending *x = w->x;
    saga_wake(x->c->deps.sagas, x->cx,
        (struct saga_wake){ .saga_id = x->order_id, .force = true, .after = woken, .arg = w });
}

static err unit_lapse(void *arg, struct cx *cx)
{
    const struct withdrawing *w = arg;
    return fraud_review_lapse(w->x->c->deps.fraud, cx, w->x->order_id);
}

static void lapsed(void *arg, struct cx *cx, err e)
{
    (void)cx;
    if (e)
        end(arg, e);
    else
        wake(arg);
}

static err unit_note(void *arg, struct cx *cx)
{
    const struct withdrawing *w = arg;
    const struct checkout_ending *x = w->x;
    return orders_withdraw(x->c->deps.orders, cx,
        (struct orders_move){ .order_id = x->order_id,
            .actor_id = cx->who.user_id,
            .reason = checkout_ending_reason(x),
            .if_match = x->if_match });
}

static void noted(void *arg, struct cx *cx, err e)
{
    struct withdrawing *w = arg;
    struct checkout *c = w->x->c;
    if (e == &ORDERS_MOVE_REFUSED) { /* confirmed or refused since it was looked at */
        cx_clear(cx);
        checkout_off_lane(c, look, w);
    } else if (e) {
        end(w, e);
    } else if (c->deps.fraud) {
        db_write(checkout_fraud_db(c), cx, id_hash(w->x->order_id), unit_lapse, w, lapsed);
    } else {
        wake(w);
    }
}

void checkout_withdraw(struct checkout_ending *x)
{
    struct withdrawing *w = NEW(x->cx->arena, struct withdrawing);
    w->x = x;
    db_write(checkout_orders_db(x->c), x->cx, id_hash(x->order_id), unit_note, w, noted);
}

/* ---- by its saga ---- */

struct asked_back {
    struct checkout *c;
    id order_id;
    bool is;
};
static err unit_asked_back(void *arg, struct cx *cx)
{
    struct asked_back *a = arg;
    struct orders_order o;
    err e =
        orders_get(a->c->deps.orders, cx, (struct orders_owner){ .staff = true }, a->order_id, &o);
    a->is = !e && o.withdrawn.n > 0;
    return e;
}

err checkout_is_withdrawn(struct checkout *c, struct cx *cx, id order_id, bool *ret)
{
    struct asked_back a = { .c = c, .order_id = order_id };
    err e = db_read_committed(cx, unit_asked_back, &a);
    *ret = a.is;
    return e;
}

/* ---- it was confirmed all the same, and who asked may have been told that it will be cancelled:
 * events of it ---- */

static err unit_get(void *arg, struct cx *cx)
{
    struct checkout_ending *x = arg;
    struct orders_order *o = NEW(cx->arena, struct orders_order);
    err e =
        orders_get(x->c->deps.orders, cx, (struct orders_owner){ .staff = true }, x->order_id, o);
    bool offered = !e && !checkout_offered(cx, o, CHECKOUT_CANCELS, 0);
    x->arg = offered ? o : NULL; /* else it is cancelled, or under way to its buyer */
    return e;
}

err checkout_withdrawn_look(void *service, struct cx *cx, const struct bus_event *event)
{
    struct checkout_ending x = { .c = service, .order_id = event->aggregate };
    err e = db_read_committed(cx, unit_get, &x);
    cx_clear(cx);
    *event->made = x.arg;
    return e;
}

err checkout_withdrawn_end(void *service, struct cx *cx, const struct bus_event *event)
{
    struct checkout *c = service;
    const struct orders_order *o = *event->made;
    bool begun = false;
    if (!o)
        return NULL;
    cx->who.user_id = o->withdrawn_by;
    err e = checkout_end_later(&(struct checkout_ending){ .c = c,
                                   .cx = cx,
                                   .order_id = o->order_id,
                                   .why = CHECKOUT_CANCELS,
                                   .reason = o->withdrawn },
        &begun);
    if (!e && !begun) /* it is being cancelled, or paid back for something else */
        e = FAIL(cx, CHECKOUT_BUSY, "a saga of this order is under way");
    return e;
}
