/* SPDX-License-Identifier: Apache-2.0
 * Orders as they were: lines with the price paid, the address as it was, sums, and every move of
 * the state with actor, time and reason. Who may move and what else must happen is a flow's. All
 * verbs run in the caller's unit. */
#ifndef SOUK_SERVICES_ORDERS_ORDERS_H
#define SOUK_SERVICES_ORDERS_ORDERS_H

#include "base/json.h"
#include "platform/http/service.h"
#include "services/orders/orders_back.h"
#include "services/orders/orders_order.h"
#include "services/orders/orders_sold.h"

struct orders;
extern const struct service orders_service;
extern const problem ORDERS_MOVE_REFUSED; /* 409 order_state_conflict: not from this state */
extern const problem ORDERS_STALE;        /* 412 order_changed: if_match is of another version */
struct orders_deps {
    struct db *db;
    struct bus *bus;      /* may be NULL in tests */
    bool silent;          /* no events: for writing history (demo, migrations from other shops) */
    int64_t check_orders; /* in one statement of orders_check; 0: 20,000 */
    int64_t window;       /* looked through for a page of one status; 0: 5,000 */
};
struct orders *orders_open(struct arena *life, struct orders_deps deps);

/* Limits: 100 lines. number is drawn here. Emits "order.placed". in->order_id is given; the same
 * one twice is DB_DUPLICATE. Sums that do not hold are our bug. created_ms 0: now; payment_status
 * absent: "pending"; cart_hash is kept for guests only. */
err orders_place(
    struct orders *o, struct cx *cx, const struct orders_order *in, str *ret_number) MUST_USE;
/* One move by the table in orders_domain.c; anything else is ORDERS_MOVE_REFUSED. Records actor
 * (none: the system), reason, time. Emits "order.<to>" ("order.confirmed", ...). */
struct orders_move {
    id order_id, actor_id;
    enum orders_status to;
    str reason, payment_status, tracking; /* absent: unchanged; the carrier's number, or none */
    str if_match;                         /* see platform/http; absent: any */
    const struct orders_order *placed;    /* as orders_place got it: looked at only if it is not */
};
err orders_move(struct orders *o, struct cx *cx, struct orders_move in) MUST_USE;
/* A pending order is to be cancelled by whoever places it, for in.reason, by in.actor_id; nothing
 * else of `in` is looked at but if_match. Again: nothing. Not pending: ORDERS_MOVE_REFUSED. Should
 * it be confirmed all the same, that emits "order.withdrawn" too, and it can only be cancelled. */
err orders_withdraw(struct orders *o, struct cx *cx, struct orders_move in) MUST_USE;
/* The same of one group of a confirmed order, whose status is what orders_domain_status makes of
 * its groups. Emits "order.group_moved", and "order.<to>" when the order moves with it. A move of
 * the order takes along the groups that are where it is. ERR_MISSING: no such group. */
struct orders_group_move {
    id order_id, actor_id;
    size_t group;
    enum orders_status to;
    str reason, tracking, if_match;
    id refund_id; /* kept with the group; none: as before */
};
err orders_group_move(struct orders *o, struct cx *cx, struct orders_group_move in) MUST_USE;
err orders_payment_status(
    struct orders *o, struct cx *cx, id order_id, str payment_status) MUST_USE;

/* Whole, with lines. ERR_MISSING when it is not there or not the owner's; staff sees all. */
struct orders_owner {
    id user_id;
    str cart_hash;
    bool staff;
};
err orders_get(struct orders *o, struct cx *cx, struct orders_owner owner, id order_id,
    struct orders_order *ret) MUST_USE;
/* Newest first, with lines, older than `before` (none: from the newest). */
struct orders_page {
    id user_id, before;
    int64_t limit, skip; /* limit: 1..100; skip: for page numbers, at most 5000 */
};
err orders_list(struct orders *o, struct cx *cx, struct orders_page in, struct orders_order **ret,
    size_t *ret_n) MUST_USE;
err orders_count(struct orders *o, struct cx *cx, id user_id, int64_t *ret_n) MUST_USE;
/* Whether the next order is the user's first: cancelled ones count for nothing, pending ones do. */
err orders_first(struct orders *o, struct cx *cx, id user_id, bool *ret) MUST_USE;
/* The line of the user's latest order of the product that is paid for and not undone, or none. */
err orders_bought(
    struct orders *o, struct cx *cx, id user_id, id product_id, id *ret_order_item_id) MUST_USE;
struct orders_event {
    enum orders_status from, to;
    id actor_id, refund_id; /* refund_id not none: no move; this refund came back, */
    bool repaid;            /* or was paid another way then */
    str reason, tracking;
    int64_t at_ms, group; /* group: whose move it is; -1: the order's */
};
/* Oldest first; the first is the placement, from and to the same. */
err orders_history(struct orders *o, struct cx *cx, id order_id, struct orders_event **ret,
    size_t *ret_n) MUST_USE;

/* ---- for staff: every order, without lines ---- */
struct orders_brief {
    id order_id, user_id; /* user none: a guest */
    str number, email, payment_status;
    enum orders_status status;
    money total;
    int64_t created_ms;
};
/* For each of n ids; unknown ones have order_id none. */
err orders_briefs(struct orders *o, struct cx *cx, const id *order_ids, size_t n,
    struct orders_brief *ret) MUST_USE;
/* Newest first, older than `before` (none: from the newest). With a status only deps.window orders
 * are looked at, so a page may be short: *ret_more is where to go on, none at the end. */
struct orders_every {
    id before;
    int64_t limit;             /* 1..100 */
    bool by_status;            /* else all */
    enum orders_status status; /* when by_status */
};
err orders_all(struct orders *o, struct cx *cx, struct orders_every in, struct orders_brief **ret,
    size_t *ret_n, id *ret_more) MUST_USE;
/* A buyer's: those of the user (may be none), and what guests ordered under the e-mail. */
struct orders_buyer {
    id before, user_id;
    str email;
    int64_t limit; /* 1..100 */
};
err orders_of_buyer(struct orders *o, struct cx *cx, struct orders_buyer in,
    struct orders_brief **ret, size_t *ret_n) MUST_USE;
/* ERR_MISSING: no order has the number. */
err orders_by_number(struct orders *o, struct cx *cx, str number, id *ret_order_id) MUST_USE;
/* Of the newest ORDERS_SUMMED orders since a time: by day (since 1970, UTC), status, currency. */
#define ORDERS_SUMMED 20000
struct orders_day {
    int64_t day, orders;
    enum orders_status status;
    money total;
};
err orders_days(struct orders *o, struct cx *cx, int64_t since_ms, struct orders_day **ret,
    size_t *ret_n) MUST_USE;
/* A guest's orders become the user's who registers with the cart token; it shows them no more. */
err orders_adopt(struct orders *o, struct cx *cx, str cart_hash, id user_id) MUST_USE;
/* Invariants for `souk check-data`: orders whose sums or lines disagree. */
err orders_check(struct orders *o, struct cx *cx, size_t *ret_wrong) MUST_USE;
/* Payload of all order events; the aggregate is the order. */
struct orders_changed {
    id order_id, user_id;
    str number, status, email, reason, currency;
    money total;
    int64_t fulfilment_group; /* from 1; this and seller_id: of "order.group_moved" */
    id seller_id;
    str *parcels; /* of "order.confirmed": where each of several goes */
    size_t parcels_n;
};
extern const struct json_shape orders_changed_shape;

#endif
