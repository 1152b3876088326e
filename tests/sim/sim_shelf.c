/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, one shelf: orders hold units of it, renew, buy, give back and let them
 * run out in any order, some renew what a sweep has just found, staff move and count, beside a
 * count on fingers. Called by sim_shop.c; must never ask the shelf what to expect of it. */
#include <string.h>

#include "services/inventory/inventory_store.h"
#include "tests/sim/sim.h"

#define ORDERS 6
#define TRIES 40

enum on_shelf { SHELF_NOT, SHELF_HELD, SHELF_SOLD };
struct shelf {
    struct sim *sim;
    struct rng rng;
    struct inventory_key key;
    id warehouse_id;
    int64_t now_ms, on_hand;
    struct shelf_order {
        id order_id;
        int64_t quantity, expires_ms;
        enum on_shelf state;
    } orders[ORDERS];
    struct shelf_order *order; /* that is tried */
    bool late;                 /* it renews when a sweep has found what is over */
    int64_t until_ms;          /* for so long */
    struct inventory_move move;
};

static int64_t held(const struct shelf *s)
{
    int64_t units = 0;
    for (size_t i = 0; i < ORDERS; i++)
        units += s->orders[i].state == SHELF_HELD ? s->orders[i].quantity : 0;
    return units;
}

/* ---- verbs ---- */

static err unit_place(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    return inventory_warehouse_add(s->sim->outside.inventory, cx,
        (struct inventory_warehouse){ .code = S("SHELF"), .name = S("Shelf"), .country = S("US") },
        &s->warehouse_id);
}

static err unit_hold(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    const struct inventory_line line = { s->key.product_id, s->key.variant_id, s->order->quantity };
    cx->now_ms = s->now_ms;
    return inventory_reserve(s->sim->outside.inventory, cx,
        (struct inventory_reserve){ .order_id = s->order->order_id,
            .lines = &line,
            .lines_n = 1,
            .expires_ms = s->until_ms });
}

static err unit_short(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    const struct inventory_line line = { s->key.product_id, s->key.variant_id, s->order->quantity };
    struct inventory_want want = { .cx = cx, .lines = &line, .lines_n = 1 };
    err e = inventory_short(s->sim->outside.inventory, cx, &want, 1);
    return e ? e : want.refused;
}

static err unit_renew(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    cx->now_ms = s->now_ms;
    return inventory_renew(s->sim->outside.inventory, cx, s->order->order_id, s->until_ms);
}

static err unit_confirm(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    cx->now_ms = s->now_ms;
    return inventory_confirm(s->sim->outside.inventory, cx, s->order->order_id);
}

static err unit_release(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    cx->now_ms = s->now_ms;
    return inventory_release(s->sim->outside.inventory, cx, s->order->order_id);
}

static err unit_restock(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    cx->now_ms = s->now_ms;
    return inventory_restock(s->sim->outside.inventory, cx, s->order->order_id);
}

static err unit_expire(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    bool more = false;
    cx->now_ms = s->now_ms;
    return inventory_expire(s->sim->outside.inventory, cx, &more);
}

static err unit_move(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    struct inventory_level level;
    cx->now_ms = s->now_ms;
    return inventory_move(s->sim->outside.inventory, cx, s->move, &level);
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    struct inventory_level *levels;
    size_t n = 0;
    err e = inventory_levels(
        s->sim->outside.inventory, cx, s->key.product_id, s->key.variant_id, &levels, &n);
    int64_t on_hand = !e && n ? levels[0].on_hand : 0, reserved = !e && n ? levels[0].reserved : 0;
    if (!e && (n > 1 || on_hand != s->on_hand || reserved != held(s)))
        sim_fail(s->sim, "a shelf has %lld, %lld of them held, and not %lld and %lld",
            (long long)on_hand, (long long)reserved, (long long)s->on_hand, (long long)held(s));
    return e;
}

/* Of all shelves there are: now and then. */
static err unit_check(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    size_t wrong = 0;
    err e = inventory_check(s->sim->outside.inventory, cx, &wrong);
    if (!e && wrong)
        sim_fail(s->sim, "a shelf disagrees with its movements or reservations");
    return e;
}

static err run(struct shelf *s, db_work *fn)
{
    return sim_at_once(s->sim, SIM_STOCK, fn, s);
}

static void said(struct shelf *s, const char *verb, err is, err want)
{
    sim_expect(s->sim, "units of a shelf are", verb, is, want);
}

/* ---- tries ---- */

static void hold(struct shelf *s)
{
    struct shelf_order *o = s->order;
    bool is_new = o->state == SHELF_NOT;
    if (is_new)
        o->quantity = rng_between(&s->rng, 1, 3);
    bool may = o->quantity <= s->on_hand - held(s);
    said(s, "asked for", run(s, unit_short), may ? NULL : &INVENTORY_OUT_OF_STOCK);
    said(s, "held", run(s, unit_hold), may || !is_new ? NULL : &INVENTORY_OUT_OF_STOCK);
    if (!is_new || !may)
        return;
    o->state = SHELF_HELD;
    o->expires_ms = s->until_ms;
}

static void renew(struct shelf *s)
{
    struct shelf_order *o = s->order;
    said(s, "renewed", run(s, unit_renew),
        o->state == SHELF_NOT ? &INVENTORY_RESERVATION_GONE : NULL);
    if (o->state == SHELF_HELD && o->expires_ms < s->until_ms)
        o->expires_ms = s->until_ms;
}

static void confirm(struct shelf *s)
{
    struct shelf_order *o = s->order;
    said(s, "sold", run(s, unit_confirm),
        o->state == SHELF_NOT ? &INVENTORY_RESERVATION_GONE : NULL);
    if (o->state != SHELF_HELD)
        return;
    o->state = SHELF_SOLD;
    s->on_hand -= o->quantity;
}

static void release(struct shelf *s)
{
    struct shelf_order *o = s->order;
    said(s, "given back", run(s, unit_release), o->state == SHELF_SOLD ? &INVENTORY_SOLD : NULL);
    if (o->state == SHELF_HELD)
        o->state = SHELF_NOT;
}

static void restock(struct shelf *s)
{
    struct shelf_order *o = s->order;
    said(s, "put back", run(s, unit_restock), NULL);
    if (o->state != SHELF_SOLD)
        return;
    o->state = SHELF_NOT;
    s->on_hand += o->quantity;
}

static void renew_late(void *arg)
{
    renew(arg);
}

static void between(void *self, struct cx *cx, const struct db_query *q)
{
    struct shelf *s = self;
    if (!s->late || strcmp(q->name, "inventory.reservation_release") != 0)
        return;
    s->late = false;
    (void)sim_store_overlap(cx, renew_late, s); /* not when the sweep has written: it waits then */
}

static bool is_over(const struct shelf *s, const struct shelf_order *o)
{
    return o->state == SHELF_HELD && o->expires_ms <= s->now_ms;
}

static void expire(struct shelf *s)
{
    static const struct sim_diversion diversion = { .statement = between };
    s->late = rng_chance(&s->rng, 500);
    for (size_t i = 0; s->late && i < ORDERS; i++)
        if (is_over(s, &s->orders[i]))
            s->order = &s->orders[i];
    sim_store_divert(s->sim->store, &diversion, s);
    said(s, "expired", run(s, unit_expire), NULL);
    sim_store_divert(s->sim->store, &sim_diversion, s->sim);
    for (size_t i = 0; i < ORDERS; i++)
        if (is_over(s, &s->orders[i]))
            s->orders[i].state = SHELF_NOT;
}

static void move(struct shelf *s)
{
    static const enum inventory_kind kinds[] = { INVENTORY_RECEIPT, INVENTORY_ADJUSTMENT,
        INVENTORY_COUNT, INVENTORY_DAMAGE, INVENTORY_RETURN };
    enum inventory_kind kind = kinds[rng_below(&s->rng, COUNT(kinds))];
    int64_t n = rng_between(&s->rng, 1, 3), after = s->on_hand + n;
    if (kind == INVENTORY_ADJUSTMENT && rng_chance(&s->rng, 500))
        after = s->on_hand + (n = -n);
    else if (kind == INVENTORY_COUNT)
        after = n = rng_between(&s->rng, 0, 8);
    else if (kind == INVENTORY_DAMAGE)
        after = s->on_hand - n;
    s->move = (struct inventory_move){ .product_id = s->key.product_id,
        .variant_id = s->key.variant_id,
        .warehouse_id = s->warehouse_id,
        .kind = kind,
        .quantity = n };
    bool may = after >= held(s);
    said(s, inventory_kind_names[kind], run(s, unit_move), may ? NULL : &INVENTORY_BELOW_ZERO);
    s->on_hand = may ? after : s->on_hand;
}

void sim_shelf_check(struct sim *sim)
{
    static void (*const verbs[])(
        struct shelf *) = { hold, hold, hold, renew, confirm, release, restock, expire, move };
    struct shelf s = { .sim = sim,
        .rng = rng_seeded(sim->seed ^ UINT64_C(0x7368656c66)), /* "shelf" */
        .now_ms = sim->now_ms };
    s.key = (struct inventory_key){ id_new(&s.rng, sim->now_ms), id_new(&s.rng, sim->now_ms) };
    for (size_t i = 0; i < ORDERS; i++)
        s.orders[i].order_id = id_new(&s.rng, sim->now_ms);
    err e = run(&s, unit_place);
    for (int i = 0; !e && i < TRIES; i++) {
        s.order = &s.orders[rng_below(&s.rng, ORDERS)];
        s.until_ms = s.now_ms + rng_between(&s.rng, 1, 4);
        verbs[rng_below(&s.rng, COUNT(verbs))](&s);
        e = run(&s, unit_compare);
        if (!e && i % 8 == 7)
            e = run(&s, unit_check);
        s.now_ms += rng_below(&s.rng, 2);
    }
    for (size_t i = 0; i < ORDERS; i++) {
        s.order = &s.orders[i];
        if (s.order->state == SHELF_HELD)
            release(&s);
    }
    if (!e)
        e = run(&s, unit_compare);
    if (e)
        sim_fail(sim, "a shelf that is tried: %s", e->slug);
}
