/* SPDX-License-Identifier: Apache-2.0
 * The one form of a query. Run by meson. */
#include "services/merchandising/merchandising_domain.h"
#include "tests/support/check.h"

static const struct {
    const char *name, *in, *want;
} cases[] = {
    { "as it is", "red shoes", "red shoes" },
    { "case and blanks", "  Red   SHOES ", "red shoes" },
    { "marks", "Caf\xc3\xa9", "cafe" },
    { "tabs", "a \t b", "a b" },
    { "nothing", "   ", "" },
    { "absent", NULL, "" },
    { "cut at 100 characters",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "\xe2\x82\xac",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
};

static void test_plain(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_STR(cases[i].name, merchandising_plain(cx->arena, str_from_c(cases[i].in)),
            str_from_c(cases[i].want));
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_plain) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
