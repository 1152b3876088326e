/* SPDX-License-Identifier: Apache-2.0
 * The scheduler: jobs of services run every so often, a batch at a time, each batch in a WRITE unit
 * of its own, by one process at a time (leased in the database). */
#ifndef SOUK_PLATFORM_JOB_JOB_H
#define SOUK_PLATFORM_JOB_JOB_H

#include "platform/db/db.h"

struct log;
struct clock;
struct job {
    const char *name; /* "inventory.expire": unique */
    int64_t period_ms;
    /* One batch; *ret_more asks for another at once. */
    err (*fn)(void *service, struct cx *cx, bool *ret_more);
};
struct jobs;
struct jobs_opts {
    struct db *db;
    struct log *log;
    struct clock *clock;
};
struct jobs *jobs_open(struct arena *life, struct jobs_opts opts);
void jobs_add(struct jobs *jobs, const struct job *list, void *service); /* list ends with { 0 } */
void jobs_start(struct jobs *jobs);
void jobs_close(struct jobs *jobs);
/* Runs what is due on this thread, for tests and simulation. */
err jobs_run_due(struct jobs *jobs, struct cx *cx, size_t *ret_batches) MUST_USE;

extern const struct db_query *const job_queries[];

#endif
