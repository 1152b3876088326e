/* SPDX-License-Identifier: Apache-2.0
 * Sponsored products: somebody pays a bid for each click that their place in a search brings, up to
 * a budget a day, spread over the day. All verbs run in the caller's unit of work. */
#ifndef SOUK_SERVICES_CAMPAIGNS_CAMPAIGNS_H
#define SOUK_SERVICES_CAMPAIGNS_CAMPAIGNS_H

#include "platform/http/service.h"

struct campaigns;
extern const struct service campaigns_service;

extern const problem CAMPAIGNS_RUNNING; /* 409 already_there: the product has a campaign */
extern const problem CAMPAIGNS_FULL;    /* 409 too_many */

struct campaigns_deps {
    struct db *db;
    str currency;
};
struct campaigns *campaigns_open(struct arena *life, struct campaigns_deps deps);

#define CAMPAIGNS_MAX 500

struct campaigns_campaign {
    id campaign_id, product_id;
    str name;
    money bid, budget;         /* for a click; a day (UTC) */
    int64_t from_at, until_at; /* Unix milliseconds; 0: open */
    bool paused;
    int64_t created_at;
    /* of today */
    int64_t shown, clicks;
    money spent;
};
/* WRITE. A product has one campaign. CAMPAIGNS_RUNNING, CAMPAIGNS_FULL, ERR_INVALID. */
err campaigns_add(struct campaigns *c, struct cx *cx, const struct campaigns_campaign *in,
    struct campaigns_campaign *ret) MUST_USE;
err campaigns_pause(struct campaigns *c, struct cx *cx, id campaign_id, bool paused) MUST_USE;
err campaigns_remove(struct campaigns *c, struct cx *cx, id campaign_id) MUST_USE;
err campaigns_list(
    struct campaigns *c, struct cx *cx, struct campaigns_campaign **ret, size_t *ret_n) MUST_USE;

/* READ: of these products those that may be shown as sponsored now, the highest bid first; which of
 * them, at most `max`. */
err campaigns_pick(struct campaigns *c, struct cx *cx, const id *product_ids, size_t n, size_t max,
    size_t *ret, size_t *ret_n) MUST_USE;

/* WRITE: what was seen; a click costs the bid, and nothing once the budget is spent. */
struct campaigns_seen {
    id product_id;
    int64_t shown, clicks;
};
err campaigns_charge(
    struct campaigns *c, struct cx *cx, const struct campaigns_seen *seen, size_t n) MUST_USE;

#endif
