/* SPDX-License-Identifier: Apache-2.0
 * The best so many documents of a query, and the tokens with which its pages go on. For
 * index_find.c alone. Order: by key, highest first, then by id; so it is one order for all pages.
 */
#ifndef SOUK_PLATFORM_INDEX_INDEX_TOPK_H
#define SOUK_PLATFORM_INDEX_INDEX_TOPK_H

#include "platform/index/index_plan.h"

struct index_best {
    uint64_t key;
    id id;
};
struct index_topk {
    struct index_best *heap; /* the worst first */
    size_t n, max;
    bool after; /* only what comes behind `from` */
    struct index_best from;
};
struct index_topk index_topk_new(struct arena *arena, size_t max);
static inline bool index_topk_full(const struct index_topk *t)
{
    return t->n == t->max;
}
/* Whether a document with this key may come in; ties are decided by the id. */
static inline bool index_topk_wants(const struct index_topk *t, uint64_t key)
{
    return (!index_topk_full(t) || key >= t->heap[0].key) && (!t->after || key <= t->from.key);
}
void index_topk_add(struct index_topk *t, struct index_best b);
void index_topk_sort(struct index_topk *t); /* best first; nothing can be added any more */

/* Keys rise with what is better. Scores are not negative. */
uint64_t index_key_of_score(double score);
double index_score_of_key(uint64_t key);
uint64_t index_key_of_number(int64_t v, bool up);

/* Where the next page begins, for which query, and how rare its words were. */
struct index_token_of {
    uint64_t query; /* a hash of what decides order and matches */
    struct index_best last;
    struct index_rarity rarity;
};
str index_token_write(struct arena *arena, const struct index_token_of *t);
bool index_token_read(struct arena *arena, str text, struct index_token_of *ret);

#endif
