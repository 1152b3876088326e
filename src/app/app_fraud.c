/* SPDX-License-Identifier: Apache-2.0
 * The lists that the operator supplies, and the fraud service as it is configured: limits, the
 * database of countries, the key under which addresses are kept. Called once at start; must never
 * print the key. */
#include "app/app.h"
#include "services/fraud/fraud.h"

static err one_of(struct cx *cx, const struct app *app, enum config_key key, const char *name,
    const char *const values[static 2], bool *ret_first)
{
    str text = config_text(app->config, key);
    *ret_first = str_eq(text, str_from_c(values[0]));
    if (*ret_first || str_eq(text, str_from_c(values[1])))
        return NULL;
    return FAIL(cx, ERR_INVALID, "%s must be %s or %s", name, values[0], values[1]);
}

/* Behind a proxy every order seems to come from inside: there it must not be trusted unasked. */
static err inside_of(struct cx *cx, const struct app *app, bool *ret)
{
    str listen = config_text(app->config, CONFIG_LISTEN);
    bool local = (str_starts(listen, S("127.")) || str_starts(listen, S("[::1]")) ||
                     str_starts(listen, S("localhost:"))) &&
                 !config_text(app->config, CONFIG_ORIGIN).n &&
                 !config_text(app->config, CONFIG_PROXIES).n;
    if (str_eq(config_text(app->config, CONFIG_FRAUD_INSIDE), S("auto"))) {
        *ret = local;
        return NULL;
    }
    return one_of(cx, app, CONFIG_FRAUD_INSIDE, "fraud_inside",
        (const char *const[]){ "trust", "check" }, ret);
}

static err limits_of(const struct app *app, struct cx *cx, struct fraud_limits *ret)
{
    const struct config *c = app->config;
    currency cur;
    if (!currency_parse(config_text(c, CONFIG_CURRENCY), &cur))
        return FAIL(cx, ERR_INVALID, "currency: no such currency");
    int64_t unit = 1;
    for (int i = 0; i < currency_decimals(cur); i++)
        unit *= 10;
    *ret = (struct fraud_limits){ .buyer_hour = config_int(c, CONFIG_FRAUD_BUYER_HOUR),
        .address_hour = config_int(c, CONFIG_FRAUD_ADDRESS_HOUR),
        .device_hour = config_int(c, CONFIG_FRAUD_DEVICE_HOUR),
        .spend_day_minor = config_int(c, CONFIG_FRAUD_SPEND_DAY) * unit,
        .declines_hour = config_int(c, CONFIG_FRAUD_DECLINES_HOUR),
        .cards_hour = config_int(c, CONFIG_FRAUD_CARDS_HOUR),
        .small_minor = 10 * unit,
        .review_per_mille = config_int(c, CONFIG_FRAUD_REVIEW_PER_MILLE),
        .deny_per_mille = config_int(c, CONFIG_FRAUD_DENY_PER_MILLE) };
    bool on;
    err e = one_of(cx, app, CONFIG_FRAUD, "fraud", (const char *const[]){ "on", "off" }, &on);
    ret->off = !on;
    return e ? e : inside_of(cx, app, &ret->trust_inside);
}

err app_lists_open(struct app *app, struct cx *cx)
{
    str geo = config_text(app->config, CONFIG_GEO_DB);
    str leak = config_text(app->config, CONFIG_PASSWORDS);
    err e = geo.n ? geo_open(app->life, cx, geo, &app->geo) : NULL;
    if (!e && leak.n)
        e = leak_open(app->life, cx, str_c(app->life, leak), &app->leak);
    return e;
}

err app_fraud_open(struct app *app, struct cx *cx)
{
    const struct app_store *own = app_store_of(app, S("fraud"));
    struct fraud_deps deps = { .db = own->db,
        .bus = own->bus,
        .key = token_of(app->tokens, app->life, S("fraud")),
        .keep_days = config_int(app->config, CONFIG_KEEP_FRAUD_DAYS) };
    err e = limits_of(app, cx, &deps.limits);
    if (e)
        return e;
    deps.geo = app->geo;
    app->fraud = fraud_open(app->life, deps);
    return NULL;
}
