/* SPDX-License-Identifier: Apache-2.0
 * The API of passkeys: what a browser is to be asked, and what it answered. Called by the gateway;
 * must never take a user's id from anywhere but the token or the passkey. */
#include "flows/entrance/entrance_issuers.h"
#include "platform/http/route.h"
#include "platform/passkey/passkey.h"

/* ---- what is told ---- */

static const struct json_field passkey_fields[] = {
    JSON_ID(struct identity_passkey, passkey_id, .required = true),
    JSON_STR(struct identity_passkey, name, .required = true),
    JSON_TIME(struct identity_passkey, created_ms, .required = true, .wire = "createdAt"),
    JSON_TIME(struct identity_passkey, used_ms, .wire = "lastUsedAt", .doc = "absent: never"),
    JSON_TIME(struct identity_passkey, suspect_ms, .wire = "suspectAt",
        .doc = "when its count of signatures went backwards: there may be a copy"),
};
static const struct json_shape passkey_shape =
    JSON_SHAPE("Passkey", struct identity_passkey, passkey_fields);
struct passkeys_json {
    struct identity_passkey *passkeys;
    size_t passkeys_n;
};
static const struct json_field passkeys_fields[] = {
    JSON_LIST(struct passkeys_json, passkeys, passkey_shape, .required = true,
        .max = IDENTITY_PASSKEYS_MAX),
};
static const struct json_shape passkeys_shape =
    JSON_SHAPE("PasskeyList", struct passkeys_json, passkeys_fields);

struct tokens_json {
    str access_token, token_type, refresh_token;
    int64_t expires_in;
};
static const struct json_field tokens_fields[] = {
    JSON_STR(struct tokens_json, access_token, .required = true, .max = 4096),
    JSON_STR(struct tokens_json, token_type, .required = true),
    JSON_INT(struct tokens_json, expires_in, .required = true, .doc = "seconds"),
    JSON_STR(struct tokens_json, refresh_token, .doc = "not with a step-up: the session stays"),
};
static const struct json_shape tokens_shape =
    JSON_SHAPE("PasskeyTokens", struct tokens_json, tokens_fields);

static err reply_tokens(struct cx *cx, const struct identity_session *session, struct reply *reply)
{
    struct tokens_json *v = NEW(cx->arena, struct tokens_json);
    *v = (struct tokens_json){ .access_token = session->access_token,
        .token_type = S("Bearer"),
        .refresh_token = session->refresh_token,
        .expires_in = session->expires_in_s };
    return reply_json(reply, 200, &tokens_shape, v);
}

/* ---- what a browser is asked: the JSON forms of WebAuthn, level 3 ---- */

struct entity_json {
    str id, name, display_name, type;
    int64_t alg;
};
static const struct json_field rp_fields[] = {
    JSON_STR(struct entity_json, id, .required = true),
    JSON_STR(struct entity_json, name, .required = true),
};
static const struct json_field user_fields[] = {
    JSON_STR(struct entity_json, id, .required = true, .doc = "base64url"),
    JSON_STR(struct entity_json, name, .required = true),
    JSON_STR(struct entity_json, display_name, .required = true),
};
static const struct json_field param_fields[] = {
    JSON_STR(struct entity_json, type, .required = true),
    JSON_INT(struct entity_json, alg, .required = true, .min = -65536, .max = 65536,
        .doc = "number in COSE"),
};
static const struct json_field descriptor_fields[] = {
    JSON_STR(struct entity_json, type, .required = true),
    JSON_STR(
        struct entity_json, id, .required = true, .max = 2 * PASSKEY_ID_MAX, .doc = "base64url"),
};
static const struct json_shape rp_shape = JSON_SHAPE("PasskeyShop", struct entity_json, rp_fields),
                               user_shape =
                                   JSON_SHAPE("PasskeyUser", struct entity_json, user_fields),
                               param_shape =
                                   JSON_SHAPE("PasskeyAlgorithm", struct entity_json, param_fields),
                               descriptor_shape = JSON_SHAPE(
                                   "PasskeyDescriptor", struct entity_json, descriptor_fields);
struct selection_json {
    str resident_key, user_verification;
    bool require_resident_key;
};
static const struct json_field selection_fields[] = {
    JSON_STR(struct selection_json, resident_key, .required = true),
    JSON_BOOL(struct selection_json, require_resident_key, .required = true),
    JSON_STR(struct selection_json, user_verification, .required = true),
};
static const struct json_shape selection_shape =
    JSON_SHAPE("PasskeySelection", struct selection_json, selection_fields);

struct options_json {
    str challenge, rp_id, user_verification, attestation;
    int64_t timeout;
    struct entity_json *rp, *user, *pub_key_cred_params, *known;
    size_t pub_key_cred_params_n, known_n;
    struct selection_json *authenticator_selection;
};
static const struct json_field create_fields[] = {
    JSON_STR(struct options_json, challenge, .required = true, .doc = "base64url"),
    JSON_INT(struct options_json, timeout, .required = true, .doc = "milliseconds"),
    JSON_OBJECT(struct options_json, rp, rp_shape, .required = true),
    JSON_OBJECT(struct options_json, user, user_shape, .required = true),
    JSON_LIST(struct options_json, pub_key_cred_params, param_shape, .required = true),
    JSON_LIST(struct options_json, known, descriptor_shape, .required = true,
        .wire = "excludeCredentials"),
    JSON_OBJECT(struct options_json, authenticator_selection, selection_shape, .required = true),
    JSON_STR(struct options_json, attestation, .required = true),
};
static const struct json_shape create_shape =
    JSON_SHAPE("PasskeyCreation", struct options_json, create_fields);
static const struct json_field get_fields[] = {
    JSON_STR(struct options_json, challenge, .required = true, .doc = "base64url"),
    JSON_INT(struct options_json, timeout, .required = true, .doc = "milliseconds"),
    JSON_STR(struct options_json, rp_id, .required = true),
    JSON_STR(struct options_json, user_verification, .required = true),
    JSON_LIST(struct options_json, known, descriptor_shape, .required = true,
        .wire = "allowCredentials", .doc = "none: whichever the authenticator has"),
};
static const struct json_shape get_shape =
    JSON_SHAPE("PasskeyRequest", struct options_json, get_fields);

static struct options_json *options_of(
    struct entrance *x, struct cx *cx, enum identity_challenge what)
{
    struct options_json *v = NEW(cx->arena, struct options_json);
    str bound = what == IDENTITY_CHALLENGE_LOGIN ? S("") : id_text(cx->arena, cx->who.session_id);
    *v = (struct options_json){
        .challenge = identity_challenge_new(x->deps.identity, cx, what, bound),
        .timeout = IDENTITY_CHALLENGE_MS,
        .rp_id = identity_passkey_site(x->deps.identity)->rp_id,
        .user_verification = S("required"),
    };
    return v;
}

/* The user's own, by what the authenticator calls them. */
static err add_known(struct entrance *x, struct cx *cx, struct options_json *v)
{
    struct identity_passkey *list;
    err e = identity_passkey_list(x->deps.identity, cx, cx->who.user_id, &list, &v->known_n);
    if (e)
        return e;
    v->known = NEW_N(cx->arena, v->known_n, struct entity_json);
    for (size_t i = 0; i < v->known_n; i++)
        v->known[i] = (struct entity_json){ .type = S("public-key"), .id = list[i].credential };
    return NULL;
}

static err post_add_options(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    struct options_json *v = options_of(x, cx, IDENTITY_CHALLENGE_ADD);
    struct identity_user user;
    (void)body;
    err e = identity_user_get(x->deps.identity, cx, cx->who.user_id, &user);
    if (!e)
        e = add_known(x, cx, v);
    if (e)
        return e;
    v->rp = NEW(cx->arena, struct entity_json);
    *v->rp = (struct entity_json){ .id = v->rp_id, .name = S("Souk") };
    v->user = NEW(cx->arena, struct entity_json);
    *v->user = (struct entity_json){ .id = str_base64url(cx->arena,
                                         identity_passkey_handle(cx->arena, user.user_id)),
        .name = user.email,
        .display_name = user.name };
    v->pub_key_cred_params_n = PASSKEY_ALGORITHMS;
    v->pub_key_cred_params = NEW_N(cx->arena, PASSKEY_ALGORITHMS, struct entity_json);
    for (size_t i = 0; i < PASSKEY_ALGORITHMS; i++)
        v->pub_key_cred_params[i] =
            (struct entity_json){ .type = S("public-key"), .alg = passkey_algorithms[i] };
    v->authenticator_selection = NEW(cx->arena, struct selection_json);
    *v->authenticator_selection = (struct selection_json){ .resident_key = S("required"),
        .require_resident_key = true,
        .user_verification = S("required") };
    v->attestation = S("none");
    return reply_json(reply, 200, &create_shape, v);
}

static err post_login_options(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    struct options_json *v = options_of(x, cx, IDENTITY_CHALLENGE_LOGIN);
    (void)body;
    reply_add_cookie(reply, (struct reply_cookie){ .name = S(ENTRANCE_COOKIE),
                                .value = entrance_tie(x, cx, v->challenge),
                                .max_age_s = IDENTITY_CHALLENGE_MS / SECOND_MS });
    return reply_json(reply, 200, &get_shape, v);
}

static err post_prove_options(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct options_json *v = options_of(service, cx, IDENTITY_CHALLENGE_PROVE);
    (void)body;
    err e = add_known(service, cx, v);
    return e ? e : reply_json(reply, 200, &get_shape, v);
}

/* ---- what it answered ---- */

static const struct json_field add_fields[] = {
    JSON_STR(struct entrance_said, name, .required = true, .min = 1, .max = 100),
    ENTRANCE_BYTES(client_data, .required = true, .doc = "clientDataJSON, base64url"),
    ENTRANCE_BYTES(authenticator_data, .required = true, .doc = "base64url"),
};
static const struct json_shape add_shape =
    JSON_SHAPE("PasskeyInput", struct entrance_said, add_fields);
static const struct json_field use_fields[] = {
    ENTRANCE_BYTES(credential_id, .required = true, .doc = "base64url, as all that follows"),
    ENTRANCE_BYTES(client_data, .required = true, .doc = "clientDataJSON"),
    ENTRANCE_BYTES(authenticator_data, .required = true),
    ENTRANCE_BYTES(signature, .required = true),
    ENTRANCE_BYTES(user_handle, .doc = "what the authenticator kept of the user"),
    JSON_STR(struct entrance_said, device, .at = AT_HEADER, .wire = "User-Agent",
        .max = ENTRANCE_DEVICE_MAX),
};
static const struct json_shape use_shape =
    JSON_SHAPE("PasskeyAnswer", struct entrance_said, use_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct entrance_said, passkey_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("PasskeyPath", struct entrance_said, path_fields);

static err get_list(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    struct passkeys_json *v = NEW(cx->arena, struct passkeys_json);
    (void)body;
    err e =
        identity_passkey_list(x->deps.identity, cx, cx->who.user_id, &v->passkeys, &v->passkeys_n);
    return e ? e : reply_json(reply, 200, &passkeys_shape, v);
}

static err refuse(struct cx *cx, err refused)
{
    return refused ? cx_fail(cx, refused, __FILE__, "see the line above") : NULL;
}

static err post_add(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance_use use = { .x = service, .said = body };
    err e = entrance_add(cx, &use);
    if (!e)
        e = refuse(cx, use.refused);
    if (e)
        return e;
    struct identity_passkey *made = NEW(cx->arena, struct identity_passkey);
    *made = use.made;
    return reply_json(reply, 201, &passkey_shape, made);
}

static err then_arrive(struct entrance_use *use, struct cx *cx)
{
    const struct entrance_port *account = &use->x->deps.account;
    return account->arrive(account->self, cx, &use->user,
        (struct identity_arrival){ .device = use->said->device, .factor = true }, &use->session);
}

static err then_prove(struct entrance_use *use, struct cx *cx)
{
    struct identity_user user;
    return identity_login_prove(
        use->x->deps.identity, cx, cx->who.session_id, true, &user, &use->session);
}

static err post_use(struct entrance_use use, struct cx *cx, struct reply *reply)
{
    err e = entrance_use(cx, &use);
    if (!e)
        e = refuse(cx, use.refused);
    return e ? e : reply_tokens(cx, &use.session, reply);
}

static err post_login(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return post_use(
        (struct entrance_use){
            .x = service, .said = body, .what = IDENTITY_CHALLENGE_LOGIN, .then = then_arrive },
        cx, reply);
}

static err post_prove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return post_use(
        (struct entrance_use){
            .x = service, .said = body, .what = IDENTITY_CHALLENGE_PROVE, .then = then_prove },
        cx, reply);
}

static err delete_one(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_said *in = body;
    err e = identity_passkey_remove(x->deps.identity, cx, cx->who.user_id, in->passkey_id);
    return e ? e : reply_empty(reply, 204);
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const problem *const add_problems[] = { &PASSKEY_WRONG, &IDENTITY_PASSKEY_KNOWN,
    &IDENTITY_PASSKEYS_FULL, &IDENTITY_SESSION_UNKNOWN, NULL };
static const problem *const login_problems[] = { &PASSKEY_WRONG, NULL };
static const problem *const prove_problems[] = { &PASSKEY_WRONG, &IDENTITY_SESSION_UNKNOWN, NULL };
static const problem *const remove_problems[] = { &IDENTITY_PASSKEY_UNKNOWN, &IDENTITY_WAY_LAST,
    NULL };

const struct route entrance_routes[] = {
    { .method = "GET",
        .path = "/api/v1/auth/passkeys",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &passkeys_shape,
        .fn = get_list,
        .summary = "One's passkeys" },
    { .method = "POST",
        .path = "/api/v1/auth/passkeys/options",
        .in_person = true,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_READ,
        .limit = LIMIT_CODE,
        .out = &create_shape,
        .fn = post_add_options,
        .summary = "What to ask a browser for, to make a passkey; good for five minutes" },
    { .method = "POST",
        .path = "/api/v1/auth/passkeys",
        .in_person = true,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_NONE,
        .limit = LIMIT_CODE,
        .in = &add_shape,
        .out = &passkey_shape,
        .status = 201,
        .problems = add_problems,
        .fn = post_add,
        .summary = "Keep a passkey that a browser made" },
    { .method = "DELETE",
        .path = "/api/v1/auth/passkeys/{passkeyId}",
        .in_person = true,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .status = 204,
        .problems = remove_problems,
        .fn = delete_one,
        .conflict = user_conflict,
        .summary = "Remove one of one's passkeys" },
    { .method = "POST",
        .path = "/api/v1/auth/passkeys/login/options",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .out = &get_shape,
        .fn = post_login_options,
        .summary = "What to ask a browser for, to sign in; good for five minutes" },
    { .method = "POST",
        .path = "/api/v1/auth/passkeys/login",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_LOGIN,
        .in = &use_shape,
        .out = &tokens_shape,
        .problems = login_problems,
        .fn = post_login,
        .summary = "Sign in with a passkey: no password, and it counts as a second factor" },
    { .method = "POST",
        .path = "/api/v1/auth/passkeys/step-up/options",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .limit = LIMIT_CODE,
        .out = &get_shape,
        .fn = post_prove_options,
        .summary = "What to ask a browser for, to prove oneself once more" },
    { .method = "POST",
        .path = "/api/v1/auth/passkeys/step-up",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .limit = LIMIT_CODE,
        .in = &use_shape,
        .out = &tokens_shape,
        .problems = prove_problems,
        .fn = post_prove,
        .summary = "Prove oneself once more with a passkey: a new access token" },
    { .method = "GET",
        .path = "/api/v1/auth/logins",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &entrance_logins_shape,
        .fn = entrance_get_logins,
        .summary = "One's logins of other issuers" },
    { .method = "DELETE",
        .path = "/api/v1/auth/logins/{loginId}",
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_WRITE,
        .in = &entrance_login_path_shape,
        .status = 204,
        .problems = entrance_login_problems,
        .fn = entrance_delete_login,
        .conflict = user_conflict,
        .summary = "Remove a login of another issuer" },
    ROUTES_END,
};
