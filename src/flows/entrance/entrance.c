/* SPDX-License-Identifier: Apache-2.0
 * What the application sees of this flow, and what its pages and its API do alike: adding a passkey
 * and using one. Must never commit half of either. */
#include "flows/entrance/entrance.h"

#include "flows/entrance/entrance_internal.h"
#include "platform/db/db.h"
#include "platform/oidc/oidc.h"
#include "platform/passkey/passkey.h"
#include "platform/token/token.h"

struct entrance *entrance_open(struct arena *life, struct entrance_deps deps)
{
    struct entrance *x = NEW(life, struct entrance);
    x->deps = deps;
    return x;
}

str entrance_tie(struct entrance *x, struct cx *cx, str challenge)
{
    return token_of(x->deps.tokens, cx->arena, str_cat(cx->arena, S("passkey\n"), challenge));
}

/* Who is signed in adds and proves for this session; who signs in has none yet. */
static str bound_to(struct cx *cx, enum identity_challenge what)
{
    return what == IDENTITY_CHALLENGE_LOGIN ? S("") : id_text(cx->arena, cx->who.session_id);
}

static bool decode(struct cx *cx, str text, str *ret)
{
    *ret = (str){ 0 };
    return text.n == 0 || str_unbase64(cx->arena, text, ret);
}

static err do_use(void *arg, struct cx *cx)
{
    struct entrance_use *use = arg;
    const struct entrance_said *said = use->said;
    struct identity_passkey_use in = { .what = use->what,
        .bound = bound_to(cx, use->what),
        .user_id = cx->who.user_id,
        .credential = said->credential_id,
        .user_handle = said->user_handle };
    if (use->what == IDENTITY_CHALLENGE_LOGIN)
        in.user_id = (id){ { 0 } };
    if (use->reply) /* a unit may run again */
        use->reply->cookies_n = 0;
    if (!decode(cx, said->client_data, &in.client_data) ||
        !decode(cx, said->authenticator_data, &in.auth_data) ||
        !decode(cx, said->signature, &in.signature)) {
        use->refused = &PASSKEY_WRONG;
        return NULL;
    }
    err e = identity_passkey_check(use->x->deps.identity, cx, in, &use->user, &use->refused);
    return e || use->refused ? e : use->then(use, cx);
}

err entrance_use(struct cx *cx, struct entrance_use *use)
{
    return db_write_wait(use->x->deps.db, cx, str_hash(use->said->credential_id), do_use, use);
}

static err do_add(void *arg, struct cx *cx)
{
    struct entrance_use *use = arg;
    const struct entrance_said *said = use->said;
    struct identity_passkey_new in = { .name = said->name,
        .bound = bound_to(cx, IDENTITY_CHALLENGE_ADD) };
    if (!decode(cx, said->client_data, &in.client_data) ||
        !decode(cx, said->authenticator_data, &in.auth_data)) {
        use->refused = &PASSKEY_WRONG;
        return NULL;
    }
    return identity_passkey_add(
        use->x->deps.identity, cx, cx->who.user_id, in, &use->made, &use->refused);
}

err entrance_add(struct cx *cx, struct entrance_use *use)
{
    return db_write_wait(use->x->deps.db, cx, id_hash(cx->who.user_id), do_add, use);
}

static const problem *const problems[] = { &OIDC_AWAY, &OIDC_WRONG, NULL };
const struct service entrance_service = {
    .name = "entrance",
    .folder = "src/flows/entrance/",
    .routes = entrance_routes,
    .page_routes = entrance_page_routes,
    .pages = entrance_pages,
    .problems = problems,
};
