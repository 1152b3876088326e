/* SPDX-License-Identifier: Apache-2.0
 * What pages of this flow share: cookies, and forms with what is wrong in them. For this folder
 * only. */
#ifndef SOUK_FLOWS_ACCOUNT_ACCOUNT_PAGE_PARTS_H
#define SOUK_FLOWS_ACCOUNT_ACCOUNT_PAGE_PARTS_H

#include "flows/account/account_internal.h"
#include "flows/account/account_views.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"
#include "platform/web/web_next.h"

void account_drop_cookie(struct reply *reply, const char *name, bool readable);
void account_session_cookies(struct reply *reply, const struct identity_session *session);

/* The look of this browser's pages, which the gateway reads: light, dark, or the system's. */
void account_look_cookie(struct reply *reply, str appearance);
/* The same, as it is kept of the user. */
err account_tell_look(struct account *a, struct cx *cx, id user_id, struct reply *reply) MUST_USE;

/* A copy of a form's ready fields, in cx->arena. */
struct field_view *account_fields(struct cx *cx, const struct field_view *ready, size_t n);
/* What to say above a form whose fields have errors. */
const struct alert_view *account_alert(
    struct cx *cx, str title, const struct field_view *fields, size_t n);

#endif
