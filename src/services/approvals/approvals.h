/* SPDX-License-Identifier: Apache-2.0
 * Two-person approval: what one has asked for, another allows or rejects. The asker never decides,
 * one decision holds, and a request runs out. What is allowed is done by the flow that asked. */
#ifndef SOUK_SERVICES_APPROVALS_APPROVALS_H
#define SOUK_SERVICES_APPROVALS_APPROVALS_H

#include "platform/http/service.h"

struct approvals;
extern const struct service approvals_service;

extern const problem APPROVALS_UNKNOWN; /* 404 not_found */
extern const problem APPROVALS_OWN;     /* 403 own_request: another person has to decide */
extern const problem APPROVALS_OVER;    /* 409 approval_over: decided already, or run out */

struct audit;
struct approvals_deps {
    struct db *db;
    struct audit *audit; /* NULL in tests */
};
struct approvals *approvals_open(struct arena *life, struct approvals_deps deps);

#define APPROVALS_MS (INT64_C(7) * 24 * 3600 * 1000) /* then it has run out */
#define APPROVALS_REASON_MAX 200
struct approvals_request {
    id approval_id, object_id, requester_id, decider_id;
    str kind, amount, currency, reason, decision;
    str state; /* "pending", "approved" (not done yet), "done", "rejected", "expired" */
    int64_t created_ms, expires_ms, decided_ms;
};
/* In a WRITE unit, by cx->who: kind, object_id, amount, currency, reason. The same key of the same
 * person finds the first request. */
err approvals_ask(
    struct approvals *s, struct cx *cx, struct approvals_request in, str key, id *ret_id) MUST_USE;
err approvals_get(
    struct approvals *s, struct cx *cx, id approval_id, struct approvals_request *ret) MUST_USE;
/* The newest first, older than `before` (none: from the newest). */
err approvals_list(struct approvals *s, struct cx *cx, id before, int64_t limit,
    struct approvals_request **ret, size_t *ret_n) MUST_USE;
/* In a WRITE unit, by cx->who: of two at once one is told APPROVALS_OVER. */
struct approvals_decision {
    id approval_id;
    bool approve;
    str reason;
};
err approvals_decide(struct approvals *s, struct cx *cx, struct approvals_decision in,
    struct approvals_request *ret) MUST_USE;
/* In a WRITE unit: what was approved has happened. */
err approvals_done(struct approvals *s, struct cx *cx, id approval_id) MUST_USE;

#endif
