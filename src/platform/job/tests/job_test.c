/* SPDX-License-Identifier: Apache-2.0
 * The scheduler on both engines: when jobs run, in which batches, and who may run them.
 * Run by `./dev test job`, the thread's part under TSan as well. */
#include "platform/job/job.h"

#include <stdatomic.h>
#include <time.h>

#include "base/instant.h"
#include "jobprobe_sql.h"
#include "platform/clock/clock.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/job", NULL };
static const struct db_migration migrations[] = {
    { S_INIT("jobprobe"), 1, S_INIT("0001_init.sql"),
        S_INIT("-- @sqlite\n"
               "CREATE TABLE jobprobe_tick (n integer PRIMARY KEY AUTOINCREMENT,\n"
               "    job text NOT NULL, at_ms bigint NOT NULL);\n"
               "-- @pg\n"
               "CREATE TABLE jobprobe_tick (n bigserial PRIMARY KEY,\n"
               "    job text NOT NULL, at_ms bigint NOT NULL);\n") },
};
static const problem job_refused = { KIND_UPSTREAM, "jobprobe.refused", NULL, "No." };

/* One job of the test: a service of its own. */
struct worker {
    struct db *db;
    const char *name;
    int batches; /* of a run */
    int left;    /* of this run */
    int fails;   /* batches that still fail, after their effect */
    int fail_at; /* or the one that does, counted from 1 */
    _Atomic int ran;
};

static err worker_fn(void *service, struct cx *cx, bool *ret_more)
{
    struct worker *w = service;
    atomic_fetch_add(&w->ran, 1);
    err e = jobprobe_sql_tick_add(w->db, cx,
        (struct jobprobe_sql_tick_add_in){ .job = str_from_c(w->name), .at_ms = cx->now_ms }, NULL);
    if (e)
        return e;
    if (w->fails > 0 || atomic_load(&w->ran) == w->fail_at) {
        w->fails -= w->fails > 0;
        return FAIL(cx, job_refused, "as told");
    }
    w->left = (w->left > 0 ? w->left : w->batches) - 1;
    *ret_more = w->left > 0;
    return NULL;
}

static const struct job every_second[] = { { "t.second", SECOND_MS, worker_fn }, { 0 } };
static const struct job every_second_too[] = { { "t.second_too", SECOND_MS, worker_fn }, { 0 } };
static const struct job every_day[] = { { "t.day", DAY_MS, worker_fn }, { 0 } };

struct desk {
    struct store *s;
    struct cx *cx;
    struct arena *life;
    struct clock clock;
};

static struct desk *desk_of(enum db_engine engine, bool lanes)
{
    struct store *s = store_open_with((struct store_opts){ .engine = engine,
        .folders = folders,
        .migrations = migrations,
        .migrations_n = COUNT(migrations),
        .lanes = lanes });
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);
    *d = (struct desk){ .s = s, .cx = store_cx(s), .life = life };
    d->clock = clock_fake(life, d->cx->now_ms);
    return d;
}

static void desk_close(struct desk *d)
{
    store_close(d->s);
    arena_close(d->life);
}

static struct jobs *jobs_of(struct desk *d)
{
    return jobs_open(d->life, (struct jobs_opts){ .db = store_db(d->s), .clock = &d->clock });
}

static size_t run(struct desk *d, struct jobs *jobs, err want)
{
    size_t batches = 99;
    cx_clear(d->cx);
    CHECK_ERR(d->cx, jobs_run_due(jobs, d->cx, &batches), want);
    return batches;
}

struct ticks {
    struct db *db;
    struct jobprobe_sql_ticks_row *rows;
    size_t n;
};
static err ticks_work(void *arg, struct cx *cx)
{
    struct ticks *t = arg;
    return jobprobe_sql_ticks(t->db, cx, &t->rows, &t->n);
}
static struct ticks ticks_of(struct desk *d)
{
    struct ticks t = { .db = store_db(d->s) };
    CHECK_ERR(d->cx, store_read(d->s, ticks_work, &t), NULL);
    return t;
}

static const struct period_case {
    const char *name;
    int64_t after_ms; /* the step before */
    size_t batches;
} period_cases[] = {
    { "at the start", 0, 1 },
    { "not twice", 0, 0 },
    { "a little early", 999, 0 },
    { "on time", 1, 1 },
    { "late: once, not five times", 5000, 1 },
    { "counted from when it ran", 999, 0 },
    { "and on time again", 1, 1 },
    { "when the lease must be renewed", 20000, 1 },
    { "when it has run out", 60000, 1 },
};

static void jobs_run_each_period(void **state)
{
    struct desk *d = desk_of(store_engine(state), false);
    struct worker w = { .db = store_db(d->s), .name = "a", .batches = 1 };
    struct jobs *jobs = jobs_of(d);
    size_t total = 0;

    CHECK_INT((int64_t)run(d, jobs, NULL), 0);
    jobs_add(jobs, every_second, &w);
    for (size_t i = 0; i < COUNT(period_cases); i++) {
        clock_fake_advance(&d->clock, period_cases[i].after_ms);
        CASE_INT(
            period_cases[i].name, (int64_t)run(d, jobs, NULL), (int64_t)period_cases[i].batches);
        total += period_cases[i].batches;
        struct ticks t = ticks_of(d);
        CASE_INT(period_cases[i].name, (int64_t)t.n, (int64_t)total);
        if (period_cases[i].batches)
            CASE_INT(period_cases[i].name, t.rows[t.n - 1].at_ms, clock_now_ms(&d->clock));
    }
    jobs_close(jobs);
    desk_close(d);
}

static void batches_take_turns(void **state)
{
    static const char *const want[] = { "a", "b", "a", "a" };
    struct desk *d = desk_of(store_engine(state), false);
    struct worker a = { .db = store_db(d->s), .name = "a", .batches = 3 };
    struct worker b = { .db = store_db(d->s), .name = "b", .batches = 1 };
    struct jobs *jobs = jobs_of(d);

    jobs_add(jobs, every_second, &a);
    jobs_add(jobs, every_second_too, &b);
    CHECK_INT((int64_t)run(d, jobs, NULL), 4);
    struct ticks t = ticks_of(d);
    CHECK_INT((int64_t)t.n, (int64_t)COUNT(want));
    for (size_t i = 0; i < t.n; i++)
        CHECK_STR(t.rows[i].job, str_from_c(want[i]));
    jobs_close(jobs);
    desk_close(d);
}

static const struct fail_case {
    const char *name;
    const struct job *job;
    int64_t retry_ms;
} fail_cases[] = {
    { "a short period", every_second, SECOND_MS },
    { "a long period", every_day, MINUTE_MS },
};

static void failures_undo_their_batch_and_come_back(void **state)
{
    for (size_t i = 0; i < COUNT(fail_cases); i++) {
        const struct fail_case *c = &fail_cases[i];
        struct desk *d = desk_of(store_engine(state), false);
        struct worker w = { .db = store_db(d->s), .name = "w", .batches = 2, .fails = 2 };
        struct worker other = { .db = store_db(d->s), .name = "other", .batches = 1 };
        struct jobs *jobs = jobs_of(d);
        jobs_add(jobs, c->job, &w);
        jobs_add(jobs, every_second_too, &other);
        CASE_INT(c->name, (int64_t)run(d, jobs, &job_refused), 1); /* the other runs all the same */
        CASE(c->name, str_find(d->cx->detail, S("as told"), 0) >= 0);
        CASE_INT(c->name, (int64_t)ticks_of(d).n, 1);
        clock_fake_advance(&d->clock, c->retry_ms - 1);
        (void)run(d, jobs, NULL);
        CASE_INT(c->name, atomic_load(&w.ran), 1);
        clock_fake_advance(&d->clock, 1);
        (void)run(d, jobs, &job_refused);
        clock_fake_advance(&d->clock, c->retry_ms);
        (void)run(d, jobs, NULL);
        CASE_INT(c->name, atomic_load(&w.ran), 4);
        clock_fake_advance(&d->clock, c->job->period_ms);
        (void)run(d, jobs, NULL);
        CASE_INT(c->name, atomic_load(&w.ran), 6);
        jobs_close(jobs);
        desk_close(d);
    }
}

static void a_restart_is_no_reason_to_run(void **state)
{
    struct desk *d = desk_of(store_engine(state), false);
    struct worker w = { .db = store_db(d->s), .name = "w", .batches = 1 };
    struct jobs *jobs = jobs_of(d);

    jobs_add(jobs, every_day, &w);
    CHECK_INT((int64_t)run(d, jobs, NULL), 1);
    jobs_close(jobs);
    clock_fake_advance(&d->clock, HOUR_MS);
    jobs = jobs_of(d);
    jobs_add(jobs, every_day, &w);
    CHECK_INT((int64_t)run(d, jobs, NULL), 0);
    clock_fake_advance(&d->clock, DAY_MS - HOUR_MS - 1);
    CHECK_INT((int64_t)run(d, jobs, NULL), 0);
    clock_fake_advance(&d->clock, 1);
    CHECK_INT((int64_t)run(d, jobs, NULL), 1);
    jobs_close(jobs);
    desk_close(d);
}

/* A process that died between two batches: the next one finishes the run, not tomorrow's. */
static void a_broken_run_is_taken_up(void **state)
{
    struct desk *d = desk_of(store_engine(state), false);
    struct worker w = { .db = store_db(d->s), .name = "w", .batches = 3, .fail_at = 2 };
    struct jobs *dies = jobs_of(d), *next = jobs_of(d);

    jobs_add(dies, every_day, &w);
    jobs_add(next, every_day, &w);
    CHECK_INT((int64_t)run(d, dies, &job_refused), 1);
    jobs_close(dies);
    clock_fake_advance(&d->clock, 31 * SECOND_MS); /* its lease has run out */
    CHECK_INT((int64_t)run(d, next, NULL), 2);
    CHECK_INT((int64_t)ticks_of(d).n, 3);
    clock_fake_advance(&d->clock, DAY_MS - 1);
    CHECK_INT((int64_t)run(d, next, NULL), 0);
    jobs_close(next);
    desk_close(d);
}

/* PostgreSQL: two processes, one database. */
static void one_process_runs_a_job(void **state)
{
    struct desk *d = desk_of(store_engine(state), false);
    struct worker w = { .db = store_db(d->s), .name = "w", .batches = 1 };
    struct jobs *a = jobs_of(d), *b = jobs_of(d);

    jobs_add(a, every_second, &w);
    jobs_add(b, every_second, &w);
    CHECK_INT((int64_t)run(d, a, NULL), 1);
    CHECK_INT((int64_t)run(d, b, NULL), 0);
    for (int i = 0; i < 40; i++) {
        clock_fake_advance(&d->clock, SECOND_MS);
        CHECK_INT((int64_t)run(d, a, NULL), 1);
        CHECK_INT((int64_t)run(d, b, NULL), 0);
    }
    clock_fake_advance(&d->clock, 31 * SECOND_MS); /* a has not been heard of */
    CHECK_INT((int64_t)run(d, b, NULL), 1);
    CHECK_INT((int64_t)run(d, a, NULL), 0);
    jobs_close(a);
    jobs_close(b);
    desk_close(d);
}

static void wait_ran(struct worker *w, int n)
{
    int64_t end = clock_mono_us() + 60 * 1000000;

    while (atomic_load(&w->ran) < n) {
        CHECK(clock_mono_us() < end);
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
}

static void the_thread_runs_them_too(void **state)
{
    struct desk *d = desk_of(store_engine(state), /* lanes= */ true);
    struct worker a = { .db = store_db(d->s), .name = "a", .batches = 3, .fails = 1 };
    struct worker b = { .db = store_db(d->s), .name = "b", .batches = 1 };
    struct jobs *jobs = jobs_of(d), *next = jobs_of(d);

    jobs_add(jobs, every_second, &a);
    jobs_add(jobs, every_day, &b);
    jobs_start(jobs);
    wait_ran(&b, 1);
    wait_ran(&a, 1);
    clock_fake_advance(&d->clock, SECOND_MS);
    wait_ran(&a, 4);
    jobs_close(jobs);
    CHECK_INT(atomic_load(&b.ran), 1);
    jobs_add(next, every_second, &a); /* what was closed has given its leases back */
    clock_fake_advance(&d->clock, SECOND_MS);
    CHECK_INT((int64_t)run(d, next, NULL), 3);
    jobs_close(next);
    jobs_close(NULL);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(jobs_run_each_period),
        STORE_TEST(batches_take_turns),
        STORE_TEST(failures_undo_their_batch_and_come_back),
        STORE_TEST(a_restart_is_no_reason_to_run),
        STORE_TEST(a_broken_run_is_taken_up),
        STORE_TEST_ON(one_process_runs_a_job, DB_PG),
        STORE_TEST(the_thread_runs_them_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
