/* SPDX-License-Identifier: Apache-2.0
 * The steps of an order that are about stock: held, sold, given back, group by group. Called by the
 * saga engine inside its units; must never hold for one group what another of the order holds. */
#include "flows/checkout/checkout_internal.h"

/* Groups are held, sold and given back one by one: all that locks is locked in one order first. */
err checkout_lock_groups(
    struct checkout *c, struct cx *cx, id order_id, size_t n, const struct orders_order *held)
{
    if (n < 2)
        return NULL;
    id *ids = NEW_N(cx->arena, n, id);
    size_t lines_n = held ? held->lines_n : 0;
    struct inventory_line *lines = NEW_N(cx->arena, lines_n, struct inventory_line);
    for (size_t g = 0; g < n; g++)
        ids[g] = orders_group_id(order_id, g);
    for (size_t i = 0; i < lines_n; i++)
        lines[i] = (struct inventory_line){ held->lines[i].product_id, held->lines[i].variant_id,
            held->lines[i].quantity };
    return inventory_lock(c->deps.inventory, cx,
        (struct inventory_lock){ .order_ids = ids, .lines = lines, .n = n, .lines_n = lines_n });
}

/* Each group is held by itself, as near as can be to where it goes. */
static err reserve_group(struct checkout *c, struct cx *cx, struct saga *saga, size_t group)
{
    struct checkout_state *s = saga->state;
    const struct orders_order *o = s->order;
    const struct orders_address *own = o->groups_n ? o->groups[group].address : NULL;
    const struct orders_address *to = own ? own : &o->address;
    struct inventory_line *lines = NEW_N(cx->arena, o->lines_n, struct inventory_line);
    size_t n = 0;
    for (size_t i = 0; i < o->lines_n; i++)
        if (o->lines[i].group == group)
            lines[n++] = (struct inventory_line){ o->lines[i].product_id, o->lines[i].variant_id,
                o->lines[i].quantity };
    return inventory_reserve(c->deps.inventory, cx,
        (struct inventory_reserve){ .order_id = orders_group_id(o->order_id, group),
            .lines = lines,
            .lines_n = n,
            .is_new = saga->first,
            .expires_ms = saga->created_ms + checkout_hold_ms(s),
            .country = to->country,
            .region = to->region,
            .ret_held = checkout_groups_n(s) == 1 ? &s->held : NULL });
}

err checkout_reserve(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    err e = checkout_load_order(c, cx, saga->saga_id, s);
    if (!e)
        e = checkout_lock_groups(c, cx, saga->saga_id, checkout_groups_n(s), s->order);
    for (size_t g = 0; !e && g < checkout_groups_n(s); g++)
        e = reserve_group(c, cx, saga, g);
    return e;
}

err checkout_unreserve(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    err e = checkout_lock_groups(c, cx, saga->saga_id, checkout_groups_n(saga->state), NULL);
    for (size_t g = 0; !e && g < checkout_groups_n(saga->state); g++)
        e = inventory_release(c->deps.inventory, cx, orders_group_id(saga->saga_id, g));
    return e;
}

/* ---- sold, and given back ---- */

err checkout_sell(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    if (s->held && checkout_is_straight(s))
        return inventory_confirm_held(c->deps.inventory, cx, saga->saga_id, s->held);
    err e = checkout_lock_groups(c, cx, saga->saga_id, checkout_groups_n(s), NULL);
    for (size_t g = 0; !e && g < checkout_groups_n(s); g++)
        e = inventory_confirm(c->deps.inventory, cx, orders_group_id(saga->saga_id, g));
    return e;
}

err checkout_unsell(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    err e = checkout_lock_groups(c, cx, saga->saga_id, checkout_groups_n(saga->state), NULL);
    for (size_t g = 0; !e && g < checkout_groups_n(saga->state); g++)
        e = inventory_restock(c->deps.inventory, cx, orders_group_id(saga->saga_id, g));
    return e;
}
