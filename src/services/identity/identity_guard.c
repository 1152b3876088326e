/* SPDX-License-Identifier: Apache-2.0
 * Failures in a fixed table of slots. Called before and after each check of a secret; must never
 * block for long. */
#include "services/identity/identity_guard.h"

#include "platform/secret/secret.h"
#include "platform/thread/thread.h"

#define SHARDS 16
#define SLOTS 2048 /* a shard */
#define PROBES 8

struct slot {
    uint64_t key; /* 0 is free */
    int64_t failures, last_ms;
};
struct guard {
    str salt; /* so that nobody can choose whose slot they take */
    struct lock *locks[SHARDS];
    struct slot slots[SHARDS][SLOTS];
};

struct guard *guard_open(struct arena *life)
{
    struct guard *g = NEW(life, struct guard);
    g->salt = secret_bytes(life, 16);
    for (size_t i = 0; i < SHARDS; i++)
        g->locks[i] = lock_open(life);
    return g;
}

static uint64_t key_of(const struct guard *g, str key)
{
    uint64_t salt = str_hash(g->salt);
    return ((str_hash(key) ^ salt) * UINT64_C(0x9E3779B97F4A7C15) ^ salt >> 7) | 1;
}

/* The key's slot, or the one among its slots that failed longest ago. */
static struct slot *slot_of(struct guard *g, uint64_t key, bool *ret_known)
{
    struct slot *slots = g->slots[(key >> 40) % SHARDS], *oldest = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct slot *s = &slots[((key >> 8) + i) % SLOTS];
        *ret_known = s->key == key;
        if (*ret_known)
            return s;
        if (!oldest || s->last_ms < oldest->last_ms)
            oldest = s;
    }
    return oldest;
}

static int64_t wait_of(const struct slot *s, int64_t now_ms)
{
    int64_t over = s->failures - GUARD_FREE;
    if (over < 0)
        return 0;
    int64_t wait = over < 20 ? INT64_C(1000) << over : GUARD_WAIT_MAX_MS;
    if (wait > GUARD_WAIT_MAX_MS)
        wait = GUARD_WAIT_MAX_MS;
    return s->last_ms + wait > now_ms ? s->last_ms + wait - now_ms : 0;
}

struct guard_state guard_look(struct guard *g, str key, int64_t now_ms)
{
    uint64_t k = key_of(g, key);
    struct lock *lock = g->locks[(k >> 40) % SHARDS];
    struct guard_state state = { 0 };
    bool known;
    lock_take(lock);
    const struct slot *s = slot_of(g, k, &known);
    if (known && now_ms - s->last_ms < GUARD_FORGET_MS)
        state = (struct guard_state){ s->failures, wait_of(s, now_ms) };
    lock_give(lock);
    return state;
}

void guard_fail(struct guard *g, str key, int64_t now_ms)
{
    uint64_t k = key_of(g, key);
    struct lock *lock = g->locks[(k >> 40) % SHARDS];
    bool known;
    lock_take(lock);
    struct slot *s = slot_of(g, k, &known);
    if (!known || now_ms - s->last_ms >= GUARD_FORGET_MS)
        *s = (struct slot){ .key = k };
    s->failures++;
    s->last_ms = now_ms;
    lock_give(lock);
}

void guard_clear(struct guard *g, str key)
{
    uint64_t k = key_of(g, key);
    struct lock *lock = g->locks[(k >> 40) % SHARDS];
    bool known;
    lock_take(lock);
    struct slot *s = slot_of(g, k, &known);
    if (known)
        *s = (struct slot){ 0 };
    lock_give(lock);
}
