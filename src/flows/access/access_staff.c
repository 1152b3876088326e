/* SPDX-License-Identifier: Apache-2.0
 * What staff do to people's access: roles, sessions, keys, acting as somebody. Called by the
 * gateway; forms answer with 303 back to the back office and a word in `said`. */
#include "flows/access/access_staff.h"

#include "base/instant.h"
#include "platform/audit/audit.h"

#define REASON_MAX 200
#define TYPED_MAX 4000

struct person_in {
    id user_id, key_id;
    str reason;
    str *roles;
    size_t roles_n;
    bool sure;
};

/* ---- JSON ---- */

static const struct json_field roles_fields[] = {
    JSON_ID(struct person_in, user_id, .at = AT_PATH, .required = true),
    JSON_STRS(struct person_in, roles, .required = true, .max = ROLES_N),
    JSON_STR(struct person_in, reason, .required = true, .min = 1, .max = REASON_MAX),
};
const struct json_shape access_roles_in =
    JSON_SHAPE("UserRolesInput", struct person_in, roles_fields);
static const struct json_field roles_out_fields[] = {
    JSON_ID(struct person_in, user_id, .required = true),
    JSON_STRS(struct person_in, roles, .required = true),
};
const struct json_shape access_roles_shape =
    JSON_SHAPE("UserRoles", struct person_in, roles_out_fields);
static const struct json_field act_fields[] = {
    JSON_ID(struct person_in, user_id, .at = AT_PATH, .required = true),
    JSON_STR(struct person_in, reason, .required = true, .min = 1, .max = REASON_MAX),
};
const struct json_shape access_act_in = JSON_SHAPE("ActAsInput", struct person_in, act_fields);
struct act_json {
    str access_token, token_type;
    int64_t expires_in;
};
static const struct json_field act_out_fields[] = {
    JSON_STR(struct act_json, access_token, .required = true, .max = 4096),
    JSON_STR(struct act_json, token_type, .required = true),
    JSON_INT(struct act_json, expires_in, .required = true, .doc = "seconds"),
};
const struct json_shape access_act_shape = JSON_SHAPE("ActAs", struct act_json, act_out_fields);

/* Who takes an administrator away waits for who takes another: the last one stays. */
uint64_t access_roles_conflict(const struct cx *cx, const void *in)
{
    (void)cx;
    (void)in;
    return str_hash(S("access.roles"));
}

static err roles_of(struct cx *cx, const struct person_in *in, unsigned *ret)
{
    unsigned roles = ROLE_CUSTOMER;
    for (size_t i = 0; i < in->roles_n; i++) {
        size_t k = 0;
        while (k < ROLES_N && !str_eq(in->roles[i], str_from_c(role_infos[k].name)))
            k++;
        if (k == ROLES_N) {
            cx_field(cx, S("/roles"), "not_allowed", "no such role");
            return FAIL(cx, ERR_INVALID, "no role");
        }
        roles |= role_infos[k].role;
    }
    *ret = roles;
    return NULL;
}

static err set_roles(struct access *a, struct cx *cx, const struct person_in *in, unsigned *ret)
{
    err e = roles_of(cx, in, ret);
    return e ? e : identity_roles_set(a->deps.identity, cx, in->user_id, *ret, in->reason);
}

err access_put_roles(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct person_in *in = body;
    struct person_in *v = NEW(cx->arena, struct person_in);
    unsigned roles;
    err e = set_roles(service, cx, in, &roles);
    if (e)
        return e;
    v->user_id = in->user_id;
    v->roles = NEW_N(cx->arena, ROLES_N, str);
    for (size_t i = 0; i < ROLES_N; i++)
        if (roles & (unsigned)role_infos[i].role)
            v->roles[v->roles_n++] = str_from_c(role_infos[i].name);
    return reply_json(reply, 200, &access_roles_shape, v);
}

err access_post_act(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    const struct person_in *in = body;
    struct act_json *v = NEW(cx->arena, struct act_json);
    err e = identity_act_as(a->deps.identity, cx, in->user_id, in->reason, &v->access_token);
    if (e)
        return e;
    v->token_type = S("Bearer");
    v->expires_in = IDENTITY_ACT_MS / SECOND_MS;
    reply_add_header(reply, S("Location"), S("/api/v1/users/me")); /* with the token: who one is */
    return reply_json(reply, 201, &access_act_shape, v);
}

static err end_act(struct access *a, struct cx *cx)
{
    if (id_is_none(cx->who.behind_id))
        return NULL;
    return identity_login_end(a->deps.identity, cx, cx->who.user_id, cx->who.session_id);
}

err access_post_act_end(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    err e = end_act(service, cx);
    return e ? e : reply_empty(reply, 204);
}

/* ---- forms ---- */

static const struct json_field roles_form_fields[] = {
    JSON_ID(struct person_in, user_id, .at = AT_PATH, .required = true),
    JSON_STRS(struct person_in, roles, .max = ROLES_N),
    JSON_STR(struct person_in, reason, .max = TYPED_MAX),
};
const struct json_shape access_roles_form =
    JSON_SHAPE("OfficeRoles", struct person_in, roles_form_fields);
static const struct json_field person_form_fields[] = {
    JSON_ID(struct person_in, user_id, .at = AT_PATH, .required = true),
    JSON_STR(struct person_in, reason, .max = TYPED_MAX),
};
const struct json_shape access_person_form =
    JSON_SHAPE("OfficePerson", struct person_in, person_form_fields);
static const struct json_field key_form_fields[] = {
    JSON_ID(struct person_in, key_id, .at = AT_PATH, .required = true),
};
const struct json_shape access_key_form =
    JSON_SHAPE("OfficeKey", struct person_in, key_form_fields);

static err back(struct cx *cx, const struct person_in *in, const char *said, struct reply *reply)
{
    return reply_redirect(reply, str_fmt(cx->arena, "/admin/users/" STR_F "?said=%s",
                                     STR_A(id_text(cx->arena, in->user_id)), said));
}

static bool reason_ok(struct person_in *in)
{
    in->reason = str_trim(in->reason);
    return in->reason.n > 0 && in->reason.n <= REASON_MAX;
}

err access_form_roles(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct person_in in = *(const struct person_in *)body;
    unsigned roles;
    if (!reason_ok(&in))
        return back(cx, &in, "reason", reply);
    err e = set_roles(service, cx, &in, &roles);
    if (e == &IDENTITY_LAST_ADMIN || e == &IDENTITY_UNPROVED) { /* before anything was written */
        cx_clear(cx);
        return back(cx, &in, e == &IDENTITY_UNPROVED ? "unproved" : "last", reply);
    }
    return e ? e : back(cx, &in, "roles", reply);
}

err access_form_sessions(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    struct person_in in = *(const struct person_in *)body;
    struct identity_user user;
    if (!reason_ok(&in))
        return back(cx, &in, "reason", reply);
    err e = identity_user_get(a->deps.identity, cx, in.user_id, &user);
    if (!e)
        e = identity_login_end_others(a->deps.identity, cx, in.user_id, (id){ { 0 } });
    if (!e)
        e = audit_note(a->deps.audit, cx,
            (struct audit_act){ .act = "identity.sessions_ended",
                .kind = "user",
                .object_id = in.user_id,
                .reason = in.reason });
    return e ? e : back(cx, &in, "sessions", reply);
}

/* Staff keep their own refresh token: when the borrowed token ends, or has run out, it brings them
 * back. souk_act keeps pages out of the shared cache, for the banner. */
err access_form_act(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    struct person_in in = *(const struct person_in *)body;
    str token;
    if (!reason_ok(&in))
        return back(cx, &in, "reason", reply);
    err e = identity_act_as(a->deps.identity, cx, in.user_id, in.reason, &token);
    if (e == &IDENTITY_NOT_ACTED) {
        cx_clear(cx);
        return back(cx, &in, "staff", reply);
    }
    if (e)
        return e;
    const int64_t life_s = IDENTITY_ACT_MS / SECOND_MS;
    reply_add_cookie(
        reply, (struct reply_cookie){ .name = S("souk_at"), .value = token, .max_age_s = life_s });
    reply_add_cookie(reply,
        (struct reply_cookie){ .name = S("souk_act"), .value = S("1"), .max_age_s = life_s });
    return reply_redirect(reply, S("/account"));
}

err access_form_act_end(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    err e = end_act(service, cx);
    if (e)
        return e;
    if (!id_is_none(cx->who.behind_id))
        reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_at"), .value = S("") });
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_act"), .value = S("") });
    return reply_redirect(reply,
        str_fmt(cx->arena, "/admin/users/" STR_F, STR_A(id_text(cx->arena, cx->who.user_id))));
}

err access_form_key(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    const struct person_in *in = body;
    err e = credentials_revoke(a->deps.credentials, cx, in->key_id, (id){ { 0 } });
    return e ? e : reply_redirect(reply, S("/admin/keys?said=revoked"));
}
