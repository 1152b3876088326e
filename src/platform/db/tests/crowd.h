/* SPDX-License-Identifier: Apache-2.0
 * What the tests of lanes share: gates that hold a lane where a test wants it, and crowds of WRITE
 * units whose ends are waited for elsewhere. Must never be used outside this folder. */
#ifndef SOUK_PLATFORM_DB_TESTS_CROWD_H
#define SOUK_PLATFORM_DB_TESTS_CROWD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "platform/db/tests/probe.h"

static const problem STOP = { KIND_CONFLICT, "probe.stop", NULL, "Stop" };

static inline struct store *lanes_for(void **state, struct db_opts opts)
{
    return probe_open(
        (struct store_opts){ .engine = store_engine(state), .lanes = true, .db = opts });
}

/* ---- a gate: one side passes when the other has opened it ---- */
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int open; /* how often it may still be passed */
};
#define GATE                                                                                       \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0                                     \
    }

static inline void gate_open(struct gate *gate, int times)
{
    pthread_mutex_lock(&gate->mutex);
    gate->open += times;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->mutex);
}

static inline void gate_pass(struct gate *gate, int times)
{
    pthread_mutex_lock(&gate->mutex);
    while (gate->open < times)
        pthread_cond_wait(&gate->changed, &gate->mutex);
    gate->open -= times;
    pthread_mutex_unlock(&gate->mutex);
}

/* ---- a WRITE unit whose end is waited for elsewhere ---- */
struct job {
    struct db *db;
    struct cx *cx;
    int64_t n;
    id parent;          /* when set: a child of a row that is not there, which COMMIT refuses */
    err want, got;      /* want: what the unit returns after writing */
    bool reads;         /* instead of writing */
    bool later;         /* writes without waiting for the answer */
    bool slow;          /* runs into the time limit after writing */
    struct gate *enter; /* passed before writing, when set */
    struct gate *entered, *done;
    _Atomic int *sequence;
    int ran_at, done_at, hook_at, ran; /* ran: how often */
};

static inline void job_hook(void *arg)
{
    struct job *job = arg;
    job->hook_at = ++*job->sequence;
}

static inline err job_row(const struct job *job, struct cx *cx)
{
    struct probe_sql_get_row row;
    id row_id = probe_id(job->n);
    bool found;

    if (job->reads)
        return probe_sql_get(job->db, cx, (struct probe_sql_get_in){ row_id }, &row, &found);
    if (job->later)
        return probe_sql_add_later(
            job->db, cx, (struct probe_sql_add_later_in){ .id = row_id, .n = job->n });
    return probe_sql_add(job->db, cx, (struct probe_sql_add_in){ .id = row_id, .n = job->n }, NULL);
}

static inline err job_work(void *arg, struct cx *cx)
{
    struct job *job = arg;

    if (job->entered)
        gate_open(job->entered, 1);
    if (job->enter)
        gate_pass(job->enter, 1);
    job->entered = job->enter = NULL; /* a unit may run again */
    job->ran_at = ++*job->sequence;
    job->ran++;
    db_after_commit(cx, job_hook, job);
    err e = job_row(job, cx);
    if (!e && !id_is_none(job->parent))
        e = probe_sql_child_add(job->db, cx,
            (struct probe_sql_child_add_in){ .id = probe_id(job->n), .parent = job->parent }, NULL);
    if (!e && job->slow)
        e = probe_sql_slow_write(
            job->db, cx, (struct probe_sql_slow_write_in){ INT64_C(1000000000) }, NULL);
    return e ? e : job->want;
}

static inline void job_done(void *arg, struct cx *cx, err e)
{
    struct job *job = arg;

    CHECK(cx == job->cx);
    job->got = e;
    job->done_at = ++*job->sequence;
    gate_open(job->done, 1);
}

struct crowd { /* several jobs, one gate for their ends */
    struct gate enter, entered, done;
    _Atomic int sequence;
    size_t n;
    struct job jobs[128];
};

static inline struct crowd *crowd_open(struct store *s, size_t n)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);

    *crowd = (struct crowd){ .enter = GATE, .entered = GATE, .done = GATE, .n = n };
    for (size_t i = 0; i < n; i++)
        crowd->jobs[i] = (struct job){ .db = store_db(s),
            .cx = check_cx_open(),
            .n = (int64_t)i,
            .done = &crowd->done,
            .sequence = &crowd->sequence };
    crowd->jobs[0].enter = &crowd->enter; /* the first holds the lane until all are queued */
    crowd->jobs[0].entered = &crowd->entered;
    return crowd;
}

static inline void crowd_queue(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->n; i++) {
        struct job *job = &crowd->jobs[i];
        db_write(job->db, job->cx, 0, job_work, job, job_done);
        if (i == 0)
            gate_pass(&crowd->entered, 1);
    }
}

static inline void crowd_run(struct crowd *crowd)
{
    crowd_queue(crowd);
    gate_open(&crowd->enter, 1);
    gate_pass(&crowd->done, (int)crowd->n);
}

static inline void crowd_close(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->n; i++)
        check_cx_close(crowd->jobs[i].cx);
    free(crowd);
}

#endif
