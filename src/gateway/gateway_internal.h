/* SPDX-License-Identifier: Apache-2.0
 * What the files of the gateway share: its body and the life of one request. For this folder only.
 */
#ifndef SOUK_GATEWAY_GATEWAY_INTERNAL_H
#define SOUK_GATEWAY_GATEWAY_INTERNAL_H

#include "base/map.h"
#include "gateway/gateway.h"
#include "gateway/gateway_limit.h"
#include "platform/cache/cache.h"
#include "platform/clock/clock.h"
#include "platform/idem/idem.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"
#include "platform/pool/pool.h"
#include "platform/thread/thread.h"
#include "platform/token/token.h"

struct pieces_view;
struct gateway_asset {
    str path; /* "/assets/<hash>/souk.css" */
    str type, body, gzip, brotli;
};
struct gateway {
    struct arena *life;
    struct gateway_opts opts;
    struct http_server *server;
    struct limits *limits;
    struct map pages; /* template path -> struct gateway_template * */
    struct gateway_asset css, office_css, js, passkey_js, icon;
    struct metric **route_us; /* by entry index */
    struct rules *rules;
    struct metric **rule_hits; /* by rule */
    struct lock *departments_lock;
    struct arena *departments_arena;
    struct department_view *departments;
    size_t departments_n;
};
struct gateway_template {
    const struct html_page *page;
    struct html_template *parsed;
};

/* One request on its way. Lives in the request's arena. */
struct exchange {
    struct reply_park park; /* first: reply_finish comes back with it */
    struct gateway *g;
    struct http_request *req;
    struct cx *cx; /* &req->cx */
    struct route_hit hit;
    void *in;
    struct reply reply;
    unsigned roles;     /* of the login, also those that it may not use */
    uint64_t scopes;    /* of a key */
    int64_t per_minute; /* likewise: how often it may ask */
    bool narrow;        /* the login is not for the surface that the route belongs to */
    bool by_cookie;     /* the login came from a cookie: unsafe methods need the same origin */
    bool personal;      /* has cookies that change the frame of a page */
    bool rebuilding;    /* holds the right to fill cache_key */
    bool replayed;      /* the reply was stored under the idempotency key */
    bool claimed;
    str cache_key;
    const struct cache_entry *kept; /* whose form it is to make */
    int64_t news;                   /* that the cache had when the right came */
    struct idem_claim claim;
    struct limit_state limit;
    err failure;
};

/* gateway_auth.c: fills cx->who from Authorization, cookies and X-Cart-Token. */
err gateway_authenticate(struct exchange *x) MUST_USE;
err gateway_authorize(struct exchange *x) MUST_USE;
/* Whether the visitor came over TLS: by the proxy's word, or because the shop has no other origin.
 */
bool gateway_secure(const struct gateway *g, const struct http_request *req);
/* Over TLS our cookies are called __Host-souk_...: only this host, and only over TLS, can have set
 * them (RFC 6265bis). Gives them their plain names, and drops those that came under a plain name.
 */
void gateway_take_cookies(const struct gateway *g, struct http_request *req);
/* Behind a proxy of ours the visitor's address is the one that it has added last. */
void gateway_take_peer(const struct gateway *g, struct http_request *req);
bool gateway_is_unsafe(str method);
#define GATEWAY_HOST_PREFIX "__Host-"
/* "user:<id>", "cart:<hash>" or "addr:<address>". */
str gateway_principal(struct exchange *x);
/* Where a page should send an expired session; absent when it should not. */
str gateway_refresh_path(struct exchange *x);

/* gateway_audit.c: what is done on a route of staff, or by staff as somebody else, stands in the
 * trail, unless the handler has written it itself. In the unit of the act; of what opens its own
 * units, before. */
bool gateway_audited(const struct exchange *x);
err gateway_note(struct exchange *x, struct cx *cx) MUST_USE;
err gateway_note_before(struct exchange *x) MUST_USE;

/* gateway_reply.c */
void gateway_send(struct exchange *x, err e);
void gateway_send_cached(struct exchange *x, const struct cache_entry *entry);
/* Builds the cache entry of a successful reply, stores it, and sends it. */
void gateway_send_and_keep(struct exchange *x);
/* The compressed form of an entry that this request is to be sent and that could be smaller; 0. */
enum cache_form gateway_wants_form(const struct exchange *x, const struct cache_entry *entry);
/* On a worker: that form of x->kept as small as it gets, for all who follow; and sends it. */
void gateway_send_pressed(struct exchange *x);
bool gateway_accepts(const struct http_request *req, str coding);

/* gateway_problem.c */
int gateway_status_of(err e);
str gateway_problem_json(struct exchange *x, err e);
str gateway_problem_page(struct exchange *x, err e);

/* gateway_pages.c */
err gateway_pages_open(struct gateway *g, struct cx *cx) MUST_USE;
/* The whole page with its frame, in cx->arena. */
str gateway_page(struct exchange *x, const struct reply *reply);
/* A page made for nobody in particular, with the frame of this visitor. */
str gateway_page_personal(struct exchange *x, str page);

/* gateway_assets.c */
err gateway_assets_open(struct gateway *g, struct cx *cx) MUST_USE;
str gateway_gzip(struct arena *arena, str bytes, int level);
str gateway_brotli(struct arena *arena, str bytes, int quality);

/* gateway_pieces.c: every design piece in its states, from made-up goods. */
extern const struct html_page pieces_page;
extern const struct pieces_view gateway_pieces;

/* gateway_routes.c */
extern const struct route gateway_routes[];

#endif
