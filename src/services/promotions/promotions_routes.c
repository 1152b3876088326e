/* SPDX-License-Identifier: Apache-2.0
 * Routes of promotions for staff, and the deals for everybody: decode, call one verb, encode.
 * Called by the gateway; must never decide anything. */
#include "services/promotions/promotions_routes.h"

const struct route promotions_routes[] = {
    ROUTES_END,
};
