/* SPDX-License-Identifier: Apache-2.0
 * Reads id_tokens of other issuers over libjwt. Called by oidc.c and the fuzz target. Must never
 * take an algorithm from the token that its key is not for, nor claims before the signature. */
#include <jwt.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/json.h"
#include "platform/oidc/oidc.h"

#define TOKEN_MAX 16384
#define JWKS_KEYS_MAX 100
#define SKEW_MS (INT64_C(60) * SECOND_MS)
#define EXP_MAX INT64_C(100000000000)
#define SUBJECT_MAX 255 /* as the standard has it */
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192

static void json_close_at(struct json_value **v)
{
    json_value_close(*v);
}
static void jwt_close_at(jwt_t **jwt)
{
    if (*jwt)
        jwt_free(*jwt);
}
static void key_close_at(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}
static void bio_close_at(BIO **bio)
{
    BIO_free(*bio);
}
static void build_close_at(OSSL_PARAM_BLD **b)
{
    OSSL_PARAM_BLD_free(*b);
}
static void params_close_at(OSSL_PARAM **p)
{
    OSSL_PARAM_free(*p);
}
static void ctx_close_at(EVP_PKEY_CTX **c)
{
    EVP_PKEY_CTX_free(*c);
}
static void bn_close_at(BIGNUM **n)
{
    BN_free(*n);
}

static str text_at(struct arena *arena, const struct json_value *v, const char *key)
{
    return json_value_str(arena, json_value_get(v, key));
}

static bool bytes_at(struct arena *arena, const struct json_value *v, const char *key, str *ret)
{
    return str_unbase64(arena, text_at(arena, v, key), ret) && ret->n > 0 && ret->n <= 1024;
}

/* ---- a key of the set, as PEM ---- */

static EVP_PKEY *key_made(const char *type, OSSL_PARAM_BLD *build)
{
    EVP_PKEY *key = NULL;
    DEFER(params_close_at) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    DEFER(ctx_close_at) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return key;
}

static EVP_PKEY *rsa_of(struct arena *arena, const struct json_value *jwk)
{
    str n, e;
    if (!bytes_at(arena, jwk, "n", &n) || !bytes_at(arena, jwk, "e", &e) || e.n > 8)
        return NULL;
    DEFER(build_close_at) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    DEFER(bn_close_at) BIGNUM *bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
    DEFER(bn_close_at) BIGNUM *be = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
    ASSERT(build && bn && be);
    if (BN_num_bits(bn) < RSA_BITS_MIN || BN_num_bits(bn) > RSA_BITS_MAX ||
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) != 1 ||
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be) != 1)
        return NULL;
    return key_made("RSA", build);
}

static EVP_PKEY *ec_of(struct arena *arena, const struct json_value *jwk)
{
    str x, y;
    if (!str_eq(text_at(arena, jwk, "crv"), S("P-256")) || !bytes_at(arena, jwk, "x", &x) ||
        !bytes_at(arena, jwk, "y", &y) || x.n != 32 || y.n != 32)
        return NULL;
    str point = str_cat(arena, S("\x04"), str_cat(arena, x, y));
    DEFER(build_close_at) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    ASSERT(build);
    if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n) != 1)
        return NULL;
    return key_made("EC", build);
}

/* The public key, and the one algorithm that it is for. */
static bool key_read(
    struct arena *arena, const struct json_value *jwk, str *ret_pem, jwt_alg_t *ret_alg)
{
    str kty = text_at(arena, jwk, "kty"), use = text_at(arena, jwk, "use");
    bool rsa = str_eq(kty, S("RSA"));
    str alg = text_at(arena, jwk, "alg");
    if ((!rsa && !str_eq(kty, S("EC"))) || (use.n && !str_eq(use, S("sig"))) ||
        (alg.n && !str_eq(alg, rsa ? S("RS256") : S("ES256"))))
        return false;
    DEFER(key_close_at) EVP_PKEY *key = rsa ? rsa_of(arena, jwk) : ec_of(arena, jwk);
    DEFER(bio_close_at) BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (!key || !out || PEM_write_bio_PUBKEY(out, key) != 1)
        return false;
    long n = BIO_get_mem_data(out, &text);
    *ret_pem = str_dup(arena, (str){ text, (size_t)n });
    *ret_alg = rsa ? JWT_ALG_RS256 : JWT_ALG_ES256;
    return true;
}

/* The key that the token names; without a name the only one there is. */
static bool key_find(
    struct cx *cx, const struct json_value *set, str kid, str *ret_pem, jwt_alg_t *ret_alg)
{
    const struct json_value *keys = json_value_get(set, "keys");
    size_t n = json_value_count(keys);
    for (size_t i = 0; i < n && i < JWKS_KEYS_MAX; i++) {
        const struct json_value *jwk = json_value_at(keys, i);
        bool named = kid.n ? str_eq(text_at(cx->arena, jwk, "kid"), kid) : n == 1;
        if (named && key_read(cx->arena, jwk, ret_pem, ret_alg))
            return true;
    }
    return false;
}

/* ---- claims ---- */

/* The client is who the token is for; of several, the one it was made for (azp). */
static bool is_for(struct arena *arena, const struct json_value *claims, str client_id)
{
    const struct json_value *aud = json_value_get(claims, "aud");
    str azp = text_at(arena, claims, "azp");
    size_t n = json_value_count(aud);
    bool found = str_eq(json_value_str(arena, aud), client_id);
    for (size_t i = 0; i < n; i++)
        found = found || str_eq(json_value_str(arena, json_value_at(aud, i)), client_id);
    return found && (azp.n ? str_eq(azp, client_id) : n <= 1);
}

static err claims_check(
    struct cx *cx, const struct json_value *claims, const struct oidc_expected *want)
{
    int64_t exp = 0, iat = 0, nbf = 0;
    if (!str_eq(text_at(cx->arena, claims, "iss"), want->issuer))
        return FAIL(cx, OIDC_WRONG, "another issuer");
    if (!is_for(cx->arena, claims, want->client_id))
        return FAIL(cx, OIDC_WRONG, "for another client");
    if (!str_to_i64(text_at(cx->arena, claims, "exp"), &exp) || exp < 1 || exp > EXP_MAX ||
        exp * SECOND_MS + SKEW_MS <= cx->now_ms)
        return FAIL(cx, OIDC_WRONG, "it has run out");
    if (!str_to_i64(text_at(cx->arena, claims, "iat"), &iat) || iat < 1 || iat > EXP_MAX ||
        iat * SECOND_MS > cx->now_ms + SKEW_MS)
        return FAIL(cx, OIDC_WRONG, "from the future");
    if (str_to_i64(text_at(cx->arena, claims, "nbf"), &nbf) &&
        (nbf > EXP_MAX || nbf * SECOND_MS > cx->now_ms + SKEW_MS))
        return FAIL(cx, OIDC_WRONG, "not good yet");
    if (!want->nonce.n || !str_eq_secret(text_at(cx->arena, claims, "nonce"), want->nonce))
        return FAIL(cx, OIDC_WRONG, "another nonce");
    return NULL;
}

static err person_of(struct cx *cx, const struct json_value *claims, struct oidc_person *ret)
{
    struct oidc_person p = { .subject = text_at(cx->arena, claims, "sub"),
        .email = text_at(cx->arena, claims, "email"),
        .name = text_at(cx->arena, claims, "name"),
        .email_verified = str_eq(text_at(cx->arena, claims, "email_verified"), S("true")) };
    if (p.subject.n == 0 || p.subject.n > SUBJECT_MAX)
        return FAIL(cx, OIDC_WRONG, "no subject");
    *ret = p;
    return NULL;
}

/* ---- the token ---- */

static bool looks_like_token(str token)
{
    size_t points = 0;
    if (token.n == 0 || token.n > TOKEN_MAX)
        return false;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.')
            return false;
        points += c == '.';
    }
    return points == 2;
}

/* A part of the token as JSON; NULL when it is none. */
static struct json_value *part_of(struct cx *cx, str part)
{
    struct json_value *v = NULL;
    str text;
    if (!str_unbase64(cx->arena, part, &text) || json_value_parse(cx, text, &v))
        cx_clear(cx);
    return v;
}

err oidc_token_check(struct cx *cx, str jwks, struct oidc_expected want, str token,
    struct oidc_person *ret, bool *ret_unknown)
{
    DEFER(jwt_close_at) jwt_t *jwt = NULL;
    DEFER(json_close_at) struct json_value *set = NULL, *header = NULL, *claims = NULL;
    str rest = token, pem;
    jwt_alg_t alg = JWT_ALG_NONE;
    *ret_unknown = false;
    if (!looks_like_token(token))
        return FAIL(cx, OIDC_WRONG, "%zu bytes that are no token", token.n);
    header = part_of(cx, str_cut(&rest, '.'));
    claims = part_of(cx, str_cut(&rest, '.'));
    if (!header || !claims)
        return FAIL(cx, OIDC_WRONG, "malformed");
    if (json_value_parse(cx, jwks, &set)) {
        cx_clear(cx);
        return FAIL(cx, OIDC_WRONG, "the issuer's keys are no JSON");
    }
    if (!key_find(cx, set, text_at(cx->arena, header, "kid"), &pem, &alg)) {
        *ret_unknown = true;
        return FAIL(cx, OIDC_WRONG, "a key that the issuer does not name");
    }
    if (!str_eq(text_at(cx->arena, header, "alg"), alg == JWT_ALG_RS256 ? S("RS256") : S("ES256")))
        return FAIL(cx, OIDC_WRONG, "an algorithm that is not its key's");
    if (jwt_decode(&jwt, str_c(cx->arena, token), (const unsigned char *)pem.p, (int)pem.n) != 0 ||
        jwt_get_alg(jwt) != alg)
        return FAIL(cx, OIDC_WRONG, "the signature does not match");
    err e = claims_check(cx, claims, &want);
    return e ? e : person_of(cx, claims, ret);
}
