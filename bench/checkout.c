/* SPDX-License-Identifier: Apache-2.0
 * Whole orders over HTTP, durable and paid, on both engines, beside the bare units of work on the
 * same tables. Called by `./dev bench checkout`; must end with `souk check-data` finding nothing.
 */
#include <stdio.h>
#include <string.h>

#include "bench/bench_http.h"
#include "bench/bench_raw.h"

#define VARIANTS 2000
#define STOCK 1000000

static const struct engine {
    const char *name;
    double floor; /* orders a second with 64 buyers or more */
} engines[] = { { "sqlite", 3000 }, { "postgresql", 1200 } };

static const size_t buyers[] = { 16, 64, 256 };

struct run {
    struct bench *b;
    const struct engine *engine;
    const char *data, *db;         /* the server's */
    const char *raw_data, *raw_db; /* the rival's */
    struct bench_shop raw;
    str *items; /* "{...}" of each variant */
    int64_t orders;
    int64_t first; /* of the numbers that make keys differ */
    struct bench_series http[COUNT(buyers)];
    double raw_rate[BENCH_REPS_MAX], raw_p99[BENCH_REPS_MAX];
    pid_t database; /* 0: it is in the server */
    double database_us[COUNT(buyers)][BENCH_REPS_MAX], raw_database_us[BENCH_REPS_MAX];
    size_t raw_n;
    size_t reps;
    double seconds;
};

static size_t make_order(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    struct run *r = arg;
    str item = r->items[(size_t)(r->first + n) % VARIANTS];
    return (size_t)snprintf(to, room,
        "POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "X-Cart-Token: bench-cart-%zu\r\nIdempotency-Key: bench-%lld\r\nContent-Length: "
        "%zu\r\n\r\n" STR_F,
        connection, (long long)(r->first + n), item.n, STR_A(item));
}

static str order_body(struct bench *b, id product_id, id variant_id)
{
    struct buf out = { .arena = b->arena };
    buf_add(&out, S("{\"items\":[{\"productId\":\""));
    buf_add(&out, id_text(b->arena, product_id));
    buf_add(&out, S("\",\"variantId\":\""));
    buf_add(&out, id_text(b->arena, variant_id));
    buf_add(&out, S("\",\"quantity\":1}],\"shippingAddress\":{\"name\":\"Gwen Guest\","
                    "\"line1\":\"500 Market Street\",\"city\":\"San Francisco\",\"region\":\"CA\","
                    "\"postalCode\":\"94105\",\"country\":\"US\",\"phone\":\"+1 415 555 0100\"},"
                    "\"paymentMethod\":{\"type\":\"credit_card\",\"token\":\"pm_card_visa\"},"
                    "\"deliverySpeed\":\"standard\",\"email\":\"guest@example.com\"}"));
    return buf_str(&out);
}

static void fill_shops(struct run *r)
{
    struct bench_shop_opts opts = {
        .data = r->data, .db = r->db, .products = VARIANTS, .stock = STOCK, .price_minor = 1999
    };
    struct bench_shop s;
    bench_shop_open(r->b, opts, &s);
    r->items = NEW_N(r->b->arena, VARIANTS, str);
    for (size_t i = 0; i < VARIANTS; i++)
        r->items[i] = order_body(r->b, s.product_ids[i], s.variant_ids[i]);
    bench_shop_close(&s);
    opts.data = r->raw_data;
    opts.db = r->raw_db;
    bench_shop_open(r->b, opts, &r->raw);
}

static double database_cpu_s(const struct run *r)
{
    return r->database ? bench_cpu_s(r->database) : 0;
}

static double us_each(double seconds, int64_t n)
{
    return n ? seconds * 1e6 / (double)n : 0;
}

static void load(struct run *r, const struct bench_server *server, size_t i)
{
    struct load_opts opts = { .port = server->port,
        .connections = buyers[i],
        .seconds = r->seconds,
        .make = make_order,
        .arg = r };
    struct load_result result;
    double before = bench_cpu_s(server->pid), database = database_cpu_s(r);
    size_t rep = r->http[i].n;
    load_run(r->b, &opts, &result);
    bench_expect(r->b, "orders", &result, 2);
    r->database_us[i][rep] = us_each(database_cpu_s(r) - database, result.requests);
    bench_series_add(&r->http[i], &result, bench_cpu_s(server->pid) - before);
    r->orders += result.requests;
    r->first += result.requests + (int64_t)buyers[i] + 1;
}

static void say(struct run *r)
{
    struct bench *b = r->b;
    double raw = bench_median(r->raw_rate, r->raw_n);
    for (size_t i = 0; i < COUNT(buyers); i++) {
        const char *name =
            str_c(b->arena, str_fmt(b->arena, "%s-%zu-buyers", r->engine->name, buyers[i]));
        struct bench_medians m = bench_series_of(&r->http[i]);
        bool judged = buyers[i] >= 64;
        /* 256 that wait for 1,400 a second wait 180 ms each: told, not judged. */
        double most = buyers[i] <= 64 ? 1 : 0;
        bench_say(b, (struct bench_figure){ name, "rate", m.rate, "orders/s", raw, "raw-units" });
        bench_say(b, (struct bench_figure){ name, "rate", m.rate, "orders/s", r->engine->floor,
                         "budget", .floor = judged ? 1 : 0 });
        bench_say(b, (struct bench_figure){
                         name, "p99", m.p99_ms, "ms", 150, "budget-150ms", .ceiling = most });
        bench_say(
            b, (struct bench_figure){ name, "cpu", m.cpu_us, "us/order", 1e6 / raw, "raw-period" });
        if (r->database)
            bench_say(b, (struct bench_figure){ name, "database-cpu",
                             bench_median(r->database_us[i], r->http[i].n), "us/order",
                             bench_median(r->raw_database_us, r->raw_n), "raw-units" });
    }
    bench_say(
        b, (struct bench_figure){ str_c(b->arena, str_fmt(b->arena, "%s-raw-64", r->engine->name)),
               "rate", raw, "orders/s", r->engine->floor, "budget" });
}

/* What follows from orders (mails) is done by workers: the orders would be borrowed if it stayed
 * behind. */
static void say_left(struct run *r)
{
    struct bench_shop s;
    bench_shop_open(r->b, (struct bench_shop_opts){ .data = r->data, .db = r->db }, &s);
    struct cx *cx = app_cx_open(s.app);
    struct bus_figures f;
    bench_must(r->b, cx, bus_figures_of(s.app->bus, cx, &f), "events");
    app_cx_close(cx);
    bench_shop_close(&s);
    const char *name = str_c(r->b->arena, str_fmt(r->b->arena, "%s-events", r->engine->name));
    bench_say(r->b, (struct bench_figure){ name, "not-handled-at-the-end", (double)f.waiting,
                        "events", (double)r->orders, "orders" });
    if (f.dead)
        bench_wrong(r->b, "%s: %lld dead letters", r->engine->name, (long long)f.dead);
}

static void measure(struct run *r)
{
    struct bench *b = r->b;
    double began = bench_now_s();
    fill_shops(r);
    bench_note(b, "%s: two shops of %d products in %.1f s", r->engine->name, VARIANTS,
        bench_now_s() - began);
    struct bench_server server;
    bench_server_start(
        b, (struct bench_server_opts){ .data = r->data, .db = r->db }, NULL, &server);
    for (size_t rep = 0; rep < r->reps; rep++) {
        bench_sleep_ms(b->quick ? 500 : 2000); /* what follows from the orders is not the rival's */
        struct bench_raw raw;
        double database = database_cpu_s(r);
        bench_raw_run(&r->raw, 64, r->seconds, &raw);
        r->raw_database_us[r->raw_n] = us_each(database_cpu_s(r) - database, raw.orders);
        r->raw_rate[r->raw_n] = raw.rate;
        r->raw_p99[r->raw_n++] = raw.p99_ms;
        for (size_t i = 0; i < COUNT(buyers); i++)
            load(r, &server, i);
    }
    say(r);
    bench_server_stop(b, &server);
    say_left(r);
    bench_shop_close(&r->raw);
    bench_souk(b, r->data, r->db, (const char *const[]){ "check-data", NULL });
    bench_souk(b, r->raw_data, r->raw_db, (const char *const[]){ "check-data", NULL });
    bench_note(b, "%s: check-data found nothing wrong", r->engine->name);
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "checkout");
    struct bench_pg pg;
    for (size_t i = 0; i < COUNT(engines); i++) {
        if (!bench_wants(b, engines[i].name))
            continue;
        const char *name = engines[i].name;
        struct run r = {
            .b = b, .engine = &engines[i], .reps = b->quick ? 2 : 5, .seconds = b->quick ? 2.5 : 5
        };
        r.data = bench_folder(b, name);
        r.raw_data = bench_folder(b, str_c(b->arena, str_fmt(b->arena, "%s-raw", name)));
        if (i > 0 && !bench_pg_start(b, &pg)) {
            b->under++;
            continue;
        }
        if (i > 0) {
            r.db = bench_pg_database(b, &pg, "http");
            r.raw_db = bench_pg_database(b, &pg, "raw");
            r.database = pg.pid;
        }
        measure(&r);
        if (i > 0)
            bench_pg_stop(b, &pg);
    }
    return bench_close(b);
}
