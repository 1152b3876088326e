/* SPDX-License-Identifier: Apache-2.0
 * A second thread for one heavy query at a time. Called by index_find.c; must never make a query
 * wait for the thread: when it has work, the query does all of its own. */
#include <sched.h>
#include <sys/sysinfo.h>

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

/* Whether a processor has had nothing to do of late: without one, a second thread only costs. */
static bool has_idle(const struct index_helper *h)
{
    struct sysinfo now;
    return h->any_load ||
           (sysinfo(&now) == 0 && now.loads[0] < (h->processors - 1) << SI_LOAD_SHIFT);
}

void index_helper_init(struct index_helper *h)
{
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->given, NULL);
    pthread_cond_init(&h->done, NULL);
    cpu_set_t set;
    h->processors =
        sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned long)CPU_COUNT(&set) : 1;
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
