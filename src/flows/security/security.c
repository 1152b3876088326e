/* SPDX-License-Identifier: Apache-2.0
 * What the application sees of this flow. Called at start; must never do anything itself. */
#include "flows/security/security.h"

#include "flows/security/security_internal.h"

struct security *security_open(struct arena *life, struct security_deps deps)
{
    struct security *x = NEW(life, struct security);
    x->deps = deps;
    return x;
}

err security_new_password(struct security *x, struct cx *cx, str email, str password, str *ret_hash)
{
    err e = identity_prepare_password(x->deps.identity, cx, email, password, ret_hash);
    for (struct field_error *f = cx->fields; f; f = f->next)
        if (str_eq(f->pointer, S("/password")))
            f->pointer = S("/newPassword");
    return e;
}

err security_reset(struct security *x, struct cx *cx, struct identity_reset in)
{
    id user_id;
    err e = identity_reset(x->deps.identity, cx, in, &user_id);
    return e ? e : credentials_revoke_all(x->deps.credentials, cx, user_id);
}

const struct service security_service = {
    .name = "security",
    .folder = "src/flows/security/",
    .routes = security_routes,
    .page_routes = security_page_routes,
    .pages = security_pages,
};
