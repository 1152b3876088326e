/* SPDX-License-Identifier: Apache-2.0
 * Idempotency keys (draft-ietf-httpapi-idempotency-key-header): a claim row inserted in the same
 * WRITE unit as the effect. Looked up as (principal, method, route, key), never by the key alone.
 * Kept 24 h or longer, then pruned by a job; those of IDEM_APPROVAL for ever. */
#ifndef SOUK_PLATFORM_IDEM_IDEM_H
#define SOUK_PLATFORM_IDEM_IDEM_H

#include "platform/job/job.h"

extern const problem IDEM_REQUIRED_MISSING; /* 400 idempotency_key_required */
extern const problem IDEM_BAD_KEY;          /* 400 idempotency_key_invalid: 1-255 visible ASCII */
extern const problem IDEM_REUSED;           /* 422 idempotency_key_reused: other body */
extern const problem IDEM_RUNNING;          /* 409 request_in_progress, Retry-After */

/* The principal of what a second person has approved: it can be approved again until it is done,
 * however late, and happens once. */
#define IDEM_APPROVAL "approval"
struct idem_claim {
    /* "user:<id>", "cart:<hash>"; of a guest who orders without a cart "mail:<keyed hash>", which
     * lasts through a change of network; else "addr:<address>". */
    str principal;
    str method, route; /* route is the pattern */
    str key;
    str fingerprint; /* SHA-256 of the canonical body, hex */
    bool unseen;     /* idem_seen said no: it is looked for only where it turns out to be claimed */
};
enum idem_state { IDEM_NEW, IDEM_REPLAY };
struct idem_reply {
    int status;
    str body;   /* stored JSON */
    id subject; /* what the claim is about (an order), may be none */
};
/* In a WRITE unit: IDEM_NEW inserted the row; IDEM_REPLAY filled *ret. IDEM_RUNNING: claimed and
 * not finished (ret->subject is set, so that a saga can be joined). IDEM_REUSED: other body. */
err idem_take(struct db *db, struct cx *cx, struct idem_claim claim, id subject,
    enum idem_state *ret_state, struct idem_reply *ret) MUST_USE;
/* In any unit, of each of n: whether something has claimed the key, finished or not. */
err idem_known(
    struct db *db, struct cx *cx, const struct idem_claim *claims, size_t n, bool *ret) MUST_USE;
/* In the WRITE unit that finishes the work: stores the reply. */
err idem_finish(
    struct db *db, struct cx *cx, struct idem_claim claim, int status, str body) MUST_USE;
/* In a WRITE unit: what was claimed came to nothing that a repeat could be told; the key is free.
 */
err idem_drop(struct db *db, struct cx *cx, struct idem_claim claim) MUST_USE;
/* By memory alone: whether this process was asked about the key a short while ago. 512 KB, safe for
 * threads. */
struct idem_seen;
struct idem_seen *idem_seen_open(struct arena *life);
bool idem_seen(struct idem_seen *seen, const struct idem_claim *claim);
err idem_key_check(struct cx *cx, str key) MUST_USE;
#define IDEM_KEEP_HOURS 24
struct idem_keeper {
    struct db *db;
    int64_t keep_hours; /* 0: IDEM_KEEP_HOURS */
};
extern const struct job idem_jobs[]; /* service pointer: struct idem_keeper * */
extern const struct db_query *const idem_queries[];

#endif
