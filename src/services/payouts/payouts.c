/* SPDX-License-Identifier: Apache-2.0
 * The verbs of payouts. Called by the flow of settlement inside its unit; must never end a payout
 * twice, nor send one to an account that has just been given. */
#include "services/payouts/payouts.h"

#include "base/utf8.h"
#include "payouts_sql.h"
#include "services/payouts/payouts_domain.h"

const problem PAYOUTS_UNKNOWN = { KIND_MISSING, "payouts.unknown", "not_found",
    "There is no such payout" };
const problem PAYOUTS_NO_ACCOUNT = { KIND_CONFLICT, "payouts.no_account", "payout_account_missing",
    "The seller has given no bank account" };
const problem PAYOUTS_NEW = { KIND_CONFLICT, "payouts.new", "payout_account_new",
    "The bank account was given too lately: whoever owns it is to have time to object" };
const problem PAYOUTS_OVER = { KIND_CONFLICT, "payouts.over", "payout_over",
    "This payout has ended already" };

const char *const payouts_state_names[PAYOUTS_STATES_N + 1] = { "pending", "paid", "failed", NULL };

struct payouts {
    struct payouts_deps deps;
};

struct payouts *payouts_open(struct arena *life, struct payouts_deps deps)
{
    struct payouts *p = NEW(life, struct payouts);
    p->deps = deps;
    return p;
}

int64_t payouts_account_wait(const struct payouts *p)
{
    return p->deps.account_wait_ms;
}

/* ---- accounts ---- */

static err check_account(struct cx *cx, const struct payouts_account *in)
{
    bool ok = true;
    if (!in->holder.n || in->holder.n > PAYOUTS_HOLDER_MAX || !utf8_is_name(in->holder)) {
        cx_field(cx, S("/holder"), "bad_text", "1 to %d bytes of text", PAYOUTS_HOLDER_MAX);
        ok = false;
    }
    if (in->iban.n && (in->routing.n || in->number.n)) {
        cx_field(cx, S("/iban"), "ambiguous", "either this or a routing and an account number");
        return FAIL(cx, ERR_INVALID, "two bank accounts");
    }
    if (in->iban.n || (!in->routing.n && !in->number.n)) {
        if (!payouts_domain_iban_ok(in->iban)) {
            cx_field(cx, S("/iban"), in->iban.n ? "bad_iban" : "required",
                in->iban.n ? "a letter or digit is wrong" : "an IBAN, or routing and number");
            ok = false;
        }
        return ok ? NULL : FAIL(cx, ERR_INVALID, "bank account");
    }
    if (!payouts_domain_routing_ok(in->routing)) {
        cx_field(cx, S("/routingNumber"), "bad_routing", "nine digits, one of them is wrong");
        ok = false;
    }
    if (!payouts_domain_number_ok(in->number)) {
        cx_field(cx, S("/accountNumber"), "bad_number", "4 to 17 digits");
        ok = false;
    }
    return ok ? NULL : FAIL(cx, ERR_INVALID, "bank account");
}

err payouts_account_put(struct payouts *p, struct cx *cx, id seller_id, struct payouts_account in,
    struct payouts_account *ret)
{
    struct payouts_account a = { .account_id = cx_id(cx),
        .holder = str_trim(in.holder),
        .iban = payouts_domain_plain(cx->arena, in.iban),
        .routing = payouts_domain_plain(cx->arena, in.routing),
        .number = payouts_domain_plain(cx->arena, in.number),
        .added_ms = cx->now_ms };
    err e = check_account(cx, &a);
    str number = a.iban.n ? a.iban : a.number;
    a.hint = payouts_domain_hint(number);
    if (!e)
        e = payouts_sql_account_replace(p->deps.db, cx,
            (struct payouts_sql_account_replace_in){ .seller_id = seller_id, .now_ms = cx->now_ms },
            NULL);
    if (!e)
        e = payouts_sql_account_add(p->deps.db, cx,
            (struct payouts_sql_account_add_in){ .account_id = a.account_id,
                .seller_id = seller_id,
                .holder = a.holder,
                .number = number,
                .routing = a.iban.n ? (str){ 0 } : a.routing,
                .hint = a.hint,
                .now_ms = cx->now_ms },
            NULL);
    *ret = a;
    return e;
}

static struct payouts_account account_of(const struct payouts_sql_account_get_row *r)
{
    bool us = r->routing.n > 0;
    return (struct payouts_account){ .account_id = r->account_id,
        .holder = r->holder,
        .iban = us ? (str){ 0 } : r->number,
        .number = us ? r->number : (str){ 0 },
        .routing = r->routing,
        .hint = r->hint,
        .added_ms = r->added_ms };
}

err payouts_account_of(struct payouts *p, struct cx *cx, id seller_id, struct payouts_account *ret)
{
    struct payouts_sql_account_get_row row;
    bool found;
    err e = payouts_sql_account_used(
        p->deps.db, cx, (struct payouts_sql_account_used_in){ seller_id }, &row, &found);
    if (!e && !found)
        return FAIL(cx, PAYOUTS_NO_ACCOUNT, "none in use");
    if (!e)
        *ret = account_of(&row);
    return e;
}

err payouts_account_get(
    struct payouts *p, struct cx *cx, id account_id, struct payouts_account *ret)
{
    struct payouts_sql_account_get_row row;
    bool found;
    err e = payouts_sql_account_get(
        p->deps.db, cx, (struct payouts_sql_account_get_in){ account_id }, &row, &found);
    if (!e && !found)
        return FAIL(cx, ERR_BUG, "a payout without its account");
    if (!e)
        *ret = account_of(&row);
    return e;
}

/* ---- payouts ---- */

err payouts_make(struct payouts *p, struct cx *cx, struct payouts_payout in)
{
    struct payouts_account account;
    ASSERT(in.amount.minor > 0 && in.reason.n > 0 && in.reason.n <= PAYOUTS_TEXT_MAX);
    err e = payouts_account_of(p, cx, in.seller_id, &account);
    if (!e && account.added_ms + p->deps.account_wait_ms > cx->now_ms)
        return FAIL(cx, PAYOUTS_NEW, "given at %lld", (long long)account.added_ms);
    return e ? e
             : payouts_sql_payout_add(p->deps.db, cx,
                   (struct payouts_sql_payout_add_in){ .payout_id = in.payout_id,
                       .seller_id = in.seller_id,
                       .account_id = account.account_id,
                       .amount_minor = in.amount.minor,
                       .currency = currency_str(&in.amount.currency),
                       .reason = in.reason,
                       .made_by = cx->who.user_id,
                       .approval_id = in.approval_id,
                       .now_ms = cx->now_ms },
                   NULL);
}

static err payout_of(
    struct cx *cx, const struct payouts_sql_payout_get_row *r, struct payouts_payout *ret)
{
    *ret = (struct payouts_payout){ .payout_id = r->payout_id,
        .seller_id = r->seller_id,
        .account_id = r->account_id,
        .made_by = r->made_by,
        .approval_id = r->approval_id,
        .ended_by = r->ended_by,
        .amount = { .minor = r->amount_minor },
        .reason = r->reason,
        .note = r->note,
        .made_ms = r->made_ms,
        .ended_ms = r->ended_ms.has ? r->ended_ms.v : 0 };
    while (ret->state < PAYOUTS_STATES_N &&
           !str_eq(r->state, str_from_c(payouts_state_names[ret->state])))
        ret->state++;
    if (ret->state == PAYOUTS_STATES_N || !currency_parse(r->currency, &ret->amount.currency))
        return FAIL(cx, ERR_BUG, "a payout of state " STR_F, STR_A(r->state));
    return NULL;
}

err payouts_get(struct payouts *p, struct cx *cx, id payout_id, struct payouts_payout *ret)
{
    struct payouts_sql_payout_get_row row;
    bool found;
    err e = payouts_sql_payout_get(
        p->deps.db, cx, (struct payouts_sql_payout_get_in){ payout_id }, &row, &found);
    if (!e && !found)
        return FAIL(cx, PAYOUTS_UNKNOWN, "none");
    return e ? e : payout_of(cx, &row, ret);
}

err payouts_end(struct payouts *p, struct cx *cx, struct payouts_end in, struct payouts_payout *ret,
    bool *ret_moved)
{
    enum payouts_state to = in.paid ? PAYOUTS_PAID : PAYOUTS_FAILED;
    int64_t changed = 0;
    err e = payouts_sql_payout_end(p->deps.db, cx,
        (struct payouts_sql_payout_end_in){ .payout_id = in.payout_id,
            .state = str_from_c(payouts_state_names[to]),
            .note = in.note,
            .ended_by = cx->who.user_id,
            .now_ms = cx->now_ms },
        &changed);
    if (!e)
        e = payouts_get(p, cx, in.payout_id, ret);
    *ret_moved = changed > 0;
    if (!e && ret->state != to)
        return FAIL(cx, PAYOUTS_OVER, "%s", payouts_state_names[ret->state]);
    return e;
}

err payouts_list(struct payouts *p, struct cx *cx, struct payouts_page page,
    struct payouts_payout **ret, size_t *ret_n)
{
    struct payouts_sql_payout_get_row *rows;
    size_t n;
    id before = id_is_none(page.before) ? id_greatest() : page.before;
    err e = id_is_none(page.seller_id)
                ? payouts_sql_payout_list(p->deps.db, cx,
                      (struct payouts_sql_payout_list_in){ before, page.limit }, &rows, &n)
                : payouts_sql_payout_list_of(p->deps.db, cx,
                      (struct payouts_sql_payout_list_of_in){ page.seller_id, before, page.limit },
                      &rows, &n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, n, struct payouts_payout);
    *ret_n = n;
    for (size_t i = 0; !e && i < n; i++)
        e = payout_of(cx, &rows[i], &(*ret)[i]);
    return e;
}

err payouts_made_since(struct payouts *p, struct cx *cx, id seller_id, currency cur,
    int64_t since_ms, int64_t *ret_minor)
{
    struct payouts_sql_payout_sum_since_row row = { 0 };
    bool found;
    err e = payouts_sql_payout_sum_since(p->deps.db, cx,
        (struct payouts_sql_payout_sum_since_in){
            .seller_id = seller_id, .currency = currency_str(&cur), .since_ms = since_ms },
        &row, &found);
    *ret_minor = row.minor;
    return e;
}

err payouts_pending(struct payouts *p, struct cx *cx, struct payouts_sum **ret, size_t *ret_n)
{
    struct payouts_sql_pending_sums_row *rows;
    size_t n;
    err e = payouts_sql_pending_sums(p->deps.db, cx, &rows, &n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, n, struct payouts_sum);
    *ret_n = n;
    for (size_t i = 0; i < n; i++) {
        (*ret)[i].minor = rows[i].minor;
        if (!currency_parse(rows[i].currency, &(*ret)[i].currency))
            return FAIL(cx, ERR_BUG, "unknown currency " STR_F, STR_A(rows[i].currency));
    }
    return NULL;
}

static const struct service_part person_parts[] = {
    { "payoutAccounts", &PAYOUTS_PERSON_ACCOUNTS },
    { "payouts", &PAYOUTS_PERSON_PAYOUTS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &PAYOUTS_ERASE_ACCOUNTS,
    &PAYOUTS_ERASE_PAYOUTS, &PAYOUTS_ERASE_NOTE, NULL };
static const struct service_person person = { .parts = person_parts,
    .erase = person_erase,
    .blocks = &PAYOUTS_PERSON_BLOCKS,
    .erased = &PAYOUTS_ERASED };

static const problem *const problems[] = { &PAYOUTS_UNKNOWN, &PAYOUTS_NO_ACCOUNT, &PAYOUTS_NEW,
    &PAYOUTS_OVER, NULL };
const struct service payouts_service = {
    .name = "payouts",
    .folder = "src/services/payouts/",
    .queries = payouts_queries,
    .person = &person,
    .marked = payouts_marked,
    .problems = problems,
};
