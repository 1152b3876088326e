/* SPDX-License-Identifier: Apache-2.0
 * The tables of tax and delivery, as of January 2026. Read by pricing_domain.c through the header;
 * must never compute an amount.
 *
 * Tax: in the US the rate of the state alone (counties and cities add theirs), in Canada GST and
 * the province's together, elsewhere the national rate of VAT or GST; "reduced" is the rate on
 * printed books. Rates of less than a basis point are rounded to one, half up (Minnesota has
 * 6.875 %). The rows are examples from general knowledge, not compared with what the authorities
 * publish: who sells checks them first. A provider behind the tax port knows streets. */
#include "services/pricing/pricing_rates.h"

struct tax_row {
    char country[3], region[4]; /* region empty: the rest of the country */
    int16_t standard, reduced;  /* basis points */
};

static const struct tax_row tax_rows[] = {
    /* United States: printed books are taxed as anything else */
    { "US", "AL", 400, 400 },
    { "US", "AK", 0, 0 },
    { "US", "AZ", 560, 560 },
    { "US", "AR", 650, 650 },
    { "US", "CA", 725, 725 },
    { "US", "CO", 290, 290 },
    { "US", "CT", 635, 635 },
    { "US", "DE", 0, 0 },
    { "US", "DC", 600, 600 },
    { "US", "FL", 600, 600 },
    { "US", "GA", 400, 400 },
    { "US", "HI", 400, 400 },
    { "US", "ID", 600, 600 },
    { "US", "IL", 625, 625 },
    { "US", "IN", 700, 700 },
    { "US", "IA", 600, 600 },
    { "US", "KS", 650, 650 },
    { "US", "KY", 600, 600 },
    { "US", "LA", 500, 500 },
    { "US", "ME", 550, 550 },
    { "US", "MD", 600, 600 },
    { "US", "MA", 625, 625 },
    { "US", "MI", 600, 600 },
    { "US", "MN", 688, 688 },
    { "US", "MS", 700, 700 },
    { "US", "MO", 423, 423 },
    { "US", "MT", 0, 0 },
    { "US", "NE", 550, 550 },
    { "US", "NV", 685, 685 },
    { "US", "NH", 0, 0 },
    { "US", "NJ", 663, 663 },
    { "US", "NM", 488, 488 },
    { "US", "NY", 400, 400 },
    { "US", "NC", 475, 475 },
    { "US", "ND", 500, 500 },
    { "US", "OH", 575, 575 },
    { "US", "OK", 450, 450 },
    { "US", "OR", 0, 0 },
    { "US", "PA", 600, 600 },
    { "US", "PR", 1050, 1050 },
    { "US", "RI", 700, 700 },
    { "US", "SC", 600, 600 },
    { "US", "SD", 420, 420 },
    { "US", "TN", 700, 700 },
    { "US", "TX", 625, 625 },
    { "US", "UT", 485, 485 },
    { "US", "VT", 600, 600 },
    { "US", "VA", 430, 430 },
    { "US", "WA", 650, 650 },
    { "US", "WV", 600, 600 },
    { "US", "WI", 500, 500 },
    { "US", "WY", 400, 400 },
    { "US", "", 0, 0 },
    /* Canada: books bear GST alone */
    { "CA", "ON", 1300, 500 },
    { "CA", "QC", 1498, 500 },
    { "CA", "BC", 1200, 500 },
    { "CA", "MB", 1200, 500 },
    { "CA", "SK", 1100, 500 },
    { "CA", "NB", 1500, 500 },
    { "CA", "NL", 1500, 500 },
    { "CA", "NS", 1400, 500 },
    { "CA", "PE", 1500, 500 },
    { "CA", "", 500, 500 },
    /* European Union */
    { "AT", "", 2000, 1000 },
    { "BE", "", 2100, 600 },
    { "BG", "", 2000, 900 },
    { "HR", "", 2500, 500 },
    { "CY", "", 1900, 300 },
    { "CZ", "", 2100, 0 },
    { "DK", "", 2500, 2500 },
    { "EE", "", 2400, 900 },
    { "FI", "", 2550, 1350 },
    { "FR", "", 2000, 550 },
    { "DE", "", 1900, 700 },
    { "GR", "", 2400, 600 },
    { "HU", "", 2700, 500 },
    { "IE", "", 2300, 0 },
    { "IT", "", 2200, 400 },
    { "LV", "", 2100, 500 },
    { "LT", "", 2100, 500 },
    { "LU", "", 1700, 300 },
    { "MT", "", 1800, 500 },
    { "NL", "", 2100, 900 },
    { "PL", "", 2300, 500 },
    { "PT", "", 2300, 600 },
    { "RO", "", 2100, 1100 },
    { "SK", "", 2300, 500 },
    { "SI", "", 2200, 500 },
    { "ES", "", 2100, 400 },
    { "SE", "", 2500, 600 },
    /* the rest of Europe */
    { "GB", "", 2000, 0 },
    { "CH", "", 810, 260 },
    { "LI", "", 810, 260 },
    { "NO", "", 2500, 0 },
    { "IS", "", 2400, 1100 },
    { "TR", "", 2000, 0 },
    { "UA", "", 2000, 0 },
    /* the rest of the world */
    { "AU", "", 1000, 1000 },
    { "NZ", "", 1500, 1500 },
    { "JP", "", 1000, 1000 },
    { "KR", "", 1000, 0 },
    { "SG", "", 900, 900 },
    { "IN", "", 1800, 0 },
    { "MX", "", 1600, 0 },
    { "ZA", "", 1500, 1500 },
    { "AE", "", 500, 500 },
    { "SA", "", 1500, 1500 },
    { "IL", "", 1800, 1800 },
    { "CN", "", 1300, 900 },
    { "TH", "", 700, 0 },
    { "PH", "", 1200, 0 },
    { "TW", "", 500, 0 },
    { "VN", "", 1000, 500 },
};

/* Neighbours of a shop in the US; for any other shop nobody is one. */
static const char near_home[][3] = { "CA", "MX" };
static const char europe[][3] = { "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE",
    "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    "GB", "CH", "LI", "NO", "IS", "MC", "AD", "SM", "VA" };

/* The shop's prices of delivery, each in round numbers of its currency. */
static const struct pricing_tariff tariffs[] = {
    { .currency = { "USD" },
        .standard = { [PRICING_HOMELAND] = { 499, 150 },
            [PRICING_NEAR] = { 999, 300 },
            [PRICING_EUROPE] = { 1499, 500 },
            [PRICING_WORLD] = { 1999, 800 } },
        .free_from = 3500,
        .prime_2day = 799,
        .prime_next_day = 1299 },
    { .currency = { "EUR" },
        .standard = { [PRICING_HOMELAND] = { 499, 150 },
            [PRICING_NEAR] = { 999, 300 },
            [PRICING_EUROPE] = { 1299, 400 },
            [PRICING_WORLD] = { 1999, 800 } },
        .free_from = 3500,
        .prime_2day = 799,
        .prime_next_day = 1199 },
    { .currency = { "GBP" },
        .standard = { [PRICING_HOMELAND] = { 399, 120 },
            [PRICING_NEAR] = { 899, 250 },
            [PRICING_EUROPE] = { 1199, 400 },
            [PRICING_WORLD] = { 1699, 700 } },
        .free_from = 3000,
        .prime_2day = 599,
        .prime_next_day = 999 },
    { .currency = { "JPY" },
        .standard = { [PRICING_HOMELAND] = { 700, 200 },
            [PRICING_NEAR] = { 1500, 450 },
            [PRICING_EUROPE] = { 2500, 800 },
            [PRICING_WORLD] = { 3000, 1200 } },
        .free_from = 5000,
        .prime_2day = 1100,
        .prime_next_day = 1800 },
    { .currency = { "CAD" },
        .standard = { [PRICING_HOMELAND] = { 699, 200 },
            [PRICING_NEAR] = { 1299, 400 },
            [PRICING_EUROPE] = { 1999, 700 },
            [PRICING_WORLD] = { 2699, 1100 } },
        .free_from = 4500,
        .prime_2day = 1099,
        .prime_next_day = 1699 },
    { .currency = { "AUD" },
        .standard = { [PRICING_HOMELAND] = { 799, 250 },
            [PRICING_NEAR] = { 1499, 450 },
            [PRICING_EUROPE] = { 2299, 800 },
            [PRICING_WORLD] = { 2999, 1200 } },
        .free_from = 5000,
        .prime_2day = 1199,
        .prime_next_day = 1999 },
    { .currency = { "CHF" },
        .standard = { [PRICING_HOMELAND] = { 500, 150 },
            [PRICING_NEAR] = { 900, 300 },
            [PRICING_EUROPE] = { 1300, 450 },
            [PRICING_WORLD] = { 1800, 700 } },
        .free_from = 3500,
        .prime_2day = 800,
        .prime_next_day = 1200 },
};

/* The region without its country before it. */
static str region_of(struct pricing_place place)
{
    if (place.region.n > place.country.n + 1 && place.region.p[place.country.n] == '-' &&
        str_eq_nocase(str_sub(place.region, 0, place.country.n), place.country))
        return str_skip(place.region, place.country.n + 1);
    return place.region;
}

int64_t pricing_rates_tax_bp(struct pricing_place place, str tax_category)
{
    ASSERT(place.country.n > 0);
    if (str_eq(tax_category, S("exempt")))
        return 0;
    str region = region_of(place);
    const struct tax_row *row = NULL;
    for (size_t i = 0; i < COUNT(tax_rows) && !row; i++) {
        str named = str_from_c(tax_rows[i].region);
        if (str_eq_nocase(str_from_c(tax_rows[i].country), place.country) &&
            (named.n == 0 || str_eq_nocase(named, region)))
            row = &tax_rows[i]; /* the rest of a country stands after its regions */
    }
    if (!row)
        return 0;
    return str_eq(tax_category, S("reduced")) ? row->reduced : row->standard;
}

static bool among(const char (*codes)[3], size_t n, str country)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(str_from_c(codes[i]), country))
            return true;
    return false;
}

enum pricing_zone pricing_rates_zone(str country, str home)
{
    if (str_eq_nocase(country, home))
        return PRICING_HOMELAND;
    if (str_eq_nocase(home, S(PRICING_HOME)) && among(near_home, COUNT(near_home), country))
        return PRICING_NEAR;
    return among(europe, COUNT(europe), country) ? PRICING_EUROPE : PRICING_WORLD;
}

static int64_t moved(int64_t amount, int from, int to)
{
    for (; from < to; from++)
        amount *= 10;
    for (; from > to; from--)
        amount = (amount + 5) / 10;
    return amount;
}

struct pricing_tariff pricing_rates_tariff(currency c)
{
    for (size_t i = 0; i < COUNT(tariffs); i++)
        if (currency_eq(tariffs[i].currency, c))
            return tariffs[i];
    struct pricing_tariff t = tariffs[0];
    int from = currency_decimals(t.currency), to = currency_decimals(c);
    t.currency = c;
    for (int z = 0; z < PRICING_ZONES_N; z++) {
        t.standard[z].base = moved(t.standard[z].base, from, to);
        t.standard[z].step = moved(t.standard[z].step, from, to);
    }
    t.free_from = moved(t.free_from, from, to);
    t.prime_2day = moved(t.prime_2day, from, to);
    t.prime_next_day = moved(t.prime_next_day, from, to);
    return t;
}

struct pricing_days pricing_rates_days(enum pricing_speed speed, enum pricing_zone zone)
{
    switch (speed) {
    case PRICING_STANDARD:
        return zone == PRICING_HOMELAND ? (struct pricing_days){ 3, 5 }
                                        : (struct pricing_days){ 7, 14 };
    case PRICING_PRIME_2DAY:
        return (struct pricing_days){ 2, 2 };
    case PRICING_PRIME_NEXT_DAY:
        return (struct pricing_days){ 1, 1 };
    case PRICING_SPEEDS_N:
        break;
    }
    panic(__FILE__, "no such speed of delivery");
}
