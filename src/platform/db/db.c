/* SPDX-License-Identifier: Apache-2.0
 * Opens and closes databases: the URL picks the driver, defaults are filled in. Called by app and
 * tests. Must never know an engine beyond its driver. */
#include "platform/db/db.h"

#include <stdlib.h>
#include <string.h>

#include "platform/clock/clock.h"
#include "platform/db/db_internal.h"

const problem DB_AWAY = { KIND_BUSY, "db.away", "service_unavailable",
    "The database cannot be reached at the moment" };
const problem DB_FULL = { KIND_BUSY, "db.full", "service_unavailable",
    "Nothing can be stored at the moment" };
const problem DB_READONLY = { KIND_BUSY, "db.readonly", "service_unavailable",
    "Nothing can be stored at the moment" };
const problem DB_OVERLOADED = { KIND_BUSY, "db.overloaded", "overloaded",
    "Too much is going on at the moment" };
const problem DB_DUPLICATE = { KIND_CONFLICT, "db.duplicate", NULL, "This exists already" };
const problem DB_CONSTRAINT = { KIND_CONFLICT, "db.constraint", "conflict",
    "This contradicts what is stored" };
const problem DB_FAILED = { KIND_BUG, "db.failed", "internal_error", "Something went wrong" };
const problem DB_LOCKED = { KIND_BUSY, "db.locked", "service_unavailable",
    "Another process uses this database" };
const problem DB_RETRY = { KIND_BUSY, "db.retry", "overloaded",
    "Too much is going on at the moment" };

#define READERS 8
#define LANES 4
#define GROUP_MAX_SQLITE 256
#define GROUP_MAX_PG 60
#define QUEUE_MAX 4096
#define WAIT_MS_MAX 5000

int64_t db_mono_ms(void)
{
    return clock_mono_us() / 1000;
}

str db_query_owner(const struct db_query *q)
{
    const char *dot = strchr(q->name, '.');

    ASSERT(dot != NULL);
    return (str){ q->name, (size_t)(dot - q->name) };
}

static err url_read(struct db *db, struct cx *cx, str url)
{
    if (str_starts(url, S("sqlite:")) && url.n > S("sqlite:").n) {
        db->engine = DB_SQLITE;
        db->driver = &db_sqlite_driver;
        db->target = str_c(db->life, str_skip(url, S("sqlite:").n));
        return NULL;
    }
    if (str_starts(url, S("postgres://")) || str_starts(url, S("postgresql://"))) {
        db->engine = DB_PG;
        db->driver = &db_pg_driver;
        db->target = str_c(db->life, url);
        return NULL;
    }
    return FAIL(cx, DB_FAILED, "a database URL starts with sqlite: or postgres://");
}

static void defaults(struct db *db)
{
    struct db_opts *o = &db->opts;
    bool sqlite = db->engine == DB_SQLITE;

    o->readers = o->readers ? o->readers : READERS;
    o->lanes = sqlite || o->inline_lane ? 1 : o->lanes ? o->lanes : LANES;
    if (o->group_max == 0)
        o->group_max = sqlite ? GROUP_MAX_SQLITE : GROUP_MAX_PG;
    o->queue_max = o->queue_max ? o->queue_max : QUEUE_MAX;
    o->wait_ms_max = o->wait_ms_max ? o->wait_ms_max : WAIT_MS_MAX;
}

err db_open(struct arena *life, struct cx *cx, struct db_opts opts, struct db **ret)
{
    struct db *db = NEW(life, struct db);

    db->life = life;
    db->opts = opts;
    err e = url_read(db, cx, opts.url);
    if (e)
        return e;
    defaults(db);
    e = db->driver->start(db, cx);
    if (e)
        return e;
    e = db_readers_open(db);
    if (!e)
        e = db_lanes_open(db, cx);
    if (e) {
        db_close(db);
        return e;
    }
    *ret = db;
    return NULL;
}

void db_stop(struct db *db)
{
    if (db)
        db_lanes_stop(db);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_lanes_close(db);
    db_readers_close(db);
    db->driver->stop(db);
}

enum db_engine db_engine_of(const struct db *db)
{
    return db->engine;
}

err db_ping(struct db *db, struct cx *cx)
{
    void *conn;

    err e = db_reader_take(db, cx, &conn);
    if (e)
        return e;
    e = db->driver->ping(conn, cx);
    db_reader_give(db, conn);
    return e;
}

err db_admin_take(struct db *db, struct cx *cx, void **ret_conn)
{
    if (!db->opts.inline_lane)
        return db->driver->open(db, cx, DB_ROLE_ADMIN, ret_conn);
    return db_reader_take(db, cx, ret_conn);
}

void db_admin_give(struct db *db, void *conn)
{
    if (!db->opts.inline_lane)
        db->driver->close(conn);
    else
        db_reader_give(db, conn);
}

err db_query_check(struct db *db, struct cx *cx, const struct db_query *q)
{
    void *conn;

    err e = db_reader_take(db, cx, &conn);
    if (e)
        return e;
    e = db->driver->check(conn, cx, q);
    db_reader_give(db, conn);
    return e;
}

err db_query_plan(struct db *db, struct cx *cx, const struct db_query *q, str *ret)
{
    void *conn;

    err e = db_admin_take(db, cx, &conn);
    if (e)
        return e;
    e = db->driver->plan(conn, cx, q, ret);
    db_admin_give(db, conn);
    return e;
}

struct db_figures db_figures_of(struct db *db)
{
    struct db_figures f = {
        .units = db->units,
        .commits = db->commits,
        .rolled_back = db->rolled_back,
        .redone = db->redone,
        .failed = db->failed,
        .reads = db->reads,
        .read_waits = db->read_waits,
        .statements = db->statements,
        .reconnects = db->reconnects,
    };

    for (size_t i = 0; i < db->lanes_n; i++) {
        pthread_mutex_lock(&db->lanes[i].mutex);
        f.queued += (int64_t)db->lanes[i].queued;
        pthread_mutex_unlock(&db->lanes[i].mutex);
    }
    return f;
}
