/* SPDX-License-Identifier: Apache-2.0
 * What the files of the adapter over our own engine share: the schema, spellings of names, the
 * place in the change log, a query being answered. For search_index*.c alone. */
#ifndef SOUK_PLATFORM_SEARCH_SEARCH_INDEX_INTERNAL_H
#define SOUK_PLATFORM_SEARCH_SEARCH_INDEX_INTERNAL_H

#include <stdatomic.h>

#include "platform/index/index_query.h"
#include "platform/search/search_index.h"
#include "platform/search/search_internal.h"
#include "platform/text/text.h"

/* Changes whenever documents become other tokens or columns: older snapshots are made anew. */
#define SEARCH_INDEX_VERSION 3

enum {
    TEXT_TITLE,
    TEXT_LEAD,
    TEXT_BRAND,
    TEXT_KIND,
    TEXT_ATTRIBUTES,
    TEXT_BODY,
    TEXT_CODES,
    TEXT_FIELDS_N
};
enum { KEY_BRAND, KEY_CATEGORY, KEYS_N };
enum {
    NUMBER_PRICE,
    NUMBER_RATING,
    NUMBER_RATING_ORDER,
    NUMBER_RELEASED,
    NUMBER_POPULARITY,
    NUMBER_STOCK,
    NUMBER_QUALITY,
    NUMBER_TEXTS_HASH,
    NUMBER_SIGNALS, /* SIGNAL_*_AT */
    NUMBERS_N
};
/* Places in NUMBER_SIGNALS: logarithms to base 4. */
#define SIGNAL_NEUTRAL 128 /* of 8 bits, in 127ths */
#define SIGNAL_PRICE_AT 24
#define SIGNAL_PRICE_NEUTRAL 64 /* of 7 bits, in 63rds: a column of 32 bits must do */
enum { FLAG_PRIME, FLAG_STOCK, FLAGS_N };
/* `texts` has room for TEXT_FIELDS_N. */
struct index_schema search_index_schema(unsigned without, struct index_text_field *texts);

/* ---- search_index_names.c: one spelling for names that differ in case and marks alone ---- */
struct search_spellings {
    pthread_rwlock_t lock; /* guards all that follows, and `types` of the index */
    struct arena *arena;
    struct search_names brands, attributes;
    str *full; /* of each attribute: "colour RS Colour", as the index has it */
    uint32_t full_cap;
    struct search_dict values; /* "NUMBER US folded value" */
    str *shown;                /* of each value */
    uint32_t shown_cap;
};
#define SEARCH_LABEL_MARK '\x1e'
void search_spellings_open(struct search_spellings *s);
void search_spellings_close(struct search_spellings *s);
/* Learns a new one, and gives the one spelling; lives as long as the spellings. */
str search_spelling_of_brand(struct search_spellings *s, struct arena *scratch, str brand);
struct search_pair {
    str full, value;
};
struct search_pair search_spelling_of_value(
    struct search_spellings *s, struct arena *scratch, struct search_attribute in);
/* Of what is asked for; the text itself when nobody spells it. */
str search_spelling_find_brand(struct search_spellings *s, struct arena *arena, str brand);
struct search_pair search_spelling_find_value(
    struct search_spellings *s, struct arena *arena, str name, str value);
/* Those that an index has. */
err search_spellings_learn(struct search_spellings *s, struct cx *cx, struct index *ix) MUST_USE;
/* "colour RS Colour" in its parts. */
void search_label_cut(str full, str *ret_name, str *ret_label);

/* ---- search_index_prices.c: what products of a category cost ---- */
struct search_prices {
    struct search_dict paths; /* of categories with enough products */
    int64_t *medians;
};
/* Of n products; path_of is in `paths`. In the arena. */
struct search_prices search_prices_of(struct arena *arena, const struct search_dict *paths,
    const uint32_t *path_of, const int64_t *prices, uint32_t n);
/* The same categories, with medians within a hundredth. */
bool search_prices_same(const struct search_prices *a, const struct search_prices *b);
/* SIGNAL_PRICE_NEUTRAL where nothing is known. */
unsigned search_price_code(const struct search_prices *prices, str path, int64_t price);

/* ---- search_index_rank.c: the factors of relevance ---- */
/* All of them together: whatever is known of a product, it counts for no more than twice its text
 * and no less than half of it. */
#define SEARCH_FACTORS_LEAST 0.5f
#define SEARCH_FACTORS_MOST 2.0f
#define SEARCH_POINTS_MAX 8
struct search_ranking {
    struct search_weights weights;
    struct index_point points[SEARCH_WEIGHTS_N][SEARCH_POINTS_MAX];
    float tables[SEARCH_WEIGHTS_N][256]; /* of small values */
    struct index_factor factors[SEARCH_WEIGHTS_N];
    size_t n;
};
struct search_ranking search_ranking_of(const struct search_weights *weights);
/* The same as of today, for one query: freshness moves. */
const struct index_factor *search_ranking_now(const struct search_ranking *r, struct cx *cx);

/* ---- the adapter ---- */
struct search_place { /* in the change log: all up to here is in the index */
    int64_t changed, doc;
};
struct search_index {
    struct db *db;
    struct search *sql;
    struct log *log;
    struct search_source source;
    struct arena *life; /* of the folder's name */
    str folder;         /* absent: no files */
    int lock_fd;
    id identity;
    struct text *text;
    unsigned without; /* search_technique */
    struct search_tuning tuning;
    struct index_text_field texts[TEXT_FIELDS_N];
    struct search_spellings spellings;
    struct text_types *types; /* may be NULL; under the spellings' lock */
    struct arena *prices_arena;
    struct search_prices prices; /* under the spellings' lock */
    struct search_ranking ranking;
    int64_t types_docs; /* how many documents they were learnt from */
    struct index *ix;
    atomic_bool ready;
    atomic_bool spelled; /* the spellings are known: filters by name and new documents may come */
    /* following; under `apply` */
    pthread_mutex_t apply;
    struct search_place place;
    int64_t saved_ms; /* the thread's, as these */
    int64_t priced_ms, priced_changed;
    atomic_llong unsaved; /* rows since the last snapshot */
    atomic_llong seen;    /* = place.changed */
    atomic_bool lagging;  /* more is to be done than a query should do itself */
    /* the thread */
    bool running;
    pthread_t thread;
    pthread_mutex_t wake_lock;
    pthread_cond_t wake;
    bool woken, stop;
};

/* search_index_follow.c */
err search_index_catch_up(struct search_index *s, struct cx *cx, int64_t changed) MUST_USE;
err search_index_begin(struct search_index *s, struct cx *cx) MUST_USE;
err search_index_go_on(struct search_index *s, struct cx *cx, bool *ret_more) MUST_USE;
err search_index_renew(struct search_index *s, struct cx *cx) MUST_USE;
/* Medians of prices anew, and where each price stands beside them. */
err search_index_reprice(struct search_index *s, struct cx *cx) MUST_USE;
void search_index_save(struct search_index *s, struct cx *cx);
void search_index_unlock(struct search_index *s);

/* search_index_learn.c */
err search_index_learn(struct search_index *s, struct cx *cx) MUST_USE;
/* The medians alone. *ret_changed: prices stand elsewhere beside them. */
err search_index_learn_prices(struct search_index *s, struct cx *cx, bool *ret_changed) MUST_USE;

/* ---- search_index_doc.c: rows to documents ---- */
struct search_row { /* of the change log */
    int64_t doc, changed, texts_hash;
    struct search_doc product;
    str attributes; /* "name US label US value RS" and so on */
    int64_t signals;
    bool removed;
};
/* "mobile phones" of "phones/mobile-phones". */
str search_category_words(struct arena *arena, str path);
/* Makes the tokens; all in the arena. */
struct index_doc search_index_doc(struct search_index *s, struct arena *arena,
    const struct search_row *row, struct search_texts texts);
/* NUMBER_SIGNALS of a row. */
int64_t search_index_signals(struct search_index *s, const struct search_row *row);
/* Columns of a row whose texts are as they were. */
void search_index_columns(struct search_index *s, struct index *ix, const struct search_row *row);

/* ---- search_index_query.c, search_index_tree.c, search_index_facets.c ---- */
enum search_reach {     /* how far a text reaches, the next when too few are found */
    SEARCH_REACH_ALL,   /* every word */
    SEARCH_REACH_BEGUN, /* the last one may be the beginning of a word */
    SEARCH_REACH_MOST,  /* all but one */
    SEARCH_REACH_SOME,  /* any, and the model numbers and phrases */
    SEARCH_REACH_ANY,   /* any */
    SEARCH_REACHES_N,
};
struct search_tree {
    const struct index_node *root; /* NULL: every document */
    const struct index_boost *boosts;
    size_t boosts_n;
    size_t words; /* that are needed */
    bool nothing; /* no words, though something was typed */
    bool ended;   /* the last word is one that products have: no beginning of another */
};
struct text_query search_index_read(struct search_index *s, struct cx *cx, str text, bool begun);
struct search_tree search_index_tree(struct search_index *s, struct cx *cx,
    const struct text_query *q, enum search_reach reach, bool ranked);
/* Needs all words where a product says what it is: not in its attributes and description. */
const struct index_node *search_index_titled(
    struct search_index *s, struct cx *cx, const struct text_query *q);
struct text_dictionary search_index_dictionary(struct search_index *s, struct cx *cx);
err search_index_query(struct search_index *s, struct cx *cx, const struct search_query *q,
    struct search_result *ret) MUST_USE;

/* search_index_rank.c: of each product found, in order. */
err search_index_why(struct search_index *s, struct cx *cx, const struct index_query *q,
    const struct index_result *found, const struct search_why **ret) MUST_USE;

/* search_index_complete.c */
err search_index_complete(
    struct search_index *s, struct cx *cx, str prefix, str **ret, size_t *ret_n) MUST_USE;

enum {
    FACET_BRAND,
    FACET_CATEGORY,
    FACET_PRICE,
    FACET_RATING,
    FACET_PRIME,
    FACET_STOCK,
    FACET_ATTRIBUTES,
    SEARCH_FACETS_N
};
void search_index_facets(struct arena *arena, struct index_facet *ret); /* SEARCH_FACETS_N */
void search_index_facets_result(struct search_index *s, struct cx *cx, const struct search_query *q,
    const struct index_result *found, struct search_result *ret);

#endif
