/* SPDX-License-Identifier: Apache-2.0
 * The half of identity's public header that proves who somebody is: codes by mail and passwords.
 * Included by identity.h and by nobody else. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_ACCESS_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_ACCESS_H

#include "services/identity/identity.h"

/* ---- codes by mail: identity_code.c ---- */
/* Who fails too often at a password or a code waits, longer each time: an account from an address,
 * and after many failures from everywhere an account from all addresses but those that it has
 * signed in from. In memory: each process counts for itself. */
extern const problem IDENTITY_LOCKED; /* 429 too_many_attempts, with Retry-After */
/* Each is good once and runs out; IDENTITY_CODE_INVALID also for those of another kind. The events
 * that ask for a mail name the row ("codeId"); who writes the mail makes the code of it. Of one
 * kind a user gets IDENTITY_MAILS_MAX an hour; more are not sent, which nobody is told. */
#define IDENTITY_MAILS_MAX 5
#define IDENTITY_VERIFY_MS (3 * DAY_MS)
#define IDENTITY_EMAIL_MS (DAY_MS)
#define IDENTITY_RESET_MS (30 * MINUTE_MS)
/* Emits "identity.verify_asked", unless it is verified. */
err identity_verify_ask(struct identity *s, struct cx *cx, id user_id) MUST_USE;
/* Emits "identity.reset_asked". For an unknown e-mail the same is written, and nobody is told. */
err identity_reset_ask(struct identity *s, struct cx *cx, str email) MUST_USE;
/* Emits "identity.email_asked" to the new address, which is not used before it is confirmed, and
 * "identity.email_noticed" to the old. An address that has an account gets nothing, silently. */
err identity_email_ask(struct identity *s, struct cx *cx, id user_id, str email) MUST_USE;
/* In a READ unit: whether a code is good, and whose: for forms and before hashing. */
err identity_reset_look(
    struct identity *s, struct cx *cx, str code, struct identity_user *ret) MUST_USE;
/* Sets the password, ends all sessions; the e-mail is proved by that. Passkeys and logins of other
 * issuers stay, unless `clear_ways`; the mail names them. Of an account whose e-mail was not proved
 * they go anyway, and its second factor too: somebody else may have opened it.
 * "identity.password_changed" */
struct identity_reset {
    str code, password_hash;
    bool clear_ways;
};
err identity_reset(
    struct identity *s, struct cx *cx, struct identity_reset in, id *ret_user_id) MUST_USE;
/* What signs in to the account beside its password, for people to read: "the passkey Phone, a login
 * of accounts.google.com"; empty: nothing does. */
err identity_ways_said(struct identity *s, struct cx *cx, id user_id, str *ret) MUST_USE;
/* Locks the user; IDENTITY_SESSION_UNKNOWN when the session that asks was ended since the edge let
 * it in: by a new password, say. Before something is made that outlives a session. */
err identity_stands(struct identity *s, struct cx *cx, id user_id) MUST_USE;
/* Proves an e-mail: of a new account, or a changed one, which is then used
 * ("identity.email_changed" to both; IDENTITY_EMAIL_TAKEN when another account has taken it
 * meanwhile). */
err identity_verify(struct identity *s, struct cx *cx, str code) MUST_USE;

/* Slow: in a READ unit. IDENTITY_BAD_PASSWORD. */
err identity_check_password(struct identity *s, struct cx *cx, id user_id, str password) MUST_USE;
/* Ends all sessions but `keep`. Emits "identity.password_changed". */
err identity_password_set(
    struct identity *s, struct cx *cx, id user_id, str password_hash, id keep) MUST_USE;

/* ---- second factors: identity_factor.c ---- */
/* A code of an authenticator app: 6 digits of a secret and the half-minute (RFC 6238, SHA-1, as all
 * apps have it); the one before and the one after are good too, each once. Or a recovery code. */
#define IDENTITY_RECOVERY_CODES 10
#define IDENTITY_PENDING_MS (30 * MINUTE_MS)
extern const problem IDENTITY_FACTOR_NEEDED; /* 401 second_factor_required: login without a code */
extern const problem IDENTITY_FACTOR_WRONG;  /* 401 code_wrong: wrong, used, or run out */
extern const problem IDENTITY_FACTOR_ON;     /* 409 second_factor_on: turn it off first */
extern const problem IDENTITY_FACTOR_OFF;    /* 409 second_factor_off: there is none */
struct identity_factor {
    bool on, pending; /* pending: begun within IDENTITY_PENDING_MS, not confirmed */
    int64_t codes;    /* recovery codes left */
    str uri;          /* of a pending one: what an app reads from a QR code */
    str secret;       /* the same to type: base32 */
};
err identity_factor_get(
    struct identity *s, struct cx *cx, id user_id, struct identity_factor *ret) MUST_USE;
/* A new secret, not in force before it is confirmed. IDENTITY_FACTOR_ON. */
err identity_factor_begin(struct identity *s, struct cx *cx, id user_id) MUST_USE;
/* With a code of the app: in force, with new recovery codes, which are told this once. The user's
 * other sessions end. Emits "identity.factor_changed". */
err identity_factor_confirm(struct identity *s, struct cx *cx, id user_id, id keep, str code,
    str ret[static IDENTITY_RECOVERY_CODES]) MUST_USE;
/* Nothing to check for users without one: *ret_on says so. A code is used up. */
err identity_factor_check(
    struct identity *s, struct cx *cx, id user_id, str code, bool *ret_on) MUST_USE;
err identity_recovery_renew(struct identity *s, struct cx *cx, id user_id,
    str ret[static IDENTITY_RECOVERY_CODES]) MUST_USE;
/* Emits "identity.factor_changed". Sessions have no factor any more, unless there is a passkey:
 * their next access token says so. */
err identity_factor_remove(struct identity *s, struct cx *cx, id user_id) MUST_USE;
/* Whether the roles are of use with a second factor alone. */
bool identity_factor_demanded(struct identity *s, unsigned roles);
/* For who proves no factor in person, such as a key: the roles that are of use, which are fewer
 * where a factor is demanded and the user has neither one nor a passkey. In a READ unit. */
err identity_roles_usable(
    struct identity *s, struct cx *cx, const struct identity_user *user, unsigned *ret) MUST_USE;
/* A login of which the code is missing yet: the text that a form keeps between the two. */
#define IDENTITY_LOGIN_MS (10 * MINUTE_MS)
err identity_login_keep(
    struct identity *s, struct cx *cx, const struct identity_user *user, str *ret) MUST_USE;
err identity_login_look(
    struct identity *s, struct cx *cx, str kept, struct identity_user *ret) MUST_USE;
err identity_login_take(struct identity *s, struct cx *cx, str kept) MUST_USE;

#endif
