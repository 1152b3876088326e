/* SPDX-License-Identifier: Apache-2.0
 * Strays that use promotions up and hold money of a wallet. Called by sim_strays.c; must never ask
 * the verbs what to expect of them. */
#include "tests/sim/sim_strays.h"

/* ---- promotions ---- */

struct tally {
    struct sim_stray *x;
    struct promotions_promotion p;
};
static err unit_tally(void *arg, struct cx *cx)
{
    struct tally *t = arg;
    return promotions_get(t->x->sim->outside.promotions, cx, t->x->own_promotion, &t->p);
}

static err unit_use(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim_stray *x = d->x;
    const struct promotions_use use = {
        .promotion_id = x->own_promotion, .code = S("STRAY"), .units = 1, .minor = d->number
    };
    switch (d->verb) {
    case COUNT_USE:
        return promotions_reserve(d->p->promotions, cx,
            (struct promotions_reserve){ .order_id = x->own,
                .buyer = { .user_id = x->customer },
                .uses = &use,
                .uses_n = 1,
                .expires_ms = d->until_ms });
    case CONFIRM_USE:
        return promotions_confirm(d->p->promotions, cx, x->own);
    default:
        return promotions_release(d->p->promotions, cx, x->own);
    }
}

/* Others of the same customer, which are counted. */
static bool used_already(const struct sim_stray *x)
{
    const struct sim *s = x->sim;
    for (size_t i = 0; i < s->strays_n; i++) {
        const struct sim_stray *y = &s->strays[i];
        if (y != x && y->kind == SIM_STRAY_USE && id_eq(y->own_promotion, x->own_promotion) &&
            id_eq(y->customer, x->customer) &&
            (y->state == SIM_STRAY_LIVE || y->state == SIM_STRAY_SOLD))
            return true;
    }
    return false;
}

static void use_swept(struct sim_stray *x)
{
    struct sim *s = x->sim;
    struct sim_kept row = { 0 };
    if (x->state != SIM_STRAY_LIVE)
        return;
    bool there = sim_holds_use(s, x->own, &row);
    if ((!there || row.gone) && s->now_ms + SIM_STRAY_LATE_MS < x->until_ms)
        sim_fail(s, "stray %zu: a use expired before its time", x->index);
    if (!there || row.gone)
        x->state = there ? SIM_STRAY_EXPIRED : SIM_STRAY_NONE;
}

void sim_stray_use(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    for (size_t i = 0; i < s->strays_n; i++)
        if (s->strays[i].kind == SIM_STRAY_USE)
            use_swept(&s->strays[i]);
    struct tally was = { .x = x }, is = { .x = x };
    err e = sim_stray_seen(s, unit_tally, &was);
    if (e)
        return;
    const struct promotions_promotion *p = &was.p;
    bool counts = p->uses_max > 0 || p->budget_minor > 0, again = x->state == SIM_STRAY_EXPIRED;
    int64_t minor = again ? x->number : d->number, used = 0, spent = 0;
    bool fits = (p->uses_max == 0 || p->used < p->uses_max) &&
                (p->budget_minor == 0 || p->spent_minor + minor <= p->budget_minor) &&
                (p->per_customer == 0 || !used_already(x)) && p->starts_ms <= s->now_ms &&
                (!p->ends_ms || p->ends_ms > s->now_ms + SIM_STRAY_LATE_MS);
    err want = NULL;
    if ((d->verb == COUNT_USE && x->state == SIM_STRAY_NONE) || (d->verb == CONFIRM_USE && again)) {
        if (p->starts_ms <= s->now_ms + SIM_STRAY_LATE_MS &&
            p->starts_ms > s->now_ms - SIM_STRAY_LATE_MS)
            return;
        if (p->ends_ms && p->ends_ms <= s->now_ms + SIM_STRAY_LATE_MS &&
            p->ends_ms > s->now_ms - SIM_STRAY_LATE_MS)
            return; /* clocks may differ about it */
        want = fits ? NULL : &PROMOTIONS_EXHAUSTED;
        used = fits && counts;
        spent = fits && counts ? minor : 0;
        if (fits) {
            x->state = again ? SIM_STRAY_SOLD : SIM_STRAY_LIVE;
            x->number = minor;
            x->until_ms = again ? x->until_ms : d->until_ms;
        }
    } else if (d->verb == CONFIRM_USE && x->state == SIM_STRAY_LIVE) {
        x->state = SIM_STRAY_SOLD;
    } else if (d->verb == RELEASE_USE) {
        bool has = x->state == SIM_STRAY_LIVE || x->state == SIM_STRAY_SOLD;
        used = has && counts ? -1 : 0;
        spent = has && counts ? -x->number : 0;
        x->state = SIM_STRAY_NONE;
    }
    sim_stray_expect(s, "stray promotion", d->verb, sim_stray_on(s, SIM_CART, unit_use, d), want);
    e = sim_stray_seen(s, unit_tally, &is);
    if (e || is.p.used != p->used + used || is.p.spent_minor != p->spent_minor + spent)
        sim_fail(s, "stray promotion, verb %d: %lld uses, %lld off", d->verb,
            (long long)(is.p.used - p->used), (long long)(is.p.spent_minor - p->spent_minor));
    struct sim_kept row = { 0 };
    bool there = sim_holds_use(s, x->own, &row);
    if (there != (x->state != SIM_STRAY_NONE) ||
        (there && row.ended != (x->state == SIM_STRAY_SOLD)))
        sim_fail(s, "stray promotion, verb %d: the use is not what was asked for", d->verb);
}

/* ---- an account of its own ---- */

static err unit_hold(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim_stray *x = d->x;
    switch (d->verb) {
    case HOLD:
        return ledger_hold(d->p->ledger, cx,
            &(struct ledger_hold){ .hold_id = x->own,
                .reference = x->own,
                .from = { LEDGER_WALLET, x->customer },
                .to = { LEDGER_BUYER, x->customer },
                .amount = money_of(d->number, SIM_USD),
                .expires_ms = d->until_ms });
    case POST:
        return ledger_hold_post(d->p->ledger, cx, x->own, x->number ? x->number : 1);
    default:
        return ledger_hold_void(d->p->ledger, cx, x->own);
    }
}

struct purse {
    struct sim_stray *x;
    int64_t balance, available;
};
static err unit_purse(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    return ledger_balance(p->x->sim->outside.ledger, cx,
        (struct ledger_account){ LEDGER_WALLET, p->x->customer }, SIM_USD, &p->balance,
        &p->available);
}

void sim_stray_hold_swept(struct sim_stray *x)
{
    struct sim *s = x->sim;
    struct sim_kept row = { 0 };
    if (x->state != SIM_STRAY_LIVE)
        return;
    bool there = sim_holds_tender(s, x->own, &row);
    if ((!there || row.gone) && s->now_ms + SIM_STRAY_LATE_MS < x->until_ms)
        sim_fail(s, "stray %zu: a hold expired before its time", x->index);
    if (!there || row.gone)
        x->state = SIM_STRAY_EXPIRED;
}

void sim_stray_hold(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    sim_stray_hold_swept(x);
    struct purse was = { .x = x }, is = { .x = x };
    err e = sim_stray_seen(s, unit_purse, &was);
    ASSERT(!e);
    if (d->verb == HOLD && rng_chance(&s->rng, 400)) /* all of it, or a cent more */
        d->number = was.available + sim_between(s, 0, 1);
    if (d->number < 1)
        return;
    int64_t balance = 0, available = 0;
    bool gone = x->state == SIM_STRAY_EXPIRED, sold = x->state == SIM_STRAY_SOLD;
    err want = NULL;
    switch (d->verb) {
    case HOLD:
        if (gone) {
            want = &LEDGER_HOLD_GONE;
        } else if (x->state == SIM_STRAY_NONE && d->number > was.available) {
            want = &LEDGER_BALANCE_LOW;
        } else if (x->state == SIM_STRAY_NONE) {
            x->state = SIM_STRAY_LIVE;
            x->number = d->number;
            x->until_ms = d->until_ms;
            available = -d->number;
        }
        break;
    case POST:
        want = gone || x->state == SIM_STRAY_NONE ? &LEDGER_HOLD_GONE : NULL;
        if (x->state == SIM_STRAY_LIVE) {
            x->state = SIM_STRAY_SOLD;
            balance = -x->number;
        }
        break;
    default:
        want = sold ? &LEDGER_HOLD_POSTED : NULL;
        if (x->state == SIM_STRAY_LIVE) {
            x->state = SIM_STRAY_EXPIRED;
            available = x->number;
        }
    }
    sim_stray_expect(s, "stray hold", d->verb, sim_stray_on(s, SIM_BOOKS, unit_hold, d), want);
    e = sim_stray_seen(s, unit_purse, &is);
    if (e || is.balance != was.balance + balance || is.available != was.available + available)
        sim_fail(s, "stray hold, verb %d: balance %lld, available %lld", d->verb,
            (long long)(is.balance - was.balance), (long long)(is.available - was.available));
    if (x->state != SIM_STRAY_SOLD || rng_chance(&s->rng, 600))
        return; /* another hold, once this is over */
    x->state = SIM_STRAY_NONE;
    x->own = id_new(&s->rng, s->now_ms);
}
