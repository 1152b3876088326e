/* SPDX-License-Identifier: Apache-2.0
 * Opens and closes everything. Called by main; must never serve a request itself. */
#include "app/app.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "platform/file/file.h"
#include "platform/secret/secret.h"
#include "services/behaviour/behaviour.h"
#include "services/merchandising/merchandising.h"
#include "services/promotions/promotions.h"

static enum log_format log_format_of(str text)
{
    if (str_eq(text, S("text")))
        return LOG_TEXT;
    return str_eq(text, S("json")) ? LOG_JSON : LOG_AUTO;
}

static enum log_level log_level_of(str text)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(text, str_from_c(names[i])))
            return (enum log_level)i;
    return LOG_INFO;
}

static str in_data(struct app *app, const char *name)
{
    return str_fmt(app->life, STR_F "/%s", STR_A(config_text(app->config, CONFIG_DATA)), name);
}

#define MARKED_MAX 16

/* Before anything personal is read or written. */
static err open_vault(struct app *app, struct cx *cx)
{
    err e = vault_open(app->life, cx,
        (struct vault_opts){ .db = app->db,
            .master = config_text(app->config, CONFIG_MASTER_KEY),
            .file = str_c(app->life, in_data(app, "master-key")),
            .ask_file = str_c(app->life, in_data(app, "rotate-data")) },
        &app->vault);
    for (size_t i = 0; !e && i < app->stores_n; i++) {
        struct app_store *store = &app->stores[i];
        const struct db_marked **lists = NEW_N(app->life, MARKED_MAX, const struct db_marked *);
        size_t n = app_marked(app, store, lists, MARKED_MAX);
        store->sealed = vault_watch(app->vault, store->db, lists, n);
    }
    return e;
}

static err open_db(struct app *app, struct cx *cx)
{
    size_t applied = 0;
    err e = app_stores_open(app, cx);
    if (!e)
        e = app_migrate(app, cx, &applied);
    if (!e && applied)
        log_line(
            app->log, LOG_INFO, S("migrated"), LOG_FIELDS({ "applied", { 0 }, (int64_t)applied }));
    return e ? e : open_vault(app, cx);
}

/* The index begins to follow with the server (app_services_start): commands need none. */
static err open_search(struct app *app, struct cx *cx)
{
    err e = search_sql_open(app->life, cx, app->db, &app->search_sql);
    app->search = app->search_sql;
    str which = config_text(app->config, CONFIG_SEARCH);
    if (e || str_eq(which, S("sql")))
        return e;
    if (!str_eq(which, S("index")))
        return FAIL(cx, ERR_INVALID, "search: index or sql, not \"" STR_F "\"", STR_A(which));
    struct search_weights weights;
    static_assert(CONFIG_RANK_FRESH - CONFIG_RANK_VELOCITY == SEARCH_W_FRESH, "the same order");
    for (unsigned i = 0; i < SEARCH_WEIGHTS_N; i++)
        weights.percent[i] = config_int(app->config, (enum config_key)(CONFIG_RANK_VELOCITY + i));
    return search_index_open(app->life, cx,
        (struct search_index_opts){ .db = app->db,
            .sql = &app->search_sql,
            .log = app->log,
            .folder = in_data(app, "index"),
            .weights = &weights },
        &app->search);
}

static err open_ports(struct app *app, struct cx *cx)
{
    struct arena *life = app->life;
    app_stores_start_ports(app);
    static const struct flag_def flags[] = {
        { "own_order", "Results in an order of one's own, for who wants it", 100 },
        { NULL },
    };
    app->audit = audit_open(
        life, (struct audit_deps){ .db = app->db,
                  .log = app->log,
                  .detail_days = config_int(app->config, CONFIG_KEEP_AUDIT_DETAILS_DAYS) });
    app->flags =
        flags_open(life, (struct flags_deps){ .db = app->db, .audit = app->audit, .defs = flags });
    app->pool = pool_open(
        life, (struct pool_opts){ .threads = (size_t)config_int(app->config, CONFIG_WORKERS),
                  .queue_max = (size_t)config_int(app->config, CONFIG_QUEUE),
                  .name = "worker" });
    app->pay_pool = pool_open(life, (struct pool_opts){ .threads = 4, .name = "pay" });
    app->sagas = sagas_open(life, (struct sagas_opts){ .db = app->db,
                                      .log = app->log,
                                      .clock = &app->clock,
                                      .exec = pool_executor(app->pay_pool),
                                      .alone = db_engine_of(app->db) == DB_SQLITE });
    app->cache = cache_open(
        life, (struct cache_opts){
                  .bytes_max = (size_t)config_int(app->config, CONFIG_CACHE_MB) * 1024 * 1024 });
    err e = tokens_open(life, cx, str_c(life, in_data(app, "token-key.pem")), &app->tokens);
    if (!e)
        e = blob_folder_open(life, cx, str_c(life, in_data(app, "blobs")), &app->blob);
    if (!e)
        e = mail_folder_open(life, cx, str_c(life, in_data(app, "mail")), &app->mail);
    if (!e)
        e = app_pay_open(app, cx);
    return e ? e : open_search(app, cx);
}

err app_open(struct arena *life, struct cx *cx, const struct config *config, struct app **ret)
{
    struct app *app = NEW(life, struct app);
    *ret = app; /* so that what is half open can be closed */
    app->life = life;
    app->config = config;
    app->clock = clock_system();
    app->log = log_open(life, 2, log_format_of(config_text(config, CONFIG_LOG)),
        log_level_of(config_text(config, CONFIG_LOG_LEVEL)));
    app->metrics = metrics_open(life);
    str data = config_text(config, CONFIG_DATA);
    if (!file_make_folders(cx->arena, data))
        return FAIL(cx, DB_READONLY, "cannot make the folder " STR_F, STR_A(data));
    err e = open_db(app, cx);
    if (!e)
        e = open_ports(app, cx);
    if (!e)
        e = app_services_open(app, cx);
    return e;
}

void app_still(struct app *app)
{
    for (size_t i = app->stores_n; i-- > 0;) {
        jobs_close(app->stores[i].jobs);
        bus_close(app->stores[i].bus);
    }
    pool_close(app->pool);
    pool_close(app->pay_pool);
    for (size_t i = app->stores_n; i-- > 0;) /* each may write to any of the others */
        db_stop(app->stores[i].db);
}

void app_close(struct app *app)
{
    if (!app)
        return;
    app_still(app);
    cache_close(app->cache);
    tokens_close(app->tokens);
    geo_close(app->geo);
    leak_close(app->leak);
    app_pay_close(app);
    app_login_close(app);
    if (app->search.self != app->search_sql.self)
        search_index_close(&app->search);
    search_sql_close(&app->search_sql);
    promotions_close(app->promotions);
    merchandising_close(app->merchandising);
    behaviour_close(app->behaviour);
    gateway_close(app->gateway);
    for (size_t i = app->stores_n; i-- > 0;)
        db_close(app->stores[i].db);
    vault_close(app->vault);
    sagas_close(app->sagas);
    metrics_close(app->metrics);
}

struct cx *app_cx_open(struct app *app)
{
    struct arena *arena = arena_open(16 * 1024);
    struct cx *cx = NEW(arena, struct cx);
    *cx = (struct cx){ .arena = arena,
        .now_ms = clock_now_ms(&app->clock),
        .rng = rng_seeded(secret_u64()),
        .request_id = S("command") };
    return cx;
}

void app_cx_close(struct cx *cx)
{
    if (cx)
        arena_close(cx->arena);
}

int app_complain(struct cx *cx, err e, const char *doing)
{
    if (!e)
        return 0;
    fprintf(stderr, "souk: %s: %s", doing, e->title);
    if (cx->detail.n)
        fprintf(stderr, " (" STR_F ")", STR_A(cx->detail));
    fprintf(stderr, "\n");
    for (const struct field_error *f = cx->fields; f; f = f->next)
        fprintf(stderr, "  " STR_F ": " STR_F "\n", STR_A(f->pointer), STR_A(f->detail));
    return e->kind == KIND_BUSY ? 75 : 1; /* 75: EX_TEMPFAIL of sysexits.h */
}
