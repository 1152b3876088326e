/* SPDX-License-Identifier: Apache-2.0
 * What pages of this flow share: the cookies of a session, and forms with what is wrong in them.
 * Called by account_pages.c; must never let a script read a token. */
#include "flows/account/account_page_parts.h"

/* ---- cookies ---- */

void account_drop_cookie(struct reply *reply, const char *name, bool readable)
{
    reply_add_cookie(reply,
        (struct reply_cookie){ .name = str_from_c(name), .value = S(""), .readable = readable });
}

void account_session_cookies(struct reply *reply, const struct identity_session *session)
{
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_at"),
                                .value = session->access_token,
                                .max_age_s = IDENTITY_ACCESS_MS / SECOND_MS });
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_rt"),
                                .value = session->refresh_token,
                                .max_age_s = IDENTITY_REFRESH_MS / SECOND_MS });
}

void account_look_cookie(struct reply *reply, str appearance)
{
    bool own = !str_eq(appearance, str_from_c(identity_look_names[IDENTITY_LOOK_SYSTEM]));
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_look"),
                                .value = own ? appearance : S(""),
                                .max_age_s = own ? IDENTITY_REFRESH_MS / SECOND_MS : 0 });
}

err account_tell_look(struct account *a, struct cx *cx, id user_id, struct reply *reply)
{
    struct identity_preferences likes;
    err e = identity_preferences_get(a->deps.identity, cx, user_id, &likes);
    if (!e)
        account_look_cookie(reply, likes.appearance);
    return e;
}

/* Signed in: the session, the look, the cart's number of units, and on to where the visitor wanted
 * to go. */
err account_arrive_page(struct account *a, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, str next, struct reply *reply)
{
    struct identity_session session;
    struct cart_state cart;
    err e = account_arrive(a, cx, user, how, &session);
    if (!e)
        e = cart_get(a->deps.cart, cx, (struct cart_owner){ .user_id = user->user_id }, &cart);
    if (!e)
        e = account_tell_look(a, cx, user->user_id, reply);
    if (e)
        return e;
    int64_t units = 0;
    for (size_t i = 0; i < cart.items_n; i++)
        units += cart.items[i].quantity;
    account_session_cookies(reply, &session);
    account_drop_cookie(reply, "souk_cart", false);
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_n"),
                                .value = str_from_i64(cx->arena, units),
                                .max_age_s = IDENTITY_REFRESH_MS / SECOND_MS,
                                .readable = true });
    return reply_redirect(reply, web_next(next, S("/")));
}

/* ---- forms ---- */

const struct alert_view *account_alert(
    struct cx *cx, str title, const struct field_view *fields, size_t n)
{
    struct alert_view *alert = NEW(cx->arena, struct alert_view);
    struct link_view *links = NULL;
    *alert = (struct alert_view){ .kind = S("bad"), .title = title };
    alert->links_n = web_field_errors(cx->arena, fields, n, &links);
    alert->links = links;
    return alert;
}

struct field_view *account_fields(struct cx *cx, const struct field_view *ready, size_t n)
{
    struct field_view *fields = NEW_N(cx->arena, n, struct field_view);
    for (size_t i = 0; i < n; i++)
        fields[i] = ready[i];
    return fields;
}
