/* SPDX-License-Identifier: Apache-2.0
 * Reviews where they meet the rest of the shop: who bought what, and what the catalogue shows. JSON
 * and the forms of pages; the product's page itself reads in flows/shop. */
#ifndef SOUK_FLOWS_OPINION_OPINION_H
#define SOUK_FLOWS_OPINION_OPINION_H

#include "services/catalog/catalog.h"
#include "services/orders/orders.h"
#include "services/reviews/reviews.h"

struct opinion;
extern const struct service opinion_service;

struct cache;
struct opinion_deps {
    struct reviews *reviews;
    struct catalog *catalog;
    struct orders *orders;
    struct cache *cache; /* answers to drop when a review changes; may be NULL */
};
struct opinion *opinion_open(struct arena *life, struct opinion_deps deps);

/* For `souk check-data`: products whose rating in the catalogue is not what their reviews say. */
err opinion_check(struct opinion *o, struct cx *cx, size_t *ret_wrong) MUST_USE;

#endif
