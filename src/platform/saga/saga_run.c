/* SPDX-License-Identifier: Apache-2.0
 * What runs a saga: units on lanes, calls on the executor, waits in its timer. One of the four
 * places that open units of work. Must never call the outside inside a unit. */
#include "platform/log/log.h"
#include "platform/saga/saga_internal.h"

#define CALLS_MAX 5    /* in one go; then the row is left to the job */
#define MARGIN_MS 5000 /* for clocks that differ, and for a commit */

/* A unit waited in its lane until the lease was over: nothing was done. */
static const problem LATE = { KIND_BUSY, "saga.late", NULL, "The work was waiting for too long" };

static void run_over(struct saga_run *run, enum saga_outcome outcome, err failed)
{
    struct saga_over over = { .outcome = outcome, .failed = failed, .saga = &run->saga };
    if (!run->own && !run->begin.later)
        run->sagas->waited_for--;
    run->begin.over(run->begin.arg, run->cx, over);
}

static int64_t lease_from(struct saga_run *run, int64_t ms)
{
    run->cx->now_ms = clock_now_ms(run->sagas->opts.clock);
    return run->cx->now_ms + ms;
}

static bool is_late(const struct saga_run *run)
{
    return clock_now_ms(run->sagas->opts.clock) + MARGIN_MS >= run->lease_ms;
}

static void write_unit(struct saga_run *run, struct db *db, db_work *fn, db_done *done)
{
    db_write(db, run->cx, (uint64_t)run->conflict, fn, run, done);
}

/* What is on record: the refusal must be told by whoever asked, whatever the undoing meets. */
static void restore_refusal(struct saga_run *run)
{
    struct cx *cx = run->cx;
    cx_clear(cx);
    cx->where = run->where;
    cx->detail = run->detail;
    cx->fields = run->fields;
}

/* ---- waiting ---- */

static err unit_parked(void *arg, struct cx *cx)
{
    struct saga_run *run = arg;
    const struct saga_step *step = saga_step_at(run);
    return step->parked ? step->parked(run->flow, cx, &run->saga) : NULL;
}

static err unit_note(void *arg, struct cx *cx)
{
    struct saga_run *run = arg;
    err e = saga_rows_move(run, cx);
    if (!e && run->parks && saga_db_of(run, run->at) == run->sagas->opts.db)
        e = unit_parked(run, cx);
    return e ? e : saga_rows_state(run, cx);
}

static void noted_waiting(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    err error = run->error;
    if (e == &SAGA_TAKEN_OVER) {
        cx_clear(cx);
        error = NULL;
    } else if (e && !error) {
        error = e; /* the lease that was there runs out, and the job takes it up */
    }
    run_over(run, SAGA_WAITS, error);
}

/* Leaves the rest to whoever wakes it, or to the job after wait_ms. */
static void wait_for_others(struct saga_run *run, int64_t wait_ms, err error)
{
    run->error = error;
    run->lease_ms = lease_from(run, wait_ms);
    write_unit(run, run->sagas->opts.db, unit_note, noted_waiting);
}

static void parked_elsewhere(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    (void)cx;
    run->parks = !e;
    wait_for_others(run, run->wait_ms, e);
}

static void park(struct saga_run *run, int64_t wait_ms)
{
    struct db *db = saga_db_of(run, run->at);
    run->parks = true;
    run->wait_ms = wait_ms;
    if (db == run->sagas->opts.db)
        wait_for_others(run, wait_ms, NULL);
    else
        write_unit(run, db, unit_parked, parked_elsewhere);
}

static void leave(struct saga_run *run, err error)
{
    run->parks = false;
    wait_for_others(run, SAGA_LEASE_MS / 2 + saga_back_off_ms(run->cx, run->attempts), error);
}

/* ---- refusals ---- */

static void refuse(struct saga_run *run, size_t at, err why, str reason)
{
    struct cx *cx = run->cx;
    run->where = cx->where;
    run->detail = cx->detail;
    run->fields = cx->fields;
    cx_clear(cx);
    run->saga.undoing = true;
    run->saga.refused = why;
    run->saga.reason = reason.n ? reason : str_from_c(why->slug);
    run->saga.tries = 0;
    run->at = saga_reached(run, at);
    saga_advance(run);
}

/* ---- units ---- */

static err run_steps(struct saga_run *run, struct cx *cx)
{
    const struct saga_kind *kind = run->kind;
    err e = NULL;
    if (run->saga.undoing) {
        for (size_t i = run->from; !e && i > run->to; i--) {
            const struct saga_step *step = &kind->steps[i - 1];
            if (step->undo && !(step->idle && step->idle(run->flow, &run->saga)))
                e = step->undo(run->flow, cx, &run->saga);
        }
        return e;
    }
    for (size_t i = run->from; !e && i < run->to; i++) {
        const struct saga_step *step = &kind->steps[i];
        if (step->todo && !(step->idle && step->idle(run->flow, &run->saga)))
            e = step->todo(run->flow, cx, &run->saga);
    }
    return e;
}

static err unit_first(struct saga_run *run, struct cx *cx)
{
    run->known = false;
    err e = run->begin.claim ? run->begin.claim(run->begin.arg, cx, &run->known) : NULL;
    if (e || run->known)
        return e;
    run->at = run->from;
    run->saga.first = true;
    e = run_steps(run, cx);
    run->saga.first = false;
    run->at = run->to;
    if (e || saga_ends_at(run, run->to))
        return e;
    return saga_rows_add(run, cx);
}

/* In the saga's database: the row first, so that a run that lost it acts on nothing it knew, or is
 * undone with what it did (db_presume). */
static err unit_own(void *arg, struct cx *cx)
{
    struct saga_run *run = arg;
    if (run->fresh)
        return unit_first(run, cx);
    bool last = saga_ends_at(run, run->to);
    run->at = run->to;
    run->error = NULL;
    err e = last ? saga_rows_remove(run, cx) : saga_rows_move(run, cx);
    if (!e)
        e = run_steps(run, cx);
    if (!e && last && run->saga.undoing && run->kind->undone)
        e = run->kind->undone(run->flow, cx, &run->saga);
    return e || last ? e : saga_rows_state(run, cx);
}

/* The row is in another database, so only the lease says that nobody else is at it by now. */
static err unit_elsewhere(void *arg, struct cx *cx)
{
    struct saga_run *run = arg;
    if (is_late(run))
        return FAIL(cx, LATE, "the lease ended in the queue");
    return run_steps(run, cx);
}

static void unit_failed(struct saga_run *run, err e, bool own)
{
    run->at = run->from;
    if (run->fresh) {
        run_over(run, SAGA_NEVER, e);
    } else if (e == &SAGA_TAKEN_OVER) {
        cx_clear(run->cx);
        run_over(run, SAGA_WAITS, NULL);
    } else if (saga_refuses(run, e)) {
        /* Elsewhere an earlier try may have left something: what failed is undone as well. */
        refuse(run, own ? run->from : run->to, e, (str){ 0 });
    } else if (own && e->kind == KIND_BUSY) {
        run_over(run, SAGA_WAITS, e); /* the row cannot be written either: its lease runs out */
    } else {
        leave(run, e);
    }
}

static void ended(struct saga_run *run)
{
    if (!run->saga.undoing) {
        run_over(run, SAGA_DONE, NULL);
        return;
    }
    restore_refusal(run);
    run_over(run, SAGA_UNDONE, run->saga.refused ? run->saga.refused : &SAGA_TAKEN_OVER);
}

static void own_done(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    (void)cx;
    if (e) {
        unit_failed(run, e, true);
        return;
    }
    if (run->known) {
        run_over(run, SAGA_KNOWN, NULL);
        return;
    }
    run->fresh = false;
    run->written = true;
    run->noted = run->saga.undoing;
    if (saga_ends_at(run, run->to))
        ended(run);
    else
        saga_advance(run);
}

static void elsewhere_done(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    if (e == &LATE) {
        cx_clear(cx);
        saga_advance(run); /* which renews the lease, or finds that it is another's */
        return;
    }
    if (e) {
        unit_failed(run, e, false);
        return;
    }
    run->written = false;
    run->at = run->to;
    saga_advance(run);
}

static void noted(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    (void)cx;
    run->from = run->at;
    run->noted = run->saga.undoing;
    if (e)
        unit_failed(run, e, true);
    else
        saga_advance(run);
}

/* Proves that the row is still this run's, and says so for a while; and puts on record that things
 * are given back before they are. What happens outside of the row's database needs both: a run that
 * was overtaken must not act there on what it knew. */
static void note(struct saga_run *run)
{
    run->parks = false;
    run->error = NULL;
    run->lease_ms = lease_from(run, SAGA_LEASE_MS);
    write_unit(run, run->sagas->opts.db, unit_note, noted);
}

static void handed_over(void *arg, struct cx *cx, err e)
{
    struct saga_run *run = arg;
    (void)cx;
    struct sagas *sagas = run->sagas;
    id saga_id = run->saga.saga_id;
    struct cx own = { .now_ms = run->cx->now_ms, .rng = run->cx->rng };
    if (e) {
        run->from = run->at;
        unit_failed(run, e, true);
        return;
    }
    run_over(run, SAGA_WAITS, NULL);
    saga_adopt(sagas, &own, saga_id);
}

/* Whoever asked is told that it is on record; the rest is a run of its own. */
static void hand_over(struct saga_run *run)
{
    if (run->written)
        handed_over(run, run->cx, NULL);
    else
        write_unit(run, run->sagas->opts.db, unit_note, handed_over);
}

static bool must_note(struct saga_run *run)
{
    (void)lease_from(run, 0);
    return is_late(run) || (run->saga.undoing && !run->noted);
}

/* A run from which this one was taken by force knows nothing of it in other databases: there it may
 * still do what this one gives up, as long as the lease goes that was broken. */
static bool others_may_act(struct saga_run *run)
{
    return lease_from(run, 0) < run->others_ms;
}

static void wait_for_others_to_stop(struct saga_run *run)
{
    run->parks = false;
    wait_for_others(run, run->others_ms - run->cx->now_ms, NULL);
}

static void start_unit(struct saga_run *run, struct db *db)
{
    struct db *own = run->sagas->opts.db;
    run->from = run->at;
    if (run->fresh && db != own)
        run->to = run->from; /* the row comes first, alone */
    if (run->fresh || db == own) {
        run->lease_ms = lease_from(run, SAGA_LEASE_MS);
        write_unit(run, own, unit_own, own_done);
        return;
    }
    if (run->saga.undoing && others_may_act(run))
        wait_for_others_to_stop(run);
    else if (must_note(run))
        note(run);
    else
        write_unit(run, db, unit_elsewhere, elsewhere_done);
}

/* ---- calls ---- */

static void advance_later(void *arg)
{
    saga_advance(arg);
}

static void again(struct saga_run *run, int64_t wait_ms)
{
    struct executor *exec = &run->sagas->opts.exec;
    if (run->saga.tries >= CALLS_MAX) {
        leave(run, NULL);
        return;
    }
    if (!exec->submit) {
        saga_advance(run);
        return;
    }
    int64_t wait = wait_ms > 0 ? wait_ms : saga_back_off_ms(run->cx, run->saga.tries);
    exec->after(exec->self, wait, advance_later, run);
}

static void call_main(void *arg)
{
    struct saga_run *run = arg;
    struct cx *cx = run->cx;
    if (must_note(run)) { /* it waited for too long */
        note(run);
        return;
    }
    const struct saga_step *step = saga_step_at(run);
    saga_call *call = run->saga.undoing ? step->call_back : step->call;
    (void)lease_from(run, 0);
    run->saga.tries++;
    struct saga_said said = call(run->flow, cx, &run->saga);
    (void)lease_from(run, 0); /* the other side takes its time */
    if (said.verdict == SAGA_REFUSE) {
        ASSERT(!run->saga.undoing);
        refuse(run, run->at + 1, said.why, said.reason);
        return;
    }
    cx_clear(cx);
    switch (said.verdict) {
    case SAGA_GO_ON:
        run->saga.tries = 0;
        run->at = run->saga.undoing ? run->at - 1 : run->at + 1;
        saga_advance(run);
        return;
    case SAGA_AGAIN:
        again(run, said.wait_ms);
        return;
    case SAGA_PARK:
        park(run, said.wait_ms);
        return;
    case SAGA_REFUSE:
        break;
    }
    panic(__FILE__, "unknown verdict");
}

static void start_call(struct saga_run *run)
{
    struct executor *exec = &run->sagas->opts.exec;
    if (!exec->submit)
        call_main(run);
    else if (!exec->submit(exec->self, call_main, run))
        leave(run, NULL);
}

void saga_advance(struct saga_run *run)
{
    switch (saga_plan(run)) {
    case SAGA_NEXT_UNIT:
        start_unit(run, saga_db_of(run, run->saga.undoing ? run->at - 1 : run->at));
        return;
    case SAGA_NEXT_CALL:
        if (run->fresh) {
            run->to = run->from = run->at;
            start_unit(run, NULL);
        } else if (run->begin.later && !run->saga.undoing) {
            hand_over(run);
        } else if (must_note(run)) {
            note(run);
        } else {
            start_call(run);
        }
        return;
    case SAGA_NEXT_END:
        run->to = run->at;
        start_unit(run, run->sagas->opts.db);
        return;
    }
    panic(__FILE__, "unknown plan");
}
