/* SPDX-License-Identifier: Apache-2.0
 * The edge: from an HTTP request to one handler in its unit of work and back. Knows routes, logins,
 * limits, caching and encodings; knows nothing about a shop. */
#ifndef SOUK_GATEWAY_GATEWAY_H
#define SOUK_GATEWAY_GATEWAY_H

#include "gateway/gateway_rules.h"
#include "gateway/gateway_shell_view.h"
#include "platform/http/route_table.h"

struct gateway;
struct cache;
struct clock;
struct log;
struct metrics;
struct pool;
struct tokens;

extern const problem GATEWAY_NOT_SIGNED_IN; /* 401 */
extern const problem GATEWAY_FORBIDDEN;     /* 403 */
extern const problem GATEWAY_NARROW;        /* 403 second_factor_required */
extern const problem GATEWAY_STEP_UP;       /* 403 step_up_required */
extern const problem GATEWAY_SCOPE;         /* 403 insufficient_scope: of a key */
extern const problem GATEWAY_IN_PERSON;     /* 403 in_person_only: no key, no staff acting as */
extern const problem GATEWAY_CROSS_SITE;    /* 403: an unsafe request from another site's page */
extern const problem GATEWAY_REFUSED;       /* 403 request_refused: gateway_rules.c */
extern const problem GATEWAY_RATE_LIMITED;  /* 429 */
extern const problem GATEWAY_OVERLOADED;    /* 503: worker queue full */
extern const problem *const gateway_problems[]; /* all that the edge itself answers */

/* Whom a key speaks for. */
struct gateway_key {
    id user_id, credential_id;
    str name, email;
    unsigned roles, usable; /* usable: while their owner has the factor that they may need */
    uint64_t scopes;        /* SCOPE_BITs */
    int64_t per_minute;
};
#define GATEWAY_KEY_PREFIX "souk_" /* what tells a key from a token */

struct audit;
struct gateway_opts {
    struct audit *audit; /* NULL: what staff do is not written down */
    /* NULL: there are no keys. On a worker, without a unit. Of a secret, or, without one, of an
     * access token that was made of the key: as it is now. */
    err (*key)(void *arg, struct cx *cx, str secret, id credential_id, struct gateway_key *ret);
    void *key_arg;
    struct route_table *routes; /* complete but for the gateway's own, which it adds */
    struct tokens *tokens;
    struct db *db; /* idempotency keys of routes */
    struct cache *cache;
    struct pool *pool;
    struct log *log;
    struct metrics *metrics;
    struct clock *clock;
    str origin;  /* public origin, "https://shop.example"; absent: pages name only paths */
    str proxies; /* addresses of our own proxies, with commas: their X-Forwarded-For is believed */
    enum rules_mode rules;
    bool unlimited; /* no rate limits: for load tests */
    bool devel;     /* templates and styles from source_root at each request */
    str source_root;
    bool record; /* log each route and problem that was hit: for the coverage check */
    bool pieces; /* serve /dev/pieces; devel does too */
    err (*ready)(void *arg, struct cx *cx); /* for /readyz */
    void *ready_arg;
};
/* Parses all embedded pages and styles. ERR_BUG with detail when a template is wrong. */
err gateway_open(
    struct arena *life, struct cx *cx, struct gateway_opts opts, struct gateway **ret) MUST_USE;
void gateway_close(struct gateway *g); /* when nobody serves any more; NULL is a no-op */
/* A page that handlers answer with; once each, before serving. */
err gateway_add_page(struct gateway *g, struct cx *cx, const struct html_page *page) MUST_USE;
/* For http_server_opts: on_request and body_max_of with arg = the gateway. */
void gateway_on_request(void *gateway, struct http_request *req);
size_t gateway_body_max_of(void *gateway, str method, str path);
void gateway_attach(struct gateway *g, struct http_server *server);
/* Departments of the frame: copied; replaces the former list. Thread-safe. */
void gateway_set_departments(struct gateway *g, const struct department_view *list, size_t n);

/* OpenAPI 3.1 of all API routes. */
void gateway_openapi(struct gateway *g, struct arena *scratch, struct buf *out);

#endif
