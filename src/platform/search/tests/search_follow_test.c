/* SPDX-License-Identifier: Apache-2.0
 * An index that begins anew beside queries, as it does after a failure: what queries make up for
 * and where the index stands in the change log must not come apart. Run by `./dev test`, and under
 * ThreadSanitizer. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/search/search_index_internal.h"
#include "platform/search/tests/search_kit.h"

#define READERS 2
#define ROUNDS 24
#define BATCH 40

struct world {
    struct kit kit;
    atomic_bool stop;
    atomic_int begun, failed;
};

/* Each query reads what the index lacks. */
static void *query_on(void *arg)
{
    struct world *w = arg;
    struct search_query q = { .text = S("thing"), .limit = 5 };
    struct search_result result;
    struct kit kit = { .search = w->kit.search, .q = &q, .result = &result };
    while (!atomic_load(&w->stop)) {
        DEFER(arena_close_at) struct arena *arena = arena_open(1 << 16);
        struct cx cx = { .arena = arena, .now_ms = 1 };
        if (db_read(&cx, do_query, &kit) != NULL)
            atomic_fetch_add(&w->failed, 1);
    }
    return NULL;
}

static void *begin_on(void *arg)
{
    struct world *w = arg;
    struct search_index *s = w->kit.search.self;
    while (!atomic_load(&w->stop)) {
        DEFER(arena_close_at) struct arena *arena = arena_open(1 << 16);
        struct cx cx = { .arena = arena, .now_ms = 1 };
        if (search_index_begin(s, &cx) != NULL)
            atomic_fetch_add(&w->failed, 1);
        atomic_fetch_add(&w->begun, 1);
        if (atomic_load(&w->begun) % 3 == 0) {
            atomic_store(&s->unsaved, 1);
            search_index_save(s, &cx);
        }
    }
    return NULL;
}

static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    CHECK(dir != NULL);
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
        (void)unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
    CHECK(rmdir(path) == 0);
}

static void test_begins_anew(void **state)
{
    struct world w = {
        .kit = { .store = store_open_with((struct store_opts){
                     .engine = store_engine(state), .folders = folders, .lanes = true }) }
    };
    char folder[] = "/tmp/souk-follow-XXXXXX";
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    struct rng rng = rng_seeded(3);
    pthread_t threads[READERS + 1];

    CHECK(mkdtemp(folder) != NULL);
    kit_adapter(&w.kit, (struct kit_opts){ .folder = str_from_c(folder), .index = true });
    put(&w.kit, make_docs(arena, &rng, 0, BATCH), BATCH);
    (void)ask(&w.kit, (struct search_query){ .limit = 1 });
    for (size_t i = 0; i <= READERS; i++)
        CHECK(pthread_create(&threads[i], NULL, i < READERS ? query_on : begin_on, &w) == 0);
    for (unsigned round = 1; round < ROUNDS; round++) {
        int begun = atomic_load(&w.begun);
        put(&w.kit, make_docs(arena, &rng, round * BATCH, BATCH), BATCH);
        while (atomic_load(&w.begun) == begun)
            usleep(500);
    }
    atomic_store(&w.stop, true);
    for (size_t i = 0; i <= READERS; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(atomic_load(&w.failed), 0);
    CHECK_INT(ask(&w.kit, (struct search_query){ .limit = 1 }).total, ROUNDS * BATCH);
    kit_close(&w.kit);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_begins_anew) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
