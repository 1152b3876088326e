/* SPDX-License-Identifier: Apache-2.0
 * An issuer's key of P-256 for tests: as JWKS, and signing whatever it is told to. Included by the
 * test and the fuzz target of id_tokens. */
#ifndef SOUK_PLATFORM_OIDC_TESTS_OIDC_DESK_H
#define SOUK_PLATFORM_OIDC_TESTS_OIDC_DESK_H

#include <jwt.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/buf.h"
#include "platform/oidc/oidc.h"

#define OIDC_DESK_NOW_MS INT64_C(1750000000000)
static const struct oidc_expected oidc_desk_want = { S_INIT("https://id.example"), S_INIT("shop"),
    S_INIT("n-1") };

struct oidc_desk {
    str pem, jwk, jwks;
};

static inline struct oidc_desk oidc_desk_open(struct arena *arena, const char *kid)
{
    struct oidc_desk d = { { 0 }, { 0 }, { 0 } };
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    BIO *out = BIO_new(BIO_s_mem());
    unsigned char point[65];
    size_t n = 0;
    char *text = NULL;
    ASSERT(pair && out && PEM_write_bio_PrivateKey(out, pair, NULL, NULL, 0, NULL, NULL) == 1);
    long pem_n = BIO_get_mem_data(out, &text);
    d.pem = str_dup(arena, (str){ text, (size_t)pem_n });
    ASSERT(EVP_PKEY_get_octet_string_param(
               pair, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) == 1);
    str x = str_base64url(arena, (str){ (const char *)point + 1, 32 });
    str y = str_base64url(arena, (str){ (const char *)point + 33, 32 });
    d.jwk = str_fmt(arena,
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"%s\",\"x\":\"" STR_F "\",\"y\":\"" STR_F "\"}",
        kid, STR_A(x), STR_A(y));
    d.jwks = str_fmt(arena, "{\"keys\":[" STR_F "]}", STR_A(d.jwk));
    BIO_free(out);
    EVP_PKEY_free(pair);
    return d;
}

/* Absent when the claims are no object. */
static inline str oidc_desk_sign(
    const struct oidc_desk *d, struct arena *arena, const char *kid, str claims)
{
    jwt_t *jwt = NULL;
    str token = { 0 };
    ASSERT(jwt_new(&jwt) == 0);
    if (jwt_add_grants_json(jwt, str_c(arena, claims)) == 0 &&
        jwt_add_header(jwt, "kid", kid) == 0 &&
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)d->pem.p, (int)d->pem.n) == 0) {
        char *text = jwt_encode_str(jwt);
        token = text ? str_dup(arena, str_from_c(text)) : token;
        free(text);
    }
    jwt_free(jwt);
    return token;
}

#endif
