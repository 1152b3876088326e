/* SPDX-License-Identifier: Apache-2.0
 * Views of signing in, making an account and the account's home.
 * Forms: POST /signin (email, password, next), POST /register (name, email, password, next),
 * POST /account (name, phone), POST /signout. `next` is a path of this shop; the handler checks
 * that, the page only keeps it. */
#ifndef SOUK_FLOWS_ACCOUNT_ACCOUNT_VIEWS_H
#define SOUK_FLOWS_ACCOUNT_ACCOUNT_VIEWS_H

#include "platform/web/web_views.h"
#include "services/identity/identity.h"

struct signin_view {
    str next, csrf;
    str register_href; /* "/register?next=..." */
    const struct alert_view *alert;
    const struct field_view *fields;
    const struct link_view *ways; /* "Continue with Google" */
    size_t fields_n, ways_n;
};
/* The code of a second factor: POST /signin/code (code, token, next). */
struct code_view {
    str next, csrf, token;
    const struct alert_view *alert;
    const struct field_view *fields;
    size_t fields_n;
};
struct register_view {
    str next, csrf;
    str signin_href; /* "/signin?next=..." */
    const struct alert_view *alert;
    const struct field_view *fields;
    size_t fields_n;
};
struct account_address_view {
    const struct address_view *address;
    str name, edit, choose, remove; /* where its forms go; `choose` makes it the default */
    bool standard;
};
const struct account_address_view *account_address_views(
    struct cx *cx, const struct identity_address *list, size_t n);
struct account_view {
    str greeting; /* "Hello, Ada" */
    str name, email, since;
    str orders;       /* "Two orders on their way" */
    str no_addresses; /* what to say when there are none */
    str csrf;
    const struct alert_view *alert;
    const struct field_view *fields; /* of the details */
    const struct account_address_view *addresses;
    size_t fields_n, addresses_n;
    bool staff; /* the back office is open to them */
    bool sells; /* has sales that are paid out */
};

extern const struct html_page signin_page, code_page, register_page, account_page;

/* Ready fields in order of the forms; copy, then set value and error. */
enum { SIGNIN_FIELDS_N = 2, CODE_FIELDS_N = 1, REGISTER_FIELDS_N = 3, ACCOUNT_FIELDS_N = 2 };
extern const struct field_view signin_form[SIGNIN_FIELDS_N], register_form[REGISTER_FIELDS_N],
    account_form[ACCOUNT_FIELDS_N], code_form[CODE_FIELDS_N];

#endif
