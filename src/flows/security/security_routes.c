/* SPDX-License-Identifier: Apache-2.0
 * The API of one's sessions, e-mail and password: decode, call a verb, reply. Called by the
 * gateway; must never take a user's id from anywhere but the token. */
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

/* ---- codes by mail ---- */

struct mail_body {
    str email, password, token, new_password;
    bool remove_ways;
    str hash; /* made before the unit */
};
static const struct json_field ask_fields[] = {
    JSON_STR(struct mail_body, email, .required = true, .min = 1, .max = 254),
};
static const struct json_shape ask_shape =
    JSON_SHAPE("PasswordResetInput", struct mail_body, ask_fields);
static const struct json_field reset_fields[] = {
    JSON_STR(struct mail_body, token, .required = true, .max = SECURITY_CODE_MAX),
    JSON_STR(struct mail_body, new_password, .required = true, .max = SECURITY_PASSWORD_MAX),
    JSON_BOOL(struct mail_body, remove_ways,
        .doc = "also remove all passkeys and logins of other issuers"),
};
static const struct json_shape reset_shape =
    JSON_SHAPE("PasswordResetConfirm", struct mail_body, reset_fields);
static const struct json_field verify_fields[] = {
    JSON_STR(struct mail_body, token, .required = true, .max = SECURITY_CODE_MAX),
};
static const struct json_shape verify_shape =
    JSON_SHAPE("EmailVerification", struct mail_body, verify_fields);

static err post_reset_ask(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct mail_body *in = body;
    err e = identity_reset_ask(x->deps.identity, cx, str_trim(in->email));
    return e ? e : reply_empty(reply, 202);
}

static err before_reset(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    struct mail_body *in = body;
    struct identity_user user;
    err e = identity_reset_look(x->deps.identity, cx, in->token, &user);
    return e ? e : security_new_password(x, cx, user.email, in->new_password, &in->hash);
}

static err post_reset(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct mail_body *in = body;
    err e = security_reset(x, cx, (struct identity_reset){ in->token, in->hash, in->remove_ways });
    return e ? e : reply_empty(reply, 204);
}

static err post_verify(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct mail_body *in = body;
    err e = identity_verify(x->deps.identity, cx, in->token);
    return e ? e : reply_empty(reply, 204);
}

static err post_verify_ask(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct security *x = service;
    (void)in;
    err e = identity_verify_ask(x->deps.identity, cx, cx->who.user_id);
    return e ? e : reply_empty(reply, 202);
}

/* ---- e-mail and password of who is signed in ---- */

static const struct json_field email_fields[] = {
    JSON_STR(struct mail_body, email, .required = true, .min = 1, .max = 254),
    JSON_STR(struct mail_body, password, .required = true, .max = SECURITY_PASSWORD_MAX),
};
static const struct json_shape email_shape =
    JSON_SHAPE("EmailChange", struct mail_body, email_fields);
static const struct json_field password_fields[] = {
    JSON_STR(struct mail_body, password, .required = true, .max = SECURITY_PASSWORD_MAX,
        .wire = "currentPassword"),
    JSON_STR(struct mail_body, new_password, .required = true, .max = SECURITY_PASSWORD_MAX),
};
static const struct json_shape password_shape =
    JSON_SHAPE("PasswordChange", struct mail_body, password_fields);

static err before_email(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    const struct mail_body *in = body;
    return identity_check_password(x->deps.identity, cx, cx->who.user_id, in->password);
}

static err post_email(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct mail_body *in = body;
    err e = identity_email_ask(x->deps.identity, cx, cx->who.user_id, str_trim(in->email));
    return e ? e : reply_empty(reply, 202);
}

static err before_password(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    struct mail_body *in = body;
    struct identity_user user;
    err e = identity_check_password(x->deps.identity, cx, cx->who.user_id, in->password);
    if (!e)
        e = identity_user_get(x->deps.identity, cx, cx->who.user_id, &user);
    return e ? e : security_new_password(x, cx, user.email, in->new_password, &in->hash);
}

static err post_password(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct mail_body *in = body;
    err e =
        identity_password_set(x->deps.identity, cx, cx->who.user_id, in->hash, cx->who.session_id);
    return e ? e : reply_empty(reply, 204);
}

static uint64_t email_conflict(const struct cx *cx, const void *body)
{
    const struct mail_body *in = body;
    return str_hash(str_lower(cx->arena, in->email));
}

static uint64_t token_conflict(const struct cx *cx, const void *body)
{
    const struct mail_body *in = body;
    (void)cx;
    return str_hash(in->token);
}

/* ---- the second factor ---- */

struct mfa_body {
    str password, code;
};
static const struct json_field mfa_password_fields[] = {
    JSON_STR(struct mfa_body, password, .required = true, .max = SECURITY_PASSWORD_MAX),
};
static const struct json_shape mfa_password_shape =
    JSON_SHAPE("MfaSetup", struct mfa_body, mfa_password_fields);
static const struct json_field mfa_code_fields[] = {
    JSON_STR(struct mfa_body, code, .required = true, .max = 40),
};
static const struct json_shape mfa_code_shape =
    JSON_SHAPE("MfaConfirm", struct mfa_body, mfa_code_fields);
static const struct json_field mfa_both_fields[] = {
    JSON_STR(struct mfa_body, password, .required = true, .max = SECURITY_PASSWORD_MAX),
    JSON_STR(struct mfa_body, code, .max = 40, .doc = "needed when the second factor is on"),
};
static const struct json_shape mfa_both_shape =
    JSON_SHAPE("MfaProof", struct mfa_body, mfa_both_fields);

struct mfa_json {
    bool enabled, demanded;
    int64_t recovery_codes_left;
    str secret, uri;
    str *recovery_codes;
    size_t recovery_codes_n;
    str access_token, token_type;
    int64_t expires_in;
};
static const struct json_field mfa_state_fields[] = {
    JSON_BOOL(struct mfa_json, enabled, .required = true),
    JSON_BOOL(struct mfa_json, demanded, .required = true, .doc = "of one's roles"),
    JSON_INT(struct mfa_json, recovery_codes_left, .required = true),
};
static const struct json_shape mfa_state_shape =
    JSON_SHAPE("MfaState", struct mfa_json, mfa_state_fields);
static const struct json_field mfa_secret_fields[] = {
    JSON_STR(struct mfa_json, secret, .required = true, .doc = "base32"),
    JSON_STR(struct mfa_json, uri, .required = true, .doc = "otpauth://, for a QR code"),
};
static const struct json_shape mfa_secret_shape =
    JSON_SHAPE("MfaSecret", struct mfa_json, mfa_secret_fields);
static const struct json_field mfa_codes_fields[] = {
    JSON_STRS(struct mfa_json, recovery_codes, .required = true, .doc = "shown this once"),
    JSON_STR(
        struct mfa_json, access_token, .max = 4096, .doc = "of this session, now with a factor"),
    JSON_INT(struct mfa_json, expires_in, .zero_out = true, .doc = "seconds"),
};
static const struct json_shape mfa_codes_shape =
    JSON_SHAPE("MfaCodes", struct mfa_json, mfa_codes_fields);
static const struct json_field mfa_token_fields[] = {
    JSON_STR(struct mfa_json, access_token, .required = true, .max = 4096),
    JSON_STR(struct mfa_json, token_type, .required = true),
    JSON_INT(struct mfa_json, expires_in, .required = true, .doc = "seconds"),
};
static const struct json_shape mfa_token_shape =
    JSON_SHAPE("MfaToken", struct mfa_json, mfa_token_fields);

static err get_mfa(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct security *x = service;
    struct identity_factor f;
    struct mfa_json *v = NEW(cx->arena, struct mfa_json);
    (void)in;
    err e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    if (e)
        return e;
    struct identity_user user;
    e = identity_user_get(x->deps.identity, cx, cx->who.user_id, &user);
    if (e)
        return e;
    v->enabled = f.on;
    v->demanded = identity_factor_demanded(x->deps.identity, user.roles);
    v->recovery_codes_left = f.codes;
    return reply_json(reply, 200, &mfa_state_shape, v);
}

static err before_proof(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    const struct mfa_body *in = body;
    return identity_check_password(x->deps.identity, cx, cx->who.user_id, in->password);
}

static err post_mfa_setup(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct security *x = service;
    struct identity_factor f;
    struct mfa_json *v = NEW(cx->arena, struct mfa_json);
    (void)in;
    err e = identity_factor_begin(x->deps.identity, cx, cx->who.user_id);
    if (!e)
        e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    if (e)
        return e;
    v->secret = f.secret;
    v->uri = f.uri;
    return reply_json(reply, 200, &mfa_secret_shape, v);
}

/* A new access token for the session, which has just proved itself. */
static err renew(struct security *x, struct cx *cx, bool factor, struct mfa_json *v)
{
    struct identity_user user;
    struct identity_session session;
    err e = identity_login_prove(x->deps.identity, cx, cx->who.session_id, factor, &user, &session);
    if (e)
        return e;
    v->access_token = session.access_token;
    v->token_type = S("Bearer");
    v->expires_in = session.expires_in_s;
    return NULL;
}

static err post_mfa_confirm(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct mfa_body *in = body;
    struct mfa_json *v = NEW(cx->arena, struct mfa_json);
    v->recovery_codes = NEW_N(cx->arena, IDENTITY_RECOVERY_CODES, str);
    v->recovery_codes_n = IDENTITY_RECOVERY_CODES;
    err e = identity_factor_confirm(
        x->deps.identity, cx, cx->who.user_id, cx->who.session_id, in->code, v->recovery_codes);
    if (!e)
        e = renew(x, cx, true, v);
    return e ? e : reply_json(reply, 200, &mfa_codes_shape, v);
}

/* The code, for who has a factor. */
static err check_factor(struct security *x, struct cx *cx, const struct mfa_body *in, bool *ret_on)
{
    return identity_factor_check(x->deps.identity, cx, cx->who.user_id, in->code, ret_on);
}

static err post_mfa_off(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    bool on;
    err e = check_factor(x, cx, body, &on);
    if (!e)
        e = identity_factor_remove(x->deps.identity, cx, cx->who.user_id);
    return e ? e : reply_empty(reply, 204);
}

static err post_mfa_codes(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct mfa_json *v = NEW(cx->arena, struct mfa_json);
    bool on;
    err e = check_factor(x, cx, body, &on);
    if (!e && !on)
        e = FAIL(cx, IDENTITY_FACTOR_OFF, "no codes without one");
    v->recovery_codes = NEW_N(cx->arena, IDENTITY_RECOVERY_CODES, str);
    v->recovery_codes_n = IDENTITY_RECOVERY_CODES;
    if (!e)
        e = identity_recovery_renew(x->deps.identity, cx, cx->who.user_id, v->recovery_codes);
    return e ? e : reply_json(reply, 200, &mfa_codes_shape, v);
}

static err post_step_up(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct mfa_json *v = NEW(cx->arena, struct mfa_json);
    bool on;
    err e = check_factor(x, cx, body, &on);
    if (!e)
        e = renew(x, cx, on, v);
    return e ? e : reply_json(reply, 200, &mfa_token_shape, v);
}

static const problem *const setup_problems[] = { &IDENTITY_BAD_PASSWORD, &IDENTITY_LOCKED,
    &IDENTITY_FACTOR_ON, NULL };
static const problem *const confirm_problems[] = { &IDENTITY_FACTOR_ON, &IDENTITY_FACTOR_OFF,
    &IDENTITY_FACTOR_WRONG, &IDENTITY_SESSION_UNKNOWN, NULL };
static const problem *const proof_problems[] = { &IDENTITY_BAD_PASSWORD, &IDENTITY_LOCKED,
    &IDENTITY_FACTOR_OFF, &IDENTITY_FACTOR_NEEDED, &IDENTITY_FACTOR_WRONG,
    &IDENTITY_SESSION_UNKNOWN, NULL };
static const problem *const reset_problems[] = { &IDENTITY_CODE_INVALID, &IDENTITY_PASSWORD_WEAK,
    &IDENTITY_PASSWORD_LEAKED, NULL };
static const problem *const verify_problems[] = { &IDENTITY_CODE_INVALID, &IDENTITY_EMAIL_TAKEN,
    NULL };
static const problem *const email_problems[] = { &IDENTITY_BAD_PASSWORD, &IDENTITY_LOCKED, NULL };
static const problem *const password_problems[] = { &IDENTITY_BAD_PASSWORD, &IDENTITY_LOCKED,
    &IDENTITY_PASSWORD_WEAK, &IDENTITY_PASSWORD_LEAKED, NULL };
static const problem *const session_problems[] = { &IDENTITY_SESSION_UNKNOWN, NULL };

const struct route security_routes[] = {
    { .method = "POST",
        .path = "/api/v1/auth/password-reset",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &ask_shape,
        .status = 202,
        .fn = post_reset_ask,
        .conflict = email_conflict,
        .summary = "A mail to choose a new password, if there is such an account" },
    { .method = "POST",
        .path = "/api/v1/auth/password-reset/confirm",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &reset_shape,
        .status = 204,
        .problems = reset_problems,
        .before = before_reset,
        .fn = post_reset,
        .conflict = token_conflict,
        .summary =
            "Choose a new password with the token of a mail; all sessions end, keys are revoked" },
    { .method = "POST",
        .path = "/api/v1/auth/verify-email",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &verify_shape,
        .status = 204,
        .problems = verify_problems,
        .fn = post_verify,
        .conflict = token_conflict,
        .summary = "Prove an e-mail with the token of a mail" },
    { .method = "POST",
        .path = "/api/v1/auth/verify-email/resend",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .status = 202,
        .fn = post_verify_ask,
        .conflict = user_conflict,
        .summary = "Send the mail that proves one's e-mail once more" },
    { .method = "POST",
        .path = "/api/v1/users/me/email",
        .in_person = true,
        .scope = SCOPE_USER,
        .step_up = true,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &email_shape,
        .status = 202,
        .problems = email_problems,
        .before = before_email,
        .fn = post_email,
        .conflict = user_conflict,
        .summary = "Ask for another e-mail: a mail to both, the new one confirms" },
    { .method = "POST",
        .path = "/api/v1/users/me/password",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &password_shape,
        .status = 204,
        .problems = password_problems,
        .before = before_password,
        .fn = post_password,
        .conflict = user_conflict,
        .summary = "Change the password; all other sessions end" },
    { .method = "GET",
        .path = "/api/v1/users/me/sessions",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &sessions_shape,
        .fn = get_sessions,
        .summary = "Where one is signed in, the last used first" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/sessions",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .status = 204,
        .fn = delete_sessions,
        .conflict = user_conflict,
        .summary = "End all of one's sessions but this one" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/sessions/{sessionId}",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .status = 204,
        .problems = session_problems,
        .fn = delete_session,
        .conflict = user_conflict,
        .summary = "End one of one's sessions" },
    { .method = "GET",
        .path = "/api/v1/auth/mfa",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &mfa_state_shape,
        .fn = get_mfa,
        .summary = "Whether one has a second factor" },
    { .method = "POST",
        .path = "/api/v1/auth/mfa/setup",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &mfa_password_shape,
        .out = &mfa_secret_shape,
        .problems = setup_problems,
        .before = before_proof,
        .fn = post_mfa_setup,
        .conflict = user_conflict,
        .summary = "A new secret for an authenticator app, not in force yet" },
    { .method = "POST",
        .path = "/api/v1/auth/mfa/confirm",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &mfa_code_shape,
        .out = &mfa_codes_shape,
        .problems = confirm_problems,
        .fn = post_mfa_confirm,
        .conflict = user_conflict,
        .summary = "Turn the second factor on with a code of the app" },
    { .method = "POST",
        .path = "/api/v1/auth/mfa/disable",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &mfa_both_shape,
        .status = 204,
        .problems = proof_problems,
        .before = before_proof,
        .fn = post_mfa_off,
        .conflict = user_conflict,
        .summary = "Turn the second factor off" },
    { .method = "POST",
        .path = "/api/v1/auth/mfa/recovery-codes",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &mfa_both_shape,
        .out = &mfa_codes_shape,
        .problems = proof_problems,
        .before = before_proof,
        .fn = post_mfa_codes,
        .conflict = user_conflict,
        .summary = "New recovery codes; the old ones are void" },
    { .method = "POST",
        .path = "/api/v1/auth/mfa/step-up",
        .in_person = true,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &mfa_both_shape,
        .out = &mfa_token_shape,
        .problems = proof_problems,
        .before = before_proof,
        .fn = post_step_up,
        .conflict = user_conflict,
        .summary = "Prove oneself once more: an access token for what asks for that" },
    ROUTES_END,
};
