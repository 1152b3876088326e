/* SPDX-License-Identifier: Apache-2.0
 * Queries of an index as structures: a tree of words, filters, facets, order and pages; and what
 * its dictionary knows. Results live in cx->arena. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_QUERY_H
#define SOUK_PLATFORM_INDEX_INDEX_QUERY_H

#include "platform/index/index.h"

extern const problem INDEX_BAD_TOKEN; /* 400 page_token_invalid: not a token of this query */

#define INDEX_FILTERS_MAX 24
#define INDEX_FACETS_MAX 32
#define INDEX_LOWERED_MAX 100
#define INDEX_DEPTH_MAX 8    /* of a query's tree */
#define INDEX_NODES_MAX 512  /* in a query's tree, words that a prefix stands for aside */
#define INDEX_PAGE_MAX 10000 /* offset + limit */

enum index_op {
    INDEX_ALL,    /* every document */
    INDEX_TERM,   /* `text` in one of `fields` */
    INDEX_PREFIX, /* a token that begins with `text` */
    INDEX_PHRASE, /* kids (TERM, or ANY of TERMs) in a row in one field */
    INDEX_AND,    /* all kids that are required; scores are added */
    INDEX_OR,     /* `least` kids or more (0: 1); scores are added */
    INDEX_ANY,    /* alternatives for one word (synonyms, stems, corrections): TERMs and PREFIXes
                     share one rarity, and the best counts */
};
enum index_role { INDEX_REQUIRED, INDEX_OPTIONAL, INDEX_EXCLUDED }; /* of a kid of an AND */
struct index_node {
    enum index_op op;
    enum index_role role;
    str text;
    float weight;    /* factor on the score of TERM, PREFIX and PHRASE; 0: 1 */
    uint32_t fields; /* bit i: text field i; 0: all. Restricts matches, not what scores them */
    uint32_t least;
    const struct index_node *kids;
    size_t kids_n;
};
enum index_on { INDEX_KEYWORD, INDEX_NUMBER, INDEX_FLAG, INDEX_ATTRIBUTE, INDEX_ATTRIBUTE_NUMBER };
struct index_filter {
    enum index_on on;
    size_t field;      /* of the schema's keywords, numbers or flags */
    str name;          /* of an attribute */
    const str *values; /* KEYWORD, ATTRIBUTE: one of them */
    size_t values_n;
    bool subtree;     /* values are paths ("a/b"): also what is below them */
    int64_t from, to; /* numbers, inclusive */
    bool unset;       /* FLAG: must not be set */
};
/* Counts over all matches that pass the filters, those on the facet's own field left out. */
struct index_facet {
    enum index_on on;
    size_t field;
    str name;             /* ATTRIBUTE: absent counts every attribute */
    const int64_t *edges; /* NUMBER: rising; counts[i] is of edges[i-1] <= value < edges[i] */
    size_t edges_n;       /* at most 255, which makes 256 counts */
    size_t counts_max;    /* keywords and attributes: the most frequent; 0: 50 */
};
/* A factor on the score: a column's value through a line of points, flat outside of them. */
struct index_factor {
    size_t number;
    const struct index_point {
        int64_t at;
        float factor; /* > 0 */
    } * points;       /* rising */
    size_t points_n;
    unsigned shift, bits; /* of columns that hold several small values: this one; bits 0: all */
    const float *table;   /* in place of points, for at most 8 bits: of each value, above 0 */
    const char *name;     /* in explanations; NULL: the column's */
};
/* A factor for documents with one of these keywords. */
struct index_boost {
    size_t keyword;
    const str *values;
    size_t values_n;
    float factor;
    bool subtree;
};
enum index_order { INDEX_BY_SCORE, INDEX_BY_NUMBER_UP, INDEX_BY_NUMBER_DOWN };
struct index_query {
    const struct index_node *root; /* NULL: every document */
    const struct index_filter *filters;
    const struct index_facet *facets;
    const struct index_factor *factors;
    const struct index_boost *boosts;
    size_t filters_n, facets_n, factors_n, boosts_n;
    float factors_least, factors_most; /* of all factors together, boosts aside; 0: no bound */
    const id *lowered; /* documents with a factor of their own, when ordered by score */
    size_t lowered_n;
    float lowered_factor; /* above 0, at most 1 */
    enum index_order order;
    size_t order_number;
    size_t offset, limit;
    str after;         /* the former page's token: no offset then */
    uint64_t identity; /* of whom tokens are; 0: of tree, filters and order. For trees that are
                          made anew for each page, with words that the index has by then */
    bool total;        /* count all matches though there are no facets */
};
struct index_count {
    str name, value; /* name: of an attribute */
    int64_t count;
};
struct index_counts {
    const struct index_count *counts; /* of NUMBER and FLAG without names, by bucket */
    size_t n;
};
struct index_hit {
    id id;
    double score;
};
struct index_result {
    const struct index_hit *hits;
    size_t hits_n;
    int64_t total;                     /* -1: not counted */
    const struct index_counts *facets; /* as asked for */
    str next;                          /* token of the next page; absent at the end */
};
err index_find(struct index *ix, struct cx *cx, const struct index_query *q,
    struct index_result *ret) MUST_USE;
/* Why one document stands where it does: each factor on a line. ERR_MISSING: no match. */
struct index_reason {
    str what; /* "term laptop: rarity", "factor rating", ... */
    double value;
};
err index_explain(struct index *ix, struct cx *cx, const struct index_query *q, id doc_id,
    struct index_reason **ret, size_t *ret_n) MUST_USE;

/* ---- the dictionary ---- */
/* How many documents have the token; removed ones count until they are merged away. */
int64_t index_docs(struct index *ix, str token);
struct index_word {
    str text;
    int64_t docs;      /* that have it; removed ones count until they are merged away */
    unsigned distance; /* of a fuzzy match: edits, a swap of neighbours being one */
};
/* The n most frequent tokens that begin with `prefix`. */
void index_complete(
    struct index *ix, struct cx *cx, str prefix, size_t n, struct index_word **ret, size_t *ret_n);
/* Tokens within `distance` (1 or 2) edits of `text`, closest first, then most frequent; at most n.
 * The first `same` characters must agree. */
struct index_fuzzy {
    str text;
    unsigned distance;
    size_t same, n;
};
void index_fuzzy(
    struct index *ix, struct cx *cx, struct index_fuzzy in, struct index_word **ret, size_t *ret_n);

#endif
