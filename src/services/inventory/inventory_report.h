/* SPDX-License-Identifier: Apache-2.0
 * What will be needed: stock that runs out. Part of inventory.h, which includes it. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_REPORT_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_REPORT_H

#include "services/inventory/inventory.h"

struct inventory_forecast {
    int64_t available, coming, sold; /* sold: less what cancelled orders gave back */
    double daily;                    /* sold a day */
    int64_t cover_days;              /* until it is sold out at that rate, at most 3650 */
    int64_t reorder; /* units to have cover_wanted days of it, with what is coming */
};
/* For each of n keys, by the sales of the last days (1..365), so that stock lasts cover_wanted. */
struct inventory_window {
    int64_t days, cover_wanted;
};
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
