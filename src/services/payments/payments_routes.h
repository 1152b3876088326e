/* SPDX-License-Identifier: Apache-2.0
 * The tables of payments that its service struct shows: routes and jobs. For this folder only; must
 * never be called by another. */
#ifndef SOUK_SERVICES_PAYMENTS_PAYMENTS_ROUTES_H
#define SOUK_SERVICES_PAYMENTS_PAYMENTS_ROUTES_H

#include "platform/http/route.h"

struct payments;

extern const struct route payments_routes[];
/* A batch of the job that forgets old webhooks. */
err payments_webhook_prune(void *service, struct cx *cx, bool *ret_more);

#endif
