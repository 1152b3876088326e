/* SPDX-License-Identifier: Apache-2.0
 * Issuers: discovery, keys, and the exchange of a code for an id_token. Called by flows on workers.
 * Must never ask an address that the operator's settings, or the issuer's own document, do not
 * name; nor log a code, a secret or a token. */
#include "platform/oidc/oidc.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/json.h"
#include "platform/http/http_client.h"
#include "platform/secret/secret.h"

const problem OIDC_AWAY = { KIND_UPSTREAM, "oidc.away", "login_unavailable",
    "That way to sign in does not work at the moment" };
const problem OIDC_WRONG = { KIND_UNSIGNED, "oidc.wrong", "login_refused",
    "What the other side answered is not good" };

#define CALL_MS 5000
#define REPLY_MAX ((size_t)256 * 1024)
#define FRESH_MS HOUR_MS          /* of what discovery told */
#define KEYS_MS (MINUTE_MS)       /* keys are not asked for more often, whatever tokens name */
#define RETRY_MS (10 * SECOND_MS) /* nor an issuer that is away */

/* What an issuer told of itself, copied out under the lock. */
struct facts {
    str authorize_url, token_url, keys_url, keys;
    str person_url; /* absent: its id_tokens say all there is */
    bool says_iss, basic;
};
struct place {
    pthread_mutex_t lock; /* held while asking: others wait for the one answer */
    struct arena *arena;  /* of facts; NULL: nothing is known */
    struct facts facts;
    int64_t asked_ms, tried_ms, keys_ms;
};
struct oidc {
    struct http_client *http;
    size_t n;
    struct oidc_issuer issuers[OIDC_ISSUERS_MAX];
    struct place places[OIDC_ISSUERS_MAX];
};

/* https, or a program on this machine. */
static bool url_ok(str url)
{
    static const str loopback[] = { S_INIT("http://127.0.0.1"), S_INIT("http://localhost") };
    if (url.n > 2000)
        return false;
    for (size_t i = 0; i < COUNT(loopback); i++) {
        str rest = str_skip(url, loopback[i].n);
        if (str_starts(url, loopback[i]) && (rest.n == 0 || rest.p[0] == ':' || rest.p[0] == '/') &&
            str_find_char(rest, '@', 0) < 0)
            return true;
    }
    return str_starts(url, S("https://")) && url.n > 8;
}

err oidc_open(struct arena *life, struct cx *cx, struct http_client *http,
    const struct oidc_issuer *issuers, size_t n, struct oidc **ret)
{
    struct oidc *o = NEW(life, struct oidc);
    ASSERT(n <= OIDC_ISSUERS_MAX);
    o->http = http;
    for (size_t i = 0; i < n; i++) {
        if (!url_ok(issuers[i].issuer) || (issuers[i].token_url.n && !url_ok(issuers[i].token_url)))
            return FAIL(
                cx, ERR_INVALID, STR_F ": an issuer must be https://", STR_A(issuers[i].name));
        o->issuers[o->n++] = issuers[i];
        pthread_mutex_init(&o->places[i].lock, NULL);
    }
    *ret = o;
    return NULL;
}

void oidc_close(struct oidc *o)
{
    for (size_t i = 0; o && i < o->n; i++) {
        if (o->places[i].arena)
            arena_close(o->places[i].arena);
        pthread_mutex_destroy(&o->places[i].lock);
    }
}

size_t oidc_count(const struct oidc *o)
{
    return o ? o->n : 0;
}

const struct oidc_issuer *oidc_at(const struct oidc *o, size_t i)
{
    ASSERT(i < o->n);
    return &o->issuers[i];
}

const struct oidc_issuer *oidc_find(const struct oidc *o, str name)
{
    for (size_t i = 0; i < oidc_count(o); i++)
        if (str_eq(o->issuers[i].name, name))
            return &o->issuers[i];
    return NULL;
}

/* ---- asking ---- */

static void json_close_at(struct json_value **v)
{
    json_value_close(*v);
}

/* A 2xx answer that is JSON; anything else is OIDC_AWAY. *ret_status is told either way. */
static err ask_json(struct oidc *o, struct cx *cx, struct http_call call, int *ret_status,
    str *ret_text, struct json_value **ret)
{
    struct http_answer answer;
    call.timeout_ms = CALL_MS;
    call.reply_bytes_max = REPLY_MAX;
    *ret_status = 0;
    if (http_client_call(o->http, cx, call, &answer)) {
        str detail = cx->detail;
        cx_clear(cx);
        return FAIL(cx, OIDC_AWAY, STR_F, STR_A(detail));
    }
    *ret_status = answer.status;
    if (answer.status < 200 || answer.status > 299)
        return FAIL(cx, OIDC_AWAY, "it answered %d", answer.status);
    if (json_value_parse(cx, answer.body, ret)) {
        cx_clear(cx);
        return FAIL(cx, OIDC_AWAY, "its answer is no JSON");
    }
    *ret_text = answer.body;
    return NULL;
}

static bool has(struct cx *cx, const struct json_value *list, str word)
{
    for (size_t i = 0; i < json_value_count(list); i++)
        if (str_eq(json_value_str(cx->arena, json_value_at(list, i)), word))
            return true;
    return false;
}

static err discover(
    struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer, struct facts *ret)
{
    DEFER(json_close_at) struct json_value *doc = NULL;
    str text, base = issuer->issuer;
    int status;
    while (str_ends(base, S("/")))
        base = str_sub(base, 0, base.n - 1);
    err e = ask_json(o, cx,
        (struct http_call){ .method = S("GET"),
            .url = str_cat(cx->arena, base, S("/.well-known/openid-configuration")) },
        &status, &text, &doc);
    if (e)
        return e;
    const struct json_value *methods = json_value_get(doc, "token_endpoint_auth_methods_supported");
    struct facts f = {
        .authorize_url = json_value_str(cx->arena, json_value_get(doc, "authorization_endpoint")),
        .token_url = issuer->token_url.n
                         ? issuer->token_url
                         : json_value_str(cx->arena, json_value_get(doc, "token_endpoint")),
        .keys_url = json_value_str(cx->arena, json_value_get(doc, "jwks_uri")),
        .person_url = json_value_str(cx->arena, json_value_get(doc, "userinfo_endpoint")),
        .says_iss =
            str_eq(json_value_str(cx->arena,
                       json_value_get(doc, "authorization_response_iss_parameter_supported")),
                S("true")),
        .basic = !has(cx, methods, S("client_secret_post")) && !issuer->token_url.n,
    };
    if (!str_eq(json_value_str(cx->arena, json_value_get(doc, "issuer")), issuer->issuer))
        return FAIL(cx, OIDC_AWAY, "its document is of another issuer");
    if (!url_ok(f.authorize_url) || !url_ok(f.token_url) || !url_ok(f.keys_url) ||
        (f.person_url.n && !url_ok(f.person_url)))
        return FAIL(cx, OIDC_AWAY, "its document names addresses that are not https");
    *ret = f;
    return NULL;
}

static err read_keys(struct oidc *o, struct cx *cx, str url, str *ret)
{
    DEFER(json_close_at) struct json_value *doc = NULL;
    int status;
    return ask_json(
        o, cx, (struct http_call){ .method = S("GET"), .url = url }, &status, ret, &doc);
}

/* Keeps what was told in an arena of its own, and throws the old one away. */
static void keep(struct place *p, const struct facts *f)
{
    struct arena *arena = arena_open(4096);
    struct facts copy = { .authorize_url = str_dup(arena, f->authorize_url),
        .token_url = str_dup(arena, f->token_url),
        .keys_url = str_dup(arena, f->keys_url),
        .keys = str_dup(arena, f->keys),
        .person_url = str_dup(arena, f->person_url),
        .says_iss = f->says_iss,
        .basic = f->basic };
    if (p->arena)
        arena_close(p->arena);
    p->arena = arena;
    p->facts = copy;
}

static void copy_out(struct cx *cx, const struct place *p, struct facts *ret)
{
    *ret = p->facts;
    str *const texts[] = { &ret->authorize_url, &ret->token_url, &ret->keys_url, &ret->keys,
        &ret->person_url };
    for (size_t i = 0; i < COUNT(texts); i++)
        *texts[i] = str_dup(cx->arena, *texts[i]);
}

/* With the lock held. What is known serves on when the issuer is away. */
static err renew(
    struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer, struct place *p, bool keys)
{
    struct facts f = { .basic = false };
    bool known = p->arena != NULL;
    bool stale = !known || cx->now_ms - p->asked_ms >= FRESH_MS;
    if (keys && known && cx->now_ms - p->keys_ms >= KEYS_MS)
        stale = true;
    if (!stale)
        return NULL;
    if (p->tried_ms && cx->now_ms - p->tried_ms < RETRY_MS)
        return known ? NULL : FAIL(cx, OIDC_AWAY, "it was away a moment ago");
    err e = discover(o, cx, issuer, &f);
    if (!e)
        e = read_keys(o, cx, f.keys_url, &f.keys);
    p->tried_ms = e ? cx->now_ms : 0;
    if (e && !known)
        return e;
    if (e)
        cx_clear(cx);
    else
        keep(p, &f);
    p->keys_ms = cx->now_ms;
    if (!e)
        p->asked_ms = cx->now_ms;
    return NULL;
}

static err facts_of(
    struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer, bool keys, struct facts *ret)
{
    struct place *p = &o->places[issuer - o->issuers];
    pthread_mutex_lock(&p->lock);
    err e = renew(o, cx, issuer, p, keys);
    if (!e)
        copy_out(cx, p, ret);
    pthread_mutex_unlock(&p->lock);
    return e;
}

/* ---- out and back ---- */

static void add(struct buf *out, const char *name, str value)
{
    if (out->n)
        buf_char(out, '&');
    buf_fmt(out, "%s=" STR_F, name, STR_A(str_url_encode(out->arena, value)));
}

err oidc_start(struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer, struct oidc_ask ask,
    str *ret_url)
{
    struct facts f;
    struct buf q = { .arena = cx->arena };
    err e = facts_of(o, cx, issuer, false, &f);
    if (e)
        return e;
    add(&q, "response_type", S("code"));
    add(&q, "client_id", issuer->client_id);
    add(&q, "redirect_uri", ask.redirect);
    add(&q, "scope", issuer->scope);
    add(&q, "state", ask.state);
    add(&q, "nonce", ask.nonce);
    add(&q, "code_challenge", str_base64url(cx->arena, secret_sha256(cx->arena, ask.verifier)));
    add(&q, "code_challenge_method", S("S256"));
    if (issuer->form_post)
        add(&q, "response_mode", S("form_post"));
    bool more = str_find_char(f.authorize_url, '?', 0) >= 0;
    *ret_url = str_fmt(
        cx->arena, STR_F "%c" STR_F, STR_A(f.authorize_url), more ? '&' : '?', STR_A(buf_str(&q)));
    return NULL;
}

/* The code for an id_token. What the issuer refuses (a code that was used) is OIDC_WRONG. */
static err exchange(struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer,
    const struct facts *f, const struct oidc_answer *in, str *ret, str *ret_access)
{
    DEFER(json_close_at) struct json_value *doc = NULL;
    struct http_header headers[3] = {
        { S("Content-Type"), S("application/x-www-form-urlencoded") },
        { S("Accept"), S("application/json") },
    };
    struct http_call call = {
        .method = S("POST"), .url = f->token_url, .headers = headers, .headers_n = 2
    };
    struct buf q = { .arena = cx->arena };
    str text;
    int status;
    add(&q, "grant_type", S("authorization_code"));
    add(&q, "code", in->code);
    add(&q, "redirect_uri", in->redirect);
    add(&q, "code_verifier", in->verifier);
    if (f->basic && issuer->secret.n) {
        str pair =
            str_fmt(cx->arena, STR_F ":" STR_F, STR_A(str_url_encode(cx->arena, issuer->client_id)),
                STR_A(str_url_encode(cx->arena, issuer->secret)));
        headers[call.headers_n++] = (struct http_header){ S("Authorization"),
            str_cat(cx->arena, S("Basic "), str_base64(cx->arena, pair)) };
    } else {
        add(&q, "client_id", issuer->client_id);
        if (issuer->secret.n)
            add(&q, "client_secret", issuer->secret);
    }
    call.body = buf_str(&q);
    err e = ask_json(o, cx, call, &status, &text, &doc);
    if (e && status >= 400 && status < 500) {
        cx_clear(cx);
        return FAIL(cx, OIDC_WRONG, "the code was refused: %d", status);
    }
    if (e)
        return e;
    *ret = json_value_str(cx->arena, json_value_get(doc, "id_token"));
    *ret_access = json_value_str(cx->arena, json_value_get(doc, "access_token"));
    return ret->n ? NULL : FAIL(cx, OIDC_WRONG, "no id_token");
}

/* What the id_token leaves out, many issuers tell when asked. Of the same person, or not at all. */
static void complete(
    struct oidc *o, struct cx *cx, const struct facts *f, str access, struct oidc_person *person)
{
    DEFER(json_close_at) struct json_value *doc = NULL;
    str text;
    int status;
    if (person->email.n || !f->person_url.n || !access.n)
        return;
    struct http_header bearer = { S("Authorization"), str_cat(cx->arena, S("Bearer "), access) };
    for (size_t i = 0; i < access.n; i++)
        if (access.p[i] <= ' ' || access.p[i] > '~') /* nothing that could end a header */
            return;
    err e = ask_json(o, cx,
        (struct http_call){
            .method = S("GET"), .url = f->person_url, .headers = &bearer, .headers_n = 1 },
        &status, &text, &doc);
    if (e)
        cx_clear(cx);
    if (e || !str_eq(json_value_str(cx->arena, json_value_get(doc, "sub")), person->subject))
        return;
    person->email = json_value_str(cx->arena, json_value_get(doc, "email"));
    person->email_verified =
        str_eq(json_value_str(cx->arena, json_value_get(doc, "email_verified")), S("true"));
    if (!person->name.n)
        person->name = json_value_str(cx->arena, json_value_get(doc, "name"));
}

err oidc_finish(struct oidc *o, struct cx *cx, const struct oidc_issuer *issuer,
    struct oidc_answer in, struct oidc_person *ret)
{
    struct oidc_expected want = { issuer->issuer, issuer->client_id, in.nonce };
    struct facts f;
    struct oidc_person person;
    str token, access = { 0 };
    bool unknown = false;
    err e = facts_of(o, cx, issuer, false, &f);
    if (e)
        return e;
    if (in.iss.n ? !str_eq(in.iss, issuer->issuer) : f.says_iss)
        return FAIL(cx, OIDC_WRONG, "an answer of another issuer");
    e = exchange(o, cx, issuer, &f, &in, &token, &access);
    if (!e)
        e = oidc_token_check(cx, f.keys, want, token, &person, &unknown);
    if (unknown) { /* its keys may have changed */
        cx_clear(cx);
        e = facts_of(o, cx, issuer, true, &f);
        if (!e)
            e = oidc_token_check(cx, f.keys, want, token, &person, &unknown);
    }
    if (e)
        return e;
    complete(o, cx, &f, access, &person);
    *ret = person;
    return NULL;
}
