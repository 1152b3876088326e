/* SPDX-License-Identifier: Apache-2.0
 * The edge's own routes: health, keys, the API description, assets. Must never need a login. */
#include "gateway/gateway_internal.h"

struct status_view {
    str status;
};
static const struct json_field status_fields[] = {
    JSON_STR(struct status_view, status, .required = true),
};
static const struct json_shape status_shape =
    JSON_SHAPE("Health", struct status_view, status_fields);

static err get_livez(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)service;
    (void)in;
    struct status_view *v = NEW(cx->arena, struct status_view);
    v->status = S("ok");
    return reply_json(reply, 200, &status_shape, v);
}

static err get_readyz(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct gateway *g = service;
    err e = g->opts.ready ? g->opts.ready(g->opts.ready_arg, cx) : NULL;
    return e ? e : get_livez(service, cx, in, reply);
}

static err get_openapi(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    struct buf out = { .arena = cx->arena };
    gateway_openapi(service, cx->arena, &out);
    return reply_bytes(reply, 200, S("application/json"), buf_str(&out));
}

/* JWKS (RFC 7517): what verifies our access tokens, for whoever is given one. */
struct key_view {
    str kty, crv, alg, use, kid, x, y;
};
static const struct json_field key_fields[] = {
    JSON_STR(struct key_view, kty, .required = true),
    JSON_STR(struct key_view, crv, .required = true),
    JSON_STR(struct key_view, alg, .required = true),
    JSON_STR(struct key_view, use, .required = true),
    JSON_STR(struct key_view, kid, .required = true, .doc = "RFC 7638 thumbprint"),
    JSON_STR(struct key_view, x, .required = true),
    JSON_STR(struct key_view, y, .required = true),
};
static const struct json_shape key_shape = JSON_SHAPE("PublicKey", struct key_view, key_fields);
struct keys_view {
    struct key_view *keys;
    size_t keys_n;
};
static const struct json_field keys_fields[] = {
    JSON_LIST(struct keys_view, keys, key_shape, .required = true),
};
static const struct json_shape keys_shape = JSON_SHAPE("PublicKeys", struct keys_view, keys_fields);

static err get_jwks(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct gateway *g = service;
    const struct token_public *list;
    struct keys_view *v = NEW(cx->arena, struct keys_view);
    (void)in;
    v->keys_n = token_publics(g->opts.tokens, cx->arena, &list);
    v->keys = NEW_N(cx->arena, v->keys_n, struct key_view);
    for (size_t i = 0; i < v->keys_n; i++)
        v->keys[i] = (struct key_view){ .kty = S("EC"),
            .crv = S("P-256"),
            .alg = S("ES256"),
            .use = S("sig"),
            .kid = list[i].kid,
            .x = list[i].x,
            .y = list[i].y };
    return reply_json(reply, 200, &keys_shape, v);
}

struct asset_path {
    str hash, name;
};
static const struct json_field asset_path_fields[] = {
    JSON_STR(struct asset_path, hash, .at = AT_PATH, .required = true),
    JSON_STR(struct asset_path, name, .at = AT_PATH, .required = true),
};
static const struct json_shape asset_path_shape =
    JSON_SHAPE("AssetPath", struct asset_path, asset_path_fields);

static err get_asset(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct gateway *g = service;
    const struct asset_path *in = body;
    const struct gateway_asset *assets[] = { &g->css, &g->office_css, &g->js, &g->passkey_js,
        &g->icon };
    str wanted = str_fmt(cx->arena, "/assets/" STR_F "/" STR_F, STR_A(in->hash), STR_A(in->name));
    for (size_t i = 0; i < COUNT(assets); i++)
        if (str_eq(assets[i]->path, wanted))
            return reply_bytes(reply, 200, assets[i]->type, assets[i]->body);
    return FAIL(cx, ROUTE_UNKNOWN, "asset " STR_F, STR_A(wanted));
}

static err get_icon(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)cx;
    (void)in;
    struct gateway *g = service;
    return reply_bytes(reply, 200, g->icon.type, g->icon.body);
}

static err get_pieces(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct gateway *g = service;
    (void)in;
    if (!g->opts.pieces && !g->opts.devel)
        return FAIL(cx, ROUTE_UNKNOWN, "the pieces are for development");
    return reply_page(reply, 200, &pieces_page, &gateway_pieces,
        (struct page_head){ .title = S("Pieces"), .noindex = true, .no_search = true });
}

const struct route gateway_routes[] = {
    { .method = "GET",
        .path = "/livez",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_NONE,
        .out = &status_shape,
        .fn = get_livez,
        .summary = "The process is alive" },
    { .method = "GET",
        .path = "/readyz",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_NONE,
        .out = &status_shape,
        .fn = get_readyz,
        .summary = "The process can serve" },
    { .method = "GET",
        .path = "/api/v1/openapi.json",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .caching = CACHING_PUBLIC,
        .fn = get_openapi,
        .summary = "This description" },
    { .method = "GET",
        .path = "/.well-known/jwks.json",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .out = &keys_shape,
        .fn = get_jwks,
        .summary = "The public keys of access tokens, the signing one first" },
    { .method = "GET",
        .path = "/assets/{hash}/{name}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .caching = CACHING_FOREVER,
        .limit = LIMIT_NONE,
        .in = &asset_path_shape,
        .fn = get_asset,
        .summary = "Style, script, icon" },
    { .method = "GET",
        .path = "/favicon.ico",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .caching = CACHING_PUBLIC,
        .limit = LIMIT_NONE,
        .fn = get_icon,
        .summary = "The icon" },
    { .method = "GET",
        .path = "/dev/pieces",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .fn = get_pieces,
        .summary = "All design pieces in their states: when pieces=on, and in development" },
    ROUTES_END,
};
