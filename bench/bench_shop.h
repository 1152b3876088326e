/* SPDX-License-Identifier: Apache-2.0
 * A shop opened in this process, without its server: to fill it with what a measurement needs, and
 * to run rivals on the same tables. One process at a time on a SQLite folder. */
#ifndef SOUK_BENCH_SHOP_H
#define SOUK_BENCH_SHOP_H

#include "app/app.h"
#include "bench/bench.h"

struct bench_shop {
    struct bench *b;
    struct arena *life;
    struct config *config;
    struct app *app;
    id warehouse_id;
    id *product_ids, *variant_ids; /* one variant a product */
    size_t n;
};
struct bench_shop_opts {
    const char *data, *db; /* as of the server */
    size_t products;       /* made, with `stock` units each */
    int64_t stock, price_minor;
};
void bench_shop_open(struct bench *b, struct bench_shop_opts opts, struct bench_shop *ret);
void bench_shop_close(struct bench_shop *s);
/* Units on hand and reserved of the shop's i-th variant. */
struct bench_stock {
    int64_t on_hand, reserved;
};
struct bench_stock bench_shop_stock(struct bench_shop *s, size_t i);
/* A query under another owner's name, so that it may read that owner's tables: rivals only. */
const struct db_query *bench_as(struct bench *b, const struct db_query *q, const char *owner);
/* Dies with the problem's detail. */
void bench_must(struct bench *b, struct cx *cx, err e, const char *what);

#endif
