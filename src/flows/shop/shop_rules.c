/* SPDX-License-Identifier: Apache-2.0
 * What staff want of a query: synonyms that it knows, products that come first or last, a page in
 * place of results. Called for every list; must never fail a search for a rule. */
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
static bool has(struct shop_rules rules, enum merchandising_kind kind, id product_id)
{
    for (size_t i = 0; i < rules.n; i++)
        if (rules.all[i].kind == kind && id_eq(rules.all[i].product_id, product_id))
            return true;
    return false;
}

void shop_rules_bury(struct shop_rules rules, struct cx *cx, struct search_query *q)
{
    id *buried = NEW_N(cx->arena, rules.n, id);
    for (size_t i = 0; i < rules.n; i++)
        if (rules.all[i].kind == MERCHANDISING_BURY)
            buried[q->buried_n++] = rules.all[i].product_id;
    q->buried = buried;
}

/* Where each product of the page was among what was found, so that reasons go along. */
struct moved {
    id product_id;
    struct search_why why;
};

static void take(struct shop_list *l, size_t from, struct moved *to)
{
    *to = (struct moved){ .product_id = l->found.product_ids[from] };
    if (l->found.why)
        to->why = l->found.why[from];
}

static size_t pins_of(struct shop_rules rules, const struct shop_list *l, struct moved *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < rules.n; i++) {
        if (rules.all[i].kind != MERCHANDISING_PIN) /* by position */
            continue;
        ret[n].product_id = rules.all[i].product_id;
        for (size_t k = 0; l->found.why && k < l->found.n; k++)
            if (id_eq(l->found.product_ids[k], ret[n].product_id))
                ret[n].why = l->found.why[k];
        n++;
    }
    return n;
}

void shop_rules_apply(struct shop_rules rules, struct cx *cx, struct shop_list *l)
{
    const struct search_query *q = &l->query;
    bool first = l->page == 1 && !q->page_token.n;
    bool narrowed = q->filters_n || q->brands_n || q->price_from || q->price_to || q->rating_min ||
                    q->prime || q->in_stock || q->category_path.n;
    if (!rules.n || q->sort != SEARCH_RELEVANCE)
        return;
    struct moved *all = NEW_N(cx->arena, l->found.n + rules.n, struct moved);
    size_t n = first && !narrowed ? pins_of(rules, l, all) : 0;
    for (size_t i = 0; i < rules.n; i++)
        if (rules.all[i].kind == MERCHANDISING_REDIRECT && first && !narrowed)
            l->redirect = rules.all[i].target;
    for (int last = 0; last <= 1; last++) /* what is buried comes behind what is not */
        for (size_t i = 0; i < l->found.n; i++) {
            id product_id = l->found.product_ids[i];
            bool pinned = !narrowed && has(rules, MERCHANDISING_PIN, product_id);
            if (!pinned && has(rules, MERCHANDISING_BURY, product_id) == (last == 1))
                take(l, i, &all[n++]);
        }
    id *ids = NEW_N(cx->arena, n, id);
    struct search_why *why = NEW_N(cx->arena, n, struct search_why);
    for (size_t i = 0; i < n; i++) {
        ids[i] = all[i].product_id;
        why[i] = all[i].why;
    }
    l->found.product_ids = ids;
    l->found.why = l->found.why ? why : NULL;
    l->found.n = n;
}
