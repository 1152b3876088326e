/* SPDX-License-Identifier: Apache-2.0
 * Access tokens: JWT (RFC 7519) signed with ES256 over libjwt, each naming its key (kid). The keys
 * are a PEM file made at the first start; it is read again within a second of its change. Verified
 * tokens are remembered (bounded) until they expire, so that a signature is checked once per token.
 * Sessions that were ended are remembered as well, in this process. Thread-safe. */
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
    int64_t proved_ms; /* when the password (or a code) was last given; 0: not said */
    bool factor;       /* a second factor was given */
    id behind_id;      /* staff who act as the user, or none */
    id credential_id;  /* of a key: what it may stands in `scopes`, how often in `per_minute` */
    str scopes;
    int64_t per_minute;
    str audience; /* surfaces: "store", or several: "store seller admin" */
};
#define TOKEN_LIFE_MAX_MS                                                                          \
    (INT64_C(15) * 60 * 1000) /* of a token; a retired key verifies as long                        \
                               */
#define TOKEN_SKEW_MS                                                                              \
    (INT64_C(60) * 1000) /* a token may be from so far in the future: two clocks */
struct tokens;
/* Creates the key file (mode 0600) when missing. */
err tokens_open(
    struct arena *life, struct cx *cx, const char *key_file, struct tokens **ret) MUST_USE;
void tokens_close(struct tokens *t);
err token_sign(
    struct tokens *t, struct cx *cx, const struct token_claims *claims, str *ret) MUST_USE;
/* Only ES256 is accepted; checks signature, issuer "souk", that `audience` is one of the token's,
 * and times with cx->now_ms: the end to the millisecond, the beginning with TOKEN_SKEW_MS. */
err token_verify(
    struct tokens *t, struct cx *cx, str token, str audience, struct token_claims *ret) MUST_USE;
/* Whether `surface` is one of those that the token is for. */
bool token_is_for(const struct token_claims *claims, str surface);

/* Tokens of this session are refused from now on: until they have run out anyway. In this process;
 * others learn it from who tells them. */
void token_session_end(struct tokens *t, id session_id, int64_t now_ms);

/* The public keys, for JWKS (RFC 7517): the signing one first. In the arena. */
struct token_public {
    str kid, x, y;
};
size_t token_publics(struct tokens *t, struct arena *arena, const struct token_public **ret);
/* For `souk keys`: a new key signs from the next second on; old ones verify until the last of their
 * tokens has run out, or not at all any more (forget). */
err token_keys_rotate(struct tokens *t, struct cx *cx, bool forget) MUST_USE;
struct token_key_info {
    str kid;
    int64_t retired_ms; /* 0: signs */
};
size_t token_keys(struct tokens *t, struct arena *arena, const struct token_key_info **ret);

/* A guest's secret that a repeat of the same request gets again: nobody without our key can make it
 * of `what`. Base64url in the arena. Rotating the keys does not change it. */
str token_of(struct tokens *t, struct arena *arena, str what);
/* What stands in the link of a mail: the id of a row and a proof that we wrote it, so that nothing
 * secret is kept. token_code_read gives the id of a code that is ours for this purpose. */
str token_code(struct tokens *t, struct arena *arena, str purpose, id row_id);
bool token_code_read(struct tokens *t, struct arena *arena, str purpose, str code, id *ret);
/* Seals a few bytes (a factor's secret) for a row: XChaCha20-Poly1305 under a key derived from
 * ours, bound to `what`. Base64url. */
str token_seal(struct tokens *t, struct arena *arena, str what, str bytes);
bool token_unseal(struct tokens *t, struct arena *arena, str what, str sealed, str *ret) MUST_USE;

#endif
