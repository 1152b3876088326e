/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for payments.c, through the queries of sql/payments.sql. Makes no
 * decisions and must never begin or commit. */
#include "services/payments/payments_store.h"

#include "payments_sql.h"
#include "services/payments/payments_domain.h"

/* The row as a payment; what stands in it as text is checked. */
static err payment_of(
    struct cx *cx, const struct payments_sql_payment_get_row *row, struct payments_payment *ret)
{
    struct payments_payment payment = { .payment_id = row->payment_id,
        .order_id = row->order_id,
        .user_id = row->user_id,
        .provider = row->provider,
        .method_type = row->method_type,
        .provider_ref = row->provider_ref,
        .brand = row->brand,
        .last4 = row->last4,
        .decline_code = row->decline_code,
        .decline_text = row->decline_text,
        .token = row->token,
        .status = payments_domain_status_of(row->status),
        .amount = { .minor = row->amount_minor },
        .captured_minor = row->captured_minor,
        .refunded_minor = row->refunded_minor,
        .created_ms = row->created_ms,
        .updated_ms = row->updated_ms,
        .kept = row->kept };
    if (payment.status == PAYMENTS_STATUSES_N)
        return FAIL(cx, ERR_BUG, "unknown status " STR_F, STR_A(row->status));
    if (!currency_parse(row->currency, &payment.amount.currency))
        return FAIL(cx, ERR_BUG, "unknown currency " STR_F, STR_A(row->currency));
    ASSERT(payment.captured_minor <= payment.amount.minor);
    ASSERT(payment.refunded_minor <= payment.captured_minor);
    *ret = payment;
    return NULL;
}

/* What a query answered: a failure, or rows. */
struct payment_rows {
    err failed;
    struct payments_sql_payment_get_row *rows;
    size_t n;
};

static err payments_from(
    struct cx *cx, const struct payment_rows *found, struct payments_payment **ret, size_t *ret_n)
{
    if (found->failed)
        return found->failed;
    struct payments_payment *list = NEW_N(cx->arena, found->n, struct payments_payment);
    err e = NULL;
    for (size_t i = 0; !e && i < found->n; i++)
        e = payment_of(cx, &found->rows[i], &list[i]);
    if (e)
        return e;
    *ret = list;
    *ret_n = found->n;
    return NULL;
}

static str or_absent(str text)
{
    return text.n ? text : (str){ 0 };
}

static struct payments_sql_payment_add_in new_row(
    const struct cx *cx, const struct payments_payment *in)
{
    return (struct payments_sql_payment_add_in){ .payment_id = in->payment_id,
        .order_id = in->order_id,
        .user_id = in->user_id,
        .provider = in->provider,
        .method_type = in->method_type,
        .token = in->token,
        .status = str_from_c(payments_status_names[in->status]),
        .amount_minor = in->amount.minor,
        .currency = str_from_c(in->amount.currency.code),
        .created_ms = cx->now_ms };
}

err payments_store_begin(struct payments *p, struct cx *cx, const struct payments_payment *in)
{
    return payments_sql_payment_begin(p->deps.db, cx, new_row(cx, in));
}

err payments_store_add(
    struct payments *p, struct cx *cx, const struct payments_payment *in, bool *ret_added)
{
    int64_t changed = 0;
    err e = payments_sql_payment_add(p->deps.db, cx, new_row(cx, in), &changed);
    if (e)
        return e;
    *ret_added = changed == 1;
    return NULL;
}

static err one_payment(struct cx *cx, err failed, bool found,
    const struct payments_sql_payment_get_row *row, struct payments_payment *ret)
{
    if (failed)
        return failed;
    return found ? payment_of(cx, row, ret) : FAIL(cx, ERR_MISSING, "no such payment");
}

err payments_store_get(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret)
{
    struct payments_sql_payment_get_row row;
    bool found = false;
    err e = payments_sql_payment_get(p->deps.db, cx,
        (struct payments_sql_payment_get_in){ .payment_id = payment_id }, &row, &found);
    return one_payment(cx, e, found, &row, ret);
}

err payments_store_lock(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret)
{
    struct payments_sql_payment_get_row row;
    bool found = false;
    err e = payments_sql_payment_lock(p->deps.db, cx,
        (struct payments_sql_payment_lock_in){ .payment_id = payment_id }, &row, &found);
    return one_payment(cx, e, found, &row, ret);
}

err payments_store_set(
    struct payments *p, struct cx *cx, enum payments_status was, const struct payments_payment *in)
{
    return payments_sql_payment_set(p->deps.db, cx,
        (struct payments_sql_payment_set_in){ .payment_id = in->payment_id,
            .status = str_from_c(payments_status_names[in->status]),
            .provider_ref = or_absent(in->provider_ref),
            .brand = or_absent(in->brand),
            .last4 = or_absent(in->last4),
            .captured_minor = in->captured_minor,
            .refunded_minor = in->refunded_minor,
            .decline_code = or_absent(in->decline_code),
            .decline_text = or_absent(in->decline_text),
            .updated_ms = cx->now_ms,
            .provider = in->provider,
            .kept = in->kept,
            .was = str_from_c(payments_status_names[was]) });
}

err payments_store_of_order(
    struct payments *p, struct cx *cx, id order_id, struct payments_payment **ret, size_t *ret_n)
{
    struct payment_rows found = { 0 };
    found.failed = payments_sql_payment_of_order(p->deps.db, cx,
        (struct payments_sql_payment_of_order_in){ .order_id = order_id }, &found.rows, &found.n);
    return payments_from(cx, &found, ret, ret_n);
}

err payments_store_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n)
{
    struct payment_rows found = { 0 };
    found.failed = payments_sql_payment_open(p->deps.db, cx,
        (struct payments_sql_payment_open_in){ .older_ms = older_ms, .limit = limit }, &found.rows,
        &found.n);
    return payments_from(cx, &found, ret, ret_n);
}

err payments_store_orphans(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n)
{
    struct payment_rows found = { 0 };
    found.failed = payments_sql_payment_orphan(p->deps.db, cx,
        (struct payments_sql_payment_orphan_in){ .older_ms = older_ms, .limit = limit },
        &found.rows, &found.n);
    return payments_from(cx, &found, ret, ret_n);
}

/* The least id of version 7 that a payment made at ms can have. */
static id id_from(int64_t ms)
{
    id a = { { 0 } };
    for (int i = 0; i < 6; i++)
        a.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    return a;
}

err payments_store_range(struct payments *p, struct cx *cx, struct payments_range range,
    struct payments_payment **ret, size_t *ret_n)
{
    struct payment_rows found = { 0 };
    found.failed = payments_sql_payment_range(p->deps.db, cx,
        (struct payments_sql_payment_range_in){ .from_id = id_from(range.from_ms),
            .to_id = id_from(range.to_ms),
            .provider = range.provider },
        &found.rows, &found.n);
    return payments_from(cx, &found, ret, ret_n);
}

err payments_store_get_all(struct payments *p, struct cx *cx, const id *ids, size_t n,
    struct payments_payment *ret, bool *ret_found)
{
    struct payments_sql_payment_get_in *in =
        NEW_N(cx->arena, n, struct payments_sql_payment_get_in);
    struct payments_sql_payment_get_row *rows =
        NEW_N(cx->arena, n, struct payments_sql_payment_get_row);
    for (size_t i = 0; i < n; i++)
        in[i].payment_id = ids[i];
    err e = payments_sql_payment_get_batch(p->deps.db, cx, in, n, rows, ret_found);
    for (size_t i = 0; !e && i < n; i++)
        if (ret_found[i])
            e = payment_of(cx, &rows[i], &ret[i]);
    return e;
}

/* ---- deeds ---- */

static err deed_of(
    struct cx *cx, const struct payments_sql_deed_get_row *row, struct payments_deed *ret)
{
    struct payments_deed deed = { .deed_id = row->deed_id,
        .payment_id = row->payment_id,
        .order_id = row->order_id,
        .kind = payments_domain_kind_of(row->kind),
        .status = payments_domain_deed_status_of(row->status),
        .amount = { .minor = row->amount_minor },
        .reason = row->reason,
        .provider_ref = row->provider_ref,
        .refusal = row->refusal,
        .created_ms = row->created_ms,
        .updated_ms = row->updated_ms };
    if (deed.kind == PAYMENTS_KINDS_N || !currency_parse(row->currency, &deed.amount.currency))
        return FAIL(cx, ERR_BUG, "unknown kind or currency of a deed");
    *ret = deed;
    return NULL;
}

struct deed_rows {
    err failed;
    struct payments_sql_deed_get_row *rows;
    size_t n;
};

static err deeds_from(
    struct cx *cx, const struct deed_rows *found, struct payments_deed **ret, size_t *ret_n)
{
    if (found->failed)
        return found->failed;
    struct payments_deed *list = NEW_N(cx->arena, found->n, struct payments_deed);
    err e = NULL;
    for (size_t i = 0; !e && i < found->n; i++)
        e = deed_of(cx, &found->rows[i], &list[i]);
    if (e)
        return e;
    *ret = list;
    *ret_n = found->n;
    return NULL;
}

err payments_store_deed_add(struct payments *p, struct cx *cx, const struct payments_deed *in)
{
    return payments_sql_deed_add(p->deps.db, cx,
        (struct payments_sql_deed_add_in){ .deed_id = in->deed_id,
            .payment_id = in->payment_id,
            .order_id = in->order_id,
            .kind = str_from_c(payments_kind_names[in->kind]),
            .amount_minor = in->amount.minor,
            .currency = str_from_c(in->amount.currency.code),
            .reason = in->reason,
            .created_ms = cx->now_ms },
        NULL);
}

err payments_store_deed_get(
    struct payments *p, struct cx *cx, id deed_id, struct payments_deed *ret, bool *ret_found)
{
    struct payments_sql_deed_get_row row;
    err e = payments_sql_deed_get(
        p->deps.db, cx, (struct payments_sql_deed_get_in){ .deed_id = deed_id }, &row, ret_found);
    if (e || !*ret_found)
        return e;
    return deed_of(cx, &row, ret);
}

err payments_store_deeds_of(
    struct payments *p, struct cx *cx, id payment_id, struct payments_deed **ret, size_t *ret_n)
{
    struct deed_rows found = { 0 };
    found.failed = payments_sql_deed_of_payment(p->deps.db, cx,
        (struct payments_sql_deed_of_payment_in){ .payment_id = payment_id }, &found.rows,
        &found.n);
    return deeds_from(cx, &found, ret, ret_n);
}

err payments_store_deeds_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_deed **ret, size_t *ret_n)
{
    struct deed_rows found = { 0 };
    found.failed = payments_sql_deed_open(p->deps.db, cx,
        (struct payments_sql_deed_open_in){ .older_ms = older_ms, .limit = limit }, &found.rows,
        &found.n);
    return deeds_from(cx, &found, ret, ret_n);
}

err payments_store_deed_end(struct payments *p, struct cx *cx, const struct payments_deed *in,
    enum payments_deed_status before, bool *ret_ended)
{
    int64_t changed = 0;
    err e = payments_sql_deed_end(p->deps.db, cx,
        (struct payments_sql_deed_end_in){ .deed_id = in->deed_id,
            .before = str_from_c(payments_deed_status_names[before]),
            .status = str_from_c(payments_deed_status_names[in->status]),
            .provider_ref = or_absent(in->provider_ref),
            .refusal = or_absent(in->refusal),
            .updated_ms = cx->now_ms },
        &changed);
    *ret_ended = changed == 1;
    return e;
}
