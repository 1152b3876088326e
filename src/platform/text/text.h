/* SPDX-License-Identifier: Apache-2.0
 * The language of search: texts to tokens for an index, typed queries to terms with weighted
 * alternatives, synonyms, spelling, and which type of product a query means. Knows no index, no
 * shop and no database; an index gets the tokens, a ranker the weights. Safe from any thread.
 *
 * Tokens are folded words. Beside a word, at its position, stand other forms that it is found by:
 * "~laptop" is the stem of "laptops"; "=mb500000" what "500 GB" and "0.5TB" mean; "dv71211ea" and
 * "1211" come from "dv7-1211ea"; "usbc" from "USB-C" and "usb c". No word begins with ~ or =. */
#ifndef SOUK_PLATFORM_TEXT_TEXT_H
#define SOUK_PLATFORM_TEXT_TEXT_H

#include "base/arena.h"
#include "base/str.h"

#define TEXT_WORD_MAX 64   /* bytes of a token; the rest of a word is not looked at */
#define TEXT_TERMS_MAX 24  /* of a query; later words are not looked at */
#define TEXT_QUERY_MAX 512 /* bytes of a query that are looked at */
#define TEXT_WAYS_MAX 24   /* alternatives of a term */
#define TEXT_GAP 16        /* positions between two texts of one field: no phrase spans them */

enum text_language {
    TEXT_ENGLISH,
    TEXT_GERMAN,
    TEXT_FRENCH,
    TEXT_SPANISH,
    TEXT_ITALIAN,
    TEXT_DUTCH,
    TEXT_PORTUGUESE,
    TEXT_SWEDISH,
    TEXT_DANISH,
    TEXT_LANGUAGES_N,
};
/* Of a BCP 47 tag: "de-AT" is German. English when it is none of ours. */
enum text_language text_language_of(str tag);

struct text;
struct text *text_open(void);
void text_close(struct text *t); /* NULL is a no-op */

/* ---- at index time ---- */
struct text_token {
    str text;
    uint32_t position;
};
struct text_tokens { /* of one field; zero with an arena is an empty one */
    struct arena *arena;
    struct text_token *tokens;
    size_t n, cap;
    uint32_t next; /* position of the next text's first word */
};
/* Adds the tokens of s. Any bytes will do: what is not UTF-8 parts words. */
void text_tokens_add(
    struct text *t, enum text_language language, str s, struct text_tokens *tokens);
/* Of a product's title, those words that say what it is: not "laptop" in "bag for laptop" or in
 * "laptop bag". `types` may be NULL: then only words after "for", "with" and so on are left out. */
struct text_types;
void text_tokens_add_lead(struct text *t, const struct text_types *types,
    enum text_language language, str title, struct text_tokens *tokens);

/* ---- synonyms ---- */
struct text_synonym {
    str term, replacement; /* words or phrases */
    bool one_way;          /* `term` finds `replacement`, not the other way round */
};
/* English ones to begin with. */
extern const struct text_synonym text_synonyms_common[12];
/* The synonyms of a language from now on; queries being read keep theirs. Copies the rows. */
void text_synonyms_set(
    struct text *t, enum text_language language, const struct text_synonym *rows, size_t n);

/* ---- queries ---- */
/* What an index knows about words, asked while a query is read. */
struct text_dictionary {
    int64_t (*docs)(void *arg, str token); /* how many have it */
    /* Calls each(to, ...) for tokens within `distance` edits (a swap of neighbours is one). */
    void (*near)(void *arg, str word, unsigned distance,
        void (*each)(void *to, str token, int64_t docs), void *to);
    void *arg;
};
enum text_how {
    TEXT_EXACT,
    TEXT_STEM,   /* "laptops" for "laptop" */
    TEXT_JOINED, /* "usbc" for "usb-c" and "usb c" */
    TEXT_SPLIT,  /* "usb c" for "usb-c", "rtx 4090" for "rtx4090" */
    TEXT_UNIT,   /* the same amount */
    TEXT_SYNONYM,
    TEXT_PREFIX, /* the last word as the beginning of one */
    TEXT_HOWS_N,
};
struct text_way {
    enum text_how how;
    float weight;      /* of a match, 0..1 */
    const str *tokens; /* more than one: in a row */
    size_t n;
};
enum text_kind { TEXT_WORD, TEXT_PHRASE, TEXT_NUMBER, TEXT_MODEL };
struct text_term {
    enum text_kind kind;
    str typed;     /* folded, as typed: "usb-c" */
    bool excluded; /* must not match: -refurbished */
    bool idle;     /* a stop word among others: may be missing */
    bool beside;   /* after "for" or "with": what the product goes with, not what it is */
    const struct text_way *ways; /* any of them will do; the best counts */
    size_t ways_n;
};
struct text_query {
    const struct text_term *terms;
    size_t n;
    str plain; /* folded words with single blanks: equal queries are equal here */
    int head;  /* the term that names the product: "case" in "phone case"; -1: none */
    enum text_language language;
};
struct text_reading {
    enum text_language language;
    const struct text_dictionary *dictionary; /* NULL: no joined words that nothing suggests */
    bool begun;                               /* the last word may go on */
};
/* Results in the arena. Nothing is an error: a query without words has no terms. */
struct text_query text_query_read(
    struct text *t, struct arena *arena, struct text_reading how, str typed);

/* ---- spelling ---- */
struct text_correction {
    str text;  /* the whole query, to be read again; absent: nothing better is known */
    bool sure; /* every word typed was unknown and one correction stands out: may be used unasked */
};
/* Replaces words that no document has, or hardly one while a near word is very common. Never
 * touches numbers, models, phrases and excluded words. */
struct text_correction text_correct(struct text *t, struct arena *arena,
    const struct text_dictionary *dictionary, const struct text_query *q);
/* Edits from a to b: a wrong key costs less beside the right one, swaps and doubled letters cost
 * less, the first letter more. More than `most` is most + 1. Of letters and digits in UTF-8. */
float text_distance(str a, str b, float most);

/* ---- types of products ---- */
/* Learnt from categories and titles alone, by counting; no word has a rule of its own. */
struct text_lesson;
struct text_lesson *text_lesson_open(struct text *t, enum text_language language);
void text_lesson_without_pairs(struct text_lesson *lesson); /* words alone: for measures */
/* All categories before all titles. path: "computers/laptops", name: "Laptops & Netbooks". */
void text_lesson_category(struct text_lesson *lesson, str path, str name);
void text_lesson_title(struct text_lesson *lesson, str category_path, str title);
struct text_types *text_lesson_end(struct text_lesson *lesson); /* closes it */
void text_types_close(struct text_types *types);                /* NULL is a no-op */

struct text_type {
    str category_path; /* lives as long as the types */
    float share;       /* the likeliest has 1 */
};
/* Categories that the query may mean, likeliest first, at most n; how many there are. The head
 * names the product, other words narrow it. */
size_t text_types_of(const struct text_types *types, struct arena *arena,
    const struct text_query *q, struct text_type *ret, size_t n);

#endif
