/* SPDX-License-Identifier: Apache-2.0
 * Prices of variants, tax and delivery. Pure rules in pricing_domain.h; prices are rows. All verbs
 * run in the caller's unit of work. */
#ifndef SOUK_SERVICES_PRICING_PRICING_H
#define SOUK_SERVICES_PRICING_PRICING_H

#include "base/money.h"
#include "platform/http/service.h"

struct pricing;
extern const struct service pricing_service;

extern const problem PRICING_NO_PRICE;      /* 409 offer_unavailable */
extern const problem PRICING_SPEED_UNKNOWN; /* 422 delivery_speed_unavailable */

struct bus;
struct pricing_deps {
    struct db *db;
    struct bus *bus; /* may be NULL in tests */
    str currency;    /* of the shop: "USD"; must be one that base/money.h knows */
    str country;     /* of the shop, ISO 3166-1 alpha-2; absent: "US" */
};
struct pricing *pricing_open(struct arena *life, struct pricing_deps deps);
currency pricing_currency(const struct pricing *p);

/* ---- prices ---- */
struct pricing_price {
    id product_id, variant_id;
    money price, list; /* list: struck through; equal to price when there is no reduction */
    int64_t version;
};
/* Sets n prices (currency is the shop's; price 1..MONEY_MINOR_MAX, list >= price, a list without a
 * currency is the price; of a repeated key the last counts). ERR_INVALID names the bad ones at
 * /prices/<i>. Emits "pricing.price_changed" per product when something changed, unless silent:
 * then the caller renews what is derived itself (imports). A repeat changes nothing. */
struct pricing_change {
    const struct pricing_price *prices;
    size_t n;
    bool silent;
};
err pricing_set(struct pricing *p, struct cx *cx, struct pricing_change in) MUST_USE;
struct pricing_key {
    id product_id, variant_id;
};
/* Prices of n variants; ret[i].price.currency is empty when there is none. Prices in another
 * currency than the shop's are none. */
err pricing_get(struct pricing *p, struct cx *cx, const struct pricing_key *keys, size_t n,
    struct pricing_price *ret) MUST_USE;
/* All prices of a product's variants. */
err pricing_of_product(struct pricing *p, struct cx *cx, id product_id, struct pricing_price **ret,
    size_t *ret_n) MUST_USE;
/* The cheapest price of each of n products; empty currency when none. */
err pricing_from(struct pricing *p, struct cx *cx, const id *product_ids, size_t n,
    struct pricing_price *ret) MUST_USE;

/* ---- a quote: what a set of lines costs at a place ---- */
enum pricing_speed {
    PRICING_STANDARD,
    PRICING_PRIME_2DAY,
    PRICING_PRIME_NEXT_DAY,
    PRICING_SPEEDS_N
};
extern const char *const pricing_speed_names[PRICING_SPEEDS_N + 1]; /* as on the wire */
extern const char *const pricing_speed_labels[PRICING_SPEEDS_N];    /* as pages say it */

#define PRICING_QTY_MAX 1000000
struct pricing_line {
    id product_id, variant_id;
    int64_t quantity;
    int64_t weight_g; /* of one */
    str tax_category; /* "standard", "reduced" (books) or "exempt"; absent: standard */
    bool prime;
    int64_t discount; /* minor units off the whole line, 0..its subtotal; promotions_evaluate's */
    /* set by pricing_fill */
    money price, list;
    /* set by pricing_quote */
    money subtotal, tax, saving; /* tax is on the subtotal without the discount */
    int64_t tax_bp;
};
struct pricing_place {
    str country, region, postal_code; /* ISO codes; absent country: the shop's own */
};
struct pricing_wish { /* what is asked beside the lines */
    struct pricing_place place;
    enum pricing_speed speed;
    int64_t shipping_discount; /* minor units; more than delivery costs counts as its cost */
    bool filled;               /* the lines come from pricing_fill: no statement is run */
};
struct pricing_quote {
    /* discount: of the lines and of delivery together; savings: prices against list prices.
     * subtotal + tax + shipping - discount = total */
    money subtotal, tax, shipping, discount, savings, total;
    money shipping_discount;                  /* what of the discount is off delivery */
    int64_t delivery_from_ms, delivery_to_ms; /* dates, midnight UTC */
    bool free_shipping;
};
/* Price and list price of every line, for promotions to work on. PRICING_NO_PRICE names at
 * /items/<i> those that have none. */
err pricing_fill(struct pricing *p, struct cx *cx, struct pricing_line *lines, size_t n) MUST_USE;
/* Fills the lines and the sums. Tax per line on what its discount leaves, rounded half up once;
 * rates by country and region from pricing_rates.c (US states, EU, UK, CA, JP, CH, AU ...);
 * included in the total, not in line prices. Shipping, which is not taxed, by zone, weight and
 * speed; standard is free from 35.00 on (USD), before discounts, within the shop's country.
 * Delivery dates skip Sundays. Field errors name the lines at /items/<i>. PRICING_NO_PRICE.
 * PRICING_SPEED_UNKNOWN: not to that country, or a line that is not eligible. ERR_INVALID: a
 * quantity outside 1..PRICING_QTY_MAX, or amounts beyond MONEY_MINOR_MAX. No lines: all zero. */
err pricing_quote_wish(struct pricing *p, struct cx *cx, struct pricing_line *lines, size_t n,
    const struct pricing_wish *wish, struct pricing_quote *ret) MUST_USE;
/* The same for a wish of place and speed alone. */
err pricing_quote(struct pricing *p, struct cx *cx, struct pricing_line *lines, size_t n,
    struct pricing_place place, enum pricing_speed speed, struct pricing_quote *ret) MUST_USE;
/* The speeds that can be had, with price and dates: ret has PRICING_SPEEDS_N entries. */
struct pricing_option {
    enum pricing_speed speed;
    bool offered;
    money price;
    int64_t from_ms, to_ms;
};
err pricing_options(struct pricing *p, struct cx *cx, const struct pricing_line *lines, size_t n,
    struct pricing_place place, struct pricing_option *ret) MUST_USE;

/* Payload of "pricing.price_changed"; the aggregate is the product. */
struct pricing_price_changed {
    id product_id;
};
extern const struct json_shape pricing_price_changed_shape;

#endif
