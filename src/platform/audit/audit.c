/* SPDX-License-Identifier: Apache-2.0
 * Writing acts down and finding them again. Called by services and the edge in the unit of the act;
 * must never keep a name, a mail address or a secret. */
#include "platform/audit/audit.h"

#include "audit_sql.h"
#include "base/instant.h"
#include "base/utf8.h"
#include "platform/audit/audit_internal.h"
#include "platform/secret/secret.h"

#define SALT_BYTES 16

struct audit *audit_open(struct arena *life, struct audit_deps deps)
{
    struct audit *a = NEW(life, struct audit);
    a->deps = deps;
    if (!a->deps.detail_days)
        a->deps.detail_days = AUDIT_DETAIL_DAYS;
    return a;
}

static str bounded(struct arena *arena, str text)
{
    return text.n ? utf8_truncate(utf8_repair(arena, text), AUDIT_TEXT_MAX) : S("");
}

str audit_detail_hash(struct arena *arena, str salt, str peer, str reason)
{
    struct buf out = { .arena = arena };
    audit_field(&out, salt);
    audit_field(&out, peer);
    audit_field(&out, reason);
    return secret_sha256_hex(arena, buf_str(&out));
}

err audit_note(struct audit *a, struct cx *cx, struct audit_act act)
{
    cx->noted = true;
    if (!a)
        return NULL;
    id entry_id = cx_id(cx);
    str salt = secret_token(cx->arena, SALT_BYTES);
    str peer = cx->peer.n ? cx->peer : S(""), reason = bounded(cx->arena, act.reason);
    err e = audit_sql_waiting_add(a->deps.db, cx,
        (struct audit_sql_waiting_add_in){ .entry_id = entry_id,
            .now_ms = cx->now_ms,
            .actor_id = id_is_none(act.actor_id) ? cx->who.user_id : act.actor_id,
            .behind_id = cx->who.behind_id,
            .credential_id = cx->who.credential_id,
            .act = str_from_c(act.act),
            .kind = str_from_c(act.kind),
            .object = act.object.n                ? act.object
                      : id_is_none(act.object_id) ? S("")
                                                  : id_text(cx->arena, act.object_id),
            .before_text = bounded(cx->arena, act.before),
            .after_text = bounded(cx->arena, act.after),
            .detail_hash = audit_detail_hash(cx->arena, salt, peer, reason) });
    if (e)
        return e;
    return audit_sql_detail_add(a->deps.db, cx,
        (struct audit_sql_detail_add_in){ .entry_id = entry_id,
            .now_ms = cx->now_ms,
            .salt = salt,
            .peer = peer,
            .reason = reason });
}

err audit_list(
    struct audit *a, struct cx *cx, struct audit_filter f, struct audit_entry **ret, size_t *ret_n)
{
    struct audit_sql_entry_list_row *rows = NULL;
    struct db *db = a->deps.db;
    int64_t before = f.before > 0 ? f.before : INT64_MAX;
    size_t n = 0;
    err e;
    if (f.object.n)
        e = audit_sql_entry_list_object(db, cx,
            (struct audit_sql_entry_list_object_in){ before, f.object, f.act, f.limit }, &rows, &n);
    else if (!id_is_none(f.actor_id))
        e = audit_sql_entry_list_actor(db, cx,
            (struct audit_sql_entry_list_actor_in){ before, f.actor_id, f.act, f.limit }, &rows,
            &n);
    else
        e = audit_sql_entry_list(
            db, cx, (struct audit_sql_entry_list_in){ before, f.act, f.limit }, &rows, &n);
    if (e)
        return e;
    struct audit_entry *list = NEW_N(cx->arena, n, struct audit_entry);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct audit_entry){ .seq = rows[i].seq,
            .at_ms = rows[i].at_ms,
            .actor_id = rows[i].actor_id,
            .behind_id = rows[i].behind_id,
            .credential_id = rows[i].credential_id,
            .act = rows[i].act,
            .kind = rows[i].kind,
            .object = rows[i].object,
            .before = rows[i].before_text,
            .after = rows[i].after_text,
            .peer = rows[i].peer,
            .reason = rows[i].reason };
    *ret = list;
    *ret_n = n;
    return NULL;
}

err audit_forget(struct audit *a, struct cx *cx, id user_id)
{
    str object = id_text(cx->arena, user_id);
    err e = audit_sql_detail_forget(
        a->deps.db, cx, (struct audit_sql_detail_forget_in){ user_id, object }, NULL);
    return e ? e
             : audit_sql_detail_forget_waiting(a->deps.db, cx,
                   (struct audit_sql_detail_forget_waiting_in){ user_id, object }, NULL);
}
