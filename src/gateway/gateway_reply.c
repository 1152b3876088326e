/* SPDX-License-Identifier: Apache-2.0
 * From a handler's reply or a problem to an http_response: bodies, headers, cookies, encodings,
 * ETags. Runs on the loop (or on a worker when the result is kept); must never run a handler. */
#include "gateway/gateway_internal.h"

#include <assert.h>
#include <string.h>

#include "base/instant.h"
#include "platform/secret/secret.h"

#define HEADERS_MAX 40
#define COMPRESS_MIN 1024 /* bytes: below, a packet is a packet */

struct head {
    struct http_header list[HEADERS_MAX];
    size_t n;
};

static void add(struct head *h, str name, str value)
{
    ASSERT(h->n < HEADERS_MAX);
    h->list[h->n++] = (struct http_header){ .name = name, .value = value };
}

/* RFC 9110 section 12.5.3, without weights but for q=0. */
bool gateway_accepts(const struct http_request *req, str coding)
{
    str rest = http_request_header(req, S("Accept-Encoding"));
    while (rest.p) {
        str item = str_cut(&rest, ','), weight = item;
        if (!str_eq_nocase(str_trim(str_cut(&weight, ';')), coding))
            continue;
        weight = str_trim(weight);
        return !str_eq(weight, S("q=0")) && !str_eq(weight, S("q=0.0"));
    }
    return false;
}

/* RFC 9110 section 13.1.2: a list of entity tags, weak ones compare equal here. */
static bool none_match(const struct http_request *req, str etag)
{
    str rest = http_request_header(req, S("If-None-Match"));
    while (rest.p) {
        str tag = str_trim(str_cut(&rest, ','));
        if (str_starts(tag, S("W/")))
            tag = str_skip(tag, 2);
        if (str_eq(tag, etag) || str_eq(tag, S("*")))
            return true;
    }
    return false;
}

static bool is_page(const struct exchange *x)
{
    if (x->hit.entry)
        return x->hit.entry->route->surface == SURFACE_PAGE;
    return !str_starts(x->req->path, S("/api/")) &&
           str_find(http_request_header(x->req, S("Accept")), S("text/html"), 0) >= 0;
}

#define CSP                                                                                        \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "                   \
    "frame-ancestors 'none'; manifest-src 'self'"

static void add_security(struct exchange *x, struct head *h, bool page)
{
    add(h, S("X-Content-Type-Options"), S("nosniff"));
    if (gateway_secure(x->g, x->req)) /* RFC 6797: told over TLS alone */
        add(h, S("Strict-Transport-Security"), S("max-age=31536000; includeSubDomains"));
    add(h, S("Content-Security-Policy"),
        page ? S(CSP) : S("default-src 'none'; frame-ancestors 'none'"));
    if (!page)
        return;
    add(h, S("Referrer-Policy"), S("strict-origin-when-cross-origin"));
    add(h, S("X-Frame-Options"), S("DENY"));
    add(h, S("Cross-Origin-Opener-Policy"), S("same-origin"));
}

static void add_common(struct exchange *x, struct head *h, bool page)
{
    struct arena *a = x->cx->arena;
    add(h, S("X-Request-Id"), x->cx->request_id);
    add_security(x, h, page);
    if (!page && str_starts(x->req->path, S("/api/"))) {
        add(h, S("Access-Control-Allow-Origin"), S("*"));
        add(h, S("Access-Control-Expose-Headers"),
            S("ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, "
              "X-Request-Id"));
    }
    if (x->limit.limited) {
        add(h, S("RateLimit-Policy"),
            str_fmt(a, "\"%s\";q=%lld;w=%lld", x->limit.policy, (long long)x->limit.quota,
                (long long)x->limit.window_s));
        add(h, S("RateLimit"),
            str_fmt(a, "\"%s\";r=%lld;t=%lld", x->limit.policy, (long long)x->limit.remaining,
                (long long)x->limit.reset_s));
    }
}

static void add_cookies(struct exchange *x, struct head *h)
{
    bool secure = gateway_secure(x->g, x->req);
    for (size_t i = 0; i < x->reply.cookies_n; i++) {
        const struct reply_cookie *c = &x->reply.cookies[i];
        struct buf b = { .arena = x->cx->arena };
        if (secure && !c->readable)
            buf_add(&b, S(GATEWAY_HOST_PREFIX));
        buf_fmt(&b, STR_F "=" STR_F "; Path=/; SameSite=Lax", STR_A(c->name), STR_A(c->value));
        if (c->max_age_s >= 0)
            buf_fmt(&b, "; Max-Age=%lld", (long long)c->max_age_s);
        if (!c->readable)
            buf_add(&b, S("; HttpOnly"));
        if (secure)
            buf_add(&b, S("; Secure"));
        add(h, S("Set-Cookie"), buf_str(&b));
    }
}

static void respond(struct exchange *x, struct head *h, int status, str body)
{
    struct gateway *g = x->g;
    if (x->hit.entry)
        metric_observe_us(g->route_us[x->hit.entry->index], clock_mono_us() - x->req->began_us);
    if (g->opts.record && x->hit.entry)
        log_line(g->opts.log, LOG_INFO, S("hit"),
            LOG_FIELDS({ "method", str_from_c(x->hit.entry->route->method), 0 },
                { "route", str_from_c(x->hit.entry->route->path), 0 },
                { "status", { 0 }, status }));
    struct http_response res = {
        .status = status, .headers = h->list, .headers_n = h->n, .body = body
    };
    http_reply(x->req, &res);
}

/* Compresses a dynamic body when that pays and the client takes it. */
static str encode_body(struct exchange *x, struct head *h, str body)
{
    add(h, S("Vary"), S("Accept-Encoding"));
    if (body.n < COMPRESS_MIN || !gateway_accepts(x->req, S("gzip")))
        return body;
    str packed = gateway_gzip(x->cx->arena, body, 1);
    if (packed.n >= body.n)
        return body;
    add(h, S("Content-Encoding"), S("gzip"));
    return packed;
}

/* Where a visitor of a page gets what is missing, and comes back from; absent: nowhere. */
static str door_to(err e)
{
    if (e->kind == KIND_UNSIGNED)
        return S("/signin?next=");
    if (e == &GATEWAY_STEP_UP)
        return S("/account/confirm?next=");
    return e == &GATEWAY_NARROW ? S("/account/security?next=") : (str){ 0 };
}

/* One line about each attempt to come in, or to do what one may not, that failed; e is NULL when a
 * page says so. Not about who has only to sign in, nor about what ran out. Never what was typed. */
static void note_refusal(struct exchange *x, err e, int status)
{
    const struct route *r = x->hit.entry ? x->hit.entry->route : NULL;
    bool door = r && gateway_is_unsafe(x->req->method) &&
                (r->limit == LIMIT_LOGIN || r->limit == LIMIT_CODE);
    bool forged =
        e && e->kind == KIND_UNSIGNED && e != &GATEWAY_NOT_SIGNED_IN && e != &TOKEN_EXPIRED;
    if (status < 400 || status > 499 || !(door || forged || (e && e->kind == KIND_DENIED)))
        return;
    str user = id_is_none(x->cx->who.user_id) ? S("") : id_text(x->cx->arena, x->cx->who.user_id);
    log_line(x->g->opts.log, LOG_INFO, S("refused"),
        LOG_FIELDS({ "status", { 0 }, status }, { "slug", e ? str_from_c(e->slug) : S("form"), 0 },
            { "method", r ? str_from_c(r->method) : S(""), 0 },
            { "route", r ? str_from_c(r->path) : S(""), 0 }, { "address", x->cx->peer, 0 },
            { "user", user, 0 }, { "request_id", x->cx->request_id, 0 }));
}

static void send_problem(struct exchange *x, err e)
{
    struct head h = { .n = 0 };
    bool page = is_page(x);
    struct gateway *g = x->g;
    log_err(g->opts.log, x->cx, e, S("request"));
    note_refusal(x, e, gateway_status_of(e));
    if (g->opts.record)
        log_line(
            g->opts.log, LOG_INFO, S("problem"), LOG_FIELDS({ "slug", str_from_c(e->slug), 0 }));
    str door = page && str_eq(x->req->method, S("GET")) ? door_to(e) : (str){ 0 };
    if (door.n) {
        str target = x->req->path;
        if (x->req->query.n)
            target = str_fmt(x->cx->arena, STR_F "?" STR_F, STR_A(target), STR_A(x->req->query));
        str next = str_url_encode(x->cx->arena, target);
        add_common(x, &h, page);
        add(&h, S("Location"), str_cat(x->cx->arena, door, next));
        add(&h, S("Cache-Control"), S("private, no-store"));
        respond(x, &h, 303, S(""));
        return;
    }
    add_common(x, &h, page);
    add(&h, S("Cache-Control"), S("private, no-store"));
    if (e->kind == KIND_UNSIGNED)
        add(&h, S("WWW-Authenticate"), S("Bearer"));
    if (e->kind == KIND_BUSY || e->kind == KIND_TOO_MANY || e == &IDEM_RUNNING)
        add(&h, S("Retry-After"),
            str_from_i64(x->cx->arena, x->cx->retry_after_s > 0 ? x->cx->retry_after_s : 1));
    for (size_t i = 0; i < x->reply.headers_n; i++)
        if (str_eq(x->reply.headers[i].name, S("Allow")) ||
            str_eq(x->reply.headers[i].name, S("Idempotent-Replayed")))
            add(&h, x->reply.headers[i].name, x->reply.headers[i].value);
    add(&h, S("Content-Type"),
        page ? S("text/html; charset=utf-8") : S("application/problem+json"));
    str body = page ? gateway_problem_page(x, e) : gateway_problem_json(x, e);
    respond(x, &h, gateway_status_of(e), body);
}

/* The body of a success and its content type. */
static str body_of(struct exchange *x, str *ret_type)
{
    struct reply *r = &x->reply;
    if (r->page) {
        *ret_type = S("text/html; charset=utf-8");
        return gateway_page(x, r);
    }
    if (r->shape) {
        struct buf out = { .arena = x->cx->arena };
        json_encode(&out, r->shape, r->value, r->snake);
        *ret_type = S("application/json");
        return buf_str(&out);
    }
    *ret_type = r->type;
    return r->bytes;
}

static bool has_location(const struct reply *r)
{
    for (size_t i = 0; i < r->headers_n; i++)
        if (str_eq(r->headers[i].name, S("Location")))
            return true;
    return false;
}

/* Of what was made and has no page of its own: the list that it is in, which is the first path on
 * the way up that can be read. Absent: there is none. */
static str listed_at(struct exchange *x)
{
    struct cx cx = { .arena = x->cx->arena };
    str path = x->req->path;
    while (path.n > 1) {
        struct route_hit hit;
        str allow;
        if (!route_table_find(x->g->opts.routes, &cx, S("GET"), path, &hit, &allow))
            return hit.entry->route->surface == SURFACE_API ? path : (str){ 0 };
        cx_clear(&cx);
        while (path.n && path.p[--path.n] != '/')
            ;
    }
    return (str){ 0 };
}

static str etag_of_version(struct arena *a, int64_t version)
{
    return str_fmt(a, "\"v%lld\"", (long long)version);
}

void gateway_send(struct exchange *x, err e)
{
    if (e) {
        send_problem(x, e);
        return;
    }
    struct head h = { .n = 0 };
    struct reply *r = &x->reply;
    bool page = is_page(x);
    str type = { 0 };
    str body = body_of(x, &type);
    add_common(x, &h, page);
    add_cookies(x, &h);
    for (size_t i = 0; i < r->headers_n; i++)
        add(&h, r->headers[i].name, r->headers[i].value);
    bool forever = x->hit.entry && x->hit.entry->route->caching == CACHING_FOREVER;
    add(&h, S("Cache-Control"),
        forever ? S("public, max-age=31536000, immutable") : S("private, no-store"));
    if (r->version > 0)
        add(&h, S("ETag"), etag_of_version(x->cx->arena, r->version));
    str list = r->status == 201 && !page && !has_location(r) ? listed_at(x) : (str){ 0 };
    if (list.n)
        add(&h, S("Location"), list);
    if (x->replayed)
        add(&h, S("Idempotent-Replayed"), S("true"));
    if (r->status != 204 && type.n) {
        add(&h, S("Content-Type"), type);
        body = encode_body(x, &h, body);
    }
    note_refusal(x, NULL, r->status);
    respond(x, &h, r->status, body);
}

/* ---- what the cache keeps ---- */

/* The rule of freshness: a change of price or stock is seen within a second by whoever asks us
 * (ARCHITECTURE 5). Half of it is the way of the event to the index; the other half is how long we
 * answer from what we made (an event drops a product's own entry at once, and all others that were
 * made before it are fresh for CACHE_NEWS_MS), and no more than that again while another reader
 * waits for the new one (cache.h). Readers are told the same half
 * second, which in whole seconds is none: they come back with the ETag, and a 304 costs us a
 * look-up. A CDN may show its copy for one more second while it asks, so that a crowd is one
 * request; and for a minute when we do not answer at all. */
#define FRESH_MS 500
#define READER_S 0
#define CDN_STALE_S 1
#define CDN_AWAY_S 60
static_assert(READER_S * 1000 <= FRESH_MS, "nobody keeps longer than we do");

#define FOREVER_KEPT_MS 10000 /* in our memory; the content never changes */

static str cache_control(const struct exchange *x)
{
    if (x->hit.entry->route->caching == CACHING_FOREVER)
        return S("public, max-age=31536000, immutable");
    if (x->hit.entry->route->surface == SURFACE_PAGE)
        return S("private, no-cache"); /* the frame shows the visitor's name and cart */
    return S("public, max-age=" STRINGIFY(READER_S) ", stale-while-revalidate=" STRINGIFY(
        CDN_STALE_S) ", stale-if-error=" STRINGIFY(CDN_AWAY_S));
}

static void release_entry(void *entry)
{
    cache_release(entry);
}

static void send_personal(struct exchange *x, const struct cache_entry *entry)
{
    struct head h = { .n = 0 };
    if (gateway_authenticate(x))
        cx_clear(x->cx);
    str body = gateway_page_personal(x, entry->body);
    add_common(x, &h, true);
    add(&h, S("Cache-Control"), S("private, no-store"));
    add(&h, S("Content-Type"), entry->type);
    body = encode_body(x, &h, body);
    respond(x, &h, entry->status, body);
    cache_release(entry);
}

void gateway_send_cached(struct exchange *x, const struct cache_entry *entry)
{
    bool page = is_page(x);
    if (page && x->personal) {
        send_personal(x, entry);
        return;
    }
    struct head h = { .n = 0 };
    add_common(x, &h, page);
    add(&h, S("Cache-Control"), cache_control(x));
    add(&h, S("Vary"), page ? S("Accept-Encoding, Cookie") : S("Accept-Encoding"));
    add(&h, S("ETag"), entry->etag);
    struct http_response res = { .status = entry->status };
    if (none_match(x->req, entry->etag)) {
        res.status = 304;
    } else {
        add(&h, S("Content-Type"), entry->type);
        res.body = entry->body;
        if (entry->brotli.n && gateway_accepts(x->req, S("br"))) {
            res.body = entry->brotli;
            add(&h, S("Content-Encoding"), S("br"));
        } else if (entry->gzip.n && gateway_accepts(x->req, S("gzip"))) {
            res.body = entry->gzip;
            add(&h, S("Content-Encoding"), S("gzip"));
        }
    }
    res.headers = h.list;
    res.headers_n = h.n;
    res.body_keep = (void *)(uintptr_t)entry;
    res.body_release = release_entry;
    if (x->hit.entry)
        metric_observe_us(x->g->route_us[x->hit.entry->index], clock_mono_us() - x->req->began_us);
    http_reply(x->req, &res);
}

/* To compress a page well takes as long as to make it, and most pages are asked for once while they
 * are fresh. So who asks first gets a hasty form, of the kind that he takes; who asks next makes a
 * good one, for those who follow. */
#define HASTY_BROTLI 1
#define HASTY_GZIP 1
#define GOOD_BROTLI 5
#define GOOD_GZIP 6

/* 0: a visitor with a frame of their own gets none of what is kept. */
static enum cache_form form_for(const struct exchange *x)
{
    if (x->personal && is_page(x))
        return 0;
    return gateway_accepts(x->req, S("br"))     ? CACHE_BROTLI
           : gateway_accepts(x->req, S("gzip")) ? CACHE_GZIP
                                                : 0;
}

enum cache_form gateway_wants_form(const struct exchange *x, const struct cache_entry *entry)
{
    enum cache_form form = form_for(x);
    return (entry->good & form) || none_match(x->req, entry->etag) ? 0 : form;
}

static void press_hastily(struct exchange *x, struct cache_entry *made)
{
    enum cache_form form = made->body.n < COMPRESS_MIN ? 0 : form_for(x);
    if (made->body.n < COMPRESS_MIN)
        made->good = CACHE_BROTLI | CACHE_GZIP;
    if (form == CACHE_BROTLI)
        made->brotli = gateway_brotli(x->cx->arena, made->body, HASTY_BROTLI);
    if (form == CACHE_GZIP)
        made->gzip = gateway_gzip(x->cx->arena, made->body, HASTY_GZIP);
}

void gateway_send_pressed(struct exchange *x)
{
    const struct cache_entry *kept, *old = x->kept;
    struct cache_entry made = *old;
    enum cache_form form = form_for(x);
    if (form == CACHE_BROTLI)
        made.brotli = gateway_brotli(x->cx->arena, made.body, GOOD_BROTLI);
    else
        made.gzip = gateway_gzip(x->cx->arena, made.body, GOOD_GZIP);
    made.good |= form;
    cache_replace(x->g->opts.cache, x->cache_key, old, &made, &kept);
    cache_release(old);
    gateway_send_cached(x, kept);
}

static int64_t fresh_ms(const struct exchange *x)
{
    return x->hit.entry->route->caching == CACHING_FOREVER ? FOREVER_KEPT_MS : FRESH_MS;
}

void gateway_send_and_keep(struct exchange *x)
{
    struct arena *a = x->cx->arena;
    struct cache_entry made = { .status = x->reply.status,
        .made_ms = x->cx->now_ms,
        .newsy = x->hit.entry->route->caching == CACHING_PUBLIC,
        .news = x->news };
    struct principal who = x->cx->who;
    x->cx->who = (struct principal){ 0 }; /* what is kept is for everybody */
    made.body = body_of(x, &made.type);
    x->cx->who = who;
    made.fresh_ms = x->cx->now_ms + fresh_ms(x);
    made.etag = str_fmt(a, "\"" STR_F "\"", STR_A(secret_print_hex(a, made.body)));
    press_hastily(x, &made);
    const struct cache_entry *kept;
    cache_put(x->g->opts.cache, x->cache_key, &made, &kept);
    x->rebuilding = false;
    if (x->g->opts.record)
        log_line(x->g->opts.log, LOG_INFO, S("hit"),
            LOG_FIELDS({ "method", str_from_c(x->hit.entry->route->method), 0 },
                { "route", str_from_c(x->hit.entry->route->path), 0 },
                { "status", { 0 }, made.status }));
    gateway_send_cached(x, kept);
}
