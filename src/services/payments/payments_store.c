/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for payments.c, through the queries of sql/payments.sql. Makes no
 * decisions and must never begin or commit. */
#include "services/payments/payments_store.h"

#include "payments_sql.h"
#include "services/payments/payments_domain.h"

/* Six queries share these columns but not a type of row. */
#define PAYMENT_OF(row)                                                                            \
    (struct payments_payment)                                                                      \
    {                                                                                              \
        .payment_id = (row)->payment_id, .order_id = (row)->order_id, .user_id = (row)->user_id,   \
        .provider = (row)->provider, .method_type = (row)->method_type,                            \
        .provider_ref = (row)->provider_ref, .brand = (row)->brand, .last4 = (row)->last4,         \
        .decline_code = (row)->decline_code, .decline_text = (row)->decline_text,                  \
        .token = (row)->token, .amount = { .minor = (row)->amount_minor },                         \
        .captured_minor = (row)->captured_minor, .refunded_minor = (row)->refunded_minor,          \
        .created_ms = (row)->created_ms, .updated_ms = (row)->updated_ms, .kept = (row)->kept      \
    }

/* What stands in the row as text. */
static err read_texts(struct cx *cx, str status, str code, struct payments_payment *payment)
{
    payment->status = payments_domain_status_of(status);
    if (payment->status == PAYMENTS_STATUSES_N)
        return FAIL(cx, ERR_BUG, "unknown status " STR_F, STR_A(status));
    if (!currency_parse(code, &payment->amount.currency))
        return FAIL(cx, ERR_BUG, "unknown currency " STR_F, STR_A(code));
    ASSERT(payment->captured_minor <= payment->amount.minor);
    ASSERT(payment->refunded_minor <= payment->captured_minor);
    return NULL;
}

static str or_absent(str text)
{
    return text.n ? text : (str){ 0 };
}

err payments_store_add(
    struct payments *p, struct cx *cx, const struct payments_payment *in, bool *ret_added)
{
    int64_t changed = 0;
    err e = payments_sql_payment_add(p->deps.db, cx,
        (struct payments_sql_payment_add_in){ .payment_id = in->payment_id,
            .order_id = in->order_id,
            .user_id = in->user_id,
            .provider = in->provider,
            .method_type = in->method_type,
            .token = in->token,
            .status = str_from_c(payments_status_names[in->status]),
            .amount_minor = in->amount.minor,
            .currency = str_from_c(in->amount.currency.code),
            .created_ms = cx->now_ms },
        &changed);
    if (e)
        return e;
    *ret_added = changed == 1;
    return NULL;
}

err payments_store_get(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret)
{
    struct payments_sql_payment_get_row row;
    bool found = false;
    err e = payments_sql_payment_get(p->deps.db, cx,
        (struct payments_sql_payment_get_in){ .payment_id = payment_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no such payment");
    struct payments_payment payment = PAYMENT_OF(&row);
    e = read_texts(cx, row.status, row.currency, &payment);
    if (e)
        return e;
    *ret = payment;
    return NULL;
}

err payments_store_lock(
    struct payments *p, struct cx *cx, id payment_id, struct payments_payment *ret)
{
    struct payments_sql_payment_lock_row row;
    bool found = false;
    err e = payments_sql_payment_lock(p->deps.db, cx,
        (struct payments_sql_payment_lock_in){ .payment_id = payment_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no such payment");
    struct payments_payment payment = PAYMENT_OF(&row);
    e = read_texts(cx, row.status, row.currency, &payment);
    if (e)
        return e;
    *ret = payment;
    return NULL;
}

err payments_store_set(struct payments *p, struct cx *cx, const struct payments_payment *in)
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
            .kept = in->kept },
        NULL);
}

/* The lists differ in nothing but the type of their rows. */
#define LIST_OF(rows, n)                                                                           \
    struct payments_payment *list = NEW_N(cx->arena, (n), struct payments_payment);                \
    for (size_t i = 0; !e && i < (n); i++) {                                                       \
        list[i] = PAYMENT_OF(&(rows)[i]);                                                          \
        e = read_texts(cx, (rows)[i].status, (rows)[i].currency, &list[i]);                        \
    }

err payments_store_of_order(
    struct payments *p, struct cx *cx, id order_id, struct payments_payment **ret, size_t *ret_n)
{
    struct payments_sql_payment_of_order_row *rows;
    size_t n;
    err e = payments_sql_payment_of_order(p->deps.db, cx,
        (struct payments_sql_payment_of_order_in){ .order_id = order_id }, &rows, &n);
    if (e)
        return e;
    LIST_OF(rows, n);
    if (e)
        return e;
    *ret = list;
    *ret_n = n;
    return NULL;
}

err payments_store_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n)
{
    struct payments_sql_payment_open_row *rows;
    size_t n;
    err e = payments_sql_payment_open(p->deps.db, cx,
        (struct payments_sql_payment_open_in){ .older_ms = older_ms, .limit = limit }, &rows, &n);
    if (e)
        return e;
    LIST_OF(rows, n);
    if (e)
        return e;
    *ret = list;
    *ret_n = n;
    return NULL;
}

err payments_store_orphans(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_payment **ret, size_t *ret_n)
{
    struct payments_sql_payment_orphan_row *rows;
    size_t n;
    err e = payments_sql_payment_orphan(p->deps.db, cx,
        (struct payments_sql_payment_orphan_in){ .older_ms = older_ms, .limit = limit }, &rows, &n);
    if (e)
        return e;
    LIST_OF(rows, n);
    if (e)
        return e;
    *ret = list;
    *ret_n = n;
    return NULL;
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
    struct payments_sql_payment_range_row *rows;
    size_t n;
    err e = payments_sql_payment_range(p->deps.db, cx,
        (struct payments_sql_payment_range_in){ .from_id = id_from(range.from_ms),
            .to_id = id_from(range.to_ms),
            .provider = range.provider },
        &rows, &n);
    if (e)
        return e;
    LIST_OF(rows, n);
    if (e)
        return e;
    *ret = list;
    *ret_n = n;
    return NULL;
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
    for (size_t i = 0; !e && i < n; i++) {
        if (!ret_found[i])
            continue;
        ret[i] = PAYMENT_OF(&rows[i]);
        e = read_texts(cx, rows[i].status, rows[i].currency, &ret[i]);
    }
    return e;
}

/* ---- deeds ---- */

#define DEED_OF(row)                                                                               \
    (struct payments_deed)                                                                         \
    {                                                                                              \
        .deed_id = (row)->deed_id, .payment_id = (row)->payment_id, .order_id = (row)->order_id,   \
        .amount = { .minor = (row)->amount_minor }, .reason = (row)->reason,                       \
        .provider_ref = (row)->provider_ref, .refusal = (row)->refusal,                            \
        .created_ms = (row)->created_ms, .updated_ms = (row)->updated_ms                           \
    }

static err read_deed(struct cx *cx, str kind, str status, str code, struct payments_deed *deed)
{
    deed->kind = payments_domain_kind_of(kind);
    deed->status = payments_domain_deed_status_of(status);
    if (deed->kind == PAYMENTS_KINDS_N || !currency_parse(code, &deed->amount.currency))
        return FAIL(cx, ERR_BUG, "unknown kind or currency of a deed");
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
    *ret = DEED_OF(&row);
    return read_deed(cx, row.kind, row.status, row.currency, ret);
}

err payments_store_deeds_of(
    struct payments *p, struct cx *cx, id payment_id, struct payments_deed **ret, size_t *ret_n)
{
    struct payments_sql_deed_of_payment_row *rows;
    err e = payments_sql_deed_of_payment(p->deps.db, cx,
        (struct payments_sql_deed_of_payment_in){ .payment_id = payment_id }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct payments_deed);
    for (size_t i = 0; !e && i < *ret_n; i++) {
        (*ret)[i] = DEED_OF(&rows[i]);
        e = read_deed(cx, rows[i].kind, rows[i].status, rows[i].currency, &(*ret)[i]);
    }
    return e;
}

err payments_store_deeds_open(struct payments *p, struct cx *cx, int64_t older_ms, int64_t limit,
    struct payments_deed **ret, size_t *ret_n)
{
    struct payments_sql_deed_open_row *rows;
    err e = payments_sql_deed_open(p->deps.db, cx,
        (struct payments_sql_deed_open_in){ .older_ms = older_ms, .limit = limit }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct payments_deed);
    for (size_t i = 0; !e && i < *ret_n; i++) {
        (*ret)[i] = DEED_OF(&rows[i]);
        e = read_deed(cx, rows[i].kind, rows[i].status, rows[i].currency, &(*ret)[i]);
    }
    return e;
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
