/* SPDX-License-Identifier: Apache-2.0
 * Search with facets over HTTP, each request past the cache, beside plain FTS5 statements in this
 * process on a copy of the same index. Called by `./dev bench search`. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_http.h"
#include "bench/bench_shop.h"
#include "bench_sql.h"

static const char *const queries[] = { "laptop", "gaming laptop", "wireless mouse", "keyboard",
    "mechanical keyboard", "monitor", "4k monitor", "headphones", "wireless headphones", "speaker",
    "phone", "phone charger", "usb cable", "hdmi cable", "tablet", "camera", "camera bag",
    "printer", "ink cartridge", "router", "smart watch", "black shirt", "cotton shirt",
    "running shoes", "leather boots", "rain jacket", "summer dress", "coffee maker", "coffee",
    "kettle", "knife set", "frying pan", "desk lamp", "office chair", "bed sheets", "towel",
    "vacuum", "garden hose", "drill", "tool set", "yoga mat", "tent", "bicycle light", "backpack",
    "water bottle", "face cream", "shampoo", "toothbrush", "board game", "puzzle" };

struct shop_case {
    const char *name, *data;
    size_t reps;
};

/* One text in as many spellings as are asked for: letters percent-encoded by the bits of k. */
static size_t spell(const char *query, uint64_t k, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; query[i] && n + 8 < room; i++) {
        if (query[i] == ' ')
            to[n++] = '+';
        else if (i < 63 && (k >> i) & 1)
            n += (size_t)snprintf(to + n, room - n, "%%%02X", (unsigned)query[i]);
        else
            to[n++] = query[i];
    }
    to[n] = 0;
    return n;
}

struct making {
    const char *path; /* up to the text */
    size_t cut;       /* letters of the text that are sent; 0: all */
};

/* Each query comes once in every round, spelled anew. */
static size_t make_search(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    (void)connection;
    const struct making *m = arg;
    char query[64], text[256];
    snprintf(query, sizeof query, "%s", queries[(size_t)n % COUNT(queries)]);
    size_t letters = strlen(query);
    uint64_t round = (uint64_t)n / COUNT(queries);
    if (m->cut && m->cut < letters)
        query[m->cut] = 0;
    spell(query, round, text, sizeof text);
    /* When the letters are used up, blanks behind it go on. */
    uint64_t blanks = round >> (m->cut && m->cut < letters ? m->cut : letters);
    return (size_t)snprintf(to, room, "GET %s%s%.*s HTTP/1.1\r\nHost: localhost\r\n\r\n", m->path,
        text, (int)(blanks < 90 ? blanks : 90),
        "+++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++"
        "+");
}

/* ---- the rival ---- */

#define STATEMENTS 5

struct rival {
    struct bench_shop shop;
    const struct db_query *facets[STATEMENTS - 1], *top;
    str expression;
};

static void rival_open(struct bench *b, const char *data, struct rival *ret)
{
    const struct db_query *const facets[] = { &BENCH_FTS_BRANDS, &BENCH_FTS_CATEGORIES,
        &BENCH_FTS_PRICES, &BENCH_FTS_RATINGS };
    *ret = (struct rival){ .top = bench_as(b, &BENCH_FTS_TOP, "search") };
    for (size_t i = 0; i < COUNT(facets); i++)
        ret->facets[i] = bench_as(b, facets[i], "search");
    bench_shop_open(b, (struct bench_shop_opts){ .data = data }, &ret->shop);
}

static err unit_rival(void *arg, struct cx *cx)
{
    struct rival *r = arg;
    struct db *db = r->shop.app->db;
    struct bench_sql_fts_top_in top = { .expression = r->expression, .limit = 20 };
    struct bench_sql_fts_brands_in in = { .expression = r->expression }; /* all four take this */
    void *rows;
    size_t n;
    err e = db_many(db, cx, r->top, &top, &rows, &n);
    for (size_t i = 0; !e && i < COUNT(r->facets); i++)
        e = db_many(db, cx, r->facets[i], &in, &rows, &n);
    return e;
}

static str expression_of(struct cx *cx, const char *query)
{
    struct buf out = { .arena = cx->arena };
    str rest = str_from_c(query);
    while (rest.p) {
        buf_add(&out, S("\""));
        buf_add(&out, str_cut(&rest, ' '));
        buf_add(&out, S("\" "));
    }
    return buf_str(&out);
}

static void run_rival(struct rival *r, double *ms, size_t reps)
{
    for (size_t i = 0; i < reps * COUNT(queries); i++) {
        struct cx *cx = app_cx_open(r->shop.app);
        r->expression = expression_of(cx, queries[i % COUNT(queries)]);
        double began = bench_now_s();
        bench_must(r->shop.b, cx, db_read(cx, unit_rival, r), "FTS5");
        ms[i] = (bench_now_s() - began) * 1000;
        app_cx_close(cx);
    }
}

/* ---- a shop ---- */

#define ROUNDS 3

static void say(struct bench *b, const char *of_case, struct bench_series *s,
    struct bench_medians budget, double rival_p50, double rival_p99)
{
    struct bench_medians m = bench_series_of(s);
    const char *budget_name = "budget-at-1M-products";
    bench_say(b, (struct bench_figure){
                     of_case, "p50", m.p50_ms, "ms", budget.p50_ms, budget_name, .ceiling = 1 });
    bench_say(b, (struct bench_figure){
                     of_case, "p99", m.p99_ms, "ms", budget.p99_ms, budget_name, .ceiling = 1 });
    if (rival_p50 > 0) {
        bench_say(b, (struct bench_figure){ of_case, "p50", m.p50_ms, "ms", rival_p50, "fts5" });
        bench_say(b, (struct bench_figure){ of_case, "p99", m.p99_ms, "ms", rival_p99, "fts5" });
    }
}

static const char *copy_of(struct bench *b, const char *data)
{
    const char *copy = str_c(b->arena, str_fmt(b->arena, "%s-rival", data));
    struct bench_command c = { .words = { "cp", "-r", data, copy } };
    bench_run(b, &c);
    return copy;
}

static struct load_result load(struct bench *b, const struct bench_server *server, struct making *m,
    size_t connections, int64_t requests)
{
    struct load_opts opts = { .port = server->port,
        .connections = connections,
        .requests_max = requests,
        .make = make_search,
        .arg = m };
    struct load_result result;
    load_run(b, &opts, &result);
    bench_expect(b, m->path, &result, 2);
    return result;
}

static void measure(struct bench *b, struct shop_case c)
{
    struct rival rival;
    rival_open(b, copy_of(b, c.data), &rival);
    double p50[ROUNDS], p99[ROUNDS];
    double *ms = NEW_N(b->arena, c.reps * COUNT(queries), double);
    struct bench_series one = { .n = 0 }, many = { .n = 0 }, complete = { .n = 0 };
    int64_t requests = (int64_t)(c.reps * COUNT(queries));
    for (size_t round = 0; round < ROUNDS; round++) {
        struct bench_server server; /* anew each round: nothing is in the cache */
        bench_server_start(b, (struct bench_server_opts){ .data = c.data }, NULL, &server);
        struct making m = { .path = "/api/v1/search?q=" };
        (void)load_body(b, server.port, "/api/v1/search?q=warm");
        double before = bench_cpu_s(server.pid);
        struct load_result result = load(b, &server, &m, 1, requests);
        bench_series_add(&one, &result, bench_cpu_s(server.pid) - before);
        m.path = "/api/v1/search?page=1&q=";
        result = load(b, &server, &m, 16, requests);
        bench_series_add(&many, &result, 0);
        m = (struct making){ .path = "/api/v1/search/autocomplete?q=", .cut = 3 };
        result = load(b, &server, &m, 1, requests);
        bench_series_add(&complete, &result, 0);
        bench_server_stop(b, &server);
        run_rival(&rival, ms, c.reps);
        size_t n = c.reps * COUNT(queries);
        p50[round] = bench_at(ms, n, 0.50);
        p99[round] = bench_at(ms, n, 0.99);
    }
    bench_shop_close(&rival.shop);
    double rival_p50 = bench_median(p50, ROUNDS), rival_p99 = bench_median(p99, ROUNDS);
    say(b, c.name, &one, (struct bench_medians){ .p50_ms = 0.5, .p99_ms = 5 }, rival_p50,
        rival_p99);
    bench_say(b, (struct bench_figure){ c.name, "rate-16", bench_series_of(&many).rate,
                     "searches/s", 1000 / rival_p50, "fts5-one-thread" });
    const char *name = str_c(b->arena, str_fmt(b->arena, "%s-autocomplete", c.name));
    say(b, name, &complete, (struct bench_medians){ .p50_ms = 0.25, .p99_ms = 0.5 }, 0, 0);
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "search");
    size_t reps = b->quick ? 8 : 40;
    if (bench_wants(b, "demo"))
        measure(b, (struct shop_case){ "demo", bench_demo(b, 20000), reps });
    const char *icecat =
        str_c(b->arena, str_fmt(b->arena, "%s/../shared/data/icecat-products.ndjson.gz", b->root));
    if (bench_wants(b, "icecat") && access(icecat, R_OK) == 0) {
        const char *data = bench_folder(b, "icecat");
        bench_souk(b, data, NULL, (const char *const[]){ "import", "products", icecat, NULL });
        measure(b, (struct shop_case){ "icecat", data, reps });
    }
    return bench_close(b);
}
