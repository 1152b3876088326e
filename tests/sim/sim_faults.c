/* SPDX-License-Identifier: Apache-2.0
 * What goes wrong: units that are undone, run twice, committed and not told; calls of the provider
 * that fail before, after or late; processes that die at either. Called through the ports; must
 * never do what a real database or provider could not. */
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
    p->catalog = catalog_open(a, (struct catalog_deps){ .db = db[SIM_MAIN] });
    p->pricing = pricing_open(a, (struct pricing_deps){ .db = db[SIM_MAIN], .currency = S("USD") });
    p->inventory = inventory_open(a, (struct inventory_deps){ .db = db[SIM_STOCK] });
    p->orders = orders_open(a, (struct orders_deps){ .db = db[SIM_ORDERS] });
    p->payments = payments_open(a, (struct payments_deps){ .db = db[SIM_MONEY] });
    p->cart = cart_open(a, (struct cart_deps){ .db = db[SIM_CART] });
    p->promotions =
        promotions_open(a, (struct promotions_deps){ .db = db[SIM_CART], .currency = S("USD") });
    p->ledger = ledger_open(a, (struct ledger_deps){ .db = db[SIM_BOOKS] });
    if (s->screens)
        p->fraud = fraud_open(a,
            (struct fraud_deps){ .db = db[SIM_BOOKS], .key = S("simulated"), .limits = s->fraud });
    p->sagas = sagas_open(a, (struct sagas_opts){ .db = db[SIM_MAIN],
                                 .clock = &p->clock,
                                 .exec = sim_executor(p),
                                 .alone = s->processes_n == 1 });
    p->till = till_open(a, (struct till_deps){ .db = db[SIM_MONEY],
                               .payments = p->payments,
                               .pay = &p->pay,
                               .sagas = p->sagas,
                               .clock = &p->clock });
    p->c = checkout_open(a, (struct checkout_deps){ .db = db[SIM_MAIN],
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
                                .fraud = p->fraud });
}

void sim_process_close(struct sim_process *p)
{
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

static bool is_dead(const struct sim *s)
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

static void errand_once(struct errand *w, bool undone, bool hides)
{
    const struct db_errand x = { w->x.db, w->x.cx, errand_work, w, errand_done, false };
    w->undone = undone;
    w->hides = hides;
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
    sim_say(s, "others come between");
    if (other->up && rng_chance(&s->rng, 200))
        sim_jobs_between(s, other);
    for (int64_t n = sim_between(s, 1, 3); n > 0; n--)
        if (!sim_step_between(s, errand_run, until_ms - s->now_ms))
            return;
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
    if (x->waited && is_dead(s))
        errand_dies(w);
    else if (x->waited)
        errand_run(s, w);
    else if (is_dead(s))
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
    if (is_dead(s)) {
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
    if (sim_chance(p->sim, p->sim->rates.conflict) && !is_dead(p->sim)) {
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

/* ---- calls of the provider ---- */

/* A call that changes something. */
struct call {
    enum { CALL_AUTHORIZE, CALL_CAPTURE, CALL_RELEASE, CALL_REFUND } what;
    struct pay_request in;
    str key, ref;
    money amount;
};
static const char *const call_names[] = { "authorize", "capture", "release", "refund" };

static err call_do(struct sim *s, struct cx *cx, const struct call *c, struct pay_result *ret)
{
    struct pay *p = &s->sandbox;
    switch (c->what) {
    case CALL_AUTHORIZE:
        return p->authorize(p->self, cx, c->in, ret);
    case CALL_CAPTURE:
        return p->capture(p->self, cx, c->key, c->ref, c->amount, ret);
    case CALL_RELEASE:
        return p->release(p->self, cx, c->key, c->ref, ret);
    case CALL_REFUND:
        return p->refund(p->self, cx, c->key, c->ref, c->amount, ret);
    }
    panic(__FILE__, "no such call");
}

/* One that was sent, not answered in time, and is heard later. */
struct late {
    struct cx *cx;
    struct call call;
};

struct given_up {
    struct sim *s;
    id payment_id;
    bool is;
};
static err unit_given_up(void *arg, struct cx *cx)
{
    struct given_up *g = arg;
    struct payments_payment p;
    struct orders_order o;
    err e = payments_get(g->s->outside.payments, cx, g->payment_id, &p);
    if (!e)
        e = orders_get(
            g->s->outside.orders, cx, (struct orders_owner){ .staff = true }, p.order_id, &o);
    g->is = !e && o.status == ORDERS_CANCELLED && str_eq(o.cancel_reason, S("payment_missing"));
    cx_clear(cx);
    return NULL;
}

/* That nothing came is only known when nothing can come any more. */
static void check_given_up(struct sim *s, const struct call *call)
{
    struct cx *cx = sim_cx(s, -1);
    struct given_up g = { .s = s };
    err e = id_parse(call->in.key, &g.payment_id) ? db_read(cx, unit_given_up, &g) : NULL;
    if (!e && g.is && !s->overtaken)
        sim_fail(s, "payment %s was given up, and is heard of", sim_name(cx, g.payment_id));
    sim_cx_close(s, cx);
}

static void late_run(struct sim *s, void *arg)
{
    struct late *l = arg;
    struct pay_result ret;
    l->cx->now_ms = s->now_ms;
    err e = call_do(s, l->cx, &l->call, &ret);
    sim_say(s, "provider hears a late %s: %s", call_names[l->call.what], e ? e->slug : "done");
    if (l->call.what == CALL_AUTHORIZE)
        check_given_up(s, &l->call);
    sim_cx_close(s, l->cx);
}

static void late_send(struct sim *s, const struct call *call)
{
    struct cx *cx = sim_cx(s, -1);
    struct late *l = NEW(cx->arena, struct late);
    *l = (struct late){ cx, *call };
    l->call.key = str_dup(cx->arena, call->key);
    l->call.ref = str_dup(cx->arena, call->ref);
    l->call.in.key = str_dup(cx->arena, call->in.key);
    l->call.in.token = str_dup(cx->arena, call->in.token);
    l->call.in.customer = str_dup(cx->arena, call->in.customer);
    l->call.in.reference = str_dup(cx->arena, call->in.reference);
    l->call.in.return_url = str_dup(cx->arena, call->in.return_url);
    if (call->what == CALL_AUTHORIZE && s->late_n < SIM_LATE &&
        id_parse(call->in.key, &s->late[s->late_n]))
        s->late_n++;
    sim_at(s, -1, sim_between(s, 100, SIM_LATE_MS), late_run, l, cx);
}

enum answer { ANSWER_WELL, ANSWER_DIES, ANSWER_REFUSED, ANSWER_LOST, ANSWER_UNTOLD, ANSWER_LATE };

/* What becomes of this call. ANSWER_UNTOLD: it is done, and the answer is lost. */
static enum answer draw(struct sim *s, const char *verb, bool *ret_dies)
{
    static const char *const names[] = { "is well", "dies", "is refused a connection",
        "is not heard", "is not answered", "is heard late" };
    *ret_dies = false;
    if (is_dead(s))
        return ANSWER_DIES;
    if (sim_chance(s, s->rates.crash)) {
        *ret_dies = true;
        return rng_chance(&s->rng, 500) ? ANSWER_LOST : ANSWER_UNTOLD;
    }
    enum answer a = ANSWER_WELL;
    bool outage = !s->quiet && s->now_ms >= s->outage_ms && s->now_ms < s->outage_end_ms;
    if (outage || sim_chance(s, s->rates.provider))
        a = (enum answer)sim_between(s, ANSWER_REFUSED, ANSWER_LATE);
    sim_say(s, "%s %s", verb, names[a]);
    return a;
}

/* The end of a call that was drawn. */
static err answer(struct sim *s, struct cx *cx, enum answer a, bool dies, err e)
{
    if (dies)
        sim_crash(s, a == ANSWER_LOST ? "before a call" : "after a call");
    if (a == ANSWER_WELL)
        return e;
    if (a == ANSWER_REFUSED || a == ANSWER_DIES)
        return FAIL(cx, PAY_UNREACHABLE, "as the simulation has it");
    return FAIL(cx, PAY_UNKNOWN, "as the simulation has it");
}

/* Once when it is quiet as well: sweeps are late. */
static bool is_declined(struct sim *s)
{
    bool is = (!s->quiet || !s->declined_late) && rng_chance(&s->rng, s->rates.declined);
    s->declined_late |= s->quiet && is;
    return is;
}

/* The shop's account there has too little at the moment, or the bank will not: nothing is done. */
static err declined(struct sim *s, struct cx *cx, const struct call *call, struct pay_result *ret)
{
    err e = s->sandbox.get(s->sandbox.self, cx, call->ref, ret);
    ret->decline_code = S("insufficient_funds");
    ret->decline_text = S("The balance is too low.");
    s->capture_declined |= call->what == CALL_CAPTURE;
    sim_say(s, "%s is declined", call_names[call->what]);
    return e;
}

static err change(
    struct sim_process *p, struct cx *cx, const struct call *call, struct pay_result *ret)
{
    struct sim *s = p->sim;
    struct pay_result result = { 0 };
    bool dies;
    err e = NULL;
    sim_reasons_key(s, call->key.n ? call->key : call->in.key);
    enum answer a = draw(s, call_names[call->what], &dies);
    bool takes = call->what == CALL_REFUND || call->what == CALL_CAPTURE;
    if (a == ANSWER_WELL && takes && is_declined(s))
        return declined(s, cx, call, ret);
    if (a == ANSWER_WELL || a == ANSWER_UNTOLD)
        e = call_do(s, cx, call, &result);
    if (a == ANSWER_LATE)
        late_send(s, call);
    e = answer(s, cx, a, dies, e);
    if (!e)
        *ret = result;
    return e;
}

/* Nobody is asked for money once what it is for is not held any more; and who says that nobody has
 * asked before is right. */
static void check_asking(struct sim *s, struct cx *cx, const struct pay_request *in)
{
    id payment_id = { { 0 } };
    bool known = false;
    if (!id_parse(in->key, &payment_id))
        sim_fail(s, "the provider is asked with a key that is no payment's");
    if (s->now_ms > id_ms(payment_id) + 10 * MINUTE_MS + SIM_SKEW_MS)
        sim_fail(s, "payment %s: the provider is asked too late", sim_name(cx, payment_id));
    for (size_t i = 0; i < s->asked_n; i++)
        known |= id_eq(s->asked[i], payment_id);
    if (known && in->first_attempt)
        sim_fail(s, "payment %s: it is not asked for the first time", sim_name(cx, payment_id));
    if (!known && s->asked_n < COUNT(s->asked))
        s->asked[s->asked_n++] = payment_id;
}

static err call_authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct sim_process *p = self;
    check_asking(p->sim, cx, &in);
    return change(self, cx, &(struct call){ .what = CALL_AUTHORIZE, .in = in }, ret);
}

static err call_capture(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    const struct call call = { .what = CALL_CAPTURE, .key = key, .ref = ref, .amount = amount };
    return change(self, cx, &call, ret);
}

static err call_release(void *self, struct cx *cx, str key, str ref, struct pay_result *ret)
{
    return change(self, cx, &(struct call){ .what = CALL_RELEASE, .key = key, .ref = ref }, ret);
}

static err call_refund(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    const struct call call = { .what = CALL_REFUND, .key = key, .ref = ref, .amount = amount };
    return change(self, cx, &call, ret);
}

/* Reads change nothing: late is lost. */
static err call_find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct sim_process *p = self;
    struct pay *to = &p->sim->sandbox;
    bool dies;
    enum answer a = draw(p->sim, "find", &dies);
    err e = a == ANSWER_WELL ? to->find(to->self, cx, key, ret) : NULL;
    if (dies)
        sim_crash(p->sim, "in a call");
    return a == ANSWER_WELL ? e : FAIL(cx, PAY_UNREACHABLE, "as the simulation has it");
}

static err call_get(void *self, struct cx *cx, str ref, struct pay_result *ret)
{
    struct sim_process *p = self;
    struct pay *to = &p->sim->sandbox;
    bool dies;
    enum answer a = draw(p->sim, "get", &dies);
    err e = a == ANSWER_WELL ? to->get(to->self, cx, ref, ret) : NULL;
    if (dies)
        sim_crash(p->sim, "in a call");
    return a == ANSWER_WELL ? e : FAIL(cx, PAY_UNREACHABLE, "as the simulation has it");
}

struct pay sim_pay(struct sim_process *p)
{
    struct pay pay = p->sim->sandbox;
    pay.authorize = call_authorize;
    pay.capture = call_capture;
    pay.release = call_release;
    pay.refund = call_refund;
    pay.find = call_find;
    pay.get = call_get;
    pay.self = p;
    return pay;
}
