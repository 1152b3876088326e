/* SPDX-License-Identifier: Apache-2.0
 * What goes wrong: units that are undone, run twice, committed and not told; what waits for too
 * long; processes that die at either. Called through the ports; must never do what a real database
 * could not. sim_provider.c has the calls. */
#include <string.h>

#include "platform/saga/saga_internal.h"
#include "tests/sim/sim.h"

/* ---- processes ---- */

static int64_t process_now(void *self)
{
    const struct sim_process *p = self;
    return p->sim->now_ms + p->skew_ms;
}

void sim_process_open(struct sim *s, struct sim_process *p)
{
    struct db *db[SIM_PLACES];
    for (int i = 0; i < SIM_PLACES; i++)
        db[i] = sim_store_db(s->store, (enum sim_place)i);
    struct arena *a = p->arena = arena_open(16384);
    p->sim = s;
    p->up = true;
    p->clock = (struct clock){ .now_ms = process_now, .self = p };
    p->pay = sim_pay(p);
    p->claims = (struct idem_keeper){ .db = db[SIM_MAIN] };
    sim_bus_open(s, p);
    p->catalog = catalog_open(a, (struct catalog_deps){ .db = db[SIM_MAIN], .bus = p->bus });
    p->pricing = pricing_open(
        a, (struct pricing_deps){ .db = db[SIM_MAIN], .bus = p->bus, .currency = S("USD") });
    p->inventory = inventory_open(
        a, (struct inventory_deps){ .db = db[SIM_STOCK], .bus = sim_bus_at(p, SIM_STOCK) });
    p->orders = orders_open(
        a, (struct orders_deps){ .db = db[SIM_ORDERS], .bus = sim_bus_at(p, SIM_ORDERS) });
    p->payments = payments_open(a, (struct payments_deps){ .db = db[SIM_MONEY] });
    p->cart = cart_open(a, (struct cart_deps){ .db = db[SIM_CART] });
    p->promotions =
        promotions_open(a, (struct promotions_deps){ .db = db[SIM_CART], .currency = S("USD") });
    p->ledger = ledger_open(a, (struct ledger_deps){ .db = db[SIM_BOOKS] });
    if (s->screens)
        p->fraud = fraud_open(a, (struct fraud_deps){ .db = db[SIM_BOOKS],
                                     .bus = sim_bus_at(p, SIM_BOOKS),
                                     .key = S("simulated"),
                                     .limits = s->fraud });
    p->sagas = sagas_open(a, (struct sagas_opts){ .db = db[SIM_MAIN],
                                 .clock = &p->clock,
                                 .exec = sim_executor(p),
                                 .alone = s->processes_n == 1 });
    p->till = till_open(a, (struct till_deps){ .db = db[SIM_MONEY],
                               .payments = p->payments,
                               .orders = p->orders,
                               .db_orders = db[SIM_ORDERS],
                               .ledger = p->ledger,
                               .db_ledger = db[SIM_BOOKS],
                               .pay = &p->pay,
                               .sagas = p->sagas,
                               .clock = &p->clock });
    p->c = checkout_open(a, (struct checkout_deps){ .db = db[SIM_MAIN],
                                .waiting_max = s->crowded ? -1 : 0,
                                .at = { db[SIM_STOCK], db[SIM_ORDERS], db[SIM_MONEY], db[SIM_CART],
                                    db[SIM_CART], db[SIM_BOOKS], db[SIM_BOOKS] },
                                .sagas = p->sagas,
                                .pay = &p->pay,
                                .cart = p->cart,
                                .catalog = p->catalog,
                                .pricing = p->pricing,
                                .inventory = p->inventory,
                                .orders = p->orders,
                                .payments = p->payments,
                                .promotions = p->promotions,
                                .ledger = p->ledger,
                                .rates = &s->fees,
                                .fraud = p->fraud });
    sim_stray_sagas_add(p);
    sim_till_sagas_add(p);
    sim_bus_listen(p);
}

void sim_process_close(struct sim_process *p)
{
    sim_bus_close(p);
    promotions_close(p->promotions);
    arena_close(p->arena);
    p->arena = NULL;
}

static void restart(struct sim *s, void *arg)
{
    struct sim_process *p = arg;
    if (p->arena)
        sim_process_close(p);
    sim_process_open(s, p);
    s->running = p->index;
    sim_say(s, "starts");
    struct cx *cx = sim_cx(s, p->index);
    size_t n = 0;
    err e = sagas_resume(p->sagas, cx, &n);
    if (e)
        sim_fail(s, "sagas cannot be resumed: %s", e->slug);
    sim_cx_close(s, cx);
    sim_jobs_start(s, p);
    sim_bus_start(s, p);
}

/* The process that runs stops here: nothing that it had in memory goes on. */
void sim_crash(struct sim *s, const char *where)
{
    struct sim_process *p = &s->processes[s->running];
    if (!p->up)
        return;
    sim_say(s, "DIES %s", where);
    p->up = false;
    p->life++;
    s->crashes_n++;
    int64_t away =
        rng_chance(&s->rng, 300) ? sim_between(s, 30000, 700000) : sim_between(s, 50, 5000);
    sim_at(s, -1, away, restart, p, NULL);
}

int sim_some_process(struct sim *s)
{
    int first = (int)rng_below(&s->rng, (uint64_t)s->processes_n);
    for (int i = 0; i < s->processes_n; i++) {
        int at = (first + i) % s->processes_n;
        if (s->processes[at].up)
            return at;
    }
    return -1;
}

bool sim_is_dead(const struct sim *s)
{
    return s->running >= 0 && !s->processes[s->running].up;
}

/* How long something waits before it runs: mostly a moment, sometimes longer than any lease. */
static int64_t wait_ms(struct sim *s, int64_t most)
{
    return sim_chance(s, s->rates.slow) ? sim_between(s, 5000, 120000) : sim_between(s, 0, most);
}

/* ---- units ---- */

struct errand {
    struct db_errand x;
    struct sim *sim;
    bool hides;              /* what comes of it is not told */
    bool undone;             /* after it ran */
    struct sim_held *renews; /* NULL: holds nothing on */
    int64_t until_ms;
};

static err errand_work(void *arg, struct cx *cx)
{
    struct errand *w = arg;
    struct sim_unit unit = { 0 };
    w->sim->unit = &unit;
    err e = w->x.fn(w->x.arg, cx);
    w->sim->unit = NULL;
    if (!e && w->undone)
        return FAIL(cx, DB_OVERLOADED, "a conflict, as the simulation has it");
    return e;
}

static void errand_done(void *arg, struct cx *cx, err e)
{
    struct errand *w = arg;
    w->sim->overtaken |= e == &SAGA_TAKEN_OVER;
    if (e && !w->undone)
        sim_say(w->sim, "unit fails: %s " STR_F, e->slug, STR_A(cx->detail));
    /* Nobody may need the tables' constraints: they are for what the code has overlooked. */
    if (e && (e->kind == KIND_BUG || e == &DB_CONSTRAINT))
        sim_fail(w->sim, "a unit fails: %s: " STR_F, e->slug, STR_A(cx->detail));
    if (!e && w->renews)
        sim_holds_granted(w->sim, w->renews, w->until_ms);
    if (!w->hides)
        w->x.done(w->x.arg, cx, e);
}

#define ASKS 300 /* of 1000 units: as after one that was wrong in what it took for granted */

static void errand_once(struct errand *w, bool undone, bool hides)
{
    const struct db_errand x = { w->x.db, w->x.cx, errand_work, w, errand_done, false };
    w->undone = undone;
    w->hides = hides;
    if (sim_chance(w->sim, ASKS))
        sim_store_ask(x.db);
    db_errand_run(&x);
}

enum fate { FATE_WELL, FATE_TWICE, FATE_UNDONE, FATE_AWAY, FATE_UNTOLD, FATES_N };

static void errand_fate(struct sim *s, struct errand *w)
{
    struct cx *cx = w->x.cx;
    enum fate fate = FATE_WELL;
    if (sim_chance(s, s->rates.conflict))
        fate = (enum fate)sim_between(s, FATE_TWICE, FATES_N - 1);
    switch (fate) {
    case FATE_TWICE: /* 40001: undone, and run again */
        sim_say(s, "unit runs twice");
        errand_once(w, true, true);
        cx_clear(cx);
        errand_once(w, false, false);
        return;
    case FATE_UNDONE:
        sim_say(s, "unit is undone");
        errand_once(w, true, false);
        return;
    case FATE_AWAY:
        sim_say(s, "database away");
        w->x.done(w->x.arg, cx, FAIL(cx, DB_AWAY, "as the simulation has it"));
        return;
    case FATE_UNTOLD: /* the connection broke in the commit, which was heard */
        sim_say(s, "commit is not told");
        errand_once(w, false, true);
        cx_clear(cx);
        w->x.done(w->x.arg, cx, FAIL(cx, DB_AWAY, "the commit's answer was lost"));
        return;
    case FATE_WELL:
    case FATES_N:
        break;
    }
    errand_once(w, false, false);
}

/* Whoever waits for it on this stack must come back, though nobody is there any more. */
static void errand_dies(struct errand *w)
{
    cx_clear(w->x.cx);
    w->x.done(w->x.arg, w->x.cx, FAIL(w->x.cx, DB_AWAY, "the process is dead"));
}

static void errand_run(struct sim *s, void *arg)
{
    struct errand *w = arg;
    if (sim_chance(s, s->rates.crash)) {
        bool after = rng_chance(&s->rng, 500);
        if (after)
            errand_once(w, false, true);
        sim_crash(s, after ? "after a unit" : "before a unit");
        if (w->x.waited)
            errand_dies(w);
        else
            sim_cx_close(s, w->x.cx);
        return;
    }
    errand_fate(s, w);
}

/* ---- units that overlap, as PostgreSQL lets them ---- */

#define OVERLAP_MS 2000 /* less than the time that a lease leaves for a unit (MARGIN_MS) */

static void between(void *arg)
{
    struct sim *s = arg;
    int64_t until_ms = s->now_ms + OVERLAP_MS;
    struct sim_process *other = &s->processes[s->running == 0];
    bool at_bus = sim_bus_leave(s);
    sim_say(s, "others come between");
    if (rng_chance(&s->bus.rng, at_bus ? 400 : 100))
        sim_bus_turn(s, other, false);
    if (other->up && rng_chance(&s->rng, 200))
        sim_jobs_between(s, other);
    for (int64_t n = sim_between(s, 1, 3); n > 0; n--)
        if (!sim_step_between(s, errand_run, until_ms - s->now_ms))
            break;
    sim_bus_enter(s, at_bus);
}

/* Whoever has locked or written a row is left alone: others would wait for it. */
static bool locks(const struct db_query *q)
{
    const char *text = q->text[DB_PG] ? q->text[DB_PG] : q->text[DB_SQLITE];
    return q->writes || strstr(text, "FOR UPDATE") || strstr(text, "FOR SHARE") ||
           strstr(text, "_lock(");
}

static void between_once(void *arg)
{
    struct sim *s = arg;
    sim_fn *fn = s->between;
    s->between = NULL;
    fn(s, s->between_arg);
}

static void on_statement(void *self, struct cx *cx, const struct db_query *q)
{
    struct sim *s = self;
    if (s->between && q->writes)
        (void)sim_store_overlap(cx, between_once, s);
    struct sim_unit *unit = s->unit;
    if (!unit || unit->locked)
        return;
    if (unit->reads > 0 && s->processes_n > 1 && sim_chance(s, s->rates.overlap))
        (void)sim_store_overlap(cx, between, s);
    unit->locked = locks(q);
    unit->reads++;
}

static void on_unit(void *self, const struct db_errand *x)
{
    struct sim *s = self;
    if (s->direct) {
        db_errand_run(x);
        return;
    }
    struct errand *w = NEW(x->cx->arena, struct errand);
    *w = (struct errand){ .x = *x, .sim = s, .renews = s->renewing, .until_ms = s->renewing_ms };
    s->renewing = NULL;
    w->x.waited |= s->bus.at_work; /* its turn ends when all of them have */
    if (s->bus.at_work) {
        sim_bus_unit(s);
        if (s->processes_n > 1 && sim_chance(s, s->rates.overlap / 4))
            between(s);
    }
    if (w->x.waited && sim_is_dead(s))
        errand_dies(w);
    else if (w->x.waited)
        errand_run(s, w);
    else if (sim_is_dead(s))
        sim_cx_close(s, x->cx);
    else
        sim_at(s, s->running, wait_ms(s, 20), errand_run, w, x->cx);
}

const struct sim_diversion sim_diversion = { on_unit, on_statement };

/* ---- the executor of calls: its arguments are runs of sagas ---- */

struct task {
    void (*fn)(void *arg);
    struct saga_run *run;
};

static void task_run(struct sim *s, void *arg)
{
    struct task *t = arg;
    (void)s;
    t->fn(t->run);
}

static void task_at(struct sim_process *p, int64_t in_ms, void (*fn)(void *arg), void *arg)
{
    struct sim *s = p->sim;
    struct saga_run *run = arg;
    if (sim_is_dead(s)) {
        sim_cx_close(s, run->cx);
        return;
    }
    struct task *t = NEW(run->cx->arena, struct task);
    *t = (struct task){ fn, run };
    sim_at(s, p->index, in_ms, task_run, t, run->cx);
}

static bool executor_submit(void *self, void (*fn)(void *arg), void *arg)
{
    struct sim_process *p = self;
    if (sim_chance(p->sim, p->sim->rates.conflict) && !sim_is_dead(p->sim)) {
        sim_say(p->sim, "executor is full");
        return false;
    }
    task_at(p, wait_ms(p->sim, 100), fn, arg);
    return true;
}

static void executor_after(void *self, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
    task_at(self, delay_ms, fn, arg);
}

struct executor sim_executor(struct sim_process *p)
{
    return (struct executor){ executor_submit, executor_after, p };
}
