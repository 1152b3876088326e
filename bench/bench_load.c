/* SPDX-License-Identifier: Apache-2.0
 * The load generator: each thread has its epoll and its share of the connections; a connection
 * sends its next request when its answer is whole. Must never be the thing that is measured: no
 * allocation and one or two system calls a request. */
#include "bench/bench_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IN_MAX (1024 * 1024)
#define OUT_MAX 8192
#define PER_ADDRESS 100 /* the server refuses more from one address than 256 */

/* Microseconds in buckets of 1/32 of their power of two: 3 % wide. */
#define BUCKETS (27 * 32)
struct histogram {
    int64_t n[BUCKETS];
};

struct connection {
    int fd;
    size_t index;
    int64_t n; /* of the request under way */
    double sent_s;
    char *in;
    size_t in_n, in_room;
    size_t whole; /* bytes of the answer with its head; 0: not known yet */
    size_t head;
    int status;
    char out[OUT_MAX];
};

struct shared {
    const struct load_opts *opts;
    _Atomic int64_t next, answered;
    double until_s;
};

struct worker {
    pthread_t thread;
    struct shared *shared;
    struct connection *list;
    size_t n, alive;
    int epoll;
    struct histogram histogram;
    struct load_result sum;
    const char *failure;
};

static size_t bucket_of(double us)
{
    uint64_t v = us < 1 ? 1 : (uint64_t)us;
    if (v < 32)
        return v;
    size_t top = 63 - (size_t)__builtin_clzll(v);
    size_t i = (top - 4) * 32 + ((v >> (top - 5)) & 31);
    return i < BUCKETS ? i : BUCKETS - 1;
}

static double bucket_ms(size_t i)
{
    if (i < 32)
        return (double)i / 1000;
    size_t top = i / 32 + 4;
    return (double)((UINT64_C(32) + i % 32 + 1) << (top - 5)) / 1000; /* its upper edge */
}

static double quantile_ms(const struct histogram *h, int64_t all, double part)
{
    int64_t want = (int64_t)((double)all * part), seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += h->n[i];
        if (seen > want)
            return bucket_ms(i);
    }
    return 0;
}

/* ---- connections ---- */

static int dial(int port, size_t index)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    struct sockaddr_in from = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(index / PER_ADDRESS)) };
    struct sockaddr_in to = { .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd >= 0 && (index < PER_ADDRESS || bind(fd, (struct sockaddr *)&from, sizeof from) == 0) &&
        connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Knows status and length as soon as the head is whole. False: no answer of a kind we know. */
static bool read_head(struct connection *c)
{
    char *end = memmem(c->in, c->in_n, "\r\n\r\n", 4);
    if (!end)
        return c->in_n < IN_MAX;
    if (c->in_n < 13 || memcmp(c->in, "HTTP/1.1 ", 9) != 0)
        return false;
    c->status = (c->in[9] - '0') * 100 + (c->in[10] - '0') * 10 + (c->in[11] - '0');
    c->head = (size_t)(end - c->in) + 4;
    size_t body = 0;
    for (const char *line = c->in; line < end;) {
        const char *eol = memchr(line, '\n', c->in_n - (size_t)(line - c->in));
        if (eol - line > 15 && strncasecmp(line, "Content-Length:", 15) == 0)
            body = strtoull(line + 15, NULL, 10);
        line = eol + 1;
    }
    if (c->status == 204 || c->status == 304)
        body = 0;
    c->whole = c->head + body;
    return c->whole <= IN_MAX;
}

static bool make_room(struct connection *c)
{
    size_t need = c->whole > c->in_n + 4096 ? c->whole : c->in_n + 4096;
    if (need <= c->in_room)
        return true;
    char *grown = realloc(c->in, need + 8192);
    if (!grown)
        return false;
    c->in = grown;
    c->in_room = need + 8192;
    return true;
}

/* 1: the answer is whole, 0: not yet, -1: lost. */
static int receive(struct connection *c, int flags)
{
    for (;;) {
        if (!make_room(c))
            return -1;
        ssize_t got = recv(c->fd, c->in + c->in_n, c->in_room - c->in_n, flags);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return 0;
        if (got <= 0)
            return -1;
        c->in_n += (size_t)got;
        if (!c->whole && !read_head(c))
            return -1;
        if (c->whole && c->in_n >= c->whole)
            return 1;
    }
}

static bool send_all(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

static bool may_go_on(struct shared *s, int64_t n)
{
    const struct load_opts *o = s->opts;
    if (o->requests_max && n >= o->requests_max)
        return false;
    return o->seconds <= 0 || bench_now_s() < s->until_s;
}

/* 1: a request is under way, 0: nothing left, -1: lost. */
static int begin(struct worker *w, struct connection *c)
{
    struct shared *s = w->shared;
    const struct load_opts *o = s->opts;
    c->n = atomic_fetch_add(&s->next, 1);
    if (!may_go_on(s, c->n))
        return 0;
    str request = o->fixed;
    if (o->make)
        request = (str){ c->out, o->make(o->arg, c->index, c->n, c->out, sizeof c->out) };
    if (request.n == 0)
        return 0;
    c->in_n = c->whole = 0;
    c->sent_s = bench_now_s();
    return send_all(c->fd, request) ? 1 : -1;
}

/* ---- a thread ---- */

static void retire(struct worker *w, struct connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    w->alive--;
}

static bool watch(struct worker *w, struct connection *c)
{
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
    return epoll_ctl(w->epoll, EPOLL_CTL_ADD, c->fd, &e) == 0;
}

/* A lost connection is counted and made anew. */
static void lost(struct worker *w, struct connection *c)
{
    w->sum.broken++;
    close(c->fd);
    c->fd = w->sum.broken < 1000 ? dial(w->shared->opts->port, c->index) : -1;
    if (c->fd < 0 || !watch(w, c) || begin(w, c) <= 0)
        retire(w, c);
}

static void account(struct worker *w, struct connection *c)
{
    const struct load_opts *o = w->shared->opts;
    double ms = (bench_now_s() - c->sent_s) * 1000;
    w->histogram.n[bucket_of(ms * 1000)]++;
    w->sum.requests++;
    if (c->status >= 100 && c->status < 600)
        w->sum.status[c->status / 100]++;
    if (ms > w->sum.max_ms)
        w->sum.max_ms = ms;
    if (!o->took)
        return;
    struct load_reply reply = { c->status, { c->in, c->head },
        { c->in + c->head, c->whole - c->head } };
    o->took(o->arg, c->index, c->n, &reply);
}

static void serve(struct worker *w, struct connection *c)
{
    int state = receive(c, MSG_DONTWAIT);
    if (state == 0)
        return;
    if (state > 0) {
        account(w, c);
        state = begin(w, c);
        if (state > 0)
            return;
    }
    if (state < 0)
        lost(w, c);
    else
        retire(w, c);
}

static void *run(void *arg)
{
    struct worker *w = arg;
    struct epoll_event events[64];
    for (size_t i = 0; i < w->n; i++) {
        struct connection *c = &w->list[i];
        int state = watch(w, c) ? begin(w, c) : 0;
        if (state < 0)
            lost(w, c);
        else if (state == 0)
            retire(w, c);
    }
    double give_up = w->shared->opts->seconds > 0 ? w->shared->until_s + 20 : 0;
    while (w->alive) {
        int n = epoll_wait(w->epoll, events, COUNT(events), 1000);
        for (int i = 0; i < n; i++)
            serve(w, events[i].data.ptr);
        if (give_up > 0 && bench_now_s() > give_up) {
            w->failure = "answers are missing 20 s after the end";
            break;
        }
    }
    struct timespec cpu;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    w->sum.cpu_s = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
    return NULL;
}

static void gather(struct bench *b, struct worker *list, size_t n, struct load_result *ret)
{
    struct histogram all = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct worker *w = &list[i];
        if (w->failure)
            bench_wrong(b, "%s", w->failure);
        for (size_t k = 0; k < BUCKETS; k++)
            all.n[k] += w->histogram.n[k];
        for (size_t k = 0; k < COUNT(ret->status); k++)
            ret->status[k] += w->sum.status[k];
        ret->requests += w->sum.requests;
        ret->broken += w->sum.broken;
        ret->cpu_s += w->sum.cpu_s;
        if (w->sum.max_ms > ret->max_ms)
            ret->max_ms = w->sum.max_ms;
    }
    ret->p50_ms = quantile_ms(&all, ret->requests, 0.50);
    ret->p90_ms = quantile_ms(&all, ret->requests, 0.90);
    ret->p99_ms = quantile_ms(&all, ret->requests, 0.99);
    ret->rate = ret->seconds > 0 ? (double)ret->requests / ret->seconds : 0;
}

void load_run(struct bench *b, const struct load_opts *opts, struct load_result *ret)
{
    size_t threads = opts->threads ? opts->threads : 1;
    struct shared shared = { .opts = opts };
    struct worker *workers = calloc(threads, sizeof workers[0]);
    struct connection *list = calloc(opts->connections, sizeof list[0]);
    if (!workers || !list)
        bench_die(b, "out of memory");
    for (size_t i = 0; i < opts->connections; i++) {
        list[i] = (struct connection){ .index = i, .fd = dial(opts->port, i) };
        if (list[i].fd < 0)
            bench_die(b, "connection %zu: %s", i, strerror(errno));
    }
    double began = bench_now_s();
    shared.until_s = began + opts->seconds;
    size_t at = 0;
    for (size_t i = 0; i < threads; i++) {
        struct worker *w = &workers[i];
        size_t end = opts->connections * (i + 1) / threads;
        *w = (struct worker){ .shared = &shared,
            .list = list + at,
            .n = end - at,
            .alive = end - at,
            .epoll = epoll_create1(EPOLL_CLOEXEC) };
        at = end;
        if (pthread_create(&w->thread, NULL, run, w) != 0)
            bench_die(b, "no thread");
    }
    *ret = (struct load_result){ 0 };
    for (size_t i = 0; i < threads; i++)
        pthread_join(workers[i].thread, NULL);
    ret->seconds = bench_now_s() - began;
    gather(b, workers, threads, ret);
    for (size_t i = 0; i < opts->connections; i++) {
        if (list[i].fd >= 0)
            close(list[i].fd);
        free(list[i].in);
    }
    for (size_t i = 0; i < threads; i++)
        close(workers[i].epoll);
    free(list);
    free(workers);
}

/* ---- single requests ---- */

bool load_fetch(struct bench *b, int port, str request, struct load_reply *ret)
{
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        bench_die(b, "out of memory");
    c->fd = dial(port, 0);
    bool ok = c->fd >= 0 && send_all(c->fd, request) && receive(c, 0) == 1;
    if (ok) {
        str head = str_dup(b->arena, (str){ c->in, c->head });
        str body = str_dup(b->arena, (str){ c->in + c->head, c->whole - c->head });
        *ret = (struct load_reply){ c->status, head, body };
    }
    if (c->fd >= 0)
        close(c->fd);
    free(c->in);
    free(c);
    return ok;
}

str load_get(struct bench *b, const char *path, const char *headers)
{
    return str_fmt(b->arena, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);
}

str load_body(struct bench *b, int port, const char *path)
{
    struct load_reply reply;
    if (!load_fetch(b, port, load_get(b, path, ""), &reply))
        bench_die(b, "%s: no answer", path);
    if (reply.status != 200)
        bench_die(b, "%s: status %d " STR_F, path, reply.status, STR_A(reply.body));
    return reply.body;
}
