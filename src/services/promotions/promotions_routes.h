/* SPDX-License-Identifier: Apache-2.0
 * The route table of promotions, for promotions.c. */
#ifndef SOUK_SERVICES_PROMOTIONS_PROMOTIONS_ROUTES_H
#define SOUK_SERVICES_PROMOTIONS_PROMOTIONS_ROUTES_H

#include "platform/http/route.h"

extern const struct route promotions_routes[];

#endif
