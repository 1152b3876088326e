/* SPDX-License-Identifier: Apache-2.0
 * Tests of tax, delivery and their sums, as tables. Run by meson test. Must never take the code's
 * own sums for the truth: every amount is written out. */
#include "services/pricing/pricing_domain.h"

#include "base/instant.h"
#include "tests/support/check.h"

static const currency USD = { "USD" };
static const currency EUR = { "EUR" };
static const currency JPY = { "JPY" };
static const currency KWD = { "KWD" };

/* ---- tables of rates ---- */

static const struct tax_case {
    const char *name;
    str country, region, category;
    int64_t bp;
} tax_cases[] = {
    { "California", S_INIT("US"), S_INIT("CA"), { 0 }, 725 },
    { "with its country", S_INIT("US"), S_INIT("US-CA"), { 0 }, 725 },
    { "lower case", S_INIT("us"), S_INIT("ny"), { 0 }, 400 },
    { "a state without", S_INIT("US"), S_INIT("OR"), { 0 }, 0 },
    { "a rate rounded up to a basis point", S_INIT("US"), S_INIT("MN"), { 0 }, 688 },
    { "no state", S_INIT("US"), { 0 }, { 0 }, 0 },
    { "unknown state", S_INIT("US"), S_INIT("XX"), { 0 }, 0 },
    { "books in Texas", S_INIT("US"), S_INIT("TX"), S_INIT("reduced"), 625 },
    { "Ontario is not California", S_INIT("CA"), S_INIT("ON"), { 0 }, 1300 },
    { "Canada without a province", S_INIT("CA"), { 0 }, { 0 }, 500 },
    { "books in Quebec", S_INIT("CA"), S_INIT("QC"), S_INIT("reduced"), 500 },
    { "Germany", S_INIT("DE"), S_INIT("BY"), { 0 }, 1900 },
    { "books in Germany", S_INIT("DE"), { 0 }, S_INIT("reduced"), 700 },
    { "half a percent in Finland", S_INIT("FI"), { 0 }, { 0 }, 2550 },
    { "books in Britain", S_INIT("GB"), { 0 }, S_INIT("reduced"), 0 },
    { "Switzerland", S_INIT("CH"), { 0 }, { 0 }, 810 },
    { "Japan", S_INIT("JP"), S_INIT("13"), { 0 }, 1000 },
    { "Australia", S_INIT("AU"), S_INIT("NSW"), { 0 }, 1000 },
    { "not in the table", S_INIT("KE"), { 0 }, { 0 }, 0 },
    { "unknown category is standard", S_INIT("DE"), { 0 }, S_INIT("toys"), 1900 },
    { "exempt", S_INIT("DE"), { 0 }, S_INIT("exempt"), 0 },
};

static void tax_follows_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tax_cases); i++) {
        const struct tax_case *t = &tax_cases[i];
        struct pricing_place place = { .country = t->country, .region = t->region };
        CASE_INT(t->name, pricing_rates_tax_bp(place, t->category), t->bp);
    }
}

static const struct zone_case {
    str country, home;
    enum pricing_zone zone;
} zone_cases[] = {
    { S_INIT("US"), S_INIT("US"), PRICING_HOMELAND },
    { S_INIT("us"), S_INIT("US"), PRICING_HOMELAND },
    { S_INIT("CA"), S_INIT("US"), PRICING_NEAR },
    { S_INIT("MX"), S_INIT("US"), PRICING_NEAR },
    { S_INIT("DE"), S_INIT("US"), PRICING_EUROPE },
    { S_INIT("CH"), S_INIT("US"), PRICING_EUROPE },
    { S_INIT("JP"), S_INIT("US"), PRICING_WORLD },
    { S_INIT("??"), S_INIT("US"), PRICING_WORLD },
    { S_INIT("DE"), S_INIT("DE"), PRICING_HOMELAND },
    { S_INIT("CA"), S_INIT("DE"), PRICING_WORLD },
};

static void parcels_go_as_far_as_the_country_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(zone_cases); i++)
        CASE_INT(zone_cases[i].country.p,
            pricing_rates_zone(zone_cases[i].country, zone_cases[i].home), zone_cases[i].zone);
}

static void a_currency_without_a_tariff_has_the_dollars(void **state)
{
    (void)state;
    struct pricing_tariff kwd = pricing_rates_tariff(KWD);
    CHECK_INT(kwd.standard[PRICING_HOMELAND].base, 4990);
    CHECK_INT(kwd.standard[PRICING_HOMELAND].step, 1500);
    CHECK_INT(kwd.free_from, 35000);
    CHECK(currency_eq(kwd.currency, KWD));
    currency krw = { "KRW" };
    CHECK_INT(pricing_rates_tariff(krw).standard[PRICING_HOMELAND].base, 5);
    CHECK_INT(pricing_rates_tariff(JPY).standard[PRICING_HOMELAND].base, 700);
}

/* ---- prices ---- */

static const struct price_case {
    const char *name;
    money price, list;
    bool ok;
    int64_t list_after;
} price_cases[] = {
    { "plain", { 999, { "USD" } }, { 1299, { "USD" } }, true, 1299 },
    { "no list price", { 999, { "USD" } }, { 0 }, true, 999 },
    { "list equal to price", { 999, { "USD" } }, { 999, { "USD" } }, true, 999 },
    { "one cent", { 1, { "USD" } }, { 0 }, true, 1 },
    { "the most there is", { MONEY_MINOR_MAX, { "USD" } }, { 0 }, true, MONEY_MINOR_MAX },
    { "one more", { MONEY_MINOR_MAX + 1, { "USD" } }, { 0 }, false, 0 },
    { "nothing", { 0, { "USD" } }, { 0 }, false, 0 },
    { "less than nothing", { -1, { "USD" } }, { 0 }, false, 0 },
    { "list below price", { 999, { "USD" } }, { 998, { "USD" } }, false, 0 },
    { "list beyond all", { 999, { "USD" } }, { MONEY_MINOR_MAX + 1, { "USD" } }, false, 0 },
    { "other currency", { 999, { "EUR" } }, { 0 }, false, 0 },
    { "list in another", { 999, { "USD" } }, { 1299, { "EUR" } }, false, 0 },
    { "no currency", { 999, { "" } }, { 0 }, false, 0 },
};

static void prices_are_above_zero_and_not_above_their_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(price_cases); i++) {
        const struct price_case *t = &price_cases[i];
        struct cx *cx = check_cx_open();
        struct pricing_price price = { .price = t->price, .list = t->list };
        err e = pricing_domain_price(cx, 3, USD, &price);
        CASE(t->name, e == (t->ok ? NULL : &ERR_INVALID));
        if (t->ok)
            CASE_INT(t->name, price.list.minor, t->list_after);
        else
            CASE(t->name, cx->fields && str_starts(cx->fields->pointer, S("/prices/3/")));
        check_cx_close(cx);
    }
}

/* ---- quotes ---- */

#define LINES_MAX 3
static const struct quote_case {
    const char *name;
    struct {
        int64_t price, list, quantity, weight_g;
        bool slow; /* not eligible for fast delivery */
        str tax_category;
    } lines[LINES_MAX]; /* up to the first without a price */
    str country, region;
    enum pricing_speed speed;
    currency currency;
    err want;
    int64_t subtotal, tax, shipping, savings, total;
    bool free_shipping;
} quote_cases[] = {
    { "one light thing", { { 1000, 1000, 1, 500 } }, S_INIT("US"), S_INIT("OR"), PRICING_STANDARD,
        { "USD" }, NULL, 1000, 0, 499, 0, 1499, false },
    { "two kilograms exactly", { { 1000, 1000, 2, 1000 } }, S_INIT("US"), S_INIT("OR"),
        PRICING_STANDARD, { "USD" }, NULL, 2000, 0, 499, 0, 2499, false },
    { "a gram more", { { 1000, 1000, 1, 2001 } }, S_INIT("US"), S_INIT("OR"), PRICING_STANDARD,
        { "USD" }, NULL, 1000, 0, 649, 0, 1649, false },
    { "five kilograms in two lines", { { 1000, 1000, 1, 2000 }, { 500, 500, 3, 1000 } },
        S_INIT("US"), S_INIT("OR"), PRICING_STANDARD, { "USD" }, NULL, 2500, 0, 949, 0, 3449,
        false },
    { "a cent below free", { { 3499, 3499, 1, 500 } }, S_INIT("US"), S_INIT("OR"), PRICING_STANDARD,
        { "USD" }, NULL, 3499, 0, 499, 0, 3998, false },
    { "free from 35.00", { { 3500, 3500, 1, 90000 } }, S_INIT("US"), S_INIT("OR"), PRICING_STANDARD,
        { "USD" }, NULL, 3500, 0, 0, 0, 3500, true },
    { "tax does not make it free", { { 3400, 3400, 1, 500 } }, S_INIT("US"), S_INIT("CA"),
        PRICING_STANDARD, { "USD" }, NULL, 3400, 247, 499, 0, 4146, false },
    { "half a cent of tax rounds up", { { 1000, 1000, 1, 500 } }, S_INIT("US"), S_INIT("IL"),
        PRICING_STANDARD, { "USD" }, NULL, 1000, 63, 499, 0, 1562, false },
    { "just below half rounds down", { { 999, 999, 1, 500 } }, S_INIT("US"), S_INIT("IL"),
        PRICING_STANDARD, { "USD" }, NULL, 999, 62, 499, 0, 1560, false },
    /* 3 lines of 6.25 % on 10.00: 63 each, although 6.25 % of 30.00 is 187.5 */
    { "tax is rounded by line",
        { { 1000, 1000, 1, 1 }, { 1000, 1000, 1, 1 }, { 1000, 1000, 1, 1 } }, S_INIT("US"),
        S_INIT("IL"), PRICING_STANDARD, { "USD" }, NULL, 3000, 189, 499, 0, 3688, false },
    /* one line of 3 is one rounding: 187.5 is 188 */
    { "tax is on the line, not on the unit", { { 1000, 1000, 3, 1 } }, S_INIT("US"), S_INIT("IL"),
        PRICING_STANDARD, { "USD" }, NULL, 3000, 188, 499, 0, 3687, false },
    { "delivery is not taxed", { { 100, 100, 1, 1 } }, S_INIT("DE"), { 0 }, PRICING_STANDARD,
        { "USD" }, NULL, 100, 19, 1499, 0, 1618, false },
    { "savings", { { 800, 1000, 3, 1 }, { 500, 500, 1, 1 } }, S_INIT("US"), S_INIT("OR"),
        PRICING_STANDARD, { "USD" }, NULL, 2900, 0, 499, 600, 3399, false },
    { "books and more", { { 1000, 1000, 1, 1, false, S_INIT("reduced") }, { 1000, 1000, 1, 1 } },
        S_INIT("DE"), { 0 }, PRICING_STANDARD, { "USD" }, NULL, 2000, 260, 1499, 0, 3759, false },
    { "two days", { { 5000, 5000, 1, 9000 } }, S_INIT("US"), S_INIT("OR"), PRICING_PRIME_2DAY,
        { "USD" }, NULL, 5000, 0, 799, 0, 5799, false },
    { "next day", { { 5000, 5000, 1, 9000 } }, S_INIT("us"), S_INIT("OR"), PRICING_PRIME_NEXT_DAY,
        { "USD" }, NULL, 5000, 0, 1299, 0, 6299, false },
    { "one line is slow", { { 5000, 5000, 1, 1 }, { 1, 1, 1, 1, true } }, S_INIT("US"), { 0 },
        PRICING_PRIME_2DAY, { "USD" }, &PRICING_SPEED_UNKNOWN, 0, 0, 0, 0, 0, false },
    { "fast abroad", { { 5000, 5000, 1, 1 } }, S_INIT("CA"), { 0 }, PRICING_PRIME_NEXT_DAY,
        { "USD" }, &PRICING_SPEED_UNKNOWN, 0, 0, 0, 0, 0, false },
    { "not free abroad", { { 9900, 9900, 1, 500 } }, S_INIT("CA"), S_INIT("AB"), PRICING_STANDARD,
        { "USD" }, NULL, 9900, 495, 999, 0, 11394, false },
    { "heavy, far away", { { 9900, 9900, 1, 4500 } }, S_INIT("KE"), { 0 }, PRICING_STANDARD,
        { "USD" }, NULL, 9900, 0, 4399, 0, 14299, false },
    { "yen have no cents", { { 1999, 1999, 1, 500 } }, S_INIT("JP"), { 0 }, PRICING_STANDARD,
        { "JPY" }, NULL, 1999, 200, 3000, 0, 5199, false },
    { "half a yen", { { 1995, 1995, 1, 500 } }, S_INIT("JP"), { 0 }, PRICING_STANDARD, { "JPY" },
        NULL, 1995, 200, 3000, 0, 5195, false },
    { "euro", { { 2000, 2000, 1, 2500 } }, S_INIT("FR"), { 0 }, PRICING_STANDARD, { "EUR" }, NULL,
        2000, 400, 1699, 0, 4099, false },
    { "nothing at all", { { 0 } }, S_INIT("US"), { 0 }, PRICING_STANDARD, { "USD" }, NULL, 0, 0, 0,
        0, 0, false },
    { "nothing, fast", { { 0 } }, S_INIT("US"), { 0 }, PRICING_PRIME_2DAY, { "USD" },
        &PRICING_SPEED_UNKNOWN, 0, 0, 0, 0, 0, false },
    { "no unit", { { 100, 100, 0, 1 } }, S_INIT("US"), { 0 }, PRICING_STANDARD, { "USD" },
        &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "less than none", { { 100, 100, -1, 1 } }, S_INIT("US"), { 0 }, PRICING_STANDARD, { "USD" },
        &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "a million units", { { 100, 100, 1000000, 1 } }, S_INIT("US"), S_INIT("OR"), PRICING_STANDARD,
        { "USD" }, NULL, 100000000, 0, 0, 0, 100000000, true },
    { "one more", { { 100, 100, 1000001, 1 } }, S_INIT("US"), { 0 }, PRICING_STANDARD, { "USD" },
        &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "the largest line", { { MONEY_MINOR_MAX, MONEY_MINOR_MAX, 1, 1 } }, S_INIT("US"),
        S_INIT("OR"), PRICING_STANDARD, { "USD" }, NULL, MONEY_MINOR_MAX, 0, 0, 0, MONEY_MINOR_MAX,
        true },
    { "twice as much", { { MONEY_MINOR_MAX, MONEY_MINOR_MAX, 2, 1 } }, S_INIT("US"), { 0 },
        PRICING_STANDARD, { "USD" }, &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "more than 64 bits", { { MONEY_MINOR_MAX, MONEY_MINOR_MAX, 1000000, 1 } }, S_INIT("US"),
        { 0 }, PRICING_STANDARD, { "USD" }, &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "too much in two lines", { { MONEY_MINOR_MAX, MONEY_MINOR_MAX, 1, 1 }, { 1, 1, 1, 1 } },
        S_INIT("US"), { 0 }, PRICING_STANDARD, { "USD" }, &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "savings beyond all", { { 1, MONEY_MINOR_MAX, 2, 1 } }, S_INIT("US"), { 0 }, PRICING_STANDARD,
        { "USD" }, &ERR_INVALID, 0, 0, 0, 0, 0, false },
    { "as heavy as can be", { { 1, 1, 1000000, 1000000 } }, S_INIT("US"), S_INIT("OR"),
        PRICING_STANDARD, { "USD" }, NULL, 1000000, 0, 0, 0, 1000000, true },
    { "and abroad", { { 1, 1, 1000000, 1000000 } }, S_INIT("KE"), { 0 }, PRICING_STANDARD,
        { "USD" }, NULL, 1000000, 0, INT64_C(800000000399), 0, INT64_C(800001000399), false },
    { "heavier is not dearer", { { 1, 1, 1000000, 1000000 }, { 1, 1, 1000000, 1000000 } },
        S_INIT("KE"), { 0 }, PRICING_STANDARD, { "USD" }, NULL, 2000000, 0, INT64_C(800000000399),
        0, INT64_C(800002000399), false },
};

static size_t lines_of(const struct quote_case *t, struct pricing_line *lines)
{
    size_t n = 0;
    for (; n < LINES_MAX && t->lines[n].price > 0; n++)
        lines[n] = (struct pricing_line){ .quantity = t->lines[n].quantity,
            .weight_g = t->lines[n].weight_g,
            .tax_category = t->lines[n].tax_category,
            .prime = !t->lines[n].slow,
            .price = money_of(t->lines[n].price, t->currency),
            .list = money_of(t->lines[n].list, t->currency) };
    return n;
}

static void quotes_sum_up_their_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(quote_cases); i++) {
        const struct quote_case *t = &quote_cases[i];
        struct cx *cx = check_cx_open();
        struct pricing_line lines[LINES_MAX];
        size_t n = lines_of(t, lines);
        struct pricing_quote q = { .subtotal = { -7, { "" } } };
        err e = pricing_domain_quote(cx, lines, n,
            (struct pricing_ask){ .place = { .country = t->country, .region = t->region },
                .speed = t->speed,
                .currency = t->currency,
                .home = S("US") },
            &q);
        CASE(t->name, e == t->want);
        if (e) {
            CASE_INT(t->name, q.subtotal.minor, -7);
            check_cx_close(cx);
            continue;
        }
        CASE_INT(t->name, q.subtotal.minor, t->subtotal);
        CASE_INT(t->name, q.tax.minor, t->tax);
        CASE_INT(t->name, q.shipping.minor, t->shipping);
        CASE_INT(t->name, q.savings.minor, t->savings);
        CASE_INT(t->name, q.discount.minor, 0);
        CASE_INT(t->name, q.total.minor, t->total);
        CASE_INT(t->name, q.free_shipping, t->free_shipping);
        CASE(t->name, currency_eq(q.total.currency, t->currency));
        int64_t subtotal = 0, tax = 0, saving = 0;
        for (size_t k = 0; k < n; k++) {
            subtotal += lines[k].subtotal.minor;
            tax += lines[k].tax.minor;
            saving += lines[k].saving.minor;
        }
        CASE_INT(t->name, subtotal, t->subtotal);
        CASE_INT(t->name, tax, t->tax);
        CASE_INT(t->name, saving, t->savings);
        check_cx_close(cx);
    }
}

static const struct discount_case {
    const char *name;
    struct {
        int64_t price, quantity, discount, tax;
    } lines[LINES_MAX];
    int64_t off_shipping, subtotal, tax, shipping, discount, shipping_discount, total;
} discount_cases[] = {
    /* to Illinois, 6.25 %, each line by standard delivery */
    { "none", { { 1000, 1, 0, 63 } }, 0, 1000, 63, 499, 0, 0, 1562 },
    { "tax is on what is left", { { 1000, 1, 100, 56 } }, 0, 1000, 56, 499, 100, 0, 1455 },
    { "half a cent of it rounds up", { { 1000, 1, 200, 50 }, { 1000, 1, 8, 62 } }, 0, 2000, 112,
        499, 208, 0, 2403 },
    { "rounded by line", { { 1000, 1, 40, 60 }, { 1000, 1, 40, 60 }, { 1000, 1, 40, 60 } }, 0, 3000,
        180, 499, 120, 0, 3559 },
    { "all of it", { { 1000, 2, 2000, 0 } }, 0, 2000, 0, 499, 2000, 0, 499 },
    { "half of delivery", { { 1000, 1, 0, 63 } }, 249, 1000, 63, 499, 249, 249, 1313 },
    { "more than delivery costs", { { 1000, 1, 0, 63 } }, 900, 1000, 63, 499, 499, 499, 1063 },
    { "both", { { 1000, 1, 500, 31 } }, 499, 1000, 31, 499, 999, 499, 531 },
    { "everything", { { 1000, 1, 1000, 0 } }, 499, 1000, 0, 499, 1499, 499, 0 },
    { "free delivery stays free", { { 4000, 1, 3000, 63 } }, 100, 4000, 63, 0, 3000, 0, 1063 },
};

static void discounts_lower_the_tax_of_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(discount_cases); i++) {
        const struct discount_case *t = &discount_cases[i];
        struct cx *cx = check_cx_open();
        struct pricing_line lines[LINES_MAX];
        size_t n = 0;
        for (; n < LINES_MAX && t->lines[n].price > 0; n++)
            lines[n] = (struct pricing_line){ .quantity = t->lines[n].quantity,
                .discount = t->lines[n].discount,
                .price = money_of(t->lines[n].price, USD),
                .list = money_of(t->lines[n].price, USD) };
        struct pricing_quote q;
        CHECK_ERR(cx,
            pricing_domain_quote(cx, lines, n,
                (struct pricing_ask){ .place = { .country = S("US"), .region = S("IL") },
                    .currency = USD,
                    .home = S("US"),
                    .shipping_discount = t->off_shipping },
                &q),
            NULL);
        for (size_t k = 0; k < n; k++)
            CASE_INT(t->name, lines[k].tax.minor, t->lines[k].tax);
        CASE_INT(t->name, q.subtotal.minor, t->subtotal);
        CASE_INT(t->name, q.tax.minor, t->tax);
        CASE_INT(t->name, q.shipping.minor, t->shipping);
        CASE_INT(t->name, q.discount.minor, t->discount);
        CASE_INT(t->name, q.shipping_discount.minor, t->shipping_discount);
        CASE_INT(t->name, q.total.minor, t->total);
        check_cx_close(cx);
    }
}

static void refusals_name_the_lines(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct pricing_line lines[] = {
        { .quantity = 1, .prime = true, .price = { 100, USD }, .list = { 100, USD } },
        { .quantity = 1, .price = { 100, USD }, .list = { 100, USD } },
    };
    struct pricing_ask ask = { .place = { .country = S("US") },
        .speed = PRICING_PRIME_2DAY,
        .currency = USD,
        .home = S("US") };
    struct pricing_quote q;
    CHECK_ERR(cx, pricing_domain_quote(cx, lines, 2, ask, &q), &PRICING_SPEED_UNKNOWN);
    CHECK_STR(cx->fields->pointer, S("/items/1"));
    CHECK(!cx->fields->next);
    cx_clear(cx);
    lines[1].quantity = 0;
    CHECK_ERR(cx, pricing_domain_quote(cx, lines, 2, ask, &q), &ERR_INVALID);
    CHECK_STR(cx->fields->pointer, S("/items/1/quantity"));
    check_cx_close(cx);
}

static void options_say_what_can_be_had(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct pricing_line line = {
        .quantity = 1, .prime = true, .price = { 100, USD }, .list = { 100, USD }, .weight_g = 2500
    };
    struct pricing_ask ask = { .place = { .country = S("US") }, .currency = USD, .home = S("US") };
    struct pricing_option o[PRICING_SPEEDS_N];
    CHECK_ERR(cx, pricing_domain_options(cx, &line, 1, ask, o), NULL);
    const int64_t prices[PRICING_SPEEDS_N] = { 649, 799, 1299 };
    for (int s = 0; s < PRICING_SPEEDS_N; s++) {
        CHECK_INT(o[s].speed, s);
        CHECK(o[s].offered);
        CHECK_INT(o[s].price.minor, prices[s]);
        CHECK(o[s].from_ms > cx->now_ms && o[s].to_ms >= o[s].from_ms);
    }
    ask.place.country = S("FR");
    CHECK_ERR(cx, pricing_domain_options(cx, &line, 1, ask, o), NULL);
    CHECK(o[PRICING_STANDARD].offered);
    CHECK_INT(o[PRICING_STANDARD].price.minor, 1999);
    CHECK(!o[PRICING_PRIME_2DAY].offered && !o[PRICING_PRIME_NEXT_DAY].offered);
    CHECK_INT(o[PRICING_PRIME_2DAY].price.minor, 0);
    check_cx_close(cx);
}

/* ---- dates ---- */

/* January 2026: the 1st is a Thursday, the 4th a Sunday. */
static const struct date_case {
    const char *name, *now;
    enum pricing_speed speed;
    enum pricing_zone zone;
    const char *from, *to;
} date_cases[] = {
    { "Thursday morning", "2026-01-01T09:00:00Z", PRICING_STANDARD, PRICING_HOMELAND, "2026-01-05",
        "2026-01-07" },
    { "the last minute", "2026-01-01T15:59:59.999Z", PRICING_PRIME_NEXT_DAY, PRICING_HOMELAND,
        "2026-01-02", "2026-01-02" },
    { "the cut-off", "2026-01-01T16:00:00Z", PRICING_PRIME_NEXT_DAY, PRICING_HOMELAND, "2026-01-03",
        "2026-01-03" },
    { "Friday evening, over Sunday", "2026-01-02T18:00:00Z", PRICING_PRIME_NEXT_DAY,
        PRICING_HOMELAND, "2026-01-05", "2026-01-05" },
    { "Saturday morning, over Sunday", "2026-01-03T08:00:00Z", PRICING_PRIME_NEXT_DAY,
        PRICING_HOMELAND, "2026-01-05", "2026-01-05" },
    { "Saturday evening leaves on Monday", "2026-01-03T20:00:00Z", PRICING_PRIME_NEXT_DAY,
        PRICING_HOMELAND, "2026-01-06", "2026-01-06" },
    { "Sunday leaves on Monday", "2026-01-04T08:00:00Z", PRICING_PRIME_NEXT_DAY, PRICING_HOMELAND,
        "2026-01-06", "2026-01-06" },
    { "Sunday evening as well", "2026-01-04T23:00:00Z", PRICING_PRIME_NEXT_DAY, PRICING_HOMELAND,
        "2026-01-06", "2026-01-06" },
    { "two days", "2026-01-02T08:00:00Z", PRICING_PRIME_2DAY, PRICING_HOMELAND, "2026-01-05",
        "2026-01-05" },
    { "abroad, two Sundays", "2026-01-01T08:00:00Z", PRICING_STANDARD, PRICING_EUROPE, "2026-01-09",
        "2026-01-17" },
    { "over the year's end", "2025-12-31T23:59:59.999Z", PRICING_PRIME_NEXT_DAY, PRICING_HOMELAND,
        "2026-01-02", "2026-01-02" },
    { "a leap day", "2028-02-28T08:00:00Z", PRICING_PRIME_NEXT_DAY, PRICING_HOMELAND, "2028-02-29",
        "2028-02-29" },
};

static void dates_skip_sundays(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(date_cases); i++) {
        const struct date_case *t = &date_cases[i];
        struct cx *cx = check_cx_open();
        int64_t now_ms, from_ms, to_ms;
        assert_true(instant_parse(str_from_c(t->now), &now_ms));
        pricing_domain_dates(pricing_rates_days(t->speed, t->zone), now_ms, &from_ms, &to_ms);
        CASE_STR(t->name, instant_date(cx->arena, from_ms), str_from_c(t->from));
        CASE_STR(t->name, instant_date(cx->arena, to_ms), str_from_c(t->to));
        CASE_INT(t->name, from_ms % DAY_MS, 0);
        check_cx_close(cx);
    }
}

static void euro_is_a_currency_of_its_own(void **state)
{
    (void)state;
    CHECK_INT(pricing_rates_tariff(EUR).standard[PRICING_EUROPE].base, 1299);
    CHECK_INT(pricing_rates_tariff(USD).standard[PRICING_EUROPE].base, 1499);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tax_follows_the_place),
        cmocka_unit_test(parcels_go_as_far_as_the_country_is),
        cmocka_unit_test(a_currency_without_a_tariff_has_the_dollars),
        cmocka_unit_test(euro_is_a_currency_of_its_own),
        cmocka_unit_test(prices_are_above_zero_and_not_above_their_list),
        cmocka_unit_test(quotes_sum_up_their_lines),
        cmocka_unit_test(discounts_lower_the_tax_of_their_line),
        cmocka_unit_test(refusals_name_the_lines),
        cmocka_unit_test(options_say_what_can_be_had),
        cmocka_unit_test(dates_skip_sundays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
