/* SPDX-License-Identifier: Apache-2.0
 * A message as RFC 5322 text. Called by adapters that send text. Must never let a header value end
 * its line: whatever a name or a subject holds, it stays one. */
#ifndef SOUK_PLATFORM_MAIL_MAIL_TEXT_H
#define SOUK_PLATFORM_MAIL_MAIL_TEXT_H

#include "platform/mail/mail.h"

/* The first bytes of the key's SHA-256, in hex before the '@' of the Message-ID. */
#define MAIL_ID_N 16
/* The whole message in cx->arena, lines ending with CR LF, none beginning with "From ".
 * MAIL_FAILED: an address that cannot be one. The same message gives the same bytes. */
err mail_compose(struct cx *cx, const struct mail_message *m, str *ret) MUST_USE;

#endif
