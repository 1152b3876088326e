/* SPDX-License-Identifier: Apache-2.0
 * What the files of the security flow share. For this folder only. */
#ifndef SOUK_FLOWS_SECURITY_SECURITY_INTERNAL_H
#define SOUK_FLOWS_SECURITY_SECURITY_INTERNAL_H

#include "flows/security/security.h"

struct security {
    struct security_deps deps;
};

#define SECURITY_PASSWORD_MAX 1024 /* bytes; the rule counts characters */
#define SECURITY_CODE_MAX 200

/* On a worker, in a READ unit: the form of a new password (fields at /newPassword), and its hash.
 */
err security_new_password(
    struct security *x, struct cx *cx, str email, str password, str *ret_hash) MUST_USE;

/* In a WRITE unit: the new password of a mail. Keys of third parties are revoked with the sessions:
 * who comes by the mail may have lost the account, and a key that somebody else made would stay. */
err security_reset(struct security *x, struct cx *cx, struct identity_reset in) MUST_USE;

extern const struct route security_routes[];
extern const struct route security_page_routes[];
extern const struct html_page *const security_pages[];

#endif
