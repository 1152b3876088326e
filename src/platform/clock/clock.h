/* SPDX-License-Identifier: Apache-2.0
 * The clock port: system time, or a simulated one that tests move. */
#ifndef SOUK_PLATFORM_CLOCK_CLOCK_H
#define SOUK_PLATFORM_CLOCK_CLOCK_H

#include <stdint.h>

struct arena;
struct clock {
    int64_t (*now_ms)(void *self); /* Unix milliseconds */
    void *self;
};
struct clock clock_system(void);
/* Starts at start_ms; moves only by clock_fake_advance. */
struct clock clock_fake(struct arena *life, int64_t start_ms);
void clock_fake_advance(struct clock *clock, int64_t ms);
int64_t clock_now_ms(const struct clock *clock);
/* Monotonic microseconds, for durations only. */
int64_t clock_mono_us(void);

#endif
