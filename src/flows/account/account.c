/* SPDX-License-Identifier: Apache-2.0
 * Arriving in an account, whichever way, and what the application sees of this flow. Called by its
 * routes and pages; must never check a login itself. */
#include "flows/account/account.h"

#include "flows/account/account_internal.h"
#include "platform/secret/secret.h"

struct account *account_open(struct arena *life, struct account_deps deps)
{
    struct account *a = NEW(life, struct account);
    a->deps = deps;
    return a;
}

err account_arrive(struct account *a, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, struct identity_session *ret)
{
    struct identity_session session;
    err e = identity_session_start(a->deps.identity, cx, user, how, &session);
    if (!e && cx->who.cart_token.n) {
        e = cart_merge(a->deps.cart, cx, user->user_id, cx->who.cart_token);
        if (!e)
            e = orders_adopt(a->deps.orders, cx, secret_sha256_hex(cx->arena, cx->who.cart_token),
                user->user_id);
    }
    if (!e)
        *ret = session;
    return e;
}

const struct service account_service = {
    .name = "account",
    .folder = "src/flows/account/",
    .routes = account_routes,
    .page_routes = account_page_routes,
    .pages = account_pages,
};
