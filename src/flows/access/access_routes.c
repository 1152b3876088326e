/* SPDX-License-Identifier: Apache-2.0
 * The API of keys, and the table of this flow's JSON routes. Called by the gateway; must never
 * show a key but to who has just made it. */
#include "base/instant.h"
#include "flows/access/access_internal.h"
#include "flows/access/access_staff.h"
#include "platform/http/route.h"

struct key_json {
    id key_id;
    str name, prefix, secret;
    str *scopes;
    size_t scopes_n;
    int64_t per_minute, created_ms, expires_ms, used_ms, revoked_ms;
};
static const struct json_field key_fields[] = {
    JSON_ID(struct key_json, key_id, .required = true, .doc = "also the client_id"),
    JSON_STR(struct key_json, name, .required = true),
    JSON_STR(struct key_json, prefix, .required = true),
    JSON_STR(struct key_json, secret, .doc = "told this once; also the client_secret"),
    JSON_STRS(struct key_json, scopes, .required = true),
    JSON_INT(struct key_json, per_minute, .required = true),
    JSON_TIME(struct key_json, created_ms, .required = true, .wire = "createdAt"),
    JSON_TIME(struct key_json, expires_ms, .wire = "expiresAt", .zero_out = true),
    JSON_TIME(struct key_json, used_ms, .wire = "lastUsedAt", .zero_out = true),
    JSON_TIME(struct key_json, revoked_ms, .wire = "revokedAt", .zero_out = true),
};
static const struct json_shape key_shape = JSON_SHAPE("Key", struct key_json, key_fields);
struct keys_json {
    struct key_json *keys;
    size_t keys_n;
};
static const struct json_field keys_fields[] = {
    JSON_LIST(struct keys_json, keys, key_shape, .required = true, .max = CREDENTIALS_LIST_MAX),
};
static const struct json_shape keys_shape = JSON_SHAPE("KeyList", struct keys_json, keys_fields);

struct key_in {
    id key_id;
    str name;
    str *scopes;
    size_t scopes_n;
    int64_t per_minute, expires_ms;
};
static const struct json_field add_fields[] = {
    JSON_STR(struct key_in, name, .required = true, .min = 1, .max = CREDENTIALS_NAME_MAX),
    JSON_STRS(struct key_in, scopes, .required = true, .min = 1, .max = SCOPES_N),
    JSON_INT(struct key_in, per_minute, .min = 1, .max = CREDENTIALS_PER_MINUTE_MAX,
        .doc = "requests; absent: 600"),
    JSON_TIME(struct key_in, expires_ms, .wire = "expiresAt", .doc = "absent: never"),
};
static const struct json_shape add_shape = JSON_SHAPE("KeyInput", struct key_in, add_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct key_in, key_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape = JSON_SHAPE("KeyPath", struct key_in, path_fields);

#define PER_MINUTE 600

static struct key_json view_of(struct cx *cx, const struct credentials_key *k)
{
    struct key_json v = { .key_id = k->key_id,
        .name = k->name,
        .prefix = k->prefix,
        .per_minute = k->per_minute,
        .created_ms = k->created_ms,
        .expires_ms = k->expires_ms,
        .used_ms = k->used_ms,
        .revoked_ms = k->revoked_ms };
    v.scopes = NEW_N(cx->arena, SCOPES_N, str);
    for (enum scope s = SCOPE_UNSET; s < SCOPES_N; s++)
        if (k->scopes & SCOPE_BIT(s))
            v.scopes[v.scopes_n++] = str_from_c(scope_info(s)->name);
    return v;
}

static err get_keys(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct access *a = service;
    struct credentials_key *list;
    struct keys_json *v = NEW(cx->arena, struct keys_json);
    (void)in;
    err e = credentials_list(a->deps.credentials, cx, cx->who.user_id, &list, &v->keys_n);
    if (e)
        return e;
    v->keys = NEW_N(cx->arena, v->keys_n, struct key_json);
    for (size_t i = 0; i < v->keys_n; i++)
        v->keys[i] = view_of(cx, &list[i]);
    return reply_json(reply, 200, &keys_shape, v);
}

static err post_key(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    const struct key_in *in = body;
    struct credentials_key key = { .name = str_trim(in->name),
        .per_minute = in->per_minute ? in->per_minute : PER_MINUTE,
        .expires_ms = in->expires_ms };
    struct key_json *v = NEW(cx->arena, struct key_json);
    str secret;
    for (size_t i = 0; i < in->scopes_n; i++)
        key.scopes |= SCOPE_BIT(scope_named(in->scopes[i]));
    err e = access_key_add(a, cx, key, &key, &secret);
    if (e)
        return e;
    *v = view_of(cx, &key);
    v->secret = secret;
    return reply_json(reply, 201, &key_shape, v);
}

static err delete_key(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    const struct key_in *in = body;
    err e = credentials_revoke(a->deps.credentials, cx, in->key_id, cx->who.user_id);
    return e ? e : reply_empty(reply, 204);
}

static const problem *const add_problems[] = { &CREDENTIALS_FULL, &IDENTITY_SESSION_UNKNOWN, NULL };
static const problem *const key_problems[] = { &CREDENTIALS_UNKNOWN, NULL };
static const problem *const roles_problems[] = { &ERR_MISSING, &IDENTITY_LAST_ADMIN,
    &IDENTITY_UNPROVED, NULL };
static const problem *const act_problems[] = { &ERR_MISSING, &IDENTITY_NOT_ACTED,
    &IDENTITY_SESSION_UNKNOWN, NULL };

const struct route access_routes[] = {
    { .method = "POST",
        .path = "/oauth/token",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &access_token_in,
        .fn = access_post_token,
        .summary = "An access token for client credentials (RFC 6749)" },
    { .method = "GET",
        .path = "/api/v1/users/me/keys",
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_READ,
        .out = &keys_shape,
        .fn = get_keys,
        .summary = "One's keys for third parties, the newest first" },
    { .method = "POST",
        .path = "/api/v1/users/me/keys",
        .scope = SCOPE_USER,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &add_shape,
        .out = &key_shape,
        .status = 201,
        .problems = add_problems,
        .fn = post_key,
        .conflict = access_user_conflict,
        .summary = "Make a key; it is told this once" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/keys/{keyId}",
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .status = 204,
        .problems = key_problems,
        .fn = delete_key,
        .conflict = access_user_conflict,
        .summary = "Revoke a key, at once" },
    { .method = "PUT",
        .path = "/api/v1/admin/users/{userId}/roles",
        .scope = SCOPE_ROLES,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_WRITE,
        .in = &access_roles_in,
        .out = &access_roles_shape,
        .problems = roles_problems,
        .fn = access_put_roles,
        .conflict = access_roles_conflict,
        .summary = "Give somebody other roles; their sessions end" },
    { .method = "POST",
        .path = "/api/v1/admin/users/{userId}/act-as",
        .scope = SCOPE_ACT_AS,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &access_act_in,
        .out = &access_act_shape,
        .status = 201,
        .problems = act_problems,
        .fn = access_post_act,
        .summary = "A token to act as somebody, for a quarter of an hour" },
    { .method = "POST",
        .path = "/api/v1/auth/act-as/end",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .status = 204,
        .fn = access_post_act_end,
        .summary = "Stop acting as somebody" },
    ROUTES_END,
};
