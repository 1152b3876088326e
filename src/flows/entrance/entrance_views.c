/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the pages of passkeys.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/entrance/entrance_views.h"

static const struct html_field passkey_fields[] = {
    HTML_TEXT(struct passkey_view, name),
    HTML_TEXT(struct passkey_view, facts),
    HTML_TEXT(struct passkey_view, suspect),
    HTML_TEXT(struct passkey_view, remove),
    HTML_TEXT(struct passkey_view, csrf),
    HTML_END,
};
static const struct html_field passkeys_fields[] = {
    HTML_TEXT(struct passkeys_view, csrf),
    HTML_TEXT(struct passkeys_view, none),
    HTML_OBJECT(struct passkeys_view, alert, alert_fields),
    HTML_LIST(struct passkeys_view, passkeys, passkey_fields),
    HTML_LIST(struct passkeys_view, fields, field_fields),
    HTML_END,
};
static const struct html_field use_fields[] = {
    HTML_TEXT(struct passkey_use_view, csrf),
    HTML_TEXT(struct passkey_use_view, next),
    HTML_TEXT(struct passkey_use_view, other),
    HTML_OBJECT(struct passkey_use_view, alert, alert_fields),
    HTML_END,
};
const struct html_page passkeys_page = { "src/flows/entrance/pages/passkeys.html",
    passkeys_fields };
const struct html_page passkey_use_page = { "src/flows/entrance/pages/passkey.html", use_fields };

static const struct html_field login_fields[] = {
    HTML_TEXT(struct login_view, name),
    HTML_TEXT(struct login_view, email),
    HTML_TEXT(struct login_view, facts),
    HTML_TEXT(struct login_view, action),
    HTML_TEXT(struct login_view, csrf),
    HTML_END,
};
static const struct html_field other_fields[] = {
    HTML_TEXT(struct login_view, name),
    HTML_TEXT(struct login_view, action),
    HTML_TEXT(struct login_view, csrf),
    HTML_END,
};
static const struct html_field logins_fields[] = {
    HTML_OBJECT(struct logins_view, alert, alert_fields),
    HTML_TEXT(struct logins_view, none),
    HTML_LIST(struct logins_view, logins, login_fields),
    HTML_LIST(struct logins_view, others, other_fields),
    HTML_END,
};
static const struct html_field notice_fields[] = {
    HTML_TEXT(struct notice_view, heading),
    HTML_TEXT(struct notice_view, text),
    HTML_TEXT(struct notice_view, href),
    HTML_TEXT(struct notice_view, label),
    HTML_OBJECT(struct notice_view, alert, alert_fields),
    HTML_END,
};
const struct html_page logins_page = { "src/flows/entrance/pages/logins.html", logins_fields };
const struct html_page notice_page = { "src/flows/entrance/pages/notice.html", notice_fields };
