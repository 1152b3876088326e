/* SPDX-License-Identifier: Apache-2.0
 * What the SQLite files share: the connection, its errors, the keeper of the write-ahead log.
 * Nobody but db_sqlite*.c may include it. */
#ifndef SOUK_PLATFORM_DB_DB_SQLITE_H
#define SOUK_PLATFORM_DB_DB_SQLITE_H

#include <sqlite3.h>

#include "platform/db/db_internal.h"

enum sqlite_fixed { /* statements without parameters that every connection has */
    FIXED_BEGIN_READ,
    FIXED_BEGIN_WRITE,
    FIXED_COMMIT,
    FIXED_SAVE,
    FIXED_RELEASE,
    FIXED_UNDO,
    FIXED_N,
};

struct sqlite_conn {
    sqlite3 *h;
    struct db *db;
    enum db_role role;
    sqlite3_stmt *fixed[FIXED_N];
    struct db_stmts stmts;
    str owner;           /* whose tables the statement being prepared may touch; absent: all */
    char denied[64];     /* the table that was refused, for the detail */
    int64_t deadline_ms; /* monotonic; of the running statement; 0: none */
};

/* The problem for an SQLite result code; details name the query and never hold row values. */
err sqlite_fail(struct sqlite_conn *c, struct cx *cx, int rc, const char *doing);
err sqlite_exec(struct sqlite_conn *c, struct cx *cx, const char *text, const char *doing);
/* Refuses tables that do not begin with c->owner and '_'. */
int sqlite_authorize(
    void *conn, int action, const char *a, const char *b, const char *schema, const char *trigger);
err sqlite_prepare(struct sqlite_conn *c, struct cx *cx, const struct db_query *q, const char *text,
    sqlite3_stmt **ret);

err sqlite_run(void *conn, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    struct db_sink *sink);
err sqlite_check(void *conn, struct cx *cx, const struct db_query *q);
err sqlite_plan(void *conn, struct cx *cx, const struct db_query *q, str *ret);

/* The lock on the file and the thread that checkpoints; db->state. NULL arguments are no-ops. */
struct sqlite_keeper;
err sqlite_keeper_open(struct db *db, struct cx *cx, struct sqlite_keeper **ret);
void sqlite_keeper_close(struct sqlite_keeper *keeper);
/* Called by the writer after each commit, with the pages in the log. */
int sqlite_keeper_saw(void *keeper, sqlite3 *h, const char *schema, int pages);
/* The name of the VFS that gathers what is written to logs; NULL: SQLite's usual one. */
const char *sqlite_log_vfs(void);
/* Before SQLite is first used in this process; later it does nothing. */
void sqlite_pages_install(void);
err sqlite_conn_open(struct db *db, struct cx *cx, enum db_role role, struct sqlite_conn **ret);
void sqlite_conn_close(struct sqlite_conn *c);

#endif
