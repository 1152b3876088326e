/* SPDX-License-Identifier: Apache-2.0
 * The bus: each process has a dispatcher, which serves real consumers and those of the simulation;
 * they fail, before their effect and after it. Called by sim_faults.c and sim_shop.c; what must
 * come of it is in sim_bus_check.c. Must never draw from the world's chance: it has its own. */
#include <string.h>

#include "platform/bus/bus.h"
#include "services/notify/notify.h"
#include "tests/sim/sim_bus.h"

#define TURN_UNITS_MAX 50000 /* of one turn: more never end */

static const problem ear_busy = { KIND_BUSY, "sim.ear_busy", NULL, "As the simulation has it." };

/* ---- chance of its own: worlds are the same with it and without ---- */

static void change_over(struct sim *s)
{
    struct rng rng = s->rng;
    struct sim_rates rates = s->rates;
    s->rng = s->bus.rng;
    s->rates = s->bus.rates;
    s->bus.rng = rng;
    s->bus.rates = rates;
    s->bus.at_work = !s->bus.at_work;
}

bool sim_bus_leave(struct sim *s)
{
    bool was = s->bus.at_work;
    if (was)
        change_over(s);
    return was;
}

void sim_bus_enter(struct sim *s, bool again)
{
    ASSERT(!s->bus.at_work);
    if (again)
        change_over(s);
}

void sim_bus_draw(struct sim *s)
{
    struct rng *rng = &s->bus.rng;
    *rng = rng_seeded(s->seed ^ UINT64_C(0x6275732d73696d)); /* "bus-sim" */
    s->bus.rates = (struct sim_rates){
        .crash = s->rates.crash / 4, .conflict = s->rates.conflict, .overlap = s->rates.overlap
    };
    s->bus.batch = (size_t)rng_between(rng, 1, 40);
    s->bus.fails = rng_chance(rng, 300) ? 0 : (unsigned)rng_below(rng, 200);
    s->bus.poison = rng_chance(rng, 600) ? 0 : (unsigned)rng_below(rng, 40);
    s->bus.stories = map_new(s->life, 256);
    s->bus.mails = map_new(s->life, 64);
}

/* ---- what becomes of one event ---- */

static str key_of(const id *a)
{
    return (str){ (const char *)a->b, sizeof a->b };
}

struct sim_story *sim_story(struct sim *s, id event_id)
{
    struct sim_story *t = map_get(&s->bus.stories, key_of(&event_id));
    if (t)
        return t;
    t = NEW(s->life, struct sim_story);
    t->event_id = event_id;
    map_put(&s->bus.stories, key_of(&t->event_id), t);
    return t;
}

/* How often this ear has to fail at this event, and whether only after its effect. */
static int fails_of(const struct sim *s, const struct ear *x, id event_id, bool *ret_after)
{
    uint64_t h = (id_hash(event_id) ^ s->seed) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= (h >> 29) + (uint64_t)x->index * UINT64_C(0xbf58476d1ce4e5b9);
    h *= UINT64_C(0x94d049bb133111eb);
    h ^= h >> 31;
    *ret_after = h & 1;
    if ((h >> 1) % 1000 < s->bus.poison)
        return 10 + (int)((h >> 40) % 6);
    return (h >> 16) % 1000 < s->bus.fails ? 1 + (int)((h >> 40) % 3) : 0;
}

/* Pauses grow: without faults, and with one dispatcher, each is known until it may have been given
 * up and tried again. */
static void note_fail(struct sim *s, const struct ear *x, struct sim_story *t)
{
    const struct sim_rates *r = s->bus.at_work ? &s->rates : &s->bus.rates;
    t->fails[x->index]++;
    if (t->moments && t->last_ms == s->now_ms)
        return;
    int64_t pause = t->moments ? INT64_C(500) << (t->moments - 1) : 0, is = s->now_ms - t->last_ms;
    if (t->moments < 9 && r->crash + r->conflict == 0 && s->processes_n == 1 && !s->crashes_n &&
        is < pause)
        sim_fail(s, "an event is tried again after %lld ms, and failed %d times", (long long)is,
            t->moments);
    t->moments++;
    t->last_ms = s->now_ms;
}

static err ear_fails(struct cx *cx, const struct ear *x, struct sim_story *t, bool after)
{
    struct sim *s = x->p->sim;
    bool only_after = false;
    int most = fails_of(s, x, t->event_id, &only_after);
    if (only_after != after || t->fails[x->index] >= most)
        return NULL;
    note_fail(s, x, t);
    return FAIL(cx, ear_busy, "%d of %d", t->fails[x->index], most);
}

/* ---- the ears ---- */

static err ear_before(void *service, struct cx *cx, const struct bus_event *event)
{
    struct ear *x = service;
    struct sim *s = x->p->sim;
    struct sim_story *t = sim_story(s, event->event_id);
    bool ready = false, before = rng_chance(&s->rng, 500);
    if (db_in_unit(cx))
        sim_fail(s, "what comes before the unit came in it");
    if (sim_is_dead(s))
        return FAIL(cx, DB_AWAY, "the process is dead");
    err e = before ? ear_fails(cx, x, t, /* after= */ false) : NULL;
    bool at_work = sim_bus_leave(s);
    if (!e)
        e = x->real->before(x->service, cx, event);
    sim_bus_enter(s, at_work);
    if (!e && !before)
        e = ear_fails(cx, x, t, /* after= */ false);
    ready = !e;
    t->ready[x->index] |= ready;
    return e;
}

static err ear_fn(void *service, struct cx *cx, const struct bus_event *event)
{
    struct ear *x = service;
    struct sim *s = x->p->sim;
    struct sim_story *t = sim_story(s, event->event_id);
    sim_bus_heard(s, cx, x, event);
    if (x->real && x->real->before && !t->ready[x->index])
        sim_fail(s, "%s had an event in its unit, and not before it", x->own[0].consumer);
    err e = x->real && x->real->before ? NULL : ear_fails(cx, x, t, /* after= */ false);
    if (!e && x->real)
        e = x->real->fn(x->service, cx, event);
    if (e == &CHECKOUT_BUSY) /* another saga of the order is under way */
        note_fail(s, x, t);
    if (!e)
        e = sim_bus_note(s, cx, x, event);
    if (!e)
        e = ear_fails(cx, x, t, /* after= */ true);
    return e;
}

static void listen(struct sim_process *p, const struct bus_handler *real, void *service,
    const char *type, const char *consumer)
{
    struct ear *x = NEW(p->arena, struct ear);
    *x = (struct ear){ .p = p, .real = real, .service = service };
    x->index = sim_ear_index(type, consumer);
    x->own[0] = (struct bus_handler){ .type = type,
        .consumer = consumer,
        .fn = ear_fn,
        .before = real && real->before ? ear_before : NULL };
    bus_subscribe(p->bus, x->own, x);
}

/* What is done to a mail is done once, whoever asks how often. */
static err mail_send(void *self, struct cx *cx, const struct mail_message *m)
{
    struct sim_process *p = self;
    struct sim *s = p->sim;
    const str *known = map_get(&s->bus.mails, m->key);
    (void)cx;
    if (known && !str_eq(*known, m->to))
        sim_fail(s, "a mail with one key goes to two");
    if (known)
        return NULL;
    str *to = NEW(s->life, str);
    *to = str_dup(s->life, m->to);
    map_put(&s->bus.mails, str_dup(s->life, m->key), to);
    return NULL;
}

static void real_ears(struct sim_process *p, const struct bus_handler *list, void *service)
{
    for (const struct bus_handler *h = list; h->type; h++)
        if (sim_ear_index(h->type, h->consumer) >= 0)
            listen(p, h, service, h->type, h->consumer);
}

/* ---- processes ---- */

static const enum sim_place relayed[SIM_RELAYS] = { SIM_STOCK, SIM_ORDERS, SIM_BOOKS };

void sim_bus_open(struct sim *s, struct sim_process *p)
{
    struct bus_opts opts = {
        .db = sim_store_db(s->store, SIM_MAIN), .clock = &p->clock, .batch_max = s->bus.batch
    };
    p->bus = bus_open(p->arena, opts);
    opts.relay_to = p->bus;
    for (size_t i = 0; s->apart && i < SIM_RELAYS; i++) {
        opts.db = sim_store_db(s->store, relayed[i]);
        p->relays[i] = bus_open(p->arena, opts);
    }
}

void sim_bus_listen(struct sim_process *p)
{
    struct mail *mail = NEW(p->arena, struct mail);
    *mail = (struct mail){ mail_send, p };
    struct notify *notify =
        notify_open(p->arena, (struct notify_deps){ .db = sim_store_db(p->sim->store, SIM_MAIN),
                                  .mail = mail,
                                  .origin = S("http://sim.example"),
                                  .from = S("shop@example.org") });
    for (size_t i = 0; i < sim_ears_n; i++)
        if (strcmp(sim_ears[i].consumer, "sim.first") == 0)
            listen(p, NULL, NULL, sim_ears[i].type, sim_ears[i].consumer);
    real_ears(p, notify_service.events, notify);
    real_ears(p, checkout_events, p->c);
    for (size_t i = 0; i < sim_ears_n; i++)
        if (strcmp(sim_ears[i].consumer, "sim.second") == 0)
            listen(p, NULL, NULL, sim_ears[i].type, sim_ears[i].consumer);
}

struct bus *sim_bus_at(const struct sim_process *p, enum sim_place place)
{
    for (size_t i = 0; i < SIM_RELAYS; i++)
        if (p->relays[i] && relayed[i] == place)
            return p->relays[i];
    return p->bus;
}

void sim_bus_close(struct sim_process *p)
{
    for (size_t i = 0; i < SIM_RELAYS; i++) {
        bus_close(p->relays[i]);
        p->relays[i] = NULL;
    }
    bus_close(p->bus);
    p->bus = NULL;
}

/* ---- dispatching ---- */

static void drain(struct sim *s, struct sim_process *p, struct bus *bus)
{
    if (!p->up || !bus)
        return;
    struct cx *cx = sim_cx(s, p->index);
    size_t n = 0;
    err e = bus_drain(bus, cx, &n);
    if (e && e->kind == KIND_BUG)
        sim_fail(s, "the bus: %s: " STR_F, e->slug, STR_A(cx->detail));
    if (n || e)
        sim_say(s, "%zu events are through%s%s", n, e ? ": " : "", e ? e->slug : "");
    sim_cx_close(s, cx);
}

/* Staff try dead letters again. */
static void replay(struct sim *s, struct sim_process *p)
{
    struct cx *cx = sim_cx(s, p->index);
    int64_t n = 0;
    err e = bus_replay_dead(p->bus, cx, &n);
    if (n || e)
        sim_say(
            s, "%lld dead letters come back%s%s", (long long)n, e ? ": " : "", e ? e->slug : "");
    sim_cx_close(s, cx);
}

void sim_bus_turn(struct sim *s, struct sim_process *p, bool replays)
{
    if (!p->up || p->at_bus)
        return;
    int running = s->running;
    struct sim_unit *unit = s->unit;
    bool at_work = sim_bus_leave(s);
    sim_bus_enter(s, true);
    p->at_bus = true;
    s->running = p->index;
    s->unit = NULL;
    s->bus.units = 0;
    for (size_t i = 0; i < SIM_RELAYS; i++)
        drain(s, p, p->relays[i]);
    if (replays && p->up)
        replay(s, p);
    drain(s, p, p->bus);
    if (p->up && rng_chance(&s->rng, 100))
        sim_bus_look(s);
    p->at_bus = false;
    s->running = running;
    s->unit = unit;
    (void)sim_bus_leave(s);
    sim_bus_enter(s, at_work);
}

void sim_bus_unit(struct sim *s)
{
    if (++s->bus.units < TURN_UNITS_MAX)
        return;
    sim_fail(s, "the bus goes on and on");
    sim_crash(s, "of its bus");
}

static void tick(struct sim *s, void *arg);
static void tick_soon(struct sim *s, struct sim_process *p)
{
    bool at_work = sim_bus_leave(s);
    sim_bus_enter(s, true);
    sim_at(s, p->index,
        rng_chance(&s->rng, 700) ? sim_between(s, 100, 3000) : sim_between(s, 3000, 60000), tick, p,
        NULL);
    (void)sim_bus_leave(s);
    sim_bus_enter(s, at_work);
}

static void tick(struct sim *s, void *arg)
{
    struct sim_process *p = arg;
    sim_bus_turn(s, p, rng_chance(&s->bus.rng, 15));
    if (p->up && !s->quiet)
        tick_soon(s, p);
}

void sim_bus_start(struct sim *s, struct sim_process *p)
{
    tick_soon(s, p);
}

void sim_bus_all(struct sim *s, bool replays)
{
    for (int i = 0; i < s->processes_n; i++)
        sim_bus_turn(s, &s->processes[i], replays);
}
