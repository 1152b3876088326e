/* SPDX-License-Identifier: Apache-2.0
 * Tests of UTF-8 text: what is valid, repaired, folded, cut. Run by meson test.
 * Must never feed a decoder the output of the same decoder alone. */
#include "tests/support/check.h"

#include "base/utf8.h"

#define FFFD "\xef\xbf\xbd"

static const struct valid_case {
    const char *name;
    str s;
    bool ok;
    str repaired; /* when not ok */
} valid_cases[] = {
    { "empty", S_INIT(""), true, { NULL, 0 } },
    { "ASCII", S_INIT("plain text, longer than eight bytes"), true, { NULL, 0 } },
    { "NUL", S_INIT("a\0b"), true, { NULL, 0 } },
    { "two, three, four bytes", S_INIT("\u00e9\u20ac\U0001f6d2"), true, { NULL, 0 } },
    { "first and last of each length", S_INIT("\xc2\x80\xdf\xbf\xe0\xa0\x80\xf0\x90\x80\x80"), true,
        { NULL, 0 } },
    { "last code point", S_INIT("\xf4\x8f\xbf\xbf"), true, { NULL, 0 } },
    { "before and after surrogates", S_INIT("\xed\x9f\xbf\xee\x80\x80"), true, { NULL, 0 } },
    { "not a character, yet valid", S_INIT("\xef\xbf\xbe\xef\xbf\xbf"), true, { NULL, 0 } },
    { "lone continuation", S_INIT("a\x80z"), false, S_INIT("a" FFFD "z") },
    { "cut at the end", S_INIT("a\xe2\x82"), false, S_INIT("a" FFFD FFFD) },
    { "cut by a letter", S_INIT("\xc3z"), false, S_INIT(FFFD "z") },
    { "overlong slash", S_INIT("\xc0\xaf"), false, S_INIT(FFFD FFFD) },
    { "overlong in three", S_INIT("\xe0\x80\xaf"), false, S_INIT(FFFD FFFD FFFD) },
    { "surrogate", S_INIT("\xed\xa0\x80"), false, S_INIT(FFFD FFFD FFFD) },
    { "beyond the last", S_INIT("\xf4\x90\x80\x80"), false, S_INIT(FFFD FFFD FFFD FFFD) },
    { "five bytes", S_INIT("\xf8\x88"), false, S_INIT(FFFD FFFD) },
    { "Latin-1 in the ninth byte", S_INIT("12345678\xe9 x"), false, S_INIT("12345678" FFFD " x") },
};

static void bytes_are_judged_and_repaired(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(valid_cases); i++) {
        const struct valid_case *c = &valid_cases[i];
        CASE(c->name, utf8_valid(c->s) == c->ok);
        str repaired = utf8_repair(arena, c->s);
        CASE_STR(c->name, repaired, c->ok ? c->s : c->repaired);
        CASE(c->name, utf8_valid(repaired));
    }
}

/* Every code point, encoded by hand, is valid and comes back; surrogates alone are refused. */
static void every_code_point_is_read(void **state)
{
    (void)state;
    for (int32_t c = 0; c < 0x110000; c++) {
        char b[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        const unsigned leads[] = { 0, 0xc0, 0xe0, 0xf0 };
        for (size_t k = n; k-- > 1;)
            b[k] = (char)(0x80 | (c >> (6 * (n - 1 - k)) & 0x3f));
        b[0] = (char)(leads[n - 1] | (unsigned)(c >> (6 * (n - 1))));
        str s = { b, n };
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        if (utf8_valid(s) == surrogate)
            fail_msg("U+%04X", (unsigned)c);
        int32_t got = utf8_next(&s);
        if (got != (surrogate ? 0xfffd : c) || (s.n == 0) == surrogate)
            fail_msg("U+%04X read as U+%04X", (unsigned)c, (unsigned)got);
    }
    str empty = { NULL, 0 };
    CHECK_INT(utf8_next(&empty), -1);
}

static const struct cut_case {
    const char *name;
    str s;
    size_t n;
    str want;
    size_t count; /* of s */
} cut_cases[] = {
    { "ASCII", S_INIT("abc"), 2, S_INIT("ab"), 3 },
    { "never inside", S_INIT("\u20ac\u20ac"), 1, S_INIT("\u20ac"), 2 },
    { "all", S_INIT("a\u20ac"), 2, S_INIT("a\u20ac"), 2 },
    { "more than all", S_INIT("a\u20ac"), 99, S_INIT("a\u20ac"), 2 },
    { "none", S_INIT("a\u20ac"), 0, S_INIT(""), 2 },
    { "empty", S_INIT(""), 3, S_INIT(""), 0 },
    { "absent", { NULL, 0 }, 3, { NULL, 0 }, 0 },
};

static void texts_are_cut_between_code_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cut_cases); i++) {
        const struct cut_case *c = &cut_cases[i];
        CASE_STR(c->name, utf8_truncate(c->s, c->n), c->want);
        CASE_INT(c->name, (int64_t)utf8_count(c->s), (int64_t)c->count);
    }
}

static const struct fold_case {
    const char *name;
    str s, want, slug;
} fold_cases[] = {
    { "ASCII", S_INIT("Hello, World!"), S_INIT("hello, world!"), S_INIT("hello-world") },
    { "accents", S_INIT("Café Été"), S_INIT("cafe ete"), S_INIT("cafe-ete") },
    { "accents apart", S_INIT("Cafe\u0301"), S_INIT("cafe"), S_INIT("cafe") },
    { "sharp s", S_INIT("STRAẞE Straße"), S_INIT("strasse strasse"), S_INIT("strasse-strasse") },
    { "umlauts", S_INIT("Über Ärger"), S_INIT("uber arger"), S_INIT("uber-arger") },
    { "compatibility forms", S_INIT("ﬁne ２０ ℡"), S_INIT("fine 20 tel"), S_INIT("fine-20-tel") },
    { "dotted capital I", S_INIT("İstanbul"), S_INIT("istanbul"), S_INIT("istanbul") },
    { "Greek final sigma", S_INIT("ΣΑΣ"), S_INIT("σασ"), S_INIT("") },
    { "soft hyphen and zero width", S_INIT("a\u00adb\u200bc"), S_INIT("abc"), S_INIT("abc") },
    { "letters without parts", S_INIT("Łódź Ærø Þór"), S_INIT("łodz ærø þor"),
        S_INIT("lodz-aero-thor") },
    { "apostrophes", S_INIT("Women's Kids’ x"), S_INIT("women's kids’ x"),
        S_INIT("womens-kids-x") },
    { "signs at both ends", S_INIT("--a  &  b..."), S_INIT("--a  &  b..."), S_INIT("a-b") },
    { "another script", S_INIT("日本"), S_INIT("日本"), S_INIT("") },
    { "invalid bytes",
        S_INIT("a\xff"
               "B"),
        S_INIT("a" FFFD "b"), S_INIT("a-b") },
    { "empty", S_INIT(""), S_INIT(""), S_INIT("") },
};

static void texts_are_folded(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(fold_cases); i++) {
        const struct fold_case *c = &fold_cases[i];
        str folded = utf8_fold(arena, c->s);
        CASE_STR(c->name, folded, c->want);
        CASE_STR(c->name, utf8_fold(arena, folded), folded);
        CASE_STR(c->name, utf8_slug(arena, c->s, 100), c->slug);
    }
}

static const struct slug_case {
    const char *name;
    str s;
    size_t max;
    str want;
} slug_cases[] = {
    { "exact", S_INIT("ab cd"), 5, S_INIT("ab-cd") },
    { "cut in a word", S_INIT("ab cd"), 4, S_INIT("ab-c") },
    { "no dash at the end", S_INIT("ab cd"), 3, S_INIT("ab") },
    { "two letters do not fit", S_INIT("aæ"), 2, S_INIT("a") },
    { "nothing", S_INIT("ab"), 0, S_INIT("") },
};

static void slugs_are_bounded(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(slug_cases); i++) {
        const struct slug_case *c = &slug_cases[i];
        CASE_STR(c->name, utf8_slug(arena, c->s, c->max), c->want);
    }
}

static const struct control_case {
    const char *name;
    str s;
    bool want;
} control_cases[] = {
    { "text", S_INIT("a\n\tb \u00a0\u00e9"), false },
    { "NUL", S_INIT("a\0"), true },
    { "carriage return", S_INIT("a\r\n"), true },
    { "escape", S_INIT("\x1b[0m"), true },
    { "delete", S_INIT("\x7f"), true },
    { "C1, first", S_INIT("\xc2\x80"), true },
    { "C1, last", S_INIT("\xc2\x9f"), true },
    { "after C1", S_INIT("\u00a0"), false },
    { "85 as a later byte", S_INIT("\u2005\u0105"), false },
    { "empty", S_INIT(""), false },
};

static void control_characters_are_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(control_cases); i++)
        CASE(control_cases[i].name, utf8_has_control(control_cases[i].s) == control_cases[i].want);
}

static const struct {
    const char *name;
    str s;
    bool turns;
    size_t unseen;
} deceits[] = {
    { "plain", S_INIT("Ada Lovelace"), false, 1 },
    { "Hebrew", S_INIT("\xd7\xa2\xd7\x93\xd7\x94"), false, 0 },
    { "Persian with a joiner", S_INIT("\xd9\x85\xe2\x80\x8c\xd9\x86"), false, 1 },
    { "right to left from here",
        S_INIT("a\xe2\x80\xae"
               "b"),
        true, 1 },
    { "an isolate", S_INIT("\xe2\x81\xa7x\xe2\x81\xa9"), true, 2 },
    { "a line's end",
        S_INIT("a\xe2\x80\xa8"
               "b"),
        true, 1 },
    { "nothing to see", S_INIT("\xe2\x80\x8b\xef\xbb\xbf\xc2\xa0"), false, 3 },
    { "empty", S_INIT(""), false, 0 },
};

static void what_deceives_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(deceits); i++) {
        CASE(deceits[i].name, utf8_has_turn(deceits[i].s) == deceits[i].turns);
        CASE(deceits[i].name, utf8_is_name(deceits[i].s) == !deceits[i].turns);
        CASE_INT(deceits[i].name, utf8_unseen(deceits[i].s), deceits[i].unseen);
    }
    CHECK(!utf8_is_name(S("\xff")) && !utf8_is_name(S("a\x1b")));
}

static void long_text_is_folded(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    char *text = arena_alloc(arena, 200000);
    for (size_t i = 0; i < 200000; i += 2)
        memcpy(text + i, "\xc3\x89", 2); /* É */
    str folded = utf8_fold(arena, (str){ text, 200000 });
    CHECK_INT((int64_t)folded.n, 100000);
    CHECK(str_find(folded, S("ee\xc3"), 0) < 0);
    CHECK(folded.p[0] == 'e' && folded.p[99999] == 'e');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_judged_and_repaired),
        cmocka_unit_test(what_deceives_is_known),
        cmocka_unit_test(every_code_point_is_read),
        cmocka_unit_test(texts_are_cut_between_code_points),
        cmocka_unit_test(texts_are_folded),
        cmocka_unit_test(slugs_are_bounded),
        cmocka_unit_test(control_characters_are_seen),
        cmocka_unit_test(long_text_is_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
