/* SPDX-License-Identifier: Apache-2.0
 * A shop in process for the tests of the checkout: real services on one store, a clock that tests
 * move, the sandbox behind a wrapper that fails. Must never be used outside this folder. */
#ifndef SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_WORLD_H
#define SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_WORLD_H

#include <string.h>

#include "flows/checkout/checkout_internal.h"
#include "platform/secret/secret.h"
#include "tests/support/store.h"

#define STOCK 100000
#define PRICE 2100 /* cents, of either lamp */
#define ATTEMPTS_MAX 600
#define USD ((currency){ "USD" })

/* What the wrapper does to the n-th call of the provider. A process that dies makes no call and no
 * unit after that one: the run finds the provider away until it gives up, which writes nothing. */
enum fault { FAULT_NONE, FAULT_BEFORE, FAULT_LOST, FAULT_AFTER, FAULT_DIES, FAULT_DIES_AFTER };
#define FAULTS_N 6
static const char *const fault_names[FAULTS_N] = { "no fault", "refused connection", "lost request",
    "lost answer", "death before", "death after" };

/* Where services keep their rows: all in one database, or each in its own. */
struct world_setting {
    enum db_engine engine; /* first: store_engine() reads it */
    bool apart;
};
static const struct world_setting world_settings[] = {
    { DB_SQLITE, false },
    { DB_SQLITE, true },
    { DB_PG, false },
    { DB_PG, true },
};
#define WORLD_TEST_ON(fn, i, name)                                                                 \
    {                                                                                              \
#fn " " name, (fn), NULL, store_teardown, (void *)(uintptr_t)&world_settings[i]            \
    }
#define WORLD_TEST(fn)                                                                             \
    WORLD_TEST_ON(fn, 0, "SQLite"), WORLD_TEST_ON(fn, 1, "SQLite apart"),                          \
        WORLD_TEST_ON(fn, 2, "PostgreSQL"), WORLD_TEST_ON(fn, 3, "PostgreSQL apart")

enum place {
    PLACE_MAIN,
    PLACE_STOCK,
    PLACE_ORDERS,
    PLACE_MONEY,
    PLACE_BOOKS,
    PLACE_CART,
    PLACES_N
};
static const char *const *const world_folders[PLACES_N] = {
    [PLACE_MAIN] = (const char *const[]){ "platform/bus", "platform/idem", "platform/saga",
        "services/identity", "services/catalog", "services/pricing", NULL },
    [PLACE_STOCK] = (const char *const[]){ "platform/bus", "services/inventory", NULL },
    [PLACE_ORDERS] =
        (const char *const[]){ "platform/bus", "platform/idem", "services/orders", NULL },
    [PLACE_MONEY] = (const char *const[]){ "services/payments", NULL },
    [PLACE_BOOKS] =
        (const char *const[]){ "platform/bus", "services/ledger", "services/fraud", NULL },
    [PLACE_CART] = (const char *const[]){ "services/cart", "services/promotions", NULL },
};

struct attempt {
    id order_id;
    int64_t units;
};
struct world {
    struct store *stores[PLACES_N]; /* equal where they share a database */
    struct arena *life;
    struct clock clock;
    struct pay sandbox, pay;
    enum fault fault;
    int fault_at, calls;
    bool fired, dead;
    void (*on_authorize)(struct world *w); /* between the units, once */
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct orders *orders;
    struct payments *payments;
    struct cart *cart;
    struct promotions *promotions;
    struct ledger *ledger;
    struct identity *identity;
    struct fraud_limits limits;
    struct fraud *fraud;
    struct sagas *sagas;
    struct checkout *c;
    struct ledger_rates rates; /* of commission; tests change them */
    id warehouse_id, user_id;
    struct inventory_key lamps[2]; /* red, blue */
    uint64_t seed;
    int64_t given_minor; /* given back of orders that stand */
    struct attempt attempts[ATTEMPTS_MAX];
    size_t attempts_n;
};

/* ---- the provider that fails ---- */

static inline err world_fault(struct world *w, struct cx *cx, bool *ret_lose)
{
    *ret_lose = false;
    if (w->dead)
        return FAIL(cx, PAY_UNKNOWN, "dead");
    if (++w->calls != w->fault_at || w->fault == FAULT_NONE)
        return NULL;
    w->fired = true;
    w->dead = w->fault == FAULT_DIES || w->fault == FAULT_DIES_AFTER;
    *ret_lose = w->fault == FAULT_AFTER || w->fault == FAULT_DIES_AFTER;
    if (w->fault == FAULT_BEFORE)
        return FAIL(cx, PAY_UNREACHABLE, "fault");
    return *ret_lose ? NULL : FAIL(cx, PAY_UNKNOWN, "fault");
}
#define FAULTY(call)                                                                               \
    struct world *w = self;                                                                        \
    struct pay *p = &w->sandbox;                                                                   \
    bool lose;                                                                                     \
    err e = world_fault(w, cx, &lose);                                                             \
    if (!e)                                                                                        \
        e = (call);                                                                                \
    return !e && lose ? FAIL(cx, PAY_UNKNOWN, "fault") : e

static inline err world_authorize(
    void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct world *hooked = self;
    void (*hook)(struct world *) = hooked->on_authorize;
    hooked->on_authorize = NULL;
    if (hook)
        hook(hooked);
    FAULTY(p->authorize(p->self, cx, in, ret));
}

static inline err world_capture(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    FAULTY(p->capture(p->self, cx, key, ref, amount, ret));
}

static inline err world_release(void *self, struct cx *cx, str key, str ref, struct pay_result *ret)
{
    FAULTY(p->release(p->self, cx, key, ref, ret));
}

static inline err world_refund(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    FAULTY(p->refund(p->self, cx, key, ref, amount, ret));
}

static inline err world_find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    FAULTY(p->find(p->self, cx, key, ret));
}

/* ---- opening ---- */

/* One request: an arena of its own, closed with world_done. */
static inline struct cx *world_cx(struct world *w)
{
    struct arena *a = arena_open(4096);
    struct cx *cx = NEW(a, struct cx);
    *cx = (struct cx){ .arena = a,
        .now_ms = clock_now_ms(&w->clock),
        .rng = rng_seeded(++w->seed),
        .peer = S("192.0.2.1") };
    return cx;
}

static inline void world_done(struct cx *cx)
{
    arena_close(cx->arena);
}

static inline struct db *world_db(struct world *w, enum place place)
{
    return store_db(w->stores[place]);
}

/* A unit of work in one of the databases. */
static inline err world_write(struct world *w, enum place place, db_work *fn, void *arg)
{
    struct cx *cx = world_cx(w);
    err e = db_write_wait(world_db(w, place), cx, 0, fn, arg);
    CHECK_ERR(cx, e, NULL);
    world_done(cx);
    return e;
}

static inline err world_goods(void *arg, struct cx *cx)
{
    struct world *w = arg;
    static const struct catalog_option red[] = { { S_INIT("Colour"), S_INIT("Red") } };
    static const struct catalog_option blue[] = { { S_INIT("Colour"), S_INIT("Blue") } };
    static const struct catalog_variant variants[] = {
        { .sku = S_INIT("LAMP-R"), .options = red, .options_n = 1, .weight_g = 900 },
        { .sku = S_INIT("LAMP-B"), .options = blue, .options_n = 1, .weight_g = 900 },
    };
    struct catalog_product lamp = { .source = S("test:lamp"),
        .title = S("Lamp"),
        .brand = S("Moon"),
        .status = CATALOG_PUBLISHED,
        .variants = variants,
        .variants_n = 2,
        .prime = true };
    id ids[2], product_id = { 0 };
    err e = catalog_category_put(w->catalog, cx,
        (struct catalog_category){ .name = S("Lights"), .picture = S("lamp") }, &lamp.category_id);
    if (!e)
        e = catalog_product_put(w->catalog, cx, &lamp, &product_id, ids);
    for (size_t i = 0; !e && i < 2; i++) {
        w->lamps[i] = (struct inventory_key){ product_id, ids[i] };
        const struct pricing_price price = {
            .product_id = product_id, .variant_id = ids[i], .price = money_of(PRICE, USD)
        };
        e = pricing_set(
            w->pricing, cx, (struct pricing_change){ .prices = &price, .n = 1, .silent = true });
    }
    struct identity_user user;
    if (!e)
        e = identity_register(w->identity, cx,
            (struct identity_register){
                .email = S("ada@example.org"), .name = S("Ada Lovelace"), .password_hash = S("x") },
            &user);
    w->user_id = user.user_id;
    return e;
}

static inline err world_stock(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = inventory_warehouse_add(w->inventory, cx,
        (struct inventory_warehouse){ .code = S("A"), .name = S("First"), .country = S("US") },
        &w->warehouse_id);
    for (size_t i = 0; !e && i < 2; i++) {
        const struct inventory_stocktake count = { w->lamps[i].product_id, w->lamps[i].variant_id,
            w->warehouse_id, STOCK };
        e = inventory_stocktake(w->inventory, cx, &count, 1);
    }
    return e;
}

/* Everything that hangs off the databases. */
static inline void world_services(struct world *w)
{
    struct db *db = world_db(w, PLACE_MAIN);
    struct db *stock = world_db(w, PLACE_STOCK), *orders = world_db(w, PLACE_ORDERS);
    struct db *paid = world_db(w, PLACE_MONEY), *carts = world_db(w, PLACE_CART);
    struct db *books = world_db(w, PLACE_BOOKS);
    struct arena *a = w->life;
    w->catalog = catalog_open(a, (struct catalog_deps){ .db = db });
    w->pricing = pricing_open(a, (struct pricing_deps){ .db = db, .currency = S("USD") });
    w->inventory = inventory_open(a, (struct inventory_deps){ .db = stock });
    w->orders = orders_open(a, (struct orders_deps){ .db = orders });
    w->payments = payments_open(a, (struct payments_deps){ .db = paid });
    w->cart = cart_open(a, (struct cart_deps){ .db = carts });
    w->promotions =
        promotions_open(a, (struct promotions_deps){ .db = carts, .currency = S("USD") });
    w->ledger = ledger_open(a, (struct ledger_deps){ .db = books });
    w->identity = identity_open(a, (struct identity_deps){ .db = db, .silent = true });
    w->fraud = fraud_open(
        a, (struct fraud_deps){ .db = books, .key = S("a key of tests"), .limits = w->limits });
    w->sagas =
        sagas_open(a, (struct sagas_opts){
                          .db = db, .clock = &w->clock, .alone = db_engine_of(db) == DB_SQLITE });
    w->c = checkout_open(a, (struct checkout_deps){ .db = db,
                                .at = { stock, orders, paid, carts, carts, books, books },
                                .sagas = w->sagas,
                                .pay = &w->pay,
                                .cart = w->cart,
                                .catalog = w->catalog,
                                .pricing = w->pricing,
                                .inventory = w->inventory,
                                .orders = w->orders,
                                .payments = w->payments,
                                .identity = w->identity,
                                .promotions = w->promotions,
                                .ledger = w->ledger,
                                .fraud = w->fraud,
                                .rates = &w->rates });
}

struct world_shelf {
    struct world *w;
    int64_t on_hand;
};
static inline err world_recount(void *arg, struct cx *cx)
{
    const struct world_shelf *s = arg;
    struct world *w = s->w;
    const struct inventory_stocktake count = { w->lamps[0].product_id, w->lamps[0].variant_id,
        w->warehouse_id, s->on_hand };
    return inventory_stocktake(w->inventory, cx, &count, 1);
}

/* So many red lamps, as counted. */
static inline void world_put(struct world *w, int64_t on_hand)
{
    (void)world_write(w, PLACE_STOCK, world_recount, &(struct world_shelf){ w, on_hand });
}

static inline void world_stores(struct world *w, const struct world_setting *setting)
{
    const char *all[32];
    size_t n = 0;
    for (int i = 0; i < PLACES_N; i++)
        for (const char *const *f = world_folders[i]; *f; f++)
            if (i == PLACE_MAIN || strncmp(*f, "platform/", 9) != 0)
                all[n++] = *f;
    all[n] = NULL;
    for (int i = 0; i < PLACES_N; i++)
        if (i == PLACE_MAIN || setting->apart)
            w->stores[i] = store_open(setting->engine, setting->apart ? world_folders[i] : all);
        else
            w->stores[i] = w->stores[PLACE_MAIN];
}

/* Everybody comes from one address, so nothing is too often. */
static const struct fraud_limits world_lenient = { .buyer_hour = 1000,
    .address_hour = 1000,
    .device_hour = 1000,
    .spend_day_minor = INT64_MAX / 2,
    .declines_hour = 1000,
    .cards_hour = 1000,
    .review_per_mille = 1001,
    .deny_per_mille = 1001 };

static inline struct world *world_open_with(void **state, struct fraud_limits limits)
{
    struct arena *life = arena_open(4096);
    struct world *w = NEW(life, struct world);
    *w = (struct world){
        .life = life, .limits = limits, .rates = { .default_bp = LEDGER_COMMISSION_BP }
    };
    world_stores(w, *state);
    struct cx *cx = store_cx(w->stores[PLACE_MAIN]);
    w->clock = clock_fake(life, cx->now_ms);
    CHECK_ERR(
        cx, pay_sandbox_open(life, cx, (struct sandbox_opts){ .slow_ms = 1 }, &w->sandbox), NULL);
    w->pay = (struct pay){ .name = "sandbox",
        .authorize = world_authorize,
        .capture = world_capture,
        .release = world_release,
        .refund = world_refund,
        .find = world_find,
        .self = w };
    world_services(w);
    (void)world_write(w, PLACE_MAIN, world_goods, w);
    (void)world_write(w, PLACE_STOCK, world_stock, w);
    w->pay.self = w;
    return w;
}

static inline struct world *world_open(void **state)
{
    return world_open_with(state, world_lenient);
}

static inline void world_close(struct world *w)
{
    pay_sandbox_close(&w->sandbox);
    (void)store_teardown(NULL);
    arena_close(w->life);
}

/* ---- what buyers do ---- */

struct buyer {
    bool user;
    str cart_token;
};
static inline void world_as(struct world *w, struct cx *cx, const struct buyer *b)
{
    cx->who = (struct principal){ .cart_token = b->cart_token };
    if (b->user) {
        cx->who.user_id = w->user_id;
        cx->who.email = S("ada@example.org");
    }
}

struct into_cart {
    struct world *w;
    struct cart_owner owner;
    const int64_t *units; /* red, blue */
    str token;
};
static inline err world_add(void *arg, struct cx *cx)
{
    struct into_cart *in = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < 2; i++) {
        struct cart_item item;
        str token = { 0 };
        if (!in->units[i])
            continue;
        struct cart_owner owner = in->owner;
        if (in->token.n)
            owner.token = in->token;
        e = cart_add(in->w->cart, cx,
            (struct cart_add){ .owner = owner,
                .product_id = in->w->lamps[i].product_id,
                .variant_id = in->w->lamps[i].variant_id,
                .quantity = in->units[i],
                .price = money_of(PRICE, USD) },
            &item, &token);
        if (token.n)
            in->token = token;
    }
    return e;
}

/* A new guest with that in the cart. */
static inline struct buyer world_guest(struct world *w, int64_t red, int64_t blue)
{
    struct cx *cx = world_cx(w);
    struct into_cart in = { .w = w, .units = (const int64_t[]){ red, blue } };
    CHECK_ERR(cx, db_write_wait(world_db(w, PLACE_CART), cx, 0, world_add, &in), NULL);
    struct buyer b = { .cart_token = str_dup(w->life, in.token) };
    world_done(cx);
    return b;
}

static inline err world_count(void *arg, struct cx *cx)
{
    struct into_cart *in = arg;
    struct cart_state state;
    err e = cart_get(in->w->cart, cx, in->owner, &state);
    int64_t n = 0;
    for (size_t i = 0; !e && i < state.items_n; i++)
        n += state.items[i].quantity;
    in->token.n = (size_t)n;
    return e;
}

static inline int64_t world_in_cart(struct world *w, const struct buyer *b)
{
    struct cx *cx = world_cx(w);
    world_as(w, cx, b);
    struct into_cart in = { .w = w, .owner = cart_owner_of(cx) };
    CHECK_ERR(cx, db_read(cx, world_count, &in), NULL);
    world_done(cx);
    return (int64_t)in.token.n;
}

struct wanted {
    const struct buyer *buyer;
    const char *card, *key; /* key NULL: a new one */
    const char *body;       /* the fingerprint; NULL: always the same */
    bool accept_prices;
    const str *coupons, *gift_cards;
    size_t coupons_n, gift_cards_n;
    bool wallet;
    int64_t red, blue; /* 0, 0: the cart */
    int64_t units;     /* of this order, for the ledger */
};
static const struct identity_address world_address = { .name = S_INIT("Ada Lovelace"),
    .line1 = S_INIT("1 Main St"),
    .city = S_INIT("Springfield"),
    .region = S_INIT("IL"),
    .postal_code = S_INIT("62701"),
    .country = S_INIT("US") };

struct told {
    struct checkout_place place;
    struct cx *cx; /* the caller ends it with world_done */
    int times;
};
static inline void world_told(void *arg, struct checkout_place *place)
{
    struct told *t = arg;
    (void)place;
    t->times++;
}

/* What checkout_place takes. */
static inline struct told *world_ready(struct world *w, struct wanted in)
{
    struct cx *cx = world_cx(w);
    world_as(w, cx, in.buyer);
    struct told *t = NEW(cx->arena, struct told);
    struct checkout_item *items = NEW_N(cx->arena, 2, struct checkout_item);
    size_t n = 0;
    if (in.red)
        items[n++] =
            (struct checkout_item){ w->lamps[0].product_id, w->lamps[0].variant_id, in.red };
    if (in.blue)
        items[n++] =
            (struct checkout_item){ w->lamps[1].product_id, w->lamps[1].variant_id, in.blue };
    t->cx = cx;
    t->place = (struct checkout_place){ .c = w->c,
        .cx = cx,
        .wish = { .items = items,
            .items_n = n,
            .from_cart = n == 0,
            .where = { .address = &world_address },
            .email = S("guest@example.org"),
            .method = { S("card"), str_from_c(in.card) },
            .coupons = in.coupons,
            .coupons_n = in.coupons_n,
            .gift_cards = in.gift_cards,
            .gift_cards_n = in.gift_cards_n,
            .use_wallet = in.wallet,
            .accept_prices = in.accept_prices },
        .claim = { .principal = checkout_principal(cx),
            .method = S("POST"),
            .route = S("/test"),
            .key = in.key ? str_from_c(in.key) : secret_token(cx->arena, 16),
            .fingerprint = in.body ? str_from_c(in.body) : S("f") },
        .done = world_told,
        .arg = t };
    return t;
}

static inline struct told *world_place(struct world *w, struct wanted in)
{
    struct told *t = world_ready(w, in);
    checkout_place(&t->place);
    CHECK_INT(t->times, 1);
    if (!id_is_none(t->place.plan.order.order_id)) {
        assert_true(w->attempts_n < ATTEMPTS_MAX);
        w->attempts[w->attempts_n++] = (struct attempt){ t->place.plan.order.order_id, in.units };
    }
    return t;
}

static inline void world_ended(void *arg, struct checkout_ending *x)
{
    (void)x;
    ++*(int *)arg;
}

/* amount: of CHECKOUT_GOODWILL, else NULL; part: 0, or the number of a group. */
static inline err world_end_part(struct world *w, const struct buyer *b, id order_id,
    enum checkout_why why, const char *amount, int64_t part)
{
    struct cx *cx = world_cx(w);
    world_as(w, cx, b);
    int times = 0;
    struct checkout_ending *x = NEW(cx->arena, struct checkout_ending);
    *x = (struct checkout_ending){ .c = w->c,
        .cx = cx,
        .order_id = order_id,
        .why = why,
        .part = part,
        .amount = str_from_c(amount),
        .done = world_ended,
        .arg = &times };
    checkout_end(x);
    CHECK_INT(times, 1);
    err e = x->failed;
    world_done(cx);
    return e;
}

static inline err world_end(
    struct world *w, const struct buyer *b, id order_id, enum checkout_why why, const char *amount)
{
    return world_end_part(w, b, order_id, why, amount, 0);
}

static inline err world_cancel(struct world *w, const struct buyer *b, id order_id)
{
    return world_end(w, b, order_id, CHECKOUT_CANCELS, NULL);
}

#endif
