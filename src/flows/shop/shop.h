/* SPDX-License-Identifier: Apache-2.0
 * What a shopper looks at: product, lists, search, home; as JSON and as pages. Reads only. */
#ifndef SOUK_FLOWS_SHOP_SHOP_H
#define SOUK_FLOWS_SHOP_SHOP_H

#include "platform/search/search.h"
#include "services/behaviour/behaviour.h"
#include "services/campaigns/campaigns.h"
#include "services/catalog/catalog.h"
#include "services/inventory/inventory.h"
#include "services/merchandising/merchandising.h"
#include "services/orders/orders.h"
#include "services/pricing/pricing.h"
#include "services/reviews/reviews.h"

struct shop;
extern const struct service shop_service;

extern const problem SHOP_EXPLAIN_DENIED; /* 403 forbidden: explain is for staff */

struct shop_deps {
    struct db *db;
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct search *search;
    struct reviews *reviews;
    struct merchandising *merchandising; /* may be NULL: no rules, no counts */
    struct flags *flags;                 /* NULL: everything is on */
    struct behaviour *behaviour;         /* may be NULL: nothing is bought together */
    struct campaigns *campaigns;         /* may be NULL: nothing is sponsored */
    struct orders *orders;               /* may be NULL: no order of one's own */
};
struct shop *shop_open(struct arena *life, struct shop_deps deps);

/* In a READ unit: what whoever searches for it sees first, by synonyms and rules as they are now;
 * not counted as a search. */
struct shop_preview {
    const id *product_ids;
    size_t n;
    int64_t total;
    str redirect;  /* staff send the query to another page; absent */
    str corrected; /* "did you mean", or what was searched for instead; absent */
};
err shop_preview(
    struct shop *s, struct cx *cx, str query, int64_t limit, struct shop_preview *ret) MUST_USE;

#endif
