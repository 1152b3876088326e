/* SPDX-License-Identifier: Apache-2.0
 * Where countries and some of their regions are, and how far that is. Called by the reservations to
 * rank warehouses; must never do I/O. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_PLACES_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_PLACES_H

#include "base/str.h"

struct inventory_point {
    double latitude, longitude; /* degrees, north and east */
};
/* The middle of the region, else of the country (ISO 3166-1 alpha-2; of the United States, Canada
 * and Australia the states by their short names). False: unknown country. */
bool inventory_places_find(str country, str region, struct inventory_point *ret) MUST_USE;
/* Great-circle distance in whole kilometres. */
int64_t inventory_places_km(struct inventory_point a, struct inventory_point b);

#endif
