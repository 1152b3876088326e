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
const problem GATEWAY_SCOPE = { KIND_DENIED, "gateway.scope", "insufficient_scope",
    "This key was not given the permission for this" };
const problem GATEWAY_IN_PERSON = { KIND_DENIED, "gateway.in_person", "in_person_only",
    "Only the account's owner may do this, signed in as themselves" };
const problem GATEWAY_CROSS_SITE = { KIND_DENIED, "gateway.cross_site", NULL,
    "This request came from another site" };

#define TOKEN_MAX 4096
#define CART_TOKEN_MAX 64

bool gateway_is_unsafe(str method)
{
    return !str_eq(method, S("GET")) && !str_eq(method, S("HEAD"));
}

/* Roles of a surface that the token is not for are as if they were not there. */
static unsigned usable_roles(const struct token_claims *claims)
{
    unsigned roles = claims->roles;
    if (!token_is_for(claims, S("seller")))
        roles &= ~(unsigned)ROLE_SELLER;
    if (!token_is_for(claims, S("admin")))
        roles &= ~(unsigned)ROLES_STAFF;
    return roles;
}

/* An access token of a key has what both the token and the key have, as the key and its owner are
 * now: what they lost since it was made, it has lost too. */
static err take_current(struct exchange *x, struct token_claims *claims, unsigned *ret_usable)
{
    struct gateway_key now = { .per_minute = 0 };
    if (!x->g->opts.key)
        return FAIL(x->cx, TOKEN_INVALID, "no keys here");
    err e = x->g->opts.key(x->g->opts.key_arg, x->cx, (str){ 0 }, claims->credential_id, &now);
    if (e)
        return e;
    claims->roles &= now.roles;
    *ret_usable = now.usable;
    claims->scopes = scope_names(x->cx->arena, scope_set(claims->scopes) & now.scopes);
    claims->per_minute = now.per_minute;
    claims->name = now.name;
    claims->email = now.email;
    return NULL;
}

/* A customer's token on a seller's route is a token of ours, and is told 403 by its roles; one that
 * is for neither the shop nor the route's surface is told 401. */
static err take_claims(struct exchange *x, str token)
{
    struct token_claims claims;
    unsigned usable = ~0U;
    str surface = scope_surface(x->hit.entry->route->scope);
    if (token.n > TOKEN_MAX)
        return FAIL(x->cx, TOKEN_INVALID, "too long");
    err e = token_verify(x->g->opts.tokens, x->cx, token, surface, &claims);
    if (e == &TOKEN_INVALID && !str_eq(surface, S("store"))) {
        cx_clear(x->cx);
        e = token_verify(x->g->opts.tokens, x->cx, token, S("store"), &claims);
    }
    if (e)
        return e;
    if (!id_is_none(claims.credential_id)) {
        e = take_current(x, &claims, &usable);
        if (e)
            return e;
    }
    x->narrow = !token_is_for(&claims, surface);
    x->cx->who.user_id = claims.user_id;
    x->cx->who.session_id = claims.session_id;
    x->cx->who.proved_ms = claims.proved_ms;
    x->cx->who.factor = claims.factor;
    x->cx->who.name = claims.name;
    x->cx->who.email = claims.email;
    x->cx->who.behind_id = claims.behind_id;
    x->cx->who.credential_id = claims.credential_id;
    x->scopes = scope_set(claims.scopes);
    x->per_minute = claims.per_minute;
    x->roles = claims.roles;
    x->cx->who.roles = usable_roles(&claims) & usable;
    return NULL;
}

/* A key speaks for its owner, with roles as they are now. */
static err take_key(struct exchange *x, str secret)
{
    struct gateway_key key = { .per_minute = 0 };
    if (!x->g->opts.key || secret.n > TOKEN_MAX)
        return FAIL(x->cx, TOKEN_INVALID, "no keys here");
    err e = x->g->opts.key(x->g->opts.key_arg, x->cx, secret, (id){ { 0 } }, &key);
    if (e)
        return e;
    x->cx->who.user_id = key.user_id;
    x->cx->who.credential_id = key.credential_id;
    x->cx->who.name = key.name;
    x->cx->who.email = key.email;
    x->roles = key.roles;
    x->cx->who.roles = key.roles & key.usable;
    x->scopes = key.scopes;
    x->per_minute = key.per_minute;
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

/* Nobody but our proxies says how a visitor came to them. */
static void drop_proto(struct http_request *req)
{
    struct http_header *kept = NEW_N(req->cx.arena, req->headers_n, struct http_header);
    size_t n = 0;
    for (size_t i = 0; i < req->headers_n; i++)
        if (!str_eq_nocase(req->headers[i].name, S("X-Forwarded-Proto")))
            kept[n++] = req->headers[i];
    req->headers = kept;
    req->headers_n = n;
}

void gateway_take_peer(const struct gateway *g, struct http_request *req)
{
    str rest = g->opts.proxies, list = { 0 }, last = { 0 };
    bool ours = false;
    while (rest.n && !ours)
        ours = str_eq(str_trim(str_cut(&rest, ',')), req->cx.peer);
    if (!ours && http_request_header(req, S("X-Forwarded-Proto")).p)
        drop_proto(req);
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
    if (!origin.p && !site.p)
        origin = http_request_header(x->req, S("Referer")); /* of a browser that says no more */
    if (!origin.p)
        return NULL;
    str rest = origin, from = str_cut_authority(&rest);
    if (!from.p || !str_eq_nocase(from, http_request_header(x->req, S("Host"))))
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

/* Routes that read the header themselves: there it is no login of ours. */
static bool takes_authorization(const struct route *r)
{
    for (size_t i = 0; r->in && i < r->in->fields_n; i++)
        if (r->in->fields[i].at == AT_HEADER &&
            str_eq(str_from_c(r->in->fields[i].name), S("authorization")))
            return true;
    return false;
}

err gateway_authenticate(struct exchange *x)
{
    struct cx *cx = x->cx;
    if (x->hit.entry->route->foreign)
        return NULL; /* nobody's, whatever comes with it */
    str cart = http_request_header(x->req, S("X-Cart-Token"));
    if (!cart.p)
        cart = http_request_cookie(x->req, S("souk_cart"));
    if (token_shaped(cart))
        cx->who.cart_token = cart;
    str header = http_request_header(x->req, S("Authorization"));
    if (header.p && !takes_authorization(x->hit.entry->route)) {
        if (header.n < 7 || !str_eq_nocase(str_sub(header, 0, 7), S("Bearer ")))
            return FAIL(cx, TOKEN_INVALID, "not a Bearer token");
        str token = str_trim(str_skip(header, 7));
        return str_starts(token, S(GATEWAY_KEY_PREFIX)) ? take_key(x, token)
                                                        : take_claims(x, token);
    }
    str cookie = http_request_cookie(x->req, S("souk_at"));
    if (cookie.p && cookie.n) {
        if (take_claims(x, cookie))
            cx_clear(cx); /* an old cookie is no login, and no fault of the visitor */
    }
    if (gateway_is_unsafe(x->req->method) &&
        (cookie.p || x->hit.entry->route->surface == SURFACE_PAGE ||
            http_request_cookie(x->req, S("souk_cart")).p))
        return check_origin(x);
    return NULL;
}

/* A key has what it was given and no more: of what is everybody's the reading and the changing of
 * its owner's account are given apart, and without them it is nobody there. */
static err authorize_key(struct exchange *x)
{
    const struct route *r = x->hit.entry->route;
    enum scope wanted = r->scope;
    if (wanted == SCOPE_USER || wanted == SCOPE_PUBLIC)
        wanted = gateway_is_unsafe(x->req->method) ? SCOPE_ACCOUNT_WRITE : SCOPE_ACCOUNT_READ;
    if (x->scopes & SCOPE_BIT(wanted) && r->surface == SURFACE_API)
        return NULL;
    if (r->scope != SCOPE_PUBLIC)
        return FAIL(x->cx, GATEWAY_SCOPE, "key without %s", scope_info(wanted)->name);
    struct principal *who = &x->cx->who;
    *who = (struct principal){ .cart_token = who->cart_token, .credential_id = who->credential_id };
    return NULL;
}

err gateway_authorize(struct exchange *x)
{
    const struct route *r = x->hit.entry->route;
    const struct principal *who = &x->cx->who;
    bool key = !id_is_none(who->credential_id);
    ASSERT(r->scope != SCOPE_UNSET);
    if (r->in_person && (key || !id_is_none(who->behind_id)))
        return FAIL(x->cx, GATEWAY_IN_PERSON, "%s", key ? "a key" : "staff acts as the user");
    if (key) {
        err e = authorize_key(x);
        if (e)
            return e;
    }
    if (r->scope == SCOPE_PUBLIC)
        return NULL;
    if (id_is_none(who->user_id))
        return FAIL(x->cx, GATEWAY_NOT_SIGNED_IN, "no login");
    if (!scope_allowed(r->scope, x->roles))
        return FAIL(x->cx, GATEWAY_FORBIDDEN, "roles=%x, %s", x->roles, scope_info(r->scope)->name);
    if (x->narrow || !scope_allowed(r->scope, who->roles))
        return FAIL(x->cx, GATEWAY_NARROW, "a token for the shop alone");
    if (r->step_up && who->proved_ms + ROUTE_PROVED_MS <= x->cx->now_ms)
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
    if (!page || gateway_is_unsafe(x->req->method) || !refresh.n ||
        !id_is_none(x->cx->who.user_id) || str_starts(x->req->path, S("/session")))
        return (str){ 0 };
    str target = x->req->path;
    if (x->req->query.n)
        target = str_fmt(x->cx->arena, STR_F "?" STR_F, STR_A(target), STR_A(x->req->query));
    return str_cat(x->cx->arena, S("/session?next="), str_url_encode(x->cx->arena, target));
}
