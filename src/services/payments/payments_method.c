/* SPDX-License-Identifier: Apache-2.0
 * Saved methods: rows around what the provider keeps. Called by flows inside their units. Must
 * never show a method to another user, nor keep anything of a card but brand, four digits and
 * expiry. */
#include "payments_sql.h"
#include "services/payments/payments_store.h"

#define METHODS_MAX 20

const problem PAYMENTS_METHODS_FULL = { KIND_CONFLICT, "payments.methods_full",
    "too_many_payment_methods", "You have saved as many payment methods as there can be" };

static const char *const status_names[] = { [PAY_SETUP_NONE] = "started",
    [PAY_SETUP_READY] = "ready",
    [PAY_SETUP_CHALLENGE] = "challenge",
    [PAY_SETUP_DECLINED] = "declined" };
#define REMOVED "removed"

static enum pay_setup_state status_of(str name)
{
    for (size_t i = 0; i < COUNT(status_names); i++)
        if (str_eq(name, str_from_c(status_names[i])))
            return (enum pay_setup_state)i;
    panic(__FILE__, "unknown status of a method");
}

static struct payments_method method_of(const struct payments_sql_method_of_user_row *row)
{
    return (struct payments_method){ .method_id = row->method_id,
        .user_id = row->user_id,
        .provider = row->provider,
        .token = row->token.n ? row->token : row->given, /* until it is ready: the browser's */
        .customer = row->customer,
        .setup_ref = row->setup_ref,
        .brand = row->brand,
        .last4 = row->last4,
        .exp_month = row->exp_month,
        .exp_year = row->exp_year,
        .created_ms = row->created_ms,
        .status = status_of(row->status),
        .decline_code = row->decline_code,
        .decline_text = row->decline_text,
        .is_default = row->is_default };
}

/* Locked against other writers; ERR_MISSING when removed. ret_given: what the browser sent. */
static err lock(
    struct payments *p, struct cx *cx, id method_id, struct payments_method *ret, str *ret_given)
{
    struct payments_sql_method_of_user_row row;
    bool found = false;
    err e = payments_sql_method_get(p->deps.db, cx,
        (struct payments_sql_method_get_in){ .method_id = method_id }, &row, &found);
    if (e)
        return e;
    if (!found || str_eq(row.status, S(REMOVED)))
        return FAIL(cx, ERR_MISSING, "no such method");
    *ret = method_of(&row);
    *ret_given = row.given;
    return NULL;
}

static err set(struct payments *p, struct cx *cx, const struct payments_method *m, str status)
{
    return payments_sql_method_set(p->deps.db, cx,
        (struct payments_sql_method_set_in){ .method_id = m->method_id,
            .status = status,
            .token = m->token,
            .customer = m->customer,
            .setup_ref = m->setup_ref,
            .brand = m->brand,
            .last4 = m->last4,
            .exp_month = m->exp_month,
            .exp_year = m->exp_year,
            .decline_code = m->decline_code,
            .decline_text = m->decline_text,
            .is_default = m->is_default,
            .updated_ms = cx->now_ms },
        NULL);
}

/* All of the user's, whatever their status. */
static err all_of(
    struct payments *p, struct cx *cx, id user_id, struct payments_method **ret, size_t *ret_n)
{
    struct payments_sql_method_of_user_row *rows;
    err e = payments_sql_method_of_user(p->deps.db, cx,
        (struct payments_sql_method_of_user_in){ .user_id = user_id }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct payments_method);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = method_of(&rows[i]);
    return NULL;
}

err payments_methods_of(
    struct payments *p, struct cx *cx, id user_id, struct payments_method **ret, size_t *ret_n)
{
    struct payments_method *list;
    size_t n = 0, kept = 0;
    err e = all_of(p, cx, user_id, &list, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (list[i].status == PAY_SETUP_READY)
            list[kept++] = list[i];
    *ret = list;
    *ret_n = kept;
    return NULL;
}

err payments_method_start(struct payments *p, struct cx *cx, const struct payments_method *in,
    struct payments_method *ret)
{
    struct payments_method *list;
    size_t n = 0;
    int64_t added = 0;
    str given;
    ASSERT(!id_is_none(in->method_id) && !id_is_none(in->user_id) && in->token.n > 0);
    err e = payments_methods_of(p, cx, in->user_id, &list, &n);
    if (!e)
        e = payments_sql_method_add(p->deps.db, cx,
            (struct payments_sql_method_add_in){ .method_id = in->method_id,
                .user_id = in->user_id,
                .provider = in->provider,
                .given = in->token,
                .created_ms = cx->now_ms },
            &added);
    if (!e)
        e = lock(p, cx, in->method_id, ret, &given);
    if (e)
        return e;
    if (!id_eq(ret->user_id, in->user_id) || !str_eq(given, in->token))
        return FAIL(cx, ERR_BUG, "the id of another method");
    if (added && n >= METHODS_MAX)
        return FAIL(cx, PAYMENTS_METHODS_FULL, "%zu methods", n);
    /* The provider knows the user by one name. */
    for (size_t i = 0; i < n && !ret->customer.n; i++)
        if (str_eq(list[i].provider, in->provider))
            ret->customer = list[i].customer;
    return NULL;
}

err payments_method_answer(struct payments *p, struct cx *cx, id method_id,
    const struct pay_setup *in, struct payments_method *ret)
{
    struct payments_method m, *others;
    size_t n = 0;
    str given;
    err e = lock(p, cx, method_id, &m, &given);
    if (!e)
        e = payments_methods_of(p, cx, m.user_id, &others, &n);
    if (e)
        return e;
    bool over = m.status == PAY_SETUP_READY || m.status == PAY_SETUP_DECLINED;
    if (over || in->state == PAY_SETUP_NONE) {
        *ret = m;
        return NULL;
    }
    m.status = in->state;
    m.setup_ref = in->setup_ref;
    m.token = (str){ 0 };
    if (in->state == PAY_SETUP_READY) {
        m.token = in->method.token;
        m.customer = in->method.customer;
        m.brand = in->method.brand;
        m.last4 = in->method.last4;
        m.exp_month = in->method.exp_month;
        m.exp_year = in->method.exp_year;
        m.is_default = n == 0;
    }
    m.decline_code = in->decline_code;
    m.decline_text = in->decline_text;
    e = set(p, cx, &m, str_from_c(status_names[m.status]));
    if (e)
        return e;
    if (!m.token.n)
        m.token = given;
    *ret = m;
    return NULL;
}

err payments_method_get(
    struct payments *p, struct cx *cx, id user_id, id method_id, struct payments_method *ret)
{
    struct payments_sql_method_of_user_row row;
    bool found = false;
    err e = payments_sql_method_see(p->deps.db, cx,
        (struct payments_sql_method_see_in){ .method_id = method_id }, &row, &found);
    if (e)
        return e;
    if (!found || !id_eq(row.user_id, user_id) || str_eq(row.status, S(REMOVED)))
        return FAIL(cx, ERR_MISSING, "no such method of this user");
    *ret = method_of(&row);
    return NULL;
}

err payments_method_default(struct payments *p, struct cx *cx, id user_id, id method_id)
{
    struct payments_method m;
    err e = payments_method_get(p, cx, user_id, method_id, &m);
    if (e)
        return e;
    if (m.status != PAY_SETUP_READY)
        return FAIL(cx, ERR_MISSING, "the method is not ready");
    return payments_sql_method_default(p->deps.db, cx,
        (struct payments_sql_method_default_in){
            .user_id = user_id, .method_id = method_id, .updated_ms = cx->now_ms },
        NULL);
}

err payments_method_remove(
    struct payments *p, struct cx *cx, id user_id, id method_id, struct payments_method *ret)
{
    struct payments_method m, *others;
    size_t n = 0;
    str given;
    err e = lock(p, cx, method_id, &m, &given);
    if (!e && !id_eq(m.user_id, user_id))
        e = FAIL(cx, ERR_MISSING, "another user's method");
    if (e)
        return e;
    struct payments_method gone = m;
    gone.is_default = false;
    e = set(p, cx, &gone, S(REMOVED));
    if (!e)
        e = payments_methods_of(p, cx, user_id, &others, &n);
    if (!e && m.is_default && n > 0)
        e = payments_method_default(p, cx, user_id, others[0].method_id);
    if (e)
        return e;
    *ret = m;
    return NULL;
}
