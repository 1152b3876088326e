/* SPDX-License-Identifier: Apache-2.0
 * Sessions: access tokens for a quarter of an hour, refresh tokens that are good once, and the
 * login behind them. Called by flows inside their WRITE unit; must never keep a token, only its
 * hash. */
#include "base/utf8.h"
#include "identity_sql.h"
#include "platform/bus/bus.h"
#include "platform/geo/geo.h"
#include "platform/http/scope.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"
#include "services/identity/identity.h"
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"

#define TOKEN_BYTES 32
#define TOKEN_TEXT_MAX 128
#define DEVICE_MAX 500
#define PRUNE_BATCH 500
#define ENDED_MAX 200                  /* of a page */
#define ENDED_AGAIN_MS (2 * MINUTE_MS) /* read once more: other clocks, and who commits late */
#define SESSION_DAYS_MAX 365
#define SESSIONS_MAX 1000
#define BEYOND_MAX 100  /* ended at a time: more than one where the limit was lowered */
#define DEVICE_DAYS 365 /* one that was not used for so long is new again */

static const struct json_field new_device_fields[] = {
    JSON_ID(struct identity_new_device, user_id, .required = true),
    JSON_STR(struct identity_new_device, email, .required = true),
    JSON_STR(struct identity_new_device, name, .required = true),
    JSON_STR(struct identity_new_device, device),
    JSON_STR(struct identity_new_device, country),
};
const struct json_shape identity_new_device_shape =
    JSON_SHAPE("IdentityNewDevice", struct identity_new_device, new_device_fields);

/* ---- tokens ---- */

static int64_t session_ms(const struct identity *s)
{
    return s->deps.session_days ? s->deps.session_days * DAY_MS : IDENTITY_REFRESH_MS;
}

/* However it is used. */
static int64_t session_ms_max(const struct identity *s)
{
    return (s->deps.session_days_max ? s->deps.session_days_max : SESSION_DAYS_MAX) * DAY_MS;
}

static int64_t device_ms(const struct identity *s)
{
    return (s->deps.keep_devices_days ? s->deps.keep_devices_days : DEVICE_DAYS) * DAY_MS;
}

/* What a session's tokens are for: everybody shops; who has a role works on its surface, if need be
 * only with a second factor. */
static str surfaces_of(struct identity *s, struct arena *arena, unsigned roles, bool factor)
{
    unsigned usable = factor ? roles : identity_roles_plain(s, roles);
    bool works = (usable & ROLES_STAFF) != 0, sells = (usable & (ROLE_SELLER | ROLE_ADMIN)) != 0;
    return str_fmt(arena, "store%s%s", sells ? " seller" : "", works ? " admin" : "");
}

struct proof {
    id session_id;
    int64_t proved_ms;
    bool factor;
};

static err access_token(struct identity *s, struct cx *cx, const struct identity_user *user,
    const struct proof *proof, str *ret)
{
    struct token_claims claims = { .user_id = user->user_id,
        .session_id = proof->session_id,
        .name = user->name,
        .email = user->email,
        .roles = user->roles,
        .issued_ms = cx->now_ms,
        .expires_ms = cx->now_ms + IDENTITY_ACCESS_MS,
        .proved_ms = proof->proved_ms,
        .factor = proof->factor,
        .audience = surfaces_of(s, cx->arena, user->roles, proof->factor) };
    return token_sign(s->deps.tokens, cx, &claims, ret);
}

/* A row for the refresh token, and both tokens. */
static err add(struct identity *s, struct cx *cx, const struct identity_user *user,
    const struct proof *proof, str refresh_token, struct identity_session *ret)
{
    struct identity_session session = { .session_id = proof->session_id,
        .refresh_token = refresh_token,
        .expires_in_s = IDENTITY_ACCESS_MS / SECOND_MS };
    err e = access_token(s, cx, user, proof, &session.access_token);
    if (!e)
        e = identity_sql_session_add(s->deps.db, cx,
            (struct identity_sql_session_add_in){ .session_id = cx_id(cx),
                .family = proof->session_id,
                .user_id = user->user_id,
                .refresh_hash = secret_sha256_hex(cx->arena, refresh_token),
                .now_ms = cx->now_ms,
                .expires_ms = cx->now_ms + session_ms(s) },
            NULL);
    if (!e)
        *ret = session;
    return e;
}

/* ---- beginning ---- */

static str country_of(struct identity *s, struct cx *cx)
{
    str country = geo_country(s->deps.geo, cx->arena, cx->peer);
    return country.n ? country : S("");
}

/* Keeps what the user signs in with, and tells them of what is new. */
static err meet_device(
    struct identity *s, struct cx *cx, const struct identity_user *user, str device, str country)
{
    struct identity_sql_device_count_row known = { 0 };
    bool found = false;
    int64_t added = 0;
    err e = identity_sql_device_count(s->deps.db, cx,
        (struct identity_sql_device_count_in){ .user_id = user->user_id }, &known, &found);
    if (!e)
        e = identity_sql_device_add(s->deps.db, cx,
            (struct identity_sql_device_add_in){ .user_id = user->user_id,
                .device = device,
                .country = country,
                .now_ms = cx->now_ms },
            &added);
    if (!e && !added)
        return identity_sql_device_seen(s->deps.db, cx,
            (struct identity_sql_device_seen_in){ .user_id = user->user_id,
                .device = device,
                .country = country,
                .now_ms = cx->now_ms },
            NULL);
    if (e || known.n == 0 || s->deps.silent)
        return e;
    struct identity_new_device payload = { user->user_id, user->email, user->name, device,
        country };
    return bus_emit(s->deps.bus, s->deps.db, cx, "identity.new_device", user->user_id,
        &identity_new_device_shape, &payload);
}

/* What was looked up before this unit may be over: a new password and a lost role end all sessions,
 * and this one would begin after them. Who begins one and who ends all meet at the user's row. */
static err user_now(struct identity *s, struct cx *cx, const struct identity_user *before,
    bool factor, struct identity_user *ret)
{
    struct identity_sql_user_lock_row held;
    struct identity_sql_user_now_row row;
    bool found = false;
    err e = identity_sql_user_lock(s->deps.db, cx,
        (struct identity_sql_user_lock_in){ .user_id = before->user_id }, &held, &found);
    if (!e)
        e = identity_sql_user_now(s->deps.db, cx,
            (struct identity_sql_user_now_in){ .user_id = before->user_id }, &row, &found);
    if (e)
        return e;
    if (!found || row.email.n == 0)
        return FAIL(cx, IDENTITY_BAD_LOGIN, "the account is gone");
    if (before->checked_hash.n && !str_eq_secret(before->checked_hash, row.password_hash))
        return FAIL(cx, IDENTITY_BAD_LOGIN, "the password was changed meanwhile");
    if (row.factor && !factor)
        return FAIL(cx, IDENTITY_FACTOR_NEEDED, "turned on meanwhile");
    *ret = (struct identity_user){ .user_id = before->user_id,
        .email = row.email,
        .name = row.name,
        .phone = row.phone,
        .roles = (unsigned)row.roles,
        .verified = row.verified,
        .created_ms = row.created_ms };
    return NULL;
}

static err end_family(struct identity *s, struct cx *cx, id family);

/* After a session was begun, in its unit: the user's row is held, so two count each other. */
static err end_beyond(struct identity *s, struct cx *cx, id user_id, id begun)
{
    int64_t most = s->deps.sessions_max ? s->deps.sessions_max : SESSIONS_MAX;
    struct identity_sql_login_beyond_row *rows;
    size_t n;
    err e = identity_sql_login_beyond(s->deps.db, cx,
        (struct identity_sql_login_beyond_in){ .user_id = user_id,
            .now_ms = cx->now_ms,
            .begun = begun,
            .others = most - 1,
            .limit = BEYOND_MAX },
        &rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        e = end_family(s, cx, rows[i].family);
        if (!e)
            e = identity_note(s, cx, "identity.session_ended", user_id,
                str_fmt(
                    cx->arena, STR_F ", one too many", STR_A(id_text(cx->arena, rows[i].family))));
    }
    return e;
}

err identity_session_start(struct identity *s, struct cx *cx, const struct identity_user *before,
    struct identity_arrival how, struct identity_session *ret)
{
    struct identity_user now, *user = &now;
    struct proof proof = { .session_id = cx_id(cx), .proved_ms = cx->now_ms, .factor = how.factor };
    str device = identity_domain_device(cx->arena, utf8_truncate(how.device, DEVICE_MAX));
    str country = country_of(s, cx);
    err e = user_now(s, cx, before, how.factor, user);
    if (!e)
        e = identity_sql_login_add(s->deps.db, cx,
            (struct identity_sql_login_add_in){ .family = proof.session_id,
                .user_id = user->user_id,
                .device = device,
                .peer = cx->peer.p ? cx->peer : S(""),
                .country = country,
                .factor = how.factor,
                .now_ms = cx->now_ms,
                .expires_ms = cx->now_ms + session_ms(s) },
            NULL);
    if (!e)
        e = meet_device(s, cx, user, device, country);
    if (!e)
        e = identity_note(s, cx, "identity.signed_in", user->user_id,
            how.factor ? S("with a second factor") : S(""));
    if (!e)
        e = end_beyond(s, cx, user->user_id, proof.session_id);
    return e ? e : add(s, cx, user, &proof, secret_token(cx->arena, TOKEN_BYTES), ret);
}

/* ---- going on ---- */

static err find(struct identity *s, struct cx *cx, str token,
    struct identity_sql_session_find_row *ret, bool *ret_found)
{
    *ret_found = false;
    if (token.n == 0 || token.n > TOKEN_TEXT_MAX)
        return NULL;
    return identity_sql_session_find(s->deps.db, cx,
        (struct identity_sql_session_find_in){
            .refresh_hash = secret_sha256_hex(cx->arena, token) },
        ret, ret_found);
}

/* Its refresh tokens go, and its access tokens are refused. Should the unit be undone, they are
 * refused a quarter of an hour for nothing: who wanted it ended will not mind. */
static err end_family(struct identity *s, struct cx *cx, id family)
{
    err e = identity_sql_session_end_family(
        s->deps.db, cx, (struct identity_sql_session_end_family_in){ .family = family }, NULL);
    if (!e)
        e = identity_sql_login_end(s->deps.db, cx,
            (struct identity_sql_login_end_in){ .family = family, .now_ms = cx->now_ms }, NULL);
    if (!e && s->deps.tokens)
        token_session_end(s->deps.tokens, family, cx->now_ms);
    return e;
}

/* The next token is made of the last and our key: so it can be given a second time without having
 * been kept. */
static str successor_of(struct identity *s, struct cx *cx, str token)
{
    return token_of(s->deps.tokens, cx->arena, str_cat(cx->arena, S("refresh\n"), token));
}

struct rotation {
    struct identity_sql_session_find_row row;
    struct identity_user user;
    struct proof proof;
    str next;
};

/* The first use: the token is used up, its successor gets a row. */
static err rotate(
    struct identity *s, struct cx *cx, const struct rotation *r, struct identity_session *ret)
{
    err e = identity_sql_session_use(s->deps.db, cx,
        (struct identity_sql_session_use_in){
            .session_id = r->row.session_id, .now_ms = cx->now_ms },
        NULL);
    if (!e)
        e = identity_sql_login_seen(s->deps.db, cx,
            (struct identity_sql_login_seen_in){ .family = r->row.family,
                .peer = cx->peer.p ? cx->peer : S(""),
                .country = country_of(s, cx),
                .now_ms = cx->now_ms,
                .expires_ms = cx->now_ms + session_ms(s) },
            NULL);
    return e ? e : add(s, cx, &r->user, &r->proof, r->next, ret);
}

/* A second use within the leeway: the same successor, as long as nobody has used it. */
static err repeat(struct identity *s, struct cx *cx, const struct rotation *r,
    struct identity_session *ret, err *ret_refused)
{
    struct identity_sql_session_find_row next;
    bool found;
    err e = find(s, cx, r->next, &next, &found);
    if (e)
        return e;
    if (!found || next.used_ms.has) {
        *ret_refused = &IDENTITY_REFRESH_INVALID;
        return end_family(s, cx, r->row.family);
    }
    struct identity_session session = { .session_id = r->row.family,
        .refresh_token = r->next,
        .expires_in_s = IDENTITY_ACCESS_MS / SECOND_MS };
    e = access_token(s, cx, &r->user, &r->proof, &session.access_token);
    if (!e)
        *ret = session;
    return e;
}

err identity_session_refresh(struct identity *s, struct cx *cx, struct identity_refresh in,
    struct identity_user *ret_user, struct identity_session *ret, err *ret_refused)
{
    struct rotation r = { .next = successor_of(s, cx, in.token) };
    struct identity_sql_login_get_row login;
    bool found, known = false;
    err e = find(s, cx, in.token, &r.row, &found);
    if (!e && found)
        e = identity_sql_login_get(s->deps.db, cx,
            (struct identity_sql_login_get_in){ .family = r.row.family }, &login, &known);
    if (e)
        return e;
    *ret_refused = &IDENTITY_REFRESH_INVALID;
    if (!found || !known || login.ended_ms.has || r.row.expires_ms <= cx->now_ms)
        return NULL;
    if (login.created_ms + session_ms_max(s) <= cx->now_ms)
        return end_family(s, cx, r.row.family);
    bool used = r.row.used_ms.has;
    /* One that came first may be answered second: used_ms can lie after now_ms. */
    if (used && (in.leeway_ms == 0 || r.row.used_ms.v + in.leeway_ms <= cx->now_ms))
        return end_family(s, cx, r.row.family); /* one of the two who have it has stolen it */
    r.proof = (struct proof){ r.row.family, login.proved_ms, login.factor };
    e = identity_user_get(s, cx, r.row.user_id, &r.user);
    if (e)
        return e;
    *ret_refused = NULL;
    e = used ? repeat(s, cx, &r, ret, ret_refused) : rotate(s, cx, &r, ret);
    if (!e)
        *ret_user = r.user;
    return e;
}

err identity_stands(struct identity *s, struct cx *cx, id user_id)
{
    struct identity_sql_user_lock_row user;
    struct identity_sql_login_get_row login;
    bool found = false;
    err e = identity_user_lock(s, cx, user_id, &user);
    if (e || id_is_none(cx->who.session_id))
        return e;
    e = identity_sql_login_get(s->deps.db, cx,
        (struct identity_sql_login_get_in){ .family = cx->who.session_id }, &login, &found);
    if (!e && found && login.ended_ms.has)
        e = FAIL(cx, IDENTITY_SESSION_UNKNOWN, "ended meanwhile");
    return e;
}

err identity_login_prove(struct identity *s, struct cx *cx, id session_id, bool factor,
    struct identity_user *ret_user, struct identity_session *ret)
{
    struct identity_sql_login_get_row login;
    struct proof proof = { session_id, cx->now_ms, factor };
    struct identity_session session = { .session_id = session_id,
        .expires_in_s = IDENTITY_ACCESS_MS / SECOND_MS };
    bool found = false;
    err e = identity_sql_login_get(
        s->deps.db, cx, (struct identity_sql_login_get_in){ .family = session_id }, &login, &found);
    if (!e && (!found || login.ended_ms.has))
        e = FAIL(cx, IDENTITY_SESSION_UNKNOWN, "ended, or from before there were logins");
    if (e)
        return e;
    proof.factor = factor || login.factor;
    e = identity_sql_login_prove(s->deps.db, cx,
        (struct identity_sql_login_prove_in){
            .family = session_id, .factor = proof.factor, .now_ms = cx->now_ms },
        NULL);
    if (!e)
        e = identity_user_get(s, cx, login.user_id, ret_user);
    if (!e)
        e = access_token(s, cx, ret_user, &proof, &session.access_token);
    if (!e)
        *ret = session;
    return e;
}

/* ---- seeing and ending ---- */

err identity_session_end(struct identity *s, struct cx *cx, str refresh_token)
{
    struct identity_sql_session_find_row row;
    bool found;
    err e = find(s, cx, refresh_token, &row, &found);
    return e || !found ? e : end_family(s, cx, row.family);
}

err identity_login_list(
    struct identity *s, struct cx *cx, id user_id, struct identity_login **ret, size_t *ret_n)
{
    struct identity_sql_login_list_row *rows;
    size_t n;
    err e = identity_sql_login_list(s->deps.db, cx,
        (struct identity_sql_login_list_in){
            .user_id = user_id, .now_ms = cx->now_ms, .limit = IDENTITY_LOGINS_MAX },
        &rows, &n);
    if (e)
        return e;
    struct identity_login *list = NEW_N(cx->arena, n, struct identity_login);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct identity_login){ .session_id = rows[i].family,
            .device = rows[i].device,
            .peer = rows[i].peer,
            .country = rows[i].country,
            .factor = rows[i].factor,
            .created_ms = rows[i].created_ms,
            .seen_ms = rows[i].seen_ms };
    *ret = list;
    *ret_n = n;
    return NULL;
}

err identity_login_end(struct identity *s, struct cx *cx, id user_id, id session_id)
{
    struct identity_sql_login_get_row login;
    bool found = false;
    err e = identity_sql_login_get(
        s->deps.db, cx, (struct identity_sql_login_get_in){ .family = session_id }, &login, &found);
    if (!e && (!found || login.ended_ms.has || !id_eq(login.user_id, user_id)))
        e = FAIL(cx, IDENTITY_SESSION_UNKNOWN, "none, ended, or another's");
    if (!e)
        e = identity_note(s, cx, "identity.session_ended", user_id, id_text(cx->arena, session_id));
    return e ? e : end_family(s, cx, session_id);
}

/* The sessions in which the user, of the staff, acts as others. */
static err end_acts(struct identity *s, struct cx *cx, id user_id)
{
    struct identity_sql_login_behind_row *rows;
    size_t n;
    do {
        err e = identity_sql_login_behind(s->deps.db, cx,
            (struct identity_sql_login_behind_in){
                .behind_id = user_id, .now_ms = cx->now_ms, .limit = IDENTITY_LOGINS_MAX },
            &rows, &n);
        for (size_t i = 0; !e && i < n; i++)
            e = end_family(s, cx, rows[i].family);
        if (e)
            return e;
    } while (n == IDENTITY_LOGINS_MAX);
    return NULL;
}

err identity_login_end_others(struct identity *s, struct cx *cx, id user_id, id keep)
{
    struct identity_login *list;
    size_t n, ended;
    do {
        err e = identity_login_list(s, cx, user_id, &list, &n);
        ended = 0;
        for (size_t i = 0; !e && i < n; i++)
            if (!id_eq(list[i].session_id, keep)) {
                e = end_family(s, cx, list[i].session_id);
                ended++;
            }
        if (e)
            return e;
    } while (ended > 0 && n == IDENTITY_LOGINS_MAX); /* there may be more behind these */
    return end_acts(s, cx, user_id);
}

err identity_ended(struct identity *s, struct cx *cx)
{
    struct identity_sql_login_ended_row *rows;
    int64_t seen_ms = atomic_load(&s->ended_ms), from_ms = cx->now_ms - IDENTITY_ACCESS_MS;
    struct identity_sql_login_ended_in page = {
        .after_ms = seen_ms - ENDED_AGAIN_MS > from_ms ? seen_ms - ENDED_AGAIN_MS : from_ms,
        .limit = ENDED_MAX
    };
    size_t n;
    do {
        err e = identity_sql_login_ended(s->deps.db, cx, page, &rows, &n);
        if (e)
            return e;
        for (size_t i = 0; i < n; i++)
            token_session_end(s->deps.tokens, rows[i].family, rows[i].ended_ms);
        if (n) {
            page.after_ms = rows[n - 1].ended_ms;
            page.after = rows[n - 1].family;
        }
    } while (n == ENDED_MAX);
    if (page.after_ms > seen_ms)
        atomic_store(&s->ended_ms, page.after_ms < cx->now_ms ? page.after_ms : cx->now_ms);
    return NULL;
}

static err job_prune(void *service, struct cx *cx, bool *ret_more)
{
    struct identity *s = service;
    int64_t sessions = 0, logins = 0, devices = 0, codes = 0, answered = 0;
    err e = identity_sql_session_prune(s->deps.db, cx,
        (struct identity_sql_session_prune_in){ .now_ms = cx->now_ms, .limit = PRUNE_BATCH },
        &sessions);
    if (!e)
        e = identity_sql_login_prune(s->deps.db, cx,
            (struct identity_sql_login_prune_in){ .now_ms = cx->now_ms,
                .ended_before_ms = cx->now_ms - HOUR_MS,
                .limit = PRUNE_BATCH },
            &logins);
    if (!e)
        e = identity_sql_device_prune(s->deps.db, cx,
            (struct identity_sql_device_prune_in){
                .before_ms = cx->now_ms - device_ms(s), .limit = PRUNE_BATCH },
            &devices);
    if (!e)
        e = identity_sql_code_prune(s->deps.db, cx,
            (struct identity_sql_code_prune_in){ .now_ms = cx->now_ms, .limit = PRUNE_BATCH },
            &codes);
    if (!e)
        e = identity_sql_answered_prune(s->deps.db, cx,
            (struct identity_sql_answered_prune_in){
                /* a unit whose clock lies before ours would take it once more */
                .now_ms = cx->now_ms - IDENTITY_CHALLENGE_MS,
                .limit = PRUNE_BATCH },
            &answered);
    *ret_more = !e && (codes == PRUNE_BATCH || answered == PRUNE_BATCH || sessions == PRUNE_BATCH ||
                          logins == PRUNE_BATCH || devices == PRUNE_BATCH);
    return e;
}

const struct job identity_jobs[] = {
    { .name = "identity.prune_sessions", .period_ms = HOUR_MS, .fn = job_prune },
    { 0 },
};
