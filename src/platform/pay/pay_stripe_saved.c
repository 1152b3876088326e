/* SPDX-License-Identifier: Apache-2.0
 * Saved methods at Stripe: customers and SetupIntents. Called through the port. Must never attach a
 * method to another customer than the user's. */
#include "platform/pay/pay_stripe_internal.h"

str stripe_return_url(const struct stripe *stripe, struct arena *arena, str url)
{
    if (!str_starts(url, S("/")))
        return url;
    return str_cat(arena, stripe->opts.origin, url);
}

/* The user as a customer, made with the first method. */
static err customer_of(
    struct stripe *stripe, struct cx *cx, const struct pay_setup_request *in, str *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    *ret = in->customer;
    if (in->customer.n)
        return NULL;
    stripe_form_add(&form, S("metadata[souk_user]"), in->user_key);
    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "POST",
            .path = S("/v1/customers"),
            .form = &form,
            .key = str_cat(cx->arena, S("customer-"), in->user_key) },
        &answer);
    /* A customer that nobody knows of holds no money and no method. */
    if (e == &PAY_UNKNOWN || (!e && answer.status / 100 != 2))
        return FAIL(cx, PAY_UNREACHABLE, "no customer");
    if (e)
        return e;
    *ret = stripe_text(cx, answer.json, "id");
    return ret->n ? NULL : FAIL(cx, PAY_UNREACHABLE, "no customer");
}

/* Of a 400 or 402. */
static err refused_setup(struct cx *cx, const struct json_value *json, struct pay_setup *ret)
{
    struct pay_setup r = { .state = PAY_SETUP_DECLINED,
        .setup_ref = stripe_text(cx, json, "error.setup_intent.id") };

    stripe_decline(cx, stripe_at(json, "error"), &r.decline_code, &r.decline_text);
    *ret = r;
    return NULL;
}

err stripe_setup(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret)
{
    struct stripe *stripe = self;
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };
    str customer;

    if (in.key.n == 0 || in.user_key.n == 0)
        return FAIL(cx, ERR_BUG, "a setup without a key or a user");
    err e = customer_of(stripe, cx, &in, &customer);
    if (e)
        return e;
    stripe_form_add(&form, S("customer"), customer);
    stripe_form_add(&form, S("payment_method"), in.token);
    stripe_form_add(&form, S("payment_method_types[]"), S("card"));
    stripe_form_add(&form, S("confirm"), S("true"));
    stripe_form_add(&form, S("usage"), S("off_session"));
    stripe_form_add(&form, S("return_url"), stripe_return_url(stripe, cx->arena, in.return_url));
    stripe_form_add(&form, S("metadata[souk_key]"), in.key);
    stripe_form_add(&form, S("expand[]"), S("payment_method"));
    e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "POST",
            .path = S("/v1/setup_intents"),
            .form = &form,
            .key = str_cat(cx->arena, S("setup-"), in.key) },
        &answer);
    if (e)
        return e;
    if (answer.status / 100 != 2)
        return refused_setup(cx, answer.json, ret);
    e = stripe_setup_read(cx, answer.json, ret);
    return e == &ERR_MALFORMED ? FAIL(cx, PAY_UNKNOWN, "not a setup") : e;
}

err stripe_setup_find(void *self, struct cx *cx, str setup_ref, struct pay_setup *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    stripe_form_add(&form, S("expand[]"), S("payment_method"));
    err e = stripe_call(self, cx,
        &(struct stripe_ask){ .method = "GET",
            .path = stripe_path(cx->arena, "/v1/setup_intents/", setup_ref, ""),
            .form = &form },
        &answer);
    if (e)
        return e;
    if (answer.status == 404) {
        *ret = (struct pay_setup){ .state = PAY_SETUP_NONE };
        return NULL;
    }
    if (answer.status / 100 == 2 && !stripe_setup_read(cx, answer.json, ret))
        return NULL;
    return FAIL(cx, PAY_UNREACHABLE, "no setup, or not decided yet");
}

err stripe_methods(void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    stripe_form_add(&form, S("type"), S("card"));
    stripe_form_int(&form, S("limit"), STRIPE_PAGE_N);
    err e = stripe_call(self, cx,
        &(struct stripe_ask){ .method = "GET",
            .path = stripe_path(cx->arena, "/v1/customers/", customer, "/payment_methods"),
            .form = &form },
        &answer);
    if (e)
        return e;
    const struct json_value *data = stripe_at(answer.json, "data");
    size_t n = json_value_count(data);
    if (answer.status != 404 && (answer.status / 100 != 2 || !data || n > STRIPE_PAGE_N))
        return FAIL(cx, PAY_UNREACHABLE, "no list of methods");
    *ret = NEW_N(cx->arena, n, struct pay_method);
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = stripe_method_of(cx, json_value_at(data, i), str_dup(cx->arena, customer));
    *ret_n = n;
    return NULL;
}

err stripe_detach(void *self, struct cx *cx, str token)
{
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    /* A 400 or 404 says that it is not attached, or not there: as it is wanted. */
    return stripe_call(self, cx,
        &(struct stripe_ask){ .method = "POST",
            .path = stripe_path(cx->arena, "/v1/payment_methods/", token, "/detach"),
            .key = str_cat(cx->arena, S("detach-"), token) },
        &answer);
}
