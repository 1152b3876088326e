/* SPDX-License-Identifier: Apache-2.0
 * What the files of the basket share. For this folder only. */
#ifndef SOUK_FLOWS_BASKET_BASKET_INTERNAL_H
#define SOUK_FLOWS_BASKET_BASKET_INTERNAL_H

#include "flows/basket/basket.h"

struct basket {
    struct basket_deps deps;
};

/* A cart line with today's facts. */
struct basket_line {
    struct cart_item item;
    struct catalog_product product; /* product_id none: gone */
    const struct catalog_variant *variant;
    struct pricing_price price; /* currency empty: not for sale now */
    int64_t stock;
    bool available; /* can be bought in this quantity */
    money subtotal;
    money discount;   /* what promotions take off, as part of the whole */
    money deal_price; /* of one, for deal_units of them; no currency: no deal */
    int64_t deal_units;
};
struct basket_sums {
    money subtotal, tax, shipping, discount, total, savings;
};
struct basket_state {
    struct cart_state cart;
    struct basket_line *lines;
    size_t lines_n;
    int64_t units;
    struct basket_sums sums;      /* over the lines that can be bought */
    struct promotions_result off; /* of the lines that have a price */
    bool buyable;                 /* at least one line, and all of them available */
    bool free_shipping;
};
/* In any unit. */
err basket_look(
    struct basket *b, struct cx *cx, struct cart_owner owner, struct basket_state *ret) MUST_USE;
bool basket_priced(const struct basket_line *l);
/* The sums of lines that are loaded, and what promotions take off. */
err basket_sum(struct basket *b, struct cx *cx, struct basket_state *s) MUST_USE;

/* Puts a code into the cart, which is made when there is none (then *ret_token is the new guest's),
 * and shows what it comes to; whether it applies is in ret->off. */
err basket_code_add(struct basket *b, struct cx *cx, struct cart_owner owner, str code,
    str *ret_token, struct basket_state *ret) MUST_USE;
/* Why the code does nothing for this cart; NULL: it applies, or is not there. */
const struct promotions_refusal *basket_refusal(const struct basket_state *s, str code);
str basket_words(const struct basket_state *s, str code); /* "10% off"; absent: not applied */
err basket_refuse(struct cx *cx, const struct promotions_refusal *why); /* its problem */

str basket_variant_text(struct cx *cx, const struct catalog_variant *v);

struct basket_add {
    id product_id, variant_id; /* variant none: the only one */
    int64_t quantity;
    str if_match; /* absent: whatever the cart is */
};
/* In a WRITE unit: checks that it can be bought at all, adds at today's price. */
err basket_add(struct basket *b, struct cx *cx, struct basket_add in, struct cart_item *ret,
    str *ret_token) MUST_USE;

extern const problem BASKET_UNAVAILABLE; /* 409 offer_unavailable */

extern const struct route basket_routes[];
extern const struct route basket_page_routes[];
extern const struct html_page *const basket_pages[];

#endif
