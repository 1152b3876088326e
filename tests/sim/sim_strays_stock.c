/* SPDX-License-Identifier: Apache-2.0
 * Strays that hold and buy goods, and staff that counts, finds and throws away. Called by
 * sim_strays.c; must never ask the verbs what to expect of them. */
#include "tests/sim/sim_strays.h"

/* ---- stock ---- */

struct shelf {
    struct sim_stray *x;
    int64_t on_hand, reserved;
};
static err unit_shelf(void *arg, struct cx *cx)
{
    struct shelf *at = arg;
    const struct sim_goods *g = &at->x->sim->goods[at->x->goods];
    struct inventory_level *levels;
    size_t n = 0;
    at->on_hand = at->reserved = 0;
    err e = inventory_levels(
        at->x->sim->outside.inventory, cx, g->key.product_id, g->key.variant_id, &levels, &n);
    for (size_t i = 0; !e && i < n; i++) {
        at->on_hand += levels[i].on_hand;
        at->reserved += levels[i].reserved;
    }
    return e;
}

static struct shelf shelf_of(struct sim_stray *x)
{
    struct shelf at = { .x = x };
    err e = sim_stray_seen(x->sim, unit_shelf, &at);
    ASSERT(!e);
    return at;
}

/* The job has found what is over time; before it lets it go, that is held on. */
static err unit_expire(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    bool more;
    return inventory_service.jobs[0].fn(d->p->inventory, cx, &more);
}

static err unit_stock(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim_stray *x = d->x;
    struct inventory *inv = d->p->inventory;
    const struct sim_goods *g = &x->sim->goods[x->goods];
    const struct inventory_line lines[] = {
        { g->key.product_id, g->key.variant_id, d->number },
    };
    switch (d->verb) {
    case RESERVE:
        return inventory_reserve(inv, cx,
            (struct inventory_reserve){ .order_id = x->own,
                .lines = lines,
                .lines_n = 1,
                .expires_ms = d->until_ms,
                .country = S("US") });
    case RENEW:
        return inventory_renew(inv, cx, x->own, d->until_ms);
    case CONFIRM:
        return inventory_confirm(inv, cx, x->own);
    case RELEASE:
        return inventory_release(inv, cx, x->own);
    default:
        return inventory_restock(inv, cx, x->own);
    }
}

static void held_on(struct sim *s, void *arg)
{
    struct sim_deed renew = *(struct sim_deed *)arg;
    renew.verb = RENEW;
    sim_stray_expect(
        s, "stray goods held on", RENEW, sim_stray_on(s, SIM_STOCK, unit_stock, &renew), NULL);
    renew.x->until_ms = renew.until_ms;
}

static void expire_late(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    struct sim_kept row;
    if (x->state != SIM_STRAY_LIVE || s->now_ms <= x->until_ms)
        return;
    s->between = held_on;
    s->between_arg = d;
    sim_stray_expect(s, "stray job", 0, sim_stray_on(s, SIM_STOCK, unit_expire, d), NULL);
    s->between = NULL;
    if (x->until_ms == d->until_ms && !sim_holds_stock(s, x->own, &row))
        sim_fail(s, "stray goods: let go though they were held on");
}

/* What is there of it by now: a sweep may have let it go, but not before its time. */
void sim_stray_goods_swept(struct sim_stray *x)
{
    struct sim *s = x->sim;
    struct sim_kept row;
    if (x->state != SIM_STRAY_LIVE)
        return;
    bool there = sim_holds_stock(s, x->own, &row);
    if (!there && s->now_ms + SIM_STRAY_LATE_MS < x->until_ms)
        sim_fail(s, "stray %zu: let go before its time", x->index);
    if (!there)
        x->state = SIM_STRAY_NONE;
}

void sim_stray_goods(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    sim_stray_goods_swept(x);
    if (rng_chance(&s->rng, 700))
        expire_late(s, x, d);
    sim_stray_goods_swept(x);
    struct shelf was = shelf_of(x);
    bool none = x->state == SIM_STRAY_NONE, sold = x->state == SIM_STRAY_SOLD;
    int64_t on_hand = 0, reserved = 0;
    err want = NULL;
    switch (d->verb) {
    case RESERVE:
        if (none && was.on_hand - was.reserved < d->number) {
            want = &INVENTORY_OUT_OF_STOCK;
        } else if (none) {
            x->state = SIM_STRAY_LIVE;
            x->number = reserved = d->number;
            x->until_ms = d->until_ms;
        }
        break;
    case RENEW:
        want = none ? &INVENTORY_RESERVATION_GONE : NULL;
        if (x->state == SIM_STRAY_LIVE && d->until_ms > x->until_ms)
            x->until_ms = d->until_ms;
        break;
    case CONFIRM:
        want = none ? &INVENTORY_RESERVATION_GONE : NULL;
        if (x->state == SIM_STRAY_LIVE) {
            on_hand = reserved = -x->number;
            x->state = SIM_STRAY_SOLD;
        }
        break;
    case RELEASE:
        want = sold ? &INVENTORY_SOLD : NULL;
        if (x->state == SIM_STRAY_LIVE) {
            reserved = -x->number;
            x->state = SIM_STRAY_NONE;
        }
        break;
    default:
        if (sold) {
            on_hand = x->number;
            x->state = SIM_STRAY_NONE;
        }
    }
    sim_stray_expect(s, "stray goods", d->verb, sim_stray_on(s, SIM_STOCK, unit_stock, d), want);
    struct shelf is = shelf_of(x);
    if (is.on_hand != was.on_hand + on_hand || is.reserved != was.reserved + reserved)
        sim_fail(s, "stray goods, verb %d: on hand %lld, reserved %lld", d->verb,
            (long long)(is.on_hand - was.on_hand), (long long)(is.reserved - was.reserved));
    struct sim_kept row = { 0 };
    bool there = sim_holds_stock(s, x->own, &row);
    if (there != (x->state != SIM_STRAY_NONE) ||
        (there && (row.number != x->number || row.ended != (x->state == SIM_STRAY_SOLD) ||
                      (!row.ended && row.until_ms != x->until_ms))))
        sim_fail(s, "stray goods, verb %d: what is held is not what was asked for", d->verb);
}

/* ---- what staff does to stock ---- */

static err unit_staff(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim_stray *x = d->x;
    const struct sim_goods *g = &x->sim->goods[x->goods];
    struct inventory_level ret;
    return inventory_move(d->p->inventory, cx,
        (struct inventory_move){ .product_id = g->key.product_id,
            .variant_id = g->key.variant_id,
            .warehouse_id = x->own,
            .kind = (enum inventory_kind)d->verb,
            .quantity = d->number,
            .reason = S("simulated") },
        &ret);
}

struct place {
    struct sim_stray *x;
    struct inventory_level level;
};
static err unit_place(void *arg, struct cx *cx)
{
    struct place *at = arg;
    const struct sim_goods *g = &at->x->sim->goods[at->x->goods];
    struct inventory_level *levels;
    size_t n = 0;
    err e = inventory_levels(
        at->x->sim->outside.inventory, cx, g->key.product_id, g->key.variant_id, &levels, &n);
    if (!e && n)
        at->level = levels[at->x->index % n];
    return e;
}

void sim_stray_staff(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    static const enum inventory_kind kinds[] = { INVENTORY_RECEIPT, INVENTORY_ADJUSTMENT,
        INVENTORY_COUNT, INVENTORY_DAMAGE, INVENTORY_RETURN };
    struct place was = { .x = x }, is = { .x = x };
    err e = sim_stray_seen(s, unit_place, &was);
    ASSERT(!e);
    x->own = was.level.warehouse_id;
    d->verb = (int)kinds[rng_below(&s->rng, COUNT(kinds))];
    int64_t change = d->number;
    if (d->verb == INVENTORY_COUNT) /* about what may be counted, or one less */
        d->number = rng_chance(&s->rng, 500) ? was.level.on_hand + sim_between(s, 0, 3)
                                             : was.level.reserved - sim_between(s, 0, 1);
    if (d->number < 0)
        return;
    if (d->verb == INVENTORY_COUNT)
        change = d->number - was.level.on_hand;
    if (d->verb == INVENTORY_DAMAGE || (d->verb == INVENTORY_ADJUSTMENT && x->index % 2)) {
        d->number =
            rng_chance(&s->rng, 300) ? was.level.available + sim_between(s, 0, 1) : d->number;
        if (d->number == 0)
            return;
        change = -d->number;
        d->number = d->verb == INVENTORY_DAMAGE ? d->number : change;
    }
    err want = was.level.on_hand + change < was.level.reserved ? &INVENTORY_BELOW_ZERO : (err)NULL;
    sim_stray_expect(s, "staff", d->verb, sim_stray_on(s, SIM_STOCK, unit_staff, d), want);
    change = want ? 0 : change;
    s->goods[x->goods].received += change;
    e = sim_stray_seen(s, unit_place, &is);
    if (e || is.level.on_hand != was.level.on_hand + change ||
        is.level.reserved != was.level.reserved)
        sim_fail(s, "staff, verb %d: a move of %lld made it %lld", d->verb, (long long)change,
            (long long)(is.level.on_hand - was.level.on_hand));
}
