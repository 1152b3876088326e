/* SPDX-License-Identifier: Apache-2.0
 * A review is written, and in the same unit the catalogue learns what the product's stars come to.
 * Called by routes, pages and the bus; must never leave the two apart, nor begin a unit. */
#include "flows/opinion/opinion_internal.h"
#include "platform/cache/cache.h"

struct opinion *opinion_open(struct arena *life, struct opinion_deps deps)
{
    struct opinion *o = NEW(life, struct opinion);
    o->deps = deps;
    return o;
}

err opinion_product(struct opinion *o, struct cx *cx, id product_id, struct catalog_product *ret)
{
    err e = catalog_products(
        o->deps.catalog, cx, (struct catalog_wanted){ .product_ids = &product_id, .n = 1 }, ret);
    if (!e && id_is_none(ret->product_id))
        return FAIL(cx, CATALOG_PRODUCT_GONE, "unknown or not published");
    return e;
}

/* ---- what others keep of a product ---- */

struct stale {
    struct cache *cache;
    id product_id;
};

/* The answers that are asked for most; the others are some seconds old at most. */
static void drop_answers(void *arg)
{
    static const char *const queries[] = { "", "page=1", "sort=helpful", "page=1&sort=helpful" };
    struct stale *s = arg;
    struct arena *scratch = arena_open(2048);
    str text = id_text(scratch, s->product_id);
    for (size_t i = 0; i < COUNT(queries); i++)
        cache_drop(s->cache,
            str_fmt(scratch, "/api/v1/products/" STR_F "/reviews?%s", STR_A(text), queries[i]));
    cache_drop(s->cache, str_fmt(scratch, "/p/" STR_F "/reviews?", STR_A(text)));
    cache_drop(s->cache, str_fmt(scratch, "/p/" STR_F "?", STR_A(text)));
    arena_close(scratch);
}

static void forget(struct opinion *o, struct cx *cx, id product_id)
{
    if (!o->deps.cache)
        return;
    struct stale *s = NEW(cx->arena, struct stale);
    *s = (struct stale){ .cache = o->deps.cache, .product_id = product_id };
    db_after_commit(cx, drop_answers, s);
}

/* The product may be gone from the catalogue; then there is nobody to tell. */
static err tell(struct opinion *o, struct cx *cx, const struct reviews_effect *effect)
{
    forget(o, cx, effect->review.product_id);
    if (!effect->moved)
        return NULL;
    err e = catalog_rating_set(o->deps.catalog, cx, effect->review.product_id,
        (struct catalog_rating){
            reviews_total_sum(&effect->total), reviews_total_count(&effect->total) });
    if (e == &CATALOG_PRODUCT_GONE) {
        cx_clear(cx);
        return NULL;
    }
    return e;
}

err opinion_post(
    struct opinion *o, struct cx *cx, struct reviews_review in, struct reviews_review *ret)
{
    struct catalog_product product;
    struct reviews_effect effect;
    err e = opinion_product(o, cx, in.product_id, &product);
    if (!e)
        e = orders_bought(o->deps.orders, cx, in.user_id, in.product_id, &in.order_item_id);
    if (!e)
        e = reviews_post(o->deps.reviews, cx, &in, &effect);
    if (!e)
        e = tell(o, cx, &effect);
    if (!e)
        *ret = effect.review;
    return e;
}

err opinion_change(struct opinion *o, struct cx *cx, const struct reviews_review *in, str if_match,
    struct reviews_review *ret)
{
    struct reviews_effect effect;
    struct reviews_review old, now = *in;
    err e = reviews_get_seen(o->deps.reviews, cx, in->review_id, in->user_id, &old);
    if (!e) /* bought since, perhaps */
        e = orders_bought(o->deps.orders, cx, in->user_id, old.product_id, &now.order_item_id);
    if (!e)
        e = reviews_change(o->deps.reviews, cx, &now, if_match, &effect);
    if (!e)
        e = tell(o, cx, &effect);
    if (!e)
        *ret = effect.review;
    return e;
}

err opinion_remove(struct opinion *o, struct cx *cx, id user_id, id review_id, str if_match)
{
    struct reviews_effect effect;
    err e = reviews_remove(o->deps.reviews, cx, user_id, review_id, if_match, &effect);
    return e ? e : tell(o, cx, &effect);
}

err opinion_judge(struct opinion *o, struct cx *cx, id review_id, enum reviews_status status,
    str if_match, struct reviews_review *ret)
{
    struct reviews_effect effect;
    err e = reviews_judge(o->deps.reviews, cx, review_id, status, if_match, &effect);
    if (!e)
        e = tell(o, cx, &effect);
    if (!e)
        *ret = effect.review;
    return e;
}

/* ---- the invariant ---- */

#define CHECK_PRODUCTS 500

err opinion_check(struct opinion *o, struct cx *cx, size_t *ret_wrong)
{
    id after = { .b = { 0 } };
    size_t n = CHECK_PRODUCTS;
    struct arena *life = cx->arena, *scratch = arena_open(0);
    err e = NULL;
    *ret_wrong = 0;
    cx->arena = scratch;
    while (!e && n == CHECK_PRODUCTS) {
        id *ids;
        struct reviews_total *totals;
        struct catalog_rating ratings[CHECK_PRODUCTS];
        arena_reset(scratch);
        e = reviews_total_page(o->deps.reviews, cx, after, CHECK_PRODUCTS, &ids, &totals, &n);
        if (!e)
            e = catalog_ratings(o->deps.catalog, cx, ids, n, ratings);
        for (size_t i = 0; !e && i < n; i++) {
            *ret_wrong += ratings[i].count != reviews_total_count(&totals[i]) ||
                          ratings[i].sum != reviews_total_sum(&totals[i]);
            after = ids[i];
        }
    }
    cx->arena = life;
    arena_close(scratch);
    return e;
}

/* ---- purchases that came to nothing ---- */

static err on_undone(void *service, struct cx *cx, const struct bus_event *event)
{
    struct opinion *o = service;
    struct orders_order order;
    err e = orders_get(
        o->deps.orders, cx, (struct orders_owner){ .staff = true }, event->aggregate, &order);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return NULL;
    }
    if (e || id_is_none(order.user_id))
        return e;
    id *items = NEW_N(cx->arena, order.lines_n, id);
    for (size_t i = 0; i < order.lines_n; i++)
        items[i] = order.lines[i].order_item_id;
    return reviews_unverify(o->deps.reviews, cx, order.user_id, items, order.lines_n);
}

static const struct bus_handler events[] = {
    { "order.cancelled", "opinion.cancelled", on_undone },
    { "order.refunded", "opinion.refunded", on_undone },
    { 0 },
};

const struct service opinion_service = {
    .name = "opinion",
    .folder = "src/flows/opinion/",
    .routes = opinion_routes,
    .page_routes = opinion_page_routes,
    .events = events,
    .pages = opinion_pages,
};
