/* SPDX-License-Identifier: Apache-2.0
 * Handlers of what staff do to people's access. For the tables of this folder only. */
#ifndef SOUK_FLOWS_ACCESS_ACCESS_STAFF_H
#define SOUK_FLOWS_ACCESS_ACCESS_STAFF_H

#include "flows/access/access_internal.h"

extern const struct json_shape access_roles_in, access_roles_shape, access_act_in, access_act_shape;
uint64_t access_roles_conflict(const struct cx *cx, const void *in);
err access_put_roles(void *service, struct cx *cx, const void *body, struct reply *reply);
err access_post_act(void *service, struct cx *cx, const void *body, struct reply *reply);
err access_post_act_end(void *service, struct cx *cx, const void *body, struct reply *reply);

extern const struct json_shape access_roles_form, access_person_form, access_key_form;
err access_form_roles(void *service, struct cx *cx, const void *body, struct reply *reply);
err access_form_sessions(void *service, struct cx *cx, const void *body, struct reply *reply);
err access_form_act(void *service, struct cx *cx, const void *body, struct reply *reply);
err access_form_act_end(void *service, struct cx *cx, const void *body, struct reply *reply);
err access_form_key(void *service, struct cx *cx, const void *body, struct reply *reply);

#endif
