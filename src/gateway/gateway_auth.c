/* SPDX-License-Identifier: Apache-2.0
 * Who is asking, and may they. Called by the gateway on a worker; must never answer by itself. */
#include "gateway/gateway_internal.h"
#include "platform/secret/secret.h"

const problem GATEWAY_NOT_SIGNED_IN = { KIND_UNSIGNED, "gateway.not_signed_in",
    "authentication_required", "Sign in first" };
const problem GATEWAY_FORBIDDEN = { KIND_DENIED, "gateway.forbidden", NULL,
    "Your account may not do this" };
const problem GATEWAY_NARROW = { KIND_DENIED, "gateway.narrow", "second_factor_required",
    "This session is not for this part of the shop: sign in with a second factor" };
const problem GATEWAY_STEP_UP = { KIND_DENIED, "gateway.step_up", "step_up_required",
    "Give your password or a code once more, for this" };
const problem GATEWAY_CROSS_SITE = { KIND_DENIED, "gateway.cross_site", NULL,
    "This request came from another site" };

#define TOKEN_MAX 4096
#define CART_TOKEN_MAX 64

static bool is_unsafe(str method)
{
    return !str_eq(method, S("GET")) && !str_eq(method, S("HEAD"));
}

/* The surface that a route belongs to: what a token's `aud` must name for it. */
static str surface_of(enum scope scope)
{
    switch (scope) {
    case SCOPE_SELLER:
        return S("seller");
    case SCOPE_STOCK:
    case SCOPE_CATALOG:
    case SCOPE_MODERATION:
    case SCOPE_ADMIN:
    case SCOPE_SUPPORT:
    case SCOPE_STAFF:
        return S("admin");
    case SCOPE_UNSET:
    case SCOPE_PUBLIC:
    case SCOPE_USER:
        return S("store");
    }
    return S("store");
}

#define STAFF (ROLE_SUPPORT | ROLE_MODERATOR | ROLE_CATALOG | ROLE_FINANCE | ROLE_ADMIN)

/* Roles of a surface that the token is not for are as if they were not there. */
static unsigned usable_roles(const struct token_claims *claims)
{
    unsigned roles = claims->roles;
    if (!token_is_for(claims, S("seller")))
        roles &= ~(unsigned)ROLE_SELLER;
    if (!token_is_for(claims, S("admin")))
        roles &= ~(unsigned)STAFF;
    return roles;
}

/* A customer's token on a seller's route is a token of ours, and is told 403 by its roles; one that
 * is for neither the shop nor the route's surface is told 401. */
static err take_claims(struct exchange *x, str token)
{
    struct token_claims claims;
    str surface = surface_of(x->hit.entry->route->scope);
    if (token.n > TOKEN_MAX)
        return FAIL(x->cx, TOKEN_INVALID, "too long");
    err e = token_verify(x->g->opts.tokens, x->cx, token, surface, &claims);
    if (e == &TOKEN_INVALID && !str_eq(surface, S("store"))) {
        cx_clear(x->cx);
        e = token_verify(x->g->opts.tokens, x->cx, token, S("store"), &claims);
    }
    if (e)
        return e;
    x->narrow = !token_is_for(&claims, surface);
    x->cx->who.user_id = claims.user_id;
    x->cx->who.session_id = claims.session_id;
    x->cx->who.proved_ms = claims.proved_ms;
    x->cx->who.factor = claims.factor;
    x->cx->who.name = claims.name;
    x->cx->who.email = claims.email;
    x->roles = claims.roles;
    x->cx->who.roles = usable_roles(&claims);
    return NULL;
}

/* ---- cookies ---- */

bool gateway_secure(const struct gateway *g, const struct http_request *req)
{
    return str_eq(http_request_header(req, S("X-Forwarded-Proto")), S("https")) ||
           str_starts(g->opts.origin, S("https://"));
}

static str plain_names(struct arena *arena, str header)
{
    struct buf out = { .arena = arena };
    while (header.p) {
        str pair = str_trim(str_cut(&header, ';'));
        if (str_starts(pair, S(GATEWAY_HOST_PREFIX "souk_")))
            pair = str_skip(pair, sizeof GATEWAY_HOST_PREFIX - 1);
        else if (str_starts(pair, S("souk_")) && !str_starts(pair, S("souk_n=")))
            continue; /* a neighbour under our domain may have set it */
        if (out.n)
            buf_add(&out, S("; "));
        buf_add(&out, pair);
    }
    return buf_str(&out);
}

void gateway_take_cookies(const struct gateway *g, struct http_request *req)
{
    if (!http_request_header(req, S("Cookie")).p || !gateway_secure(g, req))
        return;
    struct http_header *copy = NEW_N(req->cx.arena, req->headers_n, struct http_header);
    for (size_t i = 0; i < req->headers_n; i++) {
        copy[i] = req->headers[i];
        if (str_eq_nocase(copy[i].name, S("Cookie")))
            copy[i].value = plain_names(req->cx.arena, copy[i].value);
    }
    req->headers = copy;
}

#define ADDRESS_MAX 45 /* of IPv6 as text */

static bool address_shaped(str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (str_find_char(S("0123456789abcdefABCDEF.:"), text.p[i], 0) < 0)
            return false;
    return text.n > 0 && text.n <= ADDRESS_MAX;
}

void gateway_take_peer(const struct gateway *g, struct http_request *req)
{
    str rest = g->opts.proxies, list = { 0 }, last = { 0 };
    bool ours = false;
    while (rest.n && !ours)
        ours = str_eq(str_trim(str_cut(&rest, ',')), req->cx.peer);
    if (!ours)
        return;
    for (size_t i = 0; i < req->headers_n; i++)
        if (str_eq_nocase(req->headers[i].name, S("X-Forwarded-For")))
            list = req->headers[i].value; /* the last header: what stands before may be made up */
    while (list.p)
        last = str_trim(str_cut(&list, ','));
    if (address_shaped(last))
        req->cx.peer = last;
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
    [SCOPE_MODERATION] = ROLE_MODERATOR | ROLE_CATALOG | ROLE_ADMIN,
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
    if (wanted && !(x->roles & wanted))
        return FAIL(x->cx, GATEWAY_FORBIDDEN, "roles=%x wanted one of %x", x->roles, wanted);
    if (x->narrow || (wanted && !(x->cx->who.roles & wanted)))
        return FAIL(x->cx, GATEWAY_NARROW, "a token for the shop alone");
    if (x->hit.entry->route->step_up && x->cx->who.proved_ms + ROUTE_PROVED_MS <= x->cx->now_ms)
        return FAIL(x->cx, GATEWAY_STEP_UP, "proved too long ago");
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
