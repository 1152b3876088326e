/* SPDX-License-Identifier: Apache-2.0
 * A small HTTP load generator: keep-alive connections in a closed loop over epoll, with a histogram
 * of latencies. Knows HTTP/1.1 with Content-Length and nothing more. */
#ifndef SOUK_BENCH_LOAD_H
#define SOUK_BENCH_LOAD_H

#include "bench/bench.h"

struct load_reply {
    int status;
    str head, body; /* valid during the call, or in the arena of load_fetch */
};
struct load_opts {
    int port;
    size_t connections, threads; /* threads 0: 1 */
    double seconds;              /* 0: until requests_max */
    int64_t requests_max;        /* 0: until seconds */
    str fixed;                   /* the request, when all are alike */
    /* Else: writes request `n` (counted over all connections) and returns its length; 0: there is
     * nothing left. Called by several threads, never at once for one connection. */
    size_t (*make)(void *arg, size_t connection, int64_t n, char *to, size_t room);
    /* May be NULL. */
    void (*took)(void *arg, size_t connection, int64_t n, const struct load_reply *reply);
    void *arg;
};
struct load_result {
    int64_t requests;     /* answered */
    int64_t broken;       /* connections lost on the way */
    int64_t status[6];    /* by class: status[2] is 2xx */
    double seconds, rate; /* rate of answers */
    double p50_ms, p90_ms, p99_ms, max_ms;
    double cpu_s; /* of the generator */
};
void load_run(struct bench *b, const struct load_opts *opts, struct load_result *ret);
/* One request on a connection of its own; reply in b->arena. False when there was no answer. */
bool load_fetch(struct bench *b, int port, str request, struct load_reply *ret);
/* "GET path HTTP/1.1" with more header lines (each ending with \r\n), in b->arena. */
str load_get(struct bench *b, const char *path, const char *headers);
/* GET and its body; dies unless it is 200. */
str load_body(struct bench *b, int port, const char *path);

#endif
