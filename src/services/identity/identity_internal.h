/* SPDX-License-Identifier: Apache-2.0
 * What the files of identity share. For this folder only. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_INTERNAL_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_INTERNAL_H

#include <stdatomic.h>

#include "platform/passkey/passkey.h"
#include "services/identity/identity.h"
#include "services/identity/identity_guard.h"

struct identity {
    struct identity_deps deps;
    struct guard *guard;
    struct passkey_site site;
    _Atomic int64_t ended_ms; /* of the newest session that identity_ended has seen */
};

/* The user, locked against other changes of the same user. ERR_MISSING. */
struct identity_sql_user_lock_row;
err identity_user_lock(
    struct identity *s, struct cx *cx, id user_id, struct identity_sql_user_lock_row *ret) MUST_USE;

/* A row of a code and its id; see identity.h. */
err identity_code_add(struct identity *s, struct cx *cx, const struct identity_user *user,
    const char *kind, str email, id *ret_id) MUST_USE;
err identity_tell(struct identity *s, struct cx *cx, const char *type,
    const struct identity_letter *letter) MUST_USE;

/* Instead of a hash, for who has none: no password fits. */
#define IDENTITY_NO_PASSWORD "-"
/* What to compare with: the absent str when there is none, which takes the same time. */
str identity_hash_of(str password_hash);
/* IDENTITY_WAY_LAST when nothing is left to sign in with: after something was removed. */
err identity_ways_left(struct identity *s, struct cx *cx, id user_id) MUST_USE;
/* Passkeys and logins of other issuers. */
err identity_ways_clear(struct identity *s, struct cx *cx, id user_id) MUST_USE;
/* The second factor, in force or begun, with its recovery codes; none is no error. */
err identity_factor_clear(struct identity *s, struct cx *cx, id user_id) MUST_USE;

/* Those of the roles that are of use without a factor. */
unsigned identity_roles_plain(struct identity *s, unsigned roles);
/* After a factor or a passkey was removed: without any sessions have none. */
err identity_factor_lost(struct identity *s, struct cx *cx, id user_id) MUST_USE;

/* "identity.way_changed": a way into the account was added or removed, and noted as such. */
struct identity_way_told {
    str kind; /* for the audit trail: "passkey", or the issuer's name */
    str way;  /* for the mail: "the passkey Phone" */
    bool on;
};
err identity_tell_way(
    struct identity *s, struct cx *cx, id user_id, struct identity_way_told told) MUST_USE;

/* Before and after a secret of an account is checked (identity_attempt.c). `what` tells secrets of
 * one account apart; `user_id` may be none. IDENTITY_LOCKED, with cx->retry_after_s, whether or not
 * there is such an account. */
struct identity_attempt {
    const char *what; /* "login", "password", "code" */
    str account;
    id user_id;
};
err identity_attempt_begin(struct identity *s, struct cx *cx, struct identity_attempt a) MUST_USE;
void identity_attempt_end(
    struct identity *s, struct cx *cx, struct identity_attempt a, bool failed);

void identity_attempt_forget(struct identity *s, struct cx *cx, struct identity_attempt a);

/* What was done to an account, for the audit trail. `user_id` did it, unless cx knows better. */
err identity_note(
    struct identity *s, struct cx *cx, const char *act, id user_id, str after) MUST_USE;

/* The code of a half-minute (RFC 6238). */
str identity_factor_code(struct arena *arena, str secret, int64_t step);

extern const struct job identity_jobs[];

#endif
