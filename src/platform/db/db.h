/* SPDX-License-Identifier: Apache-2.0
 * The database port: one database (SQLite file or PostgreSQL), units of work, lanes with group
 * commit, named queries. Services call the typed functions that tools/sqlgen.py makes from their
 * .sql files; they never begin or commit. Only the gateway, the saga engine, the bus and the
 * scheduler call db_read and db_write*. Thread-safe unless said otherwise.
 *
 * A WRITE unit runs on the thread of a lane; the lane commits when its queue is empty or the group
 * is full, and only then reports. A unit that returns an error is undone alone; a failed commit
 * fails the whole group. A unit may run several times, as if it had not run before, but commits
 * once: what it does beside the database belongs into db_after_commit. No outside call, nothing
 * slow inside. A READ unit runs on the caller's thread, in one read transaction per database it
 * touches. */
#ifndef SOUK_PLATFORM_DB_DB_H
#define SOUK_PLATFORM_DB_DB_H

#include "base/err.h"

struct db;
struct log;
struct db_errand;
struct db_query;

enum db_engine { DB_SQLITE, DB_PG, DB_ENGINES_N };

extern const problem DB_AWAY;       /* KIND_BUSY: cannot be reached; retry_after_s is set */
extern const problem DB_FULL;       /* KIND_BUSY: disk full; nothing was written, reads go on */
extern const problem DB_READONLY;   /* KIND_BUSY: folder or file cannot be written */
extern const problem DB_OVERLOADED; /* KIND_BUSY: lane queue or reader pool full, or timed out */
extern const problem DB_DUPLICATE;  /* KIND_CONFLICT: unique key; the unit must end with an error */
extern const problem DB_CONSTRAINT; /* KIND_CONFLICT: check or other constraint; likewise */
extern const problem DB_FAILED;     /* KIND_BUG: anything else */
extern const problem DB_LOCKED;     /* KIND_BUSY: another process has this SQLite folder open */

struct db_opts {
    str url;             /* "sqlite:FILE", "sqlite::memory:" or "postgres://..." */
    struct log *log;     /* may be NULL */
    size_t readers;      /* most read connections; 0: 8 */
    size_t lanes;        /* PostgreSQL only; 0: 4 */
    size_t group_max;    /* units in one commit; 0: 256 on SQLite, 60 on PostgreSQL */
    size_t queue_max;    /* units waiting in a lane before DB_OVERLOADED; 0: 4096 */
    int64_t wait_ms_max; /* for a reader connection or a statement; 0: 5000 */
    bool inline_lane;    /* db_write runs and commits at once on the caller's thread: for tests
                            and simulation. Then not thread-safe. */
    /* With inline_lane, for simulation; may be NULL: gets every WRITE unit instead of the lane, and
     * runs it with db_errand_run now, later, twice or never. */
    void (*divert)(void *self, const struct db_errand *errand);
    /* Likewise: before each statement of a WRITE unit, so that others can overlap with it. */
    void (*pause)(void *self, struct cx *cx, const struct db_query *q);
    void *divert_self;
};
/* Opens the database (creates the file), does not migrate. SQLite takes an exclusive lock on
 * FILE.lock. `life` is the process's arena. */
err db_open(struct arena *life, struct cx *cx, struct db_opts opts, struct db **ret) MUST_USE;
/* Lets lanes finish what is queued and ends them; who comes later is told DB_OVERLOADED. Databases
 * whose lanes write to each other are all stopped before one of them is closed. NULL is a
 * no-op. */
void db_stop(struct db *db);
/* Stops, checkpoints, closes. NULL is a no-op. */
void db_close(struct db *db);
enum db_engine db_engine_of(const struct db *db);
/* A cheap probe for /readyz. */
err db_ping(struct db *db, struct cx *cx) MUST_USE;

/* ---- units of work ---- */
typedef err db_work(void *arg, struct cx *cx);
typedef void db_done(void *arg, struct cx *cx, err e);

/* Runs fn in a READ unit on this thread. cx->unit must be NULL before. */
err db_read(struct cx *cx, db_work *fn, void *arg) MUST_USE;
/* The same without a transaction (READ COMMITTED): each statement sees what was committed when it
 * began, so a later one all that an earlier one saw. No db_each. */
err db_read_committed(struct cx *cx, db_work *fn, void *arg) MUST_USE;

/* Queues fn as a WRITE unit. `conflict` picks the lane: equal keys never run at the same time.
 * done is called once, on the lane's thread after the commit (or the failure): it must be quick.
 * When the queue is full it is called before this returns, with DB_OVERLOADED. cx and its arena
 * belong to the lane until then. cx->unit must be NULL. PostgreSQL conflicts (40001, 40P01) are
 * retried here up to 5 times with jitter, so fn may run more than once: its results must be
 * assignments, not accumulations. */
void db_write(
    struct db *db, struct cx *cx, uint64_t conflict, db_work *fn, void *arg, db_done *done);
/* What divert gets: the arguments of db_write or db_write_start. */
struct db_errand {
    struct db *db;
    struct cx *cx;
    db_work *fn;
    void *arg;
    db_done *done;
    bool waited; /* by db_write_finish: done must be called before divert returns */
};
void db_errand_run(const struct db_errand *errand);
/* The same, waiting: for jobs, imports and tests. Not from a lane or an event loop. */
err db_write_wait(struct db *db, struct cx *cx, uint64_t conflict, db_work *fn, void *arg) MUST_USE;
/* The same in two steps, so that the next unit is made ready meanwhile; every start is finished
 * once, before cx->arena goes. Units that wait together are committed together. */
struct db_ticket;
struct db_ticket *db_write_start(
    struct db *db, struct cx *cx, uint64_t conflict, db_work *fn, void *arg) MUST_USE;
err db_write_finish(struct db_ticket *ticket) MUST_USE;
/* Within a WRITE unit: fn runs on the lane's thread after the commit that makes it durable, not at
 * all when the unit or the commit fails. For waking workers and dropping cache entries. */
void db_after_commit(struct cx *cx, void (*fn)(void *arg), void *arg);
bool db_in_unit(const struct cx *cx);
/* Whether the WRITE unit may take for granted what it would have to ask (optimistic concurrency
 * control). Its writes must fail where that is wrong: a plain INSERT, an `exact` UPDATE or DELETE.
 * Then the unit is undone, whatever it ended with, and runs again, not to presume anything. */
bool db_presume(struct db *db, struct cx *cx);

/* ---- named queries: tables made by tools/sqlgen.py, functions called by what it generates ---- */
enum db_type { DB_T_INT = 1, DB_T_TEXT, DB_T_ID, DB_T_BOOL, DB_T_BLOB, DB_T_NUM };
struct db_personal; /* db_personal.h */
struct db_column {
    const char *name;
    enum db_type type;
    bool nullable; /* TEXT, BLOB, ID: absent/none is NULL. INT, NUM: struct opt_int / opt_num */
    size_t offset;
    const struct db_personal *personal; /* sealed on its way in; NULL: kept as it is */
};
struct opt_int {
    bool has;
    int64_t v;
};
struct opt_num {
    bool has;
    double v;
};
struct db_query {
    const char *name; /* "inventory.level_get": the part before the dot owns it */
    const char *text[DB_ENGINES_N];
    const struct db_column *in, *out; /* members of the in and row structs */
    size_t in_n, out_n, in_size, row_size;
    bool writes;
    bool exact; /* each statement changes one row: with another count the unit fails */
    bool later; /* nobody waits for its answer, see below */
    const char *gathered, *table; /* PostgreSQL's text with arrays; its table, and that of key */
    const char *reads; /* gathered: what it copies of; then the key is of this table. Or NULL */
    size_t key;        /* of `table` only rows with this parameter (1..) are touched; 0: any */
    bool personal_in, personal_out; /* some of the members are */
};
/* A `later` query is for what can only fail by a defect: PostgreSQL gets it together with the next
 * statement that is waited for, at the latest at the end of the unit, and says DB_FAILED there when
 * a key or a constraint refuses it, or `exact` is not true. SQLite runs it at once. A `gathered`
 * one is kept until a statement could see its row or the group of units ends; its table has no
 * foreign keys and no triggers, which nobody would see coming. */
/* in may be NULL when in_n is 0. Texts, blobs and row arrays are made in cx->arena. Must run inside
 * a unit of work; a query that writes must run in a WRITE unit of the same database (asserted). */
err db_one(struct db *db, struct cx *cx, const struct db_query *q, const void *in, void *ret_row,
    bool *ret_found) MUST_USE;
err db_many(struct db *db, struct cx *cx, const struct db_query *q, const void *in, void **ret_rows,
    size_t *ret_n) MUST_USE;
err db_exec(struct db *db, struct cx *cx, const struct db_query *q, const void *in,
    int64_t *ret_changed) MUST_USE;
/* The statement once per element of ins: a loop on SQLite, one pipeline on PostgreSQL.
 * ret_changed (n counts) and ret_rows/ret_found (n elements) are the caller's arrays; ret_changed
 * may be NULL. Stops at the first error. */
err db_exec_batch(struct db *db, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    int64_t *ret_changed) MUST_USE;
err db_one_batch(struct db *db, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    void *ret_rows, bool *ret_found) MUST_USE;
/* Streams rows: fn is called with each row (valid during the call only; `scratch` texts too). A
 * non-NULL result stops and is returned. For exports, rebuilds and search matches. */
typedef err db_row_fn(void *arg, struct cx *cx, const void *row);
err db_each(struct db *db, struct cx *cx, const struct db_query *q, const void *in, db_row_fn *fn,
    void *arg) MUST_USE;

/* Prepares q on this engine and compares parameter and column counts (and, on PostgreSQL, types)
 * with the tables; for `./dev check`. ERR_BUG with a detail. Needs no unit. */
err db_query_check(struct db *db, struct cx *cx, const struct db_query *q) MUST_USE;
/* The engine's plan as text, for `souk sql NAME`. */
err db_query_plan(struct db *db, struct cx *cx, const struct db_query *q, str *ret) MUST_USE;

/* ---- figures for /metrics ---- */
struct db_figures {
    int64_t units;       /* WRITE units that ended */
    int64_t commits;     /* groups that were committed */
    int64_t rolled_back; /* units undone alone */
    int64_t redone;      /* groups that ran a second time, as one of their units failed */
    int64_t failed;      /* units lost with their group, or that could not begin */
    int64_t queued;      /* waiting now */
    int64_t reads;       /* read transactions */
    int64_t read_waits;  /* of them, those that waited for a connection */
    int64_t statements, reconnects;
};
struct db_figures db_figures_of(struct db *db);

#endif
