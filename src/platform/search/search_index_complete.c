/* SPDX-License-Identifier: Apache-2.0
 * Completions of what is being typed, from the words of the index: the last word as the beginning
 * of frequent ones that stand with the words before it; when nothing begins so, beginnings that are
 * nearly so. Called through the port at each key stroke. Must never ask the database. */
#include "platform/search/search_index_internal.h"

#define SHOWN_MAX 10
#define TYPED_MAX 100 /* bytes that are looked at */
#define LOOKED_MAX 40 /* words of the index that are weighed */
#define NEAR_MIN 4    /* letters, from which on a slip is forgiven */
#define NEAR_LOOK 1000

struct completing {
    struct search_index *s;
    struct cx *cx;
    str before; /* words that are whole */
    str last;
    struct search_count best[LOOKED_MAX];
    size_t n;
};

/* Words that people know: no stems, amounts, parts of models. */
static bool speakable(str token, str typed)
{
    if (token.n == 0 || token.p[0] == '~' || token.p[0] == '=')
        return false;
    bool digits = false, asked = false;
    for (size_t i = 0; i < token.n; i++)
        digits = digits || (token.p[i] >= '0' && token.p[i] <= '9');
    for (size_t i = 0; i < typed.n; i++)
        asked = asked || (typed.p[i] >= '0' && typed.p[i] <= '9');
    return !digits || asked;
}

static int64_t docs_with(struct completing *c, str text)
{
    struct index_result found;
    struct text_query read = search_index_read(c->s, c->cx, text, false);
    struct search_tree tree = search_index_tree(c->s, c->cx, &read, SEARCH_REACH_ALL, false);
    struct index_query in = { .root = tree.root, .total = true };
    if (index_find(c->s->ix, c->cx, &in, &found))
        return 0;
    return found.total;
}

static void add(struct completing *c, str token, int64_t docs)
{
    if (c->n == LOOKED_MAX || docs == 0 || !speakable(token, c->last))
        return;
    str text = token;
    if (c->before.n > 0) {
        text = str_fmt(c->cx->arena, STR_F " " STR_F, STR_A(c->before), STR_A(token));
        docs = docs_with(c, text);
    }
    for (size_t i = 0; i < c->n; i++) /* one of singular and plural is enough */
        if (search_same_word(c->best[i].label, token))
            return;
    if (docs > 0)
        c->best[c->n++] = (struct search_count){ .value = text, .label = token, .count = docs };
}

static void add_begun(struct completing *c)
{
    struct index_word *words;
    size_t n;
    index_complete(c->s->ix, c->cx, c->last, LOOKED_MAX, &words, &n);
    for (size_t i = 0; i < n; i++)
        add(c, words[i].text, words[i].docs);
}

/* "samsnu" for "samsung": frequent words whose beginning is one or two slips away. */
static void add_near(struct completing *c)
{
    struct index_word *words;
    size_t n;
    float most = c->last.n < 7 ? 1 : 2;
    index_complete(c->s->ix, c->cx, str_sub(c->last, 0, 1), NEAR_LOOK, &words, &n);
    for (size_t i = 0; i < n; i++) {
        float least = most + 1;
        for (size_t len = c->last.n - 1; len <= c->last.n + 1; len++) {
            float d = text_distance(c->last, str_sub(words[i].text, 0, len), most);
            least = d < least ? d : least;
        }
        if (least <= most)
            add(c, words[i].text, words[i].docs);
    }
}

err search_index_complete(
    struct search_index *s, struct cx *cx, str prefix, str **ret, size_t *ret_n)
{
    struct completing *c = NEW(cx->arena, struct completing);
    str typed = search_words(cx->arena, prefix, TYPED_MAX);
    size_t at = typed.n;
    while (at > 0 && typed.p[at - 1] != ' ')
        at--;
    *c = (struct completing){
        .s = s, .cx = cx, .before = str_trim(str_sub(typed, 0, at)), .last = str_skip(typed, at)
    };
    if (c->last.n > 0)
        add_begun(c);
    if (c->n == 0 && c->last.n >= NEAR_MIN)
        add_near(c);
    size_t n = search_counts_cut(c->best, c->n);
    n = n < SHOWN_MAX ? n : SHOWN_MAX;
    *ret = NEW_N(cx->arena, n + 1, str);
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = c->best[i].value;
    return NULL;
}
