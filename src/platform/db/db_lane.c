/* SPDX-License-Identifier: Apache-2.0
 * Lanes: a writer connection with its own thread and queue. Called by whoever opens WRITE units.
 * Must never run a unit on two lanes, nor wait for anything but its queue and its database. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/db/db_internal.h"

#define LANE_ARENA 8192
#define SLICE_NS 100000 /* most of an fsync's wait on a busy machine is for a time slice */

/* The kernel's struct sched_attr; its header and newer C libraries would define it twice. */
struct slice_attr {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

/* A short time slice for this thread where the kernel has it (EEVDF, Linux 6.12); else nothing. */
static void short_slice(void)
{
    struct slice_attr attr = {
        .size = sizeof attr, .nice = getpriority(PRIO_PROCESS, 0), .runtime = SLICE_NS
    };

    (void)syscall(SYS_sched_setattr, 0, &attr, 0);
}

err db_lane_conn(struct db_lane *lane, struct cx *cx)
{
    struct db *db = lane->db;

    if (lane->conn && db->driver->alive(lane->conn))
        return NULL;
    if (lane->conn) {
        db_lane_conn_drop(lane);
        db->reconnects++;
    }
    return db->driver->open(db, cx, DB_ROLE_WRITER, &lane->conn);
}

void db_lane_conn_drop(struct db_lane *lane)
{
    if (lane->conn)
        lane->db->driver->close(lane->conn);
    lane->conn = NULL;
}

/* With the mutex held. */
static struct db_job *take_locked(struct db_lane *lane, size_t max)
{
    struct db_job *first = lane->head, **end = &lane->head;
    size_t n = 0;

    while (*end && n < max) {
        end = &(*end)->next;
        n++;
    }
    struct db_job *rest = *end;
    *end = NULL;
    lane->head = rest;
    if (!rest)
        lane->tail = &lane->head;
    lane->queued -= n;
    return n > 0 ? first : NULL;
}

struct db_job *db_lane_take(struct db_lane *lane, size_t max)
{
    if (!lane->threaded || max == 0)
        return NULL;
    pthread_mutex_lock(&lane->mutex);
    struct db_job *jobs = take_locked(lane, max);
    pthread_mutex_unlock(&lane->mutex);
    return jobs;
}

/* NULL when the lane is to end. */
static struct db_job *wait_jobs(struct db_lane *lane)
{
    pthread_mutex_lock(&lane->mutex);
    while (!lane->head && !lane->stop) {
        lane->waiting = true;
        pthread_cond_wait(&lane->wake, &lane->mutex);
    }
    lane->waiting = false;
    struct db_job *jobs = take_locked(lane, lane->db->opts.group_max);
    pthread_mutex_unlock(&lane->mutex);
    return jobs;
}

static void *lane_main(void *arg)
{
    struct db_lane *lane = arg;
    struct db_job *todo;

    pthread_setname_np(pthread_self(), "souk-lane");
    short_slice();
    while ((todo = wait_jobs(lane)) != NULL)
        while (todo)
            db_group_run(lane, &todo);
    return NULL;
}

static err lane_open(struct db *db, struct db_lane *lane, struct cx *cx)
{
    *lane = (struct db_lane){ .db = db, .rng = rng_seeded((uint64_t)db_mono_ms()) };
    lane->tail = &lane->head;
    lane->cx.arena = arena_open(LANE_ARENA);
    if (pthread_mutex_init(&lane->mutex, NULL) || pthread_cond_init(&lane->wake, NULL))
        panic("db_lane", "out of memory");
    db->lanes_n++;
    err e = db_lane_conn(lane, cx);
    if (e)
        return e;
    if (db->opts.inline_lane)
        return NULL;
    if (pthread_create(&lane->thread, NULL, lane_main, lane))
        return FAIL(cx, DB_FAILED, "no thread for a lane");
    lane->threaded = true;
    return NULL;
}

err db_lanes_open(struct db *db, struct cx *cx)
{
    err e = NULL;

    db->lanes = NEW_N(db->life, db->opts.lanes, struct db_lane);
    while (!e && db->lanes_n < db->opts.lanes)
        e = lane_open(db, &db->lanes[db->lanes_n], cx);
    return e;
}

void db_lanes_stop(struct db *db)
{
    for (size_t i = 0; i < db->lanes_n; i++) {
        struct db_lane *lane = &db->lanes[i];
        pthread_mutex_lock(&lane->mutex);
        lane->stop = true;
        pthread_cond_signal(&lane->wake);
        pthread_mutex_unlock(&lane->mutex);
    }
    for (size_t i = 0; i < db->lanes_n; i++) {
        struct db_lane *lane = &db->lanes[i];
        if (lane->threaded && !lane->joined)
            pthread_join(lane->thread, NULL);
        lane->joined = true;
    }
}

/* The mutexes stay: who comes late is refused, not surprised. */
void db_lanes_close(struct db *db)
{
    db_lanes_stop(db);
    for (size_t i = 0; i < db->lanes_n; i++) {
        struct db_lane *lane = &db->lanes[i];
        db_lane_conn_drop(lane);
        arena_close_at(&lane->cx.arena);
    }
}

/* ---- WRITE units ---- */
static bool enqueue(struct db_lane *lane, struct db_job *job)
{
    pthread_mutex_lock(&lane->mutex);
    bool room = lane->queued < lane->db->opts.queue_max && !lane->stop;
    if (room) {
        *lane->tail = job;
        lane->tail = &job->next;
        lane->queued++;
    }
    bool wake = room && lane->waiting;
    if (wake)
        lane->waiting = false; /* once is enough */
    pthread_mutex_unlock(&lane->mutex);
    if (wake)
        pthread_cond_signal(&lane->wake);
    return room;
}

static void run_inline(struct db *db, struct db_job *job)
{
    ASSERT(!db->inline_busy); /* one connection: units cannot overlap */
    while (job)
        db_group_run(&db->lanes[0], &job);
}

void db_errand_run(const struct db_errand *x)
{
    ASSERT(x->db->opts.inline_lane && x->cx->unit == NULL);
    struct db_job *job = NEW(x->cx->arena, struct db_job);
    *job = (struct db_job){ .cx = x->cx, .fn = x->fn, .arg = x->arg, .done = x->done };
    run_inline(x->db, job);
}

static bool diverted(const struct db_errand *x)
{
    const struct db_opts *opts = &x->db->opts;
    if (opts->divert)
        opts->divert(opts->divert_self, x);
    return opts->divert != NULL;
}

void db_write(
    struct db *db, struct cx *cx, uint64_t conflict, db_work *fn, void *arg, db_done *done)
{
    ASSERT(cx->unit == NULL);
    if (diverted(&(struct db_errand){ db, cx, fn, arg, done, false }))
        return;
    struct db_job *job = NEW(cx->arena, struct db_job);
    *job = (struct db_job){ .cx = cx, .fn = fn, .arg = arg, .done = done };
    if (db->opts.inline_lane) {
        run_inline(db, job);
        return;
    }
    if (!enqueue(&db->lanes[conflict % db->lanes_n], job)) {
        cx->retry_after_s = 1;
        done(arg, cx, FAIL(cx, DB_OVERLOADED, "the queue of the lane is full"));
    }
}

struct db_ticket {
    db_work *fn;
    void *arg;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool is_done;
    err e;
};

static err ticket_work(void *arg, struct cx *cx)
{
    struct db_ticket *t = arg;
    return t->fn(t->arg, cx);
}

static void ticket_done(void *arg, struct cx *cx, err e)
{
    struct db_ticket *t = arg;

    (void)cx;
    pthread_mutex_lock(&t->mutex);
    t->e = e;
    t->is_done = true;
    pthread_cond_signal(&t->ended);
    pthread_mutex_unlock(&t->mutex);
}

struct db_ticket *db_write_start(
    struct db *db, struct cx *cx, uint64_t conflict, db_work *fn, void *arg)
{
    struct db_ticket *t = NEW(cx->arena, struct db_ticket);

    *t = (struct db_ticket){
        .fn = fn, .arg = arg, .mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER
    };
    for (size_t i = 0; i < db->lanes_n; i++) /* a lane waiting for itself would wait for ever */
        ASSERT(!db->lanes[i].threaded || !pthread_equal(pthread_self(), db->lanes[i].thread));
    if (!diverted(&(struct db_errand){ db, cx, ticket_work, t, ticket_done, true }))
        db_write(db, cx, conflict, ticket_work, t, ticket_done);
    return t;
}

err db_write_finish(struct db_ticket *t)
{
    pthread_mutex_lock(&t->mutex);
    while (!t->is_done)
        pthread_cond_wait(&t->ended, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
    pthread_cond_destroy(&t->ended);
    pthread_mutex_destroy(&t->mutex);
    return t->e;
}

err db_write_wait(struct db *db, struct cx *cx, uint64_t conflict, db_work *fn, void *arg)
{
    return db_write_finish(db_write_start(db, cx, conflict, fn, arg));
}
