/* SPDX-License-Identifier: Apache-2.0
 * The catalogue shows what the reviews say, in one unit or not at all; on both engines. Run by
 * meson. */
#include "flows/opinion/opinion_internal.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/bus", "services/catalog", "services/orders",
    "services/reviews", NULL };

struct world {
    struct store *s;
    struct opinion *o;
    struct catalog *catalog;
    struct orders *orders;
    id product_id, user_id, order_id, item_id, review_id;
    enum catalog_status product_status;
    enum reviews_status status;
    enum orders_status to;
    struct reviews_review in, done;
    struct catalog_rating rating;
    size_t wrong;
    bool fail;
};

static err put_product(void *arg, struct cx *cx)
{
    struct world *w = arg;
    const struct catalog_variant variant = { .sku = S("LAMP") };
    struct catalog_product p = {
        .title = S("Lamp"), .status = CATALOG_PUBLISHED, .variants = &variant, .variants_n = 1
    };
    err e = catalog_category_put(w->catalog, cx,
        (struct catalog_category){ .name = S("Lamps"), .slug = S("lamps") }, &p.category_id);
    return e ? e : catalog_product_put(w->catalog, cx, &p, &w->product_id, NULL);
}

static err place_order(void *arg, struct cx *cx)
{
    struct world *w = arg;
    const currency usd = { "USD" };
    money ten = money_of(1000, usd), none = money_of(0, usd);
    struct orders_line line = { .order_item_id = w->item_id = cx_id(cx),
        .product_id = w->product_id,
        .variant_id = cx_id(cx),
        .title = S("Lamp"),
        .sku = S("LAMP"),
        .quantity = 1,
        .price = ten,
        .subtotal = ten,
        .tax = none };
    struct orders_order o = { .order_id = w->order_id = cx_id(cx),
        .user_id = w->user_id,
        .email = S("ada@example.org"),
        .subtotal = ten,
        .tax = none,
        .shipping = none,
        .discount = none,
        .total = ten,
        .address = { .name = S("Ada") },
        .speed = S("standard"),
        .lines = &line,
        .lines_n = 1 };
    str number;
    return orders_place(w->orders, cx, &o, &number);
}

static err move_order(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return orders_move(w->orders, cx, (struct orders_move){ .order_id = w->order_id, .to = w->to });
}

static err undone(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct bus_event event = { .type = S("order.cancelled"), .aggregate = w->order_id };
    return opinion_service.events[0].fn(w->o, cx, &event);
}

static err post(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = opinion_post(w->o, cx, w->in, &w->done);
    return e || !w->fail ? e : FAIL(cx, ERR_INVALID, "what follows fails");
}

static err change(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return opinion_change(w->o, cx, &w->in, (str){ 0 }, &w->done);
}

static err take_back(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return opinion_remove(w->o, cx, w->user_id, w->review_id, (str){ 0 });
}

static err judge(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return opinion_judge(w->o, cx, w->review_id, w->status, (str){ 0 }, &w->done);
}

static err product_status(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return catalog_product_status(w->catalog, cx, w->product_id, w->product_status);
}

static err look(void *arg, struct cx *cx)
{
    struct world *w = arg;
    bool found = false;
    err e = catalog_ratings(w->catalog, cx, &w->product_id, 1, &w->rating);
    if (!e)
        e = opinion_check(w->o, cx, &w->wrong);
    return e ? e
             : reviews_find(w->o->deps.reviews, cx, w->product_id, w->user_id, &w->done, &found);
}

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    struct cx *cx = store_cx(w.s);
    struct db *db = store_db(w.s);
    w.catalog = catalog_open(cx->arena, (struct catalog_deps){ .db = db });
    w.orders = orders_open(cx->arena, (struct orders_deps){ .db = db });
    w.o = opinion_open(cx->arena, (struct opinion_deps){ .reviews = reviews_open(cx->arena,
                                                             (struct reviews_deps){ .db = db }),
                                      .catalog = w.catalog,
                                      .orders = w.orders });
    w.user_id = cx_id(cx);
    CHECK_ERR(cx, store_write(w.s, put_product, &w), NULL);
    w.in = (struct reviews_review){ .product_id = w.product_id,
        .user_id = w.user_id,
        .rating = 4,
        .comment = S("Bright"),
        .author = S("Ada Lovelace") };
    return w;
}

static void check_rating(struct world *w, int64_t count, int64_t sum)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
    CHECK_INT(w->rating.count, count);
    CHECK_INT(w->rating.sum, sum);
    CHECK_INT((int64_t)w->wrong, 0);
}

static void test_the_catalogue_follows(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    w.fail = true;
    CHECK_ERR(cx, store_write(w.s, post, &w), &ERR_INVALID);
    check_rating(&w, 0, 0);
    w.fail = false;
    CHECK_ERR(cx, store_write(w.s, post, &w), NULL);
    check_rating(&w, 1, 4);
    w.in.review_id = w.review_id = w.done.review_id;
    w.in.rating = 1;
    CHECK_ERR(cx, store_write(w.s, change, &w), NULL);
    check_rating(&w, 1, 1);
    w.status = REVIEWS_REJECTED;
    CHECK_ERR(cx, store_write(w.s, judge, &w), NULL);
    check_rating(&w, 0, 0);
    w.status = REVIEWS_PUBLISHED;
    CHECK_ERR(cx, store_write(w.s, judge, &w), NULL);
    check_rating(&w, 1, 1);
    CHECK_ERR(cx, store_write(w.s, take_back, &w), NULL);
    check_rating(&w, 0, 0);
    CHECK_ERR(cx, store_write(w.s, post, &w), NULL);
    store_script(w.s, "UPDATE catalog_product SET rating_sum = 5");
    CHECK_ERR(cx, store_read(w.s, look, &w), NULL);
    CHECK_INT((int64_t)w.wrong, 1);
    store_close(w.s);
}

/* From nothing to the purchase, and back by the event. */
static void test_the_badge(void **state)
{
    static const struct {
        const char *name;
        enum orders_status to; /* PENDING: the order is only placed */
        bool verified;
    } cases[] = {
        { "placed", ORDERS_PENDING, false },
        { "confirmed", ORDERS_CONFIRMED, true },
        { "cancelled", ORDERS_CANCELLED, false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w = world_open(state);
        struct cx *cx = store_cx(w.s);
        CHECK_ERR(cx, store_write(w.s, place_order, &w), NULL);
        w.to = cases[i].to;
        if (w.to != ORDERS_PENDING)
            CHECK_ERR(cx, store_write(w.s, move_order, &w), NULL);
        CHECK_ERR(cx, store_write(w.s, post, &w), NULL);
        CASE(cases[i].name, w.done.verified == cases[i].verified);
        CASE(cases[i].name, id_eq(w.done.order_item_id, w.item_id) == cases[i].verified);
        CHECK_ERR(cx, store_write(w.s, undone, &w), NULL);
        check_rating(&w, 1, 4);
        CASE(cases[i].name, !w.done.verified);
        store_close(w.s);
    }
}

static void test_a_product_that_is_gone(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    CHECK_ERR(cx, store_write(w.s, post, &w), NULL);
    w.review_id = w.in.review_id = w.done.review_id;
    w.product_status = CATALOG_WITHDRAWN;
    CHECK_ERR(cx, store_write(w.s, product_status, &w), NULL);
    w.in.user_id = cx_id(cx);
    CHECK_ERR(cx, store_write(w.s, post, &w), &CATALOG_PRODUCT_GONE);
    CHECK_ERR(cx, store_write(w.s, take_back, &w), NULL); /* the author still may */
    check_rating(&w, 0, 0);
    store_close(w.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_the_catalogue_follows),
        STORE_TEST(test_the_badge),
        STORE_TEST(test_a_product_that_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
