/* SPDX-License-Identifier: Apache-2.0
 * Factors on the score: lines over columns and boosts of keywords. Called by index_find.c and
 * index_explain.c; must never give more than the maximum that pruning relies on. */
#include <float.h>
#include <string.h>

#include "platform/index/index_bound.h"
#include "platform/index/index_filter.h"

#define SLACK (1 + 1e-9) /* so that no rounding brings a factor above its bound */

/* How much a line rises from each point to the next. */
static double *slopes_of(struct arena *arena, const struct index_factor *f)
{
    double *slopes = NEW_N(arena, f->points_n, double);
    for (size_t i = 1; i < f->points_n; i++) {
        const struct index_point *a = &f->points[i - 1], *b = &f->points[i];
        slopes[i - 1] = ((double)b->factor - (double)a->factor) / (double)(b->at - a->at);
    }
    return slopes;
}

/* What boosts of one field give at most to documents with this word. */
static double boosts_of_word(const struct index_ranker *r, size_t field, uint32_t word)
{
    double factor = 1;
    for (size_t i = 0; i < r->boosts_n; i++)
        if (r->boosts[i].keyword == field && index_word_set_has(r->sets[i], word))
            factor *= (double)r->boosts[i].factor;
    return factor;
}

/* What all boosts give at most. Of a field with one value a document only one word's count: eight
 * categories that are meant are not eight factors. */
static double boosts_max(const struct index_ranker *r, const struct index_shape *shape)
{
    double max[INDEX_KEYWORDS_MAX], all = 1;
    for (size_t f = 0; f < COUNT(max); f++)
        max[f] = 1;
    for (size_t i = 0; i < r->boosts_n; i++) {
        size_t field = r->boosts[i].keyword;
        double factor = (double)r->boosts[i].factor;
        if (shape->keywords[field].many)
            max[field] *= factor > 1 ? factor : 1;
        for (uint32_t at = 0; at < r->sets[i].n && !shape->keywords[field].many; at += 64)
            for (uint64_t bits = r->sets[i].words[at / 64]; bits; bits &= bits - 1) {
                uint32_t word = at + (uint32_t)__builtin_ctzll(bits);
                double product = boosts_of_word(r, field, word);
                max[field] = product > max[field] ? product : max[field];
            }
    }
    for (size_t f = 0; f < COUNT(max); f++)
        all *= max[f];
    return all;
}

static double most_of(const struct index_factor *f)
{
    float max = 0;
    if (!f->table && f->points_n == 0)
        return 1;
    for (size_t k = 0; f->table && k < (size_t)1 << f->bits; k++)
        max = f->table[k] > max ? f->table[k] : max;
    for (size_t k = 0; !f->table && k < f->points_n; k++)
        max = f->points[k].factor > max ? f->points[k].factor : max;
    return (double)max * SLACK;
}

static uint64_t mix(uint64_t hash, const void *p, size_t n)
{
    const unsigned char *at = p;
    for (; n >= sizeof hash; at += sizeof hash, n -= sizeof hash) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    uint64_t rest = n;
    memcpy(&rest, at, n);
    return (hash ^ rest) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 32;
}

/* Equal for factors that give every document the same. */
static uint64_t hash_of(const struct index_ranker *r)
{
    uint64_t hash = mix(mix(1, &r->least, sizeof r->least), &r->most, sizeof r->most);
    for (size_t i = 0; i < r->factors_n; i++) {
        const struct index_factor *f = &r->factors[i];
        uint64_t head[] = { f->number, f->shift, f->bits, f->table ? 0 : f->points_n };
        hash = mix(hash, head, sizeof head);
        if (f->table)
            hash = mix(hash, f->table, ((size_t)1 << f->bits) * sizeof f->table[0]);
        for (size_t k = 0; !f->table && k < f->points_n; k++) {
            hash = mix(hash, &f->points[k].at, sizeof f->points[k].at);
            hash = mix(hash, &f->points[k].factor, sizeof f->points[k].factor);
        }
    }
    return hash;
}

struct index_ranker index_ranker_make(struct arena *arena, const struct index_keywords *keywords,
    const struct index_shape *shape, const struct index_query *q)
{
    struct index_ranker r = { .factors = q->factors,
        .boosts = q->boosts,
        .factors_n = q->factors_n,
        .boosts_n = q->boosts_n,
        .sets = NEW_N(arena, q->boosts_n, struct index_word_set),
        .slopes = NEW_N(arena, q->factors_n, double *),
        .rest = NEW_N(arena, q->factors_n + 1, double),
        .lowered = q->lowered,
        .lowered_n = q->lowered_n,
        .lowered_factor = (double)q->lowered_factor,
        .least = (double)q->factors_least,
        .most = q->factors_most > 0 ? (double)q->factors_most : DBL_MAX,
        .max = 1 };
    for (size_t i = 0; i < q->boosts_n; i++) {
        const struct index_boost *b = &q->boosts[i];
        r.sets[i] = index_word_set_of(
            arena, &keywords->fields[b->keyword], b->values, b->values_n, b->subtree);
    }
    r.boosts_max = boosts_max(&r, shape);
    for (size_t i = q->factors_n; i-- > 0;) {
        r.rest[i] = r.max;
        r.max *= most_of(&q->factors[i]);
        r.slopes[i] = q->factors[i].table ? NULL : slopes_of(arena, &q->factors[i]);
    }
    r.max = index_factors_within(&r, r.max) * r.boosts_max;
    r.hash = hash_of(&r);
    return r;
}

/* Few: in order by insertion. */
void index_ranker_enter(struct index_ranker *r, struct arena *arena, struct index_segment *s)
{
    r->owner = r->factors_n > 1 ? index_bound_owner(s, r->hash) : 0;
    r->low_n = 0;
    if (r->lowered_n == 0)
        return;
    r->low = NEW_N(arena, r->lowered_n, uint32_t);
    for (size_t i = 0; i < r->lowered_n; i++) {
        int64_t doc = index_segment_find(s, r->lowered[i]);
        if (doc < 0)
            continue;
        size_t at = r->low_n++;
        for (; at > 0 && r->low[at - 1] > (uint32_t)doc; at--)
            r->low[at] = r->low[at - 1];
        r->low[at] = (uint32_t)doc;
    }
}

double index_lowered_of(const struct index_ranker *r, uint32_t doc)
{
    size_t low = 0, high = r->low_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->low[mid] < doc)
            low = mid + 1;
        else
            high = mid;
    }
    return low < r->low_n && r->low[low] == doc ? r->lowered_factor : 1;
}

double index_factor_at(const struct index_ranker *r, size_t i, int64_t column)
{
    const struct index_factor *f = &r->factors[i];
    int64_t value = index_factor_value(f, column);
    const struct index_point *p = f->points;
    if (f->table)
        return (double)f->table[value];
    if (f->points_n == 0)
        return 1;
    if (value <= p[0].at)
        return (double)p[0].factor;
    for (size_t k = 1; k < f->points_n; k++)
        if (value < p[k].at)
            return (double)p[k - 1].factor + (double)(value - p[k - 1].at) * r->slopes[i][k - 1];
    return (double)p[f->points_n - 1].factor;
}

double index_boost_of(
    const struct index_ranker *r, size_t i, const struct index_segment *s, uint32_t doc)
{
    const struct index_boost *b = &r->boosts[i];
    return index_lists_have(&s->keywords[b->keyword], doc, r->sets[i]) ? (double)b->factor : 1;
}

/* The factors of a document, boosts aside; 0 when it is clear that it stays below the worst. */
static double factors_of(const struct index_ranker *r, const struct index_segment *s, uint32_t doc,
    double score, double worst)
{
    double product = 1;
    for (size_t i = 0; i < r->factors_n; i++) {
        product *= index_factor_at(r, i, index_number_at(s, r->factors[i].number, doc));
        if (score * index_factors_within(r, product * r->rest[i]) * SLACK < worst)
            return 0;
    }
    return index_factors_within(r, product);
}

/* What factors_of gives at most: as it was kept, or worked out whole and kept. */
static double factors_most(
    const struct index_ranker *r, const struct index_segment *s, uint32_t doc)
{
    double most = 0;
    uint32_t word = atomic_load_explicit(&s->bounds[doc], memory_order_acquire);
    if (index_bound_read(word, r->owner, &most))
        return most;
    most = factors_of(r, s, doc, 1, 0);
    index_bound_keep(&s->bounds[doc], word, r->owner, most);
    return most;
}

double index_ranker_of(
    const struct index_ranker *r, const struct index_segment *s, uint32_t doc, struct index_bar bar)
{
    double lowered = r->low_n ? index_lowered_of(r, doc) : 1;
    double score = bar.score * lowered * r->boosts_max * SLACK;
    if (r->owner && score * factors_most(r, s, doc) < bar.worst)
        return 0;
    double factor = lowered * factors_of(r, s, doc, score, bar.worst);
    for (size_t i = 0; i < r->boosts_n && factor > 0; i++)
        factor *= index_boost_of(r, i, s, doc);
    return factor;
}
