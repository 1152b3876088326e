/* SPDX-License-Identifier: Apache-2.0
 * Factors on the score: lines over columns and boosts of keywords. Called by index_find.c and
 * index_explain.c; must never give more than the maximum that pruning relies on. */
#include "platform/index/index_filter.h"

struct index_ranker index_ranker_make(
    struct arena *arena, const struct index_keywords *keywords, const struct index_query *q)
{
    struct index_ranker r = { .factors = q->factors,
        .boosts = q->boosts,
        .factors_n = q->factors_n,
        .boosts_n = q->boosts_n,
        .sets = NEW_N(arena, q->boosts_n, struct index_word_set),
        .max = 1 };
    for (size_t i = 0; i < q->factors_n; i++) {
        float max = 0;
        for (size_t k = 0; k < q->factors[i].points_n; k++)
            max = q->factors[i].points[k].factor > max ? q->factors[i].points[k].factor : max;
        r.max *= q->factors[i].points_n ? (double)max : 1;
    }
    for (size_t i = 0; i < q->boosts_n; i++) {
        const struct index_boost *b = &q->boosts[i];
        r.sets[i] = index_word_set_of(
            arena, &keywords->fields[b->keyword], b->values, b->values_n, b->subtree);
        r.max *= b->factor > 1 ? (double)b->factor : 1;
    }
    return r;
}

double index_factor_at(const struct index_factor *f, int64_t value)
{
    const struct index_point *p = f->points;
    if (f->points_n == 0)
        return 1;
    if (value <= p[0].at)
        return (double)p[0].factor;
    for (size_t i = 1; i < f->points_n; i++) {
        if (value >= p[i].at)
            continue;
        double part = (double)(value - p[i - 1].at) / (double)(p[i].at - p[i - 1].at);
        return (double)p[i - 1].factor + part * ((double)p[i].factor - (double)p[i - 1].factor);
    }
    return (double)p[f->points_n - 1].factor;
}

double index_boost_of(
    const struct index_ranker *r, size_t i, const struct index_segment *s, uint32_t doc)
{
    const struct index_boost *b = &r->boosts[i];
    return index_lists_have(&s->keywords[b->keyword], doc, r->sets[i]) ? (double)b->factor : 1;
}

double index_ranker_of(const struct index_ranker *r, const struct index_segment *s, uint32_t doc)
{
    double factor = 1;
    for (size_t i = 0; i < r->factors_n; i++)
        factor *= index_factor_at(&r->factors[i], index_number_at(s, r->factors[i].number, doc));
    for (size_t i = 0; i < r->boosts_n; i++)
        factor *= index_boost_of(r, i, s, doc);
    return factor;
}
