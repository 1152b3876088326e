/* SPDX-License-Identifier: Apache-2.0
 * Keys at the edge, and what the application sees of this flow. Called by the gateway through
 * src/app; must never open a unit within another. */
#include "flows/access/access_internal.h"

#include "platform/db/db.h"

struct access *access_open(struct arena *life, struct access_deps deps)
{
    struct access *a = NEW(life, struct access);
    a->deps = deps;
    return a;
}

struct looked {
    struct access *a;
    str secret;
    id key_id;
    struct credentials_key *key;
    struct identity_user *user;
    unsigned *usable;
};

static err look(void *arg, struct cx *cx)
{
    struct looked *l = arg;
    struct credentials *credentials = l->a->deps.credentials;
    err e = l->secret.p ? credentials_check(credentials, cx, l->secret, l->key)
                        : credentials_stands(credentials, cx, l->key_id, l->key);
    if (!e)
        e = identity_user_get(l->a->deps.identity, cx, l->key->user_id, l->user);
    return e ? e : identity_roles_usable(l->a->deps.identity, cx, l->user, l->usable);
}

static err used(void *arg, struct cx *cx)
{
    struct looked *l = arg;
    return credentials_used(l->a->deps.credentials, cx, l->key->key_id);
}

err access_key(struct access *a, struct cx *cx, str secret, id key_id, struct credentials_key *ret,
    struct identity_user *ret_user, unsigned *ret_usable)
{
    struct looked l = { a, secret, key_id, ret, ret_user, ret_usable };
    err e = db_read(cx, look, &l);
    if (!e && ret->used_ms + CREDENTIALS_USED_MS <= cx->now_ms)
        e = db_write_wait(a->deps.db, cx, id_hash(ret->key_id), used, &l);
    return e;
}

uint64_t access_grantable(const struct cx *cx)
{
    uint64_t set = 0;
    for (enum scope s = SCOPE_UNSET; s < SCOPES_N; s++)
        if (scope_info(s)->grantable && scope_allowed(s, cx->who.roles))
            set |= SCOPE_BIT(s);
    return set;
}

err access_key_add(struct access *a, struct cx *cx, struct credentials_key in,
    struct credentials_key *ret, str *ret_secret)
{
    in.user_id = cx->who.user_id;
    if (in.scopes & ~access_grantable(cx)) {
        cx_field(cx, S("/scopes"), "not_allowed", "only what you may yourself");
        return FAIL(cx, ERR_INVALID, "more than one has");
    }
    err e = identity_stands(a->deps.identity, cx, in.user_id); /* a key outlives its session */
    return e ? e : credentials_add(a->deps.credentials, cx, in, ret, ret_secret);
}

uint64_t access_user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const struct html_page *const pages[] = { &access_keys_page, NULL };
const struct service access_service = {
    .name = "access",
    .folder = "src/flows/access/",
    .routes = access_routes,
    .page_routes = access_page_routes,
    .pages = pages,
};
