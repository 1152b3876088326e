/* SPDX-License-Identifier: Apache-2.0
 * What stands in the books of a world of these tests, and whether they agree. Must never be
 * used outside this folder. */
#ifndef SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_BOOKS_H
#define SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_BOOKS_H

#include "flows/checkout/tests/checkout_world.h"

struct ledger {
    struct world *w;
    size_t sagas, levels_wrong, orders_wrong, books_wrong, limits_wrong;
    int64_t confirmed, cancelled, returned, missing, other, units;
    int64_t minor;      /* what the orders that stand come to */
    int64_t kept, card; /* what was taken and not given back; of it, by the provider */
    int64_t provider;   /* in the books: at the provider */
    int64_t owed;       /* in the books: by buyers */
    int64_t on_hand, reserved;
};

static inline err world_look_at_money(struct ledger *l, struct cx *cx, id order_id)
{
    struct payments_payment *rows;
    size_t n;
    err e = payments_of_order(l->w->payments, cx, order_id, &rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        int64_t kept = rows[i].captured_minor - rows[i].refunded_minor;
        l->kept += kept;
        if (!str_eq(rows[i].provider, S(CHECKOUT_LEDGER_PROVIDER)))
            l->card += kept;
    }
    return e;
}

static inline err world_look_at_books(struct ledger *l, struct cx *cx)
{
    struct ledger_sum *sums;
    size_t n = 0;
    err e = ledger_trial(l->w->ledger, cx, &sums, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (sums[i].kind == LEDGER_PROVIDER)
            l->provider += sums[i].balance_minor;
        else if (sums[i].kind == LEDGER_BUYER)
            l->owed += sums[i].balance_minor;
    if (!e)
        e = ledger_check(l->w->ledger, cx, &l->books_wrong);
    return e ? e : promotions_check(l->w->promotions, cx, &l->limits_wrong);
}

static inline err world_look(void *arg, struct cx *cx)
{
    struct ledger *l = arg;
    struct world *w = l->w;
    *l = (struct ledger){ .w = w };
    struct saga_view *live;
    err e = saga_list(w->sagas, cx, 0, &live, &l->sagas);
    for (size_t i = 0; !e && i < w->attempts_n; i++) {
        struct orders_order o;
        e = orders_get(
            w->orders, cx, (struct orders_owner){ .staff = true }, w->attempts[i].order_id, &o);
        if (e == &ERR_MISSING) {
            cx_clear(cx);
            e = NULL;
            l->missing++;
        } else if (!e && o.status == ORDERS_CONFIRMED) {
            l->confirmed++;
            l->units += w->attempts[i].units;
            l->minor += o.total.minor;
        } else if (!e && o.status == ORDERS_CANCELLED) {
            l->cancelled++;
        } else if (!e && o.status == ORDERS_REFUNDED) {
            l->returned++;
        } else {
            l->other++;
        }
        if (!e)
            e = world_look_at_money(l, cx, w->attempts[i].order_id);
    }
    if (!e)
        e = world_look_at_books(l, cx);
    for (size_t i = 0; !e && i < 2; i++) {
        struct inventory_level *levels;
        size_t n;
        e = inventory_levels(
            w->inventory, cx, w->lamps[i].product_id, w->lamps[i].variant_id, &levels, &n);
        for (size_t k = 0; !e && k < n; k++) {
            l->on_hand += levels[k].on_hand;
            l->reserved += levels[k].reserved;
        }
    }
    if (!e)
        e = inventory_check(w->inventory, cx, &l->levels_wrong);
    if (!e)
        e = orders_check(w->orders, cx, &l->orders_wrong);
    return e;
}

struct live {
    struct world *w;
    struct saga_view **rows;
    size_t *n;
};
static inline err world_live(void *arg, struct cx *cx)
{
    struct live *l = arg;
    return saga_list(l->w->sagas, cx, 0, l->rows, l->n);
}

static inline struct ledger world_ledger(struct world *w)
{
    struct cx *cx = world_cx(w);
    struct ledger l = { .w = w };
    CHECK_ERR(cx, db_read(cx, world_look, &l), NULL);
    world_done(cx);
    return l;
}

/* Stock, money and orders agree, and nothing is on its way. `stock`: units that were put in. */
static inline void world_agrees(struct world *w, const char *name, int64_t stock)
{
    struct ledger l = world_ledger(w);
    CASE_INT(name, (int64_t)l.sagas, 0);
    CASE_INT(name, l.other, 0);
    CASE_INT(name, l.reserved, 0);
    CASE_INT(name, stock - l.on_hand, l.units);
    CASE_INT(name, l.kept, l.minor - w->given_minor);
    CASE_INT(name, pay_sandbox_live_minor(&w->sandbox), l.card);
    CASE_INT(name, l.provider, l.card);
    CASE_INT(name, l.owed, 0);
    CASE_INT(name, (int64_t)l.levels_wrong, 0);
    CASE_INT(name, (int64_t)l.orders_wrong, 0);
    CASE_INT(name, (int64_t)l.books_wrong, 0);
    CASE_INT(name, (int64_t)l.limits_wrong, 0);
}

/* The process comes back after `away_ms`; what is under way is taken up until nothing is. */
static inline void world_settle(struct world *w, int64_t away_ms)
{
    if (w->dead) {
        for (int i = 0; i < PLACES_N; i++)
            if (i == PLACE_MAIN || w->stores[i] != w->stores[PLACE_MAIN])
                store_reopen(w->stores[i]);
        world_services(w);
    }
    w->dead = false;
    clock_fake_advance(&w->clock, away_ms);
    for (int round = 0; round < 5 && (round == 0 || world_ledger(w).sagas > 0); round++) {
        struct cx *cx = world_cx(w);
        size_t n;
        CHECK_ERR(cx, sagas_resume(w->sagas, cx, &n), NULL);
        world_done(cx);
        clock_fake_advance(&w->clock, SAGA_LEASE_MS + 1);
    }
}

struct one_order {
    struct world *w;
    id order_id;
    struct orders_order order;
    struct payments_payment payment; /* the provider's; none: none */
};
static inline err world_read_order(void *arg, struct cx *cx)
{
    struct one_order *o = arg;
    struct payments_payment *payments;
    size_t n;
    err e = orders_get(
        o->w->orders, cx, (struct orders_owner){ .staff = true }, o->order_id, &o->order);
    if (!e)
        e = payments_of_order(o->w->payments, cx, o->order_id, &payments, &n);
    const struct payments_payment *paid = e ? NULL : checkout_by_provider(payments, n);
    if (paid)
        o->payment = *paid;
    return e;
}

static inline struct one_order world_order(struct world *w, struct cx *cx, id order_id)
{
    struct one_order o = { .w = w, .order_id = order_id };
    CHECK_ERR(cx, db_read(cx, world_read_order, &o), NULL);
    return o;
}

static inline enum orders_status world_status(struct world *w, id order_id)
{
    struct cx *cx = world_cx(w);
    enum orders_status status = world_order(w, cx, order_id).order.status;
    world_done(cx);
    return status;
}

/* The buyer answers the bank, and the run goes on. */
static inline void world_answer_bank(struct world *w, id order_id, bool approve)
{
    struct cx *cx = world_cx(w);
    struct one_order o = world_order(w, cx, order_id);
    CHECK_ERR(cx, pay_sandbox_challenge(&w->sandbox, cx, o.payment.provider_ref, approve), NULL);
    saga_wake(w->sagas, cx, (struct saga_wake){ .saga_id = order_id, .force = true });
    world_done(cx);
}

/* What the shop gives away. */
struct world_credit {
    struct world *w;
    struct ledger_account to;
    int64_t minor, available;
};
static inline err world_post_credit(void *arg, struct cx *cx)
{
    struct world_credit *in = arg;
    const struct ledger_entry entries[] = { { { .kind = LEDGER_LOSS }, in->minor },
        { in->to, -in->minor } };
    return ledger_post(in->w->ledger, cx,
        &(struct ledger_posting){ .posting_id = cx_id(cx),
            .kind = S("gift"),
            .reference = in->to.owner,
            .currency = USD,
            .entries = entries,
            .n = 2 });
}

static inline void world_fill_wallet(struct world *w, int64_t minor)
{
    struct world_credit in = { .w = w, .to = { LEDGER_WALLET, w->user_id }, .minor = minor };
    (void)world_write(w, PLACE_BOOKS, world_post_credit, &in);
}

#endif
