/* SPDX-License-Identifier: Apache-2.0
 * A set-associative table of verified tokens. Called by token.c for each request with a token.
 * Must never answer for a token that was not kept: the hash is of 128 bits with a random key. */
#include "platform/token/token_memory.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#define SHARDS 32
#define TEXT_MAX 240 /* name, email and audience together */

struct place {
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    id user_id, session_id;
    int64_t issued_ms, expires_ms; /* expires_ms 0: free */
    int64_t proved_ms;
    unsigned roles;
    bool factor;
    uint8_t name_n, email_n, audience_n;
    char text[TEXT_MAX];
};
struct set {
    struct place places[TOKEN_MEMORY_WAYS];
};
static_assert(TEXT_MAX <= UINT8_MAX, "lengths fit their members");

/* A session that was ended; until_ms 0: free. */
struct end {
    id session_id;
    int64_t until_ms;
};
/* Open addressing, at most half full; whole tables are taken and let go, in an arena each. */
struct ends {
    struct arena *arena;
    struct end *places;
    size_t places_n, used_n; /* a power of two; of them not free, run out or not */
};
#define ENDS_MIN 1024 /* places of the first table */

struct token_memory {
    pthread_mutex_t ends_lock;
    struct ends ends;
    atomic_size_t ends_n; /* ever kept: 0 spares the lock */
    unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
    size_t sets_n;
    struct set *sets;
    pthread_mutex_t locks[SHARDS]; /* of the sets with the same remainder */
};

static struct ends ends_open(size_t places_n)
{
    struct arena *arena = arena_open(4096);
    return (struct ends){ arena, NEW_N(arena, places_n, struct end), places_n, 0 };
}

struct token_memory *token_memory_open(struct arena *life, size_t sets)
{
    ASSERT(sets > 0 && (sets & (sets - 1)) == 0);
    struct token_memory *memory = NEW(life, struct token_memory);

    memory->sets_n = sets;
    memory->sets = NEW_N(life, sets, struct set);
    memory->ends = ends_open(ENDS_MIN);
    pthread_mutex_init(&memory->ends_lock, NULL);
    randombytes_buf(memory->key, sizeof memory->key);
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_init(&memory->locks[i], NULL);
    return memory;
}

void token_memory_close(struct token_memory *memory)
{
    if (!memory)
        return;
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&memory->locks[i]);
    pthread_mutex_destroy(&memory->ends_lock);
    arena_close(memory->ends.arena);
    sodium_memzero(memory->key, sizeof memory->key);
}

/* The hash, and by it the set. */
static size_t locate(const struct token_memory *memory, str token,
    unsigned char ret_hash[static crypto_shorthash_siphashx24_BYTES])
{
    uint64_t word;

    crypto_shorthash_siphashx24(ret_hash, (const unsigned char *)token.p, token.n, memory->key);
    memcpy(&word, ret_hash, sizeof word);
    return (size_t)(word & (memory->sets_n - 1));
}

static struct place *place_of(struct set *set, const unsigned char *hash)
{
    for (size_t i = 0; i < TOKEN_MEMORY_WAYS; i++) {
        struct place *p = &set->places[i];
        if (p->expires_ms != 0 && memcmp(p->hash, hash, sizeof p->hash) == 0)
            return p;
    }
    return NULL;
}

/* Of the places of a set the free one, else the one whose token expires first. */
static struct place *oldest_of(struct set *set)
{
    struct place *oldest = &set->places[0];

    for (size_t i = 1; i < TOKEN_MEMORY_WAYS; i++)
        if (set->places[i].expires_ms < oldest->expires_ms)
            oldest = &set->places[i];
    return oldest;
}

bool token_memory_find(
    struct token_memory *memory, struct cx *cx, str token, struct token_claims *ret)
{
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    size_t index = locate(memory, token, hash);
    pthread_mutex_t *lock = &memory->locks[index % SHARDS];
    struct place found = { 0 };

    pthread_mutex_lock(lock);
    const struct place *p = place_of(&memory->sets[index], hash);
    if (p)
        found = *p;
    pthread_mutex_unlock(lock);
    if (!p)
        return false;

    str text = str_dup(
        cx->arena, (str){ found.text, (size_t)found.name_n + found.email_n + found.audience_n });
    *ret = (struct token_claims){
        .user_id = found.user_id,
        .session_id = found.session_id,
        .name = str_sub(text, 0, found.name_n),
        .email = str_sub(text, found.name_n, found.email_n),
        .roles = found.roles,
        .issued_ms = found.issued_ms,
        .expires_ms = found.expires_ms,
        .proved_ms = found.proved_ms,
        .factor = found.factor,
        .audience = str_skip(text, (size_t)found.name_n + found.email_n),
    };
    return true;
}

static size_t append(struct place *p, size_t at, str s)
{
    if (s.n > 0)
        memcpy(p->text + at, s.p, s.n);
    return at + s.n;
}

void token_memory_keep(
    struct token_memory *memory, const struct cx *cx, str token, const struct token_claims *claims)
{
    ASSERT(claims->expires_ms > 0);
    struct place kept = {
        .user_id = claims->user_id,
        .session_id = claims->session_id,
        .issued_ms = claims->issued_ms,
        .expires_ms = claims->expires_ms,
        .proved_ms = claims->proved_ms,
        .factor = claims->factor,
        .roles = claims->roles,
        .name_n = (uint8_t)claims->name.n,
        .email_n = (uint8_t)claims->email.n,
        .audience_n = (uint8_t)claims->audience.n,
    };

    if (claims->name.n > TEXT_MAX || claims->email.n > TEXT_MAX || claims->audience.n > TEXT_MAX ||
        claims->name.n + claims->email.n + claims->audience.n > TEXT_MAX ||
        claims->expires_ms <= cx->now_ms)
        return;
    size_t index = locate(memory, token, kept.hash);
    size_t at = append(&kept, 0, claims->name);
    at = append(&kept, at, claims->email);
    append(&kept, at, claims->audience);

    pthread_mutex_t *lock = &memory->locks[index % SHARDS];
    pthread_mutex_lock(lock);
    struct place *p = place_of(&memory->sets[index], kept.hash);
    if (!p)
        p = oldest_of(&memory->sets[index]);
    *p = kept;
    pthread_mutex_unlock(lock);
}

void token_memory_clear(struct token_memory *memory)
{
    for (size_t i = 0; i < memory->sets_n; i++) {
        pthread_mutex_t *lock = &memory->locks[i % SHARDS];
        pthread_mutex_lock(lock);
        memory->sets[i] = (struct set){ 0 };
        pthread_mutex_unlock(lock);
    }
}

/* ---- ended sessions ---- */

/* The session's place, or the free one where it would be. */
static struct end *end_of(const struct ends *ends, id session_id)
{
    size_t at = id_hash(session_id) & (ends->places_n - 1);
    while (ends->places[at].until_ms != 0 && !id_eq(ends->places[at].session_id, session_id))
        at = (at + 1) & (ends->places_n - 1);
    return &ends->places[at];
}

static void ends_put(struct ends *ends, struct end end)
{
    struct end *place = end_of(ends, end.session_id);
    ends->used_n += place->until_ms == 0;
    *place = end;
}

/* Without those that have run out; with so many places that a quarter is used, or is the most. */
static struct ends ends_anew(const struct ends *old, int64_t now_ms)
{
    size_t live = 0, places_n = ENDS_MIN;
    int64_t first_ms = now_ms; /* what ends by then goes */
    for (size_t i = 0; i < old->places_n; i++)
        live += old->places[i].until_ms > now_ms;
    while (places_n < live * 4 && places_n < TOKEN_MEMORY_ENDS_MAX * 2)
        places_n *= 2;
    for (size_t drop_ms = 1000; live > TOKEN_MEMORY_ENDS_MAX * 3 / 4; drop_ms *= 2) {
        first_ms += (int64_t)drop_ms; /* the most: those that would be let go first make room */
        live = 0;
        for (size_t i = 0; i < old->places_n; i++)
            live += old->places[i].until_ms > first_ms;
    }
    struct ends ends = ends_open(places_n);
    for (size_t i = 0; i < old->places_n; i++)
        if (old->places[i].until_ms > first_ms)
            ends_put(&ends, old->places[i]);
    return ends;
}

void token_memory_end(struct token_memory *memory, id session_id, int64_t now_ms, int64_t until_ms)
{
    if (id_is_none(session_id) || until_ms <= now_ms)
        return;
    pthread_mutex_lock(&memory->ends_lock);
    struct ends *ends = &memory->ends;
    if (ends->used_n + 1 > ends->places_n / 2) {
        struct ends anew = ends_anew(ends, now_ms);
        arena_close(ends->arena);
        *ends = anew;
    }
    ends_put(ends, (struct end){ session_id, until_ms });
    atomic_fetch_add(&memory->ends_n, 1);
    pthread_mutex_unlock(&memory->ends_lock);
}

bool token_memory_ended(struct token_memory *memory, id session_id, int64_t now_ms)
{
    if (atomic_load_explicit(&memory->ends_n, memory_order_relaxed) == 0 || id_is_none(session_id))
        return false;
    pthread_mutex_lock(&memory->ends_lock);
    bool ended = end_of(&memory->ends, session_id)->until_ms > now_ms;
    pthread_mutex_unlock(&memory->ends_lock);
    return ended;
}
