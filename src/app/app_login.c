/* SPDX-License-Identifier: Apache-2.0
 * The issuers whose logins are taken, as they are configured. Called by services.c. Must never
 * start with a setting half given, nor write a secret anywhere. */
#include "app/app.h"
#include "platform/file/file.h"
#include "platform/http/http_client.h"
#include "platform/oidc/oidc.h"

/* What is known of each beforehand; the first is whichever the operator names. */
static const struct preset {
    enum config_key client; /* the secret's key follows */
    struct oidc_issuer issuer;
} presets[] = {
    { CONFIG_OIDC_CLIENT, { .name = S_INIT("oidc"), .scope = S_INIT("openid email profile") } },
    { CONFIG_GOOGLE_CLIENT, { .name = S_INIT("google"),
                                .label = S_INIT("Google"),
                                .issuer = S_INIT("https://accounts.google.com"),
                                .scope = S_INIT("openid email profile") } },
    { CONFIG_FACEBOOK_CLIENT, /* its discovery does not name where codes are exchanged */
        { .name = S_INIT("facebook"),
            .label = S_INIT("Facebook"),
            .issuer = S_INIT("https://www.facebook.com"),
            .scope = S_INIT("openid email"),
            .token_url = S_INIT("https://graph.facebook.com/oauth/access_token") } },
    { CONFIG_APPLE_CLIENT, /* with more than openid it answers by a form of its own site alone */
        { .name = S_INIT("apple"),
            .label = S_INIT("Apple"),
            .issuer = S_INIT("https://appleid.apple.com"),
            .scope = S_INIT("openid email"),
            .form_post = true } },
};

static err secret_of(struct app *app, struct cx *cx, str text, str *ret)
{
    *ret = text;
    if (!str_starts(text, S("file:")))
        return NULL;
    str path = str_skip(text, 5);
    if (!file_read(app->life, path, ret))
        return FAIL(cx, ERR_INVALID, "cannot read the secret in " STR_F, STR_A(path));
    *ret = str_trim(*ret);
    return NULL;
}

static err add_issuer(struct app *app, struct cx *cx, const struct preset *preset,
    struct oidc_issuer *list, size_t *n)
{
    struct oidc_issuer issuer = preset->issuer;
    issuer.client_id = config_text(app->config, preset->client);
    str secret = config_text(app->config, (enum config_key)(preset->client + 1));
    if (preset->client == CONFIG_OIDC_CLIENT) {
        issuer.issuer = config_text(app->config, CONFIG_OIDC_ISSUER);
        issuer.label = config_text(app->config, CONFIG_OIDC_NAME);
        issuer.form_post = str_eq(config_text(app->config, CONFIG_OIDC_FORM_POST), S("on"));
        if (issuer.issuer.n && !issuer.client_id.n)
            return FAIL(cx, ERR_INVALID, "oidc_issuer needs oidc_client");
    }
    if (!issuer.issuer.n || !issuer.client_id.n)
        return NULL;
    err e = secret_of(app, cx, secret, &issuer.secret);
    if (!e)
        list[(*n)++] = issuer;
    return e;
}

err app_login_open(struct app *app, struct cx *cx)
{
    struct oidc_issuer list[COUNT(presets)];
    size_t n = 0;
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(presets); i++)
        e = add_issuer(app, cx, &presets[i], list, &n);
    if (e || n == 0)
        return e;
    app->login_http = http_client_open(app->life);
    e = oidc_open(app->life, cx, app->login_http, list, n, &app->oidc);
    if (e)
        return e;
    struct link_view *ways = NEW_N(app->life, n, struct link_view);
    for (size_t i = 0; i < n; i++)
        ways[i] =
            (struct link_view){ .label = str_cat(app->life, S("Continue with "), list[i].label),
                .href = str_cat(app->life, S("/signin/with/"), list[i].name) };
    app->login_ways = ways;
    app->login_ways_n = n;
    return NULL;
}

void app_login_close(struct app *app)
{
    oidc_close(app->oidc);
    http_client_close(app->login_http);
}
