/* SPDX-License-Identifier: Apache-2.0
 * What shoppers of the whole shop did lately, for staff. Called by the back office; must never tell
 * of one shopper: no row does. */
#include <assert.h>

#include "base/instant.h"
#include "behaviour_sql.h"
#include "services/behaviour/behaviour_internal.h"

static_assert(BEHAVIOUR_RANGES_N == BEHAVIOUR_PLACES_N, "a range a place");

err behaviour_report_of(
    struct behaviour *b, struct cx *cx, int64_t days, struct behaviour_report *ret)
{
    struct behaviour_sql_report_places_row *rows;
    struct behaviour_sql_report_totals_row totals = { .views = 0 };
    size_t n;
    bool found = false;
    int64_t from = cx->now_ms / DAY_MS - days + 1;
    err e = behaviour_sql_report_places(
        b->deps.db, cx, (struct behaviour_sql_report_places_in){ .from_day = from }, &rows, &n);
    if (!e)
        e = behaviour_sql_report_totals(b->deps.db, cx,
            (struct behaviour_sql_report_totals_in){ .from_day = from }, &totals, &found);
    if (e)
        return e;
    struct behaviour_report r = {
        .views = totals.views, .carts = totals.carts, .orders = totals.orders, .units = totals.units
    };
    for (int64_t i = 0; i < BEHAVIOUR_RANGES_N; i++) {
        r.ranges[i].from = i ? behaviour_place_end(i - 1) + 1 : 1;
        r.ranges[i].to = behaviour_place_end(i);
    }
    for (size_t i = 0; i < n; i++) {
        ASSERT(rows[i].place >= 0 && rows[i].place < BEHAVIOUR_RANGES_N);
        r.ranges[rows[i].place].shown = rows[i].shown_milli / 1000;
        r.ranges[rows[i].place].clicked = rows[i].clicked;
    }
    *ret = r;
    return NULL;
}
