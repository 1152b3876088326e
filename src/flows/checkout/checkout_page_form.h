/* SPDX-License-Identifier: Apache-2.0
 * The form that buys, and what its page is made of. For checkout_page_form.c, which shows it, and
 * checkout_page_send.c, which places the order. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_PAGE_FORM_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_PAGE_FORM_H

#include "flows/checkout/checkout_pages.h"

struct checkout_form {
    str key, email, address_id, name, line1, line2, city, region, postal_code, country, phone;
    str delivery_speed, payment, gift_card;
    str seen; /* the total that stood on the page; absent: nothing is compared */
    bool accept_prices, use_wallet;
    struct checkout_rows_in rows;
};

/* The page's data. */
struct checkout_shown {
    struct checkout *c;
    const struct checkout_form *form; /* NULL: a first look */
    struct checkout_trouble trouble;
    struct checkout_bag bag;
    struct checkout_lines lines;
    struct identity_address *addresses;
    size_t addresses_n;
    const struct identity_address *chosen; /* one of them; NULL: typed */
    struct pricing_place *places;          /* of the terms, each once; lines.to are indices */
    str *place_names;                      /* "Ada, Springfield" */
    size_t places_n;
    bool known;                       /* where all of it goes, so that tax can be computed */
    const struct checkout_item *cart; /* as it is in the cart: the bag has the shares of lines */
    size_t cart_n;
    struct checkout_lines cart_lines;
    enum pricing_speed speed;
    struct pricing_option options[PRICING_SPEEDS_N];
    struct pricing_quote quote;
    struct promotions_result off;
    struct checkout_plan plan; /* the order's total and who pays it, of it */
    err gift_refused;          /* NULL: the code is good, or there is none */
};
/* In a READ unit. A cart that cannot be bought is looked at in the cart. */
err checkout_form_show(struct checkout_shown *s, struct cx *cx, struct reply *reply) MUST_USE;
enum pricing_speed checkout_form_speed(const struct checkout_form *f);
void checkout_form_tenders(const struct checkout_shown *s, struct cx *cx, struct checkout_wish *w);
void checkout_form_shares(const struct checkout_shown *s, struct cx *cx, struct checkout_wish *w);

#endif
