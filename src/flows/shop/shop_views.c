/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the storefront pages, read by html_parse at start.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/shop/shop_views.h"

static const struct html_field shelf_fields[] = {
    HTML_TEXT(struct shelf_view, title),
    HTML_TEXT(struct shelf_view, href),
    HTML_TEXT(struct shelf_view, ends),
    HTML_LIST(struct shelf_view, cards, card_fields),
    HTML_END,
};
static const struct html_field department_tile_fields[] = {
    HTML_TEXT(struct department_tile_view, label),
    HTML_TEXT(struct department_tile_view, href),
    HTML_TEXT(struct department_tile_view, count),
    HTML_OBJECT(struct department_tile_view, picture, picture_fields),
    HTML_END,
};
static const struct html_field home_fields[] = {
    HTML_TEXT(struct home_view, heading),
    HTML_TEXT(struct home_view, tagline),
    HTML_TEXT(struct home_view, departments_title),
    HTML_OBJECT(struct home_view, search, search_fields),
    HTML_LIST(struct home_view, searches, link_fields),
    HTML_LIST(struct home_view, departments, department_tile_fields),
    HTML_OBJECT(struct home_view, deals, shelf_fields),
    HTML_LIST(struct home_view, shelves, shelf_fields),
    HTML_END,
};
static const struct html_field results_fields[] = {
    HTML_TEXT(struct results_view, action),
    HTML_TEXT(struct results_view, clear_href),
    HTML_TEXT(struct results_view, filters_set),
    HTML_LIST(struct results_view, hidden, hidden_fields),
    HTML_LIST(struct results_view, facets, facet_fields),
    HTML_LIST(struct results_view, chips, link_fields),
    HTML_LIST(struct results_view, sorts, option_fields),
    HTML_OBJECT(struct results_view, no_match, empty_fields),
    HTML_LIST(struct results_view, cards, card_fields),
    HTML_OBJECT(struct results_view, pages, pages_fields),
    HTML_END,
};
static const struct html_field listing_fields[] = {
    HTML_TEXT(struct listing_view, heading),
    HTML_TEXT(struct listing_view, count),
    HTML_LIST(struct listing_view, crumbs, link_fields),
    HTML_OBJECT(struct listing_view, did_you_mean, link_fields),
    HTML_OBJECT(struct listing_view, alert, alert_fields),
    HTML_LIST(struct listing_view, categories, link_fields),
    HTML_OBJECT(struct listing_view, empty, empty_fields),
    HTML_OBJECT(struct listing_view, results, results_fields),
    HTML_END,
};
static const struct html_field product_picture_fields[] = {
    HTML_TEXT(struct product_picture_view, id),
    HTML_TEXT(struct product_picture_view, thumb),
    HTML_INT(struct product_picture_view, number),
    HTML_OBJECT(struct product_picture_view, picture, picture_fields),
    HTML_END,
};
static const struct html_field choice_option_fields[] = {
    HTML_TEXT(struct choice_option_view, label),
    HTML_TEXT(struct choice_option_view, href),
    HTML_TEXT(struct choice_option_view, swatch),
    HTML_FLAG(struct choice_option_view, selected),
    HTML_FLAG(struct choice_option_view, sold_out),
    HTML_END,
};
static const struct html_field choice_fields[] = {
    HTML_TEXT(struct choice_view, name),
    HTML_TEXT(struct choice_view, value),
    HTML_LIST(struct choice_view, options, choice_option_fields),
    HTML_END,
};
static const struct html_field buy_fields[] = {
    HTML_TEXT(struct buy_view, price_note),
    HTML_TEXT(struct buy_view, delivery),
    HTML_TEXT(struct buy_view, delivery_cost),
    HTML_TEXT(struct buy_view, stock),
    HTML_TEXT(struct buy_view, stock_kind),
    HTML_TEXT(struct buy_view, product_id),
    HTML_TEXT(struct buy_view, variant_id),
    HTML_TEXT(struct buy_view, help),
    HTML_TEXT(struct buy_view, seller),
    HTML_TEXT(struct buy_view, seller_note),
    HTML_TEXT(struct buy_view, returns),
    HTML_INT(struct buy_view, max),
    HTML_OBJECT(struct buy_view, price, price_fields),
    HTML_FLAG(struct buy_view, prime),
    HTML_FLAG(struct buy_view, can_buy),
    HTML_END,
};
static const struct html_field spec_fields[] = {
    HTML_TEXT(struct spec_view, name),
    HTML_TEXT(struct spec_view, value),
    HTML_END,
};
static const struct html_field histogram_fields[] = {
    HTML_TEXT(struct histogram_view, label),
    HTML_TEXT(struct histogram_view, href),
    HTML_INT(struct histogram_view, percent),
    HTML_FLAG(struct histogram_view, current),
    HTML_END,
};
static const struct html_field shot_fields[] = {
    HTML_TEXT(struct picture_view, src),
    HTML_TEXT(struct picture_view, alt),
    HTML_END,
};
static const struct html_field review_fields[] = {
    HTML_TEXT(struct review_view, id),
    HTML_TEXT(struct review_view, title),
    HTML_TEXT(struct review_view, author),
    HTML_TEXT(struct review_view, date),
    HTML_TEXT(struct review_view, helpful),
    HTML_OBJECT(struct review_view, stars, stars_fields),
    HTML_LIST(struct review_view, paragraphs, text_fields),
    HTML_LIST(struct review_view, images, shot_fields),
    HTML_FLAG(struct review_view, verified),
    HTML_END,
};
static const struct html_field order_link_fields[] = {
    HTML_TEXT(struct order_link_view, label),
    HTML_TEXT(struct order_link_view, href),
    HTML_FLAG(struct order_link_view, current),
    HTML_END,
};
static const struct html_field reviews_fields[] = {
    HTML_TEXT(struct reviews_view, heading),
    HTML_TEXT(struct reviews_view, summary),
    HTML_TEXT(struct reviews_view, csrf),
    HTML_TEXT(struct reviews_view, back),
    HTML_TEXT(struct reviews_view, write_href),
    HTML_TEXT(struct reviews_view, none),
    HTML_TEXT(struct reviews_view, all_href),
    HTML_TEXT(struct reviews_view, all_label),
    HTML_OBJECT(struct reviews_view, stars, stars_fields),
    HTML_LIST(struct reviews_view, histogram, histogram_fields),
    HTML_LIST(struct reviews_view, list, review_fields),
    HTML_END,
};
static const struct html_field reviews_page_fields[] = {
    HTML_TEXT(struct reviews_page_view, title),
    HTML_TEXT(struct reviews_page_view, href),
    HTML_OBJECT(struct reviews_page_view, picture, picture_fields),
    HTML_OBJECT(struct reviews_page_view, alert, alert_fields),
    HTML_LIST(struct reviews_page_view, crumbs, link_fields),
    HTML_OBJECT(struct reviews_page_view, reviews, reviews_fields),
    HTML_LIST(struct reviews_page_view, sorts, order_link_fields),
    HTML_OBJECT(struct reviews_page_view, pages, pages_fields),
    HTML_END,
};
static const struct html_field product_fields[] = {
    HTML_TEXT(struct product_view, title),
    HTML_TEXT(struct product_view, brand),
    HTML_TEXT(struct product_view, brand_href),
    HTML_TEXT(struct product_view, csrf),
    HTML_HTML(struct product_view, json_ld),
    HTML_OBJECT(struct product_view, alert, alert_fields),
    HTML_LIST(struct product_view, crumbs, link_fields),
    HTML_OBJECT(struct product_view, stars, stars_fields),
    HTML_LIST(struct product_view, pictures, product_picture_fields),
    HTML_LIST(struct product_view, choices, choice_fields),
    HTML_LIST(struct product_view, points, text_fields),
    HTML_OBJECT(struct product_view, buy, buy_fields),
    HTML_LIST(struct product_view, description, text_fields),
    HTML_LIST(struct product_view, specs, spec_fields),
    HTML_OBJECT(struct product_view, reviews, reviews_fields),
    HTML_LIST(struct product_view, shelves, shelf_fields),
    HTML_FLAG(struct product_view, has_thumbs),
    HTML_FLAG(struct product_view, has_description),
    HTML_FLAG(struct product_view, has_specs),
    HTML_END,
};

const struct html_page home_page = { "src/flows/shop/pages/home.html", home_fields };
const struct html_page listing_page = { "src/flows/shop/pages/listing.html", listing_fields };
const struct html_page product_page = { "src/flows/shop/pages/product.html", product_fields };
const struct html_page reviews_page = { "src/flows/shop/pages/reviews.html", reviews_page_fields };
