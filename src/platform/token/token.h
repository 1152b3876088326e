/* SPDX-License-Identifier: Apache-2.0
 * Access tokens: JWT (RFC 7519) signed with ES256 over libjwt. The key is a PEM file made at the
 * first start. Verified tokens are remembered (bounded) until they expire, so that a signature is
 * checked once per token. Thread-safe. */
#ifndef SOUK_PLATFORM_TOKEN_TOKEN_H
#define SOUK_PLATFORM_TOKEN_TOKEN_H

#include "base/err.h"

extern const problem TOKEN_INVALID; /* 401 token_invalid: forged, malformed, wrong audience */
extern const problem TOKEN_EXPIRED; /* 401 token_expired */

struct token_claims {
    id user_id, session_id;
    str name, email;
    unsigned roles;
    int64_t issued_ms, expires_ms;
    str audience; /* "store" */
};
struct tokens;
/* Creates the key file (mode 0600) when missing. */
err tokens_open(
    struct arena *life, struct cx *cx, const char *key_file, struct tokens **ret) MUST_USE;
void tokens_close(struct tokens *t);
err token_sign(
    struct tokens *t, struct cx *cx, const struct token_claims *claims, str *ret) MUST_USE;
/* Only ES256 is accepted; checks signature, issuer "souk", audience and times with cx->now_ms. */
err token_verify(
    struct tokens *t, struct cx *cx, str token, str audience, struct token_claims *ret) MUST_USE;
/* A guest's secret that a repeat of the same request gets again: nobody without our key can make it
 * of `what`. Base64url in the arena. */
str token_of(struct tokens *t, struct arena *arena, str what);

#endif
