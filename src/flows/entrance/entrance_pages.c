/* SPDX-License-Identifier: Apache-2.0
 * The pages of passkeys: one's list, signing in, proving oneself once more. Called by the gateway;
 * what the browser's dialogue gave comes as fields of a form. Must never take an answer that was
 * asked for in another browser. */
#include "base/instant.h"
#include "flows/entrance/entrance_issuers.h"
#include "flows/entrance/entrance_views.h"
#include "platform/http/route.h"
#include "platform/passkey/passkey.h"
#include "platform/web/web_format.h"
#include "platform/web/web_cookie.h"
#include "platform/web/web_next.h"

#define LIST "/account/security/passkeys"

static const struct alert_view needs_script = { .kind = S_INIT("bad"),
    .title = S_INIT("This needs a browser with scripts and passkeys."),
    .text = S_INIT("Nothing was done.") };
static const struct alert_view removed = { .kind = S_INIT("good"),
    .title = S_INIT("The passkey was removed") };
static const struct alert_view added = { .kind = S_INIT("good"),
    .title = S_INIT("The passkey was added: sign in with it from now on") };

static const struct alert_view *alert_of(struct cx *cx, const struct entrance_said *in, err failed)
{
    if (!failed)
        return NULL;
    if (!in->client_data.n)
        return &needs_script;
    struct alert_view *alert = NEW(cx->arena, struct alert_view);
    *alert = (struct alert_view){ .kind = S("bad"),
        .title = str_cat(cx->arena, str_from_c(failed->title), S(".")) };
    return alert;
}

/* ---- one's own ---- */

static const struct field_view name_field = { .name = S_INIT("name"),
    .label = S_INIT("What do you call it?"),
    .type = S_INIT("text"),
    .hint = S_INIT("Such as: my telephone."),
    .autocomplete = S_INIT("off"),
    .max = 100,
    .required = true };

static str facts_of(struct cx *cx, const struct identity_passkey *p)
{
    str made = str_cat(cx->arena, S("Added on "), instant_day_long(cx->arena, p->created_ms));
    if (!p->used_ms)
        return str_cat(cx->arena, made, S("; not used yet"));
    return str_fmt(cx->arena, STR_F "; last used on " STR_F, STR_A(made),
        STR_A(instant_day_long(cx->arena, p->used_ms)));
}

static err show_list(struct entrance *x, struct cx *cx, const struct entrance_said *in,
    const struct alert_view *alert, int status, struct reply *reply)
{
    struct passkeys_view *v = NEW(cx->arena, struct passkeys_view);
    struct identity_passkey *list;
    err e = identity_passkey_list(x->deps.identity, cx, cx->who.user_id, &list, &v->passkeys_n);
    if (e)
        return e;
    struct passkey_view *views = NEW_N(cx->arena, v->passkeys_n, struct passkey_view);
    for (size_t i = 0; i < v->passkeys_n; i++) {
        views[i] = (struct passkey_view){ .name = list[i].name,
            .facts = facts_of(cx, &list[i]),
            .remove = str_cat(cx->arena, S(LIST "/"), id_text(cx->arena, list[i].passkey_id)) };
        if (list[i].suspect_ms)
            views[i].suspect =
                S("It was refused once, for it counted backwards: there may be a "
                  "copy of it. Remove it if you did not restore it yourself.");
    }
    struct field_view *field = NEW(cx->arena, struct field_view);
    *field = name_field;
    field->value = in->name;
    v->passkeys = views;
    v->alert = alert;
    v->fields = field;
    v->fields_n = 1;
    if (v->passkeys_n == 0)
        v->none = S("None yet.");
    return reply_page(reply, status, &passkeys_page, v,
        (struct page_head){ .title = S("Passkeys"), .noindex = true, .passkey = true });
}

static err get_list(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct entrance_said *in = body;
    const struct alert_view *alert = str_eq(in->next, S("added")) ? &added : NULL;
    if (str_eq(in->next, S("removed")))
        alert = &removed;
    return show_list(service, cx, in, alert, 200, reply);
}

struct show {
    struct entrance *x;
    const struct entrance_said *said;
    err failed;
    struct reply *reply;
};

static err do_show_refused(void *arg, struct cx *cx)
{
    struct show *show = arg;
    return show_list(
        show->x, cx, show->said, alert_of(cx, show->said, show->failed), 422, show->reply);
}

static err post_list(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance_use use = { .x = service, .said = body, .refused = &PASSKEY_WRONG };
    err e = use.said->client_data.n ? entrance_add(cx, &use) : NULL;
    if (e == &ERR_INVALID) /* the name: refused before anything was written */
        use.refused = e;
    else if (e)
        return e;
    if (!use.refused)
        return reply_redirect(reply, S(LIST "?said=added"));
    cx_clear(cx);
    struct show show = { service, body, use.refused, reply };
    return db_read(cx, do_show_refused, &show);
}

static err post_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_said *in = body;
    err e = identity_passkey_remove(x->deps.identity, cx, cx->who.user_id, in->passkey_id);
    return e ? e : reply_redirect(reply, S(LIST "?said=removed"));
}

/* ---- signing in ---- */

static err then_arrive(struct entrance_use *use, struct cx *cx)
{
    const struct entrance_port *account = &use->x->deps.account;
    return account->page(account->self, cx, &use->user,
        (struct identity_arrival){ .device = use->said->device, .factor = true }, use->said->next,
        use->reply);
}

/* What was asked for by this browser: its cookie names the same challenge. */
static bool is_tied(struct entrance *x, struct cx *cx, const struct entrance_said *in)
{
    str client, cookie = web_cookie(in->cookies, S(ENTRANCE_COOKIE));
    if (!cookie.n || !str_unbase64(cx->arena, in->client_data, &client))
        return false;
    return str_eq_secret(cookie, entrance_tie(x, cx, identity_challenge_named(cx, client)));
}

static str with_next(struct cx *cx, const char *path, str next)
{
    next = web_next(next, (str){ 0 });
    if (!next.n)
        return str_from_c(path);
    return str_fmt(cx->arena, "%s%cnext=" STR_F, path,
        str_find_char(str_from_c(path), '?', 0) < 0 ? '?' : '&',
        STR_A(str_url_encode(cx->arena, next)));
}

static err post_signin(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance_use use = { .x = service,
        .said = body,
        .what = IDENTITY_CHALLENGE_LOGIN,
        .then = then_arrive,
        .reply = reply,
        .refused = &PASSKEY_WRONG };
    err e = is_tied(use.x, cx, use.said) ? entrance_use(cx, &use) : NULL;
    if (e || !use.refused)
        return e;
    cx_clear(cx);
    reply_add_cookie(reply, (struct reply_cookie){ .name = S(ENTRANCE_COOKIE), .value = S("") });
    return reply_redirect(reply, with_next(cx, "/signin?said=passkey", use.said->next));
}

/* ---- once more ---- */

static err show_prove(
    struct cx *cx, const struct entrance_said *in, err failed, struct reply *reply)
{
    struct passkey_use_view *v = NEW(cx->arena, struct passkey_use_view);
    *v = (struct passkey_use_view){ .next = web_next(in->next, (str){ 0 }),
        .other = with_next(cx, "/account/confirm", in->next),
        .alert = alert_of(cx, in, failed) };
    return reply_page(reply, failed ? 401 : 200, &passkey_use_page, v,
        (struct page_head){ .title = S("Is it you?"), .noindex = true, .passkey = true });
}

static err get_prove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    return show_prove(cx, body, NULL, reply);
}

static err then_prove(struct entrance_use *use, struct cx *cx)
{
    struct identity_user user;
    err e = identity_login_prove(
        use->x->deps.identity, cx, cx->who.session_id, true, &user, &use->session);
    if (!e)
        reply_add_cookie(use->reply, (struct reply_cookie){ .name = S("souk_at"),
                                         .value = use->session.access_token,
                                         .max_age_s = use->session.expires_in_s });
    return e ? e : reply_redirect(use->reply, web_next(use->said->next, S("/account")));
}

static err post_prove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance_use use = { .x = service,
        .said = body,
        .what = IDENTITY_CHALLENGE_PROVE,
        .then = then_prove,
        .reply = reply,
        .refused = &PASSKEY_WRONG };
    err e = use.said->client_data.n ? entrance_use(cx, &use) : NULL;
    if (e || !use.refused)
        return e;
    cx_clear(cx);
    return show_prove(cx, body, use.refused, reply);
}

/* ---- what forms send ---- */

static const char *const saids[] = { "added", "removed", NULL };
static const struct json_field list_query_fields[] = {
    JSON_STR(struct entrance_said, next, .at = AT_QUERY, .wire = "said", .one_of = saids),
};
static const struct json_shape list_query_shape =
    JSON_SHAPE("PasskeysQuery", struct entrance_said, list_query_fields);
static const struct json_field next_fields[] = {
    JSON_STR(struct entrance_said, next, .at = AT_QUERY, .max = 4096),
};
static const struct json_shape next_shape =
    JSON_SHAPE("PasskeyNext", struct entrance_said, next_fields);
static const struct json_field add_fields[] = {
    JSON_STR(struct entrance_said, name, .max = 1000),
    ENTRANCE_BYTES(client_data),
    ENTRANCE_BYTES(authenticator_data),
};
static const struct json_shape add_shape =
    JSON_SHAPE("PasskeyForm", struct entrance_said, add_fields);
static const struct json_field use_fields[] = {
    ENTRANCE_BYTES(credential_id),
    ENTRANCE_BYTES(client_data),
    ENTRANCE_BYTES(authenticator_data),
    ENTRANCE_BYTES(signature),
    ENTRANCE_BYTES(user_handle),
    JSON_STR(struct entrance_said, next, .max = 4096),
    JSON_STR(struct entrance_said, device, .at = AT_HEADER, .wire = "User-Agent",
        .max = ENTRANCE_DEVICE_MAX),
    JSON_STR(struct entrance_said, cookies, .at = AT_HEADER, .wire = "Cookie",
        .max = ENTRANCE_COOKIES_MAX),
};
static const struct json_shape use_shape =
    JSON_SHAPE("PasskeyUseForm", struct entrance_said, use_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct entrance_said, passkey_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("PasskeyPagePath", struct entrance_said, path_fields);

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

const struct route entrance_page_routes[] = {
    { .method = "GET",
        .path = LIST,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_READ,
        .in = &list_query_shape,
        .fn = get_list,
        .summary = "One's passkeys, and the form to add one" },
    { .method = "POST",
        .path = LIST,
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_NONE,
        .limit = LIMIT_CODE,
        .in = &add_shape,
        .fn = post_list,
        .summary = "Add a passkey" },
    { .method = "POST",
        .path = LIST "/{passkeyId}",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .fn = post_remove,
        .conflict = user_conflict,
        .summary = "Remove a passkey" },
    { .method = "POST",
        .path = "/signin/passkey",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .in = &use_shape,
        .fn = post_signin,
        .summary = "Sign in with a passkey" },
    { .method = "GET",
        .path = "/account/confirm/passkey",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .in = &next_shape,
        .fn = get_prove,
        .summary = "The form to prove oneself with a passkey" },
    { .method = "POST",
        .path = "/account/confirm/passkey",
        .in_person = true,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .limit = LIMIT_CODE,
        .in = &use_shape,
        .fn = post_prove,
        .summary = "Prove oneself with a passkey" },
    { .method = "GET",
        .path = "/signin/with/{issuer}",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .in = &entrance_with_shape,
        .fn = entrance_get_with,
        .summary = "To another issuer, to sign in there" },
    { .method = "GET",
        .path = "/signin/back/{issuer}",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .in = &entrance_back_shape,
        .fn = entrance_get_back,
        .summary = "Back from another issuer" },
    { .method = "POST",
        .path = "/signin/back/{issuer}",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .foreign = true,
        .in = &entrance_form_shape,
        .fn = entrance_post_back,
        .summary = "Back from an issuer that answers by a form" },
    { .method = "GET",
        .path = "/account/security/logins",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_READ,
        .in = &entrance_logins_query_shape,
        .fn = entrance_get_logins_page,
        .summary = "One's logins of other issuers" },
    { .method = "POST",
        .path = "/account/security/logins/{loginId}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_NONE,
        .in = &entrance_login_page_path_shape,
        .fn = entrance_post_login_remove,
        .summary = "Remove a login of another issuer" },
    { .method = "POST",
        .path = "/account/security/connect/{issuer}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .in = &entrance_connect_shape,
        .fn = entrance_post_connect,
        .summary = "Connect a login of another issuer" },
    ROUTES_END,
};
const struct html_page *const entrance_pages[] = { &passkeys_page, &passkey_use_page, &logins_page,
    &notice_page, NULL };
