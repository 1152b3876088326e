/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the search over the database share: an index in a fresh store, its verbs in
 * units, made-up products. For tests of this folder alone. */
#ifndef SOUK_PLATFORM_SEARCH_TESTS_SEARCH_KIT_H
#define SOUK_PLATFORM_SEARCH_TESTS_SEARCH_KIT_H

#include <pthread.h>

#include "base/buf.h"
#include "platform/search/search_index.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/search", NULL };

/* What the catalogue is to the index: texts of all that was put, the last of a product counts. */
struct kit_texts {
    pthread_mutex_t lock;
    struct arena *arena;
    struct kit_text {
        id product_id;
        struct search_texts texts;
    } * all;
    size_t n, cap;
};
struct kit {
    struct store *store;
    struct search search;
    struct search *sql; /* below an index */
    struct kit_texts *texts_of;
    bool index;
    const struct search_doc *docs;
    size_t docs_n;
    const id *gone;
    size_t gone_n;
    const struct search_query *q;
    struct search_result *result;
    str typed, *texts;
    size_t texts_n;
    int64_t count;
};

static inline err kit_source(
    void *self, struct cx *cx, const id *product_ids, size_t n, struct search_texts *ret)
{
    struct kit_texts *t = self;
    (void)cx;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < n; i++)
        for (size_t k = t->n; k-- > 0;)
            if (id_eq(t->all[k].product_id, product_ids[i])) {
                ret[i] = t->all[k].texts;
                break;
            }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* Each test runs with both adapters: static void test_x(void **state, bool index), then
 * BOTH(test_x) and KIT_TESTS(test_x). */
#define BOTH(fn)                                                                                   \
    static void fn##_sql(void **state)                                                             \
    {                                                                                              \
        fn(state, false);                                                                          \
    }                                                                                              \
    static void fn##_index(void **state)                                                           \
    {                                                                                              \
        fn(state, true);                                                                           \
    }
#define KIT_TESTS(fn) STORE_TEST(fn##_sql), STORE_TEST(fn##_index)

struct kit_opts {
    str folder;   /* of the index's snapshots; may be absent */
    bool index;   /* our own engine, over the adapter over the database */
    bool threads; /* it follows the change log by itself */
};
static inline void kit_adapter(struct kit *kit, struct kit_opts in)
{
    struct cx *cx = store_cx(kit->store);
    struct arena *life = arena_open(4096);
    kit->texts_of = NEW(life, struct kit_texts);
    kit->texts_of->arena = life;
    pthread_mutex_init(&kit->texts_of->lock, NULL);
    kit->sql = NEW(life, struct search);
    CHECK_ERR(cx, search_sql_open(life, cx, store_db(kit->store), kit->sql), NULL);
    kit->search = *kit->sql;
    kit->index = in.index;
    if (!in.index)
        return;
    struct search_index_opts opts = {
        .db = store_db(kit->store), .sql = kit->sql, .folder = in.folder
    };
    struct search_source source = { .texts = kit_source, .self = kit->texts_of };
    CHECK_ERR(cx, search_index_open(life, cx, opts, &kit->search), NULL);
    if (in.threads)
        search_index_start(&kit->search, source);
    else
        CHECK_ERR(cx, search_index_settle(&kit->search, cx, source), NULL);
}

static inline void kit_release(struct kit *kit)
{
    if (kit->index)
        search_index_close(&kit->search);
    search_sql_close(kit->sql);
    arena_close(kit->texts_of->arena);
}

static inline struct kit kit_open(void **state, bool index)
{
    struct kit kit = { .store = store_open(store_engine(state), folders) };
    kit_adapter(&kit, (struct kit_opts){ .index = index });
    return kit;
}

static inline void kit_close(struct kit *kit)
{
    kit_release(kit);
    store_close(kit->store);
}

static inline void kit_remember(struct kit_texts *t, const struct search_doc *docs, size_t n)
{
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < n; i++) {
        if (t->n == t->cap) {
            size_t cap = t->cap ? t->cap * 2 : 64;
            t->all = arena_grow(t->arena, t->all, t->cap * sizeof *t->all, cap * sizeof *t->all);
            t->cap = cap;
        }
        t->all[t->n++] = (struct kit_text){ docs[i].product_id,
            { str_dup(t->arena, docs[i].description), str_dup(t->arena, docs[i].codes) } };
    }
    pthread_mutex_unlock(&t->lock);
}

static inline err do_put(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    return kit->search.put(kit->search.self, cx, kit->docs, kit->docs_n);
}

static inline err do_remove(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    return kit->search.remove(kit->search.self, cx, kit->gone, kit->gone_n);
}

static inline err do_query(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    err e = kit->search.query(kit->search.self, cx, kit->q, kit->result);
    return e ? e : kit->search.count(kit->search.self, cx, &kit->count);
}

static inline err do_complete(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    return kit->search.complete(kit->search.self, cx, kit->typed, &kit->texts, &kit->texts_n);
}

static inline void put(struct kit *kit, const struct search_doc *docs, size_t n)
{
    kit->docs = docs;
    kit->docs_n = n;
    kit_remember(kit->texts_of, docs, n);
    CHECK_ERR(store_cx(kit->store), store_write(kit->store, do_put, kit), NULL);
}

static inline void take_out(struct kit *kit, const id *ids, size_t n)
{
    kit->gone = ids;
    kit->gone_n = n;
    CHECK_ERR(store_cx(kit->store), store_write(kit->store, do_remove, kit), NULL);
}

static inline err ask_for(struct kit *kit, struct search_query q, struct search_result *ret)
{
    kit->q = &q;
    kit->result = ret;
    return store_read(kit->store, do_query, kit);
}

static inline struct search_result ask(struct kit *kit, struct search_query q)
{
    struct search_result result;
    CHECK_ERR(store_cx(kit->store), ask_for(kit, q, &result), NULL);
    return result;
}

static inline id number_id(unsigned n)
{
    return (id){ .b = { 1, [12] = (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                     (uint8_t)n } };
}

static inline int64_t id_number(id a)
{
    return a.b[12] << 24 | a.b[13] << 16 | a.b[14] << 8 | a.b[15];
}

#define MANY 600
static const str brands[] = { S_INIT("Dell"), S_INIT("HP"), S_INIT("Acer"), S_INIT("") };
static const str paths[] = { S_INIT("electronics"), S_INIT("electronics/laptops"),
    S_INIT("electronics/laptops/gaming"), S_INIT("electronics/audio"), S_INIT("elect"),
    S_INIT("home") };
static const str colours[] = { S_INIT("Red"), S_INIT("Blue"), S_INIT("Black") };
static const str sizes[] = { S_INIT("S"), S_INIT("M"), S_INIT("L") };

static inline struct search_doc *make_docs(
    struct arena *arena, struct rng *rng, unsigned from, size_t n)
{
    struct search_doc *docs = NEW_N(arena, n, struct search_doc);
    for (size_t i = 0; i < n; i++) {
        struct search_attribute *a = NEW_N(arena, 3, struct search_attribute);
        struct search_doc *d = &docs[i];
        str colour = colours[rng_below(rng, 3)];
        a[d->attributes_n++] = (struct search_attribute){ S("colour"), S("Colour"), colour };
        if (rng_chance(rng, 500))
            a[d->attributes_n++] =
                (struct search_attribute){ S("size"), S("Size"), sizes[rng_below(rng, 3)] };
        if (rng_chance(rng, 300))
            a[d->attributes_n++] =
                (struct search_attribute){ S("size"), S("Size"), sizes[rng_below(rng, 3)] };
        d->product_id = number_id(from + (unsigned)i);
        d->title =
            str_fmt(arena, "%s thing %u", rng_chance(rng, 500) ? "Nice" : "Good", (unsigned)i);
        d->brand = brands[rng_below(rng, COUNT(brands))];
        d->category_path = paths[rng_below(rng, COUNT(paths))];
        d->attributes = a;
        d->price_minor = rng_between(rng, 0, 200) * 500;
        d->rating_x100 = rng_between(rng, 0, 10) * 50;
        d->rating_count = rng_between(rng, 0, 50);
        d->released_ms = rng_between(rng, 0, 20);
        d->popularity = rng_between(rng, 0, 20);
        d->prime = rng_chance(rng, 500);
        d->in_stock = rng_chance(rng, 700);
    }
    return docs;
}

#endif
