/* SPDX-License-Identifier: Apache-2.0
 * The half of identity's public header that proves who somebody is: codes by mail and passwords.
 * Included by identity.h and by nobody else. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_ACCESS_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_ACCESS_H

#include "services/identity/identity.h"

/* ---- codes by mail: identity_code.c ---- */
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
/* Sets the password, ends all sessions; the e-mail is proved by that. "identity.password_changed"
 */
err identity_reset(struct identity *s, struct cx *cx, str code, str password_hash) MUST_USE;
/* Proves an e-mail: of a new account, or a changed one, which is then used
 * ("identity.email_changed" to both; IDENTITY_EMAIL_TAKEN when another account has taken it
 * meanwhile). */
err identity_verify(struct identity *s, struct cx *cx, str code) MUST_USE;

/* Slow: in a READ unit. IDENTITY_BAD_PASSWORD. */
err identity_check_password(struct identity *s, struct cx *cx, id user_id, str password) MUST_USE;
/* Ends all sessions but `keep`. Emits "identity.password_changed". */
err identity_password_set(
    struct identity *s, struct cx *cx, id user_id, str password_hash, id keep) MUST_USE;

#endif
