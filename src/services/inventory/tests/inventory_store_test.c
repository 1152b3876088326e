/* SPDX-License-Identifier: Apache-2.0
 * The verbs of stock on both engines: holds, sales, releases, audits, and the race for the last
 * unit. Run by meson. */
#include "platform/bus/bus.h"
#include "services/inventory/inventory.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/bus", "services/inventory", NULL };

struct shop {
    struct store *s;
    struct inventory *inv;
    id warehouses[2], product, variant, order;
    int64_t available, held[2];
    size_t n;
    struct inventory_level level;
};

static struct shop shop_open(void **state)
{
    struct shop w = { .s = store_open(store_engine(state), folders) };
    struct arena *a = store_cx(w.s)->arena;
    w.inv = inventory_open(a, (struct inventory_deps){ .db = store_db(w.s) });
    w.product = id_from_name(S("t"), S("product"));
    w.variant = id_from_name(S("t"), S("variant"));
    w.order = id_from_name(S("t"), S("order"));
    return w;
}

static err add_warehouses(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    err e = inventory_warehouse_add(w->inv, cx,
        (struct inventory_warehouse){ .code = S("A"), .name = S("First"), .country = S("US") },
        &w->warehouses[0]);
    return e ? e
             : inventory_warehouse_add(w->inv, cx,
                   (struct inventory_warehouse){
                       .code = S("B"), .name = S("Second"), .country = S("DE"), .priority = 1 },
                   &w->warehouses[1]);
}

struct receive {
    struct shop *w;
    size_t warehouse;
    int64_t quantity;
    enum inventory_kind kind;
};
static err receive(void *arg, struct cx *cx)
{
    struct receive *r = arg;
    return inventory_move(r->w->inv, cx,
        (struct inventory_move){ .product_id = r->w->product,
            .variant_id = r->w->variant,
            .warehouse_id = r->w->warehouses[r->warehouse],
            .kind = r->kind,
            .quantity = r->quantity,
            .reason = S("test") },
        &r->w->level);
}

static void stock(struct shop *w, int64_t first, int64_t second)
{
    CHECK_ERR(store_cx(w->s), store_write(w->s, add_warehouses, w), NULL);
    struct receive a = { w, 0, first, INVENTORY_RECEIPT }, b = { w, 1, second, INVENTORY_RECEIPT };
    CHECK_ERR(store_cx(w->s), store_write(w->s, receive, &a), NULL);
    if (second)
        CHECK_ERR(store_cx(w->s), store_write(w->s, receive, &b), NULL);
}

struct hold {
    struct shop *w;
    id order;
    int64_t quantity, expires_ms;
    bool is_new;
    struct inventory_held *held;
};
static err reserve(void *arg, struct cx *cx)
{
    struct hold *h = arg;
    struct inventory_line line = { h->w->product, h->w->variant, h->quantity };
    return inventory_reserve(h->w->inv, cx,
        (struct inventory_reserve){ .order_id = h->order,
            .lines = &line,
            .lines_n = 1,
            .is_new = h->is_new,
            .expires_ms = h->expires_ms ? h->expires_ms : cx->now_ms + 1000,
            .ret_held = &h->held });
}
static err confirm_held(void *arg, struct cx *cx)
{
    struct hold *h = arg;
    return inventory_confirm_held(h->w->inv, cx, h->order, h->held);
}
static err confirm(void *arg, struct cx *cx)
{
    struct hold *h = arg;
    return inventory_confirm(h->w->inv, cx, h->order);
}
static err release(void *arg, struct cx *cx)
{
    struct hold *h = arg;
    return inventory_release(h->w->inv, cx, h->order);
}
static err restock(void *arg, struct cx *cx)
{
    struct hold *h = arg;
    return inventory_restock(h->w->inv, cx, h->order);
}
static err look(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_key key = { w->product, w->variant };
    err e = inventory_available(w->inv, cx, &key, 1, &w->available);
    size_t wrong = 0;
    if (!e)
        e = inventory_check(w->inv, cx, &wrong);
    assert_int_equal(wrong, 0); /* reserved is the sum of the holds, after every step */
    return e;
}
static int64_t available(struct shop *w)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
    return w->available;
}

static void test_hold_sell_restock(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 2);
    struct hold h = { &w, w.order, 4, 0 };
    CHECK_INT(available(&w), 5);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL); /* a repeat */
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &h), NULL);
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &h), NULL); /* a repeat */
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL); /* a late repeat */
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, release, &h), &INVENTORY_SOLD);
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, restock, &h), NULL);
    CHECK_INT(available(&w), 5);
    CHECK_ERR(store_cx(w.s), store_write(w.s, restock, &h), NULL); /* once only */
    CHECK_INT(available(&w), 5);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &h), &INVENTORY_RESERVATION_GONE);
    store_close(w.s);
}

/* Nobody looks whether a new order holds something; its key finds out. */
static void test_new_order(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 2);
    struct hold much = { .w = &w, .order = w.order, .quantity = 6, .is_new = true };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &much), &INVENTORY_OUT_OF_STOCK);
    CHECK_INT(available(&w), 5);
    struct hold h = { .w = &w, .order = w.order, .quantity = 4, .is_new = true }, more = h;
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    CHECK_INT(available(&w), 1);
    more.quantity = 1;
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &more), &DB_FAILED);
    CHECK_INT(available(&w), 1);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &h), NULL);
    CHECK_INT(available(&w), 1);
    store_close(w.s);
}

/* Sold as it was held, while something else had become of it. */
static void test_sold_as_it_was_held(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 2);
    struct hold h = { .w = &w, .order = w.order, .quantity = 4 }, twin = h;
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL); /* in both warehouses */
    CHECK(h.held);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &twin), NULL);
    CHECK(!twin.held);
    for (int i = 0; i < 2; i++) { /* and once more */
        CHECK_ERR(store_cx(w.s), store_write(w.s, confirm_held, &h), NULL);
        CHECK_INT(available(&w), 1);
    }
    CHECK_ERR(store_cx(w.s), store_write(w.s, restock, &h), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm_held, &h), &INVENTORY_RESERVATION_GONE);
    CHECK_INT(available(&w), 5);
    h.order = id_from_name(S("t"), S("given back"));
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, release, &h), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm_held, &h), &INVENTORY_RESERVATION_GONE);
    CHECK_INT(available(&w), 5);
    struct hold other = { .w = &w, .order = id_from_name(S("t"), S("other")), .quantity = 5 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &other), NULL); /* another's by now */
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm_held, &h), &INVENTORY_RESERVATION_GONE);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm_held, &other), NULL);
    CHECK_INT(available(&w), 0);
    store_close(w.s);
}

struct way {
    struct shop *w;
    str country, region;
};
static err reserve_for(void *arg, struct cx *cx)
{
    struct way *way = arg;
    struct inventory_line line = { way->w->product, way->w->variant, 1 };
    return inventory_reserve(way->w->inv, cx,
        (struct inventory_reserve){ .order_id = cx_id(cx),
            .lines = &line,
            .lines_n = 1,
            .expires_ms = cx->now_ms + 1000,
            .country = way->country,
            .region = way->region });
}
static err look_levels(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_level *levels;
    err e = inventory_levels(w->inv, cx, w->product, w->variant, &levels, &w->n);
    for (size_t i = 0; !e && i < w->n; i++)
        w->held[i] = levels[i].reserved;
    return e;
}

/* The first warehouse is in the United States, the second in Germany. */
static const struct way_case {
    const char *name, *country, *region;
    int64_t held[2];
} way_cases[] = {
    { "unknown: by priority", "", "", { 1, 0 } },
    { "home", "US", "CA", { 2, 0 } },
    { "Germany", "DE", "", { 2, 1 } },
    { "near Germany", "PL", "", { 2, 2 } },
    { "no such country: by priority", "QQ", "", { 3, 2 } },
};

static void test_the_nearer_sends(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 9, 9);
    for (size_t i = 0; i < COUNT(way_cases); i++) {
        const struct way_case *c = &way_cases[i];
        struct way way = { &w, str_from_c(c->country), str_from_c(c->region) };
        CHECK_ERR(store_cx(w.s), store_write(w.s, reserve_for, &way), NULL);
        CHECK_ERR(store_cx(w.s), store_read(w.s, look_levels, &w), NULL);
        CASE_INT(c->name, w.held[0], c->held[0]);
        CASE_INT(c->name, w.held[1], c->held[1]);
    }
    store_close(w.s);
}

static void test_release_once(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 0);
    struct hold h = { &w, w.order, 3, 0 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    CHECK_INT(available(&w), 0);
    CHECK_ERR(store_cx(w.s), store_write(w.s, release, &h), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, release, &h), NULL);
    CHECK_INT(available(&w), 3);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &h), &INVENTORY_RESERVATION_GONE);
    store_close(w.s);
}

static void test_last_unit(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 1, 0);
    struct hold first = { &w, id_from_name(S("t"), S("one")), 1, 0 };
    struct hold second = { &w, id_from_name(S("t"), S("two")), 1, 0 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &first), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &second), &INVENTORY_OUT_OF_STOCK);
    CHECK_INT(available(&w), 0);
    CHECK_ERR(store_cx(w.s), store_write(w.s, release, &first), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &second), NULL);
    store_close(w.s);
}

static err run_jobs(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    bool more = false;
    err e = inventory_service.jobs[0].fn(w->inv, cx, &more);
    assert_false(more);
    return e;
}

static void test_expiry(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 0);
    struct hold old = { &w, id_from_name(S("t"), S("old")), 1, 1 };
    struct hold fresh = { &w, id_from_name(S("t"), S("fresh")), 1, 0 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &old), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &fresh), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, run_jobs, &w), NULL);
    CHECK_INT(available(&w), 2);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &old), &INVENTORY_RESERVATION_GONE);
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &fresh), NULL);
    store_close(w.s);
}

static err unknown_warehouse(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return inventory_move(w->inv, cx,
        (struct inventory_move){ .product_id = w->product,
            .variant_id = w->variant,
            .warehouse_id = w->order,
            .kind = INVENTORY_RECEIPT,
            .quantity = 1 },
        &w->level);
}

static void test_refusals_write_nothing(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 2, 0);
    CHECK_ERR(store_cx(w.s), store_write(w.s, unknown_warehouse, &w), &INVENTORY_WAREHOUSE_UNKNOWN);
    CHECK_ERR(store_cx(w.s), store_write(w.s, add_warehouses, &w), &INVENTORY_CODE_TAKEN);
    struct hold h = { &w, w.order, 2, 0 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    struct receive gone = { &w, 0, 1, INVENTORY_DAMAGE };
    CHECK_ERR(store_cx(w.s), store_write(w.s, receive, &gone), &INVENTORY_BELOW_ZERO);
    CHECK_INT(available(&w), 0);
    store_close(w.s);
}

static err history(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_movement *rows;
    err e = inventory_movements(w->inv, cx,
        (struct inventory_history){
            .product_id = w->product, .variant_id = w->variant, .limit = 10 },
        &rows, &w->n);
    for (size_t i = 0; !e && i < w->n; i++)
        assert_int_equal(rows[i].after, rows[i].before + rows[i].change);
    if (!e && w->n)
        CHECK_STR(rows[0].kind, S("sale"));
    return e;
}

static void test_every_change_is_on_record(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 2);
    struct hold h = { &w, w.order, 5, 0 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    store_cx(w.s)->now_ms += 10; /* ids sort by time */
    CHECK_ERR(store_cx(w.s), store_write(w.s, confirm, &h), NULL);
    CHECK_ERR(store_cx(w.s), store_read(w.s, history, &w), NULL);
    CHECK_INT(w.n, 4); /* two receipts, a sale from each warehouse */
    store_close(w.s);
}

static err count_all(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct inventory_stocktake counts[] = {
        { w->product, w->variant, w->warehouses[0], 7 },
        { w->product, w->variant, w->warehouses[1], 1 },
    };
    return inventory_stocktake(w->inv, cx, counts, COUNT(counts));
}

static void test_stocktake_repeats(void **state)
{
    struct shop w = shop_open(state);
    stock(&w, 3, 2);
    CHECK_ERR(store_cx(w.s), store_write(w.s, count_all, &w), NULL);
    CHECK_INT(available(&w), 8);
    CHECK_ERR(store_cx(w.s), store_write(w.s, count_all, &w), NULL);
    CHECK_INT(available(&w), 8);
    struct hold h = { &w, w.order, 6, 0 };
    CHECK_ERR(store_cx(w.s), store_write(w.s, reserve, &h), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, count_all, &w), NULL);
    CHECK_INT(available(&w), 2);
    store_close(w.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_hold_sell_restock),
        STORE_TEST(test_new_order),
        STORE_TEST(test_sold_as_it_was_held),
        STORE_TEST(test_the_nearer_sends),
        STORE_TEST(test_release_once),
        STORE_TEST(test_last_unit),
        STORE_TEST(test_expiry),
        STORE_TEST(test_refusals_write_nothing),
        STORE_TEST(test_every_change_is_on_record),
        STORE_TEST(test_stocktake_repeats),
    };
    return cmocka_run_group_tests_name("inventory_store", tests, NULL, NULL);
}
