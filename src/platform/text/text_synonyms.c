/* SPDX-License-Identifier: Apache-2.0
 * Synonyms of a language: rows become a map from stems to phrases, which is swapped whole. Called
 * when staff save them and by every query. Must never change a map that a query holds. */
#include "platform/text/text_internal.h"

/* Names of things that shops of all kinds have two of; not from judged queries. */
const struct text_synonym text_synonyms_common[12] = {
    { S_INIT("laptop"), S_INIT("notebook"), false },
    { S_INIT("tv"), S_INIT("television"), false },
    { S_INIT("cellphone"), S_INIT("mobile phone"), false },
    { S_INIT("cellphone"), S_INIT("smartphone"), false },
    { S_INIT("sofa"), S_INIT("couch"), false },
    { S_INIT("fridge"), S_INIT("refrigerator"), false },
    { S_INIT("color"), S_INIT("colour"), false },
    { S_INIT("gray"), S_INIT("grey"), false },
    { S_INIT("aluminum"), S_INIT("aluminium"), false },
    { S_INIT("ps3"), S_INIT("playstation 3"), false },
    { S_INIT("ps4"), S_INIT("playstation 4"), false },
    { S_INIT("ps5"), S_INIT("playstation 5"), false },
};

#define WORDS_MAX 6 /* of a term or a replacement */

struct words {
    str texts[WORDS_MAX];
    size_t n;
};

static bool words_read(struct arena *arena, str s, struct words *ret)
{
    struct text_words words = text_words_of(arena, s);
    if (words.n == 0 || words.n > WORDS_MAX)
        return false;
    ret->n = words.n;
    for (size_t i = 0; i < words.n; i++)
        ret->texts[i] = words.words[i].text;
    return true;
}

static void pair_add(struct text_synonyms *s, struct text_stems *stems, const struct words *from,
    const struct words *to)
{
    struct buf key = { .arena = s->arena };
    for (size_t i = 0; i < from->n; i++) {
        if (i > 0)
            buf_char(&key, ' ');
        buf_add(&key, text_stem(stems, from->texts[i]));
    }
    struct text_synonym_of *of = map_get(&s->keys, buf_str(&key));
    if (!of) {
        of = NEW(s->arena, struct text_synonym_of);
        map_put(&s->keys, str_dup(s->arena, buf_str(&key)), of);
    }
    if (of->n == of->cap) {
        size_t cap = of->cap ? of->cap * 2 : 2;
        of->to = arena_grow(s->arena, of->to, of->cap * sizeof *of->to, cap * sizeof *of->to);
        of->cap = cap;
    }
    str *copy = NEW_N(s->arena, to->n, str);
    for (size_t i = 0; i < to->n; i++)
        copy[i] = to->texts[i];
    of->to[of->n++] = (struct text_synonym_to){ copy, to->n };
    s->longest = from->n > s->longest ? from->n : s->longest;
}

void text_synonyms_set(
    struct text *t, enum text_language language, const struct text_synonym *rows, size_t n)
{
    struct arena *arena = arena_open(4096);
    struct text_synonyms *s = NEW(arena, struct text_synonyms);
    struct text_stems *stems = text_stems_take(t, language);
    *s = (struct text_synonyms){ .arena = arena, .keys = map_new(arena, n * 2), .users = 1 };
    for (size_t i = 0; i < n; i++) {
        struct words term, other;
        if (!words_read(arena, rows[i].term, &term) ||
            !words_read(arena, rows[i].replacement, &other))
            continue;
        pair_add(s, stems, &term, &other);
        if (!rows[i].one_way)
            pair_add(s, stems, &other, &term);
    }
    text_stems_give(t, stems);
    pthread_mutex_lock(&t->lock);
    struct text_synonyms *former = t->synonyms[language];
    t->synonyms[language] = s;
    pthread_mutex_unlock(&t->lock);
    text_synonyms_give(t, former);
}

struct text_synonyms *text_synonyms_take(struct text *t, enum text_language language)
{
    pthread_mutex_lock(&t->lock);
    struct text_synonyms *s = t->synonyms[language];
    if (s)
        s->users++;
    pthread_mutex_unlock(&t->lock);
    return s;
}

void text_synonyms_give(struct text *t, struct text_synonyms *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&t->lock);
    bool last = --s->users == 0;
    pthread_mutex_unlock(&t->lock);
    if (last)
        arena_close(s->arena);
}
