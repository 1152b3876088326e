/* SPDX-License-Identifier: Apache-2.0
 * The in-process cache: bounded in bytes and in age, one rebuild at a time per key, entries are
 * immutable and reference-counted so that the event loop can send their bytes without a copy.
 * Thread-safe; sharded locks; eviction by CLOCK (second chance). */
#ifndef SOUK_PLATFORM_CACHE_CACHE_H
#define SOUK_PLATFORM_CACHE_CACHE_H

#include "base/err.h"

struct cache;

enum cache_form { CACHE_GZIP = 1, CACHE_BROTLI = 2 };
/* One finished reply body in its encodings. An absent form is not kept. */
struct cache_entry {
    str body, gzip, brotli;
    unsigned good; /* forms that need not be made any smaller: see cache_claim */
    str etag;      /* strong, with quotes: "\"1a2b...\"" */
    str type;      /* content type */
    int status;
    int64_t made_ms, fresh_ms; /* made at; fresh until */
    bool newsy;                /* shows what news are about; news: those that there were */
    int64_t news;              /* before it was begun */
};
struct cache_opts {
    size_t bytes_max;   /* 0: 64 MiB, all forms and overhead counted */
    int64_t age_ms_max; /* 0: 10000 */
};
struct cache *cache_open(struct arena *life, struct cache_opts opts);
void cache_close(struct cache *c);

enum cache_state {
    CACHE_HIT,     /* *ret is held for the caller */
    CACHE_REBUILD, /* nobody has it: the caller must call cache_put or cache_give_up */
    CACHE_WAIT,    /* another thread is rebuilding: `wake(arg)` will be called when it is done */
    CACHE_STALE,   /* *ret is held, at most twice as old as it stays fresh, and another thread is
                      rebuilding: use it */
};
/* wake may be NULL: then CACHE_REBUILD is answered instead of CACHE_WAIT (a second rebuild). */
enum cache_state cache_get(struct cache *c, str key, int64_t now_ms, void (*wake)(void *arg),
    void *arg, const struct cache_entry **ret);
/* Copies the entry in, wakes who waits, and holds it for the caller in *ret (may be NULL). */
void cache_put(
    struct cache *c, str key, const struct cache_entry *entry, const struct cache_entry **ret);
void cache_give_up(struct cache *c, str key); /* wakes who waits: one of them rebuilds */
/* Of a form that is not good: true once, for whoever is to make it while others go on using the
 * entry as it is. */
bool cache_claim(const struct cache_entry *e, enum cache_form form);
/* The same body with a better form in place of `old`, unless that is gone by now (dropped, made
 * anew, replaced); held for the caller in *ret in any case. */
void cache_replace(struct cache *c, str key, const struct cache_entry *old,
    const struct cache_entry *entry, const struct cache_entry **ret);
void cache_hold(const struct cache_entry *e);
void cache_release(const struct cache_entry *e);
/* Drops one entry; a rebuild under way for that key is kept from being stored as fresh. */
void cache_drop(struct cache *c, str key);
void cache_clear(struct cache *c);
/* Something has changed that entries show which nobody can name (a list of products): newsy ones
 * that were begun before are fresh for CACHE_NEWS_MS and no longer, however often there is news. */
#define CACHE_NEWS_MS 200
void cache_news(struct cache *c);
int64_t cache_news_now(const struct cache *c); /* how many there were */

struct cache_figures {
    int64_t hits, misses, waits, evictions, bytes, entries;
};
struct cache_figures cache_figures_of(struct cache *c);

#endif
