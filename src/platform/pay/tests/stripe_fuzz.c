/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of what Stripe sends: any bytes as the header of a signature, as an event and as each
 * kind of reply. Run by ./dev fuzz stripe. Must never find money that its own figures contradict,
 * or a signature that was not made. */
#include "platform/pay/pay_stripe_internal.h"
#include "platform/pay/pay_webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_result(const struct pay_result *r)
{
    ASSERT(r->captured_minor >= 0 && r->captured_minor <= MONEY_MINOR_MAX);
    ASSERT(r->refunded_minor >= 0 && r->refunded_minor <= r->captured_minor);
    ASSERT(r->open_minor >= 0 && r->open_minor <= MONEY_MINOR_MAX);
    ASSERT(r->provider_ref.n > 0);
    ASSERT(r->state != PAY_STATE_DECLINED || r->decline_code.n > 0);
}

static void read_event(struct cx *cx, str text)
{
    struct pay_event event;

    if (stripe_event_read(cx, text, &event)) {
        cx_clear(cx);
        return;
    }
    ASSERT(event.event_id.n > 0 && event.event_id.n <= 255 && event.created_ms >= 0);
    if (event.has_result)
        check_result(&event.result);
}

static void read_reply(struct cx *cx, str text)
{
    struct json_value *json = NULL;
    struct stripe_intent intent;
    struct pay_result result;
    struct pay_setup setup;
    str code, words;

    if (json_value_parse(cx, text, &json)) {
        cx_clear(cx);
        return;
    }
    if (!stripe_intent_read(cx, json, &intent) && !stripe_result_of(cx, &intent, &result))
        check_result(&result);
    cx_clear(cx);
    if (!stripe_setup_read(cx, json, &setup))
        ASSERT(setup.state != PAY_SETUP_READY || setup.method.token.n > 0);
    cx_clear(cx);
    stripe_decline(cx, stripe_at(json, "error"), &code, &words);
    ASSERT(code.n > 0 && words.n > 0);
    json_value_close(json);
}

/* A secret that the fuzzer cannot know signs nothing that it makes up. */
static void check_signature(struct cx *cx, str text)
{
    str header = text, body;

    header = str_cut(&text, '\n');
    body = text;
    err e = pay_webhook_check(cx, S("whsec_that_nobody_knows"), header, body);
    ASSERT(e == &PAY_WEBHOOK_REFUSED);
    cx_clear(cx);
    str good = pay_webhook_sign(cx->arena, S("whsec"), cx->now_ms, body);
    e = pay_webhook_check(cx, S("other,whsec"), good, body);
    ASSERT(!e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(4096);
    struct cx cx = { .arena = arena, .now_ms = INT64_C(1767225600000) };
    str text = { (const char *)data, size };

    check_signature(&cx, text);
    read_event(&cx, text);
    read_reply(&cx, text);
    arena_close(arena);
    return 0;
}
