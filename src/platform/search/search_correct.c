/* SPDX-License-Identifier: Apache-2.0
 * "Did you mean": words that no document has, replaced by near words of titles. Called when a text
 * had no match with all its words. Must never be called otherwise: the first call reads titles.
 *
 * The vocabulary is made of the titles of the newest documents, and again when a good part of the
 * documents has changed since. */
#include "platform/search/search_internal.h"
#include "search_sql.h"

#define TITLES_MAX 100000 /* that are read: 0.3 s once, at most */
#define WORD_MIN 3
#define WORD_MAX 32
#define STALE 1000 /* changes before the vocabulary is made again */

/* ---- the vocabulary ---- */
struct reading {
    struct search_cache *cache;
    struct arena *scratch;
};

static bool plain(str word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] >= '0' && word.p[i] <= '9')
            return false;
    }
    return word.n >= WORD_MIN && word.n <= WORD_MAX;
}

static err title_row(void *arg, struct cx *cx, const struct search_sql_doc_titles_row *row)
{
    struct reading *reading = arg;
    struct search_cache *cache = reading->cache;
    (void)cx;
    arena_reset(reading->scratch);
    str rest = search_words(reading->scratch, row->title, 400);
    while (rest.n > 0) {
        str word = str_cut(&rest, ' ');
        if (!plain(word))
            continue;
        uint32_t number = search_dict_put(&cache->vocabulary, word);
        cache->vocabulary_docs = search_room(cache->vocabulary_arena, cache->vocabulary_docs,
            &cache->vocabulary_cap, number, sizeof *cache->vocabulary_docs);
        cache->vocabulary_docs[number]++;
    }
    return NULL;
}

static bool vocabulary_fresh(const struct search_cache *cache)
{
    return cache->vocabulary_arena && cache->changed - cache->vocabulary_changed < STALE;
}

static err vocabulary_ready(struct search_sql *s, struct cx *cx)
{
    struct search_cache *cache = &s->cache;
    {
        SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(cache);
        if (vocabulary_fresh(cache))
            return NULL;
    }
    int failed = pthread_rwlock_wrlock(&cache->lock);
    ASSERT(!failed);
    SEARCH_HELD pthread_rwlock_t *lock = &cache->lock;
    if (vocabulary_fresh(cache))
        return NULL;
    arena_close(cache->vocabulary_arena);
    cache->vocabulary_arena = arena_open((size_t)64 << 10);
    cache->vocabulary = (struct search_dict){ .arena = cache->vocabulary_arena };
    cache->vocabulary_docs = NULL;
    cache->vocabulary_cap = 0;
    cache->vocabulary_changed = cache->changed;
    DEFER(arena_close_at) struct arena *scratch = arena_open(4096);
    struct reading reading = { .cache = cache, .scratch = scratch };
    int64_t after = (int64_t)cache->docs_n - 1 - TITLES_MAX;
    return search_sql_doc_titles(s->db, cx,
        (struct search_sql_doc_titles_in){ .after = after > 0 ? after : 0 }, title_row, &reading);
}

/* ---- distance ---- */
/* Edits (insertion, deletion, replacement, swap of neighbours) from a to b; more than `most` is
 * most + 1. Both have at most WORD_MAX bytes. */
static size_t distance(str a, str b, size_t most)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *former = rows[0], *last = rows[1], *now = rows[2];

    if (a.n > b.n + most || b.n > a.n + most)
        return most + 1;
    for (size_t j = 0; j <= b.n; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t least = now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t d = last[j - 1] + (a.p[i - 1] == b.p[j - 1] ? 0 : 1);
            d = last[j] + 1 < d ? last[j] + 1 : d;
            d = now[j - 1] + 1 < d ? now[j - 1] + 1 : d;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                former[j - 2] + 1 < d)
                d = former[j - 2] + 1;
            now[j] = d;
            least = d < least ? d : least;
        }
        if (least > most)
            return most + 1;
        size_t *free_row = former;
        former = last;
        last = now;
        now = free_row;
    }
    return last[b.n] > most ? most + 1 : last[b.n];
}

/* The nearest word of the vocabulary, of these the most frequent; SEARCH_NONE when none is near. */
static uint32_t nearest(const struct search_cache *cache, str word)
{
    size_t most = word.n < 5 ? 1 : 2;
    uint32_t best = SEARCH_NONE;

    for (uint32_t i = 0; i < cache->vocabulary.n; i++) {
        str known = cache->vocabulary.texts[i];
        size_t d = distance(word, known, most);
        if (d > most)
            continue;
        if (best != SEARCH_NONE && d == most &&
            cache->vocabulary_docs[i] <= cache->vocabulary_docs[best])
            continue;
        best = i;
        most = d;
    }
    return best;
}

/* Whether some document has the word. The last one typed may be the beginning of one. */
static err known(struct search_sql *s, struct cx *cx, str word, bool last, bool *ret)
{
    struct search_sql_match_any_row row;
    str expression = search_expression(
        cx->arena, db_engine_of(s->db), word, last ? SEARCH_HOW_BEGUN : SEARCH_HOW_ALL);
    return search_sql_match_any(
        s->db, cx, (struct search_sql_match_any_in){ .expression = expression }, &row, ret);
}

err search_correct(struct search_sql *s, struct cx *cx, str words, str *ret)
{
    struct buf out = { .arena = cx->arena };
    bool replaced = false;

    err e = vocabulary_ready(s, cx);
    if (e)
        return e;
    for (str rest = words; rest.n > 0;) {
        str word = str_cut(&rest, ' ');
        bool there = true;
        if (plain(word))
            e = known(s, cx, word, rest.n == 0, &there);
        if (e)
            return e;
        if (!there) {
            SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(&s->cache);
            uint32_t near = nearest(&s->cache, word);
            if (near == SEARCH_NONE) /* half a correction finds no more */
                return NULL;
            word = str_dup(cx->arena, s->cache.vocabulary.texts[near]); /* these come and go */
            replaced = true;
        }
        if (out.n > 0)
            buf_char(&out, ' ');
        buf_add(&out, word);
    }
    if (replaced)
        *ret = buf_str(&out);
    return NULL;
}
