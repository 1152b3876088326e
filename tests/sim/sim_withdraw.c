/* SPDX-License-Identifier: Apache-2.0
 * Orders that are cancelled while they are being placed: at the bank, under review, or while nobody
 * knows whether they are paid for. Called by sim_buyers.c and the checks; must never expect that
 * the one or the other comes first. */
#include "tests/sim/sim.h"

/* Drawn apart, so that other worlds are the same for it. */
void sim_withdraw_soon(struct sim *s, struct sim_buy *b, id order_id)
{
    struct rng rng = rng_seeded(s->seed ^ id_hash(order_id));
    if (s->quiet || s->seed % 3 || sim_withdrawn(s, order_id) || !rng_chance(&rng, 350))
        return;
    int64_t in_ms = rng_chance(&rng, 300) ? rng_between(&rng, 1, 60) : rng_between(&rng, 1, 120000);
    const struct sim_ending wanted = { .buy = b, .order_id = order_id, .why = CHECKOUT_CANCELS };
    sim_ask(s, wanted, in_ms);
    if (rng_chance(&rng, 200)) /* pressed twice */
        sim_ask(s, wanted, in_ms + rng_between(&rng, 1, 200));
}

bool sim_withdrawn(const struct sim *s, id order_id)
{
    for (size_t i = 0; i < s->endings_n; i++)
        if (id_eq(s->endings[i].order_id, order_id))
            return true;
    return false;
}

err sim_was_confirmed(struct sim *s, struct cx *cx, id order_id, bool *ret)
{
    struct orders_event *list;
    size_t n = 0;
    err e = orders_history(s->outside.orders, cx, order_id, &list, &n);
    *ret = false;
    for (size_t i = 0; !e && i < n; i++)
        *ret |= list[i].to == ORDERS_CONFIRMED && list[i].from != ORDERS_CONFIRMED;
    return e;
}
