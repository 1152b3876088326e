/* SPDX-License-Identifier: Apache-2.0
 * The rules of gift, as a table. */
#include "services/gift/gift_domain.h"
#include "tests/support/check.h"

static const struct admit_case {
    const char *name;
    int64_t count;
    err want;
} admit_cases[] = {
    { "the first", 0, NULL },
    { "the last that fits", GIFT_ITEMS_MAX - 1, NULL },
    { "one too many", GIFT_ITEMS_MAX, &GIFT_FULL },
};

static void admits_up_to_the_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(admit_cases); i++) {
        struct cx *cx = check_cx_open();
        err got = gift_domain_admit(cx, admit_cases[i].count);
        CASE(admit_cases[i].name, got == admit_cases[i].want);
        check_cx_close(cx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(admits_up_to_the_limit) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
