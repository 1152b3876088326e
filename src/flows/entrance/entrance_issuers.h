/* SPDX-License-Identifier: Apache-2.0
 * Handlers of the logins of other issuers, for the tables of routes. For this folder only. */
#ifndef SOUK_FLOWS_ENTRANCE_ENTRANCE_ISSUERS_H
#define SOUK_FLOWS_ENTRANCE_ENTRANCE_ISSUERS_H

#include "flows/entrance/entrance_internal.h"
#include "platform/http/route.h"

struct entrance_trip {
    str issuer, next, code, state, iss, error, said, cookies, device;
    id login_id;
};
extern const struct json_shape entrance_with_shape, entrance_back_shape, entrance_form_shape,
    entrance_connect_shape, entrance_login_path_shape, entrance_login_page_path_shape,
    entrance_logins_query_shape, entrance_logins_shape;
extern const problem *const entrance_login_problems[];

err entrance_get_with(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_get_back(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_post_back(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_get_logins_page(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_post_connect(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_post_login_remove(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_get_logins(void *service, struct cx *cx, const void *body, struct reply *reply);
err entrance_delete_login(void *service, struct cx *cx, const void *body, struct reply *reply);

#endif
