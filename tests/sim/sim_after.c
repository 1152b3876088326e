/* SPDX-License-Identifier: Apache-2.0
 * What comes after an order stands: shipping, cancelling, returns, money for goodwill; and the
 * provider's webhooks. Called by sim.c and sim_buyers.c; must never wait for anything. */
#include "tests/sim/sim.h"

/* ---- money back ---- */

struct asking {
    struct sim_ending *ending;
    struct checkout_ending x;
    struct cx *cx;
};

static void end_request(struct sim *s, void *arg);

static void ended(void *arg, struct checkout_ending *x)
{
    struct asking *a = arg;
    struct sim_ending *ending = a->ending;
    struct sim *s = ending->sim;
    err e = x->failed;
    sim_say(s, "ending %d of buy %zu: %s", (int)ending->why, ending->buy->index,
        e ? e->slug : "accepted");
    ending->answered = true;
    if (!e)
        ending->accepted = true;
    else if (e->kind == KIND_BUG)
        sim_fail(s, "ending %d: 500: %s: " STR_F, (int)ending->why, e->slug, STR_A(a->cx->detail));
    else if (e->kind == KIND_BUSY || e == &CHECKOUT_BUSY)
        ending->answered = false;
    sim_cx_close(s, a->cx);
}

static void end_request(struct sim *s, void *arg)
{
    struct sim_ending *ending = arg;
    int process = sim_some_process(s);
    /* A refund has no key of its own: only what ends the order is asked for again. */
    bool once = ending->why == CHECKOUT_GOODWILL;
    if (ending->answered || ending->tries >= (once ? 1 : 12))
        return;
    sim_at(s, -1, sim_between(s, 2000, 60000), end_request, ending, NULL);
    if (process < 0)
        return;
    ending->tries++;
    struct cx *cx = sim_cx(s, process);
    cx->who = (struct principal){ .roles = ROLE_SUPPORT };
    struct asking *a = NEW(cx->arena, struct asking);
    *a = (struct asking){ .ending = ending, .cx = cx };
    a->x = (struct checkout_ending){ .c = s->processes[process].c,
        .cx = cx,
        .order_id = ending->buy->order_id,
        .why = ending->why,
        .amount = once ? money_decimal(cx->arena, money_of(ending->minor, SIM_USD)) : (str){ 0 },
        .done = ended,
        .arg = a };
    s->running = process;
    checkout_end(&a->x);
    s->running = -1;
}

static void ask_back(
    struct sim *s, struct sim_buy *b, enum checkout_why why, int64_t in_ms, int64_t minor)
{
    if (s->endings_n == SIM_ENDINGS)
        return;
    struct sim_ending *ending = &s->endings[s->endings_n++];
    *ending = (struct sim_ending){ .sim = s, .buy = b, .why = why, .minor = minor };
    sim_at(s, -1, in_ms, end_request, ending, NULL);
}

/* ---- moves by staff and buyer ---- */

struct moving {
    struct sim_buy *buy;
    enum orders_status to;
    struct cx *cx;
};

static err unit_move(void *arg, struct cx *cx)
{
    struct moving *m = arg;
    struct sim *s = m->buy->sim;
    return orders_move(s->processes[s->running].orders, cx,
        (struct orders_move){
            .order_id = m->buy->order_id, .to = m->to, .reason = S("simulated") });
}

static void moved(void *arg, struct cx *cx, err e)
{
    struct moving *m = arg;
    struct sim *s = m->buy->sim;
    sim_say(
        s, "buy %zu to %s: %s", m->buy->index, orders_status_names[m->to], e ? e->slug : "moved");
    if (!e && m->to == ORDERS_RETURN_REQUESTED)
        ask_back(s, m->buy, CHECKOUT_RETURNED, sim_between(s, 0, 60000), 0);
    sim_cx_close(s, cx);
}

static void move(struct sim *s, void *arg)
{
    const struct moving *plan = arg;
    int process = sim_some_process(s);
    if (process < 0)
        return;
    struct cx *cx = sim_cx(s, process);
    struct moving *m = NEW(cx->arena, struct moving);
    *m = (struct moving){ plan->buy, plan->to, cx };
    s->running = process;
    db_write(sim_store_db(s->store, SIM_ORDERS), cx, 0, unit_move, m, moved);
    s->running = -1;
}

static void ship(struct sim *s, struct sim_buy *b, size_t steps_n)
{
    static const enum orders_status steps[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED,
        ORDERS_RETURN_REQUESTED };
    int64_t in_ms = 0;
    for (size_t i = 0; i < steps_n; i++) {
        struct moving *plan = NEW(s->life, struct moving);
        *plan = (struct moving){ b, steps[i], NULL };
        in_ms += sim_between(s, 1, 30000);
        sim_at(s, -1, in_ms, move, plan, NULL);
    }
}

void sim_after_placed(struct sim *s, struct sim_buy *b)
{
    int64_t in_ms = rng_chance(&s->rng, 500) ? sim_between(s, 0, 100) : sim_between(s, 0, 120000);
    switch (b->fate) {
    case 0:
        ask_back(s, b, CHECKOUT_CANCELS, in_ms, 0);
        break;
    case 1: /* pressed twice */
        ask_back(s, b, CHECKOUT_CANCELS, in_ms, 0);
        ask_back(s, b, CHECKOUT_CANCELS, in_ms + sim_between(s, 0, 200), 0);
        break;
    case 2: /* sent back */
        ship(s, b, 4);
        break;
    case 3: /* cancelled while it is being shipped */
        ship(s, b, 3);
        ask_back(s, b, CHECKOUT_CANCELS, in_ms, 0);
        break;
    case 4:
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms, sim_between(s, 1, 700));
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms + sim_between(s, 0, 200), sim_between(s, 1, 700));
        break;
    case 5:
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms, sim_between(s, 1, 700));
        ship(s, b, 4);
        break;
    case 6:
        ship(s, b, 3);
        break;
    default:
        break;
    }
}

void sim_webhooks(struct sim *s)
{
    (void)s;
}
