/* SPDX-License-Identifier: Apache-2.0
 * A job that tells when a worker has come to it and keeps that worker until it is let go. */
#ifndef SOUK_PLATFORM_POOL_TESTS_POOL_GATE_H
#define SOUK_PLATFORM_POOL_TESTS_POOL_GATE_H

#include <semaphore.h>

struct gate {
    sem_t entered, open;
};

static inline void wait_at_gate(void *arg)
{
    struct gate *gate = arg;
    sem_post(&gate->entered);
    sem_wait(&gate->open);
}

static inline void gate_init(struct gate *gate)
{
    sem_init(&gate->entered, 0, 0);
    sem_init(&gate->open, 0, 0);
}

#endif
