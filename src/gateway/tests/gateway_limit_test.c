/* SPDX-License-Identifier: Apache-2.0
 * Token buckets over time. Run by meson; must never read a clock. */
#include "gateway/gateway_limit.h"
#include "tests/support/check.h"

static int64_t drain(struct limits *l, enum limit_class class, str who, int64_t now_ms)
{
    struct limit_state s;
    int64_t n = 0;
    while (limits_take(l, class, who, now_ms, &s))
        n++;
    CHECK_INT(s.remaining, 0);
    CHECK(s.reset_s > 0);
    return n;
}

static void test_a_bucket_empties_and_fills(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct limits *l = limits_open(cx->arena);
    struct limit_state s;
    CHECK(limits_take(l, LIMIT_LOGIN, S("a"), 1000, &s));
    CHECK(s.limited);
    CHECK_INT(s.remaining, s.quota - 1);
    CHECK_INT(drain(l, LIMIT_LOGIN, S("a"), 1000), s.quota - 1);
    CHECK(limits_take(l, LIMIT_LOGIN, S("b"), 1000, &s));   /* another's is its own */
    CHECK(limits_take(l, LIMIT_DEFAULT, S("a"), 1000, &s)); /* as is another class */
    CHECK(!limits_take(l, LIMIT_LOGIN, S("a"), 1001, &s));
    CHECK(limits_take(l, LIMIT_LOGIN, S("a"), 1000 + s.reset_s * 1000, &s));
    CHECK_INT(drain(l, LIMIT_LOGIN, S("a"), 10000000), s.quota); /* never more than full */
    check_cx_close(cx);
}

static void test_somebody_has_fewer_where_money_moves(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct limits *l = limits_open(cx->arena);
    struct limit_state of_user, of_address;
    CHECK(limits_take(l, LIMIT_PAYMENT, S("1.2.3.4"), 1000, &of_address));
    CHECK(limits_take_user(l, LIMIT_PAYMENT, S("u"), 1000, &of_user));
    CHECK(of_user.quota * 10 < of_address.quota);
    for (int64_t i = 1; i < of_user.quota; i++)
        CHECK(limits_take_user(l, LIMIT_PAYMENT, S("u"), 1000, &of_user));
    CHECK(!limits_take_user(l, LIMIT_PAYMENT, S("u"), 1000, &of_user));
    CHECK(limits_take_user(l, LIMIT_PAYMENT, S("v"), 1000, &of_user));
    CHECK(limits_take_user(l, LIMIT_LOGIN, S("u"), 1000, &of_user));
    CHECK(limits_take(l, LIMIT_LOGIN, S("u"), 1000, &of_address));
    CHECK_INT(of_user.quota, of_address.quota);
    check_cx_close(cx);
}

static void test_no_limit(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct limits *l = limits_open(cx->arena);
    struct limit_state s;
    for (int i = 0; i < 1000; i++)
        CHECK(limits_take(l, LIMIT_NONE, S("a"), 1000, &s));
    CHECK(!s.limited);
    check_cx_close(cx);
}

static void test_a_clock_that_steps_back(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct limits *l = limits_open(cx->arena);
    struct limit_state s;
    drain(l, LIMIT_LOGIN, S("a"), 100000);
    CHECK(!limits_take(l, LIMIT_LOGIN, S("a"), 50000, &s));
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bucket_empties_and_fills),
        cmocka_unit_test(test_somebody_has_fewer_where_money_moves),
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_a_clock_that_steps_back),
    };
    return cmocka_run_group_tests_name("gateway_limit", tests, NULL, NULL);
}
