/* SPDX-License-Identifier: Apache-2.0
 * The verbs of users: register, check a login, look up, change. Called by flows, the command line
 * and imports inside their unit; must never put a password, a token or an e-mail into a detail. */
#include "services/identity/identity.h"

#include "base/email.h"
#include "base/utf8.h"
#include "identity_sql.h"
#include "platform/audit/audit.h"
#include "platform/leak/leak.h"
#include "platform/secret/secret.h"
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"

const problem IDENTITY_EMAIL_TAKEN = { KIND_CONFLICT, "identity.email_taken", NULL,
    "There is an account with this e-mail already" };
const problem IDENTITY_BAD_LOGIN = { KIND_UNSIGNED, "identity.bad_login", "invalid_credentials",
    "E-mail and password do not fit together" };
const problem IDENTITY_REFRESH_INVALID = { KIND_UNSIGNED, "identity.refresh_invalid",
    "refresh_token_invalid", "Sign in again" };
const problem IDENTITY_PASSWORD_WEAK = { KIND_INVALID, "identity.password_weak",
    "password_too_weak", "The password must have 8 to 256 characters and not be the e-mail" };
const problem IDENTITY_BAD_PASSWORD = { KIND_DENIED, "identity.bad_password", "invalid_password",
    "That is not the account's password" };
const problem IDENTITY_PASSWORD_LEAKED = { KIND_INVALID, "identity.password_leaked", NULL,
    "This password is on lists of leaked ones: choose another" };
const problem IDENTITY_CODE_INVALID = { KIND_INVALID, "identity.code_invalid", "code_invalid",
    "This link is not good: it was used, or is too old" };
const problem IDENTITY_SESSION_UNKNOWN = { KIND_MISSING, "identity.session_unknown", "not_found",
    "There is no such session" };
const problem IDENTITY_ADDRESS_UNKNOWN = { KIND_MISSING, "identity.address_unknown", "not_found",
    "There is no such address" };
const problem IDENTITY_ADDRESSES_FULL = { KIND_INVALID, "identity.addresses_full", "addresses_full",
    "There are 50 addresses already" };

#define NAME_MAX_BYTES 100
#define PHONE_MAX_BYTES 32

static const struct json_field registered_fields[] = {
    JSON_ID(struct identity_registered, user_id, .required = true),
    JSON_ID(struct identity_registered, code_id),
    JSON_STR(struct identity_registered, email, .required = true),
    JSON_STR(struct identity_registered, name, .required = true),
};
const struct json_shape identity_registered_shape =
    JSON_SHAPE("IdentityRegistered", struct identity_registered, registered_fields);

struct identity *identity_open(struct arena *life, struct identity_deps deps)
{
    struct identity *s = NEW(life, struct identity);
    s->deps = deps;
    s->guard = guard_open(life);
    s->site = passkey_site_of(life, deps.origin);
    return s;
}

/* ---- slow parts ---- */

static bool email_ok(struct cx *cx, str email)
{
    if (email_valid(email))
        return true;
    cx_field(cx, S("/email"), email.n ? "bad_email" : "required",
        "an e-mail address, as in name@example.com");
    return false;
}

err identity_prepare_password(
    struct identity *s, struct cx *cx, str email, str password, str *ret_hash)
{
    bool form_ok = email_ok(cx, email);
    bool strong = identity_domain_password_ok(cx->arena, email, password);
    if (!strong)
        cx_field(cx, S("/password"), "password_too_weak",
            "8 to 256 characters, and not the e-mail itself");
    if (!form_ok)
        return FAIL(cx, ERR_INVALID, "e-mail of a wrong form");
    if (!strong)
        return FAIL(cx, IDENTITY_PASSWORD_WEAK, "too short, too long, or the e-mail");
    if (identity_domain_password_common(cx->arena, password) ||
        identity_domain_password_own(cx->arena, email, s->site.rp_id, password) ||
        leak_has(s->deps.leak, password)) {
        cx_field(cx, S("/password"), "password_leaked",
            "it is on lists of leaked passwords, which are tried first");
        return FAIL(cx, IDENTITY_PASSWORD_LEAKED, "common or leaked");
    }
    return secret_password_hash(cx, password, ret_hash);
}

static err find(struct identity *s, struct cx *cx, str email,
    struct identity_sql_user_find_row *ret, bool *ret_found)
{
    *ret_found = false;
    if (!email_valid(email))
        return NULL; /* bounded, and surely nobody's */
    str key = identity_domain_email_key(cx->arena, email);
    return identity_sql_user_find(s->deps.db, cx,
        (struct identity_sql_user_find_in){ .email_key = key, .folded = key }, ret, ret_found);
}

str identity_hash_of(str password_hash)
{
    return str_eq(password_hash, S(IDENTITY_NO_PASSWORD)) ? (str){ 0 } : password_hash;
}

static struct identity_user user_of(const struct identity_sql_user_find_row *row)
{
    return (struct identity_user){ .user_id = row->user_id,
        .email = row->email,
        .name = row->name,
        .phone = row->phone,
        .roles = (unsigned)row->roles,
        .verified = row->verified,
        .created_ms = row->created_ms };
}

err identity_check_login(
    struct identity *s, struct cx *cx, str email, str password, struct identity_user *ret)
{
    struct identity_sql_user_find_row row = { 0 };
    bool found;
    err e = find(s, cx, email, &row, &found);
    if (e)
        return e;
    struct identity_attempt attempt = { "login",
        identity_domain_email_key(cx->arena, utf8_repair(cx->arena, email)), row.user_id };
    e = identity_attempt_begin(s, cx, attempt);
    if (e)
        return e;
    bool fits = secret_password_ok(identity_hash_of(row.password_hash), password);
    fits = fits && (row.verified || !s->deps.confirm_first);
    identity_attempt_end(s, cx, attempt, !found || !fits);
    if (!found || !fits)
        return FAIL(cx, IDENTITY_BAD_LOGIN, "%s", found ? "wrong password" : "unknown e-mail");
    *ret = user_of(&row);
    ret->checked_hash = row.password_hash;
    return NULL;
}

/* ---- users ---- */

static bool text_ok(str text, size_t max)
{
    return text.n <= max && utf8_is_name(text);
}

static err check_person(struct cx *cx, str name, str phone)
{
    bool named = !utf8_valid(name) || utf8_unseen(name) < utf8_count(name);
    bool ok = named && text_ok(name, NAME_MAX_BYTES);
    if (!named)
        cx_field(cx, S("/name"), "required", "must not be empty");
    else if (!ok)
        cx_field(cx, S("/name"), "bad_text", "at most %d bytes of text", NAME_MAX_BYTES);
    if (!text_ok(phone, PHONE_MAX_BYTES)) {
        cx_field(cx, S("/phone"), "bad_text", "at most %d bytes of text", PHONE_MAX_BYTES);
        ok = false;
    }
    return ok ? NULL : FAIL(cx, ERR_INVALID, "name or phone");
}

err identity_register(
    struct identity *s, struct cx *cx, struct identity_register in, struct identity_user *ret)
{
    ASSERT(in.password_hash.n > 0);
    bool form_ok = email_ok(cx, in.email);
    err e = check_person(cx, in.name, in.phone);
    if (e || !form_ok)
        return e ? e : FAIL(cx, ERR_INVALID, "e-mail of a wrong form");
    struct identity_user user = { .user_id = id_is_none(in.user_id) ? cx_id(cx) : in.user_id,
        .email = in.email,
        .name = in.name,
        .phone = in.phone,
        .roles = in.roles ? in.roles : (unsigned)ROLE_CUSTOMER,
        .created_ms = cx->now_ms };
    int64_t added = 0;
    str key = identity_domain_email_key(cx->arena, user.email);
    e = identity_sql_user_add(s->deps.db, cx,
        (struct identity_sql_user_add_in){ .user_id = user.user_id,
            .email = user.email,
            .email_key = key,
            .folded = key,
            .name = user.name,
            .phone = user.phone,
            .password_hash = in.password_hash,
            .roles = (int64_t)user.roles,
            .now_ms = cx->now_ms },
        &added);
    if (e)
        return e;
    if (added == 0)
        return FAIL(cx, IDENTITY_EMAIL_TAKEN, "this e-mail or id has an account");
    if (in.roles) { /* the operator says who it is */
        user.verified = true;
        e = identity_sql_user_verify(s->deps.db, cx,
            (struct identity_sql_user_verify_in){ .user_id = user.user_id, .now_ms = cx->now_ms },
            NULL);
    }
    struct identity_registered payload = {
        .user_id = user.user_id, .email = user.email, .name = user.name
    };
    if (!e && !s->deps.silent)
        e = identity_code_add(s, cx, &user, "verify", user.email, &payload.code_id);
    if (!e && !s->deps.silent)
        e = bus_emit(s->deps.bus, s->deps.db, cx, "identity.registered", user.user_id,
            &identity_registered_shape, &payload);
    if (!e)
        *ret = user;
    return e;
}

err identity_user_get(struct identity *s, struct cx *cx, id user_id, struct identity_user *ret)
{
    struct identity_sql_user_get_row row;
    bool found = false;
    err e = identity_sql_user_get(
        s->deps.db, cx, (struct identity_sql_user_get_in){ .user_id = user_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no such user");
    *ret = (struct identity_user){ .user_id = user_id,
        .email = row.email,
        .name = row.name,
        .phone = row.phone,
        .roles = (unsigned)row.roles,
        .verified = row.verified,
        .created_ms = row.created_ms };
    return NULL;
}

err identity_user_by_email(struct identity *s, struct cx *cx, str email, struct identity_user *ret)
{
    struct identity_sql_user_find_row row;
    bool found;
    err e = find(s, cx, email, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no user with this e-mail");
    *ret = user_of(&row);
    return NULL;
}

err identity_user_lock(
    struct identity *s, struct cx *cx, id user_id, struct identity_sql_user_lock_row *ret)
{
    bool found = false;
    err e = identity_sql_user_lock(
        s->deps.db, cx, (struct identity_sql_user_lock_in){ .user_id = user_id }, ret, &found);
    if (!e && !found)
        return FAIL(cx, ERR_MISSING, "no such user");
    return e;
}

err identity_user_change(struct identity *s, struct cx *cx, id user_id, str name, str phone)
{
    struct identity_sql_user_lock_row row;
    err e = identity_user_lock(s, cx, user_id, &row);
    if (e)
        return e;
    str new_name = name.p ? name : row.name;
    str new_phone = phone.p ? phone : row.phone;
    e = check_person(cx, new_name, new_phone);
    if (e)
        return e;
    return identity_sql_user_change(s->deps.db, cx,
        (struct identity_sql_user_change_in){ .user_id = user_id,
            .name = new_name,
            .phone = new_phone.n ? new_phone : (str){ 0 },
            .now_ms = cx->now_ms },
        NULL);
}

err identity_note(struct identity *s, struct cx *cx, const char *act, id user_id, str after)
{
    id who = cx->who.user_id;
    return audit_note(s->deps.audit, cx,
        (struct audit_act){ .act = act,
            .kind = "user",
            .object_id = user_id,
            .after = after,
            .actor_id = id_is_none(who) ? user_id : who });
}

err identity_user_roles(struct identity *s, struct cx *cx, id user_id, unsigned roles)
{
    int64_t changed = 0;
    err e = identity_sql_user_roles(s->deps.db, cx,
        (struct identity_sql_user_roles_in){
            .user_id = user_id, .roles = (int64_t)roles, .now_ms = cx->now_ms },
        &changed);
    if (!e && changed == 0)
        return FAIL(cx, ERR_MISSING, "no such user");
    return e;
}

/* ---- the application's view ---- */

static const problem *const problems[] = { &IDENTITY_LAST_ADMIN, &IDENTITY_UNPROVED,
    &IDENTITY_NOT_ACTED, &IDENTITY_EMAIL_TAKEN, &IDENTITY_BAD_LOGIN, &IDENTITY_REFRESH_INVALID,
    &IDENTITY_PASSWORD_WEAK, &IDENTITY_BAD_PASSWORD, &IDENTITY_PASSWORD_LEAKED,
    &IDENTITY_CODE_INVALID, &IDENTITY_LOCKED, &IDENTITY_FACTOR_NEEDED, &IDENTITY_FACTOR_WRONG,
    &IDENTITY_FACTOR_ON, &IDENTITY_FACTOR_OFF, &IDENTITY_SESSION_UNKNOWN, &IDENTITY_ADDRESS_UNKNOWN,
    &IDENTITY_ADDRESSES_FULL, &PASSKEY_WRONG, &IDENTITY_PASSKEY_KNOWN, &IDENTITY_PASSKEY_UNKNOWN,
    &IDENTITY_PASSKEYS_FULL, &IDENTITY_WAY_TAKEN, &IDENTITY_WAY_UNKNOWN, &IDENTITY_WAY_LAST, NULL };
static const struct service_part person_parts[] = {
    { "profile", &IDENTITY_PERSON_PROFILE },
    { "addresses", &IDENTITY_ADDRESS_LIST },
    { "sessions", &IDENTITY_PERSON_LOGINS },
    { "devices", &IDENTITY_PERSON_DEVICES },
    { "passkeys", &IDENTITY_PERSON_PASSKEYS },
    { "ways", &IDENTITY_PERSON_WAYS },
    { "preferences", &IDENTITY_PERSON_PREFERENCES },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &IDENTITY_ERASE_LOGINS,
    &IDENTITY_ERASE_SESSIONS, &IDENTITY_ERASE_DEVICES, &IDENTITY_ERASE_ADDRESSES,
    &IDENTITY_ERASE_CODES, &IDENTITY_FACTOR_REMOVE, &IDENTITY_RECOVERY_CLEAR,
    &IDENTITY_ERASE_PASSKEYS, &IDENTITY_WAY_CLEAR, &IDENTITY_ERASE_PREFERENCES,
    &IDENTITY_ERASE_USER, NULL };
static const struct service_person person = { person_parts, person_erase, NULL };

const struct service identity_service = {
    .name = "identity",
    .folder = "src/services/identity/",
    .jobs = identity_jobs,
    .queries = identity_queries,
    .person = &person,
    .marked = identity_marked,
    .problems = problems,
};
