/* SPDX-License-Identifier: Apache-2.0
 * Model numbers as people write them and slips of the hand, made by a program from titles: what is
 * found of what was meant. For bench/search-quality alone. */
#ifndef SOUK_BENCH_STRESS_H
#define SOUK_BENCH_STRESS_H

#include "bench/bench.h"

#define STRESS_DEPTH 10
/* Indexes of the titles found first, at most STRESS_DEPTH; how many. */
struct stress_shop {
    size_t (*ask)(void *arg, str query, size_t *ret);
    void *arg;
    const str *titles;
    size_t n;
};
/* A table of every way of writing, and figures of all model numbers, words and titles. */
void stress_say(struct bench *b, const struct stress_shop *shop);

#endif
