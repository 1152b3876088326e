/* SPDX-License-Identifier: Apache-2.0
 * Passkeys of users: challenges, adding, checking, removing. Called by flows inside their unit;
 * must never take a challenge twice, nor a passkey for another user's. */
#include "base/utf8.h"
#include "identity_sql.h"
#include "platform/passkey/passkey.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"
#include "services/identity/identity_internal.h"

const problem IDENTITY_PASSKEY_KNOWN = { KIND_CONFLICT, "identity.passkey_known", NULL,
    "This passkey is in use already" };
const problem IDENTITY_PASSKEY_UNKNOWN = { KIND_MISSING, "identity.passkey_unknown", "not_found",
    "There is no such passkey" };
const problem IDENTITY_PASSKEYS_FULL = { KIND_INVALID, "identity.passkeys_full", "passkeys_full",
    "There are 20 passkeys already" };

#define NAME_MAX_BYTES 100
#define CHALLENGE_MAX 200

const struct passkey_site *identity_passkey_site(const struct identity *s)
{
    return &s->site;
}

str identity_passkey_handle(struct arena *arena, id user_id)
{
    return str_dup(arena, (str){ (const char *)user_id.b, sizeof user_id.b });
}

/* ---- challenges ---- */

static str sealed_for(struct cx *cx, enum identity_challenge what, str bound)
{
    static const char *const names[] = { [IDENTITY_CHALLENGE_ADD] = "add",
        [IDENTITY_CHALLENGE_PROVE] = "prove",
        [IDENTITY_CHALLENGE_LOGIN] = "login" };
    return str_fmt(cx->arena, "passkey\n%s\n" STR_F, names[what], STR_A(bound));
}

str identity_challenge_new(
    struct identity *s, struct cx *cx, enum identity_challenge what, str bound)
{
    return token_seal(s->deps.tokens, cx->arena, sealed_for(cx, what, bound),
        str_from_i64(cx->arena, cx->now_ms + IDENTITY_CHALLENGE_MS));
}

str identity_challenge_named(struct cx *cx, str client_data)
{
    struct json_value *v = NULL;
    if (json_value_parse(cx, client_data, &v)) {
        cx_clear(cx);
        return (str){ 0 };
    }
    str challenge = json_value_str(cx->arena, json_value_get(v, "challenge"));
    json_value_close(v);
    return challenge;
}

/* Whether it is ours, for this, and in time; and the first to come with it. */
static err take_challenge(
    struct identity *s, struct cx *cx, enum identity_challenge what, str bound, str challenge)
{
    str text;
    int64_t expires_ms = 0, added = 0;
    if (challenge.n > CHALLENGE_MAX ||
        !token_unseal(s->deps.tokens, cx->arena, sealed_for(cx, what, bound), challenge, &text))
        return FAIL(cx, PASSKEY_WRONG, "another challenge");
    if (!str_to_i64(text, &expires_ms) || expires_ms <= cx->now_ms)
        return FAIL(cx, PASSKEY_WRONG, "its challenge is too old");
    err e = identity_sql_answered_add(s->deps.db, cx,
        (struct identity_sql_answered_add_in){
            .challenge_hash = secret_sha256_hex(cx->arena, challenge), .expires_ms = expires_ms },
        &added);
    if (!e && added == 0)
        e = FAIL(cx, PASSKEY_WRONG, "its challenge was answered before");
    return e;
}

/* What the browser signed for, and its challenge taken. */
static err take_client(
    struct identity *s, struct cx *cx, enum identity_challenge what, str bound, str client_data)
{
    str challenge;
    enum passkey_act act = what == IDENTITY_CHALLENGE_ADD ? PASSKEY_CREATE : PASSKEY_GET;
    err e = passkey_client(cx, &s->site, act, client_data, &challenge);
    return e ? e : take_challenge(s, cx, what, bound, challenge);
}

/* A refusal is told in *ret_refused, so that what was written is committed. */
static err settle(err e, err *ret_refused)
{
    bool refused =
        e == &PASSKEY_WRONG || e == &IDENTITY_PASSKEY_KNOWN || e == &IDENTITY_PASSKEYS_FULL;
    *ret_refused = refused ? e : NULL;
    return refused ? NULL : e;
}

/* ---- adding ---- */

static err tell(struct identity *s, struct cx *cx, id user_id, str name, bool on)
{
    return identity_tell_way(s, cx, user_id,
        (struct identity_way_told){
            S("passkey"), str_fmt(cx->arena, "the passkey " STR_F, STR_A(name)), on });
}

static err may_add(struct identity *s, struct cx *cx, id user_id)
{
    struct identity_passkey *list;
    size_t n = 0;
    err e = identity_stands(s, cx, user_id); /* locked too: one at a time, for the count */
    if (!e)
        e = identity_passkey_list(s, cx, user_id, &list, &n);
    if (!e && n >= IDENTITY_PASSKEYS_MAX)
        e = FAIL(cx, IDENTITY_PASSKEYS_FULL, "%zu", n);
    return e;
}

static err add_row(struct identity *s, struct cx *cx, id user_id, str name,
    const struct passkey_key *key, struct identity_passkey *ret)
{
    struct identity_passkey made = { .passkey_id = cx_id(cx),
        .credential = str_base64url(cx->arena, key->credential),
        .name = name,
        .created_ms = cx->now_ms };
    int64_t added = 0;
    err e = identity_sql_passkey_add(s->deps.db, cx,
        (struct identity_sql_passkey_add_in){ .passkey_id = made.passkey_id,
            .user_id = user_id,
            .credential = made.credential,
            .algorithm = key->algorithm,
            .public_key = str_base64url(cx->arena, key->bytes),
            .name = name,
            .count = key->count,
            .now_ms = cx->now_ms,
            .backup = (int64_t)key->backup },
        &added);
    if (!e && added == 0)
        e = FAIL(cx, IDENTITY_PASSKEY_KNOWN, "this credential is there");
    if (!e)
        *ret = made;
    return e;
}

err identity_passkey_add(struct identity *s, struct cx *cx, id user_id,
    struct identity_passkey_new in, struct identity_passkey *ret, err *ret_refused)
{
    struct passkey_key key;
    str name = str_trim(in.name);
    if (!name.n || name.n > NAME_MAX_BYTES || !utf8_is_name(name)) {
        cx_field(cx, S("/name"), "bad_text", "1 to %d bytes of text", NAME_MAX_BYTES);
        return FAIL(cx, ERR_INVALID, "the passkey's name");
    }
    err e = take_client(s, cx, IDENTITY_CHALLENGE_ADD, in.bound, in.client_data);
    if (!e)
        e = passkey_read(cx, &s->site, in.auth_data, &key);
    if (!e)
        e = may_add(s, cx, user_id);
    if (!e)
        e = add_row(s, cx, user_id, name, &key, ret);
    if (!e)
        e = tell(s, cx, user_id, name, true);
    return settle(e, ret_refused);
}

/* ---- checking ---- */

static err find(struct identity *s, struct cx *cx, const struct identity_passkey_use *in,
    struct identity_sql_passkey_find_row *ret, struct passkey_key *ret_key)
{
    bool found = false;
    str handle = { 0 };
    err e = NULL;
    if (in->credential.n <= 2 * PASSKEY_ID_MAX)
        e = identity_sql_passkey_find(s->deps.db, cx,
            (struct identity_sql_passkey_find_in){ .credential = in->credential }, ret, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, PASSKEY_WRONG, "nobody's");
    if (!id_is_none(in->user_id) && !id_eq(in->user_id, ret->user_id))
        return FAIL(cx, PASSKEY_WRONG, "another user's");
    if (in->what == IDENTITY_CHALLENGE_LOGIN && !in->user_handle.n)
        return FAIL(cx, PASSKEY_WRONG, "nobody was named before, nor by its authenticator");
    if (in->user_handle.n && (!str_unbase64(cx->arena, in->user_handle, &handle) ||
                                 !str_eq(handle, identity_passkey_handle(cx->arena, ret->user_id))))
        return FAIL(cx, PASSKEY_WRONG, "its authenticator kept it for another user");
    *ret_key = (struct passkey_key){ .algorithm = ret->algorithm,
        .backup = (enum passkey_backup)ret->backup };
    if (!str_unbase64(cx->arena, ret->public_key, &ret_key->bytes))
        return FAIL(cx, ERR_BUG, "a public key that we wrote cannot be read");
    return NULL;
}

/* Counts on. One that does not is a copy, or its original: refused, and kept for its owner to see.
 */
static err count_on(struct identity *s, struct cx *cx,
    const struct identity_sql_passkey_find_row *row, int64_t count)
{
    int64_t moved = 0;
    err e = identity_sql_passkey_use(s->deps.db, cx,
        (struct identity_sql_passkey_use_in){
            .passkey_id = row->passkey_id, .count = count, .now_ms = cx->now_ms },
        &moved);
    if (e || moved)
        return e;
    e = identity_sql_passkey_suspect(s->deps.db, cx,
        (struct identity_sql_passkey_suspect_in){
            .passkey_id = row->passkey_id, .now_ms = cx->now_ms },
        NULL);
    if (!e)
        e = identity_note(s, cx, "identity.passkey_suspect", row->user_id, (str){ 0 });
    return e ? e : FAIL(cx, PASSKEY_WRONG, "its count went backwards: there may be a copy");
}

err identity_passkey_check(struct identity *s, struct cx *cx, struct identity_passkey_use in,
    struct identity_user *ret, err *ret_refused)
{
    struct identity_sql_passkey_find_row row;
    struct passkey_key key;
    int64_t count = 0;
    err e = take_client(s, cx, in.what, in.bound, in.client_data);
    if (!e)
        e = find(s, cx, &in, &row, &key);
    if (!e)
        e = passkey_check(cx, &s->site, &key,
            (struct passkey_answer){ in.client_data, in.auth_data, in.signature }, &count);
    if (!e)
        e = count_on(s, cx, &row, count);
    if (!e)
        e = identity_user_get(s, cx, row.user_id, ret);
    return settle(e, ret_refused);
}

/* ---- seeing and removing ---- */

err identity_passkey_list(
    struct identity *s, struct cx *cx, id user_id, struct identity_passkey **ret, size_t *ret_n)
{
    struct identity_sql_passkey_list_row *rows;
    size_t n;
    err e = identity_sql_passkey_list(s->deps.db, cx,
        (struct identity_sql_passkey_list_in){ .user_id = user_id, .limit = IDENTITY_PASSKEYS_MAX },
        &rows, &n);
    if (e)
        return e;
    struct identity_passkey *list = NEW_N(cx->arena, n, struct identity_passkey);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct identity_passkey){ .passkey_id = rows[i].passkey_id,
            .credential = rows[i].credential,
            .name = rows[i].name,
            .created_ms = rows[i].created_ms,
            .used_ms = rows[i].used_ms.has ? rows[i].used_ms.v : 0,
            .suspect_ms = rows[i].suspect_ms.has ? rows[i].suspect_ms.v : 0 };
    *ret = list;
    *ret_n = n;
    return NULL;
}

err identity_passkey_remove(struct identity *s, struct cx *cx, id user_id, id passkey_id)
{
    struct identity_passkey *list;
    struct identity_sql_user_lock_row user;
    size_t n;
    str name = { 0 };
    int64_t removed = 0;
    err e = identity_user_lock(s, cx, user_id, &user);
    if (!e)
        e = identity_passkey_list(s, cx, user_id, &list, &n);
    if (!e)
        e = identity_sql_passkey_remove(s->deps.db, cx,
            (struct identity_sql_passkey_remove_in){ .user_id = user_id, .passkey_id = passkey_id },
            &removed);
    if (!e && removed == 0)
        e = FAIL(cx, IDENTITY_PASSKEY_UNKNOWN, "none, or another's");
    if (!e)
        e = identity_ways_left(s, cx, user_id);
    if (!e)
        e = identity_factor_lost(s, cx, user_id);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (id_eq(list[i].passkey_id, passkey_id))
            name = list[i].name;
    return tell(s, cx, user_id, name, false);
}
