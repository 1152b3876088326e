/* SPDX-License-Identifier: Apache-2.0
 * The scheduler: which job is due, its lease, its batches. Called by the application, tests and the
 * simulation. Must never let a batch commit without the lease: both are one unit. */
#include "platform/job/job.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/instant.h"
#include "job_sql.h"
#include "platform/clock/clock.h"
#include "platform/log/log.h"
#include "platform/secret/secret.h"

#define LEASE_MS (30 * SECOND_MS)
#define LEASE_RENEW_MS (15 * SECOND_MS) /* renewed when less than this is left */
#define RETRY_MS_MAX MINUTE_MS
#define POLL_MS SECOND_MS
#define STANDBY_MS (5 * SECOND_MS) /* how soon a lease of another process is looked at again */
#define BATCH_ARENA (16 * 1024)

struct entry {
    const struct job *job;
    void *service;
    int64_t next_ms;        /* when it is due; 0: at the start */
    int64_t lease_until_ms; /* as far as this process knows */
    int64_t started_ms;     /* of the run under way */
    bool running;           /* between two batches of a run */
};

struct jobs {
    struct jobs_opts opts;
    struct arena *life;
    struct entry *entries;
    size_t n, cap;
    str owner;
    struct arena *arena;   /* of a batch; the scheduler's thread's */
    pthread_mutex_t mutex; /* guards stop */
    pthread_cond_t wake;
    bool stop, started;
    pthread_t thread;
};

struct jobs *jobs_open(struct arena *life, struct jobs_opts opts)
{
    ASSERT(opts.db);
    struct jobs *jobs = NEW(life, struct jobs);
    pthread_condattr_t monotonic;

    jobs->opts = opts;
    jobs->life = life;
    jobs->owner = db_engine_of(opts.db) == DB_SQLITE ? S("local") : secret_token(life, 16);
    jobs->arena = arena_open(BATCH_ARENA);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&jobs->mutex, NULL);
    pthread_cond_init(&jobs->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return jobs;
}

void jobs_add(struct jobs *jobs, const struct job *list, void *service)
{
    ASSERT(!jobs->started);
    for (const struct job *job = list; job->name; job++) {
        ASSERT(job->fn && job->period_ms > 0);
        for (size_t i = 0; i < jobs->n; i++)
            ASSERT(strcmp(jobs->entries[i].job->name, job->name) != 0);
        if (jobs->n == jobs->cap) {
            size_t cap = jobs->cap ? jobs->cap * 2 : 16;
            jobs->entries = arena_grow(jobs->life, jobs->entries, jobs->cap * sizeof *jobs->entries,
                cap * sizeof *jobs->entries);
            jobs->cap = cap;
        }
        jobs->entries[jobs->n++] = (struct entry){ .job = job, .service = service };
    }
}

/* ---- a batch ---- */
struct batch {
    struct jobs *jobs;
    const struct entry *entry; /* not written by the lane */
    int64_t started_ms;
    /* assigned by each try of the unit */
    int64_t lease_until_ms;
    int64_t refused_until_ms; /* not ours, or not due after all; 0: it ran */
    bool more;
};

/* The lease is another's, or was until a moment ago: when to look again. */
static err lease_refused(struct batch *b, struct cx *cx)
{
    struct job_sql_lease_get_row row = { 0 };
    int64_t period_ms = b->entry->job->period_ms;
    bool found = false;

    err e = job_sql_lease_get(b->jobs->opts.db, cx,
        (struct job_sql_lease_get_in){ .name = str_from_c(b->entry->job->name) }, &row, &found);
    if (e)
        return e;
    int64_t wait_ms = row.last_run_ms + period_ms - cx->now_ms;
    if (!str_eq(row.owner, b->jobs->owner) && row.until_ms > cx->now_ms && wait_ms < STANDBY_MS)
        wait_ms = STANDBY_MS;
    if (wait_ms > period_ms) /* a clock went back */
        wait_ms = period_ms;
    b->refused_until_ms = cx->now_ms + (wait_ms > POLL_MS ? wait_ms : POLL_MS);
    return NULL;
}

static err lease_hold(struct batch *b, struct cx *cx)
{
    const struct entry *entry = b->entry;
    int64_t changed = 0;

    if (cx->now_ms + LEASE_RENEW_MS < entry->lease_until_ms)
        return NULL;
    int64_t until_ms = cx->now_ms + LEASE_MS;
    err e = job_sql_lease_take(b->jobs->opts.db, cx,
        (struct job_sql_lease_take_in){ .name = str_from_c(entry->job->name),
            .owner = b->jobs->owner,
            .until_ms = until_ms,
            .now_ms = cx->now_ms,
            .run_before_ms = cx->now_ms - entry->job->period_ms },
        &changed);
    if (e)
        return e;
    if (changed == 0)
        return lease_refused(b, cx);
    b->lease_until_ms = until_ms;
    return NULL;
}

static err batch_work(void *arg, struct cx *cx)
{
    struct batch *b = arg;

    b->lease_until_ms = b->entry->lease_until_ms;
    b->refused_until_ms = 0;
    b->more = false;
    err e = lease_hold(b, cx);
    if (e || b->refused_until_ms)
        return e;
    e = b->entry->job->fn(b->entry->service, cx, &b->more);
    if (e || b->more)
        return e;
    /* Not each run: one of every second need not survive a restart, and costs a commit. */
    if (b->lease_until_ms == b->entry->lease_until_ms && !b->entry->running)
        return NULL;
    return job_sql_run_note(b->jobs->opts.db, cx,
        (struct job_sql_run_note_in){
            .name = str_from_c(b->entry->job->name), .last_run_ms = b->started_ms },
        NULL);
}

static void entry_failed(struct jobs *jobs, struct entry *entry, const struct cx *cx, err e)
{
    int64_t period_ms = entry->job->period_ms;

    log_err(jobs->opts.log, cx, e, str_from_c(entry->job->name));
    entry->running = false;
    entry->next_ms = cx->now_ms + (period_ms < RETRY_MS_MAX ? period_ms : RETRY_MS_MAX);
}

/* One batch of a job that is due. *ret_ran: it was ours to run. cx ends with the batch's arena. */
static err entry_run(struct jobs *jobs, struct entry *entry, struct cx *cx, bool *ret_ran)
{
    struct batch b = { .jobs = jobs, .entry = entry };

    b.started_ms = entry->running ? entry->started_ms : cx->now_ms;
    err e =
        db_write_wait(jobs->opts.db, cx, str_hash(str_from_c(entry->job->name)), batch_work, &b);
    if (e) {
        entry_failed(jobs, entry, cx, e);
        return e;
    }
    *ret_ran = b.refused_until_ms == 0;
    if (b.refused_until_ms) {
        entry->running = false;
        entry->lease_until_ms = 0;
        entry->next_ms = b.refused_until_ms;
        return NULL;
    }
    entry->lease_until_ms = b.lease_until_ms;
    entry->running = b.more;
    entry->started_ms = b.started_ms;
    entry->next_ms = b.more ? cx->now_ms : b.started_ms + entry->job->period_ms;
    return NULL;
}

static bool stopping(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->mutex);
    bool stop = jobs->stop;
    pthread_mutex_unlock(&jobs->mutex);
    return stop;
}

static int64_t now_of(const struct jobs *jobs, const struct cx *cx)
{
    return jobs->opts.clock ? clock_now_ms(jobs->opts.clock) : cx->now_ms;
}

/* A batch of each job that is due, in turn, until none is: a long one does not hold up the others.
 * The first failure is returned at the end, and its detail left in cx. */
static err run_due(struct jobs *jobs, struct cx *cx, size_t *ret_batches)
{
    size_t batches = 0;
    err first = NULL;
    bool any = true;

    while (any) {
        any = false;
        for (size_t i = 0; i < jobs->n && !stopping(jobs); i++) {
            struct entry *entry = &jobs->entries[i];
            struct cx own = { .arena = jobs->arena,
                .now_ms = now_of(jobs, cx),
                .rng = rng_seeded(rng_u64(&cx->rng)),
                .request_id = str_from_c(entry->job->name) };
            bool ran = false;
            if (entry->next_ms > own.now_ms)
                continue;
            arena_reset(jobs->arena);
            err e = entry_run(jobs, entry, &own, &ran);
            if (e && !first)
                first = cx_fail(cx, e, own.where ? own.where : "job", "%s: " STR_F,
                    entry->job->name, STR_A(own.detail));
            batches += ran;
            any = any || ran;
        }
    }
    *ret_batches = batches;
    return first;
}

err jobs_run_due(struct jobs *jobs, struct cx *cx, size_t *ret_batches)
{
    ASSERT(!jobs->started && !db_in_unit(cx));
    return run_due(jobs, cx, ret_batches);
}

/* ---- the thread ---- */
/* Until the next job is due, a second at most; false when the thread is to end. */
static bool rest(struct jobs *jobs)
{
    int64_t now_ms = clock_now_ms(jobs->opts.clock), wait_ms = POLL_MS;
    struct timespec until;
    int timed_out = 0;

    for (size_t i = 0; i < jobs->n; i++)
        if (jobs->entries[i].next_ms - now_ms < wait_ms)
            wait_ms = jobs->entries[i].next_ms - now_ms;
    if (wait_ms < 1)
        wait_ms = 1;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + wait_ms * 1000000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&jobs->mutex);
    while (!jobs->stop && timed_out == 0)
        timed_out = pthread_cond_timedwait(&jobs->wake, &jobs->mutex, &until);
    bool go_on = !jobs->stop;
    pthread_mutex_unlock(&jobs->mutex);
    return go_on;
}

static void *jobs_main(void *arg)
{
    struct jobs *jobs = arg;
    DEFER(arena_close_at) struct arena *arena = arena_open(1024);
    struct cx cx = { .arena = arena, .rng = rng_seeded(secret_u64()) };

    pthread_setname_np(pthread_self(), "souk-jobs");
    do {
        size_t batches;
        (void)run_due(jobs, &cx, &batches); /* each failure is logged where it happens */
        cx_clear(&cx);
        arena_reset(arena);
    } while (rest(jobs));
    return NULL;
}

void jobs_start(struct jobs *jobs)
{
    ASSERT(!jobs->started && jobs->opts.clock);
    int failed = pthread_create(&jobs->thread, NULL, jobs_main, jobs);
    ASSERT(failed == 0);
    jobs->started = true;
}

static err lease_drop_work(void *arg, struct cx *cx)
{
    struct jobs *jobs = arg;

    return job_sql_lease_drop_all(
        jobs->opts.db, cx, (struct job_sql_lease_drop_all_in){ .owner = jobs->owner }, NULL);
}

/* So that another process goes on at once. */
static void leases_drop(struct jobs *jobs)
{
    struct cx cx = { .arena = jobs->arena, .rng = rng_seeded(secret_u64()) };

    if (db_engine_of(jobs->opts.db) == DB_SQLITE)
        return;
    err e = db_write_wait(jobs->opts.db, &cx, 0, lease_drop_work, jobs);
    if (e)
        log_err(jobs->opts.log, &cx, e, S("giving the leases of jobs back"));
}

void jobs_close(struct jobs *jobs)
{
    if (!jobs || !jobs->arena)
        return;
    if (jobs->started) {
        pthread_mutex_lock(&jobs->mutex);
        jobs->stop = true;
        pthread_cond_signal(&jobs->wake);
        pthread_mutex_unlock(&jobs->mutex);
        pthread_join(jobs->thread, NULL);
        jobs->started = false;
        arena_reset(jobs->arena);
        leases_drop(jobs);
    }
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->mutex);
    arena_close_at(&jobs->arena);
}
