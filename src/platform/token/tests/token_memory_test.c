/* SPDX-License-Identifier: Apache-2.0
 * The memory of verified tokens: bounded, and never wrong about which token it knows.
 * Run by `./dev test token`. */
#include "platform/token/token_memory.h"

#include <sodium.h>

#include "tests/support/check.h"

static struct token_memory *memory_of(struct cx *cx, size_t sets)
{
    CHECK(sodium_init() >= 0);
    return token_memory_open(cx->arena, sets);
}

static str text_of(struct cx *cx, int64_t i)
{
    return str_fmt(cx->arena, "token-%lld", (long long)i);
}

static void keep(struct token_memory *memory, struct cx *cx, int64_t i, int64_t expires_ms)
{
    const struct token_claims claims = {
        .user_id = id_from_name(S("user"), text_of(cx, i)),
        .name = text_of(cx, i),
        .email = S("a@b"),
        .roles = (unsigned)i,
        .issued_ms = cx->now_ms,
        .expires_ms = expires_ms,
        .audience = S("store"),
    };
    token_memory_keep(memory, cx, text_of(cx, i), &claims);
}

static void what_is_found_is_right_and_bounded(void **state)
{
    struct cx *cx = check_cx_open();
    struct token_memory *memory = memory_of(cx, 8);
    int64_t found = 0;
    (void)state;

    for (int64_t i = 0; i < 1000; i++)
        keep(memory, cx, i, cx->now_ms + 1000 + i);
    for (int64_t i = 0; i < 1000; i++) {
        struct token_claims out;
        if (!token_memory_find(memory, cx, text_of(cx, i), &out))
            continue;
        found++;
        CHECK_STR(out.name, text_of(cx, i));
        CHECK_STR(out.email, S("a@b"));
        CHECK_STR(out.audience, S("store"));
        CHECK_INT(out.roles, i);
        CHECK_INT(out.expires_ms, cx->now_ms + 1000 + i);
    }
    CHECK_INT(found, 8 * TOKEN_MEMORY_WAYS);
    token_memory_close(memory);
    check_cx_close(cx);
}

static void who_expires_first_goes_first(void **state)
{
    struct cx *cx = check_cx_open();
    struct token_memory *memory = memory_of(cx, 1);
    struct token_claims out;
    (void)state;

    for (int64_t i = 0; i < TOKEN_MEMORY_WAYS; i++)
        keep(memory, cx, i, cx->now_ms + (i == 2 ? 10 : 1000));
    for (int64_t i = 0; i < TOKEN_MEMORY_WAYS; i++)
        CHECK(token_memory_find(memory, cx, text_of(cx, i), &out));
    keep(memory, cx, 100, cx->now_ms + 1000);
    CHECK(!token_memory_find(memory, cx, text_of(cx, 2), &out));
    CHECK(token_memory_find(memory, cx, text_of(cx, 100), &out));
    CHECK(token_memory_find(memory, cx, text_of(cx, 0), &out));
    keep(memory, cx, 0, cx->now_ms + 5000); /* the same again takes no second place */
    CHECK(token_memory_find(memory, cx, text_of(cx, 1), &out));
    CHECK(token_memory_find(memory, cx, text_of(cx, 0), &out));
    CHECK_INT(out.expires_ms, cx->now_ms + 5000);
    token_memory_close(memory);
    check_cx_close(cx);
}

static void what_does_not_fit_is_not_kept(void **state)
{
    static const struct {
        const char *name;
        size_t name_n, email_n;
        int64_t for_ms;
        bool want;
    } cases[] = {
        { "short", 10, 10, 1, true },
        { "just fits", 135, 100, 1, true },
        { "one byte more", 136, 100, 1, false },
        { "long name", 241, 0, 1, false },
        { "length that wraps", 256, 0, 1, false },
        { "length that wraps huge", SIZE_MAX, 2, 1, false },
        { "expired", 10, 10, 0, false },
    };
    struct cx *cx = check_cx_open();
    char text[512];
    (void)state;

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct token_memory *memory = memory_of(cx, 1);
        struct token_claims out;
        const struct token_claims claims = {
            .name = { text, cases[i].name_n },
            .email = { text, cases[i].email_n },
            .audience = S("store"),
            .expires_ms = cx->now_ms + cases[i].for_ms,
        };
        token_memory_keep(memory, cx, S("t"), &claims);
        CASE(cases[i].name, token_memory_find(memory, cx, S("t"), &out) == cases[i].want);
        token_memory_close(memory);
    }
    check_cx_close(cx);
}

static id session_of(int64_t i)
{
    struct rng rng = rng_seeded((uint64_t)i);
    return id_new(&rng, 1000 + i);
}

/* However many end at once, by whomever: the first is not forgotten for the last. */
static void ended_sessions_do_not_push_each_other_out(void **state)
{
    struct cx *cx = check_cx_open();
    struct token_memory *memory = memory_of(cx, 8);
    const int64_t many = 200000, life_ms = 900000;
    int64_t forgotten = 0, wrong = 0;
    (void)state;

    for (int64_t i = 0; i < many; i++)
        token_memory_end(memory, session_of(i), cx->now_ms, cx->now_ms + life_ms + i);
    for (int64_t i = 0; i < many; i++) {
        forgotten += !token_memory_ended(memory, session_of(i), cx->now_ms + life_ms - 1);
        wrong += token_memory_ended(memory, session_of(many + i), cx->now_ms);
    }
    CHECK_INT(forgotten, 0);
    CHECK_INT(wrong, 0);
    CHECK(!token_memory_ended(memory, session_of(0), cx->now_ms + life_ms)); /* has run out */
    cx->now_ms += life_ms + many;
    for (int64_t i = 0; i < many; i++) /* in the places of those */
        token_memory_end(memory, session_of(many + i), cx->now_ms, cx->now_ms + life_ms);
    for (int64_t i = 0; i < many; i++)
        forgotten += !token_memory_ended(memory, session_of(many + i), cx->now_ms);
    CHECK_INT(forgotten, 0);
    token_memory_close(memory);
    check_cx_close(cx);
}

/* Beyond the bound those go that would be let go first. */
static void the_last_of_too_many_stay(void **state)
{
    struct cx *cx = check_cx_open();
    struct token_memory *memory = memory_of(cx, 8);
    const int64_t most = (int64_t)TOKEN_MEMORY_ENDS_MAX;
    int64_t forgotten = 0;
    (void)state;

    for (int64_t i = 0; i < most + 1000; i++)
        token_memory_end(memory, session_of(i), cx->now_ms, cx->now_ms + 1 + i);
    for (int64_t i = most / 2; i < most + 1000; i++)
        forgotten += !token_memory_ended(memory, session_of(i), cx->now_ms);
    CHECK_INT(forgotten, 0);
    CHECK(!token_memory_ended(memory, session_of(0), cx->now_ms));
    token_memory_close(memory);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_is_right_and_bounded),
        cmocka_unit_test(who_expires_first_goes_first),
        cmocka_unit_test(what_does_not_fit_is_not_kept),
        cmocka_unit_test(ended_sessions_do_not_push_each_other_out),
        cmocka_unit_test(the_last_of_too_many_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
