/* SPDX-License-Identifier: Apache-2.0
 * A heap of the best documents; page tokens. Called by index_find.c; must never let two documents
 * change places between pages. */
#include "platform/index/index_topk.h"

#include <stdlib.h>

struct index_topk index_topk_new(struct arena *arena, size_t max)
{
    struct index_best *heap = NEW_N(arena, max ? max : 1, struct index_best);
    if (max == 0)
        heap[0].key = UINT64_MAX; /* nothing is better: only counts are wanted */
    return (struct index_topk){ .heap = heap, .max = max };
}

/* Negative: a is better. */
static int order_of(const struct index_best *a, const struct index_best *b)
{
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    return id_cmp(a->id, b->id);
}

static void sift_down(struct index_topk *t, struct index_best b)
{
    size_t at = 0;
    for (size_t kid = 1; kid < t->n; kid = at * 2 + 1) {
        kid += kid + 1 < t->n && order_of(&t->heap[kid + 1], &t->heap[kid]) > 0;
        if (order_of(&t->heap[kid], &b) <= 0)
            break;
        t->heap[at] = t->heap[kid];
        at = kid;
    }
    t->heap[at] = b;
}

void index_topk_add(struct index_topk *t, struct index_best b)
{
    if (t->max == 0 || (t->after && order_of(&b, &t->from) <= 0))
        return;
    if (index_topk_full(t)) {
        if (order_of(&b, &t->heap[0]) < 0)
            sift_down(t, b);
        return;
    }
    size_t at = t->n++;
    for (; at > 0 && order_of(&b, &t->heap[(at - 1) / 2]) > 0; at = (at - 1) / 2)
        t->heap[at] = t->heap[(at - 1) / 2];
    t->heap[at] = b;
}

static int by_order(const void *a, const void *b)
{
    return order_of(a, b);
}

void index_topk_sort(struct index_topk *t)
{
    qsort(t->heap, t->n, sizeof t->heap[0], by_order);
}

/* ---- keys ---- */

uint64_t index_key_of_score(double score)
{
    uint64_t key;
    memcpy(&key, &score, sizeof key); /* of numbers >= 0 the bits rise with the value */
    return key;
}

double index_score_of_key(uint64_t key)
{
    double score;
    memcpy(&score, &key, sizeof score);
    return score;
}

uint64_t index_key_of_number(int64_t v, bool up)
{
    uint64_t key = (uint64_t)v ^ (UINT64_C(1) << 63);
    return up ? ~key : key;
}

/* ---- tokens ---- */

#define TOKEN_VERSION 2
#define TOKEN_MAX (64 + INDEX_NODES_MAX * 10) /* bytes */

str index_token_write(struct arena *arena, const struct index_token_of *t)
{
    uint8_t bytes[TOKEN_MAX], *p = bytes;
    ASSERT(t->rarity.n <= INDEX_NODES_MAX);
    *p++ = TOKEN_VERSION;
    memcpy(p, &t->query, sizeof t->query);
    p += sizeof t->query;
    memcpy(p, &t->last.key, sizeof t->last.key);
    p += sizeof t->last.key;
    memcpy(p, &t->last.id, sizeof t->last.id);
    p += sizeof t->last.id;
    p = index_number_write(p, t->rarity.docs);
    for (size_t i = 0; i < t->rarity.n; i++) {
        p = index_number_write(p, t->rarity.words[i].key);
        p = index_number_write(p, t->rarity.words[i].df);
    }
    return str_base64url(arena, (str){ (const char *)bytes, (size_t)(p - bytes) });
}

bool index_token_read(struct arena *arena, str text, struct index_token_of *ret)
{
    str bytes;
    const size_t fixed = 1 + sizeof ret->query + sizeof ret->last.key + sizeof ret->last.id;
    if (text.n > TOKEN_MAX * 2 || !str_unbase64(arena, text, &bytes) || bytes.n <= fixed ||
        bytes.p[0] != TOKEN_VERSION)
        return false;
    const uint8_t *p = (const uint8_t *)bytes.p + 1, *end = (const uint8_t *)bytes.p + bytes.n;
    *ret =
        (struct index_token_of){ .rarity.words = NEW_N(arena, INDEX_NODES_MAX, struct index_rare) };
    memcpy(&ret->query, p, sizeof ret->query);
    p += sizeof ret->query;
    memcpy(&ret->last.key, p, sizeof ret->last.key);
    p += sizeof ret->last.key;
    memcpy(&ret->last.id, p, sizeof ret->last.id);
    p += sizeof ret->last.id;
    ret->rarity.docs = index_number_read(&p, end);
    while (p < end && ret->rarity.n < INDEX_NODES_MAX) {
        struct index_rare *rare = &ret->rarity.words[ret->rarity.n++];
        rare->key = index_number_read(&p, end);
        rare->df = index_number_read(&p, end);
    }
    return p == end;
}
