/* SPDX-License-Identifier: Apache-2.0
 * Things that come one by one and are served together, as many as have come. The worker that serves
 * is queued behind the work that has come, so the longer the queue, the more share it. Thread-safe.
 */
#ifndef SOUK_PLATFORM_POOL_BATCH_H
#define SOUK_PLATFORM_POOL_BATCH_H

#include "platform/pool/executor.h"

#define BATCH_MAX 64

struct batch_item { /* a member of what waits; belongs to the batches until it is served */
    struct batch_item *next;
};
struct batches;
struct batches_opts {
    struct executor exec; /* zero, full or stopping: who adds an item serves it */
    /* 1..BATCH_MAX items in the order of their coming, each once; several may be served at the same
     * time. The array lives until it returns. */
    void (*serve)(void *self, struct batch_item *const *items, size_t n);
    void *self;
};
struct batches *batches_open(struct arena *life, struct batches_opts opts);
/* It is served later, on another thread perhaps, or has been when this returns. */
void batches_add(struct batches *batches, struct batch_item *item);

#endif
