/* SPDX-License-Identifier: Apache-2.0
 * The cache: one rebuild at a time, ages, bounds, drops that overtake a rebuild, many threads.
 * Run by `./dev test cache`, also under TSan. Its time is a number. */
#include "platform/cache/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/rng.h"
#include "tests/support/check.h"

#define NOW INT64_C(1000000)

struct world {
    struct arena *life;
    struct cache *c;
};

static struct world world_open(struct cache_opts opts)
{
    struct world w = { .life = arena_open(4096) };
    w.c = cache_open(w.life, opts);
    return w;
}

static void world_close(struct world *w)
{
    cache_close(w->c);
    cache_close(NULL);
    arena_close(w->life);
}

static struct cache_entry entry_of(str body, int64_t now_ms)
{
    return (struct cache_entry){ .body = body,
        .etag = S("\"1a\""),
        .type = S("text/html"),
        .status = 200,
        .made_ms = now_ms,
        .fresh_ms = now_ms + 5000 };
}

static void put(struct world *w, str key, str body, int64_t now_ms)
{
    struct cache_entry e = entry_of(body, now_ms);
    cache_put(w->c, key, &e, NULL);
}

/* What a look-up gives, in a letter; a held entry is let go. */
static char ask(struct world *w, str key, int64_t now_ms, void (*wake)(void *arg), void *arg)
{
    const struct cache_entry *e = NULL;
    enum cache_state state = cache_get(w->c, key, now_ms, wake, arg, &e);
    CHECK((e != NULL) == (state == CACHE_HIT || state == CACHE_STALE));
    cache_release(e);
    return "HRWS"[state];
}

static void count(void *arg)
{
    (*(int *)arg)++;
}

static void hit_after_rebuild(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    const struct cache_entry *e = NULL, *made = NULL;
    char body[] = "body", gzip[] = "gzipped";
    (void)state;

    CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R');
    struct cache_entry in = entry_of(str_from_c(body), NOW);
    in.gzip = str_from_c(gzip);
    in.etag = S("");
    cache_put(w.c, S("k"), &in, &made);
    body[0] = gzip[0] = 'X'; /* it was copied */
    CHECK_INT(cache_get(w.c, S("k"), NOW + 4999, NULL, NULL, &e), CACHE_HIT);
    CHECK(e == made);
    CHECK_STR(e->body, S("body"));
    CHECK_STR(e->gzip, S("gzipped"));
    CHECK(e->brotli.p == NULL && e->etag.p != NULL && e->etag.n == 0);
    CHECK_STR(e->type, S("text/html"));
    CHECK_INT(e->status, 200);
    CHECK_INT(ask(&w, S("K"), NOW, NULL, NULL), 'R');
    cache_give_up(w.c, S("K"));
    cache_drop(w.c, S("k"));
    CHECK_STR(e->body, S("body")); /* as long as it is held */
    cache_release(e);
    cache_hold(made);
    cache_release(made);
    cache_release(made);
    struct cache_figures f = cache_figures_of(w.c);
    CHECK(f.hits == 1 && f.misses == 2 && f.entries == 0 && f.bytes == 0);
    world_close(&w);
}

static void ages(void **state)
{
    struct world w = world_open((struct cache_opts){ .age_ms_max = 3000 });
    (void)state;

    put(&w, S("k"), S("body"), NOW); /* fresh for 5000 by its own word */
    CHECK_INT(ask(&w, S("k"), NOW + 2999, NULL, NULL), 'H');
    CHECK_INT(ask(&w, S("k"), NOW + 3000, NULL, NULL), 'R');
    CHECK_INT(ask(&w, S("k"), NOW + 3000, NULL, NULL), 'S'); /* while one rebuilds */
    CHECK_INT(ask(&w, S("k"), NOW + 5999, NULL, NULL), 'S');
    CHECK_INT(ask(&w, S("k"), NOW + 6000, NULL, NULL), 'R'); /* too old for anybody */
    cache_give_up(w.c, S("k"));
    put(&w, S("k"), S("new"), NOW + 6000);
    CHECK_INT(ask(&w, S("k"), NOW + 6001, NULL, NULL), 'H');
    world_close(&w);

    w = world_open((struct cache_opts){ 0 });
    put(&w, S("k"), S("body"), NOW);
    CHECK_INT(ask(&w, S("k"), NOW + 4999, NULL, NULL), 'H');
    CHECK_INT(ask(&w, S("k"), NOW + 5000, NULL, NULL), 'R');
    cache_give_up(w.c, S("k"));
    CHECK_INT(ask(&w, S("k"), NOW + 5000, NULL, NULL), 'R'); /* the next one tries */
    struct cache_entry brief = entry_of(S("body"), NOW);
    brief.fresh_ms = NOW + 500;
    cache_put(w.c, S("b"), &brief, NULL);
    CHECK_INT(ask(&w, S("b"), NOW + 499, NULL, NULL), 'H');
    CHECK_INT(ask(&w, S("b"), NOW + 500, NULL, NULL), 'R');
    CHECK_INT(ask(&w, S("b"), NOW + 999, NULL, NULL), 'S');  /* as long again as it was fresh */
    CHECK_INT(ask(&w, S("b"), NOW + 1000, NULL, NULL), 'R'); /* a second is the end */
    world_close(&w);
}

static void one_rebuilds_and_others_wait(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    int woken = 0;
    (void)state;

    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'R');
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'W');
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'W');
    CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R'); /* who cannot wait */
    CHECK_INT(woken, 0);
    put(&w, S("k"), S("first"), NOW);
    CHECK_INT(woken, 2);
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'H');
    put(&w, S("k"), S("second"), NOW);
    CHECK_INT(woken, 2);
    CHECK_INT(cache_figures_of(w.c).waits, 2);
    CHECK_INT(cache_figures_of(w.c).entries, 1);
    world_close(&w);
}

static void giving_up_wakes_who_waits(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    int woken = 0;
    (void)state;

    CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R');
    CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R');
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'W');
    cache_give_up(w.c, S("k"));
    CHECK_INT(woken, 0); /* the second is still at it */
    cache_give_up(w.c, S("k"));
    CHECK_INT(woken, 1);
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'R');
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'W');
    cache_give_up(w.c, S("k"));
    cache_give_up(w.c, S("k")); /* nothing is under way: nothing happens */
    CHECK_INT(woken, 2);
    CHECK_INT(cache_figures_of(w.c).bytes, 0);
    world_close(&w);
}

/* The rebuild read the database before the change that dropped the entry. */
static void a_drop_overtakes_rebuilds(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    const struct cache_entry *made = NULL;
    int woken = 0;
    (void)state;

    for (int clear = 0; clear <= 1; clear++) {
        CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R');
        CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R');
        if (clear)
            cache_clear(w.c);
        else
            cache_drop(w.c, S("k"));
        CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'W');
        struct cache_entry e = entry_of(S("old"), NOW);
        cache_put(w.c, S("k"), &e, &made);
        CHECK_STR(made->body, S("old")); /* for its own use alone */
        cache_release(made);
        CHECK_INT(woken, clear);
        put(&w, S("k"), S("old too"), NOW);
        CHECK_INT(woken, clear + 1);
        CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'R');
        put(&w, S("k"), S("new"), NOW);
        CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'H');
        cache_drop(w.c, S("k"));
        CHECK_INT(cache_figures_of(w.c).bytes, 0);
    }
    cache_drop(w.c, S("unknown"));
    world_close(&w);
}

static void bytes_are_bounded(void **state)
{
    struct world w = world_open((struct cache_opts){ .bytes_max = 200000 });
    char body[1000];
    char key[32];
    (void)state;

    memset(body, 'x', sizeof(body));
    put(&w, S("used"), S("stays"), NOW);
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(key, sizeof(key), "%d", i);
        put(&w, (str){ key, (size_t)n }, (str){ body, sizeof(body) }, NOW);
        CHECK(cache_figures_of(w.c).bytes <= 200000);
        CHECK_INT(ask(&w, S("used"), NOW, NULL, NULL), 'H'); /* its second chance, always */
    }
    struct cache_figures f = cache_figures_of(w.c);
    CHECK(f.entries > 100 && f.entries < 200);
    CHECK_INT(f.evictions, 5001 - f.entries);
    CHECK_INT(ask(&w, S("4999"), NOW, NULL, NULL), 'H');
    CHECK_INT(ask(&w, S("0"), NOW, NULL, NULL), 'R');
    cache_give_up(w.c, S("0"));
    cache_clear(w.c);
    CHECK_INT(cache_figures_of(w.c).bytes, 0);
    world_close(&w);
}

static void what_is_too_large_is_not_kept(void **state)
{
    struct world w = world_open((struct cache_opts){ .bytes_max = 2000 });
    const struct cache_entry *made = NULL;
    char body[3000];
    int woken = 0;
    (void)state;

    memset(body, 'x', sizeof(body));
    put(&w, S("small"), S("stays"), NOW);
    CHECK_INT(ask(&w, S("k"), NOW, NULL, NULL), 'R');
    CHECK_INT(ask(&w, S("k"), NOW, count, &woken), 'W');
    struct cache_entry e = entry_of((str){ body, sizeof(body) }, NOW);
    cache_put(w.c, S("k"), &e, &made);
    CHECK_INT(woken, 1); /* nobody waits for what never comes */
    CHECK_INT(made->body.n, 3000);
    cache_release(made);
    CHECK_INT(ask(&w, S("small"), NOW, NULL, NULL), 'H');
    CHECK_INT(cache_figures_of(w.c).entries, 1);
    world_close(&w);
}

static void held_entries_outlive_the_cache(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    const struct cache_entry *e = NULL;
    int woken = 0;
    (void)state;

    struct cache_entry in = entry_of(S("body"), NOW);
    cache_put(w.c, S("k"), &in, &e);
    CHECK_INT(ask(&w, S("other"), NOW, NULL, NULL), 'R');
    CHECK_INT(ask(&w, S("other"), NOW, count, &woken), 'W');
    world_close(&w);
    CHECK_STR(e->body, S("body"));
    CHECK_INT(woken, 0);
    cache_release(e);
    cache_release(NULL);
}

/* Threads look up, rebuild, wait, drop and give up at random. Each version of a key is a number
 * that only grows; what a look-up gives must not be older than the last finished drop. */
#define KEYS 8
struct storm {
    struct world *w;
    _Atomic int64_t versions[KEYS], dropped[KEYS], rebuilding[KEYS];
    _Atomic int64_t waits, woken;
};
struct stormer {
    struct storm *storm;
    uint64_t seed;
};

static void storm_woken(void *arg)
{
    struct storm *storm = arg;
    atomic_fetch_add(&storm->woken, 1);
}

static void storm_rebuild(struct storm *storm, size_t k, str key, struct rng *rng)
{
    char body[2000];
    int64_t version = atomic_load(&storm->versions[k]);

    CHECK_INT(atomic_fetch_add(&storm->rebuilding[k], 1), 0); /* nobody else does */
    memset(body, 'x', sizeof(body));
    snprintf(body, sizeof(body), "%lld", (long long)version);
    atomic_fetch_sub(&storm->rebuilding[k], 1);
    if (rng_chance(rng, 100)) {
        cache_give_up(storm->w->c, key);
        return;
    }
    struct cache_entry e = entry_of((str){ body, 100 + rng_below(rng, 1800) }, NOW);
    cache_put(storm->w->c, key, &e, NULL);
}

static void storm_press(struct storm *storm, str key, const struct cache_entry *e)
{
    const struct cache_entry *better;
    struct cache_entry with = *e;

    if (!cache_claim(e, CACHE_GZIP))
        return;
    with.gzip = S("pressed");
    with.good = CACHE_GZIP;
    cache_replace(storm->w->c, key, e, &with, &better);
    cache_release(better);
}

static void *storm_thread(void *arg)
{
    struct stormer *s = arg;
    struct storm *storm = s->storm;
    struct rng rng = rng_seeded(s->seed);

    for (int i = 0; i < 20000; i++) {
        size_t k = rng_below(&rng, KEYS);
        char key[2] = { 'k', (char)('0' + k) };
        const struct cache_entry *e = NULL;
        int64_t dropped = atomic_load(&storm->dropped[k]);
        enum cache_state state =
            cache_get(storm->w->c, (str){ key, 2 }, NOW, storm_woken, storm, &e);
        if (state == CACHE_REBUILD) {
            storm_rebuild(storm, k, (str){ key, 2 }, &rng);
        } else if (state == CACHE_WAIT) {
            atomic_fetch_add(&storm->waits, 1);
        } else {
            CHECK(atoll(e->body.p) >= dropped);
            storm_press(storm, (str){ key, 2 }, e);
            cache_release(e);
        }
        if (rng_chance(&rng, 50)) {
            int64_t version = atomic_fetch_add(&storm->versions[k], 1) + 1;
            cache_drop(storm->w->c, (str){ key, 2 });
            int64_t before = atomic_load(&storm->dropped[k]);
            while (before < version &&
                   !atomic_compare_exchange_weak(&storm->dropped[k], &before, version))
                ;
        }
        if (rng_chance(&rng, 1))
            cache_clear(storm->w->c);
    }
    return NULL;
}

static void many_threads(void **state)
{
    struct world w = world_open((struct cache_opts){ .bytes_max = 9000 });
    struct storm storm = { .w = &w };
    struct stormer stormers[4];
    pthread_t threads[4];
    (void)state;

    for (size_t i = 0; i < COUNT(threads); i++) {
        stormers[i] = (struct stormer){ &storm, i };
        CHECK(pthread_create(&threads[i], NULL, storm_thread, &stormers[i]) == 0);
    }
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(storm.woken, storm.waits); /* each once, and nobody is forgotten */
    struct cache_figures f = cache_figures_of(w.c);
    CHECK_INT(f.hits + f.misses + f.waits, 4 * 20000);
    CHECK(f.hits > 0 && f.evictions > 0);
    world_close(&w);
}

/* One form after the other gets good, each by one who claims it; age and news stay as they were. */
static void better_forms_take_the_place(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    const struct cache_entry *old = NULL, *better = NULL, *now = NULL;
    (void)state;

    struct cache_entry e = entry_of(S("body"), NOW);
    e.brotli = S("hasty");
    cache_put(w.c, S("k"), &e, &old);
    CHECK(cache_claim(old, CACHE_BROTLI));
    CHECK(!cache_claim(old, CACHE_BROTLI));
    CHECK(cache_claim(old, CACHE_GZIP));
    e = *old;
    e.brotli = S("good");
    e.good = CACHE_BROTLI;
    cache_replace(w.c, S("k"), old, &e, &better);
    CHECK_STR(old->brotli, S("hasty")); /* for who holds it */
    cache_release(old);
    CHECK_INT(cache_get(w.c, S("k"), NOW + 4999, NULL, NULL, &now), CACHE_HIT);
    CHECK(now == better);
    CHECK_STR(now->body, S("body"));
    CHECK_STR(now->brotli, S("good"));
    CHECK(!cache_claim(now, CACHE_BROTLI));
    CHECK(cache_claim(now, CACHE_GZIP)); /* whoever had claimed it came too late */
    cache_release(now);
    CHECK_INT(cache_figures_of(w.c).entries, 1);
    CHECK_INT(ask(&w, S("k"), NOW + 5000, NULL, NULL), 'R');
    cache_give_up(w.c, S("k"));
    cache_drop(w.c, S("k"));
    cache_release(better);
    CHECK_INT(cache_figures_of(w.c).bytes, 0);
    world_close(&w);
}

/* Dropped, or made anew, while somebody made a form of what there was. */
static void a_form_of_what_is_gone_is_not_kept(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    const struct cache_entry *old = NULL, *better = NULL;
    (void)state;

    for (int anew = 0; anew <= 1; anew++) {
        struct cache_entry e = entry_of(S("old"), NOW);
        cache_put(w.c, S("k"), &e, &old);
        if (anew)
            put(&w, S("k"), S("new"), NOW);
        else
            cache_drop(w.c, S("k"));
        e = *old;
        e.gzip = S("old, pressed");
        cache_replace(w.c, S("k"), old, &e, &better);
        CHECK_STR(better->gzip, S("old, pressed")); /* for its own use alone */
        cache_release(old);
        cache_release(better);
        CHECK_INT(cache_figures_of(w.c).entries, anew);
        if (anew) {
            const struct cache_entry *now = NULL;
            CHECK_INT(cache_get(w.c, S("k"), NOW, NULL, NULL, &now), CACHE_HIT);
            CHECK_STR(now->body, S("new"));
            cache_release(now);
        }
        cache_drop(w.c, S("k"));
        CHECK_INT(cache_figures_of(w.c).bytes, 0);
    }
    world_close(&w);
}

/* News end what was begun before them, a little later; what was begun after them lives as ever. */
static void news(void **state)
{
    struct world w = world_open((struct cache_opts){ 0 });
    struct cache_entry e = entry_of(S("list"), NOW);
    int64_t later = NOW + CACHE_NEWS_MS;
    (void)state;
    put(&w, S("picture"), S("lasting"), NOW);
    e.newsy = true;
    cache_put(w.c, S("list"), &e, NULL);
    CHECK(ask(&w, S("list"), later, NULL, NULL) == 'H');
    cache_news(w.c);
    CHECK_INT(cache_news_now(w.c), 1);
    CHECK(ask(&w, S("list"), later - 1, NULL, NULL) == 'H');
    CHECK(ask(&w, S("list"), later, NULL, NULL) == 'R');
    CHECK(ask(&w, S("list"), later + CACHE_NEWS_MS - 1, NULL, NULL) == 'S');
    CHECK(ask(&w, S("list"), later + CACHE_NEWS_MS, NULL, NULL) == 'R');
    CHECK(ask(&w, S("picture"), later, NULL, NULL) == 'H');
    cache_give_up(w.c, S("list"));
    e = entry_of(S("list"), later);
    e.newsy = true;
    e.news = 1;
    cache_put(w.c, S("list"), &e, NULL);
    CHECK(ask(&w, S("list"), later + CACHE_NEWS_MS, NULL, NULL) == 'H');
    e.news = 0; /* begun before the news, and ready after them */
    cache_put(w.c, S("list"), &e, NULL);
    CHECK(ask(&w, S("list"), later, NULL, NULL) == 'H');
    CHECK(ask(&w, S("list"), later + CACHE_NEWS_MS, NULL, NULL) == 'R');
    cache_give_up(w.c, S("list"));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hit_after_rebuild),
        cmocka_unit_test(news),
        cmocka_unit_test(better_forms_take_the_place),
        cmocka_unit_test(a_form_of_what_is_gone_is_not_kept),
        cmocka_unit_test(ages),
        cmocka_unit_test(one_rebuilds_and_others_wait),
        cmocka_unit_test(giving_up_wakes_who_waits),
        cmocka_unit_test(a_drop_overtakes_rebuilds),
        cmocka_unit_test(bytes_are_bounded),
        cmocka_unit_test(what_is_too_large_is_not_kept),
        cmocka_unit_test(held_entries_outlive_the_cache),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
