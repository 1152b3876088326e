/* SPDX-License-Identifier: Apache-2.0
 * Roles, and staff who act as somebody. Called by the flow of access inside its WRITE unit; must
 * never leave the shop without an administrator. */
#include "identity_sql.h"
#include "platform/audit/audit.h"
#include "platform/http/scope.h"
#include "platform/token/token.h"
#include "services/identity/identity.h"
#include "services/identity/identity_internal.h"

const problem IDENTITY_LAST_ADMIN = { KIND_CONFLICT, "identity.last_admin", NULL,
    "The last administrator has to stay one" };
const problem IDENTITY_NOT_ACTED = { KIND_DENIED, "identity.not_acted", "act_as_refused",
    "Nobody acts as staff, or as themselves" };
const problem IDENTITY_UNPROVED = { KIND_CONFLICT, "identity.unproved", "email_not_verified",
    "They have not proved their e-mail yet: somebody else may have opened the account" };

/* All administrators are locked, so that of two who take one another away one is told. */
static err check_last(struct identity *s, struct cx *cx, id user_id)
{
    struct identity_sql_admin_lock_row *rows;
    size_t n, others = 0;
    err e = identity_sql_admin_lock(s->deps.db, cx,
        (struct identity_sql_admin_lock_in){ ROLE_ADMIN, IDENTITY_STAFF_MAX }, &rows, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        others += !id_eq(rows[i].user_id, user_id);
    return others ? NULL : FAIL(cx, IDENTITY_LAST_ADMIN, "no other is left");
}

err identity_roles_set(struct identity *s, struct cx *cx, id user_id, unsigned roles, str reason)
{
    struct identity_user user;
    err e = identity_user_get(s, cx, user_id, &user);
    if (!e && (user.roles & ROLE_ADMIN) && !(roles & ROLE_ADMIN))
        e = check_last(s, cx, user_id);
    if (!e && (roles & ~user.roles & ~(unsigned)ROLE_CUSTOMER) && !user.verified)
        e = FAIL(cx, IDENTITY_UNPROVED, "a role for an e-mail that nobody has proved");
    if (!e)
        e = identity_user_roles(s, cx, user_id, roles);
    if (!e)
        e = identity_login_end_others(s, cx, user_id, (id){ { 0 } });
    if (e)
        return e;
    return audit_note(s->deps.audit, cx,
        (struct audit_act){ .act = "identity.roles_changed",
            .kind = "user",
            .object_id = user_id,
            .before = scope_role_names(cx->arena, user.roles),
            .after = scope_role_names(cx->arena, roles),
            .reason = reason });
}

err identity_staff(struct identity *s, struct cx *cx, id **ret, size_t *ret_n)
{
    struct identity_sql_staff_list_row *rows;
    size_t n;
    err e = identity_sql_staff_list(s->deps.db, cx,
        (struct identity_sql_staff_list_in){ ROLE_CUSTOMER | ROLE_SELLER, IDENTITY_STAFF_MAX },
        &rows, &n);
    if (e)
        return e;
    id *list = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n; i++)
        list[i] = rows[i].user_id;
    *ret = list;
    *ret_n = n;
    return NULL;
}

static err add_login(struct identity *s, struct cx *cx, id family, id user_id)
{
    return identity_sql_login_add(s->deps.db, cx,
        (struct identity_sql_login_add_in){ .family = family,
            .user_id = user_id,
            .device = S("Our support, helping you"),
            .peer = S(""),
            .country = S(""),
            .factor = false,
            .now_ms = cx->now_ms,
            .expires_ms = cx->now_ms + IDENTITY_ACT_MS,
            .behind_id = cx->who.user_id },
        NULL);
}

err identity_act_as(struct identity *s, struct cx *cx, id user_id, str reason, str *ret_token)
{
    struct identity_user user;
    err e = identity_stands(s, cx, cx->who.user_id); /* who has lost their role is not in time */
    if (!e)
        e = identity_user_get(s, cx, user_id, &user);
    if (!e && ((user.roles & ROLES_STAFF) || id_eq(user_id, cx->who.user_id) ||
                  !id_is_none(cx->who.behind_id)))
        e = FAIL(cx, IDENTITY_NOT_ACTED, "staff, or oneself");
    if (e)
        return e;
    struct token_claims claims = { .user_id = user_id,
        .session_id = cx_id(cx),
        .behind_id = cx->who.user_id,
        .name = user.name,
        .email = user.email,
        .roles = ROLE_CUSTOMER,
        .issued_ms = cx->now_ms,
        .expires_ms = cx->now_ms + IDENTITY_ACT_MS,
        .audience = S("store") };
    e = add_login(s, cx, claims.session_id, user_id);
    if (!e)
        e = audit_note(s->deps.audit, cx,
            (struct audit_act){ .act = "identity.acted_as",
                .kind = "user",
                .object_id = user_id,
                .after = id_text(cx->arena, claims.session_id),
                .reason = reason });
    return e ? e : token_sign(s->deps.tokens, cx, &claims, ret_token);
}
