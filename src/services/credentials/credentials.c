/* SPDX-License-Identifier: Apache-2.0
 * The verbs of keys. Called by the flow of access inside its unit; must never keep a key or put one
 * into a detail. */
#include "services/credentials/credentials.h"

#include "base/instant.h"
#include "base/utf8.h"
#include "credentials_sql.h"
#include "platform/audit/audit.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"

const problem CREDENTIALS_UNKNOWN = { KIND_MISSING, "credentials.unknown", "not_found",
    "There is no such key" };
const problem CREDENTIALS_BAD = { KIND_UNSIGNED, "credentials.bad", "key_invalid",
    "This key is not good: unknown, revoked, or run out" };
const problem CREDENTIALS_FULL = { KIND_INVALID, "credentials.full", "keys_full",
    "There are 20 keys in use already: revoke one first" };

#define SECRET_BYTES 32
#define SECRET_PREFIX "souk_"
#define SECRET_MAX 128
#define SHOWN_N (sizeof SECRET_PREFIX - 1 + 7)
#define ENDED_MAX 1000
#define GOOD_BATCH 100

struct credentials {
    struct credentials_deps deps;
};

struct credentials *credentials_open(struct arena *life, struct credentials_deps deps)
{
    struct credentials *s = NEW(life, struct credentials);
    s->deps = deps;
    return s;
}

static struct credentials_key key_of(const struct credentials_sql_key_find_row *r)
{
    return (struct credentials_key){ .key_id = r->key_id,
        .user_id = r->user_id,
        .name = r->name,
        .prefix = r->prefix,
        .scopes = scope_set(r->scopes),
        .per_minute = r->per_minute,
        .created_ms = r->created_ms,
        .expires_ms = r->expires_ms.has ? r->expires_ms.v : 0,
        .used_ms = r->used_ms.has ? r->used_ms.v : 0,
        .revoked_ms = r->revoked_ms.has ? r->revoked_ms.v : 0 };
}

static err check(struct cx *cx, const struct credentials_key *in)
{
    bool ok = true;
    if (!in->name.n || in->name.n > CREDENTIALS_NAME_MAX || !utf8_is_name(in->name)) {
        cx_field(cx, S("/name"), "bad_text", "a name of 1 to %d bytes", CREDENTIALS_NAME_MAX);
        ok = false;
    }
    bool grantable = in->scopes != 0;
    for (enum scope s = SCOPE_UNSET; s < SCOPES_N; s++)
        grantable = grantable && (!(in->scopes & SCOPE_BIT(s)) || scope_info(s)->grantable);
    if (!grantable) {
        cx_field(cx, S("/scopes"), "not_allowed", "at least one permission, of those for keys");
        ok = false;
    }
    if (in->per_minute < 1 || in->per_minute > CREDENTIALS_PER_MINUTE_MAX) {
        cx_field(cx, S("/perMinute"), "out_of_bounds", "1 to %d", CREDENTIALS_PER_MINUTE_MAX);
        ok = false;
    }
    if (in->expires_ms && in->expires_ms <= cx->now_ms) {
        cx_field(cx, S("/expiresAt"), "out_of_bounds", "a time to come");
        ok = false;
    }
    return ok ? NULL : FAIL(cx, ERR_INVALID, "a key of a wrong form");
}

static err note(struct credentials *s, struct cx *cx, const char *act, id key_id, str after)
{
    return audit_note(s->deps.audit, cx,
        (struct audit_act){ .act = act, .kind = "key", .object_id = key_id, .after = after });
}

err credentials_add(struct credentials *s, struct cx *cx, struct credentials_key in,
    struct credentials_key *ret, str *ret_secret)
{
    struct credentials_sql_key_count_row count = { 0 };
    bool found;
    err e = check(cx, &in);
    if (!e)
        e = credentials_sql_key_count(
            s->deps.db, cx, (struct credentials_sql_key_count_in){ in.user_id }, &count, &found);
    if (!e && count.n >= CREDENTIALS_MAX)
        e = FAIL(cx, CREDENTIALS_FULL, "%lld", (long long)count.n);
    if (e)
        return e;
    str secret = str_cat(cx->arena, S(SECRET_PREFIX), secret_token(cx->arena, SECRET_BYTES));
    in.key_id = cx_id(cx);
    in.prefix = str_sub(secret, 0, SHOWN_N);
    in.created_ms = cx->now_ms;
    in.used_ms = in.revoked_ms = 0;
    str names = scope_names(cx->arena, in.scopes);
    e = credentials_sql_key_add(s->deps.db, cx,
        (struct credentials_sql_key_add_in){ .key_id = in.key_id,
            .user_id = in.user_id,
            .name = in.name,
            .prefix = in.prefix,
            .secret_hash = secret_sha256_hex(cx->arena, secret),
            .scopes = names,
            .per_minute = in.per_minute,
            .now_ms = cx->now_ms,
            .expires_ms = { in.expires_ms != 0, in.expires_ms } });
    if (!e)
        e = note(s, cx, "credentials.created", in.key_id, names);
    if (e)
        return e;
    *ret = in;
    *ret_secret = secret;
    return NULL;
}

static void take(struct cx *cx, const struct credentials_sql_key_find_row *rows, size_t n,
    struct credentials_key **ret, size_t *ret_n)
{
    struct credentials_key *list = NEW_N(cx->arena, n, struct credentials_key);
    for (size_t i = 0; i < n; i++)
        list[i] = key_of(&rows[i]);
    *ret = list;
    *ret_n = n;
}

err credentials_list(
    struct credentials *s, struct cx *cx, id user_id, struct credentials_key **ret, size_t *ret_n)
{
    struct credentials_sql_key_find_row *rows;
    size_t n;
    err e = credentials_sql_key_list(s->deps.db, cx,
        (struct credentials_sql_key_list_in){ user_id, CREDENTIALS_LIST_MAX }, &rows, &n);
    if (!e)
        take(cx, rows, n, ret, ret_n);
    return e;
}

err credentials_list_all(struct credentials *s, struct cx *cx, id before, int64_t limit,
    struct credentials_key **ret, size_t *ret_n)
{
    struct credentials_sql_key_find_row *rows;
    size_t n;
    err e = credentials_sql_key_list_all(s->deps.db, cx,
        (struct credentials_sql_key_list_all_in){ id_or_greatest(before), limit }, &rows, &n);
    if (!e)
        take(cx, rows, n, ret, ret_n);
    return e;
}

err credentials_revoke(struct credentials *s, struct cx *cx, id key_id, id user_id)
{
    struct credentials_sql_key_find_row row = { 0 };
    bool found;
    int64_t changed = 0;
    err e = credentials_sql_key_get(
        s->deps.db, cx, (struct credentials_sql_key_get_in){ key_id }, &row, &found);
    if (!e && (!found || (!id_is_none(user_id) && !id_eq(row.user_id, user_id))))
        e = FAIL(cx, CREDENTIALS_UNKNOWN, "none, or another's");
    if (!e)
        e = credentials_sql_key_revoke(
            s->deps.db, cx, (struct credentials_sql_key_revoke_in){ key_id, cx->now_ms }, &changed);
    if (e || !changed)
        return e;
    if (s->deps.tokens)
        token_session_end(s->deps.tokens, key_id, cx->now_ms);
    return note(s, cx, "credentials.revoked", key_id, (str){ 0 });
}

err credentials_revoke_all(struct credentials *s, struct cx *cx, id user_id)
{
    struct credentials_sql_key_good_row *rows;
    size_t n = 0;
    do { /* there may be more than one batch */
        err e = credentials_sql_key_good(
            s->deps.db, cx, (struct credentials_sql_key_good_in){ user_id, GOOD_BATCH }, &rows, &n);
        for (size_t i = 0; !e && i < n; i++)
            e = credentials_revoke(s, cx, rows[i].key_id, user_id);
        if (e)
            return e;
    } while (n == GOOD_BATCH);
    return NULL;
}

static err good(struct cx *cx, const struct credentials_sql_key_find_row *row, bool found,
    struct credentials_key *ret)
{
    if (!found || row->revoked_ms.has)
        return FAIL(cx, CREDENTIALS_BAD, "%s", found ? "revoked" : "unknown");
    if (row->expires_ms.has && row->expires_ms.v <= cx->now_ms)
        return FAIL(cx, CREDENTIALS_BAD, "run out");
    *ret = key_of(row);
    return NULL;
}

err credentials_check(struct credentials *s, struct cx *cx, str secret, struct credentials_key *ret)
{
    struct credentials_sql_key_find_row row = { 0 };
    bool found = false;
    if (!str_starts(secret, S(SECRET_PREFIX)) || secret.n > SECRET_MAX)
        return FAIL(cx, CREDENTIALS_BAD, "no key");
    err e = credentials_sql_key_find(s->deps.db, cx,
        (struct credentials_sql_key_find_in){ secret_sha256_hex(cx->arena, secret) }, &row, &found);
    if (e)
        return e;
    return good(cx, &row, found, ret);
}

err credentials_stands(struct credentials *s, struct cx *cx, id key_id, struct credentials_key *ret)
{
    struct credentials_sql_key_find_row row = { 0 };
    bool found = false;
    err e = credentials_sql_key_get(
        s->deps.db, cx, (struct credentials_sql_key_get_in){ key_id }, &row, &found);
    return e ? e : good(cx, &row, found, ret);
}

err credentials_used(struct credentials *s, struct cx *cx, id key_id)
{
    return credentials_sql_key_used(s->deps.db, cx,
        (struct credentials_sql_key_used_in){
            key_id, cx->now_ms, cx->now_ms - CREDENTIALS_USED_MS },
        NULL);
}

err credentials_ended(struct credentials *s, struct cx *cx)
{
    struct credentials_sql_key_revoked_row *rows;
    size_t n;
    err e = credentials_sql_key_revoked(s->deps.db, cx,
        (struct credentials_sql_key_revoked_in){ cx->now_ms - TOKEN_LIFE_MAX_MS, ENDED_MAX }, &rows,
        &n);
    for (size_t i = 0; !e && i < n; i++)
        token_session_end(s->deps.tokens, rows[i].key_id, rows[i].revoked_ms);
    return e;
}

static const problem *const problems[] = { &CREDENTIALS_UNKNOWN, &CREDENTIALS_BAD,
    &CREDENTIALS_FULL, NULL };
static const struct service_part person_parts[] = {
    { "keys", &CREDENTIALS_PERSON_KEYS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &CREDENTIALS_ERASE_KEYS, NULL };
static const struct service_person person = { person_parts, person_erase, NULL };

const struct service credentials_service = {
    .name = "credentials",
    .folder = "src/services/credentials/",
    .queries = credentials_queries,
    .problems = problems,
    .person = &person,
};
