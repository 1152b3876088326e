/* SPDX-License-Identifier: Apache-2.0
 * HTTP client over libcurl, blocking: called from jobs and from the executor of a provider, never
 * from a lane or an event loop. Verifies TLS, follows no redirect, bounded in time and size. */
#ifndef SOUK_PLATFORM_HTTP_HTTP_CLIENT_H
#define SOUK_PLATFORM_HTTP_HTTP_CLIENT_H

#include "platform/http/http_server.h"

extern const problem HTTP_CLIENT_UNREACHABLE; /* KIND_UPSTREAM: nothing was sent */
extern const problem HTTP_CLIENT_LOST;        /* KIND_UPSTREAM: sent, the answer is unknown */

struct http_call {
    str method, url, body;
    const struct http_header *headers;
    size_t headers_n;
    int64_t timeout_ms;     /* 0: 15000 */
    size_t reply_bytes_max; /* 0: 1 MiB */
};
struct http_answer {
    int status;
    str body; /* in cx->arena */
    const struct http_header *headers;
    size_t headers_n;
};
struct http_client;
struct http_client *http_client_open(struct arena *life);
void http_client_close(struct http_client *c);
/* Thread-safe. Any status is success; the problems above mean that there is no answer. */
err http_client_call(
    struct http_client *c, struct cx *cx, struct http_call call, struct http_answer *ret) MUST_USE;

#endif
