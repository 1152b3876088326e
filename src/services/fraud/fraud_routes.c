/* SPDX-License-Identifier: Apache-2.0
 * Routes of fraud for staff: the queue, what was thought of an order, the score in use. Called by
 * the gateway; must never decide anything, and never answers a buyer. */
#include "services/fraud/fraud_routes.h"

#include "services/fraud/fraud.h"

#define ADMIN_PATH "/api/v1/admin/fraud"
#define LIST_LIMIT 20

/* ---- the queue ---- */

struct review_view {
    id order_id, decided_by;
    str state, currency, ip_country, billing_country, reason;
    str *reasons;
    size_t reasons_n;
    money amount;
    double score;
    int64_t created_at, decided_at;
};
static const struct json_field review_fields[] = {
    JSON_ID(struct review_view, order_id, .required = true),
    JSON_STR(struct review_view, state, .required = true, .one_of = fraud_review_state_names),
    JSON_STR(struct review_view, currency, .required = true, .doc = "ISO 4217"),
    JSON_MONEY(struct review_view, amount, .required = true),
    JSON_NUM(struct review_view, score, .required = true, .doc = "0 to 1"),
    JSON_STRS(struct review_view, reasons, .required = true, .doc = "Rules that it met"),
    JSON_STR(struct review_view, ip_country, .doc = "Absent: unknown"),
    JSON_STR(struct review_view, billing_country),
    JSON_STR(struct review_view, reason, .doc = "Of who decided"),
    JSON_ID(struct review_view, decided_by),
    JSON_TIME(struct review_view, created_at, .required = true),
    JSON_TIME(struct review_view, decided_at),
};
static const struct json_shape review_shape =
    JSON_SHAPE("FraudReview", struct review_view, review_fields);

static struct review_view view_of(struct cx *cx, const struct fraud_review *r)
{
    struct review_view v = { .order_id = r->order_id,
        .decided_by = r->actor_id,
        .state = str_from_c(fraud_review_state_names[r->state]),
        .currency = str_dup(cx->arena, currency_str(&r->amount.currency)),
        .amount = r->amount,
        .score = r->score,
        .ip_country = r->ip_country,
        .billing_country = r->billing_country,
        .reason = r->reason,
        .reasons = NEW_N(cx->arena, FRAUD_REASONS_MAX, str),
        .created_at = r->created_ms,
        .decided_at = r->decided_ms };
    str rest = r->reasons;
    while (rest.n && v.reasons_n < FRAUD_REASONS_MAX)
        v.reasons[v.reasons_n++] = str_cut(&rest, ',');
    return v;
}

struct list_query {
    str state;
    int64_t limit;
    id page_token;
};
static const struct json_field list_query_fields[] = {
    JSON_STR(struct list_query, state, .at = AT_QUERY, .one_of = fraud_review_state_names,
        .doc = "open when absent"),
    JSON_INT(struct list_query, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct list_query, page_token, .at = AT_QUERY),
};
static const struct json_shape list_query_shape =
    JSON_SHAPE("FraudReviewsQuery", struct list_query, list_query_fields);

struct list_view {
    struct review_view *reviews;
    size_t reviews_n;
    id next_page_token;
};
static const struct json_field list_fields[] = {
    JSON_LIST(struct list_view, reviews, review_shape, .required = true),
    JSON_ID(struct list_view, next_page_token),
};
static const struct json_shape list_shape =
    JSON_SHAPE("FraudReviewList", struct list_view, list_fields);

static enum fraud_review_state state_of(str name)
{
    int s = FRAUD_REVIEW_OPEN;
    while (name.n && s < FRAUD_REVIEW_STATES_N &&
           !str_eq(name, str_from_c(fraud_review_state_names[s])))
        s++;
    ASSERT(s < FRAUD_REVIEW_STATES_N); /* the table has checked it */
    return (enum fraud_review_state)s;
}

static err get_reviews(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct list_query *in = body;
    struct fraud_page page = { .state = state_of(in->state),
        .before = in->page_token,
        .limit = in->limit ? in->limit : LIST_LIMIT };
    struct fraud_review *rows;
    struct list_view *view = NEW(cx->arena, struct list_view);
    err e = fraud_review_list(service, cx, page, &rows, &view->reviews_n);
    if (e)
        return e;
    view->reviews = NEW_N(cx->arena, view->reviews_n, struct review_view);
    for (size_t i = 0; i < view->reviews_n; i++)
        view->reviews[i] = view_of(cx, &rows[i]);
    if (view->reviews_n == (size_t)page.limit)
        view->next_page_token = rows[view->reviews_n - 1].order_id;
    return reply_json(reply, 200, &list_shape, view);
}

static const char *const decide_names[] = { "allow", "deny", NULL };
struct decide_body {
    id order_id;
    str decision, reason;
};
static const struct json_field decide_fields[] = {
    JSON_ID(struct decide_body, order_id, .required = true, .at = AT_PATH),
    JSON_STR(struct decide_body, decision, .required = true, .one_of = decide_names),
    JSON_STR(struct decide_body, reason, .required = true, .min = 1, .max = 500,
        .doc = "Kept with the decision; the buyer does not see it"),
};
static const struct json_shape decide_shape =
    JSON_SHAPE("FraudDecision", struct decide_body, decide_fields);

static err post_decision(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct decide_body *in = body;
    struct fraud_review review;
    err e = fraud_review_decide(service, cx,
        (struct fraud_decide){ .order_id = in->order_id,
            .actor_id = cx->who.user_id,
            .allow = str_eq(in->decision, S("allow")),
            .reason = in->reason });
    if (!e)
        e = fraud_review_get(service, cx, in->order_id, &review);
    if (e)
        return e;
    struct review_view *view = NEW(cx->arena, struct review_view);
    *view = view_of(cx, &review);
    return reply_json(reply, 200, &review_shape, view);
}

/* ---- what was thought of an order ---- */

struct order_path {
    id order_id;
};
static const struct json_field order_path_fields[] = {
    JSON_ID(struct order_path, order_id, .required = true, .at = AT_PATH),
};
static const struct json_shape order_path_shape =
    JSON_SHAPE("FraudOrderPath", struct order_path, order_path_fields);

struct feature_view {
    str name;
    double value, adds;
};
static const struct json_field feature_fields[] = {
    JSON_STR(struct feature_view, name, .required = true, .one_of = fraud_feature_names),
    JSON_NUM(struct feature_view, value, .required = true),
    JSON_NUM(struct feature_view, adds, .required = true,
        .doc = "Value times weight: what it adds to the logit of the score"),
};
static const struct json_shape feature_shape =
    JSON_SHAPE("FraudFeature", struct feature_view, feature_fields);

struct verdict_view {
    id order_id;
    str decision;
    double score;
    const str *reasons;
    size_t reasons_n;
    struct feature_view *features;
    size_t features_n;
    int64_t model;
};
static const struct json_field verdict_fields[] = {
    JSON_ID(struct verdict_view, order_id, .required = true),
    JSON_STR(struct verdict_view, decision, .required = true, .one_of = fraud_decision_names),
    JSON_NUM(struct verdict_view, score, .required = true, .doc = "0 to 1"),
    JSON_STRS(struct verdict_view, reasons, .required = true, .doc = "Rules that it met"),
    JSON_INT(struct verdict_view, model, .required = true, .doc = "Version; 0: built in"),
    JSON_LIST(struct verdict_view, features, feature_shape, .required = true),
};
static const struct json_shape verdict_shape =
    JSON_SHAPE("FraudVerdict", struct verdict_view, verdict_fields);

static err get_verdict(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct order_path *in = body;
    struct fraud_verdict *v = NEW(cx->arena, struct fraud_verdict);
    err e = fraud_verdict_get(service, cx, in->order_id, v);
    if (e)
        return e;
    struct verdict_view *view = NEW(cx->arena, struct verdict_view);
    *view = (struct verdict_view){ .order_id = in->order_id,
        .decision = str_from_c(fraud_decision_names[v->decision]),
        .score = v->score,
        .reasons = v->reasons,
        .reasons_n = v->reasons_n,
        .features = NEW_N(cx->arena, FRAUD_FEATURES_N, struct feature_view),
        .features_n = FRAUD_FEATURES_N,
        .model = v->model };
    for (size_t i = 0; i < view->features_n; i++)
        view->features[i] = (struct feature_view){
            .name = str_from_c(fraud_feature_names[i]), .value = v->features[i], .adds = v->parts[i]
        };
    return reply_json(reply, 200, &verdict_shape, view);
}

static err post_charge_back(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct order_path *in = body;
    err e = fraud_charge_back(service, cx, in->order_id);
    return e ? e : reply_empty(reply, 204);
}

/* ---- the score in use ---- */

struct weight_view {
    str name;
    double weight;
};
static const struct json_field weight_fields[] = {
    JSON_STR(struct weight_view, name, .required = true, .one_of = fraud_feature_names),
    JSON_NUM(struct weight_view, weight, .required = true),
};
static const struct json_shape weight_shape =
    JSON_SHAPE("FraudWeight", struct weight_view, weight_fields);

struct model_view {
    int64_t version, samples, fraudulent, trained_at, buyer_hour, address_hour, device_hour,
        declines_hour, cards_hour;
    double bias, auc, review_from, deny_from;
    struct weight_view *weights;
    size_t weights_n;
    bool on, trusts_inside;
};
static const struct json_field model_fields[] = {
    JSON_INT(struct model_view, version, .required = true, .doc = "0: built in"),
    JSON_INT(struct model_view, samples, .required = true),
    JSON_INT(struct model_view, fraudulent, .required = true),
    JSON_NUM(struct model_view, auc, .required = true, .doc = "On orders held out; 0.5 is chance"),
    JSON_TIME(struct model_view, trained_at),
    JSON_NUM(struct model_view, bias, .required = true),
    JSON_LIST(struct model_view, weights, weight_shape, .required = true),
    JSON_BOOL(struct model_view, on, .required = true),
    JSON_BOOL(struct model_view, trusts_inside, .required = true,
        .doc = "Orders from loopback and private addresses are always allowed"),
    JSON_INT(struct model_view, buyer_hour, .required = true, .doc = "Orders an hour"),
    JSON_INT(struct model_view, address_hour, .required = true),
    JSON_INT(struct model_view, device_hour, .required = true),
    JSON_INT(struct model_view, declines_hour, .required = true),
    JSON_INT(struct model_view, cards_hour, .required = true),
    JSON_NUM(struct model_view, review_from, .required = true, .doc = "Score"),
    JSON_NUM(struct model_view, deny_from, .required = true, .doc = "Score"),
};
static const struct json_shape model_shape =
    JSON_SHAPE("FraudSettings", struct model_view, model_fields);

static err get_settings(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    const struct fraud_limits *l = fraud_limits_of(service);
    struct fraud_model m;
    err e = fraud_model_get(service, cx, &m);
    if (e)
        return e;
    struct model_view *view = NEW(cx->arena, struct model_view);
    *view = (struct model_view){ .version = m.version,
        .samples = m.n,
        .fraudulent = m.bad,
        .auc = m.auc,
        .trained_at = m.trained_ms,
        .bias = m.bias,
        .weights = NEW_N(cx->arena, FRAUD_FEATURES_N, struct weight_view),
        .weights_n = FRAUD_FEATURES_N,
        .on = !l->off,
        .trusts_inside = l->trust_inside,
        .buyer_hour = l->buyer_hour,
        .address_hour = l->address_hour,
        .device_hour = l->device_hour,
        .declines_hour = l->declines_hour,
        .cards_hour = l->cards_hour,
        .review_from = (double)l->review_per_mille / 1000,
        .deny_from = (double)l->deny_per_mille / 1000 };
    for (size_t i = 0; i < view->weights_n; i++)
        view->weights[i] = (struct weight_view){ .name = str_from_c(fraud_feature_names[i]),
            .weight = m.weights[i] };
    return reply_json(reply, 200, &model_shape, view);
}

/* ---- the table ---- */

static const problem *const missing_problems[] = { &ERR_MISSING, NULL };
static const problem *const decide_problems[] = { &ERR_MISSING, &FRAUD_REVIEW_OVER, NULL };
static const problem *const charge_back_problems[] = { &ERR_MISSING, &FRAUD_OUTCOME_REFUSED, NULL };

const struct route fraud_routes[] = {
    { .method = "GET",
        .path = ADMIN_PATH,
        .scope = SCOPE_FRAUD,
        .unit = UNIT_READ,
        .out = &model_shape,
        .fn = get_settings,
        .summary = "The score in use and the limits that are set" },
    { .method = "GET",
        .path = ADMIN_PATH "/reviews",
        .scope = SCOPE_FRAUD,
        .unit = UNIT_READ,
        .in = &list_query_shape,
        .out = &list_shape,
        .fn = get_reviews,
        .summary = "Orders that wait for a person, or did, newest first" },
    { .method = "POST",
        .path = ADMIN_PATH "/reviews/{orderId}",
        .scope = SCOPE_FRAUD,
        .unit = UNIT_WRITE,
        .in = &decide_shape,
        .out = &review_shape,
        .fn = post_decision,
        .problems = decide_problems,
        .summary = "Allow or deny an order under review; what was held goes on, or is undone" },
    { .method = "GET",
        .path = ADMIN_PATH "/orders/{orderId}",
        .scope = SCOPE_FRAUD,
        .unit = UNIT_READ,
        .in = &order_path_shape,
        .out = &verdict_shape,
        .fn = get_verdict,
        .problems = missing_problems,
        .summary = "What was thought of an order, and why" },
    { .method = "POST",
        .path = ADMIN_PATH "/orders/{orderId}/charge-back",
        .scope = SCOPE_FRAUD,
        .unit = UNIT_WRITE,
        .in = &order_path_shape,
        .status = 204,
        .fn = post_charge_back,
        .problems = charge_back_problems,
        .summary = "The bank took the money of a paid order back: the score learns from it" },
    ROUTES_END,
};
