/* SPDX-License-Identifier: Apache-2.0
 * Tests of identifiers: layout, text, order, names. Run by meson test.
 * Must never rely on which bits the generator gives. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/rng.h"

/* The example of RFC 9562, appendix A.6. */
#define RFC_TEXT "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define RFC_MS INT64_C(1645557742000)

static const struct parse_case {
    const char *name;
    str text;
    bool ok;
} parse_cases[] = {
    { "example of the RFC", S_INIT(RFC_TEXT), true },
    { "upper case", S_INIT("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), true },
    { "version 4 too", S_INIT("919108f7-52d1-4320-9bac-f847db4148a8"), true },
    { "all zero", S_INIT("00000000-0000-0000-0000-000000000000"), true },
    { "empty", S_INIT(""), false },
    { "too short", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398"), false },
    { "too long", S_INIT(RFC_TEXT "0"), false },
    { "no dashes", S_INIT("017f22e279b07cc398c4dc0c0c07398f0000"), false },
    { "dash moved", S_INIT("017f22e-279b0-7cc3-98c4-dc0c0c07398f"), false },
    { "foreign letter", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"), false },
    { "before the digits", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398/"), false },
    { "after the digits", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398:"), false },
    { "before the letters", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398@"), false },
    { "before the small letters", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398`"), false },
    { "high bit", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398\xe1"), false },
    { "control byte 0x10", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398\x10"), false },
    { "braces", S_INIT("{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"), false },
};

static void text_is_read_or_refused(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(parse_cases); i++) {
        const struct parse_case *c = &parse_cases[i];
        id got = { { 0xee } };
        CASE(c->name, id_parse(c->text, &got) == c->ok);
        if (c->ok)
            CASE_STR(c->name, id_text(arena, got), str_lower(arena, c->text));
        else
            CASE_INT(c->name, got.b[0], 0xee);
    }
}

static void every_byte_value_is_written_and_read(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 256; v++) {
        id a;
        memset(a.b, (int)v, sizeof a.b);
        a.b[7] = (uint8_t)(v + 1);
        char want[40];
        (void)snprintf(want, sizeof want,
            "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
            "%02x%02x%02x%02x%02x%02x",
            v, v, v, v, v, v, v, (v + 1) & 255, v, v, v, v, v, v, v, v);
        char got[ID_TEXT_N];
        id_write(a, got);
        CHECK_STR(((str){ got, ID_TEXT_N }), str_from_c(want));
        id back;
        CHECK(id_parse(str_from_c(want), &back));
        CHECK(id_eq(a, back));
    }
}

static void new_ids_have_the_layout_of_version_7(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(1);
    uint8_t ones[16] = { 0 };
    uint8_t zeros[16] = { 0 };
    for (int i = 0; i < 2000; i++) {
        id a = id_new(&rng, RFC_MS);
        CHECK_INT(id_ms(a), RFC_MS);
        CHECK_INT(a.b[6] >> 4, 7);
        CHECK_INT(a.b[8] >> 6, 2);
        for (size_t k = 0; k < 16; k++) {
            ones[k] |= a.b[k];
            zeros[k] |= (uint8_t)~a.b[k];
        }
    }
    int random_bits = 0; /* those seen as one and as zero */
    for (size_t k = 0; k < 16; k++)
        random_bits += __builtin_popcount((unsigned)(ones[k] & zeros[k]));
    CHECK_INT(random_bits, 74);
    id last = id_new(&rng, (INT64_C(1) << 48) - 1);
    CHECK_INT(id_ms(last), (INT64_C(1) << 48) - 1);
}

static void ids_sort_by_creation(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(2);
    id before = id_new(&rng, 255);
    for (int64_t ms = 256; ms < INT64_C(1) << 40; ms *= 3) {
        id after = id_new(&rng, ms);
        CHECK(id_cmp(before, after) < 0);
        CHECK(id_cmp(after, before) > 0);
        CHECK(!id_eq(before, after));
        before = after;
    }
    CHECK_INT(id_cmp(before, before), 0);
}

static void the_example_of_the_rfc_tells_its_time(void **state)
{
    (void)state;
    id a;
    CHECK(id_parse(S(RFC_TEXT), &a));
    CHECK_INT(id_ms(a), RFC_MS);
    CHECK(!id_is_none(a));
    CHECK(id_is_none((id){ { 0 } }));
    CHECK(!id_is_none((id){ { [15] = 1 } }));
    CHECK(!id_is_none((id){ { [0] = 0x80 } }));
}

static void names_give_the_same_id_each_time_and_else_different_ones(void **state)
{
    (void)state;
    id a = id_from_name(S("product"), S("42"));
    CHECK(id_eq(a, id_from_name(S("product"), S("42"))));
    CHECK_INT(a.b[6] >> 4, 8);
    CHECK_INT(a.b[8] >> 6, 2);
    CHECK(!id_eq(a, id_from_name(S("product"), S("43"))));
    CHECK(!id_eq(a, id_from_name(S("seller"), S("42"))));
    CHECK(!id_eq(id_from_name(S("ab"), S("c")), id_from_name(S("a"), S("bc"))));
    CHECK(!id_eq(id_from_name(S(""), S("")), id_from_name(S(""), S("\0"))));
}

/* Imports are repeated over years: the ids of names must not change with the code. */
static void ids_of_names_are_pinned(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    CHECK_STR(id_text(arena, id_from_name(S("product"), S("42"))),
        S("1bc34681-1b49-85d4-9553-a78fe388f7e7"));
}

static int compare_ids(const void *a, const void *b)
{
    return id_cmp(*(const id *)a, *(const id *)b);
}

static void many_names_and_hashes_do_not_collide(void **state)
{
    (void)state;
    enum { N = 50000 };
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    id *ids = NEW_N(arena, N, id);
    unsigned *buckets = NEW_N(arena, 1024, unsigned);
    for (size_t i = 0; i < N; i++) {
        char name[16];
        int n = snprintf(name, sizeof name, "%zu", i);
        ids[i] = id_from_name(S("row"), (str){ name, (size_t)n });
        buckets[id_hash(ids[i]) % 1024]++;
    }
    qsort(ids, N, sizeof *ids, compare_ids);
    for (size_t i = 1; i < N; i++)
        CHECK(!id_eq(ids[i - 1], ids[i]));
    for (size_t i = 0; i < 1024; i++)
        CHECK(buckets[i] < 110); /* 49 expected, 8 deviations above */
}

static void make_before_the_epoch(const void *arg)
{
    struct rng rng = rng_seeded(1);
    (void)id_new(&rng, *(const int64_t *)arg);
}

static void an_id_moves_in_time_alone(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(7);
    id a = id_new(&rng, RFC_MS), b = id_moved(a, RFC_MS + 86400000),
       last = id_moved(a, (INT64_C(1) << 48) - 1);
    CHECK_INT(id_ms(b), RFC_MS + 86400000);
    CHECK_INT(id_ms(last), (INT64_C(1) << 48) - 1);
    CHECK(id_cmp(a, b) < 0);
    CHECK(id_eq(id_moved(b, RFC_MS), a));
    CHECK(!id_eq(id_moved(id_new(&rng, RFC_MS), id_ms(b)), b));
}

static void lists_begin_behind_all_ids(void **state)
{
    const id none = { .b = { 0 } };
    struct rng rng = rng_seeded(1);
    (void)state;

    id made = id_new(&rng, RFC_MS);
    CHECK(id_cmp(made, id_or_greatest(none)) < 0);
    CHECK(id_eq(id_or_greatest(none), id_greatest()));
    CHECK(id_eq(id_or_greatest(made), made));
}

static void impossible_times_panic(void **state)
{
    (void)state;
    int64_t before = -1;
    int64_t after = INT64_C(1) << 48;
    CHECK_PANICS(make_before_the_epoch, &before);
    CHECK_PANICS(make_before_the_epoch, &after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_or_refused),
        cmocka_unit_test(every_byte_value_is_written_and_read),
        cmocka_unit_test(new_ids_have_the_layout_of_version_7),
        cmocka_unit_test(ids_sort_by_creation),
        cmocka_unit_test(the_example_of_the_rfc_tells_its_time),
        cmocka_unit_test(names_give_the_same_id_each_time_and_else_different_ones),
        cmocka_unit_test(ids_of_names_are_pinned),
        cmocka_unit_test(many_names_and_hashes_do_not_collide),
        cmocka_unit_test(an_id_moves_in_time_alone),
        cmocka_unit_test(lists_begin_behind_all_ids),
        cmocka_unit_test(impossible_times_panic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
