/* SPDX-License-Identifier: Apache-2.0
 * What the store tests of orders share: a database with the service on it, orders to place, and
 * each verb in a unit of its own. Must never be used outside this folder. */
#ifndef SOUK_SERVICES_ORDERS_TESTS_ORDERS_DESK_H
#define SOUK_SERVICES_ORDERS_TESTS_ORDERS_DESK_H

#include "services/orders/orders.h"
#include "tests/support/store.h"

#define USD ((currency){ "USD" })
#define DOLLARS(cents) money_of((cents), USD)

struct desk {
    struct store *s;
    struct cx *cx;
    struct orders *o;
};

static inline struct desk desk_open(void **state)
{
    struct store *s = store_open(
        store_engine(state), (const char *const[]){ "platform/bus", "services/orders", NULL });
    struct cx *cx = store_cx(s);
    return (struct desk){ .s = s,
        .cx = cx,
        .o = orders_open(cx->arena, (struct orders_deps){ .db = store_db(s), .check_orders = 1 }) };
}

/* An id that is the same for the same name. */
static inline id desk_id(const char *name)
{
    return id_from_name(S("orders_test"), str_from_c(name));
}

/* Two lines: 2 * 10.00 and 1 * 5.50, with tax 1.25 and shipping 4.99, less 1.00. Its id is new. */
static inline struct orders_order desk_order(struct desk *d, id user_id)
{
    struct orders_line *lines = NEW_N(d->cx->arena, 2, struct orders_line);
    lines[0] = (struct orders_line){ .order_item_id = cx_id(d->cx),
        .product_id = desk_id("lamp"),
        .variant_id = desk_id("lamp-red"),
        .seller_id = desk_id("seller"),
        .title = S("Lampe „Mond“"),
        .variant_text = S("Colour: Red"),
        .sku = S("LAMP-R"),
        .picture = S("/pictures/lamp.svg"),
        .quantity = 2,
        .price = DOLLARS(1000),
        .subtotal = DOLLARS(2000),
        .tax = DOLLARS(100),
        .tax_bp = 500 };
    lines[1] = (struct orders_line){ .order_item_id = cx_id(d->cx),
        .product_id = desk_id("book"),
        .variant_id = desk_id("book-1"),
        .title = S("Book"),
        .sku = S("BOOK"),
        .quantity = 1,
        .price = DOLLARS(550),
        .subtotal = DOLLARS(550),
        .tax = DOLLARS(25),
        .tax_bp = 455 };
    return (struct orders_order){ .order_id = cx_id(d->cx),
        .user_id = user_id,
        .email = S("ada@example.org"),
        .payment_status = S("pending"),
        .subtotal = DOLLARS(2550),
        .tax = DOLLARS(125),
        .shipping = DOLLARS(499),
        .discount = DOLLARS(100),
        .total = DOLLARS(3074),
        .address = { .name = S("Ada \"L\" Łovelace"),
            .line1 = S("1 Main St"),
            .city = S("Springfield"),
            .region = S("IL"),
            .postal_code = S("62701"),
            .country = S("US") },
        .speed = S("standard"),
        .estimated_from_ms = INT64_C(1767398400000),
        .estimated_ms = INT64_C(1767571200000),
        .created_ms = d->cx->now_ms,
        .lines = lines,
        .lines_n = 2 };
}

/* ---- verbs in units of their own ---- */

struct desk_call {
    struct orders *o;
    const struct orders_order *order;
    struct orders_move move;
    struct orders_group_move group_move;
    struct orders_owner owner;
    struct orders_page page;
    id order_id, user_id;
    str text;
    struct orders_order got, *list;
    struct orders_event *events;
    size_t n;
    int64_t count;
};

static inline err desk_do_place(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_place(c->o, cx, c->order, &c->text);
}

/* Places it and keeps its number. */
static inline err desk_place(struct desk *d, struct orders_order *order)
{
    struct desk_call c = { .o = d->o, .order = order };
    err e = store_write(d->s, desk_do_place, &c);
    if (!e)
        order->number = c.text;
    return e;
}

static inline err desk_do_move(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_move(c->o, cx, c->move);
}

static inline err desk_move(struct desk *d, struct orders_move move)
{
    struct desk_call c = { .o = d->o, .move = move };
    return store_write(d->s, desk_do_move, &c);
}

static inline err desk_do_group_move(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_group_move(c->o, cx, c->group_move);
}

static inline err desk_group_move(struct desk *d, struct orders_group_move move)
{
    struct desk_call c = { .o = d->o, .group_move = move };
    return store_write(d->s, desk_do_group_move, &c);
}

static inline err desk_do_payment(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_payment_status(c->o, cx, c->order_id, c->text);
}

static inline err desk_payment(struct desk *d, id order_id, str payment_status)
{
    struct desk_call c = { .o = d->o, .order_id = order_id, .text = payment_status };
    return store_write(d->s, desk_do_payment, &c);
}

static inline err desk_do_adopt(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_adopt(c->o, cx, c->text, c->user_id);
}

static inline err desk_adopt(struct desk *d, str cart_hash, id user_id)
{
    struct desk_call c = { .o = d->o, .text = cart_hash, .user_id = user_id };
    return store_write(d->s, desk_do_adopt, &c);
}

static inline err desk_do_get(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_get(c->o, cx, c->owner, c->order_id, &c->got);
}

static inline err desk_get(
    struct desk *d, struct orders_owner owner, id order_id, struct orders_order *ret)
{
    struct desk_call c = { .o = d->o, .owner = owner, .order_id = order_id };
    err e = store_read(d->s, desk_do_get, &c);
    if (!e)
        *ret = c.got;
    return e;
}

/* As staff sees it; it must be there. */
static inline struct orders_order desk_see(struct desk *d, id order_id)
{
    struct orders_order order;
    CHECK_ERR(d->cx, desk_get(d, (struct orders_owner){ .staff = true }, order_id, &order), NULL);
    return order;
}

static inline err desk_do_list(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    err e = orders_list(c->o, cx, c->page, &c->list, &c->n);
    return e ? e : orders_count(c->o, cx, c->page.user_id, &c->count);
}

static inline err desk_do_history(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_history(c->o, cx, c->order_id, &c->events, &c->n);
}

static inline size_t desk_history(struct desk *d, id order_id, struct orders_event **ret)
{
    struct desk_call c = { .o = d->o, .order_id = order_id };
    CHECK_ERR(d->cx, store_read(d->s, desk_do_history, &c), NULL);
    *ret = c.events;
    return c.n;
}

static inline err desk_do_check(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    return orders_check(c->o, cx, &c->n);
}

static inline int64_t desk_wrong(struct desk *d)
{
    struct desk_call c = { .o = d->o };
    CHECK_ERR(d->cx, store_read(d->s, desk_do_check, &c), NULL);
    return (int64_t)c.n;
}

#endif
