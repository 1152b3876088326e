/* SPDX-License-Identifier: Apache-2.0
 * The verbs of fraud: look at an order, keep what became of it, decide what waits, learn. Called by
 * routes, commands and the checkout inside their unit of work; must never begin or commit one, nor
 * keep what names a person. */
#include "services/fraud/fraud.h"

#include <string.h>

#include "base/instant.h"
#include "base/net.h"
#include "fraud_sql.h"
#include "platform/geo/geo.h"
#include "platform/secret/secret.h"
#include "services/fraud/fraud_routes.h"
#include "services/fraud/fraud_store.h"

#define LAST_MS MINUTE_MS /* of a review: nobody allows the order any more */

const problem FRAUD_TOO_FEW = { KIND_CONFLICT, "fraud.too_few_outcomes", NULL,
    "There are too few past orders to learn from" };
const problem FRAUD_REVIEW_OVER = { KIND_CONFLICT, "fraud.review_over", NULL,
    "The review is over" };
const problem FRAUD_OUTCOME_REFUSED = { KIND_CONFLICT, "fraud.outcome_refused",
    "fraud_outcome_refused", "Only what was paid is charged back" };

#define KEEP_DAYS 400
#define PRUNE_BATCH 500

struct fraud *fraud_open(struct arena *life, struct fraud_deps deps)
{
    struct fraud *f = NEW(life, struct fraud);
    f->deps = deps;
    if (!f->deps.keep_days)
        f->deps.keep_days = KEEP_DAYS;
    return f;
}

const struct fraud_limits *fraud_limits_of(const struct fraud *f)
{
    return &f->deps.limits;
}

/* ---- what an order is known by ---- */

static id digest(struct fraud *f, struct cx *cx, const char *what, str value)
{
    id key = { { 0 } };
    if (!value.n)
        return key;
    str text = str_fmt(cx->arena, "%s\n" STR_F, what, STR_A(value));
    str sum = secret_hmac_sha256(cx->arena, f->deps.key, text);
    memcpy(key.b, sum.p, sizeof(key.b));
    return key;
}

struct fraud_origin fraud_origin_of(struct fraud *f, struct cx *cx, str peer, str device)
{
    struct fraud_origin o = { .inside = fraud_domain_is_inside(peer),
        .device = digest(f, cx, "device", device) };
    if (o.inside || f->deps.limits.off)
        return o;
    o.address = digest(f, cx, "address", net_of(cx->arena, peer));
    o.country = geo_country(f->deps.geo, cx->arena, peer);
    return o;
}

static struct fraud_keys keys_of(struct fraud *f, struct cx *cx, const struct fraud_facts *in)
{
    bool guest = id_is_none(in->user_id);
    return (struct fraud_keys){ .address = in->origin.address,
        .device = in->origin.device,
        .card = digest(f, cx, "card", in->card),
        .buyer = guest ? digest(f, cx, "email", str_lower(cx->arena, in->email)) : in->user_id };
}

/* ---- looking at an order ---- */

static err look(struct fraud *f, struct cx *cx, const struct fraud_facts *in,
    const struct fraud_keys *keys, struct fraud_verdict *ret)
{
    struct fraud_history history;
    struct fraud_model model;
    err e = fraud_store_history(f, cx, keys, in->amount.currency, &history);
    if (!e)
        e = fraud_store_model(f, cx, 0, &model);
    if (e)
        return e;
    fraud_domain_score(&model, in, &history, ret);
    fraud_domain_decide(&f->deps.limits, in, &history, ret);
    return NULL;
}

err fraud_assess(
    struct fraud *f, struct cx *cx, const struct fraud_facts *in, struct fraud_verdict *ret)
{
    ASSERT(!id_is_none(in->order_id) && in->amount.currency.code[0]);
    const struct fraud_limits *limits = &f->deps.limits;
    struct fraud_verdict v = { .decision = FRAUD_ALLOW };
    bool is_new = true, found = false;
    enum fraud_outcome outcome;
    if (limits->off || (limits->trust_inside && in->origin.inside)) {
        *ret = v;
        return NULL;
    }
    v.kept = true;
    struct fraud_keys keys = keys_of(f, cx, in);
    err e = look(f, cx, in, &keys, &v);
    if (!e)
        e = fraud_store_add(f, cx, in, &keys, &v, &is_new);
    if (!e && !is_new) /* a repeat: what was said first counts */
        return fraud_store_get(f, cx, in->order_id, ret, &outcome, &found);
    if (!e && v.decision == FRAUD_REVIEW)
        e = fraud_sql_review_add(f->deps.db, cx,
            (struct fraud_sql_review_add_in){ .order_id = in->order_id, .created_ms = cx->now_ms },
            NULL);
    if (!e)
        *ret = v;
    return e;
}

err fraud_verdict_get(struct fraud *f, struct cx *cx, id order_id, struct fraud_verdict *ret)
{
    struct fraud_verdict v;
    enum fraud_outcome outcome;
    bool found;
    err e = fraud_store_get(f, cx, order_id, &v, &outcome, &found);
    if (!e && !found)
        return FAIL(cx, ERR_MISSING, "no such order");
    struct fraud_model model = fraud_domain_built_in;
    if (!e && v.model > 0)
        e = fraud_store_model(f, cx, v.model, &model);
    if (e)
        return e;
    for (int i = 0; i < FRAUD_FEATURES_N; i++)
        v.parts[i] = model.weights[i] * v.features[i];
    *ret = v;
    return NULL;
}

/* ---- what became of it ---- */

static err review_end(struct fraud *f, struct cx *cx, struct fraud_decide in,
    enum fraud_review_state state, int64_t *ret_changed)
{
    return fraud_sql_review_end(f->deps.db, cx,
        (struct fraud_sql_review_end_in){ .order_id = in.order_id,
            .state = str_from_c(fraud_review_state_names[state]),
            .reason = in.reason,
            .actor_id = in.actor_id,
            .now_ms = cx->now_ms },
        ret_changed);
}

static err move(struct fraud *f, struct cx *cx, id order_id, enum fraud_outcome from,
    enum fraud_outcome to, int64_t *ret_changed)
{
    return fraud_sql_order_outcome(f->deps.db, cx,
        (struct fraud_sql_order_outcome_in){ .order_id = order_id,
            .was = str_from_c(fraud_outcome_names[from]),
            .outcome = str_from_c(fraud_outcome_names[to]),
            .bad = fraud_domain_is_bad(to),
            .now_ms = cx->now_ms },
        ret_changed);
}

err fraud_outcome(struct fraud *f, struct cx *cx, id order_id, enum fraud_outcome outcome)
{
    int64_t changed = 0;
    err e = NULL;
    if (f->deps.limits.off)
        return NULL;
    for (int from = 0; !e && !changed && from < FRAUD_OUTCOMES_N; from++)
        if (fraud_domain_may((enum fraud_outcome)from, outcome))
            e = move(f, cx, order_id, (enum fraud_outcome)from, outcome, &changed);
    return e || !changed || outcome == FRAUD_PAID ? e : fraud_review_lapse(f, cx, order_id);
}

err fraud_review_lapse(struct fraud *f, struct cx *cx, id order_id)
{
    return review_end(
        f, cx, (struct fraud_decide){ .order_id = order_id }, FRAUD_REVIEW_LAPSED, NULL);
}

err fraud_charge_back(struct fraud *f, struct cx *cx, id order_id)
{
    struct fraud_verdict v;
    enum fraud_outcome was;
    bool found;
    int64_t changed = 0;
    err e = fraud_store_get(f, cx, order_id, &v, &was, &found);
    if (!e && !found)
        return FAIL(cx, ERR_MISSING, "no such order");
    if (e || was == FRAUD_CHARGED_BACK)
        return e;
    if (fraud_domain_may(was, FRAUD_CHARGED_BACK))
        e = move(f, cx, order_id, was, FRAUD_CHARGED_BACK, &changed);
    if (!e && !changed)
        return FAIL(cx, FRAUD_OUTCOME_REFUSED, "it is %s", fraud_outcome_names[was]);
    return e;
}

/* ---- the queue ---- */

static const struct json_field reviewed_fields[] = {
    JSON_ID(struct fraud_reviewed, order_id, .required = true),
    JSON_BOOL(struct fraud_reviewed, allowed, .required = true),
};
const struct json_shape fraud_reviewed_shape =
    JSON_SHAPE("FraudReviewed", struct fraud_reviewed, reviewed_fields);

err fraud_review_decide(struct fraud *f, struct cx *cx, struct fraud_decide in)
{
    enum fraud_review_state to = in.allow ? FRAUD_REVIEW_ALLOWED : FRAUD_REVIEW_DENIED;
    struct fraud_review review;
    int64_t changed;
    err e = fraud_review_get(f, cx, in.order_id, &review);
    if (e || review.state == to)
        return e;
    if (in.allow && cx->now_ms >= review.created_ms + FRAUD_REVIEW_MS - LAST_MS)
        return FAIL(cx, FRAUD_REVIEW_OVER, "its time is up");
    e = review_end(f, cx, in, to, &changed);
    if (!e && !changed)
        return FAIL(cx, FRAUD_REVIEW_OVER, "it is %s", fraud_review_state_names[review.state]);
    if (!e && !in.allow)
        e = move(f, cx, in.order_id, FRAUD_OPEN, FRAUD_JUDGED, &changed);
    if (e)
        return e;
    const struct fraud_reviewed event = { in.order_id, in.allow };
    return bus_emit(
        f->deps.bus, f->deps.db, cx, "fraud.reviewed", in.order_id, &fraud_reviewed_shape, &event);
}

/* ---- what is too old ---- */

static err prune(void *service, struct cx *cx, bool *ret_more)
{
    struct fraud *f = service;
    int64_t before = cx->now_ms - f->deps.keep_days * DAY_MS, gone = 0;
    err e = fraud_sql_review_prune(
        f->deps.db, cx, (struct fraud_sql_review_prune_in){ before, PRUNE_BATCH }, NULL);
    if (!e)
        e = fraud_sql_order_prune(
            f->deps.db, cx, (struct fraud_sql_order_prune_in){ before, PRUNE_BATCH }, &gone);
    *ret_more = !e && gone == PRUNE_BATCH;
    return e;
}

/* ---- the tables that the application sees ---- */

static const struct job jobs[] = {
    { .name = "fraud.prune", .period_ms = HOUR_MS, .fn = prune },
    { 0 },
};

static const problem *const problems[] = { &FRAUD_REVIEW_OVER, &FRAUD_OUTCOME_REFUSED, NULL };
static const struct service_part person_parts[] = {
    { "orders", &FRAUD_PERSON_ORDERS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &FRAUD_ERASE_ORDERS, NULL };
static const struct service_person person = {
    .parts = person_parts, .erase = person_erase, .erased = &FRAUD_ERASED
};

const struct service fraud_service = {
    .name = "fraud",
    .folder = "src/services/fraud/",
    .routes = fraud_routes,
    .jobs = jobs,
    .queries = fraud_queries,
    .person = &person,
    .problems = problems,
};
