/* SPDX-License-Identifier: Apache-2.0
 * From behaviour to the order of search results: orders are counted, what pages saw is written,
 * products are weighed and the search is told. */
#ifndef SOUK_FLOWS_RANKING_RANKING_H
#define SOUK_FLOWS_RANKING_RANKING_H

#include "platform/search/search.h"
#include "services/behaviour/behaviour.h"
#include "services/campaigns/campaigns.h"
#include "services/catalog/catalog.h"
#include "services/orders/orders.h"

struct ranking;
extern const struct service ranking_service;

struct ranking_deps {
    struct behaviour *behaviour;
    struct campaigns *campaigns;
    struct catalog *catalog;
    struct orders *orders;
    struct search *search;
};
struct ranking *ranking_open(struct arena *life, struct ranking_deps deps);

/* WRITE: what was noted of products that the catalogue has; clicks on sponsored ones are charged.
 * Every few seconds, by each process. */
err ranking_flush(struct ranking *r, struct cx *cx) MUST_USE;
/* WRITE: weighs some products with news and tells the search. A job does so. */
err ranking_weigh(struct ranking *r, struct cx *cx, bool *ret_more) MUST_USE;

#endif
