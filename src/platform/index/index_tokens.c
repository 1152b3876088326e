/* SPDX-License-Identifier: Apache-2.0
 * What the dictionaries of all segments know together: completions and near spellings. Called by
 * the search adapter; must never miss a token because it is spread over segments. */
#include <stdlib.h>

#include "base/map.h"
#include "base/utf8.h"
#include "platform/index/index_internal.h"
#include "platform/index/index_query.h"

struct words {
    struct arena *arena;
    struct map map; /* text -> struct index_word */
};

static struct index_word *word_of(struct words *w, str text, unsigned distance)
{
    struct index_word *word = map_get(&w->map, text);
    if (word)
        return word;
    word = NEW(w->arena, struct index_word);
    *word = (struct index_word){ .text = str_dup(w->arena, text), .distance = distance };
    map_put(&w->map, word->text, word);
    return word;
}

static int by_worth(const void *a, const void *b)
{
    const struct index_word *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->docs != y->docs)
        return x->docs > y->docs ? -1 : 1;
    return str_cmp(x->text, y->text);
}

/* The best n; everything in w is for the result. */
static size_t best_of(struct words *w, size_t n, struct index_word **ret)
{
    struct index_word *words = NEW_N(w->arena, w->map.n, struct index_word);
    for (size_t i = 0; i < w->map.n; i++)
        words[i] = *(const struct index_word *)w->map.entries[i].value;
    qsort(words, w->map.n, sizeof words[0], by_worth);
    *ret = words;
    return w->map.n < n ? w->map.n : n;
}

/* ---- completions ---- */

struct heap { /* of document counts, the lowest first */
    uint32_t *dfs;
    size_t n, max;
};

static uint32_t heap_least(const struct heap *h)
{
    return h->n == h->max ? h->dfs[0] : 0;
}

static void heap_add(struct heap *h, uint32_t df)
{
    size_t at;
    if (h->n < h->max) {
        for (at = h->n++; at > 0 && h->dfs[(at - 1) / 2] > df; at = (at - 1) / 2)
            h->dfs[at] = h->dfs[(at - 1) / 2];
        h->dfs[at] = df;
        return;
    }
    at = 0;
    for (size_t kid = 1; kid < h->n; kid = at * 2 + 1) {
        kid += kid + 1 < h->n && h->dfs[kid + 1] < h->dfs[kid];
        if (h->dfs[kid] >= df)
            break;
        h->dfs[at] = h->dfs[kid];
        at = kid;
    }
    h->dfs[at] = df;
}

/* The most frequent tokens of one segment; tokens that are not found have at most the count that is
 * returned. Groups whose best token is no better are passed over. */
static uint32_t complete_in(
    struct words *w, const struct index_segment *s, str prefix, struct heap heap)
{
    struct index_walk walk;
    index_walk_open(&walk, &s->dict, prefix);
    for (;;) {
        if (walk.next % INDEX_GROUP == 0 && walk.next < s->dict.terms_n && heap.n == heap.max &&
            s->dict.groups[walk.next / INDEX_GROUP].df <= heap.dfs[0]) {
            walk.next += INDEX_GROUP;
            continue;
        }
        if (!index_walk_next(&walk) || !str_starts(index_walk_token(&walk), prefix))
            return heap_least(&heap);
        uint32_t df = index_walk_term(&walk)->df;
        if (heap.n == heap.max && df <= heap.dfs[0])
            continue;
        heap_add(&heap, df);
        (void)word_of(w, index_walk_token(&walk), 0);
    }
}

static void count_words(struct words *w, const struct index_view *v)
{
    for (size_t i = 0; i < w->map.n; i++) {
        struct index_word *word = w->map.entries[i].value;
        word->docs = 0;
        for (size_t k = 0; k < v->n; k++) {
            const struct index_term *t = index_dict_find(&v->parts[k].segment->dict, word->text);
            word->docs += t ? t->df : 0;
        }
    }
}

int64_t index_docs(struct index *ix, str token)
{
    struct index_slot *slot;
    const struct index_view *v = index_view_take(ix, &slot);
    int64_t docs = 0;
    for (size_t i = 0; i < v->n; i++) {
        const struct index_term *t = index_dict_find(&v->parts[i].segment->dict, token);
        docs += t ? t->df : 0;
    }
    index_view_give(slot);
    return docs;
}

void index_complete(
    struct index *ix, struct cx *cx, str prefix, size_t n, struct index_word **ret, size_t *ret_n)
{
    struct index_slot *slot;
    const struct index_view *v = index_view_take(ix, &slot);
    struct words w = { .arena = cx->arena, .map = map_new(cx->arena, n * 4 + 16) };
    struct heap heap = { .dfs = NEW_N(cx->arena, n * 2 + 1, uint32_t), .max = n * 2 + 1 };
    for (bool sure = false; !sure;) {
        int64_t unseen = 0; /* what a token in none of the lists can have at most */
        for (size_t i = 0; i < v->n; i++)
            unseen += complete_in(&w, v->parts[i].segment, prefix, heap);
        count_words(&w, v);
        *ret_n = best_of(&w, n, ret);
        sure = unseen == 0 || (*ret_n == n && n > 0 && (*ret)[n - 1].docs >= unseen) || n == 0;
        heap.max *= 8;
        heap.dfs = NEW_N(cx->arena, sure ? 1 : heap.max, uint32_t);
    }
    index_view_give(slot);
}

/* ---- near spellings ---- */

/* A walk over the tokens with the rows of the edit distance to each of its prefixes (optimal string
 * alignment). Tokens follow in order, so a row is computed once for all that share the prefix, and
 * a prefix that is too far away takes all its tokens with it: what a Levenshtein automaton does. */
struct spelling {
    int32_t wanted[INDEX_TOKEN_MAX + 1];
    size_t wanted_n;
    unsigned most;
    int32_t letters[INDEX_TOKEN_MAX + 1]; /* of the token */
    size_t ends[INDEX_TOKEN_MAX + 1];     /* where each letter ends, in bytes */
    size_t depth;                         /* rows that hold */
    uint8_t rows[INDEX_TOKEN_MAX + 2][INDEX_TOKEN_MAX + 2];
    uint8_t least[INDEX_TOKEN_MAX + 2]; /* of each row */
};

static size_t letters_of(str text, int32_t *letters)
{
    size_t n = 0;
    while (text.n > 0 && n < INDEX_TOKEN_MAX)
        letters[n++] = utf8_next(&text);
    return n;
}

static void add_row(struct spelling *p, int32_t letter)
{
    size_t i = ++p->depth;
    uint8_t *row = p->rows[i];
    const uint8_t *above = p->rows[i - 1];
    p->letters[i - 1] = letter;
    row[0] = (uint8_t)i;
    uint8_t least = row[0];
    for (size_t k = 1; k <= p->wanted_n; k++) {
        unsigned cost = p->wanted[k - 1] != letter;
        unsigned v = above[k - 1] + cost;
        v = above[k] + 1u < v ? above[k] + 1u : v;
        v = row[k - 1] + 1u < v ? row[k - 1] + 1u : v;
        if (i > 1 && k > 1 && p->wanted[k - 2] == letter && p->letters[i - 2] == p->wanted[k - 1] &&
            p->rows[i - 2][k - 2] + 1u < v)
            v = p->rows[i - 2][k - 2] + 1u;
        row[k] = (uint8_t)v;
        least = row[k] < least ? row[k] : least;
    }
    p->least[i] = least;
}

/* No token with these letters can be near any more. A swap looks two rows back. */
static bool is_far(const struct spelling *p)
{
    return p->least[p->depth] > p->most && (p->depth == 0 || p->least[p->depth - 1] + 1u > p->most);
}

/* Rows for the token; how many of its bytes are enough to rule it out, 0: it is not ruled out. */
static size_t add_rows(struct spelling *p, str token, size_t shared)
{
    while (p->depth > 0 && p->ends[p->depth - 1] > shared)
        p->depth--;
    size_t at = p->depth ? p->ends[p->depth - 1] : 0;
    str rest = str_skip(token, at);
    while (rest.n > 0 && p->depth < INDEX_TOKEN_MAX) {
        int32_t letter = utf8_next(&rest);
        p->ends[p->depth] = token.n - rest.n;
        add_row(p, letter);
        if (is_far(p))
            return p->ends[p->depth - 1];
    }
    return 0;
}

/* The first string after all that begin with `prefix`; false when there is none. */
static bool after_prefix(str prefix, char *to, size_t *ret_n)
{
    memcpy(to, prefix.p, prefix.n);
    for (size_t n = prefix.n; n > 0; n--)
        if ((unsigned char)to[n - 1] < 0xff) {
            to[n - 1] = (char)((unsigned char)to[n - 1] + 1);
            *ret_n = n;
            return true;
        }
    return false;
}

#define JUMP 2 /* bytes: a prefix this short has many tokens, worth a new search */

static void spell_in(struct words *w, struct spelling *p, const struct index_segment *s, str start)
{
    struct index_walk walk;
    size_t far = 0, shared = 0;
    index_walk_open(&walk, &s->dict, start);
    p->depth = 0;
    while (index_walk_next(&walk) && str_starts(index_walk_token(&walk), start)) {
        /* In common with the token whose rows there are. */
        shared = walk.shared < shared ? walk.shared : shared;
        if (far && shared >= far)
            continue;
        str token = index_walk_token(&walk);
        far = add_rows(p, token, shared);
        shared = token.n;
        if (far && far <= JUMP) {
            char next[INDEX_TOKEN_MAX];
            size_t n;
            if (!after_prefix(str_sub(token, 0, far), next, &n))
                return;
            index_walk_open(&walk, &s->dict, (str){ next, n });
            far = shared = p->depth = 0;
            continue;
        }
        unsigned distance = p->rows[p->depth][p->wanted_n];
        if (!far && distance <= p->most)
            word_of(w, token, distance)->docs += index_walk_term(&walk)->df;
    }
}

/* The first n characters. */
static str first_letters(str text, size_t n)
{
    str rest = text;
    while (n-- > 0 && rest.n > 0)
        (void)utf8_next(&rest);
    return str_sub(text, 0, text.n - rest.n);
}

void index_fuzzy(
    struct index *ix, struct cx *cx, struct index_fuzzy in, struct index_word **ret, size_t *ret_n)
{
    struct index_slot *slot;
    struct words w = { .arena = cx->arena, .map = map_new(cx->arena, 64) };
    struct spelling *p = NEW(cx->arena, struct spelling);
    p->most = in.distance;
    p->wanted_n = letters_of(in.text, p->wanted);
    for (size_t k = 0; k <= p->wanted_n; k++)
        p->rows[0][k] = (uint8_t)k;
    const struct index_view *v = index_view_take(ix, &slot);
    for (size_t i = 0; i < v->n; i++)
        spell_in(&w, p, v->parts[i].segment, first_letters(in.text, in.same));
    index_view_give(slot);
    *ret_n = best_of(&w, in.n, ret);
}
