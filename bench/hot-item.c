/* SPDX-License-Identifier: Apache-2.0
 * One thousand buyers want one of fifty: how many attempts a second, and exactly fifty sold. Called
 * by `./dev bench hot-item`; must fail loudly when one more or one less was sold. */
#include <stdatomic.h>
#include <stdio.h>

#include "bench/bench_http.h"
#include "bench/bench_shop.h"

#define BUYERS 1000
#define UNITS 50

struct run {
    struct bench *b;
    const char *engine, *data, *db;
    struct bench_shop shop;
    str body;
    _Atomic int64_t sold, refused;
};

static size_t make_order(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    struct run *r = arg;
    return (size_t)snprintf(to, room,
        "POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "X-Cart-Token: hot-cart-%zu\r\nIdempotency-Key: hot-%lld\r\nContent-Length: "
        "%zu\r\n\r\n" STR_F,
        connection, (long long)n, r->body.n, STR_A(r->body));
}

static void took(void *arg, size_t connection, int64_t n, const struct load_reply *reply)
{
    (void)connection;
    (void)n;
    struct run *r = arg;
    if (reply->status == 201)
        atomic_fetch_add(&r->sold, 1);
    else if (reply->status == 409 && str_find(reply->body, S("insufficient_stock"), 0) >= 0)
        atomic_fetch_add(&r->refused, 1);
}

static void fill_body(struct run *r)
{
    struct buf out = { .arena = r->b->arena };
    buf_add(&out, S("{\"items\":[{\"productId\":\""));
    buf_add(&out, id_text(r->b->arena, r->shop.product_ids[0]));
    buf_add(&out, S("\",\"variantId\":\""));
    buf_add(&out, id_text(r->b->arena, r->shop.variant_ids[0]));
    buf_add(&out, S("\",\"quantity\":1}],\"shippingAddress\":{\"name\":\"Hal Hasty\","
                    "\"line1\":\"500 Market Street\",\"city\":\"San Francisco\",\"region\":\"CA\","
                    "\"postalCode\":\"94105\",\"country\":\"US\"},"
                    "\"paymentMethod\":{\"type\":\"credit_card\",\"token\":\"pm_card_visa\"},"
                    "\"email\":\"guest@example.com\"}"));
    r->body = buf_str(&out);
}

static void check(struct run *r, const struct load_result *result)
{
    id product_id = r->shop.product_ids[0], variant_id = r->shop.variant_ids[0];
    struct bench_shop again;
    bench_shop_open(r->b, (struct bench_shop_opts){ .data = r->data, .db = r->db }, &again);
    again.product_ids = &product_id;
    again.variant_ids = &variant_id;
    struct bench_stock left = bench_shop_stock(&again, 0);
    bench_shop_close(&again);
    if (r->sold != UNITS || left.on_hand != 0 || left.reserved != 0)
        bench_wrong(r->b, "%s: %lld answered as sold, %lld on hand, %lld reserved; %d to sell",
            r->engine, (long long)r->sold, (long long)left.on_hand, (long long)left.reserved,
            UNITS);
    if (r->sold + r->refused != result->requests || result->broken)
        bench_wrong(r->b, "%s: of %lld attempts %lld sold and %lld refused; %lld lost", r->engine,
            (long long)result->requests, (long long)r->sold, (long long)r->refused,
            (long long)result->broken);
}

static struct load_result attempt(
    struct bench *b, const char *engine, const char *data, const char *db)
{
    struct run r = { .b = b, .engine = engine, .data = data, .db = db };
    bench_shop_open(b,
        (struct bench_shop_opts){
            .data = data, .db = db, .products = 1, .stock = UNITS, .price_minor = 4900 },
        &r.shop);
    fill_body(&r);
    bench_shop_close(&r.shop);
    struct bench_server server;
    bench_server_start(b, (struct bench_server_opts){ .data = data, .db = db }, NULL, &server);
    struct load_opts opts = { .port = server.port,
        .connections = BUYERS,
        .requests_max = b->quick ? 20000 : 60000,
        .make = make_order,
        .took = took,
        .arg = &r };
    struct load_result result;
    load_run(b, &opts, &result);
    bench_server_stop(b, &server);
    check(&r, &result);
    bench_souk(b, data, db, (const char *const[]){ "check-data", NULL });
    return result;
}

int main(int argc, char **argv)
{
    static const char *const engines[] = { "sqlite", "postgresql" };
    struct bench *b = bench_open(argc, argv, "hot-item");
    struct bench_pg pg;
    bool has_pg = bench_wants(b, engines[1]) && bench_pg_start(b, &pg);
    if (bench_wants(b, engines[1]) && !has_pg)
        b->under++;
    struct bench_series series[2] = { 0 };
    size_t reps = b->quick ? 2 : 5;
    for (size_t rep = 0; rep < reps; rep++)
        for (size_t i = 0; i < 2; i++) {
            if (i == 0 ? !bench_wants(b, engines[0]) : !has_pg)
                continue;
            const char *name = str_c(b->arena, str_fmt(b->arena, "%s%zu", engines[i], rep));
            const char *data = bench_folder(b, name);
            const char *db = i ? bench_pg_database(b, &pg, name) : NULL;
            struct load_result result = attempt(b, engines[i], data, db);
            bench_series_add(&series[i], &result, 0);
        }
    for (size_t i = 0; i < 2; i++) {
        if (!series[i].n)
            continue;
        struct bench_medians m = bench_series_of(&series[i]);
        bench_say(b, (struct bench_figure){
                         engines[i], "rate", m.rate, "attempts/s", 10000, "budget", .floor = 1 });
        bench_say(b, (struct bench_figure){
                         engines[i], "p99", m.p99_ms, "ms", 150, "checkout-budget-150ms" });
        bench_say(b, (struct bench_figure){ engines[i], "sold", UNITS, "units", UNITS, "stock" });
    }
    if (has_pg)
        bench_pg_stop(b, &pg);
    return bench_close(b);
}
