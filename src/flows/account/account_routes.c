/* SPDX-License-Identifier: Apache-2.0
 * The API of signing in and of one's own account: decode, call a verb, reply. Called by the
 * gateway; passwords are hashed and compared before the unit, never on a lane. */
#include "flows/account/account_internal.h"
#include "platform/http/route.h"

/* ---- signing up and in ---- */

struct login_body {
    str email, password, name, phone, device, code;
    str hash;                  /* made before the unit */
    struct identity_user user; /* found before the unit */
};
static const struct json_field register_fields[] = {
    JSON_STR(struct login_body, email, .required = true, .min = 1, .max = 254),
    JSON_STR(struct login_body, password, .required = true, .max = ACCOUNT_PASSWORD_MAX,
        .doc = "8 to 256 characters"),
    JSON_STR(struct login_body, name, .required = true, .min = 1, .max = 100),
    JSON_STR(struct login_body, phone, .max = 32),
    JSON_STR(struct login_body, device, .at = AT_HEADER, .wire = "User-Agent",
        .max = ACCOUNT_DEVICE_MAX),
};
static const struct json_shape register_shape =
    JSON_SHAPE("RegisterInput", struct login_body, register_fields);
static const struct json_field login_fields[] = {
    JSON_STR(struct login_body, email, .required = true, .max = 254),
    JSON_STR(struct login_body, password, .required = true, .max = ACCOUNT_PASSWORD_MAX),
    JSON_STR(struct login_body, code, .max = 40,
        .doc = "of the authenticator, or a recovery code, for who has a second factor"),
    JSON_STR(struct login_body, device, .at = AT_HEADER, .wire = "User-Agent",
        .max = ACCOUNT_DEVICE_MAX),
};
static const struct json_shape login_shape =
    JSON_SHAPE("LoginInput", struct login_body, login_fields);

static err before_register(void *service, struct cx *cx, void *body)
{
    struct account *a = service;
    struct login_body *in = body;
    in->email = str_trim(in->email);
    return identity_prepare_password(a->deps.identity, cx, in->email, in->password, &in->hash);
}

static err post_register(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct login_body *in = body;
    struct identity_user user;
    struct identity_session session;
    bool waits;
    err e = account_sign_up(a, cx,
        (struct identity_register){
            .email = in->email, .name = in->name, .phone = in->phone, .password_hash = in->hash },
        &user, &waits);
    if (!e && waits)
        return reply_json(reply, 202, &account_signed_up_shape, account_waits_view(cx));
    if (!e)
        e = account_arrive(
            a, cx, &user, (struct identity_arrival){ .device = in->device }, &session);
    if (e)
        return e;
    reply_add_header(reply, S("Location"), S("/api/v1/users/me"));
    return reply_json(
        reply, 201, &account_signed_up_shape, account_session_view(cx, &user, &session));
}

static err before_login(void *service, struct cx *cx, void *body)
{
    struct account *a = service;
    struct login_body *in = body;
    return identity_check_login(a->deps.identity, cx, str_trim(in->email), in->password, &in->user);
}

static err post_login(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct login_body *in = body;
    struct identity_arrival how = { .device = in->device };
    struct identity_session session;
    err e = identity_factor_check(a->deps.identity, cx, in->user.user_id, in->code, &how.factor);
    if (!e)
        e = account_arrive(a, cx, &in->user, how, &session);
    if (e)
        return e;
    return reply_json(
        reply, 200, &account_session_shape, account_session_view(cx, &in->user, &session));
}

/* Two sign-ups with one e-mail never run side by side. */
static uint64_t email_conflict(const struct cx *cx, const void *body)
{
    const struct login_body *in = body;
    return str_hash(str_lower(cx->arena, in->email));
}

static uint64_t found_conflict(const struct cx *cx, const void *body)
{
    const struct login_body *in = body;
    (void)cx;
    return id_hash(in->user.user_id);
}

/* ---- sessions ---- */

struct refresh_body {
    str refresh_token;
};
static const struct json_field refresh_fields[] = {
    JSON_STR(struct refresh_body, refresh_token, .required = true, .max = 128),
};
static const struct json_shape refresh_shape =
    JSON_SHAPE("RefreshInput", struct refresh_body, refresh_fields);

struct refresh_work {
    struct account *account;
    str token;
    struct identity_user user;
    struct identity_session session;
    err refused;
};

static err do_refresh(void *arg, struct cx *cx)
{
    struct refresh_work *w = arg;
    return identity_session_refresh(w->account->deps.identity, cx,
        (struct identity_refresh){ .token = w->token }, &w->user, &w->session, &w->refused);
}

/* The unit is opened here, because a refusal is an error for the caller and yet to be committed:
 * a token that came twice has ended its family. */
static err post_refresh(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct refresh_body *in = body;
    struct refresh_work w = { .account = service, .token = in->refresh_token };
    err e = db_write_wait(w.account->deps.db, cx, str_hash(in->refresh_token), do_refresh, &w);
    if (e)
        return e;
    if (w.refused == &IDENTITY_REFRESH_INVALID)
        return FAIL(cx, IDENTITY_REFRESH_INVALID, "unknown, expired or used");
    return reply_json(
        reply, 200, &account_session_shape, account_session_view(cx, &w.user, &w.session));
}

static err post_logout(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct refresh_body *in = body;
    err e = identity_session_end(a->deps.identity, cx, in->refresh_token);
    return e ? e : reply_empty(reply, 204);
}

/* ---- oneself ---- */

static err reply_me(struct account *a, struct cx *cx, struct reply *reply)
{
    struct identity_user user;
    err e = identity_user_get(a->deps.identity, cx, cx->who.user_id, &user);
    return e ? e : reply_json(reply, 200, &account_user_shape, account_user_view(cx, &user));
}

static err get_me(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    return reply_me(service, cx, reply);
}

struct me_body {
    str name, phone;
};
static const struct json_field me_fields[] = {
    JSON_STR(struct me_body, name, .min = 1, .max = 100),
    JSON_STR(struct me_body, phone, .max = 32, .doc = "an empty one takes it off"),
};
static const struct json_shape me_shape = JSON_SHAPE("UserChange", struct me_body, me_fields);

static err patch_me(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct me_body *in = body;
    err e = identity_user_change(a->deps.identity, cx, cx->who.user_id, in->name, in->phone);
    return e ? e : reply_me(a, cx, reply);
}

/* ---- addresses ---- */

static const struct json_field address_path_fields[] = {
    JSON_ID(struct identity_address, address_id, .at = AT_PATH, .required = true),
};
static const struct json_shape address_path_shape =
    JSON_SHAPE("AddressPath", struct identity_address, address_path_fields);
static const struct json_field address_put_fields[] = {
    JSON_ID(struct identity_address, address_id, .at = AT_PATH, .required = true),
    IDENTITY_ADDRESS_FIELDS(struct identity_address),
};
static const struct json_shape address_put_shape =
    JSON_SHAPE("AddressChange", struct identity_address, address_put_fields);

static err get_addresses(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct account *a = service;
    struct identity_address *list;
    size_t n;
    (void)in;
    err e = identity_address_list(a->deps.identity, cx, cx->who.user_id, &list, &n);
    if (e)
        return e;
    return reply_json(reply, 200, &account_addresses_shape, account_addresses_view(cx, list, n));
}

static err put_and_show(struct account *a, struct cx *cx, const struct identity_address *in,
    int status, struct reply *reply)
{
    struct identity_address *shown = NEW(cx->arena, struct identity_address);
    id address_id;
    err e = identity_address_put(a->deps.identity, cx, cx->who.user_id, *in, &address_id);
    if (!e)
        e = identity_address_get(a->deps.identity, cx, cx->who.user_id, address_id, shown);
    return e ? e : reply_json(reply, status, &identity_address_shape, shown);
}

static err post_address(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return put_and_show(service, cx, body, 201, reply);
}

static err put_address(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct identity_address *in = body;
    if (id_is_none(in->address_id))
        return FAIL(cx, IDENTITY_ADDRESS_UNKNOWN, "no id");
    return put_and_show(service, cx, in, 200, reply);
}

static err delete_address(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct identity_address *in = body;
    err e = identity_address_remove(a->deps.identity, cx, cx->who.user_id, in->address_id);
    return e ? e : reply_empty(reply, 204);
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const problem *const register_problems[] = { &IDENTITY_EMAIL_TAKEN, &IDENTITY_PASSWORD_WEAK,
    &IDENTITY_PASSWORD_LEAKED, NULL };
static const problem *const login_problems[] = { &IDENTITY_BAD_LOGIN, &IDENTITY_LOCKED,
    &IDENTITY_FACTOR_NEEDED, &IDENTITY_FACTOR_WRONG, NULL };
static const problem *const refresh_problems[] = { &IDENTITY_REFRESH_INVALID, NULL };
static const problem *const user_problems[] = { &ERR_MISSING, NULL };
static const problem *const address_problems[] = { &IDENTITY_ADDRESS_UNKNOWN,
    &IDENTITY_ADDRESSES_FULL, NULL };

const struct route account_routes[] = {
    { .method = "POST",
        .path = "/api/v1/auth/register",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &register_shape,
        .out = &account_signed_up_shape,
        .status = 201,
        .status_pending = 202,
        .problems = register_problems,
        .before = before_register,
        .fn = post_register,
        .conflict = email_conflict,
        .summary = "Make an account and sign in; 202: confirm the e-mail first" },
    { .method = "POST",
        .path = "/api/v1/auth/login",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &login_shape,
        .out = &account_session_shape,
        .problems = login_problems,
        .before = before_login,
        .fn = post_login,
        .conflict = found_conflict,
        .summary = "Sign in" },
    { .method = "POST",
        .path = "/api/v1/auth/refresh",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .in = &refresh_shape,
        .out = &account_session_shape,
        .problems = refresh_problems,
        .fn = post_refresh,
        .summary = "New tokens for a refresh token, which is used up" },
    { .method = "POST",
        .path = "/api/v1/auth/logout",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &refresh_shape,
        .status = 204,
        .fn = post_logout,
        .summary = "End the session of a refresh token" },
    { .method = "GET",
        .path = "/api/v1/users/me",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &account_user_shape,
        .problems = user_problems,
        .fn = get_me,
        .summary = "Who one is" },
    { .method = "PATCH",
        .path = "/api/v1/users/me",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &me_shape,
        .out = &account_user_shape,
        .problems = user_problems,
        .fn = patch_me,
        .conflict = user_conflict,
        .summary = "Change name and telephone" },
    { .method = "GET",
        .path = "/api/v1/users/me/preferences",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &account_preferences_shape,
        .fn = account_get_preferences,
        .summary = "The look of pages and the delivery speed that one likes" },
    { .method = "PATCH",
        .path = "/api/v1/users/me/preferences",
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .in = &account_preferences_in_shape,
        .out = &account_preferences_shape,
        .problems = user_problems,
        .fn = account_patch_preferences,
        .conflict = user_conflict,
        .summary = "Change what is given of them" },
    { .method = "GET",
        .path = "/api/v1/users/me/addresses",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &account_addresses_shape,
        .fn = get_addresses,
        .summary = "One's addresses, the default first" },
    { .method = "POST",
        .path = "/api/v1/users/me/addresses",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &identity_address_in_shape,
        .out = &identity_address_shape,
        .status = 201,
        .problems = address_problems,
        .fn = post_address,
        .conflict = user_conflict,
        .summary = "Add an address" },
    { .method = "PUT",
        .path = "/api/v1/users/me/addresses/{addressId}",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &address_put_shape,
        .out = &identity_address_shape,
        .problems = address_problems,
        .fn = put_address,
        .conflict = user_conflict,
        .summary = "Change an address" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/addresses/{addressId}",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &address_path_shape,
        .status = 204,
        .problems = address_problems,
        .fn = delete_address,
        .conflict = user_conflict,
        .summary = "Take an address out" },
    ROUTES_END,
};
