/* SPDX-License-Identifier: Apache-2.0
 * Resident memory of the server with 20,000 products: when it has answered once, and after pages,
 * searches and carts have filled what it keeps. Called by `./dev bench memory`. */
#include <stdio.h>

#include "bench/bench_http.h"

struct making {
    struct bench_products products;
    str body;
};

static size_t make_page(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    (void)connection;
    struct making *m = arg;
    static const char *const words[] = { "laptop", "phone", "shirt", "lamp", "coffee", "garden",
        "book", "black", "wireless", "kit" };
    str product = m->products.product_ids[(size_t)n % m->products.n];
    const char *rest = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    switch (n % 4) {
    case 0:
        return (size_t)snprintf(to, room, "GET /api/v1/products/" STR_F "%s", STR_A(product), rest);
    case 1:
        return (size_t)snprintf(to, room, "GET /p/" STR_F "%s", STR_A(product), rest);
    case 2:
        return (size_t)snprintf(to, room, "GET /api/v1/search?q=%s&page=%d%s", words[(n / 4) % 10],
            (int)(1 + n / 40 % 50), rest);
    default:
        return (size_t)snprintf(to, room,
            "POST /api/v1/cart/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
            "\r\nContent-Length: %zu\r\n\r\n" STR_F,
            m->body.n, STR_A(m->body));
    }
}

static void say(struct bench *b, const char *name, const struct bench_server *s)
{
    double mb = (double)bench_rss_kb(s->pid) / 1024;
    bench_say(b, (struct bench_figure){ name, "rss", mb, "MB", 150, "budget-150MB", .ceiling = 1 });
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "memory");
    struct bench_server server;
    bench_server_start(
        b, (struct bench_server_opts){ .data = bench_demo(b, 20000) }, NULL, &server);
    bench_sleep_ms(500);
    say(b, "idle", &server);
    struct making m = { .products = bench_products_of(b, server.port, 5000) };
    (void)load_body(b, server.port, "/api/v1/search?q=laptop");
    say(b, "searched", &server);
    struct buf body = { .arena = b->arena };
    str product = m.products.product_ids[0];
    buf_add(&body, S("{\"productId\":\""));
    buf_add(&body, product);
    buf_add(&body, S("\",\"variantId\":\""));
    buf_add(&body, bench_variant_of(b, server.port, product));
    buf_add(&body, S("\",\"quantity\":1}"));
    m.body = buf_str(&body);
    struct load_opts opts = { .port = server.port,
        .connections = 64,
        .seconds = b->quick ? 10 : 40,
        .make = make_page,
        .arg = &m };
    struct load_result result;
    load_run(b, &opts, &result);
    if (result.broken || result.status[5])
        bench_wrong(b, "%lld answers 5xx, %lld connections lost", (long long)result.status[5],
            (long long)result.broken);
    bench_note(
        b, "%lld requests of mixed kinds, %.0f a second", (long long)result.requests, result.rate);
    say(b, "loaded", &server);
    bench_server_stop(b, &server);
    return bench_close(b);
}
