/* SPDX-License-Identifier: Apache-2.0
 * Beginning, waking and looking at sagas. Called by flows, the job and the command line. Must never
 * run a saga that another process holds a lease on. */
#include "platform/saga/saga.h"

#include "platform/log/log.h"
#include "platform/saga/saga_internal.h"
#include "saga_sql.h"

#define DUE_MAX 1000
#define LIST_MAX 1000

struct sagas *sagas_open(struct arena *life, struct sagas_opts opts)
{
    struct sagas *sagas = NEW(life, struct sagas);
    sagas->opts = opts;
    if (pthread_mutex_init(&sagas->lock, NULL))
        panic(__FILE__, "out of memory");
    return sagas;
}

void sagas_close(struct sagas *sagas)
{
    struct saga_run *next;

    for (struct saga_run *run = sagas ? sagas->woken : NULL; run; run = next) {
        next = run->woken_next;
        arena_close(run->own);
    }
    if (!sagas)
        return;
    sagas->woken = NULL;
    pthread_mutex_destroy(&sagas->lock);
}

static const struct saga_kind *kind_of(const struct sagas *sagas, str name)
{
    for (size_t i = 0; i < sagas->kinds_n; i++)
        if (str_eq(name, str_from_c(sagas->kinds[i].kind->name)))
            return sagas->kinds[i].kind;
    return NULL;
}

/* Rows name steps. */
static bool has_own_names(const struct saga_kind *kind)
{
    for (size_t i = 0; i < kind->steps_n; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(str_from_c(kind->steps[i].name), str_from_c(kind->steps[k].name)))
                return false;
    return true;
}

void sagas_add(struct sagas *sagas, const struct saga_kind *kind, void *flow)
{
    ASSERT(sagas->kinds_n < KINDS_MAX && kind->steps_n <= SAGA_STEPS_MAX);
    ASSERT(has_own_names(kind));
    ASSERT(!kind_of(sagas, str_from_c(kind->name)));
    sagas->kinds[sagas->kinds_n].kind = kind;
    sagas->kinds[sagas->kinds_n].flow = flow;
    sagas->kinds_n++;
}

static void *flow_of(const struct sagas *sagas, const struct saga_kind *kind)
{
    for (size_t i = 0; i < sagas->kinds_n; i++)
        if (sagas->kinds[i].kind == kind)
            return sagas->kinds[i].flow;
    panic(__FILE__, "a kind that was not added");
}

void saga_begin(struct sagas *sagas, struct saga_begin in)
{
    struct saga_run *run = NEW(in.cx->arena, struct saga_run);
    *run = (struct saga_run){ .sagas = sagas,
        .kind = in.kind,
        .flow = flow_of(sagas, in.kind),
        .cx = in.cx,
        .saga = { .saga_id = in.saga_id, .state = in.state, .created_ms = in.cx->now_ms },
        .fresh = true,
        .begin = in };
    run->conflict = (int64_t)in.conflict;
    if (!in.later)
        sagas->waited_for++;
    saga_advance(run);
}

int64_t sagas_waited_for(struct sagas *sagas)
{
    return sagas->waited_for;
}

/* ---- waking ---- */

static void woken_begins(struct saga_run *run)
{
    struct sagas *sagas = run->sagas;

    pthread_mutex_lock(&sagas->lock);
    run->woken_next = sagas->woken;
    run->woken_at = &sagas->woken;
    if (run->woken_next)
        run->woken_next->woken_at = &run->woken_next;
    sagas->woken = run;
    pthread_mutex_unlock(&sagas->lock);
}

static void woken_ends(struct saga_run *run)
{
    struct sagas *sagas = run->sagas;

    pthread_mutex_lock(&sagas->lock);
    *run->woken_at = run->woken_next;
    if (run->woken_next)
        run->woken_next->woken_at = run->woken_at;
    pthread_mutex_unlock(&sagas->lock);
    arena_close(run->own);
}

static void woken_over(void *arg, struct cx *cx, struct saga_over over)
{
    struct saga_run *run = arg;
    struct log *log = run->sagas->opts.log;
    static const char *const outcomes[] = { "never", "known", "done", "undone", "waits" };
    if (over.failed && over.outcome == SAGA_WAITS && log)
        log_err(log, cx, over.failed, S("saga"));
    else if (run->taken && log)
        log_line(log, LOG_INFO, S("saga"),
            LOG_FIELDS({ "label", run->saga.label, 0 },
                { "outcome", str_from_c(outcomes[over.outcome]), 0 }));
    if (run->wake.after)
        run->wake.after(run->wake.arg);
    woken_ends(run);
}

static err unit_take(void *arg, struct cx *cx)
{
    return saga_rows_take(arg, cx);
}

static void taken(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    if (e || !run->taken)
        woken_over(run, cx, (struct saga_over){ SAGA_WAITS, e, &run->saga });
    else
        saga_advance(run);
}

static void wake(struct sagas *sagas, struct cx *cx, struct saga_wake in, bool orphan)
{
    struct arena *arena = arena_open(8192);
    struct cx *own = NEW(arena, struct cx);
    *own = (struct cx){ .arena = arena,
        .now_ms = clock_now_ms(sagas->opts.clock),
        .rng = rng_seeded(rng_u64(&cx->rng)),
        .request_id = S("saga") };
    struct saga_run *run = NEW(arena, struct saga_run);
    *run =
        (struct saga_run){ .sagas = sagas, .cx = own, .own = arena, .wake = in, .orphan = orphan };
    run->saga.saga_id = in.saga_id;
    run->begin.over = woken_over;
    run->begin.arg = run;
    woken_begins(run);
    db_write(sagas->opts.db, own, id_hash(in.saga_id), unit_take, run, taken);
}

void saga_wake(struct sagas *sagas, struct cx *cx, struct saga_wake in)
{
    wake(sagas, cx, in, false);
}

void saga_adopt(struct sagas *sagas, struct cx *cx, id saga_id)
{
    wake(sagas, cx, (struct saga_wake){ .saga_id = saga_id }, true);
}

struct due {
    struct sagas *sagas;
    int64_t now_ms;
    struct saga_sql_live_due_row *rows;
    size_t n;
};

static err read_due(void *arg, struct cx *cx)
{
    struct due *d = arg;
    return saga_sql_live_due(d->sagas->opts.db, cx,
        (struct saga_sql_live_due_in){ .now_ms = d->now_ms, .limit = DUE_MAX }, &d->rows, &d->n);
}

/* Where this process is alone, every row's holder is dead. */
err sagas_resume(struct sagas *sagas, struct cx *cx, size_t *ret_n)
{
    bool alone = sagas->opts.alone;
    struct due d = { .sagas = sagas, .now_ms = alone ? INT64_MAX : cx->now_ms };
    err e = db_read(cx, read_due, &d);
    for (size_t i = 0; !e && i < d.n; i++)
        wake(sagas, cx, (struct saga_wake){ .saga_id = d.rows[i].saga_id }, alone);
    *ret_n = d.n;
    return e;
}

struct waking {
    struct sagas *sagas;
    struct rng rng;
    size_t n;
    id saga_ids[];
};

/* After the job's unit, on the lane: each saga leases itself in a unit of its own. */
static void wake_all(void *arg)
{
    struct waking *w = arg;
    struct cx cx = { .rng = w->rng };
    for (size_t i = 0; i < w->n; i++)
        saga_wake(w->sagas, &cx, (struct saga_wake){ .saga_id = w->saga_ids[i] });
}

static err job_resume(void *service, struct cx *cx, bool *ret_more)
{
    struct due d = { .sagas = service, .now_ms = cx->now_ms };
    *ret_more = false;
    err e = read_due(&d, cx);
    if (e || d.n == 0)
        return e;
    struct waking *w = arena_alloc(cx->arena, sizeof *w + d.n * sizeof(id));
    *w = (struct waking){ .sagas = service, .rng = rng_seeded(rng_u64(&cx->rng)), .n = d.n };
    for (size_t i = 0; i < d.n; i++)
        w->saga_ids[i] = d.rows[i].saga_id;
    db_after_commit(cx, wake_all, w);
    return NULL;
}

err saga_leave(struct sagas *sagas, struct saga_begin in, bool *ret_left)
{
    struct cx *cx = in.cx;
    struct saga_sql_live_get_row row;
    bool found = false;
    err e = saga_sql_live_get(
        sagas->opts.db, cx, (struct saga_sql_live_get_in){ .saga_id = in.saga_id }, &row, &found);
    *ret_left = !e && !found;
    if (e || found)
        return e;
    struct saga_run run = { .sagas = sagas,
        .kind = in.kind,
        .flow = flow_of(sagas, in.kind),
        .saga = { .saga_id = in.saga_id, .state = in.state, .created_ms = cx->now_ms },
        .conflict = (int64_t)in.conflict,
        .lease_ms = cx->now_ms };
    struct waking *w = arena_alloc(cx->arena, sizeof *w + sizeof(id));
    *w = (struct waking){ .sagas = sagas, .rng = rng_seeded(rng_u64(&cx->rng)), .n = 1 };
    w->saga_ids[0] = in.saga_id;
    db_after_commit(cx, wake_all, w);
    return saga_rows_add(&run, cx);
}

const struct job saga_jobs[] = {
    { .name = "saga.resume", .period_ms = 1000, .fn = job_resume },
    { 0 },
};

/* ---- looking ---- */

err saga_get(struct sagas *sagas, struct cx *cx, str id_or_label, struct saga_view *ret)
{
    struct db *db = sagas->opts.db;
    id saga_id;
    bool found = true;
    err e = NULL;
    if (!id_parse(id_or_label, &saga_id)) {
        struct saga_sql_live_labelled_row row;
        e = saga_sql_live_labelled(
            db, cx, (struct saga_sql_live_labelled_in){ .label = id_or_label }, &row, &found);
        if (!e && found)
            saga_id = row.saga_id;
    }
    struct saga_sql_live_get_row row;
    if (!e && found)
        e = saga_sql_live_get(
            db, cx, (struct saga_sql_live_get_in){ .saga_id = saga_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no saga " STR_F, STR_A(id_or_label));
    *ret = (struct saga_view){ .saga_id = saga_id,
        .kind = row.kind,
        .label = row.label,
        .step = row.step,
        .reason = row.reason,
        .error = row.error,
        .state = row.state,
        .undoing = row.undoing,
        .parked = row.parked,
        .attempts = row.attempts,
        .next_ms = row.lease_ms,
        .created_ms = row.created_ms,
        .steps_of = kind_of(sagas, row.kind) };
    return NULL;
}

err saga_list(
    struct sagas *sagas, struct cx *cx, int64_t attempts_min, struct saga_view **ret, size_t *ret_n)
{
    struct saga_sql_live_list_row *rows;
    err e = saga_sql_live_list(sagas->opts.db, cx,
        (struct saga_sql_live_list_in){ .attempts_min = attempts_min, .limit = LIST_MAX }, &rows,
        ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct saga_view);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct saga_view){ .saga_id = rows[i].saga_id,
            .kind = rows[i].kind,
            .label = rows[i].label,
            .step = rows[i].step,
            .reason = rows[i].reason,
            .error = rows[i].error,
            .undoing = rows[i].undoing,
            .parked = rows[i].parked,
            .attempts = rows[i].attempts,
            .next_ms = rows[i].lease_ms,
            .created_ms = rows[i].created_ms,
            .steps_of = kind_of(sagas, rows[i].kind) };
    return NULL;
}
