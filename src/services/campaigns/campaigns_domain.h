/* SPDX-License-Identifier: Apache-2.0
 * What a campaign may spend by when. Pure; for this service alone. */
#ifndef SOUK_SERVICES_CAMPAIGNS_CAMPAIGNS_DOMAIN_H
#define SOUK_SERVICES_CAMPAIGNS_CAMPAIGNS_DOMAIN_H

#include "services/campaigns/campaigns.h"

/* Of a day's budget, by this time of the day: a little at once, the rest evenly. */
int64_t campaigns_allowed(int64_t budget_minor, int64_t ms_of_day);

struct campaigns_state {
    int64_t bid_minor, budget_minor, spent_minor, from_ms, until_ms;
    bool paused;
};
bool campaigns_may_show(const struct campaigns_state *s, int64_t now_ms);
/* What so many clicks cost: never more than is left of the budget. */
int64_t campaigns_cost(const struct campaigns_state *s, int64_t clicks);

err campaigns_check(struct cx *cx, const struct campaigns_campaign *in) MUST_USE;

#endif
