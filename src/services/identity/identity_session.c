/* SPDX-License-Identifier: Apache-2.0
 * Sessions: access tokens for a quarter of an hour, refresh tokens that are good once. Called by
 * flows inside their WRITE unit; must never keep a token, only its hash. */
#include "base/utf8.h"
#include "identity_sql.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"
#include "services/identity/identity.h"
#include "services/identity/identity_internal.h"

#define TOKEN_BYTES 32
#define TOKEN_TEXT_MAX 128
#define DEVICE_MAX 200
#define PRUNE_BATCH 500

/* A session row with new tokens; family none begins one. */
static err add(struct identity *s, struct cx *cx, const struct identity_user *user, id family,
    str device, struct identity_session *ret)
{
    struct identity_session session = { .session_id = cx_id(cx),
        .refresh_token = secret_token(cx->arena, TOKEN_BYTES),
        .expires_in_s = IDENTITY_ACCESS_MS / SECOND_MS };
    struct token_claims claims = { .user_id = user->user_id,
        .session_id = id_is_none(family) ? session.session_id : family,
        .name = user->name,
        .email = user->email,
        .roles = user->roles,
        .issued_ms = cx->now_ms,
        .expires_ms = cx->now_ms + IDENTITY_ACCESS_MS,
        .audience = S("store") };
    err e = token_sign(s->deps.tokens, cx, &claims, &session.access_token);
    if (e)
        return e;
    e = identity_sql_session_add(s->deps.db, cx,
        (struct identity_sql_session_add_in){ .session_id = session.session_id,
            .family = claims.session_id,
            .user_id = user->user_id,
            .refresh_hash = secret_sha256_hex(cx->arena, session.refresh_token),
            .device = device,
            .now_ms = cx->now_ms,
            .expires_ms = cx->now_ms + IDENTITY_REFRESH_MS },
        NULL);
    if (!e)
        *ret = session;
    return e;
}

err identity_session_start(struct identity *s, struct cx *cx, const struct identity_user *user,
    str device, struct identity_session *ret)
{
    return add(s, cx, user, (id){ 0 }, utf8_truncate(device, DEVICE_MAX), ret);
}

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

static err end_family(struct identity *s, struct cx *cx, id family)
{
    return identity_sql_session_end_family(
        s->deps.db, cx, (struct identity_sql_session_end_family_in){ .family = family }, NULL);
}

err identity_session_refresh(struct identity *s, struct cx *cx, struct identity_refresh in,
    struct identity_user *ret_user, struct identity_session *ret, err *ret_refused)
{
    struct identity_sql_session_find_row row;
    bool found;
    err e = find(s, cx, in.token, &row, &found);
    if (e)
        return e;
    if (!found || row.expires_ms <= cx->now_ms) {
        *ret_refused = &IDENTITY_REFRESH_INVALID;
        return NULL;
    }
    if (row.used_ms.has && row.used_ms.v + in.leeway_ms <= cx->now_ms) {
        *ret_refused = &IDENTITY_REFRESH_INVALID;
        return end_family(s, cx, row.family); /* one of the two who have it has stolen it */
    }
    e = identity_user_get(s, cx, row.user_id, ret_user);
    if (e)
        return e;
    if (!row.used_ms.has)
        e = identity_sql_session_use(s->deps.db, cx,
            (struct identity_sql_session_use_in){
                .session_id = row.session_id, .now_ms = cx->now_ms },
            NULL);
    if (!e)
        e = add(s, cx, ret_user, row.family, row.device, ret);
    if (!e)
        *ret_refused = NULL;
    return e;
}

err identity_session_end(struct identity *s, struct cx *cx, str refresh_token)
{
    struct identity_sql_session_find_row row;
    bool found;
    err e = find(s, cx, refresh_token, &row, &found);
    return e || !found ? e : end_family(s, cx, row.family);
}

static err job_prune(void *service, struct cx *cx, bool *ret_more)
{
    struct identity *s = service;
    int64_t removed = 0;
    err e = identity_sql_session_prune(s->deps.db, cx,
        (struct identity_sql_session_prune_in){ .now_ms = cx->now_ms, .limit = PRUNE_BATCH },
        &removed);
    *ret_more = !e && removed == PRUNE_BATCH;
    return e;
}

const struct job identity_jobs[] = {
    { .name = "identity.prune_sessions", .period_ms = HOUR_MS, .fn = job_prune },
    { 0 },
};
