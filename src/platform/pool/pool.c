/* SPDX-License-Identifier: Apache-2.0
 * A bounded pool of threads over one ring of jobs, and a heap of timed jobs with a thread of its
 * own. Called by everything that blocks. Never runs a job while it holds its lock. */
#include "platform/pool/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "platform/clock/clock.h"
#include "platform/pool/executor.h"

#define THREADS_DEFAULT 4
#define QUEUE_DEFAULT 4096
#define NAME_BYTES 16 /* with the NUL, as Linux wants it */

struct job {
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    int64_t due_us;
    uint64_t order; /* equal times run in order of submission */
    struct job job;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work;  /* a job was queued, or the pool stops */
    pthread_cond_t timed; /* the heap changed, or the pool stops */
    struct job *ring;
    size_t ring_size, ring_at, queued;
    struct timer *heap;
    size_t heap_n, heap_size;
    uint64_t heap_order;
    bool stopping, timer_runs;
    pthread_t *threads;
    size_t threads_n;
    pthread_t timer_thread;
    char name[NAME_BYTES];
};

static void *pool_work(void *arg)
{
    struct pool *pool = arg;

    pthread_setname_np(pthread_self(), pool->name);
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->queued == 0 && !pool->stopping)
            pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->queued == 0)
            break;
        struct job job = pool->ring[pool->ring_at];
        pool->ring_at = (pool->ring_at + 1) % pool->ring_size;
        pool->queued--;
        pthread_mutex_unlock(&pool->lock);
        job.fn(job.arg);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct pool *pool_open(struct arena *life, struct pool_opts opts)
{
    struct pool *pool = NEW(life, struct pool);
    pthread_condattr_t attr;

    pool->ring_size = opts.queue_max ? opts.queue_max : QUEUE_DEFAULT;
    pool->ring = NEW_N(life, pool->ring_size, struct job);
    pool->threads_n = opts.threads ? opts.threads : THREADS_DEFAULT;
    pool->threads = NEW_N(life, pool->threads_n, pthread_t);
    str name = str_sub(str_from_c(opts.name ? opts.name : "pool"), 0, NAME_BYTES - 1);
    memcpy(pool->name, name.p, name.n);
    ASSERT(pthread_mutex_init(&pool->lock, NULL) == 0);
    ASSERT(pthread_cond_init(&pool->work, NULL) == 0);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    ASSERT(pthread_cond_init(&pool->timed, &attr) == 0);
    pthread_condattr_destroy(&attr);
    for (size_t i = 0; i < pool->threads_n; i++)
        ASSERT(pthread_create(&pool->threads[i], NULL, pool_work, pool) == 0);
    return pool;
}

/* Under the lock. */
static void ring_add(struct pool *pool, struct job job)
{
    pool->ring[(pool->ring_at + pool->queued) % pool->ring_size] = job;
    pool->queued++;
    pthread_cond_signal(&pool->work);
}

bool pool_submit(struct pool *pool, void (*fn)(void *arg), void *arg)
{
    pthread_mutex_lock(&pool->lock);
    bool taken = !pool->stopping && pool->queued < pool->ring_size;
    if (taken)
        ring_add(pool, (struct job){ fn, arg });
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

static bool timer_before(const struct timer *a, const struct timer *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void timer_swap(struct timer *a, struct timer *b)
{
    struct timer t = *a;
    *a = *b;
    *b = t;
}

/* Under the lock, like the other heap functions. */
static void heap_add(struct pool *pool, struct timer timer)
{
    if (pool->heap_n == pool->heap_size) {
        pool->heap_size = pool->heap_size ? pool->heap_size * 2 : 64;
        pool->heap = realloc(pool->heap, pool->heap_size * sizeof(*pool->heap));
        ASSERT(pool->heap != NULL);
    }
    size_t i = pool->heap_n++;
    pool->heap[i] = timer;
    for (; i > 0 && timer_before(&pool->heap[i], &pool->heap[(i - 1) / 2]); i = (i - 1) / 2)
        timer_swap(&pool->heap[i], &pool->heap[(i - 1) / 2]);
}

static struct job heap_take(struct pool *pool)
{
    struct job job = pool->heap[0].job;
    size_t i = 0;

    pool->heap[0] = pool->heap[--pool->heap_n];
    for (;;) {
        size_t least = i, left = 2 * i + 1, right = 2 * i + 2;
        if (left < pool->heap_n && timer_before(&pool->heap[left], &pool->heap[least]))
            least = left;
        if (right < pool->heap_n && timer_before(&pool->heap[right], &pool->heap[least]))
            least = right;
        if (least == i)
            return job;
        timer_swap(&pool->heap[i], &pool->heap[least]);
        i = least;
    }
}

/* Moves what is due into the ring. When the ring is full it asks again after a millisecond: a timed
 * job was promised, so it is late rather than lost. */
static void *pool_tick(void *arg)
{
    struct pool *pool = arg;

    pthread_setname_np(pthread_self(), pool->name);
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        int64_t now_us = clock_mono_us();
        while (pool->heap_n > 0 && pool->heap[0].due_us <= now_us && pool->queued < pool->ring_size)
            ring_add(pool, heap_take(pool));
        if (pool->heap_n == 0) {
            pthread_cond_wait(&pool->timed, &pool->lock);
            continue;
        }
        int64_t until_us = pool->heap[0].due_us;
        if (until_us <= now_us)
            until_us = now_us + 1000;
        struct timespec until = { .tv_sec = until_us / 1000000,
            .tv_nsec = until_us % 1000000 * 1000 };
        pthread_cond_timedwait(&pool->timed, &pool->lock, &until);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

void pool_after(struct pool *pool, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
    int64_t due_us = clock_mono_us() + (delay_ms > 0 ? delay_ms * 1000 : 0);

    pthread_mutex_lock(&pool->lock);
    if (!pool->stopping) {
        heap_add(pool, (struct timer){ due_us, pool->heap_order++, { fn, arg } });
        if (!pool->timer_runs) {
            ASSERT(pthread_create(&pool->timer_thread, NULL, pool_tick, pool) == 0);
            pool->timer_runs = true;
        }
        pthread_cond_signal(&pool->timed);
    }
    pthread_mutex_unlock(&pool->lock);
}

size_t pool_queued(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t n = pool->queued;
    pthread_mutex_unlock(&pool->lock);
    return n;
}

size_t pool_queue_max(const struct pool *pool)
{
    return pool->ring_size;
}

void pool_close(struct pool *pool)
{
    if (!pool || pool->threads_n == 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->timed);
    bool timer_runs = pool->timer_runs;
    pthread_mutex_unlock(&pool->lock);
    if (timer_runs)
        pthread_join(pool->timer_thread, NULL);
    for (size_t i = 0; i < pool->threads_n; i++)
        pthread_join(pool->threads[i], NULL);
    pool->threads_n = 0; /* a second close is a no-op */
    free(pool->heap);
    pool->heap = NULL; /* the mutex stays: who comes late is refused */
}

static bool executor_submit(void *self, void (*fn)(void *arg), void *arg)
{
    return pool_submit(self, fn, arg);
}

static void executor_after(void *self, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
    pool_after(self, delay_ms, fn, arg);
}

struct executor pool_executor(struct pool *pool)
{
    return (struct executor){ .submit = executor_submit, .after = executor_after, .self = pool };
}
