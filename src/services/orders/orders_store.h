/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for the verbs of orders.c. No decisions. For this folder only. */
#ifndef SOUK_SERVICES_ORDERS_ORDERS_STORE_H
#define SOUK_SERVICES_ORDERS_ORDERS_STORE_H

#include "services/orders/orders.h"

/* The body of the service; only files of this folder see it. */
struct orders {
    struct orders_deps deps;
};

/* "order.<to>", or "order.group_moved" when it is of a group (orders.c). */
err orders_emit(
    struct orders *o, struct cx *cx, enum orders_status to, struct orders_changed what) MUST_USE;
/* What is told of it that is no move: "order.refund_failed", "order.withdrawn", ... */
err orders_emit_as(struct orders *o, struct cx *cx, const char *type, enum orders_status status,
    struct orders_changed what) MUST_USE;

/* Writes the order's row, its lines and the first row of its history. created_ms and number are
 * the order's own. DB_DUPLICATE: its id or its number is taken. */
err orders_store_add(struct orders *o, struct cx *cx, const struct orders_order *in) MUST_USE;

/* Whole orders in cx->arena. */
err orders_store_get(struct orders *o, struct cx *cx, struct orders_owner owner, id order_id,
    struct orders_order *ret, bool *ret_found) MUST_USE;
err orders_store_list(struct orders *o, struct cx *cx, struct orders_page in,
    struct orders_order **ret, size_t *ret_n) MUST_USE;

/* What a move needs to know of an order; its row is locked. */
#define ORDERS_VERSION_FIRST 1 /* of orders.order_add */
struct orders_head {
    id user_id;
    str email, number;
    enum orders_status status;
    money total;
    int64_t version, was; /* was: as it was locked */
    size_t groups_n;      /* of one there is no row */
    str withdrawn;
    int64_t delivered_ms; /* for a move: when the last of its groups was; 0: not one of them says */
};
err orders_store_lock(struct orders *o, struct cx *cx, id order_id, struct orders_head *ret,
    bool *ret_found) MUST_USE;
/* Writes the move and its row of history; head is the order as it was locked, or as it is taken to
 * be: of another version the unit fails. */
err orders_store_move(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_move *in) MUST_USE;

/* Notes in->reason and in->actor_id; it moves nowhere. */
err orders_store_withdraw(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_move *in) MUST_USE;

/* The groups of an order that has several. */
err orders_store_groups(struct orders *o, struct cx *cx, id order_id, currency of,
    struct orders_group **ret, size_t *ret_n) MUST_USE;
/* Writes the marked groups of those n, in one batch. */
err orders_store_move_groups(struct orders *o, struct cx *cx, const struct orders_group_move *in,
    const bool *moves, size_t n) MUST_USE;
err orders_store_group_history(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_group_move *in, enum orders_status from) MUST_USE;
/* The order stays where it is, but it is not what it was: the next version. */
err orders_store_touch(
    struct orders *o, struct cx *cx, const struct orders_head *head, id order_id) MUST_USE;
/* Whether the refund came back, and was repaid. */
#define ORDERS_REFUND_FAILED "refund_failed" /* the reason of the row that says so */
err orders_store_refund_of(struct orders *o, struct cx *cx, id order_id, id refund_id,
    bool *ret_failed, bool *ret_repaid) MUST_USE;
/* A row of the history that is no move, by cx->who. */
err orders_store_refund_add(struct orders *o, struct cx *cx, const struct orders_head *head,
    id order_id, id refund_id, const char *reason) MUST_USE;

#endif
