/* SPDX-License-Identifier: Apache-2.0
 * Who may act for whom: keys, roles, staff who act as somebody. Opened by src/app; JSON and pages.
 * Must never give more than who gives it has. */
#ifndef SOUK_FLOWS_ACCESS_ACCESS_H
#define SOUK_FLOWS_ACCESS_ACCESS_H

#include "services/credentials/credentials.h"
#include "services/identity/identity.h"

struct access;
extern const struct service access_service;

struct access_deps {
    struct db *db;
    struct identity *identity;
    struct credentials *credentials;
    struct tokens *tokens;
    struct audit *audit;
};
struct access *access_open(struct arena *life, struct access_deps deps);

#define ACCESS_TOKEN_MS (INT64_C(10) * 60 * 1000) /* of client credentials */
/* For the edge, on a worker without a unit: whom a key speaks for, with roles as they are now, and
 * those of them that are of use (identity_roles_usable). CREDENTIALS_BAD. Notes that it was used.
 */
err access_key(struct access *a, struct cx *cx, str secret, id key_id, struct credentials_key *ret,
    struct identity_user *ret_user, unsigned *ret_usable) MUST_USE;

#endif
