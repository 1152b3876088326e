/* SPDX-License-Identifier: Apache-2.0
 * A second thread for one heavy query at a time. Called by index_find.c; must never make a query
 * wait for the thread: when it has work, the query does all of its own. */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/index/index_internal.h"

static void *helper(void *arg)
{
    struct index_helper *h = arg;
    pthread_mutex_lock(&h->lock);
    while (!h->stop) {
        if (!h->work) {
            pthread_cond_wait(&h->given, &h->lock);
            continue;
        }
        pthread_mutex_unlock(&h->lock);
        h->work(h->arg);
        pthread_mutex_lock(&h->lock);
        h->work = NULL;
        pthread_cond_signal(&h->done);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* How many threads of the machine run or want to, this one included: "0.52 0.31 0.20 2/345 678".
 * The averages before it are of a minute, and this very query is in them. */
static unsigned long running(const struct index_helper *h)
{
    char text[128];
    ssize_t n = h->load_fd < 0 ? -1 : pread(h->load_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = 0;
    const char *at = strchr(text, '/');
    while (at && at > text && at[-1] != ' ')
        at--;
    return at ? strtoul(at, NULL, 10) : ULONG_MAX;
}

/* Whether a processor has nothing to do: without one, a second thread only costs. */
static bool has_idle(const struct index_helper *h)
{
    return h->any_load || running(h) < h->processors;
}

void index_helper_init(struct index_helper *h)
{
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->given, NULL);
    pthread_cond_init(&h->done, NULL);
    cpu_set_t set;
    h->processors =
        sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned long)CPU_COUNT(&set) : 1;
    h->load_fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    atomic_init(&h->heavy, INDEX_HEAVY);
}

void index_helper_release(struct index_helper *h)
{
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_signal(&h->given);
    pthread_mutex_unlock(&h->lock);
    if (h->there)
        pthread_join(h->thread, NULL);
    if (h->load_fd >= 0)
        close(h->load_fd);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->given);
    pthread_cond_destroy(&h->done);
}

bool index_helper_give(struct index_helper *h, void (*work)(void *arg), void *arg)
{
    if (!has_idle(h) || pthread_mutex_trylock(&h->lock) != 0)
        return false;
    bool given = !h->taken;
    if (given && !h->there) {
        h->there = pthread_create(&h->thread, NULL, helper, h) == 0;
        given = h->there;
        if (given)
            pthread_setname_np(h->thread, "index-helper");
    }
    if (given) {
        h->taken = true;
        h->work = work;
        h->arg = arg;
        pthread_cond_signal(&h->given);
    }
    pthread_mutex_unlock(&h->lock);
    return given;
}

void index_helper_finish(struct index_helper *h)
{
    pthread_mutex_lock(&h->lock);
    while (h->work)
        pthread_cond_wait(&h->done, &h->lock);
    h->taken = false;
    pthread_mutex_unlock(&h->lock);
}

void index_share_work(struct index *ix, bool on)
{
    atomic_store(&ix->helper.heavy, on ? INDEX_HEAVY : UINT64_MAX);
}
