/* SPDX-License-Identifier: Apache-2.0
 * Orders that a person has to look at: staff who allow or deny them, both, late or never; and what
 * must be true of them in the end. Called by sim.c and sim_check.c; must never wake an order's saga
 * before the decision is on record. */
#include "services/fraud/fraud_store.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_carts.h"

#define QUEUE_MAX 100

/* ---- deciding ---- */

struct deciding {
    struct sim *sim;
    id order_id;
    bool allow;
    int tries;
    struct cx *cx;
};

static void decide(struct sim *s, void *arg);

static err unit_decide(void *arg, struct cx *cx)
{
    struct deciding *d = arg;
    return fraud_review_decide(d->sim->processes[d->sim->running].fraud, cx,
        (struct fraud_decide){
            .order_id = d->order_id, .allow = d->allow, .reason = S("simulated") });
}

static void plan_decision(struct sim *s, struct deciding wanted, int64_t in_ms)
{
    struct deciding *plan = NEW(s->life, struct deciding);
    *plan = wanted;
    sim_at(s, -1, in_ms, decide, plan, NULL);
}

/* The event of it wakes the order (sim_bus.c). */
static void decided(void *arg, struct cx *cx, err e)
{
    struct deciding *d = arg;
    struct sim *s = d->sim;
    sim_say(s, "%s is %s by staff: %s", sim_name(cx, d->order_id), d->allow ? "allowed" : "denied",
        e ? e->slug : "ok");
    if (e && e->kind == KIND_BUSY && d->tries < 10)
        plan_decision(s, (struct deciding){ s, d->order_id, d->allow, d->tries + 1, NULL },
            sim_between(s, 1000, 20000));
    sim_cx_close(s, cx);
}

static void decide(struct sim *s, void *arg)
{
    const struct deciding *plan = arg;
    int process = sim_some_process(s);
    if (process < 0) {
        sim_at(s, -1, sim_between(s, 1000, 20000), decide, arg, NULL);
        return;
    }
    struct cx *cx = sim_cx(s, process);
    struct deciding *d = NEW(cx->arena, struct deciding);
    *d = *plan;
    d->cx = cx;
    s->running = process;
    db_write(sim_store_db(s->store, SIM_BOOKS), cx, 0, unit_decide, d, decided);
    s->running = -1;
}

/* ---- the queue ---- */

struct queue {
    struct sim *s;
    struct fraud_review *list;
    size_t n;
};

/* Once it waits it says so: a decision wakes what is seen to be authorized. */
static err check_waiting(struct sim *s, struct cx *cx, id order_id)
{
    struct saga_view saga;
    struct orders_order o;
    err e = saga_get(s->outside.sagas, cx, id_text(cx->arena, order_id), &saga);
    bool waits = !e && saga.parked && str_eq(saga.step, S("review"));
    cx_clear(cx);
    if (!waits)
        return NULL;
    e = orders_get(s->outside.orders, cx, (struct orders_owner){ .staff = true }, order_id, &o);
    if (!e && !str_eq(o.payment_status, S("authorized")))
        sim_fail(s, "order %s waits for staff, and its payment is " STR_F, sim_name(cx, order_id),
            STR_A(o.payment_status));
    return e;
}

/* What waits for a decision has taken nothing. */
static err unit_queue(void *arg, struct cx *cx)
{
    struct queue *q = arg;
    struct sim *s = q->s;
    err e = fraud_review_list(s->outside.fraud, cx,
        (struct fraud_page){ .state = FRAUD_REVIEW_OPEN, .limit = QUEUE_MAX }, &q->list, &q->n);
    for (size_t i = 0; !e && i < q->n; i++) {
        int64_t captured = 0;
        e = payments_captured_of(s->outside.payments, cx, q->list[i].order_id, &captured);
        if (captured)
            sim_fail(s, "order %s is under review, and %lld were captured",
                sim_name(cx, q->list[i].order_id), (long long)captured);
        if (!e)
            e = check_waiting(s, cx, q->list[i].order_id);
    }
    return e;
}

static void decide_some(struct sim *s, unsigned per_mille, int64_t within_ms)
{
    struct cx *cx = sim_cx(s, -1);
    struct queue q = { .s = s };
    err e = s->screens ? db_read(cx, unit_queue, &q) : NULL;
    for (size_t i = 0; !e && i < q.n; i++) {
        if (!rng_chance(&s->rng, per_mille))
            continue;
        struct deciding d = {
            .sim = s, .order_id = q.list[i].order_id, .allow = rng_chance(&s->rng, 600)
        };
        plan_decision(s, d, sim_between(s, 0, within_ms));
        if (rng_chance(&s->rng, 200)) { /* another of the staff sees it otherwise */
            d.allow = !d.allow;
            plan_decision(s, d, sim_between(s, 0, within_ms));
        }
    }
    sim_cx_close(s, cx);
}

void sim_reviews_decide(struct sim *s, unsigned per_mille)
{
    decide_some(s, per_mille, 1000);
}

static void look(struct sim *s, void *arg)
{
    (void)arg;
    sim_reviews_decide(s, 400);
    if (!s->quiet)
        sim_at(s, -1, sim_between(s, 1000, 60000), look, NULL, NULL);
}

static void look_at_once(struct sim *s, void *arg)
{
    (void)arg;
    decide_some(s, 900, 60);
}

/* Somebody sees the order while it is still being placed. */
void sim_reviews_soon(struct sim *s)
{
    if (s->screens && rng_chance(&s->rng, 150))
        sim_at(s, -1, sim_between(s, 1, 120), look_at_once, NULL, NULL);
}

void sim_reviews_start(struct sim *s)
{
    if (s->screens)
        sim_at(s, -1, sim_between(s, 1000, 60000), look, NULL, NULL);
}

/* ---- in the end ---- */

struct reviewed {
    struct sim *s;
    const struct sim_buy *buy;
    bool any;
};
static err unit_reviewed(void *arg, struct cx *cx)
{
    struct reviewed *r = arg;
    for (size_t i = 0; i < r->buy->attempts_n; i++) {
        struct fraud_review review;
        err e = fraud_review_get(r->s->outside.fraud, cx, r->buy->attempts[i], &review);
        r->any |= !e;
        cx_clear(cx);
    }
    return NULL;
}

bool sim_is_reviewed(struct sim *s, const struct sim_buy *b)
{
    struct cx *cx = sim_cx(s, -1);
    struct reviewed r = { .s = s, .buy = b };
    err e = s->screens ? db_read(cx, unit_reviewed, &r) : NULL;
    sim_cx_close(s, cx);
    return !e && r.any;
}

/* What the provider ever had of an order. */
struct taken {
    bool asked;
    int64_t captured, open;
};
static err taken_of(struct sim *s, struct cx *cx, id order_id, struct taken *ret)
{
    struct payments_payment *list;
    size_t n = 0;
    *ret = (struct taken){ 0 };
    err e = payments_of_order(s->outside.payments, cx, order_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++) {
        struct pay_result result = { 0 };
        if (!str_eq(list[i].provider, S("sandbox")))
            continue;
        e = s->sandbox.find(s->sandbox.self, cx, id_text(cx->arena, list[i].payment_id), &result);
        ret->asked |= result.state != PAY_STATE_NONE;
        ret->captured += result.captured_minor;
        ret->open += result.open_minor;
    }
    return e;
}

static void check_decision(struct sim *s, const char *name, const struct fraud_review *r,
    const struct taken *t, const struct orders_order *o, bool sold, bool shared)
{
    bool allowed = r->state == FRAUD_REVIEW_ALLOWED;
    if (r->state == FRAUD_REVIEW_OPEN)
        sim_fail(s, "order %s is under review for ever", name);
    if (!allowed && sold)
        sim_fail(
            s, "order %s stands, and its review is %s", name, fraud_review_state_names[r->state]);
    if (!allowed && (t->captured || t->open))
        sim_fail(s, "order %s took %lld, and its review is %s", name,
            (long long)(t->captured + t->open), fraud_review_state_names[r->state]);
    bool lapsed = r->state == FRAUD_REVIEW_LAPSED && o->status == ORDERS_CANCELLED &&
                  str_eq(o->cancel_reason, S("order_declined"));
    if (lapsed && r->decided_ms + SIM_SKEW_MS < id_ms(o->order_id) + 4 * DAY_MS)
        sim_fail(s, "order %s: staff had %lld s for its review", name,
            (long long)((r->decided_ms - id_ms(o->order_id)) / 1000));
    bool later = shared && str_starts(o->cancel_reason, S("cart.")); /* another of its cart */
    if (allowed && !sold && !later && !sim_withdrawn(s, o->order_id) &&
        !str_starts(o->cancel_reason,
            S("payment_"))) /* all that it needs is held for as long as staff may take */
        sim_fail(s, "order %s was allowed, and is undone: " STR_F, name, STR_A(o->cancel_reason));
}

static err check_order(struct sim *s, struct cx *cx, id order_id, bool shared)
{
    const char *name = sim_name(cx, order_id);
    struct orders_order o;
    struct fraud_verdict verdict;
    struct fraud_review review;
    enum fraud_outcome outcome;
    bool found;
    struct taken t;
    err e = orders_get(s->outside.orders, cx, (struct orders_owner){ .staff = true }, order_id, &o);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return NULL;
    }
    bool sold = false;
    if (!e)
        e = sim_was_confirmed(s, cx, order_id, &sold);
    if (!e)
        e = fraud_store_get(s->outside.fraud, cx, order_id, &verdict, &outcome, &found);
    if (!e)
        e = taken_of(s, cx, order_id, &t);
    if (e)
        return e;
    if (!found)
        sim_fail(s, "order %s was not looked at", name);
    else if (outcome == FRAUD_OPEN || sold != (outcome == FRAUD_PAID))
        sim_fail(s, "order %s is %s, and what is learned from it is that it is %s", name,
            orders_status_names[o.status], fraud_outcome_names[outcome]);
    if (found && (verdict.decision == FRAUD_DENY) != (outcome == FRAUD_DENIED))
        sim_fail(s, "order %s was%s denied, and what is learned is that it is %s", name,
            verdict.decision == FRAUD_DENY ? "" : " not", fraud_outcome_names[outcome]);
    if (verdict.decision == FRAUD_DENY && (sold || t.asked))
        sim_fail(s, "order %s looks like fraud, and %s", name,
            sold ? "it stands" : "the provider was asked");
    if (!found || verdict.decision != FRAUD_REVIEW)
        return NULL;
    e = fraud_review_get(s->outside.fraud, cx, order_id, &review);
    if (!e)
        check_decision(s, name, &review, &t, &o, sold, shared);
    return e;
}

err sim_check_reviews(struct sim *s, struct cx *cx)
{
    size_t wrong = 0;
    if (!s->screens)
        return NULL;
    err e = fraud_check(s->outside.fraud, cx, &wrong);
    if (wrong)
        sim_fail(s, "%zu verdicts disagree with what became of them", wrong);
    for (size_t i = 0; !e && i < s->buys_n; i++)
        for (size_t k = 0; !e && k < s->buys[i].attempts_n; k++)
            e = check_order(s, cx, s->buys[i].attempts[k], sim_carts_shared(s, &s->buys[i]));
    return e;
}
