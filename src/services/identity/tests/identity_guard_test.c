/* SPDX-License-Identifier: Apache-2.0
 * Back-off: how long who waits, and who never does. Run by `./dev test identity`. */
#include "services/identity/identity_internal.h"
#include "services/identity/tests/identity_desk.h"

static const struct wait_case {
    const char *name;
    int failures;
    int64_t later_ms, wait_ms;
} wait_cases[] = {
    { "none", 0, 0, 0 },
    { "what is free", GUARD_FREE - 1, 0, 0 },
    { "the first wait", GUARD_FREE, 0, 1000 },
    { "half of it", GUARD_FREE, 600, 400 },
    { "all of it", GUARD_FREE, 1000, 0 },
    { "doubled", GUARD_FREE + 3, 0, 8000 },
    { "at most", GUARD_FREE + 40, 0, GUARD_WAIT_MAX_MS },
    { "forgotten", GUARD_FREE + 40, GUARD_FORGET_MS, 0 },
};

static void waits_double(void **state)
{
    (void)state;
    struct arena *life = arena_open(1 << 20);
    struct guard *g = guard_open(life);
    for (size_t i = 0; i < COUNT(wait_cases); i++) {
        const struct wait_case *c = &wait_cases[i];
        str key = str_from_c(c->name);
        for (int k = 0; k < c->failures; k++)
            guard_fail(g, key, 1000000);
        CASE_INT(c->name, guard_look(g, key, 1000000 + c->later_ms).wait_ms, c->wait_ms);
    }
    CHECK_INT(guard_look(g, S("doubled"), 1000000).failures, GUARD_FREE + 3);
    guard_clear(g, S("doubled"));
    CHECK_INT(guard_look(g, S("doubled"), 1000000).failures, 0);
    guard_clear(g, S("never seen"));
    arena_close(life);
}

/* A stranger who floods the table with other keys does not get rid of a fresh one. */
static void the_table_is_bounded(void **state)
{
    (void)state;
    struct arena *life = arena_open(1 << 20);
    struct guard *g = guard_open(life);
    for (int i = 0; i < 20; i++)
        guard_fail(g, S("kept"), 2000000);
    for (int i = 0; i < 5000; i++)
        guard_fail(g, str_from_i64(life, i), 1000000 + i);
    CHECK(guard_look(g, S("kept"), 2000001).wait_ms > 0);
    arena_close(life);
}

struct locks {
    struct desk d;
    struct identity_attempt a;
    str hash;
};

static err do_begin(void *arg, struct cx *cx)
{
    struct locks *x = arg;
    return identity_attempt_begin(x->d.identity, cx, x->a);
}

static err begin_from(struct locks *x, const char *peer)
{
    x->d.cx->peer = str_from_c(peer);
    return store_read(x->d.s, do_begin, x);
}

static void fail_from(struct locks *x, const char *peer, int n)
{
    x->d.cx->peer = str_from_c(peer);
    for (int i = 0; i < n; i++)
        identity_attempt_end(x->d.identity, x->d.cx, x->a, true);
}

static struct locks locks_open(void **state)
{
    struct locks x = { .d = desk_open(state) };
    CHECK_ERR(x.d.cx, desk_register(&x.d, "ada@example.com"), NULL);
    x.d.cx->peer = S("192.0.2.1");
    desk_start(&x.d); /* she has signed in from there */
    x.a = (struct identity_attempt){ "login", S("ada@example.com"), x.d.user_id };
    return x;
}

static void who_fails_waits_and_nobody_else(void **state)
{
    struct locks x = locks_open(state);
    fail_from(&x, "198.51.100.9", GUARD_FREE + 2);
    CHECK_ERR(x.d.cx, begin_from(&x, "198.51.100.9"), &IDENTITY_LOCKED);
    CHECK_INT(x.d.cx->retry_after_s, 4);
    CHECK_ERR(x.d.cx, begin_from(&x, "192.0.2.1"), NULL);
    CHECK_ERR(x.d.cx, begin_from(&x, "203.0.113.5"), NULL);
    struct identity_attempt other = x.a;
    x.a.account = S("bob@example.com");
    CHECK_ERR(x.d.cx, begin_from(&x, "198.51.100.9"), NULL);
    x.a = other;
    x.d.cx->now_ms += 4 * SECOND_MS;
    CHECK_ERR(x.d.cx, begin_from(&x, "198.51.100.9"), NULL);
    identity_attempt_end(x.d.identity, x.d.cx, x.a, false); /* right at last */
    fail_from(&x, "198.51.100.9", GUARD_FREE - 1);
    CHECK_ERR(x.d.cx, begin_from(&x, "198.51.100.9"), NULL);
    desk_close(&x.d);
}

/* A thousand machines, each below its own limit: strangers wait, the owner's own place does not. */
static void strangers_do_not_lock_the_owner_out(void **state)
{
    struct locks x = locks_open(state);
    for (int i = 0; i < GUARD_ACCOUNT_MAX; i++)
        fail_from(&x, str_c(x.d.cx->arena, str_fmt(x.d.cx->arena, "198.51.100.%d", i)), 1);
    CHECK_ERR(x.d.cx, begin_from(&x, "203.0.113.5"), &IDENTITY_LOCKED);
    CHECK_ERR(x.d.cx, begin_from(&x, "192.0.2.1"), NULL);
    /* from a new place she comes in by her mailbox */
    identity_attempt_forget(x.d.identity, x.d.cx, x.a);
    CHECK_ERR(x.d.cx, begin_from(&x, "203.0.113.5"), NULL);
    /* of an account that is not there the same is said */
    x.a = (struct identity_attempt){ "login", S("nobody@example.com"), { { 0 } } };
    for (int i = 0; i < GUARD_ACCOUNT_MAX; i++)
        fail_from(&x, str_c(x.d.cx->arena, str_fmt(x.d.cx->arena, "198.51.100.%d", i)), 1);
    CHECK_ERR(x.d.cx, begin_from(&x, "203.0.113.5"), &IDENTITY_LOCKED);
    desk_close(&x.d);
}

static void a_network_of_ipv6_is_one_place(void **state)
{
    struct locks x = locks_open(state);
    fail_from(&x, "2001:db8:1:2:3::1", GUARD_FREE);
    CHECK_ERR(x.d.cx, begin_from(&x, "2001:db8:1:2:4::9"), &IDENTITY_LOCKED);
    CHECK_ERR(x.d.cx, begin_from(&x, "2001:db8:1:3:3::1"), NULL);
    fail_from(&x, "2001:db8::a:b:c:d", GUARD_FREE); /* shortened: more of the host before a colon */
    CHECK_ERR(x.d.cx, begin_from(&x, "2001:db8::e:0:0:1"), &IDENTITY_LOCKED);
    desk_close(&x.d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double),
        cmocka_unit_test(the_table_is_bounded),
        STORE_TEST(who_fails_waits_and_nobody_else),
        STORE_TEST(strangers_do_not_lock_the_owner_out),
        STORE_TEST(a_network_of_ipv6_is_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
