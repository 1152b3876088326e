/* SPDX-License-Identifier: Apache-2.0
 * Reading the queue, and learning: the verbs without a decision in them. Called by routes and by
 * `souk fraud train` inside their unit of work; must never begin or commit one. */
#include "fraud_sql.h"
#include "services/fraud/fraud_store.h"

/* ---- the queue ---- */

static err review_of(
    struct cx *cx, const struct fraud_sql_review_get_row *row, struct fraud_review *ret)
{
    int state = 0;
    while (state < FRAUD_REVIEW_STATES_N &&
           !str_eq(row->state, str_from_c(fraud_review_state_names[state])))
        state++;
    struct fraud_review r = { .order_id = row->order_id,
        .actor_id = row->actor_id,
        .state = (enum fraud_review_state)state,
        .amount = { .minor = row->amount_minor },
        .ip_country = row->ip_country,
        .billing_country = row->billing_country,
        .reason = row->reason,
        .reasons = row->reasons,
        .score = row->score,
        .created_ms = row->created_ms,
        .decided_ms = row->decided_ms.v };
    if (state == FRAUD_REVIEW_STATES_N || !currency_parse(row->currency, &r.amount.currency))
        return FAIL(cx, ERR_BUG, "a review that cannot be read");
    *ret = r;
    return NULL;
}

err fraud_review_get(struct fraud *f, struct cx *cx, id order_id, struct fraud_review *ret)
{
    struct fraud_sql_review_get_row row;
    bool found;
    err e = fraud_sql_review_get(
        f->deps.db, cx, (struct fraud_sql_review_get_in){ .order_id = order_id }, &row, &found);
    if (!e && !found)
        return FAIL(cx, ERR_MISSING, "not in the queue");
    return e ? e : review_of(cx, &row, ret);
}

err fraud_review_list(
    struct fraud *f, struct cx *cx, struct fraud_page in, struct fraud_review **ret, size_t *ret_n)
{
    struct fraud_sql_review_list_row *rows;
    size_t n;
    err e = fraud_sql_review_list(f->deps.db, cx,
        (struct fraud_sql_review_list_in){ .state = str_from_c(fraud_review_state_names[in.state]),
            .before = id_or_greatest(in.before),
            .limit = in.limit },
        &rows, &n);
    if (e)
        return e;
    struct fraud_review *list = NEW_N(cx->arena, n, struct fraud_review);
    for (size_t i = 0; i < n; i++) {
        const struct fraud_sql_review_list_row *r = &rows[i];
        const struct fraud_sql_review_get_row row = { r->order_id, r->state, r->reason, r->actor_id,
            r->created_ms, r->decided_ms, r->currency, r->amount_minor, r->ip_country,
            r->billing_country, r->reasons, r->score };
        e = review_of(cx, &row, &list[i]);
        if (e)
            return e;
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}

err fraud_review_count(struct fraud *f, struct cx *cx, int64_t *ret_n)
{
    struct fraud_sql_review_count_row row = { 0 };
    bool found = false;
    err e = fraud_sql_review_count(f->deps.db, cx,
        (struct fraud_sql_review_count_in){
            .state = str_from_c(fraud_review_state_names[FRAUD_REVIEW_OPEN]),
            .most = FRAUD_COUNT_MAX },
        &row, &found);
    if (!e)
        *ret_n = row.reviews;
    return e;
}

err fraud_check(struct fraud *f, struct cx *cx, size_t *ret_wrong)
{
    struct fraud_sql_check_row *rows;
    return fraud_sql_check(f->deps.db, cx, &rows, ret_wrong);
}

/* ---- learning ---- */

#define HELD_OUT_OF 5

err fraud_samples(struct fraud *f, struct cx *cx, struct fraud_sample **ret, size_t *ret_n)
{
    struct fraud_sql_samples_row *rows;
    size_t n;
    err e = fraud_sql_samples(
        f->deps.db, cx, (struct fraud_sql_samples_in){ .limit = FRAUD_SAMPLES_MAX }, &rows, &n);
    if (e)
        return e;
    struct fraud_sample *list = NEW_N(cx->arena, n, struct fraud_sample);
    for (size_t i = 0; !e && i < n; i++) {
        list[i].bad = rows[i].bad;
        list[i].held_out = id_hash(rows[i].order_id) % HELD_OUT_OF == 0;
        e = fraud_store_numbers_of(cx, rows[i].features, list[i].x);
    }
    if (e)
        return e;
    *ret = list;
    *ret_n = n;
    return NULL;
}

err fraud_train(
    struct cx *cx, const struct fraud_sample *samples, size_t n, struct fraud_model *ret)
{
    struct fraud_sample *held = NEW_N(cx->arena, n, struct fraud_sample);
    size_t bad = 0, held_n = 0;
    for (size_t i = 0; i < n; i++) {
        bad += samples[i].bad;
        if (samples[i].held_out)
            held[held_n++] = samples[i];
    }
    if (n < FRAUD_SAMPLES_MIN || bad < FRAUD_BAD_MIN || n - bad < FRAUD_BAD_MIN)
        return FAIL(cx, FRAUD_TOO_FEW,
            "%zu orders with a known outcome, %zu of them fraud; needed are %d, %d of either kind",
            n, bad, FRAUD_SAMPLES_MIN, FRAUD_BAD_MIN);
    fraud_domain_fit(cx->arena, samples, n, ret);
    ret->auc = fraud_domain_auc(cx->arena, ret, held, held_n);
    return NULL;
}

err fraud_model_add(struct fraud *f, struct cx *cx, struct fraud_model *model)
{
    struct fraud_model newest;
    err e = fraud_store_model(f, cx, 0, &newest);
    if (e)
        return e;
    model->version = newest.version + 1;
    model->trained_ms = cx->now_ms;
    return fraud_sql_model_add(f->deps.db, cx,
        (struct fraud_sql_model_add_in){ .version = model->version,
            .bias = model->bias,
            .weights = fraud_store_numbers(cx->arena, model->weights),
            .n = model->n,
            .bad = model->bad,
            .auc = model->auc,
            .trained_ms = model->trained_ms },
        NULL);
}

err fraud_model_get(struct fraud *f, struct cx *cx, struct fraud_model *ret)
{
    return fraud_store_model(f, cx, 0, ret);
}
