/* SPDX-License-Identifier: Apache-2.0
 * The route table of fraud, for its service struct and its tests only. */
#ifndef SOUK_SERVICES_FRAUD_FRAUD_ROUTES_H
#define SOUK_SERVICES_FRAUD_FRAUD_ROUTES_H

#include "platform/http/route.h"

extern const struct route fraud_routes[];

#endif
