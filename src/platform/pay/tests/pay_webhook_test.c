/* SPDX-License-Identifier: Apache-2.0
 * Signatures of webhooks, and what the sandbox tells by itself: late, twice, out of order, and from
 * books of before. Run by `./dev test pay`. */
#include <stdlib.h>
#include <unistd.h>

#include "platform/pay/pay.h"
#include "platform/pay/pay_webhook.h"
#include "tests/support/check.h"

#define USD(n) ((money){ (n), { "USD" } })
#define SECRET "whsec_test"
/* '1767225600.{"a":1}' signed by another tool: openssl dgst -sha256 -hmac whsec_test */
#define SIGNED "6d204545ff126a339c00513d93603299c984074ce1331c3537c3f6c976b49019"

/* ---- signatures ---- */
static const struct sign_case {
    const char *name, *before, *after; /* around the good signature */
    int64_t skew_s;                    /* signed this long ago */
    bool good;
} sign_cases[] = {
    { "as it should be", "", "", 0, true },
    { "just not too old", "", "", 300, true },
    { "too old", "", "", 301, false },
    { "a clock ahead", "", "", -300, true },
    { "too far ahead", "", "", -301, false },
    { "other schemes are passed over", "", ",v0=abc,v2=x", 0, true },
    { "a time twice", "t=1,", "", 0, false },
    { "half a pair", "x,", "", 0, false },
    { "a short signature", "v1=ab,", "", 0, false },
};

static void signatures_are_checked(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    str body = S("{\"a\":1}");
    for (size_t i = 0; i < COUNT(sign_cases); i++) {
        const struct sign_case *c = &sign_cases[i];
        str good = pay_webhook_sign(cx->arena, S(SECRET), cx->now_ms - c->skew_s * 1000, body);
        str header = str_fmt(cx->arena, "%s" STR_F "%s", c->before, STR_A(good), c->after);
        CASE(c->name, (pay_webhook_check(cx, S("old," SECRET), header, body) == NULL) == c->good);
        cx_clear(cx);
        if (!c->good)
            continue;
        CASE(c->name, pay_webhook_check(cx, S("whsec_tesu"), header, body) == &PAY_WEBHOOK_REFUSED);
        CASE(c->name, pay_webhook_check(cx, S(""), header, body) == &PAY_WEBHOOK_REFUSED);
        CASE(c->name, pay_webhook_check(cx, S(" , "), header, body) == &PAY_WEBHOOK_REFUSED);
        CASE(c->name,
            pay_webhook_check(cx, S(SECRET), header, S("{\"a\":2}")) == &PAY_WEBHOOK_REFUSED);
        cx_clear(cx);
    }
    CHECK_STR(
        pay_webhook_sign(cx->arena, S(SECRET), cx->now_ms, body), S("t=1767225600,v1=" SIGNED));
    static const char *const bad[] = { "", "t=1", "v1=", "t=x,v1=", "=", ",", "t=1,v1=zz" };
    for (size_t i = 0; i < COUNT(bad); i++)
        CASE(bad[i],
            pay_webhook_check(cx, S(SECRET), str_from_c(bad[i]), body) == &PAY_WEBHOOK_REFUSED);
    check_cx_close(cx);
}

/* ---- the sandbox ---- */
static struct pay sandbox_of(struct cx *cx, const char *file)
{
    struct pay pay;
    CHECK_ERR(cx,
        pay_sandbox_open(cx->arena, cx,
            (struct sandbox_opts){ .file = file, .slow_ms = 1, .webhook_secret = S(SECRET) }, &pay),
        NULL);
    return pay;
}

static struct pay_result paid(struct cx *cx, struct pay *pay, str key, bool capture)
{
    struct pay_result r = { 0 };
    CHECK_ERR(cx,
        pay->authorize(pay->self, cx,
            (struct pay_request){
                .key = key, .amount = USD(1000), .token = S("pm_card_visa"), .capture = capture },
            &r),
        NULL);
    return r;
}

static struct pay_event told(struct cx *cx, struct pay *pay, size_t i)
{
    struct sandbox_webhook hook = pay_sandbox_webhook(pay, cx, i, cx->now_ms);
    struct pay_event event = { 0 };
    CHECK_ERR(cx, pay->parse_webhook(pay->self, cx, hook.signature, hook.body, &event), NULL);
    return event;
}

static void each_fact_is_told(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct pay pay = sandbox_of(cx, NULL);
    struct pay_result r = paid(cx, &pay, S("k1"), false);
    str ref = r.provider_ref;
    CHECK_INT(r.open_minor, 1000);
    CHECK_ERR(cx, pay.capture(pay.self, cx, S("c1"), ref, USD(400), &r), NULL);
    CHECK_INT(r.open_minor, 600);
    CHECK_ERR(cx, pay.refund(pay.self, cx, S("r1"), ref, USD(100), &r), NULL);
    CHECK_ERR(cx, pay.release(pay.self, cx, S("l1"), ref, &r), NULL);
    CHECK_INT(r.open_minor, 0);
    CHECK_ERR(cx, pay_sandbox_return(&pay, cx, S("r1")), NULL);
    CHECK_INT((int64_t)pay_sandbox_events(&pay), 5);
    /* backwards, and each twice: what was told stays as it was then */
    static const struct {
        enum pay_event_type type;
        enum pay_state state;
        int64_t captured, refunded, open;
        bool refund_failed;
    } want[] = {
        { PAY_EVENT_PAYMENT, PAY_STATE_AUTHORIZED, 0, 0, 1000 },
        { PAY_EVENT_PAYMENT, PAY_STATE_CAPTURED, 400, 0, 600 },
        { PAY_EVENT_REFUND, PAY_STATE_CAPTURED, 400, 100, 600 },
        { PAY_EVENT_PAYMENT, PAY_STATE_CAPTURED, 400, 100, 0 },
        { PAY_EVENT_REFUND, PAY_STATE_CAPTURED, 400, 0, 0, true },
    };
    for (size_t i = 10; i-- > 0;) {
        struct pay_event e = told(cx, &pay, i / 2);
        CHECK_STR(e.event_id, str_fmt(cx->arena, "evt_sb_%zu", i / 2));
        CHECK_STR(e.key, S("k1"));
        CHECK_STR(e.provider_ref, ref);
        CHECK_STR(e.refund_key, want[i / 2].type == PAY_EVENT_REFUND ? S("r1") : (str){ 0 });
        CHECK(e.refund_failed == want[i / 2].refund_failed);
        CHECK_INT(e.type, want[i / 2].type);
        CHECK_INT(e.result.state, want[i / 2].state);
        CHECK_INT(e.result.captured_minor, want[i / 2].captured);
        CHECK_INT(e.result.refunded_minor, want[i / 2].refunded);
        CHECK_INT(e.result.open_minor, want[i / 2].open);
    }
    pay_sandbox_close(&pay);
    check_cx_close(cx);
}

static void lists_come_in_pages(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct pay pay = sandbox_of(cx, NULL);
    struct pay_list list = { 0 };
    struct pay_range range = { cx->now_ms, cx->now_ms + 250 };
    size_t n = 0;
    for (int i = 0; i < 300; i++) {
        paid(cx, &pay, str_fmt(cx->arena, "k%d", i), true);
        cx->now_ms++;
    }
    do {
        CHECK_ERR(cx, pay.list(pay.self, cx, range, list.next, &list), NULL);
        n += list.entries_n;
    } while (list.next.p);
    CHECK_INT((int64_t)n, 250);
    CHECK_ERR(cx, pay.list(pay.self, cx, range, S("x"), &list), &ERR_BUG);
    pay_sandbox_close(&pay);
    check_cx_close(cx);
}

/* Saved methods, across a restart, and a log that was written before there were any. */
static void methods_survive(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    char file[] = "/tmp/souk-pay-XXXXXX";
    static const char old[] = "authorize\tk0\tsb_0\t500\tUSD\tpm_card_visa\t1\tcaptured\t\n";
    int fd = mkstemp(file);
    CHECK(fd >= 0 && write(fd, old, sizeof old - 1) == (ssize_t)sizeof old - 1);
    close(fd);
    struct pay pay = sandbox_of(cx, file);
    struct pay_setup_request in = {
        .key = S("m1"), .user_key = S("ada"), .token = S("pm_card_visa")
    };
    struct pay_setup s;
    CHECK_ERR(cx, pay.setup(pay.self, cx, in, &s), NULL);
    CHECK_INT(s.state, PAY_SETUP_READY);
    pay_sandbox_close(&pay);
    pay = sandbox_of(cx, file);
    struct pay_result r;
    CHECK_ERR(cx, pay.find(pay.self, cx, S("k0"), &r), NULL);
    CHECK_INT(r.captured_minor, 500);
    struct pay_request buys = {
        .key = S("k1"), .amount = USD(1), .token = s.method.token, .customer = s.method.customer
    };
    CHECK_ERR(cx, pay.authorize(pay.self, cx, buys, &r), NULL);
    CHECK_INT(r.state, PAY_STATE_AUTHORIZED);
    buys.key = S("k2");
    buys.customer = S("cus_other");
    CHECK_ERR(cx, pay.authorize(pay.self, cx, buys, &r), NULL);
    CHECK_STR(r.decline_code, S("invalid_token"));
    struct pay_method *list;
    size_t n;
    for (int i = 0; i < 2; i++)
        CHECK_ERR(cx, pay.detach(pay.self, cx, s.method.token), NULL);
    CHECK_ERR(cx, pay.methods(pay.self, cx, s.method.customer, &list, &n), NULL);
    CHECK_INT((int64_t)n, 0);
    in.token = S("pm_card_slow");
    CHECK_ERR(cx, pay.setup(pay.self, cx, in, &s), &ERR_BUG);
    pay_sandbox_close(&pay);
    unlink(file);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_checked),
        cmocka_unit_test(each_fact_is_told),
        cmocka_unit_test(lists_come_in_pages),
        cmocka_unit_test(methods_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
