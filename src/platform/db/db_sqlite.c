/* SPDX-License-Identifier: Apache-2.0
 * The SQLite driver: connections, transactions, errors. Called through db_sqlite_driver.
 * Must never log or report row values. */
#include "platform/db/db_sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PROGRESS_OPS 20000 /* virtual machine steps between two looks at the clock */

static const char *const fixed_text[FIXED_N] = {
    [FIXED_BEGIN_READ] = "BEGIN",
    [FIXED_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [FIXED_COMMIT] = "COMMIT",
    [FIXED_SAVE] = "SAVEPOINT u",
    [FIXED_RELEASE] = "RELEASE u",
    [FIXED_UNDO] = "ROLLBACK TO u",
};
static const char common_pragmas[] =
    "PRAGMA synchronous = FULL;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 2147418112;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA secure_delete = FAST;";
static const char writer_pragmas[] =
    "PRAGMA cache_size = -65536;"
    "PRAGMA journal_size_limit = 268435456;";
static const char reader_pragmas[] =
    "PRAGMA cache_size = -8192;"
    "PRAGMA query_only = ON;";

/* ---- errors ---- */
/* errno of the last failed call on the log, the file, or in opening; SQLite cleans up before it
 * tells, so that errno itself is of no use. */
static int os_error(sqlite3 *h)
{
    sqlite3_file *log = NULL;
    int os = 0;

    if (sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log &&
        log->pMethods)
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &os);
    if (os == 0)
        (void)sqlite3_file_control(h, "main", SQLITE_FCNTL_LAST_ERRNO, &os);
    return os ? os : sqlite3_system_errno(h);
}

static err disk_problem(sqlite3 *h)
{
    int os = os_error(h);

    if (os == ENOSPC || os == EDQUOT || os == EFBIG)
        return &DB_FULL;
    return &DB_READONLY;
}

static err problem_of(sqlite3 *h, int rc)
{
    switch (rc) { /* extended codes first */
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return &DB_DUPLICATE;
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMSIZE:
        return disk_problem(h);
    }
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return &DB_CONSTRAINT;
    case SQLITE_FULL:
        return &DB_FULL;
    case SQLITE_READONLY:
        return &DB_READONLY;
    case SQLITE_CANTOPEN:
        return disk_problem(h);
    case SQLITE_BUSY:
    case SQLITE_INTERRUPT:
        return &DB_OVERLOADED;
    }
    return &DB_FAILED;
}

err sqlite_fail(struct sqlite_conn *c, struct cx *cx, int rc, const char *doing)
{
    int extended = sqlite3_extended_errcode(c->h);
    if ((extended & 0xff) == (rc & 0xff))
        rc = extended;
    err e = problem_of(c->h, rc);
    if (e->kind == KIND_BUSY && !cx->retry_after_s)
        cx->retry_after_s = e == &DB_OVERLOADED ? 1 : 30;
    /* A constraint's message names it and its columns; others, of a statement that runs, may quote
     * values. */
    bool quotes = e == &DB_FAILED && c->deadline_ms != 0;
    return FAIL(
        cx, *e, "%s: %s (%d)", doing, quotes ? sqlite3_errstr(rc) : sqlite3_errmsg(c->h), rc);
}

/* ---- opening ---- */
static int past_deadline(void *conn)
{
    const struct sqlite_conn *c = conn;
    return c->deadline_ms != 0 && db_mono_ms() > c->deadline_ms;
}

err sqlite_exec(struct sqlite_conn *c, struct cx *cx, const char *text, const char *doing)
{
    int rc = sqlite3_exec(c->h, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? NULL : sqlite_fail(c, cx, rc, doing);
}

static err set_up(struct sqlite_conn *c, struct cx *cx)
{
    struct db *db = c->db;
    bool reads_only = c->role == DB_ROLE_READER;

    sqlite3_busy_timeout(c->h, (int)db->opts.wait_ms_max);
    sqlite3_progress_handler(c->h, PROGRESS_OPS, past_deadline, c);
    sqlite3_set_authorizer(c->h, sqlite_authorize, c);
    if (!reads_only && sqlite3_db_readonly(c->h, "main") == 1)
        return FAIL(cx, DB_READONLY, "the database file cannot be written");
    err e = reads_only ? NULL : sqlite_exec(c, cx, "PRAGMA journal_mode = WAL", "open");
    if (!e)
        e = sqlite_exec(c, cx, common_pragmas, "open");
    if (!e)
        e = sqlite_exec(c, cx, reads_only ? reader_pragmas : writer_pragmas, "open");
    if (e)
        return e;
    if (c->role == DB_ROLE_WRITER && !db->opts.inline_lane) /* else SQLite checkpoints by itself */
        sqlite3_wal_hook(c->h, sqlite_keeper_saw, db->state);
    return NULL;
}

err sqlite_conn_open(struct db *db, struct cx *cx, enum db_role role, struct sqlite_conn **ret)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    struct sqlite_conn *c = calloc(1, sizeof *c);
    if (!c)
        panic("db_sqlite", "out of memory");
    c->db = db;
    c->role = role;
    if (role == DB_ROLE_WRITER)
        flags |= SQLITE_OPEN_CREATE;
    int rc = sqlite3_open_v2(db->target, &c->h, flags, sqlite_log_vfs());
    err e = rc == SQLITE_OK ? set_up(c, cx) : sqlite_fail(c, cx, rc, "open");
    if (e) {
        sqlite_conn_close(c);
        return e;
    }
    *ret = c;
    return NULL;
}

void sqlite_conn_close(struct sqlite_conn *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < FIXED_N; i++)
        sqlite3_finalize(c->fixed[i]);
    for (size_t i = 0; i < c->stmts.cap; i++)
        sqlite3_finalize(c->stmts.slots[i].stmt);
    db_stmts_release(&c->stmts);
    sqlite3_close(c->h);
    free(c);
}

static err driver_open(struct db *db, struct cx *cx, enum db_role role, void **ret_conn)
{
    struct sqlite_conn *c;

    err e = sqlite_conn_open(db, cx, role, &c);
    if (e)
        return e;
    *ret_conn = c;
    return NULL;
}

static void driver_close(void *conn)
{
    sqlite_conn_close(conn);
}

static bool driver_alive(void *conn)
{
    (void)conn;
    return true;
}

/* ---- transactions ---- */
static err fixed(struct sqlite_conn *c, struct cx *cx, enum sqlite_fixed which)
{
    sqlite3_stmt **s = &c->fixed[which];
    int rc = SQLITE_OK;

    c->deadline_ms = 0;
    if (!*s)
        rc = sqlite3_prepare_v3(
            c->h, fixed_text[which], -1, SQLITE_PREPARE_PERSISTENT, s, /* tail= */ NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(*s);
        sqlite3_reset(*s);
    }
    if (rc == SQLITE_DONE)
        return NULL;
    return sqlite_fail(c, cx, rc, fixed_text[which]);
}

static err driver_begin(void *conn, struct cx *cx, enum db_begin how)
{
    return fixed(conn, cx, how == DB_BEGIN_READ ? FIXED_BEGIN_READ : FIXED_BEGIN_WRITE);
}

static err driver_commit(void *conn, struct cx *cx)
{
    return fixed(conn, cx, FIXED_COMMIT);
}

static void driver_rollback(void *conn)
{
    struct sqlite_conn *c = conn;

    c->deadline_ms = 0;
    if (!sqlite3_get_autocommit(c->h))
        (void)sqlite3_exec(c->h, "ROLLBACK", NULL, NULL, NULL);
}

static void driver_end_read(void *conn)
{
    struct sqlite_conn *c = conn;

    if (sqlite3_get_autocommit(c->h))
        return;
    sqlite3_stmt *s = c->fixed[FIXED_COMMIT];
    if (!s || sqlite3_step(s) != SQLITE_DONE) { /* the first time it is not prepared yet */
        sqlite3_reset(s);
        driver_rollback(conn);
        if (!s)
            (void)sqlite3_prepare_v3(c->h, fixed_text[FIXED_COMMIT], -1, SQLITE_PREPARE_PERSISTENT,
                &c->fixed[FIXED_COMMIT], /* tail= */ NULL);
        return;
    }
    sqlite3_reset(s);
}

static bool driver_in_tx(void *conn)
{
    const struct sqlite_conn *c = conn;
    return !sqlite3_get_autocommit(c->h);
}

static err driver_save(void *conn, struct cx *cx)
{
    return fixed(conn, cx, FIXED_SAVE);
}

static err driver_settle(void *conn, struct cx *cx)
{
    (void)conn; /* nothing is ever on its way */
    (void)cx;
    return NULL;
}

static err driver_release(void *conn, struct cx *cx)
{
    return fixed(conn, cx, FIXED_RELEASE);
}

static err driver_undo(void *conn, struct cx *cx)
{
    err e = fixed(conn, cx, FIXED_UNDO);
    if (e)
        return e;
    return fixed(conn, cx, FIXED_RELEASE);
}

/* ---- the rest ---- */
static err driver_script(void *conn, struct cx *cx, const char *text)
{
    struct sqlite_conn *c = conn;

    c->deadline_ms = 0;
    return sqlite_exec(c, cx, text, "script");
}

static err driver_lock(void *conn, struct cx *cx)
{
    (void)conn; /* BEGIN IMMEDIATE is enough */
    (void)cx;
    return NULL;
}

static void driver_unlock(void *conn)
{
    (void)conn;
}

static err driver_ping(void *conn, struct cx *cx)
{
    return sqlite_exec(conn, cx, "SELECT 1 FROM sqlite_schema LIMIT 1", "ping");
}

static err driver_start(struct db *db, struct cx *cx)
{
    struct sqlite_keeper *keeper = NULL;

    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* a lock in every malloc; too late: no-op */
    sqlite_pages_install();
    if (strcmp(db->target, ":memory:") == 0) {
        if (!db->opts.inline_lane)
            return FAIL(cx, DB_FAILED, "sqlite::memory: needs inline_lane");
        return NULL;
    }
    err e = sqlite_keeper_open(db, cx, &keeper);
    if (e)
        return e;
    db->state = keeper;
    return NULL;
}

static void driver_stop(struct db *db)
{
    sqlite_keeper_close(db->state);
    db->state = NULL;
}

const struct db_driver db_sqlite_driver = {
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
    .run = sqlite_run,
    .check = sqlite_check,
    .plan = sqlite_plan,
    .script = driver_script,
    .lock = driver_lock,
    .unlock = driver_unlock,
    .ping = driver_ping,
};
