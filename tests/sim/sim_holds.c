/* SPDX-License-Identifier: Apache-2.0
 * What is held for orders, and until when: stock, uses of promotions, parts of gift cards and
 * wallets. Called by sim.c and sim_shop.c between events; reads the tables themselves and must
 * never ask the verbs that wrote them. */
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_carts.h"

#define TENDER_MS (7 * DAY_MS)

/* ---- the rows ---- */

struct stock {
    id order_id;
    int64_t quantity;
    struct opt_int expires_ms; /* none: sold */
};
static const struct db_column stock_out[] = {
    { "order_id", DB_T_ID, false, offsetof(struct stock, order_id), NULL },
    { "quantity", DB_T_INT, false, offsetof(struct stock, quantity), NULL },
    { "expires_ms", DB_T_INT, true, offsetof(struct stock, expires_ms), NULL },
};
static const struct db_query list_stock = { .name = "inventory.sim_holds",
    .text = { "SELECT order_id, quantity, expires_ms FROM inventory_reservation", NULL },
    .out = stock_out,
    .out_n = COUNT(stock_out),
    .row_size = sizeof(struct stock) };

struct part { /* a use of a promotion, or what is held of an account */
    id order_id;
    str state;
    int64_t expires_ms;
};
static const struct db_column part_out[] = {
    { "order_id", DB_T_ID, false, offsetof(struct part, order_id), NULL },
    { "state", DB_T_TEXT, false, offsetof(struct part, state), NULL },
    { "expires_ms", DB_T_INT, false, offsetof(struct part, expires_ms), NULL },
};
static const struct db_query list_uses = { .name = "promotions.sim_holds",
    .text = { "SELECT order_id, state, expires_ms FROM promotions_use", NULL },
    .out = part_out,
    .out_n = COUNT(part_out),
    .row_size = sizeof(struct part) };
static const struct db_query list_tenders = { .name = "ledger.sim_holds",
    .text = { "SELECT reference AS order_id, state, expires_ms FROM ledger_hold", NULL },
    .out = part_out,
    .out_n = COUNT(part_out),
    .row_size = sizeof(struct part) };

/* ---- one row ---- */

static const struct db_query one_stock = { .name = "inventory.sim_hold",
    .text = { "SELECT order_id, sum(quantity) AS quantity, min(expires_ms) AS expires_ms "
              "FROM inventory_reservation WHERE order_id = ?1 GROUP BY order_id",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = stock_out,
    .out_n = COUNT(stock_out),
    .row_size = sizeof(struct stock) };
static const struct db_query one_use = { .name = "promotions.sim_hold",
    .text = { "SELECT order_id, state, expires_ms FROM promotions_use WHERE order_id = ?1", NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = part_out,
    .out_n = COUNT(part_out),
    .row_size = sizeof(struct part) };
static const struct db_query one_tender = { .name = "ledger.sim_hold",
    .text = { "SELECT hold_id AS order_id, state, expires_ms FROM ledger_hold WHERE hold_id = ?1",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = part_out,
    .out_n = COUNT(part_out),
    .row_size = sizeof(struct part) };

struct one {
    struct db *db;
    const struct db_query *query;
    struct sim_id_row in;
    struct stock stock;
    struct part part;
    bool found;
};
static err unit_one(void *arg, struct cx *cx)
{
    struct one *o = arg;
    bool stock = o->query == &one_stock;
    return db_one(
        o->db, cx, o->query, &o->in, stock ? (void *)&o->stock : (void *)&o->part, &o->found);
}

static bool one_of(
    struct sim *s, enum sim_place place, const struct db_query *query, id own, struct sim_kept *ret)
{
    struct cx *cx = sim_cx(s, -1);
    struct one o = { .db = sim_store_db(s->store, place), .query = query, .in = { own } };
    err e = db_read(cx, unit_one, &o);
    ASSERT(!e);
    bool stock = query == &one_stock;
    *ret = (struct sim_kept){ .number = o.stock.quantity,
        .until_ms = stock ? o.stock.expires_ms.v : o.part.expires_ms,
        .ended = stock ? !o.stock.expires_ms.has
                       : str_eq(o.part.state, S("confirmed")) || str_eq(o.part.state, S("posted")),
        .gone = str_eq(o.part.state, S("expired")) || str_eq(o.part.state, S("voided")) };
    sim_cx_close(s, cx);
    return o.found;
}

bool sim_holds_stock(struct sim *s, id order_id, struct sim_kept *ret)
{
    return one_of(s, SIM_STOCK, &one_stock, order_id, ret);
}

bool sim_holds_use(struct sim *s, id order_id, struct sim_kept *ret)
{
    return one_of(s, SIM_CART, &one_use, order_id, ret);
}

bool sim_holds_tender(struct sim *s, id hold_id, struct sim_kept *ret)
{
    return one_of(s, SIM_BOOKS, &one_tender, hold_id, ret);
}

/* ---- all rows ---- */

struct look {
    struct sim *s;
    struct cx *cx;
    struct stock *stock;
    struct part *uses, *tenders;
    struct saga_view *sagas;
    size_t stock_n, uses_n, tenders_n, sagas_n;
};

static err unit_rows(void *arg, struct cx *cx)
{
    struct look *l = arg;
    struct sim_store *store = l->s->store;
    err e = db_many(
        sim_store_db(store, SIM_STOCK), cx, &list_stock, NULL, (void **)&l->stock, &l->stock_n);
    if (!e)
        e = db_many(
            sim_store_db(store, SIM_CART), cx, &list_uses, NULL, (void **)&l->uses, &l->uses_n);
    if (!e)
        e = db_many(sim_store_db(store, SIM_BOOKS), cx, &list_tenders, NULL, (void **)&l->tenders,
            &l->tenders_n);
    return e ? e : saga_list(l->s->outside.sagas, cx, 0, &l->sagas, &l->sagas_n);
}

/* ---- of an order ---- */

/* Of the order itself, or of one of its groups: their ids differ in their ends. */
static bool of_order(id a, id order_id)
{
    return memcmp(a.b, order_id.b, sizeof a.b - 2) == 0;
}

struct reviewed {
    struct sim *s;
    id order_id;
    bool is;
};
static err unit_reviewed(void *arg, struct cx *cx)
{
    struct reviewed *r = arg;
    struct fraud_review review;
    r->is = !fraud_review_get(r->s->outside.fraud, cx, r->order_id, &review);
    cx_clear(cx);
    return NULL;
}

/* Ten minutes from when it was taken; what staff has to look at, for longer. */
static int64_t held_for(struct sim *s, struct cx *cx, id order_id)
{
    struct reviewed r = { .s = s, .order_id = order_id };
    err e = s->screens ? db_read(cx, unit_reviewed, &r) : NULL;
    ASSERT(!e);
    return 10 * MINUTE_MS + (r.is ? 4 * DAY_MS : 0);
}

/* NULL: of no order that a buyer has asked for. */
static struct sim_held *held_of(struct sim *s, struct cx *cx, id order_id)
{
    for (size_t i = 0; i < s->held_n; i++)
        if (of_order(order_id, s->held[i].order_id))
            return &s->held[i];
    for (size_t i = 0; i < s->buys_n; i++)
        for (size_t k = 0; k < s->buys[i].attempts_n; k++) {
            id own = s->buys[i].attempts[k];
            if (!of_order(order_id, own))
                continue;
            ASSERT(s->held_n < COUNT(s->held));
            struct sim_held *h = &s->held[s->held_n++];
            *h =
                (struct sim_held){ .order_id = own, .until_ms = id_ms(own) + held_for(s, cx, own) };
            return h;
        }
    return NULL;
}

struct sim_held *sim_held(struct sim *s, id order_id)
{
    struct cx *cx = sim_cx(s, -1);
    struct sim_held *h = held_of(s, cx, order_id);
    sim_cx_close(s, cx);
    return h;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static const struct saga_view *saga_of(const struct look *l, id order_id)
{
    for (size_t i = 0; i < l->sagas_n; i++)
        if (id_eq(l->sagas[i].saga_id, order_id) && str_eq(l->sagas[i].kind, S("checkout")))
            return &l->sagas[i];
    return NULL;
}

/* ---- what must be true of them at any time ---- */

static void check_owner(struct look *l, const struct sim_held *h, const char *what)
{
    if (!l->s->apart && !saga_of(l, h->order_id)) /* in one database both go in one unit */
        sim_fail(
            l->s, "order %s: %s held, and its saga is over", sim_name(l->cx, h->order_id), what);
}

static void check_stock(struct look *l)
{
    struct sim *s = l->s;
    for (size_t i = 0; i < l->stock_n; i++) {
        const struct stock *x = &l->stock[i];
        struct sim_held *h = held_of(s, l->cx, x->order_id);
        if (!h)
            continue;
        h->there = true;
        if (!x->expires_ms.has)
            continue;
        int64_t least = later(h->until_ms, h->granted_ms), most = later(h->until_ms, h->asked_ms);
        if (x->expires_ms.v < least || x->expires_ms.v > most)
            sim_fail(s, "order %s: its goods are held until %lld, and not from %lld to %lld",
                sim_name(l->cx, h->order_id), (long long)(x->expires_ms.v - s->begun_ms),
                (long long)(least - s->begun_ms), (long long)(most - s->begun_ms));
        h->live = true;
        check_owner(l, h, "goods are");
    }
}

/* Goods that were held for an order that is still on its way are held, or sold, until their time.
 */
static void check_gone(struct look *l)
{
    struct sim *s = l->s;
    for (size_t i = 0; i < s->held_n; i++) {
        struct sim_held *h = &s->held[i];
        const struct saga_view *saga = saga_of(l, h->order_id);
        bool due = s->now_ms + SIM_SKEW_MS >= later(h->until_ms, h->granted_ms);
        if (h->seen && !h->there && !due && saga && !saga->undoing)
            sim_fail(s, "order %s: its goods were let go before their time",
                sim_name(l->cx, h->order_id));
        h->seen = h->live;
        h->live = h->there = false;
    }
}

/* A buyer is waited for an hour at most, however often they look. */
static void check_waits(struct look *l)
{
    for (size_t i = 0; i < l->sagas_n; i++) {
        const struct saga_view *x = &l->sagas[i];
        bool waits = x->parked && str_eq(x->step, S("authorize"));
        if (waits && x->next_ms > id_ms(x->saga_id) + 60 * MINUTE_MS + SIM_SKEW_MS)
            sim_fail(l->s, "order %s waits at the bank until %lld", sim_name(l->cx, x->saga_id),
                (long long)(x->next_ms - l->s->begun_ms));
    }
}

static void check_parts(struct look *l, const struct part *list, size_t n, bool uses)
{
    struct sim *s = l->s;
    for (size_t i = 0; i < n; i++) {
        const struct part *x = &list[i];
        const struct sim_held *h = held_of(s, l->cx, x->order_id);
        bool live = str_eq(x->state, uses ? S("held") : S("live"));
        if (!h)
            continue;
        int64_t until = uses ? h->until_ms : id_ms(h->order_id) + TENDER_MS;
        if (live && x->expires_ms != until)
            sim_fail(s, "order %s: its %s is held until %lld, and not %lld",
                sim_name(l->cx, h->order_id), uses ? "promotion" : "tender",
                (long long)(x->expires_ms - s->begun_ms), (long long)(until - s->begun_ms));
        if (str_eq(x->state, S("expired")) && s->now_ms + SIM_SKEW_MS < until)
            sim_fail(s, "order %s: its %s was let go before its time", sim_name(l->cx, h->order_id),
                uses ? "promotion" : "tender");
        if (live)
            check_owner(l, h, uses ? "promotions are" : "tenders are");
    }
}

void sim_holds_look(struct sim *s)
{
    struct cx *cx = sim_cx(s, -1);
    struct look l = { .s = s, .cx = cx };
    err e = db_read(cx, unit_rows, &l);
    if (e)
        sim_fail(s, "what is held cannot be read: %s", e->slug);
    if (!e) {
        check_stock(&l);
        check_gone(&l);
        check_waits(&l);
        sim_carts_look(s, cx, l.sagas, l.sagas_n);
        check_parts(&l, l.uses, l.uses_n, true);
        check_parts(&l, l.tenders, l.tenders_n, false);
    }
    sim_cx_close(s, cx);
}

static void look_once(struct sim *s, void *arg)
{
    (void)arg;
    sim_holds_look(s);
}

static void look(struct sim *s, void *arg)
{
    (void)arg;
    sim_holds_look(s);
    if (!s->quiet)
        sim_at(s, -1, sim_between(s, 8000, 120000), look, NULL, NULL);
}

void sim_holds_start(struct sim *s)
{
    sim_at(s, -1, sim_between(s, 1000, 10000), look, NULL, NULL);
}

/* Nobody is told that it is over while the page says that it is held; but where the saga may not
 * have been told of the page, or is late. */
void sim_holds_late(struct sim *s, struct cx *cx, const struct orders_order *o)
{
    bool late = str_eq(o->cancel_reason, S("payment_late")) ||
                str_eq(o->cancel_reason, S("payment_missing")) ||
                str_eq(o->cancel_reason, S("stock_gone"));
    bool all_well = !s->overtaken && s->rates.crash + s->rates.conflict + s->rates.slow == 0;
    const struct sim_held *h = late && all_well ? held_of(s, cx, o->order_id) : NULL;
    if (h && o->updated_ms + SIM_SKEW_MS < h->promised_ms)
        sim_fail(s, "order %s: undone at %lld, and held until %lld", sim_name(cx, o->order_id),
            (long long)(o->updated_ms - s->begun_ms), (long long)(h->promised_ms - s->begun_ms));
}

/* ---- renewals ---- */

void sim_holds_asked(struct sim *s, struct sim_held *h, int64_t until_ms)
{
    h->asked_ms = later(h->asked_ms, until_ms);
    s->renewing = h;
    s->renewing_ms = until_ms;
}

void sim_holds_granted(struct sim *s, struct sim_held *h, int64_t until_ms)
{
    /* What is held on after its time was not swept yet: the order is over all the same. */
    if (s->now_ms + SIM_SKEW_MS < later(id_ms(h->order_id) + 10 * MINUTE_MS, h->promised_ms))
        h->promised_ms = later(h->promised_ms, until_ms);
    h->granted_ms = later(h->granted_ms, until_ms);
    h->seen = true;
    sim_say(s, "held until %lld", (long long)(until_ms - s->begun_ms));
    sim_at(s, -1, sim_between(s, 1, 500), look_once, NULL, NULL);
}
