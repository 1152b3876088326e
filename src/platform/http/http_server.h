/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 server over libevent's loops (SO_REUSEPORT, one thread each) with a strict reader of its
 * own: limits against slow and greedy clients, refusal of ambiguous framing, graceful stop. Knows
 * no routes: the gateway gives one function that is called on the loop with each whole request and
 * must not block; the reply may come later and from any thread. */
#ifndef SOUK_PLATFORM_HTTP_HTTP_SERVER_H
#define SOUK_PLATFORM_HTTP_HTTP_SERVER_H

#include "base/err.h"

struct http_server;
struct log;

/* One request. It and its arena live until its reply was handed over by http_reply; cx.arena is the
 * request's arena; cx.now_ms, cx.rng, cx.peer and cx.request_id are set. */
struct http_header {
    str name, value;
};
struct http_request {
    struct cx cx;
    str method; /* "GET" */
    str path;   /* as sent, without the query; not decoded; always begins with '/' */
    str query;  /* after '?', absent when none */
    str body;   /* whole; bounded by body_max */
    const struct http_header *headers; /* in order, names as sent */
    size_t headers_n;
    int64_t began_us; /* monotonic microseconds at the last byte of the request, for metrics */
    void *user;       /* the gateway's */
    size_t loop;      /* index of the event loop that owns the connection */
};
/* First header of that name (ASCII case ignored), or the absent str. */
str http_request_header(const struct http_request *req, str name);
/* All headers of that name as the one list that they are (RFC 9110 section 5.3), "a, b": made in
 * the request's arena when there are several. */
str http_request_list(const struct http_request *req, str name);
/* A cookie by exact name, or the absent str. */
str http_request_cookie(const struct http_request *req, str name);

/* A reply. Strings are borrowed until http_reply returns, except when body_keep is set: then body
 * bytes are written without a copy and body_release(body_keep) is called when they are sent. */
struct http_response {
    int status;
    const struct http_header *headers;
    size_t headers_n;
    str body;
    void *body_keep;
    void (*body_release)(void *body_keep);
    bool close; /* end the connection after this reply */
};
/* Once per request, from any thread; req is gone when it returns. Sets Date, Content-Length and
 * Connection itself; HEAD gets the headers only. The reply to a client that left is dropped. */
void http_reply(struct http_request *req, const struct http_response *res);

struct http_server_opts {
    str listen;      /* "127.0.0.1:8080", "[::1]:8080", port 0 picks one */
    size_t loops;    /* 0: one per core, at most 4 */
    size_t body_max; /* bytes; larger is answered 413 and closed. 0: 1 MiB */
    /* The most that the route may take, from method and path, asked as soon as the headers are
     * known; never more than body_max. NULL: body_max for all. */
    size_t (*body_max_of)(void *arg, str method, str path);
    size_t headers_bytes_max;           /* 0: 16 KiB, answered 431 */
    size_t connections_max;             /* 0: 10000 */
    size_t connections_per_address_max; /* 0: 256 */
    int64_t header_ms_max;              /* first byte to the end of the headers; 0: 10000 */
    int64_t idle_ms_max;                /* keep-alive between requests; 0: 60000 */
    int64_t body_rate_min; /* bytes per second, of a body or a reply, from its first; 0: 500 */
    int64_t body_grace_ms; /* before that rate is asked for; 0: 5000 */
    struct log *log;
    void (*on_request)(void *arg, struct http_request *req); /* on the loop; must not block */
    void *arg;
};
extern const problem HTTP_SERVER_NO_LISTEN; /* opts.listen is no address, or it is taken */

/* Refused before on_request sees them, with 400 and the connection closed: two Content-Length, a
 * Content-Length with Transfer-Encoding, any transfer coding but chunked, a blank before the colon,
 * a header name or value with control characters, no or two Host, a target not in origin form, a
 * bare LF. Methods other than GET HEAD POST PUT PATCH DELETE OPTIONS: 405 or 501. What comes too
 * slowly: 408. The bodies of these refusals are short application/problem+json texts. */
err http_server_open(struct arena *life, struct cx *cx, struct http_server_opts opts,
    struct http_server **ret) MUST_USE;
int http_server_port(const struct http_server *s);
size_t http_server_loops(const struct http_server *s);
/* Runs the loops; returns after http_server_stop when every request under way was answered, or
 * grace_ms later. */
void http_server_run(struct http_server *s);
/* From any thread or a signal handler: stop accepting, finish what is under way. */
void http_server_stop(struct http_server *s, int64_t grace_ms);
void http_server_close(struct http_server *s); /* after run has returned; NULL is a no-op */
/* Runs fn on loop number `loop` soon. For parked replies and timers. */
void http_server_post(struct http_server *s, size_t loop, void (*fn)(void *arg), void *arg);

struct http_figures {
    int64_t connections, accepted, refused, requests, slow_closed, bytes_out;
};
struct http_figures http_server_figures(struct http_server *s);

#endif
