/* SPDX-License-Identifier: Apache-2.0
 * Words, model numbers and match expressions of the search. Run by meson test; must never need a
 * database. */
#include "platform/search/search_internal.h"
#include "tests/support/check.h"

static const struct {
    const char *name, *text, *words;
} words_cases[] = {
    { "plain", "Laptop Bag", "laptop bag" },
    { "marks", "Café CRÈME", "cafe creme" },
    { "signs", "dv7-1211ea / 17\"", "dv7 1211ea 17" },
    { "apostrophe", "Men's", "mens" },
    { "syntax", "a\" OR b* NEAR(c) title:d ^e", "a or b near c title d e" },
    { "quotes", "'); DROP TABLE x;--", "drop table x" },
    { "emoji", "\xf0\x9f\x98\x80", "" },
    { "emoji between", "red\xf0\x9f\x98\x80shoe", "red shoe" },
    { "cyrillic", "Ноутбук", "ноутбук" },
    { "not utf-8", "ab\xff\xfe cd", "ab cd" },
    { "nothing", "", "" },
    { "blanks", " \t\n ", "" },
};

static void test_words(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(words_cases); i++) {
        str got = search_words(cx->arena, str_from_c(words_cases[i].text), 1000);
        CASE_STR(words_cases[i].name, got, str_from_c(words_cases[i].words));
    }
    CHECK_STR(search_words(cx->arena, S("abcdef"), 3), S("abc"));
    CHECK_STR(search_words(cx->arena, S("ab\xc3\xa9"), 3), S("ab")); /* no sequence is cut */
    CHECK_STR(search_words_first(S("one two three"), 2), S("one two"));
    CHECK_STR(search_words_first(S("one"), 2), S("one"));
    check_cx_close(cx);
}

static void test_codes(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct buf out = { .arena = cx->arena };
    search_codes_add(&out, S("HP DV7-1211ea laptop"));
    CHECK_STR(buf_str(&out), S(" dv71211ea dv 7 1211 ea"));
    check_cx_close(cx);
}

static const struct {
    const char *words, *want;
    enum db_engine engine;
    enum search_how how;
} expression_cases[] = {
    { "red shoe", "(\"red\") AND (\"shoe\")", DB_SQLITE, SEARCH_HOW_ALL },
    { "red shoe", "(\"red\") AND (\"shoe\" OR \"shoe\" * )", DB_SQLITE, SEARCH_HOW_BEGUN },
    { "red shoe", "(\"red\") OR (\"shoe\")", DB_SQLITE, SEARCH_HOW_SOME },
    { "red shoe", "('red') & ('shoe' | 'shoe':*)", DB_PG, SEARCH_HOW_BEGUN },
    { "bag for dogs", "(\"bag\") AND (\"dogs\")", DB_SQLITE, SEARCH_HOW_ALL },
    { "the", "(\"the\")", DB_SQLITE, SEARCH_HOW_ALL },
    { "rtx4090 x", "(\"rtx4090\" OR (\"rtx\" AND \"4090\")) AND (\"x\")", DB_SQLITE,
        SEARCH_HOW_BEGUN },
    { "tvs", "(\"tvs\" OR (\"television\"))", DB_SQLITE, SEARCH_HOW_ALL },
    { "ps4", "('ps4' | ('ps' & '4') | ('playstation' & '4'))", DB_PG, SEARCH_HOW_ALL },
    { "notebook", "(\"notebook\")", DB_SQLITE, SEARCH_HOW_ALL },
};

static void test_expressions(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(expression_cases); i++) {
        str got = search_expression(cx->arena, expression_cases[i].engine,
            str_from_c(expression_cases[i].words), expression_cases[i].how);
        CASE_STR(expression_cases[i].words, got, str_from_c(expression_cases[i].want));
    }
    check_cx_close(cx);
}

static const struct {
    const char *words, *word;
    bool has;
} word_cases[] = { { "laptop bag", "bags", true }, { "switch", "switches", true },
    { "notebooks", "laptops", true }, { "tv", "television", true }, { "bag", "bagel", false },
    { "s", "", false }, { "", "x", false }, { "case", "cas", false }, { "case", "cases", true },
    { "gas", "g", false } };

static void test_has_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(word_cases); i++)
        CASE_INT(word_cases[i].words,
            search_has_word(str_from_c(word_cases[i].words), str_from_c(word_cases[i].word)),
            word_cases[i].has);
    CHECK_STR(search_category_name(S("a/b/c-d")), S("c-d"));
    CHECK_STR(search_category_name(S("a")), S("a"));
    CHECK_STR(search_category_name(S("")), S(""));
}

static void test_names(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct search_names names = { .spelled.arena = cx->arena, .folded.arena = cx->arena };
    CHECK_INT(search_names_put(&names, cx->arena, S("Bosch")), 0);
    CHECK_INT(search_names_put(&names, cx->arena, S("HP")), 1);
    CHECK_INT(search_names_put(&names, cx->arena, S("hp")), 1);
    CHECK_INT(search_names_put(&names, cx->arena, S("Hp")), 1);
    CHECK_INT(search_names_find(&names, cx->arena, S("BOSCH")), 0);
    CHECK(search_names_find(&names, cx->arena, S("Dell")) == SEARCH_NONE);
    CHECK_STR(names.shown[1], S("HP"));
    for (int i = 0; i < 1000; i++)
        CHECK_INT(search_names_put(&names, cx->arena, str_from_i64(cx->arena, i)), i + 2);
    for (int i = 0; i < 1000; i++)
        CHECK_INT(search_names_find(&names, cx->arena, str_from_i64(cx->arena, i)), i + 2);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_words), cmocka_unit_test(test_codes),
        cmocka_unit_test(test_expressions), cmocka_unit_test(test_has_word),
        cmocka_unit_test(test_names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
