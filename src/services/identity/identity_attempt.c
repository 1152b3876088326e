/* SPDX-License-Identifier: Apache-2.0
 * Back-off after failures at passwords and codes. Called by the verbs that check them; must never
 * lock an owner out because of what strangers do: their own places stay open. */
#include "base/net.h"
#include "identity_sql.h"
#include "services/identity/identity_internal.h"

const problem IDENTITY_LOCKED = { KIND_TOO_MANY, "identity.locked", "too_many_attempts",
    "Too many attempts: wait a little, or choose a new password" };

static str place_of(struct cx *cx)
{
    return net_of(cx->arena, cx->peer.p ? cx->peer : S(""));
}

static str key_of(struct cx *cx, const struct identity_attempt *a, bool here)
{
    return str_fmt(cx->arena, "%s\n" STR_F "\n" STR_F, a->what, STR_A(a->account),
        STR_A(here ? place_of(cx) : S("*")));
}

#define PEERS_MAX 200 /* sessions that are looked at, the last used first */

/* Whether the account has signed in from here, in a session that is there still. */
static err is_known(struct identity *s, struct cx *cx, id user_id, bool *ret)
{
    struct identity_sql_login_peers_row *rows = NULL;
    size_t n = 0;
    str place = place_of(cx);
    *ret = false;
    if (id_is_none(user_id) || !cx->peer.n)
        return NULL;
    err e = identity_sql_login_peers(s->deps.db, cx,
        (struct identity_sql_login_peers_in){ .user_id = user_id, .limit = PEERS_MAX }, &rows, &n);
    for (size_t i = 0; !e && i < n; i++)
        *ret = *ret || str_eq(net_of(cx->arena, rows[i].peer), place);
    return e;
}

err identity_attempt_begin(struct identity *s, struct cx *cx, struct identity_attempt a)
{
    struct guard_state here = guard_look(s->guard, key_of(cx, &a, true), cx->now_ms);
    struct guard_state all = guard_look(s->guard, key_of(cx, &a, false), cx->now_ms);
    int64_t wait_ms = here.wait_ms;
    bool known = false;
    if (wait_ms == 0 && all.failures >= GUARD_ACCOUNT_MAX) {
        err e = is_known(s, cx, a.user_id, &known);
        if (e)
            return e;
        wait_ms = known ? 0 : all.wait_ms;
    }
    if (wait_ms == 0)
        return NULL;
    cx->retry_after_s = (wait_ms + 999) / 1000;
    return FAIL(cx, IDENTITY_LOCKED, "%s: %lld failures here, %lld in all", a.what,
        (long long)here.failures, (long long)all.failures);
}

/* A unit that runs again counts its failure again: rarely more than there were, never fewer. */
void identity_attempt_end(struct identity *s, struct cx *cx, struct identity_attempt a, bool failed)
{
    if (failed) {
        guard_fail(s->guard, key_of(cx, &a, true), cx->now_ms);
        guard_fail(s->guard, key_of(cx, &a, false), cx->now_ms);
    } else {
        guard_clear(s->guard, key_of(cx, &a, true));
    }
}

void identity_attempt_forget(struct identity *s, struct cx *cx, struct identity_attempt a)
{
    guard_clear(s->guard, key_of(cx, &a, true));
    guard_clear(s->guard, key_of(cx, &a, false));
}
