/* SPDX-License-Identifier: Apache-2.0
 * The part of identity's public header about logins of other issuers, which are ways into an
 * account. Included by identity.h and by nobody else. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_WAY_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_WAY_H

#include "services/identity/identity.h"

#define IDENTITY_WAYS_MAX 20
extern const problem IDENTITY_WAY_TAKEN;   /* 409 login_taken: it leads into another account */
extern const problem IDENTITY_WAY_UNKNOWN; /* 404 not_found: also another's */
extern const problem IDENTITY_WAY_LAST;    /* 409 last_way_in: without it nobody could sign in */

/* Who somebody is elsewhere, as an id_token said that was checked. */
struct identity_elsewhere {
    str issuer, subject;
    str email, name; /* absent: it does not say */
    bool email_verified;
    str label; /* for mails: "Google" */
};
/* In a WRITE unit: the account that it leads into, if any. */
err identity_way_find(struct identity *s, struct cx *cx, const struct identity_elsewhere *who,
    struct identity_user *ret, bool *ret_found) MUST_USE;
/* A new account without a password. IDENTITY_EMAIL_TAKEN: there is one with this e-mail, and it is
 * not opened by that: whoever owns it signs in and connects. The e-mail is proved if, and only if,
 * the issuer says so. Emits "identity.registered". */
err identity_way_register(struct identity *s, struct cx *cx, const struct identity_elsewhere *who,
    struct identity_user *ret) MUST_USE;
/* Into the account of who has just proved to be its owner; once more is no error.
 * IDENTITY_WAY_TAKEN. Emits "identity.way_changed". */
err identity_way_add(
    struct identity *s, struct cx *cx, id user_id, const struct identity_elsewhere *who) MUST_USE;

struct identity_way {
    id way_id;
    str issuer, email;
    int64_t created_ms, used_ms;
};
err identity_way_list(struct identity *s, struct cx *cx, id user_id, struct identity_way **ret,
    size_t *ret_n) MUST_USE;
/* IDENTITY_WAY_UNKNOWN, IDENTITY_WAY_LAST. Emits "identity.way_changed". */
err identity_way_remove(
    struct identity *s, struct cx *cx, id user_id, id way_id, str label) MUST_USE;

#endif
