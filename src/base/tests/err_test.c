/* SPDX-License-Identifier: Apache-2.0
 * Tests of the record of a failure in a cx. Run by meson test.
 * Must never check the wording of titles. */
#include "tests/support/check.h"

static err fail_with(struct cx *cx, int n)
{
    return FAIL(cx, ERR_MISSING, "n=%d", n);
}

static void the_first_failure_wins(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    CHECK_ERR(cx, fail_with(cx, 1), &ERR_MISSING);
    const char *where = cx->where;
    err second = FAIL(cx, ERR_BUG, "n=%d", 2);
    CHECK_ERR(cx, second, &ERR_BUG); /* returned, not recorded */
    CHECK_STR(cx->detail, S("n=1"));
    CHECK(cx->where == where);
    CHECK(str_find(str_from_c(where), S("err_test.c:"), 0) >= 0);
    check_cx_close(cx);
}

static void a_failure_can_be_forgotten(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    (void)fail_with(cx, 1);
    cx_field(cx, S("/a"), "required", "Required");
    cx->retry_after_s = 3;
    cx_clear(cx);
    CHECK(cx->where == NULL);
    CHECK(cx->detail.p == NULL);
    CHECK(cx->fields == NULL);
    CHECK_INT(cx->retry_after_s, 0);
    (void)fail_with(cx, 2);
    CHECK_STR(cx->detail, S("n=2"));
    check_cx_close(cx);
}

static void refused_fields_keep_their_order_and_their_own_bytes(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    char pointer[] = "/a";
    cx_field(cx, (str){ pointer, 2 }, "required", "Required");
    pointer[1] = 'x';
    cx_field(cx, S("/b"), "range", "At most %d", 9);
    CHECK_STR(cx->fields->pointer, S("/a"));
    CHECK_STR(cx->fields->next->pointer, S("/b"));
    CHECK_STR(cx->fields->next->detail, S("At most 9"));
    assert_string_equal(cx->fields->next->code, "range");
    CHECK(cx->fields->next->next == NULL);
    check_cx_close(cx);
}

static void a_hostile_body_cannot_fill_the_reply(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (int i = 0; i < 5000; i++)
        cx_field(cx, str_fmt(cx->arena, "/%d", i), "unknown", "Unknown");
    size_t n = 0;
    const struct field_error *last = NULL;
    for (const struct field_error *f = cx->fields; f; f = f->next) {
        last = f;
        n++;
    }
    CHECK_INT((int64_t)n, 100);
    CHECK_STR(last->pointer, S("/99")); /* the first ones are kept */
    check_cx_close(cx);
}

static void assert_something_wrong(const void *arg)
{
    ASSERT(arg != NULL);
}

static void assertions_panic(void **state)
{
    (void)state;
    CHECK_PANICS(assert_something_wrong, NULL);
    assert_something_wrong("holds");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_wins),
        cmocka_unit_test(a_failure_can_be_forgotten),
        cmocka_unit_test(refused_fields_keep_their_order_and_their_own_bytes),
        cmocka_unit_test(a_hostile_body_cannot_fill_the_reply),
        cmocka_unit_test(assertions_panic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
