/* SPDX-License-Identifier: Apache-2.0
 * What a campaign may spend by when. Called by the verbs. Must never let a day cost more than its
 * budget. */
#include "services/campaigns/campaigns_domain.h"

#include "base/instant.h"

#define AT_ONCE 20 /* a twentieth of the budget */

int64_t campaigns_allowed(int64_t budget_minor, int64_t ms_of_day)
{
    int64_t at_once = budget_minor / AT_ONCE, rest = budget_minor - at_once;
    return at_once + rest / DAY_MS * ms_of_day + rest % DAY_MS * ms_of_day / DAY_MS;
}

bool campaigns_may_show(const struct campaigns_state *s, int64_t now_ms)
{
    int64_t allowed = campaigns_allowed(s->budget_minor, now_ms % DAY_MS);
    /* the first click of a day is let through, however high the bid */
    bool paced = s->spent_minor == 0 || s->spent_minor + s->bid_minor <= allowed;
    return !s->paused && s->from_ms <= now_ms && (s->until_ms == 0 || now_ms < s->until_ms) &&
           s->spent_minor + s->bid_minor <= s->budget_minor && paced;
}

int64_t campaigns_cost(const struct campaigns_state *s, int64_t clicks)
{
    int64_t left = s->budget_minor - s->spent_minor;
    int64_t affordable = left > 0 ? left / s->bid_minor : 0;
    return s->bid_minor * (clicks < affordable ? clicks : affordable);
}

err campaigns_check(struct cx *cx, const struct campaigns_campaign *in)
{
    if (in->bid.minor < 1)
        cx_field(cx, S("/bid"), "too_small", "more than nothing for a click");
    if (in->budget.minor < in->bid.minor)
        cx_field(cx, S("/budget"), "too_small", "at least one click a day");
    if (in->until_at && in->until_at <= (in->from_at ? in->from_at : cx->now_ms))
        cx_field(cx, S("/untilAt"), "out_of_bounds", "after it begins, and not in the past");
    return cx->fields ? FAIL(cx, ERR_INVALID, "a campaign") : NULL;
}
