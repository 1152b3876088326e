/* SPDX-License-Identifier: Apache-2.0
 * Group commit: several WRITE units in one transaction, reported only when the commit is durable.
 * Savepoints cost something, so units go without, until one fails that cannot be left standing:
 * then all of its group runs again, each in a savepoint. Called by the lanes. Must never report a
 * success before the commit. */
#include <time.h>

#include "platform/db/db_internal.h"

#define RETRY_MS 2        /* doubled with each try, times a jitter of 1 to 2 */
#define CAREFUL_GROUPS 64 /* in savepoints after one that ran again */

struct group {
    struct db_lane *lane;
    struct db_job *ran, **ran_last;
    size_t n;
    bool bold; /* without savepoints */
    bool redo; /* a bold one, in which a unit failed beside others that did not */
    bool none; /* a bold one, in which all units failed: nothing of it stays */
    err lost;  /* the transaction is gone: nothing of the group was written */
};

enum ran { RAN, RAN_AGAIN, RAN_TOO_BOLD };

/* Copies what the lane's cx says about a failure to a unit that shares it. */
static err shared_failure(struct db_lane *lane, struct cx *cx, err e)
{
    if (lane->cx.retry_after_s)
        cx->retry_after_s = lane->cx.retry_after_s;
    if (!lane->cx.where)
        return FAIL(cx, *e, "the transaction of the group was lost");
    return cx_fail(cx, e, lane->cx.where, STR_F, STR_A(lane->cx.detail));
}

static void report(struct db_job *job, err e)
{
    struct db_hook *hooks = e ? NULL : job->unit.hooks;

    for (struct db_hook *hook = hooks; hook; hook = hook->next)
        hook->fn(hook->arg);
    job->done(job->arg, job->cx, e);
}

/* What the unit ends with. */
static err unit_call(struct db_lane *lane, struct db_job *job, bool bold)
{
    struct cx *cx = job->cx;

    job->unit = (struct db_unit){ .writes = true,
        .bold = bold,
        .part = { .db = lane->db, .conn = lane->conn },
        .hooks_last = &job->unit.hooks };
    cx->unit = &job->unit;
    err e = job->fn(job->arg, cx);
    cx->unit = NULL;
    db_unit_end_readers(&job->unit);
    if (!e && job->unit.part.broken)
        return FAIL(cx, *job->unit.part.broken, "the unit went on after a failed statement");
    return e;
}

static bool wants_retry(struct db_job *job)
{
    return job->unit.part.broken == &DB_RETRY && job->tries < DB_TRIES_MAX;
}

/* What was sent `later` by the units before may fail in this one: it ends broken, and all are run
 * again; so it does when it failed after it took something for granted that is not so. A failure
 * with nothing to undo leaves the transaction as it was. */
static enum ran unit_run_bold(struct db_lane *lane, struct db_job *job)
{
    const struct db_driver *driver = lane->db->driver;
    struct db_part *part = &job->unit.part;

    job->result = unit_call(lane, job, /* bold= */ true);
    if (job->result && job->unit.presumed && !part->broken && driver->in_tx(lane->conn))
        part->broken = driver->settle(lane->conn, &lane->cx);
    if (!driver->in_tx(lane->conn) || (job->result && (part->broken || part->wrote)))
        return RAN_TOO_BOLD;
    return RAN;
}

static enum ran unit_run(struct group *g, struct db_job *job)
{
    struct db_lane *lane = g->lane;
    const struct db_driver *driver = lane->db->driver;
    err undone = NULL;

    err e = driver->save(lane->conn, &lane->cx);
    if (e) {
        g->lost = e;
        job->result = NULL; /* shares the loss */
        return RAN;
    }
    e = unit_call(lane, job, /* bold= */ false);
    if (!e)
        e = job->unit.part.broken = driver->settle(lane->conn, job->cx);
    if (e && driver->in_tx(lane->conn))
        undone = driver->undo(lane->conn, &lane->cx);
    else if (!e)
        undone = driver->release(lane->conn, &lane->cx);
    if (undone)
        g->lost = undone;
    else if (!driver->in_tx(lane->conn))
        g->lost = job->unit.part.broken ? job->unit.part.broken : &DB_FAILED;
    if (wants_retry(job) && (!g->lost || g->lost == &DB_RETRY)) {
        job->tries++;
        cx_clear(job->cx);
        return RAN_AGAIN;
    }
    if (e == &DB_RETRY) {
        e = &DB_OVERLOADED;
        job->cx->retry_after_s = 1;
    }
    if (e && g->lost)
        lane->db->failed++;
    else if (e)
        lane->db->rolled_back++;
    job->result = e;
    return RAN;
}

static void retry_pause(struct db_lane *lane, int tries)
{
    int64_t ms = RETRY_MS << tries;
    int64_t us = rng_between(&lane->rng, ms * 1000, ms * 2000);
    struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

    nanosleep(&t, NULL);
}

/* Of a bold group, in which `job` failed: nothing that went well is undone with it, and it has not
 * failed by what it took for granted. */
static bool none_went_well(const struct group *g, const struct db_job *job)
{
    if (job->unit.presumed && job->unit.part.broken)
        return false;
    for (const struct db_job *before = g->ran; before; before = before->next)
        if (!before->result)
            return false;
    return job->result && job->result != &DB_RETRY && g->lane->db->driver->in_tx(g->lane->conn);
}

/* Runs until there is nothing left, the group is full, or a unit needs a transaction of its own. */
static void group_fill(struct group *g, struct db_job **todo)
{
    size_t max = g->lane->db->opts.group_max;

    while (!g->lost && g->n < max) {
        if (!*todo)
            *todo = db_lane_take(g->lane, max - g->n);
        struct db_job *job = *todo;
        if (!job || (job->tries > 0 && g->n > 0))
            return;
        struct db_job *rest = job->next;
        bool alone = job->tries > 0;
        enum ran ran = g->bold ? unit_run_bold(g->lane, job) : unit_run(g, job);
        g->none = ran == RAN_TOO_BOLD && none_went_well(g, job);
        g->redo = ran == RAN_TOO_BOLD && !g->none;
        if (ran != RAN && !g->none)
            return; /* it stays first in *todo */
        job->next = NULL;
        *g->ran_last = job;
        g->ran_last = &job->next;
        g->n++;
        *todo = rest;
        if (alone || g->none)
            return;
    }
}

/* Puts the units that a failed commit undid in front of *todo again; false when one has been tried
 * too often. */
static bool group_again(struct group *g, struct db_job **todo)
{
    for (struct db_job *job = g->ran; job; job = job->next)
        if (!job->result && job->tries >= DB_TRIES_MAX)
            return false;
    struct db_job **last = &g->ran;
    while (*last) {
        if ((*last)->result) {
            last = &(*last)->next;
            continue;
        }
        struct db_job *job = *last;
        *last = job->next;
        job->tries++;
        cx_clear(job->cx);
        job->next = *todo;
        *todo = job; /* in reverse: units of one group do not depend on each other's order */
    }
    return true;
}

/* Puts all that ran in front of *todo again, in their order: what one of them was told may come
 * from what one before it wrote. */
static void group_redo(struct group *g, struct db_job **todo)
{
    *g->ran_last = *todo;
    *todo = g->ran;
    for (struct db_job *job = *todo; job; job = job->next)
        cx_clear(job->cx);
    g->lane->careful = g->n > 0 ? CAREFUL_GROUPS : 1; /* it was alone: it alone runs again */
    g->lane->db->redone++;
}

static void group_report(struct group *g, err committed)
{
    struct db *db = g->lane->db;
    struct db_job *next;

    for (struct db_job *job = g->ran; job; job = next) {
        next = job->next; /* done() may give the job's memory back */
        err e = job->result;
        if (e && g->bold)
            db->rolled_back++;
        if (!e && committed) {
            e = shared_failure(g->lane, job->cx, committed);
            db->failed++;
        }
        db->units++;
        report(job, e);
    }
}

/* The group could not begin: what had been taken fails. */
static void fail_all(struct db_lane *lane, struct db_job **todo, err e)
{
    struct db_job *next;

    for (struct db_job *job = *todo; job; job = next) {
        next = job->next;
        lane->db->units++;
        lane->db->failed++;
        report(job, shared_failure(lane, job->cx, e));
    }
    *todo = NULL;
}

static err group_begin(struct db_lane *lane, bool alone)
{
    err e = db_lane_conn(lane, &lane->cx);
    if (e)
        return e;
    return lane->db->driver->begin(lane->conn, &lane->cx, alone ? DB_BEGIN_ALONE : DB_BEGIN_GROUP);
}

/* Two units cannot overlap on the one connection of inline_lane. */
static void inline_mark(struct db *db, bool busy)
{
    if (db->opts.inline_lane) /* else other lanes would write here too */
        db->inline_busy = busy;
}

void db_group_run(struct db_lane *lane, struct db_job **todo)
{
    struct group g = { .lane = lane };
    const struct db_driver *driver = lane->db->driver;
    int tries = (*todo)->tries;

    g.bold = tries == 0 && g.lane->careful == 0;
    g.lane->careful -= g.lane->careful > 0;
    g.ran_last = &g.ran;
    arena_reset(lane->cx.arena);
    cx_clear(&lane->cx);
    if (tries > 0)
        retry_pause(lane, tries);
    inline_mark(lane->db, true);
    err e = group_begin(lane, tries > 0);
    if (e) {
        inline_mark(lane->db, false);
        fail_all(lane, todo, e);
        return;
    }
    group_fill(&g, todo);
    if (g.bold && !g.redo && !g.none)
        g.redo = driver->settle(lane->conn, &lane->cx) != NULL;
    if (g.redo) {
        driver->rollback(lane->conn);
        inline_mark(lane->db, false);
        group_redo(&g, todo);
        return;
    }
    e = g.lost;
    if (!e && !g.none)
        e = driver->commit(lane->conn, &lane->cx);
    if (e || g.none)
        driver->rollback(lane->conn);
    else
        lane->db->commits++;
    inline_mark(lane->db, false);
    if (e == &DB_RETRY) {
        if (group_again(&g, todo))
            e = NULL;
        else
            e = &DB_OVERLOADED;
    }
    group_report(&g, e);
}
