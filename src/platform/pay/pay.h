/* SPDX-License-Identifier: Apache-2.0
 * The payment provider port. Card data never comes here, only tokens. Every call carries a key
 * derived from our own row id, so it can be repeated: the provider answers a known key with its
 * first result. Calls block (on the provider's own executor, never in a lane or a loop). */
#ifndef SOUK_PLATFORM_PAY_PAY_H
#define SOUK_PLATFORM_PAY_PAY_H

#include "base/err.h"
#include "base/money.h"

extern const problem PAY_UNREACHABLE; /* KIND_UPSTREAM: this call did nothing at the provider */
extern const problem PAY_UNKNOWN; /* KIND_UPSTREAM: the answer was lost; pay.find must be asked */
/* A call whose answer we gave up on is heard by the provider after so long at most: until then
 * "nothing" is no answer. */
#define PAY_HEARD_MS (INT64_C(2) * 60 * 1000)
extern const problem PAY_WEBHOOK_REFUSED; /* KIND_MALFORMED: not signed, forged, older than 300 s */

enum pay_state {
    PAY_STATE_NONE, /* the provider knows no such key */
    PAY_STATE_AUTHORIZED,
    PAY_STATE_CAPTURED, /* some or all of it */
    PAY_STATE_DECLINED,
    PAY_STATE_CHALLENGE, /* 3-D Secure: send the buyer to challenge_url */
    PAY_STATE_VOIDED,
    PAY_STATE_REFUNDED,
};
struct pay_request {
    str key; /* idempotency key, 1-64 characters */
    money amount;
    str token;      /* "pm_card_visa" */
    str customer;   /* pay_method.customer of a saved token; absent otherwise */
    str reference;  /* our order number, shown on the statement */
    bool capture;   /* at once */
    str return_url; /* for challenges; may be absent */
    /* No earlier call with this key can have been made: what a fallback provider asks for before
     * it takes the payment over. */
    bool first_attempt;
};
struct pay_result {
    enum pay_state state;
    str provider_ref; /* "sb_..." */
    str decline_code; /* "card_declined", "insufficient_funds", "expired_card" */
    str decline_text; /* safe to show */
    str challenge_url;
    str brand, last4; /* of the card */
    int64_t captured_minor, refunded_minor;
    int64_t open_minor; /* authorised and neither captured nor released */
    str refund_ref;     /* of the refund that was asked for */
    str provider;       /* who holds the payment: a pay.name */
    str key;            /* it was authorized with; absent: not told, or not ours */
};

/* ---- saved methods ---- */
struct pay_setup_request {
    str key;        /* idempotency key, 1-64 characters: our id of the method */
    str user_key;   /* our id of the user, for who is no customer of the provider yet */
    str customer;   /* pay_method.customer of another method of the user; may be absent */
    str token;      /* made by the provider's form in the browser */
    str return_url; /* for challenges; may be absent */
};
struct pay_method {
    str token;    /* to pay with, together with customer */
    str customer; /* the user, as the provider knows them */
    str brand, last4;
    int64_t exp_month, exp_year; /* 1-12 and 2030; 0: unknown */
};
enum pay_setup_state { PAY_SETUP_NONE, PAY_SETUP_READY, PAY_SETUP_CHALLENGE, PAY_SETUP_DECLINED };
struct pay_setup {
    enum pay_setup_state state;
    str setup_ref;
    struct pay_method method; /* PAY_SETUP_READY */
    str decline_code, decline_text, challenge_url;
};

/* ---- what the provider tells by itself ---- */
enum pay_event_type {
    PAY_EVENT_OTHER, /* nothing of ours: answer it and forget it */
    PAY_EVENT_PAYMENT,
    PAY_EVENT_REFUND,
    PAY_EVENT_SETUP,
    PAY_EVENT_DISPUTE,
};
/* Events come late, twice and in any order: what they say of the state may be old by now. They
 * tell which payment to look at; pay.get says how it is. */
struct pay_event {
    str event_id;
    enum pay_event_type type;
    str name;         /* the provider's: "payment_intent.succeeded" */
    str provider_ref; /* of the payment or the setup; may be absent */
    str key;          /* of the payment or the setup; absent: it is not ours */
    str refund_key, refund_ref;
    bool has_result; /* the payment as it was when the event was made */
    struct pay_result result;
    bool refund_failed; /* PAY_EVENT_REFUND: the money stayed here after all */
    int64_t created_ms;
};

/* ---- the provider's own list, for reconciliation ---- */
struct pay_entry {
    str key; /* absent: it is not ours */
    money amount;
    int64_t created_ms;
    struct pay_result result;
};
struct pay_list {
    struct pay_entry *entries; /* in cx->arena; newest first */
    size_t entries_n;
    str next; /* cursor of the next page; absent: that was all */
};
struct pay_range {
    int64_t from_ms, to_ms; /* made at from_ms or later, and before to_ms */
};

struct pay {
    const char *name;           /* "sandbox" */
    const char *ref_prefix;     /* "sb_": tells whose a provider_ref is */
    const char *webhook_header; /* "Sandbox-Signature" */
    /* Calls answer NULL when the provider has decided, whatever it is: ret->state is the payment as
     * it is then. A capture, release or refund that the payment does not allow leaves it as it was,
     * and decline_code says why: not_capturable, not_releasable, not_refundable, amount_too_large,
     * currency_mismatch, unknown_reference (PAY_STATE_NONE). ERR_BUG: a known key with other
     * arguments. Texts are in cx->arena or static. */
    err (*authorize)(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret);
    /* The whole authorisation or a part; again, with another key, while open_minor is left. */
    err (*capture)(
        void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret);
    /* What was not captured goes back; PAY_STATE_VOIDED when nothing was. */
    err (*release)(void *self, struct cx *cx, str key, str provider_ref, struct pay_result *ret);
    /* What was captured or a part; PAY_STATE_REFUNDED once all of it went back. */
    err (*refund)(
        void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret);
    /* What became of the authorisation with this key: PAY_STATE_NONE when nothing did. Changes
     * nothing, so that a lost answer is PAY_UNREACHABLE. */
    err (*find)(void *self, struct cx *cx, str key, struct pay_result *ret);
    /* The same by the provider's reference. */
    err (*get)(void *self, struct cx *cx, str provider_ref, struct pay_result *ret);
    /* A page of the payments made in the range; cursor is absent or ret->next of the last page. */
    err (*list)(
        void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret);

    /* Saves a method for later payments. setup_find tells how a challenge ended, as find does. */
    err (*setup)(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret);
    err (*setup_find)(void *self, struct cx *cx, str setup_ref, struct pay_setup *ret);
    err (*methods)(void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n);
    /* The token can no longer be paid with; no error when it is unknown or gone already. */
    err (*detach)(void *self, struct cx *cx, str token);

    /* Checks `signature`, the value of webhook_header, against the raw body and cx->now_ms, and
     * only then looks into the body. PAY_WEBHOOK_REFUSED; ERR_MALFORMED: signed, and no event.
     * Calls nobody and does not block. */
    err (*parse_webhook)(void *self, struct cx *cx, str signature, str body, struct pay_event *ret);
    /* The i-th provider behind a decorator, NULL beyond the last; NULL fn: it is one itself. */
    struct pay *(*part)(void *self, size_t i);
    void *self;
};
/* Digits as on a card: no token, and never to be written down, sent on or logged. */
bool pay_is_card_number(str text);
/* The i-th provider: for webhooks, lists and whatever is a matter of one provider alone. */
struct pay *pay_part(struct pay *pay, size_t i);
/* The one of that name, or NULL. */
struct pay *pay_named(struct pay *pay, str name);

/* The built-in provider. Its books are a log file (one line a fact, written before the answer), so
 * that they survive kill -9 as a real provider's would; file NULL keeps them in memory. Tokens:
 * pm_card_visa succeeds; pm_card_declined, pm_card_insufficient_funds, pm_card_expired are
 * declined; pm_card_3ds needs a challenge; pm_card_timeout is charged and the answer is lost
 * (PAY_UNKNOWN; find tells the truth); pm_card_slow answers after slow_ms. Others, but those of
 * saved methods: declined with "invalid_token". A saved method does what the card does that it was
 * made of. */
struct sandbox_opts {
    const char *file;
    int64_t slow_ms;        /* 0: 5000 */
    str webhook_secret;     /* absent: all webhooks are refused */
    const char *name;       /* NULL: "sandbox" */
    const char *ref_prefix; /* NULL: "sb_" */
};
err pay_sandbox_open(
    struct arena *life, struct cx *cx, struct sandbox_opts opts, struct pay *ret) MUST_USE;
void pay_sandbox_close(struct pay *pay);
/* Completes a challenge as the buyer would on the bank's page: challenge_url is the path
 * /sandbox/challenge/REF?return=RETURN_URL of the shop itself; REF is a payment's or a setup's.
 * Again: nothing happens. ERR_MISSING: there was no challenge. */
err pay_sandbox_challenge(struct pay *pay, struct cx *cx, str provider_ref, bool approve) MUST_USE;
/* The bank did not take a refund that was done: the money is here again. Again: nothing happens.
 * ERR_MISSING: no refund was asked for with the key. */
err pay_sandbox_return(struct pay *pay, struct cx *cx, str refund_key) MUST_USE;
/* Total of the sandbox's books, for tests and reconciliation: authorised or captured, and not
 * voided, released or refunded. */
int64_t pay_sandbox_live_minor(struct pay *pay);

/* The webhook of the index-th fact of the books, signed at signed_ms: those of pay_sandbox_events
 * facts can be delivered in any order, twice, late or never. */
struct sandbox_webhook {
    str signature, body; /* in cx->arena */
};
size_t pay_sandbox_events(struct pay *pay);
struct sandbox_webhook pay_sandbox_webhook(
    struct pay *pay, struct cx *cx, size_t index, int64_t signed_ms);

#endif
