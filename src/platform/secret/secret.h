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
/* Tells contents apart (BLAKE2b, 128 bits as 32 characters) in a third of the time: ETags. */
str secret_print_hex(struct arena *arena, str bytes);
/* HMAC-SHA-256 of the bytes under the key: 32 bytes. Compare with str_eq_secret. */
str secret_hmac_sha256(struct arena *arena, str key, str bytes);
/* XChaCha20-Poly1305 with a random nonce in front; `what` is bound to it. The key has 32 bytes.
 * secret_unseal: false when a byte of it, or `what`, is another. */
str secret_seal(struct arena *arena, str key, str what, str bytes);
bool secret_unseal(struct arena *arena, str key, str what, str sealed, str *ret) MUST_USE;
/* HMAC-SHA-1, for one-time codes (RFC 6238) and nothing else: 20 bytes. */
str secret_hmac_sha1(struct arena *arena, str key, str bytes);
str secret_sha1(struct arena *arena, str bytes); /* 20 bytes: lists of leaked passwords use it */
/* n random bytes. */
str secret_bytes(struct arena *arena, size_t n);
void secret_random(void *to, size_t n);

#endif
