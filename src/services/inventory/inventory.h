/* SPDX-License-Identifier: Apache-2.0
 * Stock: what is on hand, what is promised, and who gets the last one. All verbs run in the
 * caller's unit; those that change something need a WRITE unit. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_H

#include "base/json.h"
#include "platform/http/service.h"

struct inventory;
extern const struct service inventory_service;
extern const problem INVENTORY_OUT_OF_STOCK;      /* 409 insufficient_stock */
extern const problem INVENTORY_RESERVATION_GONE;  /* 409: expired or released before the payment */
extern const problem INVENTORY_SOLD;              /* 409: sold units are not released */
extern const problem INVENTORY_WAREHOUSE_UNKNOWN; /* 422 */
extern const problem INVENTORY_BELOW_ZERO;        /* 409: would go below what is reserved */
extern const problem INVENTORY_CODE_TAKEN;        /* 409: warehouse code */
struct bus;
/* Whether the variant is one of the product's, published or not; in a READ unit. */
struct inventory_articles {
    err (*has)(void *arg, struct cx *cx, id product_id, id variant_id, bool *ret);
    void *arg;
};
struct inventory_deps {
    struct db *db;
    struct bus *bus;                    /* may be NULL in tests */
    int64_t check_levels;               /* in one statement of inventory_check; 0: 50,000 */
    struct inventory_articles articles; /* .has NULL: every article is there */
};
struct inventory *inventory_open(struct arena *life, struct inventory_deps deps);
/* Limits: 100 lines an order, 1,000,000 units a line, 10^12 on hand. */
#define INVENTORY_LINES_MAX 100
#define INVENTORY_QTY_MAX 1000000
#define INVENTORY_ON_HAND_MAX INT64_C(1000000000000)
#define INVENTORY_HOLD_MS (10 * 60 * 1000)

/* ---- warehouses ---- */
struct inventory_warehouse {
    id warehouse_id;
    str code, name, country;
    int64_t priority;           /* 0..1000, lower is asked first */
    double latitude, longitude; /* degrees; both 0: the middle of its country */
    int64_t cost; /* of sending a parcel from it, in the kilometres that it is worth */
};
/* INVENTORY_CODE_TAKEN: another warehouse has the code. A given warehouse_id is kept (imports). */
err inventory_warehouse_add(
    struct inventory *inv, struct cx *cx, struct inventory_warehouse in, id *ret_id) MUST_USE;
err inventory_warehouse_list(
    struct inventory *inv, struct cx *cx, struct inventory_warehouse **ret, size_t *ret_n) MUST_USE;

/* ---- levels ---- */
struct inventory_level {
    id warehouse_id;
    int64_t on_hand, reserved, available, low_at, version;
};
/* All levels of a variant, by priority; in cx->arena. Unknown variants have none. */
err inventory_levels(struct inventory *inv, struct cx *cx, id product_id, id variant_id,
    struct inventory_level **ret, size_t *ret_n) MUST_USE;
struct inventory_key {
    id product_id, variant_id;
};
/* Units that can be sold now, over all warehouses, for each of n keys; ret_available has n. */
err inventory_available(struct inventory *inv, struct cx *cx, const struct inventory_key *keys,
    size_t n, int64_t *ret_available) MUST_USE;
enum inventory_kind {     /* of a movement; stored as text, see inventory_kind_names */
    INVENTORY_RECEIPT,    /* goods came in: quantity > 0 */
    INVENTORY_ADJUSTMENT, /* a correction: quantity of either sign */
    INVENTORY_COUNT,      /* counted: quantity is the new on hand */
    INVENTORY_DAMAGE,     /* gone: quantity > 0 is taken off */
    INVENTORY_RETURN,     /* came back from a buyer: quantity > 0 */
    INVENTORY_SALE,       /* an order was confirmed; made by inventory_confirm only */
    INVENTORY_SENT,       /* left for another warehouse; made by inventory_transfer_send only */
    INVENTORY_ARRIVED,    /* came from one; made by inventory_transfer_receive only */
    INVENTORY_KINDS_N,
};
extern const char *const inventory_kind_names[INVENTORY_KINDS_N + 1]; /* NULL-terminated */
struct inventory_move {
    id product_id, variant_id, warehouse_id;
    enum inventory_kind kind;
    int64_t quantity;
    str reason, reference; /* may be absent */
    id actor_id;           /* none: the system */
};
/* Changes on hand and records the movement. INVENTORY_BELOW_ZERO: on hand would be less than
 * reserved. INVENTORY_WAREHOUSE_UNKNOWN. A level that does not exist begins at zero. */
err inventory_move(struct inventory *inv, struct cx *cx, struct inventory_move in,
    struct inventory_level *ret) MUST_USE;
/* At or below this many available units (over all warehouses; the highest mark of the variant's
 * levels counts) the variant is low. inventory.low_stock when that makes it so. */
struct inventory_mark {
    id product_id, variant_id, warehouse_id;
    int64_t low_at;
};
err inventory_low_at_set(struct inventory *inv, struct cx *cx, struct inventory_mark in,
    struct inventory_level *ret) MUST_USE;
/* For imports: counts n levels at once (INVENTORY_COUNT movements where something changes) without
 * events; the caller renews what is derived itself. Warehouses must exist. on_hand below what is
 * reserved is raised to it. */
struct inventory_stocktake {
    id product_id, variant_id, warehouse_id;
    int64_t on_hand;
};
err inventory_stocktake(struct inventory *inv, struct cx *cx,
    const struct inventory_stocktake *counts, size_t n) MUST_USE;
struct inventory_movement {
    id movement_id, warehouse_id, actor_id;
    str kind, reason, reference;
    int64_t change, before, after, created_ms;
};
/* Newest first, older than `before` (none: from the newest). */
struct inventory_history {
    id product_id, variant_id, before;
    int64_t limit;
};
err inventory_movements(struct inventory *inv, struct cx *cx, struct inventory_history in,
    struct inventory_movement **ret, size_t *ret_n) MUST_USE;

/* ---- reservations: one set per order ---- */
struct inventory_line {
    id product_id, variant_id;
    int64_t quantity; /* 1..INVENTORY_QTY_MAX */
};
/* Holds all lines (those of one variant are summed) for the order until expires_ms, or nothing.
 * Repeating an order_id changes nothing. INVENTORY_OUT_OF_STOCK: the field errors in cx name each
 * line short, with what is left. One warehouse sends all where it can: inventory_domain_allocate */
struct inventory_reserve {
    id order_id;
    bool is_new; /* the order_id: it has no reservations */
    const struct inventory_line *lines;
    size_t lines_n;
    int64_t expires_ms;
    str country, region; /* where it goes: the nearest and cheapest warehouse is asked first;
                            without a country, the one with the lowest priority */
    struct inventory_held **ret_held; /* or NULL; what is held, in cx->arena; NULL: a repeat */
};
err inventory_reserve(struct inventory *inv, struct cx *cx, struct inventory_reserve in) MUST_USE;
/* Before reserving, selling or giving back for several order_ids in one unit: locks what all of
 * that locks in one order, so that two units cannot wait for each other. lines: to be reserved. */
struct inventory_lock {
    const id *order_ids;
    const struct inventory_line *lines;
    size_t n, lines_n;
};
err inventory_lock(struct inventory *inv, struct cx *cx, struct inventory_lock in) MUST_USE;
/* The cheap half of it, in any unit: what inventory_reserve would say to each of n who want
 * something now. Writes and locks nothing; one statement for each variant. */
struct inventory_want {
    struct cx *cx; /* for the field errors */
    const struct inventory_line *lines;
    size_t lines_n;
    err refused; /* filled: INVENTORY_OUT_OF_STOCK, or NULL, which promises nothing */
};
err inventory_short(
    struct inventory *inv, struct cx *cx, struct inventory_want *wants, size_t n) MUST_USE;
/* The buyer is still at it: no live hold of the order ends before expires_ms. Holds that are over
 * time but not swept yet live again. Sold ones stay as they are.
 * INVENTORY_RESERVATION_GONE: there are none (never made, released or expired). */
err inventory_renew(struct inventory *inv, struct cx *cx, id order_id, int64_t expires_ms) MUST_USE;
/* Turns the order's reservations into sales: on hand and reserved go down, one movement each. A
 * repeat changes nothing. INVENTORY_RESERVATION_GONE also after inventory_restock. */
err inventory_confirm(struct inventory *inv, struct cx *cx, id order_id) MUST_USE;
/* The same of what inventory_reserve said to hold, and what should be held still: the reservations
 * are looked at only if not. */
err inventory_confirm_held(
    struct inventory *inv, struct cx *cx, id order_id, const struct inventory_held *held) MUST_USE;
/* Gives the order's reservations back; without any it does nothing. INVENTORY_SOLD: they were
 * confirmed, and nothing has changed; what undoes a sale is inventory_restock. */
err inventory_release(struct inventory *inv, struct cx *cx, id order_id) MUST_USE;
/* Puts the sold units of a cancelled order back where its sale took them (INVENTORY_RETURN
 * movements that refer to the order). A repeat finds nothing to put back and does nothing. */
err inventory_restock(struct inventory *inv, struct cx *cx, id order_id) MUST_USE;
/* For `souk check-data`: how many levels (at most 100) disagree with their live reservations, with
 * the sum of their movements, or in their sold reservations with what was not put back. */
err inventory_check(struct inventory *inv, struct cx *cx, size_t *ret_wrong) MUST_USE;

/* Payloads; the aggregate is the product. "inventory.stock_changed": sold out, back, crossed
 * low_at, or changed by hand. "inventory.low_stock": fell to low_at or below; once per crossing. */
struct inventory_stock_changed {
    id product_id, variant_id;
    int64_t available;
    bool low;
};
struct inventory_low_stock {
    id product_id, variant_id;
    int64_t available, low_at;
};
extern const struct json_shape inventory_stock_changed_shape, inventory_low_stock_shape;

#include "services/inventory/inventory_report.h" /* what will be needed */

#endif
