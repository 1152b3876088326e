/* SPDX-License-Identifier: Apache-2.0
 * What staff want of a query: synonyms that it knows, products that come first or not at all, a
 * page in place of results. Called for every list; must never fail a search for a rule. */
#include <stdatomic.h>

#include "flows/shop/shop_internal.h"

/* A version that is not the one the search has: all synonyms once more. */
static err renew_synonyms(struct shop *s, struct cx *cx, int64_t version)
{
    struct merchandising_synonym *rows;
    size_t n;
    struct search *search = s->deps.search;
    if (!search->synonyms || atomic_load(&s->synonyms) == version)
        return NULL;
    err e = merchandising_synonyms(s->deps.merchandising, cx, &rows, &n);
    if (e)
        return e;
    struct search_synonym *all = NEW_N(cx->arena, n, struct search_synonym);
    for (size_t i = 0; i < n; i++)
        all[i] = (struct search_synonym){ rows[i].term, rows[i].replacement, rows[i].one_way };
    search->synonyms(search->self, all, n);
    atomic_store(&s->synonyms, version);
    return NULL;
}

err shop_rules_of(struct shop *s, struct cx *cx, str query, struct shop_rules *ret)
{
    struct merchandising_rule *rules;
    int64_t version;
    *ret = (struct shop_rules){ .n = 0 };
    if (!s->deps.merchandising || !query.n)
        return NULL;
    err e = merchandising_of(s->deps.merchandising, cx, query, &rules, &ret->n, &version);
    if (e)
        return e;
    ret->all = rules;
    return renew_synonyms(s, cx, version);
}

/* Pins stand on the first page of all results; elsewhere where they belong. */
static bool left_out(struct shop_rules rules, id product_id, bool narrowed)
{
    for (size_t i = 0; i < rules.n; i++) {
        enum merchandising_kind kind = rules.all[i].kind;
        bool out = kind == MERCHANDISING_BURY || (kind == MERCHANDISING_PIN && !narrowed);
        if (out && id_eq(rules.all[i].product_id, product_id))
            return true;
    }
    return false;
}

void shop_rules_apply(struct shop_rules rules, struct cx *cx, struct shop_list *l)
{
    const struct search_query *q = &l->query;
    bool first = l->page == 1 && !q->page_token.n;
    bool narrowed = q->filters_n || q->brands_n || q->price_from || q->price_to || q->rating_min ||
                    q->prime || q->in_stock || q->category_path.n;
    if (!rules.n || q->sort != SEARCH_RELEVANCE)
        return;
    id *ids = NEW_N(cx->arena, l->found.n + rules.n, id);
    size_t n = 0;
    for (size_t i = 0; i < rules.n; i++) {
        if (rules.all[i].kind == MERCHANDISING_PIN && first && !narrowed)
            ids[n++] = rules.all[i].product_id; /* by position */
        if (rules.all[i].kind == MERCHANDISING_REDIRECT && first && !narrowed)
            l->redirect = rules.all[i].target;
    }
    for (size_t i = 0; i < l->found.n; i++)
        if (!left_out(rules, l->found.product_ids[i], narrowed))
            ids[n++] = l->found.product_ids[i];
    l->found.product_ids = ids;
    l->found.n = n;
}
