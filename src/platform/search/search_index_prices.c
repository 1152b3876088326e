/* SPDX-License-Identifier: Apache-2.0
 * What products of a category cost, and where a price stands beside it. Called where types are
 * learnt and where rows become documents; must never touch the database. */
#include <math.h>
#include <stdlib.h>

#include "platform/search/search_index_internal.h"

#define PRODUCTS_MIN 5 /* fewer have no median worth the name */

struct offer {
    uint32_t path;
    int64_t price;
};

static int by_path_and_price(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->path != y->path)
        return x->path < y->path ? -1 : 1;
    return (x->price > y->price) - (x->price < y->price);
}

struct search_prices search_prices_of(struct arena *arena, const struct search_dict *paths,
    const uint32_t *path_of, const int64_t *prices, uint32_t n)
{
    DEFER(arena_close_at) struct arena *scratch = arena_open(1 << 16);
    struct search_prices r = { .paths = { .arena = arena },
        .medians = NEW_N(arena, paths->n + 1, int64_t) };
    struct offer *offers = NEW_N(scratch, n + 1, struct offer);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (prices[i] > 0)
            offers[kept++] = (struct offer){ path_of[i], prices[i] };
    qsort(offers, kept, sizeof *offers, by_path_and_price);
    for (uint32_t i = 0, end; i < kept; i = end) {
        for (end = i; end < kept && offers[end].path == offers[i].path; end++)
            continue;
        if (end - i >= PRODUCTS_MIN)
            r.medians[search_dict_put(&r.paths, paths->texts[offers[i].path])] =
                offers[i + (end - i) / 2].price;
    }
    return r;
}

/* A median may move by this much before prices are set beside it anew. */
static bool is_near(int64_t a, int64_t b)
{
    int64_t apart = a > b ? a - b : b - a;
    return apart * 100 <= (a > b ? a : b);
}

bool search_prices_same(const struct search_prices *a, const struct search_prices *b)
{
    if (a->paths.n != b->paths.n)
        return false;
    for (uint32_t i = 0; i < a->paths.n; i++) {
        uint32_t at = search_dict_find(&b->paths, a->paths.texts[i]);
        if (at == SEARCH_NONE || !is_near(a->medians[i], b->medians[at]))
            return false;
    }
    return true;
}

unsigned search_price_code(const struct search_prices *prices, str path, int64_t price)
{
    uint32_t at = prices->paths.n > 0 ? search_dict_find(&prices->paths, path) : SEARCH_NONE;
    if (at == SEARCH_NONE || price <= 0)
        return SIGNAL_PRICE_NEUTRAL;
    long code =
        SIGNAL_PRICE_NEUTRAL + lround(63 * log2((double)prices->medians[at] / (double)price) / 2);
    return (unsigned)(code < 1 ? 1 : code > 127 ? 127 : code);
}
