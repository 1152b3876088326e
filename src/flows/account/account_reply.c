/* SPDX-License-Identifier: Apache-2.0
 * JSON of users, sessions and addresses. Called by the routes of this flow; must never show a
 * password or its hash. */
#include "flows/account/account_internal.h"

struct user_json {
    id user_id;
    str email, name, phone;
    str *roles;
    size_t roles_n;
    bool verified;
    int64_t created_ms;
};
static const struct json_field user_fields[] = {
    JSON_ID(struct user_json, user_id, .required = true),
    JSON_STR(struct user_json, email, .required = true),
    JSON_STR(struct user_json, name, .required = true),
    JSON_STR(struct user_json, phone),
    JSON_STRS(struct user_json, roles, .required = true),
    JSON_BOOL(struct user_json, verified, .required = true, .wire = "emailVerified"),
    JSON_TIME(struct user_json, created_ms, .required = true, .wire = "createdAt"),
};
const struct json_shape account_user_shape = JSON_SHAPE("User", struct user_json, user_fields);

struct session_json {
    struct user_json *user;
    str access_token, token_type, refresh_token;
    int64_t expires_in;
    bool confirm;
};
static const struct json_field session_fields[] = {
    JSON_OBJECT(struct session_json, user, account_user_shape, .required = true),
    JSON_STR(struct session_json, access_token, .required = true, .max = 4096),
    JSON_STR(struct session_json, token_type, .required = true),
    JSON_INT(struct session_json, expires_in, .required = true, .doc = "seconds"),
    JSON_STR(struct session_json, refresh_token, .required = true, .doc = "good once, 30 days"),
};
const struct json_shape account_session_shape =
    JSON_SHAPE("Session", struct session_json, session_fields);

static const struct json_field signed_up_fields[] = {
    JSON_OBJECT(struct session_json, user, account_user_shape),
    JSON_STR(struct session_json, access_token, .max = 4096),
    JSON_STR(struct session_json, token_type),
    JSON_INT(struct session_json, expires_in, .zero_out = true, .doc = "seconds"),
    JSON_STR(struct session_json, refresh_token, .doc = "good once, 30 days"),
    JSON_BOOL(struct session_json, confirm, .zero_out = true,
        .doc = "there is no session yet: a mail says how to go on, whether or not there was an "
               "account"),
};
const struct json_shape account_signed_up_shape =
    JSON_SHAPE("SignedUp", struct session_json, signed_up_fields);

struct addresses_json {
    struct identity_address *addresses;
    size_t addresses_n;
};
static const struct json_field addresses_fields[] = {
    JSON_LIST(struct addresses_json, addresses, identity_address_shape, .required = true,
        .max = IDENTITY_ADDRESSES_MAX),
};
const struct json_shape account_addresses_shape =
    JSON_SHAPE("AddressList", struct addresses_json, addresses_fields);

static struct user_json *user_json_of(struct cx *cx, const struct identity_user *user)
{
    struct user_json *v = NEW(cx->arena, struct user_json);
    *v = (struct user_json){ .user_id = user->user_id,
        .email = user->email,
        .name = user->name,
        .phone = user->phone,
        .roles = NEW_N(cx->arena, ROLES_N, str),
        .verified = user->verified,
        .created_ms = user->created_ms };
    for (size_t i = 0; i < ROLES_N; i++)
        if (user->roles & (unsigned)role_infos[i].role)
            v->roles[v->roles_n++] = str_from_c(role_infos[i].name);
    return v;
}

const void *account_waits_view(struct cx *cx)
{
    struct session_json *v = NEW(cx->arena, struct session_json);
    v->confirm = true;
    return v;
}

const void *account_user_view(struct cx *cx, const struct identity_user *user)
{
    return user_json_of(cx, user);
}

const void *account_session_view(
    struct cx *cx, const struct identity_user *user, const struct identity_session *session)
{
    struct session_json *v = NEW(cx->arena, struct session_json);
    *v = (struct session_json){ .user = user_json_of(cx, user),
        .access_token = session->access_token,
        .token_type = S("Bearer"),
        .refresh_token = session->refresh_token,
        .expires_in = session->expires_in_s };
    return v;
}

const void *account_addresses_view(struct cx *cx, struct identity_address *list, size_t n)
{
    struct addresses_json *v = NEW(cx->arena, struct addresses_json);
    *v = (struct addresses_json){ .addresses = list, .addresses_n = n };
    return v;
}
