/* SPDX-License-Identifier: Apache-2.0
 * Orders to counts, counts to signals, signals to the search. Called by the bus, a timer and a job;
 * must never decide what a count means. */
#include "flows/ranking/ranking.h"

#include "base/instant.h"

struct ranking {
    struct ranking_deps deps;
};

struct ranking *ranking_open(struct arena *life, struct ranking_deps deps)
{
    struct ranking *r = NEW(life, struct ranking);
    r->deps = deps;
    return r;
}

static err known(void *arg, struct cx *cx, const id *product_ids, size_t n, bool *ret)
{
    struct ranking *r = arg;
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    err e = catalog_products(r->deps.catalog, cx,
        (struct catalog_wanted){ .product_ids = product_ids, .n = n }, products);
    for (size_t i = 0; !e && i < n; i++)
        ret[i] = !id_is_none(products[i].product_id);
    return e;
}

err ranking_flush(struct ranking *r, struct cx *cx)
{
    struct behaviour_ad *ads;
    size_t n;
    err e = behaviour_flush(r->deps.behaviour, cx, (struct behaviour_known){ known, r }, &ads, &n);
    if (e || n == 0)
        return e;
    struct campaigns_seen *seen = NEW_N(cx->arena, n, struct campaigns_seen);
    for (size_t i = 0; i < n; i++)
        seen[i] = (struct campaigns_seen){ ads[i].product_id, ads[i].shown, ads[i].clicks };
    return campaigns_charge(r->deps.campaigns, cx, seen, n);
}

err ranking_weigh(struct ranking *r, struct cx *cx, bool *ret_more)
{
    struct behaviour_signal *signals;
    size_t n;
    err e = behaviour_weigh(r->deps.behaviour, cx, &signals, &n, ret_more);
    if (e || n == 0)
        return e;
    struct search_signals *rows = NEW_N(cx->arena, n, struct search_signals);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct search_signals){ .product_id = signals[i].product_id,
            .velocity = signals[i].velocity,
            .clicks = signals[i].clicks,
            .conversion = signals[i].conversion };
    return r->deps.search->signals(r->deps.search->self, cx, rows, n);
}

static err weigh(void *service, struct cx *cx, bool *ret_more)
{
    return ranking_weigh(service, cx, ret_more);
}

/* ---- orders ---- */
/* The aggregate of order events is the order. */
static err on_confirmed(void *service, struct cx *cx, const struct bus_event *event)
{
    struct ranking *r = service;
    return behaviour_ordered(r->deps.behaviour, cx, event->aggregate, false);
}

static err on_cancelled(void *service, struct cx *cx, const struct bus_event *event)
{
    struct ranking *r = service;
    return behaviour_ordered(r->deps.behaviour, cx, event->aggregate, true);
}

static err lines_of(void *arg, struct cx *cx, const id *order_ids, size_t n,
    struct behaviour_line **ret, size_t *ret_n)
{
    struct ranking *r = arg;
    struct orders_sold *sold;
    err e = orders_sold(r->deps.orders, cx, order_ids, n, &sold, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n + 1, struct behaviour_line);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] =
            (struct behaviour_line){ sold[i].order_id, sold[i].product_id, sold[i].quantity };
    return NULL;
}

static err count(void *service, struct cx *cx, bool *ret_more)
{
    struct ranking *r = service;
    return behaviour_count(
        r->deps.behaviour, cx, (struct behaviour_lines){ lines_of, r }, ret_more);
}

static const struct bus_handler events[] = {
    { "order.confirmed", "ranking.bought", on_confirmed },
    { "order.cancelled", "ranking.unbought", on_cancelled },
    { 0 },
};
static const struct job jobs[] = { { "ranking.count", 5 * SECOND_MS, count },
    { "ranking.weigh", 30 * SECOND_MS, weigh }, { 0 } };

const struct service ranking_service = {
    .name = "ranking",
    .folder = "src/flows/ranking/",
    .events = events,
    .jobs = jobs,
};
