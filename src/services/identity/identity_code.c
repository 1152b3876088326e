/* SPDX-License-Identifier: Apache-2.0
 * What is asked for by mail: proving an e-mail, changing it, a new password. Called by flows inside
 * their unit; must never say whether an e-mail has an account. */
#include "base/email.h"
#include "base/utf8.h"
#include "identity_sql.h"
#include "platform/bus/bus.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"

static const struct code_kind {
    const char *name;
    int64_t life_ms;
} kinds[] = {
    { "verify", IDENTITY_VERIFY_MS },
    { "email", IDENTITY_EMAIL_MS },
    { "reset", IDENTITY_RESET_MS },
    { "login", IDENTITY_LOGIN_MS },
};

static const struct json_field letter_fields[] = {
    JSON_ID(struct identity_letter, user_id),
    JSON_ID(struct identity_letter, code_id),
    JSON_STR(struct identity_letter, email),
    JSON_STR(struct identity_letter, name),
    JSON_STR(struct identity_letter, other),
    JSON_BOOL(struct identity_letter, on, .zero_out = true),
};
const struct json_shape identity_letter_shape =
    JSON_SHAPE("IdentityLetter", struct identity_letter, letter_fields);

err identity_tell(
    struct identity *s, struct cx *cx, const char *type, const struct identity_letter *letter)
{
    if (s->deps.silent)
        return NULL;
    return bus_emit(s->deps.bus, s->deps.db, cx, type,
        id_is_none(letter->user_id) ? letter->code_id : letter->user_id, &identity_letter_shape,
        letter);
}

err identity_tell_way(struct identity *s, struct cx *cx, id user_id, struct identity_way_told told)
{
    struct identity_user user;
    err e = identity_user_get(s, cx, user_id, &user);
    if (!e)
        e = identity_note(
            s, cx, told.on ? "identity.way_added" : "identity.way_removed", user_id, told.kind);
    if (e)
        return e;
    struct identity_letter letter = {
        .user_id = user_id, .email = user.email, .name = user.name, .other = told.way, .on = told.on
    };
    return identity_tell(s, cx, "identity.way_changed", &letter);
}

/* ---- rows ---- */

static int64_t life_of(const char *kind)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(str_from_c(kinds[i].name), str_from_c(kind)))
            return kinds[i].life_ms;
    panic(__FILE__, "a kind of code that is in no table");
}

err identity_code_add(struct identity *s, struct cx *cx, const struct identity_user *user,
    const char *kind, str email, id *ret_id)
{
    id code_id = cx_id(cx);
    err e = identity_sql_code_add(s->deps.db, cx,
        (struct identity_sql_code_add_in){ .code_id = code_id,
            .user_id = user->user_id,
            .kind = str_from_c(kind),
            .email = email,
            .now_ms = cx->now_ms,
            .expires_ms = cx->now_ms + life_of(kind) },
        NULL);
    if (!e)
        *ret_id = code_id;
    return e;
}

/* Whether the user may get one more mail of the kind. */
static err may_send(struct identity *s, struct cx *cx, id user_id, const char *kind, bool *ret_may)
{
    struct identity_sql_code_count_row row = { 0 };
    bool found = false;
    err e = identity_sql_code_count(s->deps.db, cx,
        (struct identity_sql_code_count_in){ .user_id = user_id,
            .kind = str_from_c(kind),
            .after_ms = cx->now_ms - HOUR_MS,
            .limit = IDENTITY_MAILS_MAX }, /* of nobody there may be thousands */
        &row, &found);
    *ret_may = row.n < IDENTITY_MAILS_MAX;
    return e;
}

static err look(struct identity *s, struct cx *cx, str code, const char *kind, id *ret_id,
    struct identity_sql_code_get_row *ret)
{
    bool found = false;
    err e = NULL;
    if (token_code_read(s->deps.tokens, cx->arena, str_from_c(kind), code, ret_id))
        e = identity_sql_code_get(s->deps.db, cx,
            (struct identity_sql_code_get_in){
                .code_id = *ret_id, .kind = str_from_c(kind), .now_ms = cx->now_ms },
            ret, &found);
    if (e)
        return e;
    if (!found || id_is_none(ret->user_id))
        return FAIL(cx, IDENTITY_CODE_INVALID, "unknown, used or run out");
    return NULL;
}

/* Of two who come with one code the one goes on that removes its row. */
static err take(struct identity *s, struct cx *cx, str code, const char *kind,
    struct identity_sql_code_get_row *ret)
{
    id code_id;
    int64_t taken = 0;
    err e = look(s, cx, code, kind, &code_id, ret);
    if (!e)
        e = identity_sql_code_take(s->deps.db, cx,
            (struct identity_sql_code_take_in){
                .code_id = code_id, .kind = str_from_c(kind), .now_ms = cx->now_ms },
            &taken);
    if (!e && taken == 0)
        e = FAIL(cx, IDENTITY_CODE_INVALID, "somebody was faster");
    return e;
}

/* ---- asking ---- */

err identity_verify_ask(struct identity *s, struct cx *cx, id user_id)
{
    struct identity_user user;
    bool may = false;
    err e = identity_user_get(s, cx, user_id, &user);
    if (!e)
        e = may_send(s, cx, user_id, "verify", &may);
    if (e || !may || user.verified)
        return e;
    struct identity_letter letter = { .user_id = user_id, .email = user.email, .name = user.name };
    e = identity_code_add(s, cx, &user, "verify", user.email, &letter.code_id);
    return e ? e : identity_tell(s, cx, "identity.verify_asked", &letter);
}

/* For an unknown e-mail the same statements run, so that the time says nothing: a row of nobody,
 * and an event that has nobody to write to. */
err identity_reset_ask(struct identity *s, struct cx *cx, str email)
{
    struct identity_user user = { .email = S("") };
    struct identity_letter letter = { .on = false };
    bool may = false;
    err e = identity_user_by_email(s, cx, email, &user);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        user = (struct identity_user){ .email = S("") };
        e = NULL;
    }
    if (!e)
        e = may_send(s, cx, user.user_id, "reset", &may);
    if (!e)
        e = identity_code_add(s, cx, &user, "reset", user.email, &letter.code_id);
    if (e)
        return e;
    if (may && !id_is_none(user.user_id)) {
        letter.user_id = user.user_id;
        letter.email = user.email;
        letter.name = user.name;
    }
    return identity_tell(s, cx, "identity.reset_asked", &letter);
}

err identity_email_ask(struct identity *s, struct cx *cx, id user_id, str email)
{
    struct identity_user user, other;
    bool may = false;
    if (!email_valid(email)) {
        cx_field(cx, S("/email"), "bad_email", "an e-mail address, as in name@example.com");
        return FAIL(cx, ERR_INVALID, "e-mail of a wrong form");
    }
    err e = identity_stands(s, cx, user_id);
    if (!e)
        e = identity_user_get(s, cx, user_id, &user);
    if (!e)
        e = may_send(s, cx, user_id, "email", &may);
    if (e || !may)
        return e;
    struct identity_letter letter = {
        .user_id = user_id, .email = user.email, .name = user.name, .other = email
    };
    e = identity_note(s, cx, "identity.email_asked", user_id, (str){ 0 });
    if (!e)
        e = identity_tell(s, cx, "identity.email_noticed", &letter);
    if (!e) /* also when it is taken: it counts, and takes the same time */
        e = identity_code_add(s, cx, &user, "email", email, &letter.code_id);
    if (e)
        return e;
    e = identity_user_by_email(s, cx, email, &other);
    if (e != &ERR_MISSING)
        return e; /* the account's own, or somebody else's: nothing is sent there */
    cx_clear(cx);
    letter.email = email;
    letter.other = user.email;
    return identity_tell(s, cx, "identity.email_asked", &letter);
}

/* ---- answering ---- */

err identity_reset_look(struct identity *s, struct cx *cx, str code, struct identity_user *ret)
{
    struct identity_sql_code_get_row row;
    id code_id;
    err e = look(s, cx, code, "reset", &code_id, &row);
    return e ? e : identity_user_get(s, cx, row.user_id, ret);
}

static void guard_clear_login(struct identity *s, struct cx *cx, const struct identity_user *user)
{
    identity_attempt_forget(s, cx,
        (struct identity_attempt){
            "login", identity_domain_email_key(cx->arena, user->email), user->user_id });
}

err identity_reset(struct identity *s, struct cx *cx, struct identity_reset in, id *ret_user_id)
{
    struct identity_sql_code_get_row row;
    struct identity_user user;
    err e = take(s, cx, in.code, "reset", &row);
    if (!e)
        e = identity_user_get(s, cx, row.user_id, &user);
    if (!e && (in.clear_ways || !user.verified))
        e = identity_ways_clear(s, cx, row.user_id);
    if (!e && !user.verified) /* whoever opened it had not shown that the address is theirs */
        e = identity_factor_clear(s, cx, row.user_id);
    if (!e && str_eq(identity_domain_email_key(cx->arena, user.email),
                  identity_domain_email_key(cx->arena, row.email)))
        e = identity_sql_user_verify(s->deps.db, cx,
            (struct identity_sql_user_verify_in){ .user_id = row.user_id, .now_ms = cx->now_ms },
            NULL);
    if (!e) /* the owner has come in by the mailbox: what strangers tried is forgotten */
        guard_clear_login(s, cx, &user);
    if (!e)
        e = identity_password_set(s, cx, row.user_id, in.password_hash, (id){ 0 });
    if (!e)
        *ret_user_id = row.user_id;
    return e;
}

/* Of a new account: the address must still be the account's. */
static err verify_first(
    struct identity *s, struct cx *cx, const struct identity_sql_code_get_row *row)
{
    struct identity_user user;
    err e = identity_user_get(s, cx, row->user_id, &user);
    if (!e && !str_eq(identity_domain_email_key(cx->arena, user.email),
                  identity_domain_email_key(cx->arena, row->email)))
        e = FAIL(cx, IDENTITY_CODE_INVALID, "of an address that was left");
    if (e)
        return e;
    return identity_sql_user_verify(s->deps.db, cx,
        (struct identity_sql_user_verify_in){ .user_id = row->user_id, .now_ms = cx->now_ms },
        NULL);
}

static err verify_change(
    struct identity *s, struct cx *cx, const struct identity_sql_code_get_row *row)
{
    struct identity_user user;
    int64_t changed = 0;
    str key = identity_domain_email_key(cx->arena, row->email);
    err e = identity_user_get(s, cx, row->user_id, &user);
    if (!e)
        e = identity_sql_user_email(s->deps.db, cx,
            (struct identity_sql_user_email_in){ .user_id = row->user_id,
                .email = row->email,
                .email_key = key,
                .folded = key,
                .now_ms = cx->now_ms },
            &changed);
    if (!e && changed == 0)
        e = FAIL(cx, IDENTITY_EMAIL_TAKEN, "taken meanwhile");
    if (!e)
        e = identity_sql_code_drop(s->deps.db, cx,
            (struct identity_sql_code_drop_in){ .user_id = row->user_id, .kind = S("email") },
            NULL);
    if (!e) /* what was sent to the address that is left is worth nothing any more */
        e = identity_sql_code_drop(s->deps.db, cx,
            (struct identity_sql_code_drop_in){ .user_id = row->user_id, .kind = S("reset") },
            NULL);
    struct identity_letter letter = {
        .user_id = row->user_id, .email = user.email, .name = user.name, .other = row->email
    };
    if (!e)
        e = identity_note(s, cx, "identity.email_changed", row->user_id, (str){ 0 });
    if (!e)
        e = identity_tell(s, cx, "identity.email_changed", &letter);
    letter.email = row->email;
    return e ? e : identity_tell(s, cx, "identity.email_changed", &letter);
}

err identity_verify(struct identity *s, struct cx *cx, str code)
{
    struct identity_sql_code_get_row row;
    err e = take(s, cx, code, "verify", &row);
    if (!e)
        return verify_first(s, cx, &row);
    if (e != &IDENTITY_CODE_INVALID)
        return e;
    cx_clear(cx);
    e = take(s, cx, code, "email", &row);
    return e ? e : verify_change(s, cx, &row);
}

/* ---- between password and code ---- */

err identity_login_keep(
    struct identity *s, struct cx *cx, const struct identity_user *user, str *ret)
{
    id code_id;
    err e = identity_code_add(s, cx, user, "login", user->email, &code_id);
    if (!e)
        *ret = token_code(s->deps.tokens, cx->arena, S("login"), code_id);
    return e;
}

err identity_login_look(struct identity *s, struct cx *cx, str kept, struct identity_user *ret)
{
    struct identity_sql_code_get_row row;
    id code_id;
    err e = look(s, cx, kept, "login", &code_id, &row);
    return e ? e : identity_user_get(s, cx, row.user_id, ret);
}

err identity_login_take(struct identity *s, struct cx *cx, str kept)
{
    struct identity_sql_code_get_row row;
    return take(s, cx, kept, "login", &row);
}

/* ---- passwords ---- */

err identity_check_password(struct identity *s, struct cx *cx, id user_id, str password)
{
    struct identity_sql_user_password_row row = { 0 };
    bool found = false;
    err e = identity_sql_user_password(
        s->deps.db, cx, (struct identity_sql_user_password_in){ .user_id = user_id }, &row, &found);
    if (e)
        return e;
    struct identity_attempt attempt = { "password", id_text(cx->arena, user_id), user_id };
    e = identity_attempt_begin(s, cx, attempt);
    if (e)
        return e;
    bool fits = secret_password_ok(identity_hash_of(row.password_hash), password);
    identity_attempt_end(s, cx, attempt, !fits);
    if (!fits)
        return FAIL(cx, IDENTITY_BAD_PASSWORD, "not the account's");
    return NULL;
}

/* What whoever had the old password has begun: a new address, a login that waits for its code. And
 * other mails with which a password could be chosen. */
static err codes_void(struct identity *s, struct cx *cx, id user_id)
{
    static const str kinds_void[] = { S_INIT("email"), S_INIT("login"), S_INIT("reset") };
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(kinds_void); i++)
        e = identity_sql_code_drop(s->deps.db, cx,
            (struct identity_sql_code_drop_in){ .user_id = user_id, .kind = kinds_void[i] }, NULL);
    return e;
}

err identity_password_set(struct identity *s, struct cx *cx, id user_id, str password_hash, id keep)
{
    struct identity_user user;
    ASSERT(password_hash.n > 0);
    err e = id_is_none(keep) ? NULL : identity_stands(s, cx, user_id);
    if (!e)
        e = identity_user_get(s, cx, user_id, &user);
    if (!e)
        e = identity_sql_user_password_set(s->deps.db, cx,
            (struct identity_sql_user_password_set_in){
                .user_id = user_id, .password_hash = password_hash, .now_ms = cx->now_ms },
            NULL);
    if (!e)
        e = codes_void(s, cx, user_id);
    if (!e)
        e = identity_login_end_others(s, cx, user_id, keep);
    if (!e)
        e = identity_note(s, cx, "identity.password_changed", user_id, (str){ 0 });
    struct identity_letter letter = {
        .user_id = user_id, .email = user.email, .name = user.name, .on = id_is_none(keep)
    };
    if (!e)
        e = identity_ways_said(s, cx, user_id, &letter.other);
    return e ? e : identity_tell(s, cx, "identity.password_changed", &letter);
}
