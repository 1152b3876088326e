/* SPDX-License-Identifier: Apache-2.0
 * The page of one's security: sessions. Called by the gateway; works without scripts: each act is a
 * form of its own. Must never show another's session. */
#include "base/instant.h"
#include "flows/security/security_internal.h"
#include "flows/security/security_forms.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"

struct page_in {
    str said, next;
    id session_id;
};

static const char *const saids[] = { "ended", "ended_others", "password", "email", "sent", "off",
    NULL };
static const struct alert_view done[] = {
    { .kind = S_INIT("good"), .title = S_INIT("That session was ended") },
    { .kind = S_INIT("good"), .title = S_INIT("All other sessions were ended") },
    { .kind = S_INIT("good"),
        .title = S_INIT("Your password was changed; all other devices are signed out") },
    { .kind = S_INIT("good"), .title = S_INIT("A link is on its way to the new address") },
    { .kind = S_INIT("good"), .title = S_INIT("A mail is on its way to you") },
    { .kind = S_INIT("good"), .title = S_INIT("The second factor is off") },
};

static str place_of(struct cx *cx, const struct identity_login *l)
{
    if (!l->country.n)
        return l->peer;
    return str_fmt(cx->arena, STR_F ", " STR_F, STR_A(l->peer), STR_A(l->country));
}

static err fill_sessions(struct security *x, struct cx *cx, struct security_view *v)
{
    struct identity_login *list;
    err e = identity_login_list(x->deps.identity, cx, cx->who.user_id, &list, &v->sessions_n);
    if (e)
        return e;
    struct security_session_view *views =
        NEW_N(cx->arena, v->sessions_n, struct security_session_view);
    for (size_t i = 0; i < v->sessions_n; i++) {
        bool current = id_eq(list[i].session_id, cx->who.session_id);
        views[i] = (struct security_session_view){ .device = list[i].device.n ? list[i].device
                                                                              : S("Unknown device"),
            .place = place_of(cx, &list[i]),
            .seen = str_cat(
                cx->arena, S("Last used on "), instant_day_long(cx->arena, list[i].seen_ms)),
            .current = current };
        if (!current)
            views[i].end = str_cat(cx->arena, S("/account/security/sessions/"),
                id_text(cx->arena, list[i].session_id));
    }
    v->sessions = views;
    if (v->sessions_n > 1)
        v->end_others = S("/account/security/sessions");
    return NULL;
}

static void fill_factor(struct security *x, struct cx *cx, const struct identity_user *user,
    const struct identity_factor *f, struct security_view *v)
{
    v->factor_act = f->on ? S("Change or turn off") : S("Turn on");
    if (f->on)
        v->factor = str_fmt(cx->arena, "On. " STR_F " left.",
            STR_A(web_count(cx->arena, f->codes, "recovery code", "recovery codes")));
    else if (identity_factor_demanded(x->deps.identity, user->roles))
        v->factor = S("Off. Your work in the shop needs it: turn it on, and go on.");
    else
        v->factor = S("Off. With one, a stolen password opens nothing.");
}

static err fill_passkeys(struct security *x, struct cx *cx, struct security_view *v)
{
    struct identity_passkey *list;
    size_t n;
    err e = identity_passkey_list(x->deps.identity, cx, cx->who.user_id, &list, &n);
    if (e)
        return e;
    v->passkeys =
        n ? str_cat(cx->arena, web_count(cx->arena, (int64_t)n, "passkey", "passkeys"), S("."))
          : S("None. With one you sign in without a password.");
    return NULL;
}

static err get_security(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct page_in *in = body;
    struct security_view *v = NEW(cx->arena, struct security_view);
    struct identity_user user;
    struct identity_factor factor;
    err e = fill_sessions(x, cx, v);
    if (!e)
        e = identity_user_get(x->deps.identity, cx, cx->who.user_id, &user);
    if (!e)
        e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &factor);
    if (!e)
        e = fill_passkeys(x, cx, v);
    if (e)
        return e;
    fill_factor(x, cx, &user, &factor, v);
    v->factor_href = door_on(cx, S("/account/security/factor"), in->next);
    v->email = user.email;
    if (!user.verified)
        v->unverified = S("Not confirmed yet: look for our mail.");
    for (size_t i = 0; saids[i]; i++)
        if (str_eq(in->said, str_from_c(saids[i])))
            v->alert = &done[i];
    return reply_page(reply, 200, &security_page, v,
        (struct page_head){ .title = S("Security"), .noindex = true });
}

static err post_session(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct page_in *in = body;
    err e = identity_login_end(x->deps.identity, cx, cx->who.user_id, in->session_id);
    return e ? e : reply_redirect(reply, S("/account/security?said=ended"));
}

static err post_sessions(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    (void)body;
    err e = identity_login_end_others(x->deps.identity, cx, cx->who.user_id, cx->who.session_id);
    return e ? e : reply_redirect(reply, S("/account/security?said=ended_others"));
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const struct json_field query_fields[] = {
    JSON_STR(struct page_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_STR(struct page_in, next, .at = AT_QUERY, .max = 4096),
};
static const struct json_shape query_shape =
    JSON_SHAPE("SecurityQuery", struct page_in, query_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct page_in, session_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("SecuritySessionPath", struct page_in, path_fields);

const struct route security_page_routes[] = {
    { .method = "GET",
        .path = "/account/security",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &query_shape,
        .fn = get_security,
        .summary = "What guards the account" },
    { .method = "POST",
        .path = "/account/security/sessions",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .fn = post_sessions,
        .conflict = user_conflict,
        .summary = "End all other sessions" },
    { .method = "POST",
        .path = "/account/security/sessions/{sessionId}",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .fn = post_session,
        .conflict = user_conflict,
        .summary = "End a session" },
    { .method = "GET",
        .path = "/forgot-password",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .in = &forms_link_shape,
        .fn = forms_get_forgot,
        .summary = "The form to ask for a new password" },
    { .method = "POST",
        .path = "/forgot-password",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &forms_shape,
        .fn = forms_post_forgot,
        .conflict = forms_conflict,
        .summary = "Ask for a new password" },
    { .method = "GET",
        .path = "/reset-password",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .limit = LIMIT_CODE,
        .in = &forms_link_shape,
        .fn = forms_get_reset,
        .summary = "The form to choose a new password" },
    { .method = "POST",
        .path = "/reset-password",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_reset,
        .fn = forms_post_reset,
        .conflict = forms_conflict,
        .summary = "Choose a new password" },
    { .method = "GET",
        .path = "/verify-email",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .in = &forms_link_shape,
        .fn = forms_get_verify,
        .summary = "The button that confirms an e-mail" },
    { .method = "POST",
        .path = "/verify-email",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .fn = forms_post_verify,
        .conflict = forms_conflict,
        .summary = "Confirm an e-mail" },
    { .method = "POST",
        .path = "/account/security/verify",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .fn = forms_post_verify_ask,
        .conflict = user_conflict,
        .summary = "Send the mail that confirms the e-mail again" },
    { .method = "GET",
        .path = "/account/security/password",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .in = &forms_link_shape,
        .fn = forms_get_password,
        .summary = "The form to change the password" },
    { .method = "POST",
        .path = "/account/security/password",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_password,
        .fn = forms_post_password,
        .conflict = forms_conflict,
        .summary = "Change the password" },
    { .method = "GET",
        .path = "/account/security/email",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_NONE,
        .in = &forms_link_shape,
        .fn = forms_get_email,
        .summary = "The form to change the e-mail" },
    { .method = "POST",
        .path = "/account/security/email",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_email,
        .fn = forms_post_email,
        .conflict = forms_conflict,
        .summary = "Ask for another e-mail" },
    { .method = "GET",
        .path = "/account/security/factor",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &forms_link_shape,
        .fn = forms_get_factor,
        .summary = "What the second factor is like" },
    { .method = "POST",
        .path = "/account/security/factor",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_proof,
        .fn = forms_post_factor,
        .conflict = forms_conflict,
        .summary = "Begin to turn on a second factor" },
    { .method = "GET",
        .path = "/account/security/factor/confirm",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &forms_link_shape,
        .fn = forms_get_factor_confirm,
        .summary = "The QR code of a new second factor" },
    { .method = "GET",
        .path = "/account/security/factor/qr.svg",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .fn = forms_get_qr,
        .summary = "The QR code as a picture" },
    { .method = "POST",
        .path = "/account/security/factor/confirm",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .fn = forms_post_factor_confirm,
        .conflict = forms_conflict,
        .summary = "Turn on a second factor" },
    { .method = "POST",
        .path = "/account/security/factor/off",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_proof,
        .fn = forms_post_factor_off,
        .conflict = forms_conflict,
        .summary = "Turn off the second factor" },
    { .method = "GET",
        .path = "/account/security/factor/codes",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .in = &forms_link_shape,
        .fn = forms_get_codes,
        .summary = "The form for new recovery codes" },
    { .method = "POST",
        .path = "/account/security/factor/codes",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_proof,
        .fn = forms_post_codes,
        .conflict = forms_conflict,
        .summary = "New recovery codes" },
    { .method = "GET",
        .path = "/account/confirm",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &forms_link_shape,
        .fn = forms_get_prove,
        .summary = "The form to prove oneself once more" },
    { .method = "POST",
        .path = "/account/confirm",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &forms_shape,
        .before = forms_before_proof,
        .fn = forms_post_prove,
        .conflict = forms_conflict,
        .summary = "Prove oneself once more" },
    ROUTES_END,
};
const struct html_page *const security_pages[] = { &security_page, &door_page, NULL };
