/* SPDX-License-Identifier: Apache-2.0
 * The index engine with 1,000,000 generated products (--quick: 200,000; --only=5m: 5,000,000) on
 * one core, in CPU time, beside SQLite FTS5 on the same data in the same run. Called by `./dev
 * bench index`. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/bench_catalogue.h"

#define BATCH 2000
#define LOG 1000 /* queries */
#define FREQUENT 60
#define PASSES 3
#define RIVAL_QUERIES 80

struct run {
    struct bench *b;
    struct bench_catalogue *c;
    struct index *ix;
    str folder;
    int64_t docs;
    struct bench_words log[LOG], frequent[FREQUENT];
    size_t log_n;
    sqlite3 *rival; /* or NULL */
    double put_cpu_s, put_wall_s, text_bytes;
};

static double clock_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- filling ---- */

static void rival_do(struct run *r, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(r->rival, text, NULL, NULL, &why) != SQLITE_OK)
        bench_die(r->b, "FTS5: %s", why);
}

static void rival_open(struct run *r)
{
    const char *path = str_c(r->b->arena, str_fmt(r->b->arena, "%s/fts.db", r->b->dir));
    if (sqlite3_open(path, &r->rival) != SQLITE_OK)
        bench_die(r->b, "no database for FTS5");
    rival_do(r, "PRAGMA journal_mode = off");
    rival_do(r, "PRAGMA synchronous = off");
    rival_do(r, "PRAGMA cache_size = -1000000");
    rival_do(r, "CREATE VIRTUAL TABLE f USING fts5(title, brand, path, body, extra, content='')");
    rival_do(r, "BEGIN");
}

static void rival_add(struct run *r, struct arena *arena, const struct index_doc *docs, size_t n)
{
    sqlite3_stmt *s;
    sqlite3_prepare_v2(r->rival,
        "INSERT INTO f(rowid, title, brand, path, body, extra) VALUES(?1,?2,?3,?4,?5,?6)", -1, &s,
        NULL);
    for (size_t i = 0; i < n; i++) {
        sqlite3_bind_int64(s, 1, r->docs + (int64_t)i + 1);
        for (size_t f = 0; f < CATALOGUE_TEXTS; f++) {
            str text = bench_catalogue_text(arena, &docs[i], f);
            r->text_bytes += (double)text.n;
            sqlite3_bind_text(s, (int)f + 2, text.p, (int)text.n, SQLITE_STATIC);
        }
        if (sqlite3_step(s) != SQLITE_DONE)
            bench_die(r->b, "FTS5: %s", sqlite3_errmsg(r->rival));
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
}

/* Batches in turn into both; what the process computes while the index has a batch is its own,
 * and what its merging thread computes meanwhile as well. */
static void fill(struct run *r, int64_t docs)
{
    double all_cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID), own_cpu = 0;
    while (r->docs < docs) {
        double own = clock_s(CLOCK_THREAD_CPUTIME_ID);
        struct arena *arena DEFER(arena_close_at) = arena_open(1 << 20);
        struct index_doc *batch = NEW_N(arena, BATCH, struct index_doc);
        for (size_t i = 0; i < BATCH; i++) {
            batch[i] = bench_catalogue_next(r->c, arena);
            if ((r->docs + (int64_t)i) % (docs / LOG) == 0 && r->log_n < LOG)
                r->log[r->log_n++] = bench_catalogue_query(r->c);
        }
        if (r->rival)
            rival_add(r, arena, batch, BATCH);
        own_cpu += clock_s(CLOCK_THREAD_CPUTIME_ID) - own;
        double began = bench_now_s();
        index_put(r->ix, batch, BATCH);
        r->put_wall_s += bench_now_s() - began;
        r->docs += BATCH;
    }
    double began = bench_now_s();
    index_optimize(r->ix); /* waits for the merges under way */
    r->put_wall_s += bench_now_s() - began;
    r->put_cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID) - all_cpu - own_cpu;
    if (r->rival)
        rival_do(r, "COMMIT");
}

static void pick_frequent(struct run *r)
{
    for (size_t i = 0; i < FREQUENT; i++) {
        struct bench_words *q = &r->frequent[i];
        q->n = i / 20 + 1;
        for (size_t k = 0; k < q->n; k++)
            q->words[k] = bench_catalogue_word(r->c, (i + k * 7) % 20);
    }
}

/* ---- queries ---- */

static const int64_t price_edges[] = { 1000, 2500, 5000, 10000, 25000 };
static const int64_t rating_edges[] = { 200, 300, 400, 450 };
static const struct index_facet facets[] = {
    { .on = INDEX_KEYWORD, .field = CATALOGUE_OF_BRAND, .counts_max = 20 },
    { .on = INDEX_KEYWORD, .field = CATALOGUE_OF_CATEGORY, .counts_max = 20 },
    { .on = INDEX_NUMBER,
        .field = CATALOGUE_PRICE,
        .edges = price_edges,
        .edges_n = COUNT(price_edges) },
    { .on = INDEX_NUMBER,
        .field = CATALOGUE_RATING,
        .edges = rating_edges,
        .edges_n = COUNT(rating_edges) },
    { .on = INDEX_FLAG, .field = CATALOGUE_PRIME },
    { .on = INDEX_FLAG, .field = CATALOGUE_STOCK },
    { .on = INDEX_ATTRIBUTE, .counts_max = 100 },
};
#define FACETS_FOUR 4
static const struct index_point sales[] = { { 0, 0.8f }, { 5000, 1.0f }, { 100000, 1.6f } };
static const struct index_point rating[] = { { 100, 0.7f }, { 400, 1.0f }, { 500, 1.2f } };
static const struct index_factor factors[] = { { CATALOGUE_SALES, sales, COUNT(sales) },
    { CATALOGUE_RATING, rating, COUNT(rating) } };
/* As the shop ranks: four small values in one column, two of their own, nothing known of most. */
#define PART(at)                                                                                   \
    {                                                                                              \
        CATALOGUE_SALES, .shift = (at), .bits = 4, .table = part                                   \
    }
static const float part[16] = { 0.7f, 0.75f, 0.8f, 0.85f, 0.9f, 0.95f, 1, 1, 1, 1, 1, 1.05f, 1.1f,
    1.2f, 1.3f, 1.4f };
static const struct index_factor behaviour[] = { PART(0), PART(4), PART(8), PART(12),
    { CATALOGUE_SALES, sales, COUNT(sales) }, { CATALOGUE_RATING, rating, COUNT(rating) } };
static const struct index_filter filters[] = { { .on = INDEX_FLAG, .field = CATALOGUE_STOCK },
    { .on = INDEX_NUMBER, .field = CATALOGUE_PRICE, .from = 1000, .to = 20000 } };

enum ask {
    TOP,
    RANKED,
    BEHAVIOUR,
    ALL_FACETS,
    FILTERED,
    ANY_FACETS,
    ANY_TOP,
    COMPLETE,
    LAST_PREFIX
};
static const struct ask_case {
    const char *name;
    enum ask ask;
    double p50_ms, p99_ms; /* limits; 0: none */
} ask_cases[] = {
    { "top-20", TOP, 0, 1 },
    { "ranked-facets", RANKED, 0.5, 5 },
    { "ranked-by-six-factors", BEHAVIOUR, 0, 0 },
    { "ranked-all-facets", ALL_FACETS, 0, 0 },
    { "filtered-by-price", FILTERED, 0, 0 },
    { "or-3-words-facets", ANY_FACETS, 0, 15 },
    { "or-3-words-top-20", ANY_TOP, 0, 15 },
    { "autocomplete", COMPLETE, 0, 0.5 },
    { "last-word-prefix", LAST_PREFIX, 0, 0 },
};

static struct index_query query_of(
    enum ask ask, const struct bench_words *words, struct index_node *root, struct index_node *kids)
{
    bool any = ask == ANY_FACETS || ask == ANY_TOP;
    for (size_t i = 0; i < words->n; i++)
        kids[i] = (struct index_node){ .op = INDEX_TERM, .text = words->words[i] };
    if (ask == LAST_PREFIX) {
        struct index_node *last = &kids[words->n - 1];
        *last = (struct index_node){ .op = INDEX_PREFIX, .text = str_sub(last->text, 0, 3) };
    }
    *root =
        (struct index_node){ .op = any ? INDEX_OR : INDEX_AND, .kids = kids, .kids_n = words->n };
    struct index_query q = { .root = root, .limit = 20 };
    if (ask == TOP || ask == ANY_TOP || ask == LAST_PREFIX)
        return q;
    q.facets = facets;
    q.facets_n = ask == ALL_FACETS ? COUNT(facets) : FACETS_FOUR;
    q.factors = ask == BEHAVIOUR ? behaviour : factors;
    q.factors_n = ask == BEHAVIOUR ? COUNT(behaviour) : COUNT(factors);
    q.factors_least = ask == BEHAVIOUR ? 0.5f : 0;
    q.factors_most = ask == BEHAVIOUR ? 2 : 0;
    if (ask == FILTERED) {
        q.filters = filters;
        q.filters_n = COUNT(filters);
        q.order = INDEX_BY_NUMBER_UP;
        q.order_number = CATALOGUE_PRICE;
    }
    return q;
}

static int64_t ask_once(struct run *r, enum ask ask, const struct bench_words *words)
{
    struct cx cx = { .arena = arena_open(1 << 16) };
    struct index_node root, kids[CATALOGUE_QUERY_WORDS];
    struct index_result found = { .total = 0 };
    if (ask == COMPLETE) {
        struct index_word *completed;
        size_t n;
        index_complete(r->ix, &cx, str_sub(words->words[0], 0, 3), 10, &completed, &n);
    } else {
        struct index_query q = query_of(ask, words, &root, kids);
        if (index_find(r->ix, &cx, &q, &found))
            bench_die(r->b, "a query failed");
    }
    arena_close(cx.arena);
    return found.total;
}

/* Three words for an OR: those of a query and of the ones behind it. */
static struct bench_words three_of(const struct bench_words *log, size_t n, size_t i)
{
    struct bench_words q = log[i];
    for (size_t k = 1; q.n < CATALOGUE_QUERY_WORDS; k++)
        q.words[q.n++] = log[(i + k * 13) % n].words[0];
    return q;
}

/* Milliseconds of CPU for each query: the median of the passes. */
static void ask_all(
    struct run *r, enum ask ask, const struct bench_words *log, size_t n, double *ret_ms)
{
    double(*ms)[PASSES] = arena_alloc(r->b->arena, n * sizeof *ms);
    for (size_t pass = 0; pass < PASSES; pass++)
        for (size_t i = 0; i < n; i++) {
            bool any = ask == ANY_FACETS || ask == ANY_TOP;
            struct bench_words q = any ? three_of(log, n, i) : log[i];
            double began = clock_s(CLOCK_THREAD_CPUTIME_ID);
            (void)ask_once(r, ask, &q);
            ms[i][pass] = (clock_s(CLOCK_THREAD_CPUTIME_ID) - began) * 1000;
        }
    for (size_t i = 0; i < n; i++)
        ret_ms[i] = bench_median(ms[i], PASSES);
}

static void say_limit(struct run *r, const char *name, const char *metric, double ms, double limit)
{
    bench_say(r->b, (struct bench_figure){ name, metric, ms, "ms", limit > 0 ? limit : ms,
                        limit > 0 ? "limit" : "itself", .ceiling = limit > 0 ? 1 : 0 });
}

static void measure_queries(struct run *r)
{
    double *ms = NEW_N(r->b->arena, LOG, double), often[FREQUENT];
    for (size_t i = 0; i < COUNT(ask_cases); i++) {
        const struct ask_case *c = &ask_cases[i];
        ask_all(r, c->ask, r->log, r->log_n, ms);
        ask_all(r, c->ask, r->frequent, FREQUENT, often);
        say_limit(r, c->name, "p50", bench_at(ms, r->log_n, 0.5), c->p50_ms);
        say_limit(r, c->name, "p99", bench_at(ms, r->log_n, 0.99), c->p99_ms);
        say_limit(r, c->name, "frequent-p50", bench_at(often, FREQUENT, 0.5), 0);
        say_limit(r, c->name, "frequent-p99", bench_at(often, FREQUENT, 0.99), 0);
    }
}

/* ---- the rival ---- */

static str expression_of(struct arena *arena, const struct bench_words *q)
{
    struct buf b = { .arena = arena };
    for (size_t i = 0; i < q->n; i++)
        buf_fmt(&b, "\"" STR_F "\" ", STR_A(q->words[i]));
    return buf_str(&b);
}

static double rival_ask(struct run *r, sqlite3_stmt *s, const struct bench_words *q, int64_t *ret)
{
    str text = expression_of(r->b->arena, q);
    double began = clock_s(CLOCK_THREAD_CPUTIME_ID);
    sqlite3_bind_text(s, 1, text.p, (int)text.n, SQLITE_STATIC);
    *ret = 0;
    while (sqlite3_step(s) == SQLITE_ROW)
        *ret = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return (clock_s(CLOCK_THREAD_CPUTIME_ID) - began) * 1000;
}

/* The same queries in turn: the best twenty of both, and as many matches. */
static void measure_rival(struct run *r)
{
    double ours[RIVAL_QUERIES], theirs[RIVAL_QUERIES], counts[RIVAL_QUERIES];
    sqlite3_stmt *top, *count;
    sqlite3_prepare_v2(r->rival,
        "SELECT rowid FROM f WHERE f MATCH ?1 ORDER BY bm25(f, 4, 3, 2, 1, 2) LIMIT 20", -1, &top,
        NULL);
    sqlite3_prepare_v2(r->rival, "SELECT count(*) FROM f WHERE f MATCH ?1", -1, &count, NULL);
    size_t wrong = 0;
    for (size_t i = 0; i < RIVAL_QUERIES; i++) {
        const struct bench_words *q = &r->log[i * (r->log_n / RIVAL_QUERIES)];
        int64_t matches, last;
        double began = clock_s(CLOCK_THREAD_CPUTIME_ID);
        (void)ask_once(r, TOP, q);
        ours[i] = (clock_s(CLOCK_THREAD_CPUTIME_ID) - began) * 1000;
        theirs[i] = rival_ask(r, top, q, &last);
        counts[i] = rival_ask(r, count, q, &matches);
        wrong += ask_once(r, RANKED, q) != matches;
    }
    sqlite3_finalize(top);
    sqlite3_finalize(count);
    if (wrong > 0)
        bench_wrong(r->b, "%zu of %d queries have other matches than FTS5", wrong, RIVAL_QUERIES);
    bench_note(r->b, "FTS5 counts the matches alone in %.2f ms at the median",
        bench_median(counts, RIVAL_QUERIES));
    static const struct {
        const char *name;
        double part;
    } quantiles[] = { { "top-20-p50", 0.5 }, { "top-20-p99", 0.99 } };
    for (size_t i = 0; i < COUNT(quantiles); i++)
        bench_say(
            r->b, (struct bench_figure){ "beside-fts5", quantiles[i].name,
                      bench_at(ours, RIVAL_QUERIES, quantiles[i].part), "ms",
                      bench_at(theirs, RIVAL_QUERIES, quantiles[i].part), "fts5", .ceiling = 1 });
}

/* ---- one heavy query on two cores ---- */

/* By the clock, with the second thread and without in turn: the most frequent words. */
static void measure_sharing(struct run *r)
{
    double alone[FREQUENT * PASSES], shared[FREQUENT * PASSES];
    for (size_t i = 0; i < COUNT(alone); i++)
        for (int on = 0; on < 2; on++) {
            index_share_work(r->ix, on);
            double began = bench_now_s();
            (void)ask_once(r, RANKED, &r->frequent[i % FREQUENT]);
            (on ? shared : alone)[i] = (bench_now_s() - began) * 1000;
        }
    index_share_work(r->ix, false);
    bench_say(r->b, (struct bench_figure){ "frequent-words-two-threads", "p50-by-the-clock",
                        bench_median(shared, COUNT(shared)), "ms",
                        bench_median(alone, COUNT(alone)), "one-thread" });
}

/* ---- reads while it writes ---- */

struct writing {
    struct run *r;
    _Atomic bool stop;
    int64_t docs;
};

static void *write_on(void *arg)
{
    struct writing *w = arg;
    while (!atomic_load(&w->stop)) {
        struct arena *arena DEFER(arena_close_at) = arena_open(1 << 20);
        struct index_doc batch[200];
        for (size_t i = 0; i < COUNT(batch); i++)
            batch[i] = bench_catalogue_next(w->r->c, arena);
        index_put(w->r->ix, batch, COUNT(batch));
        for (size_t i = 0; i < COUNT(batch); i++)
            (void)index_set_number(w->r->ix, batch[i].id, CATALOGUE_PRICE, 999);
        w->docs += (int64_t)COUNT(batch);
    }
    return NULL;
}

static double reads_p99(struct run *r)
{
    double *ms = NEW_N(r->b->arena, LOG, double);
    for (size_t i = 0; i < r->log_n; i++) {
        double began = bench_now_s();
        (void)ask_once(r, RANKED, &r->log[i]);
        ms[i] = (bench_now_s() - began) * 1000;
    }
    return bench_at(ms, r->log_n, 0.99);
}

/* By the clock, as waiting takes no CPU time. */
static void measure_reads_beside_writes(struct run *r)
{
    struct writing w = { .r = r };
    pthread_t thread;
    double alone = reads_p99(r);
    if (pthread_create(&thread, NULL, write_on, &w) != 0)
        bench_die(r->b, "no thread");
    double began = bench_now_s(), beside = reads_p99(r);
    while (bench_now_s() - began < 3)
        beside = reads_p99(r);
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    bench_note(r->b, "meanwhile %lld products were added", (long long)w.docs);
    bench_say(r->b, (struct bench_figure){
                        "reads-while-indexing", "p99", beside, "ms", alone, "without-writer" });
}

/* ---- files and memory ---- */

static double rss_bytes(void)
{
    return (double)bench_rss_kb(getpid()) * 1024;
}

static void measure_files(struct run *r)
{
    struct cx cx = { .arena = arena_open(1 << 16) };
    double began = bench_now_s();
    if (index_save(r->ix, &cx, r->folder))
        bench_die(r->b, "cannot save");
    bench_note(r->b, "saved in %.2f s", bench_now_s() - began);
    index_close(r->ix);
    double times[3], before = rss_bytes();
    for (size_t i = 0; i < COUNT(times); i++) {
        if (i > 0)
            index_close(r->ix);
        before = i == 0 ? rss_bytes() : before;
        began = bench_now_s();
        double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
        if (index_load(&cx, r->folder, bench_catalogue_schema, &r->ix))
            bench_die(r->b, "cannot load");
        times[i] = clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        bench_note(r->b, "loaded in %.2f s by the clock", bench_now_s() - began);
    }
    double each = (rss_bytes() - before) / (double)r->docs;
    struct index_figures f = index_figures_of(r->ix);
    bench_note(r->b, "%lld products, %lld segments, %lld tokens, %.0f bytes each by its own count",
        (long long)f.docs, (long long)f.segments, (long long)f.tokens,
        (double)f.bytes / (double)f.docs);
    if (r->text_bytes > 0)
        bench_note(r->b, "a product's text has %.0f bytes", r->text_bytes / (double)r->docs);
    bench_say(r->b, (struct bench_figure){ "load", "cpu-time", bench_median(times, COUNT(times)),
                        "s", 1, "limit", .ceiling = r->docs <= 1000000 ? 1 : 0 });
    bench_say(r->b,
        (struct bench_figure){ "memory", "a-product", each, "bytes", 1024, "limit", .ceiling = 1 });
    arena_close(cx.arena);
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "index");
    bool large = b->only && !strcmp(b->only, "5m");
    struct run *r = NEW(b->arena, struct run);
    *r = (struct run){ .b = b,
        .c = bench_catalogue_open(b->arena),
        .ix = index_open(bench_catalogue_schema),
        .folder = str_fmt(b->arena, "%s/index", b->dir) };
    if (!large && (!b->only || bench_wants(b, "rival")))
        rival_open(r);
    fill(r, large ? 5000000 : b->quick ? 200000 : 1000000);
    pick_frequent(r);
    bench_say(b, (struct bench_figure){ "indexing", "rate", (double)r->docs / r->put_cpu_s,
                     "products/cpu-s", 20000, "limit", .floor = 1 });
    bench_note(b, "indexing took %.1f s by the clock, %.1f s of CPU", r->put_wall_s, r->put_cpu_s);
    measure_files(r);
    index_share_work(r->ix, false); /* CPU time of a second thread would not be counted */
    measure_queries(r);
    measure_sharing(r);
    if (r->rival)
        measure_rival(r);
    measure_reads_beside_writes(r);
    sqlite3_close(r->rival);
    index_close(r->ix);
    return bench_close(b);
}
