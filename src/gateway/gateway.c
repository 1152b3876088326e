/* SPDX-License-Identifier: Apache-2.0
 * One request from the event loop over a worker and a lane back to the loop. Called by the http
 * server; one of the four places that open units of work. Must never block a loop. */
#include "gateway/gateway_internal.h"

#include <stdatomic.h>

#include "base/net.h"
#include "platform/secret/secret.h"

const problem GATEWAY_RATE_LIMITED = { KIND_TOO_MANY, "gateway.rate_limited", NULL,
    "Too many requests" };
const problem GATEWAY_REFUSED = { KIND_DENIED, "gateway.refused", "request_refused",
    "This request looks like an attack" };
const problem GATEWAY_OVERLOADED = { KIND_BUSY, "gateway.overloaded", NULL,
    "The shop is very busy; try again shortly" };

const problem *const gateway_problems[] = {
    &ERR_BUG,
    &ERR_MALFORMED,
    &ERR_INVALID,
    &ERR_MISSING,
    &ROUTE_UNKNOWN,
    &ROUTE_METHOD,
    &ROUTE_CONTENT_TYPE,
    &TOKEN_INVALID,
    &TOKEN_EXPIRED,
    &GATEWAY_NOT_SIGNED_IN,
    &GATEWAY_FORBIDDEN,
    &GATEWAY_NARROW,
    &GATEWAY_STEP_UP,
    &GATEWAY_SCOPE,
    &GATEWAY_IN_PERSON,
    &GATEWAY_CROSS_SITE,
    &GATEWAY_REFUSED,
    &GATEWAY_RATE_LIMITED,
    &GATEWAY_OVERLOADED,
    &IDEM_REQUIRED_MISSING,
    &IDEM_BAD_KEY,
    &IDEM_REUSED,
    &IDEM_RUNNING,
    &DB_AWAY,
    &DB_FULL,
    &DB_READONLY,
    &DB_OVERLOADED,
    NULL,
};

static void open_rules(struct gateway *g)
{
    size_t n = 0;
    g->rules = rules_open(g->life);
    while (rules_name(n))
        n++;
    g->rule_hits = NEW_N(g->life, n, struct metric *);
    for (size_t i = 0; i < n; i++)
        g->rule_hits[i] = metrics_counter(g->opts.metrics, S("souk_request_rules_total"),
            str_fmt(g->life, "rule=\"%s\"", rules_name(i)),
            S("Requests that looked like an attack"));
}

err gateway_open(struct arena *life, struct cx *cx, struct gateway_opts opts, struct gateway **ret)
{
    struct gateway *g = NEW(life, struct gateway);
    g->life = life;
    g->opts = opts;
    g->pages = map_new(life, 64);
    g->limits = limits_open(life);
    g->departments_lock = lock_open(life);
    route_table_add(opts.routes, gateway_routes,
        (struct route_owner){ .service = g, .name = "gateway", .arg = opts.db });
    size_t n = route_table_count(opts.routes);
    g->route_us = NEW_N(life, n, struct metric *);
    for (size_t i = 0; i < n; i++) {
        const struct route *r = route_table_at(opts.routes, i)->route;
        g->route_us[i] = metrics_histogram(opts.metrics, S("http_server_request_duration_seconds"),
            str_fmt(life, "http_route=\"%s\",http_request_method=\"%s\"", r->path, r->method),
            S("Time from the last byte of a request to its reply"));
    }
    open_rules(g);
    err e = gateway_assets_open(g, cx);
    if (!e)
        e = gateway_pages_open(g, cx);
    if (!e)
        *ret = g;
    return e;
}

void gateway_close(struct gateway *g)
{
    if (g && g->departments_arena)
        arena_close(g->departments_arena);
}

void gateway_attach(struct gateway *g, struct http_server *server)
{
    g->server = server;
}

#define BODY_MAX_DEFAULT (64 * 1024)

size_t gateway_body_max_of(void *gateway, str method, str path)
{
    struct gateway *g = gateway;
    struct arena *scratch = arena_open(1024);
    struct cx cx = { .arena = scratch };
    struct route_hit hit;
    str allow;
    size_t max = BODY_MAX_DEFAULT;
    if (!route_table_find(g->opts.routes, &cx, method, path, &hit, &allow) &&
        hit.entry->route->body_max)
        max = hit.entry->route->body_max;
    arena_close(scratch);
    return max;
}

void gateway_set_departments(struct gateway *g, const struct department_view *list, size_t n)
{
    struct arena *arena = arena_open(4096);
    struct department_view *copy = NEW_N(arena, n, struct department_view);
    for (size_t i = 0; i < n; i++)
        copy[i] = (struct department_view){ .label = str_dup(arena, list[i].label),
            .href = str_dup(arena, list[i].href) };
    lock_take(g->departments_lock);
    struct arena *old = g->departments_arena;
    g->departments_arena = arena;
    g->departments = copy;
    g->departments_n = n;
    lock_give(g->departments_lock);
    if (old)
        arena_close(old);
}

/* ---- finishing ---- */

static void finish_on_loop(void *arg)
{
    struct exchange *x = arg;
    gateway_send(x, x->failure);
}

/* From any thread: the reply is encoded on the loop that owns the connection. */
static void finish(struct exchange *x, err e)
{
    x->failure = e;
    http_server_post(x->g->server, x->req->loop, finish_on_loop, x);
}

/* Whoever was told to make something for the cache, and does not: others wait for it. */
static void give_up(struct exchange *x)
{
    if (x->rebuilding)
        cache_give_up(x->g->opts.cache, x->cache_key);
    x->rebuilding = false;
}

/* On a worker: what is kept in the cache is encoded and compressed here, not on the loop. */
static void finish_on_worker(struct exchange *x, err e)
{
    if (!e && x->rebuilding && x->reply.status == 200) {
        gateway_send_and_keep(x);
        return;
    }
    give_up(x);
    gateway_send(x, e);
}

/* A parked reply may be finished before its handler has returned. The exchange lives until both
 * have happened: who comes second sends. */
static bool both_arrived(struct exchange *x)
{
    return atomic_fetch_add(&x->park.arrived, 1) == 1;
}

static void park_finish(struct reply_park *park, err e)
{
    struct exchange *x = (struct exchange *)park;
    x->failure = e;
    if (both_arrived(x))
        finish(x, e);
}

/* ---- the unit of work ---- */

static err take_claim(struct exchange *x, str key)
{
    struct cx *cx = x->cx;
    const struct route *r = x->hit.entry->route;
    err e = idem_key_check(cx, key);
    if (e)
        return e;
    struct buf print = { .arena = cx->arena };
    buf_add(&print, x->req->path);
    buf_char(&print, '\n');
    buf_add(&print, x->req->body);
    x->claim = (struct idem_claim){ .principal = gateway_principal(x),
        .method = str_from_c(r->method),
        .route = str_from_c(r->path),
        .key = key,
        .fingerprint = secret_sha256_hex(cx->arena, buf_str(&print)) };
    x->claimed = true;
    return NULL;
}

static err prepare_claim(struct exchange *x)
{
    const struct route *r = x->hit.entry->route;
    bool secret = r->limit == LIMIT_LOGIN ||
                  r->limit == LIMIT_CODE; /* its reply holds tokens: they are never stored */
    if (r->surface != SURFACE_API || str_eq(str_from_c(r->method), S("GET")))
        return NULL;
    str key = http_request_list(x->req, S("Idempotency-Key")); /* two are none: "a, b" */
    if (secret)
        return key.p ? idem_key_check(x->cx, key) : NULL;
    if (!key.p && r->idempotency != IDEM_ACCEPTED)
        return FAIL(x->cx, IDEM_REQUIRED_MISSING, "no Idempotency-Key");
    if (!key.p || r->idempotency == IDEM_OWN || r->unit != UNIT_WRITE)
        return key.p ? idem_key_check(x->cx, key) : NULL;
    return take_claim(x, key);
}

static err run_handler(void *arg, struct cx *cx)
{
    struct exchange *x = arg;
    const struct route_entry *entry = x->hit.entry;
    return entry->route->fn(entry->service, cx, x->in, &x->reply);
}

static err run_before(void *arg, struct cx *cx)
{
    struct exchange *x = arg;
    return x->hit.entry->route->before(x->hit.entry->service, cx, x->in);
}

/* The trail is in another database than the effect, or there is no unit: noted before, as asked. */
static bool noted_before(const struct exchange *x)
{
    return x->hit.entry->route->unit != UNIT_WRITE || x->hit.entry->db != x->g->opts.db;
}

static err run_noted(struct exchange *x, struct cx *cx)
{
    err e = run_handler(x, cx);
    return e || cx->noted || noted_before(x) || !gateway_audited(x) ? e : gateway_note(x, cx);
}

/* The claim, the effect and the stored reply are one unit. */
static err run_write(void *arg, struct cx *cx)
{
    struct exchange *x = arg;
    struct db *db = x->hit.entry->db;
    struct reply fresh = { .snake = x->reply.snake, .park = &x->park };
    x->reply = fresh; /* the unit may run again after a conflict */
    cx->noted = false;
    if (!x->claimed)
        return run_noted(x, cx);
    enum idem_state state;
    struct idem_reply stored;
    err e = idem_take(db, cx, x->claim, (id){ 0 }, &state, &stored);
    if (e)
        return e;
    if (state == IDEM_REPLAY) {
        x->replayed = true;
        return reply_bytes(&x->reply, stored.status, S("application/json"), stored.body);
    }
    e = run_noted(x, cx);
    if (e)
        return e;
    struct buf body = { .arena = cx->arena };
    if (x->reply.shape)
        json_encode(&body, x->reply.shape, x->reply.value, x->reply.snake);
    return idem_finish(db, cx, x->claim, x->reply.status, buf_str(&body));
}

static void write_done(void *arg, struct cx *cx, err e)
{
    (void)cx;
    finish(arg, e);
}

static void run_unit(struct exchange *x)
{
    const struct route_entry *entry = x->hit.entry;
    const struct route *r = entry->route;
    err e = noted_before(x) && gateway_audited(x) ? gateway_note_before(x) : NULL;
    if (e) {
        finish_on_worker(x, e);
        return;
    }
    switch (r->unit) {
    case UNIT_NONE:
        e = run_handler(x, x->cx);
        if (!e && x->park.parked) {
            if (both_arrived(x))
                finish(x, x->failure);
            return;
        }
        break;
    case UNIT_READ:
        e = db_read(x->cx, run_handler, x);
        break;
    case UNIT_WRITE:
        if (r->before)
            e = db_read(x->cx, run_before, x);
        if (e)
            break;
        db_write(entry->db, x->cx, r->conflict ? r->conflict(x->cx, x->in) : 0, run_write, x,
            write_done);
        return;
    case UNIT_UNSET:
        panic(__FILE__, "a route without a unit");
    }
    finish_on_worker(x, e);
}

/* ---- on a worker ---- */

static enum limit_class limit_of(const struct exchange *x)
{
    return x->hit.entry ? x->hit.entry->route->limit : LIMIT_DEFAULT;
}

/* A key has a bucket of its own, beside its owner's. */
static err check_user_limit(struct exchange *x)
{
    const struct principal *p = &x->cx->who;
    bool key = !id_is_none(p->credential_id);
    if (x->g->opts.unlimited || (id_is_none(p->user_id) && !key))
        return NULL;
    struct limit_state state;
    str who = id_text(x->cx->arena, key ? p->credential_id : p->user_id);
    bool ok = key ? limits_take_key(x->g->limits, x->per_minute, who, x->cx->now_ms, &state)
                  : limits_take_user(x->g->limits, limit_of(x), who, x->cx->now_ms, &state);
    if (!ok || (state.limited && state.remaining < x->limit.remaining))
        x->limit = state;
    if (ok)
        return NULL;
    x->cx->retry_after_s = state.reset_s;
    return FAIL(x->cx, GATEWAY_RATE_LIMITED, "%s", state.policy);
}

static void work(void *arg)
{
    struct exchange *x = arg;
    err e = gateway_authenticate(x);
    if (!e) {
        str refresh = gateway_refresh_path(x);
        if (refresh.n) {
            finish_on_worker(x, reply_redirect(&x->reply, refresh));
            return;
        }
        e = gateway_authorize(x);
    }
    if (!e)
        e = check_user_limit(x);
    if (x->rebuilding)
        x->cx->who = (struct principal){ 0 }; /* what is kept for everybody is made for nobody */
    if (!e)
        e = route_decode(x->cx, &x->hit, x->req, &x->in, &x->reply.snake);
    if (!e)
        e = prepare_claim(x);
    if (e)
        finish_on_worker(x, e);
    else
        run_unit(x);
}

static bool is_shed(const struct exchange *x)
{
    static const size_t parts[] = {
        [PRIORITY_NORMAL] = 2, [PRIORITY_LOW] = 4, [PRIORITY_HIGH] = 1
    };
    struct pool *pool = x->g->opts.pool;
    enum priority priority = x->hit.entry ? x->hit.entry->route->priority : PRIORITY_NORMAL;
    return pool_queued(pool) >= pool_queue_max(pool) / parts[priority];
}

static void to_worker(struct exchange *x)
{
    if (!is_shed(x) && pool_submit(x->g->opts.pool, work, x))
        return;
    give_up(x);
    x->cx->retry_after_s = 1;
    gateway_send(x, FAIL(x->cx, GATEWAY_OVERLOADED, "worker queue full"));
}

/* Whether the address has asked too much: then it is told so. */
static bool over_limit(struct exchange *x)
{
    struct gateway *g = x->g;
    str who = net_of(x->cx->arena, x->cx->peer);
    if (g->opts.unlimited || limits_take(g->limits, limit_of(x), who, x->cx->now_ms, &x->limit))
        return false;
    give_up(x);
    x->cx->retry_after_s = x->limit.reset_s;
    gateway_send(x, FAIL(x->cx, GATEWAY_RATE_LIMITED, "address, %s", x->limit.policy));
    return true;
}

/* ---- the cache, on the loop ---- */

static void from_cache(struct exchange *x);

static void wake_on_loop(void *arg)
{
    from_cache(arg);
}

static void wake(void *arg)
{
    struct exchange *x = arg;
    http_server_post(x->g->server, x->req->loop, wake_on_loop, x);
}

static void press(void *arg)
{
    gateway_send_pressed(arg);
}

/* Whether a worker makes a better form of an entry that is asked for again, and answers with it. */
static bool to_press(struct exchange *x, const struct cache_entry *entry)
{
    enum cache_form form = gateway_wants_form(x, entry);
    if (!form || is_shed(x) || !cache_claim(entry, form))
        return false;
    x->kept = entry;
    return pool_submit(x->g->opts.pool, press, x);
}

static void from_cache(struct exchange *x)
{
    const struct cache_entry *entry = NULL;
    switch (cache_get(x->g->opts.cache, x->cache_key, x->cx->now_ms, wake, x, &entry)) {
    case CACHE_HIT:
        if (!to_press(x, entry))
            gateway_send_cached(x, entry);
        return;
    case CACHE_STALE:
        gateway_send_cached(x, entry);
        return;
    case CACHE_WAIT:
        return;
    case CACHE_REBUILD:
        x->rebuilding = true;
        x->news = cache_news_now(x->g->opts.cache);
        if (!over_limit(x))
            to_worker(x);
        return;
    }
}

static bool cacheable(struct exchange *x)
{
    const struct route *r = x->hit.entry->route;
    if (r->caching == CACHING_NONE || x->g->opts.devel)
        return false;
    if (r->surface == SURFACE_API)
        return !http_request_header(x->req, S("Authorization")).p;
    str refresh = http_request_cookie(x->req, S("souk_rt"));
    str access = http_request_cookie(x->req, S("souk_at"));
    if (refresh.n && !access.n)
        return false; /* an expired session: the worker sends it to be renewed */
    if (access.n && http_request_cookie(x->req, S("souk_own")).n)
        return false; /* wants lists in an order of their own */
    if (access.n && http_request_cookie(x->req, S("souk_act")).n)
        return false; /* staff who act as somebody: each page says so */
    x->personal = access.n || http_request_cookie(x->req, S("souk_n")).n ||
                  http_request_cookie(x->req, S("souk_look")).n;
    return true;
}

/* ---- entry ---- */

/* CORS: the API is readable from any origin with a Bearer token; cookies are never allowed along.
 */
static bool preflight(struct exchange *x)
{
    if (!str_eq(x->req->method, S("OPTIONS")))
        return false;
    struct reply *r = &x->reply;
    (void)reply_empty(r, 204);
    reply_add_header(r, S("Access-Control-Allow-Methods"), S("GET, POST, PUT, PATCH, DELETE"));
    reply_add_header(r, S("Access-Control-Allow-Headers"),
        S("Authorization, Content-Type, Idempotency-Key, If-Match, X-Cart-Token, X-Request-Id"));
    reply_add_header(r, S("Access-Control-Max-Age"), S("86400"));
    gateway_send(x, NULL);
    return true;
}

/* Whether a rule refuses it; a rule that is only tried out is told in the log alone. */
static err check_rules(struct exchange *x)
{
    struct gateway *g = x->g;
    if (g->opts.rules == RULES_OFF)
        return NULL;
    struct rule_hit hit = rules_find(g->rules, x->cx->arena, x->req);
    if (!hit.rule)
        return NULL;
    metric_add(g->rule_hits[hit.index], 1);
    if (g->opts.rules == RULES_REFUSE)
        return FAIL(x->cx, GATEWAY_REFUSED, "rule %s: \"" STR_F "\" in the %s", hit.rule,
            STR_A(hit.word), hit.part);
    log_line(g->opts.log, LOG_INFO, S("rule"),
        LOG_FIELDS({ "rule", str_from_c(hit.rule), 0 }, { "part", str_from_c(hit.part), 0 },
            { "word", hit.word, 0 }, { "address", x->cx->peer, 0 },
            { "request_id", x->cx->request_id, 0 }));
    return NULL;
}

void gateway_on_request(void *gateway, struct http_request *req)
{
    struct gateway *g = gateway;
    struct exchange *x = NEW(req->cx.arena, struct exchange);
    *x = (struct exchange){ .g = g, .req = req, .cx = &req->cx };
    x->park.finish = park_finish;
    x->reply.park = &x->park;
    req->user = x;
    gateway_take_peer(g, req);
    gateway_take_cookies(g, req);
    str allow = { 0 };
    err e = check_rules(x);
    if (e) {
        gateway_send(x, e);
        return;
    }
    e = route_table_find(g->opts.routes, x->cx, req->method, req->path, &x->hit, &allow);
    if (e) {
        if (e == &ROUTE_METHOD && preflight(x))
            return;
        if (allow.n)
            reply_add_header(&x->reply, S("Allow"), allow);
        gateway_send(x, e);
        return;
    }
    const struct route *r = x->hit.entry->route;
    if (r->notice)
        r->notice(x->hit.entry->service, x->cx, req);
    if (cacheable(x)) {
        str query = req->query.n ? req->query : S("");
        x->cache_key = str_fmt(x->cx->arena, STR_F "?" STR_F, STR_A(req->path), STR_A(query));
        from_cache(x);
        return;
    }
    if (!over_limit(x))
        to_worker(x);
}
