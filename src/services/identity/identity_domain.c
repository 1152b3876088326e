/* SPDX-License-Identifier: Apache-2.0
 * The rules of identity as tables and small functions. Called by identity.c and its tests; must
 * never do I/O, and never put a password or an e-mail into a message. */
#include "services/identity/identity_domain.h"

#include "base/utf8.h"

#define PASSWORD_MIN 8
#define PASSWORD_MAX 256

/* ---- e-mails and passwords ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

str identity_domain_email_key(struct arena *arena, str email)
{
    return utf8_fold(arena, email);
}

bool identity_domain_password_ok(struct arena *arena, str email, str password)
{
    if (!utf8_valid(password))
        return false;
    size_t n = utf8_count(password);
    return n >= PASSWORD_MIN && n <= PASSWORD_MAX &&
           !str_eq(utf8_fold(arena, email), utf8_fold(arena, password));
}

/* ---- devices ---- */

struct called {
    const char *in, *name;
};

static str first_of(str text, const struct called *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_find(text, str_from_c(names[i].in), 0) >= 0)
            return str_from_c(names[i].name);
    return (str){ 0 };
}

static const struct called browsers[] = { { "Edg", "Edge" }, { "OPR/", "Opera" },
    { "SamsungBrowser/", "Samsung Internet" }, { "Firefox/", "Firefox" }, { "FxiOS/", "Firefox" },
    { "CriOS/", "Chrome" }, { "Chrome/", "Chrome" }, { "Safari/", "Safari" } };
static const struct called systems[] = { { "iPhone", "iPhone" }, { "iPad", "iPad" },
    { "Android", "Android" }, { "Windows", "Windows" }, { "Mac OS X", "macOS" },
    { "CrOS", "ChromeOS" }, { "Linux", "Linux" } };
#define DEVICE_WORD_MAX 40

str identity_domain_device(struct arena *arena, str user_agent)
{
    str agent = str_trim(user_agent), rest = agent;
    if (!utf8_valid(agent) || utf8_has_control(agent))
        return S("");
    str browser = first_of(agent, browsers, COUNT(browsers));
    str system = first_of(agent, systems, COUNT(systems));
    if (browser.n && system.n)
        return str_fmt(arena, STR_F " on " STR_F, STR_A(browser), STR_A(system));
    if (browser.n || system.n)
        return browser.n ? browser : system;
    str word = agent.n ? str_cut(&rest, ' ') : S("");
    return utf8_truncate(word.n ? str_cut(&word, '/') : word, DEVICE_WORD_MAX);
}

/* ---- addresses ---- */

/* ISO 3166-1 alpha-2, all that are assigned. */
static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";

/* 9 is a digit, A a letter, the rest itself; '|' parts alternatives. Blanks and hyphens may be
 * left out in the code. */
static const struct place_rule {
    const char *country, *postal, *example;
    bool region;
} place_rules[] = {
    { "US", "99999|99999-9999", "97201", true },
    { "CA", "A9A 9A9", "K1A 0B1", true },
    { "GB", "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA", "SW1A 1AA", false },
    { "DE", "99999", "10115", false },
    { "JP", "999-9999", "100-0001", false },
    { "FR", "99999", "75001", false },
    { "IT", "99999", "00118", false },
    { "ES", "99999", "28001", false },
    { "NL", "9999 AA", "1011 AB", false },
    { "AT", "9999", "1010", false },
    { "BE", "9999", "1000", false },
    { "CH", "9999", "8001", false },
    { "AU", "9999", "3000", false },
    { "NZ", "9999", "6011", false },
    { "DK", "9999", "1050", false },
    { "NO", "9999", "0150", false },
    { "SE", "999 99", "111 22", false },
    { "FI", "99999", "00100", false },
    { "PL", "99-999", "00-001", false },
    { "PT", "9999-999", "1000-001", false },
    { "CZ", "999 99", "110 00", false },
    { "BR", "99999-999", "01310-100", false },
    { "MX", "99999", "06000", false },
    { "IN", "999999", "110001", false },
    { "CN", "999999", "100000", false },
    { "KR", "99999", "03051", false },
    { "SG", "999999", "018956", false },
};

static const struct place_rule *rule_of(str country)
{
    for (size_t i = 0; i < COUNT(place_rules); i++)
        if (str_eq(str_from_c(place_rules[i].country), country))
            return &place_rules[i];
    return NULL;
}

bool identity_domain_country_ok(str country)
{
    if (country.n != 2 || !is_letter(country.p[0]) || !is_letter(country.p[1]))
        return false;
    return str_find(S(countries), country, 0) >= 0;
}

static bool is_gap(char c)
{
    return c == ' ' || c == '-';
}

/* Walks both without their gaps. */
static bool pattern_fits(str pattern, str code)
{
    size_t at = 0;
    for (size_t i = 0; i < pattern.n; i++) {
        if (is_gap(pattern.p[i]))
            continue;
        while (at < code.n && is_gap(code.p[at]))
            at++;
        if (at == code.n)
            return false;
        char c = code.p[at++];
        if (pattern.p[i] == '9' ? !is_digit(c) : !is_letter(c))
            return false;
    }
    return at == code.n;
}

bool identity_domain_postal_ok(str country, str postal_code)
{
    const struct place_rule *rule = rule_of(country);
    if (!rule) {
        for (size_t i = 0; i < postal_code.n; i++)
            if (!is_letter(postal_code.p[i]) && !is_digit(postal_code.p[i]) &&
                !is_gap(postal_code.p[i]))
                return false;
        return postal_code.n <= 12;
    }
    str rest = str_from_c(rule->postal);
    while (rest.p)
        if (pattern_fits(str_cut(&rest, '|'), postal_code))
            return true;
    return false;
}

struct check {
    struct cx *cx;
    str pointer;
    size_t faults;
};

static void fault(struct check *c, const char *member, const char *code, const char *why)
{
    c->faults++;
    cx_field(c->cx, str_fmt(c->cx->arena, STR_F "/%s", STR_A(c->pointer), member), code, "%s", why);
}

struct text_rule {
    const char *member;
    size_t max;
    bool required;
};

static void check_text(struct check *c, str text, struct text_rule rule)
{
    if (str_trim(text).n == 0) {
        if (rule.required)
            fault(c, rule.member, "required", "must not be empty");
        return;
    }
    if (text.n > rule.max)
        fault(c, rule.member, "too_long", "is too long");
    else if (!utf8_is_name(text) || str_find_char(text, '\n', 0) >= 0 ||
             str_find_char(text, '\t', 0) >= 0)
        fault(c, rule.member, "bad_text", "has characters that a text cannot have");
}

static void check_place(struct check *c, const struct identity_address *a)
{
    if (!identity_domain_country_ok(a->country)) {
        fault(c, "country", a->country.n ? "bad_country" : "required",
            "two capital letters, as in ISO 3166-1: US, DE, JP");
        return;
    }
    const struct place_rule *rule = rule_of(a->country);
    if (rule && rule->region && str_trim(a->region).n == 0)
        fault(c, "region", "required", "the state or province is needed");
    if (identity_domain_postal_ok(a->country, a->postal_code))
        return;
    str why = rule ? str_fmt(c->cx->arena, "as in %s", rule->example)
                   : S("letters, digits, blanks and hyphens");
    fault(c, "postalCode", a->postal_code.n ? "bad_postal_code" : "required",
        str_c(c->cx->arena, why));
}

size_t identity_domain_address(struct cx *cx, const struct identity_address *a, str pointer)
{
    struct check c = { .cx = cx, .pointer = pointer.p ? pointer : S("") };
    check_text(&c, a->name, (struct text_rule){ "name", 100, true });
    check_text(&c, a->line1, (struct text_rule){ "line1", 200, true });
    check_text(&c, a->line2, (struct text_rule){ "line2", 200, false });
    check_text(&c, a->city, (struct text_rule){ "city", 100, true });
    check_text(&c, a->region, (struct text_rule){ "region", 100, false });
    check_text(&c, a->phone, (struct text_rule){ "phone", 32, false });
    check_place(&c, a);
    return c.faults;
}
