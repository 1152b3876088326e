/* SPDX-License-Identifier: Apache-2.0
 * Tests of hexadecimal, base64 (vectors of RFC 4648 section 10) and percent-encoding.
 * Run by meson test. Must never accept a decoder that takes what no encoder writes. */
#include "tests/support/check.h"

static const struct code_case {
    const char *name;
    str bytes, hex, base64, base64url, url;
} code_cases[] = {
    { "empty", S_INIT(""), S_INIT(""), S_INIT(""), S_INIT(""), S_INIT("") },
    { "f", S_INIT("f"), S_INIT("66"), S_INIT("Zg=="), S_INIT("Zg"), S_INIT("f") },
    { "fo", S_INIT("fo"), S_INIT("666f"), S_INIT("Zm8="), S_INIT("Zm8"), S_INIT("fo") },
    { "foo", S_INIT("foo"), S_INIT("666f6f"), S_INIT("Zm9v"), S_INIT("Zm9v"), S_INIT("foo") },
    { "foob", S_INIT("foob"), S_INIT("666f6f62"), S_INIT("Zm9vYg=="), S_INIT("Zm9vYg"),
        S_INIT("foob") },
    { "the two alphabets", S_INIT("\xfb\xff\xbf"), S_INIT("fbffbf"), S_INIT("+/+/"), S_INIT("-_-_"),
        S_INIT("%FB%FF%BF") },
    { "NUL", S_INIT("\0"), S_INIT("00"), S_INIT("AA=="), S_INIT("AA"), S_INIT("%00") },
    { "blank, plus, percent", S_INIT(" +%"), S_INIT("202b25"), S_INIT("ICsl"), S_INIT("ICsl"),
        S_INIT("%20%2B%25") },
    { "unreserved", S_INIT("aZ09-._~"), S_INIT("615a30392d2e5f7e"), S_INIT("YVowOS0uX34="),
        S_INIT("YVowOS0uX34"), S_INIT("aZ09-._~") },
};

static void codes_go_there_and_back(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(code_cases); i++) {
        const struct code_case *c = &code_cases[i];
        str back;
        CASE_STR(c->name, str_hex(arena, c->bytes), c->hex);
        CASE(c->name, str_unhex(arena, c->hex, &back));
        CASE_STR(c->name, back, c->bytes);
        CASE_STR(c->name, str_base64(arena, c->bytes), c->base64);
        CASE(c->name, str_unbase64(arena, c->base64, &back));
        CASE_STR(c->name, back, c->bytes);
        CASE_STR(c->name, str_base64url(arena, c->bytes), c->base64url);
        CASE(c->name, str_unbase64(arena, c->base64url, &back));
        CASE_STR(c->name, back, c->bytes);
        CASE_STR(c->name, str_url_encode(arena, c->bytes), c->url);
        CASE(c->name, str_url_decode(arena, c->url, &back));
        CASE_STR(c->name, back, c->bytes);
    }
}

static void every_byte_goes_there_and_back(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    char all[256];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)i;
    for (size_t n = 0; n <= sizeof all; n++) {
        str bytes = { all + (sizeof all - n), n };
        str back;
        CHECK(str_unhex(arena, str_hex(arena, bytes), &back));
        CHECK(str_eq(back, bytes));
        CHECK(str_unbase64(arena, str_base64(arena, bytes), &back));
        CHECK(str_eq(back, bytes));
        CHECK(str_unbase64(arena, str_base64url(arena, bytes), &back));
        CHECK(str_eq(back, bytes));
        CHECK(str_url_decode(arena, str_url_encode(arena, bytes), &back));
        CHECK(str_eq(back, bytes));
    }
}

static const struct refuse_case {
    const char *name;
    bool (*decode)(struct arena *, str, str *);
    str text;
} refuse_cases[] = {
    { "hex: odd", str_unhex, S_INIT("abc") },
    { "hex: foreign", str_unhex, S_INIT("0g") },
    { "hex: blank", str_unhex, S_INIT("0 ") },
    { "base64: lone character", str_unbase64, S_INIT("Zm9vA") },
    { "base64: foreign", str_unbase64, S_INIT("Zm9*") },
    { "base64: new line", str_unbase64, S_INIT("Zm9v\n") },
    { "base64: padding in the middle", str_unbase64, S_INIT("Zg==Zg==") },
    { "base64: padding too short", str_unbase64, S_INIT("Zg=") },
    { "base64: padding too long", str_unbase64, S_INIT("Zm8==") },
    { "base64: padding alone", str_unbase64, S_INIT("=") },
    { "base64: padding after a full group", str_unbase64, S_INIT("Zm9v=") },
    { "base64: spare bits after one byte", str_unbase64, S_INIT("Zh") },
    { "base64: spare bits after two", str_unbase64, S_INIT("Zm9=") },
    { "url: percent at the end", str_url_decode, S_INIT("a%") },
    { "url: one digit", str_url_decode, S_INIT("a%4") },
    { "url: not a digit", str_url_decode, S_INIT("%4g") },
    { "url: sign", str_url_decode, S_INIT("%+4") },
};

static void foreign_text_is_refused(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(refuse_cases); i++) {
        str got = S("untouched");
        CASE(refuse_cases[i].name, !refuse_cases[i].decode(arena, refuse_cases[i].text, &got));
        CASE_STR(refuse_cases[i].name, got, S("untouched"));
    }
}

static void decoders_take_what_browsers_write(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    str got;
    CHECK(str_url_decode(arena, S("a+b%2fc%2F"), &got));
    CHECK_STR(got, S("a b/c/"));
    CHECK(str_unhex(arena, S("fFAa"), &got));
    CHECK_STR(got, S("\xff\xaa"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_go_there_and_back),
        cmocka_unit_test(every_byte_goes_there_and_back),
        cmocka_unit_test(foreign_text_is_refused),
        cmocka_unit_test(decoders_take_what_browsers_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
