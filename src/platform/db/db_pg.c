/* SPDX-License-Identifier: Apache-2.0
 * The PostgreSQL driver: connections and transactions. What can wait goes out with the next
 * statement, so that a unit costs no round trips of its own. Called through db_pg_driver.
 * Must never log or report row values. */
#include "platform/db/db_pg.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

/* Lanes hold the locks of a whole group, so that two of them can wait for each other though every
 * unit locks in order. Who waits for longer than this commits what it has and runs the unit alone;
 * the server would look for a deadlock after a second only. */
#define LOCK_MS 10
#define AWAY_MS_MIN 100 /* between two attempts to connect, doubled up to the most */
#define AWAY_MS_MAX 5000

static void ignore_notice(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

/* ---- opening ---- */
static err away(struct db *db, struct cx *cx, const char *why)
{
    int64_t left_ms = db->away_until_ms - db_mono_ms();

    cx->retry_after_s = left_ms > 1000 ? (left_ms + 999) / 1000 : 1;
    return FAIL(cx, DB_AWAY, "%s", why);
}

static err connect_failed(struct db *db, struct cx *cx, struct pg_conn *c)
{
    int64_t step = db->away_step_ms * 2;

    step = step < AWAY_MS_MIN ? AWAY_MS_MIN : step > AWAY_MS_MAX ? AWAY_MS_MAX : step;
    db->away_step_ms = step;
    db->away_until_ms = db_mono_ms() + step;
    str why = str_trim(str_from_c(c->pg ? PQerrorMessage(c->pg) : "out of memory"));
    return away(db, cx, str_c(cx->arena, why));
}

static err connect_now(struct db *db, struct cx *cx, struct pg_conn *c)
{
    char wait_s[24], wait_ms[24];
    const char *const keys[] = { "connect_timeout", "tcp_user_timeout", "keepalives_idle",
        "fallback_application_name", "client_encoding", "dbname", NULL };
    const char *const values[] = { wait_s, wait_ms, "30", "souk", "UTF8", db->target, NULL };

    (void)snprintf(wait_s, sizeof wait_s, "%lld", (long long)(db->opts.wait_ms_max + 999) / 1000);
    (void)snprintf(wait_ms, sizeof wait_ms, "%lld", (long long)db->opts.wait_ms_max + 2000);
    if (db_mono_ms() < db->away_until_ms)
        return away(db, cx, "the database was away a moment ago");
    c->pg = PQconnectdbParams(keys, values, /* expand_dbname= */ 1);
    if (PQstatus(c->pg) != CONNECTION_OK)
        return connect_failed(db, cx, c);
    PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
    db->away_step_ms = 0;
    return NULL;
}

static int64_t limit_ms(const struct pg_conn *c)
{
    return c->role == DB_ROLE_ADMIN ? 0 : c->db->opts.wait_ms_max;
}

static int lock_ms(const struct pg_conn *c)
{
    return c->role == DB_ROLE_WRITER ? LOCK_MS : 0;
}

/* A unit's statements are for few rows of tables that grow. A scan would be planned while there are
 * but a few, and kept until they are counted again a minute later, when there are many. Where a
 * scan is all there is, it counts as so dear that it would be compiled first, for 0.1 s. */
static const char by_index[] =
    "SET enable_seqscan = off; SET enable_hashjoin = off;"
    "SET enable_mergejoin = off; SET jit = off";

static err set_up(struct pg_conn *c, struct cx *cx)
{
    if (PQsetnonblocking(c->pg, 1) || !PQenterPipelineMode(c->pg)) {
        c->broken = true;
        return FAIL(cx, DB_AWAY, "the connection broke");
    }
    struct pg_exchange x = { .cx = cx };
    /* A plan is made once, often for a table that is still empty or has no statistics yet: what the
     * index costs there must not be four times what it costs on today's disks. And once, not for
     * each execution, as PostgreSQL chooses for lists of ids: it is the plan that the tests look
     * at. */
    str text = str_fmt(cx->arena,
        "SET statement_timeout = %lld; SET lock_timeout = %d;"
        "SET cursor_tuple_fraction = 1; SET random_page_cost = 1.1;"
        "SET plan_cache_mode = force_generic_plan;%s",
        (long long)limit_ms(c), lock_ms(c), c->role == DB_ROLE_WRITER ? by_index : "");
    pg_send_fixed(c, &x);
    err e = pg_finish(c, &x);
    return e ? e : pg_simple(c, cx, str_c(cx->arena, text), NULL);
}

static void driver_close(void *conn)
{
    struct pg_conn *c = conn;

    PQfinish(c->pg);
    db_stmts_release(&c->stmts);
    pg_gather_release(c);
    pg_params_release(&c->params);
    free(c->sent);
    free(c);
}

static err driver_open(struct db *db, struct cx *cx, enum db_role role, void **ret_conn)
{
    struct pg_conn *c = calloc(1, sizeof *c);
    if (!c)
        panic("db_pg", "out of memory");
    c->db = db;
    c->role = role;
    err e = connect_now(db, cx, c);
    if (!e)
        e = set_up(c, cx);
    if (e) {
        driver_close(c);
        return e;
    }
    *ret_conn = c;
    return NULL;
}

/* What the server said last may be waiting unread; that it hung up shows without reading. */
static bool driver_alive(void *conn)
{
    const struct pg_conn *c = conn;
    struct pollfd fd = { .fd = PQsocket(c->pg), .events = POLLRDHUP };

    if (c->broken || PQstatus(c->pg) != CONNECTION_OK)
        return false;
    return poll(&fd, 1, 0) == 0;
}

/* ---- transactions ---- */
static err driver_begin(void *conn, struct cx *cx, enum db_begin how)
{
    struct pg_conn *c = conn;

    (void)cx;
    ASSERT(!c->tx && c->pending_n == 0);
    pg_defer(c, how == DB_BEGIN_READ ? PG_BEGIN_READ : PG_BEGIN_WRITE);
    if (how == DB_BEGIN_ALONE)
        pg_defer(c, PG_LOCK_PATIENTLY);
    c->tx = true;
    return NULL;
}

static void tx_over(struct pg_conn *c)
{
    pg_gather_drop(c);
    c->pending_n = 0;
    c->tx = c->begun = c->failed = false;
}

static err driver_settle(void *conn, struct cx *cx)
{
    struct pg_conn *c = conn;
    struct pg_exchange x = { .cx = cx };

    pg_gather_send(c, &x);
    return c->sent_n ? pg_finish(c, &x) : x.e;
}

static err driver_commit(void *conn, struct cx *cx)
{
    struct pg_conn *c = conn;
    struct pg_exchange x = { .cx = cx };

    pg_gather_send(c, &x);
    if (c->begun) {
        pg_defer(c, PG_COMMIT);
        pg_send_pending(c, &x);
        (void)pg_finish(c, &x);
    }
    tx_over(c);
    return x.e;
}

static void driver_rollback(void *conn)
{
    struct pg_conn *c = conn;
    struct cx cx = { .arena = arena_open(512) };
    struct pg_exchange x = { .cx = &cx };

    pg_drain(c);
    bool begun = c->begun && !c->broken;
    tx_over(c);
    if (begun) {
        pg_defer(c, PG_ROLLBACK);
        pg_send_pending(c, &x);
        if (pg_finish(c, &x))
            c->broken = true;
    }
    arena_close(cx.arena);
}

/* The answer is left to the next exchange: nobody waits for the end of a read transaction. */
static void driver_end_read(void *conn)
{
    struct pg_conn *c = conn;
    struct cx cx = { .arena = NULL };
    struct pg_exchange x = { .cx = &cx };
    bool begun = c->begun && !c->broken;
    enum pg_fixed end = c->failed ? PG_ROLLBACK : PG_COMMIT;

    tx_over(c);
    if (!begun)
        return;
    cx.where = "end_read"; /* no detail is wanted */
    pg_defer(c, end);
    pg_send_pending(c, &x);
    pg_leave(c, &x);
}

static bool driver_in_tx(void *conn)
{
    const struct pg_conn *c = conn;
    return c->tx && !c->broken;
}

static err driver_save(void *conn, struct cx *cx)
{
    (void)cx;
    pg_defer(conn, PG_SAVE);
    return NULL;
}

static err driver_release(void *conn, struct cx *cx)
{
    (void)cx;
    if (!pg_undefer(conn, PG_SAVE)) /* a unit without statements leaves no trace */
        pg_defer(conn, PG_RELEASE);
    return NULL;
}

static err driver_undo(void *conn, struct cx *cx)
{
    (void)cx;
    pg_gather_drop(conn);
    if (pg_undefer(conn, PG_SAVE))
        return NULL;
    pg_drain(conn);
    pg_defer(conn, PG_UNDO);
    pg_defer(conn, PG_RELEASE);
    return NULL;
}

/* ---- the rest ---- */
static err driver_script(void *conn, struct cx *cx, const char *text)
{
    return pg_simple(conn, cx, text, NULL);
}

/* Migrations take the time they need, waiting for another process included. */
static err driver_lock(void *conn, struct cx *cx)
{
    return pg_simple(conn, cx,
        "SET statement_timeout = 0; SET lock_timeout = 0;"
        "SELECT pg_advisory_lock(hashtextextended('souk_migration', 0))",
        NULL);
}

static void driver_unlock(void *conn)
{
    struct pg_conn *c = conn;
    struct cx cx = { .arena = arena_open(512) };

    str text = str_fmt(cx.arena,
        "SELECT pg_advisory_unlock(hashtextextended('souk_migration', 0));"
        "SET statement_timeout = %lld; SET lock_timeout = %d",
        (long long)limit_ms(c), lock_ms(c));
    if (!c->broken && pg_simple(c, &cx, str_c(cx.arena, text), NULL))
        c->broken = true; /* closing it unlocks too */
    arena_close(cx.arena);
}

static err driver_ping(void *conn, struct cx *cx)
{
    struct pg_conn *c = conn;
    struct pg_exchange x = { .cx = cx };

    pg_defer(c, PG_PING);
    pg_send_pending(c, &x);
    return pg_finish(c, &x);
}

static err driver_start(struct db *db, struct cx *cx)
{
    (void)db;
    if (!PQisthreadsafe())
        return FAIL(cx, DB_FAILED, "this libpq cannot be used by threads");
    return NULL;
}

static void driver_stop(struct db *db)
{
    (void)db;
}

const struct db_driver db_pg_driver = {
    .start = driver_start,
    .stop = driver_stop,
    .open = driver_open,
    .close = driver_close,
    .alive = driver_alive,
    .begin = driver_begin,
    .commit = driver_commit,
    .rollback = driver_rollback,
    .end_read = driver_end_read,
    .in_tx = driver_in_tx,
    .save = driver_save,
    .settle = driver_settle,
    .release = driver_release,
    .undo = driver_undo,
    .run = pg_run,
    .check = pg_check,
    .plan = pg_plan,
    .script = driver_script,
    .lock = driver_lock,
    .unlock = driver_unlock,
    .ping = driver_ping,
};
