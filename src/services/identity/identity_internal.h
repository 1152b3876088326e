/* SPDX-License-Identifier: Apache-2.0
 * What the files of identity share. For this folder only. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_INTERNAL_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_INTERNAL_H

#include "services/identity/identity.h"

struct identity {
    struct identity_deps deps;
};

/* The user, locked against other changes of the same user. ERR_MISSING. */
struct identity_sql_user_lock_row;
err identity_user_lock(
    struct identity *s, struct cx *cx, id user_id, struct identity_sql_user_lock_row *ret) MUST_USE;

extern const struct job identity_jobs[];

#endif
