/* SPDX-License-Identifier: Apache-2.0
 * Orders that wait for a person: the queue, what was seen of one, and the decision. Called by the
 * gateway; the decision itself is the fraud service's, and what follows from it the checkout's. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/fraud"

/* ---- words ---- */

static const struct {
    const char *label, *chip;
} states[] = {
    [FRAUD_REVIEW_OPEN] = { "Waits for a decision", "warn" },
    [FRAUD_REVIEW_ALLOWED] = { "Allowed", "good" },
    [FRAUD_REVIEW_DENIED] = { "Denied", "bad" },
    [FRAUD_REVIEW_LAPSED] = { "Over before anybody decided", "info" },
};

/* The rules as people say them, with commas. */
static str rules_text(struct cx *cx, str reasons)
{
    struct buf out = { .arena = cx->arena };
    while (reasons.n) {
        str words = backoffice_domain_words(cx->arena, str_cut(&reasons, ','));
        if (out.n)
            buf_add(&out, S(", "));
        buf_add(&out, words);
    }
    return buf_str(&out);
}

static str path_of(struct cx *cx, id order_id)
{
    return str_cat(cx->arena, S(HERE "/"), id_text(cx->arena, order_id));
}

static const char *score_chip(double score)
{
    return score >= 0.6 ? "bad" : score >= 0.3 ? "warn" : "good";
}

/* ---- the queue ---- */

struct list_in {
    str state;
    id before;
};
static const struct json_field list_fields[] = {
    JSON_STR(struct list_in, state, .at = AT_QUERY, .one_of = fraud_review_state_names),
    JSON_ID(struct list_in, before, .at = AT_QUERY),
};
const struct json_shape backoffice_reviews_in =
    JSON_SHAPE("OfficeReviewsQuery", struct list_in, list_fields);

static enum fraud_review_state state_of(str name)
{
    for (int s = 0; s < FRAUD_REVIEW_STATES_N; s++)
        if (str_eq(name, str_from_c(fraud_review_state_names[s])))
            return (enum fraud_review_state)s;
    return FRAUD_REVIEW_OPEN;
}

static void fill_row(struct cx *cx, const struct fraud_review *r, const struct orders_brief *o,
    struct office_cell_view *cells)
{
    struct arena *a = cx->arena;
    cells[0] = (struct office_cell_view){ .text = o->number.n ? o->number : S("Order"),
        .href = path_of(cx, r->order_id),
        .note = o->email,
        .strong = true };
    cells[1] = (struct office_cell_view){ .text = web_money(a, r->amount) };
    cells[2] = (struct office_cell_view){ .text = backoffice_domain_percent(a, r->score),
        .chip = str_from_c(score_chip(r->score)) };
    cells[3] = (struct office_cell_view){ .text = rules_text(cx, r->reasons) };
    cells[4] = (struct office_cell_view){
        .text = str_fmt(a, STR_F " / " STR_F, STR_A(r->ip_country.n ? r->ip_country : S("?")),
            STR_A(r->billing_country.n ? r->billing_country : S("?")))
    };
    cells[5] = (struct office_cell_view){ .text = backoffice_when(cx, r->created_ms) };
    if (r->state != FRAUD_REVIEW_OPEN)
        cells[5] = (struct office_cell_view){ .text = backoffice_when(cx, r->decided_ms),
            .note = r->reason };
}

static err fill_table(struct backoffice *b, struct cx *cx, const struct fraud_review *rows,
    size_t n, const struct office_table_view **ret)
{
    static const struct backoffice_column open[] = { { "Order", false }, { "Amount", true },
        { "Score", true }, { "Rules that it met", false }, { "From / billing", false },
        { "Ordered", false }, { NULL, false } };
    static const struct backoffice_column over[] = { { "Order", false }, { "Amount", true },
        { "Score", true }, { "Rules that it met", false }, { "From / billing", false },
        { "Decided", false }, { NULL, false } };
    const size_t width = COUNT(open) - 1;
    id *ids = NEW_N(cx->arena, n, id);
    struct orders_brief *briefs = NEW_N(cx->arena, n, struct orders_brief);
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++)
        ids[i] = rows[i].order_id;
    err e = orders_briefs(b->deps.orders, cx, ids, n, briefs);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        fill_row(cx, &rows[i], &briefs[i], cells + i * width);
    bool waits = n && rows[0].state == FRAUD_REVIEW_OPEN;
    *ret = backoffice_table(cx, "Orders under review", waits ? open : over, cells, n);
    return NULL;
}

static const struct office_tabs_view *tabs_of(struct cx *cx, enum fraud_review_state current)
{
    static const char *const labels[] = { "Waiting", "Allowed", "Denied", "Lapsed" };
    struct office_link_view *links =
        NEW_N(cx->arena, FRAUD_REVIEW_STATES_N, struct office_link_view);
    struct office_tabs_view *tabs = NEW(cx->arena, struct office_tabs_view);
    for (int s = 0; s < FRAUD_REVIEW_STATES_N; s++)
        links[s] = (struct office_link_view){ .label = str_from_c(labels[s]),
            .href = s ? str_fmt(cx->arena, HERE "?state=%s", fraud_review_state_names[s]) : S(HERE),
            .current = s == (int)current };
    *tabs = (struct office_tabs_view){
        .label = S("Which"), .links = links, .links_n = FRAUD_REVIEW_STATES_N
    };
    return tabs;
}

static const struct office_paging_view *paging_of(
    struct cx *cx, enum fraud_review_state state, bool later, id last)
{
    if (!later && id_is_none(last))
        return NULL;
    struct office_paging_view *v = NEW(cx->arena, struct office_paging_view);
    const char *name = fraud_review_state_names[state];
    if (later)
        v->newest = str_fmt(cx->arena, HERE "?state=%s", name);
    if (!id_is_none(last))
        v->older = str_fmt(
            cx->arena, HERE "?state=%s&before=" STR_F, name, STR_A(id_text(cx->arena, last)));
    return v;
}

err backoffice_get_reviews(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct list_in *in = body;
    enum fraud_review_state state = state_of(in->state);
    struct fraud_review *rows;
    size_t n;
    const struct office_table_view *table = NULL;
    err e = fraud_review_list(b->deps.fraud, cx,
        (struct fraud_page){ .state = state, .before = in->before, .limit = BACKOFFICE_ROWS },
        &rows, &n);
    if (!e)
        e = fill_table(b, cx, rows, n, &table);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(
        &blocks, (struct office_block_view){ .key = S("reviews"),
                     .title = S("Orders under review, newest first"),
                     .hide_title = true,
                     .table = table,
                     .empty = n                            ? (str){ 0 }
                              : state == FRAUD_REVIEW_OPEN ? S("No order waits for a decision.")
                                                           : S("None yet.") });
    v->title = S("Fraud reviews");
    v->lead =
        S("The card is authorised and nothing is captured until you decide. Without a "
          "decision an order is undone after four days.");
    v->tabs = tabs_of(cx, state);
    v->paging = paging_of(cx, state, !id_is_none(in->before),
        n == BACKOFFICE_ROWS ? rows[n - 1].order_id : (id){ .b = { 0 } });
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

/* ---- one ---- */

struct review_in {
    id order_id;
    str said, reason, decision;
};
static const char *const saids[] = { "allowed", "denied", "over", NULL };
static const char *const decisions[] = { "allow", "deny", NULL };
static const struct json_field review_fields[] = {
    JSON_ID(struct review_in, order_id, .at = AT_PATH, .required = true),
    JSON_STR(struct review_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape backoffice_review_in =
    JSON_SHAPE("OfficeReviewQuery", struct review_in, review_fields);
static const struct json_field decide_fields[] = {
    JSON_ID(struct review_in, order_id, .at = AT_PATH, .required = true),
    JSON_STR(struct review_in, decision, .required = true, .one_of = decisions),
    JSON_STR(struct review_in, reason, .max = BACKOFFICE_TYPED_MAX),
};
const struct json_shape backoffice_decide_in =
    JSON_SHAPE("OfficeReviewDecision", struct review_in, decide_fields);

struct seen {
    struct fraud_review review;
    struct fraud_verdict verdict;
    struct orders_brief order;
    struct payments_payment *payments;
    size_t payments_n;
};

static err see(struct backoffice *b, struct cx *cx, id order_id, struct seen *ret)
{
    err e = fraud_review_get(b->deps.fraud, cx, order_id, &ret->review);
    if (!e)
        e = fraud_verdict_get(b->deps.fraud, cx, order_id, &ret->verdict);
    if (!e)
        e = orders_briefs(b->deps.orders, cx, &order_id, 1, &ret->order);
    if (!e)
        e = payments_of_order(b->deps.payments, cx, order_id, &ret->payments, &ret->payments_n);
    return e;
}

/* What of the buyer's money is where. */
static void add_money(struct cx *cx, const struct seen *s, struct office_fact_view *rows, size_t *n)
{
    int64_t held = 0, captured = 0;
    currency cur = s->review.amount.currency;
    for (size_t i = 0; i < s->payments_n; i++) {
        const struct payments_payment *p = &s->payments[i];
        held += p->status == PAYMENTS_AUTHORIZED ? p->amount.minor : 0;
        captured += p->captured_minor - p->refunded_minor;
    }
    backoffice_fact(rows, n, "Held on the card",
        held ? web_money(cx->arena, money_of(held, cur)) : S("Nothing"));
    rows[*n - 1].chip = held ? S("warn") : S("info");
    backoffice_fact(rows, n, "Captured",
        captured ? web_money(cx->arena, money_of(captured, cur)) : S("Nothing"));
    rows[*n - 1].chip = captured ? S("good") : S("info");
}

static const struct office_facts_view *facts_of(struct cx *cx, const struct seen *s)
{
    struct arena *a = cx->arena;
    struct office_fact_view *rows = NEW_N(a, 12, struct office_fact_view);
    const struct fraud_review *r = &s->review;
    size_t n = 0;
    backoffice_fact(rows, &n, "Order", s->order.number.n ? s->order.number : S("Order"));
    rows[0].href = backoffice_order_path(a, r->order_id);
    backoffice_fact(rows, &n, "Buyer", s->order.email);
    backoffice_fact(rows, &n, "Amount", web_money(a, r->amount));
    add_money(cx, s, rows, &n);
    for (size_t i = 0; i < s->payments_n; i++)
        if (s->payments[i].last4.n) /* gift cards and wallets have none */
            backoffice_fact(rows, &n, "Card",
                str_fmt(a, STR_F " ending in " STR_F,
                    STR_A(backoffice_domain_words(a, s->payments[i].brand)),
                    STR_A(s->payments[i].last4)));
    backoffice_fact(rows, &n, "Ordered from", r->ip_country.n ? r->ip_country : S("Unknown"));
    backoffice_fact(
        rows, &n, "Billing country", r->billing_country.n ? r->billing_country : S("Unknown"));
    backoffice_fact(rows, &n, "Ordered", backoffice_time(cx, r->created_ms));
    if (r->state != FRAUD_REVIEW_OPEN) {
        backoffice_fact(rows, &n, "Decided", backoffice_time(cx, r->decided_ms));
        backoffice_fact(rows, &n, "Reason", r->reason);
    }
    return backoffice_facts(cx, rows, n);
}

/* What the score is made of, the greatest part first. */
static const struct office_table_view *features_of(struct cx *cx, const struct fraud_verdict *v)
{
    static const struct backoffice_column columns[] = { { "What was seen", false },
        { "Value", true }, { "Adds to the score", true }, { NULL, false } };
    struct office_cell_view *cells =
        NEW_N(cx->arena, (size_t)3 * FRAUD_FEATURES_N, struct office_cell_view);
    bool taken[FRAUD_FEATURES_N] = { false };
    double most = 0;
    size_t n = 0;
    for (int i = 0; i < FRAUD_FEATURES_N; i++)
        most = v->parts[i] > most ? v->parts[i] : most;
    for (;; n++) {
        int best = -1;
        for (int i = 0; i < FRAUD_FEATURES_N; i++)
            if (!taken[i] && v->features[i] > 0 && (best < 0 || v->parts[i] > v->parts[best]))
                best = i;
        if (best < 0)
            break;
        taken[best] = true;
        cells[3 * n] = (struct office_cell_view){ .text = backoffice_domain_words(cx->arena,
                                                      str_from_c(fraud_feature_names[best])) };
        cells[3 * n + 1] =
            (struct office_cell_view){ .text = str_fmt(cx->arena, "%.2f", v->features[best]) };
        cells[3 * n + 2] = (struct office_cell_view){ .text = str_fmt(
                                                          cx->arena, "%+.2f", v->parts[best]),
            .bar = most > 0 && v->parts[best] > 0 ? (int64_t)(100 * v->parts[best] / most) : 0 };
    }
    return backoffice_table(cx, "What the score is made of", columns, cells, n);
}

static struct office_form_view decision_form(
    struct cx *cx, const struct seen *s, const struct review_in *in, bool allow, str error)
{
    bool mine = str_eq(in->decision, allow ? S("allow") : S("deny"));
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    *hidden = (struct hidden_view){ S("decision"), allow ? S("allow") : S("deny") };
    *field = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .value = mine ? in->reason : (str){ 0 },
        .error = mine ? error : (str){ 0 },
        .hint = S("Kept with your name; the buyer does not see it."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
    str amount = web_money(cx->arena, s->review.amount);
    return (struct office_form_view){ .key = allow ? S("allow") : S("deny"),
        .ask = allow ? S("Allow\xE2\x80\xA6") : S("Deny\xE2\x80\xA6"),
        .kind = allow ? (str){ 0 } : S("bad"),
        .text = allow ? str_fmt(cx->arena,
                            STR_F " is captured and the order goes on at once. The buyer gets the "
                                  "confirmation.",
                            STR_A(amount))
                      : str_fmt(cx->arena,
                            "The order is cancelled, " STR_F
                            " is released on the card and the stock goes back. It counts as "
                            "fraud: the score learns from it. This cannot be undone.",
                            STR_A(amount)),
        .action = path_of(cx, s->review.order_id),
        .button = allow ? S("Allow the order") : S("Deny the order"),
        .hidden = hidden,
        .hidden_n = 1,
        .fields = field,
        .fields_n = 1,
        .open = mine && error.n > 0 };
}

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    if (str_eq(said, S("allowed")))
        return backoffice_alert(
            cx, "good", S("The order is allowed."), S("The money is being captured."));
    if (str_eq(said, S("denied")))
        return backoffice_alert(cx, "good", S("The order is denied."), S("It is being cancelled."));
    if (str_eq(said, S("over")))
        return backoffice_alert(cx, "warn", S("This was decided otherwise in the meantime."),
            S("Nothing has changed."));
    return NULL;
}

static err show_review(struct backoffice *b, struct cx *cx, const struct seen *s,
    const struct review_in *in, str error, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 3);
    struct backoffice_blocks side = backoffice_blocks_of(cx, 1);
    bool open = s->review.state == FRAUD_REVIEW_OPEN;
    backoffice_add(
        &side, (struct office_block_view){
                   .key = S("facts"), .title = S("The order"), .facts = facts_of(cx, s) });
    backoffice_add(
        &blocks, (struct office_block_view){ .key = S("rules"),
                     .title = S("Why it waits"),
                     .empty = s->review.reasons.n ? rules_text(cx, s->review.reasons)
                                                  : S("The score alone: no rule was met.") });
    if (open) {
        struct office_form_view *forms = NEW_N(cx->arena, 2, struct office_form_view);
        forms[0] = decision_form(cx, s, in, true, error);
        forms[1] = decision_form(cx, s, in, false, error);
        backoffice_add(
            &blocks, (struct office_block_view){
                         .key = S("decide"), .title = S("Decide"), .forms = forms, .forms_n = 2 });
    }
    const struct office_table_view *features = features_of(cx, &s->verdict);
    backoffice_add(&blocks,
        (struct office_block_view){ .key = S("score"),
            .title = str_cat(
                cx->arena, S("Score "), backoffice_domain_percent(cx->arena, s->review.score)),
            .text = s->verdict.model ? str_fmt(cx->arena, "Learned from past orders, version %lld.",
                                           (long long)s->verdict.model)
                                     : S("Built in; it learns once there are enough orders."),
            .table = features });
    v->title = s->order.number.n ? s->order.number : S("Order under review");
    v->status = str_from_c(states[s->review.state].label);
    v->status_kind = str_from_c(states[s->review.state].chip);
    v->back = backoffice_back(cx, "Fraud reviews", HERE);
    v->alert = said_alert(cx, in->said);
    backoffice_columns(v, &blocks, &side);
    return backoffice_show(b, cx, v, HERE, error.n ? 422 : 200, reply);
}

err backoffice_get_review(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct review_in *in = body;
    struct seen s = { .payments_n = 0 };
    err e = see(b, cx, in->order_id, &s);
    return e ? e : show_review(b, cx, &s, in, (str){ 0 }, reply);
}

err backoffice_post_review(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    struct review_in in = *(const struct review_in *)body;
    struct seen s = { .payments_n = 0 };
    bool allow = str_eq(in.decision, S("allow"));
    in.reason = str_trim(in.reason);
    str error = backoffice_reason_error(cx, in.reason);
    err e = see(b, cx, in.order_id, &s);
    if (e)
        return e;
    if (error.n)
        return show_review(b, cx, &s, &in, error, reply);
    e = fraud_review_decide(b->deps.fraud, cx,
        (struct fraud_decide){ .order_id = in.order_id,
            .actor_id = cx->who.user_id,
            .allow = allow,
            .reason = in.reason });
    bool over = e == &FRAUD_REVIEW_OVER;
    if (e && !over)
        return e;
    cx_clear(cx);
    const char *said = over ? "over" : allow ? "allowed" : "denied";
    return reply_redirect(
        reply, str_fmt(cx->arena, STR_F "?said=%s", STR_A(path_of(cx, in.order_id)), said));
}
