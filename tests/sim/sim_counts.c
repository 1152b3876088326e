/* SPDX-License-Identifier: Apache-2.0
 * Staff who count goods while they are sold, take in more of them and throw some away. Called by
 * sim.c; what changed is noted in the moment the unit commits. Must never ask the verbs what they
 * changed. */
#include "tests/sim/sim_counts.h"

#define TIMES_MAX 12
#define BESIDE_MS 700 /* after somebody began to buy: about when that is sold */
#define PLACES_MAX (2 * SIM_VARIANTS)

/* Drawn apart, so that worlds without them are the same for it. */
void sim_counts_draw(struct sim *s)
{
    s->counts.rng = rng_seeded(s->seed + UINT64_C(0x636f756e74)); /* "count" */
    s->counts.are = rng_chance(&s->counts.rng, 300);
}

struct place {
    size_t goods;
    id warehouse_id;
    int64_t on_hand, reserved;
};
struct counting {
    struct sim *sim;
    struct sim_process *p;
    enum inventory_kind kind;
    struct place places[PLACES_MAX]; /* as they are just then */
    size_t n;
    struct place found[PLACES_MAX]; /* as staff has it, or the one place that is changed */
    size_t found_n;
    int64_t number;
    int64_t changes[SIM_VARIANTS];
};

/* ---- the unit ---- */

static err read_places(struct counting *c, struct cx *cx)
{
    struct sim *s = c->sim;
    err e = NULL;
    c->n = 0;
    for (size_t i = 0; !e && i < s->goods_n; i++) {
        const struct inventory_key *key = &s->goods[i].key;
        struct inventory_level *levels;
        size_t n = 0;
        e = inventory_levels(
            s->outside.inventory, cx, key->product_id, key->variant_id, &levels, &n);
        for (size_t k = 0; !e && k < n && c->n < PLACES_MAX; k++)
            c->places[c->n++] =
                (struct place){ i, levels[k].warehouse_id, levels[k].on_hand, levels[k].reserved };
    }
    return e;
}

static err unit_places(void *arg, struct cx *cx)
{
    return read_places(arg, cx);
}

static const struct place *place_of(const struct counting *c, const struct place *x)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->places[i].goods == x->goods && id_eq(c->places[i].warehouse_id, x->warehouse_id))
            return &c->places[i];
    panic(__FILE__, "a level went away");
}

static err take_stock(struct counting *c, struct cx *cx)
{
    struct inventory_stocktake counts[PLACES_MAX];
    for (size_t i = 0; i < c->found_n; i++) {
        const struct place *x = &c->found[i], *was = place_of(c, x);
        const struct inventory_key *key = &c->sim->goods[x->goods].key;
        counts[i] = (struct inventory_stocktake){ key->product_id, key->variant_id, x->warehouse_id,
            x->on_hand };
        c->changes[x->goods] +=
            (x->on_hand > was->reserved ? x->on_hand : was->reserved) - was->on_hand;
    }
    return inventory_stocktake(c->p->inventory, cx, counts, c->found_n);
}

static err move(struct counting *c, struct cx *cx)
{
    const struct place *x = &c->found[0];
    const struct inventory_key *key = &c->sim->goods[x->goods].key;
    struct inventory_level ret;
    c->changes[x->goods] = c->kind == INVENTORY_DAMAGE ? -c->number : c->number;
    return inventory_move(c->p->inventory, cx,
        (struct inventory_move){ .product_id = key->product_id,
            .variant_id = key->variant_id,
            .warehouse_id = x->warehouse_id,
            .kind = c->kind,
            .quantity = c->number,
            .reason = S("simulated") },
        &ret);
}

static void committed(void *arg)
{
    const struct counting *c = arg;
    struct sim *s = c->sim;
    for (size_t i = 0; i < s->goods_n; i++) {
        s->goods[i].received += c->changes[i];
        if (c->changes[i])
            sim_say(s, "%s: %lld of goods %zu", inventory_kind_names[c->kind],
                (long long)c->changes[i], i);
    }
    for (size_t i = 0; i < c->found_n; i++)
        s->goods[c->found[i].goods].by_hand = true;
}

/* What is there is looked at as if by the verb's own first statement: nobody comes between. */
static err unit_count(void *arg, struct cx *cx)
{
    struct counting *c = arg;
    struct sim_unit *unit = c->sim->unit;
    c->sim->unit = NULL;
    err e = read_places(c, cx);
    c->sim->unit = unit;
    for (size_t i = 0; i < SIM_VARIANTS; i++)
        c->changes[i] = 0;
    if (!e)
        e = c->kind == INVENTORY_COUNT ? take_stock(c, cx) : move(c, cx);
    if (!e)
        db_after_commit(cx, committed, c);
    return e;
}

static void counted(void *arg, struct cx *cx, err e)
{
    struct counting *c = arg;
    bool kept = e == &INVENTORY_BELOW_ZERO && c->kind == INVENTORY_DAMAGE;
    if (e && !kept && e->kind != KIND_BUSY)
        sim_fail(c->sim, "goods cannot be counted: %s: " STR_F, e->slug, STR_A(cx->detail));
    sim_cx_close(c->sim, cx);
}

/* ---- what staff does ---- */

/* About what is there, or what a list has of some other day. */
static int64_t draw_found(struct sim *s, const struct place *x)
{
    struct rng *rng = &s->counts.rng;
    int64_t found = x->on_hand + rng_between(rng, -2, 3);
    if (rng_chance(rng, 200))
        found = rng_between(rng, 0, s->goods[x->goods].first + 3);
    return found > 0 ? found : 0;
}

static void draw_work(struct counting *c)
{
    struct sim *s = c->sim;
    struct rng *rng = &s->counts.rng;
    size_t one = (size_t)rng_below(rng, c->n);
    c->kind = rng_chance(rng, 600)   ? INVENTORY_COUNT
              : rng_chance(rng, 600) ? INVENTORY_RECEIPT
                                     : INVENTORY_DAMAGE;
    c->number = rng_between(rng, 1, 4);
    for (size_t i = 0; i < c->n; i++)
        if (i == one || (c->kind == INVENTORY_COUNT && rng_chance(rng, 600))) {
            c->found[c->found_n] = c->places[i];
            c->found[c->found_n++].on_hand = draw_found(s, &c->places[i]);
        }
}

static void count(struct sim *s, void *arg)
{
    (void)arg;
    int process = sim_some_process(s);
    if (s->quiet || process < 0)
        return;
    struct cx *cx = sim_cx(s, process), *seen = sim_cx(s, -1);
    struct counting *c = NEW(cx->arena, struct counting);
    *c = (struct counting){ .sim = s, .p = &s->processes[process] };
    err e = db_read(seen, unit_places, c);
    ASSERT(!e && c->n);
    sim_cx_close(s, seen);
    draw_work(c);
    s->running = process;
    db_write(sim_store_db(s->store, SIM_STOCK), cx, 0, unit_count, c, counted);
    s->running = -1;
}

void sim_counts_start(struct sim *s)
{
    struct rng *rng = &s->counts.rng;
    if (!s->counts.are)
        return;
    for (int64_t n = rng_between(rng, 1, TIMES_MAX); n > 0; n--) {
        const struct sim_buy *b = &s->buys[rng_below(rng, s->buys_n)];
        int64_t in_ms = rng_chance(rng, 700) ? b->in_ms + rng_between(rng, 0, BESIDE_MS)
                                             : rng_between(rng, 0, s->busy_ms);
        sim_at(s, -1, in_ms, count, NULL, NULL);
    }
}
