/* SPDX-License-Identifier: Apache-2.0
 * The rules of stock: values in, values out. Called by inventory.c with rows it has locked; must
 * never do I/O or read a clock. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_DOMAIN_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_DOMAIN_H

#include "services/inventory/inventory.h"

/* Sorts by (product, variant) and sums lines of the same variant in place; returns the new count.
 * The order is the one in which rows are locked. */
size_t inventory_domain_merge(struct inventory_line *lines, size_t n);

/* A warehouse that has something of a line: lower ranks are asked first. */
struct inventory_place {
    id warehouse_id;
    int64_t available, rank;
};
/* A line and where it may come from; `places` are sorted by inventory_domain_sort. */
struct inventory_demand {
    int64_t quantity;
    struct inventory_place *places;
    size_t places_n;
    int64_t *take; /* result: from each place, summing to `quantity` */
    int64_t left;  /* result: what all places have together */
};
/* By rank, then id. */
void inventory_domain_sort(struct inventory_place *places, size_t n);
/* Divides an order over the warehouses: all of it from one if one has it all; else each line from
 * one where one has it, over as few for the order as a greedy search finds; else a line over as few
 * as can have it. Among equals the lower rank, then the lower id. False: some line has `left` <
 * `quantity`, and nothing is taken. `scratch` holds what it works with. */
bool inventory_domain_allocate(
    struct arena *scratch, struct inventory_demand *demands, size_t n) MUST_USE;
/* How early a warehouse is asked: by its priority alone, or, when the goods' way is known, by how
 * far it is, what sending costs there, and whether a border lies between. */
struct inventory_way {
    bool known, abroad;
    int64_t km, cost, priority;
};
int64_t inventory_domain_rank(struct inventory_way way);

/* The level after a movement, and the change of on hand. INVENTORY_BELOW_ZERO when on hand would
 * fall below reserved; ERR_INVALID for a quantity that the kind does not allow. */
err inventory_domain_move(struct cx *cx, struct inventory_level level, enum inventory_kind kind,
    int64_t quantity, struct inventory_level *ret, int64_t *ret_change) MUST_USE;

/* Whether a change of what is available is worth an event: sold out, back, or crossing low_at. */
bool inventory_domain_notable(int64_t before, int64_t after, int64_t low_at);
/* Whether it fell to low_at or below just now. */
bool inventory_domain_became_low(int64_t before, int64_t after, int64_t low_at);
/* How long what is there will last, from what was sold in the window (below 0 counts as none). */
struct inventory_forecast inventory_domain_forecast(
    int64_t available, int64_t coming, int64_t sold, struct inventory_window window);

#endif
