/* SPDX-License-Identifier: Apache-2.0
 * Views of the account's security, and of the doors (security_doors.h).
 * Forms: POST /account/security/sessions (no fields: ends all others),
 * POST /account/security/sessions/{sessionId} (ends that one). */
#ifndef SOUK_FLOWS_SECURITY_SECURITY_VIEWS_H
#define SOUK_FLOWS_SECURITY_SECURITY_VIEWS_H

#include "platform/web/web_views.h"

struct security_session_view {
    str device, place, seen; /* "Firefox on Linux", "192.0.2.7, Germany", "Last used ..." */
    str end;                 /* where the form that ends it goes; absent: it is this one */
    str csrf;
    bool current;
};
struct security_view {
    str csrf;
    str email;
    str factor, factor_act, factor_href; /* what it is like, and what a click leads to, and where */
    str passkeys;                        /* how many there are */
    str unverified;                      /* what to say of an e-mail that is not proved */
    const struct alert_view *alert;
    const struct security_session_view *sessions;
    size_t sessions_n;
    str end_others; /* where the form that ends all others goes; absent: there are none */
};
/* A page with one form, or with what became of it. */
struct door_view {
    str heading, text, csrf, action, token, next;
    str button;                    /* absent: there is no form */
    str picture, secret;           /* a QR code, and what it says to type */
    const struct text_view *codes; /* recovery codes, shown this once */
    size_t codes_n;
    const struct alert_view *alert;
    const struct field_view *fields;
    const struct link_view *links;
    size_t fields_n, links_n;
};
extern const struct html_page security_page, door_page;

#endif
