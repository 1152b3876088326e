/* SPDX-License-Identifier: Apache-2.0
 * A catalogue of any size whose words, brands and categories are as unevenly frequent as real ones
 * (Zipf), and queries as buyers type them, of words of its products. For bench/index.c. Each run
 * makes the same products. */
#ifndef SOUK_BENCH_BENCH_CATALOGUE_H
#define SOUK_BENCH_BENCH_CATALOGUE_H

#include "base/rng.h"
#include "platform/index/index_query.h"

enum { CATALOGUE_TITLE, CATALOGUE_BRAND, CATALOGUE_PATH, CATALOGUE_BODY, CATALOGUE_EXTRA };
#define CATALOGUE_TEXTS 5
enum { CATALOGUE_OF_BRAND, CATALOGUE_OF_CATEGORY };
enum { CATALOGUE_PRICE, CATALOGUE_RATING, CATALOGUE_REVIEWS, CATALOGUE_SALES, CATALOGUE_CREATED };
enum { CATALOGUE_PRIME, CATALOGUE_STOCK };
#define CATALOGUE_WORDS 60000
#define CATALOGUE_QUERY_WORDS 3

extern const struct index_schema bench_catalogue_schema;

struct bench_catalogue;
struct bench_catalogue *bench_catalogue_open(struct arena *arena);
/* The next product, in the arena. */
struct index_doc bench_catalogue_next(struct bench_catalogue *c, struct arena *arena);
/* A query of one to three words of the product made last. */
struct bench_words {
    str words[CATALOGUE_QUERY_WORDS];
    size_t n;
};
struct bench_words bench_catalogue_query(struct bench_catalogue *c);
/* The i-th most frequent word. */
str bench_catalogue_word(const struct bench_catalogue *c, size_t i);
/* A text of a product as one string, for rivals. */
str bench_catalogue_text(struct arena *arena, const struct index_doc *doc, size_t field);

#endif
