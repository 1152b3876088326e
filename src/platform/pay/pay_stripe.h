/* SPDX-License-Identifier: Apache-2.0
 * Stripe over its public REST API, version 2024-06-20. Opened by src/app when it is configured.
 * Must never log the key, nor say "nothing happened" when a request may have arrived. */
#ifndef SOUK_PLATFORM_PAY_PAY_STRIPE_H
#define SOUK_PLATFORM_PAY_PAY_STRIPE_H

#include "platform/pay/pay.h"

struct http_client;
struct stripe_opts {
    struct http_client *http;
    str url;             /* "https://api.stripe.com" */
    str key;             /* secret: "sk_..." */
    str webhook_secret;  /* "whsec_...", or two with a comma; absent: all webhooks are refused */
    str origin;          /* put before a return_url that is a path */
    int64_t timeout_ms;  /* of a call; 0: 20000 */
    int64_t back_off_ms; /* before the first repeat of what was 429; 0: 250 */
};
/* Payments are PaymentIntents, confirmed as they are made; our key is their Idempotency-Key and
 * their metadata. What Stripe forgets after a day is found in that metadata, so that a capture or
 * refund is never done twice. find asks the search, which may lag, and then the list of the hour
 * around the key's time: when neither can tell, PAY_UNREACHABLE. 429 is tried three times, then
 * PAY_UNREACHABLE; 5xx and lost answers are PAY_UNKNOWN where something may have been done. */
void pay_stripe_open(struct arena *life, struct stripe_opts opts, struct pay *ret);

#endif
