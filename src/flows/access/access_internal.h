/* SPDX-License-Identifier: Apache-2.0
 * What the files of the access flow share. For this folder only. */
#ifndef SOUK_FLOWS_ACCESS_ACCESS_INTERNAL_H
#define SOUK_FLOWS_ACCESS_ACCESS_INTERNAL_H

#include "flows/access/access.h"
#include "platform/web/web_views.h"

struct access {
    struct access_deps deps;
};

/* Of what the session may use itself, what can be given to a key. */
uint64_t access_grantable(const struct cx *cx);
/* Makes a key for who asks, unless it wants more than they have: ERR_INVALID at /scopes. */
err access_key_add(struct access *a, struct cx *cx, struct credentials_key in,
    struct credentials_key *ret, str *ret_secret) MUST_USE;

/* POST /oauth/token */
extern const struct json_shape access_token_in;
err access_post_token(void *service, struct cx *cx, const void *body, struct reply *reply);

uint64_t access_user_conflict(const struct cx *cx, const void *in);

struct access_choice_view {
    str value, label;
    bool on;
};
struct access_key_view {
    str name, prefix, scopes, state, used, revoke;
};
struct access_view {
    str secret, client_id;
    const struct alert_view *alert;
    const struct access_key_view *keys;
    const struct access_choice_view *choices;
    const struct field_view *fields;
    size_t keys_n, choices_n, fields_n;
};
extern const struct html_page access_keys_page;

extern const struct route access_routes[], access_page_routes[];

#endif
