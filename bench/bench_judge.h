/* SPDX-License-Identifier: Apache-2.0
 * Judged queries and nDCG@10 of what was found. For bench/search-quality alone. */
#ifndef SOUK_BENCH_JUDGE_H
#define SOUK_BENCH_JUDGE_H

#include "bench/bench.h"

#define JUDGE_DEPTH 100 /* results that are looked at for judged ones */
#define JUDGE_QUERIES_MAX 200

struct judge_query {
    str text;
    struct judge_one {
        str source; /* "icecat:1229111" */
        int rating; /* 0 to 3 */
    } * judged;
    size_t n;
};
struct judge {
    struct judge_query *queries;
    size_t n;
};
/* CSV of query, product, rating, with a line of names; queries together. */
void judge_read(struct judge *judge, struct bench *b, const char *path);

int judge_rating(const struct judge_query *q, str source); /* -1: nobody judged it */

struct judge_score {
    double as_zero, removed; /* what unjudged results count */
    size_t n;                /* 0: nothing could be right. Of a mean: how many queries */
};
struct judge_scores {
    struct judge_score of[JUDGE_QUERIES_MAX];
    size_t n;
};
struct judge_score judge_score(const struct judge_query *q, const str *sources, size_t n);
/* Where what is missing of nDCG@10 (unjudged as wrong) is lost: `as_zero` and these add up to 1. */
struct judge_loss {
    double missed; /* right ones are not among the n found */
    double below;  /* are found, but not among the first ten */
    double order;  /* stand lower in the first ten than they might */
};
struct judge_loss judge_loss(const struct judge_query *q, const str *sources, size_t n);
/* nDCG@10 of ratings that need not be whole, at most 1; -1: nothing could be right. */
double judge_graded(const struct judge_query *q, const double *ratings, size_t n);
struct judge_score judge_mean(const struct judge_scores *all);
double judge_error(const struct judge_scores *all); /* standard error of the mean, removed */

#endif
