/* SPDX-License-Identifier: Apache-2.0
 * Locks and threads over pthreads. Called by the gateway and the app; must never be used where a
 * pool or a lane would do. */
#include "platform/thread/thread.h"

#include <pthread.h>
#include <signal.h>

#include "base/err.h"

struct lock {
    pthread_mutex_t mutex;
};
struct thread {
    pthread_t id;
    void (*fn)(void *arg);
    void *arg;
};

struct lock *lock_open(struct arena *life)
{
    struct lock *lock = NEW(life, struct lock);
    int rc = pthread_mutex_init(&lock->mutex, NULL);
    ASSERT(rc == 0);
    return lock;
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void lock_give(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

static void *run(void *arg)
{
    struct thread *t = arg;
    t->fn(t->arg);
    return NULL;
}

struct thread *thread_start(struct arena *life, void (*fn)(void *arg), void *arg)
{
    struct thread *t = NEW(life, struct thread);
    *t = (struct thread){ .fn = fn, .arg = arg };
    int rc = pthread_create(&t->id, NULL, run, t);
    ASSERT(rc == 0);
    return t;
}

void thread_join(struct thread *thread)
{
    if (thread)
        pthread_join(thread->id, NULL);
}

static sigset_t stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

void thread_block_stop(void)
{
    sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int thread_wait_stop(void)
{
    sigset_t set = stop_signals();
    int which = 0;
    sigwait(&set, &which);
    return which;
}
