/* SPDX-License-Identifier: Apache-2.0
 * A seller's page of payouts, and the table of this flow's pages and forms. Called by the gateway;
 * works without scripts; must never show a whole account number. */
#include "base/instant.h"
#include "flows/settlement/settlement_internal.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"

#define HERE "/account/payouts"
#define ROWS 30
#define FIELDS_N 4

struct sent_view {
    str amount, state, day, note;
};
struct payouts_view {
    str balance, holder, ending, since, none, wait;
    const struct alert_view *alert;
    const struct sent_view *payouts;
    const struct field_view *fields;
    size_t payouts_n, fields_n;
};
static const struct html_field sent_fields[] = {
    HTML_TEXT(struct sent_view, amount),
    HTML_TEXT(struct sent_view, state),
    HTML_TEXT(struct sent_view, day),
    HTML_TEXT(struct sent_view, note),
    HTML_END,
};
static const struct html_field payouts_fields[] = {
    HTML_TEXT(struct payouts_view, balance),
    HTML_TEXT(struct payouts_view, holder),
    HTML_TEXT(struct payouts_view, ending),
    HTML_TEXT(struct payouts_view, since),
    HTML_TEXT(struct payouts_view, none),
    HTML_TEXT(struct payouts_view, wait),
    HTML_OBJECT(struct payouts_view, alert, alert_fields),
    HTML_LIST(struct payouts_view, payouts, sent_fields),
    HTML_LIST(struct payouts_view, fields, field_fields),
    HTML_END,
};
static const struct html_page payouts_page = { "src/flows/settlement/pages/payouts.html",
    payouts_fields };
const struct html_page *const settlement_pages[] = { &payouts_page, NULL };

struct page_in {
    str said, holder, iban, routing_number, account_number;
};
static const char *const saids[] = { "saved", NULL };
static const struct json_field query_fields[] = {
    JSON_STR(struct page_in, said, .at = AT_QUERY, .one_of = saids),
};
static const struct json_shape query_shape =
    JSON_SHAPE("PayoutsPageQuery", struct page_in, query_fields);
static const struct json_field form_fields[] = {
    JSON_STR(struct page_in, holder, .max = 1000),
    JSON_STR(struct page_in, iban, .max = 1000),
    JSON_STR(struct page_in, routing_number, .max = 1000),
    JSON_STR(struct page_in, account_number, .max = 1000),
};
static const struct json_shape form_shape =
    JSON_SHAPE("PayoutAccountForm", struct page_in, form_fields);

static void fill_fields(struct cx *cx, const struct page_in *in, const struct field_error *faults,
    struct payouts_view *v)
{
    const struct field_view ready[FIELDS_N] = {
        { .name = S("holder"),
            .label = S("Holder of the account"),
            .type = S("text"),
            .value = in->holder,
            .max = PAYOUTS_HOLDER_MAX,
            .required = true },
        { .name = S("iban"), .label = S("IBAN"), .type = S("text"), .value = in->iban, .max = 42 },
        { .name = S("routingNumber"),
            .label = S("Routing number"),
            .type = S("text"),
            .value = in->routing_number,
            .inputmode = S("numeric"),
            .max = 11,
            .optional = true },
        { .name = S("accountNumber"),
            .label = S("Account number"),
            .type = S("text"),
            .value = in->account_number,
            .inputmode = S("numeric"),
            .max = 20,
            .optional = true },
    };
    struct field_view *fields = NEW_N(cx->arena, FIELDS_N, struct field_view);
    for (size_t i = 0; i < FIELDS_N; i++)
        fields[i] = ready[i];
    web_place_faults(cx->arena, faults, fields, FIELDS_N);
    v->fields = fields;
    v->fields_n = FIELDS_N;
}

static err fill_account(struct settlement *s, struct cx *cx, struct payouts_view *v)
{
    struct payouts_account account;
    err e = payouts_account_of(s->deps.payouts, cx, cx->who.user_id, &account);
    if (e == &PAYOUTS_NO_ACCOUNT) {
        cx_clear(cx);
        return NULL;
    }
    if (e)
        return e;
    v->holder = account.holder;
    v->ending = account.hint;
    v->since = instant_day_long(cx->arena, account.added_ms);
    return NULL;
}

static err fill_sent(struct settlement *s, struct cx *cx, struct payouts_view *v)
{
    static const str words[PAYOUTS_STATES_N] = { S_INIT("is on its way"), S_INIT("has arrived"),
        S_INIT("came back") };
    struct payouts_payout *list;
    err e = payouts_list(s->deps.payouts, cx,
        (struct payouts_page){ .seller_id = cx->who.user_id, .limit = ROWS }, &list, &v->payouts_n);
    if (e)
        return e;
    struct sent_view *sent = NEW_N(cx->arena, v->payouts_n, struct sent_view);
    for (size_t i = 0; i < v->payouts_n; i++)
        sent[i] = (struct sent_view){ .amount = money_display(cx->arena, list[i].amount, S("en")),
            .state = words[list[i].state],
            .day = instant_day_long(cx->arena, list[i].made_ms),
            .note = list[i].note };
    v->payouts = sent;
    if (!v->payouts_n)
        v->none = S("Nothing yet.");
    return NULL;
}

static str wait_text(struct cx *cx, int64_t ms)
{
    if (ms == 0)
        return (str){ 0 };
    return ms % DAY_MS == 0 ? web_count(cx->arena, ms / DAY_MS, "day", "days")
                            : web_count(cx->arena, ms / HOUR_MS, "hour", "hours");
}

struct shown {
    int status;
    const struct alert_view *alert;
    const struct field_error *faults;
};

static err show(struct settlement *s, struct cx *cx, const struct page_in *in, struct shown how,
    struct reply *reply)
{
    struct payouts_view *v = NEW(cx->arena, struct payouts_view);
    int64_t balance = 0, available = 0;
    err e = ledger_balance(
        s->deps.ledger, cx, settlement_owed(cx->who.user_id), s->currency, &balance, &available);
    if (!e)
        e = fill_account(s, cx, v);
    if (!e)
        e = fill_sent(s, cx, v);
    if (e)
        return e;
    v->balance = money_display(cx->arena, money_of(available, s->currency), S("en"));
    v->wait = wait_text(cx, payouts_account_wait(s->deps.payouts));
    v->alert = how.alert;
    fill_fields(cx, in, how.faults, v);
    return reply_page(reply, how.status, &payouts_page, v,
        (struct page_head){ .title = S("Payouts"), .noindex = true });
}

static err get_payouts(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const struct alert_view saved = { .kind = S_INIT("good"),
        .title = S_INIT("The account is saved"),
        .text = S_INIT("A mail tells you of it.") };
    const struct page_in *in = body;
    return show(service, cx, in,
        (struct shown){ .status = 200, .alert = in->said.n ? &saved : NULL }, reply);
}

static err post_account(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const struct alert_view refused = { .kind = S_INIT("bad"),
        .title = S_INIT("The account was not saved"),
        .text = S_INIT("Something in it is to be mended.") };
    const struct page_in *in = body;
    struct payouts_account account;
    err e = settlement_account_put(service, cx,
        (struct payouts_account){ .holder = in->holder,
            .iban = in->iban,
            .routing = in->routing_number,
            .number = in->account_number },
        &account);
    if (e == &ERR_INVALID) { /* before anything was written */
        struct shown how = { .status = 422, .alert = &refused, .faults = cx->fields };
        cx_clear(cx);
        return show(service, cx, in, how, reply);
    }
    return e ? e : reply_redirect(reply, S(HERE "?said=saved"));
}

#define PAGE(m, p, s, ...)                                                                         \
    {                                                                                              \
        .method = m, .path = p, .surface = SURFACE_PAGE, .scope = s, __VA_ARGS__                   \
    }
const struct route settlement_page_routes[] = {
    PAGE("GET", HERE, SCOPE_SELLER, .unit = UNIT_READ, .in = &query_shape, .fn = get_payouts,
        .summary = "What a seller is owed, and what was sent"),
    PAGE("POST", HERE, SCOPE_SELLER, .in_person = true, .step_up = true, .unit = UNIT_WRITE,
        .owner = "ledger", .limit = LIMIT_CODE, .in = &form_shape, .fn = post_account,
        .conflict = settlement_own_conflict, .summary = "Give a bank account"),
    PAGE("POST", "/admin/sellers/{sellerId}/payouts", SCOPE_PAYOUTS, .in_person = true,
        .step_up = true, .unit = UNIT_NONE, .in = &settlement_office_make_in,
        .fn = settlement_office_make, .summary = "Send a seller what they are owed"),
    PAGE("POST", "/admin/payouts/{payoutId}", SCOPE_PAYOUTS, .in_person = true, .unit = UNIT_NONE,
        .in = &settlement_office_end_in, .fn = settlement_office_end,
        .summary = "Say how a payout went"),
    ROUTES_END,
};
