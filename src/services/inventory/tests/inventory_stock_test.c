/* SPDX-License-Identifier: Apache-2.0
 * Transfers, low marks, forecasts and the books of stock, on both engines. Run by meson. */
#include "base/arena.h"
#include "platform/bus/bus.h"
#include "platform/clock/clock.h"
#include "services/inventory/inventory_transfer.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/bus", "services/inventory", NULL };

struct shop {
    struct store *s;
    struct inventory *inv;
    id warehouses[2], product, variant, order;
    struct inventory_level level, *levels;
    struct inventory_transfer transfer;
    struct inventory_forecast forecast;
    struct inventory_low *low;
    int64_t coming[2], quantity, low_n;
    bool low_more;
    size_t n, wrong;
};

static err fill(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    static const char *const codes[] = { "A", "B" };
    for (size_t i = 0; i < 2; i++) {
        err e = inventory_warehouse_add(w->inv, cx,
            (struct inventory_warehouse){ .code = str_from_c(codes[i]),
                .name = S("W"),
                .country = S("US"),
                .priority = (int64_t)i },
            &w->warehouses[i]);
        if (e)
            return e;
    }
    return inventory_move(w->inv, cx,
        (struct inventory_move){ .product_id = w->product,
            .variant_id = w->variant,
            .warehouse_id = w->warehouses[0],
            .kind = INVENTORY_RECEIPT,
            .quantity = 20 },
        &w->level);
}

static struct shop *shop_open(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct cx *cx = store_cx(s);
    struct shop *w = NEW(cx->arena, struct shop);
    *w = (struct shop){ .s = s, .product = cx_id(cx), .variant = cx_id(cx) };
    w->inv =
        inventory_open(cx->arena, (struct inventory_deps){ .db = store_db(s), .check_levels = 1 });
    CHECK_ERR(cx, store_write(s, fill, w), NULL);
    return w;
}

static err look(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_key key = { w->product, w->variant };
    err e = inventory_levels(w->inv, cx, w->product, w->variant, &w->levels, &w->n);
    if (!e)
        e = inventory_coming(w->inv, cx, key, w->levels, w->n, w->coming);
    return e ? e : inventory_check(w->inv, cx, &w->wrong);
}

static void check(struct shop *w, int64_t first, int64_t second, int64_t coming)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
    CHECK_INT((int64_t)w->wrong, 0);
    CHECK_INT((int64_t)w->n, 2);
    CHECK_INT(w->levels[0].on_hand, first);
    CHECK_INT(w->levels[1].on_hand, second);
    CHECK_INT(w->coming[1], coming);
    CHECK_INT(w->coming[0], 0);
}

/* ---- transfers ---- */

struct sending {
    struct shop *w;
    int64_t quantity;
    size_t from, to;
    id strange;
};
static err send(void *arg, struct cx *cx)
{
    struct sending *x = arg;
    return inventory_transfer_send(x->w->inv, cx,
        (struct inventory_transfer){ .product_id = x->w->product,
            .variant_id = x->w->variant,
            .from_id = x->w->warehouses[x->from],
            .to_id = id_is_none(x->strange) ? x->w->warehouses[x->to] : x->strange,
            .quantity = x->quantity },
        &x->w->transfer);
}

struct arriving {
    struct shop *w;
    int64_t quantity;
    bool close;
    id strange;
};
static err arrive(void *arg, struct cx *cx)
{
    struct arriving *x = arg;
    return inventory_transfer_receive(x->w->inv, cx,
        (struct inventory_arrival){
            .transfer_id = id_is_none(x->strange) ? x->w->transfer.transfer_id : x->strange,
            .quantity = x->quantity,
            .close = x->close },
        &x->w->transfer);
}

static const struct arrive_case {
    const char *name;
    int64_t quantity;
    bool close;
    err want;
    int64_t second, coming, lost;
} arrive_cases[] = {
    { "nothing", 0, false, &ERR_INVALID, 0, 8, 0 },
    { "more than was sent", 9, false, &INVENTORY_TRANSFER_OVER, 0, 8, 0 },
    { "a part", 3, false, NULL, 3, 5, 0 },
    { "more than is left", 6, false, &INVENTORY_TRANSFER_OVER, 3, 5, 0 },
    { "another part, and no more comes", 4, true, NULL, 7, 0, 1 },
    { "after the end", 1, false, &INVENTORY_TRANSFER_OVER, 7, 0, 1 },
    { "closed again", 0, true, &INVENTORY_TRANSFER_OVER, 7, 0, 1 },
};

static void test_transfer(void **state)
{
    struct shop *w = shop_open(state);
    struct sending x = { w, 8, 0, 1, { .b = { 0 } } };
    CHECK_ERR(store_cx(w->s), store_write(w->s, send, &x), NULL);
    check(w, 12, 0, 8);
    for (size_t i = 0; i < COUNT(arrive_cases); i++) {
        const struct arrive_case *c = &arrive_cases[i];
        struct arriving a = { w, c->quantity, c->close, { .b = { 0 } } };
        err e = store_write(w->s, arrive, &a);
        CASE_STR(c->name, str_from_c(e ? e->slug : ""), str_from_c(c->want ? c->want->slug : ""));
        check(w, 12, c->second, c->coming);
        CASE_INT(c->name, w->transfer.lost, c->lost);
    }
    CHECK(!w->transfer.open);
    CHECK_INT(w->transfer.received, 7);
    store_close(w->s);
}

static void test_refused_transfers(void **state)
{
    struct shop *w = shop_open(state);
    struct cx *cx = store_cx(w->s);
    id strange = id_from_name(S("t"), S("strange"));
    struct sending self = { w, 1, 0, 0, { .b = { 0 } } }, away = { w, 1, 0, 1, strange },
                   much = { w, 21, 0, 1, { .b = { 0 } } };
    struct arriving unknown = { w, 1, false, strange };
    CHECK_ERR(cx, store_write(w->s, send, &self), &ERR_INVALID);
    CHECK_ERR(cx, store_write(w->s, send, &away), &INVENTORY_WAREHOUSE_UNKNOWN);
    CHECK_ERR(cx, store_write(w->s, send, &much), &INVENTORY_BELOW_ZERO);
    CHECK_ERR(cx, store_write(w->s, arrive, &unknown), &INVENTORY_TRANSFER_UNKNOWN);
    store_close(w->s);
}

/* ---- selling, and what is told of it ---- */

struct sale {
    struct shop *w;
    int64_t quantity;
    id order_id;
};
static err sell(void *arg, struct cx *cx)
{
    struct sale *x = arg;
    struct inventory_line line = { x->w->product, x->w->variant, x->quantity };
    x->order_id = cx_id(cx);
    err e = inventory_reserve(x->w->inv, cx,
        (struct inventory_reserve){ .order_id = x->order_id,
            .lines = &line,
            .lines_n = 1,
            .expires_ms = cx->now_ms + 1000 });
    return e ? e : inventory_confirm(x->w->inv, cx, x->order_id);
}
static err cancel(void *arg, struct cx *cx)
{
    struct sale *x = arg;
    return inventory_restock(x->w->inv, cx, x->order_id);
}
static err mark(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return inventory_low_at_set(w->inv, cx,
        (struct inventory_mark){ w->product, w->variant, w->warehouses[0], w->quantity },
        &w->level);
}

static err heard(void *service, struct cx *cx, const struct bus_event *event)
{
    (void)cx;
    (void)event;
    int64_t *low = service;
    ++*low;
    return NULL;
}

static int64_t low_events(struct shop *w)
{
    static const struct bus_handler handlers[] = {
        { .type = "inventory.low_stock", .consumer = "test.low", .fn = heard }, { 0 }
    };
    struct arena *life = arena_open(4096);
    struct cx *cx = store_cx(w->s);
    struct clock clock = clock_fake(life, cx->now_ms);
    struct bus *bus = bus_open(life, (struct bus_opts){ .db = store_db(w->s), .clock = &clock });
    int64_t low = 0;
    bus_subscribe(bus, handlers, &low);
    size_t handled;
    CHECK_ERR(cx, bus_drain(bus, cx, &handled), NULL);
    bus_close(bus);
    arena_close(life);
    return low;
}

static void test_low_once_per_crossing(void **state)
{
    struct shop *w = shop_open(state); /* 20, low at 5 */
    struct sale x = { .w = w, .quantity = 14 };
    struct sale one = { .w = w, .quantity = 1 };
    struct cx *cx = store_cx(w->s);
    CHECK_ERR(cx, store_write(w->s, sell, &x), NULL);
    CHECK_INT(low_events(w), 0); /* six left */
    for (int i = 0; i < 3; i++)
        CHECK_ERR(cx, store_write(w->s, sell, &one), NULL);
    CHECK_INT(low_events(w), 1);
    CHECK_ERR(cx, store_write(w->s, cancel, &x), NULL);
    CHECK_INT(low_events(w), 0); /* seventeen */
    w->quantity = 30;
    CHECK_ERR(cx, store_write(w->s, mark, w), NULL);
    CHECK_INT(w->level.low_at, 30);
    CHECK_INT(low_events(w), 1);
    w->quantity = 16;
    CHECK_ERR(cx, store_write(w->s, mark, w), NULL);
    CHECK_INT(low_events(w), 0);
    CHECK_ERR(cx, store_write(w->s, sell, &one), NULL);
    CHECK_INT(low_events(w), 1);
    store_close(w->s);
}

static err ask(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_key key = { w->product, w->variant }, none = { .product_id = { .b = { 0 } } };
    err e = inventory_forecasts(w->inv, cx, &key, 1,
        (struct inventory_window){ .days = 10, .cover_wanted = 20 }, &w->forecast);
    if (!e)
        e = inventory_low_count(w->inv, cx, &w->low_n, &w->low_more);
    return e ? e : inventory_low_stock(w->inv, cx, none, 10, &w->low, &w->n);
}
static err ask_after(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return inventory_low_stock(w->inv, cx, w->low[0].key, 10, &w->low, &w->n);
}

#define DAY_MS INT64_C(86400000)

static void test_forecast(void **state)
{
    struct shop *w = shop_open(state);
    struct cx *cx = store_cx(w->s);
    struct sale old = { .w = w, .quantity = 7 }, fresh = { .w = w, .quantity = 5 },
                back = { .w = w, .quantity = 4 };
    struct sending x = { w, 2, 0, 1, { .b = { 0 } } };
    CHECK_ERR(cx, store_write(w->s, sell, &old), NULL);
    cx->now_ms += 11 * DAY_MS;
    CHECK_ERR(cx, store_write(w->s, sell, &fresh), NULL);
    CHECK_ERR(cx, store_write(w->s, sell, &back), NULL);
    CHECK_ERR(cx, store_write(w->s, cancel, &back), NULL);
    CHECK_ERR(cx, store_write(w->s, send, &x), NULL);
    CHECK_ERR(cx, store_read(w->s, ask, w), NULL);
    CHECK_INT(w->forecast.sold, 5);
    CHECK_INT(w->forecast.available, 6);
    CHECK_INT(w->forecast.coming, 2);
    CHECK_INT(w->forecast.cover_days, 12);
    CHECK_INT(w->forecast.reorder, 2); /* ten for twenty days, less eight */
    CHECK_INT((int64_t)w->n, 0);
    CHECK(w->low_n == 0 && !w->low_more);
    CHECK_ERR(cx, store_write(w->s, sell, &back), NULL);
    CHECK_ERR(cx, store_read(w->s, ask, w), NULL);
    CHECK_INT((int64_t)w->n, 1);
    CHECK(w->low_n == 1 && !w->low_more);
    CHECK_INT(w->low[0].available, 2);
    CHECK_INT(w->low[0].low_at, 5);
    CHECK_ERR(cx, store_read(w->s, ask_after, w), NULL);
    CHECK_INT((int64_t)w->n, 0);
    store_close(w->s);
}

/* ---- the check has teeth ---- */

static const struct break_case {
    const char *name, *script;
} break_cases[] = {
    { "reserved without a reservation", "UPDATE inventory_level SET reserved = reserved + 1" },
    { "units from nowhere", "UPDATE inventory_level SET on_hand = on_hand + 1" },
    { "a movement lost", "DELETE FROM inventory_movement WHERE kind = 'receipt'" },
    { "a hold lost", "DELETE FROM inventory_reservation WHERE expires_ms IS NOT NULL" },
    { "a sale without its order", "DELETE FROM inventory_reservation WHERE expires_ms IS NULL" },
    { "a hold larger than it was", "UPDATE inventory_reservation SET quantity = quantity + 1" },
};

static err hold(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_line line = { w->product, w->variant, 1 };
    return inventory_reserve(w->inv, cx,
        (struct inventory_reserve){
            .order_id = cx_id(cx), .lines = &line, .lines_n = 1, .expires_ms = cx->now_ms + 1 });
}

static void test_check(void **state)
{
    for (size_t i = 0; i < COUNT(break_cases); i++) {
        struct shop *w = shop_open(state);
        struct sale x = { .w = w, .quantity = 2 };
        CHECK_ERR(store_cx(w->s), store_write(w->s, sell, &x), NULL);
        CHECK_ERR(store_cx(w->s), store_write(w->s, hold, w), NULL);
        CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
        CASE_INT(break_cases[i].name, (int64_t)w->wrong, 0);
        store_script(w->s, break_cases[i].script);
        CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
        CASE_INT(break_cases[i].name, (int64_t)w->wrong, 1);
        store_close(w->s);
    }
}

static err more_products(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    err e = NULL;
    for (int i = 0; !e && i < 5; i++) {
        struct inventory_level level;
        e = inventory_move(w->inv, cx,
            (struct inventory_move){ .product_id = cx_id(cx),
                .variant_id = w->variant,
                .warehouse_id = w->warehouses[0],
                .kind = INVENTORY_RECEIPT,
                .quantity = 1 },
            &level);
    }
    return e;
}

/* This shop looks at few levels at a time: nothing falls between two slices. */
static void test_check_in_slices(void **state)
{
    struct shop *w = shop_open(state);
    struct sale x = { .w = w, .quantity = 2 };
    CHECK_ERR(store_cx(w->s), store_write(w->s, sell, &x), NULL);
    CHECK_ERR(store_cx(w->s), store_write(w->s, more_products, w), NULL);
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
    CHECK_INT((int64_t)w->wrong, 0);
    store_script(w->s, "UPDATE inventory_level SET on_hand = on_hand + 1");
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
    CHECK_INT((int64_t)w->wrong, (int64_t)(5 + w->n));
    store_close(w->s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_transfer),
        STORE_TEST(test_refused_transfers),
        STORE_TEST(test_low_once_per_crossing),
        STORE_TEST(test_forecast),
        STORE_TEST(test_check),
        STORE_TEST(test_check_in_slices),
    };
    return cmocka_run_group_tests_name("inventory_stock", tests, NULL, NULL);
}
