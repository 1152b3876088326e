/* SPDX-License-Identifier: Apache-2.0
 * The part of identity's public header about people who work here: their roles, and acting as
 * somebody else. Included by identity.h and by nobody else. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_ROLES_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_ROLES_H

#include "services/identity/identity.h"

extern const problem IDENTITY_LAST_ADMIN; /* 409 last_admin: somebody has to stay one */
extern const problem IDENTITY_NOT_ACTED;  /* 403 act_as_refused: staff, or oneself */
extern const problem IDENTITY_UNPROVED;   /* 409 email_not_verified: a role for who knows whom */

/* In a WRITE unit: the roles and no others. All sessions of the user end, so that no token has the
 * old ones. Stands in the audit trail. ERR_MISSING. IDENTITY_LAST_ADMIN, and
 * IDENTITY_UNPROVED for a role that they did not have, before anything is written. */
err identity_roles_set(
    struct identity *s, struct cx *cx, id user_id, unsigned roles, str reason) MUST_USE;
/* Who has a role beyond customer and seller, at most IDENTITY_STAFF_MAX, in no special order. */
#define IDENTITY_STAFF_MAX 200
err identity_staff(struct identity *s, struct cx *cx, id **ret, size_t *ret_n) MUST_USE;

/* In a WRITE unit: an access token for who asks to act as the user, with the rights of a customer.
 * It is a session of the user's, which they see and can end, and it is not renewed. */
#define IDENTITY_ACT_MS (15 * MINUTE_MS)
err identity_act_as(
    struct identity *s, struct cx *cx, id user_id, str reason, str *ret_token) MUST_USE;

#endif
