/* SPDX-License-Identifier: Apache-2.0
 * What authenticators say (WebAuthn), read and verified over libfido2. Called by identity; keeps
 * nothing. Must never take a key, an origin or a challenge for good that was not asked for. */
#ifndef SOUK_PLATFORM_PASSKEY_PASSKEY_H
#define SOUK_PLATFORM_PASSKEY_PASSKEY_H

#include "base/err.h"

extern const problem PASSKEY_WRONG; /* 401 passkey_wrong: whatever is wrong with it */

/* Which shop a passkey is for: it is good for one host alone. */
struct passkey_site {
    str rp_id;  /* "shop.example" */
    str origin; /* "https://shop.example"; absent: http://localhost, whatever the port */
};
/* Of a public origin; of none (development): localhost. */
struct passkey_site passkey_site_of(struct arena *arena, str origin);

/* Algorithms that are taken, by their numbers in COSE (RFC 9053), best first. */
#define PASSKEY_ALGORITHMS 3
extern const int64_t passkey_algorithms[PASSKEY_ALGORITHMS];

#define PASSKEY_ID_MAX 1023 /* bytes, as WebAuthn has it */
#define PASSKEY_DATA_MAX 8192
/* Whether it may be copied to other devices of its owner: it is so for good. */
enum passkey_backup { PASSKEY_BACKUP_UNKNOWN, PASSKEY_BACKUP_NEVER, PASSKEY_BACKUP_MAY };
struct passkey_key {
    str credential; /* its id: bytes */
    int64_t algorithm;
    str bytes;     /* the public key, as libfido2 has it */
    int64_t count; /* of signatures; 0: it does not count */
    enum passkey_backup backup;
};

/* Reads what the browser signed for: that it is of our origin, not in a frame of another, and for
 * making a passkey or for using one. Gives the challenge, base64url. */
enum passkey_act { PASSKEY_CREATE, PASSKEY_GET };
err passkey_client(struct cx *cx, const struct passkey_site *site, enum passkey_act act,
    str client_data, str *ret_challenge) MUST_USE;
/* A new passkey out of the authenticator's data: for our host, its user verified. The maker of the
 * authenticator is not asked for (attestation "none"). The result is in cx->arena. */
err passkey_read(struct cx *cx, const struct passkey_site *site, str auth_data,
    struct passkey_key *ret) MUST_USE;
/* A signature over auth_data and client_data by that key: for our host, its user verified. Gives
 * the authenticator's count; whether it went on is the caller's to say. */
struct passkey_answer {
    str client_data, auth_data, signature;
};
err passkey_check(struct cx *cx, const struct passkey_site *site, const struct passkey_key *key,
    struct passkey_answer answer, int64_t *ret_count) MUST_USE;

#endif
