/* SPDX-License-Identifier: Apache-2.0
 * The sandbox: a payment provider that behaves as real ones do, well and badly. Called through the
 * port, on the provider's own executor. Must never do a thing twice for one key. */
#include <time.h>

#include "base/buf.h"
#include "platform/pay/pay_sandbox_internal.h"
#include "platform/secret/secret.h"

#define KEY_MAX 64
#define SLOW_MS 5000
#define REF_HEX_N 24

static const struct sandbox_card cards[] = {
    { .token = "pm_card_visa", .brand = "visa", .last4 = "4242", .temper = SANDBOX_WELL },
    { .token = "pm_card_declined",
        .brand = "visa",
        .last4 = "0002",
        .temper = SANDBOX_DECLINES,
        .code = "card_declined",
        .text = "The card was declined." },
    { .token = "pm_card_insufficient_funds",
        .brand = "visa",
        .last4 = "9995",
        .temper = SANDBOX_DECLINES,
        .code = "insufficient_funds",
        .text = "The card has insufficient funds." },
    { .token = "pm_card_expired",
        .brand = "visa",
        .last4 = "0069",
        .temper = SANDBOX_DECLINES,
        .code = "expired_card",
        .text = "The card has expired." },
    { .token = "pm_card_3ds",
        .brand = "visa",
        .last4 = "3220",
        .temper = SANDBOX_CHALLENGES,
        .code = "authentication_failed",
        .text = "The bank could not confirm that it was you." },
    { .token = "pm_card_timeout",
        .brand = "mastercard",
        .last4 = "4444",
        .temper = SANDBOX_LOSES_ANSWER },
    { .token = "pm_card_slow", .brand = "mastercard", .last4 = "5556", .temper = SANDBOX_SLOW },
};
static const struct sandbox_card unknown_card = { .temper = SANDBOX_DECLINES,
    .code = "invalid_token",
    .text = "The payment method is not valid." };

const struct sandbox_card *sandbox_card_of(str token)
{
    for (size_t i = 0; i < COUNT(cards); i++)
        if (str_eq(str_from_c(cards[i].token), token))
            return &cards[i];
    return &unknown_card;
}

err sandbox_enter(struct sandbox *sandbox, struct cx *cx)
{
    pthread_mutex_lock(&sandbox->mutex);
    err e = pay_books_begin(&sandbox->books, cx);
    if (e)
        pthread_mutex_unlock(&sandbox->mutex);
    return e;
}

void sandbox_leave(struct sandbox *sandbox)
{
    pay_books_end(&sandbox->books);
    pthread_mutex_unlock(&sandbox->mutex);
}

err sandbox_key_check(struct cx *cx, str key)
{
    if (key.n == 0 || key.n > KEY_MAX)
        return FAIL(cx, ERR_BUG, "a key of %zu characters", key.n);
    return NULL;
}

/* ---- answers ---- */
/* The path of the shop's page where the buyer plays the bank. */
str sandbox_challenge_url(struct arena *arena, str ref, str return_url)
{
    struct buf url = { .arena = arena };

    buf_add(&url, S("/sandbox/challenge/"));
    buf_add(&url, ref);
    if (return_url.n > 0) {
        buf_add(&url, S("?return="));
        buf_add(&url, str_url_encode(arena, return_url));
    }
    return buf_str(&url);
}

str sandbox_ref(struct arena *arena, str prefix, str key)
{
    return str_cat(arena, prefix, str_sub(secret_sha256_hex(arena, key), 0, REF_HEX_N));
}

/* The card behind a token or a saved method, which is its customer's alone. */
static const struct sandbox_card *card_behind(struct pay_books *books, str token, str customer)
{
    const struct pay_saved *saved = map_get(&books->saved_by_token, token);

    if (!saved)
        return sandbox_card_of(token);
    if (saved->detached || saved->state != PAY_SETUP_READY || !str_eq(saved->customer, customer))
        return &unknown_card;
    return sandbox_card_of(saved->card);
}

/* The card that a payment was made with, whatever has become of the saved method since. */
static const struct sandbox_card *card_paid_with(
    struct pay_books *books, const struct pay_payment *p)
{
    const struct pay_saved *saved = map_get(&books->saved_by_token, p->token);

    return sandbox_card_of(saved ? saved->card : p->token);
}

struct pay_result sandbox_answer(
    struct sandbox *sandbox, struct cx *cx, const struct pay_payment *p, enum pay_state state)
{
    const struct sandbox_card *card = card_paid_with(&sandbox->books, p);
    struct pay_result r = {
        .state = state,
        .provider_ref = str_dup(cx->arena, p->ref),
        .brand = str_from_c(card->brand),
        .last4 = str_from_c(card->last4),
        .captured_minor = p->captured,
        .refunded_minor = p->refunded,
        .open_minor = pay_books_open_minor(p),
        .provider = str_from_c(sandbox->name),
        .key = str_dup(cx->arena, p->key),
    };

    if (state == PAY_STATE_DECLINED) {
        if (!card->code) /* the saved method had been removed */
            card = &unknown_card;
        r.decline_code = str_from_c(card->code);
        r.decline_text = str_from_c(card->text);
    }
    if (state == PAY_STATE_CHALLENGE)
        r.challenge_url = sandbox_challenge_url(cx->arena, p->ref, p->return_url);
    return r;
}

/* ---- authorising ---- */
static enum pay_state outcome_of(const struct sandbox_card *card, bool capture)
{
    switch (card->temper) {
    case SANDBOX_WELL:
    case SANDBOX_LOSES_ANSWER:
    case SANDBOX_SLOW:
        return capture ? PAY_STATE_CAPTURED : PAY_STATE_AUTHORIZED;
    case SANDBOX_DECLINES:
        return PAY_STATE_DECLINED;
    case SANDBOX_CHALLENGES:
        return PAY_STATE_CHALLENGE;
    }
    panic(__FILE__, "no such card");
}

/* The first result of a known key, under the lock. */
static err authorize_again(struct sandbox *sandbox, struct cx *cx, const struct pay_payment *p,
    const struct pay_request *in, struct pay_result *ret)
{
    if (p->amount.minor != in->amount.minor ||
        !currency_eq(p->amount.currency, in->amount.currency) || !str_eq(p->token, in->token) ||
        p->capture != in->capture)
        return FAIL(cx, ERR_BUG, "the key of another authorisation");
    *ret = sandbox_answer(sandbox, cx, p, p->first);
    ret->captured_minor = p->first == PAY_STATE_CAPTURED ? p->amount.minor : 0;
    ret->refunded_minor = 0;
    ret->open_minor = p->first == PAY_STATE_AUTHORIZED ? p->amount.minor : 0;
    return NULL;
}

static err authorize_locked(struct sandbox *sandbox, struct cx *cx, const struct pay_request *in,
    struct pay_result *ret, const struct sandbox_card **ret_fresh)
{
    struct pay_books *books = &sandbox->books;
    const struct sandbox_card *card = card_behind(books, in->token, in->customer);
    const struct pay_payment *p = map_get(&books->by_key, in->key);

    if (p)
        return authorize_again(sandbox, cx, p, in, ret);
    err e = pay_books_add(books, cx,
        &(struct pay_fact){ .verb = PAY_VERB_AUTHORIZE,
            .key = in->key,
            .ref = sandbox_ref(cx->arena, sandbox->prefix, in->key),
            .at_ms = cx->now_ms,
            .minor = in->amount.minor,
            .currency = in->amount.currency,
            .token = in->token,
            .return_url = in->return_url,
            .capture = in->capture,
            .state = outcome_of(card, in->capture) });
    if (e)
        return e;
    p = map_get(&books->by_key, in->key);
    *ret = sandbox_answer(sandbox, cx, p, p->state);
    *ret_fresh = card;
    return NULL;
}

static void sleep_ms(int64_t ms)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    while (nanosleep(&left, &left) != 0)
        ;
}

static err sandbox_authorize(
    void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct sandbox *sandbox = self;
    const struct sandbox_card *fresh = NULL; /* the card, when something was done */
    struct pay_result result;

    err e = sandbox_key_check(cx, in.key);
    if (e)
        return e;
    if (in.amount.minor <= 0)
        return FAIL(cx, ERR_BUG, "nothing to authorise");
    e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    e = authorize_locked(sandbox, cx, &in, &result, &fresh);
    sandbox_leave(sandbox);
    if (e)
        return e;
    if (fresh && fresh->temper == SANDBOX_LOSES_ANSWER)
        return FAIL(cx, PAY_UNKNOWN, "the answer was lost, as this card has it");
    if (fresh && fresh->temper == SANDBOX_SLOW)
        sleep_ms(sandbox->slow_ms);
    *ret = result;
    return NULL;
}

/* ---- capturing, releasing, refunding ---- */
struct deed_call {
    enum pay_verb verb;
    str key, ref;
    money amount; /* not of a release */
};

static struct pay_result refused(
    struct sandbox *sandbox, struct cx *cx, const struct pay_payment *p, const char *code)
{
    struct pay_result r = sandbox_answer(sandbox, cx, p, p->state);

    r.decline_code = str_from_c(code);
    r.decline_text = S("The payment does not allow this.");
    return r;
}

static bool is_live(const struct pay_payment *p)
{
    return p->state != PAY_STATE_VOIDED && p->state != PAY_STATE_DECLINED;
}

/* NULL, or why it cannot be done to the payment as it is. */
static const char *deed_refusal(const struct pay_payment *p, const struct deed_call *call)
{
    bool holds = p->state == PAY_STATE_AUTHORIZED || p->state == PAY_STATE_CAPTURED;
    int64_t open = p->released ? 0 : p->amount.minor - p->captured;

    if (call->verb == PAY_VERB_RELEASE)
        return (holds && open > 0) || p->state == PAY_STATE_CHALLENGE ? NULL : "not_releasable";
    if (!currency_eq(call->amount.currency, p->amount.currency))
        return "currency_mismatch";
    if (call->verb == PAY_VERB_CAPTURE && !holds)
        return "not_capturable";
    if (call->verb == PAY_VERB_CAPTURE)
        return call->amount.minor <= open ? NULL : "amount_too_large";
    if (p->captured == 0)
        return "not_refundable";
    return call->amount.minor <= p->captured - p->refunded ? NULL : "amount_too_large";
}

static str refund_ref(struct cx *cx, const struct deed_call *call)
{
    if (call->verb != PAY_VERB_REFUND)
        return (str){ 0 };
    return sandbox_ref(cx->arena, S("re_"), call->key);
}

static err deed_again(struct sandbox *sandbox, struct cx *cx, const struct pay_deed *deed,
    const struct deed_call *call, struct pay_result *ret)
{
    if (!str_eq(deed->payment->ref, call->ref) || deed->minor != call->amount.minor)
        return FAIL(cx, ERR_BUG, "the key of another call");
    *ret = sandbox_answer(sandbox, cx, deed->payment, deed->state);
    ret->captured_minor = deed->captured;
    ret->refunded_minor = deed->refunded;
    ret->open_minor = deed->open;
    ret->refund_ref = refund_ref(cx, call);
    return NULL;
}

static err deed_locked(
    struct sandbox *sandbox, struct cx *cx, const struct deed_call *call, struct pay_result *ret)
{
    struct pay_books *books = &sandbox->books;
    const struct pay_deed *deed = map_get(&books->deeds[call->verb], call->key);
    const struct pay_payment *p = map_get(&books->by_ref, call->ref);

    if (deed)
        return deed_again(sandbox, cx, deed, call, ret);
    if (!p) {
        *ret = (struct pay_result){ .state = PAY_STATE_NONE,
            .decline_code = S("unknown_reference"),
            .decline_text = S("The provider knows no such payment.") };
        return NULL;
    }
    if (call->verb == PAY_VERB_RELEASE && !is_live(p)) { /* it is as the caller wants it */
        *ret = sandbox_answer(sandbox, cx, p, p->state);
        return NULL;
    }
    const char *why = deed_refusal(p, call);
    if (!why) {
        err e = pay_books_add(books, cx,
            &(struct pay_fact){ .verb = call->verb,
                .key = call->key,
                .ref = call->ref,
                .at_ms = cx->now_ms,
                .minor = call->amount.minor });
        if (e)
            return e;
    }
    *ret = why ? refused(sandbox, cx, p, why) : sandbox_answer(sandbox, cx, p, p->state);
    if (!why)
        ret->refund_ref = refund_ref(cx, call);
    return NULL;
}

static err deed(
    struct sandbox *sandbox, struct cx *cx, const struct deed_call *call, struct pay_result *ret)
{
    err e = sandbox_key_check(cx, call->key);
    if (e)
        return e;
    if (call->verb != PAY_VERB_RELEASE && call->amount.minor <= 0)
        return FAIL(cx, ERR_BUG, "an amount that is not positive");
    e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    e = deed_locked(sandbox, cx, call, ret);
    sandbox_leave(sandbox);
    return e;
}

static err sandbox_capture(
    void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret)
{
    const struct deed_call call = { PAY_VERB_CAPTURE, key, provider_ref, amount };
    return deed(self, cx, &call, ret);
}

static err sandbox_release(
    void *self, struct cx *cx, str key, str provider_ref, struct pay_result *ret)
{
    const struct deed_call call = { .verb = PAY_VERB_RELEASE, .key = key, .ref = provider_ref };
    return deed(self, cx, &call, ret);
}

static err sandbox_refund(
    void *self, struct cx *cx, str key, str provider_ref, money amount, struct pay_result *ret)
{
    const struct deed_call call = { PAY_VERB_REFUND, key, provider_ref, amount };
    return deed(self, cx, &call, ret);
}

/* ---- asking ---- */
static err look(
    struct sandbox *sandbox, struct cx *cx, const struct map *map, str name, struct pay_result *ret)
{
    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    const struct pay_payment *p = map_get(map, name);
    *ret = p ? sandbox_answer(sandbox, cx, p, p->state)
             : (struct pay_result){ .state = PAY_STATE_NONE };
    sandbox_leave(sandbox);
    return NULL;
}

static err sandbox_find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct sandbox *sandbox = self;
    return look(sandbox, cx, &sandbox->books.by_key, key, ret);
}

static err sandbox_get(void *self, struct cx *cx, str provider_ref, struct pay_result *ret)
{
    struct sandbox *sandbox = self;
    return look(sandbox, cx, &sandbox->books.by_ref, provider_ref, ret);
}

static err challenge_locked(struct sandbox *sandbox, struct cx *cx, str provider_ref, bool approve)
{
    const struct pay_payment *p = map_get(&sandbox->books.by_ref, provider_ref);
    const struct pay_saved *saved = map_get(&sandbox->books.saved_by_ref, provider_ref);
    bool was_asked =
        (p && p->first == PAY_STATE_CHALLENGE) || (saved && saved->first == PAY_SETUP_CHALLENGE);

    if (!was_asked)
        return FAIL(cx, ERR_MISSING, "no challenge for " STR_F, STR_A(provider_ref));
    if (p ? p->state != PAY_STATE_CHALLENGE : saved->state != PAY_SETUP_CHALLENGE)
        return NULL; /* over: the buyer went back and pressed again */
    enum pay_state paid = !p || p->capture ? PAY_STATE_CAPTURED : PAY_STATE_AUTHORIZED;
    return pay_books_add(&sandbox->books, cx,
        &(struct pay_fact){ .verb = PAY_VERB_CHALLENGE,
            .ref = provider_ref,
            .at_ms = cx->now_ms,
            .state = approve ? paid : PAY_STATE_DECLINED });
}

err pay_sandbox_challenge(struct pay *pay, struct cx *cx, str provider_ref, bool approve)
{
    struct sandbox *sandbox = pay->self;

    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    e = challenge_locked(sandbox, cx, provider_ref, approve);
    sandbox_leave(sandbox);
    return e;
}

static err return_locked(struct sandbox *sandbox, struct cx *cx, str refund_key)
{
    struct pay_books *books = &sandbox->books;
    const struct pay_deed *deed = map_get(&books->deeds[PAY_VERB_REFUND], refund_key);

    if (!deed)
        return FAIL(cx, ERR_MISSING, "no refund " STR_F, STR_A(refund_key));
    if (map_get(&books->deeds[PAY_VERB_RETURN], refund_key))
        return NULL;
    return pay_books_add(books, cx,
        &(struct pay_fact){ .verb = PAY_VERB_RETURN,
            .key = refund_key,
            .ref = deed->payment->ref,
            .at_ms = cx->now_ms,
            .minor = deed->minor });
}

err pay_sandbox_return(struct pay *pay, struct cx *cx, str refund_key)
{
    struct sandbox *sandbox = pay->self;

    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    e = return_locked(sandbox, cx, refund_key);
    sandbox_leave(sandbox);
    return e;
}

int64_t pay_sandbox_live_minor(struct pay *pay)
{
    struct sandbox *sandbox = pay->self;

    pthread_mutex_lock(&sandbox->mutex);
    int64_t minor = sandbox->books.live_minor;
    pthread_mutex_unlock(&sandbox->mutex);
    return minor;
}

/* ---- opening ---- */
err pay_sandbox_open(struct arena *life, struct cx *cx, struct sandbox_opts opts, struct pay *ret)
{
    struct sandbox *sandbox = NEW(life, struct sandbox);

    err e = pay_books_open(cx, opts.file, &sandbox->books);
    if (e)
        return e;
    sandbox->slow_ms = opts.slow_ms ? opts.slow_ms : SLOW_MS;
    sandbox->name = opts.name ? opts.name : "sandbox";
    const char *prefix = opts.ref_prefix ? opts.ref_prefix : "sb_";
    sandbox->prefix = str_from_c(prefix);
    sandbox->webhook_secret = opts.webhook_secret;
    pthread_mutex_init(&sandbox->mutex, NULL);
    *ret = (struct pay){
        .name = sandbox->name,
        .ref_prefix = prefix,
        .webhook_header = "Sandbox-Signature",
        .authorize = sandbox_authorize,
        .capture = sandbox_capture,
        .release = sandbox_release,
        .refund = sandbox_refund,
        .find = sandbox_find,
        .get = sandbox_get,
        .list = sandbox_list,
        .setup = sandbox_setup,
        .setup_find = sandbox_setup_find,
        .methods = sandbox_methods,
        .detach = sandbox_detach,
        .parse_webhook = sandbox_parse_webhook,
        .self = sandbox,
    };
    return NULL;
}

void pay_sandbox_close(struct pay *pay)
{
    struct sandbox *sandbox = pay->self;

    if (!sandbox)
        return;
    pay_books_close(&sandbox->books);
    pthread_mutex_destroy(&sandbox->mutex);
    pay->self = NULL;
}
