/* SPDX-License-Identifier: Apache-2.0
 * What staff ask about stock as a whole: what is low, and what will be needed. In READ units; the
 * levels are those of inventory.h. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_REPORT_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_REPORT_H

#include "services/inventory/inventory.h"

struct inventory_forecast {
    int64_t available, coming;
    int64_t sold;       /* in the window, less what cancelled orders gave back */
    double daily;       /* sold a day */
    int64_t cover_days; /* until it is sold out at that rate, at most 3650 */
    int64_t reorder;    /* units to have cover_wanted days of it, with what is coming */
};
struct inventory_window {
    int64_t days;         /* 1..365: sales looked back on */
    int64_t cover_wanted; /* days that the stock should last */
};
/* For each of n keys. */
err inventory_forecasts(struct inventory *inv, struct cx *cx, const struct inventory_key *keys,
    size_t n, struct inventory_window window, struct inventory_forecast *ret) MUST_USE;
/* Variants at or below their mark, by key, after `after` (none: from the first). */
struct inventory_low {
    struct inventory_key key;
    int64_t on_hand, reserved, available, low_at;
};
err inventory_low_stock(struct inventory *inv, struct cx *cx, struct inventory_key after,
    int64_t limit, struct inventory_low **ret, size_t *ret_n) MUST_USE;
/* How many there are; *ret_more: at least so many, 100,000 levels were looked at. */
err inventory_low_count(
    struct inventory *inv, struct cx *cx, int64_t *ret_n, bool *ret_more) MUST_USE;

#endif
