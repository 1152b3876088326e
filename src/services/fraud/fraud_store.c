/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for fraud.c, through the queries of sql/fraud.sql. Makes no decisions and must
 * never begin or commit. */
#include "services/fraud/fraud_store.h"

#include "base/buf.h"
#include "fraud_sql.h"

#define HOUR_MS (60 * 60 * 1000)
#define DAY_MS (24 * HOUR_MS)

/* ---- numbers as text ---- */

str fraud_store_numbers(struct arena *arena, const double x[static FRAUD_FEATURES_N])
{
    struct buf out = { .arena = arena };
    for (int i = 0; i < FRAUD_FEATURES_N; i++)
        buf_fmt(&out, i ? " %.9g" : "%.9g", x[i]);
    return buf_str(&out);
}

err fraud_store_numbers_of(struct cx *cx, str text, double ret[static FRAUD_FEATURES_N])
{
    for (int i = 0; i < FRAUD_FEATURES_N; i++) {
        ret[i] = 0;
        if (text.p && !str_to_double(str_cut(&text, ' '), &ret[i]))
            return FAIL(cx, ERR_BUG, "features that cannot be read");
    }
    return NULL;
}

/* ---- history ---- */

err fraud_store_history(struct fraud *f, struct cx *cx, const struct fraud_keys *keys, currency cur,
    struct fraud_history *ret)
{
    struct fraud_sql_counts_row *rows;
    size_t n;
    *ret = (struct fraud_history){ .paid_before = 0 };
    err e = fraud_sql_counts(f->deps.db, cx,
        (struct fraud_sql_counts_in){ .buyer = keys->buyer,
            .address = keys->address,
            .device = keys->device,
            .card = keys->card,
            .currency = currency_str(&cur),
            .hour_ms = cx->now_ms - HOUR_MS,
            .day_ms = cx->now_ms - DAY_MS,
            .limit = FRAUD_WINDOW_MAX },
        &rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        ASSERT(rows[i].part >= 0 && rows[i].part <= FRAUD_KEYS_N);
        if (rows[i].part == FRAUD_KEYS_N) {
            ret->paid_before = rows[i].orders;
            ret->bad_before = rows[i].refused;
            ret->spent_day_minor = rows[i].minor;
            continue;
        }
        ret->hour[rows[i].part] = (struct fraud_counts){ .orders = rows[i].orders,
            .refused = rows[i].refused,
            .cards = rows[i].cards,
            .minor = rows[i].minor };
    }
    return e;
}

/* ---- orders ---- */

err fraud_store_add(struct fraud *f, struct cx *cx, const struct fraud_facts *facts,
    const struct fraud_keys *keys, const struct fraud_verdict *verdict, bool *ret_new)
{
    int64_t changed;
    err e = fraud_sql_order_add(f->deps.db, cx,
        (struct fraud_sql_order_add_in){ .order_id = facts->order_id,
            .buyer = keys->buyer,
            .address = keys->address,
            .device = keys->device,
            .card = keys->card,
            .ip_country = facts->origin.country,
            .billing_country = facts->billing_country,
            .currency = currency_str(&facts->amount.currency),
            .amount_minor = facts->amount.minor,
            .decision = str_from_c(fraud_decision_names[verdict->decision]),
            .reasons = str_join(cx->arena, verdict->reasons, verdict->reasons_n, S(",")),
            .score = verdict->score,
            .model = verdict->model,
            .features = fraud_store_numbers(cx->arena, verdict->features),
            .created_ms = cx->now_ms },
        &changed);
    if (!e)
        *ret_new = changed > 0;
    return e;
}

static err named(struct cx *cx, str name, const char *const *names, int *ret)
{
    for (int i = 0; names[i]; i++)
        if (str_eq(name, str_from_c(names[i]))) {
            *ret = i;
            return NULL;
        }
    return FAIL(cx, ERR_BUG, "no such word: " STR_F, STR_A(name));
}

static void split(str text, struct fraud_verdict *ret)
{
    while (text.n && ret->reasons_n < FRAUD_REASONS_MAX)
        ret->reasons[ret->reasons_n++] = str_cut(&text, ',');
}

err fraud_store_get(struct fraud *f, struct cx *cx, id order_id, struct fraud_verdict *ret,
    enum fraud_outcome *ret_outcome, bool *ret_found)
{
    struct fraud_sql_order_get_row row;
    err e = fraud_sql_order_get(
        f->deps.db, cx, (struct fraud_sql_order_get_in){ .order_id = order_id }, &row, ret_found);
    if (e || !*ret_found)
        return e;
    int decision = 0, outcome = 0;
    e = named(cx, row.decision, fraud_decision_names, &decision);
    if (!e)
        e = named(cx, row.outcome, fraud_outcome_names, &outcome);
    if (e)
        return e;
    *ret_outcome = (enum fraud_outcome)outcome;
    *ret = (struct fraud_verdict){ .decision = (enum fraud_decision)decision,
        .score = row.score,
        .model = row.model,
        .kept = true };
    split(row.reasons, ret);
    return fraud_store_numbers_of(cx, row.features, ret->features);
}

/* ---- models ---- */

err fraud_store_model(struct fraud *f, struct cx *cx, int64_t version, struct fraud_model *ret)
{
    struct fraud_sql_model_get_row row;
    bool found;
    err e = fraud_sql_model_get(f->deps.db, cx,
        (struct fraud_sql_model_get_in){ .version = { version > 0, version } }, &row, &found);
    if (e)
        return e;
    *ret = fraud_domain_built_in;
    if (!found)
        return NULL;
    *ret = (struct fraud_model){ .version = row.version,
        .bias = row.bias,
        .n = row.n,
        .bad = row.bad,
        .auc = row.auc,
        .trained_ms = row.trained_ms };
    return fraud_store_numbers_of(cx, row.weights, ret->weights);
}
