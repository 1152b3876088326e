/* SPDX-License-Identifier: Apache-2.0
 * If-Match: lists, weak tags, what is no tag; against the version of what is there. Run by
 * `./dev test http`. */
#include "platform/http/if_match.h"

#include "tests/support/check.h"

static const struct tags_case {
    const char *tags;
    int64_t version;
    bool want;
} tags_cases[] = {
    { "", 3, true },
    { "", 0, true },
    { "*", 3, true },
    { " * ", 3, true },
    { "*", 0, false },
    { "\"v3\"", 3, true },
    { "\"v3\"", 4, false },
    { "\"v3\"", 0, false },
    { "\"v99\", \"v5\"", 5, true },
    { "\"v5\",\"v99\"", 5, true },
    { ", \"v99\"\t,, \"v5\" ,", 5, true },
    { "\"v99\", \"v5\"", 9, false },
    { "W/\"v5\"", 5, false },
    { "W/\"v4\", \"v5\"", 5, true },
    { "\"a, \"v5\"", 5, false }, /* one tag, then no tag */
    { "\"a,b\", \"v5\"", 5, true },
    { "\"v05\"", 5, false },
    { "\"v5x\"", 5, false },
    { "\"v0\"", 0, false },
    { "\"v-5\"", -5, false },
    { "\"v99999999999999999999\"", INT64_MAX, false },
    { "v5", 5, false },
    { "\"v5", 5, false },
    { "W/", 5, false },
    { "\"", 5, false },
    { "\"\"", 5, false },
    { "nonsense, \"v5\"", 5, false },
    { "*, \"v5\"", 5, false },
};

static void test_tags(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tags_cases); i++) {
        const struct tags_case *c = &tags_cases[i];
        if (if_match_holds(str_from_c(c->tags), c->version) != c->want)
            fail_msg("%s of version %d", c->tags, (int)c->version);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_tags) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
