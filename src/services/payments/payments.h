/* SPDX-License-Identifier: Apache-2.0
 * Money asked for and given back: a row per payment, capture, release and refund; saved methods,
 * gift cards (payments_gift.h), the inbox of webhooks, and what differs from the provider's books.
 * The provider itself is called by flows outside any unit; this service records before and after.
 * Verbs run in the caller's unit; texts and lists are in cx->arena. */
#ifndef SOUK_SERVICES_PAYMENTS_PAYMENTS_H
#define SOUK_SERVICES_PAYMENTS_PAYMENTS_H

#include "platform/http/service.h"
#include "platform/pay/pay.h"
#include "services/payments/payments_gift.h"

struct payments;
extern const struct service payments_service;

extern const problem PAYMENTS_DECLINED;         /* 402 payment_declined; the field says why */
extern const problem PAYMENTS_MOVE_REFUSED;     /* 409 payment_state_conflict */
extern const problem PAYMENTS_AMOUNT_TOO_LARGE; /* 422 amount_too_large */
extern const problem PAYMENTS_METHODS_FULL;     /* 409 too_many_payment_methods */

struct payments_deps {
    struct db *db;
    int64_t keep_webhooks_days; /* after they were worked on; 0: 30 */
};
struct payments *payments_open(struct arena *life, struct payments_deps deps);

/* ---- payments: an order may have several, each with its own amount ---- */
enum payments_status {
    PAYMENTS_STARTED, /* about to be asked: written before the call */
    PAYMENTS_UNKNOWN_ANSWER,
    PAYMENTS_CHALLENGED,
    PAYMENTS_AUTHORIZED,
    PAYMENTS_CAPTURED,
    PAYMENTS_REFUSED, /* declined */
    PAYMENTS_VOIDED,
    PAYMENTS_REFUNDED,
    PAYMENTS_STATUSES_N,
};
extern const char *const payments_status_names[PAYMENTS_STATUSES_N + 1]; /* started unknown
    challenge authorized captured declined voided refunded */

struct payments_payment {
    id payment_id, order_id, user_id;
    str provider, method_type, provider_ref, brand, last4, decline_code, decline_text;
    str token; /* of the provider, no card data */
    enum payments_status status;
    money amount;
    int64_t captured_minor, refunded_minor, created_ms, updated_ms;
    bool kept; /* its order is placed, see payments_keep */
};
/* payment_id is given (it is the provider's idempotency key); repeating it changes nothing, unless
 * it was said to be new: DB_FAILED. */
err payments_start(
    struct payments *p, struct cx *cx, const struct payments_payment *in, bool is_new) MUST_USE;
/* Records the provider's answer. Moves by the table in payments_domain.c; the same answer again is
 * no error, one that lags behind what is known is PAYMENTS_MOVE_REFUSED. captured <= authorised,
 * refunded <= captured are constraints. The provider in the answer, if any, is who holds it. */
err payments_answer(struct payments *p, struct cx *cx, id payment_id, const struct pay_result *in,
    struct payments_payment *ret) MUST_USE;
/* The same in the unit that places the order: the payment is kept from then on. */
err payments_answer_kept(struct payments *p, struct cx *cx, id payment_id,
    const struct pay_result *in, struct payments_payment *ret) MUST_USE;
/* The same of a payment as payments_start got it, of which nothing should have been heard since: it
 * is looked at only if something was. */
err payments_answer_started(struct payments *p, struct cx *cx,
    const struct payments_payment *started, const struct pay_result *in,
    struct payments_payment *ret) MUST_USE;
/* The same for what comes late, twice and in any order (webhooks): what lags behind changes
 * nothing and is no error. */
err payments_hear(struct payments *p, struct cx *cx, id payment_id, const struct pay_result *in,
    struct payments_payment *ret) MUST_USE;
/* The answer was lost. What is known for certain (captured, declined, ended) stays so. */
err payments_lost(struct payments *p, struct cx *cx, id payment_id) MUST_USE;
err payments_get(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret) MUST_USE;
err payments_of_order(struct payments *p, struct cx *cx, id order_id, struct payments_payment **ret,
    size_t *ret_n) MUST_USE;
/* Payments in STARTED or UNKNOWN_ANSWER since before `older_ms`, for the sweeper. */
err payments_open_since(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* Whether the order of these payments is placed. When it is cancelled they are kept no longer, in
 * the same unit: what is not given back then is found by payments_orphans. */
err payments_keep(struct payments *p, struct cx *cx, id order_id, bool keep) MUST_USE;
/* Challenged, authorised or captured, started before older_ms, and not kept: money of a cancelled
 * or absent order, to be released or refunded. Oldest first. */
err payments_orphans(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n) MUST_USE;
/* Invariant for `souk check-data`: what was captured for the order and not given back. */
err payments_captured_of(
    struct payments *p, struct cx *cx, id order_id, int64_t *ret_minor) MUST_USE;

/* ---- deeds: each capture, release and refund of a payment, exactly once ---- */
enum payments_deed_kind { PAYMENTS_CAPTURE, PAYMENTS_RELEASE, PAYMENTS_REFUND, PAYMENTS_KINDS_N };
enum payments_deed_status { PAYMENTS_DEED_STARTED, PAYMENTS_DEED_DONE, PAYMENTS_DEED_REFUSED };
struct payments_deed {
    id deed_id; /* the provider's idempotency key */
    id payment_id, order_id;
    enum payments_deed_kind kind;
    enum payments_deed_status status;
    money amount; /* of a release: 0, all that is left */
    str reason;   /* ours: "cancelled" */
    str provider_ref, refusal;
    int64_t created_ms, updated_ms;
};
/* Before the call. deed_id, payment_id, kind, amount and reason are given; repeating it changes
 * nothing. PAYMENTS_AMOUNT_TOO_LARGE: with the deeds before it, it would be more than was
 * authorised or captured; so twins never refund twice. PAYMENTS_MOVE_REFUSED: not in this state. */
err payments_deed_start(struct payments *p, struct cx *cx, const struct payments_deed *in,
    struct payments_deed *ret) MUST_USE;
/* After it: done, or refused with its decline_code; the payment takes the figures, which may lag.
 * Again: nothing changes. A lost answer is not recorded: it stays started, to be asked again. */
err payments_deed_answer(struct payments *p, struct cx *cx, id deed_id, const struct pay_result *in,
    struct payments_payment *ret) MUST_USE;
/* A refund that was done came back: captured again, and *ret is as payments_came_back has it, with
 * the time when that was first said. Before its answer: as it is, nothing changes. keep: the books
 * say whose the money is, so that it is no orphan though its order may not stand. */
struct payments_refund_failed {
    id deed_id;
    bool keep;
};
err payments_refund_failed(struct payments *p, struct cx *cx, struct payments_refund_failed in,
    struct payments_deed *ret) MUST_USE;
bool payments_came_back(const struct payments_deed *deed); /* pure */
err payments_deeds_of(struct payments *p, struct cx *cx, id payment_id, struct payments_deed **ret,
    size_t *ret_n) MUST_USE;
/* Started before older_ms and without an answer, for the sweeper. */
err payments_deeds_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_deed **ret, size_t *ret_n) MUST_USE;

/* ---- saved methods of a user; at most 20 ---- */
struct payments_method {
    id method_id; /* the provider's idempotency key */
    id user_id;
    str provider, token, customer, setup_ref, brand, last4;
    int64_t exp_month, exp_year, created_ms;
    enum pay_setup_state status; /* NONE: not answered yet */
    str decline_code, decline_text;
    bool is_default; /* one of the ready ones; the first is made it */
};
/* Before the provider saves it: method_id, user_id, provider, token (as the browser has it). ret is
 * the row; of a known method_id what has become of it. IDEM-like: ERR_BUG for another token. */
err payments_method_start(struct payments *p, struct cx *cx, const struct payments_method *in,
    struct payments_method *ret) MUST_USE;
err payments_method_answer(struct payments *p, struct cx *cx, id method_id,
    const struct pay_setup *in, struct payments_method *ret) MUST_USE;
/* Ready ones, the default first. */
err payments_methods_of(struct payments *p, struct cx *cx, id user_id, struct payments_method **ret,
    size_t *ret_n) MUST_USE;
/* ERR_MISSING: not there, or another user's. */
err payments_method_get(struct payments *p, struct cx *cx, id user_id, id method_id,
    struct payments_method *ret) MUST_USE;
err payments_method_default(struct payments *p, struct cx *cx, id user_id, id method_id) MUST_USE;
/* ret: what the provider is to detach. The oldest other one becomes the default. */
err payments_method_remove(struct payments *p, struct cx *cx, id user_id, id method_id,
    struct payments_method *ret) MUST_USE;

/* ---- the inbox: webhooks are stored first and worked on later ---- */
#define PAYMENTS_WEBHOOK_BYTES_MAX ((size_t)64 * 1024)
struct payments_webhook {
    str provider, event_id, name, body;
    id payment_id;    /* ours that it is about; none: not ours */
    str provider_ref; /* what to ask the provider for */
    id refund_id;     /* the deed; none: not of a refund */
    bool refund_failed;
    int64_t received_ms, attempts;
};
/* Checks the signature, stores the event; false in ret_new when it was here before. All that the
 * route does, but for waking the saga of *ret->payment_id. Problems as pay->parse_webhook. */
err payments_webhook_receive(struct payments *p, struct cx *cx, const struct pay *pay,
    str signature, str body, struct payments_webhook *ret, bool *ret_new) MUST_USE;
/* Not done and due, oldest first. */
err payments_webhook_due(struct payments *p, struct cx *cx, int64_t limit,
    struct payments_webhook **ret, size_t *ret_n) MUST_USE;
err payments_webhook_done(struct payments *p, struct cx *cx, str provider, str event_id) MUST_USE;
/* Could not be worked on: due again in 10 s, 20 s, ... up to an hour. */
err payments_webhook_again(struct payments *p, struct cx *cx, str provider, str event_id) MUST_USE;

/* ---- reconciliation ---- */
struct payments_range {
    str provider;
    int64_t from_ms, to_ms; /* payments made in it; to_ms a while ago, so that none is under way */
};
/* Compares all that the provider lists for the range with our payments that it holds: what differs
 * is recorded once, and what differed before and does no more is resolved. ret_n: open ones now. */
err payments_reconcile(struct payments *p, struct cx *cx, struct payments_range range,
    const struct pay_entry *entries, size_t n, size_t *ret_n) MUST_USE;
/* What differs now, `limit` after the id `after`. */
struct payments_different {
    id difference_id, payment_id; /* payment_id none: we do not have it */
    str provider, provider_ref, kind, ours, theirs;
    int64_t made_ms, found_ms, seen_ms;
};
err payments_differences(struct payments *p, struct cx *cx, id after, int64_t limit,
    struct payments_different **ret, size_t *ret_n) MUST_USE;

#endif
