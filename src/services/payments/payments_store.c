/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for payments.c, through the queries of sql/payments.sql. Makes no
 * decisions and must never begin or commit. */
#include "services/payments/payments_store.h"

#include "payments_sql.h"
#include "services/payments/payments_domain.h"

/* Four queries share these columns but not a type of row. */
#define PAYMENT_OF(row)                                                                            \
    (struct payments_payment)                                                                      \
    {                                                                                              \
        .payment_id = (row)->payment_id, .order_id = (row)->order_id, .user_id = (row)->user_id,   \
        .provider = (row)->provider, .method_type = (row)->method_type,                            \
        .provider_ref = (row)->provider_ref, .brand = (row)->brand, .last4 = (row)->last4,         \
        .decline_code = (row)->decline_code, .decline_text = (row)->decline_text,                  \
        .token = (row)->token, .amount = { .minor = (row)->amount_minor },                         \
        .captured_minor = (row)->captured_minor, .refunded_minor = (row)->refunded_minor,          \
        .created_ms = (row)->created_ms, .updated_ms = (row)->updated_ms                           \
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
            .updated_ms = cx->now_ms },
        NULL);
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
    struct payments_payment *list = NEW_N(cx->arena, n, struct payments_payment);
    for (size_t i = 0; !e && i < n; i++) {
        list[i] = PAYMENT_OF(&rows[i]);
        e = read_texts(cx, rows[i].status, rows[i].currency, &list[i]);
    }
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
    struct payments_payment *list = NEW_N(cx->arena, n, struct payments_payment);
    for (size_t i = 0; !e && i < n; i++) {
        list[i] = PAYMENT_OF(&rows[i]);
        e = read_texts(cx, rows[i].status, rows[i].currency, &list[i]);
    }
    if (e)
        return e;
    *ret = list;
    *ret_n = n;
    return NULL;
}
