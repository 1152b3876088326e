/* SPDX-License-Identifier: Apache-2.0
 * What the PostgreSQL files share: the connection, which is always in pipeline mode, and its
 * errors. Nobody but db_pg*.c may include it. */
#ifndef SOUK_PLATFORM_DB_DB_PG_H
#define SOUK_PLATFORM_DB_DB_PG_H

#include <libpq-fe.h>

#include "platform/db/db_internal.h"

enum pg_fixed { /* statements without parameters that every connection has prepared */
    PG_BEGIN_READ,
    PG_BEGIN_WRITE,
    PG_LOCK_PATIENTLY,
    PG_COMMIT,
    PG_ROLLBACK,
    PG_SAVE,
    PG_RELEASE,
    PG_UNDO,
    PG_PING,
    PG_FIXED_N,
};

/* One message sent and not answered yet, in order. */
enum pg_sent_kind {
    PG_SENT_FIXED,    /* i: enum pg_fixed */
    PG_SENT_PREPARE,  /* of the exchange's query */
    PG_SENT_DESCRIBE, /* its answer is kept */
    PG_SENT_QUERY,    /* i: element of the batch */
    PG_SENT_LATER,    /* q: of an exchange that did not wait */
    PG_SENT_GATHERED, /* q: likewise; i: rows */
    PG_SENT_GATHERER, /* q: their statement is prepared; i: its number */
    PG_SENT_OTHER,    /* its answer is of no interest */
    PG_SENT_SYNC,
};
struct pg_sent {
    enum pg_sent_kind kind;
    size_t i;
    const struct db_query *q; /* NULL: the exchange's */
};

struct pg_params { /* of the statement being sent; reused */
    const char **values;
    int *lengths, *formats;
    Oid *types;
    uint64_t *numbers;
    size_t cap;
};

struct pg_column { /* an array as PostgreSQL's binary format has it */
    char *p;
    size_t n, cap;
    bool nulls;
};
struct pg_rows { /* of one query, by units of the group that runs */
    const struct db_query *q;
    struct pg_column *columns;
    uint64_t *keys; /* hashes; NULL: the query has no key */
    bool changes;   /* what may be there: only once in a statement */
    size_t n;
};
#define PG_KINDS_MAX 32 /* of one database; those beyond are not kept */
struct pg_gather {
    struct pg_rows kinds[PG_KINDS_MAX]; /* with or without rows at the moment */
    size_t kinds_n, rows_n;
    size_t order[PG_KINDS_MAX], order_n; /* kinds with rows, by their first one */
    unsigned made;                       /* statements prepared for arrays */
    struct db_stmts stmts;               /* query -> number of such a statement */
};

#define PG_PENDING_MAX 8
struct pg_conn {
    PGconn *pg;
    struct db *db;
    enum db_role role;
    bool broken; /* to be closed */
    bool tx;     /* in a transaction, though its BEGIN may be pending still */
    bool begun;  /* BEGIN has been sent */
    bool failed; /* the server refuses everything until a rollback */
    enum pg_fixed pending[PG_PENDING_MAX]; /* go out in front of the next statement */
    size_t pending_n;
    struct pg_sent *sent; /* a ring would be no shorter: it is empty after each exchange */
    size_t sent_n, sent_cap, sent_at;
    struct db_stmts stmts; /* query -> number in the statement's name */
    struct pg_gather gather;
    uintptr_t stmts_made;
    unsigned cursors_made;
    struct pg_params params;
};

/* ---- the wire (db_pg_wire.c) ---- */
extern const Oid pg_oids[];          /* by enum db_type */
extern const Oid pg_array_oids[];    /* likewise, of arrays of it */
extern const char *const pg_names[]; /* "bigint" and so on, by enum db_type */
/* Fills c->params with the values at `in`. */
void pg_encode(struct pg_conn *c, const struct db_query *q, const void *in);
/* Only c->params.types: of pg_oids or pg_array_oids. */
void pg_encode_types(struct pg_conn *c, const struct db_query *q, const Oid *oids);
/* A row's values at the ends of the columns, and those as c->params: arrays, or, `single`, the
 * values of the only row. */
void pg_encode_add(struct pg_rows *rows, const void *in);
void pg_encode_rows(struct pg_conn *c, const struct pg_rows *rows, bool single);
void pg_encode_clear(struct pg_rows *rows);
void pg_params_release(struct pg_params *params);
err pg_decode(PGresult *r, int row_no, struct cx *cx, const struct db_query *q, void *row,
    struct arena *arena);
/* Whether a column of type `oid` can be decoded as `type`. */
bool pg_fits(Oid oid, enum db_type type);

/* ---- exchanges (db_pg_send.c) ---- */
struct pg_exchange {
    struct cx *cx;
    const struct db_query *q; /* may be NULL */
    struct db_sink *sink;     /* may be NULL */
    PGresult **keep;          /* takes the answer of the last query instead of the sink */
    err e;                    /* the first failure */
};
/* Has `which` sent in front of the next statement. */
void pg_defer(struct pg_conn *c, enum pg_fixed which);
/* False when `which` was not the last thing deferred. */
bool pg_undefer(struct pg_conn *c, enum pg_fixed which);
/* These note a failure in x->e and then do nothing more. */
void pg_send_pending(struct pg_conn *c, struct pg_exchange *x);
void pg_send_fixed(struct pg_conn *c, struct pg_exchange *x); /* prepares all of enum pg_fixed */
void pg_send_prepare(struct pg_conn *c, struct pg_exchange *x, const char *name);
void pg_send_describe(struct pg_conn *c, struct pg_exchange *x, const char *name);
/* kind: PG_SENT_QUERY, or PG_SENT_LATER to leave its answer to the next exchange. */
void pg_send_query(
    struct pg_conn *c, struct pg_exchange *x, const char *name, enum pg_sent_kind kind, size_t i);
void pg_send_text(struct pg_conn *c, struct pg_exchange *x, const char *text, bool with_params,
    enum pg_sent_kind kind);
/* Prepares the text that takes arrays; number: of the name, 0 when nobody will use it. */
void pg_send_gatherer(struct pg_conn *c, struct pg_exchange *x, const char *name, unsigned number);
/* Syncs and reads all answers that are due. */
err pg_finish(struct pg_conn *c, struct pg_exchange *x);
/* Reads the answers of what was sent later, whatever they say. */
void pg_drain(struct pg_conn *c);
/* Syncs without waiting: the answers are read by the next exchange. */
void pg_leave(struct pg_conn *c, struct pg_exchange *x);
/* The problem for a failed answer or a dead connection; details hold no row values. */
err pg_fail(struct pg_conn *c, struct cx *cx, const PGresult *r, const char *doing);

/* ---- rows that wait for others of their kind (db_pg_gather.c) ---- */
/* Keeps rows of a `gathered` query; false when it cannot. A failure is in x->e. */
bool pg_gather_add(struct pg_conn *c, struct pg_exchange *x, const void *ins, size_t n);
/* Whether rows wait that q could see or change with one of n times these parameters. */
bool pg_gather_concerns(
    const struct pg_conn *c, const struct db_query *q, const void *ins, size_t n);
/* The table that the query's key is of. */
const char *pg_keyed_table(const struct db_query *q);
/* Sends what waits; nobody waits for its answers. */
void pg_gather_send(struct pg_conn *c, struct pg_exchange *x);
void pg_gather_drop(struct pg_conn *c);
void pg_gather_release(struct pg_conn *c);

/* ---- statements (db_pg_run.c) ---- */
#define PG_NAME_MAX 32
void pg_name(uintptr_t number, char ret[static PG_NAME_MAX]);
err pg_run(void *conn, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    struct db_sink *sink);
err pg_check(void *conn, struct cx *cx, const struct db_query *q);
err pg_plan(void *conn, struct cx *cx, const struct db_query *q, str *ret);
/* Text without parameters outside of pipeline mode; ret_rows (may be NULL) gets the first column.
 */
err pg_simple(struct pg_conn *c, struct cx *cx, const char *text, str *ret_rows);

#endif
