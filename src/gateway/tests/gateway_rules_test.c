/* SPDX-License-Identifier: Apache-2.0
 * The rules on requests: what they find, and what people ask for that they must leave alone. */
#include "gateway/gateway_rules.h"
#include "tests/support/check.h"

static const struct rule_case {
    const char *path, *query, *agent, *want; /* NULL: none */
} cases[] = {
    { "/p/../../etc/hosts", NULL, NULL, "climb" },
    { "/%2e%2e%2fsouk.db", NULL, NULL, "climb" },
    { "/media/b/%2E%2E%5Cx", NULL, NULL, "climb" },
    { "/search", "q=1'%20OR%20'1'%3D'1", NULL, "sql" },
    { "/search", "q=x+UNION+ALL+SELECT+1", NULL, "sql" },
    { "/search", "q=%3CScRiPt%3Ealert(1)", NULL, "script" },
    { "/", NULL, "${jndi:ldap://x}", "lookup" },
    { "/", "a=%24%7Bjndi:x%7D", NULL, "lookup" },
    { "/", "a=$(curl%20x)", NULL, "shell" },
    { "/wp-login.php", NULL, NULL, "probe" },
    { "/.git/config", NULL, NULL, "probe" },
    { "/", "url=http://169.254.169.254/latest", NULL, "inside" },
    { "/", NULL, "sqlmap/1.7", "scanner" },
    { "/search", "q=%", NULL, NULL },
    { "/search", "q=%2", NULL, NULL },
    { "/search", "q=drop+leaf+table", NULL, NULL },
    { "/search", "q=union+jack+flag+%26+select+tea", NULL, NULL },
    { "/search", "q=o'brien+or+smith", NULL, NULL },
    { "/search", "q=java+script+font", NULL, NULL },
    { "/search", "q=shell+lamp+%3C+20", NULL, NULL },
    { "/c/shoes", "brand=A.B..C&sort=price", NULL, NULL },
    { "/p/01941f29-7c0c-8f38-883c-90e6614f2cfc/a-slug", NULL, "Mozilla/5.0 (X11; Linux)", NULL },
    { "/api/v1/products", "pageToken=..%2B", NULL, NULL },
    { "", NULL, NULL, NULL },
};

static void what_is_found(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct rules *rules = rules_open(arena);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct rule_case *c = &cases[i];
        struct http_header agent = { S("User-Agent"), str_from_c(c->agent ? c->agent : "") };
        struct http_request req = { .path = str_from_c(c->path),
            .query = c->query ? str_from_c(c->query) : (str){ 0 },
            .headers = &agent,
            .headers_n = c->agent ? 1 : 0 };
        const char *got = rules_find(rules, arena, &req).rule;
        const char *name = c->query ? c->query : c->path;
        CASE_STR(name, str_from_c(got ? got : "none"), str_from_c(c->want ? c->want : "none"));
    }
    arena_close(arena);
}

static void each_rule_has_a_name(void **state)
{
    (void)state;
    size_t n = 0;
    while (rules_name(n))
        n++;
    CHECK_INT((int64_t)n, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found),
        cmocka_unit_test(each_rule_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
