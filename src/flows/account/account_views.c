/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the account pages and their ready fields.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/account/account_views.h"

static const struct html_field signin_fields[] = {
    HTML_TEXT(struct signin_view, next),
    HTML_TEXT(struct signin_view, csrf),
    HTML_TEXT(struct signin_view, register_href),
    HTML_OBJECT(struct signin_view, alert, alert_fields),
    HTML_LIST(struct signin_view, ways, link_fields),
    HTML_LIST(struct signin_view, fields, field_fields),
    HTML_END,
};
static const struct html_field code_fields[] = {
    HTML_TEXT(struct code_view, next),
    HTML_TEXT(struct code_view, csrf),
    HTML_TEXT(struct code_view, token),
    HTML_OBJECT(struct code_view, alert, alert_fields),
    HTML_LIST(struct code_view, fields, field_fields),
    HTML_END,
};
const struct html_page code_page = { "src/flows/account/pages/code.html", code_fields };
const struct field_view code_form[CODE_FIELDS_N] = {
    { .name = S_INIT("code"),
        .label = S_INIT("Code"),
        .type = S_INIT("text"),
        .hint = S_INIT("Six digits of your authenticator, or one of your recovery codes."),
        .autocomplete = S_INIT("one-time-code"),
        .max = 40,
        .required = true },
};
static const struct html_field register_fields[] = {
    HTML_TEXT(struct register_view, next),
    HTML_TEXT(struct register_view, csrf),
    HTML_TEXT(struct register_view, signin_href),
    HTML_OBJECT(struct register_view, alert, alert_fields),
    HTML_LIST(struct register_view, fields, field_fields),
    HTML_END,
};
static const struct html_field account_address_fields[] = {
    HTML_OBJECT(struct account_address_view, address, address_fields),
    HTML_FLAG(struct account_address_view, standard),
    HTML_END,
};
static const struct html_field account_fields[] = {
    HTML_TEXT(struct account_view, greeting),
    HTML_TEXT(struct account_view, name),
    HTML_TEXT(struct account_view, email),
    HTML_TEXT(struct account_view, since),
    HTML_TEXT(struct account_view, orders),
    HTML_TEXT(struct account_view, no_addresses),
    HTML_TEXT(struct account_view, csrf),
    HTML_OBJECT(struct account_view, alert, alert_fields),
    HTML_LIST(struct account_view, fields, field_fields),
    HTML_LIST(struct account_view, addresses, account_address_fields),
    HTML_FLAG(struct account_view, staff),
    HTML_FLAG(struct account_view, sells),
    HTML_END,
};

const struct html_page signin_page = { "src/flows/account/pages/signin.html", signin_fields };
const struct html_page register_page = { "src/flows/account/pages/register.html", register_fields };
const struct html_page account_page = { "src/flows/account/pages/account.html", account_fields };

const struct field_view signin_form[SIGNIN_FIELDS_N] = {
    { .name = S_INIT("email"),
        .label = S_INIT("E-mail"),
        .type = S_INIT("email"),
        .autocomplete = S_INIT("username"),
        .max = 254,
        .required = true },
    { .name = S_INIT("password"),
        .label = S_INIT("Password"),
        .type = S_INIT("password"),
        .autocomplete = S_INIT("current-password"),
        .max = 256,
        .required = true },
};
const struct field_view register_form[REGISTER_FIELDS_N] = {
    { .name = S_INIT("name"),
        .label = S_INIT("Your name"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("name"),
        .max = 100,
        .required = true },
    { .name = S_INIT("email"),
        .label = S_INIT("E-mail"),
        .type = S_INIT("email"),
        .autocomplete = S_INIT("username"),
        .max = 254,
        .required = true },
    { .name = S_INIT("password"),
        .label = S_INIT("Password"),
        .type = S_INIT("password"),
        .hint = S_INIT("At least 8 characters; a few words are best."),
        .autocomplete = S_INIT("new-password"),
        .max = 256,
        .required = true },
};
const struct field_view account_form[ACCOUNT_FIELDS_N] = {
    { .name = S_INIT("name"),
        .label = S_INIT("Your name"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("name"),
        .max = 100,
        .required = true },
    { .name = S_INIT("phone"),
        .label = S_INIT("Telephone"),
        .type = S_INIT("tel"),
        .hint = S_INIT("For the carrier, if something is unclear."),
        .autocomplete = S_INIT("tel"),
        .max = 32,
        .optional = true },
};
