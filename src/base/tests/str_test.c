/* SPDX-License-Identifier: Apache-2.0
 * Tests of borrowed strings: comparing, cutting, numbers, formatting. Encodings: str_code_test.c.
 * Run by meson test. Must never compare against what str.c itself computed. */
#include "tests/support/check.h"

#define ABSENT                                                                                     \
    {                                                                                              \
        NULL, 0                                                                                    \
    }

static const struct pair_case {
    const char *name;
    str a, b;
    bool eq, eq_nocase, starts, ends;
    int order;
} pair_cases[] = {
    { "equal", S_INIT("abc"), S_INIT("abc"), true, true, true, true, 0 },
    { "case differs", S_INIT("aBc"), S_INIT("Abc"), false, true, false, false, 1 },
    { "prefix", S_INIT("abcd"), S_INIT("ab"), false, false, true, false, 1 },
    { "suffix", S_INIT("abcd"), S_INIT("cd"), false, false, false, true, -1 },
    { "shorter first", S_INIT("ab"), S_INIT("abc"), false, false, false, false, -1 },
    { "bytes are unsigned", S_INIT("\xff"), S_INIT("a"), false, false, false, false, 1 },
    { "NUL counts", S_INIT("a\0b"), S_INIT("a\0c"), false, false, false, false, -1 },
    { "empty and absent", S_INIT(""), ABSENT, true, true, true, true, 0 },
    { "absent twice", ABSENT, ABSENT, true, true, true, true, 0 },
    { "not letters: [ and {", S_INIT("["), S_INIT("{"), false, false, false, false, -1 },
    { "not letters: @ and `", S_INIT("@"), S_INIT("`"), false, false, false, false, -1 },
};

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

static void pairs_compare(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pair_cases); i++) {
        const struct pair_case *c = &pair_cases[i];
        CASE(c->name, str_eq(c->a, c->b) == c->eq);
        CASE(c->name, str_eq_secret(c->a, c->b) == c->eq);
        CASE(c->name, str_eq_nocase(c->a, c->b) == c->eq_nocase);
        CASE(c->name, str_starts(c->a, c->b) == c->starts);
        CASE(c->name, str_ends(c->a, c->b) == c->ends);
        CASE_INT(c->name, sign(str_cmp(c->a, c->b)), c->order);
        CASE_INT(c->name, sign(str_cmp(c->b, c->a)), -c->order);
        CASE(c->name, !c->eq || str_hash(c->a) == str_hash(c->b));
        CASE(c->name, c->eq || str_hash(c->a) != str_hash(c->b));
    }
}

static const struct find_case {
    const char *name;
    str s, needle;
    size_t from;
    int64_t want;
} find_cases[] = {
    { "first", S_INIT("banana"), S_INIT("an"), 0, 1 },
    { "from", S_INIT("banana"), S_INIT("an"), 2, 3 },
    { "at the end", S_INIT("banana"), S_INIT("na"), 3, 4 },
    { "none", S_INIT("banana"), S_INIT("x"), 0, -1 },
    { "needle longer", S_INIT("ba"), S_INIT("banana"), 0, -1 },
    { "from beyond", S_INIT("banana"), S_INIT("a"), 99, -1 },
    { "empty needle", S_INIT("banana"), S_INIT(""), 2, 2 },
    { "empty needle at the end", S_INIT("banana"), S_INIT(""), 6, 6 },
    { "in the absent", ABSENT, S_INIT("a"), 0, -1 },
    { "absent in absent", ABSENT, ABSENT, 0, 0 },
};

static void needles_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(find_cases); i++) {
        const struct find_case *c = &find_cases[i];
        CASE_INT(c->name, str_find(c->s, c->needle, c->from), c->want);
        if (c->needle.n == 1)
            CASE_INT(c->name, str_find_char(c->s, c->needle.p[0], c->from), c->want);
    }
}

static const struct sub_case {
    const char *name;
    str s;
    size_t from, n;
    str want;
} sub_cases[] = {
    { "middle", S_INIT("abcdef"), 2, 3, S_INIT("cde") },
    { "clipped", S_INIT("abc"), 1, SIZE_MAX, S_INIT("bc") },
    { "from beyond", S_INIT("abc"), SIZE_MAX, SIZE_MAX, S_INIT("") },
    { "nothing", S_INIT("abc"), 1, 0, S_INIT("") },
    { "absent", ABSENT, 3, 3, ABSENT },
};

static void parts_are_clipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sub_cases); i++) {
        const struct sub_case *c = &sub_cases[i];
        CASE_STR(c->name, str_sub(c->s, c->from, c->n), c->want);
    }
}

static const struct trim_case {
    const char *name;
    str s, want;
} trim_cases[] = {
    { "both ends", S_INIT(" \t a b\r\n\v\f"), S_INIT("a b") },
    { "only blanks", S_INIT(" \n "), S_INIT("") },
    { "nothing to do", S_INIT("a"), S_INIT("a") },
    { "absent", ABSENT, ABSENT },
    { "no-break space stays", S_INIT("\u00a0a"), S_INIT("\u00a0a") },
};

static void blanks_are_trimmed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(trim_cases); i++)
        CASE_STR(trim_cases[i].name, str_trim(trim_cases[i].s), trim_cases[i].want);
}

static const struct cut_case {
    const char *name;
    str s;
    str parts[4];
    size_t n;
} cut_cases[] = {
    { "two", S_INIT("a,b"), { S_INIT("a"), S_INIT("b") }, 2 },
    { "none", S_INIT("ab"), { S_INIT("ab") }, 1 },
    { "trailing", S_INIT("a,"), { S_INIT("a"), S_INIT("") }, 2 },
    { "leading and doubled", S_INIT(",,b"), { S_INIT(""), S_INIT(""), S_INIT("b") }, 3 },
    { "empty", S_INIT(""), { S_INIT("") }, 1 },
    { "absent", ABSENT, { ABSENT }, 0 },
};

static void lists_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cut_cases); i++) {
        const struct cut_case *c = &cut_cases[i];
        str rest = c->s;
        size_t n = 0;
        while (rest.p != NULL) {
            str part = str_cut(&rest, ',');
            CASE(c->name, n < c->n);
            CASE_STR(c->name, part, c->parts[n]);
            n++;
        }
        CASE_INT(c->name, (int64_t)n, (int64_t)c->n);
    }
}

static const struct i64_case {
    const char *name;
    str text;
    bool ok;
    int64_t want;
} i64_cases[] = {
    { "zero", S_INIT("0"), true, 0 },
    { "negative", S_INIT("-42"), true, -42 },
    { "leading zeros", S_INIT("007"), true, 7 },
    { "greatest", S_INIT("9223372036854775807"), true, INT64_MAX },
    { "least", S_INIT("-9223372036854775808"), true, INT64_MIN },
    { "one too great", S_INIT("9223372036854775808"), false, 0 },
    { "one too small", S_INIT("-9223372036854775809"), false, 0 },
    { "far too great", S_INIT("99999999999999999999999"), false, 0 },
    { "empty", S_INIT(""), false, 0 },
    { "absent", ABSENT, false, 0 },
    { "only a sign", S_INIT("-"), false, 0 },
    { "plus", S_INIT("+1"), false, 0 },
    { "blank before", S_INIT(" 1"), false, 0 },
    { "rest", S_INIT("1x"), false, 0 },
    { "NUL", S_INIT("1\0"), false, 0 },
    { "colon follows nine", S_INIT(":"), false, 0 },
    { "slash precedes zero", S_INIT("/"), false, 0 },
};

static void integers_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(i64_cases); i++) {
        const struct i64_case *c = &i64_cases[i];
        int64_t got = 77;
        CASE(c->name, str_to_i64(c->text, &got) == c->ok);
        CASE_INT(c->name, got, c->ok ? c->want : 77);
    }
}

static const struct double_case {
    const char *name;
    str text;
    bool ok;
    double want;
} double_cases[] = {
    { "integer", S_INIT("4"), true, 4.0 },
    { "fraction", S_INIT("-0.25"), true, -0.25 },
    { "exponent", S_INIT("25e-2"), true, 0.25 },
    { "too great", S_INIT("1e999"), false, 0 },
    { "infinity", S_INIT("inf"), false, 0 },
    { "nan", S_INIT("nan"), false, 0 },
    { "hexadecimal", S_INIT("0x10"), false, 0 },
    { "blank", S_INIT(" 1"), false, 0 },
    { "rest", S_INIT("1.2.3"), false, 0 },
    { "comma", S_INIT("1,5"), false, 0 },
    { "empty", S_INIT(""), false, 0 },
    { "lone exponent", S_INIT("e5"), false, 0 },
};

static void doubles_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(double_cases); i++) {
        const struct double_case *c = &double_cases[i];
        double got = 77;
        CASE(c->name, str_to_double(c->text, &got) == c->ok);
        double want = c->ok ? c->want : 77;
        CASE(c->name, got >= want && got <= want);
    }
    char digits[200];
    memset(digits, '1', sizeof digits);
    double got = 77;
    CHECK(!str_to_double((str){ digits, sizeof digits }, &got));
}

static void texts_are_made(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    CHECK_STR(str_fmt(arena, STR_F "-%d", STR_A(S("ab")), 7), S("ab-7"));
    CHECK_STR(str_fmt(arena, "%s", ""), S(""));
    CHECK_STR(str_lower(arena, S("AZaz[@\xc3\x84")), S("azaz[@\xc3\x84"));
    CHECK_STR(str_cat(arena, S("ab"), (str){ NULL, 0 }), S("ab"));
    CHECK_STR(str_cat(arena, S("ab"), S("cd")), S("abcd"));
    CHECK_STR(str_join(arena, (str[]){ S("a"), S(""), S("c") }, 3, S(", ")), S("a, , c"));
    CHECK_STR(str_join(arena, NULL, 0, S(",")), S(""));
    CHECK_STR(str_from_i64(arena, INT64_MIN), S("-9223372036854775808"));
    CHECK_STR(str_from_i64(arena, INT64_MAX), S("9223372036854775807"));
    CHECK_STR(str_from_i64(arena, 0), S("0"));
    CHECK_STR(str_from_c("abc"), S("abc"));
    CHECK(str_from_c(NULL).p == NULL);
}

/* Around the size up to which str_fmt needs one pass. */
static void formatted_text_may_be_long(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (int n = 250; n < 260; n++) {
        str got = str_fmt(arena, "%*d|", n, 5);
        CHECK_INT((int64_t)got.n, n + 1);
        CHECK(str_ends(got, S(" 5|")));
    }
}

static void copies_are_independent_and_absent_stays_absent(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    char bytes[] = "abc";
    str copy = str_dup(arena, (str){ bytes, 3 });
    const char *c = str_c(arena, (str){ bytes, 2 });
    bytes[0] = 'x';
    CHECK_STR(copy, S("abc"));
    assert_string_equal(c, "ab");
    CHECK(str_dup(arena, (str){ NULL, 0 }).p == NULL);
    CHECK(str_dup(arena, S("")).p != NULL);
    assert_string_equal(str_c(arena, (str){ NULL, 0 }), "");
}

static const struct {
    const char *text, *authority, *rest; /* NULL: absent */
} authorities[] = {
    { "https://shop.example:8443/p/1?x", "shop.example:8443", "p/1?x" },
    { "https://shop.example", "shop.example", NULL },
    { "https://", "", NULL },
    { "null", NULL, "null" },
    { "", NULL, "" },
};

static void authorities_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(authorities); i++) {
        str rest = str_from_c(authorities[i].text), host = str_cut_authority(&rest);
        const char *want = authorities[i].authority, *left = authorities[i].rest;
        CASE(authorities[i].text, (host.p != NULL) == (want != NULL));
        CASE_STR(authorities[i].text, host, want ? str_from_c(want) : (str){ 0 });
        CASE_STR(authorities[i].text, rest, left ? str_from_c(left) : (str){ 0 });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_compare),
        cmocka_unit_test(needles_are_found),
        cmocka_unit_test(parts_are_clipped),
        cmocka_unit_test(blanks_are_trimmed),
        cmocka_unit_test(lists_are_cut),
        cmocka_unit_test(integers_are_read),
        cmocka_unit_test(doubles_are_read),
        cmocka_unit_test(texts_are_made),
        cmocka_unit_test(formatted_text_may_be_long),
        cmocka_unit_test(copies_are_independent_and_absent_stays_absent),
        cmocka_unit_test(authorities_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
