/* SPDX-License-Identifier: Apache-2.0
 * Completions of what is being typed: brands, categories and the leading words of titles, from
 * memory. Called through the port at each key stroke. Must never ask the database for matches. */
#include <stdlib.h>

#include "base/utf8.h"
#include "platform/search/search_internal.h"

#define SHOWN_MAX 10
#define TYPED_MAX 100 /* bytes that are looked at */
#define TAIL_MAX 2000 /* terms that came after the list was sorted, and are walked */
#define BRAND_WEIGHT 3
#define CATEGORY_WEIGHT 3

struct candidate {
    str text;
    uint64_t weight;
};
struct choice {
    struct candidate best[SHOWN_MAX]; /* heaviest first, no text twice */
    size_t n;
};

static void choice_add(struct choice *choice, str text, uint64_t weight)
{
    size_t at = choice->n;

    if (weight == 0 || text.n == 0)
        return;
    for (size_t i = 0; i < choice->n; i++) {
        if (!str_eq(choice->best[i].text, text))
            continue;
        if (choice->best[i].weight >= weight)
            return;
        memmove(&choice->best[i], &choice->best[i + 1], (choice->n - i - 1) * sizeof *choice->best);
        choice->n--;
        at = choice->n;
        break;
    }
    while (at > 0 && (choice->best[at - 1].weight < weight ||
                         (choice->best[at - 1].weight == weight &&
                             str_cmp(choice->best[at - 1].text, text) > 0)))
        at--;
    if (at == SHOWN_MAX)
        return;
    if (choice->n < SHOWN_MAX)
        choice->n++;
    memmove(&choice->best[at + 1], &choice->best[at], (choice->n - at - 1) * sizeof *choice->best);
    choice->best[at] = (struct candidate){ text, weight };
}

/* Whether some word of the text, and what follows it, begins with what was typed. */
static bool begins(str text, str typed)
{
    for (ptrdiff_t at = str_find(text, typed, 0); at >= 0;
         at = str_find(text, typed, (size_t)at + 1)) {
        if (at == 0 || text.p[at - 1] == ' ')
            return true;
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    const struct search_suffix *x = a, *y = b;
    return str_cmp(x->text, y->text);
}

/* Sorts the terms from each of their words on. The cache is locked for writing. */
static void suffixes_sort(struct search_cache *cache)
{
    uint32_t cap = 0;

    arena_close(cache->suffix_arena);
    cache->suffix_arena = arena_open((size_t)64 << 10);
    cache->suffixes = NULL;
    cache->suffixes_n = 0;
    for (uint32_t term = 0; term < cache->terms.n; term++) {
        str text = cache->terms.texts[term];
        for (size_t at = 0; at < text.n; at++) {
            if (at > 0 && text.p[at - 1] != ' ')
                continue;
            cache->suffixes = search_room(cache->suffix_arena, cache->suffixes, &cap,
                (uint32_t)cache->suffixes_n, sizeof *cache->suffixes);
            cache->suffixes[cache->suffixes_n++] =
                (struct search_suffix){ .text = str_skip(text, at), .term = term };
        }
    }
    if (cache->suffixes_n > 1)
        qsort(cache->suffixes, cache->suffixes_n, sizeof *cache->suffixes, by_text);
    cache->suffixes_of = cache->terms.n;
}

static void suffixes_ready(struct search_cache *cache)
{
    {
        SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(cache);
        if (cache->terms.n - cache->suffixes_of <= TAIL_MAX)
            return;
    }
    int failed = pthread_rwlock_wrlock(&cache->lock);
    ASSERT(!failed);
    SEARCH_HELD pthread_rwlock_t *lock = &cache->lock;
    if (cache->terms.n - cache->suffixes_of > TAIL_MAX)
        suffixes_sort(cache);
}

static void choose_terms(const struct search_cache *cache, str typed, struct choice *choice)
{
    size_t low = 0, high = cache->suffixes_n; /* the first that is not before what was typed */
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (str_cmp(cache->suffixes[mid].text, typed) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < cache->suffixes_n && str_starts(cache->suffixes[low].text, typed); low++) {
        uint32_t term = cache->suffixes[low].term;
        choice_add(choice, cache->terms.texts[term], cache->term_docs[term]);
    }
    for (uint32_t term = cache->suffixes_of; term < cache->terms.n; term++) {
        if (begins(cache->terms.texts[term], typed))
            choice_add(choice, cache->terms.texts[term], cache->term_docs[term]);
    }
}

static void choose_names(const struct search_cache *cache, str typed, struct choice *choice)
{
    for (uint32_t i = 0; i < cache->brands.folded.n; i++) {
        str brand = cache->brands.folded.texts[i];
        if (begins(brand, typed))
            choice_add(choice, brand, (uint64_t)cache->brands.docs[i] * BRAND_WEIGHT);
    }
    for (uint32_t i = 0; i < cache->categories.n; i++) {
        str name = cache->category_names[i];
        if (begins(name, typed))
            choice_add(choice, name, (uint64_t)cache->category_docs[i] * CATEGORY_WEIGHT);
    }
}

err search_complete(void *self, struct cx *cx, str prefix, str **ret, size_t *ret_n)
{
    struct search_sql *s = self;
    struct choice choice = { .n = 0 };
    str typed = search_words(cx->arena, prefix, TYPED_MAX);

    *ret = NULL;
    *ret_n = 0;
    if (typed.n == 0)
        return NULL;
    err e = search_cache_refresh(s, cx);
    if (e)
        return e;
    suffixes_ready(&s->cache);
    SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(&s->cache);
    choose_names(&s->cache, typed, &choice);
    choose_terms(&s->cache, typed, &choice);
    *ret = NEW_N(cx->arena, choice.n + 1, str);
    *ret_n = choice.n;
    for (size_t i = 0; i < choice.n; i++)
        (*ret)[i] = choice.best[i].text;
    return NULL;
}
