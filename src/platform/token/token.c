/* SPDX-License-Identifier: Apache-2.0
 * Access tokens over libjwt. Called by the gateway (verify) and by identity (sign). Must never take
 * an algorithm from the token: whatever is not ES256 with our key is forged. */
#include "platform/token/token.h"

#include <errno.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "platform/secret/secret.h"
#include "platform/token/token_key.h"
#include "platform/token/token_memory.h"

const problem TOKEN_INVALID = { KIND_UNSIGNED, "token.invalid", "token_invalid",
    "The access token is not valid." };
const problem TOKEN_EXPIRED = { KIND_UNSIGNED, "token.expired", "token_expired",
    "The access token has expired." };

#define ISSUER "souk"
#define TOKEN_MAX 4096
#define MEMORY_SETS 4096 /* of 4: some 5 MB when full */
#define SECONDS_MAX INT64_C(100000000000)

struct tokens {
    struct token_key key;
    struct token_memory *memory;
};

static void jwt_close_at(jwt_t **jwt)
{
    if (*jwt)
        jwt_free(*jwt);
}

err tokens_open(struct arena *life, struct cx *cx, const char *key_file, struct tokens **ret)
{
    struct tokens *t = NEW(life, struct tokens);

    err e = token_key_load(life, cx, key_file, &t->key);
    if (e)
        return e;
    t->memory = token_memory_open(life, MEMORY_SETS);
    *ret = t;
    return NULL;
}

void tokens_close(struct tokens *t)
{
    if (!t)
        return;
    token_key_forget(&t->key);
    token_memory_close(t->memory);
    t->memory = NULL;
}

/* 0, or what libjwt says. Absent texts are left out. */
static int grant_text(jwt_t *jwt, struct arena *arena, const char *name, str value)
{
    return value.n > 0 ? jwt_add_grant(jwt, name, str_c(arena, value)) : 0;
}

static int grants_add(jwt_t *jwt, struct arena *arena, const struct token_claims *claims)
{
    int failed = jwt_add_grant(jwt, "iss", ISSUER);

    failed |= grant_text(jwt, arena, "aud", claims->audience);
    failed |= grant_text(jwt, arena, "sub", id_text(arena, claims->user_id));
    if (!id_is_none(claims->session_id))
        failed |= grant_text(jwt, arena, "sid", id_text(arena, claims->session_id));
    failed |= grant_text(jwt, arena, "name", claims->name);
    failed |= grant_text(jwt, arena, "email", claims->email);
    failed |= jwt_add_grant_int(jwt, "roles", (long)claims->roles);
    failed |= jwt_add_grant_int(jwt, "iat", claims->issued_ms / SECOND_MS);
    failed |= jwt_add_grant_int(jwt, "exp", claims->expires_ms / SECOND_MS);
    return failed;
}

err token_sign(struct tokens *t, struct cx *cx, const struct token_claims *claims, str *ret)
{
    ASSERT(!id_is_none(claims->user_id));
    ASSERT(claims->audience.n > 0);
    ASSERT(claims->expires_ms >= SECOND_MS);
    DEFER(jwt_close_at) jwt_t *jwt = NULL;

    if (jwt_new(&jwt) != 0)
        return FAIL(cx, ERR_BUG, "no memory for a token");
    if (grants_add(jwt, cx->arena, claims) != 0)
        return FAIL(cx, ERR_BUG, "claims that are no text");
    if (jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)t->key.secret_pem.p,
            (int)t->key.secret_pem.n) != 0)
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

static err claims_read(jwt_t *jwt, struct cx *cx, struct token_claims *ret)
{
    struct token_claims c = { 0 };
    int64_t not_before_ms = 0;

    if (!str_eq(str_from_c(jwt_get_grant(jwt, "iss")), S(ISSUER)))
        return FAIL(cx, TOKEN_INVALID, "another issuer");
    if (!id_parse(str_from_c(jwt_get_grant(jwt, "sub")), &c.user_id) || id_is_none(c.user_id))
        return FAIL(cx, TOKEN_INVALID, "no subject");
    const char *session = jwt_get_grant(jwt, "sid");
    if (session && !id_parse(str_from_c(session), &c.session_id))
        return FAIL(cx, TOKEN_INVALID, "no session id");
    if (!claim_seconds(jwt, "exp", &c.expires_ms) || !claim_seconds(jwt, "iat", &c.issued_ms))
        return FAIL(cx, TOKEN_INVALID, "no times");
    if (claim_seconds(jwt, "nbf", &not_before_ms) && cx->now_ms < not_before_ms)
        return FAIL(cx, TOKEN_INVALID, "not valid yet");
    errno = 0;
    long roles = jwt_get_grant_int(jwt, "roles");
    if (errno != 0 || roles < 0 || roles > INT32_MAX)
        return FAIL(cx, TOKEN_INVALID, "no roles");
    c.roles = (unsigned)roles;
    c.name = claim_text(jwt, cx->arena, "name");
    c.email = claim_text(jwt, cx->arena, "email");
    c.audience = claim_text(jwt, cx->arena, "aud");
    *ret = c;
    return NULL;
}

static err signature_check(struct tokens *t, struct cx *cx, str token, struct token_claims *ret)
{
    DEFER(jwt_close_at) jwt_t *jwt = NULL;
    const char *text = str_c(cx->arena, token);

    if (jwt_decode(
            &jwt, text, (const unsigned char *)t->key.public_pem.p, (int)t->key.public_pem.n) != 0)
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
    bool known = token_memory_find(t->memory, cx, token, &claims);
    if (!known) {
        err e = signature_check(t, cx, token, &claims);
        if (e)
            return e;
    }
    if (!str_eq(claims.audience, audience))
        return FAIL(cx, TOKEN_INVALID, "another audience");
    if (cx->now_ms >= claims.expires_ms)
        return FAIL(cx, TOKEN_EXPIRED, "%lld ms ago", (long long)(cx->now_ms - claims.expires_ms));
    if (!known)
        token_memory_keep(t->memory, cx, token, &claims);
    *ret = claims;
    return NULL;
}

str token_of(struct tokens *t, struct arena *arena, str what)
{
    str labelled = str_cat(arena, S("souk token_of\n"), what); /* the key signs other things too */
    return str_base64url(arena, secret_hmac_sha256(arena, t->key.secret_pem, labelled));
}
