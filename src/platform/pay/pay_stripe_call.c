/* SPDX-License-Identifier: Apache-2.0
 * One request to Stripe, and what its status means for the money. Called by the other files of the
 * adapter. Must never call a lost answer "nothing". */
#include <time.h>

#include "platform/http/http_client.h"
#include "platform/pay/pay_stripe_internal.h"

#define TIMEOUT_MS_DEFAULT 20000
#define BACK_OFF_MS_DEFAULT 250
#define TRIES 3
#define WAIT_MS_MAX 2000
#define REPLY_BYTES_MAX ((size_t)4 << 20) /* a page of payments with their charges */

/* ---- forms ---- */
void stripe_form_add(struct stripe_form *form, str name, str value)
{
    if (!value.p)
        return;
    if (form->text.n > 0)
        buf_char(&form->text, '&');
    buf_add(&form->text, str_url_encode(form->text.arena, name));
    buf_char(&form->text, '=');
    buf_add(&form->text, str_url_encode(form->text.arena, value));
}

void stripe_form_int(struct stripe_form *form, str name, int64_t value)
{
    stripe_form_add(form, name, str_from_i64(form->text.arena, value));
}

str stripe_path(struct arena *arena, const char *before, str name, const char *after)
{
    struct buf path = { .arena = arena };

    buf_add(&path, str_from_c(before));
    buf_add(&path, str_url_encode(arena, name));
    buf_add(&path, str_from_c(after));
    return buf_str(&path);
}

/* ---- one try ---- */
static err send(
    struct stripe *stripe, struct cx *cx, const struct stripe_ask *ask, struct http_answer *ret)
{
    bool posts = ask->key.p != NULL;
    struct http_header headers[4] = {
        { S("Authorization"), str_cat(cx->arena, S("Bearer "), stripe->opts.key) },
        { S("Stripe-Version"), S(STRIPE_VERSION) },
        { S("Content-Type"), S("application/x-www-form-urlencoded") },
        { S("Idempotency-Key"), ask->key },
    };
    struct buf url = { .arena = cx->arena };

    buf_add(&url, stripe->opts.url);
    buf_add(&url, ask->path);
    if (!posts && ask->form) {
        buf_char(&url, '?');
        buf_add(&url, buf_str(&ask->form->text));
    }
    str body = posts && ask->form ? buf_str(&ask->form->text) : (str){ 0 };
    return http_client_call(stripe->opts.http, cx,
        (struct http_call){ .method = str_from_c(ask->method),
            .url = buf_str(&url),
            .body = posts && !body.p ? S("") : body,
            .headers = headers,
            .headers_n = posts ? COUNT(headers) : 2,
            .timeout_ms = stripe->opts.timeout_ms ? stripe->opts.timeout_ms : TIMEOUT_MS_DEFAULT },
        ret);
}

static void sleep_ms(int64_t ms)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    while (nanosleep(&left, &left) != 0)
        ;
}

/* Twice as long each time and up to twice that by chance, or what Stripe asks for; not for long. */
static void back_off(
    struct stripe *stripe, struct cx *cx, int attempt, const struct http_answer *answer)
{
    int64_t first = stripe->opts.back_off_ms ? stripe->opts.back_off_ms : BACK_OFF_MS_DEFAULT;
    int64_t ms = first << attempt, asked_s = 0;

    ms += rng_between(&cx->rng, 0, ms);
    for (size_t i = 0; i < answer->headers_n; i++)
        if (str_eq_nocase(answer->headers[i].name, S("Retry-After")) &&
            str_to_i64(answer->headers[i].value, &asked_s) && asked_s > 0 && asked_s < 100)
            ms = asked_s * 1000;
    sleep_ms(ms < WAIT_MS_MAX ? ms : WAIT_MS_MAX);
}

/* ---- what it means ---- */
/* Nothing is known of what became of the request. */
static err lost(struct cx *cx, const struct stripe_ask *ask, const char *why)
{
    if (!ask->key.p)
        return FAIL(cx, PAY_UNREACHABLE, "%s", why);
    return FAIL(cx, PAY_UNKNOWN, "%s", why);
}

static err read_body(struct cx *cx, const struct stripe_ask *ask, const struct http_answer *answer,
    struct json_value **ret)
{
    struct json_value *json = NULL;

    err e = json_value_parse(cx, answer->body, &json);
    if (!e) {
        *ret = json;
        return NULL;
    }
    cx_clear(cx); /* its fields are about Stripe's body, not about the buyer's */
    return lost(cx, ask, "the answer is no JSON");
}

static err judge(struct cx *cx, const struct stripe_ask *ask, const struct http_answer *answer,
    struct stripe_answer *ret)
{
    int status = answer->status;

    if (status == 429)
        return FAIL(cx, PAY_UNREACHABLE, "too many requests");
    if (status == 401 || status == 403)
        return FAIL(cx, PAY_UNREACHABLE, "status %d: is the key right?", status);
    if (status == 409)
        return lost(cx, ask, "status 409: a twin is under way");
    if (status / 100 != 2 && status != 400 && status != 402 && status != 404)
        return lost(cx, ask, str_c(cx->arena, str_fmt(cx->arena, "status %d", status)));
    struct json_value *json = NULL;
    err e = read_body(cx, ask, answer, &json);
    if (e)
        return e;
    struct stripe_answer got = { .status = status, .json = json };
    bool is_error = stripe_at(json, "error.type") != NULL;
    if (is_error != (status / 100 != 2)) {
        stripe_answer_close(&got);
        return lost(cx, ask, "body and status do not fit");
    }
    if (str_eq(stripe_text(cx, json, "error.type"), S("idempotency_error"))) {
        stripe_answer_close(&got);
        return FAIL(cx, ERR_BUG, "the key of another request");
    }
    *ret = got;
    return NULL;
}

err stripe_call(
    struct stripe *stripe, struct cx *cx, const struct stripe_ask *ask, struct stripe_answer *ret)
{
    struct http_answer answer;
    err e = NULL;

    for (int attempt = 0; attempt < TRIES; attempt++) {
        e = send(stripe, cx, ask, &answer);
        if (e == &HTTP_CLIENT_UNREACHABLE)
            return FAIL(cx, PAY_UNREACHABLE, "not sent");
        if (e)
            return lost(cx, ask, "no answer");
        if (answer.status != 429)
            break;
        if (attempt + 1 < TRIES)
            back_off(stripe, cx, attempt, &answer);
    }
    return judge(cx, ask, &answer, ret);
}

void stripe_answer_close(struct stripe_answer *answer)
{
    if (answer->json)
        json_value_close(answer->json);
    answer->json = NULL;
}
