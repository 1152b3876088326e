/* SPDX-License-Identifier: Apache-2.0
 * How many connections each address has: a hash table with linear probing under a lock, taken once
 * when a connection begins and once when it ends. Called by http_loop.c and http_conn.c. Never
 * grows: there are no more peers than connections. */
#include <stdlib.h>
#include <string.h>

#include "platform/http/http_server_internal.h"

struct slot {
    struct http_peer peer;
    size_t n; /* 0: free */
};

struct http_peers {
    pthread_mutex_t lock;
    size_t each_max, mask;
    struct slot slots[];
};

struct http_peers *http_peers_open(size_t peers_max, size_t each_max)
{
    size_t size = 64;
    while (size < peers_max * 2)
        size *= 2;
    struct http_peers *peers = calloc(1, sizeof(*peers) + size * sizeof(struct slot));
    ASSERT(peers != NULL);
    peers->each_max = each_max;
    peers->mask = size - 1;
    pthread_mutex_init(&peers->lock, NULL);
    return peers;
}

void http_peers_close(struct http_peers *peers)
{
    if (!peers)
        return;
    pthread_mutex_destroy(&peers->lock);
    free(peers);
}

static size_t home_of(const struct http_peers *peers, struct http_peer peer)
{
    return str_hash((str){ (const char *)peer.b, sizeof(peer.b) }) & peers->mask;
}

/* The peer's slot, or the free one where it belongs. */
static size_t find(const struct http_peers *peers, struct http_peer peer)
{
    size_t i = home_of(peers, peer);
    while (peers->slots[i].n > 0 && memcmp(peers->slots[i].peer.b, peer.b, sizeof(peer.b)) != 0)
        i = (i + 1) & peers->mask;
    return i;
}

bool http_peers_enter(struct http_peers *peers, struct http_peer peer)
{
    pthread_mutex_lock(&peers->lock);
    struct slot *slot = &peers->slots[find(peers, peer)];
    bool taken = slot->n < peers->each_max;
    if (taken) {
        slot->peer = peer;
        slot->n++;
    }
    pthread_mutex_unlock(&peers->lock);
    return taken;
}

/* Fills the gap at `free_at` with what probing would no longer find behind it. */
static void close_gap(struct http_peers *peers, size_t free_at)
{
    for (size_t i = (free_at + 1) & peers->mask; peers->slots[i].n > 0; i = (i + 1) & peers->mask) {
        size_t home = home_of(peers, peers->slots[i].peer);
        if (((i - home) & peers->mask) < ((i - free_at) & peers->mask))
            continue; /* its home lies behind the gap */
        peers->slots[free_at] = peers->slots[i];
        peers->slots[i].n = 0;
        free_at = i;
    }
}

void http_peers_leave(struct http_peers *peers, struct http_peer peer)
{
    pthread_mutex_lock(&peers->lock);
    size_t i = find(peers, peer);
    ASSERT(peers->slots[i].n > 0);
    if (--peers->slots[i].n == 0)
        close_gap(peers, i);
    pthread_mutex_unlock(&peers->lock);
}
