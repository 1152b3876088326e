/* SPDX-License-Identifier: Apache-2.0
 * Configuration from its places, as a table. Run by meson; must never read the real environment. */
#include "app/config.h"
#include "tests/support/check.h"

static const char *const extras[] = { "products", NULL };

static const struct config_case {
    const char *name;
    const char *env[3], *argv[3];
    bool ok;
    enum config_key key;
    const char *text, *origin; /* or, when refused, what the detail must hold */
} cases[] = {
    { "default", { NULL }, { NULL }, true, CONFIG_LISTEN, "127.0.0.1:8080", "default" },
    { "environment", { "SOUK_LISTEN=[::1]:9", "HOME=/x" }, { NULL }, true, CONFIG_LISTEN, "[::1]:9",
        "environment SOUK_LISTEN" },
    { "flag over environment", { "SOUK_LISTEN=a" }, { "--listen=b" }, true, CONFIG_LISTEN, "b",
        "flag --listen" },
    { "dashes are underlines", { NULL }, { "--metrics-listen=127.0.0.1:1" }, true,
        CONFIG_METRICS_LISTEN, "127.0.0.1:1", "flag --metrics-listen" },
    { "a near miss is named", { "SOUK_LISTN=a" }, { NULL }, false, 0, NULL, "listen" },
    { "an unknown flag", { NULL }, { "--prodcts=1" }, false, 0, NULL, "products" },
    { "a command's own flag", { NULL }, { "--products=7" }, true, CONFIG_DB, "", "default" },
    { "not a number", { "SOUK_WORKERS=many" }, { NULL }, false, 0, NULL, "1 to 256" },
    { "out of range", { NULL }, { "--workers=0" }, false, 0, NULL, "1 to 256" },
    { "a file that must be there", { NULL }, { "--config=/nonexistent/x" }, false, 0, NULL,
        "cannot read" },
};

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct config_case *c = &cases[i];
        struct cx *cx = check_cx_open();
        struct config *config = NEW(cx->arena, struct config);
        err e = config_read(
            cx, (char **)(uintptr_t)c->env, (char **)(uintptr_t)c->argv, extras, config);
        CASE(c->name, (e == NULL) == c->ok);
        if (c->ok) {
            CASE_STR(c->name, config_text(config, c->key), str_from_c(c->text));
            CASE_STR(c->name, config->values[c->key].origin, str_from_c(c->origin));
        } else
            CASE(c->name, str_find(cx->detail, str_from_c(c->origin), 0) >= 0);
        check_cx_close(cx);
    }
}

static void test_passwords_are_not_printed(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct config *config = NEW(cx->arena, struct config);
    char *argv[] = { "--db=postgres://u:geheim@h/d", "--demo-password=geheim",
        "--stripe-key=geheim", "--stripe-webhook-secret=geheim", "--sandbox-webhook-secret=geheim",
        NULL };
    CHECK_ERR(cx, config_read(cx, NULL, argv, NULL, config), NULL);
    struct buf out = { .arena = cx->arena };
    config_print(config, cx->arena, &out);
    CHECK(str_find(buf_str(&out), S("geheim"), 0) < 0);
    CHECK(str_find(buf_str(&out), S("postgres://u:***@h/d"), 0) >= 0);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_passwords_are_not_printed),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
