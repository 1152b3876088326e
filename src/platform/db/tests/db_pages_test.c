/* SPDX-License-Identifier: Apache-2.0
 * SQLite's page cache as we wrap it, called as SQLite calls it, beside a plain list of which pages
 * it holds. Run by meson test. */
#include <string.h>

#include "base/rng.h"
#include "platform/db/db_sqlite.h"
#include "tests/support/check.h"

#define PAGE_SIZE 4096
#define LOCK_PAGE (0x40000000 / PAGE_SIZE + 1)
#define KEYS 200
#define STEPS 20000

static sqlite3_pcache_methods2 ours;

struct model {
    sqlite3_pcache *cache;
    sqlite3_pcache_page *held[KEYS + 1]; /* by key; all pinned */
};

static int held_n(const struct model *m)
{
    int n = 0;
    for (unsigned key = 1; key <= KEYS; key++)
        n += m->held[key] != NULL;
    return n;
}

/* By way of the lock page, as a tree's pages are sorted. */
static void swap(struct model *m, unsigned a, unsigned b)
{
    sqlite3_pcache_page *at_a = m->held[a], *at_b = m->held[b];

    ours.xRekey(m->cache, at_a, a, LOCK_PAGE);
    ours.xRekey(m->cache, at_b, b, a);
    ours.xRekey(m->cache, at_a, LOCK_PAGE, b);
    m->held[a] = at_b;
    m->held[b] = at_a;
}

static void move(struct model *m, unsigned from, unsigned to)
{
    ours.xRekey(m->cache, m->held[from], from, to);
    m->held[to] = m->held[from];
    m->held[from] = NULL;
}

static void truncate_from(struct model *m, unsigned first)
{
    ours.xTruncate(m->cache, first);
    for (unsigned key = first; key <= KEYS; key++)
        m->held[key] = NULL;
}

static void step(struct model *m, struct rng *rng)
{
    unsigned a = (unsigned)rng_between(rng, 1, KEYS), b = (unsigned)rng_between(rng, 1, KEYS);

    switch (rng_between(rng, 0, 9)) {
    case 0:
        truncate_from(m, a);
        break;
    case 1:
        if (m->held[a] && m->held[b] && a != b)
            swap(m, a, b);
        break;
    case 2:
        if (m->held[a] && !m->held[b])
            move(m, a, b);
        break;
    case 3:
        if (m->held[a])
            ours.xUnpin(m->cache, m->held[a], 1);
        m->held[a] = NULL;
        break;
    default:
        m->held[a] = ours.xFetch(m->cache, a, 2);
        CHECK(m->held[a] != NULL);
    }
}

static void holds_what_was_not_truncated(void **state)
{
    struct model m = { .cache = ours.xCreate(PAGE_SIZE, 64, 1) };
    struct rng rng = rng_seeded(7);
    (void)state;

    ours.xCachesize(m.cache, KEYS);
    for (int i = 0; i < STEPS; i++) {
        step(&m, &rng);
        unsigned key = (unsigned)rng_between(&rng, 1, KEYS);
        CHECK(ours.xFetch(m.cache, key, 0) == m.held[key]);
        CHECK_INT(ours.xPagecount(m.cache), held_n(&m));
    }
    truncate_from(&m, 1);
    ours.xShrink(m.cache);
    CHECK_INT(ours.xPagecount(m.cache), 0);
    ours.xDestroy(m.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(holds_what_was_not_truncated) };

    sqlite_pages_install();
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &ours) != SQLITE_OK ||
        sqlite3_initialize() != SQLITE_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
