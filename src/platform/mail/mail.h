/* SPDX-License-Identifier: Apache-2.0
 * The mail port: sends one message. The folder adapter writes RFC 5322 .eml files (and shows them
 * in the back office). Blocking; called from event handlers. */
#ifndef SOUK_PLATFORM_MAIL_MAIL_H
#define SOUK_PLATFORM_MAIL_MAIL_H

#include "base/err.h"

extern const problem MAIL_FAILED; /* KIND_UPSTREAM */
struct mail_message {
    str key; /* same key: sent once (the file exists already) */
    str to, to_name, from, from_name, subject;
    str text; /* UTF-8 */
    str html; /* may be absent */
};
struct mail {
    err (*send)(void *self, struct cx *cx, const struct mail_message *m);
    void *self;
};
/* Writes FOLDER/YYYY-MM-DD/<key>.eml in one write; header injection is impossible (encoded words).
 */
err mail_folder_open(
    struct arena *life, struct cx *cx, const char *folder, struct mail *ret) MUST_USE;

#endif
