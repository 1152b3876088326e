/* SPDX-License-Identifier: Apache-2.0
 * Simulated shoppers: what they like rises from where nobody looks, what they do not like falls
 * from where everybody does. On both engines, through counts, signals and the index. */
#include "flows/ranking/ranking.h"

#include "base/instant.h"
#include "platform/search/search_index.h"
#include "tests/support/store.h"

#define PRODUCTS 12
#define DAYS 10
#define SHOPPERS 300 /* a day */

static const char *const folders[] = { "platform/search", "services/behaviour", NULL };
/* How far down people look, which is not what the prior says. */
static const double looked[PRODUCTS] = { 0.6, 0.45, 0.35, 0.28, 0.22, 0.18, 0.15, 0.13, 0.11, 0.1,
    0.09, 0.08 };

struct world {
    struct store *s;
    struct arena *life;
    struct behaviour *b;
    struct ranking *r;
    struct search sql, search;
    struct search_doc docs[PRODUCTS];
    struct search_result found;
    bool more;
};

static id product(int64_t n)
{
    return (id){ .b = { 1, [15] = (uint8_t)n } };
}
static int64_t number(id a)
{
    return a.b[15];
}
static err no_texts(
    void *self, struct cx *cx, const id *product_ids, size_t n, struct search_texts *ret)
{
    (void)self;
    (void)cx;
    (void)product_ids;
    memset(ret, 0, n * sizeof *ret);
    return NULL;
}
static err do_put(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return w->search.put(w->search.self, cx, w->docs, PRODUCTS);
}
static err do_ask(void *arg, struct cx *cx)
{
    struct world *w = arg;
    const struct search_query q = { .text = S("kettle"), .limit = PRODUCTS, .facets = true };
    return w->search.query(w->search.self, cx, &q, &w->found);
}
static err all_known(void *arg, struct cx *cx, const id *product_ids, size_t n, bool *ret)
{
    (void)arg;
    (void)cx;
    for (size_t i = 0; i < n; i++)
        ret[i] = number(product_ids[i]) > 0;
    return NULL;
}
static err do_flush(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct behaviour_ad *ads;
    size_t ads_n;
    return behaviour_flush(w->b, cx, (struct behaviour_known){ all_known, NULL }, &ads, &ads_n);
}
static err do_weigh(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return ranking_weigh(w->r, cx, &w->more);
}

static void world_open(struct world *w, void **state)
{
    *w = (struct world){ .s = store_open(store_engine(state), folders), .life = arena_open(4096) };
    struct cx *cx = store_cx(w->s);
    CHECK_ERR(cx, search_sql_open(w->life, cx, store_db(w->s), &w->sql), NULL);
    CHECK_ERR(cx,
        search_index_open(w->life, cx,
            (struct search_index_opts){ .db = store_db(w->s), .sql = &w->sql }, &w->search),
        NULL);
    CHECK_ERR(
        cx, search_index_settle(&w->search, cx, (struct search_source){ .texts = no_texts }), NULL);
    w->b = behaviour_open(
        w->life, (struct behaviour_deps){ .db = store_db(w->s), .rng = rng_seeded(5) });
    w->r = ranking_open(w->life, (struct ranking_deps){ .behaviour = w->b, .search = &w->search });
    for (int64_t i = 0; i < PRODUCTS; i++)
        w->docs[i] = (struct search_doc){ .product_id = product(i + 1),
            .title = S("electric kettle"),
            .brand = S("Boil"),
            .category_path = S("home/kettles"),
            .price_minor = 2500,
            .in_stock = true };
    CHECK_ERR(cx, store_write(w->s, do_put, w), NULL);
}
static void world_close(struct world *w)
{
    behaviour_close(w->b);
    search_index_close(&w->search);
    search_sql_close(&w->sql);
    arena_close(w->life);
    store_close(w->s);
}

/* A day: everybody gets the list as it stands, sees some of it and clicks what they like. */
static void day(struct world *w, struct rng *rng, const double *liked)
{
    struct cx *cx = store_cx(w->s);
    CHECK_ERR(cx, store_read(w->s, do_ask, w), NULL);
    CHECK_INT((int64_t)w->found.n, PRODUCTS);
    id list[PRODUCTS];
    memcpy(list, w->found.product_ids, sizeof list);
    for (int i = 0; i < SHOPPERS; i++) {
        char peer[24];
        snprintf(peer, sizeof peer, "10.0.%d.%d", i / 250, i % 250);
        cx->peer = str_from_c(peer);
        for (int64_t p = 0; p < PRODUCTS; p++) {
            struct behaviour_event e = { BEHAVIOUR_SHOWN, list[p], p + 1 };
            CHECK_INT((int64_t)behaviour_note(w->b, cx, &e, 1), 1);
            e.kind = BEHAVIOUR_CLICKED;
            if (rng_unit(rng) < looked[p] * liked[number(list[p])])
                (void)behaviour_note(w->b, cx, &e, 1);
        }
    }
    CHECK_ERR(cx, store_write(w->s, do_flush, w), NULL);
    CHECK_ERR(cx, store_write(w->s, do_weigh, w), NULL);
    cx->now_ms += DAY_MS;
}

static int64_t place_of(struct world *w, int64_t n)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, do_ask, w), NULL);
    for (size_t i = 0; i < w->found.n; i++)
        if (number(w->found.product_ids[i]) == n)
            return (int64_t)i + 1;
    return 0;
}

static void test_better_rises(void **state)
{
    struct world w;
    struct rng rng = rng_seeded(11);
    double liked[PRODUCTS + 1];
    world_open(&w, state);
    for (int i = 0; i <= PRODUCTS; i++)
        liked[i] = 0.3;
    liked[1] = 0.1; /* stands first, and nobody likes it */
    liked[8] = 0.9; /* stands eighth, where few look */
    CHECK_INT(place_of(&w, 1), 1);
    CHECK_INT(place_of(&w, 8), 8);
    for (int i = 0; i < DAYS; i++)
        day(&w, &rng, liked);
    CHECK_INT(place_of(&w, 8), 1);
    CHECK(place_of(&w, 1) > 6);
    world_close(&w);
}

/* All are liked alike: that the first is clicked most says nothing, and it stays a close race. */
static void test_alike_stays(void **state)
{
    struct world w;
    struct rng rng = rng_seeded(13);
    double liked[PRODUCTS + 1];
    world_open(&w, state);
    for (int i = 0; i <= PRODUCTS; i++)
        liked[i] = 0.4;
    for (int i = 0; i < DAYS; i++)
        day(&w, &rng, liked);
    liked[12] = 1.2; /* and then one gets better: the top is no fortress */
    for (int i = 0; i < DAYS; i++)
        day(&w, &rng, liked);
    CHECK_INT(place_of(&w, 12), 1);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_better_rises),
        STORE_TEST(test_alike_stays) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
