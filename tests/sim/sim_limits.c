/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, the limits of one promotion: orders hold it, stand, expire and are
 * given back in any order, beside a count on fingers. Called by sim_shop.c; must never ask the
 * promotion what is left of it. */
#include "services/promotions/promotions_jobs.h"
#include "tests/sim/sim.h"

#define ORDERS 8
#define BUYERS 2
#define TRIES 40

enum held { HELD_NOT, HELD, HELD_EXPIRED, HELD_CONFIRMED };
struct limits {
    struct sim *sim;
    struct rng rng;
    struct promotions_promotion promotion;
    int64_t now_ms;
    id buyers[BUYERS];
    struct held_order {
        id order_id;
        size_t buyer;
        int64_t units, minor, expires_ms;
        enum held state;
    } orders[ORDERS];
    struct held_order *order; /* that is tried */
};

/* ---- on fingers ---- */

static bool is_counted(const struct held_order *o)
{
    return o->state == HELD || o->state == HELD_CONFIRMED;
}

/* Whether one more may have it; nobody may before it begins, nor once it is over. */
static bool fits(const struct limits *l, const struct held_order *one)
{
    const struct promotions_promotion *p = &l->promotion;
    int64_t units = one->units, minor = one->minor, theirs = one->units;
    for (size_t i = 0; i < ORDERS; i++) {
        const struct held_order *o = &l->orders[i];
        if (!is_counted(o))
            continue;
        units += o->units;
        minor += o->minor;
        theirs += o->buyer == one->buyer ? o->units : 0;
    }
    return (!p->uses_max || units <= p->uses_max) &&
           (!p->budget_minor || minor <= p->budget_minor) &&
           (!p->per_customer || theirs <= p->per_customer) && p->starts_ms <= l->now_ms &&
           l->now_ms < p->ends_ms;
}

/* ---- verbs ---- */

static err unit_put(void *arg, struct cx *cx)
{
    struct limits *l = arg;
    cx->now_ms = l->now_ms;
    struct promotions_promotion kept;
    err e = promotions_put(l->sim->outside.promotions, cx, &l->promotion, &kept);
    l->promotion.promotion_id = kept.promotion_id;
    return e;
}

static err unit_hold(void *arg, struct cx *cx)
{
    struct limits *l = arg;
    const struct promotions_use use = { .promotion_id = l->promotion.promotion_id,
        .kind = l->promotion.kind,
        .code = l->promotion.code,
        .units = l->order->units,
        .minor = l->order->minor };
    cx->now_ms = l->now_ms;
    return promotions_reserve(l->sim->outside.promotions, cx,
        (struct promotions_reserve){ .order_id = l->order->order_id,
            .buyer = { .user_id = l->buyers[l->order->buyer] },
            .uses = &use,
            .uses_n = 1,
            .expires_ms = l->order->expires_ms });
}

static err unit_confirm(void *arg, struct cx *cx)
{
    struct limits *l = arg;
    cx->now_ms = l->now_ms;
    return promotions_confirm(l->sim->outside.promotions, cx, l->order->order_id);
}

static err unit_release(void *arg, struct cx *cx)
{
    struct limits *l = arg;
    cx->now_ms = l->now_ms;
    return promotions_release(l->sim->outside.promotions, cx, l->order->order_id);
}

static err unit_expire(void *arg, struct cx *cx)
{
    struct limits *l = arg;
    bool more = false;
    cx->now_ms = l->now_ms;
    return promotions_jobs[0].fn(l->sim->outside.promotions, cx, &more);
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct limits *l = arg;
    struct promotions_promotion is;
    int64_t units = 0, minor = 0;
    err e = promotions_get(l->sim->outside.promotions, cx, l->promotion.promotion_id, &is);
    for (size_t i = 0; i < ORDERS; i++)
        if (is_counted(&l->orders[i])) {
            units += l->orders[i].units;
            minor += l->orders[i].minor;
        }
    if (!e && (is.used != units || is.spent_minor != minor))
        sim_fail(l->sim, "of a promotion %lld of %lld and %lld of %lld are counted",
            (long long)is.used, (long long)units, (long long)is.spent_minor, (long long)minor);
    return e;
}

static err run(struct limits *l, db_work *fn)
{
    return sim_at_once(l->sim, SIM_CART, fn, l);
}

static void said(struct limits *l, const char *verb, err is, bool may)
{
    sim_expect(l->sim, "a promotion is", verb, is, may ? NULL : &PROMOTIONS_EXHAUSTED);
}

/* ---- tries ---- */

static void hold(struct limits *l)
{
    struct held_order *o = l->order;
    if (o->state != HELD_NOT) { /* a repeat: the first answer stands */
        said(l, "held again", run(l, unit_hold), true);
        return;
    }
    o->buyer = rng_below(&l->rng, BUYERS);
    o->units = rng_between(&l->rng, 1, 2);
    o->minor = rng_between(&l->rng, 1, 3) * 100;
    o->expires_ms = l->now_ms + rng_between(&l->rng, 1, 4);
    bool may = fits(l, o);
    said(l, "held", run(l, unit_hold), may);
    o->state = may ? HELD : HELD_NOT;
}

static void confirm(struct limits *l)
{
    struct held_order *o = l->order;
    bool may = o->state != HELD_EXPIRED || fits(l, o);
    said(l, "confirmed", run(l, unit_confirm), may);
    if (may && o->state != HELD_NOT)
        o->state = HELD_CONFIRMED;
}

static void expire(struct limits *l)
{
    said(l, "expired", run(l, unit_expire), true);
    for (size_t i = 0; i < ORDERS; i++)
        if (l->orders[i].state == HELD && l->orders[i].expires_ms <= l->now_ms)
            l->orders[i].state = HELD_EXPIRED;
}

static void release(struct limits *l)
{
    said(l, "given back", run(l, unit_release), true);
    l->order->state = HELD_NOT;
}

void sim_limits_check(struct sim *s)
{
    struct limits l = { .sim = s,
        .rng = rng_seeded(s->seed ^ UINT64_C(0x6c696d697473)), /* "limits" */
        .now_ms = s->now_ms };
    for (size_t i = 0; i < BUYERS; i++)
        l.buyers[i] = id_new(&l.rng, s->now_ms);
    for (size_t i = 0; i < ORDERS; i++)
        l.orders[i].order_id = id_new(&l.rng, s->now_ms);
    l.promotion = (struct promotions_promotion){ .name = S("Limits"),
        .kind = PROMOTIONS_AMOUNT,
        .code = S("LIMITS"),
        .amount_minor = 100,
        .uses_max = rng_between(&l.rng, 2, 6),
        .per_customer = rng_chance(&l.rng, 600) ? rng_between(&l.rng, 2, 4) : 0,
        .budget_minor = rng_chance(&l.rng, 600) ? rng_between(&l.rng, 3, 9) * 100 : 0,
        .starts_ms = s->now_ms + rng_between(&l.rng, 0, 2),
        .ends_ms = s->now_ms + rng_between(&l.rng, 8, 20) };
    err e = run(&l, unit_put);
    for (int i = 0; !e && i < TRIES; i++) {
        static void (*const verbs[])(struct limits *) = { hold, hold, confirm, expire, release };
        l.order = &l.orders[rng_below(&l.rng, ORDERS)];
        verbs[rng_below(&l.rng, COUNT(verbs))](&l);
        e = run(&l, unit_compare);
        l.now_ms += rng_below(&l.rng, 2);
    }
    for (size_t i = 0; i < ORDERS; i++) {
        l.order = &l.orders[i];
        release(&l);
    }
    if (!e)
        e = run(&l, unit_compare);
    if (e)
        sim_fail(s, "limits that are tried: %s", e->slug);
}
