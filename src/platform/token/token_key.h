/* SPDX-License-Identifier: Apache-2.0
 * The keys behind the tokens: P-256, in one PEM file made at the first start. The first key signs;
 * those behind it have been retired and only verify. Called by token.c alone. Must never log a key
 * or leave its file readable by others. */
#ifndef SOUK_PLATFORM_TOKEN_TOKEN_KEY_H
#define SOUK_PLATFORM_TOKEN_TOKEN_KEY_H

#include "base/err.h"

#define TOKEN_KEYS_MAX 32 /* more rotations than this within a token's life are refused */

struct token_key {
    str kid;            /* RFC 7638 thumbprint */
    str x, y;           /* of the public point, base64url */
    str public_pem;     /* what verifies */
    int64_t retired_ms; /* 0: the one that signs */
};
struct token_ring {
    struct token_key keys[TOKEN_KEYS_MAX]; /* the signing one first */
    size_t n;
    str secret_pem; /* of the first */
    str derive;     /* for what is derived from a key and must outlive its rotation */
};
/* Reads the file, after making it (mode 0600) when there is none; two processes that start at once
 * end up with one key. Retired keys whose tokens have all run out are left out. ERR_BUG: it cannot
 * be read, made, or holds another kind of key. All in the arena given. */
err token_ring_load(
    struct arena *life, struct cx *cx, const char *file, struct token_ring *ret) MUST_USE;
/* Puts a new key in front. Of the others the public halves stay, until their tokens have run out;
 * `forget` drops them at once. One at a time. */
err token_ring_rotate(struct cx *cx, const char *file, bool forget) MUST_USE;
/* Overwrites the secrets. */
void token_ring_forget(struct token_ring *ring);

#endif
