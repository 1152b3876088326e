/* SPDX-License-Identifier: Apache-2.0
 * Parts that several pages of the shop show. For this folder only. */
#ifndef SOUK_FLOWS_SHOP_SHOP_PAGE_PARTS_H
#define SOUK_FLOWS_SHOP_SHOP_PAGE_PARTS_H

#include "flows/shop/shop_internal.h"
#include "flows/shop/shop_views.h"
#include "platform/http/route.h"

/* The first `eager` pictures are loaded at once. */
const struct card_view *shop_cards_view(
    struct cx *cx, const struct shop_card *cards, size_t n, size_t eager);
/* From "Electronics > Laptops" and "electronics/laptops" to links, with Home in front. */
const struct link_view *shop_crumbs(struct cx *cx, str label, str path, size_t *ret_n);
/* "#1f3a5f" for a colour's name; absent when it is not known. */
str shop_swatch(str name);
/* The script element with schema.org data of a product. */
str shop_json_ld(struct cx *cx, const struct shop_product *p, size_t chosen);

/* Links to the pages of a list, 50 at most; NULL when one is all. */
const struct pages_view *shop_page_links(struct cx *cx, int64_t page, int64_t pages,
    str (*href)(const void *arg, struct cx *cx, int64_t page), const void *arg);

/* ---- shop_reviews.c ---- */
/* What stands beside a product: its stars, and the most helpful reviews. One query at most. */
err shop_reviews_of(struct shop *s, struct cx *cx, const struct catalog_product *p,
    const struct reviews_view **ret) MUST_USE;
/* What a form of reviews said before it led back here; NULL: nothing. */
extern const char *const shop_said_words[];
const struct alert_view *shop_said(str word);
extern const struct json_shape shop_reviews_in;
err shop_get_reviews(void *service, struct cx *cx, const void *in, struct reply *reply);

extern const struct json_shape shop_listing_in;
err shop_get_listing(void *service, struct cx *cx, const void *in, struct reply *reply);

#endif
