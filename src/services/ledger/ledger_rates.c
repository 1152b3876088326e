/* SPDX-License-Identifier: Apache-2.0
 * What the shop takes of what sellers sell: a table of rates, most special first. Called at the
 * start and when an order is priced; must never be asked again once the order has its rate. */
#include <string.h>

#include "services/ledger/ledger.h"

#define BP_MAX 10000

static err refuse(struct cx *cx, str entry, const char *why)
{
    return FAIL(cx, ERR_INVALID, "commission \"" STR_F "\": %s", STR_A(entry), why);
}

static bool bp_of(str text, int64_t *ret)
{
    return str_to_i64(str_trim(text), ret) && *ret >= 0 && *ret <= BP_MAX;
}

/* "electronics/phones", "<seller's id>" or "<seller's id>:electronics". */
static void scope_of(str scope, struct ledger_rate *ret)
{
    str rest = str_trim(scope);
    str first = str_trim(str_cut(&rest, ':'));
    if (id_parse(first, &ret->seller))
        ret->category_path = str_trim(rest);
    else
        ret->category_path = first;
}

err ledger_rates_parse(struct cx *cx, str text, struct ledger_rates *ret)
{
    struct ledger_rates rates = { .default_bp = LEDGER_COMMISSION_BP };
    str rest = text;
    while (rest.n) {
        str entry = str_trim(str_cut(&rest, ','));
        str bp = entry;
        str scope = str_cut(&bp, '=');
        struct ledger_rate rate = { .bp = 0 };
        if (!bp.p) { /* no "=" */
            if (!bp_of(scope, &rates.default_bp))
                return refuse(cx, entry, "not a number of basis points, 0 to 10000");
            continue;
        }
        scope_of(scope, &rate);
        if (id_is_none(rate.seller) && !rate.category_path.n)
            return refuse(cx, entry, "neither a seller's id nor a category");
        if (!bp_of(bp, &rate.bp))
            return refuse(cx, entry, "not a number of basis points, 0 to 10000");
        if (rates.n == LEDGER_RATES_MAX)
            return refuse(cx, entry, "too many rates");
        rates.list[rates.n++] = rate;
    }
    *ret = rates;
    return NULL;
}

static bool is_within(str path, str root)
{
    return str_starts(path, root) && (path.n == root.n || root.n == 0 || path.p[root.n] == '/');
}

int64_t ledger_rate_of(const struct ledger_rates *rates, id seller, str category_path)
{
    if (id_is_none(seller))
        return 0;
    int64_t bp = rates->default_bp;
    size_t best = 0;
    for (size_t i = 0; i < rates->n; i++) {
        const struct ledger_rate *r = &rates->list[i];
        bool own = !id_is_none(r->seller);
        if ((own && !id_eq(r->seller, seller)) || !is_within(category_path, r->category_path))
            continue;
        size_t weight = 1 + r->category_path.n + (own ? SIZE_MAX / 2 : 0);
        if (weight <= best)
            continue;
        best = weight;
        bp = r->bp;
    }
    return bp;
}
