/* SPDX-License-Identifier: Apache-2.0
 * What the files of the account flow share. For this folder only. */
#ifndef SOUK_FLOWS_ACCOUNT_ACCOUNT_INTERNAL_H
#define SOUK_FLOWS_ACCOUNT_ACCOUNT_INTERNAL_H

#include "flows/account/account.h"

struct account {
    struct account_deps deps;
};

#define ACCOUNT_PASSWORD_MAX 1024 /* bytes; the rule counts characters */
#define ACCOUNT_DEVICE_MAX 4096

/* In a WRITE unit: makes the account; with confirm_first, sends a mail and says
 * *ret_waits, of an e-mail that has an account too: its owner gets a link to a new password. */
err account_sign_up(struct account *a, struct cx *cx, struct identity_register in,
    struct identity_user *ret, bool *ret_waits) MUST_USE;
extern const struct json_shape account_signed_up_shape; /* a session; or {confirm: true} alone */
const void *account_waits_view(struct cx *cx);
/* {user, accessToken, tokenType, expiresIn, refreshToken}; made in cx->arena. */
extern const struct json_shape account_session_shape;
const void *account_session_view(
    struct cx *cx, const struct identity_user *user, const struct identity_session *session);
extern const struct json_shape account_user_shape;
const void *account_user_view(struct cx *cx, const struct identity_user *user);
extern const struct json_shape account_addresses_shape;
const void *account_addresses_view(struct cx *cx, struct identity_address *list, size_t n);

/* account_preferences.c */
extern const struct json_shape account_preferences_shape, account_preferences_in_shape,
    account_preferences_query, account_preferences_form;
extern const struct html_page account_preferences_page;
err account_get_preferences(void *service, struct cx *cx, const void *in, struct reply *reply);
err account_patch_preferences(void *service, struct cx *cx, const void *body, struct reply *reply);
err account_get_preferences_page(
    void *service, struct cx *cx, const void *body, struct reply *reply);
err account_post_preferences(void *service, struct cx *cx, const void *body, struct reply *reply);

/* account_addresses.c */
#define ACCOUNT_ADDRESSES "/account/addresses"
extern const struct json_shape account_addresses_query, account_address_form,
    account_address_form_of, account_address_path_of;
extern const struct html_page account_addresses_page;
err account_get_addresses_page(void *service, struct cx *cx, const void *body, struct reply *reply);
err account_post_address(void *service, struct cx *cx, const void *body, struct reply *reply);
err account_post_address_default(
    void *service, struct cx *cx, const void *body, struct reply *reply);
err account_post_address_remove(
    void *service, struct cx *cx, const void *body, struct reply *reply);

extern const struct route account_routes[];
extern const struct route account_page_routes[];
extern const struct html_page *const account_pages[];

#endif
