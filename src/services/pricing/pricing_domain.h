/* SPDX-License-Identifier: Apache-2.0
 * The rules of prices, tax and delivery: values in, values out. Called by pricing.c; must never do
 * I/O or read a clock. */
#ifndef SOUK_SERVICES_PRICING_PRICING_DOMAIN_H
#define SOUK_SERVICES_PRICING_PRICING_DOMAIN_H

#include "services/pricing/pricing_rates.h"

/* A price as it will be stored: a list price without a currency becomes the price. ERR_INVALID with
 * field errors at /prices/<i> for another currency, a price outside 1..MONEY_MINOR_MAX, or a list
 * price below the price. */
err pricing_domain_price(struct cx *cx, size_t i, currency c, struct pricing_price *price) MUST_USE;

/* What a quote depends on beside its lines. */
struct pricing_ask {
    struct pricing_place place;
    enum pricing_speed speed;
    currency currency;
    str home; /* country of the shop */
    int64_t shipping_discount;
};
/* Fills the lines, which have price, list and discount, and the sums. A line's tax is on its
 * subtotal without the discount, rounded half up once; delivery is not taxed. ERR_INVALID (fields
 * at /items/<i>): a quantity outside 1..PRICING_QTY_MAX, or amounts beyond MONEY_MINOR_MAX.
 * PRICING_SPEED_UNKNOWN. */
err pricing_domain_quote(struct cx *cx, struct pricing_line *lines, size_t n,
    struct pricing_ask ask, struct pricing_quote *ret) MUST_USE;
/* Every speed; ask.speed is not looked at. ret has PRICING_SPEEDS_N. */
err pricing_domain_options(struct cx *cx, struct pricing_line *lines, size_t n,
    struct pricing_ask ask, struct pricing_option *ret) MUST_USE;

/* First and last day of delivery, midnight UTC: an order leaves on its day, from
 * PRICING_CUT_OFF_HOUR on the next one, never on a Sunday; days under way are no Sundays. */
void pricing_domain_dates(
    struct pricing_days days, int64_t now_ms, int64_t *ret_from_ms, int64_t *ret_to_ms);

#endif
