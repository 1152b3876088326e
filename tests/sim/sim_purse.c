/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, two wallets: amounts are held on one, posted in whole or in part, given
 * back and let run out, and paid to and fro, in any order, beside a count on fingers. Called by
 * sim_shop.c; must never ask the ledger what to expect of it. */
#include "tests/sim/sim.h"

#define HOLDS 6
#define TRIES 40
#define FIRST_MINOR 1000

enum held { PURSE_NOT, PURSE_HELD, PURSE_POSTED, PURSE_ENDED };
struct purse {
    struct sim *sim;
    struct rng rng;
    struct ledger_account mine, other;
    int64_t now_ms, has, other_has;
    struct purse_hold {
        id hold_id;
        int64_t minor, posted, expires_ms;
        enum held state;
    } holds[HOLDS];
    struct purse_hold *hold; /* that is tried */
    int64_t minor;           /* so much */
    struct ledger_transfer pay;
};

static int64_t held(const struct purse *p)
{
    int64_t minor = 0;
    for (size_t i = 0; i < HOLDS; i++)
        minor += p->holds[i].state == PURSE_HELD ? p->holds[i].minor : 0;
    return minor;
}

/* ---- verbs ---- */

static err unit_hold(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    cx->now_ms = p->now_ms;
    return ledger_hold(p->sim->outside.ledger, cx,
        &(struct ledger_hold){ .hold_id = p->hold->hold_id,
            .reference = p->hold->hold_id,
            .from = p->mine,
            .to = p->other,
            .amount = money_of(p->hold->minor, SIM_USD),
            .expires_ms = p->hold->expires_ms });
}

static err unit_post(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    cx->now_ms = p->now_ms;
    return ledger_hold_post(p->sim->outside.ledger, cx, p->hold->hold_id, p->minor);
}

static err unit_void(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    cx->now_ms = p->now_ms;
    return ledger_hold_void(p->sim->outside.ledger, cx, p->hold->hold_id);
}

static err unit_expire(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    bool more = false;
    cx->now_ms = p->now_ms;
    return ledger_service.jobs[0].fn(p->sim->outside.ledger, cx, &more);
}

static err unit_pay(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    cx->now_ms = p->now_ms;
    return ledger_transfer(p->sim->outside.ledger, cx, &p->pay);
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    struct ledger *ledger = p->sim->outside.ledger;
    int64_t has, left, other, other_left;
    err e = ledger_balance(ledger, cx, p->mine, SIM_USD, &has, &left);
    if (!e)
        e = ledger_balance(ledger, cx, p->other, SIM_USD, &other, &other_left);
    if (!e && (has != p->has || left != p->has - held(p) || other != p->other_has))
        sim_fail(p->sim, "wallets have %lld, %lld left, and %lld; and not %lld, %lld and %lld",
            (long long)has, (long long)left, (long long)other, (long long)p->has,
            (long long)(p->has - held(p)), (long long)p->other_has);
    return e;
}

static err run(struct purse *p, db_work *fn)
{
    return sim_at_once(p->sim, SIM_BOOKS, fn, p);
}

static void said(struct purse *p, const char *verb, err is, err want)
{
    sim_expect(p->sim, "money of a wallet is", verb, is, want);
}

/* ---- tries ---- */

static void hold(struct purse *p)
{
    struct purse_hold *h = p->hold;
    bool is_new = h->state == PURSE_NOT;
    if (is_new) {
        h->minor = rng_between(&p->rng, 1, 6) * 100;
        h->expires_ms = p->now_ms + rng_between(&p->rng, 1, 4);
    }
    bool may = h->minor <= p->has - held(p);
    said(p, "held", run(p, unit_hold),
        h->state == PURSE_ENDED ? &LEDGER_HOLD_GONE
        : is_new && !may        ? &LEDGER_BALANCE_LOW
                                : NULL);
    if (is_new && may)
        h->state = PURSE_HELD;
}

static void post(struct purse *p)
{
    struct purse_hold *h = p->hold;
    p->minor = h->state == PURSE_POSTED ? h->posted
               : h->minor               ? rng_between(&p->rng, 1, h->minor)
                                        : 1;
    bool gone = h->state == PURSE_NOT || h->state == PURSE_ENDED;
    said(p, "posted", run(p, unit_post), gone ? &LEDGER_HOLD_GONE : NULL);
    if (h->state != PURSE_HELD)
        return;
    h->state = PURSE_POSTED;
    h->posted = p->minor;
    p->has -= p->minor;
    p->other_has += p->minor;
}

static void give_back(struct purse *p)
{
    struct purse_hold *h = p->hold;
    said(p, "given back", run(p, unit_void), h->state == PURSE_POSTED ? &LEDGER_HOLD_POSTED : NULL);
    if (h->state == PURSE_HELD)
        h->state = PURSE_ENDED;
}

static void expire(struct purse *p)
{
    said(p, "expired", run(p, unit_expire), NULL);
    for (size_t i = 0; i < HOLDS; i++)
        if (p->holds[i].state == PURSE_HELD && p->holds[i].expires_ms <= p->now_ms)
            p->holds[i].state = PURSE_ENDED;
}

static void pay(struct purse *p)
{
    bool out = rng_chance(&p->rng, 600);
    int64_t minor = rng_between(&p->rng, 1, 8) * 50, left = out ? p->has - held(p) : p->other_has;
    p->pay = (struct ledger_transfer){ .posting_id = id_new(&p->rng, p->now_ms),
        .reference = p->mine.owner,
        .kind = S("tried"),
        .from = out ? p->mine : p->other,
        .to = out ? p->other : p->mine,
        .amount = money_of(minor, SIM_USD) };
    said(p, "paid", run(p, unit_pay), minor <= left ? NULL : &LEDGER_BALANCE_LOW);
    if (minor <= left) {
        p->has += out ? -minor : minor;
        p->other_has += out ? minor : -minor;
        said(p, "paid once more under the same id", run(p, unit_pay), NULL);
    }
}

/* Between the first wallet and what the shop has lost, so that in the end nothing is left of it. */
static err lend(
    struct purse *p, struct ledger_account from, struct ledger_account to, int64_t minor)
{
    p->pay = (struct ledger_transfer){ .posting_id = id_new(&p->rng, p->now_ms),
        .reference = from.kind == LEDGER_LOSS ? to.owner : from.owner,
        .kind = S("tried"),
        .from = from,
        .to = to,
        .amount = money_of(minor, SIM_USD) };
    return minor ? run(p, unit_pay) : NULL;
}

void sim_purse_check(struct sim *s)
{
    static void (*const verbs[])(struct purse *) = { hold, hold, post, give_back, expire, pay };
    const struct ledger_account loss = { .kind = LEDGER_LOSS };
    struct purse p = { .sim = s,
        .rng = rng_seeded(s->seed ^ UINT64_C(0x7075727365)), /* "purse" */
        .now_ms = s->now_ms,
        .has = FIRST_MINOR };
    p.mine = (struct ledger_account){ LEDGER_WALLET, id_new(&p.rng, s->now_ms) };
    p.other = (struct ledger_account){ LEDGER_WALLET, id_new(&p.rng, s->now_ms) };
    for (size_t i = 0; i < HOLDS; i++)
        p.holds[i].hold_id = id_new(&p.rng, s->now_ms);
    err e = lend(&p, loss, p.mine, FIRST_MINOR);
    for (int i = 0; !e && i < TRIES; i++) {
        p.hold = &p.holds[rng_below(&p.rng, HOLDS)];
        verbs[rng_below(&p.rng, COUNT(verbs))](&p);
        e = run(&p, unit_compare);
        p.now_ms += rng_below(&p.rng, 2);
    }
    for (size_t i = 0; i < HOLDS; i++) {
        p.hold = &p.holds[i];
        if (p.hold->state == PURSE_HELD)
            give_back(&p);
    }
    if (!e)
        e = lend(&p, p.mine, loss, p.has);
    if (!e)
        e = lend(&p, p.other, loss, p.other_has);
    if (e)
        sim_fail(s, "wallets that are tried: %s", e->slug);
}
