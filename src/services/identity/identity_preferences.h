/* SPDX-License-Identifier: Apache-2.0
 * The part of identity's public header about what somebody likes: the look of pages, how fast
 * parcels should come. Included by identity.h and by nobody else. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_PREFERENCES_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_PREFERENCES_H

#include "services/identity/identity.h"

enum identity_appearance {
    IDENTITY_LOOK_SYSTEM, /* as the visitor's system has it */
    IDENTITY_LOOK_LIGHT,
    IDENTITY_LOOK_DARK,
    IDENTITY_LOOKS_N
};
extern const char *const identity_look_names[IDENTITY_LOOKS_N + 1]; /* as on the wire */

#define IDENTITY_SPEED_MAX 40
struct identity_preferences {
    str appearance;     /* one of identity_look_names */
    str delivery_speed; /* a name of pricing's, which identity does not know; absent: none chosen */
};
/* Who has set nothing: "system", and no speed. */
err identity_preferences_get(
    struct identity *s, struct cx *cx, id user_id, struct identity_preferences *ret) MUST_USE;
/* In a WRITE unit: absent texts stay as they are; what is then so is returned. A repeat changes
 * nothing. ERR_INVALID with fields; ERR_MISSING. */
err identity_preferences_set(struct identity *s, struct cx *cx, id user_id,
    struct identity_preferences in, struct identity_preferences *ret) MUST_USE;

#endif
