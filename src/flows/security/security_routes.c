/* SPDX-License-Identifier: Apache-2.0
 * The API of one's sessions: decode, call a verb, reply. Called by the gateway; must never take a
 * user's id from anywhere but the token. */
#include "flows/security/security_internal.h"
#include "platform/http/route.h"

struct session_json {
    id session_id;
    str device, address, country;
    bool second_factor, current;
    int64_t created_ms, seen_ms;
};
static const struct json_field session_fields[] = {
    JSON_ID(struct session_json, session_id, .required = true),
    JSON_STR(struct session_json, device, .required = true, .doc = "empty: it did not say"),
    JSON_STR(struct session_json, address, .required = true),
    JSON_STR(struct session_json, country, .doc = "ISO 3166-1 alpha-2, of the address"),
    JSON_BOOL(struct session_json, second_factor, .required = true),
    JSON_BOOL(struct session_json, current, .required = true, .doc = "the one that asks"),
    JSON_TIME(struct session_json, created_ms, .required = true, .wire = "createdAt"),
    JSON_TIME(struct session_json, seen_ms, .required = true, .wire = "lastSeenAt"),
};
static const struct json_shape session_shape =
    JSON_SHAPE("LoginSession", struct session_json, session_fields);
struct sessions_json {
    struct session_json *sessions;
    size_t sessions_n;
};
static const struct json_field sessions_fields[] = {
    JSON_LIST(struct sessions_json, sessions, session_shape, .required = true,
        .max = IDENTITY_LOGINS_MAX),
};
static const struct json_shape sessions_shape =
    JSON_SHAPE("LoginSessionList", struct sessions_json, sessions_fields);

static err get_sessions(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct security *x = service;
    struct identity_login *list;
    struct sessions_json *v = NEW(cx->arena, struct sessions_json);
    (void)in;
    err e = identity_login_list(x->deps.identity, cx, cx->who.user_id, &list, &v->sessions_n);
    if (e)
        return e;
    v->sessions = NEW_N(cx->arena, v->sessions_n, struct session_json);
    for (size_t i = 0; i < v->sessions_n; i++)
        v->sessions[i] = (struct session_json){ .session_id = list[i].session_id,
            .device = list[i].device,
            .address = list[i].peer,
            .country = list[i].country.n ? list[i].country : (str){ 0 },
            .second_factor = list[i].factor,
            .current = id_eq(list[i].session_id, cx->who.session_id),
            .created_ms = list[i].created_ms,
            .seen_ms = list[i].seen_ms };
    return reply_json(reply, 200, &sessions_shape, v);
}

struct session_path {
    id session_id;
};
static const struct json_field path_fields[] = {
    JSON_ID(struct session_path, session_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("LoginSessionPath", struct session_path, path_fields);

static err delete_session(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct session_path *in = body;
    err e = identity_login_end(x->deps.identity, cx, cx->who.user_id, in->session_id);
    return e ? e : reply_empty(reply, 204);
}

static err delete_sessions(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct security *x = service;
    (void)in;
    err e = identity_login_end_others(x->deps.identity, cx, cx->who.user_id, cx->who.session_id);
    return e ? e : reply_empty(reply, 204);
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const problem *const session_problems[] = { &IDENTITY_SESSION_UNKNOWN, NULL };

const struct route security_routes[] = {
    { .method = "GET",
        .path = "/api/v1/users/me/sessions",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &sessions_shape,
        .fn = get_sessions,
        .summary = "Where one is signed in, the last used first" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/sessions",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .status = 204,
        .fn = delete_sessions,
        .conflict = user_conflict,
        .summary = "End all of one's sessions but this one" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/sessions/{sessionId}",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .status = 204,
        .problems = session_problems,
        .fn = delete_session,
        .conflict = user_conflict,
        .summary = "End one of one's sessions" },
    ROUTES_END,
};
