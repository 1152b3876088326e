/* SPDX-License-Identifier: Apache-2.0
 * What comes after an order stands: shipping, cancelling, returns, money for goodwill; and the
 * provider's webhooks. Called by sim.c and sim_buyers.c; must never wait for anything. */
#include "tests/sim/sim_pages.h"

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
    sim_say(s, "ending %d of buy %zu, part %d: %s", (int)ending->why, ending->buy->index,
        (int)ending->part, e ? e->slug : "accepted");
    ending->answered = true;
    if (!e && (ending->stranger || (ending->why == CHECKOUT_GOODWILL && ending->minor < 1)))
        sim_fail(s, "buy %zu: %s", ending->buy->index,
            ending->stranger ? "a stranger cancelled it" : "nothing was given back");
    if (!e)
        ending->accepted = true;
    else if (e->kind == KIND_BUG)
        sim_fail(s, "ending %d: 500: %s: " STR_F, (int)ending->why, e->slug, STR_A(a->cx->detail));
    else if (e->kind == KIND_BUSY || e == &CHECKOUT_BUSY)
        ending->answered = false;
    ending->refused = ending->answered ? e : NULL;
    sim_cx_close(s, a->cx);
}

/* Who cancels what is being placed waits for its saga, which may die: the request lives as long as
 * the world then. */
static struct cx *request_cx(struct sim *s, int process, enum checkout_why why)
{
    struct cx *made = sim_cx(s, process);
    if (why != CHECKOUT_CANCELS)
        return made;
    struct cx *cx = NEW(s->life, struct cx);
    *cx = *made;
    cx->arena = s->life;
    sim_cx_close(s, made);
    return cx;
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
    sim_pages_asked(s, ending->buy);
    ending->tries++;
    struct cx *cx = request_cx(s, process, ending->why);
    cx->who = (struct principal){ .roles = ROLE_SUPPORT };
    if (ending->stranger)
        cx->who = (struct principal){ .user_id = cx_id(cx), .cart_token = S("another's") };
    struct asking *a = NEW(cx->arena, struct asking);
    *a = (struct asking){ .ending = ending, .cx = cx };
    a->x = (struct checkout_ending){ .c = s->processes[process].c,
        .cx = cx,
        .order_id = sim_ending_order(ending),
        .why = ending->why,
        .part = ending->part,
        .amount = once ? money_decimal(cx->arena, money_of(ending->minor, SIM_USD)) : (str){ 0 },
        .done = ended,
        .arg = a };
    s->running = process;
    checkout_end(&a->x);
    s->running = -1;
}

void sim_ask(struct sim *s, struct sim_ending wanted, int64_t in_ms)
{
    if (s->endings_n == SIM_ENDINGS)
        return;
    struct sim_ending *ending = &s->endings[s->endings_n++];
    *ending = wanted;
    ending->sim = s;
    sim_at(s, -1, in_ms, end_request, ending, NULL);
}

static void ask_back(
    struct sim *s, struct sim_buy *b, enum checkout_why why, int64_t in_ms, int64_t minor)
{
    sim_ask(s, (struct sim_ending){ .buy = b, .why = why, .minor = minor }, in_ms);
}

/* ---- moves by staff and buyer ---- */

struct moving {
    struct sim_buy *buy;
    enum orders_status to;
    int64_t part; /* 0: the order */
    struct cx *cx;
};

static err unit_move(void *arg, struct cx *cx)
{
    struct moving *m = arg;
    struct sim *s = m->buy->sim;
    if (m->part)
        return orders_group_move(s->processes[s->running].orders, cx,
            (struct orders_group_move){ .order_id = m->buy->order_id,
                .group = (size_t)m->part - 1,
                .to = m->to,
                .reason = S("simulated") });
    return orders_move(s->processes[s->running].orders, cx,
        (struct orders_move){
            .order_id = m->buy->order_id, .to = m->to, .reason = S("simulated") });
}

static void moved(void *arg, struct cx *cx, err e)
{
    struct moving *m = arg;
    struct sim *s = m->buy->sim;
    sim_say(s, "buy %zu, part %d to %s: %s", m->buy->index, (int)m->part,
        orders_status_names[m->to], e ? e->slug : "moved");
    if (!e && m->to == ORDERS_RETURN_REQUESTED)
        sim_ask(s,
            (struct sim_ending){
                .buy = m->buy, .why = CHECKOUT_RETURNED, .part = m->part, .requested = true },
            sim_between(s, 0, 60000));
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
    *m = *plan;
    m->cx = cx;
    s->running = process;
    db_write(sim_store_db(s->store, SIM_ORDERS), cx, 0, unit_move, m, moved);
    s->running = -1;
}

/* Mostly days, here seconds; sometimes at once, so that it meets what others do. */
static int64_t soon(struct sim *s, int64_t most)
{
    return rng_chance(&s->rng, 300) ? sim_between(s, 1, 25) : sim_between(s, 1, most);
}

static void ship_part(struct sim *s, struct sim_buy *b, int64_t part, size_t steps_n)
{
    static const enum orders_status steps[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED,
        ORDERS_RETURN_REQUESTED };
    int64_t in_ms = 0;
    for (size_t i = 0; i < steps_n; i++) {
        struct moving *plan = NEW(s->life, struct moving);
        *plan = (struct moving){ .buy = b, .to = steps[i], .part = part };
        in_ms += soon(s, 30000);
        sim_at(s, -1, in_ms, move, plan, NULL);
    }
}

static void ship(struct sim *s, struct sim_buy *b, size_t steps_n)
{
    ship_part(s, b, 0, steps_n);
}

/* Each group its own way: some are shipped, some sent back, some cancelled; some do not exist. */
static void go_apart(struct sim *s, struct sim_buy *b)
{
    for (int64_t part = 1; part <= 3; part++) {
        if (rng_chance(&s->rng, 600))
            ship_part(s, b, part, (size_t)sim_between(s, 1, 4));
        if (rng_chance(&s->rng, 400))
            sim_ask(s, (struct sim_ending){ .buy = b, .why = CHECKOUT_CANCELS, .part = part },
                soon(s, 60000));
    }
}

/* Of an order as it is just then, whether or not that can be. */
static void ask_oddly(struct sim *s, struct sim_buy *b)
{
    sim_ask(s,
        (struct sim_ending){
            .buy = b, .why = CHECKOUT_RETURNED, .part = sim_between(s, -1, 2) > 0 ? 1 : 0 },
        soon(s, 120000));
    ask_back(s, b, CHECKOUT_GOODWILL, soon(s, 200000), sim_between(s, 1, 700));
    ask_back(s, b, CHECKOUT_GOODWILL, soon(s, 60000), 0);
    sim_ask(s, (struct sim_ending){ .buy = b, .why = CHECKOUT_CANCELS, .stranger = true },
        soon(s, 60000));
}

void sim_after_placed(struct sim *s, struct sim_buy *b)
{
    int64_t in_ms = rng_chance(&s->rng, 500) ? sim_between(s, 0, 25) : sim_between(s, 0, 120000);
    if (rng_chance(&s->rng, 80))
        ask_oddly(s, b);
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
    case 7:
    case 8:
        go_apart(s, b);
        break;
    case 9: /* then the rest */
        go_apart(s, b);
        ask_back(s, b, CHECKOUT_CANCELS, in_ms, 0);
        break;
    case 10:
        go_apart(s, b);
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms, sim_between(s, 1, 700));
        ship(s, b, 4);
        break;
    case 11: /* little by little, of whatever paid */
        for (int i = 0; i < 5; i++)
            ask_back(s, b, CHECKOUT_GOODWILL, in_ms + i * sim_between(s, 300, 3000),
                sim_between(s, 1, 90));
        ask_back(s, b, CHECKOUT_CANCELS, in_ms + 20000, 0);
        break;
    case 12: /* one on the heels of the other, wherever the load goes */
        for (int i = 0; i < 6; i++)
            ask_back(s, b, CHECKOUT_GOODWILL, in_ms + i * 250 + sim_between(s, 0, 300),
                sim_between(s, 1, 400));
        ask_back(s, b, CHECKOUT_CANCELS, in_ms + 20000, 0);
        break;
    case 14: /* all of it but a cent; that cent; and one more than there was */
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms, b->total_minor > 1 ? b->total_minor - 1 : 1);
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms + 20000, sim_between(s, 1, 3));
        ask_back(s, b, CHECKOUT_GOODWILL, in_ms + 60000, 1);
        break;
    case 13: /* again and again, for minutes */
        for (int i = 0; i < 8; i++)
            ask_back(s, b, CHECKOUT_GOODWILL, in_ms + i * sim_between(s, 15000, 40000),
                sim_between(s, 1, 90));
        break;
    default:
        break;
    }
}

/* ---- webhooks ---- */

struct told {
    struct sim *sim;
    size_t index;
    int tries;
    struct sandbox_webhook hook;
    id order_id; /* to be woken */
    bool is_new;
    struct cx *cx;
};

static void tell(struct sim *s, void *arg);

/* As the route does: kept, then the order's saga is woken. */
static err unit_hear(void *arg, struct cx *cx)
{
    struct told *t = arg;
    struct sim_process *p = &t->sim->processes[t->sim->running];
    struct payments_webhook hook;
    struct payments_payment payment;
    t->order_id = (id){ { 0 } };
    err e = payments_webhook_receive(
        p->payments, cx, &t->sim->sandbox, t->hook.signature, t->hook.body, &hook, &t->is_new);
    if (e || !t->is_new || id_is_none(hook.payment_id))
        return e;
    e = payments_get(p->payments, cx, hook.payment_id, &payment);
    if (!e)
        t->order_id = payment.order_id;
    return e;
}

static void heard(void *arg, struct cx *cx, err e)
{
    struct told *t = arg;
    struct sim *s = t->sim;
    if (e && e->kind == KIND_BUSY && t->tries < 20) { /* it did not hear 2xx: once more */
        struct told *again = NEW(s->life, struct told);
        *again = (struct told){ .sim = s, .index = t->index, .tries = t->tries + 1 };
        sim_at(s, -1, sim_between(s, 5000, 60000), tell, again, NULL);
    } else if (e) {
        sim_fail(s, "webhook %zu: %s: " STR_F, t->index, e->slug, STR_A(cx->detail));
    } else if (!id_is_none(t->order_id)) {
        saga_wake(s->processes[s->running].sagas, cx,
            (struct saga_wake){ .saga_id = t->order_id, .force = true });
    }
    sim_cx_close(s, cx);
}

static void tell(struct sim *s, void *arg)
{
    const struct told *plan = arg;
    int process = sim_some_process(s);
    if (process < 0) {
        sim_at(s, -1, sim_between(s, 5000, 60000), tell, arg, NULL);
        return;
    }
    struct cx *cx = sim_cx(s, process);
    struct told *t = NEW(cx->arena, struct told);
    *t = *plan;
    t->cx = cx;
    t->hook = pay_sandbox_webhook(&s->sandbox, cx, t->index, s->now_ms);
    sim_say(s, "webhook %zu to %c", t->index, 'A' + process);
    s->running = process;
    db_write(sim_store_db(s->store, SIM_MONEY), cx, 0, unit_hear, t, heard);
    s->running = -1;
}

static void tell_later(struct sim *s, size_t index)
{
    struct told *t = NEW(s->life, struct told);
    *t = (struct told){ .sim = s, .index = index };
    int64_t in_ms =
        sim_chance(s, s->rates.webhook) ? sim_between(s, 0, 900000) : sim_between(s, 0, 2000);
    sim_at(s, -1, in_ms, tell, t, NULL);
}

void sim_webhooks(struct sim *s)
{
    for (size_t n = pay_sandbox_events(&s->sandbox); s->heard_n < n; s->heard_n++) {
        if (s->tells_surely && s->sure_n < COUNT(s->sure))
            s->sure[s->sure_n++] = s->heard_n;
        sim_back_look(s, s->heard_n);
        if (sim_chance(s, s->rates.webhook / 2))
            continue; /* never */
        tell_later(s, s->heard_n);
        if (sim_chance(s, s->rates.webhook))
            tell_later(s, s->heard_n);
    }
    s->tells_surely = false;
}

void sim_webhooks_again(struct sim *s)
{
    for (size_t i = 0; i < s->sure_n; i++)
        tell_later(s, s->sure[i]);
}
