/* SPDX-License-Identifier: Apache-2.0
 * `souk serve`: routes, gateway, http servers, the workers behind them, and a clean stop on SIGTERM
 * and SIGINT. Must never return before what is under way was answered. */
#include "app/app.h"
#include "flows/access/access.h"
#include "flows/privacy/privacy.h"
#include "platform/idem/idem.h"
#include "platform/thread/thread.h"

#define GRACE_MS 10000

static err ready(void *arg, struct cx *cx)
{
    struct app *app = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < app->stores_n; i++)
        e = db_ping(app->stores[i].db, cx);
    return e;
}

static err rules_mode(struct cx *cx, str text, enum rules_mode *ret)
{
    static const char *const names[] = {
        [RULES_OFF] = "off", [RULES_LOG] = "log", [RULES_REFUSE] = "refuse"
    };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(text, str_from_c(names[i]))) {
            *ret = (enum rules_mode)i;
            return NULL;
        }
    return FAIL(
        cx, ERR_INVALID, "request_rules: log, refuse or off, not \"" STR_F "\"", STR_A(text));
}

/* The edge knows neither keys nor people. */
static err key(void *arg, struct cx *cx, str secret, id key_id, struct gateway_key *ret)
{
    struct app *app = arg;
    struct credentials_key found;
    struct identity_user user;
    unsigned usable;
    err e = access_key(app->access, cx, secret, key_id, &found, &user, &usable);
    if (!e)
        *ret = (struct gateway_key){ .user_id = user.user_id,
            .credential_id = found.key_id,
            .name = user.name,
            .email = user.email,
            .roles = user.roles,
            .usable = usable,
            .scopes = found.scopes,
            .per_minute = found.per_minute };
    return e;
}

err app_routes_open(struct app *app, struct cx *cx)
{
    app->routes = route_table_open(app->life);
    for (size_t i = 0; i < app->services_n; i++) {
        const struct app_service *s = &app->services[i];
        const struct service *service = s->service;
        struct route_owner owner = { s->handle, service->name, app_db_of_any, app };
        route_table_add(app->routes, service->routes, owner);
        route_table_add(app->routes, service->page_routes, owner);
    }
    enum rules_mode rules;
    err e = rules_mode(cx, config_text(app->config, CONFIG_REQUEST_RULES), &rules);
    if (e)
        return e;
    e = gateway_open(app->life, cx,
        (struct gateway_opts){ .routes = app->routes,
            .tokens = app->tokens,
            .db = app->db,
            .audit = app->audit,
            .key = key,
            .key_arg = app,
            .cache = app->cache,
            .pool = app->pool,
            .log = app->log,
            .metrics = app->metrics,
            .clock = &app->clock,
            .origin = config_text(app->config, CONFIG_ORIGIN),
            .proxies = config_text(app->config, CONFIG_PROXIES),
            .rules = rules,
            .unlimited = str_eq(config_text(app->config, CONFIG_LIMITS), S("off")),
            .devel = config_text(app->config, CONFIG_DEVEL_ROOT).n > 0,
            .source_root = config_text(app->config, CONFIG_DEVEL_ROOT),
            .record = str_eq(config_text(app->config, CONFIG_RECORD), S("on")),
            .pieces = str_eq(config_text(app->config, CONFIG_PIECES), S("on")),
            .ready = ready,
            .ready_arg = app },
        &app->gateway);
    for (size_t i = 0; !e && i < app->services_n; i++) {
        const struct html_page *const *pages = app->services[i].service->pages;
        for (; !e && pages && *pages; pages++)
            e = gateway_add_page(app->gateway, cx, *pages);
    }
    return e;
}

/* ---- /metrics on a port of its own ---- */

static void on_metrics(void *arg, struct http_request *req)
{
    struct app *app = arg;
    struct buf out = { .arena = req->cx.arena };
    metrics_print(app->metrics, &out);
    struct http_header type = { S("Content-Type"), S("text/plain; version=0.0.4") };
    struct http_response res = {
        .status = 200, .headers = &type, .headers_n = 1, .body = buf_str(&out)
    };
    http_reply(req, &res);
}

#define FIGURE(name, of, call, member)                                                             \
    static int64_t name(void *arg)                                                                 \
    {                                                                                              \
        return call(((struct app *)arg)->of).member;                                               \
    }
FIGURE(figure_units, db, db_figures_of, units)
FIGURE(figure_commits, db, db_figures_of, commits)
FIGURE(figure_rolled_back, db, db_figures_of, rolled_back)
FIGURE(figure_redone, db, db_figures_of, redone)
FIGURE(figure_queued, db, db_figures_of, queued)
FIGURE(figure_cache_hits, cache, cache_figures_of, hits)
FIGURE(figure_cache_misses, cache, cache_figures_of, misses)
FIGURE(figure_cache_bytes, cache, cache_figures_of, bytes)
FIGURE(figure_connections, server, http_server_figures, connections)
FIGURE(figure_requests, server, http_server_figures, requests)

static const struct figure {
    const char *name, *help;
    bool counter;
    int64_t (*fn)(void *arg);
} figures[] = {
    { "souk_db_units_total", "Units of work", true, figure_units },
    { "souk_db_commits_total", "Commits of groups of units", true, figure_commits },
    { "souk_db_rolled_back_total", "Units that ended with an error", true, figure_rolled_back },
    { "souk_db_redone_total", "Groups of units that ran a second time", true, figure_redone },
    { "souk_db_queued", "Units waiting in lanes", false, figure_queued },
    { "souk_cache_hits_total", "Answers from the cache", true, figure_cache_hits },
    { "souk_cache_misses_total", "Answers that had to be made", true, figure_cache_misses },
    { "souk_cache_bytes", "Memory of the cache", false, figure_cache_bytes },
    { "souk_http_connections", "Open connections", false, figure_connections },
    { "souk_http_requests_total", "Requests taken", true, figure_requests },
};

static err open_metrics(struct app *app, struct cx *cx, struct http_server **ret)
{
    for (size_t i = 0; i < COUNT(figures); i++)
        metrics_callback(app->metrics, str_from_c(figures[i].name), (str){ 0 },
            str_from_c(figures[i].help), figures[i].counter, figures[i].fn, app);
    str listen = config_text(app->config, CONFIG_METRICS_LISTEN);
    if (!listen.n)
        return NULL;
    return http_server_open(app->life, cx,
        (struct http_server_opts){
            .listen = listen, .loops = 1, .log = app->log, .on_request = on_metrics, .arg = app },
        ret);
}

static void run_metrics(void *server)
{
    http_server_run(server);
}

static void wait_for_stop(void *arg)
{
    struct app *app = arg;
    int which = thread_wait_stop();
    log_line(app->log, LOG_INFO, S("stopping"), LOG_FIELDS({ "signal", { 0 }, which }));
    http_server_stop(app->server, GRACE_MS);
}

/* What works beside the services of each database. */
static void start_background(struct app *app)
{
    app_subscribe(app);
    for (size_t i = 0; i < app->services_n; i++) {
        const struct app_service *s = &app->services[i];
        if (s->service->jobs)
            jobs_add(
                app_store_of(app, str_from_c(s->service->name))->jobs, s->service->jobs, s->handle);
    }
    jobs_add(app->jobs, saga_jobs, app->sagas);
    jobs_add(app->jobs, audit_jobs, app->audit);
    jobs_add(app->jobs, bus_jobs, app->bus);
    for (size_t i = 0; i < app->stores_n; i++) {
        struct idem_keeper *claims = NEW(app->life, struct idem_keeper);
        *claims = (struct idem_keeper){ app->stores[i].db,
            config_int(app->config, CONFIG_KEEP_REPLIES_HOURS) };
        jobs_add(app->stores[i].jobs, idem_jobs, claims);
        jobs_add(app->stores[i].jobs, vault_jobs, app->stores[i].sealed);
        if (i)
            jobs_add(app->stores[i].jobs, privacy_apart_jobs,
                privacy_at(app->life, app->privacy, app->stores[i].db));
        bus_start(app->stores[i].bus);
        jobs_start(app->stores[i].jobs);
    }
}

int app_serve(struct app *app, struct cx *cx)
{
    struct http_server *metrics = NULL;
    err e = app_routes_open(app, cx);
    if (!e)
        e = http_server_open(app->life, cx,
            (struct http_server_opts){ .listen = config_text(app->config, CONFIG_LISTEN),
                .loops = (size_t)config_int(app->config, CONFIG_LOOPS),
                .body_max = 16 * 1024 * 1024,
                .body_max_of = gateway_body_max_of,
                .log = app->log,
                .on_request = gateway_on_request,
                .arg = app->gateway },
            &app->server);
    if (!e)
        e = open_metrics(app, cx, &metrics);
    if (e)
        return app_complain(cx, e, "serve");
    gateway_attach(app->gateway, app->server);
    app_jail_log(app);
    app_factor_log(app);
    start_background(app);
    e = app_services_start(app, cx);
    if (e)
        return app_complain(cx, e, "start");
    struct thread *stop = thread_start(app->life, wait_for_stop, app);
    struct thread *figures_thread = metrics ? thread_start(app->life, run_metrics, metrics) : NULL;
    log_line(app->log, LOG_INFO,
        str_fmt(cx->arena, "listening on port %d", http_server_port(app->server)),
        LOG_FIELDS({ "listen", config_text(app->config, CONFIG_LISTEN), 0 },
            { "port", { 0 }, http_server_port(app->server) }));
    http_server_run(app->server);
    thread_join(stop);
    if (metrics) {
        http_server_stop(metrics, 0);
        thread_join(figures_thread);
        http_server_close(metrics);
    }
    app_services_stop(app);
    app_still(app); /* what took too long still answers, to a loop that is there */
    http_server_close(app->server);
    log_line(app->log, LOG_INFO, S("stopped"), NULL);
    return 0;
}
