/* SPDX-License-Identifier: Apache-2.0
 * Views of passkeys. Their forms are filled in by the script: without it they say so.
 * Forms: POST /account/security/passkeys (name, and what the browser made), POST
 * /account/security/passkeys/{passkeyId} (removes it), POST /account/confirm/passkey. */
#ifndef SOUK_FLOWS_ENTRANCE_ENTRANCE_VIEWS_H
#define SOUK_FLOWS_ENTRANCE_ENTRANCE_VIEWS_H

#include "platform/web/web_views.h"

struct passkey_view {
    str name, facts; /* "Laptop", "Added on ...; last used on ..." */
    str suspect;     /* absent: nothing is odd about it */
    str remove, csrf;
};
struct passkeys_view {
    str csrf, none;
    const struct alert_view *alert;
    const struct passkey_view *passkeys;
    const struct field_view *fields;
    size_t passkeys_n, fields_n;
};
/* Proving oneself once more. */
struct passkey_use_view {
    str csrf, next, other; /* other: where to do it with a password */
    const struct alert_view *alert;
};
/* A login of another issuer, or an issuer that could be connected. */
struct login_view {
    str name, email, facts, action, csrf;
};
struct logins_view {
    str none;
    const struct alert_view *alert;
    const struct login_view *logins, *others;
    size_t logins_n, others_n;
};
/* Something to know, and one link on. */
struct notice_view {
    str heading, text, href, label;
    const struct alert_view *alert;
};
extern const struct html_page passkeys_page, passkey_use_page, logins_page, notice_page;

#endif
