/* SPDX-License-Identifier: Apache-2.0
 * The rival of the checkout: the same two units of work an order, executed from closures straight
 * on the database port, without HTTP, without the provider and without what follows from events. */
#ifndef SOUK_BENCH_RAW_H
#define SOUK_BENCH_RAW_H

#include "bench/bench_shop.h"

struct bench_raw {
    double rate; /* orders a second */
    int64_t orders;
    double p99_ms;
};
/* `outstanding` orders at a time for so many seconds. */
void bench_raw_run(struct bench_shop *s, size_t outstanding, double seconds, struct bench_raw *ret);

#endif
