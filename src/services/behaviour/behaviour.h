/* SPDX-License-Identifier: Apache-2.0
 * What shoppers do with products: shown at a place, clicked, looked at, put into a cart, bought;
 * counted by product and day, without who. And what that says of each product, for ranking. All
 * verbs but behaviour_note run in the caller's unit of work. */
#ifndef SOUK_SERVICES_BEHAVIOUR_BEHAVIOUR_H
#define SOUK_SERVICES_BEHAVIOUR_BEHAVIOUR_H

#include "platform/http/service.h"

struct behaviour;
extern const struct service behaviour_service;

struct behaviour_deps {
    struct db *db;
    struct rng rng;    /* salts what is forgotten within the hour */
    int64_t keep_days; /* days that are counted, at most 60; 0: 60 */
};
struct behaviour *behaviour_open(struct arena *life, struct behaviour_deps deps);
void behaviour_close(struct behaviour *b); /* NULL is a no-op; what was not flushed is lost */

/* ---- what is seen by the way: may be lost ---- */
enum behaviour_kind {
    BEHAVIOUR_SHOWN,   /* in a list that was looked at, at a position */
    BEHAVIOUR_CLICKED, /* there */
    BEHAVIOUR_VIEWED,  /* its page */
    BEHAVIOUR_CARTED,
    BEHAVIOUR_AD_SHOWN,   /* as sponsored: no part of what behaviour says of it */
    BEHAVIOUR_AD_CLICKED, /* there */
    BEHAVIOUR_KINDS_N,
};
extern const char *const behaviour_kind_names[BEHAVIOUR_KINDS_N + 1];
struct behaviour_event {
    enum behaviour_kind kind;
    id product_id;
    int64_t position; /* of shown and clicked: from 1 over all pages */
};
#define BEHAVIOUR_EVENTS_MAX 100 /* of one beacon */
/* Without a unit, from any thread, in memory. The same from the same cx->peer counts once an hour.
 * How many were taken. */
size_t behaviour_note(
    struct behaviour *b, const struct cx *cx, const struct behaviour_event *events, size_t n);
struct behaviour_ad {
    id product_id;
    int64_t shown, clicks;
};
/* WRITE, one at a time: writes what was noted of products that `known` knows; if the unit is not
 * committed, the next writes the same. What was seen of sponsored ones is for the caller, in the
 * same unit, in order of products. */
struct behaviour_known {
    err (*fn)(void *arg, struct cx *cx, const id *product_ids, size_t n, bool *ret);
    void *arg;
};
err behaviour_flush(struct behaviour *b, struct cx *cx, struct behaviour_known known,
    struct behaviour_ad **ret, size_t *ret_n) MUST_USE;

/* ---- what queries lead to: clicks, carts and orders; may be lost, as what is seen by the way ----
 */
#define BEHAVIOUR_QUERY_MAX 100                         /* bytes; longer ones are cut */
#define BEHAVIOUR_LED_MS (INT64_C(24) * 60 * 60 * 1000) /* from the click to the order */
/* Without a unit, from any thread, in memory: somebody searches for it; somebody comes from its
 * results to a product (position from 1 over all pages; 0: unknown). Queries are in the one form
 * that they are reported in. The same from the same cx->peer counts once an hour. */
void behaviour_asked(struct behaviour *b, const struct cx *cx, str query);
void behaviour_came(
    struct behaviour *b, const struct cx *cx, str query, id product_id, int64_t position);
/* Likewise: an order was placed. Products that the same cx->peer came to from a query in the last
 * BEHAVIOUR_LED_MS count for the last such query, once the order is confirmed and unless it is
 * cancelled within a day. What goes into a cart (BEHAVIOUR_CARTED) counts likewise, at once. */
void behaviour_ordering(
    struct behaviour *b, const struct cx *cx, id order_id, const id *product_ids, size_t n);
struct behaviour_query {
    str query;
    int64_t searches, clicks, carts, orders; /* orders: a product of an order is one */
    double position;                         /* of clicks, on average; 0: of none is it known */
};
/* The most frequent queries of the last days. */
err behaviour_queries_of(struct behaviour *b, struct cx *cx, int64_t days, int64_t limit,
    struct behaviour_query **ret, size_t *ret_n) MUST_USE;

/* ---- what was bought: counted exactly once ---- */
/* WRITE, from many units at once: an order was confirmed; undone, it counts no more, nor ever
 * again. As often as it is told, in any order; nothing is counted before behaviour_count. */
err behaviour_ordered(struct behaviour *b, struct cx *cx, id order_id, bool undone) MUST_USE;
struct behaviour_line {
    id order_id, product_id;
    int64_t units;
};
/* The lines of orders, in any order. */
struct behaviour_lines {
    err (*fn)(void *arg, struct cx *cx, const id *order_ids, size_t n, struct behaviour_line **ret,
        size_t *ret_n);
    void *arg;
};
/* WRITE: counts some orders of which it was told. Lines of one product are one; of the first 20
 * products of an order it is kept which were bought together. *ret_more: there are others. */
err behaviour_count(
    struct behaviour *b, struct cx *cx, struct behaviour_lines lines, bool *ret_more) MUST_USE;

/* ---- what it says ---- */
/* In thousandths: 1000 is as usual in this shop, 250 to 4000. */
struct behaviour_signal {
    id product_id;
    int64_t velocity;   /* units a day, recent ones count most */
    int64_t clicks;     /* beside what its positions would bring anything */
    int64_t conversion; /* orders beside views */
};
/* WRITE: weighs products of which there is news, or whose last news is a day older; those whose
 * signals changed. *ret_more: there may be others. */
err behaviour_weigh(struct behaviour *b, struct cx *cx, struct behaviour_signal **ret,
    size_t *ret_n, bool *ret_more) MUST_USE;
/* What is counted of one product, for staff; zeros when nothing is. */
struct behaviour_figures {
    int64_t shown, clicked, views, carts, orders, units; /* of the last 60 days */
    double expected;    /* clicks that its positions would bring anything */
    double units_a_day; /* recent ones count most */
    struct behaviour_signal signal;
};
err behaviour_figures_of(
    struct behaviour *b, struct cx *cx, id product_id, struct behaviour_figures *ret) MUST_USE;
/* What is counted of the whole shop in the last days, for staff. `shown` is weighed by how good
 * what stood there is: that of a usual product. */
#define BEHAVIOUR_RANGES_N 10
struct behaviour_report {
    struct behaviour_range {
        int64_t from, to; /* positions; to 0: and all beyond */
        int64_t shown, clicked;
    } ranges[BEHAVIOUR_RANGES_N];
    int64_t views, carts, orders, units; /* orders: a product of an order is one */
};
err behaviour_report_of(
    struct behaviour *b, struct cx *cx, int64_t days, struct behaviour_report *ret) MUST_USE;
/* What was bought with a product most, beside how often each is bought at all. */
err behaviour_together(struct behaviour *b, struct cx *cx, id product_id, int64_t limit, id **ret,
    size_t *ret_n) MUST_USE;

/* ---- consent ---- */
/* Whether a user wants lists in an order of their own; not unless they said so. */
err behaviour_personal(struct behaviour *b, struct cx *cx, id user_id, bool *ret) MUST_USE;
err behaviour_set_personal(struct behaviour *b, struct cx *cx, id user_id, bool on) MUST_USE;

#endif
