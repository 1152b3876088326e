/* SPDX-License-Identifier: Apache-2.0
 * The rules of e-mails, passwords and addresses, as tables. Run by `./dev test identity`. */
#include "services/identity/identity_domain.h"
#include "tests/support/check.h"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const struct key_case {
    const char *a, *b;
    bool same;
} key_cases[] = {
    { "ada@example.com", "ADA@Example.COM", true },
    { "jürgen@example.com", "JÜRGEN@example.com", true },
    { "straße@example.com", "STRASSE@example.com", true },
    { "ada@example.com", "ada@example.org", false },
    { "ada@example.com", "a.da@example.com", false },
    { "ada@example.com", "ada+1@example.com", false },
};

static void keys_know_no_case(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(key_cases); i++) {
        str a = identity_domain_email_key(cx->arena, str_from_c(key_cases[i].a));
        str b = identity_domain_email_key(cx->arena, str_from_c(key_cases[i].b));
        CASE(key_cases[i].b, str_eq(a, b) == key_cases[i].same);
    }
    check_cx_close(cx);
}

#define A64 SIXTY "abcd"
static const struct password_case {
    const char *name, *password;
    bool ok;
} password_cases[] = {
    { "seven", "1234567", false },
    { "eight", "12345678", true },
    { "no rules of composition", "aaaaaaaa", true },
    { "blanks count", "        ", true },
    { "characters, not bytes: eight", "öäüßöäüß", true },
    { "characters, not bytes: seven", "öäüßöäü", false },
    { "256", A64 A64 A64 A64, true },
    { "257", A64 A64 A64 A64 "x", false },
    { "the e-mail", "ada@example.com", false },
    { "the e-mail shouted", "ADA@example.com", false },
    { "more than the e-mail", "ada@example.com1", true },
    { "not a text", "abcdefgh\xff", false },
    { "empty", "", false },
};

static void passwords_are_long_enough(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(password_cases); i++)
        CASE(password_cases[i].name,
            identity_domain_password_ok(cx->arena, S("ada@example.com"),
                str_from_c(password_cases[i].password)) == password_cases[i].ok);
    check_cx_close(cx);
}

static const struct common_case {
    const char *password;
    bool common;
} common_cases[] = {
    { "password", true },
    { "Password1!", true },
    { "PASSWORD123", true },
    { "qwertyuiop", true },
    { "asdfghjk", true },
    { "1q2w3e4r", true },
    { "12345678", true },
    { "87654321", true },
    { "aaaaaaaa", true },
    { "abcabcabc", true },
    { "iloveyou2", true },
    { "dragondragon", true },
    { "Summer2024", true },
    { "abcdefgh", true },
    { "passwords are fine", false },
    { "a long enough secret", false },
    { "correct horse battery", false },
    { "analytical engine", false },
    { "qwertyuiox", false },
    { "dragonfly over water", false },
    { "\xD0\xBF\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBB\xD1\x8C 1", false },
};

static void what_everybody_tries_first(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(common_cases); i++)
        CASE(common_cases[i].password,
            identity_domain_password_common(cx->arena, str_from_c(common_cases[i].password)) ==
                common_cases[i].common);
    check_cx_close(cx);
}

static const struct {
    const char *password;
    bool own;
} own_cases[] = {
    { "adalovelace", false },
    { "lovelace1", true },
    { "Lovelace2026", true },
    { "ada.lovelace!", true },
    { "lovelacelovelace", true },
    { "analytical1", true },
    { "emporium123", true },
    { "lovelaces engine", false },
    { "com12345", false },
    { "ada12345", false },
    { "correct horse battery", false },
};

static void ones_own_words_are_guessed_first(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(own_cases); i++)
        CASE(own_cases[i].password,
            identity_domain_password_own(cx->arena, S("Ada.Lovelace@analytical.example"),
                S("emporium.example"), str_from_c(own_cases[i].password)) == own_cases[i].own);
    CHECK(!identity_domain_password_own(cx->arena, S(""), S(""), S("whatever it is")));
    check_cx_close(cx);
}

static const struct device_case {
    const char *agent, *device;
} device_cases[] = {
    { "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Firefox on Linux" },
    { "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
      "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
        "Edge on Windows" },
    { "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
        "Chrome on Android" },
    { "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 "
      "Mobile/15E148 Safari/604.1",
        "Safari on iPhone" },
    { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 "
      "Safari/605.1.15",
        "Safari on macOS" },
    { "curl/8.5.0", "curl" },
    { "Windows", "Windows" },
    { "", "" },
    { "  ", "" },
    { "a\x01b", "" },
    { "\xff\xfe", "" },
};

static void devices_have_names(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(device_cases); i++)
        CASE_STR(device_cases[i].agent,
            identity_domain_device(cx->arena, str_from_c(device_cases[i].agent)),
            str_from_c(device_cases[i].device));
    check_cx_close(cx);
}

static const struct postal_case {
    const char *country, *code;
    bool ok;
} postal_cases[] = {
    { "US", "97201", true },
    { "US", "97201-1234", true },
    { "US", "972011234", true }, /* the hyphen may be left out */
    { "US", "9720", false },
    { "US", "972012", false },
    { "US", "9720A", false },
    { "US", "", false },
    { "CA", "K1A 0B1", true },
    { "CA", "k1a0b1", true },
    { "CA", "K1A 0B", false },
    { "CA", "11A 0B1", false },
    { "GB", "SW1A 1AA", true },
    { "GB", "M1 1AE", true },
    { "GB", "CR2 6XH", true },
    { "GB", "EC1A1BB", true },
    { "GB", "1AA SW1", false },
    { "DE", "10115", true },
    { "DE", "1011", false },
    { "JP", "100-0001", true },
    { "JP", "1000001", true },
    { "JP", "10-0001", false },
    { "NL", "1011 AB", true },
    { "NL", "1011", false },
    { "PL", "00-001", true },
    { "SE", "111 22", true },
    { "IE", "D02 AF30", true }, /* no pattern: anything sane */
    { "IE", "", true },
    { "HK", "", true },
    { "IE", "D02<b>", false },
    { "IE", "0123456789012", false },
};

static void postal_codes_are_the_countrys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(postal_cases); i++) {
        const struct postal_case *c = &postal_cases[i];
        CASE(c->code,
            identity_domain_postal_ok(str_from_c(c->country), str_from_c(c->code)) == c->ok);
    }
}

static const struct country_case {
    const char *country;
    bool ok;
} country_cases[] = {
    { "US", true },
    { "AD", true },
    { "ZW", true },
    { "us", false },
    { "UK", false }, /* GB */
    { "XX", false },
    { "EU", false },
    { "U", false },
    { "USA", false },
    { "D ", false },
    { " A", false },
    { "", false },
};

static void countries_are_iso_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(country_cases); i++)
        CASE(country_cases[i].country, identity_domain_country_ok(str_from_c(
                                           country_cases[i].country)) == country_cases[i].ok);
}

#define GOOD                                                                                       \
    .name = S_INIT("Ada"), .line1 = S_INIT("1 Main St"), .city = S_INIT("Portland"),               \
    .region = S_INIT("OR"), .postal_code = S_INIT("97201"), .country = S_INIT("US")

static const struct address_case {
    const char *name;
    struct identity_address address;
    const char *faults; /* pointers and codes */
} address_cases[] = {
    { "good", { GOOD }, "" },
    { "good with all", { GOOD, .line2 = S_INIT("Apt 2"), .phone = S_INIT("+1 503 555 0100") }, "" },
    { "Berlin needs no region",
        { .name = S_INIT("Käthe"),
            .line1 = S_INIT("Lindenstraße 1"),
            .city = S_INIT("Berlin"),
            .postal_code = S_INIT("10115"),
            .country = S_INIT("DE") },
        "" },
    { "nothing at all", { .name = { 0 } },
        "/a/name required, /a/line1 required, /a/city required, /a/country required" },
    { "blank name",
        { .name = S_INIT("  "),
            .line1 = S_INIT("x"),
            .city = S_INIT("x"),
            .country = S_INIT("HK") },
        "/a/name required" },
    { "US without region and code",
        { .name = S_INIT("x"), .line1 = S_INIT("x"), .city = S_INIT("x"), .country = S_INIT("US") },
        "/a/region required, /a/postalCode required" },
    { "Canadian code in the US",
        { .name = S_INIT("x"),
            .line1 = S_INIT("x"),
            .city = S_INIT("x"),
            .region = S_INIT("OR"),
            .postal_code = S_INIT("K1A 0B1"),
            .country = S_INIT("US") },
        "/a/postalCode bad_postal_code" },
    { "unknown country",
        { .name = S_INIT("x"), .line1 = S_INIT("x"), .city = S_INIT("x"), .country = S_INIT("XX") },
        "/a/country bad_country" },
    { "a line end in a line",
        { .name = S_INIT("x"),
            .line1 = S_INIT("x\ny"),
            .city = S_INIT("x"),
            .country = S_INIT("HK") },
        "/a/line1 bad_text" },
    { "telephone too long",
        { .name = S_INIT("x"),
            .line1 = S_INIT("x"),
            .city = S_INIT("x"),
            .country = S_INIT("HK"),
            .phone = S_INIT("0123456789012345678901234567890123456789") },
        "/a/phone too_long" },
};

static void addresses_name_every_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(address_cases); i++) {
        const struct address_case *c = &address_cases[i];
        struct cx *cx = check_cx_open();
        struct buf got = { .arena = cx->arena };
        size_t n = identity_domain_address(cx, &c->address, S("/a")), seen = 0;
        for (const struct field_error *f = cx->fields; f; f = f->next, seen++)
            buf_fmt(&got, "%s" STR_F " %s", seen ? ", " : "", STR_A(f->pointer), f->code);
        CASE_STR(c->name, buf_str(&got), str_from_c(c->faults));
        CASE_INT(c->name, (int64_t)n, (int64_t)seen);
        check_cx_close(cx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_know_no_case),
        cmocka_unit_test(passwords_are_long_enough),
        cmocka_unit_test(what_everybody_tries_first),
        cmocka_unit_test(ones_own_words_are_guessed_first),
        cmocka_unit_test(devices_have_names),
        cmocka_unit_test(postal_codes_are_the_countrys),
        cmocka_unit_test(countries_are_iso_codes),
        cmocka_unit_test(addresses_name_every_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
