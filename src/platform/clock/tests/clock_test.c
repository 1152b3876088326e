/* SPDX-License-Identifier: Apache-2.0
 * The clock port: the fake moves only when told; the real ones move forward.
 * Run by `./dev test clock`. Never sleeps. */
#include "platform/clock/clock.h"

#include "base/instant.h"
#include "tests/support/check.h"

static void fake_moves_when_told(void **state)
{
    struct arena *life = arena_open(256);
    struct clock clock = clock_fake(life, 1000);
    struct clock copy = clock; /* the value is a handle: copies show one time */
    (void)state;

    CHECK_INT(clock_now_ms(&clock), 1000);
    clock_fake_advance(&clock, 250);
    CHECK_INT(clock_now_ms(&clock), 1250);
    CHECK_INT(clock_now_ms(&copy), 1250);
    arena_close(life);
}

static void system_is_this_age(void **state)
{
    struct clock clock = clock_system();
    (void)state;

    CHECK(clock_now_ms(&clock) > civil_to_ms((struct civil){ .year = 2024, .month = 1, .day = 1 }));
    CHECK(clock_now_ms(&clock) < civil_to_ms((struct civil){ .year = 2100, .month = 1, .day = 1 }));
}

static void mono_never_goes_back(void **state)
{
    int64_t start = clock_mono_us(), before = start;
    (void)state;

    while (before == start) {
        int64_t now = clock_mono_us();
        CHECK(now >= before);
        before = now;
    }
    CHECK(before - start < 60 * 1000000); /* microseconds, not another unit */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fake_moves_when_told),
        cmocka_unit_test(system_is_this_age),
        cmocka_unit_test(mono_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
