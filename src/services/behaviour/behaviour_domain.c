/* SPDX-License-Identifier: Apache-2.0
 * From counts to signals. Called by the verbs. Must say exactly 1000 of a product of which nothing
 * is known, and little of one of which little is known. */
#include "services/behaviour/behaviour_domain.h"

#include <math.h>

#define CURVE_TRUST 300 /* times shown, weighed, until own data says as much as the prior */
#define CLICKS_TRUST 6  /* expected clicks, likewise */
#define VIEWS_TRUST 60  /* views */
#define SHOP_ORDERS 2.0 /* what a shop without data is taken to have: 3 orders of 100 views */
#define SHOP_VIEWS 66.7
#define TOGETHER_TRUST 3 /* orders */

/* Where people look, after what is published of such curves: steep, then flat. */
static const double curve_prior[BEHAVIOUR_PLACES_N] = { 0.28, 0.17, 0.12, 0.09, 0.07, 0.05, 0.04,
    0.025, 0.012, 0.006 };
static const int64_t place_ends[BEHAVIOUR_PLACES_N - 1] = { 1, 2, 3, 4, 6, 9, 12, 24, 48 };

const char *const behaviour_kind_names[BEHAVIOUR_KINDS_N + 1] = { "shown", "clicked", "viewed",
    "carted", "ad_shown", "ad_clicked", NULL };

int64_t behaviour_place_of(int64_t position)
{
    int64_t place = 0;
    while (place < BEHAVIOUR_PLACES_N - 1 && position > place_ends[place])
        place++;
    return place;
}

int64_t behaviour_place_end(int64_t place)
{
    return place < BEHAVIOUR_PLACES_N - 1 ? place_ends[place] : 0;
}

double behaviour_weight_of(int64_t age_days)
{
    return exp2(-(double)(age_days > 0 ? age_days : 0) / BEHAVIOUR_HALF_LIFE_DAYS);
}

struct behaviour_curve behaviour_curve_of(const struct behaviour_place of[BEHAVIOUR_PLACES_N])
{
    struct behaviour_curve curve;
    for (size_t i = 0; i < BEHAVIOUR_PLACES_N; i++) {
        double clicks =
            (of[i].clicked + CURVE_TRUST * curve_prior[i]) / (of[i].shown + CURVE_TRUST);
        curve.clicks[i] = clicks > 0.95 ? 0.95 : clicks;
    }
    return curve;
}

/* Of one unit on each of the days that count, one a day. */
double behaviour_units_a_day(double units_weighed)
{
    double days = 0;
    for (int64_t i = 0; i < BEHAVIOUR_DAYS; i++)
        days += behaviour_weight_of(i);
    return units_weighed / days;
}

static int64_t thousandths(double ratio)
{
    double bounded = ratio < 0.25 ? 0.25 : ratio > 4 ? 4 : ratio;
    return lround(bounded * 1000);
}

/* Views are those of browsers that tell; orders are all: never more of these. */
static double at_least(double views, double orders)
{
    return views > orders ? views : orders;
}

struct behaviour_signal behaviour_signal_of(struct behaviour_counts c, struct behaviour_usual usual)
{
    double rate = (usual.orders + SHOP_ORDERS) / (at_least(usual.views, usual.orders) + SHOP_VIEWS);
    double views = at_least(c.views, c.orders);
    double selling = usual.units_a_day > 0 ? behaviour_units_a_day(c.units) / usual.units_a_day : 0;
    return (struct behaviour_signal){
        .velocity = thousandths(1 + log2(1 + selling)),
        .clicks = thousandths((c.clicked + CLICKS_TRUST) / (c.expected + CLICKS_TRUST)),
        .conversion = thousandths((c.orders + VIEWS_TRUST * rate) / ((views + VIEWS_TRUST) * rate)),
    };
}

double behaviour_affinity(int64_t both, int64_t one, int64_t other)
{
    double apart = sqrt((double)one * (double)other);
    return both > 0 ? (double)both / (apart + TOGETHER_TRUST) : 0;
}
