/* SPDX-License-Identifier: Apache-2.0
 * What the files of the shop share. For this folder only. */
#ifndef SOUK_FLOWS_SHOP_SHOP_INTERNAL_H
#define SOUK_FLOWS_SHOP_SHOP_INTERNAL_H

#include "flows/shop/shop.h"

struct shop_shown;
struct shop {
    struct shop_deps deps;
    struct shop_shown *shown; /* where products stood on pages of results: shop_clicks.c */
    _Atomic int64_t synonyms; /* version that the search has, of merchandising; -1: none */
};

/* A product in a list. */
struct shop_card {
    struct catalog_product product;
    struct pricing_price price; /* the cheapest variant; currency empty: none */
    bool many_prices;           /* another variant costs more */
    int64_t stock;              /* over all variants */
    size_t shown;               /* the variant in the picture: one that the filters ask for */
    bool sponsored;
};
/* Cards of n products in order; those that are gone are left out. In a READ unit. */
err shop_cards(struct shop *s, struct cx *cx, const id *ids, size_t n, struct shop_card **ret,
    size_t *ret_n) MUST_USE;

/* One product with everything about its variants, same index as product.variants. */
struct shop_product {
    struct catalog_product product;
    struct pricing_price *prices;
    int64_t *stock;
    size_t best;      /* the variant shown first: cheapest in stock */
    int64_t in_stock; /* over all */
    int64_t standard_from_ms, standard_to_ms, prime_ms; /* delivery dates of one piece */
    bool free_shipping;
};
err shop_product(struct shop *s, struct cx *cx, id product_id, struct shop_product *ret) MUST_USE;

/* ---- what a list is asked for ---- */
/* What `sort` may say; the names of enum search_sort first. */
extern const char *const shop_sort_names[];
struct shop_list_in { /* query parameters of all lists, JSON and pages */
    str q, category, sort, page_token, filters, price;
    str *brand, *attr; /* attr: "colour:Navy" */
    size_t brand_n, attr_n;
    int64_t page, limit, rating;
    bool prime, stock;
    bool explain;   /* staff alone */
    bool ads;       /* the reply says what is sponsored */
    bool uncounted; /* by staff who look at what others see */
    str path;       /* of a category page */
};
struct shop_list {
    struct search_query query;
    struct search_result found;
    struct shop_card *cards;
    size_t cards_n;
    struct catalog_category category; /* category_id none: all */
    int64_t page, limit, pages;
    str redirect; /* staff send this query to another page; absent */
};
/* In a READ unit: from the parameters to cards and facets. ERR_INVALID with fields, ERR_MISSING
 * for an unknown category. */
err shop_list(
    struct shop *s, struct cx *cx, const struct shop_list_in *in, struct shop_list *ret) MUST_USE;

/* ---- shop_rules.c: what staff want of a query ---- */
struct shop_rules {
    const struct merchandising_rule *all;
    size_t n;
};
/* Before the search: its rules, and the synonyms that it must know. */
err shop_rules_of(struct shop *s, struct cx *cx, str query, struct shop_rules *ret) MUST_USE;
/* Into the query: what is buried comes last. */
void shop_rules_bury(struct shop_rules rules, struct cx *cx, struct search_query *q);
/* After it: pins come first on the first page, and are on no other; what is buried is last on its
 * page, whatever the search made of it. */
void shop_rules_apply(struct shop_rules rules, struct cx *cx, struct shop_list *l);

/* ---- shop_sponsored.c ---- */
/* Sponsored cards of the first page to where they paid to be. */
err shop_sponsored_apply(struct shop *s, struct cx *cx, const struct shop_list_in *in,
    struct shop_rules rules, struct shop_list *l) MUST_USE;

/* ---- shop_personal.c ---- */
/* Cards in an order of one's own, for who wants it. */
err shop_personal_apply(
    struct shop *s, struct cx *cx, struct shop_rules rules, struct shop_list *l) MUST_USE;

/* Its page. */
extern const struct json_shape shop_own_form;
err shop_get_own(void *service, struct cx *cx, const void *body, struct reply *reply) MUST_USE;
err shop_post_own(void *service, struct cx *cx, const void *body, struct reply *reply) MUST_USE;

/* ---- shop_clicks.c: what people search for on pages, and what they open of it ---- */
struct http_request;
struct shop_shown *shop_shown_open(struct arena *life);
/* A page of results, as it was made: what stands where. */
void shop_shown_keep(struct shop *s, const struct shop_list_in *in, const struct shop_list *l);
void shop_notice_search(void *service, const struct cx *cx, const struct http_request *req);
void shop_notice_product(void *service, const struct cx *cx, const struct http_request *req);

/* ---- cards as JSON ---- */
struct card_json {
    id product_id;
    str title, brand, thumbnail, currency, image_url;
    money price, list_price;
    double rating;
    int64_t review_count;
    bool prime_eligible, in_stock, sponsored;
};
extern const struct json_shape shop_card_shape;
struct card_json *shop_cards_json(
    struct shop *s, struct cx *cx, const struct shop_card *cards, size_t n);

/* ---- shop_explain.c: why a product stands where it does, for staff ---- */
extern const struct json_shape shop_why_shape, shop_plain_why_shape;
struct why_json;
struct why_json *shop_why_json(struct cx *cx, const struct shop_list *l, size_t *ret_n);

/* ---- shop_suggest.c: what is being typed, what goes with a product ---- */
extern const struct json_shape shop_complete_in, shop_complete_out, shop_related_in,
    shop_related_out;
err shop_get_complete(void *service, struct cx *cx, const void *body, struct reply *reply) MUST_USE;
err shop_get_related(void *service, struct cx *cx, const void *body, struct reply *reply) MUST_USE;

/* What was bought with a product, of what can be bought now; none until orders say so. */
err shop_bought_together(
    struct shop *s, struct cx *cx, id product_id, struct shop_card **ret, size_t *ret_n) MUST_USE;

/* Others of its category, first those that cost about as much. */
err shop_similar(struct shop *s, struct cx *cx, const struct shop_product *p, size_t most,
    struct shop_card **ret, size_t *ret_n) MUST_USE;

double shop_rating_value(const struct catalog_product *p);
str shop_product_href(struct arena *arena, const struct catalog_product *p, id variant_id);

extern const struct route shop_routes[], shop_page_routes[];
extern const struct html_page *const shop_pages[];

#endif
