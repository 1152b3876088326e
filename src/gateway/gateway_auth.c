/* SPDX-License-Identifier: Apache-2.0
 * Who is asking, and may they. Called by the gateway on a worker; must never answer by itself. */
#include "gateway/gateway_internal.h"
#include "platform/secret/secret.h"

const problem GATEWAY_NOT_SIGNED_IN = { KIND_UNSIGNED, "gateway.not_signed_in",
    "authentication_required", "Sign in first" };
const problem GATEWAY_FORBIDDEN = { KIND_DENIED, "gateway.forbidden", NULL,
    "Your account may not do this" };
const problem GATEWAY_CROSS_SITE = { KIND_DENIED, "gateway.cross_site", NULL,
    "This request came from another site" };

#define TOKEN_MAX 4096
#define CART_TOKEN_MAX 64

static bool is_unsafe(str method)
{
    return !str_eq(method, S("GET")) && !str_eq(method, S("HEAD"));
}

static err take_claims(struct exchange *x, str token)
{
    struct token_claims claims;
    if (token.n > TOKEN_MAX)
        return FAIL(x->cx, TOKEN_INVALID, "too long");
    err e = token_verify(x->g->opts.tokens, x->cx, token, S("store"), &claims);
    if (e)
        return e;
    x->cx->who.user_id = claims.user_id;
    x->cx->who.name = claims.name;
    x->cx->who.email = claims.email;
    x->cx->who.roles = claims.roles;
    return NULL;
}

/* A page of another site can send a form here with the visitor's cookies; browsers say so. */
static err check_origin(struct exchange *x)
{
    str site = http_request_header(x->req, S("Sec-Fetch-Site"));
    if (site.p && !str_eq(site, S("same-origin")) && !str_eq(site, S("none")))
        return FAIL(x->cx, GATEWAY_CROSS_SITE, "Sec-Fetch-Site " STR_F, STR_A(site));
    str origin = http_request_header(x->req, S("Origin"));
    if (!origin.p)
        return NULL;
    str host = http_request_header(x->req, S("Host"));
    ptrdiff_t at = str_find(origin, S("://"), 0);
    if (at < 0 || !str_eq_nocase(str_skip(origin, (size_t)at + 3), host))
        return FAIL(x->cx, GATEWAY_CROSS_SITE, "Origin " STR_F, STR_A(origin));
    return NULL;
}

static bool token_shaped(str token)
{
    if (token.n < 16 || token.n > CART_TOKEN_MAX)
        return false;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '_'))
            return false;
    }
    return true;
}

err gateway_authenticate(struct exchange *x)
{
    struct cx *cx = x->cx;
    str cart = http_request_header(x->req, S("X-Cart-Token"));
    if (!cart.p)
        cart = http_request_cookie(x->req, S("souk_cart"));
    if (token_shaped(cart))
        cx->who.cart_token = cart;
    str header = http_request_header(x->req, S("Authorization"));
    if (header.p) {
        if (header.n < 7 || !str_eq_nocase(str_sub(header, 0, 7), S("Bearer ")))
            return FAIL(cx, TOKEN_INVALID, "not a Bearer token");
        return take_claims(x, str_trim(str_skip(header, 7)));
    }
    str cookie = http_request_cookie(x->req, S("souk_at"));
    if (cookie.p && cookie.n) {
        if (take_claims(x, cookie))
            cx_clear(cx); /* an old cookie is no login, and no fault of the visitor */
    }
    if (is_unsafe(x->req->method) && (cookie.p || x->hit.entry->route->surface == SURFACE_PAGE ||
                                         http_request_cookie(x->req, S("souk_cart")).p))
        return check_origin(x);
    return NULL;
}

static const unsigned scope_roles[] = {
    [SCOPE_UNSET] = 0,
    [SCOPE_PUBLIC] = 0,
    [SCOPE_USER] = 0,
    [SCOPE_SELLER] = ROLE_SELLER | ROLE_ADMIN,
    [SCOPE_STOCK] = ROLE_CATALOG | ROLE_ADMIN,
    [SCOPE_CATALOG] = ROLE_CATALOG | ROLE_ADMIN,
    [SCOPE_ADMIN] = ROLE_ADMIN,
    [SCOPE_SUPPORT] = ROLE_SUPPORT | ROLE_ADMIN,
    [SCOPE_STAFF] = ROLE_SUPPORT | ROLE_MODERATOR | ROLE_CATALOG | ROLE_FINANCE | ROLE_ADMIN,
};

err gateway_authorize(struct exchange *x)
{
    enum scope scope = x->hit.entry->route->scope;
    ASSERT(scope != SCOPE_UNSET && scope < COUNT(scope_roles));
    if (scope == SCOPE_PUBLIC)
        return NULL;
    if (id_is_none(x->cx->who.user_id))
        return FAIL(x->cx, GATEWAY_NOT_SIGNED_IN, "no login");
    unsigned wanted = scope_roles[scope];
    if (wanted && !(x->cx->who.roles & wanted))
        return FAIL(
            x->cx, GATEWAY_FORBIDDEN, "roles=%x wanted one of %x", x->cx->who.roles, wanted);
    return NULL;
}

str gateway_principal(struct exchange *x)
{
    struct cx *cx = x->cx;
    if (!id_is_none(cx->who.user_id))
        return str_cat(cx->arena, S("user:"), id_text(cx->arena, cx->who.user_id));
    if (cx->who.cart_token.n)
        return str_cat(cx->arena, S("cart:"), secret_sha256_hex(cx->arena, cx->who.cart_token));
    return str_cat(cx->arena, S("addr:"), cx->peer);
}

str gateway_refresh_path(struct exchange *x)
{
    str refresh = http_request_cookie(x->req, S("souk_rt"));
    bool page = x->hit.entry && x->hit.entry->route->surface == SURFACE_PAGE;
    if (!page || is_unsafe(x->req->method) || !refresh.n || !id_is_none(x->cx->who.user_id) ||
        str_starts(x->req->path, S("/session")))
        return (str){ 0 };
    str target = x->req->path;
    if (x->req->query.n)
        target = str_fmt(x->cx->arena, STR_F "?" STR_F, STR_A(target), STR_A(x->req->query));
    return str_cat(x->cx->arena, S("/session?next="), str_url_encode(x->cx->arena, target));
}
