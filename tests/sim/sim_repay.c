/* SPDX-License-Identifier: Apache-2.0
 * Staff who pay a refund that came back another way: into the buyer's wallet or outside of the
 * shop, once, twice, both ways at once; and what the books must have of it. Called by sim_back.c,
 * sim_shop.c and by the checks; must never ask the till what it made of it. */
#include "tests/sim/sim.h"

#define TRIES_MAX 8
#define SEEN_MS (20 * MINUTE_MS) /* staff look by then, mostly after it was told */

struct found {
    struct sim *sim;
    id payment_id, order_id, user_id;
};
static err unit_find(void *arg, struct cx *cx)
{
    struct found *f = arg;
    struct payments_payment payment;
    struct orders_order order;
    err e = payments_get(f->sim->outside.payments, cx, f->payment_id, &payment);
    if (e)
        return e;
    f->order_id = payment.order_id;
    e = orders_get(f->sim->outside.orders, cx, (struct orders_owner){ .staff = true },
        payment.order_id, &order);
    if (!e)
        f->user_id = order.user_id;
    cx_clear(cx); /* it may never have been placed */
    return NULL;
}

static const char *way_of(const struct sim_repay *r)
{
    return r->wallet ? "into the wallet" : "outside";
}

/* The other way was chosen before, or at the same time. */
static bool has_other(const struct sim_repay *r)
{
    const struct sim *s = r->sim;
    for (size_t i = 0; i < s->repays_n; i++)
        if (s->repays[i].back == r->back && s->repays[i].wallet != r->wallet && s->repays[i].tries)
            return true;
    return false;
}

static void answer(struct sim_repay *r, struct cx *cx, err e, money paid)
{
    struct sim *s = r->sim;
    sim_say(s, "a refund of order %s is repaid %s: %s", sim_name(cx, r->order_id), way_of(r),
        e ? e->slug : "ok");
    if (e && e->kind == KIND_BUSY)
        return;
    if (!e) {
        r->answered = r->paid = true;
        r->minor = paid.minor;
    } else if (e == &TILL_REPAID || e == &TILL_NO_WALLET) {
        r->answered = true;
        if (e == &TILL_NO_WALLET ? !r->wallet : !has_other(r))
            sim_fail(s, "a refund of order %s was not repaid %s: %s", sim_name(cx, r->order_id),
                way_of(r), e->slug);
    } else if (e->kind != KIND_MISSING) { /* it is not known yet that it came back */
        sim_fail(s, "a refund of order %s is repaid: %s: " STR_F, sim_name(cx, r->order_id),
            e->slug, STR_A(cx->detail));
    }
}

static void twin_pays(struct sim *s, void *arg);

static void repay_at(struct sim_repay *r, int process)
{
    struct sim *s = r->sim;
    struct cx *cx = sim_cx(s, process);
    money paid = { 0 };
    r->tries++;
    s->running = process;
    if (r->twin && !r->twin->answered) {
        s->between = twin_pays;
        s->between_arg = r->twin;
    }
    err e = till_repay(s->processes[process].till, cx,
        (struct till_repay){
            .order_id = r->order_id, .refund_id = r->back->deed_id, .wallet = r->wallet },
        &paid);
    s->between = NULL;
    s->running = -1;
    answer(r, cx, e, paid);
    sim_cx_close(s, cx);
}

/* Before the other has written anything: without faults, from another process if there is one. */
static void twin_pays(struct sim *s, void *arg)
{
    struct sim_repay *r = arg;
    int running = s->running, other = s->processes_n > 1 && running == 0;
    struct sim_unit *unit = s->unit;
    bool direct = s->direct;
    s->unit = NULL;
    s->direct = true;
    if (s->processes[other].up)
        repay_at(r, other);
    s->direct = direct;
    s->unit = unit;
    s->running = running;
}

static void repay(struct sim *s, void *arg)
{
    struct sim_repay *r = arg;
    if (r->answered || (!s->quiet && r->tries == TRIES_MAX))
        return;
    int process = sim_some_process(s);
    if (process >= 0)
        repay_at(r, process);
    if (!r->answered && !s->quiet)
        sim_at(s, -1, rng_between(&s->back.rng, 2000, 5 * MINUTE_MS), repay, r, NULL);
}

static struct sim_repay *add(
    struct sim *s, const struct sim_back *b, const struct found *f, int64_t in_ms)
{
    if (s->repays_n == SIM_REPAYS)
        return NULL;
    struct sim_repay *r = &s->repays[s->repays_n++];
    *r = (struct sim_repay){ .sim = s,
        .back = b,
        .order_id = f->order_id,
        .user_id = f->user_id,
        .wallet = rng_chance(&s->back.rng, 600) };
    if (in_ms >= 0)
        sim_at(s, -1, in_ms, repay, r, NULL);
    return r;
}

void sim_repay_plan(struct sim *s, const struct sim_back *b)
{
    struct found f = { .sim = s, .payment_id = b->payment_id };
    if (!rng_chance(&s->back.rng, 700))
        return;
    struct cx *cx = sim_cx(s, -1);
    err e = db_read(cx, unit_find, &f);
    ASSERT(!e);
    sim_cx_close(s, cx);
    int64_t in_ms = rng_between(&s->back.rng, 0, SEEN_MS);
    struct sim_repay *r = add(s, b, &f, in_ms);
    if (r && rng_chance(&s->back.rng, 300))
        r->twin = add(s, b, &f, -1);
    if (rng_chance(&s->back.rng, 400)) /* by whoever did not hear of it */
        (void)add(s, b, &f, in_ms + rng_between(&s->back.rng, 0, 200));
}

void sim_repay_ask(struct sim *s)
{
    for (size_t i = 0; i < s->repays_n; i++)
        if (s->repays[i].tries)
            repay(s, &s->repays[i]);
}

/* ---- what must come of it, in READ units ---- */

/* Whoever was told that it is paid, of this one; NULL: nobody. */
static const struct sim_repay *paid_of(const struct sim *s, const struct sim_back *b)
{
    for (size_t i = 0; i < s->repays_n; i++)
        if (s->repays[i].back == b && s->repays[i].paid)
            return &s->repays[i];
    return NULL;
}

int64_t sim_repaid(const struct sim *s, const id *wallet_of)
{
    int64_t minor = 0;
    for (size_t i = 0; i < s->back.n; i++) {
        const struct sim_repay *r = paid_of(s, &s->back.list[i]);
        if (r && (wallet_of ? r->wallet && id_eq(r->user_id, *wallet_of) : !r->wallet))
            minor += r->minor;
    }
    return minor;
}

/* Of one refund: what was owed, from the buyer to where it was to go. */
static size_t booked(const struct ledger_posting *list, size_t n, const struct sim_repay *r,
    id user_id, int64_t minor)
{
    const enum ledger_kind to = r->wallet ? LEDGER_WALLET : LEDGER_PROVIDER;
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        id in_time = id_moved(list[i].posting_id, id_ms(r->back->deed_id));
        if (!str_eq(list[i].kind, S("refund_repaid")) || !id_eq(in_time, r->back->deed_id))
            continue;
        int64_t buyer = 0, there = 0;
        for (size_t k = 0; k < list[i].n; k++) {
            const struct ledger_entry *x = &list[i].entries[k];
            bool owned = !r->wallet || id_eq(x->account.owner, user_id);
            buyer += x->account.kind == LEDGER_BUYER ? x->minor : 0;
            there += x->account.kind == to && owned ? x->minor : 0;
        }
        found += buyer == minor && there == -minor;
    }
    return found;
}

static void both_ways(struct sim *s, const struct sim_repay *r)
{
    for (size_t i = 0; i < s->repays_n; i++)
        if (s->repays[i].back == r->back && s->repays[i].paid && s->repays[i].wallet != r->wallet)
            sim_fail(s, "a refund was repaid into the wallet and outside");
}

struct sim_repaid sim_repay_booked(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct ledger_posting *list, size_t n)
{
    struct sim_repaid ret = { 0 };
    size_t postings = 0, want = 0;
    const char *name = sim_name(cx, o->order_id);
    for (size_t i = 0; i < s->back.n; i++) {
        const struct sim_repay *r = paid_of(s, &s->back.list[i]);
        if (!r || !id_eq(r->order_id, o->order_id))
            continue;
        int64_t minor = sim_back_minor(s, cx, r->back);
        both_ways(s, r);
        if (r->minor != minor || booked(list, n, r, o->user_id, minor) != 1)
            sim_fail(s, "order %s: %lld of %lld were repaid %s, and that is not in the books once",
                name, (long long)r->minor, (long long)minor, way_of(r));
        *(r->wallet ? &ret.wallet : &ret.outside) += minor;
        want++;
    }
    for (size_t i = 0; i < n; i++)
        postings += str_eq(list[i].kind, S("refund_repaid"));
    if (postings != want)
        sim_fail(s, "order %s: %zu refunds were repaid, and %zu are booked", name, want, postings);
    return ret;
}

/* The history says it once of each, after it said that it came back. */
void sim_repay_history(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct orders_event *list, size_t n)
{
    const char *name = sim_name(cx, o->order_id);
    for (size_t i = 0; i < s->back.n; i++) {
        const struct sim_repay *r = paid_of(s, &s->back.list[i]);
        size_t said = 0;
        bool back = false;
        for (size_t k = 0; k < n; k++) {
            if (!id_eq(list[k].refund_id, s->back.list[i].deed_id))
                continue;
            back |= !list[k].repaid;
            said += list[k].repaid;
            if (list[k].repaid && (!back || !r ||
                                      !str_eq(list[k].reason,
                                          r->wallet ? S("refund_to_wallet") : S("refund_outside"))))
                sim_fail(s, "order %s: its history has a refund that was not repaid so", name);
        }
        if (r && id_eq(r->order_id, o->order_id) && said != 1)
            sim_fail(s, "order %s: a refund was repaid %s, and its history says so %zu times", name,
                way_of(r), said);
    }
}
