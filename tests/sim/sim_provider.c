/* SPDX-License-Identifier: Apache-2.0
 * The provider as a process meets it: calls that are refused, lost, done and not answered, heard
 * too late, declined; and what nobody may ask it for. Called through the port; must never do what a
 * real provider could not. */
#include "tests/sim/sim.h"

#define DEAF_MS 4000

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
    if (!e && g.is)
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
    sim_at(s, -1, sim_between(s, s->deaf ? SIM_LATE_MS - 1500 : 100, SIM_LATE_MS), late_run, l, cx);
}

enum answer { ANSWER_WELL, ANSWER_DIES, ANSWER_REFUSED, ANSWER_LOST, ANSWER_UNTOLD, ANSWER_LATE };

/* What becomes of this call. ANSWER_UNTOLD: it is done, and the answer is lost. */
static enum answer draw(struct sim *s, const char *verb, bool *ret_dies)
{
    static const char *const names[] = { "is well", "dies", "is refused a connection",
        "is not heard", "is not answered", "is heard late" };
    *ret_dies = false;
    if (sim_is_dead(s))
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

/* Once when it is quiet as well: sweeps are late. One key of a capture has one answer, whichever
 * run asks: declined it stays so, and what was done is not declined. */
static bool is_declined(struct sim *s, const struct call *call)
{
    bool capture = call->what == CALL_CAPTURE;
    const bool *known = capture ? map_get(&s->captures, call->key) : NULL;
    if (known)
        return *known;
    bool *is = NEW(s->life, bool);
    *is = (!s->quiet || !s->declined_late) && rng_chance(&s->rng, s->rates.declined);
    s->declined_late |= s->quiet && *is;
    if (capture)
        map_put(&s->captures, str_dup(s->life, call->key), is);
    return *is;
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

/* In a deaf world nobody is authorised until the last moment; what is asked then is heard as late
 * as can be. */
static enum answer hear_late(struct sim *s, const struct call *call, enum answer a)
{
    id payment_id;
    if (!s->deaf || s->quiet || a != ANSWER_WELL || call->what != CALL_AUTHORIZE ||
        !id_parse(call->in.key, &payment_id))
        return a;
    bool last = s->now_ms + DEAF_MS >= id_ms(payment_id) + 10 * MINUTE_MS;
    sim_say(s, "authorize %s", last ? "is heard at last" : "finds nobody");
    return last ? ANSWER_LATE : ANSWER_REFUSED;
}

static err change(
    struct sim_process *p, struct cx *cx, const struct call *call, struct pay_result *ret)
{
    struct sim *s = p->sim;
    struct pay_result result = { 0 };
    bool dies;
    err e = NULL;
    sim_reasons_key(s, call->key.n ? call->key : call->in.key);
    enum answer a = hear_late(s, call, draw(s, call_names[call->what], &dies));
    bool done = a == ANSWER_WELL || a == ANSWER_UNTOLD;
    bool takes = call->what == CALL_REFUND
                     ? a == ANSWER_WELL
                     : call->what == CALL_CAPTURE && (done || a == ANSWER_LATE);
    bool refused = takes && is_declined(s, call);
    if (refused && a == ANSWER_WELL)
        return declined(s, cx, call, ret);
    if (done && !refused)
        e = call_do(s, cx, call, &result);
    if (a == ANSWER_LATE && !refused)
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
