/* SPDX-License-Identifier: Apache-2.0
 * What measurements over HTTP share: ids of products, requests, medians of repeated loads. */
#ifndef SOUK_BENCH_HTTP_H
#define SOUK_BENCH_HTTP_H

#include "bench/bench_load.h"

/* Ids of products and of their first variants, as text, from the lists of the API. */
struct bench_products {
    str *product_ids;
    size_t n;
};
struct bench_products bench_products_of(struct bench *b, int port, size_t n_max);
/* The text after "name":" or the number after "name": in a JSON text; absent when not there. */
str bench_json_text(str json, const char *name);
/* The first variant of a product, asked from the server. */
str bench_variant_of(struct bench *b, int port, str product_id);
/* "POST path" with a JSON body and more header lines. */
str bench_post(struct bench *b, const char *path, const char *headers, str body);

/* Repetitions of one case. */
#define BENCH_REPS_MAX 16
struct bench_series {
    double rate[BENCH_REPS_MAX], p50_ms[BENCH_REPS_MAX], p99_ms[BENCH_REPS_MAX],
        cpu_us[BENCH_REPS_MAX];
    size_t n;
};
void bench_series_add(struct bench_series *s, const struct load_result *r, double cpu_s);
/* Takes the medians. */
struct bench_medians {
    double rate, p50_ms, p99_ms, cpu_us;
};
struct bench_medians bench_series_of(struct bench_series *s);
/* Dies unless all answers were of the class, 2 for 2xx. */
void bench_expect(struct bench *b, const char *what, const struct load_result *r, int class);

#endif
