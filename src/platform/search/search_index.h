/* SPDX-License-Identifier: Apache-2.0
 * The search port over our own engine (platform/index, platform/text), in this process. The tables
 * of the adapter over the database are its change log: what is put is written there, and each
 * process reads from there what its own index lacks. Files are a snapshot that saves the reading;
 * they are never the truth.
 *
 * Until the index holds all there is, and whenever it is made anew, the adapter over the database
 * answers; callers do not notice. Never started (commands, imports), it is that adapter. */
#ifndef SOUK_PLATFORM_SEARCH_SEARCH_INDEX_H
#define SOUK_PLATFORM_SEARCH_SEARCH_INDEX_H

#include "platform/search/search.h"

/* What the change log does not keep, from whoever does. In a READ unit, results in cx->arena. */
struct search_texts {
    str description, codes;
};
struct search_source {
    /* ret has n elements, zero for products that are gone. */
    err (*texts)(
        void *self, struct cx *cx, const id *product_ids, size_t n, struct search_texts *ret);
    /* Paths of categories with their names: "computers/laptops", "Laptops & Netbooks". */
    err (*categories)(void *self, struct cx *cx, str **ret_paths, str **ret_names, size_t *ret_n);
    void *self;
};
/* What relevance is made of, so that a measure may leave some of it out. */
enum search_technique {
    SEARCH_BY_FIELD = 1 << 0,  /* weights and lengths of fields; else all count the same */
    SEARCH_FORMS = 1 << 1,     /* stems and plurals */
    SEARCH_COMPOUNDS = 1 << 2, /* joined and parted words, amounts */
    SEARCH_SYNONYMS = 1 << 3,
    SEARCH_LEAD = 1 << 4,      /* words of the title that say what it is, as a field */
    SEARCH_TYPES = 1 << 5,     /* categories that the query means */
    SEARCH_PAIRS = 1 << 6,     /* ... also by two words in a row */
    SEARCH_NAMED = 1 << 7,     /* the query's noun is what the product is */
    SEARCH_NEAR = 1 << 8,      /* words of the query in a row in the title */
    SEARCH_REACH = 1 << 9,     /* fewer words when few products have all */
    SEARCH_CATEGORY = 1 << 10, /* words of the category's name, as if of the description */
    SEARCH_MODEL = 1 << 11,    /* the product whose title has the model number */
};
/* How much some of it counts. */
struct search_tuning {
    float type;      /* of the category that is meant most likely, added to 1; */
    float sharpness; /* times its share to this power */
    float named;     /* of the noun of the query where it names the product */
    float near;      /* of two terms in a row in the title */
    float whole;     /* of all terms together, where some would do */
    float model;     /* of a model number as it was typed, in the title */
};
extern const struct search_tuning search_tuning_usual;
struct log;
struct search_index_opts {
    struct db *db;
    struct search *sql; /* search_sql_open; outlives this */
    struct log *log;    /* may be NULL */
    str folder;         /* of the snapshot; "-2" and so on is added when another process has it */
    const struct search_weights *weights; /* NULL: the usual ones */
    unsigned without;                     /* search_technique; for measures alone */
};
err search_index_open(
    struct arena *life, struct cx *cx, struct search_index_opts opts, struct search *ret) MUST_USE;
/* For measures, while nobody queries: in place of the usual. */
void search_index_tune(struct search *search, const struct search_tuning *tuning);
/* Before any query: begins to follow, on a thread of its own. Returns at once. */
void search_index_start(struct search *search, struct search_source source);
/* In place of the thread, for tests: in this one, until nothing is left to do. Outside of units. */
err search_index_settle(struct search *search, struct cx *cx, struct search_source source) MUST_USE;
/* Stops following and saves what is new. A zero *search is a no-op. Nobody may be querying. */
void search_index_close(struct search *search);

#endif
