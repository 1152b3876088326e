/* SPDX-License-Identifier: Apache-2.0
 * Facets of the index as those of the port: which are asked for, and what their counts become.
 * Called with each query that wants them. Must never show the index's own spelling of a label. */
#include <stdlib.h>

#include "platform/search/search_index_internal.h"

#define BRANDS_MAX 1000
#define CATEGORIES_MAX 10000
#define PAIRS_MAX 2000 /* the most frequent values of all attributes */

static const int64_t rating_edges[] = { 100, 200, 300, 400 };

void search_index_facets(struct arena *arena, struct index_facet *ret)
{
    size_t bounds_n;
    const int64_t *bounds = search_bounds(arena, &bounds_n);
    ret[FACET_BRAND] =
        (struct index_facet){ .on = INDEX_KEYWORD, .field = KEY_BRAND, .counts_max = BRANDS_MAX };
    ret[FACET_CATEGORY] = (struct index_facet){
        .on = INDEX_KEYWORD, .field = KEY_CATEGORY, .counts_max = CATEGORIES_MAX
    };
    ret[FACET_PRICE] = (struct index_facet){
        .on = INDEX_NUMBER, .field = NUMBER_PRICE, .edges = bounds, .edges_n = bounds_n
    };
    ret[FACET_RATING] = (struct index_facet){ .on = INDEX_NUMBER,
        .field = NUMBER_RATING,
        .edges = rating_edges,
        .edges_n = COUNT(rating_edges) };
    ret[FACET_PRIME] = (struct index_facet){ .on = INDEX_FLAG, .field = FLAG_PRIME };
    ret[FACET_STOCK] = (struct index_facet){ .on = INDEX_FLAG, .field = FLAG_STOCK };
    ret[FACET_ATTRIBUTES] = (struct index_facet){ .on = INDEX_ATTRIBUTE, .counts_max = PAIRS_MAX };
}

struct resulting {
    struct search_index *s;
    struct cx *cx;
    const struct search_query *q;
    const struct index_result *found;
    struct search_result *ret;
};

static void brands_result(const struct resulting *r)
{
    const struct index_counts *in = &r->found->facets[FACET_BRAND];
    size_t n = 0, wanted = r->q->brands_n;
    struct search_count *counts = NEW_N(r->cx->arena, in->n + wanted, struct search_count);
    for (size_t i = 0; i < in->n; i++)
        counts[n++] = (struct search_count){
            .value = in->counts[i].value, .label = in->counts[i].value, .count = in->counts[i].count
        };
    for (size_t w = 0; w < wanted; w++) { /* chosen ones stay, though nothing has them */
        str brand = search_spelling_find_brand(&r->s->spellings, r->cx->arena, r->q->brands[w]);
        size_t i = 0;
        while (i < n && !str_eq(counts[i].value, brand))
            i++;
        if (i == n)
            counts[n++] = (struct search_count){ .value = brand, .label = brand };
        counts[i].selected = true;
    }
    r->ret->brands = counts;
    r->ret->brands_n = search_counts_cut(counts, n);
}

static void ratings_result(const struct resulting *r)
{
    static const str stars[] = { S_INIT("4"), S_INIT("3"), S_INIT("2"), S_INIT("1") };
    const struct index_counts *in = &r->found->facets[FACET_RATING];
    struct search_count *counts = NEW_N(r->cx->arena, COUNT(stars), struct search_count);
    int64_t count = 0;
    for (size_t i = 0; in->n > 0 && i < COUNT(stars); i++) {
        count += in->counts[4 - i].count;
        counts[i] = (struct search_count){ .value = stars[i],
            .label = stars[i],
            .count = count,
            .selected = r->q->rating_min == (int64_t)(4 - i) * 100 };
    }
    r->ret->ratings = counts;
    r->ret->ratings_n = count > 0 ? COUNT(stars) : 0;
}

static void prices_result(const struct resulting *r)
{
    const struct index_counts *in = &r->found->facets[FACET_PRICE];
    size_t bounds_n;
    const int64_t *bounds = search_bounds(r->cx->arena, &bounds_n);
    int64_t *docs = NEW_N(r->cx->arena, bounds_n + 1, int64_t);
    for (size_t i = 0; i < in->n && i <= bounds_n; i++)
        docs[i] = in->counts[i].count;
    r->ret->prices = search_ranges(r->cx->arena, bounds, bounds_n, docs, &r->ret->prices_n);
}

/* Counts of paths become counts of the direct children of the category that is looked at. */
static void categories_result(const struct resulting *r)
{
    const struct index_counts *in = &r->found->facets[FACET_CATEGORY];
    str root = r->q->category_path;
    struct search_dict children = { .arena = r->cx->arena };
    struct search_count *counts = NEW_N(r->cx->arena, in->n + 1, struct search_count);
    size_t from = root.n > 0 ? root.n + 1 : 0;
    for (size_t i = 0; i < in->n; i++) {
        str path = in->counts[i].value;
        bool below =
            root.n == 0 || (str_starts(path, root) && path.n > root.n && path.p[root.n] == '/');
        if (!below || path.n <= from)
            continue;
        ptrdiff_t end = str_find_char(path, '/', from);
        str child = str_sub(path, 0, end < 0 ? path.n : (size_t)end);
        struct search_count *count = &counts[search_dict_put(&children, child)];
        count->value = count->label = child;
        count->count += in->counts[i].count;
    }
    r->ret->categories = counts;
    r->ret->categories_n = search_counts_cut(counts, children.n);
}

/* ---- attributes ---- */
struct tally {
    str full;
    size_t order; /* of its most frequent value */
    int64_t docs, values, worth;
    struct search_count *counts;
    const struct search_filter *filter;
};

static int by_worth(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth < y->worth ? 1 : -1;
    return x->order < y->order ? -1 : 1;
}

static const struct search_filter *filter_of(const struct search_query *q, str full)
{
    str name, label;
    search_label_cut(full, &name, &label);
    for (size_t i = 0; i < q->filters_n; i++)
        if (str_eq_nocase(q->filters[i].name, name))
            return &q->filters[i];
    return NULL;
}

/* By the attributes that occur, and those that are filtered on. */
static size_t tallies_of(const struct resulting *r, struct tally **ret)
{
    const struct index_counts *in = &r->found->facets[FACET_ATTRIBUTES];
    struct search_dict names = { .arena = r->cx->arena };
    size_t max = in->n + r->q->filters_n;
    struct tally *tallies = NEW_N(r->cx->arena, max + 1, struct tally);
    for (size_t i = 0; i < in->n; i++) {
        uint32_t known = names.n, at = search_dict_put(&names, in->counts[i].name);
        if (at == known)
            tallies[at] = (struct tally){ .full = in->counts[i].name,
                .order = at,
                .filter = filter_of(r->q, in->counts[i].name) };
        tallies[at].docs += in->counts[i].count;
        tallies[at].values++;
    }
    for (size_t i = 0; i < r->q->filters_n; i++) {
        const struct search_filter *f = &r->q->filters[i];
        str value = f->values_n > 0 ? f->values[0] : S("");
        str full = search_spelling_find_value(&r->s->spellings, r->cx->arena, f->name, value).full;
        uint32_t known = names.n, at = search_dict_put(&names, full);
        if (at == known)
            tallies[at] = (struct tally){ .full = full, .order = at, .filter = f };
    }
    for (size_t i = 0; i < names.n; i++)
        tallies[i].worth =
            search_facet_worth((struct search_facet_figures){ .docs = tallies[i].docs,
                .values = tallies[i].values,
                .total = r->found->total,
                .filtered = tallies[i].filter != NULL });
    qsort(tallies, names.n, sizeof *tallies, by_worth);
    *ret = tallies;
    return names.n < SEARCH_FACETS_MAX ? names.n : SEARCH_FACETS_MAX;
}

static struct search_facet facet_of(const struct resulting *r, struct tally *t)
{
    const struct index_counts *in = &r->found->facets[FACET_ATTRIBUTES];
    size_t wanted = t->filter ? t->filter->values_n : 0, n = 0;
    struct search_count *counts =
        NEW_N(r->cx->arena, (size_t)t->values + wanted + 1, struct search_count);
    struct search_facet facet = { .counts = counts };
    search_label_cut(t->full, &facet.name, &facet.label);
    for (size_t i = 0; i < in->n; i++)
        if (str_eq(in->counts[i].name, t->full))
            counts[n++] = (struct search_count){ .value = in->counts[i].value,
                .label = in->counts[i].value,
                .count = in->counts[i].count };
    for (size_t w = 0; w < wanted; w++) {
        str value = search_spelling_find_value(
            &r->s->spellings, r->cx->arena, facet.name, t->filter->values[w])
                        .value;
        size_t i = 0;
        while (i < n && !str_eq(counts[i].value, value))
            i++;
        if (i == n)
            counts[n++] = (struct search_count){ .value = value, .label = value };
        counts[i].selected = true;
    }
    facet.counts_n = search_counts_cut(counts, n);
    return facet;
}

void search_index_facets_result(struct search_index *s, struct cx *cx, const struct search_query *q,
    const struct index_result *found, struct search_result *ret)
{
    struct resulting r = { .s = s, .cx = cx, .q = q, .found = found, .ret = ret };
    struct tally *tallies;
    brands_result(&r);
    ratings_result(&r);
    prices_result(&r);
    categories_result(&r);
    if (found->facets[FACET_PRIME].n > 0) {
        ret->prime_count = found->facets[FACET_PRIME].counts[0].count;
        ret->in_stock_count = found->facets[FACET_STOCK].counts[0].count;
    }
    size_t n = tallies_of(&r, &tallies);
    struct search_facet *facets = NEW_N(cx->arena, n + 1, struct search_facet);
    for (size_t i = 0; i < n; i++)
        facets[i] = facet_of(&r, &tallies[i]);
    ret->attributes = facets;
    ret->attributes_n = n;
}
