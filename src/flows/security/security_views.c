/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the security pages.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/security/security_views.h"

static const struct html_field session_fields[] = {
    HTML_TEXT(struct security_session_view, device),
    HTML_TEXT(struct security_session_view, place),
    HTML_TEXT(struct security_session_view, seen),
    HTML_TEXT(struct security_session_view, end),
    HTML_TEXT(struct security_session_view, csrf),
    HTML_FLAG(struct security_session_view, current),
    HTML_END,
};
static const struct html_field security_fields[] = {
    HTML_TEXT(struct security_view, csrf),
    HTML_TEXT(struct security_view, email),
    HTML_TEXT(struct security_view, unverified),
    HTML_TEXT(struct security_view, factor),
    HTML_TEXT(struct security_view, factor_act),
    HTML_TEXT(struct security_view, factor_href),
    HTML_TEXT(struct security_view, passkeys),
    HTML_OBJECT(struct security_view, alert, alert_fields),
    HTML_LIST(struct security_view, sessions, session_fields),
    HTML_TEXT(struct security_view, end_others),
    HTML_END,
};
static const struct html_field door_fields[] = {
    HTML_TEXT(struct door_view, heading),
    HTML_TEXT(struct door_view, text),
    HTML_TEXT(struct door_view, csrf),
    HTML_TEXT(struct door_view, action),
    HTML_TEXT(struct door_view, token),
    HTML_TEXT(struct door_view, next),
    HTML_TEXT(struct door_view, button),
    HTML_TEXT(struct door_view, picture),
    HTML_TEXT(struct door_view, secret),
    HTML_LIST(struct door_view, codes, text_fields),
    HTML_OBJECT(struct door_view, alert, alert_fields),
    HTML_LIST(struct door_view, fields, field_fields),
    HTML_LIST(struct door_view, links, link_fields),
    HTML_END,
};
const struct html_page door_page = { "src/flows/security/pages/door.html", door_fields };
const struct html_page security_page = { "src/flows/security/pages/security.html",
    security_fields };
