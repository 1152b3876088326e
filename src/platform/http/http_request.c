/* SPDX-License-Identifier: Apache-2.0
 * What the gateway sees of a request: made from a head that was read, with its own arena.
 * Called by http_conn.c and by handlers. Never copies bytes of the request. */
#include <stdlib.h>
#include <string.h>

#include "platform/clock/clock.h"
#include "platform/http/http_server_internal.h"

#define REQUEST_ID_MIN 8
#define REQUEST_ID_MAX 64

str http_request_header(const struct http_request *req, str name)
{
    for (size_t i = 0; i < req->headers_n; i++) {
        if (req->headers[i].name.n == name.n && str_eq_nocase(req->headers[i].name, name))
            return req->headers[i].value;
    }
    return (str){ NULL, 0 };
}

str http_request_list(const struct http_request *req, str name)
{
    str list = { NULL, 0 };
    for (size_t i = 0; i < req->headers_n; i++) {
        const struct http_header *h = &req->headers[i];
        if (!str_eq_nocase(h->name, name))
            continue;
        list = list.p ? str_fmt(req->cx.arena, STR_F ", " STR_F, STR_A(list), STR_A(h->value))
                      : h->value;
    }
    return list;
}

str http_request_cookie(const struct http_request *req, str name)
{
    for (size_t i = 0; i < req->headers_n; i++) {
        if (!str_eq_nocase(req->headers[i].name, S("Cookie")))
            continue;
        str rest = req->headers[i].value;
        while (rest.p) {
            str value = str_trim(str_cut(&rest, ';'));
            str key = str_cut(&value, '=');
            if (value.p && str_eq(key, name))
                return value;
        }
    }
    return (str){ NULL, 0 };
}

static bool is_request_id(str s)
{
    if (s.n < REQUEST_ID_MIN || s.n > REQUEST_ID_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-')
            return false;
    }
    return true;
}

str http_request_id_new(struct arena *arena, struct rng *rng)
{
    uint64_t bits[2] = { rng_u64(rng), rng_u64(rng) };
    return str_hex(arena, (str){ (const char *)bits, sizeof(bits) });
}

struct http_request *http_request_new(struct http_conn *conn, int64_t began_us)
{
    struct http_exchange *exchange = NEW(conn->arena, struct http_exchange);
    struct http_request *req = &exchange->request;
    const struct http_head *head = &conn->head;

    exchange->conn = conn;
    req->method = head->method;
    req->path = head->path;
    req->query = head->query;
    req->headers = head->headers;
    req->headers_n = head->headers_n;
    if (head->has_body) {
        size_t end = head->length < 0 ? conn->chunks.out : conn->request_n;
        req->body = (str){ conn->in + head->at, end - head->at };
    }
    req->began_us = began_us;
    req->loop = conn->loop->index;
    struct clock clock = clock_system();
    req->cx = (struct cx){ .arena = conn->arena,
        .now_ms = clock_now_ms(&clock),
        .rng = rng_seeded(rng_u64(&conn->loop->rng)),
        .peer = str_from_c(conn->peer_text) };
    str sent = http_request_header(req, S("X-Request-Id"));
    req->cx.request_id =
        is_request_id(sent) ? sent : http_request_id_new(conn->arena, &conn->loop->rng);
    return req;
}
