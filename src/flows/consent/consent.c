/* SPDX-License-Identifier: Apache-2.0
 * Requests, and the decision about one: recorded first, then done, then marked as done. Called by
 * the gateway; while money moves the reply is parked, so that no thread waits. */
#include "flows/consent/consent.h"

#include "platform/http/route.h"

#define LIST_MAX 50
#define TYPED_MAX 4000

struct consent {
    struct consent_deps deps;
};

struct consent *consent_open(struct arena *life, struct consent_deps deps)
{
    struct consent *c = NEW(life, struct consent);
    c->deps = deps;
    return c;
}

/* ---- shapes ---- */

struct request_view {
    id approval_id, object_id, requester_id, decider_id;
    str kind, currency, reason, decision, state;
    money amount;
    int64_t created_ms, expires_ms, decided_ms;
};
static const struct json_field request_fields[] = {
    JSON_ID(struct request_view, approval_id, .required = true),
    JSON_STR(struct request_view, kind, .required = true),
    JSON_ID(struct request_view, object_id, .required = true),
    JSON_MONEY(struct request_view, amount, .required = true),
    JSON_STR(struct request_view, currency, .required = true),
    JSON_STR(struct request_view, reason, .required = true),
    JSON_ID(struct request_view, requester_id, .required = true),
    JSON_STR(struct request_view, state, .required = true,
        .doc = "pending, approved (not done yet), done, rejected, expired"),
    JSON_ID(struct request_view, decider_id),
    JSON_STR(struct request_view, decision, .doc = "why, in the decider's words"),
    JSON_TIME(struct request_view, created_ms, .required = true, .wire = "createdAt"),
    JSON_TIME(struct request_view, expires_ms, .required = true, .wire = "expiresAt"),
    JSON_TIME(struct request_view, decided_ms, .wire = "decidedAt", .zero_out = true),
};
static const struct json_shape request_shape =
    JSON_SHAPE("Approval", struct request_view, request_fields);
struct list_json {
    struct request_view *approvals;
    size_t approvals_n;
};
static const struct json_field list_fields[] = {
    JSON_LIST(struct list_json, approvals, request_shape, .required = true, .max = LIST_MAX),
};
static const struct json_shape list_shape =
    JSON_SHAPE("ApprovalList", struct list_json, list_fields);

/* It is kept as it was typed, and was parsed then. */
static err view_of(struct cx *cx, const struct approvals_request *r, struct request_view *ret)
{
    *ret = (struct request_view){ .approval_id = r->approval_id,
        .object_id = r->object_id,
        .requester_id = r->requester_id,
        .decider_id = r->decider_id,
        .kind = r->kind,
        .currency = r->currency,
        .reason = r->reason,
        .decision = r->decision,
        .state = r->state,
        .created_ms = r->created_ms,
        .expires_ms = r->expires_ms,
        .decided_ms = r->decided_ms };
    currency c;
    return currency_parse(r->currency, &c) && money_parse(r->amount, c, &ret->amount)
               ? NULL
               : FAIL(cx, ERR_BUG, "no money: " STR_F " " STR_F, STR_A(r->amount),
                     STR_A(r->currency));
}

static err reply_request(struct cx *cx, struct reply *reply, const struct approvals_request *r)
{
    struct request_view *v = NEW(cx->arena, struct request_view);
    err e = view_of(cx, r, v);
    return e ? e : reply_json(reply, 200, &request_shape, v);
}

struct decide_in {
    id approval_id, before;
    str reason, decision;
};
static const struct json_field query_fields[] = {
    JSON_ID(struct decide_in, before, .at = AT_QUERY, .doc = "older than this one"),
};
static const struct json_shape query_shape =
    JSON_SHAPE("ApprovalsQuery", struct decide_in, query_fields);
static const struct json_field decide_fields[] = {
    JSON_ID(struct decide_in, approval_id, .at = AT_PATH, .required = true),
    JSON_STR(struct decide_in, reason, .required = true, .min = 1, .max = APPROVALS_REASON_MAX),
};
static const struct json_shape decide_shape =
    JSON_SHAPE("ApprovalDecision", struct decide_in, decide_fields);
static const char *const decisions[] = { "approve", "reject", NULL };
static const struct json_field form_fields[] = {
    JSON_ID(struct decide_in, approval_id, .at = AT_PATH, .required = true),
    JSON_STR(struct decide_in, decision, .required = true, .one_of = decisions),
    JSON_STR(struct decide_in, reason, .max = TYPED_MAX),
};
static const struct json_shape form_shape =
    JSON_SHAPE("OfficeApproval", struct decide_in, form_fields);

/* ---- deciding ---- */

struct deciding {
    struct consent *c;
    struct cx *cx;
    struct approvals_decision in;
    struct approvals_request *request;
    struct reply *reply;
    struct reply_park *park; /* NULL: nobody waits elsewhere */
    bool page;
    err failed;
};

static err answer(struct deciding *d)
{
    if (!d->page)
        return d->failed ? d->failed : reply_request(d->cx, d->reply, d->request);
    const char *said = d->in.approve ? "approved" : "rejected";
    if (d->failed)
        said = d->failed == &APPROVALS_OWN    ? "own"
               : d->failed == &APPROVALS_OVER ? "over"
                                              : "undone";
    if (d->failed && d->failed->kind != KIND_CONFLICT && d->failed != &APPROVALS_OWN)
        return d->failed;
    cx_clear(d->cx);
    return reply_redirect(d->reply, str_fmt(d->cx->arena, "/admin/approvals?said=%s", said));
}

/* What was approved before and never done goes on: a repeat of it happens once. */
static err do_decide(void *arg, struct cx *cx)
{
    struct deciding *d = arg;
    err e = approvals_decide(d->c->deps.approvals, cx, d->in, d->request);
    if (e != &APPROVALS_OVER || !d->in.approve || !str_eq(d->request->state, S("approved")))
        return e;
    cx_clear(cx);
    return NULL;
}

static err do_done(void *arg, struct cx *cx)
{
    struct deciding *d = arg;
    err e = approvals_done(d->c->deps.approvals, cx, d->in.approval_id);
    return e ? e : approvals_get(d->c->deps.approvals, cx, d->in.approval_id, d->request);
}

static void marked(void *arg, struct cx *cx, err e)
{
    struct deciding *d = arg;
    (void)cx;
    d->failed = e;
    reply_finish(d->park, answer(d));
}

static void moved(void *arg, struct cx *cx, err e)
{
    struct deciding *d = arg;
    if (e) { /* it stays approved, and can be tried again */
        d->failed = e;
        reply_finish(d->park, answer(d));
        return;
    }
    db_write(d->c->deps.db, cx, id_hash(d->in.approval_id), do_done, d, marked);
}

static err decide(struct consent *c, struct cx *cx, struct deciding in, struct reply *reply)
{
    struct deciding *d = NEW(cx->arena, struct deciding);
    *d = in;
    d->c = c;
    d->cx = cx;
    d->reply = reply;
    d->request = NEW(cx->arena, struct approvals_request);
    d->failed = db_write_wait(c->deps.db, cx, id_hash(d->in.approval_id), do_decide, d);
    if (d->failed || !d->in.approve)
        return answer(d);
    d->park = reply_park(reply);
    c->deps.port.make(c->deps.port.self, cx, d->request, moved, d);
    return NULL;
}

static err post_approve(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct decide_in *in = body;
    return decide(
        service, cx, (struct deciding){ .in = { in->approval_id, true, in->reason } }, reply);
}

static err post_reject(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct decide_in *in = body;
    return decide(
        service, cx, (struct deciding){ .in = { in->approval_id, false, in->reason } }, reply);
}

static err post_form(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct decide_in *in = body;
    str reason = str_trim(in->reason);
    if (!reason.n || reason.n > APPROVALS_REASON_MAX)
        return reply_redirect(reply, S("/admin/approvals?said=reason"));
    return decide(service, cx,
        (struct deciding){
            .page = true, .in = { in->approval_id, str_eq(in->decision, S("approve")), reason } },
        reply);
}

static err get_list(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct consent *c = service;
    const struct decide_in *in = body;
    struct list_json *v = NEW(cx->arena, struct list_json);
    struct approvals_request *list;
    err e = approvals_list(c->deps.approvals, cx, in->before, LIST_MAX, &list, &v->approvals_n);
    v->approvals = NEW_N(cx->arena, v->approvals_n, struct request_view);
    for (size_t i = 0; !e && i < v->approvals_n; i++)
        e = view_of(cx, &list[i], &v->approvals[i]);
    return e ? e : reply_json(reply, 200, &list_shape, v);
}

static const problem *const decide_problems[] = { &APPROVALS_UNKNOWN, &APPROVALS_OWN,
    &APPROVALS_OVER, NULL };
static const struct route routes[] = {
    { .method = "GET",
        .path = "/api/v1/admin/approvals",
        .scope = SCOPE_APPROVALS,
        .unit = UNIT_READ,
        .in = &query_shape,
        .out = &list_shape,
        .fn = get_list,
        .summary = "What staff have asked for above the limit, the newest first" },
    { .method = "POST",
        .path = "/api/v1/admin/approvals/{approvalId}/approve",
        .scope = SCOPE_APPROVALS,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_NONE,
        .in = &decide_shape,
        .out = &request_shape,
        .problems = decide_problems,
        .fn = post_approve,
        .summary = "Approve what another has asked for: it is done" },
    { .method = "POST",
        .path = "/api/v1/admin/approvals/{approvalId}/reject",
        .scope = SCOPE_APPROVALS,
        .in_person = true,
        .unit = UNIT_NONE,
        .in = &decide_shape,
        .out = &request_shape,
        .problems = decide_problems,
        .fn = post_reject,
        .summary = "Reject it" },
    ROUTES_END,
};
static const struct route page_routes[] = {
    { .method = "POST",
        .path = "/admin/approvals/{approvalId}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_APPROVALS,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_NONE,
        .in = &form_shape,
        .fn = post_form,
        .summary = "Approve or reject what another has asked for, with a reason" },
    ROUTES_END,
};
const struct service consent_service = {
    .name = "consent",
    .folder = "src/flows/consent/",
    .routes = routes,
    .page_routes = page_routes,
};
