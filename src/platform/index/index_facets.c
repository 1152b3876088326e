/* SPDX-License-Identifier: Apache-2.0
 * Facets: exact counts over all matches, in the same pass that ranks them. Called by index_find.c;
 * must never count a document that fails a filter on another field. */
#include <stdlib.h>
#include <string.h>

#include "platform/index/index_filter.h"

/* ---- edges ---- */

#define STEPS 1024 /* 64 magnitudes of 16 each */

/* Which of STEPS a number is in: rising with it; all below 1 are in the first. */
static unsigned step_of(int64_t v)
{
    if (v < 1)
        return 0;
    unsigned bits = 63 - (unsigned)__builtin_clzll((uint64_t)v);
    unsigned more = (unsigned)(bits >= 4 ? v >> (bits - 4) : v << (4 - bits)) & 15;
    return bits * 16 + more;
}

/* For each step the bucket of the lowest number in it, or one before. */
static uint8_t *steps_of(struct arena *arena, const int64_t *edges, size_t n)
{
    uint8_t *steps = NEW_N(arena, STEPS, uint8_t);
    for (size_t k = 0, i = 0; k < STEPS; k++) {
        while (i < n && step_of(edges[i]) < k)
            i++;
        steps[k] = (uint8_t)i;
    }
    return steps;
}

static size_t bucket_of(const struct index_tally *t, int64_t v)
{
    size_t i = t->steps[step_of(v)];
    while (i < t->in->edges_n && v >= t->in->edges[i])
        i++;
    return i;
}

/* ---- making ---- */

static bool is_own(const struct index_facet *facet, const struct index_filter *filter)
{
    if (facet->on != filter->on)
        return false;
    if (facet->on == INDEX_ATTRIBUTE || facet->on == INDEX_ATTRIBUTE_NUMBER)
        return facet->name.n > 0 && str_eq(facet->name, filter->name);
    return facet->field == filter->field;
}

static void make_owns(struct arena *arena, struct index_tally *t, const struct index_query *q,
    const struct index_sieve *sieves)
{
    t->owns = NEW_N(arena, q->filters_n, struct index_own);
    for (size_t i = 0; i < q->filters_n; i++) {
        if (sieves[i].in->on != INDEX_ATTRIBUTE || !sieves[i].name)
            continue;
        size_t k = 0;
        while (k < t->owns_n && t->owns[k].name != sieves[i].name)
            k++;
        t->owns[k].name = sieves[i].name;
        t->owns[k].own |= UINT32_C(1) << i;
        t->owns_n += k == t->owns_n;
    }
}

struct index_tally *index_tallies_make(struct arena *arena, const struct index_keywords *keywords,
    const struct index_query *q, const struct index_sieve *sieves)
{
    struct index_tally *tallies = NEW_N(arena, q->facets_n, struct index_tally);
    for (size_t i = 0; i < q->facets_n; i++) {
        const struct index_facet *f = &q->facets[i];
        struct index_tally *t = &tallies[i];
        t->in = f;
        for (size_t k = 0; k < q->filters_n; k++)
            t->own |= is_own(f, &q->filters[k]) ? UINT32_C(1) << k : 0;
        if (f->on == INDEX_ATTRIBUTE || f->on == INDEX_ATTRIBUTE_NUMBER)
            t->name = index_words_find(&keywords->names, f->name);
        if (f->on == INDEX_ATTRIBUTE && f->name.n == 0)
            make_owns(arena, t, q, sieves);
        t->counts_n = f->on == INDEX_KEYWORD     ? index_words_n(&keywords->fields[f->field])
                      : f->on == INDEX_ATTRIBUTE ? index_words_n(&keywords->pairs)
                      : f->on == INDEX_FLAG      ? 1
                                                 : f->edges_n + 1;
        t->counts = NEW_N(arena, t->counts_n, uint32_t);
        if (f->on == INDEX_NUMBER || f->on == INDEX_ATTRIBUTE_NUMBER)
            t->steps = steps_of(arena, f->edges, f->edges_n);
        t->picked = NEW_N(arena, INDEX_WINDOW, uint32_t);
    }
    return tallies;
}

/* ---- counting ---- */

/* Words that came after the query began are beyond counts_n, and in no segment of its view. */
static void count_lists(
    struct index_tally *t, const struct index_lists *l, const uint32_t *docs, size_t n)
{
    uint32_t *counts = t->counts;
    if (!l->at) {
        for (size_t i = 0; i < n; i++)
            counts[l->values[docs[i]]]++;
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = l->at[docs[i]]; k < l->at[docs[i] + 1]; k++)
            counts[l->values[k]]++;
}

static void count_measures(
    struct index_tally *t, const struct index_segment *s, const uint32_t *docs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = s->measure_at[docs[i]]; k < s->measure_at[docs[i] + 1]; k++)
            if (s->measures[k].name == t->name)
                t->counts[bucket_of(t, s->measures[k].value)]++;
}

/* ---- few edges: how many values are not below each, by as many lanes as the machine has ---- */

#define EDGES_FEW 12
typedef int32_t lanes __attribute__((vector_size(32)));
#define LANES 8

/* `values` are filled up to whole lanes with what is below all edges. */
static inline __attribute__((always_inline)) void count_above(
    const int32_t *values, size_t n, const int32_t *edges, size_t edges_n, uint32_t *above)
{
    for (size_t e = 0; e < edges_n; e++) {
        lanes edge = { edges[e], edges[e], edges[e], edges[e], edges[e], edges[e], edges[e],
            edges[e] };
        lanes sum = { 0 };
        for (size_t i = 0; i < n; i += LANES) {
            lanes v;
            memcpy(&v, values + i, sizeof v);
            sum -= v >= edge; /* true is -1 */
        }
        above[e] = 0;
        for (size_t i = 0; i < LANES; i++)
            above[e] += (uint32_t)sum[i];
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void count_above_avx2(
    const int32_t *values, size_t n, const int32_t *edges, size_t edges_n, uint32_t *above)
{
    count_above(values, n, edges, edges_n, above);
}
#endif

static void count_above_any(
    const int32_t *values, size_t n, const int32_t *edges, size_t edges_n, uint32_t *above)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        count_above_avx2(values, n, edges, edges_n, above);
        return;
    }
#endif
    count_above(values, n, edges, edges_n, above);
}

/* The edges as narrow numbers; false when one is none. */
static bool narrow_edges(const struct index_facet *f, int32_t *ret)
{
    if (f->edges_n > EDGES_FEW)
        return false;
    for (size_t i = 0; i < f->edges_n; i++) {
        if (f->edges[i] <= INT32_MIN || f->edges[i] > INT32_MAX)
            return false;
        ret[i] = (int32_t)f->edges[i];
    }
    return true;
}

static void count_number(
    struct index_tally *t, const struct index_segment *s, const uint32_t *docs, size_t n)
{
    int32_t values[INDEX_WINDOW + LANES], edges[EDGES_FEW];
    uint32_t above[EDGES_FEW], before = (uint32_t)n;
    size_t edges_n = t->in->edges_n;
    if (n < LANES || index_is_wide(s, t->in->field) || !narrow_edges(t->in, edges)) {
        for (size_t i = 0; i < n; i++)
            t->counts[bucket_of(t, index_number_at(s, t->in->field, docs[i]))]++;
        return;
    }
    const _Atomic int32_t *column = s->narrow + t->in->field * s->docs;
    for (size_t i = 0; i < n; i++)
        values[i] = atomic_load_explicit(&column[docs[i]], memory_order_relaxed);
    for (size_t i = n; i < n + LANES; i++)
        values[i] = INT32_MIN;
    count_above_any(values, n, edges, edges_n, above);
    for (size_t e = 0; e < edges_n; e++) {
        t->counts[e] += before - above[e];
        before = above[e];
    }
    t->counts[edges_n] += before;
}

static void count_docs(
    struct index_tally *t, const struct index_segment *s, const uint32_t *docs, size_t n)
{
    switch (t->in->on) {
    case INDEX_KEYWORD:
        count_lists(t, &s->keywords[t->in->field], docs, n);
        break;
    case INDEX_ATTRIBUTE:
        if (t->name || t->in->name.n == 0)
            count_lists(t, &s->attributes, docs, n);
        break;
    case INDEX_NUMBER:
        count_number(t, s, docs, n);
        break;
    case INDEX_ATTRIBUTE_NUMBER:
        count_measures(t, s, docs, n);
        break;
    case INDEX_FLAG:
        for (size_t i = 0; i < n; i++)
            t->counts[0] += index_flags_at(s, docs[i]) >> t->in->field & 1;
        break;
    }
}

/* A document that fails only filters on one attribute counts for that attribute. */
static void count_owns(struct index_tally *t, const struct index_segment *s,
    const struct index_keywords *keywords, const uint32_t *docs, const uint32_t *fails, size_t n)
{
    for (size_t o = 0; o < t->owns_n; o++)
        for (size_t i = 0; i < n; i++) {
            if (!fails[i] || (fails[i] & ~t->owns[o].own))
                continue;
            for (uint32_t k = s->attributes.at[docs[i]]; k < s->attributes.at[docs[i] + 1]; k++) {
                uint32_t pair = s->attributes.values[k];
                t->counts[pair] += index_words_at(&keywords->pairs, pair).group == t->owns[o].name;
            }
        }
}

static size_t pick(
    const uint32_t *docs, const uint32_t *fails, size_t n, uint32_t own, uint32_t *ret_docs)
{
    size_t picked = 0;
    for (size_t i = 0; i < n; i++) {
        ret_docs[picked] = docs[i];
        picked += (fails[i] & ~own) == 0;
    }
    return picked;
}

void index_tallies_count(struct index_tally *t, size_t n, const struct index_segment *s,
    const struct index_keywords *keywords, const uint32_t *docs, const uint32_t *fails,
    size_t docs_n)
{
    const uint32_t *passed = fails ? NULL : docs; /* by all filters: for facets without their own */
    size_t passed_n = docs_n;
    for (size_t i = 0; i < n; i++) {
        if (fails && t[i].own) {
            size_t picked = pick(docs, fails, docs_n, t[i].own, t[i].picked);
            count_docs(&t[i], s, t[i].picked, picked);
            continue;
        }
        if (!passed) {
            passed_n = pick(docs, fails, docs_n, 0, t[i].picked);
            passed = t[i].picked;
        }
        count_docs(&t[i], s, passed, passed_n);
        if (fails && t[i].owns_n)
            count_owns(&t[i], s, keywords, docs, fails, docs_n);
    }
}

/* ---- two threads ---- */

struct index_tally *index_tallies_copy(struct arena *arena, const struct index_tally *of, size_t n)
{
    struct index_tally *copy = NEW_N(arena, n, struct index_tally);
    for (size_t i = 0; i < n; i++) {
        copy[i] = of[i];
        copy[i].counts = NEW_N(arena, of[i].counts_n, uint32_t);
        copy[i].picked = NEW_N(arena, INDEX_WINDOW, uint32_t);
    }
    return copy;
}

void index_tallies_add(struct index_tally *to, const struct index_tally *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < to[i].counts_n; k++)
            to[i].counts[k] += from[i].counts[k];
}

/* ---- results ---- */

static int by_count(const void *a, const void *b)
{
    const struct index_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

/* The count that the max-th most frequent word has, or 1. */
static uint32_t least_count(struct arena *arena, const struct index_tally *t, size_t max)
{
    uint32_t *heap = NEW_N(arena, max, uint32_t); /* the highest so far, the lowest first */
    for (size_t i = 1; i < t->counts_n; i++) {
        uint32_t v = t->counts[i];
        if (v <= heap[0])
            continue;
        size_t at = 0;
        for (size_t kid = 1; kid < max; kid = at * 2 + 1) {
            kid += kid + 1 < max && heap[kid + 1] < heap[kid];
            if (heap[kid] >= v)
                break;
            heap[at] = heap[kid];
            at = kid;
        }
        heap[at] = v;
    }
    return heap[0] ? heap[0] : 1;
}

static struct index_counts result_of_words(
    struct arena *arena, const struct index_tally *t, const struct index_keywords *keywords)
{
    bool pairs = t->in->on == INDEX_ATTRIBUTE;
    const struct index_words *words = pairs ? &keywords->pairs : &keywords->fields[t->in->field];
    size_t max = t->in->counts_max ? t->in->counts_max : 50, n = 0;
    bool one = pairs && t->in->name.n > 0; /* counts of other attributes are of no interest */
    for (size_t i = 1; i < t->counts_n && one; i++)
        if (t->counts[i] && index_words_at(words, (uint32_t)i).group != t->name)
            t->counts[i] = 0;
    uint32_t least = least_count(arena, t, max);
    for (size_t i = 1; i < t->counts_n; i++)
        n += t->counts[i] >= least;
    struct index_count *counts = NEW_N(arena, n, struct index_count);
    n = 0;
    for (size_t i = 1; i < t->counts_n; i++) {
        if (t->counts[i] < least)
            continue;
        struct index_word_entry word = index_words_at(words, (uint32_t)i);
        counts[n++] = (struct index_count){ .count = t->counts[i],
            .name = pairs ? index_words_at(&keywords->names, word.group).text : (str){ 0 },
            .value = pairs ? index_pair_value(word.text) : word.text };
    }
    qsort(counts, n, sizeof counts[0], by_count);
    n = n < max ? n : max;
    for (size_t i = 0; i < n; i++) { /* the dictionary may go before the result does */
        counts[i].name = str_dup(arena, counts[i].name);
        counts[i].value = str_dup(arena, counts[i].value);
    }
    return (struct index_counts){ .counts = counts, .n = n };
}

struct index_counts *index_tallies_result(struct arena *arena, const struct index_tally *t,
    size_t n, const struct index_keywords *keywords)
{
    struct index_counts *ret = NEW_N(arena, n, struct index_counts);
    for (size_t i = 0; i < n; i++) {
        if (t[i].in->on == INDEX_KEYWORD || t[i].in->on == INDEX_ATTRIBUTE) {
            ret[i] = result_of_words(arena, &t[i], keywords);
            continue;
        }
        struct index_count *counts = NEW_N(arena, t[i].counts_n, struct index_count);
        for (size_t k = 0; k < t[i].counts_n; k++)
            counts[k].count = t[i].counts[k];
        ret[i] = (struct index_counts){ .counts = counts, .n = t[i].counts_n };
    }
    return ret;
}
