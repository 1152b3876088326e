/* SPDX-License-Identifier: Apache-2.0
 * The verbs: load, apply the rule, save. Called by routes and flows inside their unit of work; must
 * never begin or commit one. */
#include "services/gift/gift.h"

#include "gift_sql.h"
#include "services/gift/gift_domain.h"
#include "services/gift/gift_routes.h"
#include "services/gift/gift_store.h"

const problem GIFT_FULL = { KIND_CONFLICT, "gift.full", "gift_full", "There is no room for more" };

struct gift *gift_open(struct arena *life, struct gift_deps deps)
{
    struct gift *gift = NEW(life, struct gift);
    gift->deps = deps;
    return gift;
}

err gift_add(struct gift *gift, struct cx *cx, id owner_id, str name, struct gift_item *ret)
{
    int64_t count = 0;
    err e = gift_store_count_lock(gift, cx, owner_id, &count);
    if (e)
        return e;
    e = gift_domain_admit(cx, count);
    if (e)
        return e;
    struct gift_item item = { .item_id = cx_id(cx), .name = name, .created_ms = cx->now_ms };
    e = gift_store_add(gift, cx, owner_id, item);
    if (e)
        return e;
    *ret = item;
    return NULL;
}

err gift_list(struct gift *gift, struct cx *cx, id owner_id, struct gift_item **ret, size_t *ret_n)
{
    return gift_store_list(gift, cx, owner_id, ret, ret_n);
}

static const problem *const problems[] = { &GIFT_FULL, NULL };
const struct service gift_service = {
    .name = "gift",
    .folder = "src/services/gift/",
    .routes = gift_routes,
    .queries = gift_queries,
    .problems = problems,
};
