/* SPDX-License-Identifier: Apache-2.0
 * Who has to have a second factor (docs/decisions/0009), and whether an account begins with its
 * e-mail confirmed, as it is configured. Called by services.c
 * and serve.c. Must never take a value that it does not know for "nobody". */
#include "app/app.h"
#include "platform/file/file.h"

static const struct choice {
    const char *name;
    unsigned roles;
} choices[] = {
    { "sellers", ROLE_SELLER | ROLE_ADMIN },
    { "staff", ROLE_ADMIN },
    { "offered", 0 },
};

str app_demo_file(struct app *app)
{
    return str_cat(app->life, config_text(app->config, CONFIG_DATA), S("/demo-password"));
}

/* The demo's logins have a password that is shown to whoever starts it. */
static bool is_tried(struct app *app)
{
    str password;
    return file_read(app->life, app_demo_file(app), &password) &&
           !str_starts(config_text(app->config, CONFIG_ORIGIN), S("https://"));
}

err app_factor_open(struct app *app, struct cx *cx)
{
    str wish = config_text(app->config, CONFIG_SECOND_FACTOR);
    app->factor_of = wish;
    if (str_eq(wish, S("auto")))
        app->factor_of = is_tried(app) ? S("offered") : S("sellers");
    for (size_t i = 0; i < COUNT(choices); i++)
        if (str_eq(app->factor_of, str_from_c(choices[i].name))) {
            app->factor_roles = choices[i].roles;
            return NULL;
        }
    return FAIL(cx, ERR_INVALID,
        "second_factor: auto, sellers, staff or offered, not \"" STR_F "\"", STR_A(wish));
}

err app_registration_open(struct app *app, struct cx *cx)
{
    str wish = config_text(app->config, CONFIG_REGISTRATION);
    app->confirm_first = str_eq(wish, S("confirmed"));
    if (app->confirm_first || str_eq(wish, S("direct")))
        return NULL;
    return FAIL(
        cx, ERR_INVALID, "registration: direct or confirmed, not \"" STR_F "\"", STR_A(wish));
}

void app_factor_log(struct app *app)
{
    str wish = config_text(app->config, CONFIG_SECOND_FACTOR);
    bool open = app->factor_roles == 0;
    log_line(app->log, open ? LOG_WARN : LOG_INFO,
        open ? S("nobody has to have a second factor") : S("second factor"),
        LOG_FIELDS({ "demanded_of", open ? S("nobody") : app->factor_of, 0 },
            { "because",
                str_eq(wish, S("auto")) ? open ? S("a demo shop without https") : S("auto")
                                        : S("second_factor"),
                0 }));
}
