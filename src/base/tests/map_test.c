/* SPDX-License-Identifier: Apache-2.0
 * Tests of maps against plain lists. Run by meson test.
 * Must never rely on where a key lands. */
#include "tests/support/check.h"

#include "base/map.h"

static void empty_maps_have_nothing(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    struct map zero = { .arena = arena };
    struct map map = map_new(arena, 0);
    CHECK(map_get(&zero, S("a")) == NULL);
    CHECK(map_get(&map, S("a")) == NULL);
    int one = 1;
    map_put(&zero, S("a"), &one);
    CHECK(map_get(&zero, S("a")) == &one);
}

static void many_keys_are_kept_in_order(void **state)
{
    (void)state;
    enum { N = 5000 };
    const size_t hints[] = { 0, 10, N, 2 * N };
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    int *values = NEW_N(arena, N, int);
    for (size_t h = 0; h < COUNT(hints); h++) {
        struct map map = map_new(arena, hints[h]);
        for (size_t i = 0; i < N; i++) {
            str key = str_fmt(arena, "key %zu", i);
            CHECK(map_get(&map, key) == NULL);
            map_put(&map, key, &values[i]);
            CHECK(map_get(&map, key) == &values[i]);
        }
        CHECK_INT((int64_t)map.n, N);
        for (size_t i = 0; i < N; i++) {
            str key = str_fmt(arena, "key %zu", i);
            CHECK(map_get(&map, key) == &values[i]);
            CHECK_STR(map.entries[i].key, key);
        }
        CHECK(map_get(&map, S("key 5000")) == NULL);
    }
}

static void putting_again_replaces(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    struct map map = map_new(arena, 4);
    int one = 1;
    int two = 2;
    map_put(&map, S("a"), &one);
    map_put(&map, S("b"), &one);
    map_put(&map, S("a"), &two);
    CHECK_INT((int64_t)map.n, 2);
    CHECK(map_get(&map, S("a")) == &two);
    CHECK(map_get(&map, S("b")) == &one);
    CHECK_STR(map.entries[0].key, S("a"));
}

static void keys_are_bytes(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    struct map map = map_new(arena, 4);
    int one = 1;
    int two = 2;
    map_put(&map, S(""), &one);
    map_put(&map, S("a\0b"), &two);
    CHECK(map_get(&map, S("")) == &one);
    CHECK(map_get(&map, (str){ NULL, 0 }) == &one);
    CHECK(map_get(&map, S("a\0b")) == &two);
    CHECK(map_get(&map, S("a\0c")) == NULL);
    CHECK(map_get(&map, S("a")) == NULL);
}

static void put_nothing(const void *arg)
{
    struct map map = map_new(arena_open(0), 4);
    map_put(&map, S("a"), (void *)(uintptr_t)arg);
}

static void putting_null_panics(void **state)
{
    (void)state;
    CHECK_PANICS(put_nothing, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_maps_have_nothing),
        cmocka_unit_test(many_keys_are_kept_in_order),
        cmocka_unit_test(putting_again_replaces),
        cmocka_unit_test(keys_are_bytes),
        cmocka_unit_test(putting_null_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
