/* SPDX-License-Identifier: Apache-2.0
 * Small parts of measurements over HTTP. Called by the programs that talk to the server; must never
 * take an error for an answer. */
#include "bench/bench_http.h"

#include <stdio.h>
#include <string.h>

str bench_json_text(str json, const char *name)
{
    char key[64];
    int n = snprintf(key, sizeof key, "\"%s\":", name);
    ptrdiff_t at = str_find(json, (str){ key, (size_t)n }, 0);
    if (at < 0)
        return (str){ 0 };
    str rest = str_skip(json, (size_t)at + (size_t)n);
    if (rest.n && rest.p[0] == '"') {
        ptrdiff_t end = str_find_char(rest, '"', 1);
        return end < 0 ? (str){ 0 } : str_sub(rest, 1, (size_t)end - 1);
    }
    size_t end = 0;
    while (end < rest.n && !memchr(",}]", rest.p[end], 3))
        end++;
    return str_sub(rest, 0, end);
}

struct bench_products bench_products_of(struct bench *b, int port, size_t n_max)
{
    struct bench_products p = { .product_ids = NEW_N(b->arena, n_max, str) };
    for (int page = 1; page <= 50 && p.n < n_max; page++) {
        const char *path =
            str_c(b->arena, str_fmt(b->arena, "/api/v1/products?limit=100&page=%d", page));
        str rest = load_body(b, port, path);
        size_t before = p.n;
        for (;;) {
            str found = bench_json_text(rest, "productId");
            if (!found.p || p.n == n_max)
                break;
            p.product_ids[p.n++] = found;
            rest = str_skip(rest, (size_t)(found.p - rest.p) + found.n);
        }
        if (p.n == before)
            break;
    }
    if (p.n == 0)
        bench_die(b, "the shop has no products");
    return p;
}

str bench_variant_of(struct bench *b, int port, str product_id)
{
    str body = load_body(
        b, port, str_c(b->arena, str_fmt(b->arena, "/api/v1/products/" STR_F, STR_A(product_id))));
    str found = bench_json_text(body, "variantId");
    if (!found.p)
        bench_die(b, "a product without variants");
    return found;
}

str bench_post(struct bench *b, const char *path, const char *headers, str body)
{
    return str_fmt(b->arena,
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s"
        "Content-Length: %zu\r\n\r\n" STR_F,
        path, headers, body.n, STR_A(body));
}

void bench_series_add(struct bench_series *s, const struct load_result *r, double cpu_s)
{
    s->rate[s->n] = r->rate;
    s->p50_ms[s->n] = r->p50_ms;
    s->p99_ms[s->n] = r->p99_ms;
    s->cpu_us[s->n] = r->requests ? cpu_s * 1e6 / (double)r->requests : 0;
    s->n++;
}

struct bench_medians bench_series_of(struct bench_series *s)
{
    return (struct bench_medians){ .rate = bench_median(s->rate, s->n),
        .p50_ms = bench_median(s->p50_ms, s->n),
        .p99_ms = bench_median(s->p99_ms, s->n),
        .cpu_us = bench_median(s->cpu_us, s->n) };
}

void bench_expect(struct bench *b, const char *what, const struct load_result *r, int class)
{
    if (r->requests == 0 || r->broken || r->status[class] != r->requests)
        bench_wrong(b, "%s: %lld answers, %lld of them %dxx, %lld connections lost", what,
            (long long)r->requests, (long long)r->status[class], class, (long long)r->broken);
}
