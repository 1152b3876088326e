/* SPDX-License-Identifier: Apache-2.0
 * The application: everything that is open, handed down by pointer; the only place that knows
 * everyone. */
#ifndef SOUK_APP_APP_H
#define SOUK_APP_APP_H

#include "app/config.h"
#include "gateway/gateway.h"
#include "platform/audit/audit.h"
#include "platform/blob/blob.h"
#include "platform/bus/bus.h"
#include "platform/cache/cache.h"
#include "platform/clock/clock.h"
#include "platform/flag/flag.h"
#include "platform/geo/geo.h"
#include "platform/http/service.h"
#include "platform/jail/jail.h"
#include "platform/job/job.h"
#include "platform/leak/leak.h"
#include "platform/log/log.h"
#include "platform/mail/mail.h"
#include "platform/metrics/metrics.h"
#include "platform/pay/pay.h"
#include "platform/pool/pool.h"
#include "platform/saga/saga.h"
#include "platform/search/search_index.h"
#include "platform/token/token.h"
#include "platform/vault/vault.h"

#define APP_SERVICES_MAX 48
#define APP_STORES_MAX 8

struct app_service {
    const struct service *service;
    void *handle;
};
/* A database, and what works beside its services. */
struct app_store {
    str url;
    struct db *db;
    struct bus *bus; /* what they tell: to the shop's, from which all consumers are served */
    struct jobs *jobs;
    struct vault_place *sealed; /* what is personal in it */
};
struct app {
    struct arena *life;
    const struct config *config;
    struct jail_state jail; /* what the process has given up */
    struct log *log;
    struct clock clock;
    struct metrics *metrics;
    struct app_store stores[APP_STORES_MAX]; /* the first is the shop's */
    size_t stores_n;
    struct app_store *store_of[APP_STORES_MAX - 1]; /* see app_store_of */
    struct db *db;                                  /* of the shop's store, as the next two */
    struct bus *bus;
    struct jobs *jobs;
    struct audit *audit;
    struct flags *flags;
    struct cache *cache;
    struct pool *pool, *pay_pool;
    struct sagas *sagas;
    struct tokens *tokens;
    struct vault *vault;
    struct blob blob;
    struct mail mail;
    struct pay *pay;
    struct app_pay *pay_inner;
    struct search search, search_sql; /* the same, unless search=index */
    struct leak *leak;                /* NULL: no list of leaked passwords */
    struct geo *geo;                  /* NULL: countries of addresses are unknown */
    unsigned factor_roles;            /* of identity_deps */
    bool confirm_first;               /* likewise */
    str factor_of;                    /* sellers, staff or offered */
    /* services and flows */
    struct inventory *inventory;
    struct catalog *catalog;
    struct pricing *pricing;
    struct promotions *promotions;
    struct merchandising *merchandising;
    struct behaviour *behaviour;
    struct campaigns *campaigns;
    struct cart *cart;
    struct identity *identity;
    struct credentials *credentials;
    struct approvals *approvals;
    struct consent *consent;
    struct orders *orders;
    struct reviews *reviews;
    struct payments *payments;
    struct ledger *ledger;
    struct ledger_rates *rates; /* of commission */
    struct payouts *payouts;
    struct settlement *settlement;
    struct notify *notify;
    struct fraud *fraud;
    struct assortment *assortment;
    struct shop *shop;
    struct basket *basket;
    struct account *account;
    struct security *security;
    struct access *access;
    struct entrance *entrance;
    struct oidc *oidc; /* NULL: logins of nobody else are taken */
    struct http_client *login_http;
    const struct link_view *login_ways;
    size_t login_ways_n;
    struct checkout *checkout;
    struct operations *operations;
    struct backoffice *backoffice;
    struct ranking *ranking;
    struct till *till;
    struct credit *credit;
    struct opinion *opinion;
    struct privacy *privacy;
    const struct service *tables[APP_SERVICES_MAX]; /* of services, for who goes through all */
    struct app_service services[APP_SERVICES_MAX];
    size_t services_n;
    struct route_table *routes;
    struct gateway *gateway;
    struct http_server *server;
};

/* Opens data folder, database (migrated), ports and services; starts nothing. */
err app_open(
    struct arena *life, struct cx *cx, const struct config *config, struct app **ret) MUST_USE;
/* Ends all threads but those of the server: jobs, bus, pools, lanes, in this order, each with what
 * it has begun. What they call is there until app_close. */
void app_still(struct app *app);
void app_close(struct app *app);
/* A cx for a command or a job, on an arena of its own. */
struct cx *app_cx_open(struct app *app);
void app_cx_close(struct cx *cx);
/* Names a failure for the person at the terminal and gives the exit status. */
int app_complain(struct cx *cx, err e, const char *doing);

/* app_stores.c: the databases, before they are migrated. */
err app_stores_open(struct app *app, struct cx *cx) MUST_USE;
void app_stores_start_ports(struct app *app); /* makes each one's bus and jobs */
/* Where the owner of tables keeps them: five services may have a database of their own. */
struct app_store *app_store_of(struct app *app, str owner);
struct db *app_db_of(struct app *app, str owner);
struct db *app_db_of_any(void *app, str owner); /* the same, for who knows no app */

/* services.c: the list of all services and flows, opened in order of need. */
err app_services_open(struct app *app, struct cx *cx) MUST_USE;
/* Tables of the store with personal columns: lists that end with { 0 }. */
size_t app_marked(
    struct app *app, const struct app_store *store, const struct db_marked **ret_lists, size_t max);
/* The events of all databases find their consumers from now on. */
void app_subscribe(struct app *app);
/* For commands that fill a shop: what the units left to others' databases is done when it returns;
 * with one database there is nothing. */
err app_settle(struct app *app, struct cx *cx) MUST_USE;
/* app_start.c: after the routes are open and before requests come; resumes sagas, fills the frame.
 */
err app_services_start(struct app *app, struct cx *cx) MUST_USE;
/* After the last request: writes what was noted in memory. */
void app_services_stop(struct app *app);
/* All named queries, NULL-terminated lists: services' and platform's own. */
size_t app_queries(struct app *app, const struct db_query *const **ret_lists, size_t max);
/* Migrations of all, in order. */
err app_migrate(struct app *app, struct cx *cx, size_t *ret_applied) MUST_USE;

/* app_fraud.c: app->geo, app->leak and app->fraud, as they are configured. */
err app_lists_open(struct app *app, struct cx *cx) MUST_USE;
err app_fraud_open(struct app *app, struct cx *cx) MUST_USE;

/* app_jail.c: only what serving needs, from here on and for good. */
err app_jail(struct cx *cx, const struct config *config, struct jail_state *ret) MUST_USE;
void app_jail_log(struct app *app);

/* app_factor.c: who has to have a second factor, as it is configured; said in the log. */
err app_factor_open(struct app *app, struct cx *cx) MUST_USE;
err app_registration_open(struct app *app, struct cx *cx) MUST_USE;
void app_factor_log(struct app *app);
/* Where the password of the demo's logins lies, so that it can be shown again; no other shop has
 * such a file. */
str app_demo_file(struct app *app);

/* app_login.c: app->oidc and the links to it, as they are configured. */
err app_login_open(struct app *app, struct cx *cx) MUST_USE;
void app_login_close(struct app *app);

/* app_pay.c: app->pay, as it is configured. */
err app_pay_open(struct app *app, struct cx *cx) MUST_USE;
void app_pay_close(struct app *app);

/* serve.c */
int app_serve(struct app *app, struct cx *cx);
err app_routes_open(struct app *app, struct cx *cx) MUST_USE; /* routes and gateway, no server */

#endif
