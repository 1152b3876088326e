/* SPDX-License-Identifier: Apache-2.0
 * The cache: shards of hash tables with a CLOCK each, over entries that are one block of memory
 * with a count of holders. Called by the gateway on loops and workers. Never calls back while it
 * holds a lock, and never stores what a drop has overtaken. */
#include "platform/cache/cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define SHARDS_MAX 16
#define SHARD_BYTES_MIN ((size_t)1 << 20) /* small caches have fewer shards, not smaller ones */
#define BYTES_DEFAULT ((size_t)64 << 20)
#define AGE_MS_DEFAULT 10000
#define BUCKETS_FIRST 64

/* A finished entry and all its bytes. */
struct item {
    struct cache_entry entry;
    _Atomic int64_t holders;  /* the cache itself is one */
    _Atomic unsigned claimed; /* forms that are good, or that somebody makes */
    size_t size;
};

struct waiter {
    struct waiter *next;
    void (*wake)(void *arg);
    void *arg;
};

/* What is known of a key. Lives while it has an item, or somebody rebuilds one. */
struct node {
    struct node *chain;       /* of its bucket */
    struct node *prev, *next; /* the clock's circle */
    uint64_t hash;
    struct item *item; /* NULL: none */
    size_t rebuilders; /* who were told to rebuild and have not answered */
    bool overtaken;    /* dropped since the first of them began: what they bring is not kept */
    bool used;         /* since the clock's hand passed */
    struct waiter *waiters;
    size_t key_n;
    char key[];
};

struct shard {
    pthread_mutex_t lock;
    struct node **buckets;
    size_t buckets_n, nodes_n;
    struct node *hand;
    size_t bytes, bytes_max;
    struct cache_figures figures;
};

struct cache {
    struct shard shards[SHARDS_MAX];
    size_t shards_n; /* a power of two */
    int64_t age_ms_max;
    _Atomic int64_t news;
    unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* keys come from outside: no flooding */
};

struct cache *cache_open(struct arena *life, struct cache_opts opts)
{
    struct cache *c = NEW(life, struct cache);
    size_t bytes_max = opts.bytes_max ? opts.bytes_max : BYTES_DEFAULT;

    ASSERT(sodium_init() >= 0);
    crypto_shorthash_keygen(c->hash_key);
    c->age_ms_max = opts.age_ms_max ? opts.age_ms_max : AGE_MS_DEFAULT;
    c->shards_n = 1;
    while (c->shards_n < SHARDS_MAX && bytes_max / (c->shards_n * 2) >= SHARD_BYTES_MIN)
        c->shards_n *= 2;
    for (size_t i = 0; i < c->shards_n; i++) {
        struct shard *shard = &c->shards[i];
        pthread_mutex_init(&shard->lock, NULL);
        shard->bytes_max = bytes_max / c->shards_n;
        shard->buckets_n = BUCKETS_FIRST;
        shard->buckets = calloc(shard->buckets_n, sizeof(struct node *));
        ASSERT(shard->buckets != NULL);
    }
    return c;
}

static struct item *item_of(const struct cache_entry *e)
{
    return (struct item *)(void *)((char *)(uintptr_t)e - offsetof(struct item, entry));
}

void cache_hold(const struct cache_entry *e)
{
    atomic_fetch_add_explicit(&item_of(e)->holders, 1, memory_order_relaxed);
}

void cache_release(const struct cache_entry *e)
{
    if (e && atomic_fetch_sub_explicit(&item_of(e)->holders, 1, memory_order_acq_rel) == 1)
        free(item_of(e));
}

/* Moves *s behind what was copied before. */
static void pack(char **at, str *s)
{
    if (!s->p)
        return;
    if (s->n > 0)
        memcpy(*at, s->p, s->n);
    s->p = *at;
    *at += s->n;
}

static struct item *item_new(const struct cache_entry *e)
{
    size_t size = sizeof(struct item) + e->body.n + e->gzip.n + e->brotli.n + e->etag.n + e->type.n;
    struct item *item = malloc(size + 1); /* an empty text has an address too */
    ASSERT(item != NULL);
    item->entry = *e;
    item->size = size;
    atomic_init(&item->holders, 1);
    atomic_init(&item->claimed, e->good);
    char *at = (char *)item + sizeof(*item);
    pack(&at, &item->entry.body);
    pack(&at, &item->entry.gzip);
    pack(&at, &item->entry.brotli);
    pack(&at, &item->entry.etag);
    pack(&at, &item->entry.type);
    return item;
}

static uint64_t hash_of(const struct cache *c, str key)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t hash;
    static_assert(sizeof(out) == sizeof(hash), "a hash is 64 bits");

    crypto_shorthash(out, (const unsigned char *)key.p, key.n, c->hash_key);
    memcpy(&hash, out, sizeof(hash));
    return hash;
}

/* The upper bits choose the shard, the lower ones the bucket. */
static struct shard *shard_of(struct cache *c, uint64_t hash)
{
    return &c->shards[(hash >> 32) & (c->shards_n - 1)];
}

/* All below runs under the shard's lock. */

static struct node **place_of(struct shard *shard, uint64_t hash, str key)
{
    struct node **at = &shard->buckets[hash & (shard->buckets_n - 1)];
    while (*at && !((*at)->hash == hash && str_eq(((str){ (*at)->key, (*at)->key_n }), key)))
        at = &(*at)->chain;
    return at;
}

static size_t node_size(const struct node *node)
{
    return sizeof(*node) + node->key_n;
}

static void grow(struct shard *shard)
{
    size_t n = shard->buckets_n * 2;
    struct node **buckets = calloc(n, sizeof(struct node *));
    ASSERT(buckets != NULL);
    for (size_t i = 0; i < shard->buckets_n; i++) {
        for (struct node *node = shard->buckets[i], *next; node; node = next) {
            next = node->chain;
            node->chain = buckets[node->hash & (n - 1)];
            buckets[node->hash & (n - 1)] = node;
        }
    }
    free(shard->buckets);
    shard->buckets = buckets;
    shard->buckets_n = n;
}

static struct node *node_add(struct shard *shard, uint64_t hash, str key)
{
    struct node *node = calloc(1, sizeof(*node) + key.n);
    ASSERT(node != NULL);
    node->hash = hash;
    node->key_n = key.n;
    if (key.n > 0)
        memcpy(node->key, key.p, key.n);
    if (++shard->nodes_n > shard->buckets_n)
        grow(shard);
    struct node **bucket = &shard->buckets[hash & (shard->buckets_n - 1)];
    node->chain = *bucket;
    *bucket = node;
    if (!shard->hand) {
        shard->hand = node->prev = node->next = node;
    } else { /* behind the hand: the last that it comes to */
        node->next = shard->hand;
        node->prev = shard->hand->prev;
        node->prev->next = node->next->prev = node;
    }
    shard->bytes += node_size(node);
    return node;
}

static void set_item(struct shard *shard, struct node *node, struct item *item)
{
    if (node->item) {
        shard->bytes -= node->item->size;
        shard->figures.entries--;
        cache_release(&node->item->entry);
    }
    node->item = item;
    if (item) {
        shard->bytes += item->size;
        shard->figures.entries++;
    }
}

/* Forgets a node that stands for nothing any more. */
static void node_settle(struct shard *shard, struct node *node)
{
    if (node->item || node->rebuilders > 0)
        return;
    ASSERT(!node->waiters);
    *place_of(shard, node->hash, (str){ node->key, node->key_n }) = node->chain;
    shard->nodes_n--;
    if (shard->hand == node)
        shard->hand = node->next == node ? NULL : node->next;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    shard->bytes -= node_size(node);
    free(node);
}

/* Second chance: what was used since the hand passed is passed once more. What was asked for only
 * once goes first, so that a crawler does not empty the cache; but never what has just come. */
static void make_room(struct shard *shard, const struct node *newest)
{
    for (size_t left = shard->nodes_n * 2; left > 0 && shard->bytes > shard->bytes_max; left--) {
        struct node *node = shard->hand;
        shard->hand = node->next;
        if (!node->item || node == newest)
            continue;
        if (node->used) {
            node->used = false;
            continue;
        }
        set_item(shard, node, NULL);
        shard->figures.evictions++;
        node_settle(shard, node);
    }
}

static bool is_old_news(const struct cache *c, const struct cache_entry *e)
{
    return e->newsy && e->news != cache_news_now(c);
}

static bool is_fresh(const struct cache *c, const struct cache_entry *e, int64_t now_ms)
{
    return now_ms < e->fresh_ms && now_ms - e->made_ms < c->age_ms_max &&
           !(is_old_news(c, e) && now_ms - e->made_ms >= CACHE_NEWS_MS);
}

/* Too old to be fresh, young enough to be shown while another is made: as long again as it was
 * fresh, so that what is to be seen within a second is. */
static bool is_bearable(const struct cache *c, const struct cache_entry *e, int64_t now_ms)
{
    int64_t age_ms = now_ms - e->made_ms;
    return age_ms < 2 * c->age_ms_max && age_ms < 2 * (e->fresh_ms - e->made_ms) &&
           !(is_old_news(c, e) && age_ms >= 2 * CACHE_NEWS_MS);
}

static enum cache_state look_up(
    struct cache *c, struct shard *shard, struct node *node, int64_t now_ms, struct waiter **waiter)
{
    struct cache_entry *e = node->item ? &node->item->entry : NULL;

    if (e && is_fresh(c, e, now_ms)) {
        shard->figures.hits++;
        return CACHE_HIT;
    }
    if (e && node->rebuilders > 0 && is_bearable(c, e, now_ms)) {
        shard->figures.hits++;
        return CACHE_STALE;
    }
    if (node->rebuilders > 0 && *waiter) {
        shard->figures.waits++;
        (*waiter)->next = node->waiters;
        node->waiters = *waiter;
        *waiter = NULL; /* the node's now */
        return CACHE_WAIT;
    }
    shard->figures.misses++;
    node->rebuilders++;
    return CACHE_REBUILD;
}

enum cache_state cache_get(struct cache *c, str key, int64_t now_ms, void (*wake)(void *arg),
    void *arg, const struct cache_entry **ret)
{
    uint64_t hash = hash_of(c, key);
    struct shard *shard = shard_of(c, hash);
    struct waiter *waiter = NULL;

    pthread_mutex_lock(&shard->lock);
    struct node *node = *place_of(shard, hash, key);
    if (!node)
        node = node_add(shard, hash, key);
    if (wake && node->rebuilders > 0) { /* else nobody is there to be waited for */
        waiter = malloc(sizeof(*waiter));
        ASSERT(waiter != NULL);
        *waiter = (struct waiter){ .wake = wake, .arg = arg };
    }
    enum cache_state state = look_up(c, shard, node, now_ms, &waiter);
    if (state == CACHE_HIT || state == CACHE_STALE) {
        node->used = true;
        *ret = &node->item->entry;
        cache_hold(*ret);
    }
    pthread_mutex_unlock(&shard->lock);
    free(waiter);
    return state;
}

/* One rebuilder has answered. Returns who is to be woken: all, once the answer is there or nobody
 * is left to give one. */
static struct waiter *rebuilt(struct node *node, bool answered)
{
    struct waiter *waiters = NULL;

    if (node->rebuilders > 0)
        node->rebuilders--;
    if (node->rebuilders == 0)
        node->overtaken = false;
    if (answered || node->rebuilders == 0) {
        waiters = node->waiters;
        node->waiters = NULL;
    }
    return waiters;
}

/* Without the lock. Those who came first are woken first. */
static void wake_all(struct waiter *waiters)
{
    struct waiter *first = NULL;

    for (struct waiter *w = waiters, *next; w; w = next) {
        next = w->next;
        w->next = first;
        first = w;
    }
    for (struct waiter *w = first, *next; w; w = next) {
        next = w->next;
        w->wake(w->arg);
        free(w);
    }
}

void cache_put(
    struct cache *c, str key, const struct cache_entry *entry, const struct cache_entry **ret)
{
    uint64_t hash = hash_of(c, key);
    struct shard *shard = shard_of(c, hash);
    struct item *item = item_new(entry);

    if (ret) {
        *ret = &item->entry;
        cache_hold(*ret);
    }
    pthread_mutex_lock(&shard->lock);
    struct node *node = *place_of(shard, hash, key);
    if (!node)
        node = node_add(shard, hash, key);
    bool kept = !node->overtaken && item->size + node_size(node) <= shard->bytes_max;
    struct waiter *waiters = rebuilt(node, /* answered= */ kept);
    if (kept) {
        set_item(shard, node, item);
        make_room(shard, node);
    } else {
        node_settle(shard, node);
    }
    pthread_mutex_unlock(&shard->lock);
    if (!kept)
        cache_release(&item->entry);
    wake_all(waiters);
}

bool cache_claim(const struct cache_entry *e, enum cache_form form)
{
    return !(atomic_fetch_or_explicit(&item_of(e)->claimed, form, memory_order_relaxed) & form);
}

void cache_replace(struct cache *c, str key, const struct cache_entry *old,
    const struct cache_entry *entry, const struct cache_entry **ret)
{
    uint64_t hash = hash_of(c, key);
    struct shard *shard = shard_of(c, hash);
    struct item *item = item_new(entry);

    *ret = &item->entry;
    cache_hold(*ret);
    pthread_mutex_lock(&shard->lock);
    struct node *node = *place_of(shard, hash, key);
    bool kept = node && node->item && &node->item->entry == old &&
                item->size + node_size(node) <= shard->bytes_max;
    if (kept) {
        set_item(shard, node, item);
        make_room(shard, node);
    }
    pthread_mutex_unlock(&shard->lock);
    if (!kept)
        cache_release(&item->entry);
}

void cache_give_up(struct cache *c, str key)
{
    uint64_t hash = hash_of(c, key);
    struct shard *shard = shard_of(c, hash);
    struct waiter *waiters = NULL;

    pthread_mutex_lock(&shard->lock);
    struct node *node = *place_of(shard, hash, key);
    if (node) {
        waiters = rebuilt(node, /* answered= */ false);
        node_settle(shard, node);
    }
    pthread_mutex_unlock(&shard->lock);
    wake_all(waiters);
}

/* Under the lock. */
static void drop_node(struct shard *shard, struct node *node)
{
    node->overtaken = node->rebuilders > 0;
    set_item(shard, node, NULL);
    node_settle(shard, node);
}

void cache_drop(struct cache *c, str key)
{
    uint64_t hash = hash_of(c, key);
    struct shard *shard = shard_of(c, hash);

    pthread_mutex_lock(&shard->lock);
    struct node *node = *place_of(shard, hash, key);
    if (node)
        drop_node(shard, node);
    pthread_mutex_unlock(&shard->lock);
}

void cache_news(struct cache *c)
{
    atomic_fetch_add(&c->news, 1);
}

int64_t cache_news_now(const struct cache *c)
{
    return atomic_load(&c->news);
}

void cache_clear(struct cache *c)
{
    for (size_t s = 0; s < c->shards_n; s++) {
        struct shard *shard = &c->shards[s];
        pthread_mutex_lock(&shard->lock);
        for (size_t i = 0; i < shard->buckets_n; i++) {
            for (struct node *node = shard->buckets[i], *next; node; node = next) {
                next = node->chain;
                drop_node(shard, node);
            }
        }
        pthread_mutex_unlock(&shard->lock);
    }
}

struct cache_figures cache_figures_of(struct cache *c)
{
    struct cache_figures sum = { 0 };
    for (size_t i = 0; i < c->shards_n; i++) {
        struct shard *shard = &c->shards[i];
        pthread_mutex_lock(&shard->lock);
        sum.hits += shard->figures.hits;
        sum.misses += shard->figures.misses;
        sum.waits += shard->figures.waits;
        sum.evictions += shard->figures.evictions;
        sum.entries += shard->figures.entries;
        sum.bytes += (int64_t)shard->bytes;
        pthread_mutex_unlock(&shard->lock);
    }
    return sum;
}

static void node_free(struct node *node)
{
    if (node->item)
        cache_release(&node->item->entry);
    for (struct waiter *w = node->waiters, *next; w; w = next) {
        next = w->next;
        free(w);
    }
    free(node);
}

void cache_close(struct cache *c)
{
    if (!c)
        return;
    for (size_t s = 0; s < c->shards_n; s++) {
        struct shard *shard = &c->shards[s];
        for (size_t i = 0; i < shard->buckets_n; i++) {
            for (struct node *node = shard->buckets[i], *next; node; node = next) {
                next = node->chain;
                node_free(node);
            }
        }
        free(shard->buckets);
        pthread_mutex_destroy(&shard->lock);
    }
    c->shards_n = 0;
}
