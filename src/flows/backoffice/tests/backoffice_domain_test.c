/* SPDX-License-Identifier: Apache-2.0
 * Words, times and bars of the back office, as tables. Run by `./dev test backoffice`. */
#include "flows/backoffice/backoffice_domain.h"
#include "base/instant.h"
#include "tests/support/check.h"

static const struct ago_case {
    int64_t away_ms; /* behind now; below 0: ahead */
    const char *want;
} ago_cases[] = {
    { 0, "just now" },
    { 4999, "just now" },
    { -4000, "just now" },
    { 5 * SECOND_MS, "5 seconds ago" },
    { -119 * SECOND_MS, "in 119 seconds" },
    { 2 * MINUTE_MS, "2 minutes ago" },
    { -90 * MINUTE_MS, "in 90 minutes" },
    { 2 * HOUR_MS, "2 hours ago" },
    { 47 * HOUR_MS, "47 hours ago" },
    { 2 * DAY_MS, "2 days ago" },
    { 400 * DAY_MS, "400 days ago" },
};

static void times_are_told_as_people_do(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;
    for (size_t i = 0; i < COUNT(ago_cases); i++)
        CASE_STR(ago_cases[i].want,
            backoffice_domain_ago(cx->arena, cx->now_ms - ago_cases[i].away_ms, cx->now_ms),
            str_from_c(ago_cases[i].want));
    check_cx_close(cx);
}

static void names_become_words(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;
    CHECK_STR(backoffice_domain_words(cx->arena, S("buyer_velocity")), S("Buyer velocity"));
    CHECK_STR(backoffice_domain_words(cx->arena, S("pay.unreachable")), S("Pay unreachable"));
    CHECK_STR(backoffice_domain_words(cx->arena, S("X")), S("X"));
    CHECK_STR(backoffice_domain_words(cx->arena, (str){ 0 }), (str){ 0 });
    check_cx_close(cx);
}

static void bars_show_what_is_not_nothing(void **state)
{
    int64_t heights[4];
    (void)state;
    backoffice_domain_bars((const int64_t[]){ 0, 1, 500, 1000 }, 4, heights);
    CHECK_INT(heights[0], 0);
    CHECK_INT(heights[1], 1);
    CHECK_INT(heights[2], 20);
    CHECK_INT(heights[3], 40);
    backoffice_domain_bars((const int64_t[]){ 0, 0, 0, 0 }, 4, heights);
    CHECK_INT(heights[3], 0);
}

static const struct percent_case {
    double part;
    const char *want;
} percent_cases[] = { { 0, "0%" }, { 0.001, "1%" }, { 0.5, "50%" }, { 0.999, "99%" },
    { 1, "100%" } };

static void percents_are_not_rounded_to_the_ends(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;
    for (size_t i = 0; i < COUNT(percent_cases); i++)
        CASE_STR(percent_cases[i].want, backoffice_domain_percent(cx->arena, percent_cases[i].part),
            str_from_c(percent_cases[i].want));
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_told_as_people_do),
        cmocka_unit_test(names_become_words),
        cmocka_unit_test(bars_show_what_is_not_nothing),
        cmocka_unit_test(percents_are_not_rounded_to_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
