/* SPDX-License-Identifier: Apache-2.0
 * Tokens of texts: tables of what is written and what it must be found by, in several languages.
 * Run by ./dev test. Must never depend on the order of tokens at one position. */
#include "platform/text/text.h"
#include "tests/support/check.h"

static str tokens_of(struct arena *arena, enum text_language language, str s)
{
    struct text *t = text_open();
    struct text_tokens tokens = { .arena = arena };
    str out = S("");
    text_tokens_add(t, language, s, &tokens);
    for (size_t i = 0; i < tokens.n; i++)
        out = str_fmt(arena, STR_F "%s%u:" STR_F, STR_A(out), i > 0 ? " " : "",
            tokens.tokens[i].position, STR_A(tokens.tokens[i].text));
    text_close(t);
    return out;
}

static const struct {
    const char *name;
    enum text_language language;
    str text, want;
} whole_cases[] = {
    { "words", TEXT_ENGLISH, S_INIT("Black Mouse!"), S_INIT("0:black 1:mouse 1:~mous") },
    { "plural", TEXT_ENGLISH, S_INIT("laptops"), S_INIT("0:laptops 0:~laptop") },
    { "plural in brackets", TEXT_ENGLISH, S_INIT("6 pc(s)"), S_INIT("0:6 0:=pcs6 0:6pcs 1:pcs") },
    { "model number", TEXT_ENGLISH, S_INIT("dv7-1211ea"),
        S_INIT("0:dv71211ea 0:dv7 0:dv 1:1211ea 1:1211 1:ea") },
    { "usb-c", TEXT_ENGLISH, S_INIT("USB-C"), S_INIT("0:usbc 0:usb 1:c") },
    { "usb c", TEXT_ENGLISH, S_INIT("USB C"), S_INIT("0:usb 0:usbc 1:c") },
    { "processor", TEXT_ENGLISH, S_INIT("i7-2630QM"),
        S_INIT("0:i72630qm 0:i7 1:2630qm 1:2630 1:qm") },
    { "inch mark", TEXT_ENGLISH, S_INIT("17\""), S_INIT("0:17 0:=in17") },
    { "typographic inch mark", TEXT_ENGLISH, S_INIT("17\u2033"), S_INIT("0:17 0:=in17") },
    { "decimal", TEXT_ENGLISH, S_INIT("2.5 mm"), S_INIT("0:2.5 0:=mm2.5 0:2.5mm 1:mm") },
    { "decimal comma", TEXT_GERMAN, S_INIT("2,5mm"), S_INIT("0:2.5mm 0:2.5 0:mm 0:=mm2.5") },
    { "thousands", TEXT_ENGLISH, S_INIT("1,000"), S_INIT("0:1000") },
    { "storage", TEXT_ENGLISH, S_INIT("500GB"), S_INIT("0:500gb 0:500 0:gb 0:=mb500000") },
    { "trade marks", TEXT_ENGLISH, S_INIT("Core\u21222"), S_INIT("0:core 0:core2 1:2") },
    { "registered", TEXT_ENGLISH, S_INIT("Intel\u00ae Duo"), S_INIT("0:intel 1:duo") },
    { "apostrophe", TEXT_ENGLISH, S_INIT("men\u2019s"), S_INIT("0:mens 0:~men") },
    { "elision", TEXT_FRENCH, S_INIT("l'\u00e9cran"), S_INIT("0:l 1:ecran") },
    { "sharp s", TEXT_GERMAN, S_INIT("Stra\u00dfe"), S_INIT("0:strasse 0:~strass") },
    { "ligature and width", TEXT_ENGLISH, S_INIT("\ufb01n \uff35\uff33\uff22"),
        S_INIT("0:fin 1:usb") },
    { "Greek", TEXT_ENGLISH, S_INIT("\u0391\u03b8\u03ae\u03bd\u03b1"),
        S_INIT("0:\u03b1\u03b8\u03b7\u03bd\u03b1") },
    { "Chinese", TEXT_ENGLISH, S_INIT("\u624b\u673a\u58f3"),
        S_INIT("0:\u624b\u673a 1:\u673a\u58f3") },
    { "slash of words", TEXT_ENGLISH, S_INIT("ice/tea"), S_INIT("0:ice 1:tea") },
    { "no amount behind a comma", TEXT_ENGLISH, S_INIT("4, mm"), S_INIT("0:4 1:mm") },
    { "not UTF-8", TEXT_ENGLISH,
        S_INIT("aa\xff\xfe"
               "bb\xc3"),
        S_INIT("0:aa 1:bb") },
    { "nothing", TEXT_ENGLISH, S_INIT(" -\"'() "), S_INIT("") },
};

static void test_whole(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    for (size_t i = 0; i < COUNT(whole_cases); i++)
        CASE_STR(whole_cases[i].name,
            tokens_of(arena, whole_cases[i].language, whole_cases[i].text), whole_cases[i].want);
    arena_close(arena);
}

static const struct {
    const char *name;
    str title, absent, present;
} lead_cases[] = {
    { "bag for laptop", S_INIT("Acme bag for laptop"), S_INIT("laptop"), S_INIT("bag") },
    { "laptop bag", S_INIT("Acme laptop bag black"), S_INIT("laptop"), S_INIT("bag") },
    { "far modifier", S_INIT("Acme tablet leather folio case"), S_INIT("tablet"), S_INIT("case") },
    { "laptop", S_INIT("Acme laptop 17\" silver"), S_INIT("17"), S_INIT("laptop") },
    { "behind the clause", S_INIT("Case for tablets, mouse"), S_INIT("tablets"), S_INIT("mouse") },
    { "another part", S_INIT("Acme laptop (bag included)"), S_INIT("17"), S_INIT("laptop") },
};

static bool has(const struct text_tokens *tokens, str token)
{
    for (size_t i = 0; i < tokens->n; i++)
        if (str_eq(tokens->tokens[i].text, token))
            return true;
    return false;
}

static void test_lead(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    struct text_lesson *lesson = text_lesson_open(t, TEXT_ENGLISH);
    text_lesson_category(lesson, S("computers/laptops"), S("Laptops"));
    text_lesson_category(lesson, S("computers/bags"), S("Bags & Cases for Laptops"));
    struct text_types *types = text_lesson_end(lesson);
    for (size_t i = 0; i < COUNT(lead_cases); i++) {
        struct text_tokens tokens = { .arena = arena };
        text_tokens_add_lead(t, types, TEXT_ENGLISH, lead_cases[i].title, &tokens);
        CASE(lead_cases[i].name, !has(&tokens, lead_cases[i].absent));
        CASE(lead_cases[i].name, has(&tokens, lead_cases[i].present));
    }
    text_types_close(types);
    text_close(t);
    arena_close(arena);
}

static void test_texts_of_a_field(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    struct text_tokens tokens = { .arena = arena };
    text_tokens_add(t, TEXT_ENGLISH, S("one"), &tokens);
    text_tokens_add(t, TEXT_ENGLISH, S(""), &tokens);
    text_tokens_add(t, TEXT_ENGLISH, S("two"), &tokens);
    CHECK_INT((int64_t)tokens.n, 2);
    CHECK_INT(tokens.tokens[1].position, 1 + TEXT_GAP);
    text_close(t);
    arena_close(arena);
}

static void test_language_of(void **state)
{
    (void)state;
    CHECK(text_language_of(S("de-AT")) == TEXT_GERMAN);
    CHECK(text_language_of(S("FR")) == TEXT_FRENCH);
    CHECK(text_language_of(S("xx")) == TEXT_ENGLISH);
    CHECK(text_language_of((str){ 0 }) == TEXT_ENGLISH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_lead),
        cmocka_unit_test(test_texts_of_a_field),
        cmocka_unit_test(test_language_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
