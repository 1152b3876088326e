/* SPDX-License-Identifier: Apache-2.0
 * Stripe's objects as the port's values. Called with replies and with events whose signature was
 * checked. Calls nobody; must never take an object for what it does not say it is. */
#include "platform/pay/pay_stripe_internal.h"

/* ---- members ---- */
#define PATH_PART_MAX 48

const struct json_value *stripe_at(const struct json_value *v, const char *path)
{
    str rest = str_from_c(path);

    while (v && rest.p) {
        str part = str_cut(&rest, '.');
        char name[PATH_PART_MAX] = { 0 };
        ASSERT(part.n < sizeof name);
        for (size_t i = 0; i < part.n; i++)
            name[i] = part.p[i];
        v = json_value_get(v, name);
    }
    return v;
}

str stripe_text(struct cx *cx, const struct json_value *v, const char *path)
{
    return json_value_str(cx->arena, stripe_at(v, path));
}

int64_t stripe_int(struct cx *cx, const struct json_value *v, const char *path)
{
    int64_t n = 0;

    if (!str_to_i64(stripe_text(cx, v, path), &n))
        return 0;
    return n;
}

/* ---- amounts ---- */
/* Where Stripe's decimals are not those of ISO 4217: it keeps two for currencies that had them
 * once. */
static const struct {
    currency currency;
    int decimals;
} decimals_there[] = { { { "ISK" }, 2 }, { { "UGX" }, 2 }, { { "MGA" }, 0 } };

static int decimals_of(currency c)
{
    for (size_t i = 0; i < COUNT(decimals_there); i++)
        if (currency_eq(decimals_there[i].currency, c))
            return decimals_there[i].decimals;
    return currency_decimals(c);
}

bool stripe_amount(money amount, int64_t *ret_amount)
{
    int here = currency_decimals(amount.currency), there = decimals_of(amount.currency);
    int64_t n = amount.minor;

    if (n < 0 || n > MONEY_MINOR_MAX)
        return false;
    for (; here < there; here++)
        n *= 10;
    for (; here > there; here--) {
        if (n % 10 != 0)
            return false;
        n /= 10;
    }
    if (there == 3 && n % 10 != 0)
        return false;
    *ret_amount = n;
    return true;
}

bool stripe_money(int64_t amount, str code, money *ret)
{
    char upper[3];
    currency c;

    if (code.n != sizeof upper || amount < 0 || amount > MONEY_MINOR_MAX)
        return false;
    for (size_t i = 0; i < sizeof upper; i++)
        upper[i] = code.p[i] >= 'a' && code.p[i] <= 'z' ? (char)(code.p[i] - 'a' + 'A') : code.p[i];
    if (!currency_parse((str){ upper, sizeof upper }, &c))
        return false;
    int here = currency_decimals(c), there = decimals_of(c);
    for (; here < there; there--)
        amount /= 10; /* whole: it was made by stripe_amount */
    for (; here > there; there++)
        amount *= 10;
    *ret = money_of(amount, c);
    return true;
}

/* ---- refusals ---- */
/* Which of Stripe's codes are told apart; of a stolen card no buyer is told. */
static const struct {
    const char *theirs, *ours, *text;
} declines[] = {
    { "insufficient_funds", "insufficient_funds", "The card has insufficient funds." },
    { "expired_card", "expired_card", "The card has expired." },
    { "incorrect_cvc", "incorrect_cvc", "The card's security code is not right." },
    { "invalid_cvc", "incorrect_cvc", "The card's security code is not right." },
    { "incorrect_number", "incorrect_number", "The card's number is not right." },
    { "invalid_number", "incorrect_number", "The card's number is not right." },
    { "processing_error", "processing_error", "The bank could not be asked. Please try again." },
    { "authentication_required", "authentication_required", "The bank wants to ask you first." },
    { "payment_intent_authentication_failure", "authentication_failed",
        "The bank could not confirm that it was you." },
    { "setup_intent_authentication_failure", "authentication_failed",
        "The bank could not confirm that it was you." },
    { "resource_missing", "invalid_token", "The payment method is not valid." },
    { "payment_method_unexpected_state", "invalid_token", "The payment method is not valid." },
    { "amount_too_small", "amount_too_small", "The amount is too small for this method." },
    { "amount_too_large", "amount_too_large", "The amount is too large for this method." },
};

static bool decline_find(str code, str *ret_code, str *ret_text)
{
    for (size_t i = 0; i < COUNT(declines); i++) {
        if (!str_eq(code, str_from_c(declines[i].theirs)))
            continue;
        *ret_code = str_from_c(declines[i].ours);
        *ret_text = str_from_c(declines[i].text);
        return true;
    }
    return false;
}

void stripe_decline(struct cx *cx, const struct json_value *error, str *ret_code, str *ret_text)
{
    bool card = !error || str_eq(stripe_text(cx, error, "type"), S("card_error"));

    if (decline_find(stripe_text(cx, error, "decline_code"), ret_code, ret_text) ||
        decline_find(stripe_text(cx, error, "code"), ret_code, ret_text))
        return;
    *ret_code = card ? S("card_declined") : S("not_accepted");
    *ret_text = card ? S("The card was declined.") : S("The payment was not accepted.");
}

/* ---- payments ---- */
static void read_charge(struct cx *cx, const struct json_value *v, struct stripe_intent *ret)
{
    const struct json_value *charge = stripe_at(v, "latest_charge");

    ret->multicapture = str_eq(
        stripe_text(cx, charge, "payment_method_details.card.multicapture.status"), S("available"));
    ret->brand = stripe_text(cx, charge, "payment_method_details.card.brand");
    ret->last4 = stripe_text(cx, charge, "payment_method_details.card.last4");
    if (ret->last4.n)
        return;
    ret->brand = stripe_text(cx, v, "last_payment_error.payment_method.card.brand");
    ret->last4 = stripe_text(cx, v, "last_payment_error.payment_method.card.last4");
}

/* An amount of the object in our unit. */
static bool amount_at(
    struct cx *cx, const struct json_value *v, const char *path, str code, int64_t *ret)
{
    money amount;

    if (!stripe_money(stripe_int(cx, v, path), code, &amount))
        return false;
    *ret = amount.minor;
    return true;
}

err stripe_intent_read(struct cx *cx, const struct json_value *v, struct stripe_intent *ret)
{
    struct stripe_intent in = {
        .id = stripe_text(cx, v, "id"),
        .status = stripe_text(cx, v, "status"),
        .key = stripe_text(cx, v, "metadata.souk_key"),
        .next_url = stripe_text(cx, v, "next_action.redirect_to_url.url"),
    };
    str code = stripe_text(cx, v, "currency");
    int64_t created_s = stripe_int(cx, v, "created"), refunded = 0;

    read_charge(cx, v, &in);
    bool whole = str_eq(stripe_text(cx, v, "object"), S("payment_intent")) && in.id.n > 0 &&
                 in.status.n > 0 && created_s >= 0 && created_s < INT64_MAX / 1000 &&
                 stripe_money(stripe_int(cx, v, "amount"), code, &in.amount) &&
                 amount_at(cx, v, "amount_capturable", code, &in.capturable) &&
                 amount_at(cx, v, "amount_received", code, &in.received) &&
                 amount_at(cx, v, "latest_charge.amount_refunded", code, &refunded);
    /* What cannot be is not passed on: sums are bounded by what was authorised. */
    if (!whole || in.received > in.amount.minor || refunded > in.received ||
        in.capturable > in.amount.minor)
        return FAIL(cx, ERR_MALFORMED, "not a payment");
    in.refunded = refunded;
    in.created_ms = created_s * 1000;
    stripe_decline(cx, stripe_at(v, "last_payment_error"), &in.decline_code, &in.decline_text);
    *ret = in;
    return NULL;
}

static bool state_of(const struct stripe_intent *in, enum pay_state *ret)
{
    if (str_eq(in->status, S("succeeded")))
        *ret = in->received > 0 && in->refunded == in->received ? PAY_STATE_REFUNDED
                                                                : PAY_STATE_CAPTURED;
    else if (str_eq(in->status, S("requires_capture")))
        *ret = in->received > 0 ? PAY_STATE_CAPTURED : PAY_STATE_AUTHORIZED;
    else if (str_eq(in->status, S("requires_action")))
        *ret = PAY_STATE_CHALLENGE;
    else if (str_eq(in->status, S("canceled")))
        *ret = in->received > 0 ? PAY_STATE_CAPTURED : PAY_STATE_VOIDED;
    else if (str_eq(in->status, S("requires_payment_method")) ||
             str_eq(in->status, S("requires_confirmation"))) /* confirmed when made: it failed */
        *ret = PAY_STATE_DECLINED;
    else
        return false;
    return true;
}

err stripe_result_of(struct cx *cx, const struct stripe_intent *in, struct pay_result *ret)
{
    enum pay_state state;

    if (!state_of(in, &state)) /* "processing", or a word of a later version */
        return FAIL(cx, PAY_UNKNOWN, "the payment is " STR_F, STR_A(in->status));
    struct pay_result r = {
        .state = state,
        .provider_ref = in->id,
        .provider = S("stripe"),
        .key = in->key,
        .brand = in->brand,
        .last4 = in->last4,
        .captured_minor = in->received,
        .refunded_minor = in->refunded,
    };
    if (str_eq(in->status, S("requires_capture")))
        r.open_minor = in->capturable;
    if (state == PAY_STATE_CHALLENGE)
        r.challenge_url = in->next_url;
    if (state == PAY_STATE_DECLINED) {
        r.decline_code = in->decline_code;
        r.decline_text = in->decline_text;
    }
    *ret = r;
    return NULL;
}

/* ---- saved methods ---- */
struct pay_method stripe_method_of(struct cx *cx, const struct json_value *v, str customer)
{
    struct pay_method m = { .token = stripe_text(cx, v, "id"),
        .customer = customer,
        .brand = stripe_text(cx, v, "card.brand"),
        .last4 = stripe_text(cx, v, "card.last4"),
        .exp_month = stripe_int(cx, v, "card.exp_month"),
        .exp_year = stripe_int(cx, v, "card.exp_year") };

    if (m.exp_month < 1 || m.exp_month > 12 || m.exp_year < 2000 || m.exp_year > 2200)
        m.exp_month = m.exp_year = 0;
    return m;
}

err stripe_setup_read(struct cx *cx, const struct json_value *v, struct pay_setup *ret)
{
    str status = stripe_text(cx, v, "status");
    struct pay_setup r = { .setup_ref = stripe_text(cx, v, "id") };

    if (!str_eq(stripe_text(cx, v, "object"), S("setup_intent")) || !r.setup_ref.n || !status.n)
        return FAIL(cx, ERR_MALFORMED, "not a setup");
    if (str_eq(status, S("succeeded"))) {
        r.state = PAY_SETUP_READY;
        r.method =
            stripe_method_of(cx, stripe_at(v, "payment_method"), stripe_text(cx, v, "customer"));
        if (!r.method.token.n)
            return FAIL(cx, ERR_MALFORMED, "a setup without a method");
    } else if (str_eq(status, S("requires_action"))) {
        r.state = PAY_SETUP_CHALLENGE;
        r.challenge_url = stripe_text(cx, v, "next_action.redirect_to_url.url");
    } else if (str_eq(status, S("requires_payment_method")) || str_eq(status, S("canceled")) ||
               str_eq(status, S("requires_confirmation"))) {
        r.state = PAY_SETUP_DECLINED;
        stripe_decline(cx, stripe_at(v, "last_setup_error"), &r.decline_code, &r.decline_text);
    } else {
        return FAIL(cx, PAY_UNKNOWN, "the setup is " STR_F, STR_A(status));
    }
    *ret = r;
    return NULL;
}

/* ---- events ---- */
static err read_payment_event(struct cx *cx, const struct json_value *v, struct pay_event *event)
{
    struct stripe_intent intent;

    err e = stripe_intent_read(cx, v, &intent);
    if (e)
        return e;
    event->type = PAY_EVENT_PAYMENT;
    event->provider_ref = intent.id;
    event->key = intent.key;
    if (!stripe_result_of(cx, &intent, &event->result))
        event->has_result = true;
    else
        cx_clear(cx); /* processing: pay.get will tell */
    return NULL;
}

/* A charge, a refund or a dispute: which payment it belongs to. */
static void read_part_event(struct cx *cx, const struct json_value *v, struct pay_event *event)
{
    str object = stripe_text(cx, v, "object"), status = stripe_text(cx, v, "status");

    event->provider_ref = stripe_text(cx, v, "payment_intent");
    event->key = stripe_text(cx, v, "metadata.souk_key");
    if (str_eq(object, S("charge")))
        event->type = PAY_EVENT_PAYMENT;
    if (str_eq(object, S("dispute")))
        event->type = PAY_EVENT_DISPUTE;
    if (!str_eq(object, S("refund")))
        return;
    event->type = PAY_EVENT_REFUND;
    event->refund_ref = stripe_text(cx, v, "id");
    event->refund_key = event->key;
    event->key = stripe_text(cx, v, "metadata.souk_payment");
    event->refund_failed = str_eq(status, S("failed")) || str_eq(status, S("canceled"));
}

err stripe_event_read(struct cx *cx, str body, struct pay_event *ret)
{
    struct json_value *json = NULL;

    err e = json_value_parse(cx, body, &json);
    if (e)
        return e;
    const struct json_value *v = stripe_at(json, "data.object");
    struct pay_event event = { .event_id = stripe_text(cx, json, "id"),
        .name = stripe_text(cx, json, "type") };
    int64_t created_s = stripe_int(cx, json, "created");
    str object = stripe_text(cx, v, "object");
    bool whole = str_eq(stripe_text(cx, json, "object"), S("event")) && event.event_id.n > 0 &&
                 event.event_id.n <= 255 && event.name.n > 0 && event.name.n <= 255 &&
                 created_s >= 0 && created_s < INT64_MAX / 1000;
    if (!whole) {
        e = FAIL(cx, ERR_MALFORMED, "not an event");
    } else if (str_eq(object, S("payment_intent"))) {
        e = read_payment_event(cx, v, &event);
    } else if (str_eq(object, S("setup_intent"))) {
        event.type = PAY_EVENT_SETUP;
        event.provider_ref = stripe_text(cx, v, "id");
        event.key = stripe_text(cx, v, "metadata.souk_key");
    } else {
        read_part_event(cx, v, &event);
    }
    json_value_close(json);
    if (e)
        return e;
    event.created_ms = created_s * 1000;
    *ret = event;
    return NULL;
}
