/* SPDX-License-Identifier: Apache-2.0
 * The HTTP server as a whole: options, listening sockets, the threads of the loops, the stop.
 * Called by the app and the gateway. Knows no bytes of HTTP. */
#include "platform/http/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/clock/clock.h"
#include "platform/http/http_server_internal.h"

#define BACKLOG 1024
#define LOOPS_DEFAULT_MAX 4
#define FILES_BESIDES 512 /* that are no connections */

const problem HTTP_SERVER_NO_LISTEN = { KIND_BUG, "http.no_listen", NULL,
    "The address cannot be listened on" };

static void fill_in(struct http_server_opts *opts)
{
    if (opts->loops == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        opts->loops = cores < 1 ? 1 : cores > LOOPS_DEFAULT_MAX ? LOOPS_DEFAULT_MAX : (size_t)cores;
    }
    if (opts->loops > HTTP_LOOPS_MAX)
        opts->loops = HTTP_LOOPS_MAX;
    if (opts->body_max == 0)
        opts->body_max = 1 << 20;
    if (opts->headers_bytes_max == 0)
        opts->headers_bytes_max = 16 << 10;
    if (opts->connections_max == 0)
        opts->connections_max = 10000;
    if (opts->connections_per_address_max == 0)
        opts->connections_per_address_max = 256;
    if (opts->header_ms_max == 0)
        opts->header_ms_max = 10000;
    if (opts->idle_ms_max == 0)
        opts->idle_ms_max = 60000;
    if (opts->body_rate_min == 0)
        opts->body_rate_min = 500;
    if (opts->body_grace_ms == 0)
        opts->body_grace_ms = 5000;
}

/* Once a second, or often enough to keep shorter limits to about a quarter. */
static int64_t sweep_us_of(const struct http_server_opts *opts)
{
    int64_t least_ms = 4000;
    if (opts->header_ms_max < least_ms)
        least_ms = opts->header_ms_max;
    if (opts->idle_ms_max < least_ms)
        least_ms = opts->idle_ms_max;
    if (opts->body_grace_ms < least_ms)
        least_ms = opts->body_grace_ms;
    return least_ms < 20 ? 5000 : least_ms * 1000 / 4;
}

/* "127.0.0.1:8080" or "[::1]:8080", numbers alone: names change while a server runs. */
static bool parse_address(
    struct arena *arena, str text, struct sockaddr_storage *ret, socklen_t *ret_n)
{
    struct sockaddr_in *in = (void *)ret;
    struct sockaddr_in6 *in6 = (void *)ret;
    int64_t port;
    size_t colon = text.n;

    while (colon > 0 && text.p[colon - 1] != ':')
        colon--;
    if (colon == 0 || !str_to_i64(str_skip(text, colon), &port) || port < 0 || port > 65535)
        return false;
    str host = str_sub(text, 0, colon - 1);
    if (str_starts(host, S("[")) && str_ends(host, S("]"))) {
        host = str_sub(host, 1, host.n - 2);
        *ret_n = sizeof(*in6);
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, str_c(arena, host), &in6->sin6_addr) == 1;
    }
    *ret_n = sizeof(*in);
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, str_c(arena, host), &in->sin_addr) == 1;
}

/* A socket bound there, or -1 with errno. */
static int bound_socket(const struct sockaddr_storage *at, socklen_t at_n, bool shared)
{
    int one = 1;
    int fd = socket(at->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    if (bind(fd, (const struct sockaddr *)at, at_n) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/* Sockets that share a port would also share it with another process of ours, unnoticed: a first
 * one that shares nothing finds out. */
static bool is_taken(const struct sockaddr_storage *at, socklen_t at_n)
{
    int fd = bound_socket(at, at_n, /* shared= */ false);
    if (fd < 0)
        return true;
    close(fd);
    return false;
}

static int listening_socket(struct http_server *s, struct sockaddr_storage *at, socklen_t at_n)
{
    int fd = bound_socket(at, at_n, s->opts.loops > 1);
    socklen_t n = sizeof(*at);

    if (fd < 0)
        return -1;
    if (listen(fd, BACKLOG) < 0 || getsockname(fd, (struct sockaddr *)at, &n) < 0) {
        close(fd);
        return -1;
    }
    /* Both families keep the port in the same place; the next socket takes the one found here. */
    s->port = ntohs(((struct sockaddr_in *)(void *)at)->sin_port);
    return fd;
}

/* Each connection is a file, and the usual soft limit is 1024. */
static void raise_file_limit(size_t connections_max)
{
    struct rlimit limit;
    rlim_t want = connections_max + FILES_BESIDES;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= want)
        return;
    limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

err http_server_open(
    struct arena *life, struct cx *cx, struct http_server_opts opts, struct http_server **ret)
{
    struct http_server *s = NEW(life, struct http_server);
    struct sockaddr_storage at = { 0 };
    socklen_t at_n = 0;
    uint64_t seed;

    ASSERT(opts.on_request != NULL);
    fill_in(&opts);
    s->opts = opts;
    s->sweep_us = sweep_us_of(&opts);
    if (!parse_address(cx->arena, opts.listen, &at, &at_n))
        return FAIL(
            cx, HTTP_SERVER_NO_LISTEN, "not an address and port: " STR_F, STR_A(opts.listen));
    if (opts.loops > 1 && is_taken(&at, at_n))
        return FAIL(cx, HTTP_SERVER_NO_LISTEN, STR_F ": %s", STR_A(opts.listen), strerror(errno));
    raise_file_limit(opts.connections_max);
    ASSERT(getrandom(&seed, sizeof(seed), 0) == sizeof(seed));
    s->peers = http_peers_open(opts.connections_max + opts.loops, opts.connections_per_address_max);
    while (s->loops_n < opts.loops) {
        int fd = listening_socket(s, &at, at_n);
        if (fd < 0) {
            err e =
                FAIL(cx, HTTP_SERVER_NO_LISTEN, STR_F ": %s", STR_A(opts.listen), strerror(errno));
            http_server_close(s);
            return e;
        }
        s->loops[s->loops_n] = http_loop_open(s, s->loops_n, fd, seed + s->loops_n);
        s->loops_n++;
    }
    *ret = s;
    return NULL;
}

int http_server_port(const struct http_server *s)
{
    return s->port;
}

size_t http_server_loops(const struct http_server *s)
{
    return s->loops_n;
}

static void *run_loop(void *arg)
{
    struct http_loop *loop = arg;
    char name[16];

    snprintf(name, sizeof(name), "http-%zu", loop->index);
    pthread_setname_np(pthread_self(), name);
    http_loop_run(loop);
    return NULL;
}

void http_server_run(struct http_server *s)
{
    pthread_t threads[HTTP_LOOPS_MAX];

    for (size_t i = 1; i < s->loops_n; i++)
        ASSERT(pthread_create(&threads[i], NULL, run_loop, s->loops[i]) == 0);
    http_loop_run(s->loops[0]);
    for (size_t i = 1; i < s->loops_n; i++)
        pthread_join(threads[i], NULL);
}

void http_server_stop(struct http_server *s, int64_t grace_ms)
{
    atomic_store(&s->stop_us, clock_mono_us() + grace_ms * 1000);
    atomic_store(&s->stopping, true);
    for (size_t i = 0; i < s->loops_n; i++)
        http_loop_wake(s->loops[i]);
}

void http_server_close(struct http_server *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->loops_n; i++)
        http_loop_close(s->loops[i]);
    s->loops_n = 0;
    http_peers_close(s->peers);
    s->peers = NULL;
}

void http_server_post(struct http_server *s, size_t loop, void (*fn)(void *arg), void *arg)
{
    struct http_task *task = malloc(sizeof(*task));

    ASSERT(task != NULL && loop < s->loops_n);
    *task = (struct http_task){ .fn = fn, .arg = arg, .heap = true };
    http_loop_add_task(s->loops[loop], task);
}

struct http_figures http_server_figures(struct http_server *s)
{
    struct http_figures sum = { 0 };
    for (size_t i = 0; i < s->loops_n; i++) {
        struct http_counts *counts = &s->loops[i]->counts;
        sum.connections += atomic_load_explicit(&counts->connections, memory_order_relaxed);
        sum.accepted += atomic_load_explicit(&counts->accepted, memory_order_relaxed);
        sum.refused += atomic_load_explicit(&counts->refused, memory_order_relaxed);
        sum.requests += atomic_load_explicit(&counts->requests, memory_order_relaxed);
        sum.slow_closed += atomic_load_explicit(&counts->slow_closed, memory_order_relaxed);
        sum.bytes_out += atomic_load_explicit(&counts->bytes_out, memory_order_relaxed);
    }
    return sum;
}
