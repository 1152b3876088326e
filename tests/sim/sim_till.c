/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, the till by itself: payments of no order, a provider that takes, gives
 * back by hand, is away or does not find what it has, webhooks that wait and sweeps, in any order,
 * beside a count on fingers. Called by sim_shop.c; must never ask the till what to expect of it. */
#include "flows/till/till.h"
#include "tests/sim/sim.h"

#define PAYMENTS 4
#define FACTS_MAX 64
#define TRIES 40
#define AMOUNT_MINOR 1000
#define AGAIN_MS 10000 /* after the first attempt; twice as long after each */

struct tills {
    struct sim *sim;
    struct rng rng;
    struct pay pay; /* the provider, as this till meets it */
    struct till *till;
    struct tills_payment {
        id payment_id, order_id;
        int64_t began_ms; /* 0: it is not there yet */
        str ref;
        enum payments_status here, there; /* there PAYMENTS_STARTED: nothing is */
        int64_t here_back, back;          /* given back, as is known here, and there */
        bool kept, lives;                 /* lives: the saga of its order */
        bool lost;                        /* the provider does not find it */
    } payments[PAYMENTS], *payment;       /* payment: that is tried */
    struct tills_fact {
        struct tills_payment *of;
        bool is_told, is_done;
        int attempts;
        int64_t next_ms;
    } facts[FACTS_MAX];
    size_t facts_first, facts_n;
    bool is_away;
    size_t asked; /* the provider, what became of payments, in this step */
    struct pay_result result;
    size_t fact; /* that is told */
    bool is_new;
};

/* ---- the provider ---- */

static err away(struct tills *t, struct cx *cx)
{
    t->asked++;
    return t->is_away ? FAIL(cx, PAY_UNREACHABLE, "away") : NULL;
}

static err call_find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct tills *t = self;
    struct pay *to = &t->sim->sandbox;
    err e = away(t, cx);
    for (size_t i = 0; !e && i < PAYMENTS; i++)
        if (t->payments[i].lost && str_eq(id_text(cx->arena, t->payments[i].payment_id), key)) {
            *ret = (struct pay_result){ .state = PAY_STATE_NONE };
            return NULL;
        }
    return e ? e : to->find(to->self, cx, key, ret);
}

static err call_get(void *self, struct cx *cx, str ref, struct pay_result *ret)
{
    struct tills *t = self;
    struct pay *to = &t->sim->sandbox;
    err e = away(t, cx);
    return e ? e : to->get(to->self, cx, ref, ret);
}

static err call_release(void *self, struct cx *cx, str key, str ref, struct pay_result *ret)
{
    struct pay *to = &((struct tills *)self)->sim->sandbox;
    return to->release(to->self, cx, key, ref, ret);
}

static err call_refund(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct pay *to = &((struct tills *)self)->sim->sandbox;
    return to->refund(to->self, cx, key, ref, amount, ret);
}

static struct tills_payment *payment_of(struct tills *t, struct cx *cx, size_t index)
{
    struct pay *from = &t->sim->sandbox;
    struct pay_event event;
    struct sandbox_webhook told = pay_sandbox_webhook(from, cx, index, cx->now_ms);
    err e = from->parse_webhook(from->self, cx, told.signature, told.body, &event);
    for (size_t i = 0; !e && i < PAYMENTS; i++)
        if (str_eq(id_text(cx->arena, t->payments[i].payment_id), event.key))
            return &t->payments[i];
    return NULL;
}

/* What it wrote down since: a webhook each, which nobody else tells of. */
static void note_facts(struct tills *t)
{
    struct cx *cx = sim_cx(t->sim, -1);
    size_t n = pay_sandbox_events(&t->sim->sandbox);
    for (; t->facts_first + t->facts_n < n && t->facts_n < FACTS_MAX; t->facts_n++) {
        struct tills_payment *of = payment_of(t, cx, t->facts_first + t->facts_n);
        t->facts[t->facts_n] = (struct tills_fact){ .of = of };
        if (!of)
            sim_fail(t->sim, "the provider did something with a payment of nobody");
    }
    t->sim->heard_n = n;
    sim_cx_close(t->sim, cx);
}

/* ---- sagas of orders that are on their way: until the queue runs ---- */

struct none {
    int64_t n;
};
static const struct json_field none_fields[] = { JSON_INT(struct none, n) };
static const struct json_shape none_shape = JSON_SHAPE("TillSaga", struct none, none_fields);

static struct saga_said go_on(void *flow, struct cx *cx, struct saga *saga)
{
    (void)flow;
    (void)cx;
    (void)saga;
    return (struct saga_said){ .verdict = SAGA_GO_ON };
}
static const struct saga_step steps[] = { { .name = "call", .call = go_on } };
static const struct saga_kind kind = {
    .name = "till", .steps = steps, .steps_n = COUNT(steps), .state = &none_shape
};

void sim_till_sagas_add(struct sim_process *p)
{
    sagas_add(p->sagas, &kind, p);
}

static void over(void *arg, struct cx *cx, struct saga_over saga)
{
    (void)saga;
    sim_cx_close(arg, cx);
}

static void begin_saga(struct tills *t)
{
    struct sim *s = t->sim;
    struct cx *cx = sim_cx(s, -1);
    bool direct = s->direct;
    s->direct = true;
    saga_begin(s->outside.sagas, (struct saga_begin){ .kind = &kind,
                                     .saga_id = t->payment->order_id,
                                     .state = NEW(cx->arena, struct none),
                                     .cx = cx,
                                     .over = over,
                                     .arg = s });
    s->direct = direct;
}

static void end_sagas(struct tills *t)
{
    bool direct = t->sim->direct;
    t->sim->direct = true;
    while (sim_step(t->sim, INT64_MAX))
        ;
    t->sim->direct = direct;
    for (size_t i = 0; i < PAYMENTS; i++)
        t->payments[i].lives = false;
}

/* ---- verbs ---- */

static err unit_begin(void *arg, struct cx *cx)
{
    struct tills *t = arg;
    const struct tills_payment *x = t->payment;
    struct payments *payments = t->sim->outside.payments;
    struct payments_payment ret;
    err e = payments_start(payments, cx,
        &(struct payments_payment){ .payment_id = x->payment_id,
            .order_id = x->order_id,
            .provider = S("sandbox"),
            .method_type = S("card"),
            .token = S("pm_card_visa"),
            .status = PAYMENTS_STARTED,
            .amount = money_of(AMOUNT_MINOR, SIM_USD) },
        /* is_new= */ false);
    if (!e && x->here != PAYMENTS_STARTED)
        e = payments_answer(payments, cx, x->payment_id, &t->result, &ret);
    return e || !x->kept ? e : payments_keep(payments, cx, x->order_id, true);
}

static err unit_let_go(void *arg, struct cx *cx)
{
    struct tills *t = arg;
    return payments_keep(t->sim->outside.payments, cx, t->payment->order_id, false);
}

static err unit_tell(void *arg, struct cx *cx)
{
    struct tills *t = arg;
    struct payments_webhook hook;
    struct sandbox_webhook told =
        pay_sandbox_webhook(&t->sim->sandbox, cx, t->facts_first + t->fact, cx->now_ms);
    return payments_webhook_receive(t->sim->outside.payments, cx, &t->sim->sandbox, told.signature,
        told.body, &hook, &t->is_new);
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct tills *t = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < PAYMENTS; i++) {
        const struct tills_payment *x = &t->payments[i];
        struct payments_payment is;
        if (!x->began_ms)
            continue;
        e = payments_get(t->sim->outside.payments, cx, x->payment_id, &is);
        if (!e && (is.status != x->here || is.refunded_minor != x->here_back))
            sim_fail(t->sim, "a payment of no order is %s, %lld back, and not %s, %lld",
                payments_status_names[is.status], (long long)is.refunded_minor,
                payments_status_names[x->here], (long long)x->here_back);
    }
    return e;
}

static err run(struct tills *t, db_work *fn)
{
    return sim_at_once(t->sim, SIM_MONEY, fn, t);
}

static void said(struct tills *t, const char *verb, err is)
{
    sim_expect(t->sim, "payments of no order are", verb, is, NULL);
}

static size_t run_job(
    struct tills *t, const char *verb, err (*fn)(struct till *, struct cx *, size_t *))
{
    struct cx *cx = sim_cx(t->sim, -1);
    bool direct = t->sim->direct;
    size_t n = 0;
    t->sim->direct = true;
    t->asked = 0;
    said(t, verb, fn(t->till, cx, &n));
    t->sim->direct = direct;
    sim_cx_close(t->sim, cx);
    return n;
}

/* So many it says to have seen to, and so often asks it the provider. */
static void work(struct tills *t, const char *verb, err (*fn)(struct till *, struct cx *, size_t *),
    size_t want, size_t want_asked)
{
    size_t n = run_job(t, verb, fn);
    if (n != want || t->asked != want_asked)
        sim_fail(t->sim, "payments are %s: %zu, the provider is asked %zu times, not %zu and %zu",
            verb, n, t->asked, want, want_asked);
}

/* ---- tries ---- */

static void begin(struct tills *t)
{
    static const enum payments_status states[] = { PAYMENTS_STARTED, PAYMENTS_AUTHORIZED,
        PAYMENTS_CAPTURED, PAYMENTS_CAPTURED };
    struct tills_payment *x = t->payment;
    struct pay *to = &t->sim->sandbox;
    struct cx *cx = sim_cx(t->sim, -1);
    err e = NULL;
    if (x->began_ms) {
        sim_cx_close(t->sim, cx);
        return;
    }
    x->there = states[rng_below(&t->rng, COUNT(states))];
    x->here = rng_chance(&t->rng, 700) ? x->there : PAYMENTS_STARTED;
    x->kept = x->there == PAYMENTS_CAPTURED && rng_chance(&t->rng, 500);
    x->lives = rng_chance(&t->rng, 300);
    if (x->there != PAYMENTS_STARTED)
        e = to->authorize(to->self, cx,
            (struct pay_request){ .key = id_text(cx->arena, x->payment_id),
                .amount = money_of(AMOUNT_MINOR, SIM_USD),
                .token = S("pm_card_visa"),
                .reference = S("tried"),
                .capture = x->there == PAYMENTS_CAPTURED },
            &t->result);
    x->ref =
        x->there == PAYMENTS_STARTED ? (str){ 0 } : str_dup(t->sim->life, t->result.provider_ref);
    note_facts(t);
    x->began_ms = t->sim->now_ms;
    said(t, "begun", e ? e : run(t, unit_begin));
    if (x->lives)
        begin_saga(t);
    sim_cx_close(t->sim, cx);
}

/* At the provider, by hand: webhooks are all that tells. */
static void give_back(struct tills *t)
{
    struct tills_payment *x = t->payment;
    struct pay *to = &t->sim->sandbox;
    if (x->there != PAYMENTS_CAPTURED || t->facts_n == FACTS_MAX)
        return;
    struct cx *cx = sim_cx(t->sim, -1);
    int64_t left = AMOUNT_MINOR - x->back, minor = rng_between(&t->rng, 1, 150);
    minor = minor < left ? minor : left;
    said(t, "given back by hand",
        to->refund(to->self, cx, id_text(cx->arena, cx_id(cx)), x->ref, money_of(minor, SIM_USD),
            &t->result));
    x->back += minor;
    x->there = x->back == AMOUNT_MINOR ? PAYMENTS_REFUNDED : PAYMENTS_CAPTURED;
    note_facts(t);
    sim_cx_close(t->sim, cx);
}

static void tell(struct tills *t)
{
    if (!t->facts_n)
        return;
    t->fact = rng_below(&t->rng, t->facts_n);
    struct tills_fact *f = &t->facts[t->fact];
    said(t, "told of", run(t, unit_tell));
    if (t->is_new == f->is_told)
        sim_fail(t->sim, "a webhook that was%s told before is%s new", f->is_told ? "" : " not",
            t->is_new ? "" : " not");
    if (!f->is_told)
        f->next_ms = t->sim->now_ms;
    f->is_told = true;
}

static void hear(struct tills_payment *x)
{
    x->here = x->there;
    x->here_back = x->back;
}

/* Each that is due is looked at, and again after a while unless it is done. What waits for its
 * saga is left to it, and the provider not asked. */
static void settle(struct tills *t)
{
    size_t due = 0, asked = 0;
    for (size_t i = 0; i < t->facts_n; i++) {
        struct tills_fact *f = &t->facts[i];
        if (!f->is_told || f->is_done || f->next_ms > t->sim->now_ms)
            continue;
        due++;
        f->next_ms = t->sim->now_ms + (f->attempts < 8 ? AGAIN_MS << f->attempts : 3600000);
        f->attempts++;
        if (f->of->lives && f->of->here == PAYMENTS_STARTED)
            continue;
        asked++;
        f->is_done = !t->is_away;
        if (f->is_done)
            hear(f->of);
    }
    work(t, "looked at", till_settle, due, asked);
}

/* What the provider has of it is written down, and goes back, unless it is kept. */
static size_t sweep_one(struct tills *t, struct tills_payment *x, size_t *asked)
{
    bool ended = x->here == PAYMENTS_VOIDED || x->here == PAYMENTS_REFUNDED;
    if (!x->began_ms || ended || x->lives || x->began_ms >= t->sim->now_ms - TILL_ORPHAN_MS ||
        (x->kept && x->here != PAYMENTS_STARTED))
        return 0;
    ++*asked;
    if (t->is_away || x->lost)
        return 0;
    if (x->there == PAYMENTS_CAPTURED && !x->kept) {
        x->there = PAYMENTS_REFUNDED;
        x->back = AMOUNT_MINOR;
    } else if (x->there == PAYMENTS_AUTHORIZED || x->there == PAYMENTS_STARTED) {
        x->there = PAYMENTS_VOIDED;
    }
    hear(x);
    return x->here != PAYMENTS_CAPTURED;
}

static void sweep(struct tills *t)
{
    size_t ended = 0, asked = 0;
    for (size_t i = 0; i < PAYMENTS; i++)
        ended += sweep_one(t, &t->payments[i], &asked);
    work(t, "swept", till_sweep, ended, asked);
    note_facts(t);
}

static void let_go(struct tills *t)
{
    said(t, "kept no more", run(t, unit_let_go));
    t->payment->kept = false;
}

/* Of what is known here alone: that nothing was begun there is believed of the rest. */
static void lose(struct tills *t)
{
    struct tills_payment *x = t->payment;
    if (x->here == PAYMENTS_AUTHORIZED || x->here == PAYMENTS_CAPTURED)
        x->lost = !x->lost;
}

static void go_away(struct tills *t)
{
    t->is_away = rng_chance(&t->rng, 500);
}

static void pass(struct tills *t)
{
    static const int64_t times[] = { AGAIN_MS - 1, 1, AGAIN_MS, 4 * AGAIN_MS, TILL_ORPHAN_MS };
    t->sim->now_ms += times[rng_below(&t->rng, COUNT(times))];
}

/* The provider is there again and has all of it; nobody keeps any. */
static void end(struct tills *t)
{
    end_sagas(t);
    t->is_away = false;
    t->sim->now_ms += HOUR_MS;
    for (size_t i = 0; i < PAYMENTS; i++) {
        t->payment = &t->payments[i];
        t->payment->lost = false;
        if (t->payment->kept)
            let_go(t);
    }
    settle(t);
    sweep(t);
    for (size_t i = 0; i < PAYMENTS; i++)
        if (t->payments[i].began_ms && t->payments[i].here != PAYMENTS_VOIDED &&
            t->payments[i].here != PAYMENTS_REFUNDED)
            sim_fail(t->sim, "a payment of no order is never given back");
}

static void open_till(struct tills *t)
{
    struct sim *s = t->sim;
    t->pay = s->sandbox;
    t->pay.find = call_find;
    t->pay.get = call_get;
    t->pay.release = call_release;
    t->pay.refund = call_refund;
    t->pay.self = t;
    t->till = till_open(s->life, (struct till_deps){ .db = sim_store_db(s->store, SIM_MONEY),
                                     .payments = s->outside.payments,
                                     .pay = &t->pay,
                                     .sagas = s->outside.sagas,
                                     .clock = &s->outside.clock });
}

void sim_till_check(struct sim *s)
{
    static void (*const verbs[])(struct tills *) = { begin, begin, give_back, give_back, tell, tell,
        tell, settle, settle, sweep, let_go, lose, go_away, end_sagas, pass, pass };
    struct tills t = { .sim = s,
        .rng = rng_seeded(s->seed ^ UINT64_C(0x74696c6c73)), /* "tills" */
        .facts_first = pay_sandbox_events(&s->sandbox) };
    open_till(&t);
    for (size_t i = 0; i < PAYMENTS; i++) {
        t.payments[i].payment_id = id_new(&t.rng, s->now_ms);
        t.payments[i].order_id = id_new(&t.rng, s->now_ms);
    }
    s->now_ms += SIM_SKEW_MS; /* what the world has left in the inbox is due by now */
    (void)run_job(&t, "looked at before", till_settle);
    err e = NULL;
    for (int i = 0; !e && i < TRIES; i++) {
        t.payment = &t.payments[rng_below(&t.rng, PAYMENTS)];
        verbs[rng_below(&t.rng, COUNT(verbs))](&t);
        e = run(&t, unit_compare);
    }
    end(&t);
    if (!e)
        e = run(&t, unit_compare);
    if (e)
        sim_fail(s, "a till that is tried: %s", e->slug);
}
