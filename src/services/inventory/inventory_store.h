/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for the verbs of inventory.c: what several statements share. No decisions. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_STORE_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_STORE_H

#include "services/inventory/inventory.h"

/* The body of the service; only files of this folder see it. */
struct inventory {
    struct inventory_deps deps;
};

/* One hold of an order in one warehouse. */
struct inventory_hold {
    id product_id, variant_id, warehouse_id;
    int64_t quantity;
};

struct inventory_held {
    struct inventory_hold *holds; /* in key order */
    size_t n;
};

/* A level and, of its warehouse, what the choice depends on (not its names). */
struct inventory_shelf {
    struct inventory_level level;
    struct inventory_warehouse at;
};

/* The levels of a variant by priority. */
err inventory_store_levels(struct inventory *inv, struct cx *cx, struct inventory_key key,
    struct inventory_level **ret, size_t *ret_n) MUST_USE;
/* The same by id, locked against other writers, and whether the order (none: a new one) holds
 * something already. */
#define INVENTORY_LOCKS_MAX 1000 /* of one order's lines, in how many warehouses they may be */
err inventory_store_shelves_lock(struct inventory *inv, struct cx *cx, struct inventory_key key,
    id order_id, struct inventory_shelf **ret, size_t *ret_n, bool *ret_held) MUST_USE;
/* The level, made at zero when it is not there; locked. */
err inventory_store_level_ensure(struct inventory *inv, struct cx *cx, struct inventory_key key,
    id warehouse_id, struct inventory_level *ret) MUST_USE;

/* INVENTORY_WAREHOUSE_UNKNOWN */
err inventory_store_warehouse(struct inventory *inv, struct cx *cx, id warehouse_id) MUST_USE;
/* Changes on hand of a level by the rule of its kind and records the movement; tells nobody. */
err inventory_store_apply(struct inventory *inv, struct cx *cx, struct inventory_move in,
    struct inventory_level *ret, int64_t *ret_change) MUST_USE;

/* Writes the holds of an order (at least one) and raises `reserved` of their levels. Nothing is
 * written and *ret_repeat (NULL: the order is new) is true when it has holds by now: a twin was
 * faster. ERR_BUG when
 * a level has less than its hold: the caller holds the lock and has counted. */
err inventory_store_hold(struct inventory *inv, struct cx *cx, id order_id, int64_t expires_ms,
    const struct inventory_hold *holds, size_t n, bool *ret_repeat) MUST_USE;
/* Takes the live holds that end by until_ms (< INT64_MAX) off the order (rows removed, `reserved`
 * lowered), in key order. */
err inventory_store_unhold(struct inventory *inv, struct cx *cx, id order_id, int64_t until_ms,
    struct inventory_hold **ret, size_t *ret_n) MUST_USE;
/* Turns the live holds into sold ones and lowers both figures of the levels, with their movements.
 * ret_n: how many there were. */
err inventory_store_sell(struct inventory *inv, struct cx *cx, id order_id, size_t *ret_n) MUST_USE;
/* The same of holds that are taken to live, in key order; the unit fails where one does not. */
err inventory_store_sell_held(struct inventory *inv, struct cx *cx, id order_id,
    const struct inventory_hold *holds, size_t n) MUST_USE;
void inventory_store_sort(struct inventory_hold *holds, size_t n); /* into key order */
/* Removes the sold holds and returns them; levels are not touched. */
err inventory_store_unsell(struct inventory *inv, struct cx *cx, id order_id,
    struct inventory_hold **ret, size_t *ret_n) MUST_USE;

/* A round of the expiry job: holds that are over time are given back. */
err inventory_expire(struct inventory *inv, struct cx *cx, bool *ret_more) MUST_USE;

struct inventory_audit {
    id product_id, variant_id, warehouse_id, actor_id;
    enum inventory_kind kind;
    int64_t change, after;
    str reason, reference;
};
err inventory_store_audit(
    struct inventory *inv, struct cx *cx, const struct inventory_audit *rows, size_t n) MUST_USE;

#endif
