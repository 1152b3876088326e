/* SPDX-License-Identifier: Apache-2.0
 * Statements on SQLite: prepare, bind, step, decode; which tables they may touch; checks and plans.
 * Called by db_query.c through the driver. Must never compare or convert types more kindly than
 * PostgreSQL does. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "platform/db/db_sqlite.h"

/* ---- whose tables ---- */
static bool may_touch(struct sqlite_conn *c, const char *table)
{
    str t = str_from_c(table);

    if (!c->owner.p || t.n == 0 || str_starts(t, S("sqlite_")) || str_starts(t, S("json_")))
        return true;
    if (t.n > c->owner.n && str_starts(t, c->owner) && t.p[c->owner.n] == '_')
        return true;
    (void)snprintf(c->denied, sizeof c->denied, "%s", table);
    return false;
}

int sqlite_authorize(
    void *conn, int action, const char *a, const char *b, const char *schema, const char *trigger)
{
    struct sqlite_conn *c = conn;

    (void)b;
    (void)schema;
    (void)trigger;
    switch (action) {
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        return may_touch(c, a) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return SQLITE_DENY;
    }
    return SQLITE_OK;
}

/* ---- preparing ---- */
err sqlite_prepare(struct sqlite_conn *c, struct cx *cx, const struct db_query *q, const char *text,
    sqlite3_stmt **ret)
{
    const char *tail = "";

    c->owner = db_query_owner(q);
    c->denied[0] = '\0';
    c->deadline_ms = 0;
    int rc = sqlite3_prepare_v3(c->h, text, -1, SQLITE_PREPARE_PERSISTENT, ret, &tail);
    c->owner = (str){ NULL, 0 };
    if (rc == SQLITE_AUTH)
        return FAIL(cx, DB_FAILED, "%s: touches %s, which is not its own", q->name, c->denied);
    if (rc != SQLITE_OK)
        return sqlite_fail(c, cx, rc, q->name);
    if (tail[0])
        return FAIL(cx, DB_FAILED, "%s: more than one statement", q->name);
    return NULL;
}

/* A statement that nobody is using; *ret_own is true when the caller must finalize it. */
static err stmt_for(struct sqlite_conn *c, struct cx *cx, const struct db_query *q,
    sqlite3_stmt **ret, bool *ret_own)
{
    sqlite3_stmt *s = db_stmts_get(&c->stmts, q);

    *ret_own = s && sqlite3_stmt_busy(s); /* a row of it is being looked at: db_each in db_each */
    if (!s || *ret_own) {
        err e = sqlite_prepare(c, cx, q, q->text[DB_SQLITE], &s);
        if (e)
            return e;
        if (!*ret_own)
            db_stmts_put(&c->stmts, q, s);
    }
    *ret = s;
    return NULL;
}

/* ---- parameters ---- */
static int bind_one(sqlite3_stmt *s, int i, const struct db_column *col, const void *in)
{
    struct db_value v = db_get(col, in);

    if (v.null)
        return sqlite3_bind_null(s, i);
    switch (v.type) {
    case DB_T_INT:
    case DB_T_BOOL:
        return sqlite3_bind_int64(s, i, v.i);
    case DB_T_NUM:
        return sqlite3_bind_double(s, i, v.num);
    case DB_T_TEXT:
        return sqlite3_bind_text64(s, i, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8);
    case DB_T_BLOB:
    case DB_T_ID:
        return sqlite3_bind_blob64(s, i, v.p, v.n, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static int bind_all(sqlite3_stmt *s, const struct db_query *q, const void *in)
{
    int rc = SQLITE_OK;

    for (size_t i = 0; i < q->in_n && rc == SQLITE_OK; i++)
        rc = bind_one(s, (int)i + 1, &q->in[i], in);
    return rc;
}

/* ---- rows ---- */
static const char *decode_one(
    sqlite3_stmt *s, int i, const struct db_column *col, void *row, struct arena *arena)
{
    int type = sqlite3_column_type(s, i);

    if (type == SQLITE_NULL)
        return db_put_null(col, row) ? NULL : "is null";
    switch (col->type) {
    case DB_T_INT:
        if (type != SQLITE_INTEGER)
            return "is not an int";
        db_put_int(col, row, sqlite3_column_int64(s, i));
        return NULL;
    case DB_T_BOOL:
        if (type != SQLITE_INTEGER)
            return "is not a bool";
        db_put_bool(col, row, sqlite3_column_int64(s, i) != 0);
        return NULL;
    case DB_T_NUM:
        if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
            return "is not a num";
        db_put_num(col, row, sqlite3_column_double(s, i));
        return NULL;
    case DB_T_TEXT:
        if (type != SQLITE_TEXT)
            return "is not a text";
        break;
    case DB_T_BLOB:
        if (type != SQLITE_BLOB)
            return "is not a blob";
        break;
    case DB_T_ID:
        if (type != SQLITE_BLOB || sqlite3_column_bytes(s, i) != (int)sizeof(id))
            return "is not an id";
        db_put_id(col, row, sqlite3_column_blob(s, i));
        return NULL;
    }
    const void *p = sqlite3_column_blob(s, i); /* of a text: its bytes, without converting */
    db_put_bytes(col, row, arena, p, (size_t)sqlite3_column_bytes(s, i));
    return NULL;
}

static err decode(
    sqlite3_stmt *s, struct cx *cx, const struct db_query *q, void *row, struct arena *arena)
{
    if (sqlite3_column_count(s) != (int)q->out_n)
        return FAIL(
            cx, DB_FAILED, "%s: %d columns, not %zu", q->name, sqlite3_column_count(s), q->out_n);
    for (size_t i = 0; i < q->out_n; i++) {
        const char *wrong = decode_one(s, (int)i, &q->out[i], row, arena);
        if (wrong)
            return db_bad_column(cx, q, &q->out[i], wrong);
    }
    return NULL;
}

/* One row of the statement into the sink; *ret_enough when no more rows are wanted. */
static err take_row(struct sqlite_conn *c, sqlite3_stmt *s, struct cx *cx, const struct db_query *q,
    struct db_sink *sink, size_t i, bool *ret_enough)
{
    void *row = sink->slot(sink, i);

    *ret_enough = sink->one && !q->writes;
    if (!row)
        return NULL;
    err e = decode(s, cx, q, row, sink->arena);
    if (e || !sink->filled)
        return e;
    e = sink->filled(sink, cx, row);
    c->deadline_ms = db_mono_ms() + c->db->opts.wait_ms_max; /* the caller's time is not ours */
    return e;
}

static err run_once(struct sqlite_conn *c, sqlite3_stmt *s, struct cx *cx, const struct db_query *q,
    struct db_sink *sink, size_t i)
{
    bool enough = false;
    int rc = SQLITE_ROW;

    while (!enough && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        err e = take_row(c, s, cx, q, sink, i, &enough);
        if (e)
            return e;
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return sqlite_fail(c, cx, rc, q->name);
    if (sink->changed)
        sink->changed[i] = q->writes ? sqlite3_changes64(c->h) : 0;
    return NULL;
}

err sqlite_run(void *conn, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    struct db_sink *sink)
{
    struct sqlite_conn *c = conn;
    sqlite3_stmt *s;
    bool own;

    err e = stmt_for(c, cx, q, &s, &own);
    if (e)
        return e;
    c->deadline_ms = db_mono_ms() + c->db->opts.wait_ms_max;
    for (size_t i = 0; i < n && !e; i++) {
        int rc = bind_all(s, q, q->in_n ? (const char *)ins + i * q->in_size : NULL);
        e = rc == SQLITE_OK ? run_once(c, s, cx, q, sink, i) : sqlite_fail(c, cx, rc, q->name);
        sqlite3_reset(s);
    }
    c->deadline_ms = 0;
    if (own)
        sqlite3_finalize(s);
    return e;
}

/* ---- checks and plans ---- */
struct declared {
    const char *name;
    enum db_type type;
};
static const struct declared declared_types[] = { { "bigint", DB_T_INT }, { "integer", DB_T_INT },
    { "int", DB_T_INT }, { "smallint", DB_T_INT }, { "text", DB_T_TEXT }, { "uuid", DB_T_ID },
    { "boolean", DB_T_BOOL }, { "bytea", DB_T_BLOB }, { "blob", DB_T_BLOB },
    { "double precision", DB_T_NUM }, { "real", DB_T_NUM } };

/* What a plain column was declared as agrees with the table; expressions are not known here. */
static bool declared_fits(const char *declared, enum db_type type)
{
    for (size_t i = 0; declared && i < COUNT(declared_types); i++)
        if (strcasecmp(declared, declared_types[i].name) == 0)
            return declared_types[i].type == type;
    return true;
}

err sqlite_check(void *conn, struct cx *cx, const struct db_query *q)
{
    struct sqlite_conn *c = conn;
    sqlite3_stmt *s = NULL;

    err e = sqlite_prepare(c, cx, q, q->text[DB_SQLITE], &s);
    if (e)
        return FAIL(cx, ERR_BUG, "%s", q->name);
    int params = sqlite3_bind_parameter_count(s), cols = sqlite3_column_count(s);
    if (params != (int)q->in_n)
        e = FAIL(cx, ERR_BUG, "%s: %d parameters, not %zu", q->name, params, q->in_n);
    else if (q->out_n > 0 && cols != (int)q->out_n)
        e = FAIL(cx, ERR_BUG, "%s: %d columns, not %zu", q->name, cols, q->out_n);
    for (size_t i = 0; i < q->out_n && !e; i++) {
        const char *declared = sqlite3_column_decltype(s, (int)i);
        if (!declared_fits(declared, q->out[i].type))
            e = FAIL(cx, ERR_BUG, "%s: column %s is %s", q->name, q->out[i].name, declared);
    }
    sqlite3_finalize(s);
    return e;
}

err sqlite_plan(void *conn, struct cx *cx, const struct db_query *q, str *ret)
{
    struct sqlite_conn *c = conn;
    struct buf out = { .arena = cx->arena };
    sqlite3_stmt *s = NULL;
    int rc;

    str text = str_cat(cx->arena, S("EXPLAIN QUERY PLAN "), str_from_c(q->text[DB_SQLITE]));
    err e = sqlite_prepare(c, cx, q, str_c(cx->arena, text), &s);
    if (e)
        return e;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        buf_fmt(&out, "%s\n", (const char *)sqlite3_column_text(s, 3));
    if (rc != SQLITE_DONE)
        e = sqlite_fail(c, cx, rc, q->name);
    sqlite3_finalize(s);
    if (!e)
        *ret = buf_str(&out);
    return e;
}
