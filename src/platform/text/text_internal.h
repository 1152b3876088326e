/* SPDX-License-Identifier: Apache-2.0
 * What the files of this folder share: words as they stand in a text, languages and their stemmers,
 * amounts with units, synonyms in use. For text_*.c alone. */
#ifndef SOUK_PLATFORM_TEXT_TEXT_INTERNAL_H
#define SOUK_PLATFORM_TEXT_TEXT_INTERNAL_H

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "platform/text/text.h"

#define TEXT_LOOK 32768 /* bytes of a text that are looked at */

/* ---- text_words.c ---- */
struct text_word {
    str text;    /* folded letters and digits, and '.' within numbers: "2.5mm" */
    size_t from; /* where it begins and ends in the folded text */
    size_t to;
    char glue;    /* the one character between it and the word before; 0: more, or a blank */
    bool parted;  /* a comma, bracket, slash or dash stands before: no compound goes across */
    bool digits;  /* has a digit */
    bool letters; /* has something else */
    bool inch;    /* a number with " behind it */
    bool pair;    /* two characters of a script without blanks; the next begins with the second */
};
struct text_words {
    str folded;
    struct text_word *words;
    size_t n;
};
struct text_words text_words_of(struct arena *arena, str s);

static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
/* A mixed word's part from `at`: digits (with '.') or what is none. Where it ends. */
size_t text_seam(str word, size_t at);
str text_cut(str s, size_t max); /* at a character */

/* ---- text_language.c ---- */
struct text_tongue {
    const char *tag, *stemmer;
    const char *idle;   /* words that say nothing when others are there, between blanks */
    const char *beside; /* after these comes what a product goes with, between blanks */
    bool head_first;    /* "housse ordinateur": the noun before what narrows it */
};
extern const struct text_tongue text_tongues[TEXT_LANGUAGES_N];
bool text_listed(const char *list, str word);

/* A stemmer and what it was asked lately; of one thread at a time. */
struct text_stems;
struct text_stems *text_stems_take(struct text *t, enum text_language language);
void text_stems_give(struct text *t, struct text_stems *stems);
/* The word itself when nothing comes off, or for what is no plain word. Valid until the next call
 * unless it is the word. */
str text_stem(struct text_stems *stems, str word);

/* ---- text_units.c ---- */
/* "=mm2.5" for a number and a unit's name; absent when it is none or out of bounds. */
str text_amount(struct arena *arena, str number, str unit);
/* Splits "500gb" and "2.5mm". False when it is not a number and a unit. */
bool text_amount_split(str word, str *number, str *unit);
bool text_is_unit(str word);

/* ---- text_query.c ---- */
/* No blank was typed between the term before and this one: a script without blanks. */
bool text_runs_on(const struct text_term *term);

/* ---- text_synonyms.c ---- */
struct text_synonym_to {
    const str *words; /* folded */
    size_t n;
};
struct text_synonym_of { /* of one key: stems joined by blanks */
    struct text_synonym_to *to;
    size_t n, cap;
};
struct text_synonyms {
    struct arena *arena;
    struct map keys; /* of struct text_synonym_of */
    size_t longest;  /* words of a key */
    unsigned users;
};
struct text_synonyms *text_synonyms_take(struct text *t, enum text_language language);
void text_synonyms_give(struct text *t, struct text_synonyms *s); /* NULL is a no-op */

/* ---- text_types.c ---- */
/* Which words of a title are not what the product is: modifiers of a later word and complements.
 * `plain` has an entry per word. */
struct text_role {
    bool modifier, beside;
};
void text_roles(const struct text_types *types, struct text_stems *stems,
    enum text_language language, const struct text_words *words, struct text_role *ret);

/* ---- text_tokens.c ---- */
/* "~laptop" for "laptops"; absent when the word is its own stem. */
str text_stem_token(struct arena *arena, struct text_stems *stems, str word);
/* Words i and i + 1 are written together or apart: the second is short or a number. */
bool text_joins(const struct text_words *words, size_t i);

struct text {
    pthread_mutex_t lock; /* of all below, for a moment */
    struct text_stems *idle[TEXT_LANGUAGES_N];
    struct text_synonyms *synonyms[TEXT_LANGUAGES_N];
};

#endif
