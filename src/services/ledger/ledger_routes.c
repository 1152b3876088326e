/* SPDX-License-Identifier: Apache-2.0
 * Routes of the books for staff: the trial balance and the statement of an account. Called by the
 * gateway; must never decide or change anything. */
#include "services/ledger/ledger_routes.h"

#include "services/ledger/ledger.h"

static const char *const side_names[] = { "credit", "debit", NULL };

/* ---- the trial balance ---- */

struct sum_view {
    str kind, side, currency;
    money debit, credit, balance;
};
static const struct json_field sum_fields[] = {
    JSON_STR(struct sum_view, kind, .required = true, .one_of = ledger_kind_names),
    JSON_STR(struct sum_view, side, .required = true, .one_of = side_names,
        .doc = "on which side the account grows, and its balance is positive"),
    JSON_STR(struct sum_view, currency, .required = true),
    JSON_MONEY(struct sum_view, debit, .required = true),
    JSON_MONEY(struct sum_view, credit, .required = true),
    JSON_MONEY(struct sum_view, balance, .required = true),
};
static const struct json_shape sum_shape = JSON_SHAPE("LedgerSum", struct sum_view, sum_fields);

struct trial_view {
    struct sum_view *accounts;
    size_t accounts_n;
};
static const struct json_field trial_fields[] = {
    JSON_LIST(struct trial_view, accounts, sum_shape, .required = true, .max = 5000),
};
static const struct json_shape trial_shape =
    JSON_SHAPE("TrialBalance", struct trial_view, trial_fields);

static err get_trial(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    struct ledger_sum *sums;
    struct trial_view *view = NEW(cx->arena, struct trial_view);
    err e = ledger_trial(service, cx, &sums, &view->accounts_n);
    if (e)
        return e;
    view->accounts = NEW_N(cx->arena, view->accounts_n, struct sum_view);
    for (size_t i = 0; i < view->accounts_n; i++) {
        const struct ledger_sum *s = &sums[i];
        view->accounts[i] = (struct sum_view){ .kind = str_from_c(ledger_kind_names[s->kind]),
            .side = str_from_c(side_names[ledger_grows_by_debit(s->kind)]),
            .currency = currency_str(&s->currency),
            .debit = money_of(s->debit_minor, s->currency),
            .credit = money_of(s->credit_minor, s->currency),
            .balance = money_of(s->balance_minor, s->currency) };
    }
    return reply_json(reply, 200, &trial_shape, view);
}

/* ---- the statement of an account ---- */

struct statement_query {
    str kind, currency;
    id owner, page_token;
    int64_t limit;
};
static const struct json_field statement_in_fields[] = {
    JSON_STR(
        struct statement_query, kind, .required = true, .at = AT_PATH, .one_of = ledger_kind_names),
    JSON_STR(struct statement_query, currency, .required = true, .at = AT_QUERY, .min = 3, .max = 3,
        .doc = "ISO 4217 alpha-3"),
    JSON_ID(struct statement_query, owner, .at = AT_QUERY,
        .doc = "of accounts that have owners: a user, a guest's order, a seller, a gift card"),
    JSON_INT(struct statement_query, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct statement_query, page_token, .at = AT_QUERY),
};
static const struct json_shape statement_in =
    JSON_SHAPE("LedgerStatementQuery", struct statement_query, statement_in_fields);

struct line_view {
    id posting_id, reference;
    str kind, memo;
    money debit, credit; /* one of them */
    int64_t created_at;
};
static const struct json_field line_fields[] = {
    JSON_ID(struct line_view, posting_id, .required = true),
    JSON_ID(struct line_view, reference, .required = true, .doc = "the order, for most"),
    JSON_STR(struct line_view, kind, .required = true),
    JSON_STR(struct line_view, memo),
    JSON_MONEY(struct line_view, debit),
    JSON_MONEY(struct line_view, credit),
    JSON_TIME(struct line_view, created_at, .required = true),
};
static const struct json_shape line_shape = JSON_SHAPE("LedgerLine", struct line_view, line_fields);

struct statement_view {
    str kind, side, currency;
    id owner, next_page_token;
    money balance, available;
    struct line_view *entries;
    size_t entries_n;
};
static const struct json_field statement_fields[] = {
    JSON_STR(struct statement_view, kind, .required = true, .one_of = ledger_kind_names),
    JSON_ID(struct statement_view, owner),
    JSON_STR(struct statement_view, side, .required = true, .one_of = side_names),
    JSON_STR(struct statement_view, currency, .required = true),
    JSON_MONEY(struct statement_view, balance, .required = true),
    JSON_MONEY(struct statement_view, available, .required = true, .doc = "without live holds"),
    JSON_LIST(struct statement_view, entries, line_shape, .required = true),
    JSON_ID(struct statement_view, next_page_token),
};
static const struct json_shape statement_shape =
    JSON_SHAPE("LedgerStatement", struct statement_view, statement_fields);

#define STATEMENT_LIMIT 20

static enum ledger_kind kind_of(str name)
{
    for (int k = 0; k < LEDGER_KINDS_N; k++)
        if (str_eq(name, str_from_c(ledger_kind_names[k])))
            return (enum ledger_kind)k;
    panic(__FILE__, "the schema lets no other kind through");
}

/* What the table of fields cannot say: a known currency, an owner where there are owners. */
static err page_of(struct cx *cx, const struct statement_query *in, struct ledger_page *ret)
{
    *ret = (struct ledger_page){ .account = { kind_of(in->kind), in->owner },
        .before = in->page_token,
        .limit = in->limit ? in->limit : STATEMENT_LIMIT };
    bool known = currency_parse(in->currency, &ret->currency);
    if (!known)
        cx_field(cx, S("/currency"), "not_allowed", "no such currency");
    bool owned = ledger_is_owned(ret->account.kind);
    if (owned == id_is_none(in->owner))
        cx_field(cx, S("/owner"), owned ? "required" : "not_allowed",
            owned ? "whose account" : "the shop has one such account");
    if (cx->fields)
        return FAIL(cx, ERR_INVALID, "statement");
    return NULL;
}

static void fill_lines(
    struct statement_view *view, struct cx *cx, const struct ledger_line *lines, currency cur)
{
    view->entries = NEW_N(cx->arena, view->entries_n, struct line_view);
    for (size_t i = 0; i < view->entries_n; i++) {
        const struct ledger_line *line = &lines[i];
        struct line_view *to = &view->entries[i];
        *to = (struct line_view){ .posting_id = line->posting_id,
            .reference = line->reference,
            .kind = line->kind,
            .memo = line->memo,
            .created_at = line->at_ms };
        if (line->minor > 0)
            to->debit = money_of(line->minor, cur);
        else
            to->credit = money_of(-line->minor, cur);
    }
}

static err get_statement(void *service, struct cx *cx, const void *query, struct reply *reply)
{
    const struct statement_query *in = query;
    struct ledger_page page;
    err e = page_of(cx, in, &page);
    if (e)
        return e;
    struct statement_view *view = NEW(cx->arena, struct statement_view);
    struct ledger_line *lines;
    int64_t balance, available;
    e = ledger_balance(service, cx, page.account, page.currency, &balance, &available);
    if (!e)
        e = ledger_statement(service, cx, page, &lines, &view->entries_n);
    if (e)
        return e;
    view->kind = in->kind;
    view->owner = in->owner;
    view->side = str_from_c(side_names[ledger_grows_by_debit(page.account.kind)]);
    view->currency = in->currency;
    view->balance = money_of(balance, page.currency);
    view->available = money_of(available, page.currency);
    fill_lines(view, cx, lines, page.currency);
    if (view->entries_n == (size_t)page.limit)
        view->next_page_token = lines[view->entries_n - 1].posting_id;
    return reply_json(reply, 200, &statement_shape, view);
}

const struct route ledger_routes[] = {
    { .method = "GET",
        .path = "/api/v1/admin/ledger",
        .priority = PRIORITY_LOW,
        .scope = SCOPE_BOOKS,
        .unit = UNIT_READ,
        .out = &trial_shape,
        .fn = get_trial,
        .summary = "The trial balance: all accounts, by kind and currency" },
    { .method = "GET",
        .path = "/api/v1/admin/ledger/{kind}",
        .scope = SCOPE_BOOKS,
        .unit = UNIT_READ,
        .in = &statement_in,
        .out = &statement_shape,
        .fn = get_statement,
        .summary = "The statement of an account, newest first" },
    ROUTES_END,
};
