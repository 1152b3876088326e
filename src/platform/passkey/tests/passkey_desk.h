/* SPDX-License-Identifier: Apache-2.0
 * An authenticator for tests: a key of P-256 made with OpenSSL, and what a browser would say of it.
 * Included by tests and the fuzz target of passkeys. */
#ifndef SOUK_PLATFORM_PASSKEY_TESTS_PASSKEY_DESK_H
#define SOUK_PLATFORM_PASSKEY_TESTS_PASSKEY_DESK_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/buf.h"
#include "platform/passkey/passkey.h"
#include "platform/secret/secret.h"

#define PASSKEY_DESK_HOST "localhost"
#define PASSKEY_DESK_ORIGIN "http://localhost:8080"
#define PASSKEY_DESK_UV 0x05 /* somebody was there, and it was the owner */

struct passkey_desk {
    EVP_PKEY *pair;
    unsigned char point[65]; /* 4, x, y */
    unsigned char id[16];
    str credential; /* of id */
    const char *host;
    unsigned flags;
};

static inline struct passkey_desk passkey_desk_open(void)
{
    struct passkey_desk d = {
        .pair = EVP_EC_gen("P-256"), .host = PASSKEY_DESK_HOST, .flags = PASSKEY_DESK_UV
    };
    size_t n = 0;
    ASSERT(d.pair != NULL);
    ASSERT(EVP_PKEY_get_octet_string_param(
               d.pair, OSSL_PKEY_PARAM_PUB_KEY, d.point, sizeof d.point, &n) == 1);
    ASSERT(n == sizeof d.point);
    memcpy(d.id, d.point + 1, sizeof d.id);
    return d;
}

static inline void passkey_desk_close(struct passkey_desk *d)
{
    EVP_PKEY_free(d->pair);
    d->pair = NULL;
}

static inline str passkey_desk_client(struct arena *arena, const char *type, str challenge)
{
    return str_fmt(arena,
        "{\"type\":\"%s\",\"challenge\":\"" STR_F "\",\"origin\":\"" PASSKEY_DESK_ORIGIN "\"}",
        type, STR_A(challenge));
}

static inline void passkey_desk_head(
    const struct passkey_desk *d, struct buf *out, unsigned flags, uint32_t count)
{
    buf_add(out, secret_sha256(out->arena, str_from_c(d->host)));
    buf_char(out, (char)(unsigned char)flags);
    for (unsigned shift = 32; shift > 0; shift -= 8)
        buf_char(out, (char)(unsigned char)(count >> (shift - 8)));
}

/* The authenticator's data of a new passkey, its key in COSE. */
static inline str passkey_desk_made(struct passkey_desk *d, struct arena *arena)
{
    struct buf out = { .arena = arena };
    d->credential = (str){ (const char *)d->id, sizeof d->id };
    passkey_desk_head(d, &out, d->flags | 0x40, 0);
    for (int i = 0; i < 17; i++)
        buf_char(&out, 0); /* the maker, and the first byte of a length */
    buf_char(&out, sizeof d->id);
    buf_add(&out, d->credential);
    buf_add(&out, S("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
    buf_add(&out, (str){ (const char *)d->point + 1, 32 });
    buf_add(&out, S("\x22\x58\x20"));
    buf_add(&out, (str){ (const char *)d->point + 33, 32 });
    return buf_str(&out);
}

static inline str passkey_desk_sign(const struct passkey_desk *d, struct arena *arena, str bytes)
{
    unsigned char sig[80];
    size_t n = sizeof sig;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ASSERT(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, d->pair) == 1);
    ASSERT(EVP_DigestSign(ctx, sig, &n, (const unsigned char *)bytes.p, bytes.n) == 1);
    EVP_MD_CTX_free(ctx);
    return str_dup(arena, (str){ (const char *)sig, n });
}

static inline struct passkey_answer passkey_desk_answer(
    const struct passkey_desk *d, struct arena *arena, str challenge, uint32_t count)
{
    struct buf data = { .arena = arena };
    passkey_desk_head(d, &data, d->flags, count);
    struct passkey_answer a = { .auth_data = buf_str(&data),
        .client_data = passkey_desk_client(arena, "webauthn.get", challenge) };
    a.signature = passkey_desk_sign(
        d, arena, str_cat(arena, a.auth_data, secret_sha256(arena, a.client_data)));
    return a;
}

#endif
