/* SPDX-License-Identifier: Apache-2.0
 * Signatures of webhooks, of the form "t=<Unix seconds>,v1=<hex HMAC-SHA-256 of t.body>". Called by
 * the adapters. Must never look into a body whose signature was not checked. */
#ifndef SOUK_PLATFORM_PAY_PAY_WEBHOOK_H
#define SOUK_PLATFORM_PAY_PAY_WEBHOOK_H

#include "platform/pay/pay.h"

#define PAY_WEBHOOK_SKEW_S 300

/* secrets: one, or several with commas between, of which any may have signed (while one replaces
 * another). PAY_WEBHOOK_REFUSED: none did, or the time is more than 300 s from cx->now_ms. */
err pay_webhook_check(struct cx *cx, str secrets, str header, str body) MUST_USE;
/* The header for it, in the arena. */
str pay_webhook_sign(struct arena *arena, str secret, int64_t signed_ms, str body);

#endif
