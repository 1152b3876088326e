/* SPDX-License-Identifier: Apache-2.0
 * From counts to signals: positions, decay, smoothing. Pure; for this service alone. */
#ifndef SOUK_SERVICES_BEHAVIOUR_BEHAVIOUR_DOMAIN_H
#define SOUK_SERVICES_BEHAVIOUR_BEHAVIOUR_DOMAIN_H

#include "services/behaviour/behaviour.h"

#define BEHAVIOUR_PLACES_N 10
#define BEHAVIOUR_DAYS 60           /* older days are forgotten */
#define BEHAVIOUR_HALF_LIFE_DAYS 14 /* a day counts half of one that is so much younger */

/* Positions are told apart where it matters: 1, 2, 3, 4, 5-6, 7-9, 10-12, 13-24, 25-48, beyond. */
int64_t behaviour_place_of(int64_t position);
/* The last position of a place; 0: it has no end. */
int64_t behaviour_place_end(int64_t place);

/* How much a day counts, so many days later. */
double behaviour_weight_of(int64_t age_days);

/* How often a usual product is clicked at each place. */
struct behaviour_curve {
    double clicks[BEHAVIOUR_PLACES_N];
};
/* shown: each time times how good the product is, so that what stands on top for being good does
 * not make the top look better than it is. Zeros give the curve that is known from elsewhere. */
struct behaviour_place {
    double shown, clicked;
};
struct behaviour_curve behaviour_curve_of(const struct behaviour_place of[BEHAVIOUR_PLACES_N]);

struct behaviour_counts { /* of a product, weighed by age */
    double expected, clicked, views, orders, units;
};
struct behaviour_usual {  /* of the shop */
    double views, orders; /* weighed by age */
    double units_a_day;   /* of products that sell; 0: none does */
};
double behaviour_units_a_day(double units_weighed);
struct behaviour_signal behaviour_signal_of(
    struct behaviour_counts c, struct behaviour_usual usual);

/* How much two products belong together: orders with both, beside orders with each. */
double behaviour_affinity(int64_t both, int64_t one, int64_t other);

#endif
