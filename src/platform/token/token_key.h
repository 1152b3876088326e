/* SPDX-License-Identifier: Apache-2.0
 * The pair of keys behind the tokens: P-256, a PEM file made at the first start. Called by token.c
 * alone. Must never log a key or leave its file readable by others. */
#ifndef SOUK_PLATFORM_TOKEN_TOKEN_KEY_H
#define SOUK_PLATFORM_TOKEN_TOKEN_KEY_H

#include "base/err.h"

struct token_key {
    str secret_pem, public_pem; /* in the arena given */
};
/* Reads the file, after making it (mode 0600) when there is none; two processes that start at once
 * end up with one key. ERR_BUG: it cannot be read, made, or holds another kind of key. */
err token_key_load(
    struct arena *life, struct cx *cx, const char *file, struct token_key *ret) MUST_USE;
/* Overwrites the secret. */
void token_key_forget(struct token_key *key);

#endif
