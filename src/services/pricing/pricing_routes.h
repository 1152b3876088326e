/* SPDX-License-Identifier: Apache-2.0
 * The route table of pricing, for its service struct only. */
#ifndef SOUK_SERVICES_PRICING_PRICING_ROUTES_H
#define SOUK_SERVICES_PRICING_PRICING_ROUTES_H

#include "platform/http/route.h"

extern const struct route pricing_routes[];

#endif
