/* SPDX-License-Identifier: Apache-2.0
 * What the files of the Stripe adapter share: the call, the reading of replies, amounts. For
 * pay_stripe*.c, its tests and its fuzz entries alone. */
#ifndef SOUK_PLATFORM_PAY_PAY_STRIPE_INTERNAL_H
#define SOUK_PLATFORM_PAY_PAY_STRIPE_INTERNAL_H

#include "base/buf.h"
#include "base/json.h"
#include "platform/pay/pay_stripe.h"

#define STRIPE_VERSION "2024-06-20"
#define STRIPE_PAGE_N 100
#define STRIPE_PREFIX "pi_"

struct stripe {
    struct stripe_opts opts;
};

/* ---- pay_stripe_call.c: one request ---- */
/* "amount=100&metadata%5Bsouk_key%5D=..." */
struct stripe_form {
    struct buf text;
};
void stripe_form_add(struct stripe_form *form, str name, str value); /* absent: nothing */
void stripe_form_int(struct stripe_form *form, str name, int64_t value);

struct stripe_ask {
    const char *method; /* "GET", "POST" */
    str path;           /* "/v1/refunds" */
    const struct stripe_form *form;
    str key; /* Idempotency-Key; absent: a GET */
};
struct stripe_answer {
    int status;              /* 2xx, 400, 402 or 404 */
    struct json_value *json; /* an object; closed by stripe_answer_close */
};
/* All other statuses, and what is no JSON object, are PAY_UNREACHABLE for a GET, and for a POST if
 * it certainly did nothing; else PAY_UNKNOWN. ERR_BUG: the key of another request. */
err stripe_call(struct stripe *stripe, struct cx *cx, const struct stripe_ask *ask,
    struct stripe_answer *ret) MUST_USE;
void stripe_answer_close(struct stripe_answer *answer); /* for DEFER */
/* "/v1/payment_intents/pi_1/capture", the name percent-encoded */
str stripe_path(struct arena *arena, const char *before, str name, const char *after);

/* ---- pay_stripe_read.c: what replies and events say; calls nobody ---- */
/* ret_amount is in Stripe's unit: some currencies have other decimals there, and of those with
 * three it takes tens only. False: the amount cannot be charged exactly. */
bool stripe_amount(money amount, int64_t *ret_amount) MUST_USE;
bool stripe_money(int64_t amount, str code, money *ret) MUST_USE;
/* A member of a member: "latest_charge.payment_method_details.card". NULL when it is not there. */
const struct json_value *stripe_at(const struct json_value *v, const char *path);
str stripe_text(struct cx *cx, const struct json_value *v, const char *path);
int64_t stripe_int(struct cx *cx, const struct json_value *v, const char *path); /* or 0 */

struct stripe_intent {
    str id, status, key; /* our key, from the metadata */
    money amount;
    int64_t capturable, received, refunded, created_ms;
    bool multicapture;
    str decline_code, decline_text, next_url, brand, last4;
};
/* ERR_MALFORMED: not a PaymentIntent. */
err stripe_intent_read(
    struct cx *cx, const struct json_value *v, struct stripe_intent *ret) MUST_USE;
/* PAY_UNKNOWN: Stripe is still at it. */
err stripe_result_of(
    struct cx *cx, const struct stripe_intent *intent, struct pay_result *ret) MUST_USE;
struct pay_method stripe_method_of(struct cx *cx, const struct json_value *v, str customer);
/* ERR_MALFORMED: not a SetupIntent; PAY_UNKNOWN as above. */
err stripe_setup_read(struct cx *cx, const struct json_value *v, struct pay_setup *ret) MUST_USE;
/* Our code and text for an error object of a card, or for none. */
void stripe_decline(struct cx *cx, const struct json_value *error, str *ret_code, str *ret_text);
/* The event, once its signature was checked. ERR_MALFORMED: none. */
err stripe_event_read(struct cx *cx, str body, struct pay_event *ret) MUST_USE;

/* ---- pay_stripe_saved.c: through the port ---- */
err stripe_setup(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret);
err stripe_setup_find(void *self, struct cx *cx, str setup_ref, struct pay_setup *ret);
err stripe_methods(void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n);
err stripe_detach(void *self, struct cx *cx, str token);
str stripe_return_url(const struct stripe *stripe, struct arena *arena, str url);

/* ---- pay_stripe_find.c: through the port ---- */
err stripe_find(void *self, struct cx *cx, str key, struct pay_result *ret);
err stripe_get(void *self, struct cx *cx, str provider_ref, struct pay_result *ret);
err stripe_list(
    void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret);
/* mark is a path of the object, its text goes to *ret_mark; NULL: none. ret_found is false for 404.
 * A GET, so that all that fails is PAY_UNREACHABLE. */
struct stripe_look {
    struct stripe_intent intent;
    str mark;
    bool found;
};
err stripe_look(struct stripe *stripe, struct cx *cx, str provider_ref, const char *mark,
    struct stripe_look *ret) MUST_USE;

#endif
