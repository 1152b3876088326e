/* SPDX-License-Identifier: Apache-2.0
 * Access tokens over libjwt. Called by the gateway (verify) and by identity (sign). Must never take
 * an algorithm from the token: whatever is not ES256 with a key of ours is forged. */
#include "platform/token/token.h"

#include <errno.h>
#include <jwt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/instant.h"
#include "base/json.h"
#include "platform/secret/secret.h"
#include "platform/token/token_key.h"
#include "platform/token/token_memory.h"

const problem TOKEN_INVALID = { KIND_UNSIGNED, "token.invalid", "token_invalid",
    "The access token is not valid." };
const problem TOKEN_EXPIRED = { KIND_UNSIGNED, "token.expired", "token_expired",
    "The access token has expired." };

#define ISSUER "souk"
#define FACTOR "aal2" /* the level of assurance that NIST SP 800-63B calls so */
#define TOKEN_MAX 4096
#define MEMORY_SETS 4096 /* of 4: some 5 MB when full */
#define SECONDS_MAX INT64_C(100000000000)

#define LOOK_MS 1000 /* how often the file may be asked whether it has changed */

struct tokens {
    const char *file;
    pthread_rwlock_t lock; /* of the ring and its arena */
    struct token_ring *ring;
    struct arena *arena;
    pthread_mutex_t looking; /* whoever reads or writes the file */
    struct timespec changed; /* of the file; with `looking` */
    ino_t inode;
    _Atomic int64_t looked_ms;
    struct token_memory *memory;
};

static void jwt_close_at(jwt_t **jwt)
{
    if (*jwt)
        jwt_free(*jwt);
}

static void unlock_at(pthread_rwlock_t **lock)
{
    if (*lock)
        pthread_rwlock_unlock(*lock);
}

/* Reads the file into a ring of its own. The stamp is taken first: what changes while we read is
 * seen at the next look. */
static err ring_open(struct tokens *t, struct cx *cx, struct arena **ret_arena,
    struct token_ring **ret, struct stat *ret_stamp)
{
    struct arena *arena = arena_open(8192);
    struct token_ring *ring = NEW(arena, struct token_ring);
    if (stat(t->file, ret_stamp) != 0)
        *ret_stamp = (struct stat){ .st_ino = 0 };
    err e = token_ring_load(arena, cx, t->file, ring);
    if (e) {
        arena_close(arena);
        return e;
    }
    *ret_arena = arena;
    *ret = ring;
    return NULL;
}

static const struct token_key *key_of(const struct token_ring *ring, str kid)
{
    for (size_t i = 0; i < ring->n; i++)
        if (!kid.p || str_eq(ring->keys[i].kid, kid))
            return &ring->keys[i]; /* without a name: the one that signs */
    return NULL;
}

static bool all_kept(const struct token_ring *old, const struct token_ring *new)
{
    for (size_t i = 0; i < old->n; i++)
        if (!key_of(new, old->keys[i].kid))
            return false;
    return true;
}

/* Takes a file that has changed, with t->looking held: else who read an older file might come last,
 * and what the newest key has signed would be refused. One that cannot be read is looked at again:
 * until then the keys that we have serve. */
static void reload(struct tokens *t, struct stat stamp)
{
    struct arena *scratch = arena_open(1024), *arena = NULL;
    struct cx cx = { .arena = scratch, .now_ms = atomic_load(&t->looked_ms) };
    struct token_ring *ring = NULL;
    err e = ring_open(t, &cx, &arena, &ring, &stamp);
    if (!e) {
        pthread_rwlock_wrlock(&t->lock);
        bool kept = all_kept(t->ring, ring);
        token_ring_forget(t->ring);
        arena_close(t->arena);
        t->ring = ring;
        t->arena = arena;
        t->changed = stamp.st_mtim;
        t->inode = stamp.st_ino;
        pthread_rwlock_unlock(&t->lock);
        if (!kept) /* what a forgotten key has signed is not to be remembered */
            token_memory_clear(t->memory);
    }
    arena_close(scratch);
}

static void look(struct tokens *t, int64_t now_ms)
{
    int64_t before = atomic_load_explicit(&t->looked_ms, memory_order_relaxed);
    if (now_ms >= before && now_ms - before < LOOK_MS)
        return;
    if (!atomic_compare_exchange_strong(&t->looked_ms, &before, now_ms))
        return; /* somebody else looks */
    if (pthread_mutex_trylock(&t->looking) != 0)
        return;
    struct stat stamp;
    if (stat(t->file, &stamp) == 0 &&
        (stamp.st_ino != t->inode || stamp.st_mtim.tv_sec != t->changed.tv_sec ||
            stamp.st_mtim.tv_nsec != t->changed.tv_nsec))
        reload(t, stamp);
    pthread_mutex_unlock(&t->looking);
}

/* Readers come one after the other without a gap: a writer must not wait until there is none. */
static void lock_open(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attr;

    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    if (pthread_rwlock_init(lock, &attr))
        panic("token", "out of memory");
    pthread_rwlockattr_destroy(&attr);
}

err tokens_open(struct arena *life, struct cx *cx, const char *key_file, struct tokens **ret)
{
    struct tokens *t = NEW(life, struct tokens);
    struct stat stamp;

    t->file = str_c(life, str_from_c(key_file));
    err e = ring_open(t, cx, &t->arena, &t->ring, &stamp);
    if (e)
        return e;
    t->changed = stamp.st_mtim;
    t->inode = stamp.st_ino;
    atomic_init(&t->looked_ms, cx->now_ms);
    pthread_mutex_init(&t->looking, NULL);
    lock_open(&t->lock);
    t->memory = token_memory_open(life, MEMORY_SETS);
    *ret = t;
    return NULL;
}

void tokens_close(struct tokens *t)
{
    if (!t || !t->arena)
        return;
    token_ring_forget(t->ring);
    arena_close(t->arena);
    t->arena = NULL;
    pthread_rwlock_destroy(&t->lock);
    pthread_mutex_destroy(&t->looking);
    token_memory_close(t->memory);
    t->memory = NULL;
}

/* ---- signing ---- */

/* 0, or what libjwt says. Absent texts are left out. */
static int grant_text(jwt_t *jwt, struct arena *arena, const char *name, str value)
{
    return value.n > 0 ? jwt_add_grant(jwt, name, str_c(arena, value)) : 0;
}

/* One surface is a text, several are a list (RFC 7519 section 4.1.3). */
static int grant_audience(jwt_t *jwt, struct arena *arena, str audience)
{
    if (str_find_char(audience, ' ', 0) < 0)
        return grant_text(jwt, arena, "aud", audience);
    struct buf list = { .arena = arena };
    buf_add(&list, S("{\"aud\":["));
    for (str rest = audience, first = rest; rest.p;) {
        if (rest.p != first.p)
            buf_char(&list, ',');
        json_quote(&list, str_cut(&rest, ' '));
    }
    buf_add(&list, S("]}"));
    return jwt_add_grants_json(jwt, str_c(arena, buf_str(&list)));
}

static int grants_add(jwt_t *jwt, struct arena *arena, const struct token_claims *claims)
{
    int failed = jwt_add_grant(jwt, "iss", ISSUER);

    failed |= grant_audience(jwt, arena, claims->audience);
    failed |= grant_text(jwt, arena, "sub", id_text(arena, claims->user_id));
    if (!id_is_none(claims->session_id))
        failed |= grant_text(jwt, arena, "sid", id_text(arena, claims->session_id));
    if (!id_is_none(claims->behind_id))
        failed |= grant_text(jwt, arena, "behind", id_text(arena, claims->behind_id));
    if (!id_is_none(claims->credential_id)) {
        failed |= grant_text(jwt, arena, "client_id", id_text(arena, claims->credential_id));
        failed |= grant_text(jwt, arena, "scope", claims->scopes);
        failed |= jwt_add_grant_int(jwt, "rate", (long)claims->per_minute);
    }
    failed |= grant_text(jwt, arena, "name", claims->name);
    failed |= grant_text(jwt, arena, "email", claims->email);
    failed |= jwt_add_grant_int(jwt, "roles", (long)claims->roles);
    if (claims->proved_ms > 0)
        failed |= jwt_add_grant_int(jwt, "auth_time", claims->proved_ms / SECOND_MS);
    if (claims->factor)
        failed |= jwt_add_grant(jwt, "acr", FACTOR);
    failed |= jwt_add_grant_int(jwt, "iat", claims->issued_ms / SECOND_MS);
    failed |= jwt_add_grant_int(jwt, "exp", claims->expires_ms / SECOND_MS);
    return failed;
}

err token_sign(struct tokens *t, struct cx *cx, const struct token_claims *claims, str *ret)
{
    ASSERT(!id_is_none(claims->user_id));
    ASSERT(claims->audience.n > 0);
    ASSERT(claims->expires_ms >= SECOND_MS);
    ASSERT(claims->expires_ms - claims->issued_ms <= TOKEN_LIFE_MAX_MS);
    DEFER(jwt_close_at) jwt_t *jwt = NULL;

    look(t, cx->now_ms);
    if (jwt_new(&jwt) != 0)
        return FAIL(cx, ERR_BUG, "no memory for a token");
    if (grants_add(jwt, cx->arena, claims) != 0)
        return FAIL(cx, ERR_BUG, "claims that are no text");
    pthread_rwlock_rdlock(&t->lock);
    DEFER(unlock_at) pthread_rwlock_t *held = &t->lock;
    const struct token_ring *ring = t->ring;
    if (jwt_add_header(jwt, "kid", str_c(cx->arena, ring->keys[0].kid)) != 0 ||
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)ring->secret_pem.p,
            (int)ring->secret_pem.n) != 0)
        return FAIL(cx, ERR_BUG, "the key does not sign");
    char *text = jwt_encode_str(jwt);
    if (!text)
        return FAIL(cx, ERR_BUG, "the token was not signed");
    str token = str_dup(cx->arena, str_from_c(text));
    free(text);
    if (token.n > TOKEN_MAX)
        return FAIL(cx, ERR_BUG, "a token of %zu bytes", token.n);
    *ret = token;
    return NULL;
}

/* ---- verifying ---- */

/* Only what base64url and the two points are written with: so no NUL hides an ending. */
static bool looks_like_token(str token)
{
    if (token.n == 0 || token.n > TOKEN_MAX)
        return false;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

static bool claim_seconds(jwt_t *jwt, const char *name, int64_t *ret_ms)
{
    errno = 0;
    int64_t seconds = jwt_get_grant_int(jwt, name);
    if (errno != 0 || seconds < 1 || seconds > SECONDS_MAX)
        return false;
    *ret_ms = seconds * SECOND_MS;
    return true;
}

static str claim_text(jwt_t *jwt, struct arena *arena, const char *name)
{
    const char *text = jwt_get_grant(jwt, name);
    return text ? str_dup(arena, str_from_c(text)) : (str){ NULL, 0 };
}

/* A text, or a list of texts: then with blanks between them. Absent when it is neither. */
static str claim_audience(jwt_t *jwt, struct cx *cx)
{
    str one = claim_text(jwt, cx->arena, "aud");
    struct json_value *list = NULL;
    if (one.p)
        return str_find_char(one, ' ', 0) < 0 ? one : (str){ 0 };
    char *text = jwt_get_grants_json(jwt, "aud");
    err e = text ? json_value_parse(cx, str_from_c(text), &list) : &ERR_MALFORMED;
    free(text);
    if (e) {
        cx_clear(cx);
        return (str){ 0 };
    }
    struct buf all = { .arena = cx->arena };
    for (size_t i = 0; i < json_value_count(list); i++) {
        str name = json_value_str(cx->arena, json_value_at(list, i));
        if (i)
            buf_char(&all, ' ');
        buf_add(&all, name);
    }
    json_value_close(list);
    return buf_str(&all);
}

bool token_is_for(const struct token_claims *claims, str surface)
{
    str rest = claims->audience;
    while (surface.n > 0 && rest.p)
        if (str_eq(str_cut(&rest, ' '), surface))
            return true;
    return false;
}

/* Whoever else is behind the token: staff, or a key. */
static bool claim_others(jwt_t *jwt, struct arena *arena, struct token_claims *c)
{
    const char *behind = jwt_get_grant(jwt, "behind"), *key = jwt_get_grant(jwt, "client_id");
    if (behind && !id_parse(str_from_c(behind), &c->behind_id))
        return false;
    if (!key)
        return true;
    errno = 0;
    c->per_minute = jwt_get_grant_int(jwt, "rate");
    c->scopes = claim_text(jwt, arena, "scope");
    return errno == 0 && id_parse(str_from_c(key), &c->credential_id);
}

static err claims_read(jwt_t *jwt, struct cx *cx, struct token_claims *ret)
{
    struct token_claims c = { 0 };
    int64_t not_before_ms = 0;

    if (!str_eq(str_from_c(jwt_get_grant(jwt, "iss")), S(ISSUER)))
        return FAIL(cx, TOKEN_INVALID, "another issuer");
    if (!id_parse(str_from_c(jwt_get_grant(jwt, "sub")), &c.user_id) || id_is_none(c.user_id))
        return FAIL(cx, TOKEN_INVALID, "no subject");
    if (!claim_others(jwt, cx->arena, &c))
        return FAIL(cx, TOKEN_INVALID, "others that are none");
    const char *session = jwt_get_grant(jwt, "sid");
    if (session && !id_parse(str_from_c(session), &c.session_id))
        return FAIL(cx, TOKEN_INVALID, "no session id");
    if (!claim_seconds(jwt, "exp", &c.expires_ms) || !claim_seconds(jwt, "iat", &c.issued_ms))
        return FAIL(cx, TOKEN_INVALID, "no times");
    if (claim_seconds(jwt, "nbf", &not_before_ms) && cx->now_ms + TOKEN_SKEW_MS < not_before_ms)
        return FAIL(cx, TOKEN_INVALID, "not valid yet");
    if (cx->now_ms + TOKEN_SKEW_MS < c.issued_ms)
        return FAIL(cx, TOKEN_INVALID, "from the future");
    errno = 0;
    long roles = jwt_get_grant_int(jwt, "roles");
    if (errno != 0 || roles < 0 || roles > INT32_MAX)
        return FAIL(cx, TOKEN_INVALID, "no roles");
    c.roles = (unsigned)roles;
    c.name = claim_text(jwt, cx->arena, "name");
    c.email = claim_text(jwt, cx->arena, "email");
    c.audience = claim_audience(jwt, cx);
    if (!claim_seconds(jwt, "auth_time", &c.proved_ms))
        c.proved_ms = 0;
    c.factor = str_eq(str_from_c(jwt_get_grant(jwt, "acr")), S(FACTOR));
    *ret = c;
    return NULL;
}

/* The key's name in the header, before anything of it is believed; absent: none is named. False
 * when the header is no JSON object. */
static bool kid_read(struct cx *cx, str token, str *ret)
{
    struct json_value *header = NULL;
    str text, head = str_cut(&token, '.');
    if (!str_unbase64(cx->arena, head, &text) || json_value_parse(cx, text, &header)) {
        cx_clear(cx);
        return false;
    }
    *ret = json_value_str(cx->arena, json_value_get(header, "kid"));
    json_value_close(header);
    return true;
}

static err signature_check(struct tokens *t, struct cx *cx, str token, struct token_claims *ret)
{
    DEFER(jwt_close_at) jwt_t *jwt = NULL;
    const char *text = str_c(cx->arena, token);
    str kid = { 0 };

    if (!kid_read(cx, token, &kid))
        return FAIL(cx, TOKEN_INVALID, "malformed header");
    pthread_rwlock_rdlock(&t->lock);
    DEFER(unlock_at) pthread_rwlock_t *held = &t->lock;
    const struct token_key *key = key_of(t->ring, kid);
    if (!key)
        return FAIL(cx, TOKEN_INVALID, "a key that is not ours, or was forgotten");
    if (key->retired_ms && key->retired_ms + TOKEN_LIFE_MAX_MS + TOKEN_SKEW_MS <= cx->now_ms)
        return FAIL(cx, TOKEN_INVALID, "a key that was retired long ago");
    if (jwt_decode(&jwt, text, (const unsigned char *)key->public_pem.p, (int)key->public_pem.n) !=
        0)
        return FAIL(cx, TOKEN_INVALID, "malformed, or the signature does not match");
    if (jwt_get_alg(jwt) != JWT_ALG_ES256) /* "none", or an HMAC with our public key */
        return FAIL(cx, TOKEN_INVALID, "an algorithm that we do not use");
    return claims_read(jwt, cx, ret);
}

err token_verify(struct tokens *t, struct cx *cx, str token, str audience, struct token_claims *ret)
{
    struct token_claims claims;

    if (!looks_like_token(token))
        return FAIL(cx, TOKEN_INVALID, "%zu bytes that are no token", token.n);
    look(t, cx->now_ms);
    bool known = token_memory_find(t->memory, cx, token, &claims);
    if (!known) {
        err e = signature_check(t, cx, token, &claims);
        if (e)
            return e;
    }
    if (!token_is_for(&claims, audience))
        return FAIL(cx, TOKEN_INVALID, "another audience");
    if (cx->now_ms >= claims.expires_ms)
        return FAIL(cx, TOKEN_EXPIRED, "%lld ms ago", (long long)(cx->now_ms - claims.expires_ms));
    if (token_memory_ended(t->memory, claims.session_id, cx->now_ms))
        return FAIL(cx, TOKEN_EXPIRED, "its session was ended");
    if (!known && id_is_none(claims.behind_id) && id_is_none(claims.credential_id))
        token_memory_keep(t->memory, cx, token, &claims);
    *ret = claims;
    return NULL;
}

void token_session_end(struct tokens *t, id session_id, int64_t now_ms)
{
    token_memory_end(t->memory, session_id, now_ms, now_ms + TOKEN_LIFE_MAX_MS);
}

/* ---- keys ---- */

size_t token_publics(struct tokens *t, struct arena *arena, const struct token_public **ret)
{
    pthread_rwlock_rdlock(&t->lock);
    size_t n = t->ring->n;
    struct token_public *list = NEW_N(arena, n, struct token_public);
    for (size_t i = 0; i < n; i++) {
        const struct token_key *key = &t->ring->keys[i];
        list[i] = (struct token_public){ .kid = str_dup(arena, key->kid),
            .x = str_dup(arena, key->x),
            .y = str_dup(arena, key->y) };
    }
    pthread_rwlock_unlock(&t->lock);
    *ret = list;
    return n;
}

size_t token_keys(struct tokens *t, struct arena *arena, const struct token_key_info **ret)
{
    pthread_rwlock_rdlock(&t->lock);
    size_t n = t->ring->n;
    struct token_key_info *list = NEW_N(arena, n, struct token_key_info);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct token_key_info){ .kid = str_dup(arena, t->ring->keys[i].kid),
            .retired_ms = t->ring->keys[i].retired_ms };
    pthread_rwlock_unlock(&t->lock);
    *ret = list;
    return n;
}

err token_keys_rotate(struct tokens *t, struct cx *cx, bool forget)
{
    struct stat stamp;
    pthread_mutex_lock(&t->looking);
    err e = token_ring_rotate(cx, t->file, forget);
    if (!e && stat(t->file, &stamp) == 0) {
        atomic_store(&t->looked_ms, cx->now_ms);
        reload(t, stamp);
    }
    pthread_mutex_unlock(&t->looking);
    return e;
}

/* ---- what is derived ---- */

static str derived(struct tokens *t, struct arena *arena, const char *label, str what)
{
    str labelled = str_cat(arena, str_from_c(label), what); /* one key for several things */
    pthread_rwlock_rdlock(&t->lock);
    str mac = secret_hmac_sha256(arena, t->ring->derive, labelled);
    pthread_rwlock_unlock(&t->lock);
    return mac;
}

str token_of(struct tokens *t, struct arena *arena, str what)
{
    return str_base64url(arena, derived(t, arena, "souk token_of\n", what));
}

static str code_proof(struct tokens *t, struct arena *arena, str purpose, str row)
{
    str what = str_fmt(arena, STR_F "\n" STR_F, STR_A(purpose), STR_A(row));
    return str_base64url(arena, derived(t, arena, "souk token_code\n", what));
}

str token_code(struct tokens *t, struct arena *arena, str purpose, id row_id)
{
    str row = id_text(arena, row_id);
    return str_fmt(arena, STR_F "." STR_F, STR_A(row), STR_A(code_proof(t, arena, purpose, row)));
}

bool token_code_read(struct tokens *t, struct arena *arena, str purpose, str code, id *ret)
{
    str proof = code, text = str_cut(&proof, '.');
    id row_id;
    if (!id_parse(text, &row_id) || !str_eq(id_text(arena, row_id), text) ||
        !str_eq_secret(proof, code_proof(t, arena, purpose, text)))
        return false;
    *ret = row_id;
    return true;
}

str token_seal(struct tokens *t, struct arena *arena, str what, str bytes)
{
    str key = derived(t, arena, "souk token_seal\n", S(""));
    return str_base64url(arena, secret_seal(arena, key, what, bytes));
}

bool token_unseal(struct tokens *t, struct arena *arena, str what, str sealed, str *ret)
{
    str bytes, key = derived(t, arena, "souk token_seal\n", S(""));
    return str_unbase64(arena, sealed, &bytes) && secret_unseal(arena, key, what, bytes, ret);
}
