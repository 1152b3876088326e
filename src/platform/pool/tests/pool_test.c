/* SPDX-License-Identifier: Apache-2.0
 * The worker pool: all jobs run once, bounds hold, timers are in order, closing finishes the queue.
 * Run by `./dev test pool`, also under TSan. Waits on semaphores, never on time alone. */
#include "platform/pool/pool.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "platform/clock/clock.h"
#include "platform/pool/tests/pool_gate.h"
#include "tests/support/check.h"

struct tally {
    _Atomic int64_t sum;
};
struct adding {
    struct tally *tally;
    int64_t n;
};

static void add(void *arg)
{
    struct adding *a = arg;
    atomic_fetch_add(&a->tally->sum, a->n);
}

static void every_job_runs_once(void **state)
{
    struct arena *life = arena_open(1 << 16);
    struct pool *pool = pool_open(life, (struct pool_opts){ .threads = 4, .queue_max = 64 });
    struct tally tally = { 0 };
    struct adding jobs[1000];
    (void)state;

    for (int i = 0; i < 1000; i++) {
        jobs[i] = (struct adding){ &tally, i };
        while (!pool_submit(pool, add, &jobs[i])) /* full: the workers make room */
            sched_yield();
    }
    pool_close(pool);
    CHECK_INT(tally.sum, 499500);
    pool_close(pool); /* again: nothing */
    pool_close(NULL);
    arena_close(life);
}

static void queue_is_bounded(void **state)
{
    struct arena *life = arena_open(4096);
    struct pool *pool =
        pool_open(life, (struct pool_opts){ .threads = 1, .queue_max = 2, .name = "bounded" });
    struct gate gate;
    struct tally tally = { 0 };
    struct adding job = { &tally, 1 };
    (void)state;

    gate_init(&gate);
    CHECK(pool_submit(pool, wait_at_gate, &gate));
    sem_wait(&gate.entered); /* the only thread is busy now */
    CHECK(pool_submit(pool, add, &job));
    CHECK(pool_submit(pool, add, &job));
    CHECK_INT(pool_queued(pool), 2);
    CHECK(!pool_submit(pool, add, &job));
    sem_post(&gate.open);
    pool_close(pool); /* finishes the two */
    CHECK_INT(tally.sum, 2);
    arena_close(life);
}

struct steps {
    pthread_mutex_t lock;
    int order[8], n;
    sem_t done;
};
struct step {
    struct steps *steps;
    int number;
};

static void note_step(void *arg)
{
    struct step *step = arg;
    pthread_mutex_lock(&step->steps->lock);
    step->steps->order[step->steps->n++] = step->number;
    pthread_mutex_unlock(&step->steps->lock);
    sem_post(&step->steps->done);
}

static void timers_run_in_order(void **state)
{
    struct arena *life = arena_open(4096);
    struct pool *pool = pool_open(life, (struct pool_opts){ .threads = 1 });
    struct steps steps = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct step step[5];
    static const int64_t delay_ms[5] = { 30, 10, 20, 10, 0 };
    static const int want[5] = { 4, 1, 3, 2, 0 };
    int64_t start_us = clock_mono_us();
    (void)state;

    sem_init(&steps.done, 0, 0);
    for (int i = 0; i < 5; i++) {
        step[i] = (struct step){ &steps, i };
        pool_after(pool, delay_ms[i], note_step, &step[i]);
    }
    for (int i = 0; i < 5; i++)
        sem_wait(&steps.done);
    CHECK(clock_mono_us() - start_us >= 30000);
    pool_close(pool);
    for (int i = 0; i < 5; i++)
        CHECK_INT(steps.order[i], want[i]);
    arena_close(life);
}

static void timer_waits_for_room(void **state)
{
    struct arena *life = arena_open(4096);
    struct pool *pool = pool_open(life, (struct pool_opts){ .threads = 1, .queue_max = 1 });
    struct gate gate;
    struct tally tally = { 0 };
    struct adding job = { &tally, 1 };
    struct steps steps = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct step step = { &steps, 7 };
    (void)state;

    gate_init(&gate);
    sem_init(&steps.done, 0, 0);
    CHECK(pool_submit(pool, wait_at_gate, &gate));
    sem_wait(&gate.entered);
    CHECK(pool_submit(pool, add, &job));
    pool_after(pool, 0, note_step, &step); /* due, and no room */
    sem_post(&gate.open);
    sem_wait(&steps.done); /* hangs when the timed job is lost */
    pool_close(pool);
    CHECK_INT(tally.sum, 1);
    arena_close(life);
}

static void close_drops_timers(void **state)
{
    struct arena *life = arena_open(4096);
    struct pool *pool = pool_open(life, (struct pool_opts){ 0 });
    struct tally tally = { 0 };
    struct adding job = { &tally, 1 };
    int64_t start_us = clock_mono_us();
    (void)state;

    for (int i = 0; i < 200; i++) /* the heap grows */
        pool_after(pool, 3600000 - i, add, &job);
    pool_close(pool);
    CHECK_INT(tally.sum, 0);
    CHECK(clock_mono_us() - start_us < 60000000);
    arena_close(life);
}

struct closing {
    struct pool *pool;
    struct gate gate;
    bool taken;
};

static void submit_late(void *arg)
{
    struct closing *c = arg;
    wait_at_gate(&c->gate);
    while (pool_submit(c->pool, wait_at_gate, &c->gate)) { /* until the pool stops */
        sem_post(&c->gate.open);
        sched_yield();
    }
    c->taken = false;
}

static void close_refuses_new_jobs(void **state)
{
    struct arena *life = arena_open(4096);
    struct closing c = { .taken = true };
    (void)state;

    c.pool = pool_open(life, (struct pool_opts){ .threads = 2 });
    gate_init(&c.gate);
    CHECK(pool_submit(c.pool, submit_late, &c));
    sem_wait(&c.gate.entered);
    sem_post(&c.gate.open);
    pool_close(c.pool);
    CHECK(!c.taken);
    arena_close(life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once),
        cmocka_unit_test(queue_is_bounded),
        cmocka_unit_test(timers_run_in_order),
        cmocka_unit_test(timer_waits_for_room),
        cmocka_unit_test(close_drops_timers),
        cmocka_unit_test(close_refuses_new_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
