/* SPDX-License-Identifier: Apache-2.0
 * Views of the storefront pages: home, listing (categories and search results) and product.
 * Filled by the handlers of this flow; ready-to-show text only. What is absent is not shown. */
#ifndef SOUK_FLOWS_SHOP_SHOP_VIEWS_H
#define SOUK_FLOWS_SHOP_SHOP_VIEWS_H

#include "platform/web/web_views.h"

/* A row of products under a title. href ("see all") and ends ("Ends in 3 hours") may be absent. */
struct shelf_view {
    str title, href, ends;
    const struct card_view *cards;
    size_t cards_n;
};

struct department_tile_view {
    str label, href, count;
    const struct picture_view *picture;
};
struct home_view {
    str heading, tagline;
    str departments_title; /* absent hides the departments */
    const struct search_view *search;
    const struct link_view *searches; /* popular searches, six at most */
    const struct department_tile_view *departments;
    const struct shelf_view *deals;   /* NULL: no deals now */
    const struct shelf_view *shelves; /* popular, newest, recently viewed: those that have goods */
    size_t searches_n, departments_n, shelves_n;
};

/* Shows `empty` (nothing found at all, with category links) or `results`. */
struct results_view {
    str action;      /* path of the list without its query: "/search", "/c/electronics" */
    str clear_href;  /* the list without filters; absent when none is set */
    str filters_set; /* "2", for the phone's button; absent when none */
    const struct hidden_view *hidden; /* what the filter form keeps, such as q */
    const struct facet_view *facets;
    const struct link_view *chips; /* set filters; href is the list without it */
    const struct option_view *sorts;
    const struct empty_view *no_match; /* the filters leave nothing: say which to drop */
    const struct card_view *cards;
    const struct pages_view *pages; /* NULL when one page is all */
    size_t hidden_n, facets_n, chips_n, sorts_n, cards_n;
};
struct listing_view {
    str heading; /* "Laptops", "Results for \"kettle\"" */
    str count;   /* "1-24 of 1,204 results" */
    const struct link_view *crumbs;
    const struct link_view *did_you_mean;
    const struct alert_view *alert;
    const struct link_view *categories; /* sub-categories, or categories of the results */
    const struct empty_view *empty;
    const struct results_view *results;
    size_t crumbs_n, categories_n;
};

struct product_picture_view {
    str id;    /* "pic-1" */
    str thumb; /* URL of a small one, 4:5 */
    int64_t number;
    const struct picture_view *picture; /* the first is eager */
};
struct choice_option_view {
    str label, href, swatch; /* swatch: "#1f3a5f" for colours, absent for sizes */
    bool selected, sold_out;
};
struct choice_view {
    str name, value; /* "Colour", "Indigo" */
    const struct choice_option_view *options;
    size_t options_n;
};
struct buy_view {
    str price_note;              /* "Lowest price of the last 30 days: $19.00" */
    str delivery, delivery_cost; /* "Saturday, 22 November", "Free delivery" */
    str stock, stock_kind;       /* "Only 3 left", one of "good", "warn", "bad" */
    str product_id, variant_id;
    str help; /* "Choose a size", "Tell me when it is back" */
    str seller, seller_note, returns;
    int64_t max; /* most that one may buy */
    const struct price_view *price;
    bool prime, can_buy;
};
struct spec_view {
    str name, value;
};
struct histogram_view {
    str label, href; /* "5 stars"; href: the reviews with so many; absent: there are none */
    int64_t percent;
    bool current;
};
/* review.html */
struct review_view {
    str id, title, author, date;
    str helpful; /* "12 people found this helpful"; may be absent */
    const struct stars_view *stars;
    const struct text_view *paragraphs;
    const struct picture_view *images;
    size_t paragraphs_n, images_n;
    bool verified;
};
struct order_link_view {
    str label, href;
    bool current;
};
/* review-stars.html and what stands beside it. */
struct reviews_view {
    str heading; /* "Reviews", "Reviews with 5 stars" */
    str summary; /* "1,204 ratings, 312 with a review" */
    str csrf;
    str back;       /* where a vote leads to; absent: the product's page */
    str write_href; /* the form */
    str none;       /* what to say when there is no text */
    str all_href, all_label;
    const struct stars_view *stars;
    const struct histogram_view *histogram;
    const struct review_view *list;
    size_t histogram_n, list_n;
};
struct reviews_page_view {
    str title, href; /* of the product */
    const struct picture_view *picture;
    const struct alert_view *alert;
    const struct link_view *crumbs;
    const struct reviews_view *reviews;
    const struct order_link_view *sorts;
    const struct pages_view *pages; /* NULL when one page is all */
    size_t crumbs_n, sorts_n;
};
struct product_view {
    str title, brand, brand_href;
    str csrf;
    str json_ld; /* markup: the whole script element of schema.org data */
    const struct alert_view *alert;
    const struct link_view *crumbs;
    const struct stars_view *stars;
    const struct product_picture_view *pictures;
    const struct choice_view *choices;
    const struct text_view *points; /* the facts in short */
    const struct buy_view *buy;
    const struct text_view *description; /* paragraphs */
    const struct spec_view *specs;
    const struct reviews_view *reviews;
    const struct shelf_view *shelves; /* related */
    size_t crumbs_n, pictures_n, choices_n, points_n, description_n, specs_n, shelves_n;
    bool has_thumbs, has_description, has_specs;
};

extern const struct html_page home_page, listing_page, product_page, reviews_page;

/* Whether results have an order of one's own. */
struct own_view {
    str state, note, next, action, csrf;
};
extern const struct html_page shop_own_page;

#endif
