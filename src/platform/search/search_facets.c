/* SPDX-License-Identifier: Apache-2.0
 * Tallies as facets: brands, ratings, price ranges, categories, attributes. Called after the pass
 * over the matches, with the cache locked. Must never show a text of the cache that may go away:
 * names live as long as it does. */
#include <stdlib.h>

#include "platform/search/search_internal.h"

#define VALUES_READ 24 /* of an attribute: more are not looked at one by one */
#define COUNTS_MAX 50
#define RANGES_MAX 6

/* Round prices, ten to a decade: finer than is shown, so that there is something to choose. */
const int64_t *search_bounds(struct arena *arena, size_t *ret_n)
{
    static const int64_t steps[] = { 100, 125, 150, 200, 250, 300, 400, 500, 600, 750 };
    int64_t *bounds = NEW_N(arena, SEARCH_BOUNDS_MAX, int64_t);
    size_t n = 0;

    for (int64_t scale = 1; n + COUNT(steps) <= SEARCH_BOUNDS_MAX && scale <= 1000000000000;
         scale *= 10) {
        for (size_t i = 0; i < COUNT(steps); i++) {
            int64_t bound = steps[i] * scale;
            if (scale > 1 || bound % 100 == 0) /* whole units only */
                bounds[n++] = bound;
        }
    }
    *ret_n = n;
    return bounds;
}

static int by_count(const void *a, const void *b)
{
    const struct search_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return str_cmp(x->value, y->value);
}

/* Sorts, and cuts to what is shown; selected ones stay. */
size_t search_counts_cut(struct search_count *counts, size_t n)
{
    qsort(counts, n, sizeof *counts, by_count);
    if (n <= COUNTS_MAX)
        return n;
    size_t room = COUNTS_MAX;
    for (size_t i = COUNTS_MAX; i < n && room > 0; i++) {
        if (!counts[i].selected)
            continue;
        while (room > 0 && counts[room - 1].selected)
            room--;
        if (room > 0)
            counts[--room] = counts[i];
    }
    qsort(counts, COUNTS_MAX, sizeof *counts, by_count);
    return COUNTS_MAX;
}

static void brands_result(struct search_pass *pass, struct search_result *ret)
{
    const struct search_names *brands = &pass->cache->brands;
    struct search_count *counts = NEW_N(pass->arena, brands->folded.n + 1, struct search_count);
    size_t n = 0;

    for (uint32_t i = 0; i < brands->folded.n; i++) {
        bool selected = pass->brand_ok && pass->brand_ok[i];
        str shown = brands->shown[i];
        if (shown.n > 0 && (pass->brand_docs[i] > 0 || selected))
            counts[n++] = (struct search_count){
                .value = shown, .label = shown, .count = pass->brand_docs[i], .selected = selected
            };
    }
    ret->brands = counts;
    ret->brands_n = search_counts_cut(counts, n);
}

static void ratings_result(struct search_pass *pass, struct search_result *ret)
{
    static const str stars[] = { S_INIT("4"), S_INIT("3"), S_INIT("2"), S_INIT("1") };
    struct search_count *counts = NEW_N(pass->arena, COUNT(stars), struct search_count);
    int64_t count = pass->rating_docs[5];

    for (size_t i = 0; i < COUNT(stars); i++) {
        count += pass->rating_docs[4 - i];
        counts[i] = (struct search_count){ .value = stars[i],
            .label = stars[i],
            .count = count,
            .selected = pass->q->rating_min == (int64_t)(4 - i) * 100 };
    }
    ret->ratings = counts;
    ret->ratings_n = count > 0 ? COUNT(stars) : 0;
}

/* Cuts at round bounds so that each range has about as many as the others. */
const struct search_range *search_ranges(
    struct arena *arena, const int64_t *bounds, size_t bounds_n, const int64_t *docs, size_t *ret_n)
{
    struct search_range *ranges = NEW_N(arena, RANGES_MAX, struct search_range);
    int64_t left = 0, count = 0, from = 0;
    size_t n = 0;

    for (size_t i = 0; i <= bounds_n; i++)
        left += docs[i];
    for (size_t i = 0; i < bounds_n && left > count; i++) {
        count += docs[i];
        int64_t share = (left + (int64_t)(RANGES_MAX - n) - 1) / (int64_t)(RANGES_MAX - n);
        bool enough = count > 0 && n + 1 < RANGES_MAX && left > count &&
                      (count >= share || count + docs[i + 1] > share + share / 2);
        if (!enough)
            continue;
        ranges[n++] = (struct search_range){ .from = from, .to = bounds[i], .count = count };
        from = bounds[i];
        left -= count;
        count = 0;
    }
    if (left > 0)
        ranges[n++] = (struct search_range){ .from = from, .to = 0, .count = left };
    *ret_n = n;
    return ranges;
}

static void prices_result(struct search_pass *pass, struct search_result *ret)
{
    ret->prices =
        search_ranges(pass->arena, pass->bounds, pass->bounds_n, pass->price_docs, &ret->prices_n);
}

static void categories_result(struct search_pass *pass, struct search_result *ret)
{
    struct search_count *counts = NEW_N(pass->arena, pass->children_n + 1, struct search_count);
    size_t n = 0;

    for (uint32_t i = 0; i < pass->children_n; i++) {
        str path = pass->children[i];
        if (pass->child_docs[i] > 0)
            counts[n++] =
                (struct search_count){ .value = path, .label = path, .count = pass->child_docs[i] };
    }
    ret->categories = counts;
    ret->categories_n = search_counts_cut(counts, n);
}

/* ---- attributes ---- */
struct tally {
    uint32_t attribute;
    int64_t docs;   /* sum over the values: more than matches when some have several */
    int64_t values; /* with a count, or selected */
    int64_t worth;
    struct search_count *counts;
    bool filtered;
};

/* An attribute that most matches share and that parts them is worth most. One that has a value of
 * its own for each product parts nothing, nor does one with a single value; one with more values
 * than anybody reads (a depth in millimetres) parts little. Filtered ones are always shown. */
int64_t search_facet_worth(struct search_facet_figures in)
{
    int64_t shared = in.docs < in.total ? in.docs : in.total;

    if (in.filtered)
        return INT64_MAX;
    if (in.values == 1)
        return shared / 4;
    shared = in.values * 2 > in.docs ? shared / 2 : shared;
    return in.values > VALUES_READ ? shared * VALUES_READ / in.values : shared;
}

static int by_worth(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth < y->worth ? 1 : -1;
    return x->attribute < y->attribute ? -1 : 1;
}

static bool value_selected(const struct search_pass *pass, uint32_t value)
{
    return pass->value_bit && pass->value_bit[value] != 0;
}

/* The best attributes in front; returns how many there are to show. */
static size_t attributes_choose(struct search_pass *pass, struct tally *tallies)
{
    const struct search_cache *cache = pass->cache;
    uint32_t n = cache->attributes.folded.n;
    size_t shown = 0;

    for (uint32_t i = 0; i < n; i++)
        tallies[i] = (struct tally){ .attribute = i,
            .filtered = pass->attribute_part && pass->attribute_part[i] != 0 };
    for (uint32_t v = 0; v < cache->values_folded.n; v++) {
        if (pass->value_docs[v] == 0 && !value_selected(pass, v))
            continue;
        struct tally *t = &tallies[cache->values[v].attribute];
        t->docs += pass->value_docs[v];
        t->values++;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (tallies[i].values == 0)
            continue;
        tallies[i].worth =
            search_facet_worth((struct search_facet_figures){ .docs = tallies[i].docs,
                .values = tallies[i].values,
                .total = pass->total,
                .filtered = tallies[i].filtered });
        struct tally t = tallies[i];
        tallies[shown++] = t;
    }
    qsort(tallies, shown, sizeof *tallies, by_worth);
    return shown < SEARCH_FACETS_MAX ? shown : SEARCH_FACETS_MAX;
}

static void attributes_result(struct search_pass *pass, struct search_result *ret)
{
    const struct search_cache *cache = pass->cache;
    uint32_t attributes_n = cache->attributes.folded.n;
    struct tally *tallies = NEW_N(pass->arena, attributes_n + 1, struct tally);
    uint8_t *place = NEW_N(pass->arena, attributes_n + 1, uint8_t);

    size_t n = attributes_choose(pass, tallies);
    struct search_facet *facets = NEW_N(pass->arena, n + 1, struct search_facet);
    for (size_t i = 0; i < n; i++) {
        place[tallies[i].attribute] = (uint8_t)(i + 1);
        tallies[i].counts = NEW_N(pass->arena, (size_t)tallies[i].values, struct search_count);
        tallies[i].values = 0;
    }
    for (uint32_t v = 0; v < cache->values_folded.n; v++) {
        uint8_t at = place[cache->values[v].attribute];
        bool selected = value_selected(pass, v);
        if (at == 0 || (pass->value_docs[v] == 0 && !selected))
            continue;
        struct tally *t = &tallies[at - 1];
        t->counts[t->values++] = (struct search_count){ .value = cache->values[v].shown,
            .label = cache->values[v].shown,
            .count = pass->value_docs[v],
            .selected = selected };
    }
    for (size_t i = 0; i < n; i++)
        facets[i] = (struct search_facet){ .name = cache->attributes.shown[tallies[i].attribute],
            .label = cache->labels[tallies[i].attribute],
            .counts = tallies[i].counts,
            .counts_n = search_counts_cut(tallies[i].counts, (size_t)tallies[i].values) };
    ret->attributes = facets;
    ret->attributes_n = n;
}

void search_facets_result(struct search_pass *pass, struct search_result *ret)
{
    brands_result(pass, ret);
    ratings_result(pass, ret);
    prices_result(pass, ret);
    categories_result(pass, ret);
    ret->prime_count = pass->prime_docs;
    ret->in_stock_count = pass->in_stock_docs;
    attributes_result(pass, ret);
}
