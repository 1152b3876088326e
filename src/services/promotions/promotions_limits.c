/* SPDX-License-Identifier: Apache-2.0
 * The counting of limits: reserved with an order, confirmed, given back once. Every count is one
 * conditional statement; rows are locked in the order of promotion_id. Called by flows inside their
 * unit of work; must never begin or commit one. */
#include <string.h>

#include "base/instant.h"
#include "promotions_sql.h"
#include "services/promotions/promotions_jobs.h"
#include "services/promotions/promotions_store.h"

/* One use on its way into the counts or out of them. */
struct counted {
    id promotion_id, customer_id;
    int64_t units, minor;
    str code;
    bool total, customer; /* which of the counts it is in */
};

/* In the order in which rows are locked. */
static void sort(struct counted *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct counted c = list[i];
        size_t at = i;
        for (; at > 0 && id_cmp(list[at - 1].promotion_id, c.promotion_id) > 0; at--)
            list[at] = list[at - 1];
        list[at] = c;
    }
}

/* ---- into the counts ---- */

static void name_exhausted(struct cx *cx, const struct counted *c)
{
    str pointer = c->code.n
                      ? str_cat(cx->arena, S("/coupons/"), c->code)
                      : str_cat(cx->arena, S("/promotions/"), id_text(cx->arena, c->promotion_id));
    cx_field(cx, pointer, "coupon_exhausted", "is used up");
}

static err count_totals(
    struct promotions *p, struct cx *cx, const struct counted *list, size_t n, size_t *ret_refused)
{
    struct promotions_sql_promotion_count_in *in =
        NEW_N(cx->arena, n, struct promotions_sql_promotion_count_in);
    const struct counted **whose = NEW_N(cx->arena, n, const struct counted *);
    int64_t *changed = NEW_N(cx->arena, n, int64_t);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].total)
            continue;
        whose[m] = &list[i];
        in[m++] = (struct promotions_sql_promotion_count_in){ .promotion_id = list[i].promotion_id,
            .units = list[i].units,
            .minor = list[i].minor,
            .now_ms = cx->now_ms };
    }
    err e = m ? promotions_sql_promotion_count_batch(p->deps.db, cx, in, m, changed) : NULL;
    for (size_t i = 0; !e && i < m; i++)
        if (changed[i] == 0) {
            name_exhausted(cx, whose[i]);
            ++*ret_refused;
        }
    return e;
}

static err count_customers(
    struct promotions *p, struct cx *cx, const struct counted *list, size_t n, size_t *ret_refused)
{
    struct promotions_sql_customer_count_in *in =
        NEW_N(cx->arena, n, struct promotions_sql_customer_count_in);
    const struct counted **whose = NEW_N(cx->arena, n, const struct counted *);
    int64_t *changed = NEW_N(cx->arena, n, int64_t);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].customer)
            continue;
        whose[m] = &list[i];
        in[m++] = (struct promotions_sql_customer_count_in){ .promotion_id = list[i].promotion_id,
            .customer_id = list[i].customer_id,
            .units = list[i].units };
    }
    err e = m ? promotions_sql_customer_count_batch(p->deps.db, cx, in, m, changed) : NULL;
    for (size_t i = 0; !e && i < m; i++)
        if (changed[i] == 0) {
            name_exhausted(cx, whose[i]);
            ++*ret_refused;
        }
    return e;
}

/* All of them, or PROMOTIONS_EXHAUSTED, after which the unit must end. */
static err count(struct promotions *p, struct cx *cx, const struct counted *list, size_t n)
{
    size_t refused = 0;
    err e = count_totals(p, cx, list, n, &refused);
    if (!e && refused == 0)
        e = count_customers(p, cx, list, n, &refused);
    if (e || refused == 0)
        return e;
    promotions_store_outdate(p, cx); /* so that the next evaluation sees it */
    return FAIL(cx, PROMOTIONS_EXHAUSTED, "%zu of %zu uses", refused, n);
}

static err add_uses(struct promotions *p, struct cx *cx, struct promotions_reserve in,
    const struct counted *list, size_t n)
{
    struct promotions_sql_use_add_in *rows = NEW_N(cx->arena, n, struct promotions_sql_use_add_in);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct promotions_sql_use_add_in){ .order_id = in.order_id,
            .promotion_id = list[i].promotion_id,
            .customer_id = list[i].customer_id,
            .units = list[i].units,
            .minor = list[i].minor,
            .expires_ms = in.expires_ms,
            .now_ms = cx->now_ms };
    return promotions_sql_use_add_batch(p->deps.db, cx, rows, n, NULL);
}

err promotions_reserve(struct promotions *p, struct cx *cx, struct promotions_reserve in)
{
    if (in.uses_n == 0)
        return NULL;
    struct promotions_sql_use_any_row any;
    bool found = false;
    err e = promotions_sql_use_any(p->deps.db, cx,
        (struct promotions_sql_use_any_in){ .order_id = in.order_id }, &any, &found);
    if (e || found)
        return e; /* a repeat: the first answer stands */
    id customer = promotions_store_customer(cx, &in.buyer);
    if (id_is_none(customer))
        return FAIL(cx, ERR_BUG, "promotions for a buyer without a user or an e-mail");
    struct counted *list = NEW_N(cx->arena, in.uses_n, struct counted);
    for (size_t i = 0; i < in.uses_n; i++) {
        ASSERT(in.uses[i].units > 0 && in.uses[i].minor >= 0);
        list[i] = (struct counted){ .promotion_id = in.uses[i].promotion_id,
            .customer_id = customer,
            .units = in.uses[i].units,
            .minor = in.uses[i].minor,
            .code = in.uses[i].code,
            .total = !in.uses[i].no_total_limit,
            .customer = !in.uses[i].no_customer_limit };
    }
    sort(list, in.uses_n);
    e = count(p, cx, list, in.uses_n);
    return e ? e : add_uses(p, cx, in, list, in.uses_n);
}

/* ---- out of the counts ---- */

static err uncount(struct promotions *p, struct cx *cx, struct counted *list, size_t n)
{
    if (n == 0)
        return NULL;
    sort(list, n);
    struct promotions_sql_promotion_uncount_in *totals =
        NEW_N(cx->arena, n, struct promotions_sql_promotion_uncount_in);
    struct promotions_sql_customer_uncount_in *customers =
        NEW_N(cx->arena, n, struct promotions_sql_customer_uncount_in);
    for (size_t i = 0; i < n; i++) {
        totals[i] = (struct promotions_sql_promotion_uncount_in){
            .promotion_id = list[i].promotion_id, .units = list[i].units, .minor = list[i].minor
        };
        customers[i] =
            (struct promotions_sql_customer_uncount_in){ .promotion_id = list[i].promotion_id,
                .customer_id = list[i].customer_id,
                .units = list[i].units };
    }
    promotions_store_outdate(p, cx);
    err e = promotions_sql_promotion_uncount_batch(p->deps.db, cx, totals, n, NULL);
    return e ? e : promotions_sql_customer_uncount_batch(p->deps.db, cx, customers, n, NULL);
}

/* The three ways of taking uses share a row's columns but not its type. */
#define COUNTED_OF(row)                                                                            \
    (struct counted)                                                                               \
    {                                                                                              \
        .promotion_id = (row).promotion_id, .customer_id = (row).customer_id,                      \
        .units = (row).units, .minor = (row).minor, .total = true, .customer = true                \
    }

err promotions_confirm(struct promotions *p, struct cx *cx, id order_id)
{
    int64_t changed = 0;
    err e = promotions_sql_use_confirm(
        p->deps.db, cx, (struct promotions_sql_use_confirm_in){ .order_id = order_id }, &changed);
    if (e || changed > 0)
        return e; /* the uses of an order expire together */
    struct promotions_sql_use_revive_row *rows;
    size_t n;
    e = promotions_sql_use_revive(
        p->deps.db, cx, (struct promotions_sql_use_revive_in){ .order_id = order_id }, &rows, &n);
    if (e || n == 0)
        return e;
    struct counted *list = NEW_N(cx->arena, n, struct counted);
    for (size_t i = 0; i < n; i++)
        list[i] = COUNTED_OF(rows[i]);
    sort(list, n);
    return count(p, cx, list, n);
}

err promotions_release(struct promotions *p, struct cx *cx, id order_id)
{
    struct promotions_sql_use_remove_row *rows;
    size_t rows_n, n = 0;
    err e = promotions_sql_use_remove(p->deps.db, cx,
        (struct promotions_sql_use_remove_in){ .order_id = order_id }, &rows, &rows_n);
    if (e)
        return e;
    struct counted *list = NEW_N(cx->arena, rows_n, struct counted);
    for (size_t i = 0; i < rows_n; i++)
        if (!str_eq(rows[i].state, S("expired"))) /* those are given back already */
            list[n++] = COUNTED_OF(rows[i]);
    return uncount(p, cx, list, n);
}

/* ---- jobs ---- */

#define EXPIRE_BATCH 100

static err expire(struct promotions *p, struct cx *cx, id order_id)
{
    struct promotions_sql_use_expire_row *rows;
    size_t n;
    err e = promotions_sql_use_expire(p->deps.db, cx,
        (struct promotions_sql_use_expire_in){ .order_id = order_id, .now_ms = cx->now_ms }, &rows,
        &n);
    if (e)
        return e;
    struct counted *list = NEW_N(cx->arena, n, struct counted);
    for (size_t i = 0; i < n; i++)
        list[i] = COUNTED_OF(rows[i]);
    return uncount(p, cx, list, n);
}

static err job_expire(void *service, struct cx *cx, bool *ret_more)
{
    struct promotions *p = service;
    struct promotions_sql_use_expired_row *rows;
    size_t n;
    err e = promotions_sql_use_expired(p->deps.db, cx,
        (struct promotions_sql_use_expired_in){ .now_ms = cx->now_ms, .limit = EXPIRE_BATCH },
        &rows, &n);
    for (size_t i = 0; !e && i < n; i++)
        e = expire(p, cx, rows[i].order_id);
    if (!e)
        *ret_more = n == EXPIRE_BATCH;
    return e;
}

/* Expired uses are remembered for a week, for orders whose payment comes that late. */
static err job_forget(void *service, struct cx *cx, bool *ret_more)
{
    struct promotions *p = service;
    *ret_more = false;
    return promotions_sql_use_forget(p->deps.db, cx,
        (struct promotions_sql_use_forget_in){ .before_ms = cx->now_ms - 7 * DAY_MS }, NULL);
}

const struct job promotions_jobs[] = {
    { .name = "promotions.expire", .period_ms = 30 * 1000, .fn = job_expire },
    { .name = "promotions.forget", .period_ms = HOUR_MS, .fn = job_forget },
    { 0 },
};

err promotions_check(struct promotions *p, struct cx *cx, size_t *ret_wrong)
{
    struct promotions_sql_check_promotions_row totals;
    struct promotions_sql_check_customers_row customers;
    bool found = false;
    err e = promotions_sql_check_promotions(p->deps.db, cx, &totals, &found);
    if (!e)
        e = promotions_sql_check_customers(p->deps.db, cx, &customers, &found);
    if (!e)
        *ret_wrong = (size_t)(totals.wrong + customers.wrong);
    return e;
}
