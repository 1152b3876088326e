/* SPDX-License-Identifier: Apache-2.0
 * The circuit breaker and the fallback provider, around providers that fail as they are told. Run
 * by
 * `./dev test pay`. */
#include "platform/metrics/metrics.h"
#include "platform/pay/pay_guard.h"
#include "tests/support/check.h"

#define USD(n) ((money){ (n), { "USD" } })

/* A sandbox behind a line that breaks. */
enum line { FINE, AWAY, LOST, LOST_AFTER };
struct bank {
    struct pay pay, sandbox;
    enum line line;
    int calls;
};

static err through(struct bank *b, struct cx *cx, bool *ret_made)
{
    b->calls++;
    *ret_made = b->line == FINE || b->line == LOST_AFTER;
    if (b->line == AWAY)
        return FAIL(cx, PAY_UNREACHABLE, "away");
    return b->line == FINE ? NULL : FAIL(cx, PAY_UNKNOWN, "lost");
}

static err authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct bank *b = self;
    struct pay_result r;
    bool made;
    err line = through(b, cx, &made);
    err e = made ? b->sandbox.authorize(b->sandbox.self, cx, in, &r) : line;
    if (e || line)
        return e ? e : line;
    *ret = r;
    return NULL;
}

static err find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct bank *b = self;
    b->calls++;
    if (b->line != FINE)
        return FAIL(cx, PAY_UNREACHABLE, "away");
    return b->sandbox.find(b->sandbox.self, cx, key, ret);
}

static err refund(void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct bank *b = self;
    return b->sandbox.refund(b->sandbox.self, cx, key, ref, amount, ret);
}

struct desk {
    struct cx *cx;
    struct arena *life;
    struct metrics *metrics;
    struct bank first, second;
    struct pay pay;
};

static void bank_open(struct desk *d, struct bank *b, const char *name, const char *prefix)
{
    CHECK_ERR(d->cx,
        pay_sandbox_open(d->life, d->cx,
            (struct sandbox_opts){ .name = name, .ref_prefix = prefix, .slow_ms = 1 }, &b->sandbox),
        NULL);
    b->pay = b->sandbox;
    b->pay.authorize = authorize;
    b->pay.find = find;
    b->pay.refund = refund;
    b->pay.self = b;
}

static struct desk *desk_open(void)
{
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);
    d->life = life;
    d->cx = check_cx_open();
    d->metrics = metrics_open(life);
    bank_open(d, &d->first, "first", "a_");
    bank_open(d, &d->second, "second", "b_");
    return d;
}

static void desk_close(struct desk *d)
{
    pay_sandbox_close(&d->first.sandbox);
    pay_sandbox_close(&d->second.sandbox);
    metrics_close(d->metrics);
    check_cx_close(d->cx);
    arena_close(d->life);
}

static err pay_key(struct desk *d, str key, bool first_attempt, struct pay_result *ret)
{
    cx_clear(d->cx);
    return d->pay.authorize(d->pay.self, d->cx,
        (struct pay_request){ .key = key,
            .amount = USD(4200),
            .token = S("pm_card_visa"),
            .capture = true,
            .first_attempt = first_attempt },
        ret);
}

static err pay(struct desk *d, const char *key, bool first_attempt, struct pay_result *ret)
{
    return pay_key(d, str_from_c(key), first_attempt, ret);
}

/* ---- the breaker ---- */
static bool metric_is(struct desk *d, const char *line)
{
    struct buf out = { .arena = d->cx->arena };
    metrics_print(d->metrics, &out);
    return str_find(buf_str(&out), str_from_c(line), 0) >= 0;
}

static void breakers_open_and_probe(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct pay_result r;
    pay_breaker_open(d->life, d->metrics, &d->first.pay, &d->pay);
    for (int failing = AWAY; failing <= LOST; failing++) {
        d->first.line = (enum line)failing;
        d->first.calls = 0;
        for (int i = 0; i < PAY_BREAKER_FAILURES; i++) {
            CHECK_INT(pay_breaker_state_of(&d->pay), PAY_BREAKER_CLOSED);
            CHECK(pay(d, "k1", true, &r) == (failing == AWAY ? &PAY_UNREACHABLE : &PAY_UNKNOWN));
        }
        CHECK_INT(pay_breaker_state_of(&d->pay), PAY_BREAKER_OPEN);
        CHECK(metric_is(d, "souk_pay_breaker_state{provider=\"first\"} 1"));
        for (int i = 0; i < 3; i++) /* nothing is sent */
            CHECK(pay(d, "k1", true, &r) == &PAY_UNREACHABLE);
        CHECK_INT(d->first.calls, PAY_BREAKER_FAILURES);
        d->cx->now_ms += PAY_BREAKER_OPEN_MS;
        CHECK(pay(d, "k1", true, &r) != NULL); /* the probe fails */
        CHECK_INT(d->first.calls, PAY_BREAKER_FAILURES + 1);
        CHECK_INT(pay_breaker_state_of(&d->pay), PAY_BREAKER_OPEN);
        d->first.line = FINE;
        CHECK(pay(d, "k1", true, &r) == &PAY_UNREACHABLE);
        d->cx->now_ms += PAY_BREAKER_OPEN_MS;
        CHECK_ERR(d->cx, pay(d, "k1", true, &r), NULL);
        CHECK_INT(pay_breaker_state_of(&d->pay), PAY_BREAKER_CLOSED);
    }
    CHECK(metric_is(d, "souk_pay_breaker_opened_total{provider=\"first\"} 4"));
    CHECK(metric_is(d, "souk_pay_calls_total{provider=\"first\",outcome=\"answered\"} 2"));
    CHECK(metric_is(d, "souk_pay_calls_total{provider=\"first\",outcome=\"refused_open\"} 8"));
    pay_breaker_close(&d->pay);
    pay_breaker_close(&d->pay);
    desk_close(d);
}

static void answers_in_between_keep_it_closed(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct pay_result r;
    pay_breaker_open(d->life, NULL, &d->first.pay, &d->pay);
    for (int i = 0; i < 4 * PAY_BREAKER_FAILURES; i++) {
        d->first.line = i % PAY_BREAKER_FAILURES == 0 ? FINE : AWAY;
        (void)pay(d, "k1", true, &r);
        CHECK_INT(pay_breaker_state_of(&d->pay), PAY_BREAKER_CLOSED);
    }
    pay_breaker_close(&d->pay);
    desk_close(d);
}

/* While a probe is under way the others wait their time. */
static err probing_authorize(
    void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct desk *d = self;
    struct pay_result r;
    (void)cx;
    (void)in;
    *ret = (struct pay_result){ .state = PAY_STATE_AUTHORIZED };
    if (d->first.calls++ == 0)
        CHECK(pay(d, "k2", true, &r) == &PAY_UNREACHABLE);
    CHECK_INT(d->first.calls, 1);
    return NULL;
}

static void one_probe_at_a_time(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct pay_result r;
    pay_breaker_open(d->life, NULL, &d->first.pay, &d->pay);
    d->first.line = AWAY;
    for (int i = 0; i < PAY_BREAKER_FAILURES; i++)
        CHECK(pay(d, "k1", true, &r) == &PAY_UNREACHABLE);
    d->cx->now_ms += PAY_BREAKER_OPEN_MS;
    d->first.calls = 0;
    d->first.pay.authorize = probing_authorize;
    d->first.pay.self = d;
    CHECK_ERR(d->cx, pay(d, "k1", true, &r), NULL);
    CHECK_INT(pay_breaker_state_of(&d->pay), PAY_BREAKER_CLOSED);
    pay_breaker_close(&d->pay);
    desk_close(d);
}

/* ---- the fallback ---- */
static const struct fall_case {
    const char *name;
    enum line first, second;
    bool first_attempt;
    err want;
    const char *provider; /* NULL: nobody says */
    int64_t first_minor, second_minor;
} fall_cases[] = {
    { "the first is there", FINE, FINE, true, NULL, "first", 4200, 0 },
    { "away: the second", AWAY, FINE, true, NULL, "second", 0, 4200 },
    { "unknown: never", LOST, FINE, true, &PAY_UNKNOWN, NULL, 0, 0 },
    { "unknown and done: never", LOST_AFTER, FINE, true, &PAY_UNKNOWN, NULL, 4200, 0 },
    { "away, and tried before: never", AWAY, FINE, false, &PAY_UNREACHABLE, NULL, 0, 0 },
    { "both away", AWAY, AWAY, true, &PAY_UNREACHABLE, NULL, 0, 0 },
    { "the second unknown", AWAY, LOST_AFTER, true, &PAY_UNKNOWN, NULL, 0, 4200 },
    { "tried before, the second away", FINE, AWAY, false, &PAY_UNREACHABLE, NULL, 0, 0 },
};

static void check_money(struct desk *d, const struct fall_case *c)
{
    CASE_INT(c->name, pay_sandbox_live_minor(&d->first.sandbox), c->first_minor);
    CASE_INT(c->name, pay_sandbox_live_minor(&d->second.sandbox), c->second_minor);
}

static void the_second_takes_what_the_first_cannot_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fall_cases); i++) {
        const struct fall_case *c = &fall_cases[i];
        struct desk *d = desk_open();
        struct pay_result r = { 0 };
        pay_fallback_open(d->life, &d->first.pay, &d->second.pay, &d->pay);
        d->first.line = c->first;
        d->second.line = c->second;
        CASE(c->name, pay(d, "k1", c->first_attempt, &r) == c->want);
        CASE_STR(c->name, r.provider, str_from_c(c->provider));
        check_money(d, c);
        /* Later everybody is back: a repeat finds what was made, and makes one payment at most. */
        d->first.line = d->second.line = FINE;
        CHECK_ERR(d->cx, pay(d, "k1", false, &r), NULL);
        CASE_INT(c->name,
            pay_sandbox_live_minor(&d->first.sandbox) + pay_sandbox_live_minor(&d->second.sandbox),
            4200);
        struct pay_result found;
        CHECK_ERR(d->cx, d->pay.find(d->pay.self, d->cx, S("k1"), &found), NULL);
        CASE_STR(c->name, found.provider_ref, r.provider_ref);
        /* and it goes back where it came from */
        CHECK_ERR(
            d->cx, d->pay.refund(d->pay.self, d->cx, S("k2"), r.provider_ref, USD(4200), &r), NULL);
        CASE_INT(c->name, r.state, PAY_STATE_REFUNDED);
        CASE_INT(c->name,
            pay_sandbox_live_minor(&d->first.sandbox) + pay_sandbox_live_minor(&d->second.sandbox),
            0);
        pay_fallback_close(&d->pay);
        desk_close(d);
    }
}

/* The second was asked and heard nothing yet; then the process ended. */
static void a_late_request_is_waited_for(void **state)
{
    (void)state;
    for (int heard = 0; heard < 2; heard++) {
        struct desk *d = desk_open();
        struct pay_result r;
        str key = id_text(d->life, id_new(&d->cx->rng, d->cx->now_ms));
        pay_fallback_open(d->life, &d->first.pay, &d->second.pay, &d->pay);
        d->first.line = AWAY;
        d->second.line = LOST;
        CHECK(pay_key(d, key, true, &r) == &PAY_UNKNOWN);
        pay_fallback_close(&d->pay);
        pay_fallback_open(d->life, &d->first.pay, &d->second.pay, &d->pay);
        d->first.line = d->second.line = FINE;
        CHECK(pay_key(d, key, false, &r) == &PAY_UNREACHABLE);
        if (heard) { /* by the one, after all */
            struct pay_request late = {
                .key = key, .amount = USD(4200), .token = S("pm_card_visa"), .capture = true
            };
            CHECK_ERR(
                d->cx, d->second.sandbox.authorize(d->second.sandbox.self, d->cx, late, &r), NULL);
        }
        d->cx->now_ms += heard ? 1000 : PAY_HEARD_MS;
        CHECK_ERR(d->cx, pay_key(d, key, false, &r), NULL);
        CHECK_STR(r.provider, heard ? S("second") : S("first"));
        CHECK_INT(
            pay_sandbox_live_minor(&d->first.sandbox) + pay_sandbox_live_minor(&d->second.sandbox),
            4200);
        pay_fallback_close(&d->pay);
        desk_close(d);
    }
}

/* Nobody waits for what this process knows to be nowhere. */
static void nothing_is_waited_for_here(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct pay_result r;
    str key = id_text(d->life, id_new(&d->cx->rng, d->cx->now_ms));
    pay_fallback_open(d->life, &d->first.pay, &d->second.pay, &d->pay);
    d->first.line = d->second.line = AWAY;
    CHECK(pay_key(d, key, true, &r) == &PAY_UNREACHABLE);
    d->first.line = d->second.line = FINE;
    CHECK_ERR(d->cx, pay_key(d, key, false, &r), NULL);
    CHECK_STR(r.provider, S("first"));
    pay_fallback_close(&d->pay);
    desk_close(d);
}

static void what_one_cannot_say_is_open(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct pay_result r;
    pay_fallback_open(d->life, &d->first.pay, &d->second.pay, &d->pay);
    d->second.line = AWAY;
    CHECK(d->pay.find(d->pay.self, d->cx, S("k1"), &r) == &PAY_UNREACHABLE);
    d->second.line = FINE;
    CHECK_ERR(d->cx, d->pay.find(d->pay.self, d->cx, S("k1"), &r), NULL);
    CHECK_INT(r.state, PAY_STATE_NONE);
    CHECK(pay_named(&d->pay, S("second")) == &d->second.pay);
    CHECK(pay_named(&d->pay, S("third")) == NULL);
    CHECK(pay_part(&d->first.pay, 0) == &d->first.pay && !pay_part(&d->first.pay, 1));
    pay_fallback_close(&d->pay);
    pay_fallback_close(&d->pay);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breakers_open_and_probe),
        cmocka_unit_test(answers_in_between_keep_it_closed),
        cmocka_unit_test(one_probe_at_a_time),
        cmocka_unit_test(the_second_takes_what_the_first_cannot_have),
        cmocka_unit_test(a_late_request_is_waited_for),
        cmocka_unit_test(nothing_is_waited_for_here),
        cmocka_unit_test(what_one_cannot_say_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
