/* SPDX-License-Identifier: Apache-2.0
 * A fraud service on one store for the tests of this folder, and orders that look at it. Must never
 * be used outside this folder. */
#ifndef SOUK_SERVICES_FRAUD_TESTS_FRAUD_DESK_H
#define SOUK_SERVICES_FRAUD_TESTS_FRAUD_DESK_H

#include "services/fraud/fraud.h"
#include "tests/support/store.h"

static const char *const desk_folders[] = { "platform/bus", "services/fraud", NULL };

struct desk {
    struct store *s;
    struct fraud *f;
    struct arena *life;
    int64_t orders;
};

static inline struct desk desk_open_with(void **state, struct fraud_limits limits)
{
    struct desk d = { .s = store_open(store_engine(state), desk_folders),
        .life = arena_open(4096) };
    d.f = fraud_open(d.life,
        (struct fraud_deps){ .db = store_db(d.s), .key = S("a key of tests"), .limits = limits });
    return d;
}

static inline struct desk desk_open(void **state)
{
    return desk_open_with(state, fraud_limits_default);
}

struct desk_checked {
    struct desk *d;
    size_t wrong;
};
static inline err desk_check(void *arg, struct cx *cx)
{
    struct desk_checked *c = arg;
    return fraud_check(c->d->f, cx, &c->wrong);
}

/* At the end of every test the invariants hold. */
static inline void desk_close(struct desk *d)
{
    struct desk_checked c = { .d = d };
    CHECK_ERR(store_cx(d->s), store_read(d->s, desk_check, &c), NULL);
    CHECK_INT((int64_t)c.wrong, 0);
    store_close(d->s);
    arena_close(d->life);
}

/* One order: what is absent is somebody else's each time. */
struct desk_order {
    id order_id; /* none: a new one */
    const char *email, *peer, *device, *card, *country;
    id user_id;
    int64_t minor;              /* 0: 50.00 */
    enum fraud_outcome outcome; /* FRAUD_OPEN: it stays open */
    /* of this run */
    struct desk *desk;
    struct fraud_verdict verdict;
};

static inline err desk_look(void *arg, struct cx *cx)
{
    struct desk_order *o = arg;
    str peer = o->peer ? str_from_c(o->peer)
                       : str_fmt(cx->arena, "203.0.%d.%d", (int)(o->desk->orders / 250),
                             (int)(o->desk->orders % 250));
    str email = o->email ? str_from_c(o->email)
                         : str_fmt(cx->arena, "g%d@example.org", (int)o->desk->orders);
    const struct fraud_facts facts = { .order_id = o->order_id,
        .user_id = o->user_id,
        .email = email,
        .card = str_from_c(o->card),
        .origin = fraud_origin_of(o->desk->f, cx, peer, str_from_c(o->device)),
        .billing_country = str_from_c(o->country),
        .amount = money_of(o->minor ? o->minor : 5000, (currency){ "USD" }) };
    err e = fraud_assess(o->desk->f, cx, &facts, &o->verdict);
    if (!e && o->outcome != FRAUD_OPEN)
        e = fraud_outcome(o->desk->f, cx, o->order_id, o->outcome);
    return e;
}

/* The id of the order; its verdict in *ret when that is not NULL. */
static inline id desk_order(struct desk *d, struct desk_order order, struct fraud_verdict *ret)
{
    struct cx *cx = store_cx(d->s);
    order.desk = d;
    d->orders++;
    cx->now_ms += 1000;
    if (id_is_none(order.order_id))
        order.order_id = cx_id(cx);
    CHECK_ERR(cx, store_write(d->s, desk_look, &order), NULL);
    for (size_t i = 0; i < order.verdict.reasons_n; i++)
        order.verdict.reasons[i] = str_dup(d->life, order.verdict.reasons[i]);
    if (ret)
        *ret = order.verdict;
    return order.order_id;
}

static inline bool desk_has_reason(const struct fraud_verdict *v, const char *reason)
{
    for (size_t i = 0; i < v->reasons_n; i++)
        if (str_eq(v->reasons[i], str_from_c(reason)))
            return true;
    return false;
}

#endif
