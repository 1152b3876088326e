/* SPDX-License-Identifier: Apache-2.0
 * How good the first ten are: nDCG@10 of the judged queries over the API, beside plain FTS5 on the
 * same index, and in steps: what each technique of platform/text adds to plain BM25. Called by
 * `./dev bench search-quality`; must never be tuned against: the judgments here are the public
 * half. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "bench/bench_http.h"
#include "bench/bench_rank.h"
#include "bench/bench_shop.h"
#include "bench_sql.h"
#include "platform/file/file.h"

#define TOP 10
#define DEPTH 100 /* results that are looked at for judged ones */
#define JUDGED_MAX 400

struct judgment {
    str source; /* "icecat:1229111" */
    int rating;
};
struct query {
    str text;
    struct judgment judged[JUDGED_MAX];
    size_t n;
};
struct judging {
    struct bench *b;
    struct query *queries;
    size_t n;
    struct bench_shop shop;
    struct map source_of_product, product_of_doc; /* texts */
    const struct db_query *top;
    size_t known;
    struct rank *rank;
    struct rank_product *products;
    size_t products_n;
};

static void read_judgments(struct judging *j, const char *path)
{
    str text;
    if (!file_read(j->b->arena, str_from_c(path), &text))
        bench_die(j->b, "cannot read %s", path);
    j->queries = NEW_N(j->b->arena, 200, struct query);
    (void)str_cut(&text, '\n');
    while (text.n) {
        str line = str_trim(str_cut(&text, '\n'));
        str query = str_cut(&line, ','), product = str_cut(&line, ',');
        int64_t rating;
        if (!query.n || !str_to_i64(line, &rating))
            continue;
        struct query *q = j->n ? &j->queries[j->n - 1] : NULL;
        if (!q || !str_eq(q->text, query)) {
            q = &j->queries[j->n++];
            q->text = query;
        }
        if (q->n < JUDGED_MAX)
            q->judged[q->n++] =
                (struct judgment){ str_cat(j->b->arena, S("icecat:"), product), (int)rating };
    }
}

static err each_source(void *arg, struct cx *cx, const void *row)
{
    (void)cx;
    struct judging *j = arg;
    const struct bench_sql_sources_row *r = row;
    map_put(&j->source_of_product, id_text(j->b->arena, r->product_id),
        (void *)(uintptr_t)str_c(j->b->arena, r->source));
    j->known++;
    return NULL;
}

static err each_doc(void *arg, struct cx *cx, const void *row)
{
    (void)cx;
    struct judging *j = arg;
    const struct bench_sql_sources_of_docs_row *r = row;
    map_put(&j->product_of_doc, str_from_i64(j->b->arena, r->doc),
        (void *)(uintptr_t)str_c(j->b->arena, id_text(j->b->arena, r->product_id)));
    return NULL;
}

/* [[name, label, kind, value, unit], ...]: what a field named "type" says is the product's kind. */
static void attributes_read(struct judging *j, struct cx *cx, str text, struct rank_product *ret)
{
    struct json_value *all = NULL;
    struct buf kind = { .arena = j->b->arena }, rest = { .arena = j->b->arena };
    if (json_value_parse(cx, text, &all))
        bench_die(j->b, "attributes of %.*s", STR_A(ret->source));
    for (size_t i = 0; i < json_value_count(all); i++) {
        const struct json_value *one = json_value_at(all, i);
        str name = json_value_str(cx->arena, json_value_at(one, 0));
        str flag = json_value_str(cx->arena, json_value_at(one, 2));
        if (str_eq(flag, S("2")))
            continue;
        bool names = str_eq(name, S("type")) || str_eq(name, S("product_type"));
        struct buf *out = names ? &kind : &rest;
        buf_add(out, json_value_str(cx->arena, json_value_at(one, 3)));
        buf_add(out, S(" | "));
    }
    json_value_close(all);
    ret->kind = buf_str(&kind);
    ret->attributes = buf_str(&rest);
}

static err each_product(void *arg, struct cx *cx, const void *row)
{
    struct judging *j = arg;
    struct arena *arena = j->b->arena;
    const struct bench_sql_rank_products_row *r = row;
    struct rank_product *p = &j->products[j->products_n++];
    *p = (struct rank_product){ .source = str_dup(arena, r->source),
        .title = str_dup(arena, r->title),
        .brand = str_dup(arena, r->brand),
        .description = str_dup(arena, r->description),
        .path = str_dup(arena, r->path) };
    attributes_read(j, cx, r->attributes, p);
    return NULL;
}

static err each_category(void *arg, struct cx *cx, const void *row)
{
    (void)cx;
    struct judging *j = arg;
    const struct bench_sql_rank_categories_row *r = row;
    rank_category(j->rank, r->path, r->name);
    return NULL;
}

static err unit_products(void *arg, struct cx *cx)
{
    struct judging *j = arg;
    struct db *db = j->shop.app->db;
    const struct db_query *products = bench_as(j->b, &BENCH_RANK_PRODUCTS, "catalog");
    const struct db_query *categories = bench_as(j->b, &BENCH_RANK_CATEGORIES, "catalog");
    j->products = NEW_N(j->b->arena, j->known, struct rank_product);
    err e = db_each(db, cx, categories, NULL, each_category, j);
    return e ? e : db_each(db, cx, products, NULL, each_product, j);
}

static err unit_names(void *arg, struct cx *cx)
{
    struct judging *j = arg;
    struct db *db = j->shop.app->db;
    const struct db_query *sources = bench_as(j->b, &BENCH_SOURCES, "catalog");
    const struct db_query *docs = bench_as(j->b, &BENCH_SOURCES_OF_DOCS, "search");
    err e = db_each(db, cx, sources, NULL, each_source, j);
    return e ? e : db_each(db, cx, docs, NULL, each_doc, j);
}

/* ---- the measure ---- */

static double gain(int rating)
{
    return exp2(rating) - 1;
}

static double dcg(const int *ratings, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n && i < TOP; i++)
        sum += gain(ratings[i]) / log2((double)i + 2);
    return sum;
}

static double ideal(const struct query *q)
{
    int best[TOP] = { 0 };
    size_t n = 0;
    for (int rating = 3; rating > 0; rating--)
        for (size_t i = 0; i < q->n && n < TOP; i++)
            if (q->judged[i].rating == rating)
                best[n++] = rating;
    return dcg(best, n);
}

static int rating_of(const struct query *q, str source)
{
    for (size_t i = 0; i < q->n; i++)
        if (str_eq(q->judged[i].source, source))
            return q->judged[i].rating;
    return -1;
}

struct score {
    double as_zero, removed; /* what unjudged results count */
    size_t n;
};

static void score_ratings(const struct query *q, struct score *s, const int *ratings, size_t n)
{
    int all[DEPTH], judged[DEPTH];
    size_t judged_n = 0;
    double best = ideal(q);
    if (best <= 0)
        return; /* nothing could be right */
    for (size_t i = 0; i < n; i++) {
        all[i] = ratings[i] < 0 ? 0 : ratings[i];
        if (ratings[i] >= 0)
            judged[judged_n++] = ratings[i];
    }
    s->as_zero += dcg(all, n) / best;
    s->removed += dcg(judged, judged_n) / best;
    s->n++;
}

static void score_add(
    struct judging *j, struct score *s, const struct query *q, const str *products, size_t n)
{
    int ratings[DEPTH];
    for (size_t i = 0; i < n && i < DEPTH; i++) {
        const char *source = map_get(&j->source_of_product, products[i]);
        ratings[i] = source ? rating_of(q, str_from_c(source)) : -1;
    }
    score_ratings(q, s, ratings, n < DEPTH ? n : DEPTH);
}

static void over_http(struct judging *j, int port, const struct query *q, struct score *s)
{
    struct bench *b = j->b;
    str text = str_url_encode(b->arena, q->text);
    const char *path =
        str_c(b->arena, str_fmt(b->arena, "/api/v1/search?limit=%d&q=" STR_F, DEPTH, STR_A(text)));
    str rest = load_body(b, port, path), found[DEPTH];
    size_t n = 0;
    while (n < DEPTH) {
        str one = bench_json_text(rest, "productId");
        if (!one.p)
            break;
        found[n++] = one;
        rest = str_skip(rest, (size_t)(one.p - rest.p) + one.n);
    }
    score_add(j, s, q, found, n);
}

struct plain {
    struct judging *j;
    const struct query *q;
    const struct db_query *top;
    str expression, found[DEPTH];
    size_t n;
};

static err unit_plain(void *arg, struct cx *cx)
{
    struct plain *p = arg;
    struct bench_sql_fts_top_in in = { .expression = p->expression, .limit = DEPTH };
    void *found;
    err e = db_many(p->j->shop.app->db, cx, p->top, &in, &found, &p->n);
    const struct bench_sql_fts_top_row *rows = found;
    for (size_t i = 0; !e && i < p->n; i++)
        p->found[i] =
            str_from_c(map_get(&p->j->product_of_doc, str_from_i64(p->j->b->arena, rows[i].doc)));
    return e;
}

static void in_process(struct judging *j, const struct query *q, struct score *s)
{
    struct plain p = { .j = j, .q = q, .top = j->top };
    struct buf out = { .arena = j->b->arena };
    str rest = q->text;
    while (rest.p) {
        buf_add(&out, S("\""));
        buf_add(&out, str_cut(&rest, ' '));
        buf_add(&out, S("\" "));
    }
    p.expression = buf_str(&out);
    struct cx *cx = app_cx_open(j->shop.app);
    bench_must(j->b, cx, db_read(cx, unit_plain, &p), "FTS5");
    app_cx_close(cx);
    score_add(j, s, q, p.found, p.n);
}

static void say(struct bench *b, const char *of_case, struct score s, double floor)
{
    bench_say(b, (struct bench_figure){ of_case, "ndcg10-unjudged-zero", s.as_zero / (double)s.n,
                     "of-1", 0.743, "tuned-fts5", .floor = floor });
    bench_say(b, (struct bench_figure){ of_case, "ndcg10-unjudged-removed", s.removed / (double)s.n,
                     "of-1", 0.792, "tuned-fts5", .floor = floor });
}

/* ---- in steps ---- */
static const struct {
    const char *name;
    struct rank_opts opts;
} steps[] = {
    { "bm25", { 0 } },
    { "+fields", { .fields = true } },
    { "+forms", { .fields = true, .forms = true } },
    { "+compounds", { .fields = true, .forms = true, .compounds = true } },
    { "+synonyms", { .fields = true, .forms = true, .compounds = true, .synonyms = true } },
    { "+lead",
        { .fields = true, .forms = true, .compounds = true, .synonyms = true, .lead = true } },
    { "+types", { .fields = true,
                    .forms = true,
                    .compounds = true,
                    .synonyms = true,
                    .lead = true,
                    .types = true } },
    { "+near", { .fields = true,
                   .forms = true,
                   .compounds = true,
                   .synonyms = true,
                   .lead = true,
                   .types = true,
                   .near = true } },
};

static void step_score(
    struct judging *j, struct rank_opts opts, const struct query *q, struct score *s)
{
    size_t found[DEPTH];
    int ratings[DEPTH];
    size_t n = rank_find(j->rank, opts, q->text, found, DEPTH);
    for (size_t i = 0; i < n; i++)
        ratings[i] = rating_of(q, j->products[found[i]].source);
    score_ratings(q, s, ratings, n);
}

/* Nothing is fitted to the judgments; the spread over halves of the queries says how far a figure
 * goes. */
static void say_steps(struct judging *j)
{
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct score halves[2] = { 0 };
        for (size_t k = 0; k < j->n; k++)
            step_score(j, steps[i].opts, &j->queries[k], &halves[k % 2]);
        struct score s = { halves[0].as_zero + halves[1].as_zero,
            halves[0].removed + halves[1].removed, halves[0].n + halves[1].n };
        say(j->b, steps[i].name, s, 0);
        bench_note(j->b, "%s: %.3f and %.3f (unjudged removed) over halves of the queries",
            steps[i].name, halves[0].removed / (double)halves[0].n,
            halves[1].removed / (double)halves[1].n);
    }
}

/* Until our own engine answers in place of the database: its snapshot is written right after. */
static void wait_for_index(struct bench *b, const char *data)
{
    const char *label = str_c(b->arena, str_fmt(b->arena, "%s/index/of", data));
    for (int i = 0; access(label, R_OK) != 0; i++) {
        if (i == 600)
            bench_die(b, "no index after a minute: %s", label);
        usleep(100000);
    }
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "search-quality");
    const char *folder = str_c(b->arena, str_fmt(b->arena, "%s/../shared/data", b->root));
    const char *products =
        str_c(b->arena, str_fmt(b->arena, "%s/icecat-products.ndjson.gz", folder));
    if (access(products, R_OK) != 0) {
        bench_note(b, "no Icecat data at ../shared/data: not measured");
        return bench_close(b);
    }
    struct judging j = { .b = b,
        .source_of_product = map_new(b->arena, 40000),
        .product_of_doc = map_new(b->arena, 40000) };
    read_judgments(&j, str_c(b->arena, str_fmt(b->arena, "%s/relevance-dev.csv", folder)));
    const char *data = bench_folder(b, "icecat");
    bench_souk(b, data, NULL, (const char *const[]){ "import", "products", products, NULL });
    struct score ours = { .n = 0 }, plain = { .n = 0 };
    bench_shop_open(b, (struct bench_shop_opts){ .data = data }, &j.shop);
    struct cx *cx = app_cx_open(j.shop.app);
    bench_must(b, cx, db_read(cx, unit_names, &j), "names");
    j.rank = rank_open(b->arena);
    bench_must(b, cx, db_read(cx, unit_products, &j), "products");
    rank_learn(j.rank, j.products, j.products_n);
    app_cx_close(cx);
    j.top = bench_as(b, &BENCH_FTS_TOP, "search");
    for (size_t i = 0; i < j.n; i++)
        in_process(&j, &j.queries[i], &plain);
    bench_shop_close(&j.shop);
    struct bench_server server;
    bench_server_start(b, (struct bench_server_opts){ .data = data }, NULL, &server);
    wait_for_index(b, data);
    for (size_t i = 0; i < j.n; i++)
        over_http(&j, server.port, &j.queries[i], &ours);
    bench_server_stop(b, &server);
    bench_note(
        b, "%zu products, %zu queries, %zu of them with something right", j.known, j.n, ours.n);
    say(b, "api", ours, 1);
    say(b, "plain-fts5", plain, 0);
    say_steps(&j);
    rank_close(j.rank);
    return bench_close(b);
}
