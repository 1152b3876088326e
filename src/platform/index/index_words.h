/* SPDX-License-Identifier: Apache-2.0
 * Keyword values as numbers, one dictionary a field for the whole index, only ever added to: a
 * number means the same in every segment. Readers take no lock. For index_*.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_WORDS_H
#define SOUK_PLATFORM_INDEX_INDEX_WORDS_H

#include <pthread.h>
#include <stdatomic.h>

#include "platform/index/index.h"

#define INDEX_WORDS_CHUNKS 26
#define INDEX_WORDS_FIRST 64 /* words of the first chunk; each next one has twice as many */

struct index_word_entry {
    str text;
    uint32_t group; /* of an attribute: the number of its name */
};
struct index_word_slots {
    size_t mask;
    _Atomic uint32_t slots[]; /* number, 0: free */
};
struct index_words {
    _Atomic uint32_t n;
    struct index_word_entry *_Atomic chunks[INDEX_WORDS_CHUNKS];
    struct index_word_slots *_Atomic table;
    struct arena *arena;
};
/* All dictionaries of an index; shared by its views. */
struct index_keywords {
    _Atomic size_t refs;
    pthread_mutex_t lock; /* of who adds */
    size_t fields_n;
    struct index_words fields[INDEX_KEYWORDS_MAX];
    struct index_words names, pairs; /* of attributes; a pair is `name \x1f value` */
};
struct index_keywords *index_keywords_open(size_t fields_n);
struct index_keywords *index_keywords_hold(struct index_keywords *k);
void index_keywords_give(struct index_keywords *k);

/* Number 0 is the empty word, and stands for "none". */
#define INDEX_NO_WORD 0u
uint32_t index_words_n(const struct index_words *w); /* numbers are below this */
/* By who holds the lock. */
uint32_t index_words_add(struct index_words *w, str text, uint32_t group);
/* INDEX_NO_WORD when it is not known. */
uint32_t index_words_find(const struct index_words *w, str text);
struct index_word_entry index_words_at(const struct index_words *w, uint32_t number);

/* An attribute's pair; the value of a pair. */
#define INDEX_PAIR_MARK '\x1f'
str index_pair_value(str pair);

#endif
