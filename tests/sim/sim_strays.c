/* SPDX-License-Identifier: Apache-2.0
 * Whoever else uses the verbs of stock, promotions, ledger and keys beside the checkout: each has a
 * small model of what it holds and checks every answer against it. Called by sim.c and sim_check.c;
 * must never leave anything behind that is not told to the final checks. */
#include "tests/sim/sim_strays.h"

#define STEPS_MAX 12

/* ---- doing one thing, at once and without faults ---- */

err sim_stray_on(struct sim *s, enum sim_place place, db_work *fn, struct sim_deed *d)
{
    struct cx *cx = sim_cx(s, d->p->index);
    bool direct = s->direct;
    s->direct = true;
    err e = db_write_wait(sim_store_db(s->store, place), cx, 0, fn, d);
    s->direct = direct;
    sim_cx_close(s, cx);
    return e;
}

/* In a READ unit of the outside. */
err sim_stray_seen(struct sim *s, db_work *fn, void *arg)
{
    struct cx *cx = sim_cx(s, -1);
    err e = db_read(cx, fn, arg);
    sim_cx_close(s, cx);
    return e;
}

void sim_stray_expect(struct sim *s, const char *what, int verb, err is, err want)
{
    if (is != want)
        sim_fail(s, "%s, verb %d: %s, and not %s", what, verb, is ? is->slug : "ok",
            want ? want->slug : "ok");
}

/* ---- keys ---- */

enum { TAKE, TAKE_OTHER, FINISH, DROP, KEY_VERBS };

struct key_unit {
    struct sim_deed *d;
    enum idem_state state;
    struct idem_reply reply;
    bool known;
};

static err unit_key(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim_stray *x = d->x;
    struct sim *s = x->sim;
    struct db *db = sim_store_db(s->store, SIM_MAIN);
    const struct idem_claim claim = { .principal = str_fmt(cx->arena, "stray:%zu", x->index % 2),
        .method = S("POST"),
        .route = S("/strays"),
        .key = S("the same for all"),
        .fingerprint = d->verb == TAKE_OTHER ? S("other") : S("f") };
    enum idem_state state = IDEM_NEW;
    struct idem_reply reply = { 0 };
    bool known = false;
    err e = NULL;
    if (d->verb == FINISH)
        return x->state == SIM_STRAY_LIVE ? idem_finish(db, cx, claim, 201, S("{}")) : NULL;
    if (d->verb == DROP)
        return idem_drop(db, cx, claim);
    e = idem_take(db, cx, claim, x->customer, &state, &reply);
    if (!e && state == IDEM_REPLAY && (reply.status != 201 || !str_eq(reply.body, S("{}"))))
        sim_fail(s, "stray key: another answer is told");
    if (!e && (state == IDEM_REPLAY) != (x->state == SIM_STRAY_SOLD))
        sim_fail(s, "stray key: it is %s", state == IDEM_REPLAY ? "told again" : "new");
    err looked = idem_known(db, cx, &claim, 1, &known);
    return e ? e : looked;
}

static void key_step(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    if (x->state == SIM_STRAY_SOLD && s->now_ms + SIM_STRAY_LATE_MS > x->until_ms)
        return; /* it may be pruned by now */
    bool none = x->state == SIM_STRAY_NONE;
    err want = NULL;
    if (d->verb == TAKE_OTHER)
        want = none ? NULL : &IDEM_REUSED;
    if (d->verb == TAKE && x->state == SIM_STRAY_LIVE)
        want = &IDEM_RUNNING;
    if (none && d->verb == TAKE_OTHER)
        return;
    err e = sim_stray_on(s, SIM_MAIN, unit_key, d);
    sim_stray_expect(s, "stray key", d->verb, e, want);
    if (none && d->verb == TAKE) {
        x->state = SIM_STRAY_LIVE;
        x->until_ms = s->now_ms + 24 * HOUR_MS; /* once it is finished */
    } else if (d->verb == FINISH && x->state == SIM_STRAY_LIVE) {
        x->state = SIM_STRAY_SOLD;
    } else if (d->verb == DROP && x->state == SIM_STRAY_LIVE) {
        x->state = SIM_STRAY_NONE;
    }
}

/* ---- sagas: who has one has it alone until its lease is over ---- */

struct leased {
    struct sim *s;
    id saga_id;
    str kind;
    int64_t attempts, next_ms, created_ms;
    bool found;
};

static err unit_leased(void *arg, struct cx *cx)
{
    struct leased *l = arg;
    struct saga_view *rows;
    size_t n = 0;
    bool any = id_is_none(l->saga_id);
    err e = saga_list(l->s->outside.sagas, cx, 0, &rows, &n);
    size_t at = any && n ? (size_t)rng_below(&l->s->rng, n) : 0;
    l->found = false;
    for (size_t i = 0; !e && i < n; i++) {
        if (any ? i != at : !id_eq(rows[i].saga_id, l->saga_id))
            continue;
        l->found = true;
        l->saga_id = rows[i].saga_id;
        l->attempts = rows[i].attempts;
        l->next_ms = rows[i].next_ms;
        l->created_ms = rows[i].created_ms;
    }
    return e;
}

static void wake_step(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    (void)x;
    struct leased was = { .s = s }, is;
    (void)sim_stray_seen(s, unit_leased, &was);
    bool due = was.found && was.next_ms + SIM_STRAY_LATE_MS <= s->now_ms;
    if (!was.found || (!due && was.next_ms <= s->now_ms + SIM_STRAY_LATE_MS))
        return;
    is = was;
    struct cx *cx = sim_cx(s, d->p->index);
    bool direct = s->direct;
    s->direct = true;
    s->running = d->p->index;
    saga_wake(d->p->sagas, cx, (struct saga_wake){ .saga_id = was.saga_id });
    s->running = -1;
    s->direct = direct;
    sim_cx_close(s, cx);
    (void)sim_stray_seen(s, unit_leased, &is);
    if (due) {
        if (is.found && is.attempts != was.attempts && is.next_ms <= s->now_ms + SIM_STRAY_LATE_MS)
            sim_fail(s, "a saga was taken up, and anybody may take it up again");
        return;
    }
    if (!is.found || is.attempts != was.attempts || is.next_ms != was.next_ms)
        sim_fail(s, "a saga was taken up, and somebody else has it for %lld ms more",
            (long long)(was.next_ms - s->now_ms));
}

/* ---- drawing them, and their end ---- */

/* Its time is written in a row. */
static bool has_end(const struct sim_stray *x)
{
    return x->kind == SIM_STRAY_GOODS || x->kind == SIM_STRAY_USE || x->kind == SIM_STRAY_HOLD;
}

static void step(struct sim *s, void *arg)
{
    struct sim_stray *x = arg;
    int process = sim_some_process(s);
    if (s->quiet)
        return;
    if (process >= 0) {
        struct sim_deed d = { .x = x,
            .p = &s->processes[process],
            .number = sim_between(s, 1, 3),
            .until_ms = s->now_ms + sim_between(s, 2000, 20 * MINUTE_MS) };
        static const int verbs[] = { [SIM_STRAY_GOODS] = STOCK_VERBS,
            [SIM_STRAY_STAFF] = 1,
            [SIM_STRAY_USE] = USE_VERBS,
            [SIM_STRAY_HOLD] = LEDGER_VERBS,
            [SIM_STRAY_KEY] = KEY_VERBS,
            [SIM_STRAY_PAYMENT] = 1,
            [SIM_STRAY_MOVE] = 1,
            [SIM_STRAY_WAKE] = 1,
            [SIM_STRAY_TRY] = 1,
            [SIM_STRAY_SAGA] = 1 };
        static void (*const steps[])(struct sim * s, struct sim_stray * x, struct sim_deed * d) = {
            [SIM_STRAY_GOODS] = sim_stray_goods,
            [SIM_STRAY_STAFF] = sim_stray_staff,
            [SIM_STRAY_USE] = sim_stray_use,
            [SIM_STRAY_HOLD] = sim_stray_hold,
            [SIM_STRAY_KEY] = key_step,
            [SIM_STRAY_PAYMENT] = sim_stray_payment,
            [SIM_STRAY_MOVE] = sim_stray_move,
            [SIM_STRAY_WAKE] = wake_step,
            [SIM_STRAY_TRY] = sim_stray_try,
            [SIM_STRAY_SAGA] = sim_stray_saga,
        };
        d.verb = (int)rng_below(&s->rng, (uint64_t)verbs[x->kind]);
        if (x->kind == SIM_STRAY_USE)
            d.number = sim_between(s, 1, 900);
        sim_say(s, "stray %zu, kind %d, verb %d", x->index, (int)x->kind, d.verb);
        int64_t until_ms = x->until_ms;
        steps[x->kind](s, x, &d);
        if (x->until_ms != until_ms && has_end(x))
            sim_stray_due(s, x);
    }
    if (++x->steps < STEPS_MAX)
        sim_at(s, -1, sim_between(s, 100, s->busy_ms / 8), step, x, NULL);
}

static err unit_fill(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    const struct ledger_entry entries[] = {
        { { .kind = LEDGER_PROVIDER }, d->number },
        { { LEDGER_WALLET, d->x->customer }, -d->number },
    };
    return ledger_post(d->x->sim->outside.ledger, cx,
        &(struct ledger_posting){ .posting_id = cx_id(cx),
            .kind = S("topup"),
            .reference = d->x->customer,
            .currency = SIM_USD,
            .entries = entries,
            .n = COUNT(entries) });
}

void sim_strays_start(struct sim *s)
{
    if (!rng_chance(&s->rng, 500))
        return;
    for (int64_t n = sim_between(s, 1, SIM_STRAYS); n > 0; n--) {
        struct sim_stray *x = &s->strays[s->strays_n];
        *x = (struct sim_stray){ .sim = s,
            .index = s->strays_n++,
            .kind = (enum sim_stray_kind)rng_below(&s->rng, SIM_STRAY_KINDS),
            .goods = (size_t)rng_below(&s->rng, s->goods_n),
            .own = id_new(&s->rng, s->now_ms),
            .customer = id_new(&s->rng, s->now_ms) };
        if (x->kind == SIM_STRAY_USE && s->coupons_n == 0)
            x->kind = SIM_STRAY_GOODS;
        if (x->kind == SIM_STRAY_USE)
            x->own_promotion = s->coupons[rng_below(&s->rng, s->coupons_n)].promotion_id;
        for (size_t i = 0; i < x->index && rng_chance(&s->rng, 700); i++)
            if (s->strays[i].kind == x->kind && x->kind == SIM_STRAY_USE) {
                x->customer = s->strays[i].customer;
                x->own_promotion = s->strays[i].own_promotion;
            }
        for (size_t i = 0; i < x->index; i++) /* one of each key */
            if (s->strays[i].kind == SIM_STRAY_KEY && x->kind == SIM_STRAY_KEY &&
                s->strays[i].index % 2 == x->index % 2)
                x->kind = SIM_STRAY_GOODS;
        if (x->kind == SIM_STRAY_HOLD || x->kind == SIM_STRAY_TRY) {
            struct sim_deed d = { .x = x, .p = &s->outside, .number = sim_between(s, 3, 9) };
            s->topped_minor += d.number;
            err e = sim_stray_on(s, SIM_BOOKS, unit_fill, &d);
            ASSERT(!e);
        }
        sim_at(s, -1, sim_between(s, 100, s->busy_ms / 2), step, x, NULL);
    }
}

/* What was sold comes back, and so do promotions that count; the rest is left to those who sweep.
 */
void sim_strays_end(struct sim *s)
{
    for (size_t i = 0; i < s->strays_n; i++) {
        struct sim_stray *x = &s->strays[i];
        struct sim_deed d = { .x = x, .p = &s->outside, .verb = RESTOCK };
        if (x->kind == SIM_STRAY_GOODS && x->state == SIM_STRAY_SOLD)
            sim_stray_goods(s, x, &d);
        d.verb = RELEASE_USE;
        if (x->kind == SIM_STRAY_USE)
            sim_stray_use(s, x, &d);
    }
}

void sim_strays_sweep(struct sim *s)
{
    for (size_t i = 0; i < s->strays_n; i++) {
        if (s->strays[i].kind == SIM_STRAY_GOODS)
            sim_stray_goods_swept(&s->strays[i]);
        if (s->strays[i].kind == SIM_STRAY_HOLD)
            sim_stray_hold_swept(&s->strays[i]);
    }
}

int64_t sim_strays_reserved(const struct sim *s, size_t goods)
{
    int64_t n = 0;
    for (size_t i = 0; i < s->strays_n; i++) {
        const struct sim_stray *x = &s->strays[i];
        bool live = x->kind == SIM_STRAY_GOODS && x->state == SIM_STRAY_LIVE;
        n += live && x->goods == goods ? x->number : 0;
    }
    return n;
}

void sim_strays_late(struct sim *s)
{
    for (size_t i = 0; i < s->strays_n; i++) {
        if (s->strays[i].kind == SIM_STRAY_PAYMENT)
            sim_stray_payment_late(s, &s->strays[i]);
        if (s->strays[i].kind == SIM_STRAY_TRY)
            sim_stray_try_late(s, &s->strays[i]);
    }
}

/* Long after: nothing is left of them. */
void sim_strays_check(struct sim *s)
{
    sim_strays_sweep(s);
    for (size_t i = 0; i < s->strays_n; i++) {
        struct sim_stray *x = &s->strays[i];
        struct sim_deed d = { .x = x, .p = &s->outside, .verb = TAKE };
        bool held = x->kind == SIM_STRAY_GOODS || x->kind == SIM_STRAY_HOLD;
        if (held && x->state == SIM_STRAY_LIVE)
            sim_fail(s, "stray %zu: still held after its time", x->index);
        if (x->kind == SIM_STRAY_PAYMENT)
            sim_stray_payment_end(s, x);
        if (x->kind == SIM_STRAY_SAGA)
            sim_stray_saga_end(s, x);
        if (x->kind != SIM_STRAY_KEY)
            continue;
        if (x->state == SIM_STRAY_SOLD)
            x->state = SIM_STRAY_NONE; /* forgotten after a day; what was not finished never is */
        sim_stray_expect(s, "stray key, long after", TAKE, sim_stray_on(s, SIM_MAIN, unit_key, &d),
            x->state == SIM_STRAY_LIVE ? &IDEM_RUNNING : NULL);
    }
}
