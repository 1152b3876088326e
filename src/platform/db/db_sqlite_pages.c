/* SPDX-License-Identifier: Apache-2.0
 * SQLite's page cache, told only of truncations that concern it. When SQLite sorts the pages of a
 * tree (balance_nonroot), it lends one of them the number of the lock page, 262,145 for pages of
 * 4 KB; its cache takes that for the greatest number that it holds, and looks at every page it has
 * at the end of each such transaction. Called by SQLite; all else is passed on. Must never keep a
 * page from a truncation that reaches it. */
#include <stdlib.h>

#include "platform/db/db_sqlite.h"

#define LOCK_BYTE 0x40000000 /* of the file format; the page with it holds nothing */

struct pages {
    sqlite3_pcache *real;
    unsigned greatest; /* no page has a greater number, but one that is lent the lock page's */
    unsigned lock_page;
};

static sqlite3_pcache_methods2 usual; /* written once, before SQLite starts */

static struct pages *pages_of(sqlite3_pcache *p)
{
    return (struct pages *)(void *)p;
}

static sqlite3_pcache *pages_create(int page_size, int extra_size, int purgeable)
{
    struct pages *p = malloc(sizeof *p);
    if (!p)
        return NULL;
    *p = (struct pages){ .real = usual.xCreate(page_size, extra_size, purgeable),
        .lock_page = (unsigned)(LOCK_BYTE / page_size) + 1 };
    if (p->real)
        return (sqlite3_pcache *)(void *)p;
    free(p);
    return NULL;
}

static void pages_cachesize(sqlite3_pcache *p, int n)
{
    usual.xCachesize(pages_of(p)->real, n);
}

static int pages_count(sqlite3_pcache *p)
{
    return usual.xPagecount(pages_of(p)->real);
}

static sqlite3_pcache_page *pages_fetch(sqlite3_pcache *cache, unsigned key, int create)
{
    struct pages *p = pages_of(cache);
    sqlite3_pcache_page *page = usual.xFetch(p->real, key, create);

    if (page && key > p->greatest)
        p->greatest = key;
    return page;
}

static void pages_unpin(sqlite3_pcache *p, sqlite3_pcache_page *page, int discard)
{
    usual.xUnpin(pages_of(p)->real, page, discard);
}

static void pages_rekey(
    sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned old_key, unsigned new_key)
{
    struct pages *p = pages_of(cache);

    usual.xRekey(p->real, page, old_key, new_key);
    if (new_key > p->greatest && new_key != p->lock_page)
        p->greatest = new_key;
}

/* From `first` on. */
static void pages_truncate(sqlite3_pcache *cache, unsigned first)
{
    struct pages *p = pages_of(cache);

    if (first > p->greatest)
        return;
    usual.xTruncate(p->real, first);
    p->greatest = first - 1;
}

static void pages_destroy(sqlite3_pcache *p)
{
    usual.xDestroy(pages_of(p)->real);
    free(p);
}

static void pages_shrink(sqlite3_pcache *p)
{
    usual.xShrink(pages_of(p)->real);
}

void sqlite_pages_install(void)
{
    if (usual.xCreate)
        return;
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &usual) != SQLITE_OK) {
        usual = (sqlite3_pcache_methods2){ 0 };
        return;
    }
    sqlite3_pcache_methods2 ours = usual;
    ours.xCreate = pages_create;
    ours.xCachesize = pages_cachesize;
    ours.xPagecount = pages_count;
    ours.xFetch = pages_fetch;
    ours.xUnpin = pages_unpin;
    ours.xRekey = pages_rekey;
    ours.xTruncate = pages_truncate;
    ours.xDestroy = pages_destroy;
    ours.xShrink = pages_shrink;
    (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);
}
