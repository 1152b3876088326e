/* SPDX-License-Identifier: Apache-2.0
 * A made-up shop: categories, products, reviews, customers, orders. The same seed gives the same
 * shop, and the i-th of anything is made alone, in any order, so a million stream without memory.
 * All brands, people and addresses are invented; e-mails are at example.com, .org and .net.
 * Read by the `demo` command, the tests and the benches. Texts point into constants, the demo's
 * arena or the arena given. */
#ifndef SOUK_FLOWS_DEMO_DEMO_H
#define SOUK_FLOWS_DEMO_DEMO_H

#include "base/arena.h"
#include "base/str.h"

struct demo;

/* Zero means: products 2000, customers products/4 (at least 60), orders as products (at least 300),
 * now_ms 2026-01-01T00:00:00Z. Ages and dates count back from now_ms. A product's text, key, SKUs
 * and prices depend on seed and index alone; its rank, and with it the number of its ratings, also
 * on `products`. */
struct demo_opts {
    uint64_t seed;
    int64_t products, customers, orders;
    int64_t now_ms;
};
struct demo *demo_new(struct arena *arena, struct demo_opts opts);
/* The options with the defaults filled in. */
struct demo_opts demo_opts_of(const struct demo *demo);

/* Categories: parents stand before their children. Products are in leaves only. */
enum demo_type { DEMO_TEXT = 1, DEMO_NUMBER, DEMO_BOOL };
struct demo_attribute {
    str key;  /* "screen_size" */
    str name; /* "Screen size" */
    str unit; /* "in"; absent when there is none */
    enum demo_type type;
};
struct demo_category {
    str slug, name;
    int parent; /* index, -1 for a department */
    bool leaf;
    str picture; /* the kind for catalog_picture_svg */
    const struct demo_attribute *attributes;
    size_t attributes_n; /* 0 unless leaf */
};
const struct demo_category *demo_categories(const struct demo *demo, size_t *ret_n);

/* Where goods lie. */
#define DEMO_WAREHOUSES 3
struct demo_warehouse {
    str code, name, street, city, region, postcode, country;
    int32_t latitude_milli, longitude_milli; /* thousandths of a degree */
};
const struct demo_warehouse *demo_warehouses(void); /* DEMO_WAREHOUSES of them */

/* Who sells; the first is the shop itself. */
struct demo_seller {
    str slug, name, email, country, about;
};
const struct demo_seller *demo_sellers(size_t *ret_n);

#define DEMO_VARIANTS_MAX 8
#define DEMO_OPTIONS_MAX 2
#define DEMO_ATTRIBUTES_MAX 9
#define DEMO_BULLETS_MAX 5

struct demo_value {
    const struct demo_attribute *of;
    str text;      /* for people, without the unit: "15.6", "Walnut", "Yes" */
    double number; /* DEMO_NUMBER */
    bool truth;    /* DEMO_BOOL */
};
struct demo_variant {
    str sku;                       /* unique: "AUR-000123-02" */
    str options[DEMO_OPTIONS_MAX]; /* values of the product's options, options_n of them */
    str colour;                    /* for the picture; never absent */
    str ean13;                     /* in the range for use within a company; valid check digit */
    int64_t price_minor;           /* USD */
    int64_t list_price_minor;      /* above the price, or 0 */
    int64_t weight_g;
    int64_t stock[DEMO_WAREHOUSES];
    str picture_kind; /* with picture_seed and colour: what catalog_picture_svg draws */
    uint64_t picture_seed;
};
struct demo_product {
    str key; /* "demo-000123", stable */
    str title, brand, model;
    int category; /* index of a leaf */
    int seller;   /* index */
    str description;
    str bullets[DEMO_BULLETS_MAX];
    size_t bullets_n;
    struct demo_value values[DEMO_ATTRIBUTES_MAX];
    size_t values_n;
    str options[DEMO_OPTIONS_MAX]; /* names: "Colour", "Size" */
    size_t options_n;
    struct demo_variant variants[DEMO_VARIANTS_MAX];
    size_t variants_n;                         /* at least 1 */
    int64_t rank;                              /* 0 sells best */
    int64_t rating_count, rating_average_x100; /* 0 when never rated */
    int64_t histogram[5];                      /* of 1, 2, 3, 4, 5 stars; sums to rating_count */
    int64_t released_ms;
    bool prime_eligible, deal;
};
/* Product i of opts.products (a larger i works as well). */
void demo_product(
    const struct demo *demo, int64_t i, struct arena *scratch, struct demo_product *ret);

/* Review k of product i, 0 <= k < rating_count: all of them together have the product's histogram;
 * k = 0 is not the newest. */
struct demo_review {
    int rating;
    str title, body, author, email; /* author: as it is shown */
    int64_t customer;               /* index of the author */
    int64_t days_ago, created_ms;
    bool verified;
    int64_t helpful;
};
void demo_review(
    const struct demo *demo, int64_t i, int64_t k, struct arena *scratch, struct demo_review *ret);
/* The same for who has made the product already. */
void demo_review_of(const struct demo *demo, int64_t i, const struct demo_product *product,
    int64_t k, struct arena *scratch, struct demo_review *ret);
/* How many of a product's ratings come with a text: reviews 0 to this. All of them up to
 * DEMO_TEXTS_ALL products; in a larger shop DEMO_TEXTS_MAX of each of the DEMO_TEXTS_ALL best
 * sellers, so that they stay a small part of the whole. */
#define DEMO_TEXTS_ALL 20000
#define DEMO_TEXTS_MAX 20
int64_t demo_texts(const struct demo *demo, const struct demo_product *product);

struct demo_address {
    str name, line1, line2, city, region, postcode, country; /* country: ISO 3166-1 alpha-2 */
    str phone;
};
#define DEMO_ADDRESSES_MAX 2
struct demo_customer {
    str given, family, name, email;
    str language;                                      /* BCP 47 */
    struct demo_address addresses[DEMO_ADDRESSES_MAX]; /* the first is the default */
    size_t addresses_n;
    int64_t joined_ms;
    bool prime;
};
void demo_customer(
    const struct demo *demo, int64_t j, struct arena *scratch, struct demo_customer *ret);

/* Orders of the 90 days before now_ms, oldest first. */
enum demo_status {
    DEMO_PENDING = 1,
    DEMO_CONFIRMED,
    DEMO_PROCESSING,
    DEMO_SHIPPED,
    DEMO_DELIVERED,
    DEMO_CANCELLED,
    DEMO_RETURN_REQUESTED,
    DEMO_REFUNDED,
};
#define DEMO_LINES_MAX 5
struct demo_line {
    int64_t product;
    int variant;
    int64_t quantity;
};
struct demo_order {
    int64_t customer;
    int64_t placed_ms, days_ago;
    enum demo_status status;
    struct demo_line lines[DEMO_LINES_MAX]; /* of different products */
    size_t lines_n;
};
/* Order k, 0 <= k < opts.orders. */
void demo_order(const struct demo *demo, int64_t k, struct demo_order *ret);

#endif
