/* SPDX-License-Identifier: Apache-2.0
 * The mail port: sends one message. The folder adapter appends it to a mailbox of the day.
 * Blocking; called from event handlers. */
#ifndef SOUK_PLATFORM_MAIL_MAIL_H
#define SOUK_PLATFORM_MAIL_MAIL_H

#include "base/err.h"

extern const problem MAIL_FAILED; /* KIND_UPSTREAM */
struct mail_message {
    str key; /* same key: sent once */
    str to, to_name, from, from_name, subject;
    str text; /* UTF-8 */
    str html; /* may be absent */
};
struct mail {
    err (*send)(void *self, struct cx *cx, const struct mail_message *m);
    void *self;
};
/* Appends to FOLDER/YYYY-MM-DD.mbox (RFC 4155, the lines of messages ending with CR LF) by one
 * write; header injection is impossible (encoded words). A key is known among the last 32,000 or
 * so, of this process and of the last 4 MiB that others wrote; several may share the folder. A
 * mailbox may be moved away at any time: the next message begins another. From any thread; lives to
 * the end of the process. */
err mail_folder_open(
    struct arena *life, struct cx *cx, const char *folder, struct mail *ret) MUST_USE;

#endif
