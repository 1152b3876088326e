/* SPDX-License-Identifier: Apache-2.0
 * The payment provider that the configuration names. Called by app.c. Must never start with a
 * setting half given, nor write a secret anywhere. */
#include "app/app.h"
#include "platform/http/http_client.h"
#include "platform/pay/pay_guard.h"
#include "platform/pay/pay_stripe.h"

/* What is behind app->pay, closed after it. */
struct app_pay {
    struct pay provider;
    struct http_client *http; /* Stripe's; NULL: the sandbox */
};

static err open_stripe(struct app *app, struct cx *cx, struct app_pay *p)
{
    struct stripe_opts opts = {
        .url = config_text(app->config, CONFIG_STRIPE_URL),
        .key = config_text(app->config, CONFIG_STRIPE_KEY),
        .webhook_secret = config_text(app->config, CONFIG_STRIPE_WEBHOOK_SECRET),
        .origin = config_text(app->config, CONFIG_ORIGIN),
    };
    if (!opts.key.n || !opts.webhook_secret.n)
        return FAIL(cx, ERR_INVALID, "pay = stripe needs stripe_key and stripe_webhook_secret");
    if (!opts.origin.n)
        return FAIL(cx, ERR_INVALID, "pay = stripe needs origin, for the way back from the bank");
    p->http = http_client_open(app->life);
    opts.http = p->http;
    pay_stripe_open(app->life, opts, &p->provider);
    pay_breaker_open(app->life, app->metrics, &p->provider, &app->pay);
    return NULL;
}

err app_pay_open(struct app *app, struct cx *cx)
{
    struct app_pay *p = NEW(app->life, struct app_pay);
    str which = config_text(app->config, CONFIG_PAY);
    app->pay_inner = p;
    if (str_eq(which, S("stripe")))
        return open_stripe(app, cx, p);
    if (!str_eq(which, S("sandbox")))
        return FAIL(cx, ERR_INVALID, "pay must be sandbox or stripe");
    str file =
        str_cat(app->life, config_text(app->config, CONFIG_DATA), S("/sandbox-payments.log"));
    return pay_sandbox_open(app->life, cx,
        (struct sandbox_opts){ .file = str_c(app->life, file),
            .slow_ms = config_int(app->config, CONFIG_SANDBOX_SLOW_MS),
            .webhook_secret = config_text(app->config, CONFIG_SANDBOX_WEBHOOK_SECRET) },
        &app->pay);
}

void app_pay_close(struct app *app)
{
    struct app_pay *p = app->pay_inner;
    if (!p || !app->pay.self)
        return;
    if (!p->http) {
        pay_sandbox_close(&app->pay);
        return;
    }
    pay_breaker_close(&app->pay);
    http_client_close(p->http);
}
