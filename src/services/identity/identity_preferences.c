/* SPDX-License-Identifier: Apache-2.0
 * What somebody likes, in a row of theirs. Called by the flow of accounts and by the checkout; must
 * never know what a delivery speed means. */
#include "identity_sql.h"
#include "services/identity/identity.h"
#include "services/identity/identity_internal.h"

const char *const identity_look_names[IDENTITY_LOOKS_N + 1] = { "system", "light", "dark", NULL };

err identity_preferences_get(
    struct identity *s, struct cx *cx, id user_id, struct identity_preferences *ret)
{
    struct identity_sql_preference_get_row row;
    bool found = false;
    err e = identity_sql_preference_get(s->deps.db, cx,
        (struct identity_sql_preference_get_in){ .user_id = user_id }, &row, &found);
    if (e)
        return e;
    *ret = (struct identity_preferences){ .appearance = str_from_c(
                                              identity_look_names[IDENTITY_LOOK_SYSTEM]) };
    if (found)
        *ret = (struct identity_preferences){ row.appearance, row.delivery_speed };
    return NULL;
}

static err check(struct cx *cx, struct identity_preferences in)
{
    bool known = !in.appearance.p;
    for (int i = 0; i < IDENTITY_LOOKS_N; i++)
        known |= str_eq(in.appearance, str_from_c(identity_look_names[i]));
    if (!known)
        cx_field(cx, S("/appearance"), "not_allowed", "system, light or dark");
    if (in.delivery_speed.n > IDENTITY_SPEED_MAX)
        cx_field(cx, S("/deliverySpeed"), "too_long", "at most 40 bytes");
    return cx->fields ? FAIL(cx, ERR_INVALID, "preferences") : NULL;
}

err identity_preferences_set(struct identity *s, struct cx *cx, id user_id,
    struct identity_preferences in, struct identity_preferences *ret)
{
    struct identity_sql_user_lock_row user;
    struct identity_preferences now;
    err e = check(cx, in);
    if (!e)
        e = identity_user_lock(s, cx, user_id, &user);
    if (!e)
        e = identity_preferences_get(s, cx, user_id, &now);
    if (e)
        return e;
    if (in.appearance.p)
        now.appearance = in.appearance;
    if (in.delivery_speed.p)
        now.delivery_speed = in.delivery_speed;
    if (in.appearance.p || in.delivery_speed.p)
        e = identity_sql_preference_put(s->deps.db, cx,
            (struct identity_sql_preference_put_in){ .user_id = user_id,
                .appearance = now.appearance,
                .delivery_speed = now.delivery_speed,
                .now_ms = cx->now_ms },
            NULL);
    if (!e)
        *ret = now;
    return e;
}
