/* SPDX-License-Identifier: Apache-2.0
 * Reservations under races, on both engines: the steps of two clients in every order, each step's
 * answer compared with a model of the protocol; then with real lanes. Run by meson. */
#include "base/rng.h"
#include "platform/bus/bus.h"
#include "services/inventory/inventory.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/bus", "services/inventory", NULL };

/* ---- the model ---- */

enum state { NONE, LIVE, SOLD, STATES_N };
enum verb { RESERVE, RENEW, CONFIRM, RELEASE, RESTOCK, SWEEP, WAIT, END };
static const char *const verb_names[] = { "reserve", "renew", "confirm", "release", "restock",
    "sweep", "wait" };

/* What a verb does to the reservations of an order; a sweep only when their time is over. */
static const struct rule {
    enum state to;
    const problem *want;
} rules[STATES_N][SWEEP] = {
    [NONE] = { [RESERVE] = { LIVE, NULL }, /* or INVENTORY_OUT_OF_STOCK */
        [RENEW] = { NONE, &INVENTORY_RESERVATION_GONE },
        [CONFIRM] = { NONE, &INVENTORY_RESERVATION_GONE },
        [RELEASE] = { NONE, NULL },
        [RESTOCK] = { NONE, NULL } },
    [LIVE] = { [RESERVE] = { LIVE, NULL },
        [RENEW] = { LIVE, NULL },
        [CONFIRM] = { SOLD, NULL },
        [RELEASE] = { NONE, NULL },
        [RESTOCK] = { LIVE, NULL } },
    [SOLD] = { [RESERVE] = { SOLD, NULL },
        [RENEW] = { SOLD, NULL },
        [CONFIRM] = { SOLD, NULL },
        [RELEASE] = { SOLD, &INVENTORY_SOLD },
        [RESTOCK] = { NONE, NULL } },
};

#define ORDERS 2
#define HOLD_MS 1000
struct model {
    enum state state[ORDERS];
    int64_t expires_ms[ORDERS], now_ms, on_hand, quantity[ORDERS];
};

static int64_t model_available(const struct model *m)
{
    int64_t live = 0;
    for (size_t i = 0; i < ORDERS; i++)
        live += m->state[i] == LIVE ? m->quantity[i] : 0;
    return m->on_hand - live;
}

struct step {
    enum verb verb;
    size_t order;
};

static err model_step(struct model *m, struct step s)
{
    if (s.verb == WAIT)
        m->now_ms += 2 * HOLD_MS;
    if (s.verb == SWEEP)
        for (size_t i = 0; i < ORDERS; i++)
            if (m->state[i] == LIVE && m->expires_ms[i] <= m->now_ms)
                m->state[i] = NONE;
    if (s.verb >= SWEEP)
        return NULL;
    enum state from = m->state[s.order];
    struct rule rule = rules[from][s.verb];
    if (from == NONE && s.verb == RESERVE && model_available(m) < m->quantity[s.order])
        return &INVENTORY_OUT_OF_STOCK;
    bool set = rule.to == LIVE && (from == NONE || s.verb == RENEW);
    if (set && m->expires_ms[s.order] < m->now_ms + HOLD_MS)
        m->expires_ms[s.order] = m->now_ms + HOLD_MS;
    if (from == LIVE && rule.to == SOLD)
        m->on_hand -= m->quantity[s.order];
    if (from == SOLD && rule.to == NONE)
        m->on_hand += m->quantity[s.order];
    m->state[s.order] = rule.to;
    return rule.want;
}

/* ---- the world ---- */

struct world {
    struct store *s;
    struct inventory *inv;
    id warehouses[2], product, variant, orders[ORDERS];
    struct model model;
    struct step now;
    struct inventory_level *levels;
    int64_t on_hand, reserved;
    size_t wrong;
};

static err fill(void *arg, struct cx *cx)
{
    struct world *w = arg;
    static const char *const codes[] = { "A", "B" };
    struct inventory_level level;
    for (size_t i = 0; i < 2; i++) {
        err e = inventory_warehouse_add(w->inv, cx,
            (struct inventory_warehouse){
                .code = str_from_c(codes[i]), .name = S("W"), .country = S("US") },
            &w->warehouses[i]);
        if (e)
            return e;
    }
    int64_t first = (w->model.on_hand + 1) / 2; /* what is odd lies in the first */
    int64_t parts[] = { first, w->model.on_hand - first };
    for (size_t i = 0; i < 2; i++) {
        if (!parts[i])
            continue;
        err e = inventory_move(w->inv, cx,
            (struct inventory_move){ .product_id = w->product,
                .variant_id = w->variant,
                .warehouse_id = w->warehouses[i],
                .kind = INVENTORY_RECEIPT,
                .quantity = parts[i] },
            &level);
        if (e)
            return e;
    }
    return NULL;
}

static void world_open(struct world *w, struct store *s, int64_t on_hand)
{
    *w = (struct world){ .s = s, .model = { .on_hand = on_hand, .quantity = { 1, 1 } } };
    struct cx *cx = store_cx(s);
    w->inv = inventory_open(cx->arena, (struct inventory_deps){ .db = store_db(s) });
    w->product = cx_id(cx);
    w->variant = cx_id(cx);
    for (size_t i = 0; i < ORDERS; i++)
        w->orders[i] = cx_id(cx);
    w->model.now_ms = cx->now_ms;
}

static err reserve(struct world *w, struct cx *cx, size_t order)
{
    struct inventory_line line = { w->product, w->variant, w->model.quantity[order] };
    return inventory_reserve(w->inv, cx,
        (struct inventory_reserve){ .order_id = w->orders[order],
            .lines = &line,
            .lines_n = 1,
            .expires_ms = cx->now_ms + HOLD_MS });
}

static err do_step(void *arg, struct cx *cx)
{
    struct world *w = arg;
    id order_id = w->orders[w->now.order];
    bool more;
    switch (w->now.verb) {
    case RESERVE:
        return reserve(w, cx, w->now.order);
    case RENEW:
        return inventory_renew(w->inv, cx, order_id, cx->now_ms + HOLD_MS);
    case CONFIRM:
        return inventory_confirm(w->inv, cx, order_id);
    case RELEASE:
        return inventory_release(w->inv, cx, order_id);
    case RESTOCK:
        return inventory_restock(w->inv, cx, order_id);
    case SWEEP:
        return inventory_service.jobs[0].fn(w->inv, cx, &more);
    case WAIT:
    case END:
        break;
    }
    return NULL;
}

static err look(void *arg, struct cx *cx)
{
    struct world *w = arg;
    size_t n;
    err e = inventory_levels(w->inv, cx, w->product, w->variant, &w->levels, &n);
    w->on_hand = w->reserved = 0;
    for (size_t i = 0; !e && i < n; i++) {
        w->on_hand += w->levels[i].on_hand;
        w->reserved += w->levels[i].reserved;
    }
    return e ? e : inventory_check(w->inv, cx, &w->wrong);
}

static void step(struct world *w, struct step s, const char *said)
{
    w->now = s;
    err want = model_step(&w->model, s);
    store_cx(w->s)->now_ms = w->model.now_ms;
    err got = store_write(w->s, do_step, w);
    CASE_STR(said, str_from_c(got ? got->slug : "ok"), str_from_c(want ? want->slug : "ok"));
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
    CASE_INT(said, w->on_hand, w->model.on_hand);
    CASE_INT(said, w->on_hand - w->reserved, model_available(&w->model));
    CASE_INT(said, (int64_t)w->wrong, 0);
}

/* ---- two clients in every order ---- */

#define STEPS_MAX 4
static const struct race {
    const char *name;
    int64_t on_hand;
    struct step before[STEPS_MAX], a[STEPS_MAX], b[STEPS_MAX];
} races[] = {
    { "the last unit", 1, { { END } }, { { RESERVE, 0 }, { CONFIRM, 0 }, { END } },
        { { RESERVE, 1 }, { CONFIRM, 1 }, { END } } },
    { "the last unit, one gives up", 1, { { END } },
        { { RESERVE, 0 }, { RELEASE, 0 }, { RESERVE, 0 }, { END } },
        { { RESERVE, 1 }, { CONFIRM, 1 }, { END } } },
    { "the last unit, one is late", 1, { { END } },
        { { RESERVE, 0 }, { WAIT }, { CONFIRM, 0 }, { END } },
        { { SWEEP }, { RESERVE, 1 }, { CONFIRM, 1 }, { END } } },
    { "expiry against confirm", 3, { { RESERVE, 0 }, { WAIT }, { END } },
        { { CONFIRM, 0 }, { CONFIRM, 0 }, { END } }, { { SWEEP }, { SWEEP }, { END } } },
    { "release against confirm", 3, { { RESERVE, 0 }, { END } },
        { { CONFIRM, 0 }, { CONFIRM, 0 }, { END } }, { { RELEASE, 0 }, { RELEASE, 0 }, { END } } },
    { "renew against expiry", 1, { { RESERVE, 0 }, { WAIT }, { END } },
        { { RENEW, 0 }, { CONFIRM, 0 }, { END } }, { { SWEEP }, { RESERVE, 1 }, { END } } },
    { "renew against expiry, and later", 1, { { RESERVE, 0 }, { END } },
        { { WAIT }, { RENEW, 0 }, { CONFIRM, 0 }, { END } },
        { { SWEEP }, { WAIT }, { SWEEP }, { END } } },
    { "release against expiry", 1, { { RESERVE, 0 }, { WAIT }, { END } },
        { { RELEASE, 0 }, { RESERVE, 1 }, { END } }, { { SWEEP }, { SWEEP }, { END } } },
    { "twins", 1, { { END } }, { { RESERVE, 0 }, { CONFIRM, 0 }, { END } },
        { { RESERVE, 0 }, { CONFIRM, 0 }, { END } } },
    { "cancel against a late confirm", 1, { { RESERVE, 0 }, { CONFIRM, 0 }, { END } },
        { { RESTOCK, 0 }, { RESTOCK, 0 }, { END } },
        { { CONFIRM, 0 }, { RESERVE, 1 }, { RELEASE, 0 }, { END } } },
};

static size_t length(const struct step *steps)
{
    size_t n = 0;
    while (n < STEPS_MAX && steps[n].verb != END)
        n++;
    return n;
}

/* The k-th order: bit i of `order` says whose turn the i-th is. */
static void run_race(struct store *s, const struct race *r, unsigned order)
{
    struct world w;
    world_open(&w, s, r->on_hand);
    CHECK_ERR(store_cx(s), store_write(s, fill, &w), NULL);
    char said[200];
    size_t at = (size_t)snprintf(said, sizeof said, "%s:", r->name);
    for (size_t i = 0; i < length(r->before); i++)
        step(&w, r->before[i], r->name);
    size_t n = length(r->a) + length(r->b), a = 0, b = 0;
    for (size_t i = 0; i < n; i++) {
        bool second = order >> i & 1;
        struct step now = second ? r->b[b++] : r->a[a++];
        at += (size_t)snprintf(
            said + at, sizeof said - at, " %c.%s", "AB"[second], verb_names[now.verb]);
        step(&w, now, said);
    }
}

static void test_every_order(void **state)
{
    size_t run = 0;
    for (size_t i = 0; i < COUNT(races); i++) {
        size_t a = length(races[i].a), b = length(races[i].b);
        for (unsigned order = 0; order < 1u << (a + b); order++) {
            if ((size_t)__builtin_popcount(order) != b)
                continue;
            struct store *s = store_open(store_engine(state), folders);
            run_race(s, &races[i], order);
            store_close(s);
            run++;
        }
    }
    CHECK(run >= COUNT(races) * 6);
}

/* A long random history of two orders that fit together or do not. */
static void test_histories(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct rng rng = rng_seeded(1);
    struct world w;
    world_open(&w, s, 5);
    w.model.quantity[0] = 4; /* has to be split */
    w.model.quantity[1] = 2;
    CHECK_ERR(store_cx(s), store_write(s, fill, &w), NULL);
    for (int i = 0; i < 300; i++) {
        struct step now = { (enum verb)rng_below(&rng, END), (size_t)rng_below(&rng, ORDERS) };
        char said[80];
        (void)snprintf(said, sizeof said, "step %d: %s %zu", i, verb_names[now.verb], now.order);
        step(&w, now, said);
    }
    store_close(s);
}

/* ---- at once, on lanes ---- */

#define BUYERS 24
#define UNITS 5

struct buyer {
    struct world *w;
    id order_id;
};

static err buy(void *arg, struct cx *cx)
{
    struct buyer *b = arg;
    struct inventory_line line = { b->w->product, b->w->variant, 1 };
    err e = inventory_reserve(b->w->inv, cx,
        (struct inventory_reserve){ .order_id = b->order_id,
            .lines = &line,
            .lines_n = 1,
            .expires_ms = cx->now_ms + HOLD_MS });
    return e ? e : inventory_confirm(b->w->inv, cx, b->order_id);
}

/* Each buyer twice, on whatever lanes: as many orders as units, whoever gets them. */
static void test_lanes(void **state)
{
    struct store *s = store_open_with(
        (struct store_opts){ .engine = store_engine(state), .folders = folders, .lanes = true });
    struct world w;
    world_open(&w, s, UNITS);
    CHECK_ERR(store_cx(s), store_write(s, fill, &w), NULL);
    struct buyer buyers[2 * BUYERS];
    struct cx *cxs[2 * BUYERS];
    struct db_ticket *tickets[2 * BUYERS];
    for (size_t i = 0; i < 2 * BUYERS; i++) {
        cxs[i] = check_cx_open();
        cxs[i]->rng = rng_seeded(100 + i);
        buyers[i] = (struct buyer){ .w = &w };
        buyers[i].order_id = i % 2 ? buyers[i - 1].order_id : cx_id(store_cx(s));
    }
    for (size_t i = 0; i < 2 * BUYERS; i++)
        tickets[i] = db_write_start(store_db(s), cxs[i], i, buy, &buyers[i]);
    size_t sold = 0;
    bool had[2 * BUYERS] = { false };
    for (size_t i = 0; i < 2 * BUYERS; i++) {
        err e = db_write_finish(tickets[i]);
        CHECK_ERR(cxs[i], e, e ? &INVENTORY_OUT_OF_STOCK : NULL);
        had[i] = e == NULL;
    }
    for (size_t i = 0; i < 2 * BUYERS; i += 2) {
        CHECK(had[i] == had[i + 1]);
        sold += had[i] || had[i + 1];
    }
    CHECK_INT((int64_t)sold, UNITS);
    CHECK_ERR(store_cx(s), store_read(s, look, &w), NULL);
    CHECK_INT(w.on_hand, 0);
    CHECK_INT(w.reserved, 0);
    CHECK_INT((int64_t)w.wrong, 0);
    for (size_t i = 0; i < 2 * BUYERS; i++)
        check_cx_close(cxs[i]);
    store_close(s);
}

/* ---- what an order costs ---- */

static err ask_short(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct inventory_line line = { w->product, w->variant, 1 };
    struct inventory_want want = { .cx = cx, .lines = &line, .lines_n = 1 };
    err e = inventory_short(w->inv, cx, &want, 1);
    return e ? e : want.refused;
}

static int64_t statements_of(struct world *w, struct step s)
{
    w->now = s;
    int64_t before = db_figures_of(store_db(w->s)).statements;
    (void)!store_write(w->s, do_step, w);
    return db_figures_of(store_db(w->s)).statements - before;
}

static void test_statements(void **state)
{
    struct world w;
    world_open(&w, store_open(store_engine(state), folders), 20);
    CHECK_ERR(store_cx(w.s), store_write(w.s, fill, &w), NULL);
    w.model.quantity[1] = 99;
    CHECK_INT(statements_of(&w, (struct step){ RESERVE, 0 }), 3);
    CHECK_INT(statements_of(&w, (struct step){ RESERVE, 0 }), 1);
    CHECK_INT(statements_of(&w, (struct step){ CONFIRM, 0 }), 3);
    CHECK_INT(statements_of(&w, (struct step){ RESERVE, 1 }), 2);
    int64_t before = db_figures_of(store_db(w.s)).statements;
    CHECK_ERR(store_cx(w.s), store_read(w.s, ask_short, &w), NULL);
    CHECK_INT(db_figures_of(store_db(w.s)).statements - before, 1);
    store_close(w.s);
}

static void test_short(void **state)
{
    struct world w;
    world_open(&w, store_open(store_engine(state), folders), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, fill, &w), NULL);
    CHECK_ERR(store_cx(w.s), store_read(w.s, ask_short, &w), NULL);
    step(&w, (struct step){ RESERVE, 1 }, "the only one");
    CHECK_ERR(store_cx(w.s), store_read(w.s, ask_short, &w), &INVENTORY_OUT_OF_STOCK);
    store_close(w.s);
}

/* ---- counted while it is sold ---- */
enum { SALES = 400, COUNT_EACH = 40, COUNTED = 1000 };

struct counting {
    struct world *w;
    id order_id;
    int64_t on_hand; /* counted; 0: sold instead */
};

static err count_or_sell(void *arg, struct cx *cx)
{
    struct counting *c = arg;
    struct inventory_line line = { c->w->product, c->w->variant, 1 };
    /* The other variant has no level at first: whoever counts first makes it. */
    const struct inventory_stocktake counts[] = {
        { c->w->product, (id){ { 0xff } }, c->w->warehouses[0], c->on_hand / 100 },
        { c->w->product, c->w->variant, c->w->warehouses[0], c->on_hand },
    };
    if (c->on_hand)
        return inventory_stocktake(c->w->inv, cx, counts, COUNT(counts));
    err e = inventory_reserve(c->w->inv, cx,
        (struct inventory_reserve){ .order_id = c->order_id,
            .lines = &line,
            .lines_n = 1,
            .is_new = true,
            .expires_ms = cx->now_ms + HOLD_MS });
    return e ? e : inventory_confirm(c->w->inv, cx, c->order_id);
}

/* In lanes of their own, where both may have read the level before either wrote it. */
static void test_counted_while_sold(void **state)
{
    static struct counting units[SALES];
    static struct db_ticket *tickets[SALES];
    struct store *s = store_open_with(
        (struct store_opts){ .engine = store_engine(state), .folders = folders, .lanes = true });
    struct world w;
    struct cx *cxs[SALES];
    world_open(&w, s, COUNTED);
    CHECK_ERR(store_cx(s), store_write(s, fill, &w), NULL);
    for (size_t i = 0; i < SALES; i++) {
        cxs[i] = check_cx_open();
        cxs[i]->rng = rng_seeded(100 + i);
        bool counts = i % COUNT_EACH == COUNT_EACH - 1;
        uint64_t lane = counts ? 2 + i / COUNT_EACH % 2 : 1;
        units[i] = (struct counting){ &w, cx_id(cxs[i]), counts ? COUNTED + (int64_t)i : 0 };
        tickets[i] = db_write_start(store_db(s), cxs[i], lane, count_or_sell, &units[i]);
    }
    for (size_t i = 0; i < SALES; i++) {
        CHECK_ERR(cxs[i], db_write_finish(tickets[i]), NULL);
        check_cx_close(cxs[i]);
    }
    CHECK_ERR(store_cx(s), store_read(s, look, &w), NULL);
    CHECK_INT((int64_t)w.wrong, 0);
    CHECK_INT(w.reserved, 0);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_every_order),
        STORE_TEST(test_histories),
        STORE_TEST(test_lanes),
        STORE_TEST(test_statements),
        STORE_TEST(test_short),
        STORE_TEST(test_counted_while_sold),
    };
    return cmocka_run_group_tests_name("inventory_race", tests, NULL, NULL);
}
