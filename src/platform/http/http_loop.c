/* SPDX-License-Identifier: Apache-2.0
 * One event loop: its listening socket, its connections, and the tasks that other threads give it.
 * Called by http_server.c. Nothing here blocks but the wait for events. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/clock/clock.h"
#include "platform/http/http_server_internal.h"

#define ACCEPTS_MAX 64 /* before other events get their turn */
#define ARENA_HINT 16384
#define SWEEP_STOPPING_US 20000

struct arena *http_loop_arena(struct http_loop *loop)
{
    return loop->arenas_n > 0 ? loop->arenas[--loop->arenas_n] : arena_open(ARENA_HINT);
}

void http_loop_arena_back(struct http_loop *loop, struct arena *arena)
{
    arena_reset(arena);
    if (loop->arenas_n < HTTP_ARENAS_KEPT)
        loop->arenas[loop->arenas_n++] = arena;
    else
        arena_close(arena);
}

char *http_loop_buffer(struct http_loop *loop)
{
    if (loop->buffers_n > 0)
        return loop->buffers[--loop->buffers_n];
    char *buffer = malloc(HTTP_BUFFER);
    ASSERT(buffer != NULL);
    return buffer;
}

void http_loop_buffer_back(struct http_loop *loop, char *buffer, size_t size)
{
    if (size == HTTP_BUFFER && loop->buffers_n < HTTP_BUFFERS_KEPT)
        loop->buffers[loop->buffers_n++] = buffer;
    else
        free(buffer);
}

void http_loop_listen(struct http_loop *loop, bool on)
{
    on = on && !loop->stopping && loop->listen_fd >= 0;
    if (on == loop->listening)
        return;
    loop->listening = on;
    if (on)
        event_add(&loop->listen_ev, NULL);
    else
        event_del(&loop->listen_ev);
}

static void name_peer(const struct sockaddr_storage *from, struct http_peer *peer, char *text)
{
    memset(peer, 0, sizeof(*peer));
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;
        memcpy(peer->b + 4, &in->sin_addr, 4);
        inet_ntop(AF_INET, &in->sin_addr, text, HTTP_PEER_TEXT);
        return;
    }
    const struct sockaddr_in6 *in6 = (const void *)from;
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        memcpy(peer->b + 4, in6->sin6_addr.s6_addr + 12, 4);
        inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, text, HTTP_PEER_TEXT);
        return;
    }
    memcpy(peer->b, in6->sin6_addr.s6_addr, sizeof(peer->b));
    inet_ntop(AF_INET6, &in6->sin6_addr, text, HTTP_PEER_TEXT);
}

/* False when there is nothing more to accept for now. */
static bool accept_one(struct http_loop *loop)
{
    struct http_server *s = loop->server;
    struct sockaddr_storage from = { 0 };
    socklen_t from_n = sizeof(from);
    struct http_peer peer;
    char text[HTTP_PEER_TEXT] = { 0 };
    int one = 1;

    if (atomic_load(&s->connections) >= (int64_t)s->opts.connections_max) {
        http_loop_listen(
            loop, false); /* the rest waits in the kernel; a close or the sweep resumes */
        return false;
    }
    int fd =
        accept4(loop->listen_fd, (struct sockaddr *)&from, &from_n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            http_loop_listen(loop, false);
        return errno == ECONNABORTED || errno == EINTR;
    }
    name_peer(&from, &peer, text);
    if (!http_peers_enter(s->peers, peer)) {
        http_count(&loop->counts.refused, 1);
        close(fd);
        return true;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    http_conn_open(loop, fd, peer, text);
    return true;
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    (void)fd;
    (void)what;

    for (int i = 0; i < ACCEPTS_MAX && accept_one(loop); i++)
        ;
}

static void set_sweep(struct http_loop *loop, int64_t every_us)
{
    struct timeval every = { .tv_sec = every_us / 1000000, .tv_usec = every_us % 1000000 };
    event_add(&loop->sweep_ev, &every);
}

/* Whoever has connected already is still served; whoever waits between two requests is let go. */
static void begin_stop(struct http_loop *loop)
{
    while (accept_one(loop))
        ;
    http_loop_listen(loop, false);
    loop->stopping = true;
    close(loop->listen_fd);
    loop->listen_fd = -1;
    for (struct http_conn *conn = loop->conns, *next; conn; conn = next) {
        next = conn->next;
        http_conn_last_call(conn);
    }
    set_sweep(loop, SWEEP_STOPPING_US);
    if (!loop->conns)
        event_base_loopbreak(loop->base);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    struct http_server *s = loop->server;
    int64_t now_us = clock_mono_us();
    (void)fd;
    (void)what;

    for (struct http_conn *conn = loop->conns, *next; conn; conn = next) {
        next = conn->next;
        http_conn_sweep(conn, now_us);
    }
    http_conn_drain_ready(loop);
    http_loop_listen(loop, atomic_load(&s->connections) < (int64_t)s->opts.connections_max);
    if (loop->stopping && now_us > atomic_load(&s->stop_us))
        event_base_loopbreak(loop->base);
}

static void run_tasks(struct http_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct http_task *task = loop->tasks;
    loop->tasks = NULL;
    loop->tasks_end = &loop->tasks;
    pthread_mutex_unlock(&loop->lock);
    while (task) {
        struct http_task *next = task->next; /* the task may be reused or freed by its function */
        bool heap = task->heap;
        task->fn(task->arg);
        if (heap)
            free(task);
        task = next;
    }
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    uint64_t count;
    (void)what;

    ssize_t n = read(fd, &count, sizeof(count));
    (void)n; /* nothing there is fine too */
    run_tasks(loop);
    http_conn_drain_ready(loop);
    if (!loop->stopping && atomic_load(&loop->server->stopping))
        begin_stop(loop);
}

void http_loop_wake(struct http_loop *loop)
{
    uint64_t one = 1;
    ssize_t n = write(loop->wake_fd, &one, sizeof(one));
    (void)n; /* a full counter has woken it already */
}

void http_loop_add_task(struct http_loop *loop, struct http_task *task)
{
    task->next = NULL;
    pthread_mutex_lock(&loop->lock);
    bool first = !loop->tasks;
    *loop->tasks_end = task;
    loop->tasks_end = &task->next;
    pthread_mutex_unlock(&loop->lock);
    if (first) /* else the one who came first has woken it, and it has not looked yet */
        http_loop_wake(loop);
}

bool http_loop_is_here(struct http_loop *loop)
{
    return pthread_equal(loop->thread, pthread_self()) && loop->runs;
}

struct http_loop *http_loop_open(struct http_server *s, size_t index, int listen_fd, uint64_t seed)
{
    struct http_loop *loop = calloc(1, sizeof(*loop));
    struct event_config *config = event_config_new();

    ASSERT(loop != NULL && config != NULL);
    loop->server = s;
    loop->index = index;
    loop->listen_fd = listen_fd;
    loop->rng = rng_seeded(seed);
    loop->tasks_end = &loop->tasks;
    pthread_mutex_init(&loop->lock, NULL);
    /* Other threads reach the loop by its tasks alone, so that libevent needs no locks. */
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    ASSERT(loop->base != NULL);
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    ASSERT(loop->wake_fd >= 0);
    event_assign(&loop->listen_ev, loop->base, listen_fd, EV_READ | EV_PERSIST, on_accept, loop);
    event_assign(&loop->wake_ev, loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    event_assign(&loop->sweep_ev, loop->base, -1, EV_PERSIST, on_sweep, loop);
    event_add(&loop->wake_ev, NULL);
    set_sweep(loop, s->sweep_us);
    http_loop_listen(loop, true);
    return loop;
}

void http_loop_run(struct http_loop *loop)
{
    loop->thread = pthread_self();
    loop->runs = true;
    event_base_dispatch(loop->base);
    loop->runs = false;
}

void http_loop_close(struct http_loop *loop)
{
    if (!loop)
        return;
    loop->stopping = true;
    http_loop_listen(loop, false);
    for (struct http_task *task = loop->tasks, *next; task; task = next) {
        next = task->next;
        if (task->heap)
            free(task);
    }
    while (loop->conns)
        http_conn_close(loop->conns);
    event_del(&loop->wake_ev);
    event_del(&loop->sweep_ev);
    event_base_free(loop->base);
    if (loop->listen_fd >= 0)
        close(loop->listen_fd);
    close(loop->wake_fd);
    while (loop->arenas_n > 0)
        arena_close(loop->arenas[--loop->arenas_n]);
    while (loop->buffers_n > 0)
        free(loop->buffers[--loop->buffers_n]);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}
