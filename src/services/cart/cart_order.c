/* SPDX-License-Identifier: Apache-2.0
 * One order at a time is made of a cart: who has it, until when, and what becomes of that when a
 * guest signs in. Called by flows/checkout and by cart.c inside their unit; must never know what
 * became of an order. */
#include "cart_sql.h"
#include "services/cart/cart_domain.h"
#include "services/cart/cart_internal.h"

const problem CART_TAKEN = { KIND_CONFLICT, "cart.taken", "cart_in_use",
    "Another order of this cart is on its way, or the cart has changed" };

static err note_made(struct cart *c, struct cx *cx, id order_id, id merged_id)
{
    return cart_sql_order_add(c->deps.db, cx,
        (struct cart_sql_order_add_in){
            .order_id = order_id, .now_ms = cx->now_ms, .cart_id = merged_id },
        NULL);
}

#define FOREVER_MS INT64_MAX /* until the order is through */

/* A step that runs again: the order was made of the cart, whoever has the cart by now. */
static err made_before(struct cart *c, struct cx *cx, id order_id, bool *ret)
{
    struct cart_sql_order_made_row row;
    return cart_sql_order_made(
        c->deps.db, cx, (struct cart_sql_order_made_in){ .order_id = order_id }, &row, ret);
}

err cart_claim(struct cart *c, struct cx *cx, struct cart_claim in)
{
    int64_t changed = 0;
    bool made = false;
    err e = cart_sql_cart_claim(c->deps.db, cx,
        (struct cart_sql_cart_claim_in){ .cart_id = in.cart_id,
            .order_id = in.order_id,
            .until_ms = cx->now_ms + CART_CLAIM_MS,
            .version = in.version,
            .now_ms = cx->now_ms,
            .instead_of = in.instead_of },
        &changed);
    if (!e && changed == 0)
        e = made_before(c, cx, in.order_id, &made);
    return !e && changed == 0 && !made ? FAIL(cx, CART_TAKEN, "claimed or changed") : e;
}

err cart_claim_keep(struct cart *c, struct cx *cx, id cart_id, id order_id)
{
    int64_t changed = 0;
    bool made = false;
    err e = cart_sql_cart_claim_keep(c->deps.db, cx,
        (struct cart_sql_cart_claim_keep_in){
            .cart_id = cart_id, .order_id = order_id, .until_ms = FOREVER_MS },
        &changed);
    if (!e && changed == 0)
        e = made_before(c, cx, order_id, &made);
    if (e || made)
        return e;
    return changed ? note_made(c, cx, order_id, (id){ { 0 } })
                   : FAIL(cx, CART_TAKEN, "another order has it");
}

err cart_claim_end(struct cart *c, struct cx *cx, id cart_id, id order_id)
{
    return cart_sql_cart_claim_end(c->deps.db, cx,
        (struct cart_sql_cart_claim_end_in){ .cart_id = cart_id, .order_id = order_id }, NULL);
}

/* ---- sign-in ---- */

err cart_order_merge(
    struct cart *c, struct cx *cx, const struct cart_head *guest, struct cart_head *mine)
{
    if (id_is_none(guest->order_id))
        return NULL;
    if (!id_is_none(mine->order_id))
        return note_made(c, cx, guest->order_id, mine->cart_id);
    err e = cart_sql_cart_become(c->deps.db, cx,
        (struct cart_sql_cart_become_in){ .cart_id = mine->cart_id,
            .new_id = guest->cart_id,
            .order_id = guest->order_id,
            .until_ms = guest->order_until_ms },
        NULL);
    if (!e)
        e = cart_sql_items_become(c->deps.db, cx,
            (struct cart_sql_items_become_in){ .cart_id = mine->cart_id, .new_id = guest->cart_id },
            NULL);
    if (!e)
        e = cart_sql_orders_become(c->deps.db, cx,
            (struct cart_sql_orders_become_in){
                .cart_id = mine->cart_id, .new_id = guest->cart_id },
            NULL);
    mine->cart_id = guest->cart_id;
    return e;
}

/* ---- bought ---- */

/* The cart that the order has, its own or the one into which that was merged; none: it was taken
 * out before. */
static err cart_of(struct cart *c, struct cx *cx, struct cart_taken in, struct cart_head *ret)
{
    struct cart_sql_order_merged_in order = { .order_id = in.order_id };
    struct cart_sql_order_merged_row row;
    bool found = false;
    err e = cart_lock(c, cx, in.cart_id, ret);
    if (e || !id_is_none(ret->cart_id)) {
        if (!id_eq(ret->order_id, in.order_id))
            *ret = (struct cart_head){ .cart_id = { { 0 } } };
        return e;
    }
    e = cart_sql_order_merged(c->deps.db, cx, order, &row, &found);
    if (e || !found)
        return e;
    e = cart_sql_order_taken(
        c->deps.db, cx, (struct cart_sql_order_taken_in){ .order_id = in.order_id }, NULL);
    return e ? e : cart_lock(c, cx, row.cart_id, ret);
}

err cart_take_out(struct cart *c, struct cx *cx, struct cart_taken in)
{
    struct cart_head head;
    struct cart_item *items;
    size_t items_n;
    err e = cart_of(c, cx, in, &head);
    if (e || id_is_none(head.cart_id))
        return e;
    e = cart_items(c, cx, head.cart_id, &items, &items_n);
    for (size_t i = 0; !e && i < in.n; i++) {
        struct cart_item *it = cart_item_of_variant(items, items_n, in.bought[i].variant_id);
        if (!it)
            continue;
        it->quantity = cart_domain_left(it->quantity, in.bought[i].quantity);
        struct cart_sql_item_quantity_in less = { head.cart_id, it->cart_item_id, it->quantity };
        struct cart_sql_item_remove_in gone = { head.cart_id, it->cart_item_id };
        e = it->quantity ? cart_sql_item_quantity(c->deps.db, cx, less, NULL)
                         : cart_sql_item_remove(c->deps.db, cx, gone, NULL);
    }
    if (e)
        return e;
    return cart_sql_cart_bought(c->deps.db, cx,
        (struct cart_sql_cart_bought_in){ .cart_id = head.cart_id,
            .expires_ms = cart_expiry(c, cx, head.guest),
            .now_ms = cx->now_ms,
            .order_id = in.order_id },
        NULL);
}
