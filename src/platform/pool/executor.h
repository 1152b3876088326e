/* SPDX-License-Identifier: Apache-2.0
 * Where work is handed to that must not run here: a pool, or a simulation that decides when. */
#ifndef SOUK_PLATFORM_POOL_EXECUTOR_H
#define SOUK_PLATFORM_POOL_EXECUTOR_H

#include "base/err.h"

struct executor {
    /* False when it is full or stops: nothing will be run. */
    bool (*submit)(void *self, void (*fn)(void *arg), void *arg);
    /* Runs fn in delay_ms or a little later; dropped at the end of the process. */
    void (*after)(void *self, int64_t delay_ms, void (*fn)(void *arg), void *arg);
    void *self;
};

struct pool;
struct executor pool_executor(struct pool *pool);

#endif
