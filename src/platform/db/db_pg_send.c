/* SPDX-License-Identifier: Apache-2.0
 * Exchanges with PostgreSQL in pipeline mode: what was sent, what each answer belongs to, how long
 * to wait. Called by db_pg.c and db_pg_run.c. Must never wait without a limit where a unit waits
 * for it. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "platform/db/db_pg.h"

#define GRACE_MS 2000 /* the server's own limit comes first */

struct fixed_row {
    const char *name, *text;
};
static const struct fixed_row fixed[PG_FIXED_N] = {
    [PG_BEGIN_READ] = { "begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" },
    [PG_BEGIN_WRITE] = { "begin_write", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" },
    [PG_LOCK_PATIENTLY] = { "lock_patiently", "SET LOCAL lock_timeout = 0" },
    [PG_COMMIT] = { "commit", "COMMIT" },
    [PG_ROLLBACK] = { "rollback", "ROLLBACK" },
    [PG_SAVE] = { "save", "SAVEPOINT u" },
    [PG_RELEASE] = { "release", "RELEASE SAVEPOINT u" },
    [PG_UNDO] = { "undo", "ROLLBACK TO SAVEPOINT u" },
    [PG_PING] = { "ping", "SELECT 1" },
};

/* ---- errors ---- */
struct state_row {
    const char *prefix; /* of the SQLSTATE */
    err e;
};
static const struct state_row state_rows[] = {
    /* the first that fits */
    { "23505", &DB_DUPLICATE },
    { "23", &DB_CONSTRAINT },
    { "40001", &DB_RETRY },
    { "40P01", &DB_RETRY },
    { "53100", &DB_FULL },
    { "25006", &DB_READONLY },
    { "57014", &DB_OVERLOADED },
    { "55P03", &DB_RETRY },
    { "53", &DB_AWAY },
    { "57P", &DB_AWAY },
    { "08", &DB_AWAY },
    { "25P03", &DB_AWAY },
    { "25P04", &DB_AWAY },
};

static err problem_of(const char *state)
{
    for (size_t i = 0; i < COUNT(state_rows); i++)
        if (strncmp(state, state_rows[i].prefix, strlen(state_rows[i].prefix)) == 0)
            return state_rows[i].e;
    return &DB_FAILED;
}

err pg_fail(struct pg_conn *c, struct cx *cx, const PGresult *r, const char *doing)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

    if (PQstatus(c->pg) != CONNECTION_OK || !state) {
        c->broken = true;
        cx->retry_after_s = 1;
        return FAIL(cx, DB_AWAY, "%s: the connection broke", doing);
    }
    err e = problem_of(state);
    if (e == &DB_AWAY)
        c->broken = true;
    if (e->kind == KIND_BUSY)
        cx->retry_after_s = e == &DB_FULL || e == &DB_READONLY ? 30 : 1;
    const char *what = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    if (e == &DB_DUPLICATE || e == &DB_CONSTRAINT) {
        what = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
        if (!what)
            what = PQresultErrorField(r, PG_DIAG_COLUMN_NAME);
    } else if (str_starts(str_from_c(state), S("22"))) {
        what = "bad data"; /* the message would quote it */
    }
    const char *table = PQresultErrorField(r, PG_DIAG_TABLE_NAME);
    return FAIL(cx, *e, "%s: %s%s%s (%s)", doing, table ? table : "", table ? ": " : "",
        what ? what : "", state);
}

static const char *doing(const struct pg_exchange *x, struct pg_sent sent)
{
    if (sent.kind == PG_SENT_FIXED)
        return fixed[sent.i].name;
    if (sent.kind == PG_SENT_LATER || sent.kind == PG_SENT_GATHERED ||
        sent.kind == PG_SENT_GATHERER)
        return sent.q->name;
    return x->q ? x->q->name : "connection";
}

/* ---- sending ---- */
static void note(struct pg_conn *c, struct pg_exchange *x, enum pg_sent_kind kind, size_t i, int ok)
{
    struct pg_sent sent = { kind, i, x->q };

    if (!ok) {
        c->broken = true;
        x->cx->retry_after_s = 1;
        x->e = FAIL(x->cx, DB_AWAY, "%s: cannot be sent", doing(x, sent));
        return;
    }
    if (c->sent_n == c->sent_cap) {
        c->sent_cap = c->sent_cap ? c->sent_cap * 2 : 64;
        c->sent = reallocarray(c->sent, c->sent_cap, sizeof *c->sent);
        if (!c->sent)
            panic("db_pg_send", "out of memory");
    }
    c->sent[c->sent_n++] = sent;
}

void pg_defer(struct pg_conn *c, enum pg_fixed which)
{
    ASSERT(c->pending_n < PG_PENDING_MAX);
    c->pending[c->pending_n++] = which;
}

bool pg_undefer(struct pg_conn *c, enum pg_fixed which)
{
    if (c->pending_n == 0 || c->pending[c->pending_n - 1] != which)
        return false;
    c->pending_n--;
    return true;
}

void pg_send_pending(struct pg_conn *c, struct pg_exchange *x)
{
    for (size_t i = 0; i < c->pending_n && !x->e; i++) {
        enum pg_fixed which = c->pending[i];
        int ok = PQsendQueryPrepared(c->pg, fixed[which].name, 0, NULL, NULL, NULL, 1);
        note(c, x, PG_SENT_FIXED, which, ok);
        if (which == PG_BEGIN_READ || which == PG_BEGIN_WRITE)
            c->begun = true;
        if (which == PG_UNDO)
            c->failed = false;
    }
    c->pending_n = 0;
}

void pg_send_fixed(struct pg_conn *c, struct pg_exchange *x)
{
    for (size_t i = 0; i < PG_FIXED_N && !x->e; i++)
        note(c, x, PG_SENT_OTHER, i, PQsendPrepare(c->pg, fixed[i].name, fixed[i].text, 0, NULL));
}

void pg_send_prepare(struct pg_conn *c, struct pg_exchange *x, const char *name)
{
    const struct db_query *q = x->q;

    if (x->e)
        return;
    pg_encode_types(c, q, pg_oids);
    int ok = PQsendPrepare(c->pg, name, q->text[DB_PG], (int)q->in_n, c->params.types);
    note(c, x, PG_SENT_PREPARE, 0, ok);
}

void pg_send_gatherer(struct pg_conn *c, struct pg_exchange *x, const char *name, unsigned number)
{
    if (x->e)
        return;
    pg_encode_types(c, x->q, pg_array_oids);
    int ok = PQsendPrepare(c->pg, name, x->q->gathered, (int)x->q->in_n, c->params.types);
    note(c, x, number ? PG_SENT_GATHERER : PG_SENT_OTHER, number, ok);
}

void pg_send_describe(struct pg_conn *c, struct pg_exchange *x, const char *name)
{
    if (!x->e)
        note(c, x, PG_SENT_DESCRIBE, 0, PQsendDescribePrepared(c->pg, name));
}

void pg_send_query(
    struct pg_conn *c, struct pg_exchange *x, const char *name, enum pg_sent_kind kind, size_t i)
{
    const struct pg_params *p = &c->params;

    if (x->e)
        return;
    int ok = PQsendQueryPrepared(
        c->pg, name, (int)x->q->in_n, p->values, p->lengths, p->formats, /* binary= */ 1);
    note(c, x, kind, i, ok);
}

void pg_send_text(struct pg_conn *c, struct pg_exchange *x, const char *text, bool with_params,
    enum pg_sent_kind kind)
{
    const struct pg_params *p = &c->params;
    int n = with_params ? (int)x->q->in_n : 0;

    if (x->e)
        return;
    int ok = PQsendQueryParams(
        c->pg, text, n, p->types, p->values, p->lengths, p->formats, /* binary= */ 1);
    note(c, x, kind, 0, ok);
}

static void send_sync(struct pg_conn *c, struct pg_exchange *x)
{
    if (!c->broken)
        note(c, x, PG_SENT_SYNC, 0, PQpipelineSync(c->pg));
}

/* ---- answers ---- */
/* Waits until an answer can be taken without blocking; false when the connection is gone. */
static bool wait_answer(struct pg_conn *c)
{
    int64_t limit = c->role == DB_ROLE_ADMIN ? -1 : c->db->opts.wait_ms_max + GRACE_MS;

    for (;;) {
        int unsent = PQflush(c->pg);
        if (unsent < 0)
            return false;
        if (!unsent && !PQisBusy(c->pg))
            return true;
        struct pollfd fd = { .fd = PQsocket(c->pg), .events = POLLIN };
        if (unsent)
            fd.events |= POLLOUT;
        int rc = poll(&fd, 1, (int)limit);
        if (rc == 0)
            return false; /* the server hangs, or the way to it is cut */
        if (rc > 0 && (fd.revents & ~POLLOUT) && !PQconsumeInput(c->pg))
            return false;
    }
}

static void take_rows(struct pg_exchange *x, PGresult *r, size_t i)
{
    struct db_sink *sink = x->sink;
    int n = PQntuples(r);

    sink->hint = (size_t)n;
    for (int k = 0; k < n && !x->e; k++) {
        void *row = sink->slot(sink, i);
        if (!row)
            return;
        x->e = pg_decode(r, k, x->cx, x->q, row, sink->arena);
    }
}

static void take_changed(struct pg_exchange *x, PGresult *r, size_t i)
{
    int64_t n = 0;

    if (!x->sink->changed)
        return;
    if (x->q->writes && !str_to_i64(str_from_c(PQcmdTuples(r)), &n))
        n = 0;
    x->sink->changed[i] = n;
}

static void take_later(struct pg_exchange *x, struct pg_sent sent, PGresult *r)
{
    int64_t n = 0;

    if (!sent.q->exact || x->e)
        return;
    int64_t wanted = sent.kind == PG_SENT_GATHERED ? (int64_t)sent.i : 1;
    if (!str_to_i64(str_from_c(PQcmdTuples(r)), &n) || n != wanted)
        x->e = db_inexact(x->cx, sent.q, n);
}

static void take_good(struct pg_conn *c, struct pg_exchange *x, struct pg_sent sent, PGresult *r)
{
    if (sent.kind == PG_SENT_PREPARE && x->sink) {
        c->stmts_made++;
        db_stmts_put(&c->stmts, x->q, (void *)c->stmts_made);
    } else if (sent.kind == PG_SENT_FIXED && sent.i == PG_COMMIT && !x->e &&
               strcmp(PQcmdStatus(r), "COMMIT") != 0) {
        x->e = FAIL(x->cx, DB_FAILED, "the server rolled back");
    } else if (sent.kind == PG_SENT_QUERY && x->sink && !x->keep && !x->e) {
        take_rows(x, r, sent.i);
        take_changed(x, r, sent.i);
    } else if (sent.kind == PG_SENT_LATER || sent.kind == PG_SENT_GATHERED) {
        take_later(x, sent, r);
    } else if (sent.kind == PG_SENT_GATHERER) {
        db_stmts_put(&c->gather.stmts, sent.q, (void *)sent.i);
    }
}

static err refused(struct pg_conn *c, struct pg_exchange *x, struct pg_sent sent, PGresult *r)
{
    err e = pg_fail(c, x->cx, r, doing(x, sent));

    bool waited = sent.kind != PG_SENT_LATER && sent.kind != PG_SENT_GATHERED;
    if (!waited && (e == &DB_DUPLICATE || e == &DB_CONSTRAINT))
        return db_later_refused(x->cx, sent.q, e);
    return e;
}

static void take(struct pg_conn *c, struct pg_exchange *x, struct pg_sent sent, PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        take_good(c, x, sent, r);
    } else if (status != PGRES_PIPELINE_ABORTED) { /* that: what came before it has failed */
        c->failed = c->tx;
        if (!x->e)
            x->e = refused(c, x, sent, r);
        if (sent.kind == PG_SENT_FIXED && sent.i != PG_COMMIT)
            c->broken = true; /* nobody knows what state it is in */
    }
    if (x->keep && (sent.kind == PG_SENT_QUERY || sent.kind == PG_SENT_DESCRIBE)) {
        PQclear(*x->keep);
        *x->keep = r;
    } else {
        PQclear(r);
    }
}

static err lost(struct pg_conn *c, struct pg_exchange *x)
{
    c->broken = true;
    c->sent_n = 0;
    x->cx->retry_after_s = 1;
    if (!x->e || x->e == &DB_RETRY)
        x->e = FAIL(x->cx, DB_AWAY, "%s: the connection broke", x->q ? x->q->name : "connection");
    return x->e;
}

err pg_finish(struct pg_conn *c, struct pg_exchange *x)
{
    send_sync(c, x);
    for (size_t i = 0; i < c->sent_n && !c->broken;) {
        if (!wait_answer(c))
            return lost(c, x);
        PGresult *r = PQgetResult(c->pg);
        if (!r && PQstatus(c->pg) != CONNECTION_OK)
            return lost(c, x);
        if (c->sent[i].kind == PG_SENT_SYNC) {
            ExecStatusType status = PQresultStatus(r);
            PQclear(r);
            if (r && status != PGRES_PIPELINE_SYNC)
                return lost(c, x);
            i += r != NULL;
        } else if (r) {
            take(c, x, c->sent[i], r);
        } else {
            i++; /* each statement's answers end with a NULL */
        }
    }
    c->sent_n = 0;
    if (c->broken && !x->e)
        return lost(c, x);
    return x->e;
}

void pg_drain(struct pg_conn *c)
{
    if (!c->sent_n)
        return;
    struct cx cx = { .arena = arena_open(512) };
    struct pg_exchange x = { .cx = &cx };
    (void)pg_finish(c, &x);
    arena_close(cx.arena);
}

void pg_leave(struct pg_conn *c, struct pg_exchange *x)
{
    send_sync(c, x);
    if (!c->broken && PQflush(c->pg) < 0)
        c->broken = true;
}
