/* SPDX-License-Identifier: Apache-2.0
 * Dictionaries of keywords. Called by what makes segments and by queries; must never move or change
 * an entry that readers may have seen. */
#include "platform/index/index_words.h"

#include <stdlib.h>
#include <string.h>

#include "platform/index/index_bytes.h"

#define SLOTS_FIRST 128

/* The chunk of a number, and the number's place in it. */
static unsigned chunk_of(uint32_t number, size_t *ret_at)
{
    uint32_t k = number / INDEX_WORDS_FIRST + 1;
    unsigned chunk = 31 - (unsigned)__builtin_clz(k);
    *ret_at = number - INDEX_WORDS_FIRST * ((UINT32_C(1) << chunk) - 1);
    return chunk;
}

static struct index_word_slots *slots_new(struct arena *arena, size_t n)
{
    struct index_word_slots *s = arena_alloc(arena, sizeof *s + n * sizeof s->slots[0]);
    s->mask = n - 1;
    return s;
}

static void words_init(struct index_words *w)
{
    w->arena = arena_open(4096);
    atomic_init(&w->table, slots_new(w->arena, SLOTS_FIRST));
    atomic_init(&w->chunks[0], NEW_N(w->arena, INDEX_WORDS_FIRST, struct index_word_entry));
    atomic_init(&w->n, 1);
}

struct index_keywords *index_keywords_open(size_t fields_n)
{
    struct index_keywords *k = index_alloc(1, sizeof *k);
    atomic_init(&k->refs, 1);
    pthread_mutex_init(&k->lock, NULL);
    k->fields_n = fields_n;
    for (size_t i = 0; i < fields_n; i++)
        words_init(&k->fields[i]);
    words_init(&k->names);
    words_init(&k->pairs);
    return k;
}

struct index_keywords *index_keywords_hold(struct index_keywords *k)
{
    atomic_fetch_add(&k->refs, 1);
    return k;
}

void index_keywords_give(struct index_keywords *k)
{
    if (!k || atomic_fetch_sub(&k->refs, 1) > 1)
        return;
    for (size_t i = 0; i < k->fields_n; i++)
        arena_close(k->fields[i].arena);
    arena_close(k->names.arena);
    arena_close(k->pairs.arena);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

uint32_t index_words_n(const struct index_words *w)
{
    return atomic_load_explicit(&w->n, memory_order_acquire);
}

struct index_word_entry index_words_at(const struct index_words *w, uint32_t number)
{
    size_t at;
    unsigned chunk = chunk_of(number, &at);
    return atomic_load_explicit(&w->chunks[chunk], memory_order_acquire)[at];
}

uint32_t index_words_find(const struct index_words *w, str text)
{
    struct index_word_slots *t = atomic_load_explicit(&w->table, memory_order_acquire);
    for (size_t i = str_hash(text) & t->mask;; i = (i + 1) & t->mask) {
        uint32_t number = atomic_load_explicit(&t->slots[i], memory_order_acquire);
        if (number == INDEX_NO_WORD || str_eq(index_words_at(w, number).text, text))
            return number;
    }
}

static void slot_put(struct index_word_slots *t, str text, uint32_t number)
{
    size_t i = str_hash(text) & t->mask;
    while (atomic_load_explicit(&t->slots[i], memory_order_relaxed))
        i = (i + 1) & t->mask;
    atomic_store_explicit(&t->slots[i], number, memory_order_release);
}

/* Readers stay with the former table until they come again; it lives as long as the arena. */
static void grow(struct index_words *w, uint32_t n)
{
    struct index_word_slots *t = slots_new(w->arena, (atomic_load(&w->table)->mask + 1) * 2);
    for (uint32_t i = 1; i < n; i++)
        slot_put(t, index_words_at(w, i).text, i);
    atomic_store_explicit(&w->table, t, memory_order_release);
}

uint32_t index_words_add(struct index_words *w, str text, uint32_t group)
{
    uint32_t number = text.n ? index_words_find(w, text) : INDEX_NO_WORD;
    if (text.n == 0 || number)
        return number;
    number = atomic_load(&w->n);
    size_t at;
    unsigned chunk = chunk_of(number, &at);
    ASSERT(chunk < INDEX_WORDS_CHUNKS);
    if (!atomic_load(&w->chunks[chunk])) {
        size_t size = (size_t)INDEX_WORDS_FIRST << chunk;
        atomic_store_explicit(&w->chunks[chunk], NEW_N(w->arena, size, struct index_word_entry),
            memory_order_release);
    }
    if (number * 2 > atomic_load(&w->table)->mask)
        grow(w, number);
    atomic_load(&w->chunks[chunk])[at] =
        (struct index_word_entry){ .text = str_dup(w->arena, text), .group = group };
    atomic_store_explicit(&w->n, number + 1, memory_order_release);
    slot_put(atomic_load(&w->table), text, number);
    return number;
}

str index_pair_value(str pair)
{
    ptrdiff_t mark = str_find_char(pair, INDEX_PAIR_MARK, 0);
    return mark < 0 ? (str){ 0 } : str_skip(pair, (size_t)mark + 1);
}
