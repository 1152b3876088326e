/* SPDX-License-Identifier: Apache-2.0
 * The circuit breaker: a provider that does not answer is left alone for a while, so that its
 * time-outs do not hold every thread. Called through the port. Must never send what it refuses. */
#include <pthread.h>

#include "platform/clock/clock.h"
#include "platform/metrics/metrics.h"
#include "platform/pay/pay_guard.h"
#include "platform/pay/pay_wrap.h"

enum outcome { ANSWERED, UNREACHABLE, UNKNOWN, REFUSED_OPEN, BUG, OUTCOMES_N };
static const char *const outcome_names[OUTCOMES_N] = { "answered", "unreachable", "unknown",
    "refused_open", "bug" };

struct breaker {
    struct pay_wrap wrap;  /* around wrap.shown */
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
static err begin(void *self, struct cx *cx, str ref, struct pay_turn *turn)
{
    struct breaker *b = self;

    (void)ref;
    turn->to = b->wrap.shown;
    turn->began_us = clock_mono_us();
    if (may_pass(b, cx->now_ms))
        return NULL;
    metric_add(b->calls[REFUSED_OPEN], 1);
    return FAIL(cx, PAY_UNREACHABLE, "%s has not answered for a while", b->wrap.shown->name);
}

static err end(void *self, struct cx *cx, const struct pay_turn *turn, err e)
{
    struct breaker *b = self;
    int64_t took_us = clock_mono_us() - turn->began_us;
    enum outcome outcome = outcome_of(e);

    note(b, cx->now_ms, outcome);
    metric_add(b->calls[outcome], 1);
    metric_observe_us(b->seconds, took_us);
    return e;
}

/* ---- opening ---- */
static void open_metrics(struct breaker *b, struct metrics *m)
{
    struct arena *scratch DEFER(arena_close_at) = arena_open(512);
    str provider = str_fmt(scratch, "provider=\"%s\"", b->wrap.shown->name);

    b->state_gauge = metrics_gauge(m, S("souk_pay_breaker_state"), provider,
        S("Circuit breaker: 0 closed, 1 open, 2 probing"));
    b->opened = metrics_counter(
        m, S("souk_pay_breaker_opened_total"), provider, S("Times the breaker opened"));
    b->seconds = metrics_histogram(m, S("souk_pay_call_duration_seconds"), provider,
        S("Time of a call to the payment provider"));
    for (int i = 0; i < OUTCOMES_N; i++) {
        str labels = str_fmt(
            scratch, "provider=\"%s\",outcome=\"%s\"", b->wrap.shown->name, outcome_names[i]);
        b->calls[i] = metrics_counter(
            m, S("souk_pay_calls_total"), labels, S("Calls to the payment provider"));
    }
}

void pay_breaker_open(
    struct arena *life, struct metrics *metrics, struct pay *inner, struct pay *ret)
{
    struct breaker *b = NEW(life, struct breaker);

    b->wrap = (struct pay_wrap){ .begin = begin, .end = end, .shown = inner, .self = b };
    pthread_mutex_init(&b->mutex, NULL);
    open_metrics(b, metrics);
    *ret = pay_wrapped(&b->wrap);
}

enum pay_breaker_state pay_breaker_state_of(struct pay *pay)
{
    struct breaker *b = pay_wrap_self(pay->self);

    pthread_mutex_lock(&b->mutex);
    enum pay_breaker_state state = b->state;
    pthread_mutex_unlock(&b->mutex);
    return state;
}

void pay_breaker_close(struct pay *pay)
{
    if (!pay->self)
        return;
    struct breaker *b = pay_wrap_self(pay->self);
    pthread_mutex_destroy(&b->mutex);
    pay->self = NULL;
}
