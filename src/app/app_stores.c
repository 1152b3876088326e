/* SPDX-License-Identifier: Apache-2.0
 * The databases: the shop's, and those of services that have one of their own; with each its bus
 * and its jobs. Called by app_open. Must never give one database two stores: a unit spans what is
 * in one store. */
#include "app/app.h"
#include "platform/file/file.h"
#include "platform/idem/idem.h"

static const struct apart {
    const char *service;
    enum config_key key;
} aparts[APP_STORES_MAX - 1] = {
    { "inventory", CONFIG_DB_INVENTORY },
    { "orders", CONFIG_DB_ORDERS },
    { "payments", CONFIG_DB_PAYMENTS },
    { "promotions", CONFIG_DB_PROMOTIONS },
    { "ledger", CONFIG_DB_LEDGER },
    { "cart", CONFIG_DB_CART },
    { "fraud", CONFIG_DB_FRAUD },
};

static struct app_store *store_at(struct app *app, str url)
{
    for (size_t i = 0; i < app->stores_n; i++)
        if (str_eq(app->stores[i].url, url))
            return &app->stores[i];
    return NULL;
}

static err store_add(struct app *app, struct cx *cx, str url, struct app_store **ret)
{
    ASSERT(app->stores_n < APP_STORES_MAX);
    struct app_store *store = &app->stores[app->stores_n];
    err e = db_open(app->life, cx,
        (struct db_opts){ .url = url,
            .log = app->log,
            .readers = (size_t)config_int(app->config, CONFIG_READERS),
            .lanes = (size_t)config_int(app->config, CONFIG_LANES) },
        &store->db);
    if (e)
        return e;
    store->url = url;
    app->stores_n++;
    *ret = store;
    return NULL;
}

err app_stores_open(struct app *app, struct cx *cx)
{
    struct app_store *shop = NULL;
    str url = config_text(app->config, CONFIG_DB);
    if (!url.n)
        url = str_fmt(
            app->life, "sqlite:" STR_F "/souk.db", STR_A(config_text(app->config, CONFIG_DATA)));
    err e = store_add(app, cx, url, &shop);
    if (e)
        return e;
    app->db = shop->db;
    for (size_t i = 0; i < COUNT(aparts); i++) {
        url = config_text(app->config, aparts[i].key);
        struct app_store *own = url.n ? store_at(app, url) : shop;
        e = own ? NULL : store_add(app, cx, url, &own);
        if (e)
            return e;
        app->store_of[i] = own;
    }
    return NULL;
}

void app_stores_start_ports(struct app *app)
{
    for (size_t i = 0; i < app->stores_n; i++) {
        struct app_store *s = &app->stores[i];
        s->bus = bus_open(
            app->life, (struct bus_opts){ .db = s->db,
                           .log = app->log,
                           .clock = &app->clock,
                           .keep_dead_days = config_int(app->config, CONFIG_KEEP_DEAD_DAYS),
                           .relay_to = i ? app->stores[0].bus : NULL });
        s->jobs = jobs_open(
            app->life, (struct jobs_opts){ .db = s->db, .log = app->log, .clock = &app->clock });
    }
    app->bus = app->stores[0].bus;
    app->jobs = app->stores[0].jobs;
}

void app_subscribe(struct app *app)
{
    for (size_t i = 0; i < app->services_n; i++)
        if (app->services[i].service->events)
            bus_subscribe(app->bus, app->services[i].service->events, app->services[i].handle);
}

err app_settle(struct app *app, struct cx *cx)
{
    struct bus_figures left;
    size_t n;
    if (app->stores_n == 1)
        return NULL;
    app_subscribe(app);
    err e = bus_drain(app->bus, cx, &n);
    if (!e)
        e = bus_figures_of(app->bus, cx, &left);
    if (!e && left.waiting)
        log_line(app->log, LOG_WARN, S("events wait for a shop that runs"),
            LOG_FIELDS({ "count", { 0 }, left.waiting }));
    return e;
}

struct app_store *app_store_of(struct app *app, str owner)
{
    if (str_eq(owner, S("till"))) /* the flow of payments: what its routes write is theirs */
        owner = S("payments");
    if (str_eq(owner, S("payouts")) || str_eq(owner, S("settlement")))
        owner = S("ledger"); /* a payout and its posting are one unit */
    for (size_t i = 0; i < COUNT(aparts); i++)
        if (str_eq(owner, str_from_c(aparts[i].service)))
            return app->store_of[i];
    return &app->stores[0];
}

struct db *app_db_of(struct app *app, str owner)
{
    return app_store_of(app, owner)->db;
}

struct db *app_db_of_any(void *app, str owner)
{
    return app_db_of(app, owner);
}
