/* SPDX-License-Identifier: Apache-2.0
 * Campaigns: add, pause, list, pick, charge. Called by routes, searches and the flush of beacons in
 * their units; must never charge a click that the budget does not have. */
#include "services/campaigns/campaigns.h"

#include <stdlib.h>

#include "base/instant.h"
#include "campaigns_sql.h"
#include "services/campaigns/campaigns_domain.h"
#include "services/campaigns/campaigns_internal.h"

static const problem *const problems[] = { &CAMPAIGNS_RUNNING, &CAMPAIGNS_FULL, NULL };

const struct service campaigns_service = {
    .name = "campaigns",
    .folder = "src/services/campaigns/",
    .routes = campaigns_routes,
    .queries = campaigns_queries,
    .problems = problems,
};
const problem CAMPAIGNS_RUNNING = { KIND_CONFLICT, "campaigns.running", "already_there",
    "The product has a campaign already" };
const problem CAMPAIGNS_FULL = { KIND_CONFLICT, "campaigns.full", "too_many",
    "There are too many already" };

struct campaigns *campaigns_open(struct arena *life, struct campaigns_deps deps)
{
    struct campaigns *c = NEW(life, struct campaigns);
    c->db = deps.db;
    bool known = currency_parse(deps.currency, &c->currency);
    ASSERT(known);
    return c;
}

err campaigns_add(struct campaigns *c, struct cx *cx, const struct campaigns_campaign *in,
    struct campaigns_campaign *ret)
{
    struct campaigns_sql_count_row count;
    bool found;
    int64_t changed = 0;
    err e = campaigns_check(cx, in);
    if (!e)
        e = campaigns_sql_count(c->db, cx, &count, &found);
    if (e)
        return e;
    if (count.n >= CAMPAIGNS_MAX)
        return FAIL(cx, CAMPAIGNS_FULL, "%lld campaigns", (long long)count.n);
    struct campaigns_campaign made = *in;
    made.campaign_id = cx_id(cx);
    made.created_at = cx->now_ms;
    made.spent = money_of(0, c->currency);
    e = campaigns_sql_add(c->db, cx,
        (struct campaigns_sql_add_in){ .campaign_id = made.campaign_id,
            .product_id = made.product_id,
            .name = made.name,
            .bid_minor = made.bid.minor,
            .budget_minor = made.budget.minor,
            .from_ms = made.from_at,
            .until_ms = made.until_at,
            .paused = made.paused,
            .created_ms = made.created_at },
        &changed);
    if (!e && changed == 0)
        e = FAIL(cx, CAMPAIGNS_RUNNING, "this product");
    if (!e)
        *ret = made;
    return e;
}

err campaigns_pause(struct campaigns *c, struct cx *cx, id campaign_id, bool paused)
{
    int64_t changed = 0;
    err e = campaigns_sql_pause(
        c->db, cx, (struct campaigns_sql_pause_in){ campaign_id, paused }, &changed);
    return e || changed ? e : FAIL(cx, ERR_MISSING, "no such campaign");
}

err campaigns_remove(struct campaigns *c, struct cx *cx, id campaign_id)
{
    int64_t changed = 0;
    err e =
        campaigns_sql_remove(c->db, cx, (struct campaigns_sql_remove_in){ campaign_id }, &changed);
    return e || changed ? e : FAIL(cx, ERR_MISSING, "no such campaign");
}

static err read_all(
    struct campaigns *c, struct cx *cx, struct campaigns_sql_all_row **ret, size_t *ret_n)
{
    return campaigns_sql_all(
        c->db, cx, (struct campaigns_sql_all_in){ .day = cx->now_ms / DAY_MS }, ret, ret_n);
}

static struct campaigns_state state_of(const struct campaigns_sql_all_row *row)
{
    return (struct campaigns_state){ .bid_minor = row->bid_minor,
        .budget_minor = row->budget_minor,
        .spent_minor = row->spent_minor,
        .from_ms = row->from_ms,
        .until_ms = row->until_ms,
        .paused = row->paused };
}

err campaigns_list(
    struct campaigns *c, struct cx *cx, struct campaigns_campaign **ret, size_t *ret_n)
{
    struct campaigns_sql_all_row *rows;
    err e = read_all(c, cx, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct campaigns_campaign);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct campaigns_campaign){ .campaign_id = rows[i].campaign_id,
            .product_id = rows[i].product_id,
            .name = rows[i].name,
            .bid = money_of(rows[i].bid_minor, c->currency),
            .budget = money_of(rows[i].budget_minor, c->currency),
            .from_at = rows[i].from_ms,
            .until_at = rows[i].until_ms,
            .paused = rows[i].paused,
            .created_at = rows[i].created_ms,
            .shown = rows[i].shown,
            .clicks = rows[i].clicks,
            .spent = money_of(rows[i].spent_minor, c->currency) };
    return NULL;
}

/* Rows are by bid, the highest first. */
err campaigns_pick(struct campaigns *c, struct cx *cx, const id *product_ids, size_t n, size_t max,
    size_t *ret, size_t *ret_n)
{
    struct campaigns_sql_all_row *rows;
    size_t rows_n;
    *ret_n = 0;
    err e = read_all(c, cx, &rows, &rows_n);
    for (size_t i = 0; !e && i < rows_n && *ret_n < max; i++) {
        struct campaigns_state state = state_of(&rows[i]);
        for (size_t k = 0; k < n; k++)
            if (id_eq(product_ids[k], rows[i].product_id) &&
                campaigns_may_show(&state, cx->now_ms)) {
                ret[(*ret_n)++] = k;
                break;
            }
    }
    return e;
}

static int by_campaign(const void *a, const void *b)
{
    return id_cmp(((const struct campaigns_sql_spend_in *)a)->campaign_id,
        ((const struct campaigns_sql_spend_in *)b)->campaign_id);
}

err campaigns_charge(
    struct campaigns *c, struct cx *cx, const struct campaigns_seen *seen, size_t n)
{
    struct campaigns_sql_all_row *rows;
    size_t rows_n, spends_n = 0;
    err e = n > 0 ? campaigns_sql_lock(c->db, cx, (struct campaigns_sql_lock_in){ .one = 1 }, NULL)
                  : NULL;
    if (e || n == 0)
        return e;
    e = read_all(c, cx, &rows, &rows_n); /* behind the lock: nobody else spends */
    if (e)
        return e;
    struct campaigns_sql_spend_in *spends = NEW_N(cx->arena, n, struct campaigns_sql_spend_in);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < rows_n; k++) {
            struct campaigns_state state = state_of(&rows[k]);
            if (!id_eq(rows[k].product_id, seen[i].product_id))
                continue;
            spends[spends_n++] = (struct campaigns_sql_spend_in){
                .campaign_id = rows[k].campaign_id,
                .day = cx->now_ms / DAY_MS,
                .shown = seen[i].shown,
                .clicks = seen[i].clicks,
                .spent_minor = campaigns_cost(&state, seen[i].clicks),
            };
            break;
        }
    qsort(spends, spends_n, sizeof *spends, by_campaign);
    return spends_n ? campaigns_sql_spend_batch(c->db, cx, spends, spends_n, NULL) : NULL;
}
