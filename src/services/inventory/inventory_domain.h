/* SPDX-License-Identifier: Apache-2.0
 * The rules of stock: values in, values out. Called by inventory.c with rows it has locked; must
 * never do I/O or read a clock. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_DOMAIN_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_DOMAIN_H

#include "services/inventory/inventory.h"

/* Sorts by (product, variant) and sums lines of the same variant in place; returns the new count.
 * The order is the one in which rows are locked. */
size_t inventory_domain_merge(struct inventory_line *lines, size_t n);

/* What to take from each level (same index) so that the sum is `quantity`: the first level that
 * has it all, else as few levels as possible, larger ones first, ties to the lower index.
 * False: together they have less; *ret_left is what they have, and ret_take is untouched. */
bool inventory_domain_allocate(const struct inventory_level *levels, size_t n, int64_t quantity,
    int64_t *ret_take, int64_t *ret_left) MUST_USE;

/* The level after a movement, and the change of on hand. INVENTORY_BELOW_ZERO when on hand would
 * fall below reserved; ERR_INVALID for a quantity that the kind does not allow. */
err inventory_domain_move(struct cx *cx, struct inventory_level level, enum inventory_kind kind,
    int64_t quantity, struct inventory_level *ret, int64_t *ret_change) MUST_USE;

/* Whether a change of what is available is worth an event: sold out, back, or crossing low_at. */
bool inventory_domain_notable(int64_t before, int64_t after, int64_t low_at);
/* Whether it fell to low_at or below just now. */
bool inventory_domain_became_low(int64_t before, int64_t after, int64_t low_at);

#endif
