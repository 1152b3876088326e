/* SPDX-License-Identifier: Apache-2.0
 * The end of what strays hold, to the moment: a job that comes just before it leaves all as it is,
 * one that comes at it, or just after, lets it go. Called by sim_strays.c; must never wait for a
 * job that happens to come by. */
#include "tests/sim/sim_strays.h"

#define FAST_MS (SIM_SKEW_MS / 2) /* a process's clock is, at most (sim.c) */

struct due {
    struct sim_stray *x;
    id own;
    int64_t until_ms;
};

static err unit_job(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    bool more;
    if (d->x->kind == SIM_STRAY_GOODS)
        return inventory_service.jobs[0].fn(d->p->inventory, cx, &more);
    if (d->x->kind == SIM_STRAY_USE)
        return promotions_service.jobs[0].fn(d->p->promotions, cx, &more);
    return ledger_service.jobs[0].fn(d->p->ledger, cx, &more);
}

static bool is_held(const struct sim_stray *x)
{
    struct sim_kept row = { 0 };
    bool there = x->kind == SIM_STRAY_GOODS ? sim_holds_stock(x->sim, x->own, &row)
                 : x->kind == SIM_STRAY_USE ? sim_holds_use(x->sim, x->own, &row)
                                            : sim_holds_tender(x->sim, x->own, &row);
    return there && !row.ended && !row.gone;
}

static void look(struct sim *s, void *arg)
{
    const struct due *due = arg;
    struct sim_stray *x = due->x;
    int process = sim_some_process(s);
    if (process < 0 || x->state != SIM_STRAY_LIVE || !id_eq(x->own, due->own) ||
        x->until_ms != due->until_ms)
        return;
    enum sim_place place = x->kind == SIM_STRAY_GOODS ? SIM_STOCK
                           : x->kind == SIM_STRAY_USE ? SIM_CART
                                                      : SIM_BOOKS;
    struct sim_deed d = { .x = x, .p = &s->processes[process] };
    sim_stray_expect(s, "stray's job", (int)x->kind, sim_stray_on(s, place, unit_job, &d), NULL);
    bool held = is_held(x);
    sim_say(s, "stray %zu is due in %lld ms, %s", x->index, (long long)(x->until_ms - s->now_ms),
        held ? "held" : "let go");
    if (!held && s->now_ms + FAST_MS < x->until_ms)
        sim_fail(s, "stray %zu: let go %lld ms before its time", x->index,
            (long long)(x->until_ms - s->now_ms));
    if (held && s->now_ms >= x->until_ms)
        sim_fail(s, "stray %zu: held %lld ms after its time", x->index,
            (long long)(s->now_ms - x->until_ms));
}

void sim_stray_due(struct sim *s, struct sim_stray *x)
{
    if (x->state != SIM_STRAY_LIVE || x->until_ms <= s->now_ms)
        return;
    struct due *due = NEW(s->life, struct due);
    *due = (struct due){ x, x->own, x->until_ms };
    int64_t in_ms = x->until_ms - s->now_ms, early = sim_between(s, FAST_MS + 1, 4000);
    if (early < in_ms)
        sim_at(s, -1, in_ms - early, look, due, NULL);
    sim_at(
        s, -1, in_ms + (rng_chance(&s->rng, 300) ? 0 : sim_between(s, 1, 4000)), look, due, NULL);
}
