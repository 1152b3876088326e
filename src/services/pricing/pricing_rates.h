/* SPDX-License-Identifier: Apache-2.0
 * The tables of tax and delivery: constants only, looked up by place and currency. Read by
 * pricing_domain.c; must never compute an amount. */
#ifndef SOUK_SERVICES_PRICING_PRICING_RATES_H
#define SOUK_SERVICES_PRICING_PRICING_RATES_H

#include "services/pricing/pricing.h"

/* The country of a shop that names none. */
#define PRICING_HOME "US"

/* Basis points of tax on goods of a category ("standard", "reduced", "exempt"; anything else is
 * standard) delivered to the place. Its country must be there; a country that is not in the table
 * has none. Codes are compared without case; a region may carry its country ("US-CA"). */
int64_t pricing_rates_tax_bp(struct pricing_place place, str tax_category);

/* How far a parcel goes. Zero is the dearest. */
enum pricing_zone {
    PRICING_WORLD,
    PRICING_NEAR,
    PRICING_EUROPE,
    PRICING_HOMELAND,
    PRICING_ZONES_N
};
enum pricing_zone pricing_rates_zone(str country, str home);

/* Amounts are minor units of the tariff's currency. */
struct pricing_parcel {
    int64_t base; /* up to PRICING_BASE_G */
    int64_t step; /* each begun PRICING_STEP_G more */
};
struct pricing_tariff {
    currency currency;
    struct pricing_parcel standard[PRICING_ZONES_N];
    int64_t free_from; /* subtotal from which standard delivery is free in the shop's country */
    int64_t prime_2day, prime_next_day;
};
#define PRICING_BASE_G 2000
#define PRICING_STEP_G 1000
/* Of a currency without a table the numbers of the dollar, moved to its decimals. */
struct pricing_tariff pricing_rates_tariff(currency c);

/* Days under way, Sundays not counted; and the hour (UTC) until which an order leaves the same
 * day. */
struct pricing_days {
    int from, to;
};
#define PRICING_CUT_OFF_HOUR 16
struct pricing_days pricing_rates_days(enum pricing_speed speed, enum pricing_zone zone);

#endif
