/* SPDX-License-Identifier: Apache-2.0
 * A list of what waits, and at most one worker on its way to serve it. Called by flows; must never
 * leave an item to a worker that will not come. */
#include "platform/pool/batch.h"

#include <pthread.h>

struct batches {
    struct batches_opts opts;
    pthread_mutex_t mutex; /* guards what follows */
    struct batch_item *head, **tail;
    bool called; /* a worker is on its way */
};

struct batches *batches_open(struct arena *life, struct batches_opts opts)
{
    struct batches *b = NEW(life, struct batches);
    b->opts = opts;
    b->tail = &b->head;
    pthread_mutex_init(&b->mutex, NULL);
    return b;
}

/* Sets *ret_more when some are left over, for whom somebody has to come. */
static size_t take(struct batches *b, struct batch_item *ret[static BATCH_MAX], bool *ret_more)
{
    size_t n = 0;
    pthread_mutex_lock(&b->mutex);
    while (b->head && n < BATCH_MAX) {
        ret[n++] = b->head;
        b->head = b->head->next;
    }
    if (!b->head)
        b->tail = &b->head;
    *ret_more = b->called = b->head != NULL;
    pthread_mutex_unlock(&b->mutex);
    return n;
}

static void work(void *arg);

static bool call(struct batches *b)
{
    const struct executor *exec = &b->opts.exec;
    return exec->submit && exec->submit(exec->self, work, b);
}

static void work(void *arg)
{
    struct batches *b = arg;
    for (bool more = true; more;) {
        struct batch_item *items[BATCH_MAX];
        size_t n = take(b, items, &more);
        more = more && !call(b);
        b->opts.serve(b->opts.self, items, n);
    }
}

void batches_add(struct batches *b, struct batch_item *item)
{
    item->next = NULL;
    pthread_mutex_lock(&b->mutex);
    *b->tail = item;
    b->tail = &item->next;
    bool calls = !b->called;
    b->called = true;
    pthread_mutex_unlock(&b->mutex);
    if (calls && !call(b))
        work(b);
}
