/* SPDX-License-Identifier: Apache-2.0
 * The parts of the HTTP server and who owns what: the server has loops, a loop its connections, a
 * connection at most one request. For the http_*.c files of this folder alone.
 *
 * A connection belongs to its loop's thread. While its request is out (CONN_OUT) the loop leaves it
 * alone, so that http_reply may prepare the answer on any thread and hand it back as a task. */
#ifndef SOUK_PLATFORM_HTTP_HTTP_SERVER_INTERNAL_H
#define SOUK_PLATFORM_HTTP_HTTP_SERVER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/rng.h"
#include "platform/http/http_parse.h"
#include "platform/log/log.h"

#define HTTP_LOOPS_MAX 64
#define HTTP_PEER_TEXT 46 /* INET6_ADDRSTRLEN */
#define HTTP_SCRATCH 16384
#define HTTP_BUFFER 8192 /* the first bytes of a request go into one of these */

/* What a loop is asked to do by other threads. */
struct http_task {
    struct http_task *next;
    void (*fn)(void *arg);
    void *arg;
    bool heap; /* to be freed when done */
};

/* Where connections come from: an IPv4 address, or the /64 of an IPv6 one. */
struct http_peer {
    uint8_t b[8];
};
struct http_peers;
struct http_peers *http_peers_open(size_t peers_max, size_t each_max);
void http_peers_close(struct http_peers *peers);
/* False when that peer has its share already. Thread-safe, like http_peers_leave. */
bool http_peers_enter(struct http_peers *peers, struct http_peer peer);
void http_peers_leave(struct http_peers *peers, struct http_peer peer);

enum conn_state {
    CONN_IDLE,   /* between requests */
    CONN_HEAD,   /* reading a head */
    CONN_BODY,   /* reading a body */
    CONN_OUT,    /* the request is with the gateway */
    CONN_READY,  /* its reply is prepared, and perhaps sent already */
    CONN_WRITE,  /* waiting for the client to take the reply */
    CONN_LINGER, /* reply sent, our side shut: throwing away what still comes */
};

struct http_loop;
struct http_conn {
    struct http_loop *loop;
    struct http_conn *prev, *next; /* of the loop's list */
    struct http_conn *ready_next;
    struct event read_ev, write_ev;
    int fd;
    enum conn_state state;
    bool read_on, write_on, dispatching, replied, close_after, linger, broken;
    struct http_peer peer;
    char peer_text[HTTP_PEER_TEXT];
    int64_t since_us;    /* begin of the state (of the body's first byte in CONN_BODY) */
    int64_t progress_us; /* last byte in or out */
    int64_t moved_n;     /* bytes of body or reply since since_us */

    char *in; /* all bytes of the request under way, and perhaps of the next */
    size_t in_n, in_cap;
    struct http_head head;
    struct http_chunks chunks;
    size_t body_max;
    size_t request_n; /* bytes of `in` that the request takes */

    struct arena *arena; /* of the request; NULL while idle */
    struct http_request *request;
    str out_head, out_body; /* what is left to send */
    void *keep;
    void (*release)(void *keep);
    struct http_task task; /* brings it back from another thread */
};

/* What http_request points into. */
struct http_exchange {
    struct http_request request;
    struct http_conn *conn;
};

struct http_counts {
    _Atomic int64_t connections, accepted, refused, requests, slow_closed, bytes_out;
};

#define HTTP_ARENAS_KEPT 256
#define HTTP_BUFFERS_KEPT 256
struct http_loop {
    struct http_server *server;
    size_t index;
    struct event_base *base;
    int listen_fd, wake_fd;
    bool listening; /* the listening socket is watched */
    bool stopping;
    struct event listen_ev, wake_ev, sweep_ev;
    struct http_conn *conns; /* all of this loop */
    struct http_conn *ready; /* replied to on this thread, not yet moved on */
    struct rng rng;
    char scratch[HTTP_SCRATCH]; /* heads of replies */
    char date[32];
    int64_t date_s;
    struct arena *arenas[HTTP_ARENAS_KEPT];
    char *buffers[HTTP_BUFFERS_KEPT];
    size_t arenas_n, buffers_n;
    pthread_t thread;
    bool runs; /* for its own thread */
    struct http_counts counts;

    pthread_mutex_t lock; /* for what follows */
    struct http_task *tasks, **tasks_end;
};

struct http_server {
    struct http_server_opts opts; /* with the defaults filled in */
    int64_t sweep_us;
    struct http_loop *loops[HTTP_LOOPS_MAX];
    size_t loops_n;
    int port;
    struct http_peers *peers;
    _Atomic int64_t connections;
    atomic_bool stopping;
    _Atomic int64_t stop_us; /* when patience ends */
};

/* http_loop.c */
struct http_loop *http_loop_open(struct http_server *s, size_t index, int listen_fd, uint64_t seed);
void http_loop_run(struct http_loop *loop);
void http_loop_close(struct http_loop *loop); /* NULL is a no-op */
void http_loop_listen(struct http_loop *loop, bool on);
struct arena *http_loop_arena(struct http_loop *loop);
void http_loop_arena_back(struct http_loop *loop, struct arena *arena);
char *http_loop_buffer(struct http_loop *loop); /* of HTTP_BUFFER bytes */
void http_loop_buffer_back(struct http_loop *loop, char *buffer, size_t size);
void http_loop_wake(struct http_loop *loop); /* safe in signal handlers */
void http_loop_add_task(struct http_loop *loop, struct http_task *task);
bool http_loop_is_here(struct http_loop *loop); /* whether this thread runs it */

/* http_conn.c */
void http_conn_open(struct http_loop *loop, int fd, struct http_peer peer, const char *peer_text);
void http_conn_close(struct http_conn *conn); /* frees it, whatever its state */
void http_conn_sweep(struct http_conn *conn, int64_t now_us);
/* The server stops: serves what has arrived already, closes when nothing has. */
void http_conn_last_call(struct http_conn *conn);
/* Moves on what was replied to on this thread. Ends every callback. */
void http_conn_drain_ready(struct http_loop *loop);
void http_conn_replied(void *conn); /* the task */
/* Sends what is left, as far as the socket takes it. */
void http_conn_write(struct http_conn *conn);

/* http_reply.c: prepares the answer to what has an arena, and sends it when on the loop. */
void http_conn_answer(struct http_conn *conn, const struct http_response *res, bool here);
/* The refusal of what cannot be read; the connection ends after it. */
void http_conn_refuse(struct http_conn *conn, enum http_parsed why);

/* http_request.c */
struct http_request *http_request_new(struct http_conn *conn, int64_t began_us);
str http_request_id_new(struct arena *arena, struct rng *rng);

static inline void http_count(_Atomic int64_t *count, int64_t n)
{
    atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

#endif
