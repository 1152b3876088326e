/* SPDX-License-Identifier: Apache-2.0
 * The route table of gift, for its service struct only. */
#ifndef SOUK_SERVICES_GIFT_GIFT_ROUTES_H
#define SOUK_SERVICES_GIFT_GIFT_ROUTES_H

#include "platform/http/route.h"

extern const struct route gift_routes[];

#endif
