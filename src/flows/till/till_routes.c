/* SPDX-License-Identifier: Apache-2.0
 * The table of the till's routes. Called by the gateway; must never hold a handler itself. */
#include "flows/till/till_internal.h"

static const problem *const webhook_problems[] = { &PAY_WEBHOOK_REFUSED, NULL };

const struct route till_routes[] = {
    { .method = "POST",
        .path = "/api/v1/webhooks/{provider}",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .body_max = PAYMENTS_WEBHOOK_BYTES_MAX,
        .in = &till_webhook_shape,
        .out = &till_received_shape,
        .problems = webhook_problems,
        .before = till_before_webhook,
        .fn = till_post_webhook,
        .summary = "What a payment provider tells by itself, signed by it" },
    ROUTES_END,
};
