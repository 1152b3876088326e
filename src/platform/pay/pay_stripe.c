/* SPDX-License-Identifier: Apache-2.0
 * Payments at Stripe: authorise, capture, release, refund. Called through the port. Must never ask
 * for money twice: Stripe forgets keys after a day, so marks in its metadata are looked at first.
 */
#include "platform/pay/pay_stripe.h"

#include "platform/pay/pay_stripe_internal.h"
#include "platform/pay/pay_webhook.h"
#include "platform/secret/secret.h"

#define KEY_MAX 64
#define MARK_HEX_N 32

static err key_check(struct cx *cx, str key)
{
    if (key.n == 0 || key.n > KEY_MAX)
        return FAIL(cx, ERR_BUG, "a key of %zu characters", key.n);
    return NULL;
}

/* ---- authorising ---- */
static str currency_lower(struct cx *cx, currency c)
{
    return str_lower(cx->arena, str_from_c(c.code));
}

static struct pay_result declined(const char *code, const char *text)
{
    return (struct pay_result){ .state = PAY_STATE_DECLINED,
        .provider = S("stripe"),
        .decline_code = str_from_c(code),
        .decline_text = str_from_c(text) };
}

static void authorize_form(struct stripe *stripe, struct cx *cx, const struct pay_request *in,
    int64_t amount, struct stripe_form *form)
{
    stripe_form_int(form, S("amount"), amount);
    stripe_form_add(form, S("currency"), currency_lower(cx, in->amount.currency));
    stripe_form_add(form, S("payment_method"), in->token);
    stripe_form_add(form, S("payment_method_types[]"), S("card"));
    stripe_form_add(form, S("confirm"), S("true"));
    stripe_form_add(form, S("capture_method"), in->capture ? S("automatic") : S("manual"));
    if (!in->capture)
        stripe_form_add(
            form, S("payment_method_options[card][request_multicapture]"), S("if_available"));
    if (in->customer.n)
        stripe_form_add(form, S("customer"), in->customer);
    stripe_form_add(form, S("return_url"), stripe_return_url(stripe, cx->arena, in->return_url));
    if (in->reference.n) {
        stripe_form_add(form, S("description"), in->reference);
        stripe_form_add(form, S("metadata[souk_reference]"), in->reference);
    }
    stripe_form_add(form, S("metadata[souk_key]"), in->key);
    stripe_form_add(form, S("expand[]"), S("latest_charge"));
}

/* 400 and 402: no money was taken. The error holds the payment, when there is one. */
static err authorize_refused(struct cx *cx, const struct json_value *json, struct pay_result *ret)
{
    const struct json_value *error = stripe_at(json, "error");
    struct pay_result r = { .state = PAY_STATE_DECLINED,
        .provider = S("stripe"),
        .provider_ref = stripe_text(cx, error, "payment_intent.id"),
        .brand = stripe_text(cx, error, "payment_method.card.brand"),
        .last4 = stripe_text(cx, error, "payment_method.card.last4") };

    stripe_decline(cx, error, &r.decline_code, &r.decline_text);
    *ret = r;
    return NULL;
}

/* What a 2xx says; the money may have moved, so what cannot be read is unknown. */
static err read_intent(struct cx *cx, const struct json_value *json, struct pay_result *ret)
{
    struct stripe_intent intent;

    err e = stripe_intent_read(cx, json, &intent);
    if (e)
        return FAIL(cx, PAY_UNKNOWN, "not a payment");
    return stripe_result_of(cx, &intent, ret);
}

static err authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct stripe *stripe = self;
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };
    int64_t amount;

    err e = key_check(cx, in.key);
    if (e)
        return e;
    if (in.amount.minor <= 0)
        return FAIL(cx, ERR_BUG, "nothing to authorise");
    if (!stripe_amount(in.amount, &amount)) {
        *ret = declined("amount_not_chargeable", "This amount cannot be charged exactly.");
        return NULL;
    }
    authorize_form(stripe, cx, &in, amount, &form);
    e = stripe_call(stripe, cx,
        &(struct stripe_ask){
            .method = "POST", .path = S("/v1/payment_intents"), .form = &form, .key = in.key },
        &answer);
    if (e)
        return e;
    if (answer.status / 100 != 2)
        return authorize_refused(cx, answer.json, ret);
    return read_intent(cx, answer.json, ret);
}

/* ---- what is done to a payment ---- */
static struct pay_result unknown_reference(void)
{
    return (struct pay_result){ .state = PAY_STATE_NONE,
        .decline_code = S("unknown_reference"),
        .decline_text = S("The provider knows no such payment.") };
}

/* The payment as it is, and why it does not allow what was asked. */
static err refuse(
    struct cx *cx, const struct stripe_intent *intent, const char *code, struct pay_result *ret)
{
    err e = stripe_result_of(cx, intent, ret);
    if (e)
        return e;
    ret->decline_code = str_from_c(code);
    ret->decline_text = S("The payment does not allow this.");
    return NULL;
}

/* After a 400 or 402 of a capture, release or refund: nothing was done, and how it is now. */
static err refused_now(
    struct stripe *stripe, struct cx *cx, str ref, const char *code, struct pay_result *ret)
{
    struct stripe_look look;

    err e = stripe_look(stripe, cx, ref, NULL, &look);
    if (e)
        return e;
    if (look.found)
        return refuse(cx, &look.intent, code, ret);
    *ret = unknown_reference();
    return NULL;
}

/* ---- capturing ---- */
/* A name in the metadata for this call: what Stripe keeps longer than the Idempotency-Key. */
static str mark_of(struct cx *cx, str verb, str key)
{
    str digest = str_sub(secret_sha256_hex(cx->arena, key), 0, MARK_HEX_N);
    return str_cat(cx->arena, verb, digest);
}

static const char *mark_path(struct cx *cx, str verb, str key)
{
    return str_c(cx->arena, str_cat(cx->arena, S("metadata."), mark_of(cx, verb, key)));
}

static str mark_name(struct cx *cx, str verb, str key)
{
    return str_fmt(cx->arena, "metadata[" STR_F "]", STR_A(mark_of(cx, verb, key)));
}

static const char *capture_refusal(const struct stripe_intent *intent, money amount)
{
    if (!currency_eq(amount.currency, intent->amount.currency))
        return "currency_mismatch";
    if (str_eq(intent->status, S("succeeded")))
        return "amount_too_large"; /* nothing is left of it */
    if (!str_eq(intent->status, S("requires_capture")))
        return "not_capturable";
    return amount.minor > intent->capturable ? "amount_too_large" : NULL;
}

static err capture_post(struct stripe *stripe, struct cx *cx, str key,
    const struct stripe_intent *intent, money amount, struct pay_result *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };
    int64_t n;

    if (!stripe_amount(amount, &n))
        return refuse(cx, intent, "amount_not_chargeable", ret);
    stripe_form_int(&form, S("amount_to_capture"), n);
    if (intent->multicapture && amount.minor < intent->capturable)
        stripe_form_add(&form, S("final_capture"), S("false"));
    stripe_form_int(&form, mark_name(cx, S("capture_"), key), n);
    stripe_form_add(&form, S("expand[]"), S("latest_charge"));
    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "POST",
            .path = stripe_path(cx->arena, "/v1/payment_intents/", intent->id, "/capture"),
            .form = &form,
            .key = str_cat(cx->arena, S("capture-"), key) },
        &answer);
    if (e)
        return e;
    if (answer.status / 100 != 2)
        return refused_now(stripe, cx, intent->id, "not_capturable", ret);
    return read_intent(cx, answer.json, ret);
}

static err capture(
    void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret)
{
    struct stripe *stripe = self;
    struct stripe_look look;
    int64_t n = 0, marked = 0;

    err e = key_check(cx, key);
    if (e)
        return e;
    if (amount.minor <= 0)
        return FAIL(cx, ERR_BUG, "nothing to capture");
    e = stripe_look(stripe, cx, provider_ref, mark_path(cx, S("capture_"), key), &look);
    if (e)
        return e;
    if (!look.found) {
        *ret = unknown_reference();
        return NULL;
    }
    if (look.mark.n &&
        (!str_to_i64(look.mark, &marked) || !stripe_amount(amount, &n) || n != marked))
        return FAIL(cx, ERR_BUG, "the key of another capture");
    if (look.mark.n)
        return stripe_result_of(cx, &look.intent, ret);
    const char *why = capture_refusal(&look.intent, amount);
    if (why)
        return refuse(cx, &look.intent, why, ret);
    return capture_post(stripe, cx, key, &look.intent, amount, ret);
}

/* ---- releasing ---- */
/* After a part was captured the rest goes by a last capture of nothing. */
static err release_post(struct stripe *stripe, struct cx *cx, str key,
    const struct stripe_intent *intent, struct pay_result *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };
    bool rest = intent->received > 0;

    if (rest) {
        stripe_form_int(&form, S("amount_to_capture"), 0);
        stripe_form_add(&form, S("final_capture"), S("true"));
        stripe_form_int(&form, mark_name(cx, S("release_"), key), 1);
    }
    stripe_form_add(&form, S("expand[]"), S("latest_charge"));
    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "POST",
            .path = stripe_path(
                cx->arena, "/v1/payment_intents/", intent->id, rest ? "/capture" : "/cancel"),
            .form = &form,
            .key = str_cat(cx->arena, rest ? S("release-rest-") : S("release-"), key) },
        &answer);
    if (e)
        return e;
    if (answer.status / 100 != 2)
        return refused_now(stripe, cx, intent->id, "not_releasable", ret);
    return read_intent(cx, answer.json, ret);
}

static err release(void *self, struct cx *cx, str key, str provider_ref, struct pay_result *ret)
{
    struct stripe *stripe = self;
    struct stripe_look look;
    struct pay_result now;

    err e = key_check(cx, key);
    if (!e)
        e = stripe_look(stripe, cx, provider_ref, mark_path(cx, S("release_"), key), &look);
    if (e)
        return e;
    if (!look.found) {
        *ret = unknown_reference();
        return NULL;
    }
    e = stripe_result_of(cx, &look.intent, &now);
    if (e)
        return e;
    if (now.state == PAY_STATE_VOIDED || now.state == PAY_STATE_DECLINED || look.mark.n) {
        *ret = now; /* as it is wanted */
        return NULL;
    }
    if (now.open_minor == 0 && now.state != PAY_STATE_CHALLENGE)
        return refuse(cx, &look.intent, "not_releasable", ret);
    return release_post(stripe, cx, key, &look.intent, ret);
}

/* ---- refunding ---- */
static bool came_back(struct cx *cx, const struct json_value *refund)
{
    str status = stripe_text(cx, refund, "status");
    return str_eq(status, S("failed")) || str_eq(status, S("canceled"));
}

struct refund_call {
    str key, ref;
    money amount;
    int64_t there; /* the amount in Stripe's unit */
};

/* A refund with this key that was made before. */
struct refund_made {
    str ref; /* absent: there is none */
    bool came_back;
};
static err refund_look(
    struct stripe *stripe, struct cx *cx, const struct refund_call *call, struct refund_made *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    stripe_form_add(&form, S("payment_intent"), call->ref);
    stripe_form_int(&form, S("limit"), STRIPE_PAGE_N);
    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "GET", .path = S("/v1/refunds"), .form = &form }, &answer);
    if (e)
        return e;
    const struct json_value *data = stripe_at(answer.json, "data");
    if (answer.status / 100 != 2 || !data)
        return FAIL(cx, PAY_UNREACHABLE, "no list of refunds");
    for (size_t i = 0; i < json_value_count(data); i++) {
        const struct json_value *v = json_value_at(data, i);
        if (!str_eq(stripe_text(cx, v, "metadata.souk_key"), call->key))
            continue;
        if (stripe_int(cx, v, "amount") != call->there)
            return FAIL(cx, ERR_BUG, "the key of another refund");
        *ret = (struct refund_made){ stripe_text(cx, v, "id"), came_back(cx, v) };
    }
    return NULL;
}

static const char *refund_refusal(const struct stripe_intent *intent, money amount)
{
    if (!currency_eq(amount.currency, intent->amount.currency))
        return "currency_mismatch";
    if (intent->received == 0)
        return "not_refundable";
    return amount.minor > intent->received - intent->refunded ? "amount_too_large" : NULL;
}

static err refund_post(struct stripe *stripe, struct cx *cx, const struct refund_call *call,
    const struct stripe_intent *intent, struct pay_result *ret)
{
    struct stripe_form form = { .text = { .arena = cx->arena } };
    struct stripe_answer answer DEFER(stripe_answer_close) = { 0 };

    stripe_form_add(&form, S("payment_intent"), call->ref);
    stripe_form_int(&form, S("amount"), call->there);
    stripe_form_add(&form, S("metadata[souk_key]"), call->key);
    stripe_form_add(&form, S("metadata[souk_payment]"), intent->key);
    stripe_form_add(&form, S("expand[]"), S("payment_intent.latest_charge"));
    err e = stripe_call(stripe, cx,
        &(struct stripe_ask){ .method = "POST",
            .path = S("/v1/refunds"),
            .form = &form,
            .key = str_cat(cx->arena, S("refund-"), call->key) },
        &answer);
    if (e)
        return e;
    if (answer.status / 100 != 2 || came_back(cx, answer.json))
        return refused_now(stripe, cx, call->ref, "not_refundable", ret);
    e = read_intent(cx, stripe_at(answer.json, "payment_intent"), ret);
    if (e)
        return e;
    ret->refund_ref = stripe_text(cx, answer.json, "id");
    return NULL;
}

static err refund(
    void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret)
{
    struct stripe *stripe = self;
    struct refund_call call = { key, provider_ref, amount, 0 };
    struct stripe_look look;
    struct refund_made made = { 0 };

    err e = key_check(cx, key);
    if (e)
        return e;
    if (amount.minor <= 0)
        return FAIL(cx, ERR_BUG, "nothing to refund");
    e = stripe_look(stripe, cx, provider_ref, NULL, &look);
    if (e)
        return e;
    if (!look.found) {
        *ret = unknown_reference();
        return NULL;
    }
    if (!stripe_amount(amount, &call.there))
        return refuse(cx, &look.intent, "amount_not_chargeable", ret);
    e = refund_look(stripe, cx, &call, &made);
    if (e)
        return e;
    if (made.ref.n && !made.came_back) {
        e = stripe_result_of(cx, &look.intent, ret);
        if (!e)
            ret->refund_ref = made.ref;
        return e;
    }
    const char *why = made.came_back ? "refund_failed" : refund_refusal(&look.intent, amount);
    if (why)
        return refuse(cx, &look.intent, why, ret);
    return refund_post(stripe, cx, &call, &look.intent, ret);
}

/* ---- webhooks, opening ---- */
static err parse_webhook(void *self, struct cx *cx, str signature, str body, struct pay_event *ret)
{
    struct stripe *stripe = self;

    err e = pay_webhook_check(cx, stripe->opts.webhook_secret, signature, body);
    return e ? e : stripe_event_read(cx, body, ret);
}

void pay_stripe_open(struct arena *life, struct stripe_opts opts, struct pay *ret)
{
    struct stripe *stripe = NEW(life, struct stripe);

    stripe->opts = opts;
    *ret = (struct pay){
        .name = "stripe",
        .ref_prefix = STRIPE_PREFIX,
        .webhook_header = "Stripe-Signature",
        .authorize = authorize,
        .capture = capture,
        .release = release,
        .refund = refund,
        .find = stripe_find,
        .get = stripe_get,
        .list = stripe_list,
        .setup = stripe_setup,
        .setup_find = stripe_setup_find,
        .methods = stripe_methods,
        .detach = stripe_detach,
        .parse_webhook = parse_webhook,
        .self = stripe,
    };
}
