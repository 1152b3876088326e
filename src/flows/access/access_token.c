/* SPDX-License-Identifier: Apache-2.0
 * POST /oauth/token: an access token for client credentials (RFC 6749 section 4.4), limited to
 * permissions of the key. Called by the gateway; answers errors in the RFC's form, not ours. */
#include "base/instant.h"
#include "flows/access/access_internal.h"
#include "platform/token/token.h"

struct token_in {
    str body, authorization;
};
static const struct json_field token_fields[] = {
    JSON_STR(struct token_in, body, .at = AT_RAW),
    JSON_STR(struct token_in, authorization, .at = AT_HEADER, .max = 1000),
};
const struct json_shape access_token_in =
    JSON_SHAPE("OAuthTokenInput", struct token_in, token_fields);

struct token_json {
    str access_token, token_type, scope, error;
    int64_t expires_in;
};
static const struct json_field json_fields[] = {
    JSON_STR(struct token_json, access_token, .max = 4096),
    JSON_STR(struct token_json, token_type),
    JSON_INT(struct token_json, expires_in, .zero_out = true),
    JSON_STR(struct token_json, scope),
    JSON_STR(struct token_json, error),
};
static const struct json_shape json_shape =
    JSON_SHAPE("OAuthToken", struct token_json, json_fields);

static err refuse(struct cx *cx, struct reply *reply, int status, const char *error)
{
    struct token_json *v = NEW(cx->arena, struct token_json);
    cx_clear(cx);
    v->error = str_from_c(error);
    reply->snake = true;
    if (status == 401)
        reply_add_header(reply, S("WWW-Authenticate"), S("Basic realm=\"souk\""));
    return reply_json(reply, status, &json_shape, v);
}

struct asked {
    str grant_type, client_id, client_secret, scope;
    bool twice; /* a parameter, or the way to say who one is */
};

static void take(struct asked *q, str *slot, str value)
{
    q->twice = q->twice || slot->p;
    *slot = value;
}

/* Who asks stands in the header or in the body, not in both. */
static err read(struct cx *cx, const struct token_in *in, struct asked *q)
{
    struct json_pair *pairs;
    size_t n;
    str bytes;
    err e = json_pairs_of_query(cx, in->body, &pairs, &n);
    for (size_t i = 0; !e && i < n; i++) {
        if (str_eq(pairs[i].name, S("grant_type")))
            take(q, &q->grant_type, pairs[i].value);
        else if (str_eq(pairs[i].name, S("client_id")))
            take(q, &q->client_id, pairs[i].value);
        else if (str_eq(pairs[i].name, S("client_secret")))
            take(q, &q->client_secret, pairs[i].value);
        else if (str_eq(pairs[i].name, S("scope")))
            take(q, &q->scope, pairs[i].value);
    }
    if (!in->authorization.n || e)
        return e;
    if (in->authorization.n < 6 || !str_eq_nocase(str_sub(in->authorization, 0, 6), S("Basic ")) ||
        !str_unbase64(cx->arena, str_trim(str_skip(in->authorization, 6)), &bytes))
        return FAIL(cx, CREDENTIALS_BAD, "not Basic");
    take(q, &q->client_id, str_cut(&bytes, ':'));
    take(q, &q->client_secret, bytes);
    return NULL;
}

/* Of each permission the surface: what the token is for. */
static str audience(struct cx *cx, uint64_t scopes)
{
    bool seller = false, admin = false;
    for (enum scope s = SCOPE_UNSET; s < SCOPES_N; s++)
        if (scopes & SCOPE_BIT(s)) {
            seller = seller || scope_info(s)->surface == SCOPE_OF_SELLER;
            admin = admin || scope_info(s)->surface == SCOPE_OF_ADMIN;
        }
    return str_fmt(cx->arena, "store%s%s", seller ? " seller" : "", admin ? " admin" : "");
}

static err give(struct access *a, struct cx *cx, const struct credentials_key *key, uint64_t scopes,
    struct reply *reply)
{
    struct token_json *v = NEW(cx->arena, struct token_json);
    struct identity_user user;
    err e = identity_user_get(a->deps.identity, cx, key->user_id, &user);
    if (!e)
        e = credentials_used(a->deps.credentials, cx, key->key_id);
    if (e)
        return e;
    v->scope = scope_names(cx->arena, scopes);
    struct token_claims claims = { .user_id = user.user_id,
        .session_id = key->key_id,
        .credential_id = key->key_id,
        .scopes = v->scope,
        .per_minute = key->per_minute,
        .roles = user.roles,
        .issued_ms = cx->now_ms,
        .expires_ms = cx->now_ms + ACCESS_TOKEN_MS,
        .audience = audience(cx, scopes) };
    if (key->expires_ms && claims.expires_ms > key->expires_ms)
        claims.expires_ms =
            key->expires_ms < cx->now_ms + SECOND_MS ? cx->now_ms + SECOND_MS : key->expires_ms;
    v->token_type = S("Bearer");
    v->expires_in = (claims.expires_ms - cx->now_ms) / SECOND_MS;
    e = token_sign(a->deps.tokens, cx, &claims, &v->access_token);
    reply->snake = true;
    return e ? e : reply_json(reply, 200, &json_shape, v);
}

err access_post_token(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    struct asked q = { .twice = false };
    struct credentials_key key;
    id client_id;
    err e = read(cx, body, &q);
    if (e == &CREDENTIALS_BAD)
        return refuse(cx, reply, 401, "invalid_client");
    if (e || q.twice || !q.grant_type.n)
        return refuse(cx, reply, 400, "invalid_request");
    if (!str_eq(q.grant_type, S("client_credentials")))
        return refuse(cx, reply, 400, "unsupported_grant_type");
    e = credentials_check(a->deps.credentials, cx, q.client_secret, &key);
    if (e && e != &CREDENTIALS_BAD)
        return e;
    if (e || !id_parse(q.client_id, &client_id) || !id_eq(client_id, key.key_id))
        return refuse(cx, reply, 401, "invalid_client");
    uint64_t wanted = q.scope.n ? scope_set(q.scope) : key.scopes;
    if (!wanted || (wanted & ~key.scopes))
        return refuse(cx, reply, 400, "invalid_scope");
    for (str rest = q.scope; rest.n;)
        if (scope_named(str_cut(&rest, ' ')) == SCOPE_UNSET)
            return refuse(cx, reply, 400, "invalid_scope");
    return give(a, cx, &key, wanted, reply);
}
