/* SPDX-License-Identifier: Apache-2.0
 * The circuit breaker: a provider that does not answer is left alone for a while, so that its
 * time-outs do not hold every thread. Called through the port. Must never send what it refuses. */
#include <pthread.h>

#include "platform/clock/clock.h"
#include "platform/metrics/metrics.h"
#include "platform/pay/pay_guard.h"

enum outcome { ANSWERED, UNREACHABLE, UNKNOWN, REFUSED_OPEN, BUG, OUTCOMES_N };
static const char *const outcome_names[OUTCOMES_N] = { "answered", "unreachable", "unknown",
    "refused_open", "bug" };

struct breaker {
    struct pay *inner;
    pthread_mutex_t mutex; /* guards what follows */
    enum pay_breaker_state state;
    int failures;      /* in a row */
    int64_t opened_ms; /* or when the probe was let through */
    struct metric *state_gauge, *opened, *seconds, *calls[OUTCOMES_N];
};

static void set_state(struct breaker *b, enum pay_breaker_state state)
{
    if (state == PAY_BREAKER_OPEN && b->state != PAY_BREAKER_OPEN)
        metric_add(b->opened, 1);
    b->state = state;
    metric_set(b->state_gauge, (int64_t)state);
}

/* A probe that never came back (its thread died) is over after the same time. */
static bool may_pass(struct breaker *b, int64_t now_ms)
{
    pthread_mutex_lock(&b->mutex);
    bool passes = b->state == PAY_BREAKER_CLOSED;
    if (!passes && now_ms - b->opened_ms >= PAY_BREAKER_OPEN_MS) {
        passes = true;
        b->opened_ms = now_ms;
        set_state(b, PAY_BREAKER_PROBING);
    }
    pthread_mutex_unlock(&b->mutex);
    return passes;
}

static void note(struct breaker *b, int64_t now_ms, enum outcome outcome)
{
    bool failed = outcome == UNREACHABLE || outcome == UNKNOWN;

    pthread_mutex_lock(&b->mutex);
    b->failures = failed ? b->failures + 1 : 0;
    if (!failed && b->state != PAY_BREAKER_CLOSED)
        set_state(b, PAY_BREAKER_CLOSED);
    if (failed && (b->state == PAY_BREAKER_PROBING ||
                      (b->state == PAY_BREAKER_CLOSED && b->failures >= PAY_BREAKER_FAILURES))) {
        b->opened_ms = now_ms;
        set_state(b, PAY_BREAKER_OPEN);
    }
    pthread_mutex_unlock(&b->mutex);
}

static enum outcome outcome_of(err e)
{
    if (!e)
        return ANSWERED;
    if (e == &PAY_UNREACHABLE)
        return UNREACHABLE;
    return e == &PAY_UNKNOWN ? UNKNOWN : BUG;
}

/* Around each call: what `begin` refuses is not made. */
static err begin(struct breaker *b, struct cx *cx, int64_t *ret_began_us)
{
    *ret_began_us = clock_mono_us();
    if (may_pass(b, cx->now_ms))
        return NULL;
    metric_add(b->calls[REFUSED_OPEN], 1);
    return FAIL(cx, PAY_UNREACHABLE, "%s has not answered for a while", b->inner->name);
}

static err end(struct breaker *b, struct cx *cx, int64_t began_us, err e)
{
    int64_t took_us = clock_mono_us() - began_us;
    enum outcome outcome = outcome_of(e);

    note(b, cx->now_ms, outcome);
    metric_add(b->calls[outcome], 1);
    metric_observe_us(b->seconds, took_us);
    return e;
}

/* ---- the port ---- */
static err authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->authorize(b->inner->self, cx, in, ret));
}

static err capture(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->capture(b->inner->self, cx, key, ref, amount, ret));
}

static err release(void *self, struct cx *cx, str key, str ref, struct pay_result *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->release(b->inner->self, cx, key, ref, ret));
}

static err refund(void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->refund(b->inner->self, cx, key, ref, amount, ret));
}

static err find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->find(b->inner->self, cx, key, ret));
}

static err get(void *self, struct cx *cx, str ref, struct pay_result *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->get(b->inner->self, cx, ref, ret));
}

static err list(void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->list(b->inner->self, cx, range, cursor, ret));
}

static err setup(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->setup(b->inner->self, cx, in, ret));
}

static err setup_find(void *self, struct cx *cx, str ref, struct pay_setup *ret)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->setup_find(b->inner->self, cx, ref, ret));
}

static err methods(void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->methods(b->inner->self, cx, customer, ret, ret_n));
}

static err detach(void *self, struct cx *cx, str token)
{
    struct breaker *b = self;
    int64_t at;
    err e = begin(b, cx, &at);
    return e ? e : end(b, cx, at, b->inner->detach(b->inner->self, cx, token));
}

static err parse_webhook(void *self, struct cx *cx, str signature, str body, struct pay_event *ret)
{
    struct breaker *b = self;
    return b->inner->parse_webhook(b->inner->self, cx, signature, body, ret);
}

/* ---- opening ---- */
static void open_metrics(struct breaker *b, struct metrics *m)
{
    struct arena *scratch DEFER(arena_close_at) = arena_open(512);
    str provider = str_fmt(scratch, "provider=\"%s\"", b->inner->name);

    b->state_gauge = metrics_gauge(m, S("souk_pay_breaker_state"), provider,
        S("Circuit breaker: 0 closed, 1 open, 2 probing"));
    b->opened = metrics_counter(
        m, S("souk_pay_breaker_opened_total"), provider, S("Times the breaker opened"));
    b->seconds = metrics_histogram(m, S("souk_pay_call_duration_seconds"), provider,
        S("Time of a call to the payment provider"));
    for (int i = 0; i < OUTCOMES_N; i++) {
        str labels =
            str_fmt(scratch, "provider=\"%s\",outcome=\"%s\"", b->inner->name, outcome_names[i]);
        b->calls[i] = metrics_counter(
            m, S("souk_pay_calls_total"), labels, S("Calls to the payment provider"));
    }
}

void pay_breaker_open(
    struct arena *life, struct metrics *metrics, struct pay *inner, struct pay *ret)
{
    struct breaker *b = NEW(life, struct breaker);

    b->inner = inner;
    pthread_mutex_init(&b->mutex, NULL);
    open_metrics(b, metrics);
    *ret = (struct pay){
        .name = inner->name,
        .ref_prefix = inner->ref_prefix,
        .webhook_header = inner->webhook_header,
        .authorize = authorize,
        .capture = capture,
        .release = release,
        .refund = refund,
        .find = find,
        .get = get,
        .list = list,
        .setup = setup,
        .setup_find = setup_find,
        .methods = methods,
        .detach = detach,
        .parse_webhook = parse_webhook,
        .self = b,
    };
}

enum pay_breaker_state pay_breaker_state_of(struct pay *pay)
{
    struct breaker *b = pay->self;

    pthread_mutex_lock(&b->mutex);
    enum pay_breaker_state state = b->state;
    pthread_mutex_unlock(&b->mutex);
    return state;
}

void pay_breaker_close(struct pay *pay)
{
    struct breaker *b = pay->self;

    if (!b)
        return;
    pthread_mutex_destroy(&b->mutex);
    pay->self = NULL;
}
