/* SPDX-License-Identifier: Apache-2.0
 * One pass over the matches: which pass the filters, and what each facet counts. A document counts
 * in a facet when no filter but the facet's own refuses it. Called once a query, with the cache
 * locked. Must never ask the database. */
#include "base/utf8.h"
#include "platform/search/search_internal.h"

static bool in_subtree(str path, str root)
{
    return root.n == 0 || (str_starts(path, root) && (path.n == root.n || path.p[root.n] == '/'));
}

/* Which categories pass, and in which direct child of the root each of them is. */
static void init_categories(struct search_pass *pass)
{
    const struct search_dict *all = &pass->cache->categories;
    str root = pass->q->category_path;
    uint8_t *ok = NEW_N(pass->arena, all->n + 1, uint8_t);
    uint32_t *child = NEW_N(pass->arena, all->n + 1, uint32_t);
    struct search_dict children = { .arena = pass->arena };

    for (uint32_t i = 0; i < all->n; i++) {
        str path = all->texts[i];
        child[i] = SEARCH_NONE;
        ok[i] = in_subtree(path, root) ? 1 : 0;
        size_t from = root.n > 0 ? root.n + 1 : 0;
        if (!ok[i] || path.n <= from || !pass->q->facets)
            continue;
        ptrdiff_t end = str_find_char(path, '/', from);
        child[i] = search_dict_put(&children, str_sub(path, 0, end < 0 ? path.n : (size_t)end));
    }
    if (root.n > 0)
        pass->category_ok = ok;
    pass->category_child = child;
    pass->children = children.texts;
    pass->children_n = children.n;
    pass->child_docs = NEW_N(pass->arena, children.n + 1, uint32_t);
}

static void init_brands(struct search_pass *pass)
{
    const struct search_names *brands = &pass->cache->brands;

    if (pass->q->brands_n > 0) {
        uint8_t *ok = NEW_N(pass->arena, brands->folded.n + 1, uint8_t);
        for (size_t i = 0; i < pass->q->brands_n; i++) {
            uint32_t brand = search_names_find(brands, pass->arena, pass->q->brands[i]);
            if (brand != SEARCH_NONE)
                ok[brand] = 1;
        }
        pass->brand_ok = ok;
    }
    pass->brand_docs = NEW_N(pass->arena, brands->folded.n + 1, uint32_t);
}

static uint32_t value_find(
    const struct search_cache *cache, struct arena *scratch, uint32_t attribute, str value)
{
    return search_dict_find(&cache->values_folded,
        str_fmt(scratch, "%u\x1f" STR_F, attribute, STR_A(utf8_fold(scratch, value))));
}

/* Two filters on one attribute are one, with the values of both. */
static err init_attributes(struct search_pass *pass, struct cx *cx)
{
    const struct search_cache *cache = pass->cache;
    const struct search_query *q = pass->q;

    pass->value_docs = NEW_N(pass->arena, cache->values_folded.n + 1, uint32_t);
    if (q->filters_n == 0)
        return NULL;
    if (q->filters_n > SEARCH_FILTERS_MAX)
        return FAIL(cx, ERR_INVALID, "%zu filters", q->filters_n);
    pass->value_bit = NEW_N(pass->arena, cache->values_folded.n + 1, uint64_t);
    pass->attribute_part = NEW_N(pass->arena, cache->attributes.folded.n + 1, uint8_t);
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct search_filter *f = &q->filters[i];
        uint32_t attribute = search_names_find(&cache->attributes, pass->arena, f->name);
        size_t part = i;
        if (attribute != SEARCH_NONE && pass->attribute_part[attribute] != 0)
            part = pass->attribute_part[attribute] - 1u;
        else if (attribute != SEARCH_NONE)
            pass->attribute_part[attribute] = (uint8_t)(i + 1);
        pass->filters |= UINT64_C(1) << part;
        for (size_t v = 0; attribute != SEARCH_NONE && v < f->values_n; v++) {
            uint32_t value = value_find(cache, pass->arena, attribute, f->values[v]);
            if (value != SEARCH_NONE)
                pass->value_bit[value] = UINT64_C(1) << part;
        }
    }
    return NULL;
}

err search_pass_init(struct search_pass *pass, struct cx *cx, const struct search_cache *cache,
    const struct search_query *q, str words)
{
    *pass = (struct search_pass){ .cache = cache, .q = q, .arena = cx->arena };
    init_categories(pass);
    init_brands(pass);
    if (words.n > 0 && q->sort == SEARCH_RELEVANCE)
        pass->category_boost = search_category_boosts(cx->arena, cache, words);
    pass->bounds = search_bounds(cx->arena, &pass->bounds_n);
    return init_attributes(pass, cx);
}

/* A bit for each part whose filter refuses the document. */
static uint64_t refused(const struct search_pass *pass, const struct search_block *b, uint32_t at)
{
    const struct search_query *q = pass->q;
    uint64_t bits = 0;

    if (pass->category_ok && !pass->category_ok[b->category[at]])
        bits |= 1u << SEARCH_PART_CATEGORY;
    if (pass->brand_ok && !pass->brand_ok[b->brand[at]])
        bits |= 1u << SEARCH_PART_BRAND;
    if ((q->price_from > 0 && b->price[at] < q->price_from) ||
        (q->price_to > 0 && b->price[at] > q->price_to))
        bits |= 1u << SEARCH_PART_PRICE;
    if (b->rating[at] < q->rating_min)
        bits |= 1u << SEARCH_PART_RATING;
    if (q->prime && !(b->flags[at] & SEARCH_PRIME))
        bits |= 1u << SEARCH_PART_PRIME;
    if (q->in_stock && !(b->flags[at] & SEARCH_IN_STOCK))
        bits |= 1u << SEARCH_PART_IN_STOCK;
    if (pass->filters != 0) {
        uint64_t met = 0;
        for (size_t i = 0; i < b->values_n[at]; i++)
            met |= pass->value_bit[b->values[at][i]];
        bits |= (pass->filters & ~met) << SEARCH_PART_ATTRIBUTE;
    }
    return bits;
}

static void tally_price(struct search_pass *pass, int64_t price)
{
    size_t low = 0, high = pass->bounds_n; /* how many bounds are at most the price */
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (pass->bounds[mid] <= price)
            low = mid + 1;
        else
            high = mid;
    }
    pass->price_docs[low]++;
}

static void tally_part(
    struct search_pass *pass, const struct search_block *b, uint32_t at, unsigned part)
{
    switch (part) {
    case SEARCH_PART_CATEGORY: /* children are inside of what the filter lets through */
        break;
    case SEARCH_PART_BRAND:
        pass->brand_docs[b->brand[at]]++;
        break;
    case SEARCH_PART_PRICE:
        tally_price(pass, b->price[at]);
        break;
    case SEARCH_PART_RATING:
        pass->rating_docs[b->rating[at] / 100]++;
        break;
    case SEARCH_PART_PRIME:
        pass->prime_docs += (b->flags[at] & SEARCH_PRIME) ? 1 : 0;
        break;
    case SEARCH_PART_IN_STOCK:
        pass->in_stock_docs += (b->flags[at] & SEARCH_IN_STOCK) ? 1 : 0;
        break;
    default:
        for (size_t i = 0; i < b->values_n[at]; i++) {
            uint32_t value = b->values[at][i];
            if (pass->attribute_part[pass->cache->values[value].attribute] ==
                part - SEARCH_PART_ATTRIBUTE + 1)
                pass->value_docs[value]++;
        }
    }
}

static void tally_all(struct search_pass *pass, const struct search_block *b, uint32_t at)
{
    uint32_t child = pass->category_child[b->category[at]];

    if (child != SEARCH_NONE)
        pass->child_docs[child]++;
    for (unsigned part = SEARCH_PART_BRAND; part < SEARCH_PART_ATTRIBUTE; part++)
        tally_part(pass, b, at, part);
    const uint32_t *values = b->values[at];
    for (size_t i = 0; i < b->values_n[at]; i++)
        pass->value_docs[values[i]]++;
}

void search_pass_doc(struct search_pass *pass, struct search_match match)
{
    if (match.doc >= pass->cache->docs_n)
        return;
    const struct search_block *b = search_block_of(pass->cache, match.doc);
    uint32_t at = match.doc % SEARCH_BLOCK;
    if (!(b->flags[at] & SEARCH_ALIVE)) /* removed since the unit began */
        return;
    uint64_t bits = refused(pass, b, at);
    if (bits == 0) {
        pass->total++;
        search_page_add(pass, match);
        if (pass->q->facets)
            tally_all(pass, b, at);
    } else if (pass->q->facets && (bits & (bits - 1)) == 0) {
        tally_part(pass, b, at, (unsigned)__builtin_ctzll(bits));
    }
}
