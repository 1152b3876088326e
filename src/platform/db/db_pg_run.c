/* SPDX-License-Identifier: Apache-2.0
 * Statements on PostgreSQL: one pipeline for whatever can go together, cursors for rows that are
 * streamed; checks and plans. Called by db_query.c through the driver. Must never leave answers
 * that somebody waits for unread. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "platform/db/db_pg.h"

#define CHUNK 128 /* statements of a batch sent before their answers are read */
#define FETCH 500 /* rows of a cursor at a time */
/* pg_trigger.tgtype */
#define TRIGGER_INSERT 4
#define TRIGGER_DELETE 8
#define TRIGGER_UPDATE 16

/* ---- statements ---- */
void pg_name(uintptr_t number, char ret[static PG_NAME_MAX])
{
    (void)snprintf(ret, PG_NAME_MAX, "q%" PRIuPTR, number);
}

/* n times the query, in pipelines of CHUNK. */
static err run_all(struct pg_conn *c, struct pg_exchange *x, const void *ins, size_t n)
{
    const struct db_query *q = x->q;
    uintptr_t number = (uintptr_t)db_stmts_get(&c->stmts, q);
    char name[PG_NAME_MAX];

    pg_send_pending(c, x);
    pg_name(number ? number : c->stmts_made + 1, name);
    if (!number)
        pg_send_prepare(c, x, name);
    for (size_t i = 0; i < n && !x->e; i++) {
        pg_encode(c, q, q->in_n ? (const char *)ins + i * q->in_size : NULL);
        pg_send_query(c, x, name, PG_SENT_QUERY, i);
        if ((i + 1) % CHUNK == 0 && i + 1 < n && pg_finish(c, x))
            return x->e;
    }
    return pg_finish(c, x);
}

/* Without waiting, where the connection knows the query and has not too much on its way. */
static err run_later(struct pg_conn *c, struct pg_exchange *x, const void *ins, size_t n)
{
    const struct db_query *q = x->q;
    uintptr_t number = (uintptr_t)db_stmts_get(&c->stmts, q);
    char name[PG_NAME_MAX];

    if (!number || c->sent_n + n > CHUNK)
        return run_all(c, x, ins, n);
    x->sink->sent = true;
    pg_send_pending(c, x);
    pg_name(number, name);
    for (size_t i = 0; i < n && !x->e; i++) {
        pg_encode(c, q, (const char *)ins + i * q->in_size);
        pg_send_query(c, x, name, PG_SENT_LATER, i);
    }
    return x->e;
}

/* Hands out the rows of an answer that has been kept. */
static err stream_rows(struct pg_exchange *x, PGresult *r)
{
    for (int k = 0; k < PQntuples(r); k++) {
        void *row = x->sink->slot(x->sink, 0);
        err e = pg_decode(r, k, x->cx, x->q, row, x->sink->arena);
        if (!e)
            e = x->sink->filled(x->sink, x->cx, row);
        if (e)
            return e;
    }
    return NULL;
}

/* A statement that writes cannot have a cursor: all its rows come first. */
static err stream_whole(struct pg_conn *c, struct pg_exchange *x, const void *in)
{
    PGresult *r = NULL;

    x->keep = &r;
    err e = run_all(c, x, in, 1);
    if (!e)
        e = stream_rows(x, r);
    PQclear(r);
    return e;
}

static err stream_cursor(struct pg_conn *c, struct pg_exchange *x, const void *in)
{
    struct arena *arena = x->cx->arena;
    unsigned number = ++c->cursors_made;
    PGresult *r = NULL;
    int n = FETCH;
    err e = NULL;

    str declare = str_fmt(arena, "DECLARE c%u NO SCROLL CURSOR FOR %s", number, x->q->text[DB_PG]);
    str fetch = str_fmt(arena, "FETCH " STRINGIFY(FETCH) " FROM c%u", number);
    x->keep = &r;
    pg_send_pending(c, x);
    pg_encode(c, x->q, in);
    pg_send_text(c, x, str_c(arena, declare), /* with_params= */ true, PG_SENT_OTHER);
    while (!e && n == FETCH) {
        pg_send_text(c, x, str_c(arena, fetch), /* with_params= */ false, PG_SENT_QUERY);
        e = pg_finish(c, x);
        n = e ? 0 : PQntuples(r);
        if (!e)
            e = stream_rows(x, r); /* may run other exchanges meanwhile */
        PQclear(r);
        r = NULL;
    }
    if (!c->broken && !c->failed) {
        str close = str_fmt(arena, "CLOSE c%u", number);
        struct pg_exchange last = { .cx = x->cx, .q = x->q };
        pg_send_text(c, &last, str_c(arena, close), /* with_params= */ false, PG_SENT_OTHER);
        pg_leave(c, &last);
    }
    return e;
}

err pg_run(void *conn, struct cx *cx, const struct db_query *q, const void *ins, size_t n,
    struct db_sink *sink)
{
    struct pg_conn *c = conn;
    struct pg_exchange x = { .cx = cx, .q = q, .sink = sink };

    if (q->gathered && pg_gather_add(c, &x, ins, n)) {
        sink->sent = true;
        return x.e;
    }
    if (pg_gather_concerns(c, q, ins, n))
        pg_gather_send(c, &x);
    if (q->later)
        return run_later(c, &x, ins, n);
    if (!sink->streams)
        return run_all(c, &x, ins, n);
    return q->writes ? stream_whole(c, &x, ins) : stream_cursor(c, &x, ins);
}

/* ---- text ---- */
static str first_column(struct arena *arena, PGresult *r)
{
    struct buf out = { .arena = arena };

    for (int k = 0; k < PQntuples(r); k++)
        buf_fmt(&out, "%s\n", PQgetvalue(r, k, 0));
    return buf_str(&out);
}

err pg_simple(struct pg_conn *c, struct cx *cx, const char *text, str *ret_rows)
{
    struct pg_exchange x = { .cx = cx };

    ASSERT(c->gather.rows_n == 0); /* no script runs in a unit */
    pg_send_pending(c, &x);
    err e = pg_finish(c, &x);
    if (e)
        return e;
    if (!PQexitPipelineMode(c->pg)) {
        c->broken = true;
        return FAIL(cx, DB_FAILED, "the pipeline is not empty");
    }
    PGresult *r = PQexec(c->pg, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        e = pg_fail(c, cx, r, "script");
        c->failed = c->tx;
    } else if (ret_rows) {
        *ret_rows = first_column(cx->arena, r);
    }
    PQclear(r);
    if (!c->broken && !PQenterPipelineMode(c->pg))
        c->broken = true;
    return e;
}

/* ---- checks and plans ---- */
static err described_fits(struct cx *cx, const struct db_query *q, PGresult *r)
{
    if (PQnparams(r) != (int)q->in_n)
        return FAIL(cx, ERR_BUG, "%s: %d parameters, not %zu", q->name, PQnparams(r), q->in_n);
    if (q->out_n > 0 && PQnfields(r) != (int)q->out_n)
        return FAIL(cx, ERR_BUG, "%s: %d columns, not %zu", q->name, PQnfields(r), q->out_n);
    for (size_t i = 0; i < q->out_n; i++)
        if (!pg_fits(PQftype(r, (int)i), q->out[i].type))
            return FAIL(cx, ERR_BUG, "%s: column %s has type %u, which is not %s (cast it)",
                q->name, q->out[i].name, PQftype(r, (int)i), pg_names[q->out[i].type]);
    return NULL;
}

/* Several statements that change one row each are told from none and two by their sum only where no
 * one of them could change two. */
static err check_unique(struct pg_conn *c, struct cx *cx, const struct db_query *q)
{
    const char *where = strstr(q->gathered, "\nWHERE ");
    str told = { 0 };

    str text = str_fmt(cx->arena,
        "SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = '%s'::regclass"
        " AND i.indisunique AND i.indpred IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid"
        " AND a.attnum = ANY (i.indkey)"
        " AND strpos($text$%s$text$, ' ' || a.attname || ' = g.p') = 0)",
        pg_keyed_table(q), where ? where : "");
    err e = pg_simple(c, cx, str_c(cx->arena, text), &told);
    if (!e && told.n == 0)
        e = FAIL(cx, ERR_BUG, "%s is gathered, and not by a unique key", q->name);
    return e;
}

static int trigger_of(const struct db_query *q)
{
    if (!q->exact || q->reads)
        return TRIGGER_INSERT;
    return strncmp(q->gathered, "DELETE", 6) == 0 ? TRIGGER_DELETE : TRIGGER_UPDATE;
}

/* That the text for arrays fits, and that nothing looks at a row when it is written. */
static err check_gathered(struct pg_conn *c, struct cx *cx, const struct db_query *q)
{
    struct pg_exchange x = { .cx = cx, .q = q };
    str told = { 0 };

    pg_send_gatherer(c, &x, /* unnamed= */ "", 0);
    err e = pg_finish(c, &x);
    if (e)
        return FAIL(cx, ERR_BUG, "%s, gathered", q->name);
    if (q->exact && (e = check_unique(c, cx, q)) != NULL)
        return e;
    str text = str_fmt(cx->arena,
        "SELECT tgname FROM pg_trigger WHERE tgrelid = '%s'::regclass AND"
        " (tgconstraint <> 0 OR tgtype & %d <> 0)", /* a foreign key's, or of such a statement */
        q->table, trigger_of(q));
    e = pg_simple(c, cx, str_c(cx->arena, text), &told);
    if (!e && told.n > 0)
        e = FAIL(cx, ERR_BUG, "%s is gathered, and %s has a trigger", q->name, q->table);
    return e;
}

err pg_check(void *conn, struct cx *cx, const struct db_query *q)
{
    struct pg_conn *c = conn;
    PGresult *r = NULL;
    struct pg_exchange x = { .cx = cx, .q = q, .keep = &r };

    pg_send_prepare(c, &x, /* unnamed= */ "");
    pg_send_describe(c, &x, "");
    err e = pg_finish(c, &x);
    if (e)
        e = FAIL(cx, ERR_BUG, "%s", q->name);
    else
        e = described_fits(cx, q, r);
    PQclear(r);
    return !e && q->gathered ? check_gathered(c, cx, q) : e;
}

err pg_plan(void *conn, struct cx *cx, const struct db_query *q, str *ret)
{
    struct pg_conn *c = conn;
    struct buf prepare = { .arena = cx->arena }, explain = { .arena = cx->arena };

    buf_add(&prepare, S("PREPARE souk_plan"));
    buf_add(&explain, S("EXPLAIN EXECUTE souk_plan"));
    for (size_t i = 0; i < q->in_n; i++) {
        buf_fmt(&prepare, "%s%s", i ? ", " : " (", pg_names[q->in[i].type]);
        buf_add(&explain, i ? S(", NULL") : S(" (NULL"));
    }
    if (q->in_n > 0) {
        buf_char(&prepare, ')');
        buf_char(&explain, ')');
    }
    buf_fmt(&prepare, " AS %s", q->text[DB_PG]);
    err e = pg_simple(c, cx, str_c(cx->arena, buf_str(&prepare)), NULL);
    if (e)
        return e;
    e = pg_simple(c, cx, str_c(cx->arena, buf_str(&explain)), ret);
    err e2 = pg_simple(c, cx, "DEALLOCATE souk_plan", NULL);
    return e ? e : e2;
}
