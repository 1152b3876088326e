/* SPDX-License-Identifier: Apache-2.0
 * The part of identity's public header about passkeys: keys of authenticators, a way in that needs
 * no password and counts as a second factor. Included by identity.h and by nobody else. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_PASSKEY_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_PASSKEY_H

#include "services/identity/identity.h"

#define IDENTITY_PASSKEYS_MAX 20
#define IDENTITY_CHALLENGE_MS (5 * MINUTE_MS)
extern const problem IDENTITY_PASSKEY_KNOWN;   /* 409 passkey_known: it is somebody's already */
extern const problem IDENTITY_PASSKEY_UNKNOWN; /* 404 not_found: also another's */
extern const problem IDENTITY_PASSKEYS_FULL;   /* 422 passkeys_full: 20 */

struct identity_passkey {
    id passkey_id;
    str credential; /* base64url */
    str name;
    int64_t created_ms, used_ms; /* used: 0 when never */
    int64_t suspect_ms;          /* when its count went backwards; 0: it never did */
};
err identity_passkey_list(struct identity *s, struct cx *cx, id user_id,
    struct identity_passkey **ret, size_t *ret_n) MUST_USE;

/* What a challenge is for. It is sealed under our key with its end, bound to its purpose and to
 * `bound` (a session; empty when nobody is signed in yet), and kept nowhere until it is answered:
 * then it is used up, whether the answer was good or not. */
enum identity_challenge {
    IDENTITY_CHALLENGE_ADD,   /* bound to the session that adds one */
    IDENTITY_CHALLENGE_PROVE, /* bound to the session that proves itself once more */
    IDENTITY_CHALLENGE_LOGIN,
};
str identity_challenge_new(
    struct identity *s, struct cx *cx, enum identity_challenge what, str bound);
/* Which challenge a browser's answer names, to compare with the one of a form; not checked. */
str identity_challenge_named(struct cx *cx, str client_data);

/* Bytes as the browser gave them. A refusal is no error but in *ret_refused (else NULL), so that
 * the challenge is used up, and a count that went backwards noted: PASSKEY_WRONG,
 * IDENTITY_PASSKEY_KNOWN, IDENTITY_PASSKEYS_FULL. Emits "identity.way_changed". */
struct identity_passkey_new {
    str name, bound, client_data, auth_data;
};
err identity_passkey_add(struct identity *s, struct cx *cx, id user_id,
    struct identity_passkey_new in, struct identity_passkey *ret, err *ret_refused) MUST_USE;
struct identity_passkey_use {
    enum identity_challenge what;
    str bound;
    id user_id;      /* none: whoever it is */
    str credential;  /* base64url */
    str user_handle; /* what the authenticator kept of the user; needed to sign in */
    str client_data, auth_data, signature;
};
err identity_passkey_check(struct identity *s, struct cx *cx, struct identity_passkey_use in,
    struct identity_user *ret, err *ret_refused) MUST_USE;
/* IDENTITY_PASSKEY_UNKNOWN, IDENTITY_WAY_LAST. Emits "identity.way_changed". */
err identity_passkey_remove(struct identity *s, struct cx *cx, id user_id, id passkey_id) MUST_USE;
/* Shop and algorithms, for what the browser is asked. */
struct passkey_site;
const struct passkey_site *identity_passkey_site(const struct identity *s);
/* What an authenticator keeps of a user: their id, as bytes. */
str identity_passkey_handle(struct arena *arena, id user_id);

#endif
