/* SPDX-License-Identifier: Apache-2.0
 * What looks at columns: filters, facets and factors of one query, over documents that match its
 * words. For index_find.c and index_explain.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_FILTER_H
#define SOUK_PLATFORM_INDEX_INDEX_FILTER_H

#include "platform/index/index_plan.h"

/* A set of words, a bit each. */
struct index_word_set {
    const uint64_t *words;
    uint32_t n; /* bits */
};
struct index_word_set index_word_set_of(struct arena *arena, const struct index_words *words,
    const str *values, size_t values_n, bool subtree);
static inline bool index_word_set_has(struct index_word_set set, uint32_t word)
{
    return word < set.n && (set.words[word / 64] >> (word % 64) & 1);
}

/* Whether a query is within the limits and of fields that there are (index_find.c). */
err index_query_check(
    struct cx *cx, const struct index_shape *shape, const struct index_query *q) MUST_USE;

/* ---- filters ---- */
struct index_sieve {
    const struct index_filter *in;
    struct index_word_set set; /* KEYWORD, ATTRIBUTE */
    uint32_t name;             /* of an attribute */
};
struct index_sieve *index_sieves_make(struct arena *arena, const struct index_keywords *keywords,
    const struct index_filter *filters, size_t n);
/* fails[i] gets bit k when document i does not pass filter k. */
void index_sieves_apply(const struct index_sieve *sieves, size_t n, const struct index_segment *s,
    const uint32_t *docs, size_t docs_n, uint32_t *fails);

/* ---- facets ---- */
struct index_tally {
    const struct index_facet *in;
    uint32_t own;  /* filters on the same field */
    uint32_t name; /* of an attribute; INDEX_NO_WORD with `in->name`: unknown */
    uint32_t *counts;
    size_t counts_n;
    uint8_t *steps; /* of edges: where to begin to look, by index_step_of the value */
    /* a facet of all attributes: filters by attribute */
    struct index_own {
        uint32_t name, own;
    } * owns;
    size_t owns_n;
    uint32_t *picked; /* documents that it counts, when it has filters of its own */
};
struct index_tally *index_tallies_make(struct arena *arena, const struct index_keywords *keywords,
    const struct index_query *q, const struct index_sieve *sieves);
/* Counts documents of a window; fails: NULL when there are no filters. */
void index_tallies_count(struct index_tally *t, size_t n, const struct index_segment *s,
    const struct index_keywords *keywords, const uint32_t *docs, const uint32_t *fails,
    size_t docs_n);
/* The same facets with counts of their own, from zero; and these counts added to others. */
struct index_tally *index_tallies_copy(struct arena *arena, const struct index_tally *of, size_t n);
void index_tallies_add(struct index_tally *to, const struct index_tally *from, size_t n);
struct index_counts *index_tallies_result(struct arena *arena, const struct index_tally *t,
    size_t n, const struct index_keywords *keywords);

/* ---- factors ---- */
struct index_ranker {
    const struct index_factor *factors;
    const struct index_boost *boosts;
    size_t factors_n, boosts_n;
    struct index_word_set *sets; /* of boosts */
    double **slopes;             /* of factors, from point to point */
    double *rest;                /* what the factors after each have at most */
    double least, most;          /* what all factors together are kept within */
    double boosts_max;
    double max;    /* no document has more */
    uint64_t hash; /* of the factors */
    /* of the segment: documents with a lower factor */
    const id *lowered;
    size_t lowered_n, low_n;
    uint32_t *low; /* rising */
    double lowered_factor;
    unsigned owner; /* of bounds that the segment keeps; 0: it keeps none of these factors */
};
struct index_ranker index_ranker_make(struct arena *arena, const struct index_keywords *keywords,
    const struct index_shape *shape, const struct index_query *q);
/* Before documents of this segment are ranked. */
void index_ranker_enter(struct index_ranker *r, struct arena *arena, struct index_segment *s);
/* What a factor looks at: the column, or its part of it. */
static inline int64_t index_factor_value(const struct index_factor *f, int64_t column)
{
    return f->bits ? column >> f->shift & ((INT64_C(1) << f->bits) - 1) : column;
}
double index_factor_at(const struct index_ranker *r, size_t i, int64_t column);
/* The product of factors, kept within bounds. */
static inline double index_factors_within(const struct index_ranker *r, double product)
{
    return product > r->most ? r->most : product < r->least ? r->least : product;
}
double index_lowered_of(const struct index_ranker *r, uint32_t doc);
double index_boost_of(
    const struct index_ranker *r, size_t i, const struct index_segment *s, uint32_t doc);
/* The whole factor; 0 as soon as it is clear that with it the score stays below the worst. */
struct index_bar {
    double score, worst;
};
double index_ranker_of(const struct index_ranker *r, const struct index_segment *s, uint32_t doc,
    struct index_bar bar);

static inline bool index_is_wide(const struct index_segment *s, size_t number)
{
    return atomic_load_explicit(&s->wide, memory_order_relaxed) >> number & 1;
}
static inline int64_t index_number_at(const struct index_segment *s, size_t number, uint32_t doc)
{
    size_t at = number * s->docs + doc;
    return index_is_wide(s, number) ? atomic_load_explicit(&s->numbers[at], memory_order_relaxed)
                                    : atomic_load_explicit(&s->narrow[at], memory_order_relaxed);
}
static inline uint32_t index_flags_at(const struct index_segment *s, uint32_t doc)
{
    return atomic_load_explicit(&s->flags[doc], memory_order_relaxed);
}
/* Whether one of a document's words is in the set. */
static inline bool index_lists_have(
    const struct index_lists *l, uint32_t doc, struct index_word_set set)
{
    uint32_t from = l->at ? l->at[doc] : doc, to = l->at ? l->at[doc + 1] : doc + 1;
    for (uint32_t i = from; i < to; i++)
        if (index_word_set_has(set, l->values[i]))
            return true;
    return false;
}

#endif
