/* SPDX-License-Identifier: Apache-2.0
 * Token buckets in a fixed table of slots: a bucket that was not used for a whole window is full,
 * so forgetting it changes nothing. Called by the gateway on every request that is not a cache hit;
 * must never block for long. */
#include "gateway/gateway_limit.h"

#include "platform/thread/thread.h"

#define SHARDS 16
#define SLOTS 4096 /* a shard */
#define PROBES 8

static const struct policy {
    const char *name;
    int64_t quota, window_s; /* quota tokens at most, refilled over the window */
    int64_t user_quota;      /* of one login; 0: the same */
} policies[] = {
    [LIMIT_DEFAULT] = { "default", 60000, 60 },
    [LIMIT_LOGIN] = { "login", 300, 60 },
    [LIMIT_CODE] = { "code", 60, 60 },
    [LIMIT_PAYMENT] = { "payment", 30000, 60, 120 }, /* a whole company may be one address */
    [LIMIT_BEACON] = { "beacon", 1200, 60 },
    [LIMIT_NONE] = { "none", 0, 0 },
};

struct bucket {
    uint64_t key;  /* 0 is free */
    int64_t milli; /* thousandths of a token */
    int64_t at_ms;
};
struct shard {
    struct lock *lock;
    struct bucket slots[SLOTS];
};
struct limits {
    struct shard shards[SHARDS];
};

struct limits *limits_open(struct arena *life)
{
    struct limits *l = NEW(life, struct limits);
    for (size_t i = 0; i < SHARDS; i++)
        l->shards[i].lock = lock_open(life);
    return l;
}

/* The bucket of the key, or the one among its slots that was idle longest, made new. */
static struct bucket *bucket_of(struct shard *s, uint64_t key, int64_t full, int64_t now_ms)
{
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct bucket *b = &s->slots[(key + i) % SLOTS];
        if (b->key == key)
            return b;
        if (!oldest || b->at_ms < oldest->at_ms)
            oldest = b;
    }
    *oldest = (struct bucket){ .key = key, .milli = full, .at_ms = now_ms };
    return oldest;
}

static bool take(struct limits *l, const struct policy *p, uint64_t salt, str who, int64_t now_ms,
    struct limit_state *ret)
{
    *ret = (struct limit_state){ .policy = p->name, .quota = p->quota, .window_s = p->window_s };
    if (p->quota == 0)
        return true;
    ret->limited = true;
    uint64_t key = (str_hash(who) ^ (salt * UINT64_C(0x9E3779B97F4A7C15))) | 1;
    struct shard *s = &l->shards[(key >> 32) % SHARDS];
    int64_t full = p->quota * 1000, rate = full / (p->window_s * 1000); /* milli-tokens a ms */
    rate = rate ? rate : 1;
    lock_take(s->lock);
    struct bucket *b = bucket_of(s, key, full, now_ms);
    int64_t passed = now_ms > b->at_ms ? now_ms - b->at_ms : 0;
    if (passed > p->window_s * 1000)
        passed = p->window_s * 1000;
    b->milli = b->milli + passed * rate > full ? full : b->milli + passed * rate;
    b->at_ms = now_ms;
    bool ok = b->milli >= 1000;
    if (ok)
        b->milli -= 1000;
    ret->remaining = b->milli / 1000;
    ret->reset_s = ok ? (full - b->milli) / rate / 1000 : (1000 - b->milli) / rate / 1000 + 1;
    lock_give(s->lock);
    return ok;
}

bool limits_take(
    struct limits *l, enum limit_class class, str who, int64_t now_ms, struct limit_state *ret)
{
    return take(l, &policies[class], (uint64_t) class, who, now_ms, ret);
}

bool limits_take_key(
    struct limits *l, int64_t per_minute, str who, int64_t now_ms, struct limit_state *ret)
{
    const struct policy p = { "key", per_minute > 0 ? per_minute : 1, 60 };
    return take(l, &p, COUNT(policies), who, now_ms, ret);
}

bool limits_take_user(
    struct limits *l, enum limit_class class, str who, int64_t now_ms, struct limit_state *ret)
{
    struct policy p = policies[class];
    if (p.user_quota)
        p.quota = p.user_quota;
    return take(l, &p, (uint64_t) class, who, now_ms, ret);
}
