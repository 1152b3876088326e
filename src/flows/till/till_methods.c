/* SPDX-License-Identifier: Apache-2.0
 * Saved payment methods of the signed-in user: kept at the provider, a token and four digits here.
 * Called by the gateway. Must never call the provider in a unit, nor show another user's method. */
#include "flows/till/till_internal.h"
#include "platform/idem/idem.h"

/* ---- what is shown ---- */

struct method_view {
    id method_id;
    str type, brand, last4, status, next_url;
    int64_t exp_month, exp_year, created_at;
    bool is_default;
};
static const char *const shown_statuses[] = { "ready", "challenge", NULL };
static const struct json_field method_fields[] = {
    JSON_ID(struct method_view, method_id, .required = true),
    JSON_STR(struct method_view, type, .required = true),
    JSON_STR(struct method_view, status, .required = true, .one_of = shown_statuses),
    JSON_STR(struct method_view, brand),
    JSON_STR(struct method_view, last4),
    JSON_INT(struct method_view, exp_month, .zero_out = true),
    JSON_INT(struct method_view, exp_year, .zero_out = true),
    JSON_BOOL(struct method_view, is_default, .required = true),
    JSON_STR(struct method_view, next_url,
        .doc = "where the buyer answers the bank; then POST .../confirm"),
    JSON_TIME(struct method_view, created_at, .required = true),
};
const struct json_shape till_method_shape =
    JSON_SHAPE("SavedPaymentMethod", struct method_view, method_fields);

struct methods_view {
    struct method_view *payment_methods;
    size_t payment_methods_n;
};
static const struct json_field methods_fields[] = {
    JSON_LIST(struct methods_view, payment_methods, till_method_shape, .required = true),
};
const struct json_shape till_methods_shape =
    JSON_SHAPE("SavedPaymentMethods", struct methods_view, methods_fields);

static struct method_view view_of(const struct payments_method *m)
{
    bool ready = m->status == PAY_SETUP_READY;
    return (struct method_view){ .method_id = m->method_id,
        .type = S("card"),
        .status = str_from_c(shown_statuses[ready ? 0 : 1]),
        .brand = m->brand,
        .last4 = m->last4,
        .exp_month = m->exp_month,
        .exp_year = m->exp_year,
        .is_default = m->is_default,
        .created_at = m->created_ms };
}

/* ---- input ---- */

struct method_in {
    id method_id;
    str token, key;
};
static const struct json_field path_fields[] = {
    JSON_ID(struct method_in, method_id, .at = AT_PATH, .required = true),
};
const struct json_shape till_method_path_shape =
    JSON_SHAPE("PaymentMethodPath", struct method_in, path_fields);
static const struct json_field new_fields[] = {
    JSON_STR(struct method_in, token, .required = true, .min = 1, .max = 255,
        .doc = "as the provider's form in the browser made it; never a card's number"),
    JSON_STR(struct method_in, key, .at = AT_HEADER, .wire = "Idempotency-Key", .max = 1000),
};
const struct json_shape till_method_new_shape =
    JSON_SHAPE("PaymentMethodInput", struct method_in, new_fields);

/* ---- in one unit ---- */

err till_get_methods(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    struct till *t = service;
    struct payments_method *list;
    struct methods_view *view = NEW(cx->arena, struct methods_view);
    err e =
        payments_methods_of(t->deps.payments, cx, cx->who.user_id, &list, &view->payment_methods_n);
    if (e)
        return e;
    view->payment_methods = NEW_N(cx->arena, view->payment_methods_n, struct method_view);
    for (size_t i = 0; i < view->payment_methods_n; i++)
        view->payment_methods[i] = view_of(&list[i]);
    return reply_json(reply, 200, &till_methods_shape, view);
}

err till_put_default(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct till *t = service;
    const struct method_in *in = body;
    struct payments_method m;
    struct method_view *view = NEW(cx->arena, struct method_view);
    err e = payments_method_default(t->deps.payments, cx, cx->who.user_id, in->method_id);
    if (!e)
        e = payments_method_get(t->deps.payments, cx, cx->who.user_id, in->method_id, &m);
    if (e)
        return e;
    *view = view_of(&m);
    return reply_json(reply, 200, &till_method_shape, view);
}

/* ---- with the provider: off the lanes and the workers ---- */

static void run_call(void *arg)
{
    struct till_call *call = arg;
    reply_finish(call->reply->park, call->work(call, call->cx));
}

err till_off_worker(struct till_call *call)
{
    struct executor *exec = &call->till->deps.exec;
    if (!exec->submit)
        return call->work(call, call->cx);
    struct reply_park *park = reply_park(call->reply);
    if (!exec->submit(exec->self, run_call, call))
        reply_finish(park, call->work(call, call->cx));
    return NULL;
}

static err write(struct till_call *call, struct cx *cx, db_work *fn)
{
    return db_write_wait(call->till->deps.db, cx, id_hash(cx->who.user_id), fn, call);
}

static err unit_start(void *arg, struct cx *cx)
{
    struct till_call *call = arg;
    err e = payments_method_start(call->till->deps.payments, cx,
        &(struct payments_method){ .method_id = call->method_id,
            .user_id = cx->who.user_id,
            .provider = str_from_c(call->till->deps.pay->name),
            .token = call->token },
        &call->method);
    if (e != &ERR_BUG)
        return e;
    cx_clear(cx);
    return FAIL(cx, IDEM_REUSED, "another token with the same key");
}

static err unit_answer(void *arg, struct cx *cx)
{
    struct till_call *call = arg;
    return payments_method_answer(
        call->till->deps.payments, cx, call->method_id, &call->setup, &call->method);
}

static err unit_get(void *arg, struct cx *cx)
{
    struct till_call *call = arg;
    return payments_method_get(
        call->till->deps.payments, cx, cx->who.user_id, call->method_id, &call->method);
}

static err unit_remove(void *arg, struct cx *cx)
{
    struct till_call *call = arg;
    return payments_method_remove(
        call->till->deps.payments, cx, cx->who.user_id, call->method_id, &call->method);
}

/* Asks what is not known yet: saves it, or looks how the bank's question ended. */
static err ask_provider(struct till_call *call, struct cx *cx)
{
    const struct payments_method *m = &call->method;
    struct pay *pay = pay_named(call->till->deps.pay, m->provider);
    if (!pay)
        return FAIL(cx, ERR_MISSING, "its provider is not configured any more");
    if (m->status == PAY_SETUP_CHALLENGE)
        return pay->setup_find(pay->self, cx, m->setup_ref, &call->setup);
    return pay->setup(pay->self, cx,
        (struct pay_setup_request){ .key = id_text(cx->arena, m->method_id),
            .user_key = id_text(cx->arena, cx->who.user_id),
            .customer = m->customer,
            .token = m->token,
            .return_url = till_challenge_path(cx, m->method_id) },
        &call->setup);
}

/* The sandbox has no pages of its own: the shop asks for it. */
static str next_url_of(const struct till_call *call, struct cx *cx)
{
    const struct payments_method *m = &call->method;
    return str_eq(m->provider, S("sandbox")) ? till_challenge_path(cx, m->method_id)
                                             : call->setup.challenge_url;
}

static err show(struct till_call *call, struct cx *cx, int status)
{
    const struct payments_method *m = &call->method;
    struct method_view *view = NEW(cx->arena, struct method_view);
    if (m->status == PAY_SETUP_DECLINED) {
        cx_field(cx, S("/token"), "payment_declined", STR_F, STR_A(m->decline_text));
        return FAIL(cx, PAYMENTS_DECLINED, STR_F, STR_A(m->decline_code));
    }
    *view = view_of(m);
    if (m->status != PAY_SETUP_READY) {
        view->next_url = next_url_of(call, cx);
        status = 202;
    }
    return reply_json(call->reply, status, &till_method_shape, view);
}

static err learn(struct till_call *call, struct cx *cx)
{
    bool over = call->method.status == PAY_SETUP_READY || call->method.status == PAY_SETUP_DECLINED;
    err e = over ? NULL : ask_provider(call, cx);
    if (!e && !over)
        e = write(call, cx, unit_answer);
    return e;
}

err till_method_add(struct till_call *call, struct cx *cx)
{
    if (pay_is_card_number(call->token)) {
        cx_field(cx, S("/token"), "not_allowed", "a token of the payment provider");
        return FAIL(cx, ERR_INVALID, "a card's number for a token");
    }
    err e = write(call, cx, unit_start);
    return e ? e : learn(call, cx);
}

err till_method_look(struct till_call *call, struct cx *cx)
{
    err e = db_read(cx, unit_get, call);
    return e ? e : learn(call, cx);
}

/* There first: who dies in between removes it again. */
err till_method_remove(struct till_call *call, struct cx *cx)
{
    err e = db_read(cx, unit_get, call);
    if (e)
        return e;
    struct pay *pay = pay_named(call->till->deps.pay, call->method.provider);
    if (pay && call->method.status == PAY_SETUP_READY)
        e = pay->detach(pay->self, cx, call->method.token);
    return e ? e : write(call, cx, unit_remove);
}

static err add(struct till_call *call, struct cx *cx)
{
    err e = till_method_add(call, cx);
    return e ? e : show(call, cx, 201);
}

static err confirm(struct till_call *call, struct cx *cx)
{
    err e = till_method_look(call, cx);
    return e ? e : show(call, cx, 200);
}

static err remove_method(struct till_call *call, struct cx *cx)
{
    err e = till_method_remove(call, cx);
    return e ? e : reply_empty(call->reply, 204);
}

struct till_call *till_call_of(struct till *t, struct cx *cx, struct reply *reply,
    err (*work)(struct till_call *, struct cx *))
{
    struct till_call *call = NEW(cx->arena, struct till_call);
    *call = (struct till_call){ .till = t, .cx = cx, .reply = reply, .work = work };
    return call;
}

id till_method_id(struct cx *cx, str key)
{
    return id_from_name(
        S("till_method"), str_fmt(cx->arena, STR_F "/" STR_F,
                              STR_A(id_text(cx->arena, cx->who.user_id)), STR_A(key)));
}

err till_post_method(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct method_in *in = body;
    struct till_call *call = till_call_of(service, cx, reply, add);
    call->token = in->token;
    call->method_id = till_method_id(cx, in->key);
    return till_off_worker(call);
}

err till_post_confirm(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct method_in *in = body;
    struct till_call *call = till_call_of(service, cx, reply, confirm);
    call->method_id = in->method_id;
    return till_off_worker(call);
}

err till_delete_method(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct method_in *in = body;
    struct till_call *call = till_call_of(service, cx, reply, remove_method);
    call->method_id = in->method_id;
    return till_off_worker(call);
}
