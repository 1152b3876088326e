/* SPDX-License-Identifier: Apache-2.0
 * Handlers of the doors, for the table of routes in security_pages.c. For this folder only. */
#ifndef SOUK_FLOWS_SECURITY_SECURITY_FORMS_H
#define SOUK_FLOWS_SECURITY_SECURITY_FORMS_H

#include "flows/security/security_doors.h"

extern const struct json_shape forms_shape, forms_link_shape;
uint64_t forms_conflict(const struct cx *cx, const void *body);

err forms_get_forgot(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_forgot(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_reset(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_before_reset(void *service, struct cx *cx, void *body);
err forms_post_reset(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_verify(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_verify(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_verify_ask(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_password(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_before_password(void *service, struct cx *cx, void *body);
err forms_post_password(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_email(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_before_email(void *service, struct cx *cx, void *body);
err forms_post_email(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_before_proof(void *service, struct cx *cx, void *body);
err forms_get_factor(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_factor(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_factor_confirm(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_factor_confirm(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_qr(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_factor_off(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_codes(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_codes(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_get_prove(void *service, struct cx *cx, const void *body, struct reply *reply);
err forms_post_prove(void *service, struct cx *cx, const void *body, struct reply *reply);

#endif
