/* SPDX-License-Identifier: Apache-2.0
 * Views of the page of privacy. Forms: POST /account/privacy/consents (purpose, granted), /export,
 * /erase and /keep (no fields). */
#ifndef SOUK_FLOWS_PRIVACY_PRIVACY_VIEWS_H
#define SOUK_FLOWS_PRIVACY_PRIVACY_VIEWS_H

#include "platform/web/web_views.h"

struct privacy_consent_view {
    str csrf;
    str purpose, label, text, state; /* "marketing", "News by mail", ..., "Not agreed" */
    str next, action;                /* "true", "Agree" */
};
struct privacy_export_view {
    str href; /* absent: it is being made */
    str day, note;
};
struct privacy_view {
    str csrf;
    str erasure; /* when it will be; absent: nobody asked */
    const struct alert_view *alert;
    const struct privacy_consent_view *consents;
    const struct privacy_export_view *exports;
    size_t consents_n, exports_n;
};
extern const struct html_page privacy_page;

#endif
