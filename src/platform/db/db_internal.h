/* SPDX-License-Identifier: Apache-2.0
 * What the files of platform/db share: the database, its lanes and readers, a unit of work, and the
 * driver that each engine fills in. Nobody outside this folder may include it. */
#ifndef SOUK_PLATFORM_DB_DB_INTERNAL_H
#define SOUK_PLATFORM_DB_DB_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/rng.h"
#include "platform/db/db.h"
#include "platform/db/db_personal.h"

/* A conflict that goes away when the unit runs again; never seen outside platform/db. */
extern const problem DB_RETRY;

#define DB_OWNER_MAX 64 /* "inventory" of "inventory.level_get" */
#define DB_TRIES_MAX 5

/* ---- where the rows of a statement go ---- */
struct db_sink {
    /* Memory for the next row of element i; NULL when the row is not wanted. */
    void *(*slot)(struct db_sink *sink, size_t i);
    /* That row is complete. NULL when nobody wants to know. */
    err (*filled)(struct db_sink *sink, struct cx *cx, void *row);
    struct arena *arena; /* for texts and blobs */
    int64_t *changed;    /* n counts, or NULL */
    size_t row_size;
    size_t hint;  /* how many rows are coming, when the driver knows */
    bool one;     /* one row per element is enough */
    bool streams; /* filled() may run other statements on the connection */
    bool stopped; /* filled() has had enough: its error is not the database's */
    bool sent;    /* the driver did not wait: nothing is known of changed */
    char *rows;
    size_t rows_n, rows_cap;
    bool *found;
    db_row_fn *fn;
    void *arg;
    struct db *db; /* of rows that are streamed, and their query and parameters */
    const struct db_query *q;
    const void *in;
};

/* ---- an engine ---- */
enum db_begin {
    DB_BEGIN_READ,
    DB_BEGIN_GROUP, /* WRITE; waits for another's lock only briefly: DB_RETRY */
    DB_BEGIN_ALONE, /* WRITE, one unit: waits */
};
enum db_role { DB_ROLE_WRITER, DB_ROLE_READER, DB_ROLE_ADMIN };

/* Connections are the driver's own structs; no two threads use one at a time. After an error from
 * any call in a transaction `in_tx` says whether the transaction still exists. */
struct db_driver {
    err (*start)(struct db *db, struct cx *cx);
    void (*stop)(struct db *db); /* after all connections are closed */
    err (*open)(struct db *db, struct cx *cx, enum db_role role, void **ret_conn);
    void (*close)(void *conn);
    bool (*alive)(void *conn); /* cheap, asks nobody */
    err (*begin)(void *conn, struct cx *cx, enum db_begin how);
    err (*commit)(void *conn, struct cx *cx);
    void (*rollback)(void *conn);
    void (*end_read)(void *conn);
    bool (*in_tx)(void *conn);
    err (*save)(void *conn, struct cx *cx);   /* opens the savepoint of a unit */
    err (*settle)(void *conn, struct cx *cx); /* waits for statements sent `later` */
    err (*release)(void *conn, struct cx *cx);
    err (*undo)(void *conn, struct cx *cx);
    err (*run)(void *conn, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
        struct db_sink *sink);
    err (*check)(void *conn, struct cx *cx, const struct db_query *q);
    err (*plan)(void *conn, struct cx *cx, const struct db_query *q, str *ret);
    err (*script)(void *conn, struct cx *cx, const char *text); /* several statements, no rows */
    err (*lock)(void *conn, struct cx *cx);                     /* against other migrating ones */
    void (*unlock)(void *conn);
    err (*ping)(void *conn, struct cx *cx);
};
extern const struct db_driver db_sqlite_driver;
extern const struct db_driver db_pg_driver;

/* ---- units of work ---- */
struct db_part { /* one database in one unit */
    struct db *db;
    void *conn;
    err broken; /* first error of a statement: later ones are refused with it */
    bool wrote; /* there is something to undo */
    struct db_part *next;
};
struct db_hook {
    void (*fn)(void *arg);
    void *arg;
    struct db_hook *next;
};
struct db_unit {
    bool writes, committed;  /* READ: each statement by itself */
    bool bold, presumed;     /* bold: it may presume */
    struct db_part part;     /* WRITE: the lane's connection */
    struct db_part *readers; /* opened when first needed */
    struct db_hook *hooks, **hooks_last;
};
/* Ends the read transactions of a unit and gives their connections back. */
void db_unit_end_readers(struct db_unit *unit);
/* What a query marked `exact` or `later` fails with. */
err db_inexact(struct cx *cx, const struct db_query *q, int64_t changed);
err db_later_refused(struct cx *cx, const struct db_query *q, err e);
/* The part of cx's unit that q runs in; asserts that it may. */
err db_unit_part(struct db *db, struct cx *cx, const struct db_query *q, struct db_part **ret);

/* Parameters with what is personal sealed, in cx->arena. */
err db_seal_ins(
    struct db *db, struct cx *cx, const struct db_query *q, const void **ins, size_t n) MUST_USE;
/* Opens what is sealed of a row that q gave for the parameters `in`. */
err db_open_row(struct db *db, struct cx *cx, struct arena *arena, const struct db_query *q,
    const void *in, void *row) MUST_USE;

/* ---- lanes ---- */
struct db_job {
    struct db_job *next;
    struct cx *cx;
    db_work *fn;
    void *arg;
    db_done *done;
    err result;
    int tries;
    struct db_unit unit;
};
struct db_lane {
    struct db *db;
    void *conn;   /* NULL until first needed and after it broke */
    struct cx cx; /* for what belongs to no unit: connecting, begin, commit */
    struct rng rng;
    unsigned careful; /* groups until units go without savepoints again */
    bool threaded, joined;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t wake;
    struct db_job *head, **tail;
    size_t queued;
    bool waiting, stop;
};
err db_lanes_open(struct db *db, struct cx *cx);
void db_lanes_stop(struct db *db);
void db_lanes_close(struct db *db);
/* The lane's connection, opened or opened again as needed. */
err db_lane_conn(struct db_lane *lane, struct cx *cx);
void db_lane_conn_drop(struct db_lane *lane);
/* Up to max jobs off the lane's queue; does not wait. */
struct db_job *db_lane_take(struct db_lane *lane, size_t max);
/* Runs jobs of *todo, and what is queued meanwhile, in one transaction; reports them. What must run
 * in a transaction of its own is left in *todo. */
void db_group_run(struct db_lane *lane, struct db_job **todo);

/* ---- read connections ---- */
struct db_readers {
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    void **idle;
    size_t idle_n, open_n, max;
};
err db_readers_open(struct db *db);
void db_readers_close(struct db *db);
err db_reader_take(struct db *db, struct cx *cx, void **ret_conn);
void db_reader_give(struct db *db, void *conn);

/* ---- the database ---- */
struct db {
    struct db_opts opts; /* with the defaults filled in */
    enum db_engine engine;
    const char *target; /* SQLite: the file; PostgreSQL: the URL */
    const struct db_driver *driver;
    struct arena *life;
    void *state; /* the driver's, for the whole database */
    struct db_lane *lanes;
    size_t lanes_n;
    struct db_readers readers;
    struct db_sealer sealer;
    bool inline_busy; /* the one connection of inline_lane is in a unit */
    _Atomic int64_t away_until_ms, away_step_ms; /* monotonic; when to try to connect again */
    _Atomic int64_t units, commits, rolled_back, failed, redone, reads, read_waits, statements,
        reconnects;
};
/* A connection for migrations, checks and plans: one of its own, or the only one there is. */
err db_admin_take(struct db *db, struct cx *cx, void **ret_conn);
void db_admin_give(struct db *db, void *conn);
int64_t db_mono_ms(void);
/* "inventory" of "inventory.level_get". */
str db_query_owner(const struct db_query *q);

/* ---- prepared statements of one connection, by query ---- */
struct db_stmt {
    const struct db_query *q;
    void *stmt;
};
struct db_stmts {
    struct db_stmt *slots;
    size_t n, cap;
};
/* NULL when q has not been put. */
void *db_stmts_get(const struct db_stmts *stmts, const struct db_query *q);
void db_stmts_put(struct db_stmts *stmts, const struct db_query *q, void *stmt);
void db_stmts_release(struct db_stmts *stmts);

/* ---- values ---- */
/* Why a column does not hold what the table says; always DB_FAILED. */
err db_bad_column(
    struct cx *cx, const struct db_query *q, const struct db_column *c, const char *what);
/* Writes NULL to a column's member; false when the column is not nullable. */
bool db_put_null(const struct db_column *c, void *row) MUST_USE;
void db_put_int(const struct db_column *c, void *row, int64_t v);
void db_put_num(const struct db_column *c, void *row, double v);
void db_put_bytes(
    const struct db_column *c, void *row, struct arena *arena, const void *p, size_t n);
void db_put_id(const struct db_column *c, void *row, const void *p16);
void db_put_bool(const struct db_column *c, void *row, bool v);
/* A parameter's value. */
struct db_value {
    enum db_type type;
    bool null;
    int64_t i;     /* INT and BOOL */
    double num;    /* NUM */
    const void *p; /* TEXT, BLOB, ID: borrowed */
    size_t n;
};
struct db_value db_get(const struct db_column *c, const void *in);

#endif
