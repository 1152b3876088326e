/* SPDX-License-Identifier: Apache-2.0
 * Ranking by every technique of platform/text, each of which can be switched off: tokens in memory
 * and exhaustive BM25F. For bench/search-quality alone: it says what a technique is worth, not how
 * fast it is. */
#ifndef SOUK_BENCH_RANK_H
#define SOUK_BENCH_RANK_H

#include "platform/text/text.h"

enum rank_field {
    RANK_TITLE,
    RANK_LEAD,
    RANK_BRAND,
    RANK_KIND,
    RANK_ATTRIBUTES,
    RANK_TEXT,
    RANK_FIELDS_N
};
struct rank_product {
    str source, title, brand, description, path;
    str kind;       /* values of attributes that are named "type" */
    str attributes; /* values of the others */
};
struct rank_opts {
    bool fields;    /* weights, lengths and saturation by field */
    bool forms;     /* stems and plurals */
    bool compounds; /* joined, split, amounts */
    bool synonyms;
    bool lead;  /* a field of the nouns of titles */
    bool types; /* categories that the query means */
    bool near;  /* words of the query in a row in the title */
};
struct rank;
struct rank *rank_open(struct arena *arena);
void rank_category(struct rank *r, str path, str name); /* all before rank_learn */
void rank_learn(struct rank *r, const struct rank_product *products, size_t n);
void rank_close(struct rank *r);
/* Numbers of the best products, at most `max`. */
size_t rank_find(struct rank *r, struct rank_opts opts, str typed, size_t *ret, size_t max);

#endif
