/* SPDX-License-Identifier: Apache-2.0
 * What begins with serving and goes on beside it: the frame's departments, what is noted in memory,
 * sessions that ended elsewhere, sagas that were under way. Called by serve.c, after the routes are
 * open. Must never run for a command. */
#include "app/app.h"
#include "flows/assortment/assortment.h"
#include "flows/ranking/ranking.h"
#include "services/catalog/catalog.h"
#include "services/credentials/credentials.h"
#include "services/identity/identity.h"
#include "services/merchandising/merchandising.h"

#define DEPARTMENTS_MAX 40

static err fill_frame(void *arg, struct cx *cx)
{
    struct app *app = arg;
    struct catalog_category *all;
    size_t n;
    err e = catalog_categories(app->catalog, cx, &all, &n);
    if (e)
        return e;
    struct department_view list[DEPARTMENTS_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < DEPARTMENTS_MAX; i++)
        if (id_is_none(all[i].parent_id) && all[i].product_count > 0)
            list[kept++] = (struct department_view){ .label = all[i].name,
                .href = str_cat(cx->arena, S("/c/"), all[i].path) };
    gateway_set_departments(app->gateway, list, kept);
    return NULL;
}

/* What people searched for since. */
static err write_queries(void *arg, struct cx *cx)
{
    struct app *app = arg;
    return merchandising_flush(app->merchandising, cx);
}

/* What was ended in another process, or before this one started. */
static err read_ended(void *arg, struct cx *cx)
{
    struct app *app = arg;
    err e = identity_ended(app->identity, cx);
    if (!e)
        e = credentials_ended(app->credentials, cx);
    return e ? e : flags_load(app->flags, cx);
}

/* What pages and carts told since. */
static err write_behaviour(void *arg, struct cx *cx)
{
    struct app *app = arg;
    return ranking_flush(app->ranking, cx);
}

/* ---- again and again ---- */

static const struct renewal {
    int64_t period_ms;
    bool writes;
    db_work *unit; /* gets the app */
    str label;
} renewals[] = {
    { 2000, false, read_ended, S_INIT("ended sessions") },
    { 15000, false, fill_frame, S_INIT("frame") }, /* new categories, without a restart */
    { 3000, true, write_queries, S_INIT("what people search for") },
    { 5000, true, write_behaviour, S_INIT("what shoppers do") },
};
struct renewing {
    struct app *app;
    const struct renewal *what;
};

static void renew(void *arg)
{
    struct renewing *r = arg;
    struct app *app = r->app;
    struct cx *cx = app_cx_open(app);
    err e = r->what->writes ? db_write_wait(app->db, cx, 0, r->what->unit, app)
                            : db_read(cx, r->what->unit, app);
    if (e)
        log_err(app->log, cx, e, r->what->label);
    app_cx_close(cx);
    pool_after(app->pool, r->what->period_ms, renew, r);
}

err app_services_start(struct app *app, struct cx *cx)
{
    size_t resumed = 0;
    if (app->search.self != app->search_sql.self)
        search_index_start(&app->search, assortment_search_source(app->assortment));
    err e = db_read(cx, fill_frame, app);
    if (!e)
        e = db_read(cx, read_ended, app);
    for (size_t i = 0; i < COUNT(renewals); i++) {
        struct renewing *r = NEW(app->life, struct renewing);
        *r = (struct renewing){ app, &renewals[i] };
        pool_after(app->pool, renewals[i].period_ms, renew, r);
    }
    if (!e)
        e = sagas_resume(app->sagas, cx, &resumed);
    if (!e && resumed)
        log_line(app->log, LOG_INFO, S("sagas resumed"),
            LOG_FIELDS({ "count", { 0 }, (int64_t)resumed }));
    return e;
}

void app_services_stop(struct app *app)
{
    struct cx *cx = app_cx_open(app);
    err e = db_write_wait(app->db, cx, 0, write_behaviour, app);
    if (!e)
        e = db_write_wait(app->db, cx, 0, write_queries, app);
    if (e)
        log_err(app->log, cx, e, S("what was noted at the end"));
    app_cx_close(cx);
}
