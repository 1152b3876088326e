/* SPDX-License-Identifier: Apache-2.0
 * Tests of growing buffers. Run by meson test.
 * Must never rely on the sizes at which a buffer grows. */
#include "tests/support/check.h"

#include "base/buf.h"

static void zero_is_an_empty_buffer(void **state)
{
    (void)state;
    struct buf buf = { 0 };
    CHECK_STR(buf_str(&buf), S(""));
    CHECK(buf_str(&buf).p != NULL); /* empty, not absent */
    buf_add(&buf, S(""));
    buf_add(&buf, (str){ NULL, 0 });
    CHECK_INT((int64_t)buf.n, 0);
}

static void all_writers_append(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    struct buf buf = { .arena = arena };
    buf_add(&buf, S("ab"));
    buf_char(&buf, 'c');
    buf_i64(&buf, -12);
    buf_fmt(&buf, "[%d %s]", 7, "x");
    memcpy(buf_room(&buf, 3), "end", 3);
    buf.n += 3;
    CHECK_STR(buf_str(&buf), S("abc-12[7 x]end"));
}

static const struct number_case {
    const char *name;
    int64_t v;
    str want;
} number_cases[] = {
    { "zero", 0, S_INIT("0") },
    { "one digit", 9, S_INIT("9") },
    { "two digits", 10, S_INIT("10") },
    { "negative", -100, S_INIT("-100") },
    { "greatest", INT64_MAX, S_INIT("9223372036854775807") },
    { "least", INT64_MIN, S_INIT("-9223372036854775808") },
};

static void numbers_are_written(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(number_cases); i++) {
        struct buf buf = { .arena = arena };
        buf_i64(&buf, number_cases[i].v);
        CASE_STR(number_cases[i].name, buf_str(&buf), number_cases[i].want);
    }
}

static void content_survives_growth(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    struct buf buf = { .arena = arena };
    for (int i = 0; i < 20000; i++) {
        buf_char(&buf, (char)('a' + i % 26));
        if (i % 1000 == 0)
            (void)arena_alloc(arena, 8); /* so that it cannot grow in place */
    }
    CHECK_INT((int64_t)buf.n, 20000);
    for (int i = 0; i < 20000; i++)
        CHECK(buf.p[i] == (char)('a' + i % 26));
}

static void formatted_text_of_any_length_fits(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (int n = 1; n < 1100; n++) {
        struct buf buf = { .arena = arena };
        buf_char(&buf, '<');
        buf_fmt(&buf, "%*d", n, 5);
        buf_char(&buf, '>');
        CHECK_INT((int64_t)buf.n, n + 2);
        CHECK(str_ends(buf_str(&buf), S("5>")));
        CHECK(buf.p[0] == '<');
    }
}

static void write_without_an_arena(const void *arg)
{
    (void)arg;
    struct buf buf = { 0 };
    buf_char(&buf, 'a');
}

static void a_buffer_without_arena_panics(void **state)
{
    (void)state;
    CHECK_PANICS(write_without_an_arena, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_an_empty_buffer),
        cmocka_unit_test(all_writers_append),
        cmocka_unit_test(numbers_are_written),
        cmocka_unit_test(content_survives_growth),
        cmocka_unit_test(formatted_text_of_any_length_fits),
        cmocka_unit_test(a_buffer_without_arena_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
