/* SPDX-License-Identifier: Apache-2.0
 * Strays that have a payment of no order of ours, and staff that moves orders as it may not. Called
 * by sim_strays.c; must never ask the verbs what to expect of them. */
#include "flows/till/till.h"
#include "tests/sim/sim_strays.h"

#define AMOUNT_MINOR 1000

/* ---- a payment ---- */

struct money_of_it {
    struct sim_stray *x;
    struct payments_payment ours;
    struct pay_result theirs;
};
static err unit_look(void *arg, struct cx *cx)
{
    struct money_of_it *m = arg;
    struct sim *s = m->x->sim;
    err e = payments_get(s->outside.payments, cx, m->x->own, &m->ours);
    return e ? e : s->sandbox.find(s->sandbox.self, cx, id_text(cx->arena, m->x->own), &m->theirs);
}

static struct money_of_it look_at(struct sim_stray *x)
{
    struct money_of_it m = { .x = x };
    err e = sim_stray_seen(x->sim, unit_look, &m);
    if (e)
        sim_fail(x->sim, "a stray payment is not there: %s", e->slug);
    return m;
}

/* Authorised, taken, or at the bank; known here or not, kept or not. */
static err unit_begin(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim_stray *x = d->x;
    struct sim *s = x->sim;
    struct payments *p = d->p->payments;
    struct payments_payment ret;
    struct pay_result result = { 0 };
    err e = payments_start(p, cx,
        &(struct payments_payment){ .payment_id = x->own,
            .order_id = x->customer,
            .provider = S("sandbox"),
            .method_type = S("card"),
            .token = x->index % 3 == 2 ? S("pm_card_3ds") : S("pm_card_visa"),
            .status = PAYMENTS_STARTED,
            .amount = money_of(AMOUNT_MINOR, SIM_USD) },
        /* is_new= */ false);
    if (!e)
        e = s->sandbox.authorize(s->sandbox.self, cx,
            (struct pay_request){ .key = id_text(cx->arena, x->own),
                .amount = money_of(AMOUNT_MINOR, SIM_USD),
                .token = x->index % 3 == 2 ? S("pm_card_3ds") : S("pm_card_visa"),
                .reference = S("stray"),
                .capture = d->verb != 0 },
            &result);
    if (!e && d->verb == 0 && d->number > 2 && x->index % 3 != 2) { /* a part is taken */
        e = s->sandbox.capture(s->sandbox.self, cx,
            str_cat(cx->arena, id_text(cx->arena, x->own), S("-take")), result.provider_ref,
            money_of(AMOUNT_MINOR / 2, SIM_USD), &result);
        if (!e)
            e = s->sandbox.release(s->sandbox.self, cx,
                str_cat(cx->arena, id_text(cx->arena, x->own), S("-rest")), result.provider_ref,
                &result);
    }
    if (!e && d->number > 1)
        e = payments_answer(p, cx, x->own, &result, &ret);
    if (!e && x->kept)
        e = payments_keep(p, cx, x->customer, true);
    return e;
}

static err unit_wrong_answer(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    const struct pay_result wrong[] = {
        { .state = PAY_STATE_CAPTURED, .captured_minor = AMOUNT_MINOR + 1 },
        { .state = PAY_STATE_REFUNDED,
            .captured_minor = AMOUNT_MINOR,
            .refunded_minor = AMOUNT_MINOR + 1 },
        { .state = PAY_STATE_VOIDED },
        { .state = PAY_STATE_DECLINED },
        { .state = PAY_STATE_AUTHORIZED },
    };
    return payments_answer(d->p->payments, cx, d->x->own, &wrong[d->number], &ret);
}

/* What lags behind, or cannot be: it is heard, and changes nothing. */
static err unit_wrong_hear(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    const struct pay_result wrong[] = {
        { .state = PAY_STATE_CAPTURED, .captured_minor = AMOUNT_MINOR + 1 },
        { .state = PAY_STATE_CAPTURED, .captured_minor = 1 },
        { .state = PAY_STATE_AUTHORIZED },
        { .state = PAY_STATE_DECLINED },
        { .state = PAY_STATE_VOIDED },
    };
    return payments_hear(d->p->payments, cx, d->x->own, &wrong[d->number], &ret);
}

static err unit_deed(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_deed ret;
    return payments_deed_start(d->p->payments, cx,
        &(struct payments_deed){ .deed_id = d->deed_id,
            .payment_id = d->x->own,
            .kind = PAYMENTS_REFUND,
            .amount = money_of(d->number, SIM_USD),
            .reason = S("simulated") },
        &ret);
}

static err unit_refund(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim *s = d->x->sim;
    struct pay_result result = { 0 };
    struct money_of_it m = look_at(d->x);
    err e = s->sandbox.refund(s->sandbox.self, cx, id_text(cx->arena, d->deed_id),
        m.theirs.provider_ref, money_of(d->number, SIM_USD), &result);
    d->result = result;
    return e;
}

static err unit_refunded(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    return payments_deed_answer(d->p->payments, cx, d->deed_id, &d->result, &ret);
}

static void nothing_changed(struct sim_stray *x, const struct money_of_it *was, const char *what)
{
    struct money_of_it is = look_at(x);
    if (is.ours.status != was->ours.status || is.ours.kept != was->ours.kept ||
        is.ours.captured_minor != was->ours.captured_minor ||
        is.ours.refunded_minor != was->ours.refunded_minor)
        sim_fail(x->sim, "stray payment: %s: it was %s, %lld of %lld back, and is %s, %lld of %lld",
            what, payments_status_names[was->ours.status], (long long)was->ours.refunded_minor,
            (long long)was->ours.captured_minor, payments_status_names[is.ours.status],
            (long long)is.ours.refunded_minor, (long long)is.ours.captured_minor);
}

/* Old news of a payment that has ended, or that give less back than went. */
static err unit_old_news(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    const struct pay_result old[] = {
        { .state = PAY_STATE_CAPTURED, .captured_minor = d->until_ms, .refunded_minor = 1 },
        { .state = PAY_STATE_CAPTURED, .captured_minor = d->until_ms },
        { .state = PAY_STATE_AUTHORIZED },
        { .state = PAY_STATE_CHALLENGE },
    };
    return payments_hear(d->p->payments, cx, d->x->own, &old[d->number % 4], &ret);
}

/* The last answer once more: what is kept stays so. */
static err unit_same_answer(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    return payments_answer(d->p->payments, cx, d->x->own, &d->result, &ret);
}

static void say_again(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    struct money_of_it m = look_at(x);
    bool ended = m.ours.status == PAYMENTS_REFUNDED || m.ours.status == PAYMENTS_VOIDED;
    if (m.ours.status == PAYMENTS_CAPTURED && m.ours.refunded_minor == 0) {
        d->result = (struct pay_result){ .state = PAY_STATE_CAPTURED,
            .captured_minor = m.ours.captured_minor };
        sim_stray_expect(s, "stray payment's answer again", 0,
            sim_stray_on(s, SIM_MONEY, unit_same_answer, d), NULL);
        nothing_changed(x, &m, "the same answer again");
    }
    d->until_ms = m.ours.captured_minor ? m.ours.captured_minor : AMOUNT_MINOR;
    if (!ended && m.ours.refunded_minor < 2)
        return;
    sim_stray_expect(s, "stray payment's old news", (int)d->number,
        sim_stray_on(s, SIM_MONEY, unit_old_news, d), NULL);
    nothing_changed(x, &m, "old news");
}

/* A part goes back, asked for twice, answered twice: it counts once. */
static void give_back(struct sim *s, struct sim_stray *x, struct sim_deed *d, int64_t left)
{
    struct money_of_it was = look_at(x);
    d->deed_id = id_new(&s->rng, s->now_ms);
    d->number = left + 1;
    sim_stray_expect(s, "stray refund of too much", 0, sim_stray_on(s, SIM_MONEY, unit_deed, d),
        &PAYMENTS_AMOUNT_TOO_LARGE);
    d->number = sim_between(s, 1, left);
    sim_stray_expect(s, "stray refund", 1, sim_stray_on(s, SIM_MONEY, unit_deed, d), NULL);
    sim_stray_expect(s, "stray refund", 2, sim_stray_on(s, SIM_MONEY, unit_deed, d), NULL);
    struct sim_deed other = *d;
    other.deed_id = id_new(&s->rng, s->now_ms);
    other.number = left - d->number + 1; /* that one is not answered yet, and counts */
    sim_stray_expect(s, "stray refund beside another", 3,
        sim_stray_on(s, SIM_MONEY, unit_deed, &other), &PAYMENTS_AMOUNT_TOO_LARGE);
    struct cx *cx = sim_cx(s, -1);
    err e = unit_refund(d, cx);
    sim_cx_close(s, cx);
    for (int twice = 0; !e && twice < 2; twice++)
        sim_stray_expect(
            s, "stray refund's answer", twice, sim_stray_on(s, SIM_MONEY, unit_refunded, d), NULL);
    struct money_of_it is = look_at(x);
    if (is.ours.refunded_minor != was.ours.refunded_minor + d->number)
        sim_fail(s, "stray payment: %lld went back, and %lld are counted", (long long)d->number,
            (long long)(is.ours.refunded_minor - was.ours.refunded_minor));
}

/* At the provider by hand: a webhook is all that tells. */
static void give_back_there(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    d->deed_id = id_new(&s->rng, s->now_ms);
    d->number = 1;
    struct cx *cx = sim_cx(s, -1);
    err e = unit_refund(d, cx);
    sim_cx_close(s, cx);
    if (!e)
        s->tells_surely = x->told = true;
}

void sim_stray_payment(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    if (x->state == SIM_STRAY_NONE) {
        x->state = SIM_STRAY_LIVE;
        x->kept = rng_chance(&s->rng, 500);
        x->until_ms = s->now_ms + TILL_ORPHAN_MS;
        d->verb = (int)sim_between(s, 0, 1);
        sim_stray_expect(
            s, "stray payment", d->verb, sim_stray_on(s, SIM_MONEY, unit_begin, d), NULL);
        return;
    }
    struct money_of_it m = look_at(x);
    if (m.ours.captured_minor > m.theirs.captured_minor)
        sim_fail(s, "stray payment: %lld were taken, and %lld are counted",
            (long long)m.theirs.captured_minor, (long long)m.ours.captured_minor);
    bool taken = m.ours.status == PAYMENTS_CAPTURED;
    bool theirs = m.theirs.state == PAY_STATE_CAPTURED;
    bool open = theirs || m.theirs.state == PAY_STATE_AUTHORIZED;
    if (!open && m.theirs.state != PAY_STATE_CHALLENGE && m.theirs.refunded_minor == 0 &&
        (x->kept || s->now_ms + SIM_STRAY_LATE_MS < x->until_ms))
        sim_fail(s, "stray payment: given back %s", x->kept ? "though it is kept" : "too early");
    d->number = sim_between(s, 0, 4);
    say_again(s, x, d);
    switch (sim_between(s, 0, 3)) {
    case 0:
        if (taken)
            sim_stray_expect(s, "stray payment's wrong answer", (int)d->number,
                sim_stray_on(s, SIM_MONEY, unit_wrong_answer, d), &PAYMENTS_MOVE_REFUSED);
        if (taken)
            nothing_changed(x, &m, "a wrong answer");
        break;
    case 1:
        if (taken)
            sim_stray_expect(s, "stray payment's wrong news", (int)d->number,
                sim_stray_on(s, SIM_MONEY, unit_wrong_hear, d), NULL);
        if (taken)
            nothing_changed(x, &m, "news that lag behind");
        break;
    case 2:
        d->deed_id = id_new(&s->rng, s->now_ms);
        d->number = 1;
        if (m.ours.status == PAYMENTS_AUTHORIZED || m.ours.status == PAYMENTS_CHALLENGED)
            sim_stray_expect(s, "stray refund of what was not taken", 0,
                sim_stray_on(s, SIM_MONEY, unit_deed, d), &PAYMENTS_MOVE_REFUSED);
        else if (taken && x->kept && !x->told && m.ours.captured_minor > m.ours.refunded_minor)
            give_back(s, x, d, m.ours.captured_minor - m.ours.refunded_minor);
        break;
    default:
        if (taken && theirs && x->kept && m.theirs.captured_minor > m.theirs.refunded_minor + 1)
            give_back_there(s, x, d);
    }
}

static err unit_let_go(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    return payments_keep(d->p->payments, cx, d->x->customer, false);
}

/* Hours later: what the provider told is known, what is kept is there, and from now on kept no
 * more. */
void sim_stray_payment_late(struct sim *s, struct sim_stray *x)
{
    struct sim_deed d = { .x = x, .p = &s->outside };
    if (x->state == SIM_STRAY_NONE)
        return;
    struct money_of_it m = look_at(x);
    if (x->kept && x->told && m.ours.refunded_minor != m.theirs.refunded_minor)
        sim_fail(s, "stray payment: the provider gave %lld back and told it, we know of %lld",
            (long long)m.theirs.refunded_minor, (long long)m.ours.refunded_minor);
    if (x->kept && (m.theirs.state == PAY_STATE_VOIDED || m.ours.status == PAYMENTS_VOIDED))
        sim_fail(s, "stray payment: given back though it is kept");
    err e = sim_stray_on(s, SIM_MONEY, unit_let_go, &d);
    if (e)
        sim_fail(s, "stray payment: %s", e->slug);
}

/* Days later the provider has nothing of it. */
void sim_stray_payment_end(struct sim *s, struct sim_stray *x)
{
    if (x->state == SIM_STRAY_NONE)
        return;
    struct money_of_it m = look_at(x);
    if (m.theirs.open_minor || m.theirs.captured_minor != m.theirs.refunded_minor ||
        m.theirs.state == PAY_STATE_CHALLENGE)
        sim_fail(s, "stray payment: of no order, and never given back");
    struct sim_deed d = { .x = x, .p = &s->outside, .number = sim_between(s, 0, 3) };
    say_again(s, x, &d);
    if (m.ours.status != PAYMENTS_VOIDED && m.ours.status != PAYMENTS_REFUNDED)
        sim_fail(s, "stray payment: it is %s for ever", payments_status_names[m.ours.status]);
}

/* ---- moves that no order may make ---- */

struct moving {
    struct sim_stray *x;
    struct orders_order o;
    id order_id;
    bool found;
};
static err unit_order(void *arg, struct cx *cx)
{
    struct moving *m = arg;
    err e = orders_get(
        m->x->sim->outside.orders, cx, (struct orders_owner){ .staff = true }, m->order_id, &m->o);
    m->found = !e;
    if (e)
        cx_clear(cx);
    for (size_t g = 0; m->found && g < m->o.groups_n && g < COUNT(m->x->at); g++)
        m->x->at[g] = (int)m->o.groups[g].status;
    return NULL;
}

static err unit_move(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    if (d->number >= 0)
        return orders_group_move(d->p->orders, cx,
            (struct orders_group_move){ .order_id = d->deed_id,
                .group = (size_t)d->number,
                .to = (enum orders_status)d->verb,
                .reason = S("simulated") });
    return orders_move(d->p->orders, cx,
        (struct orders_move){
            .order_id = d->deed_id, .to = (enum orders_status)d->verb, .reason = S("simulated") });
}

void sim_stray_move(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    const struct sim_buy *b = &s->buys[rng_below(&s->rng, s->buys_n)];
    struct moving was = { .x = x }, is = { .x = x };
    if (b->attempts_n == 0)
        return;
    d->deed_id = was.order_id = is.order_id = b->attempts[b->attempts_n - 1];
    (void)sim_stray_seen(s, unit_order, &was);
    if (!was.found)
        return;
    enum orders_status from = was.o.status;
    d->number = was.o.groups_n > 1 ? sim_between(s, -1, (int64_t)was.o.groups_n - 1) : -1;
    if (d->number >= (int64_t)COUNT(x->at))
        return;
    if (d->number >= 0)
        from = (enum orders_status)x->at[d->number];
    d->verb = (int)rng_below(&s->rng, ORDERS_STATUSES_N);
    if (sim_may_follow(from, (enum orders_status)d->verb))
        return;
    sim_stray_expect(s, "a move that may not be", d->verb,
        sim_stray_on(s, SIM_ORDERS, unit_move, d), &ORDERS_MOVE_REFUSED);
    (void)sim_stray_seen(s, unit_order, &is);
    if (!is.found || is.o.status != was.o.status)
        sim_fail(s, "order %zu moved as it may not", b->index);
}
