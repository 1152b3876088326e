/* SPDX-License-Identifier: Apache-2.0
 * Keys of third parties: each speaks for its owner, with the permissions that it was given and no
 * more. Told once, kept as SHA-256 (a key is 256 random bits: there is nothing to try, so a slow
 * hash would only slow us down), revocable at once. */
#ifndef SOUK_SERVICES_CREDENTIALS_CREDENTIALS_H
#define SOUK_SERVICES_CREDENTIALS_CREDENTIALS_H

#include "platform/http/service.h"

struct credentials;
extern const struct service credentials_service;

extern const problem CREDENTIALS_UNKNOWN; /* 404 not_found: also another's */
extern const problem CREDENTIALS_BAD;     /* 401 key_invalid: unknown, revoked or run out */
extern const problem CREDENTIALS_FULL;    /* 422 keys_full: CREDENTIALS_MAX in use */

struct audit;
struct tokens;
struct credentials_deps {
    struct db *db;
    struct audit *audit;   /* NULL in tests: nothing is kept */
    struct tokens *tokens; /* access tokens of a revoked key are refused; NULL in tests */
};
struct credentials *credentials_open(struct arena *life, struct credentials_deps deps);

#define CREDENTIALS_MAX 20 /* of one user, that are in use */
#define CREDENTIALS_USED_MS (INT64_C(60) * 1000)
#define CREDENTIALS_PER_MINUTE_MAX 6000
#define CREDENTIALS_NAME_MAX 60
struct credentials_key {
    id key_id, user_id;
    str name, prefix; /* "souk_Ab12Cd3": to tell it by */
    uint64_t scopes;  /* SCOPE_BITs */
    int64_t per_minute, created_ms;
    int64_t expires_ms, used_ms, revoked_ms; /* 0: never, not yet, no */
};
/* In a WRITE unit. in: user_id, name, scopes (at least one, all grantable), per_minute, expires_ms
 * (0, or to come); ERR_INVALID with fields. The secret is told here and never again. */
err credentials_add(struct credentials *s, struct cx *cx, struct credentials_key in,
    struct credentials_key *ret, str *ret_secret) MUST_USE;
/* The newest first, with those that are no good any more. */
#define CREDENTIALS_LIST_MAX 100
err credentials_list(struct credentials *s, struct cx *cx, id user_id, struct credentials_key **ret,
    size_t *ret_n) MUST_USE;
/* Everybody's, older than `before` (none: from the newest). */
err credentials_list_all(struct credentials *s, struct cx *cx, id before, int64_t limit,
    struct credentials_key **ret, size_t *ret_n) MUST_USE;
/* In a WRITE unit; user_id none: anybody's. Twice is no error. */
err credentials_revoke(struct credentials *s, struct cx *cx, id key_id, id user_id) MUST_USE;
/* In a WRITE unit: all of one's that are not revoked. */
err credentials_revoke_all(struct credentials *s, struct cx *cx, id user_id) MUST_USE;
/* In any unit. CREDENTIALS_BAD. */
err credentials_check(
    struct credentials *s, struct cx *cx, str secret, struct credentials_key *ret) MUST_USE;
/* The same of a key that is known by its id: of an access token that was made of it. */
err credentials_stands(
    struct credentials *s, struct cx *cx, id key_id, struct credentials_key *ret) MUST_USE;
/* In a WRITE unit: it was used; does nothing within CREDENTIALS_USED_MS of the last time. */
err credentials_used(struct credentials *s, struct cx *cx, id key_id) MUST_USE;
/* In a READ unit, from time to time in each process: refuses tokens of what was revoked elsewhere.
 */
err credentials_ended(struct credentials *s, struct cx *cx) MUST_USE;

#endif
