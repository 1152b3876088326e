/* SPDX-License-Identifier: Apache-2.0
 * Tests of arenas: alignment, zeroes, growth in place and by moving, reset.
 * Run by meson test. Must never rely on how much a block holds. */
#include "tests/support/check.h"

#define PIECES 2000

static bool is_filled(const char *p, char with, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != with)
            return false;
    }
    return true;
}

static void pieces_are_aligned_zeroed_and_apart(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    char *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(arena, i % 97);
        CHECK((uintptr_t)pieces[i] % 16 == 0);
        CHECK(is_filled(pieces[i], 0, i % 97));
        memset(pieces[i], (int)(i % 100) + 1, i % 97);
    }
    for (size_t i = 0; i < PIECES; i++)
        CHECK(is_filled(pieces[i], (char)(i % 100 + 1), i % 97));
}

static void memory_is_zero_again_after_reset(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(1000);
    char *before = arena_alloc(arena, 900);
    memset(before, 0x5a, 900);
    (void)arena_alloc(arena, 100000);
    arena_reset(arena);
    CHECK_INT((int64_t)arena_used(arena), 0);
    char *after = arena_alloc(arena, 900);
    CHECK(after == before); /* the first block was kept */
    CHECK(is_filled(after, 0, 900));
}

static void used_counts_all_blocks(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    CHECK_INT((int64_t)arena_used(arena), 0);
    for (size_t i = 0; i < 1000; i++)
        (void)arena_alloc(arena, 64);
    CHECK(arena_used(arena) >= 64 * 1000);
    CHECK(arena_used(arena) <= 2 * 64 * 1000);
}

static void huge_objects_fit(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(64);
    char *p = arena_alloc(arena, (size_t)40 << 20);
    p[((size_t)40 << 20) - 1] = 1;
    CHECK(p[0] == 0);
}

static const struct grow_case {
    const char *name;
    size_t old_size, size;
    bool last, moves;
} grow_cases[] = {
    { "last grows in place", 100, 200, true, false },
    { "last shrinks in place", 200, 100, true, false },
    { "in the middle it moves", 100, 200, false, true },
    { "in the middle it shrinks in place", 200, 100, false, false },
    { "no room moves even the last", 100, 100000, true, true },
    { "within the padding", 100, 101, true, false },
};

static void growing_keeps_the_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(grow_cases); i++) {
        const struct grow_case *c = &grow_cases[i];
        DEFER(arena_close_at) struct arena *arena = arena_open(4096);
        char *p = arena_alloc(arena, c->old_size);
        memset(p, 7, c->old_size);
        char *next = c->last ? NULL : arena_alloc(arena, 16);
        char *grown = arena_grow(arena, p, c->old_size, c->size);
        size_t kept = c->size < c->old_size ? c->size : c->old_size;
        CASE(c->name, (grown != p) == c->moves);
        CASE(c->name, is_filled(grown, 7, kept));
        CASE(c->name, is_filled(grown + kept, 0, c->size - kept));
        CASE(c->name, !next || is_filled(next, 0, 16));
        memset(grown, 7, c->size);
        CASE(c->name, is_filled(arena_alloc(arena, 64), 0, 64));
        CASE(c->name, is_filled(grown, 7, c->size)); /* they do not overlap */
    }
}

static void bytes_given_back_by_shrinking_are_zero_when_they_return(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(4096);
    char *p = arena_alloc(arena, 256);
    memset(p, 9, 256);
    p = arena_grow(arena, p, 256, 16);
    p = arena_grow(arena, p, 16, 256);
    CHECK(is_filled(p, 9, 16));
    CHECK(is_filled(p + 16, 0, 240));
}

static void growing_nothing_allocates(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    char *p = arena_grow(arena, NULL, 0, 10);
    CHECK(is_filled(p, 0, 10));
}

static void ask_for_a_product_that_overflows(const void *arg)
{
    (void)arg;
    (void)arena_alloc_n(arena_open(0), SIZE_MAX / 8, 16);
}

static void ask_for_an_absurd_size(const void *arg)
{
    (void)arg;
    (void)arena_alloc(arena_open(0), SIZE_MAX - 3);
}

static void absurd_sizes_panic(void **state)
{
    (void)state;
    CHECK_PANICS(ask_for_a_product_that_overflows, NULL);
    CHECK_PANICS(ask_for_an_absurd_size, NULL);
}

static void closing_twice_is_harmless(void **state)
{
    (void)state;
    struct arena *arena = arena_open(0);
    arena_close_at(&arena);
    CHECK(arena == NULL);
    arena_close_at(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_zeroed_and_apart),
        cmocka_unit_test(memory_is_zero_again_after_reset),
        cmocka_unit_test(used_counts_all_blocks),
        cmocka_unit_test(huge_objects_fit),
        cmocka_unit_test(growing_keeps_the_bytes),
        cmocka_unit_test(bytes_given_back_by_shrinking_are_zero_when_they_return),
        cmocka_unit_test(growing_nothing_allocates),
        cmocka_unit_test(absurd_sizes_panic),
        cmocka_unit_test(closing_twice_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
