/* SPDX-License-Identifier: Apache-2.0
 * Views of the account's security.
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
    const struct alert_view *alert;
    const struct security_session_view *sessions;
    size_t sessions_n;
    str end_others; /* where the form that ends all others goes; absent: there are none */
};
extern const struct html_page security_page;

#endif
