/* SPDX-License-Identifier: Apache-2.0
 * The payment provider port. Card data never comes here, only tokens. Every call carries a key
 * derived from our own row id, so it can be repeated: the provider answers a known key with its
 * first result. Calls block (on the provider's own executor, never in a lane or a loop). */
#ifndef SOUK_PLATFORM_PAY_PAY_H
#define SOUK_PLATFORM_PAY_PAY_H

#include "base/err.h"
#include "base/money.h"

extern const problem PAY_UNREACHABLE; /* KIND_UPSTREAM: nothing happened at the provider */
extern const problem PAY_UNKNOWN; /* KIND_UPSTREAM: the answer was lost; pay.find must be asked */

enum pay_state {
    PAY_STATE_NONE, /* the provider knows no such key */
    PAY_STATE_AUTHORIZED,
    PAY_STATE_CAPTURED,
    PAY_STATE_DECLINED,
    PAY_STATE_CHALLENGE, /* 3-D Secure: send the buyer to challenge_url */
    PAY_STATE_VOIDED,
    PAY_STATE_REFUNDED,
};
struct pay_request {
    str key; /* idempotency key, 1-64 characters */
    money amount;
    str token;      /* "pm_card_visa" */
    str reference;  /* our order number, shown on the statement */
    bool capture;   /* at once */
    str return_url; /* for challenges; may be absent */
};
struct pay_result {
    enum pay_state state;
    str provider_ref; /* "sb_..." */
    str decline_code; /* "card_declined", "insufficient_funds", "expired_card" */
    str decline_text; /* safe to show */
    str challenge_url;
    str brand, last4; /* of the card */
    int64_t captured_minor, refunded_minor;
};
struct pay {
    const char *name; /* "sandbox" */
    /* Calls answer NULL when the provider has decided, whatever it is: ret->state is the payment as
     * it is then. A capture, release or refund that the payment does not allow leaves it as it was,
     * and decline_code says why: not_capturable, not_releasable, not_refundable, amount_too_large,
     * currency_mismatch, unknown_reference (PAY_STATE_NONE). ERR_BUG: a known key with other
     * arguments. Texts are in cx->arena or static. */
    err (*authorize)(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret);
    /* The whole authorisation or a part; again while something is left. */
    err (*capture)(
        void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret);
    /* What was not captured goes back; PAY_STATE_VOIDED when nothing was. */
    err (*release)(void *self, struct cx *cx, str key, str provider_ref, struct pay_result *ret);
    /* What was captured or a part; PAY_STATE_REFUNDED once all of it went back. */
    err (*refund)(
        void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret);
    /* What became of the authorisation with this key: PAY_STATE_NONE when nothing did. */
    err (*find)(void *self, struct cx *cx, str key, struct pay_result *ret);
    void *self;
};

/* The built-in provider. Its books are a log file (one line a fact, written before the answer), so
 * that they survive kill -9 as a real provider's would; file NULL keeps them in memory. Tokens:
 * pm_card_visa succeeds; pm_card_declined, pm_card_insufficient_funds, pm_card_expired are
 * declined; pm_card_3ds needs a challenge; pm_card_timeout is charged and the answer is lost
 * (PAY_UNKNOWN; find tells the truth); pm_card_slow answers after slow_ms. Others: declined with
 * "invalid_token". */
struct sandbox_opts {
    const char *file;
    int64_t slow_ms; /* 0: 5000 */
};
err pay_sandbox_open(
    struct arena *life, struct cx *cx, struct sandbox_opts opts, struct pay *ret) MUST_USE;
void pay_sandbox_close(struct pay *pay);
/* Completes a challenge as the buyer would on the bank's page: challenge_url is the path
 * /sandbox/challenge/REF?return=RETURN_URL of the shop itself. Again: nothing happens. ERR_MISSING:
 * there was no challenge. */
err pay_sandbox_challenge(struct pay *pay, struct cx *cx, str provider_ref, bool approve) MUST_USE;
/* Total of the sandbox's books, for tests and reconciliation: authorised or captured, and not
 * voided, released or refunded. */
int64_t pay_sandbox_live_minor(struct pay *pay);

#endif
