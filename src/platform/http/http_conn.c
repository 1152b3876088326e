/* SPDX-License-Identifier: Apache-2.0
 * One connection: reading requests, handing them to the gateway, sending replies, giving up on slow
 * clients. Called by the loop's events. Never reads on while a request is out, so that what a
 * client can make us keep is one request and one reply. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/clock/clock.h"
#include "platform/http/http_server_internal.h"

#define LINGER_US 2000000
#define LINGER_BYTES_MAX (4 << 20)

static void watch_read(struct http_conn *conn, bool on)
{
    if (conn->read_on == on)
        return;
    conn->read_on = on;
    if (on)
        event_add(&conn->read_ev, NULL);
    else
        event_del(&conn->read_ev);
}

static void watch_write(struct http_conn *conn, bool on)
{
    if (conn->write_on == on)
        return;
    conn->write_on = on;
    if (on)
        event_add(&conn->write_ev, NULL);
    else
        event_del(&conn->write_ev);
}

static void give_back(struct http_conn *conn)
{
    if (conn->keep && conn->release)
        conn->release(conn->keep);
    conn->keep = NULL;
    conn->request = NULL;
    if (conn->arena)
        http_loop_arena_back(conn->loop, conn->arena);
    conn->arena = NULL;
}

static void drop_buffer(struct http_conn *conn)
{
    if (conn->in)
        http_loop_buffer_back(conn->loop, conn->in, conn->in_cap);
    conn->in = NULL;
    conn->in_n = conn->in_cap = 0;
}

void http_conn_close(struct http_conn *conn)
{
    struct http_loop *loop = conn->loop;
    struct http_server *s = loop->server;

    watch_read(conn, false);
    watch_write(conn, false);
    close(conn->fd);
    give_back(conn);
    drop_buffer(conn);
    *(conn->prev ? &conn->prev->next : &loop->conns) = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    http_peers_leave(s->peers, conn->peer);
    free(conn);
    http_count(&loop->counts.connections, -1);
    if (atomic_fetch_sub(&s->connections, 1) <= (int64_t)s->opts.connections_max)
        http_loop_listen(loop, true);
    if (loop->stopping && !loop->conns)
        event_base_loopbreak(loop->base);
}

/* Room for at least one more byte; what is in the buffer may move. */
static void make_room(struct http_conn *conn)
{
    if (!conn->in) {
        conn->in = http_loop_buffer(conn->loop);
        conn->in_cap = HTTP_BUFFER;
    }
    if (conn->in_n < conn->in_cap)
        return;
    size_t cap = conn->in_cap * 2;
    if (conn->state == CONN_BODY && conn->head.length >= 0) {
        size_t whole = conn->head.at + (size_t)conn->head.length;
        cap = whole < cap ? whole : cap;
    }
    char *in = malloc(cap);
    ASSERT(in != NULL);
    memcpy(in, conn->in, conn->in_n);
    http_head_move(&conn->head, conn->in, in);
    http_loop_buffer_back(conn->loop, conn->in, conn->in_cap);
    conn->in = in;
    conn->in_cap = cap;
}

static void begin_head(struct http_conn *conn, int64_t now_us)
{
    conn->arena = http_loop_arena(conn->loop);
    conn->head = (struct http_head){ .arena = conn->arena };
    conn->replied = false;
    conn->state = CONN_HEAD;
    conn->since_us = now_us;
}

static enum http_parsed read_head(struct http_conn *conn)
{
    size_t max = conn->loop->server->opts.headers_bytes_max;
    enum http_parsed parsed = http_head_feed(&conn->head, conn->in, conn->in_n);
    bool too_long =
        (parsed == HTTP_MORE && conn->in_n >= max) || (parsed == HTTP_DONE && conn->head.at > max);
    return too_long ? HTTP_LONG_HEADERS : parsed;
}

/* The head is known: what may the body be? */
static enum http_parsed begin_body(struct http_conn *conn, int64_t now_us)
{
    const struct http_server_opts *opts = &conn->loop->server->opts;
    const struct http_head *head = &conn->head;
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const ssize_t go_on_n = sizeof(go_on) - 1;

    conn->body_max = opts->body_max;
    if (head->has_body && opts->body_max_of) {
        size_t max = opts->body_max_of(opts->arg, head->method, head->path);
        if (max < conn->body_max)
            conn->body_max = max;
    }
    if (head->length > 0 && (uint64_t)head->length > conn->body_max)
        return HTTP_LONG_BODY;
    conn->chunks = (struct http_chunks){ .at = head->at, .out = head->at };
    conn->state = CONN_BODY;
    conn->since_us = now_us;
    conn->moved_n = (int64_t)(conn->in_n - head->at);
    if (head->expect_continue && head->length != 0 && conn->in_n == head->at &&
        send(conn->fd, go_on, (size_t)go_on_n, MSG_NOSIGNAL) != go_on_n)
        conn->broken = true; /* an empty socket takes 25 bytes, or the client is gone */
    return HTTP_DONE;
}

static enum http_parsed read_body(struct http_conn *conn)
{
    struct http_chunks *chunks = &conn->chunks;

    if (conn->head.length >= 0) {
        conn->request_n = conn->head.at + (size_t)conn->head.length;
        return conn->in_n >= conn->request_n ? HTTP_DONE : HTTP_MORE;
    }
    enum http_parsed parsed =
        http_chunks_feed(chunks, conn->in, conn->head.at, conn->in_n, conn->body_max);
    if (parsed == HTTP_DONE) {
        conn->request_n = chunks->at;
    } else if (parsed == HTTP_MORE) { /* close the gap between decoded and raw */
        size_t rest = conn->in_n - chunks->at;
        memmove(conn->in + chunks->out, conn->in + chunks->at, rest);
        chunks->at = chunks->out;
        conn->in_n = chunks->at + rest;
    }
    return parsed;
}

static void dispatch(struct http_conn *conn)
{
    const struct http_server_opts *opts = &conn->loop->server->opts;

    conn->state = CONN_OUT;
    conn->request = http_request_new(conn, conn->progress_us);
    http_count(&conn->loop->counts.requests, 1);
    conn->dispatching = true;
    opts->on_request(opts->arg, conn->request);
    conn->dispatching = false;
}

/* Our side is shut, and the rest of what the client sends is thrown away for a while: a close with
 * unread bytes would reset the connection and could take the reply with it. */
static void begin_linger(struct http_conn *conn, int64_t now_us)
{
    shutdown(conn->fd, SHUT_WR);
    give_back(conn);
    drop_buffer(conn);
    conn->state = CONN_LINGER;
    conn->since_us = now_us;
    conn->moved_n = 0;
    watch_write(conn, false);
    watch_read(conn, true);
}

/* The reply is sent. True: the next request has begun already, and is in the buffer. */
static bool finish(struct http_conn *conn, int64_t now_us)
{
    if (conn->close_after && (conn->linger || conn->in_n > conn->request_n)) {
        begin_linger(conn, now_us);
        return false;
    }
    size_t rest = conn->in_n - conn->request_n;
    give_back(conn);
    if (conn->close_after || (conn->loop->stopping && rest == 0)) {
        http_conn_close(conn);
        return false;
    }
    conn->progress_us = now_us;
    watch_write(conn, false);
    watch_read(conn, true);
    if (rest > 0) {
        memmove(conn->in, conn->in + conn->request_n, rest);
        conn->in_n = rest;
        begin_head(conn, now_us);
        return true;
    }
    drop_buffer(conn);
    conn->state = CONN_IDLE;
    conn->since_us = now_us;
    return false;
}

/* A reply was prepared, and sent as far as the socket took it. True as in finish. */
static bool after_reply(struct http_conn *conn, int64_t now_us)
{
    ASSERT(conn->state == CONN_READY);
    if (conn->broken) {
        http_conn_close(conn);
        return false;
    }
    if (conn->out_head.n + conn->out_body.n == 0)
        return finish(conn, now_us);
    conn->state = CONN_WRITE;
    conn->since_us = conn->progress_us = now_us;
    conn->moved_n = 0;
    watch_write(conn, true);
    return false;
}

/* Goes on with what the buffer holds; the connection may be gone afterwards. */
static void advance(struct http_conn *conn, int64_t now_us)
{
    bool more = true;

    while (more) {
        enum http_parsed parsed = HTTP_DONE;
        if (conn->state == CONN_HEAD) {
            parsed = read_head(conn);
            if (parsed == HTTP_DONE)
                parsed = begin_body(conn, now_us);
        }
        if (parsed == HTTP_DONE)
            parsed = read_body(conn);
        if (parsed == HTTP_MORE)
            return;
        if (parsed == HTTP_DONE)
            dispatch(conn);
        else
            http_conn_refuse(conn, parsed);
        more = conn->state == CONN_READY && after_reply(conn, now_us);
    }
}

static void linger(struct http_conn *conn)
{
    ssize_t n = recv(conn->fd, conn->loop->scratch, HTTP_SCRATCH, 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    conn->moved_n += n;
    if (n <= 0 || conn->moved_n > LINGER_BYTES_MAX)
        http_conn_close(conn);
}

static void read_some(struct http_conn *conn)
{
    make_room(conn);
    ssize_t n = recv(conn->fd, conn->in + conn->in_n, conn->in_cap - conn->in_n, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (conn->state == CONN_IDLE)
            drop_buffer(conn);
        return;
    }
    if (n <= 0) { /* half a request will never be whole */
        http_conn_close(conn);
        return;
    }
    int64_t now_us = clock_mono_us();
    conn->in_n += (size_t)n;
    conn->moved_n += n;
    conn->progress_us = now_us;
    if (conn->state == CONN_IDLE)
        begin_head(conn, now_us);
    advance(conn, now_us);
}

static void on_read(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    struct http_loop *loop = conn->loop;
    (void)fd;
    (void)what;

    if (conn->state == CONN_LINGER)
        linger(conn);
    else if (conn->state == CONN_OUT || conn->state == CONN_WRITE)
        watch_read(conn, false); /* only now, as most clients wait for their reply in silence */
    else
        read_some(conn);
    http_conn_drain_ready(loop);
}

void http_conn_write(struct http_conn *conn)
{
    struct iovec parts[2] = {
        { (void *)(uintptr_t)conn->out_head.p, conn->out_head.n },
        { (void *)(uintptr_t)conn->out_body.p, conn->out_body.n },
    };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t n = sendmsg(conn->fd, &message, MSG_NOSIGNAL);

    if (n < 0) {
        conn->broken = errno != EAGAIN && errno != EINTR;
        return;
    }
    http_count(&conn->loop->counts.bytes_out, n);
    conn->moved_n += n;
    size_t of_head = (size_t)n < conn->out_head.n ? (size_t)n : conn->out_head.n;
    conn->out_head = str_skip(conn->out_head, of_head);
    conn->out_body = str_skip(conn->out_body, (size_t)n - of_head);
}

static void on_write(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    struct http_loop *loop = conn->loop;
    int64_t now_us = clock_mono_us();
    (void)fd;
    (void)what;

    http_conn_write(conn);
    conn->progress_us = now_us;
    if (conn->broken)
        http_conn_close(conn);
    else if (conn->out_head.n + conn->out_body.n == 0 && finish(conn, now_us))
        advance(conn, now_us);
    http_conn_drain_ready(loop);
}

void http_conn_replied(void *arg)
{
    struct http_conn *conn = arg;
    int64_t now_us = clock_mono_us();

    conn->state = CONN_READY;
    http_conn_write(conn);
    if (after_reply(conn, now_us))
        advance(conn, now_us);
}

void http_conn_drain_ready(struct http_loop *loop)
{
    while (loop->ready) {
        struct http_conn *conn = loop->ready;
        int64_t now_us = clock_mono_us();
        loop->ready = conn->ready_next;
        if (after_reply(conn, now_us))
            advance(conn, now_us);
    }
}

void http_conn_open(struct http_loop *loop, int fd, struct http_peer peer, const char *peer_text)
{
    struct http_conn *conn = calloc(1, sizeof(*conn));

    ASSERT(conn != NULL);
    conn->loop = loop;
    conn->fd = fd;
    conn->peer = peer;
    memcpy(conn->peer_text, peer_text, HTTP_PEER_TEXT);
    conn->state = CONN_IDLE;
    conn->since_us = conn->progress_us = clock_mono_us();
    conn->next = loop->conns;
    if (loop->conns)
        loop->conns->prev = conn;
    loop->conns = conn;
    event_assign(&conn->read_ev, loop->base, fd, EV_READ | EV_PERSIST, on_read, conn);
    event_assign(&conn->write_ev, loop->base, fd, EV_WRITE | EV_PERSIST, on_write, conn);
    watch_read(conn, true);
    http_count(&loop->counts.connections, 1);
    http_count(&loop->counts.accepted, 1);
    atomic_fetch_add(&loop->server->connections, 1);
}

static bool too_slow(const struct http_conn *conn, int64_t now_us)
{
    const struct http_server_opts *opts = &conn->loop->server->opts;
    int64_t elapsed_us = now_us - conn->since_us;

    if (now_us - conn->progress_us > opts->idle_ms_max * 1000)
        return true;
    return elapsed_us > opts->body_grace_ms * 1000 &&
           conn->moved_n < opts->body_rate_min * (elapsed_us / 1000) / 1000;
}

void http_conn_sweep(struct http_conn *conn, int64_t now_us)
{
    const struct http_server_opts *opts = &conn->loop->server->opts;
    int64_t elapsed_us = now_us - conn->since_us;
    bool over = false;

    if (conn->state == CONN_IDLE)
        over = elapsed_us > opts->idle_ms_max * 1000;
    else if (conn->state == CONN_HEAD)
        over = elapsed_us > opts->header_ms_max * 1000;
    else if (conn->state == CONN_BODY || conn->state == CONN_WRITE)
        over = too_slow(conn, now_us);
    else if (conn->state == CONN_LINGER)
        over = elapsed_us > LINGER_US;
    if (!over)
        return;
    if (conn->state == CONN_HEAD || conn->state == CONN_BODY) {
        http_count(&conn->loop->counts.slow_closed, 1);
        http_conn_refuse(conn, HTTP_TOO_SLOW);
        (void)after_reply(conn, now_us); /* it ends the connection: nothing follows */
        return;
    }
    if (conn->state == CONN_WRITE)
        http_count(&conn->loop->counts.slow_closed, 1);
    http_conn_close(conn);
}

void http_conn_last_call(struct http_conn *conn)
{
    char c;

    if (conn->state == CONN_IDLE && recv(conn->fd, &c, 1, MSG_PEEK) <= 0)
        http_conn_close(conn);
}
