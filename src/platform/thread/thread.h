/* SPDX-License-Identifier: Apache-2.0
 * Locks, threads and the wish to stop, for layers above that have no business with pthreads. */
#ifndef SOUK_PLATFORM_THREAD_THREAD_H
#define SOUK_PLATFORM_THREAD_THREAD_H

#include "base/arena.h"

/* A mutex. Held for a few lines only; never around a call that may block. */
struct lock;
struct lock *lock_open(struct arena *life);
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);

struct thread;
struct thread *thread_start(struct arena *life, void (*fn)(void *arg), void *arg);
void thread_join(struct thread *thread); /* NULL is a no-op */

/* SIGTERM and SIGINT: block them before any thread is made, then let one thread wait. SIGPIPE is
 * ignored from then on. */
void thread_block_stop(void);
int thread_wait_stop(void); /* returns the signal's number */

#endif
