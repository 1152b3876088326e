/* SPDX-License-Identifier: Apache-2.0
 * The route table of inventory, for its service struct only. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_ROUTES_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_ROUTES_H

#include "platform/http/route.h"

extern const struct route inventory_routes[];

#endif
