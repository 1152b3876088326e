/* SPDX-License-Identifier: Apache-2.0
 * Tests of money: text, rounding, splitting, overflow. Run by meson test.
 * Must never take the code's own sums for the truth: every amount is written out. */
#include "tests/support/check.h"

#include "base/money.h"
#include "base/rng.h"

static const currency USD = { "USD" };
static const currency EUR = { "EUR" };
static const currency JPY = { "JPY" };
static const currency KWD = { "KWD" };

static const struct currency_case {
    const char *name;
    str code;
    bool ok;
    int decimals;
} currency_cases[] = {
    { "dollar", S_INIT("USD"), true, 2 },
    { "yen", S_INIT("JPY"), true, 0 },
    { "won", S_INIT("KRW"), true, 0 },
    { "dong", S_INIT("VND"), true, 0 },
    { "Chilean peso", S_INIT("CLP"), true, 0 },
    { "Kuwaiti dinar", S_INIT("KWD"), true, 3 },
    { "Bahraini dinar", S_INIT("BHD"), true, 3 },
    { "Tunisian dinar", S_INIT("TND"), true, 3 },
    { "forint", S_INIT("HUF"), true, 2 },
    { "rupiah", S_INIT("IDR"), true, 2 },
    { "lower case", S_INIT("usd"), false, 0 },
    { "unknown", S_INIT("XXX"), false, 0 },
    { "too long", S_INIT("USDX"), false, 0 },
    { "too short", S_INIT("US"), false, 0 },
    { "NULs are not the zero currency", S_INIT("\0\0\0"), false, 0 },
    { "empty", S_INIT(""), false, 0 },
};

static void codes_are_known_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(currency_cases); i++) {
        const struct currency_case *c = &currency_cases[i];
        currency got = { "???" };
        CASE(c->name, currency_parse(c->code, &got) == c->ok);
        CASE_STR(c->name, currency_str(&got), c->ok ? c->code : S("???"));
        if (c->ok)
            CASE_INT(c->name, currency_decimals(got), c->decimals);
    }
}

static void the_promised_currencies_are_there(void **state)
{
    (void)state;
    str rest =
        S("USD EUR GBP JPY KRW KWD BHD TND CHF SEK NOK DKK PLN CZK HUF CAD AUD NZD INR CNY "
          "BRL MXN ZAR TRY AED SAR SGD HKD THB IDR VND ILS CLP");
    while (rest.p) {
        str code = str_cut(&rest, ' ');
        currency c;
        if (!currency_parse(code, &c))
            fail_msg(STR_F, STR_A(code));
    }
}

static const struct text_case {
    const char *name;
    money m;
    str decimal;
} text_cases[] = {
    { "plain", { 99999, { "USD" } }, S_INIT("999.99") },
    { "zero", { 0, { "USD" } }, S_INIT("0.00") },
    { "below one", { 5, { "USD" } }, S_INIT("0.05") },
    { "negative below one", { -5, { "USD" } }, S_INIT("-0.05") },
    { "no decimals", { 1200, { "JPY" } }, S_INIT("1200") },
    { "no decimals, zero", { 0, { "JPY" } }, S_INIT("0") },
    { "no decimals, negative", { -7, { "JPY" } }, S_INIT("-7") },
    { "three decimals", { 1234, { "KWD" } }, S_INIT("1.234") },
    { "three decimals, small", { 1, { "KWD" } }, S_INIT("0.001") },
    { "largest accepted", { MONEY_MINOR_MAX, { "USD" } }, S_INIT("100000000000.00") },
};

static void text_goes_there_and_back(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        const struct text_case *c = &text_cases[i];
        CASE_STR(c->name, money_decimal(arena, c->m), c->decimal);
        money back = { 77, { "???" } };
        CASE(c->name, money_parse(c->decimal, c->m.currency, &back));
        CASE_INT(c->name, back.minor, c->m.minor);
        CASE(c->name, currency_eq(back.currency, c->m.currency));
    }
    CHECK_STR(money_decimal(arena, money_of(INT64_MIN, USD)), S("-92233720368547758.08"));
    CHECK_STR(money_decimal(arena, money_of(INT64_MAX, KWD)), S("9223372036854775.807"));
}

static const struct parse_case {
    const char *name;
    str text;
    currency currency;
    bool ok;
    int64_t minor;
} parse_cases[] = {
    { "no point", S_INIT("12"), { "USD" }, true, 1200 },
    { "fewer decimals", S_INIT("12.5"), { "USD" }, true, 1250 },
    { "minus zero", S_INIT("-0.00"), { "USD" }, true, 0 },
    { "leading zeros", S_INIT("0012.50"), { "USD" }, true, 1250 },
    { "least accepted", S_INIT("-100000000000"), { "USD" }, true, -MONEY_MINOR_MAX },
    { "one too many", S_INIT("100000000000.01"), { "USD" }, false, 0 },
    { "one too few", S_INIT("-100000000000.01"), { "USD" }, false, 0 },
    { "beyond int64", S_INIT("99999999999999999999"), { "USD" }, false, 0 },
    { "beyond int64 by its decimals", S_INIT("9223372036854775807"), { "USD" }, false, 0 },
    { "too many decimals", S_INIT("1.234"), { "USD" }, false, 0 },
    { "a zero too many", S_INIT("1.230"), { "USD" }, false, 0 },
    { "yen with decimals", S_INIT("1.5"), { "JPY" }, false, 0 },
    { "yen with a zero decimal", S_INIT("1.0"), { "JPY" }, false, 0 },
    { "yen with a point", S_INIT("1."), { "JPY" }, false, 0 },
    { "dinar", S_INIT("1.5"), { "KWD" }, true, 1500 },
    { "dinar, four decimals", S_INIT("1.5000"), { "KWD" }, false, 0 },
    { "nothing before the point", S_INIT(".5"), { "USD" }, false, 0 },
    { "nothing after the point", S_INIT("5."), { "USD" }, false, 0 },
    { "two points", S_INIT("1.2.3"), { "USD" }, false, 0 },
    { "comma", S_INIT("1,50"), { "USD" }, false, 0 },
    { "plus", S_INIT("+1"), { "USD" }, false, 0 },
    { "two signs", S_INIT("--1"), { "USD" }, false, 0 },
    { "sign alone", S_INIT("-"), { "USD" }, false, 0 },
    { "exponent", S_INIT("1e2"), { "USD" }, false, 0 },
    { "blank", S_INIT(" 1"), { "USD" }, false, 0 },
    { "empty", S_INIT(""), { "USD" }, false, 0 },
    { "absent", { NULL, 0 }, { "USD" }, false, 0 },
};

static void amounts_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parse_cases); i++) {
        const struct parse_case *c = &parse_cases[i];
        money got = { 77, { "???" } };
        CASE(c->name, money_parse(c->text, c->currency, &got) == c->ok);
        CASE_INT(c->name, got.minor, c->ok ? c->minor : 77);
        CASE(c->name, currency_eq(got.currency, c->currency) == c->ok);
    }
}

static const struct points_case {
    const char *name;
    int64_t minor, bp, want;
} points_cases[] = {
    { "a tenth", 1000, 1000, 100 },
    { "half goes up", 50, 100, 1 },
    { "below half goes down", 49, 100, 0 },
    { "negative half goes away from zero", -50, 100, -1 },
    { "negative below half", -49, 100, 0 },
    { "negative rate", 50, -100, -1 },
    { "all of it", 12345, 10000, 12345 },
    { "more than all", 100, 12500, 125 },
    { "tax of 8.25%", 1999, 825, 165 },
    { "nothing", 0, 825, 0 },
    { "a product beyond int64", MONEY_MINOR_MAX * 1000, 10000, MONEY_MINOR_MAX * 1000 },
};

static void basis_points_round_half_away_from_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(points_cases); i++) {
        const struct points_case *c = &points_cases[i];
        CASE_INT(c->name, money_basis_points(money_of(c->minor, USD), c->bp).minor, c->want);
    }
}

static const struct split_case {
    const char *name;
    int64_t total;
    int64_t weights[5];
    size_t n;
    int64_t want[5];
} split_cases[] = {
    { "even", 90, { 1, 1, 1 }, 3, { 30, 30, 30 } },
    { "ties go to the lower index", 100, { 1, 1, 1 }, 3, { 34, 33, 33 } },
    { "two left over", 101, { 1, 1, 1 }, 3, { 34, 34, 33 } },
    { "largest remainder, not first", 10, { 6, 6, 7 }, 3, { 3, 3, 4 } },
    { "a refund mirrors the sale", -100, { 1, 1, 1 }, 3, { -34, -33, -33 } },
    { "weight zero gets nothing", 7, { 0, 2, 0, 1 }, 4, { 0, 5, 0, 2 } },
    { "all weights zero", 7, { 0, 0, 0 }, 3, { 7, 0, 0 } },
    { "nothing to split", 0, { 3, 4 }, 2, { 0, 0 } },
    { "one part", 12345, { 9 }, 1, { 12345 } },
    { "fewer units than parts", 2, { 1, 1, 1, 1, 1 }, 5, { 1, 1, 0, 0, 0 } },
    { "one unit to the heaviest", 1, { 1, 1, 3, 1 }, 4, { 0, 0, 1, 0 } },
    { "products beyond int64", MONEY_MINOR_MAX, { MONEY_MINOR_MAX, MONEY_MINOR_MAX, 1 }, 3,
        { MONEY_MINOR_MAX / 2, MONEY_MINOR_MAX / 2, 0 } },
    { "the extremes", INT64_MIN, { INT64_MAX - 1, 1 }, 2, { -INT64_MAX, -1 } },
};

static void splits_are_by_largest_remainder(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(split_cases); i++) {
        const struct split_case *c = &split_cases[i];
        int64_t got[5] = { 0 };
        money_split(c->total, c->weights, c->n, got);
        for (size_t k = 0; k < c->n; k++)
            CASE_INT(c->name, got[k], c->want[k]);
    }
}

/* Whatever is split: the parts sum to the total, and each is its exact share rounded up or down. */
static void splits_always_sum_up(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(11);
    for (int round = 0; round < 20000; round++) {
        int64_t weights[20];
        int64_t parts[20];
        size_t n = 1 + rng_below(&rng, COUNT(weights));
        int64_t total = rng_between(&rng, -100000, 100000);
        int64_t all = 0;
        for (size_t i = 0; i < n; i++) {
            weights[i] = rng_chance(&rng, 200) ? 0 : rng_between(&rng, 0, 1000);
            all += weights[i];
        }
        money_split(total, weights, n, parts);
        int64_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            sum += parts[i];
            int64_t off = all > 0 ? parts[i] * all - total * weights[i] : 0;
            CHECK(off >= 0 || -off < all);
            CHECK(off <= 0 || off < all);
        }
        CHECK_INT(sum, total);
    }
}

static const struct display_case {
    const char *name;
    money m;
    str locale, want;
} display_cases[] = {
    { "dollars", { 129900, { "USD" } }, S_INIT("en-US"), S_INIT("$1,299.00") },
    { "below a thousand", { 99999, { "USD" } }, S_INIT("en"), S_INIT("$999.99") },
    { "a million", { 123456789, { "USD" } }, S_INIT("en"), S_INIT("$1,234,567.89") },
    { "zero", { 0, { "USD" } }, S_INIT("en"), S_INIT("$0.00") },
    { "negative", { -500, { "USD" } }, S_INIT("en"), S_INIT("-$5.00") },
    { "unknown locale", { 129900, { "USD" } }, S_INIT("tlh"), S_INIT("$1,299.00") },
    { "absent locale", { 129900, { "USD" } }, { NULL, 0 }, S_INIT("$1,299.00") },
    { "German euro", { 129900, { "EUR" } }, S_INIT("de-DE"), S_INIT("1.299,00 €") },
    { "a prefix is not a language", { 129900, { "EUR" } }, S_INIT("den"), S_INIT("€1,299.00") },
    { "upper case tag", { 129900, { "EUR" } }, S_INIT("DE"), S_INIT("1.299,00 €") },
    { "negative German euro", { -129900, { "EUR" } }, S_INIT("de"), S_INIT("-1.299,00 €") },
    { "yen", { 1200, { "JPY" } }, S_INIT("ja-JP"), S_INIT("¥1,200") },
    { "yen in English", { 1200, { "JPY" } }, S_INIT("en"), S_INIT("¥1,200") },
    { "yen in German", { 1200, { "JPY" } }, S_INIT("de"), S_INIT("1.200 ¥") },
    { "dinar", { 1234567, { "KWD" } }, S_INIT("en"), S_INIT("KWD 1,234.567") },
    { "franc in Zurich", { 129900, { "CHF" } }, S_INIT("de-CH"), S_INIT("CHF 1’299.00") },
    { "krona at home", { 129900, { "SEK" } }, S_INIT("sv-SE"), S_INIT("1\u00a0299,00 kr") },
    { "krona abroad", { 129900, { "SEK" } }, S_INIT("en"), S_INIT("SEK 1,299.00") },
    { "Canadian dollar at home", { 100, { "CAD" } }, S_INIT("en-CA"), S_INIT("$1.00") },
    { "Canadian dollar abroad", { 100, { "CAD" } }, S_INIT("en-US"), S_INIT("CA$1.00") },
    { "US dollar in Canada", { 100, { "USD" } }, S_INIT("en-CA"), S_INIT("USD 1.00") },
    { "yen in China", { 1200, { "JPY" } }, S_INIT("zh"), S_INIT("JPY 1,200") },
    { "yuan in China", { 1200, { "CNY" } }, S_INIT("zh-CN"), S_INIT("¥12.00") },
    { "real", { 129900, { "BRL" } }, S_INIT("pt-BR"), S_INIT("R$ 1.299,00") },
};

static void amounts_are_shown_as_people_write_them(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(display_cases); i++) {
        const struct display_case *c = &display_cases[i];
        CASE_STR(c->name, money_display(arena, c->m, c->locale), c->want);
    }
}

static void sums_are_sums(void **state)
{
    (void)state;
    CHECK_INT(money_add(money_of(1, USD), money_of(-3, USD)).minor, -2);
    CHECK_INT(money_sub(money_of(1, EUR), money_of(-3, EUR)).minor, 4);
    CHECK_INT(money_times(money_of(250, JPY), -4).minor, -1000);
    CHECK(currency_eq(money_times(money_of(250, JPY), 2).currency, JPY));
    CHECK(!currency_eq(USD, EUR));
}

static const struct mistake_case {
    const char *name;
    char op;
    money a, b;
} mistake_cases[] = {
    { "sum overflows", '+', { INT64_MAX, { "USD" } }, { 1, { "USD" } } },
    { "difference overflows", '-', { INT64_MIN, { "USD" } }, { 1, { "USD" } } },
    { "product overflows", '*', { INT64_MAX / 2, { "USD" } }, { 3, { "USD" } } },
    { "share overflows", '%', { INT64_MAX, { "USD" } }, { 10001, { "USD" } } },
    { "sum of two currencies", '+', { 1, { "USD" } }, { 1, { "EUR" } } },
    { "difference of two currencies", '-', { 1, { "USD" } }, { 1, { "EUR" } } },
    { "no currency written", 'w', { 1, { "" } }, { 0, { "" } } },
    { "negative weight", '/', { 1, { "USD" } }, { -1, { "USD" } } },
};

static void make_mistake(const void *arg)
{
    const struct mistake_case *c = arg;
    char text[MONEY_TEXT_N];
    int64_t part = 0;
    if (c->op == '+')
        (void)money_add(c->a, c->b);
    else if (c->op == '-')
        (void)money_sub(c->a, c->b);
    else if (c->op == '*')
        (void)money_times(c->a, c->b.minor);
    else if (c->op == '%')
        (void)money_basis_points(c->a, c->b.minor);
    else if (c->op == '/')
        money_split(c->a.minor, &c->b.minor, 1, &part);
    else
        (void)money_write(c->a, text);
}

static void mistakes_panic(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistake_cases); i++) {
        print_message("# must panic: %s\n", mistake_cases[i].name);
        CHECK_PANICS(make_mistake, &mistake_cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_known_or_refused),
        cmocka_unit_test(the_promised_currencies_are_there),
        cmocka_unit_test(text_goes_there_and_back),
        cmocka_unit_test(amounts_are_read_or_refused),
        cmocka_unit_test(basis_points_round_half_away_from_zero),
        cmocka_unit_test(splits_are_by_largest_remainder),
        cmocka_unit_test(splits_always_sum_up),
        cmocka_unit_test(amounts_are_shown_as_people_write_them),
        cmocka_unit_test(sums_are_sums),
        cmocka_unit_test(mistakes_panic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
