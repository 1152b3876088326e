/* SPDX-License-Identifier: Apache-2.0
 * System and simulated clocks. Called by whoever opens a cx, and by tests and the simulation.
 * Business rules never come here: they read cx->now_ms. */
#include "platform/clock/clock.h"

#include <stdatomic.h>
#include <time.h>

#include "base/arena.h"

static int64_t system_now_ms(void *self)
{
    struct timespec now;
    (void)self;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct clock clock_system(void)
{
    return (struct clock){ .now_ms = system_now_ms };
}

struct fake {
    _Atomic int64_t now_ms; /* threads of a test may read it while another moves it */
};

static int64_t fake_now_ms(void *self)
{
    struct fake *fake = self;
    return atomic_load(&fake->now_ms);
}

struct clock clock_fake(struct arena *life, int64_t start_ms)
{
    struct fake *fake = NEW(life, struct fake);
    atomic_init(&fake->now_ms, start_ms);
    return (struct clock){ .now_ms = fake_now_ms, .self = fake };
}

void clock_fake_advance(struct clock *clock, int64_t ms)
{
    struct fake *fake = clock->self;
    atomic_fetch_add(&fake->now_ms, ms);
}

int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->self);
}

int64_t clock_mono_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
