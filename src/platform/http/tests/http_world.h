/* SPDX-License-Identifier: Apache-2.0
 * A server on a thread and raw clients, for the tests of the HTTP server: what is sent is exactly
 * what the test wrote. Included by them alone; every wait ends after WORLD_PATIENCE_S. */
#ifndef SOUK_PLATFORM_HTTP_TESTS_HTTP_WORLD_H
#define SOUK_PLATFORM_HTTP_TESTS_HTTP_WORLD_H

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "platform/clock/clock.h"
#include "platform/http/http_server.h"
#include "platform/pool/pool.h"
#include "tests/support/check.h"

#define WORLD_PATIENCE_S 20
#define WORLD_PARKED_MAX 64
#define WORLD_BIG ((size_t)8 << 20)

struct world {
    struct arena *life;
    struct cx cx;
    struct http_server *server;
    struct pool *pool;
    pthread_t thread;
    bool runs;
    char *big;
    _Atomic int64_t kept, released, served;
    pthread_mutex_t lock;
    struct http_request *parked[WORLD_PARKED_MAX];
    size_t parked_n;
};

static inline void world_released(void *keep)
{
    struct world *w = keep;
    atomic_fetch_add(&w->released, 1);
}

static inline void world_reply(struct http_request *req, int status, str body)
{
    const struct http_header headers[] = {
        { S_INIT("Content-Type"), S_INIT("text/plain") },
        { S_INIT("X-Request-Id"), req->cx.request_id },
    };
    http_reply(req, &(struct http_response){
                        .status = status, .headers = headers, .headers_n = 2, .body = body });
}

static inline void world_reply_path(void *arg)
{
    struct http_request *req = arg;
    world_reply(req, 200, req->path);
}

static inline void world_reply_big(struct world *w, struct http_request *req, bool keep)
{
    if (keep)
        atomic_fetch_add(&w->kept, 1);
    http_reply(req, &(struct http_response){ .status = 200,
                        .body = { w->big, WORLD_BIG },
                        .body_keep = keep ? w : NULL,
                        .body_release = keep ? world_released : NULL });
}

static inline void world_reply_big_copied(void *arg)
{
    struct http_request *req = arg;
    world_reply_big(req->user, req, /* keep= */ false);
}

/* Replies to all that are parked, from within another request. */
static inline void world_wake(struct world *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->parked_n > 0)
        world_reply(w->parked[--w->parked_n], 200, S("woken"));
    pthread_mutex_unlock(&w->lock);
}

/* What the server does with a request, by its path. */
static inline void world_on_request(void *arg, struct http_request *req)
{
    struct world *w = arg;

    req->user = w;
    atomic_fetch_add(&w->served, 1);
    if (str_eq(req->path, S("/late"))) {
        CHECK(pool_submit(w->pool, world_reply_path, req));
    } else if (str_eq(req->path, S("/late/big"))) {
        CHECK(pool_submit(w->pool, world_reply_big_copied, req));
    } else if (str_eq(req->path, S("/big"))) {
        world_reply_big(w, req, /* keep= */ true);
    } else if (str_starts(req->path, S("/park"))) {
        pthread_mutex_lock(&w->lock);
        CHECK(w->parked_n < WORLD_PARKED_MAX);
        w->parked[w->parked_n++] = req;
        pthread_mutex_unlock(&w->lock);
    } else if (str_eq(req->path, S("/wake"))) {
        world_wake(w);
        world_reply(req, 200, req->path);
    } else if (str_eq(req->path, S("/echo"))) {
        world_reply(req, 200, req->body);
    } else if (str_starts(req->path, S("/status/"))) {
        int64_t status = 0;
        CHECK(str_to_i64(str_skip(req->path, 8), &status));
        world_reply(req, (int)status, S("body"));
    } else {
        world_reply(req, 200, req->path);
    }
}

static inline size_t world_body_max_of(void *arg, str method, str path)
{
    (void)arg;
    return str_eq(method, S("POST")) && str_eq(path, S("/small")) ? 10 : (size_t)64 << 20;
}

static inline void *world_run(void *arg)
{
    struct world *w = arg;
    http_server_run(w->server);
    return NULL;
}

static inline struct world *world_open(struct http_server_opts opts)
{
    struct world *w = calloc(1, sizeof(*w));
    w->life = arena_open(1 << 16);
    w->cx.arena = w->life;
    w->pool = pool_open(w->life, (struct pool_opts){ .threads = 2 });
    w->big = malloc(WORLD_BIG);
    for (size_t i = 0; i < WORLD_BIG; i++)
        w->big[i] = (char)('a' + i % 23);
    pthread_mutex_init(&w->lock, NULL);
    if (!opts.listen.p)
        opts.listen = S("127.0.0.1:0");
    if (!opts.on_request)
        opts.on_request = world_on_request;
    opts.body_max_of = world_body_max_of;
    opts.arg = w;
    CHECK_ERR(&w->cx, http_server_open(w->life, &w->cx, opts, &w->server), NULL);
    CHECK(pthread_create(&w->thread, NULL, world_run, w) == 0);
    w->runs = true;
    return w;
}

static inline void world_wait(struct world *w)
{
    if (w->runs)
        pthread_join(w->thread, NULL);
    w->runs = false;
}

static inline void world_close(struct world *w)
{
    if (w->runs)
        http_server_stop(w->server, 0);
    world_wait(w);
    pool_close(w->pool); /* nobody replies any more */
    http_server_close(w->server);
    CHECK_INT(w->released, w->kept);
    pthread_mutex_destroy(&w->lock);
    free(w->big);
    arena_close(w->life);
    free(w);
}

/* Waits until the condition holds; fails the test after a while. */
#define WORLD_UNTIL(cond)                                                                          \
    for (int tries_ = 0; !(cond); tries_++) {                                                      \
        CHECK(tries_ < WORLD_PATIENCE_S * 1000);                                                   \
        poll(NULL, 0, 1);                                                                          \
    }

static inline size_t world_parked(struct world *w)
{
    pthread_mutex_lock(&w->lock);
    size_t n = w->parked_n;
    pthread_mutex_unlock(&w->lock);
    return n;
}

static inline struct http_request *world_unpark(struct world *w)
{
    WORLD_UNTIL(world_parked(w) > 0);
    pthread_mutex_lock(&w->lock);
    struct http_request *req = w->parked[--w->parked_n];
    pthread_mutex_unlock(&w->lock);
    return req;
}

static inline int client_open(struct world *w)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
        .sin_port = htons((uint16_t)http_server_port(w->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = WORLD_PATIENCE_S };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
    return fd;
}

/* False when the server has closed already. */
static inline bool client_send(int fd, str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

/* All until the server closes. A time-out fails the test; a reset ends like a close. */
static inline str client_rest(struct world *w, int fd)
{
    struct buf in = { .arena = w->life };
    for (;;) {
        char *room = buf_room(&in, 4096);
        ssize_t n = recv(fd, room, 4096, 0);
        CHECK(n >= 0 || errno == ECONNRESET);
        if (n <= 0)
            return buf_str(&in);
        in.n += (size_t)n;
    }
}

struct answer {
    int status;
    str head, body;
};

/* One reply with a Content-Length. */
static inline struct answer client_answer(struct world *w, int fd, bool bodiless)
{
    struct buf head = { .arena = w->life };
    int64_t length = 0, status = 0;

    while (!str_ends(buf_str(&head), S("\r\n\r\n"))) {
        char c;
        ssize_t n = recv(fd, &c, 1, 0);
        CHECK(n == 1);
        buf_char(&head, c);
    }
    CHECK(str_starts(buf_str(&head), S("HTTP/1.1 ")));
    CHECK(str_to_i64(str_sub(buf_str(&head), 9, 3), &status));
    ptrdiff_t at = str_find(buf_str(&head), S("\r\nContent-Length: "), 0);
    if (at >= 0) {
        str rest = str_skip(buf_str(&head), (size_t)at + 18);
        CHECK(str_to_i64(str_cut(&rest, '\r'), &length));
    }
    if (bodiless)
        length = 0;
    char *body = arena_alloc(w->life, (size_t)length + 1);
    for (int64_t n = 0; n < length;) {
        ssize_t got = recv(fd, body + n, (size_t)(length - n), 0);
        CHECK(got > 0);
        n += got;
    }
    return (struct answer){ (int)status, buf_str(&head), { body, (size_t)length } };
}

static inline bool answer_has(struct answer answer, str text)
{
    return str_find(answer.head, text, 0) >= 0;
}

static inline bool client_is_closed(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

#endif
