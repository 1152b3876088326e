/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, goods between three warehouses: sent, arriving in parts, given up,
 * while an order holds some of them, beside a count on fingers. Called by sim_shop.c; must never
 * ask a transfer what to expect of it. */
#include "services/inventory/inventory_store.h"
#include "services/inventory/inventory_transfer.h"
#include "tests/sim/sim.h"

#define PLACES 3
#define SENDINGS 12
#define TRIES 40
#define MOVEMENTS_MAX 200

struct transit {
    struct sim *sim;
    struct rng rng;
    struct inventory_key key;
    id order_id, staff_id, receiver_id;
    int64_t now_ms, ordered; /* units the order holds */
    struct transit_place {
        id warehouse_id;
        int64_t on_hand, reserved; /* which warehouse an order holds them of is asked for */
    } places[PLACES];
    struct sending {
        id transfer_id;
        size_t from, to;
        int64_t quantity, received, lost;
        bool open;
    } sendings[SENDINGS];
    size_t n;
    struct inventory_transfer sent, ret; /* what is tried, and what is told of it */
    struct inventory_arrival arrival;
    struct inventory_move move;
    int64_t wanted;
};

/* ---- verbs ---- */

static err unit_places(void *arg, struct cx *cx)
{
    static const char *const codes[PLACES] = { "WAY0", "WAY1", "WAY2" };
    struct transit *t = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < PLACES; i++)
        e = inventory_warehouse_add(t->sim->outside.inventory, cx,
            (struct inventory_warehouse){
                .code = str_from_c(codes[i]), .name = S("Way"), .country = S("US") },
            &t->places[i].warehouse_id);
    return e;
}

static err unit_move(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    struct inventory_level level;
    cx->now_ms = t->now_ms;
    return inventory_move(t->sim->outside.inventory, cx, t->move, &level);
}

static err unit_hold(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    const struct inventory_line line = { t->key.product_id, t->key.variant_id, t->wanted };
    cx->now_ms = t->now_ms;
    return inventory_reserve(t->sim->outside.inventory, cx,
        (struct inventory_reserve){ .order_id = t->order_id,
            .lines = &line,
            .lines_n = 1,
            .expires_ms = t->now_ms + 600000 });
}

static err unit_release(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    cx->now_ms = t->now_ms;
    return inventory_release(t->sim->outside.inventory, cx, t->order_id);
}

static err unit_send(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    cx->now_ms = t->now_ms;
    return inventory_transfer_send(t->sim->outside.inventory, cx, t->sent, &t->ret);
}

static err unit_receive(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    cx->now_ms = t->now_ms;
    return inventory_transfer_receive(t->sim->outside.inventory, cx, t->arrival, &t->ret);
}

static err run(struct transit *t, db_work *fn)
{
    return sim_at_once(t->sim, SIM_STOCK, fn, t);
}

static void said(struct transit *t, const char *verb, err is, err want)
{
    sim_expect(t->sim, "goods between warehouses are", verb, is, want);
}

/* ---- comparing ---- */

static int64_t on_its_way(const struct sending *x)
{
    return x->open ? x->quantity - x->received : 0;
}

static int64_t coming_to(const struct transit *t, size_t place)
{
    int64_t units = 0;
    for (size_t i = 0; i < t->n; i++)
        units += t->sendings[i].to == place ? on_its_way(&t->sendings[i]) : 0;
    return units;
}

static struct transit_place *place_of(struct transit *t, id warehouse_id)
{
    for (size_t i = 0; i < PLACES; i++)
        if (id_eq(t->places[i].warehouse_id, warehouse_id))
            return &t->places[i];
    return NULL;
}

/* Also learns where the order holds its units. */
static err compare_levels(struct transit *t, struct cx *cx)
{
    struct inventory *inv = t->sim->outside.inventory;
    struct inventory_level *levels;
    size_t n = 0;
    int64_t coming[PLACES] = { 0 }, on_hand = 0, reserved = 0, real = 0, available = 0;
    err e = inventory_levels(inv, cx, t->key.product_id, t->key.variant_id, &levels, &n);
    if (!e && n > PLACES)
        sim_fail(t->sim, "goods are in %zu warehouses of %d", n, PLACES);
    else if (!e)
        e = inventory_coming(inv, cx, t->key, levels, n, coming);
    if (!e)
        e = inventory_available(inv, cx, &t->key, 1, &available);
    for (size_t i = 0; !e && i < n && i < PLACES; i++) {
        struct transit_place *place = place_of(t, levels[i].warehouse_id);
        if (!place)
            continue; /* the sum says so */
        on_hand += levels[i].on_hand;
        reserved += place->reserved = levels[i].reserved;
        int64_t due = coming_to(t, (size_t)(place - t->places));
        if (levels[i].on_hand != place->on_hand || coming[i] != due)
            sim_fail(t->sim, "a warehouse has %lld, %lld coming, and not %lld and %lld",
                (long long)levels[i].on_hand, (long long)coming[i], (long long)place->on_hand,
                (long long)due);
    }
    for (size_t i = 0; i < PLACES; i++)
        real += t->places[i].on_hand;
    if (!e && (on_hand != real || reserved != t->ordered || available != real - t->ordered))
        sim_fail(t->sim,
            "warehouses have %lld, %lld held, %lld to sell, and not %lld, %lld and %lld",
            (long long)on_hand, (long long)reserved, (long long)available, (long long)real,
            (long long)t->ordered, (long long)(real - t->ordered));
    return e;
}

static bool is_told(const struct transit *t, const struct sending *x, struct inventory_transfer is)
{
    return id_eq(is.transfer_id, x->transfer_id) && id_eq(is.product_id, t->key.product_id) &&
           id_eq(is.variant_id, t->key.variant_id) &&
           id_eq(is.from_id, t->places[x->from].warehouse_id) &&
           id_eq(is.to_id, t->places[x->to].warehouse_id) && id_eq(is.actor_id, t->staff_id) &&
           is.quantity == x->quantity && is.received == x->received && is.lost == x->lost &&
           is.open == x->open;
}

static err compare_list(struct transit *t, struct cx *cx, bool open)
{
    struct inventory_transfer *list;
    size_t n = 0, known = 0;
    err e = inventory_transfers(t->sim->outside.inventory, cx,
        (struct inventory_transfers_wanted){ .open = open, .limit = SENDINGS }, &list, &n);
    for (size_t i = t->n; !e && i-- > 0;) {
        const struct sending *x = &t->sendings[i];
        if (open && !x->open)
            continue;
        if (known >= n || !is_told(t, x, list[known]))
            sim_fail(t->sim, "transfer %zu of %zu is not told as it is", i, t->n);
        known++;
    }
    if (!e && n != known)
        sim_fail(t->sim, "%zu transfers are told of, and not %zu", n, known);
    return e;
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    err e = compare_levels(t, cx);
    if (!e)
        e = compare_list(t, cx, false);
    return e ? e : compare_list(t, cx, true);
}

/* Each unit that left or came is in the history, at its warehouse and by who did it. */
static err unit_history(void *arg, struct cx *cx)
{
    struct transit *t = arg;
    struct inventory_movement *list;
    size_t n = 0, wrong = 0;
    err e = inventory_movements(t->sim->outside.inventory, cx,
        (struct inventory_history){ .product_id = t->key.product_id,
            .variant_id = t->key.variant_id,
            .limit = MOVEMENTS_MAX },
        &list, &n);
    for (size_t i = 0; !e && i < t->n; i++) {
        const struct sending *x = &t->sendings[i];
        int64_t left = 0, came = 0;
        for (size_t k = 0; k < n; k++) {
            const struct inventory_movement *m = &list[k];
            bool from = id_eq(m->warehouse_id, t->places[x->from].warehouse_id);
            bool to = id_eq(m->warehouse_id, t->places[x->to].warehouse_id);
            if (!str_eq(m->reference, id_text(cx->arena, x->transfer_id)))
                continue;
            if (from && str_eq(m->kind, S("transfer_out")) && id_eq(m->actor_id, t->staff_id))
                left -= m->change;
            else if (to && str_eq(m->kind, S("transfer_in")) && id_eq(m->actor_id, t->receiver_id))
                came += m->change;
            else
                sim_fail(t->sim, "a transfer's movement is of the wrong place, kind or person");
        }
        if (left != x->quantity || came != x->received)
            sim_fail(t->sim, "of a transfer %lld left and %lld came, and not %lld and %lld",
                (long long)left, (long long)came, (long long)x->quantity, (long long)x->received);
    }
    if (!e)
        e = inventory_check(t->sim->outside.inventory, cx, &wrong);
    if (!e && wrong)
        sim_fail(t->sim, "goods between warehouses disagree with their movements");
    return e;
}

/* ---- tries ---- */

static void take_in(struct transit *t)
{
    struct transit_place *place = &t->places[rng_below(&t->rng, PLACES)];
    t->move = (struct inventory_move){ .product_id = t->key.product_id,
        .variant_id = t->key.variant_id,
        .warehouse_id = place->warehouse_id,
        .kind = INVENTORY_RECEIPT,
        .quantity = rng_between(&t->rng, 1, 4) };
    said(t, "taken in", run(t, unit_move), NULL);
    place->on_hand += t->move.quantity;
}

static void hold(struct transit *t)
{
    int64_t free = 0;
    if (t->ordered > 0) {
        said(t, "let go", run(t, unit_release), NULL);
        t->ordered = 0;
        return;
    }
    for (size_t i = 0; i < PLACES; i++)
        free += t->places[i].on_hand;
    t->wanted = rng_between(&t->rng, 1, 5);
    bool may = t->wanted <= free;
    said(t, "held", run(t, unit_hold), may ? NULL : &INVENTORY_OUT_OF_STOCK);
    t->ordered = may ? t->wanted : 0;
}

static err may_send(const struct transit *t, size_t from, size_t to)
{
    const struct transit_place *place = &t->places[from];
    if (from == to)
        return &ERR_INVALID;
    if (id_is_none(t->sent.to_id))
        return &INVENTORY_WAREHOUSE_UNKNOWN;
    return t->sent.quantity > place->on_hand - place->reserved ? &INVENTORY_BELOW_ZERO : NULL;
}

static void send(struct transit *t)
{
    size_t from = (size_t)rng_below(&t->rng, PLACES), to = (size_t)rng_below(&t->rng, PLACES);
    if (t->n == SENDINGS)
        return;
    t->sent = (struct inventory_transfer){ .product_id = t->key.product_id,
        .variant_id = t->key.variant_id,
        .from_id = t->places[from].warehouse_id,
        .to_id = from != to && rng_chance(&t->rng, 50) ? (id){ { 0 } } : t->places[to].warehouse_id,
        .quantity = rng_between(&t->rng, 1, 4),
        .actor_id = t->staff_id };
    err want = may_send(t, from, to);
    said(t, "sent", run(t, unit_send), want);
    if (want)
        return;
    t->places[from].on_hand -= t->sent.quantity;
    struct sending *x = &t->sendings[t->n++];
    *x = (struct sending){
        .transfer_id = t->ret.transfer_id, .from = from, .to = to, .quantity = t->sent.quantity
    };
    x->open = true;
    if (!is_told(t, x, t->ret))
        sim_fail(t->sim, "what was sent is told as something else");
}

static err may_receive(const struct transit *t, const struct sending *x)
{
    if (t->arrival.quantity == 0 && !t->arrival.close)
        return &ERR_INVALID;
    if (!x)
        return &INVENTORY_TRANSFER_UNKNOWN;
    bool may = x->open && t->arrival.quantity <= x->quantity - x->received;
    return may ? NULL : &INVENTORY_TRANSFER_OVER;
}

static void receive(struct transit *t)
{
    struct sending *x = t->n > 0 ? &t->sendings[rng_below(&t->rng, t->n)] : NULL;
    t->arrival = (struct inventory_arrival){ .transfer_id = x ? x->transfer_id : t->order_id,
        .actor_id = t->receiver_id,
        .quantity = rng_between(&t->rng, 0, 3),
        .close = rng_chance(&t->rng, 200) };
    err want = may_receive(t, x);
    said(t, "received", run(t, unit_receive), want);
    if (want)
        return;
    x->received += t->arrival.quantity;
    t->places[x->to].on_hand += t->arrival.quantity;
    x->lost = t->arrival.close ? x->quantity - x->received : 0;
    x->open = !t->arrival.close && x->received < x->quantity;
    if (!is_told(t, x, t->ret))
        sim_fail(t->sim, "what was received is told as something else");
}

void sim_transit_check(struct sim *sim)
{
    static void (*const verbs[])(
        struct transit *) = { take_in, take_in, hold, send, send, send, receive, receive, receive };
    struct transit t = { .sim = sim,
        .rng = rng_seeded(sim->seed ^ UINT64_C(0x7472616e73697400)), /* "transit" */
        .now_ms = sim->now_ms };
    t.key = (struct inventory_key){ id_new(&t.rng, sim->now_ms), id_new(&t.rng, sim->now_ms) };
    t.order_id = id_new(&t.rng, sim->now_ms);
    t.staff_id = id_new(&t.rng, sim->now_ms);
    t.receiver_id = id_new(&t.rng, sim->now_ms);
    err e = run(&t, unit_places);
    for (int i = 0; !e && i < TRIES; i++) {
        verbs[rng_below(&t.rng, COUNT(verbs))](&t);
        e = run(&t, unit_compare);
        t.now_ms++;
    }
    if (t.ordered > 0)
        hold(&t);
    if (!e)
        e = run(&t, unit_compare);
    if (!e)
        e = run(&t, unit_history);
    if (e)
        sim_fail(sim, "goods between warehouses: %s", e->slug);
}
