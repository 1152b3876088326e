/* SPDX-License-Identifier: Apache-2.0
 * What the files of the adapter over the database's text search share: words and match expressions,
 * names as numbers, the columns kept in memory, one pass over the matches. For search_*.c alone. */
#ifndef SOUK_PLATFORM_SEARCH_SEARCH_INTERNAL_H
#define SOUK_PLATFORM_SEARCH_SEARCH_INTERNAL_H

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "platform/search/search.h"

#define SEARCH_NONE UINT32_MAX /* no such name */
#define SEARCH_FILTERS_MAX 48  /* attributes filtered on at once */

/* ---- search_text.c: words ---- */
/* Folded words parted by single blanks: all that ever reaches the index or a match expression. At
 * most `max` bytes of s are looked at, and 64 of each word. */
str search_words(struct arena *arena, str s, size_t max);
/* Other ways to write what looks like a model number in s: "DV7-1211ea" gives "dv71211ea dv 7 1211
 * ea". */
void search_codes_add(struct buf *out, str s);
/* The first n words of what search_words made. */
str search_words_first(str words, size_t n);

/* The last part of a path: "laptop-bags". */
str search_category_name(str path);
/* Singular and plural are the same: "bag" and "bags". */
bool search_same_word(str a, str b);
/* Whether one of `words` is the word, or another name of it: "notebook" for "laptop". */
bool search_has_word(str words, str word);

enum search_how {
    SEARCH_HOW_ALL,   /* every word */
    SEARCH_HOW_BEGUN, /* every word, the last one as the beginning of a word as well */
    SEARCH_HOW_SOME,  /* any word */
};
/* `words` is not empty and comes from search_words. */
str search_expression(struct arena *arena, enum db_engine engine, str words, enum search_how how);

/* ---- search_dict.c: texts as numbers from 0 ---- */
struct search_dict {
    struct arena *arena;
    str *texts;
    uint32_t *slots; /* number + 1, 0 is free */
    uint32_t n, cap, slots_cap;
};
uint32_t search_dict_find(const struct search_dict *dict, str text);
uint32_t search_dict_put(struct search_dict *dict, str text); /* copies a new text */

/* Texts that differ in case and marks alone are one name, shown as first seen. */
struct search_names {
    struct search_dict spelled, folded;
    uint32_t *name_of; /* of each spelling */
    str *shown;
    uint32_t *docs; /* how many documents have it */
    uint32_t spelled_cap, shown_cap, docs_cap;
};
uint32_t search_names_find(const struct search_names *names, struct arena *scratch, str text);
uint32_t search_names_put(struct search_names *names, struct arena *scratch, str text);

/* ---- search_cache.c: columns of all documents, by their numbers ---- */
#define SEARCH_BLOCK 4096
enum { SEARCH_ALIVE = 1, SEARCH_PRIME = 2, SEARCH_IN_STOCK = 4 };
struct search_block {
    id ids[SEARCH_BLOCK];
    int64_t price[SEARCH_BLOCK], released_ms[SEARCH_BLOCK];
    uint32_t *values[SEARCH_BLOCK]; /* numbers in search_cache.values, no number twice */
    uint32_t brand[SEARCH_BLOCK], category[SEARCH_BLOCK];
    uint32_t leads[2][SEARCH_BLOCK]; /* the first two and three words of the title, in `terms` */
    uint32_t rating_count[SEARCH_BLOCK], popularity[SEARCH_BLOCK];
    uint16_t values_n[SEARCH_BLOCK], rating[SEARCH_BLOCK];
    uint8_t flags[SEARCH_BLOCK];
};
struct search_value {
    uint32_t attribute; /* number in search_cache.attributes */
    str shown;
};
struct search_suffix { /* a completion from one of its words on */
    str text;
    uint32_t term;
};
struct search_cache {
    pthread_rwlock_t lock; /* guards all that follows */
    struct arena *arena;
    int64_t changed; /* what has been seen of search_state.changed */
    uint32_t docs_n; /* one more than the greatest number */
    uint32_t blocks_cap;
    struct search_block **blocks;
    struct search_names brands, attributes;
    struct search_dict categories;
    uint32_t *category_docs, category_cap, category_names_cap;
    str *category_names; /* words of the path's last part */
    str *labels;         /* of attributes */
    uint32_t labels_cap;
    struct search_dict values_spelled, values_folded;
    uint32_t *value_of; /* of each spelling */
    uint32_t value_of_cap, values_cap;
    struct search_value *values; /* values_folded.n of them */
    uint32_t *pool;              /* where lists of values are cut from */
    size_t pool_left;
    struct search_dict terms; /* completions: leading words of titles */
    uint32_t *term_docs, terms_cap;
    struct arena *suffix_arena; /* of what follows */
    struct search_suffix *suffixes;
    size_t suffixes_n;
    uint32_t suffixes_of; /* the first so many terms are in there */
    struct arena *vocabulary_arena;
    struct search_dict vocabulary; /* words of titles, for corrections */
    uint32_t *vocabulary_docs, vocabulary_cap;
    int64_t vocabulary_changed;
};
struct search_sql {
    struct db *db;
    struct search_cache cache;
};
struct search_cache *search_cache_init(struct search_cache *cache);
void search_cache_release(struct search_cache *cache);
/* Learns what has changed since. Afterwards the cache is at least as new as the unit's reads. */
err search_cache_refresh(struct search_sql *s, struct cx *cx) MUST_USE;
/* Held to the end of the scope: SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(cache); */
#define SEARCH_HELD DEFER(search_unlock) __attribute__((unused))
pthread_rwlock_t *search_lock_shared(struct search_cache *cache);
void search_unlock(pthread_rwlock_t **lock);
/* Makes an array of cap elements of `size` bytes hold one of index n. */
void *search_room(struct arena *arena, void *p, uint32_t *cap, uint32_t n, size_t size);

/* ---- search_match.c: one pass over the matches ---- */
struct search_match {
    uint32_t doc;
    float score; /* of the text */
};
struct search_hit {
    uint64_t key; /* smaller is earlier; equal ones by id */
    uint32_t doc;
};
/* Facets that have a filter of their own; attributes follow the last. */
enum search_part {
    SEARCH_PART_CATEGORY,
    SEARCH_PART_BRAND,
    SEARCH_PART_PRICE,
    SEARCH_PART_RATING,
    SEARCH_PART_PRIME,
    SEARCH_PART_IN_STOCK,
    SEARCH_PART_ATTRIBUTE,
};
#define SEARCH_BOUNDS_MAX 160
struct search_pass {
    const struct search_cache *cache;
    const struct search_query *q;
    struct arena *arena;
    /* filters, by number */
    const uint8_t *category_ok, *brand_ok; /* NULL: all */
    uint64_t *value_bit;                   /* the filter that a value satisfies; NULL: none */
    uint8_t *attribute_part;               /* filter + 1 of each attribute */
    uint64_t filters;                      /* a bit for each filter on attributes */
    /* tallies */
    const float *category_boost;    /* of relevance, when the text names the category */
    const uint32_t *category_child; /* number of the child that a category is in */
    str *children;
    uint32_t children_n;
    uint32_t *child_docs, *brand_docs, *value_docs;
    const int64_t *bounds;
    size_t bounds_n;
    int64_t price_docs[SEARCH_BOUNDS_MAX + 1];
    int64_t rating_docs[6], prime_docs, in_stock_docs, total;
    /* the page */
    bool has_after;
    struct search_hit after; /* of the token: only later ones */
    id after_id;
    int64_t later;           /* hits after it */
    struct search_hit *heap; /* the first `heap_max` of them; the last of these on top */
    size_t heap_n, heap_max;
};
static inline const struct search_block *search_block_of(
    const struct search_cache *cache, uint32_t doc)
{
    return cache->blocks[doc / SEARCH_BLOCK];
}
err search_pass_init(struct search_pass *pass, struct cx *cx, const struct search_cache *cache,
    const struct search_query *q, str words) MUST_USE;
void search_pass_doc(struct search_pass *pass, struct search_match match);

/* ---- search_page.c: sort keys, the page, its token ---- */
/* How much more relevant documents of each category are to a text. */
const float *search_category_boosts(
    struct arena *arena, const struct search_cache *cache, str words);
/* Makes room for the page, and reads the token. `matches` may be NULL: all. */
err search_page_init(struct search_pass *pass, struct cx *cx, const struct search_match *matches,
    size_t matches_n) MUST_USE;
void search_page_add(struct search_pass *pass, struct search_match match);
void search_page_result(struct search_pass *pass, struct cx *cx, struct search_result *ret);
/* What search_pass tallied, as facets. Defined in search_facets.c. */
void search_facets_result(struct search_pass *pass, struct search_result *ret);
/* Bounds of price ranges, ascending; their number is at most SEARCH_BOUNDS_MAX. */
const int64_t *search_bounds(struct arena *arena, size_t *ret_n);
/* Ranges between some of these bounds, from how many are below each of them (bounds_n + 1). */
const struct search_range *search_ranges(struct arena *arena, const int64_t *bounds,
    size_t bounds_n, const int64_t *docs, size_t *ret_n);
/* Sorts, and cuts to what is shown; selected ones stay. How many are left. */
size_t search_counts_cut(struct search_count *counts, size_t n);
struct search_facet_figures { /* of an attribute */
    int64_t docs, values, total;
    bool filtered;
};
int64_t search_facet_worth(struct search_facet_figures in); /* the higher, the rather shown */

/* ---- search_complete.c, search_correct.c ---- */
err search_complete(void *self, struct cx *cx, str prefix, str **ret, size_t *ret_n);
/* `words` with those that no document has replaced by near ones; absent when there is nothing to
 * replace or nothing near. */
err search_correct(struct search_sql *s, struct cx *cx, str words, str *ret) MUST_USE;
/* search_write.c */
/* Signals as search_doc has them: a byte each, the logarithm to base 4 in 127ths from 128 on. */
err search_signals_put(void *self, struct cx *cx, const struct search_signals *rows, size_t n);
unsigned search_signal_code(int64_t thousandths);
const void *search_prepare(void *self, struct arena *arena, const struct search_doc *doc);
err search_put(void *self, struct cx *cx, const struct search_doc *docs, size_t n);
err search_remove(void *self, struct cx *cx, const id *product_ids, size_t n);

#endif
