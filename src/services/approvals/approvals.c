/* SPDX-License-Identifier: Apache-2.0
 * The verbs of approvals. Called by the flow of consent inside its unit; must never let the asker
 * decide, nor two people decide apart. */
#include "services/approvals/approvals.h"

#include "approvals_sql.h"
#include "platform/audit/audit.h"

const problem APPROVALS_UNKNOWN = { KIND_MISSING, "approvals.unknown", "not_found",
    "There is no such request" };
const problem APPROVALS_OWN = { KIND_DENIED, "approvals.own", "own_request",
    "Another person has to decide about what you have asked for" };
const problem APPROVALS_OVER = { KIND_CONFLICT, "approvals.over", "approval_over",
    "This request was decided already, or has run out" };

struct approvals {
    struct approvals_deps deps;
};

struct approvals *approvals_open(struct arena *life, struct approvals_deps deps)
{
    struct approvals *s = NEW(life, struct approvals);
    s->deps = deps;
    return s;
}

static err note(
    struct approvals *s, struct cx *cx, const char *act, id approval_id, str after, str reason)
{
    return audit_note(s->deps.audit, cx,
        (struct audit_act){ .act = act,
            .kind = "approval",
            .object_id = approval_id,
            .after = after,
            .reason = reason });
}

err approvals_ask(
    struct approvals *s, struct cx *cx, struct approvals_request in, str key, id *ret_id)
{
    struct approvals_sql_request_by_key_row known;
    bool found;
    int64_t added = 0;
    id approval_id = cx_id(cx);
    err e = approvals_sql_request_add(s->deps.db, cx,
        (struct approvals_sql_request_add_in){ .approval_id = approval_id,
            .kind = in.kind,
            .object_id = in.object_id,
            .amount = in.amount,
            .currency = in.currency,
            .reason = in.reason,
            .requester_id = cx->who.user_id,
            .request_key = key,
            .now_ms = cx->now_ms,
            .expires_ms = cx->now_ms + APPROVALS_MS },
        &added);
    if (!e && added) {
        *ret_id = approval_id;
        return note(s, cx, "approvals.asked", approval_id,
            str_fmt(cx->arena, STR_F " " STR_F " " STR_F " of " STR_F, STR_A(in.kind),
                STR_A(in.amount), STR_A(in.currency), STR_A(id_text(cx->arena, in.object_id))),
            in.reason);
    }
    if (!e)
        e = approvals_sql_request_by_key(s->deps.db, cx,
            (struct approvals_sql_request_by_key_in){ cx->who.user_id, key }, &known, &found);
    if (!e && !found)
        return FAIL(cx, ERR_BUG, "neither added nor there");
    if (!e)
        *ret_id = known.approval_id;
    return e;
}

static struct approvals_request request_of(
    const struct cx *cx, const struct approvals_sql_request_get_row *r)
{
    bool over = str_eq(r->state, S("pending")) && r->expires_ms <= cx->now_ms;
    return (struct approvals_request){ .approval_id = r->approval_id,
        .object_id = r->object_id,
        .requester_id = r->requester_id,
        .decider_id = r->decider_id,
        .kind = r->kind,
        .amount = r->amount,
        .currency = r->currency,
        .reason = r->reason,
        .decision = r->decision,
        .state = over ? S("expired") : r->state,
        .created_ms = r->created_ms,
        .expires_ms = r->expires_ms,
        .decided_ms = r->decided_ms.has ? r->decided_ms.v : 0 };
}

err approvals_get(struct approvals *s, struct cx *cx, id approval_id, struct approvals_request *ret)
{
    struct approvals_sql_request_get_row row;
    bool found;
    err e = approvals_sql_request_get(
        s->deps.db, cx, (struct approvals_sql_request_get_in){ approval_id }, &row, &found);
    if (!e && !found)
        return FAIL(cx, APPROVALS_UNKNOWN, "none");
    if (!e)
        *ret = request_of(cx, &row);
    return e;
}

err approvals_list(struct approvals *s, struct cx *cx, id before, int64_t limit,
    struct approvals_request **ret, size_t *ret_n)
{
    struct approvals_sql_request_get_row *rows;
    size_t n;
    err e = approvals_sql_request_list(s->deps.db, cx,
        (struct approvals_sql_request_list_in){ id_or_greatest(before), limit }, &rows, &n);
    if (e)
        return e;
    struct approvals_request *list = NEW_N(cx->arena, n, struct approvals_request);
    for (size_t i = 0; i < n; i++)
        list[i] = request_of(cx, &rows[i]);
    *ret = list;
    *ret_n = n;
    return NULL;
}

err approvals_decide(
    struct approvals *s, struct cx *cx, struct approvals_decision in, struct approvals_request *ret)
{
    int64_t changed = 0;
    str state = in.approve ? S("approved") : S("rejected");
    err e = approvals_sql_request_decide(s->deps.db, cx,
        (struct approvals_sql_request_decide_in){
            in.approval_id, cx->who.user_id, state, in.reason, cx->now_ms },
        &changed);
    if (!e)
        e = approvals_get(s, cx, in.approval_id, ret);
    if (!e && !changed)
        return id_eq(ret->requester_id, cx->who.user_id)
                   ? FAIL(cx, APPROVALS_OWN, "the asker")
                   : FAIL(cx, APPROVALS_OVER, STR_F, STR_A(ret->state));
    return e ? e
             : note(s, cx, in.approve ? "approvals.approved" : "approvals.rejected", in.approval_id,
                   (str){ 0 }, in.reason);
}

err approvals_done(struct approvals *s, struct cx *cx, id approval_id)
{
    return approvals_sql_request_done(
        s->deps.db, cx, (struct approvals_sql_request_done_in){ approval_id }, NULL);
}

static const problem *const problems[] = { &APPROVALS_UNKNOWN, &APPROVALS_OWN, &APPROVALS_OVER,
    NULL };
const struct service approvals_service = {
    .name = "approvals",
    .folder = "src/services/approvals/",
    .queries = approvals_queries,
    .problems = problems,
};
