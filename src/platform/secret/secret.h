/* SPDX-License-Identifier: Apache-2.0
 * Secrets: random bytes, password hashes, digests. libsodium and OpenSSL do the work. */
#ifndef SOUK_PLATFORM_SECRET_SECRET_H
#define SOUK_PLATFORM_SECRET_SECRET_H

#include "base/err.h"

/* n random bytes as base64url text; n >= 16 for anything that must not be guessed. */
str secret_token(struct arena *arena, size_t n);
uint64_t secret_u64(void); /* to seed an rng */
/* Argon2id, m = 19 MiB, t = 2, p = 1 (OWASP Password Storage); the encoded string. Slow: on a
 * worker only. */
err secret_password_hash(struct cx *cx, str password, str *ret) MUST_USE;
/* An absent hash costs the same time and answers false (unknown users). */
bool secret_password_ok(str hash, str password);
str secret_sha256(struct arena *arena, str bytes);     /* 32 bytes */
str secret_sha256_hex(struct arena *arena, str bytes); /* 64 characters */
/* HMAC-SHA-256 of the bytes under the key: 32 bytes. Compare with str_eq_secret. */
str secret_hmac_sha256(struct arena *arena, str key, str bytes);

#endif
