/* SPDX-License-Identifier: Apache-2.0
 * The API of payouts: a seller's account and what was sent to it; what staff send, and how it went.
 * Called by the gateway; a handler decodes and encodes nothing itself. */
#include "flows/settlement/settlement_internal.h"
#include "platform/http/route.h"

#define LIST_MAX 50

/* ---- shapes ---- */

static const char *const state_names[] = { "asked", "pending", "paid", "failed", NULL };
struct payout_view {
    id payout_id, seller_id, approval_id;
    str state, currency, reason, note;
    money amount;
    int64_t made_at, ended_at;
};
static const struct json_field payout_fields[] = {
    JSON_ID(struct payout_view, payout_id, .doc = "absent: another person has to approve first"),
    JSON_ID(struct payout_view, seller_id, .required = true),
    JSON_ID(struct payout_view, approval_id, .doc = "of the second person, if one was asked"),
    JSON_STR(struct payout_view, state, .required = true, .one_of = state_names),
    JSON_MONEY(struct payout_view, amount, .required = true),
    JSON_STR(struct payout_view, currency, .required = true),
    JSON_STR(struct payout_view, reason, .required = true),
    JSON_STR(struct payout_view, note, .doc = "the bank's reference, or why it failed"),
    JSON_TIME(struct payout_view, made_at, .zero_out = true),
    JSON_TIME(struct payout_view, ended_at, .zero_out = true),
};
static const struct json_shape payout_shape =
    JSON_SHAPE("Payout", struct payout_view, payout_fields);

struct list_view {
    money balance;
    str currency;
    struct payout_view *payouts;
    size_t payouts_n;
};
static const struct json_field list_fields[] = {
    JSON_LIST(struct list_view, payouts, payout_shape, .required = true, .max = LIST_MAX),
};
static const struct json_shape list_shape = JSON_SHAPE("PayoutList", struct list_view, list_fields);
static const struct json_field own_fields[] = {
    JSON_MONEY(struct list_view, balance, .required = true, .doc = "owed and not sent yet"),
    JSON_STR(struct list_view, currency, .required = true),
    JSON_LIST(struct list_view, payouts, payout_shape, .required = true, .max = LIST_MAX),
};
static const struct json_shape own_shape = JSON_SHAPE("OwnPayouts", struct list_view, own_fields);

struct account_view {
    str holder, iban, routing_number, account_number, ending;
    int64_t given_at;
};
static const struct json_field account_in_fields[] = {
    JSON_STR(struct account_view, holder, .required = true, .min = 1, .max = PAYOUTS_HOLDER_MAX),
    JSON_STR(struct account_view, iban, .max = 64, .doc = "ISO 13616; or the two that follow"),
    JSON_STR(struct account_view, routing_number, .max = 32, .doc = "ABA, of a bank in the US"),
    JSON_STR(struct account_view, account_number, .max = 32),
};
static const struct json_shape account_in_shape =
    JSON_SHAPE("PayoutAccountInput", struct account_view, account_in_fields);
static const struct json_field account_fields[] = {
    JSON_STR(struct account_view, holder, .required = true),
    JSON_STR(struct account_view, ending, .required = true, .doc = "its last four characters"),
    JSON_TIME(struct account_view, given_at, .required = true),
};
static const struct json_shape account_shape =
    JSON_SHAPE("PayoutAccount", struct account_view, account_fields);
static const struct json_field whole_fields[] = {
    JSON_STR(struct account_view, holder, .required = true),
    JSON_STR(struct account_view, iban),
    JSON_STR(struct account_view, routing_number),
    JSON_STR(struct account_view, account_number),
    JSON_STR(struct account_view, ending, .required = true),
    JSON_TIME(struct account_view, given_at, .required = true),
};
static const struct json_shape whole_shape =
    JSON_SHAPE("PayoutAccountWhole", struct account_view, whole_fields);

struct detail_view {
    struct payout_view *payout;
    struct account_view *account;
};
static const struct json_field detail_fields[] = {
    JSON_OBJECT(struct detail_view, payout, payout_shape, .required = true),
    JSON_OBJECT(struct detail_view, account, whole_shape, .required = true,
        .doc = "where it goes; empty when its owner was erased"),
};
static const struct json_shape detail_shape =
    JSON_SHAPE("PayoutDetail", struct detail_view, detail_fields);

struct payout_in {
    id payout_id, seller_id, before;
    str amount, reason, note, key;
};
static const struct json_field query_fields[] = {
    JSON_ID(struct payout_in, before, .at = AT_QUERY, .doc = "older than this one"),
};
static const struct json_shape query_shape =
    JSON_SHAPE("PayoutsQuery", struct payout_in, query_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct payout_in, payout_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape = JSON_SHAPE("PayoutPath", struct payout_in, path_fields);
static const struct json_field make_fields[] = {
    JSON_ID(struct payout_in, seller_id, .at = AT_PATH, .required = true),
    JSON_AMOUNT(struct payout_in, amount, .required = true, .doc = "at most what they are owed"),
    JSON_STR(struct payout_in, reason, .required = true, .min = 1, .max = PAYOUTS_TEXT_MAX),
    JSON_STR(struct payout_in, key, .at = AT_HEADER, .wire = "Idempotency-Key", .max = 1000),
};
static const struct json_shape make_shape =
    JSON_SHAPE("PayoutInput", struct payout_in, make_fields);
static const struct json_field paid_fields[] = {
    JSON_ID(struct payout_in, payout_id, .at = AT_PATH, .required = true),
    JSON_STR(struct payout_in, note, .max = PAYOUTS_TEXT_MAX, .doc = "the bank's reference"),
};
static const struct json_shape paid_shape = JSON_SHAPE("PayoutPaid", struct payout_in, paid_fields);
static const struct json_field failed_fields[] = {
    JSON_ID(struct payout_in, payout_id, .at = AT_PATH, .required = true),
    JSON_STR(
        struct payout_in, note, .required = true, .min = 1, .max = PAYOUTS_TEXT_MAX, .doc = "why"),
};
static const struct json_shape failed_shape =
    JSON_SHAPE("PayoutFailed", struct payout_in, failed_fields);

static struct payout_view view_of(struct cx *cx, const struct payouts_payout *p)
{
    return (struct payout_view){ .payout_id = p->payout_id,
        .seller_id = p->seller_id,
        .approval_id = p->approval_id,
        .state = str_from_c(payouts_state_names[p->state]),
        .amount = p->amount,
        .currency = str_dup(cx->arena, currency_str(&p->amount.currency)),
        .reason = p->reason,
        .note = p->note,
        .made_at = p->made_ms,
        .ended_at = p->ended_ms };
}

static err answer(struct cx *cx, const struct payouts_payout *p, int status, struct reply *reply)
{
    struct payout_view *v = NEW(cx->arena, struct payout_view);
    *v = view_of(cx, p);
    return reply_json(reply, status, &payout_shape, v);
}

static struct account_view account_view(const struct payouts_account *a)
{
    return (struct account_view){ .holder = a->holder,
        .iban = a->iban,
        .routing_number = a->routing,
        .account_number = a->number,
        .ending = a->hint,
        .given_at = a->added_ms };
}

/* ---- a seller's own ---- */

static err get_account(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct settlement *s = service;
    struct payouts_account account;
    struct account_view *v = NEW(cx->arena, struct account_view);
    (void)in;
    err e = payouts_account_of(s->deps.payouts, cx, cx->who.user_id, &account);
    if (e)
        return e;
    *v = account_view(&account);
    return reply_json(reply, 200, &account_shape, v);
}

static err put_account(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct account_view *in = body;
    struct payouts_account account;
    struct account_view *v = NEW(cx->arena, struct account_view);
    err e = settlement_account_put(service, cx,
        (struct payouts_account){ .holder = in->holder,
            .iban = in->iban,
            .routing = in->routing_number,
            .number = in->account_number },
        &account);
    if (e)
        return e;
    *v = account_view(&account);
    return reply_json(reply, 200, &account_shape, v);
}

static err list_of(struct settlement *s, struct cx *cx, struct payouts_page page,
    const struct json_shape *shape, struct list_view *v, struct reply *reply)
{
    struct payouts_payout *list;
    err e = payouts_list(s->deps.payouts, cx, page, &list, &v->payouts_n);
    if (e)
        return e;
    v->payouts = NEW_N(cx->arena, v->payouts_n, struct payout_view);
    for (size_t i = 0; i < v->payouts_n; i++)
        v->payouts[i] = view_of(cx, &list[i]);
    return reply_json(reply, 200, shape, v);
}

static err get_own(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct settlement *s = service;
    const struct payout_in *in = body;
    struct list_view *v = NEW(cx->arena, struct list_view);
    int64_t balance = 0, available = 0;
    err e = ledger_balance(
        s->deps.ledger, cx, settlement_owed(cx->who.user_id), s->currency, &balance, &available);
    if (e)
        return e;
    v->balance = money_of(available, s->currency);
    v->currency = str_dup(cx->arena, currency_str(&s->currency));
    return list_of(s, cx, (struct payouts_page){ cx->who.user_id, in->before, LIST_MAX },
        &own_shape, v, reply);
}

/* ---- staff ---- */

static err get_list(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct payout_in *in = body;
    return list_of(service, cx, (struct payouts_page){ .before = in->before, .limit = LIST_MAX },
        &list_shape, NEW(cx->arena, struct list_view), reply);
}

static err get_payout(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct settlement *s = service;
    const struct payout_in *in = body;
    struct payouts_payout payout;
    struct payouts_account account;
    struct detail_view *v = NEW(cx->arena, struct detail_view);
    err e = payouts_get(s->deps.payouts, cx, in->payout_id, &payout);
    if (!e)
        e = payouts_account_get(s->deps.payouts, cx, payout.account_id, &account);
    if (e)
        return e;
    v->payout = NEW(cx->arena, struct payout_view);
    v->account = NEW(cx->arena, struct account_view);
    *v->payout = view_of(cx, &payout);
    *v->account = account_view(&account);
    return reply_json(reply, 200, &detail_shape, v);
}

static err post_make(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct settlement *s = service;
    const struct payout_in *in = body;
    struct settlement_making m = {
        .seller_id = in->seller_id, .amount = in->amount, .reason = str_trim(in->reason)
    };
    m.claim = settlement_claim(cx, in->seller_id, in->amount, m.reason, in->key);
    err e = settlement_make(s, cx, &m);
    if (e)
        return e;
    if (!m.asked) {
        if (m.replayed)
            reply_add_header(reply, S("Idempotent-Replayed"), S("true"));
        reply_add_header(reply, S("Location"),
            str_cat(
                cx->arena, S("/api/v1/admin/payouts/"), id_text(cx->arena, m.payout.payout_id)));
        return answer(cx, &m.payout, 201, reply);
    }
    struct payout_view *v = NEW(cx->arena, struct payout_view);
    *v = (struct payout_view){ .seller_id = in->seller_id,
        .approval_id = m.approval_id,
        .state = S("asked"),
        .amount = m.money,
        .currency = str_dup(cx->arena, currency_str(&s->currency)),
        .reason = m.reason };
    reply_add_header(reply, S("Location"), S("/api/v1/admin/approvals"));
    return reply_json(reply, 202, &payout_shape, v);
}

static err end(
    struct settlement *s, struct cx *cx, const struct payout_in *in, bool paid, struct reply *reply)
{
    struct payouts_payout payout;
    err e = settlement_end(s, cx,
        (struct payouts_end){ .payout_id = in->payout_id, .paid = paid, .note = in->note },
        &payout);
    return e ? e : answer(cx, &payout, 200, reply);
}

static err post_paid(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return end(service, cx, body, true, reply);
}

static err post_failed(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return end(service, cx, body, false, reply);
}

/* ---- the table ---- */

static const problem *const account_problems[] = { &PAYOUTS_NO_ACCOUNT, NULL };
static const problem *const payout_problems[] = { &PAYOUTS_UNKNOWN, NULL };
static const problem *const make_problems[] = { &SETTLEMENT_LOW, &PAYOUTS_NO_ACCOUNT, &PAYOUTS_NEW,
    &IDEM_REQUIRED_MISSING, &IDEM_REUSED, &IDEM_RUNNING, NULL };
static const problem *const end_problems[] = { &PAYOUTS_UNKNOWN, &PAYOUTS_OVER, NULL };
const struct route settlement_routes[] = {
    { .method = "GET",
        .path = "/api/v1/seller/payout-account",
        .scope = SCOPE_SELLER,
        .unit = UNIT_READ,
        .out = &account_shape,
        .problems = account_problems,
        .fn = get_account,
        .summary = "The bank account that one's sales are paid to" },
    { .method = "PUT",
        .path = "/api/v1/seller/payout-account",
        .scope = SCOPE_SELLER,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_WRITE,
        .owner = "ledger",
        .limit = LIMIT_CODE,
        .in = &account_in_shape,
        .out = &account_shape,
        .fn = put_account,
        .conflict = settlement_own_conflict,
        .summary = "Give another; a mail tells of it, and payouts wait for some days" },
    { .method = "GET",
        .path = "/api/v1/seller/payouts",
        .scope = SCOPE_SELLER,
        .unit = UNIT_READ,
        .in = &query_shape,
        .out = &own_shape,
        .fn = get_own,
        .summary = "What one is owed, and what was sent, the newest first" },
    { .method = "GET",
        .path = "/api/v1/admin/payouts",
        .scope = SCOPE_BOOKS,
        .unit = UNIT_READ,
        .in = &query_shape,
        .out = &list_shape,
        .fn = get_list,
        .summary = "Payouts to all sellers, the newest first" },
    { .method = "GET",
        .path = "/api/v1/admin/payouts/{payoutId}",
        .scope = SCOPE_PAYOUTS,
        .in_person = true,
        .unit = UNIT_READ,
        .in = &path_shape,
        .out = &detail_shape,
        .problems = payout_problems,
        .fn = get_payout,
        .summary = "One with the bank account that it goes to" },
    { .method = "POST",
        .path = "/api/v1/admin/sellers/{sellerId}/payouts",
        .scope = SCOPE_PAYOUTS,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_NONE,
        .idempotency = IDEM_OWN,
        .in = &make_shape,
        .out = &payout_shape,
        .status = 201,
        .status_pending = 202,
        .problems = make_problems,
        .fn = post_make,
        .summary = "Send a seller what they are owed; 202: another person has to approve it" },
    { .method = "POST",
        .path = "/api/v1/admin/payouts/{payoutId}/paid",
        .scope = SCOPE_PAYOUTS,
        .in_person = true,
        .unit = UNIT_NONE,
        .in = &paid_shape,
        .out = &payout_shape,
        .problems = end_problems,
        .fn = post_paid,
        .summary = "The bank has paid it" },
    { .method = "POST",
        .path = "/api/v1/admin/payouts/{payoutId}/failed",
        .scope = SCOPE_PAYOUTS,
        .in_person = true,
        .unit = UNIT_NONE,
        .in = &failed_shape,
        .out = &payout_shape,
        .problems = end_problems,
        .fn = post_failed,
        .summary = "The bank has sent it back: the seller is owed it again" },
    ROUTES_END,
};
