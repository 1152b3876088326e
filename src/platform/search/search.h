/* SPDX-License-Identifier: Apache-2.0
 * The search port: products in, query structure in, ranked ids with exact facets out. Knows no
 * service. Two kinds of adapter: over the database's own text search (search_sql), which later
 * stays as the oracle of our own engine, and engines that keep an index of their own.
 *
 * Facets are counted over the whole match set and disjunctively: the counts of one facet ignore the
 * filter on itself. */
#ifndef SOUK_PLATFORM_SEARCH_SEARCH_H
#define SOUK_PLATFORM_SEARCH_SEARCH_H

#include "platform/db/db.h"

extern const problem SEARCH_BAD_TOKEN; /* 400 page_token_invalid */

#define SEARCH_TEXT_MAX 200  /* bytes of a query that are looked at */
#define SEARCH_VALUES_MAX 50 /* values of one filter */
#define SEARCH_FACETS_MAX 12 /* attribute facets of a result */

struct search_attribute {
    str name, label, value; /* "colour", "Colour", "Navy" */
};
struct search_doc {
    id product_id;
    str title, brand, description;
    str category_path; /* "electronics/laptops" */
    const struct search_attribute *attributes;
    size_t attributes_n;
    str codes; /* SKUs, EANs and model names, separated by blanks: found exactly */
    int64_t price_minor, rating_x100, rating_count, released_ms;
    int64_t popularity; /* units sold lately */
    bool prime, in_stock;
    const void *ready; /* of `prepare`, for these texts; may be NULL */
};
enum search_sort {
    SEARCH_RELEVANCE,
    SEARCH_PRICE_UP,
    SEARCH_PRICE_DOWN,
    SEARCH_RATING,
    SEARCH_NEWEST,
    SEARCH_POPULARITY,
    SEARCH_SORTS_N,
};
extern const char *const search_sort_names[SEARCH_SORTS_N + 1]; /* relevance price_asc price_desc
    rating newest popularity */
struct search_filter { /* one attribute; values are alternatives */
    str name;
    const str *values;
    size_t values_n;
};
struct search_query {
    str text;          /* as typed; may be absent: all products */
    str category_path; /* the subtree; may be absent */
    const str *brands;
    size_t brands_n;
    int64_t price_from, price_to; /* minor units, inclusive; 0: open */
    int64_t rating_min;           /* x100; 0: all */
    bool prime, in_stock;
    const struct search_filter *filters;
    size_t filters_n;
    enum search_sort sort;
    int64_t offset, limit; /* limit 1..100; offset at most 5000, deeper by page_token */
    str page_token;        /* of the former page; then offset is not looked at */
    bool facets;
    const id *buried; /* at most 50: far down, when sorted by relevance */
    size_t buried_n;
    bool explain; /* search_result.why */
};
struct search_count {
    str value, label;
    int64_t count;
    bool selected;
};
struct search_facet {
    str name, label;
    const struct search_count *counts; /* most frequent first, at most 50 */
    size_t counts_n;
};
struct search_range {
    int64_t from, to; /* minor units, to is exclusive; 0: open */
    int64_t count;
};
/* Why a product stands where it does: score = text x all factors (x `lowered`). */
struct search_reason {
    str what; /* "term laptop: rarity", "term laptop: times in title", ... */
    double value;
};
struct search_factor {
    str name;
    double value;   /* as kept: stars, stock, the code of a signal */
    double signal;  /* what it says; 1: nothing */
    int64_t weight; /* per cent: factor = signal ^ (weight / 100) */
    double factor;
};
struct search_why {
    double score, text, lowered;
    const struct search_reason *reasons;
    const struct search_factor *factors;
    size_t reasons_n, factors_n;
};
struct search_result {
    const id *product_ids;
    const struct search_why *why; /* of each product, when asked for; NULL: this adapter cannot */
    size_t n;
    int64_t total;
    str next_page_token; /* absent at the end */
    bool relaxed;        /* few products or none have all words: others have some */
    int64_t whole;       /* of a relaxed result: so many have all of them */
    str corrected;       /* "did you mean"; absent */
    bool replaced;       /* nothing matched: the results are those of `corrected` */
    /* when asked for */
    const struct search_count *brands, *ratings; /* ratings: value "4" is 4 stars and up */
    size_t brands_n, ratings_n;
    const struct search_range *prices;
    size_t prices_n;
    const struct search_count *categories; /* direct children of category_path that have matches */
    size_t categories_n;
    int64_t prime_count, in_stock_count;
    const struct search_facet *attributes;
    size_t attributes_n;
};
struct search_synonym {
    str term, replacement; /* words or phrases */
    bool one_way;          /* `term` finds `replacement`, not the other way round */
};
/* What shoppers' behaviour says of a product, in thousandths: 1000 is as usual, 4000 at most and
 * 250 at least are looked at. 0: nothing is known, which is as usual. */
struct search_signals {
    id product_id;
    int64_t velocity, clicks, conversion;
};
/* How much each factor counts in relevance, in per cent: the exponent. */
enum search_weight {
    SEARCH_W_VELOCITY,   /* units sold a day */
    SEARCH_W_CLICKS,     /* clicks, beside what its positions would bring anything */
    SEARCH_W_CONVERSION, /* orders of those who looked */
    SEARCH_W_PRICE,      /* beside the median of its category */
    SEARCH_W_STOCK,
    SEARCH_W_RATING,
    SEARCH_W_POPULARITY, /* how many reviews */
    SEARCH_W_FRESH,
    SEARCH_WEIGHTS_N,
};
#define SEARCH_WEIGHT_MAX 50    /* of what behaviour and price say: no factor above 2 */
#define SEARCH_WEIGHT_WHOLE 100 /* of the others, which are narrow */
struct search_weights {
    int64_t percent[SEARCH_WEIGHTS_N];
};
extern const char *const search_weight_names[SEARCH_WEIGHTS_N + 1]; /* velocity clicks ... */
extern const struct search_weights search_weights_usual;
struct search {
    /* Outside of units, on any thread: what put works out of the texts, so that the lane need not;
     * lives in the arena. May be absent. */
    const void *(*prepare)(void *self, struct arena *arena, const struct search_doc *doc);
    /* In a WRITE unit: adds or replaces. */
    err (*put)(void *self, struct cx *cx, const struct search_doc *docs, size_t n);
    err (*remove)(void *self, struct cx *cx, const id *product_ids, size_t n);
    /* In a WRITE unit: in place of what was said before; unknown products are passed over. */
    err (*signals)(void *self, struct cx *cx, const struct search_signals *rows, size_t n);
    /* In a READ unit. Results in cx->arena. */
    err (*query)(
        void *self, struct cx *cx, const struct search_query *q, struct search_result *ret);
    /* Completions of what is being typed: queries, then titles; at most 10. */
    err (*complete)(void *self, struct cx *cx, str prefix, str **ret, size_t *ret_n);
    err (*count)(void *self, struct cx *cx, int64_t *ret_n);
    /* From any thread: queries that begin afterwards know these, beside the built-in ones. May be
     * absent. */
    void (*synonyms)(void *self, const struct search_synonym *rows, size_t n);
    void *self;
};

/* Over SQLite FTS5 or PostgreSQL text search in tables search_*; migrations in
 * src/platform/search/sql. */
err search_sql_open(struct arena *life, struct cx *cx, struct db *db, struct search *ret) MUST_USE;
/* Gives back the columns kept in memory; a zero *search is a no-op. Nobody may be querying. */
void search_sql_close(struct search *search);
extern const struct db_query *const search_queries[];

#endif
