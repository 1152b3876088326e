/* SPDX-License-Identifier: Apache-2.0
 * Second factors: secrets of authenticator apps and recovery codes. Called by flows inside their
 * unit; must never keep a secret unsealed, and never take a code twice. */
#include "base/utf8.h"
#include "identity_sql.h"
#include "platform/http/scope.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"

const problem IDENTITY_FACTOR_NEEDED = { KIND_UNSIGNED, "identity.factor_needed",
    "second_factor_required", "A code of your authenticator is needed too" };
const problem IDENTITY_FACTOR_WRONG = { KIND_UNSIGNED, "identity.factor_wrong", "code_wrong",
    "That code is not good: wrong, used or too old" };
const problem IDENTITY_FACTOR_ON = { KIND_CONFLICT, "identity.factor_on", "second_factor_on",
    "There is a second factor already" };
const problem IDENTITY_FACTOR_OFF = { KIND_CONFLICT, "identity.factor_off", "second_factor_off",
    "There is no second factor" };

#define SECRET_BYTES 20 /* RFC 4226 advises 160 bits */
#define STEP_MS (30 * SECOND_MS)
#define OTP_N 6
#define RECOVERY_BYTES 10 /* 16 letters and digits */
#define RECOVERY_N 16
#define CODE_MAX 40

static err row_of(struct identity *s, struct cx *cx, id user_id,
    struct identity_sql_factor_get_row *ret, bool *ret_found)
{
    *ret_found = false;
    return identity_sql_factor_get(
        s->deps.db, cx, (struct identity_sql_factor_get_in){ .user_id = user_id }, ret, ret_found);
}

/* Begun with the password a little while ago: who comes later, with a session that they found open,
 * is shown no secret and cannot turn it on. */
static bool is_pending(const struct cx *cx, const struct identity_sql_factor_get_row *row)
{
    return !row->on_ms.has && row->created_ms + IDENTITY_PENDING_MS > cx->now_ms;
}

static err secret_of(struct identity *s, struct cx *cx, id user_id,
    const struct identity_sql_factor_get_row *row, str *ret)
{
    if (!token_unseal(s->deps.tokens, cx->arena, id_text(cx->arena, user_id), row->secret, ret))
        return FAIL(cx, ERR_BUG, "a second factor was sealed under another key");
    return NULL;
}

/* ---- codes ---- */

/* RFC 6238: the counter is the number of half-minutes since 1970, in 8 bytes. */
str identity_factor_code(struct arena *arena, str secret, int64_t step)
{
    char counter[8];
    for (size_t i = 0; i < sizeof counter; i++)
        counter[i] = (char)(unsigned char)((uint64_t)step >> (56 - 8 * i));
    return identity_domain_otp(
        arena, secret_hmac_sha1(arena, secret, (str){ counter, sizeof counter }));
}

/* The step whose code it is, or -1. All three are looked at, so that the time says nothing. */
static int64_t step_of(struct cx *cx, str secret, str code)
{
    int64_t now = cx->now_ms / STEP_MS, found = -1;
    for (int64_t step = now - 1; step <= now + 1; step++)
        if (str_eq_secret(identity_factor_code(cx->arena, secret, step), code))
            found = step;
    return found;
}

/* Under our key, so that a copy of the table alone cannot be searched. */
static str recovery_hash(struct identity *s, struct cx *cx, id user_id, str typed)
{
    str what = str_fmt(
        cx->arena, "recovery\n" STR_F "\n" STR_F, STR_A(id_text(cx->arena, user_id)), STR_A(typed));
    return token_of(s->deps.tokens, cx->arena, what);
}

/* The app's code: of two who bring it at once one moves the step. */
static err take_otp(struct identity *s, struct cx *cx, id user_id,
    const struct identity_sql_factor_get_row *row, str typed)
{
    str secret;
    int64_t moved = 0;
    err e = secret_of(s, cx, user_id, row, &secret);
    if (e)
        return e;
    int64_t step = step_of(cx, secret, typed);
    if (step > row->last_step)
        e = identity_sql_factor_step(s->deps.db, cx,
            (struct identity_sql_factor_step_in){ .user_id = user_id, .step = step }, &moved);
    if (!e && moved == 0)
        e = FAIL(cx, IDENTITY_FACTOR_WRONG, "%s", step < 0 ? "another code" : "used already");
    return e;
}

static err take_recovery(struct identity *s, struct cx *cx, id user_id, str typed)
{
    int64_t taken = 0;
    err e = NULL;
    if (typed.n == RECOVERY_N)
        e = identity_sql_recovery_take(s->deps.db, cx,
            (struct identity_sql_recovery_take_in){
                .user_id = user_id, .code_hash = recovery_hash(s, cx, user_id, typed) },
            &taken);
    if (!e && taken == 0)
        e = FAIL(cx, IDENTITY_FACTOR_WRONG, "no recovery code");
    return e;
}

static err take_code(struct identity *s, struct cx *cx, id user_id,
    const struct identity_sql_factor_get_row *row, str code)
{
    if (code.n > CODE_MAX)
        return FAIL(cx, IDENTITY_FACTOR_WRONG, "%zu bytes", code.n);
    str typed = identity_domain_code_typed(cx->arena, code);
    if (typed.n == OTP_N)
        return take_otp(s, cx, user_id, row, typed);
    return take_recovery(s, cx, user_id, typed);
}

err identity_factor_check(struct identity *s, struct cx *cx, id user_id, str code, bool *ret_on)
{
    struct identity_sql_factor_get_row row;
    bool found;
    err e = row_of(s, cx, user_id, &row, &found);
    if (e)
        return e;
    *ret_on = found && row.on_ms.has;
    if (!*ret_on)
        return NULL;
    if (!code.n)
        return FAIL(cx, IDENTITY_FACTOR_NEEDED, "no code");
    struct identity_attempt attempt = { "code", id_text(cx->arena, user_id), user_id };
    e = identity_attempt_begin(s, cx, attempt);
    if (e)
        return e;
    e = take_code(s, cx, user_id, &row, code);
    if (!e || e == &IDENTITY_FACTOR_WRONG)
        identity_attempt_end(s, cx, attempt, e != NULL);
    return e;
}

/* ---- turning on and off ---- */

err identity_factor_get(struct identity *s, struct cx *cx, id user_id, struct identity_factor *ret)
{
    struct identity_sql_factor_get_row row;
    struct identity_user user;
    bool found;
    err e = row_of(s, cx, user_id, &row, &found);
    if (e)
        return e;
    struct identity_factor f = { .on = found && row.on_ms.has,
        .pending = found && is_pending(cx, &row),
        .codes = found ? row.codes : 0 };
    str secret;
    if (f.pending) {
        e = secret_of(s, cx, user_id, &row, &secret);
        if (!e)
            e = identity_user_get(s, cx, user_id, &user);
        if (e)
            return e;
        f.secret = identity_domain_base32(cx->arena, secret);
        f.uri = str_fmt(cx->arena, "otpauth://totp/Souk:" STR_F "?secret=" STR_F "&issuer=Souk",
            STR_A(str_url_encode(cx->arena, user.email)), STR_A(f.secret));
    }
    *ret = f;
    return NULL;
}

err identity_factor_begin(struct identity *s, struct cx *cx, id user_id)
{
    str secret = secret_bytes(cx->arena, SECRET_BYTES);
    int64_t put = 0;
    err e = identity_sql_factor_put(s->deps.db, cx,
        (struct identity_sql_factor_put_in){ .user_id = user_id,
            .secret = token_seal(s->deps.tokens, cx->arena, id_text(cx->arena, user_id), secret),
            .now_ms = cx->now_ms },
        &put);
    if (!e && put == 0)
        e = FAIL(cx, IDENTITY_FACTOR_ON, "on already");
    return e;
}

static err tell_changed(struct identity *s, struct cx *cx, id user_id, bool on)
{
    struct identity_user user;
    err e = identity_user_get(s, cx, user_id, &user);
    if (e)
        return e;
    struct identity_letter letter = {
        .user_id = user_id, .email = user.email, .name = user.name, .on = on
    };
    return identity_tell(s, cx, "identity.factor_changed", &letter);
}

err identity_recovery_renew(
    struct identity *s, struct cx *cx, id user_id, str ret[static IDENTITY_RECOVERY_CODES])
{
    err e = identity_sql_recovery_clear(
        s->deps.db, cx, (struct identity_sql_recovery_clear_in){ .user_id = user_id }, NULL);
    for (size_t i = 0; !e && i < IDENTITY_RECOVERY_CODES; i++) {
        str code = identity_domain_base32(cx->arena, secret_bytes(cx->arena, RECOVERY_BYTES));
        ret[i] = str_fmt(cx->arena, STR_F "-" STR_F "-" STR_F "-" STR_F, STR_A(str_sub(code, 0, 4)),
            STR_A(str_sub(code, 4, 4)), STR_A(str_sub(code, 8, 4)), STR_A(str_sub(code, 12, 4)));
        e = identity_sql_recovery_add(s->deps.db, cx,
            (struct identity_sql_recovery_add_in){
                .user_id = user_id, .code_hash = recovery_hash(s, cx, user_id, code) },
            NULL);
    }
    return e;
}

err identity_factor_confirm(struct identity *s, struct cx *cx, id user_id, id keep, str code,
    str ret[static IDENTITY_RECOVERY_CODES])
{
    struct identity_sql_factor_get_row row;
    bool found = false;
    int64_t on = 0;
    err e = identity_stands(s, cx, user_id); /* no session without the factor begins beside it */
    if (!e)
        e = row_of(s, cx, user_id, &row, &found);
    if (e)
        return e;
    if (found && row.on_ms.has)
        return FAIL(cx, IDENTITY_FACTOR_ON, "on already");
    if (!found || !is_pending(cx, &row))
        return FAIL(cx, IDENTITY_FACTOR_OFF, "not begun, or too long ago");
    str typed = identity_domain_code_typed(cx->arena, str_sub(code, 0, CODE_MAX));
    if (typed.n != OTP_N)
        return FAIL(cx, IDENTITY_FACTOR_WRONG, "no code of an app");
    e = take_otp(s, cx, user_id, &row, typed);
    if (!e)
        e = identity_sql_factor_enable(s->deps.db, cx,
            (struct identity_sql_factor_enable_in){
                .user_id = user_id, .secret = row.secret, .now_ms = cx->now_ms },
            &on);
    if (!e && on == 0)
        e = FAIL(cx, IDENTITY_FACTOR_WRONG, "another secret was begun meanwhile");
    if (!e)
        e = identity_recovery_renew(s, cx, user_id, ret);
    if (!e)
        e = identity_login_end_others(s, cx, user_id, keep);
    if (!e)
        e = identity_note(s, cx, "identity.factor_changed", user_id, S("on"));
    return e ? e : tell_changed(s, cx, user_id, true);
}

static err drop(struct identity *s, struct cx *cx, id user_id, int64_t *ret_removed)
{
    err e = identity_sql_factor_remove(
        s->deps.db, cx, (struct identity_sql_factor_remove_in){ .user_id = user_id }, ret_removed);
    if (!e)
        e = identity_sql_recovery_clear(
            s->deps.db, cx, (struct identity_sql_recovery_clear_in){ .user_id = user_id }, NULL);
    if (!e)
        e = identity_factor_lost(s, cx, user_id);
    if (!e && *ret_removed)
        e = identity_note(s, cx, "identity.factor_changed", user_id, S("off"));
    return e;
}

err identity_factor_remove(struct identity *s, struct cx *cx, id user_id)
{
    int64_t removed = 0;
    err e = drop(s, cx, user_id, &removed);
    if (!e && removed == 0)
        e = FAIL(cx, IDENTITY_FACTOR_OFF, "there is none");
    return e ? e : tell_changed(s, cx, user_id, false);
}

err identity_factor_clear(struct identity *s, struct cx *cx, id user_id)
{
    int64_t removed = 0;
    return drop(s, cx, user_id, &removed);
}

err identity_factor_lost(struct identity *s, struct cx *cx, id user_id)
{
    return identity_sql_login_unfactor(
        s->deps.db, cx, (struct identity_sql_login_unfactor_in){ .user_id = user_id }, NULL);
}

unsigned identity_roles_plain(struct identity *s, unsigned roles)
{
    if ((s->deps.factor_roles & ROLE_ADMIN) && (roles & ROLES_STAFF))
        return roles & ~(unsigned)(ROLES_STAFF | ROLE_SELLER); /* nor do staff sell without one */
    return s->deps.factor_roles & ROLE_SELLER ? roles & ~(unsigned)ROLE_SELLER : roles;
}

bool identity_factor_demanded(struct identity *s, unsigned roles)
{
    return identity_roles_plain(s, roles) != roles;
}

err identity_roles_usable(
    struct identity *s, struct cx *cx, const struct identity_user *user, unsigned *ret)
{
    struct identity_sql_factor_known_row row = { .factor = false };
    bool found = false;
    err e = NULL;
    *ret = user->roles;
    if (!identity_factor_demanded(s, user->roles))
        return NULL;
    e = identity_sql_factor_known(s->deps.db, cx,
        (struct identity_sql_factor_known_in){ .user_id = user->user_id }, &row, &found);
    if (!e && !row.factor && !row.passkey)
        *ret = identity_roles_plain(s, user->roles);
    return e;
}
