/* SPDX-License-Identifier: Apache-2.0
 * The route table of the ledger, for its service struct only. */
#ifndef SOUK_SERVICES_LEDGER_LEDGER_ROUTES_H
#define SOUK_SERVICES_LEDGER_LEDGER_ROUTES_H

#include "platform/http/route.h"

extern const struct route ledger_routes[];

#endif
