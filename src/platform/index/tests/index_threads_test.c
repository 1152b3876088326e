/* SPDX-License-Identifier: Apache-2.0
 * Readers beside writers, merges, snapshots and swaps: every answer is of one moment. Run by meson
 * test and under ThreadSanitizer (tests/tsan.list); must never rely on who comes first. */
#include <pthread.h>
#include <stdatomic.h>

#include "platform/index/index_internal.h"
#include "platform/index/tests/index_folder.h"
#include "platform/index/tests/index_world.h"

#define KEPT 300       /* products that are always there */
#define MOVING 200     /* that come and go */
#define UNIT 1000003   /* every price is a multiple: half a write would not be */
#define GENERATIONS 12 /* swaps */
#define ROUNDS 150     /* of each writer */

struct field { /* what the threads share */
    struct index *ix;
    str folder;
    _Atomic bool stop;
    _Atomic int64_t reads;
};

static id id_at(struct arena *arena, const char *space, size_t i)
{
    return id_from_name(str_from_c(space), str_fmt(arena, "%zu", i));
}

/* A kept product has `keep` and the keyword of its generation. */
static void put(struct index *ix, const char *space, size_t i, unsigned generation)
{
    struct arena *arena DEFER(arena_close_at) = arena_open(2048);
    bool kept = strcmp(space, "kept") == 0;
    struct index_token tokens[] = { { kept ? S("keep") : S("move"), 0 },
        { str_fmt(arena, "w%zu", i % 17), 1 }, { S("every"), 2 } };
    struct index_text texts[TEXTS] = { { tokens, COUNT(tokens) } };
    str value = str_fmt(arena, "generation %u", generation);
    struct index_values keywords[KEYWORDS] = { { &value, kept ? 1 : 0 } };
    int64_t numbers[NUMBERS] = { UNIT };
    struct index_doc doc = { .id = id_at(arena, space, i),
        .texts = texts,
        .keywords = keywords,
        .numbers = numbers,
        .flags = 1 };
    index_put(ix, &doc, 1);
}

/* The best ten of what is kept, by factors over columns that are being set. */
static const struct index_point cheap[] = { { UNIT, 2 }, { 2 * UNIT, 1 } };
static const struct index_point rated[] = { { 0, 0.8f }, { 500, 1.2f } };
static const struct index_factor factors[] = { { PRICE, cheap, COUNT(cheap) },
    { RATING, rated, COUNT(rated) } };

static struct index_result weighed(
    struct index *ix, struct cx *cx, const struct index_node *root, size_t limit)
{
    struct index_query q = {
        .root = root, .factors = factors, .factors_n = COUNT(factors), .limit = limit
    };
    struct index_result r;
    CHECK_ERR(cx, index_find(ix, cx, &q, &r), NULL);
    CHECK_INT((int64_t)r.hits_n, (int64_t)limit);
    return r;
}

static void *reader(void *arg)
{
    struct field *f = arg;
    int64_t edges[] = { UNIT, UNIT + 1, 2 * UNIT, 2 * UNIT + 1 };
    struct index_facet facets[] = { { .on = INDEX_KEYWORD, .field = BRAND },
        { .on = INDEX_NUMBER, .field = PRICE, .edges = edges, .edges_n = COUNT(edges) } };
    struct index_node keep = { .op = INDEX_TERM, .text = S("keep") };
    struct index_query q = { .root = &keep, .facets = facets, .facets_n = 2, .limit = 20 };
    while (!atomic_load(&f->stop)) {
        struct cx *cx = check_cx_open();
        struct index_result r, best;
        struct index_word *words;
        size_t n;
        CHECK_ERR(cx, index_find(f->ix, cx, &q, &r), NULL);
        CHECK_INT(r.total, KEPT);
        CHECK_INT((int64_t)r.facets[0].n, 1); /* all of one generation */
        CHECK_INT(r.facets[0].counts[0].count, KEPT);
        CHECK_INT(r.facets[1].counts[1].count + r.facets[1].counts[3].count, KEPT);
        struct index_node every = { .op = INDEX_PREFIX, .text = S("ev") };
        struct index_query top = { .root = &every, .limit = 10 };
        CHECK_ERR(cx, index_find(f->ix, cx, &top, &best), NULL);
        CHECK_INT((int64_t)best.hits_n, 10);
        (void)weighed(f->ix, cx, &keep, 10);
        index_complete(f->ix, cx, S("k"), 3, &words, &n);
        CHECK(n == 1 && words[0].docs >= KEPT);
        index_fuzzy(f->ix, cx, (struct index_fuzzy){ S("kep"), 1, 1, 5 }, &words, &n);
        CHECK(n == 1);
        check_cx_close(cx);
        atomic_fetch_add(&f->reads, 1);
    }
    return NULL;
}

static void *mover(void *arg)
{
    struct field *f = arg;
    struct rng rng = rng_seeded(1);
    for (size_t i = 0; i < ROUNDS * 4; i++) {
        struct arena *arena DEFER(arena_close_at) = arena_open(2048);
        size_t k = rng_below(&rng, MOVING);
        if (rng_chance(&rng, 400)) {
            id gone = id_at(arena, "moving", k);
            (void)index_remove(f->ix, &gone, 1);
        } else {
            put(f->ix, "moving", k, 0);
        }
        if (i % 200 == 0)
            index_optimize(f->ix);
    }
    return NULL;
}

static void *setter(void *arg)
{
    struct field *f = arg;
    struct rng rng = rng_seeded(2);
    for (size_t i = 0; i < ROUNDS * 20; i++) {
        struct arena *arena DEFER(arena_close_at) = arena_open(2048);
        id of = id_at(arena, "kept", rng_below(&rng, KEPT));
        CHECK(index_set_number(f->ix, of, PRICE, rng_chance(&rng, 500) ? UNIT : 2 * UNIT));
        CHECK(index_set_flag(f->ix, of, PRIME, rng_chance(&rng, 500)));
    }
    return NULL;
}

/* Rebuilds beside the living index and swaps, as an owner does. */
static void *swapper(void *arg)
{
    struct field *f = arg;
    for (unsigned g = 1; g <= GENERATIONS; g++) {
        struct index *fresh = index_open(world_schema);
        for (size_t i = 0; i < KEPT; i++)
            put(fresh, "kept", i, g);
        index_swap(f->ix, fresh);
        index_close(fresh);
    }
    return NULL;
}

static void *saver(void *arg)
{
    struct field *f = arg;
    for (size_t i = 0; i < ROUNDS / 10; i++) {
        struct cx *cx = check_cx_open();
        struct index *copy = NULL;
        CHECK_ERR(cx, index_save(f->ix, cx, f->folder), NULL);
        CHECK_ERR(cx, index_load(cx, f->folder, world_schema, &copy), NULL);
        CHECK(index_figures_of(copy).docs >= KEPT);
        index_close(copy);
        check_cx_close(cx);
    }
    return NULL;
}

/* What readers kept of factors while columns were set is not too low now. */
static void check_bounds(struct index *ix)
{
    struct cx *cx = check_cx_open();
    struct index_node keep = { .op = INDEX_TERM, .text = S("keep") };
    struct index_result all = weighed(ix, cx, &keep, KEPT), best = weighed(ix, cx, &keep, 10);
    for (size_t i = 0; i < best.hits_n; i++)
        CHECK(id_eq(all.hits[i].id, best.hits[i].id) && all.hits[i].score == best.hits[i].score);
    check_cx_close(cx);
}

static void all_at_once(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct field f = { .ix = index_open(world_schema), .folder = folder_new(arena) };
    f.ix->helper.any_load = true;
    atomic_store(&f.ix->helper.heavy, 1); /* every query asks for the helping thread */
    void *(*const writers[])(void *) = { mover, setter, swapper, saver };
    pthread_t readers[2], threads[COUNT(writers)];
    for (size_t i = 0; i < KEPT; i++)
        put(f.ix, "kept", i, 0);
    for (size_t i = 0; i < COUNT(readers); i++)
        CHECK(pthread_create(&readers[i], NULL, reader, &f) == 0);
    for (size_t i = 0; i < COUNT(writers); i++)
        CHECK(pthread_create(&threads[i], NULL, writers[i], &f) == 0);
    for (size_t i = 0; i < COUNT(writers); i++)
        pthread_join(threads[i], NULL);
    atomic_store(&f.stop, true);
    for (size_t i = 0; i < COUNT(readers); i++)
        pthread_join(readers[i], NULL);
    CHECK(atomic_load(&f.reads) > 10);
    check_bounds(f.ix);
    index_close(f.ix);
    folder_remove(f.folder);
    arena_close(arena);
}

static void *slow_writer(void *arg)
{
    struct field *f = arg;
    struct world *w = world_open(3);
    world_grow(w, 3000);
    world_put(w, f->ix, 0, w->n);
    index_optimize(f->ix);
    world_close(w);
    atomic_store(&f->stop, true);
    return NULL;
}

static void reads_go_on(void **state)
{
    (void)state;
    struct field f = { .ix = index_open(world_schema) };
    pthread_t writer;
    for (size_t i = 0; i < 50; i++)
        put(f.ix, "kept", i, 0);
    CHECK(pthread_create(&writer, NULL, slow_writer, &f) == 0);
    int64_t reads = 0;
    struct index_node keep = { .op = INDEX_TERM, .text = S("keep") };
    while (!atomic_load(&f.stop)) {
        struct cx *cx = check_cx_open();
        struct index_query q = { .root = &keep, .limit = 20, .total = true };
        struct index_result r;
        CHECK_ERR(cx, index_find(f.ix, cx, &q, &r), NULL);
        CHECK_INT(r.total, 50);
        check_cx_close(cx);
        reads++;
    }
    pthread_join(writer, NULL);
    CHECK(reads > 20); /* one put of 3,000 products and a merge take longer than that */
    index_close(f.ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(reads_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
