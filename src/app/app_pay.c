/* SPDX-License-Identifier: Apache-2.0
 * The payment provider that the configuration names, or two of them. Called by app.c. Must never
 * start with a setting half given, nor write a secret anywhere. */
#include "app/app.h"
#include "platform/http/http_client.h"
#include "platform/pay/pay_guard.h"
#include "platform/pay/pay_stripe.h"

/* One provider as it is used: Stripe behind its breaker, the sandbox as it is. */
struct part {
    struct pay provider, guarded;
    struct pay *used;
};
/* What is behind app->pay, closed after it. */
struct app_pay {
    struct part parts[2];
    struct pay fallback;      /* over both parts, when there are two */
    struct http_client *http; /* Stripe's; NULL: it is not used */
};

static err open_stripe(struct app *app, struct cx *cx, struct part *part)
{
    struct app_pay *p = app->pay_inner;
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
    pay_stripe_open(app->life, opts, &part->provider);
    pay_breaker_open(app->life, app->metrics, &part->provider, &part->guarded);
    part->used = &part->guarded;
    return NULL;
}

static err open_sandbox(struct app *app, struct cx *cx, struct part *part)
{
    str file =
        str_cat(app->life, config_text(app->config, CONFIG_DATA), S("/sandbox-payments.log"));
    part->used = &part->provider;
    return pay_sandbox_open(app->life, cx,
        (struct sandbox_opts){ .file = str_c(app->life, file),
            .slow_ms = config_int(app->config, CONFIG_SANDBOX_SLOW_MS),
            .webhook_secret = config_text(app->config, CONFIG_SANDBOX_WEBHOOK_SECRET) },
        &part->provider);
}

static err open_part(struct app *app, struct cx *cx, str which, struct part *part)
{
    if (str_eq(which, S("stripe")))
        return open_stripe(app, cx, part);
    if (str_eq(which, S("sandbox")))
        return open_sandbox(app, cx, part);
    return FAIL(cx, ERR_INVALID, "pay and pay_fallback must be sandbox or stripe");
}

err app_pay_open(struct app *app, struct cx *cx)
{
    struct app_pay *p = NEW(app->life, struct app_pay);
    str first = config_text(app->config, CONFIG_PAY);
    str second = config_text(app->config, CONFIG_PAY_FALLBACK);
    app->pay_inner = p;
    if (str_eq(first, second))
        return FAIL(cx, ERR_INVALID, "pay_fallback must be another provider than pay");
    err e = open_part(app, cx, first, &p->parts[0]);
    if (!e && second.n)
        e = open_part(app, cx, second, &p->parts[1]);
    if (e)
        return e;
    app->pay = p->parts[0].used;
    if (second.n) {
        pay_fallback_open(app->life, p->parts[0].used, p->parts[1].used, &p->fallback);
        app->pay = &p->fallback;
    }
    return NULL;
}

static void close_part(struct part *part)
{
    if (part->used == &part->guarded)
        pay_breaker_close(&part->guarded);
    else if (part->used)
        pay_sandbox_close(&part->provider);
}

void app_pay_close(struct app *app)
{
    struct app_pay *p = app->pay_inner;
    if (!p)
        return;
    pay_fallback_close(&p->fallback);
    close_part(&p->parts[0]);
    close_part(&p->parts[1]);
    http_client_close(p->http);
}
