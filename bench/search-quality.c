/* SPDX-License-Identifier: Apache-2.0
 * How good the first ten are: nDCG@10 of the judged queries over the API, through the shop's own
 * index in this process (the same code and settings, which is checked), and with techniques left
 * out; beside plain FTS5, and on queries made of the catalogue that nobody judged. Called by
 * `./dev bench search-quality`; must never have a rule for a query.
 *
 * These are development figures: no weight was fitted by a program, but the judged queries were
 * read while techniques and types were chosen. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/rng.h"
#include "bench/bench_http.h"
#include "bench/bench_judge.h"
#include "bench/bench_shop.h"
#include "bench/bench_stress.h"
#include "bench_sql.h"
#include "flows/assortment/assortment.h"
#include "platform/file/file.h"
#include "platform/search/search_index.h"

#define DEPTH JUDGE_DEPTH
#define FOLDS 5
#define ITEMS 400 /* products that are looked for by the words of their titles */
#define ITEM_WORDS 5
#define KIND_MIN 20 /* products of a category whose name is asked for */

struct product {
    str product_id, title, path, name;
};
struct judging {
    struct bench *b;
    struct judge judge;
    struct bench_shop shop;
    struct search search;                                     /* an index of this process */
    struct map source_of_product, product_of_doc, product_of; /* texts, texts, struct product */
    struct map product_of_source;
    struct product *products;
    size_t n;
    const struct db_query *top;
};

/* ---- names ---- */
static err each_source(void *arg, struct cx *cx, const void *row)
{
    (void)cx;
    struct judging *j = arg;
    const struct bench_sql_sources_row *r = row;
    map_put(&j->source_of_product, id_text(j->b->arena, r->product_id),
        (void *)(uintptr_t)str_c(j->b->arena, r->source));
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

static err each_title(void *arg, struct cx *cx, const void *row)
{
    (void)cx;
    struct judging *j = arg;
    struct arena *arena = j->b->arena;
    const struct bench_sql_titles_row *r = row;
    struct product *p = &j->products[j->n++];
    *p = (struct product){ id_text(arena, r->product_id), str_dup(arena, r->title),
        str_dup(arena, r->path), str_dup(arena, r->name) };
    map_put(&j->product_of, p->product_id, p);
    const char *source = map_get(&j->source_of_product, p->product_id);
    if (source)
        map_put(&j->product_of_source, str_from_c(source), p);
    return NULL;
}

static err unit_names(void *arg, struct cx *cx)
{
    struct judging *j = arg;
    struct db *db = j->shop.app->db;
    const struct db_query *sources = bench_as(j->b, &BENCH_SOURCES, "catalog");
    const struct db_query *docs = bench_as(j->b, &BENCH_SOURCES_OF_DOCS, "search");
    const struct db_query *titles = bench_as(j->b, &BENCH_TITLES, "catalog");
    err e = db_each(db, cx, sources, NULL, each_source, j);
    if (!e)
        e = db_each(db, cx, docs, NULL, each_doc, j);
    j->products = NEW_N(j->b->arena, j->source_of_product.n + 1, struct product);
    return e ? e : db_each(db, cx, titles, NULL, each_title, j);
}

/* ---- three ways to answer ---- */
struct found {
    str products[DEPTH];
    size_t n;
};

static void sources_of(struct judging *j, const struct found *found, str ret[static DEPTH])
{
    for (size_t i = 0; i < found->n; i++) {
        const char *source = map_get(&j->source_of_product, found->products[i]);
        ret[i] = source ? str_from_c(source) : (str){ 0 };
    }
}

static struct judge_score score_of(struct judging *j, size_t query, const struct found *found)
{
    str sources[DEPTH];
    sources_of(j, found, sources);
    return judge_score(&j->judge.queries[query], sources, found->n);
}

static struct found over_http(struct judging *j, int port, str query)
{
    struct bench *b = j->b;
    struct found found = { .n = 0 };
    str text = str_url_encode(b->arena, query);
    const char *path =
        str_c(b->arena, str_fmt(b->arena, "/api/v1/search?limit=%d&q=" STR_F, DEPTH, STR_A(text)));
    str rest = load_body(b, port, path);
    while (found.n < DEPTH) {
        str one = bench_json_text(rest, "productId");
        if (!one.p)
            break;
        found.products[found.n++] = one;
        rest = str_skip(rest, (size_t)(one.p - rest.p) + one.n);
    }
    return found;
}

struct asking {
    struct judging *j;
    str text;
    struct found found;
};

static err unit_ask(void *arg, struct cx *cx)
{
    struct asking *a = arg;
    struct search *search = &a->j->search;
    struct search_query q = { .text = a->text, .limit = DEPTH };
    struct search_result result;
    err e = search->query(search->self, cx, &q, &result);
    a->found.n = e ? 0 : result.n;
    for (size_t i = 0; !e && i < result.n; i++)
        a->found.products[i] = id_text(a->j->b->arena, result.product_ids[i]);
    return e;
}

static err unit_plain(void *arg, struct cx *cx)
{
    struct asking *a = arg;
    struct judging *j = a->j;
    struct buf out = { .arena = cx->arena };
    for (str rest = a->text; rest.p;) {
        buf_add(&out, S("\""));
        buf_add(&out, str_cut(&rest, ' '));
        buf_add(&out, S("\" "));
    }
    struct bench_sql_fts_top_in in = { .expression = buf_str(&out), .limit = DEPTH };
    void *found;
    err e = db_many(j->shop.app->db, cx, j->top, &in, &found, &a->found.n);
    const struct bench_sql_fts_top_row *rows = found;
    for (size_t i = 0; !e && i < a->found.n; i++)
        a->found.products[i] =
            str_from_c(map_get(&j->product_of_doc, str_from_i64(cx->arena, rows[i].doc)));
    return e;
}

static struct found in_process(struct judging *j, err (*unit)(void *, struct cx *), str query)
{
    struct asking a = { .j = j, .text = query };
    struct cx *cx = app_cx_open(j->shop.app);
    bench_must(j->b, cx, db_read(cx, unit, &a), "a query");
    app_cx_close(cx);
    return a.found;
}

/* ---- the shop's own index, whole or without some of it ---- */
/* weights: NULL for the shop's. */
static void index_open_without(
    struct judging *j, unsigned without, const struct search_weights *weights)
{
    struct app *app = j->shop.app;
    struct cx *cx = app_cx_open(app);
    struct search_index_opts opts = {
        .db = app->db, .sql = &app->search_sql, .weights = weights, .without = without
    };
    bench_must(j->b, cx, search_index_open(j->b->arena, cx, opts, &j->search), "an index");
    bench_must(j->b, cx,
        search_index_settle(&j->search, cx, assortment_search_source(app->assortment)), "an index");
    app_cx_close(cx);
}

static struct judge_scores ask_all(struct judging *j, err (*unit)(void *, struct cx *))
{
    struct judge_scores all = { .n = 0 };
    for (size_t i = 0; i < j->judge.n; i++) {
        struct found found = in_process(j, unit, j->judge.queries[i].text);
        all.of[all.n++] = score_of(j, i, &found);
    }
    return all;
}

static struct judge_scores without(
    struct judging *j, unsigned techniques, const struct search_weights *weights)
{
    index_open_without(j, techniques, weights);
    struct judge_scores all = ask_all(j, unit_ask);
    search_index_close(&j->search);
    return all;
}

static void say(struct bench *b, const char *of_case, const struct judge_scores *all, double floor)
{
    struct judge_score mean = judge_mean(all);
    bench_say(b, (struct bench_figure){ of_case, "ndcg10-unjudged-zero", mean.as_zero, "of-1",
                     0.743, "tuned-fts5", .floor = floor });
    bench_say(b, (struct bench_figure){ of_case, "ndcg10-unjudged-removed", mean.removed, "of-1",
                     0.792, "tuned-fts5", .floor = floor });
}

/* ---- what each technique brings ---- */
static const struct {
    const char *name;
    unsigned technique;
} techniques[] = {
    { "fields", SEARCH_BY_FIELD },
    { "forms", SEARCH_FORMS },
    { "compounds", SEARCH_COMPOUNDS },
    { "synonyms", SEARCH_SYNONYMS },
    { "near", SEARCH_NEAR },
    { "lead", SEARCH_LEAD },
    { "types", SEARCH_TYPES },
    { "pairs", SEARCH_PAIRS },
    { "named", SEARCH_NAMED },
    { "reach", SEARCH_REACH },
    { "category", SEARCH_CATEGORY },
    { "model", SEARCH_MODEL },
};

static void say_ablation(struct judging *j, const struct judge_scores *whole)
{
    struct bench *b = j->b;
    unsigned left = 0;
    for (size_t i = 0; i < COUNT(techniques); i++)
        left |= techniques[i].technique;
    struct judge_scores scores = without(j, left, NULL), before = scores;
    say(b, "bm25", &scores, 0);
    printf("| technique | added to those above | left out of all |\n| --- | --- | --- |\n");
    struct judge_score mean = judge_mean(&scores), all = judge_mean(whole);
    printf("| plain BM25 | %.3f, %.3f | |\n", mean.as_zero, mean.removed);
    for (size_t i = 0; i < COUNT(techniques); i++) {
        left &= ~techniques[i].technique;
        scores = without(j, left, NULL);
        struct judge_score more = judge_mean(&scores), less = judge_mean(&before);
        struct judge_scores but = without(j, techniques[i].technique, NULL);
        struct judge_score lacks = judge_mean(&but);
        printf("| %s | %+.3f, %+.3f | %+.3f, %+.3f |\n", techniques[i].name,
            more.as_zero - less.as_zero, more.removed - less.removed, lacks.as_zero - all.as_zero,
            lacks.removed - all.removed);
        before = scores;
    }
    printf("| all | %.3f, %.3f | |\n", all.as_zero, all.removed);
}

/* ---- had a program chosen the weights ---- */
static const float grid[][3] = { { 1.25F, 2.5F, 5 }, { 1.5F, 3, 6 }, { 0.5F, 1, 2 },
    { 0.15F, 0.3F, 0.6F } };
#define SETTINGS 81

static struct search_tuning setting(size_t i)
{
    struct search_tuning t = search_tuning_usual;
    t.type = grid[0][i % 3];
    t.sharpness = grid[1][i / 3 % 3];
    t.named = grid[2][i / 9 % 3];
    t.near = grid[3][i / 27];
    return t;
}

/* Weights chosen on four fifths of the queries, measured on the others; and the worst and best
 * setting on all of them. */
static void say_folds(struct judging *j)
{
    struct judge_scores *tried = NEW_N(j->b->arena, SETTINGS, struct judge_scores);
    struct judge_scores held = { .n = 0 };
    for (size_t i = 0; i < SETTINGS; i++) {
        struct search_tuning t = setting(i);
        search_index_tune(&j->search, &t);
        tried[i] = ask_all(j, unit_ask);
    }
    search_index_tune(&j->search, &search_tuning_usual);
    double low = 2, high = 0;
    for (size_t fold = 0; fold < FOLDS; fold++) {
        size_t best = 0;
        double most = -1;
        for (size_t i = 0; i < SETTINGS; i++) {
            struct judge_scores others = { .n = 0 };
            for (size_t q = 0; q < tried[i].n; q++)
                if (q % FOLDS != fold)
                    others.of[others.n++] = tried[i].of[q];
            struct judge_score mean = judge_mean(&others), all = judge_mean(&tried[i]);
            low = fmin(low, all.removed);
            high = fmax(high, all.removed);
            if (mean.as_zero + mean.removed > most) {
                most = mean.as_zero + mean.removed;
                best = i;
            }
        }
        for (size_t q = fold; q < tried[best].n; q += FOLDS)
            held.of[held.n++] = tried[best].of[q];
    }
    say(j->b, "cross-validated", &held, 0);
    bench_note(j->b, "removed: %.3f to %.3f over %d settings of four weights", low, high, SETTINGS);
}

/* ---- what nobody judged ---- */
/* What the judged products of a category got for this query, on average; -1: none was judged. */
static double rating_of_path(struct judging *j, const struct judge_query *q, str path)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < q->n; i++) {
        const struct product *p = map_get(&j->product_of_source, q->judged[i].source);
        if (!p || !str_eq(p->path, path))
            continue;
        sum += q->judged[i].rating;
        n++;
    }
    return n > 0 ? sum / n : -1;
}

/* Of the first ten: how many nobody judged, and how many of these are in a category of which what
 * was judged is right. Those counted as what was judged of their category, nDCG is an estimate. */
static void say_unjudged(struct judging *j)
{
    double all = 0, unjudged = 0, right = 0, sum = 0, n = 0;
    for (size_t i = 0; i < j->judge.n; i++) {
        const struct judge_query *q = &j->judge.queries[i];
        struct found found = in_process(j, unit_ask, q->text);
        double ratings[10], open = 0, fitting = 0;
        size_t k = 0;
        for (; k < found.n && k < COUNT(ratings); k++) {
            const char *source = map_get(&j->source_of_product, found.products[k]);
            const struct product *p = map_get(&j->product_of, found.products[k]);
            int rating = source ? judge_rating(q, str_from_c(source)) : -1;
            double guess = rating < 0 && p ? rating_of_path(j, q, p->path) : rating;
            ratings[k] = guess > 0 ? guess : 0;
            open += rating < 0;
            fitting += rating < 0 && guess >= 2;
        }
        double score = judge_graded(q, ratings, k);
        if (score < 0)
            continue;
        all += (double)k;
        unjudged += open;
        right += fitting;
        sum += score;
        n++;
    }
    bench_note(j->b,
        "of the first ten %.0f of %.0f are not judged, %.0f of them in categories of "
        "which what was judged is right",
        unjudged, all, right);
    bench_say(j->b, (struct bench_figure){ "estimate", "ndcg10-unjudged-as-their-category", sum / n,
                        "of-1", 1, "perfect" });
}

/* Where the rest is lost, on average. */
static void say_losses(struct judging *j)
{
    struct judge_loss sum = { 0 };
    double n = 0;
    for (size_t i = 0; i < j->judge.n; i++) {
        struct found found = in_process(j, unit_ask, j->judge.queries[i].text);
        str sources[DEPTH];
        sources_of(j, &found, sources);
        n += (double)judge_score(&j->judge.queries[i], sources, found.n).n;
        struct judge_loss loss = judge_loss(&j->judge.queries[i], sources, found.n);
        sum.missed += loss.missed;
        sum.below += loss.below;
        sum.order += loss.order;
    }
    bench_note(j->b,
        "lost, unjudged as wrong: %.3f not among the first %d, %.3f below the tenth, %.3f by the "
        "order of the first ten",
        sum.missed / n, DEPTH, sum.below / n, sum.order / n);
}

/* ---- each query, to be read ---- */
static void say_each(struct judging *j)
{
    for (size_t i = 0; i < j->judge.n; i++) {
        const struct judge_query *q = &j->judge.queries[i];
        struct found found = in_process(j, unit_ask, q->text);
        struct judge_score score = score_of(j, i, &found);
        printf("\n" STR_F ": %.3f as wrong, %.3f left out%s\n", STR_A(q->text), score.as_zero,
            score.removed, score.n ? "" : " (nothing is right)");
        for (size_t k = 0; k < found.n; k++) {
            const char *source = map_get(&j->source_of_product, found.products[k]);
            int rating = source ? judge_rating(q, str_from_c(source)) : -1;
            const struct product *p = map_get(&j->product_of, found.products[k]);
            if (p && (k < 10 || rating >= 0))
                printf("%4zu  %c  " STR_F "  [" STR_F "]\n", k + 1,
                    rating < 0 ? '-' : (char)('0' + rating), STR_A(p->title), STR_A(p->path));
        }
    }
}

/* ---- queries that nobody judged ---- */
static str title_words(struct arena *arena, str title)
{
    struct buf out = { .arena = arena };
    for (int i = 0; i < ITEM_WORDS && title.p; i++) {
        buf_add(&out, str_cut(&title, ' '));
        buf_char(&out, ' ');
    }
    return str_trim(buf_str(&out));
}

/* The first words of a title: a product with such a title is wanted at the top. */
static void say_items(struct judging *j)
{
    struct rng rng = rng_seeded(1);
    double sum = 0;
    for (int i = 0; i < ITEMS; i++) {
        const struct product *p = &j->products[rng_below(&rng, (uint32_t)j->n)];
        str words = title_words(j->b->arena, p->title);
        struct found found = in_process(j, unit_ask, words);
        for (size_t k = 0; k < found.n && k < 10; k++) {
            const struct product *other = map_get(&j->product_of, found.products[k]);
            if (other && str_starts(other->title, words)) {
                sum += 1 / (double)(k + 1);
                break;
            }
        }
    }
    bench_say(j->b, (struct bench_figure){
                        "known-items", "mrr10", sum / ITEMS, "of-1", 1, "perfect", .floor = 0 });
}

/* The name of a category: how many of the first ten are in it. */
static void say_kinds(struct judging *j)
{
    struct map counts = map_new(j->b->arena, 256);
    double sum = 0, n = 0;
    for (size_t i = 0; i < j->n; i++) {
        uintptr_t seen = (uintptr_t)map_get(&counts, j->products[i].path) + 1;
        map_put(&counts, j->products[i].path, (void *)seen);
        str name = j->products[i].name;
        if (seen != KIND_MIN || str_find_char(name, '&', 0) >= 0 ||
            str_find_char(name, ',', 0) >= 0)
            continue;
        struct found found = in_process(j, unit_ask, name);
        double right = 0;
        for (size_t k = 0; k < found.n && k < 10; k++) {
            const struct product *p = map_get(&j->product_of, found.products[k]);
            right += p && str_starts(p->path, j->products[i].path);
        }
        sum += right / 10;
        n++;
    }
    bench_say(j->b,
        (struct bench_figure){ "category-names", "precision10", sum / n, "of-1", 1, "perfect" });
}

/* Model numbers and slips of the hand. */
static size_t ask_stress(void *arg, str query, size_t *ret)
{
    struct judging *j = arg;
    struct found found = in_process(j, unit_ask, query);
    size_t n = 0;
    for (size_t i = 0; i < found.n && n < STRESS_DEPTH; i++) {
        const struct product *p = map_get(&j->product_of, found.products[i]);
        if (p)
            ret[n++] = (size_t)(p - j->products);
    }
    return n;
}

static void say_robustness(struct judging *j)
{
    str *titles = NEW_N(j->b->arena, j->n, str);
    for (size_t i = 0; i < j->n; i++)
        titles[i] = j->products[i].title;
    stress_say(j->b, &(struct stress_shop){ ask_stress, j, titles, j->n });
}

/* ---- over the API ---- */
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

static void say_api(struct judging *j, const char *data, const struct judge_scores *own)
{
    struct bench_server server;
    struct judge_scores all = { .n = 0 };
    bench_server_start(j->b, (struct bench_server_opts){ .data = data }, NULL, &server);
    wait_for_index(j->b, data);
    for (size_t i = 0; i < j->judge.n; i++) {
        struct found found = over_http(j, server.port, j->judge.queries[i].text);
        all.of[all.n++] = score_of(j, i, &found);
    }
    bench_server_stop(j->b, &server);
    say(j->b, "api", &all, 1);
    struct judge_score api = judge_mean(&all), here = judge_mean(own);
    if (api.as_zero != here.as_zero || api.removed != here.removed)
        bench_wrong(j->b, "the API gives %.4f and %.4f, the index in this process %.4f and %.4f",
            api.as_zero, api.removed, here.as_zero, here.removed);
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
        .product_of_doc = map_new(b->arena, 40000),
        .product_of = map_new(b->arena, 40000),
        .product_of_source = map_new(b->arena, 40000) };
    judge_read(&j.judge, b, str_c(b->arena, str_fmt(b->arena, "%s/relevance-dev.csv", folder)));
    const char *data = bench_folder(b, "icecat");
    bench_souk(b, data, NULL, (const char *const[]){ "import", "products", products, NULL });
    bench_shop_open(b, (struct bench_shop_opts){ .data = data }, &j.shop);
    struct cx *cx = app_cx_open(j.shop.app);
    bench_must(b, cx, db_read(cx, unit_names, &j), "names");
    app_cx_close(cx);
    j.top = bench_as(b, &BENCH_FTS_TOP, "search");
    struct judge_scores plain = ask_all(&j, unit_plain);
    index_open_without(&j, 0, NULL);
    struct judge_scores own = ask_all(&j, unit_ask);
    bench_note(b, "%zu products, %zu queries, %zu of them with something right; +-%.3f (removed)",
        j.n, j.judge.n, judge_mean(&own).n, judge_error(&own));
    bool each = b->only && !strcmp(b->only, "each");
    if (each || (b->only && !strcmp(b->only, "robustness"))) {
        if (each) {
            say_losses(&j);
            say_each(&j);
        } else {
            say_robustness(&j);
        }
        search_index_close(&j.search);
        bench_shop_close(&j.shop);
        return bench_close(b);
    }
    say_losses(&j);
    say_unjudged(&j);
    if (!b->quick)
        say_folds(&j);
    say_items(&j);
    say_kinds(&j);
    say_robustness(&j);
    search_index_close(&j.search);
    if (!b->quick)
        say_ablation(&j, &own);
    static const struct search_weights none = { { 0 } }; /* of stock, prices, age and so on */
    struct judge_scores text = without(&j, 0, &none);
    bench_shop_close(&j.shop);
    say(b, "plain-fts5", &plain, 0);
    say(b, "text-alone", &text, 0);
    say_api(&j, data, &own);
    return bench_close(b);
}
