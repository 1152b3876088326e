/* SPDX-License-Identifier: Apache-2.0
 * Ways into an account: logins of other issuers. Called by flows inside their unit. Must never open
 * an account because of an e-mail that somebody else says is theirs, nor leave one without a way
 * in.
 */
#include "base/buf.h"
#include "base/email.h"
#include "base/utf8.h"
#include "identity_sql.h"
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"

const problem IDENTITY_WAY_TAKEN = { KIND_CONFLICT, "identity.way_taken", "login_taken",
    "This login leads into another account" };
const problem IDENTITY_WAY_UNKNOWN = { KIND_MISSING, "identity.way_unknown", "not_found",
    "There is no such login" };
const problem IDENTITY_WAY_LAST = { KIND_CONFLICT, "identity.way_last", "last_way_in",
    "This is the only way into your account: choose a password first" };

#define NAME_MAX_BYTES 100

static err find_row(struct identity *s, struct cx *cx, const struct identity_elsewhere *who,
    struct identity_sql_way_find_row *ret, bool *ret_found)
{
    ASSERT(who->issuer.n > 0 && who->subject.n > 0);
    *ret_found = false;
    return identity_sql_way_find(s->deps.db, cx,
        (struct identity_sql_way_find_in){ .issuer = who->issuer, .subject = who->subject }, ret,
        ret_found);
}

err identity_way_find(struct identity *s, struct cx *cx, const struct identity_elsewhere *who,
    struct identity_user *ret, bool *ret_found)
{
    struct identity_sql_way_find_row row;
    err e = find_row(s, cx, who, &row, ret_found);
    if (e || !*ret_found)
        return e;
    e = identity_sql_way_use(s->deps.db, cx,
        (struct identity_sql_way_use_in){ .way_id = row.way_id, .now_ms = cx->now_ms }, NULL);
    return e ? e : identity_user_get(s, cx, row.user_id, ret);
}

static err add_row(struct identity *s, struct cx *cx, id user_id,
    const struct identity_elsewhere *who, bool *ret_added)
{
    int64_t added = 0;
    err e = identity_sql_way_add(s->deps.db, cx,
        (struct identity_sql_way_add_in){ .way_id = cx_id(cx),
            .user_id = user_id,
            .issuer = who->issuer,
            .subject = who->subject,
            .email = who->email.p ? who->email : S(""),
            .now_ms = cx->now_ms },
        &added);
    *ret_added = added > 0;
    return e;
}

/* What an issuer calls somebody is for people to read: what does not fit is left out. */
static str name_of(struct cx *cx, const struct identity_elsewhere *who)
{
    str name = str_trim(utf8_truncate(utf8_repair(cx->arena, who->name), NAME_MAX_BYTES));
    str before = who->email;
    return name.n && utf8_is_name(name) ? name : str_cut(&before, '@');
}

err identity_way_register(struct identity *s, struct cx *cx, const struct identity_elsewhere *who,
    struct identity_user *ret)
{
    struct identity_user user;
    bool added = false;
    if (!email_valid(who->email))
        return FAIL(cx, ERR_INVALID, "the issuer gives no e-mail");
    err e = identity_register(s, cx,
        (struct identity_register){ .email = who->email,
            .name = name_of(cx, who),
            .password_hash = S(IDENTITY_NO_PASSWORD) },
        &user);
    if (!e && who->email_verified) {
        e = identity_sql_user_verify(s->deps.db, cx,
            (struct identity_sql_user_verify_in){ .user_id = user.user_id, .now_ms = cx->now_ms },
            NULL);
        user.verified = true;
    }
    if (!e)
        e = add_row(s, cx, user.user_id, who, &added);
    if (!e && !added)
        e = FAIL(cx, IDENTITY_WAY_TAKEN, "taken meanwhile");
    if (!e)
        *ret = user;
    return e;
}

err identity_way_add(
    struct identity *s, struct cx *cx, id user_id, const struct identity_elsewhere *who)
{
    struct identity_sql_way_find_row row;
    bool found, added;
    err e = identity_stands(s, cx, user_id);
    if (!e)
        e = find_row(s, cx, who, &row, &found);
    if (!e && found && !id_eq(row.user_id, user_id))
        e = FAIL(cx, IDENTITY_WAY_TAKEN, "another account's");
    if (e || found)
        return e;
    e = add_row(s, cx, user_id, who, &added);
    if (!e && !added)
        e = FAIL(cx, IDENTITY_WAY_TAKEN, "taken meanwhile");
    return e ? e
             : identity_tell_way(
                   s, cx, user_id, (struct identity_way_told){ who->label, who->label, true });
}

err identity_way_list(
    struct identity *s, struct cx *cx, id user_id, struct identity_way **ret, size_t *ret_n)
{
    struct identity_sql_way_list_row *rows;
    size_t n;
    err e = identity_sql_way_list(s->deps.db, cx,
        (struct identity_sql_way_list_in){ .user_id = user_id, .limit = IDENTITY_WAYS_MAX }, &rows,
        &n);
    if (e)
        return e;
    struct identity_way *list = NEW_N(cx->arena, n, struct identity_way);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct identity_way){ rows[i].way_id, rows[i].issuer, rows[i].email,
            rows[i].created_ms, rows[i].used_ms };
    *ret = list;
    *ret_n = n;
    return NULL;
}

err identity_ways_left(struct identity *s, struct cx *cx, id user_id)
{
    struct identity_sql_user_password_row row = { 0 };
    struct identity_passkey *keys;
    struct identity_way *ways;
    size_t keys_n = 0, ways_n = 0;
    bool found = false;
    err e = identity_sql_user_password(
        s->deps.db, cx, (struct identity_sql_user_password_in){ .user_id = user_id }, &row, &found);
    if (!e)
        e = identity_passkey_list(s, cx, user_id, &keys, &keys_n);
    if (!e)
        e = identity_way_list(s, cx, user_id, &ways, &ways_n);
    if (!e && identity_hash_of(row.password_hash).p == NULL && keys_n + ways_n == 0)
        e = FAIL(cx, IDENTITY_WAY_LAST, "nothing would be left");
    return e;
}

err identity_way_remove(struct identity *s, struct cx *cx, id user_id, id way_id, str label)
{
    struct identity_sql_user_lock_row user;
    int64_t removed = 0;
    err e =
        identity_user_lock(s, cx, user_id, &user); /* two at once are not both the last but one */
    if (!e)
        e = identity_sql_way_remove(s->deps.db, cx,
            (struct identity_sql_way_remove_in){ .user_id = user_id, .way_id = way_id }, &removed);
    if (!e && removed == 0)
        e = FAIL(cx, IDENTITY_WAY_UNKNOWN, "none, or another's");
    if (!e)
        e = identity_ways_left(s, cx, user_id);
    return e ? e
             : identity_tell_way(s, cx, user_id, (struct identity_way_told){ label, label, false });
}

/* "https://accounts.google.com/x" -> "accounts.google.com" */
static str host_of(str url)
{
    str host = str_cut_authority(&url);
    return host.p ? host : str_cut(&url, '/');
}

err identity_ways_said(struct identity *s, struct cx *cx, id user_id, str *ret)
{
    struct identity_passkey *keys;
    struct identity_way *ways;
    struct buf out = { .arena = cx->arena };
    size_t keys_n = 0, ways_n = 0;
    err e = identity_passkey_list(s, cx, user_id, &keys, &keys_n);
    if (!e)
        e = identity_way_list(s, cx, user_id, &ways, &ways_n);
    if (e)
        return e;
    for (size_t i = 0; i < keys_n; i++)
        buf_fmt(&out, "%sthe passkey " STR_F, out.n ? ", " : "", STR_A(keys[i].name));
    for (size_t i = 0; i < ways_n; i++)
        buf_fmt(&out, "%sa login of " STR_F, out.n ? ", " : "", STR_A(host_of(ways[i].issuer)));
    *ret = buf_str(&out);
    return NULL;
}

err identity_ways_clear(struct identity *s, struct cx *cx, id user_id)
{
    int64_t ways = 0, keys = 0;
    err e = identity_sql_way_clear(
        s->deps.db, cx, (struct identity_sql_way_clear_in){ .user_id = user_id }, &ways);
    if (!e)
        e = identity_sql_passkey_clear(
            s->deps.db, cx, (struct identity_sql_passkey_clear_in){ .user_id = user_id }, &keys);
    if (e || ways + keys == 0)
        return e;
    return identity_note(s, cx, "identity.ways_cleared", user_id, (str){ 0 });
}
