/* SPDX-License-Identifier: Apache-2.0
 * The route table of catalog, for its service struct only. */
#ifndef SOUK_SERVICES_CATALOG_CATALOG_ROUTES_H
#define SOUK_SERVICES_CATALOG_CATALOG_ROUTES_H

#include "platform/http/route.h"

extern const struct route catalog_routes[];

#endif
