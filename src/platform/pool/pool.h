/* SPDX-License-Identifier: Apache-2.0
 * A bounded pool of worker threads with one queue: for what blocks. Also the executor of the
 * payment provider, with its own pool. */
#ifndef SOUK_PLATFORM_POOL_POOL_H
#define SOUK_PLATFORM_POOL_POOL_H

#include "base/err.h"

struct pool;
struct pool_opts {
    size_t threads;   /* 0: 4 */
    size_t queue_max; /* 0: 4096 */
    const char *name; /* of the threads, at most 15 bytes */
};
struct pool *pool_open(struct arena *life, struct pool_opts opts);
/* False when the queue is full or the pool stops: nothing will be run. */
bool pool_submit(struct pool *pool, void (*fn)(void *arg), void *arg) MUST_USE;
/* Runs fn in delay_ms or a little later (one timer thread); dropped at pool_close. */
void pool_after(struct pool *pool, int64_t delay_ms, void (*fn)(void *arg), void *arg);
size_t pool_queued(struct pool *pool);
size_t pool_queue_max(const struct pool *pool);
/* Finishes what is queued and ends the threads; what comes later is refused. NULL is a no-op. */
void pool_close(struct pool *pool);

#endif
