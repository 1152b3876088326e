/* SPDX-License-Identifier: Apache-2.0
 * The verbs of the books: postings, holds, balances. Called by routes, jobs and flows inside their
 * unit of work; must never begin or commit one, nor change what has been posted. */
#include "services/ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "ledger_sql.h"
#include "services/ledger/ledger_domain.h"
#include "services/ledger/ledger_routes.h"
#include "services/ledger/ledger_store.h"

const problem LEDGER_BALANCE_LOW = { KIND_CONFLICT, "ledger.balance_low", "insufficient_balance",
    "The balance is not enough" };
const problem LEDGER_HOLD_GONE = { KIND_CONFLICT, "ledger.hold_gone", NULL,
    "The amount was not held any more" };
const problem LEDGER_HOLD_POSTED = { KIND_CONFLICT, "ledger.hold_posted", NULL,
    "The amount has been taken already" };

struct ledger *ledger_open(struct arena *life, struct ledger_deps deps)
{
    struct ledger *l = NEW(life, struct ledger);
    l->deps = deps;
    return l;
}

/* ---- limited accounts ---- */

/* Under the guard: whether the account can be debited by `minor` beside its live holds. */
static err check_left(
    struct ledger *l, struct cx *cx, struct ledger_account account, currency cur, int64_t minor)
{
    int64_t sum = 0, held = 0;
    err e = ledger_store_balance(l, cx, account, cur, &sum, &held);
    if (e)
        return e;
    int64_t left = ledger_domain_balance(account.kind, sum) - held;
    if (minor > left)
        return FAIL(cx, LEDGER_BALANCE_LOW, "%s: want=%" PRId64 " left=%" PRId64,
            ledger_kind_names[account.kind], minor, left);
    return NULL;
}

/* The entries that take from limited accounts, in the order in which accounts are locked. */
static size_t takes_of(const struct ledger_posting *in, struct ledger_entry *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++) {
        struct ledger_entry e = in->entries[i];
        if (!ledger_is_limited(e.account.kind) || e.minor < 0)
            continue;
        size_t at = n++;
        for (; at > 0; at--) {
            const struct ledger_account *p = &ret[at - 1].account;
            if (p->kind < e.account.kind ||
                (p->kind == e.account.kind && id_cmp(p->owner, e.account.owner) < 0))
                break;
            ret[at] = ret[at - 1];
        }
        ret[at] = e;
    }
    return n;
}

/* ---- postings ---- */

err ledger_post(struct ledger *l, struct cx *cx, const struct ledger_posting *in)
{
    ASSERT(!id_is_none(in->posting_id) && !id_is_none(in->reference) && in->currency.code[0]);
    if (in->kind.n < 1 || in->kind.n > LEDGER_KIND_BYTES || in->memo.n > LEDGER_MEMO_BYTES)
        return FAIL(cx, ERR_BUG, "a kind of %zu bytes, a memo of %zu", in->kind.n, in->memo.n);
    err e = ledger_domain_balanced(cx, in->entries, in->n);
    if (e)
        return e;
    struct ledger_entry takes[LEDGER_ENTRIES_MAX];
    size_t n = takes_of(in, takes);
    for (size_t i = 0; i < n; i++) {
        e = ledger_store_guard(l, cx, takes[i].account, in->currency);
        if (e)
            return e;
    }
    bool known = false;
    if (n) /* after the locks: a repeat must not be counted again */
        e = ledger_store_known(l, cx, in, &known);
    if (e || known)
        return e;
    for (size_t i = 0; i < n; i++) {
        e = check_left(l, cx, takes[i].account, in->currency, takes[i].minor);
        if (e)
            return e;
    }
    bool is_new = false;
    return ledger_store_post(l, cx, in, &is_new);
}

err ledger_transfer(struct ledger *l, struct cx *cx, const struct ledger_transfer *in)
{
    if (in->amount.minor < 1)
        return FAIL(cx, ERR_BUG, "a transfer of %" PRId64, in->amount.minor);
    const struct ledger_entry entries[] = { { in->from, in->amount.minor },
        { in->to, -in->amount.minor } };
    return ledger_post(l, cx,
        &(struct ledger_posting){ .posting_id = in->posting_id,
            .kind = in->kind,
            .reference = in->reference,
            .currency = in->amount.currency,
            .entries = entries,
            .n = COUNT(entries) });
}

err ledger_of(
    struct ledger *l, struct cx *cx, id reference, struct ledger_posting **ret, size_t *ret_n)
{
    struct ledger_sql_posting_of_row *rows;
    size_t n;
    err e = ledger_sql_posting_of(
        l->deps.db, cx, (struct ledger_sql_posting_of_in){ .reference = reference }, &rows, &n);
    if (e)
        return e;
    struct ledger_posting *list = NEW_N(cx->arena, n, struct ledger_posting);
    for (size_t i = 0; i < n; i++) {
        struct ledger_entry *entries;
        list[i] = (struct ledger_posting){ .posting_id = rows[i].posting_id,
            .kind = rows[i].kind,
            .reference = reference,
            .memo = rows[i].memo,
            .at_ms = rows[i].created_ms };
        e = ledger_store_entries(cx, rows[i].entries, &entries, &list[i].n);
        if (e)
            return e;
        list[i].entries = entries;
        if (!currency_parse(rows[i].currency, &list[i].currency))
            return FAIL(cx, ERR_BUG, "an unknown currency");
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}

/* ---- holds ---- */

static err hold_state(struct ledger *l, struct cx *cx, id hold_id,
    struct ledger_sql_hold_get_row *ret, enum ledger_hold_state *ret_state, bool *ret_found)
{
    err e = ledger_sql_hold_get(
        l->deps.db, cx, (struct ledger_sql_hold_get_in){ .hold_id = hold_id }, ret, ret_found);
    if (e || !*ret_found)
        return e;
    for (int s = 0; s < HOLD_STATES_N; s++)
        if (str_eq(ret->state, str_from_c(ledger_hold_state_names[s]))) {
            *ret_state = (enum ledger_hold_state)s;
            return NULL;
        }
    return FAIL(cx, ERR_BUG, "a hold that is " STR_F, STR_A(ret->state));
}

/* The answer to the same hold once more. */
static err hold_again(struct ledger *l, struct cx *cx, id hold_id, bool *ret_found)
{
    struct ledger_sql_hold_get_row row;
    enum ledger_hold_state state = HOLD_LIVE;
    err e = hold_state(l, cx, hold_id, &row, &state, ret_found);
    if (!e && *ret_found && (state == HOLD_VOIDED || state == HOLD_EXPIRED))
        e = FAIL(cx, LEDGER_HOLD_GONE, "%s", ledger_hold_state_names[state]);
    return e;
}

static err hold_add(struct ledger *l, struct cx *cx, const struct ledger_hold *in, int64_t *ret_n)
{
    return ledger_sql_hold_add(l->deps.db, cx,
        (struct ledger_sql_hold_add_in){ .hold_id = in->hold_id,
            .reference = in->reference,
            .from_account = ledger_domain_code(in->from.kind),
            .from_owner = in->from.owner,
            .to_account = ledger_domain_code(in->to.kind),
            .to_owner = in->to.owner,
            .currency = currency_str(&in->amount.currency),
            .minor = in->amount.minor,
            .expires_ms = in->expires_ms,
            .created_ms = cx->now_ms },
        ret_n);
}

err ledger_hold(struct ledger *l, struct cx *cx, const struct ledger_hold *in)
{
    ASSERT(!id_is_none(in->hold_id) && !id_is_none(in->reference));
    if (in->amount.minor < 1)
        return FAIL(cx, ERR_BUG, "a hold of %" PRId64, in->amount.minor);
    const struct ledger_entry entries[] = { { in->from, in->amount.minor },
        { in->to, -in->amount.minor } };
    bool found = false;
    err e = ledger_domain_balanced(cx, entries, COUNT(entries));
    if (!e && ledger_is_limited(in->from.kind))
        e = ledger_store_guard(l, cx, in->from, in->amount.currency);
    if (!e)
        e = hold_again(l, cx, in->hold_id, &found);
    if (e || found)
        return e;
    if (ledger_is_limited(in->from.kind))
        e = check_left(l, cx, in->from, in->amount.currency, in->amount.minor);
    if (e)
        return e;
    int64_t added = 0;
    e = hold_add(l, cx, in, &added);
    return e || added ? e : hold_again(l, cx, in->hold_id, &found); /* a twin was faster */
}

/* Not live any more, or never there. */
static err hold_posted(struct ledger *l, struct cx *cx, id hold_id, int64_t minor)
{
    struct ledger_sql_hold_get_row row;
    enum ledger_hold_state state = HOLD_LIVE;
    bool found = false;
    err e = hold_state(l, cx, hold_id, &row, &state, &found);
    if (e)
        return e;
    if (!found || state != HOLD_POSTED)
        return FAIL(cx, LEDGER_HOLD_GONE, "%s", found ? ledger_hold_state_names[state] : "none");
    if (row.posted_minor != minor)
        return FAIL(
            cx, ERR_BUG, "%" PRId64 " of a hold that posted %" PRId64, minor, row.posted_minor);
    return NULL;
}

err ledger_hold_post(struct ledger *l, struct cx *cx, id hold_id, int64_t minor)
{
    if (minor < 1)
        return FAIL(cx, ERR_BUG, "a posting of %" PRId64, minor);
    struct ledger_sql_hold_post_row row;
    bool live = false;
    err e = ledger_sql_hold_post(l->deps.db, cx,
        (struct ledger_sql_hold_post_in){
            .hold_id = hold_id, .posted_minor = minor, .now_ms = cx->now_ms },
        &row, &live);
    if (e)
        return e;
    if (!live)
        return hold_posted(l, cx, hold_id, minor);
    struct ledger_entry entries[] = { { { .owner = row.from_owner }, minor },
        { { .owner = row.to_owner }, -minor } };
    struct ledger_posting posting = { .posting_id = hold_id,
        .kind = S("hold"),
        .reference = row.reference,
        .entries = entries,
        .n = COUNT(entries) };
    if (!ledger_domain_kind(row.from_account, &entries[0].account.kind) ||
        !ledger_domain_kind(row.to_account, &entries[1].account.kind) ||
        !currency_parse(row.currency, &posting.currency))
        return FAIL(cx, ERR_BUG, "a hold between unknown accounts");
    bool is_new = false;
    e = ledger_store_post(l, cx, &posting, &is_new);
    if (!e && !is_new)
        e = FAIL(cx, ERR_BUG, "a live hold that was posted before");
    return e;
}

err ledger_hold_void(struct ledger *l, struct cx *cx, id hold_id)
{
    struct ledger_sql_hold_end_in in = { .hold_id = hold_id,
        .state = str_from_c(ledger_hold_state_names[HOLD_VOIDED]),
        .now_ms = cx->now_ms };
    int64_t ended = 0;
    err e = ledger_sql_hold_end(l->deps.db, cx, in, &ended);
    if (e || ended)
        return e;
    struct ledger_sql_hold_get_row row;
    enum ledger_hold_state state = HOLD_LIVE;
    bool found = false;
    e = hold_state(l, cx, hold_id, &row, &state, &found);
    if (!e && found && state == HOLD_POSTED)
        e = FAIL(cx, LEDGER_HOLD_POSTED, "posted %" PRId64, row.posted_minor);
    return e;
}

/* ---- reading ---- */

err ledger_lock(struct ledger *l, struct cx *cx, struct ledger_account account, currency cur)
{
    return ledger_store_guard(l, cx, account, cur);
}

err ledger_balance(struct ledger *l, struct cx *cx, struct ledger_account account, currency cur,
    int64_t *ret_minor, int64_t *ret_available)
{
    struct ledger_left left;
    err e = ledger_balances(l, cx, &(struct ledger_asked){ account, cur }, 1, &left);
    if (e)
        return e;
    *ret_minor = left.minor;
    *ret_available = left.available;
    return NULL;
}

err ledger_balances(struct ledger *l, struct cx *cx, const struct ledger_asked *asked, size_t n,
    struct ledger_left *ret)
{
    ASSERT(n <= LEDGER_BALANCES_MAX);
    if (n == 0)
        return NULL;
    struct ledger_sql_balance_in *in = NEW_N(cx->arena, n, struct ledger_sql_balance_in);
    struct ledger_sql_balance_row *rows = NEW_N(cx->arena, n, struct ledger_sql_balance_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        in[i] =
            (struct ledger_sql_balance_in){ .account = ledger_domain_code(asked[i].account.kind),
                .owner = asked[i].account.owner,
                .currency = currency_str(&asked[i].currency) };
    err e = ledger_sql_balance_batch(l->deps.db, cx, in, n, rows, found);
    for (size_t i = 0; !e && i < n; i++) {
        enum ledger_kind kind = asked[i].account.kind;
        ret[i].minor = ledger_domain_balance(kind, rows[i].minor);
        ret[i].available = ledger_domain_balance(kind, rows[i].minor + rows[i].held);
    }
    return e;
}

err ledger_statement(
    struct ledger *l, struct cx *cx, struct ledger_page in, struct ledger_line **ret, size_t *ret_n)
{
    struct ledger_sql_statement_row *rows;
    size_t n;
    err e = ledger_sql_statement(l->deps.db, cx,
        (struct ledger_sql_statement_in){ .account = ledger_domain_code(in.account.kind),
            .owner = in.account.owner,
            .currency = currency_str(&in.currency),
            .before = id_or_greatest(in.before),
            .limit = in.limit },
        &rows, &n);
    if (e)
        return e;
    struct ledger_line *lines = NEW_N(cx->arena, n, struct ledger_line);
    for (size_t i = 0; i < n; i++)
        lines[i] = (struct ledger_line){ .posting_id = rows[i].posting_id,
            .reference = rows[i].reference,
            .kind = rows[i].kind,
            .memo = rows[i].memo,
            .minor = rows[i].minor,
            .at_ms = rows[i].created_ms };
    *ret = lines;
    *ret_n = n;
    return NULL;
}

err ledger_trial(struct ledger *l, struct cx *cx, struct ledger_sum **ret, size_t *ret_n)
{
    struct ledger_sql_trial_row *rows;
    size_t n;
    err e = ledger_sql_trial(l->deps.db, cx, &rows, &n);
    if (e)
        return e;
    struct ledger_sum *sums = NEW_N(cx->arena, n, struct ledger_sum);
    for (size_t i = 0; i < n; i++) {
        sums[i] =
            (struct ledger_sum){ .debit_minor = rows[i].debit, .credit_minor = rows[i].credit };
        if (!ledger_domain_kind(rows[i].account, &sums[i].kind) ||
            !currency_parse(rows[i].currency, &sums[i].currency))
            return FAIL(cx, ERR_BUG, "no account %" PRId64, rows[i].account);
        sums[i].balance_minor = ledger_domain_balance(sums[i].kind, rows[i].debit - rows[i].credit);
    }
    *ret = sums;
    *ret_n = n;
    return NULL;
}

/* ---- jobs and the tables that the application sees ---- */

#define EXPIRE_BATCH 100

static err job_expire(void *service, struct cx *cx, bool *ret_more)
{
    struct ledger *l = service;
    struct ledger_sql_hold_due_row *rows;
    size_t n;
    err e = ledger_sql_hold_due(l->deps.db, cx,
        (struct ledger_sql_hold_due_in){ .now_ms = cx->now_ms, .limit = EXPIRE_BATCH }, &rows, &n);
    if (e)
        return e;
    struct ledger_sql_hold_end_in *in = NEW_N(cx->arena, n, struct ledger_sql_hold_end_in);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct ledger_sql_hold_end_in){ .hold_id = rows[i].hold_id,
            .state = str_from_c(ledger_hold_state_names[HOLD_EXPIRED]),
            .now_ms = cx->now_ms };
    *ret_more = n == EXPIRE_BATCH;
    return ledger_sql_hold_end_batch(l->deps.db, cx, in, n, NULL);
}

static const struct job jobs[] = {
    { .name = "ledger.expire", .period_ms = 30 * 1000, .fn = job_expire },
    { 0 },
};
static const problem *const problems[] = { &LEDGER_BALANCE_LOW, &LEDGER_HOLD_GONE,
    &LEDGER_HOLD_POSTED, NULL };
const struct service ledger_service = {
    .name = "ledger",
    .folder = "src/services/ledger/",
    .routes = ledger_routes,
    .jobs = jobs,
    .queries = ledger_queries,
    .problems = problems,
};
