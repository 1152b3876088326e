/* SPDX-License-Identifier: Apache-2.0
 * Where a visitor may be sent, as a table. Run by `./dev test web_next`. */
#include "platform/web/web_next.h"
#include "tests/support/check.h"

static const struct next_case {
    const char *next;
    bool ok;
} next_cases[] = {
    { "/", true },
    { "/orders", true },
    { "/p/0190?v=1&x=%2F%2Fa", true },
    { "/search?q=%C3%BC#top", true },
    { "/a//b", true },
    { "", false },
    { "orders", false },
    { "//evil.example", false },
    { "///evil.example", false },
    { "/\\evil.example", false },
    { "\\\\evil.example", false },
    { "/a\\b", false },
    { "https://evil.example/", false },
    { "javascript:alert(1)", false },
    { "/\t/evil.example", false }, /* browsers drop the tab */
    { "/\n/evil.example", false },
    { "/a\r\nSet-Cookie: x=y", false },
    { " /orders", false },
    { "/a b", false },
    { "/\xc3\xbc", false }, /* no byte that a header cannot have */
    { "/\x7f", false },
};

static void only_paths_of_this_shop(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(next_cases); i++) {
        str next = str_from_c(next_cases[i].next);
        CASE_STR(
            next_cases[i].next, web_next(next, S("/else")), next_cases[i].ok ? next : S("/else"));
    }
    struct cx *cx = check_cx_open();
    str longest = S("/");
    while (longest.n < 2000)
        longest = str_cat(cx->arena, longest, S("x"));
    CHECK_STR(web_next(longest, S("/else")), longest);
    CHECK_STR(web_next(str_cat(cx->arena, longest, S("x")), S("/else")), S("/else"));
    CHECK_STR(web_next((str){ 0 }, (str){ 0 }), (str){ 0 });
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(only_paths_of_this_shop) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
