/* SPDX-License-Identifier: Apache-2.0
 * From the start of the process to the first answer, with 20,000 products in files that the system
 * still has in memory. Called by `./dev bench start`. */
#include "bench/bench_http.h"

#define REPS 7

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "start");
    struct bench_server_opts opts = { .data = bench_demo(b, 20000) };
    struct bench_server server;
    bench_server_start(b, opts, NULL, &server);
    struct bench_products products = bench_products_of(b, server.port, 1);
    bench_server_stop(b, &server);
    const char *product = str_c(
        b->arena, str_fmt(b->arena, "/api/v1/products/" STR_F, STR_A(products.product_ids[0])));
    const struct {
        const char *name, *path;
        double ceiling;
    } cases[] = { { "livez", "/livez", 1 }, { "product", product, 1 }, { "home", "/", 0 },
        { "search", "/api/v1/search?q=laptop", 0 } };
    double ms[COUNT(cases)][REPS];
    for (size_t rep = 0; rep < REPS; rep++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            bench_server_start(b, opts, cases[i].path, &server);
            ms[i][rep] = server.start_s * 1000;
            bench_server_stop(b, &server);
        }
    for (size_t i = 0; i < COUNT(cases); i++)
        bench_say(
            b, (struct bench_figure){ cases[i].name, "first-answer", bench_median(ms[i], REPS),
                   "ms", 150, "budget-150ms", .ceiling = cases[i].ceiling });
    return bench_close(b);
}
