/* SPDX-License-Identifier: Apache-2.0
 * Replies: their heads, and the short problems that answer what cannot be read. Called by the
 * gateway on any thread, and by http_conn.c. Never waits, and never touches a connection that the
 * loop may be using. */
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "platform/clock/clock.h"
#include "platform/http/http_server_internal.h"

#define HEAD_FIXED 160 /* status line, Date, Content-Length, Connection and the empty line */

static const struct phrase {
    int status;
    str text;
} phrases[] = {
    { 200, S_INIT("OK") },
    { 201, S_INIT("Created") },
    { 202, S_INIT("Accepted") },
    { 204, S_INIT("No Content") },
    { 206, S_INIT("Partial Content") },
    { 301, S_INIT("Moved Permanently") },
    { 302, S_INIT("Found") },
    { 303, S_INIT("See Other") },
    { 304, S_INIT("Not Modified") },
    { 307, S_INIT("Temporary Redirect") },
    { 308, S_INIT("Permanent Redirect") },
    { 400, S_INIT("Bad Request") },
    { 401, S_INIT("Unauthorized") },
    { 402, S_INIT("Payment Required") },
    { 403, S_INIT("Forbidden") },
    { 404, S_INIT("Not Found") },
    { 405, S_INIT("Method Not Allowed") },
    { 406, S_INIT("Not Acceptable") },
    { 408, S_INIT("Request Timeout") },
    { 409, S_INIT("Conflict") },
    { 410, S_INIT("Gone") },
    { 412, S_INIT("Precondition Failed") },
    { 413, S_INIT("Content Too Large") },
    { 415, S_INIT("Unsupported Media Type") },
    { 417, S_INIT("Expectation Failed") },
    { 422, S_INIT("Unprocessable Content") },
    { 428, S_INIT("Precondition Required") },
    { 429, S_INIT("Too Many Requests") },
    { 431, S_INIT("Request Header Fields Too Large") },
    { 500, S_INIT("Internal Server Error") },
    { 501, S_INIT("Not Implemented") },
    { 502, S_INIT("Bad Gateway") },
    { 503, S_INIT("Service Unavailable") },
    { 505, S_INIT("HTTP Version Not Supported") },
};

static const struct refusal {
    int status;
    str code, title;
} refusals[HTTP_PARSED_N] = {
    [HTTP_BAD_LINE_END] = { 400, S_INIT("bad_line_end"), S_INIT("A line does not end in CRLF") },
    [HTTP_BAD_REQUEST_LINE] = { 400, S_INIT("bad_request_line"),
        S_INIT("The request line cannot be read") },
    [HTTP_BAD_VERSION] = { 505, S_INIT("bad_version"), S_INIT("Only HTTP/1.1 is spoken here") },
    [HTTP_BAD_METHOD] = { 501, S_INIT("unknown_method"), S_INIT("The method is not known") },
    [HTTP_REFUSED_METHOD] = { 405, S_INIT("method_not_allowed"),
        S_INIT("The method is not allowed") },
    [HTTP_BAD_TARGET] = { 400, S_INIT("bad_target"),
        S_INIT("The request target is not a plain path") },
    [HTTP_BAD_HEADER] = { 400, S_INIT("bad_header"), S_INIT("A header line cannot be read") },
    [HTTP_MANY_HEADERS] = { 431, S_INIT("too_many_headers"), S_INIT("Too many header lines") },
    [HTTP_LONG_HEADERS] = { 431, S_INIT("headers_too_large"), S_INIT("The headers are too large") },
    [HTTP_BAD_HOST] = { 400, S_INIT("bad_host"), S_INIT("One good Host header is needed") },
    [HTTP_BAD_FRAMING] = { 400, S_INIT("bad_framing"),
        S_INIT("The length of the body is not clear") },
    [HTTP_BAD_CHUNK] = { 400, S_INIT("bad_chunk"), S_INIT("The chunked body cannot be read") },
    [HTTP_LONG_BODY] = { 413, S_INIT("body_too_large"), S_INIT("The body is too large") },
    [HTTP_BAD_EXPECT] = { 417, S_INIT("bad_expectation"), S_INIT("The expectation cannot be met") },
    [HTTP_TOO_SLOW] = { 408, S_INIT("too_slow"), S_INIT("The request did not arrive in time") },
};

/* A problem of RFC 9457, in the names that the gateway uses. */
struct refusal_body {
    str type, title;
    int64_t status;
    str instance, code, request_id; /* instance: the path, as far as it was read */
};
static const struct json_field refusal_fields[] = {
    JSON_STR(struct refusal_body, type),
    JSON_STR(struct refusal_body, title),
    JSON_INT(struct refusal_body, status),
    JSON_STR(struct refusal_body, instance),
    JSON_STR(struct refusal_body, code),
    JSON_STR(struct refusal_body, request_id),
};
static const struct json_shape refusal_shape =
    JSON_SHAPE("Refusal", struct refusal_body, refusal_fields);

static str phrase_of(int status)
{
    for (size_t i = 0; i < COUNT(phrases); i++) {
        if (phrases[i].status == status)
            return phrases[i].text;
    }
    return S("Other");
}

/* Text under construction in memory that is large enough. */
struct pen {
    char *p;
    size_t n;
};

static void pen_add(struct pen *pen, str s)
{
    if (s.n > 0)
        memcpy(pen->p + pen->n, s.p, s.n);
    pen->n += s.n;
}

static void pen_number(struct pen *pen, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    pen_add(pen, (str){ digits + at, sizeof(digits) - at });
}

/* Control characters become blanks: whatever went wrong before, nobody's text starts a new line of
 * the head here. */
static void pen_safely(struct pen *pen, str s)
{
    char *to = pen->p + pen->n;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        to[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    pen->n += s.n;
}

/* The loop keeps the text of the current second; another thread makes its own. */
static str date_text(struct http_conn *conn, bool here)
{
    struct http_loop *loop = conn->loop;
    struct clock clock = clock_system();
    int64_t now_ms = here && conn->request ? conn->request->cx.now_ms : clock_now_ms(&clock);

    if (!here)
        return instant_http(conn->arena, now_ms);
    if (loop->date_s != now_ms / 1000) {
        str text = instant_http(conn->arena, now_ms);
        ASSERT(text.n < sizeof(loop->date));
        memcpy(loop->date, text.p, text.n);
        loop->date[text.n] = '\0';
        loop->date_s = now_ms / 1000;
    }
    return str_from_c(loop->date);
}

static str make_head(struct http_conn *conn, const struct http_response *res, bool here)
{
    size_t size = HEAD_FIXED;
    for (size_t i = 0; i < res->headers_n; i++)
        size += res->headers[i].name.n + res->headers[i].value.n + 4;
    bool in_scratch = here && size <= HTTP_SCRATCH;
    struct pen pen = { in_scratch ? conn->loop->scratch : arena_alloc(conn->arena, size), 0 };

    pen_add(&pen, S("HTTP/1.1 "));
    pen_number(&pen, (uint64_t)res->status);
    pen_add(&pen, S(" "));
    pen_add(&pen, phrase_of(res->status));
    pen_add(&pen, S("\r\nDate: "));
    pen_add(&pen, date_text(conn, here));
    if (res->status != 204 && res->status != 304) {
        pen_add(&pen, S("\r\nContent-Length: "));
        pen_number(&pen, res->body.n);
    }
    if (conn->close_after)
        pen_add(&pen, S("\r\nConnection: close"));
    else if (conn->head.minor == 0)
        pen_add(&pen, S("\r\nConnection: keep-alive"));
    for (size_t i = 0; i < res->headers_n; i++) {
        pen_add(&pen, S("\r\n"));
        pen_safely(&pen, res->headers[i].name);
        pen_add(&pen, S(": "));
        pen_safely(&pen, res->headers[i].value);
    }
    pen_add(&pen, S("\r\n\r\n"));
    ASSERT(pen.n <= size);
    return (str){ pen.p, pen.n };
}

void http_conn_answer(struct http_conn *conn, const struct http_response *res, bool here)
{
    ASSERT(res->status >= 200 && res->status <= 599);
    conn->close_after = conn->close_after || res->close || !conn->head.keep_alive ||
                        atomic_load_explicit(&conn->loop->server->stopping, memory_order_relaxed);
    bool bodiless =
        res->status == 204 || res->status == 304 || str_eq(conn->head.method, S("HEAD"));
    conn->out_head = make_head(conn, res, here);
    conn->out_body = bodiless ? (str){ NULL, 0 } : res->body;
    conn->keep = res->body_keep;
    conn->release = res->body_release;
    if (here)
        http_conn_write(conn);
    /* What was borrowed is copied for later: for a reply on the loop only what the socket did not
     * take, and the head too when it stands in the loop's scratch. */
    if (here && conn->out_head.n > 0)
        conn->out_head = str_dup(conn->arena, conn->out_head);
    if (!conn->keep && conn->out_body.n > 0)
        conn->out_body = str_dup(conn->arena, conn->out_body);
}

void http_reply(struct http_request *req, const struct http_response *res)
{
    struct http_exchange *exchange =
        (struct http_exchange *)(void *)((char *)req - offsetof(struct http_exchange, request));
    struct http_conn *conn = exchange->conn;
    struct http_loop *loop = conn->loop;
    bool here = http_loop_is_here(loop);

    ASSERT(conn->state == CONN_OUT && !conn->replied);
    conn->replied = true;
    http_conn_answer(conn, res, here);
    if (!here) { /* the state is the loop's to change */
        conn->task = (struct http_task){ .fn = http_conn_replied, .arg = conn };
        http_loop_add_task(loop, &conn->task);
        return;
    }
    conn->state = CONN_READY;
    if (!conn->dispatching) { /* else the dispatcher goes on with it */
        conn->ready_next = loop->ready;
        loop->ready = conn;
    }
}

void http_conn_refuse(struct http_conn *conn, enum http_parsed why)
{
    const struct refusal *r = &refusals[why];
    struct http_loop *loop = conn->loop;

    ASSERT(r->status != 0);
    str request_id = http_request_id_new(conn->arena, &loop->rng);
    struct buf body = { .arena = conn->arena };
    struct refusal_body view = { str_cat(conn->arena, S("/problems/"), r->code), r->title,
        r->status, conn->head.path, r->code, request_id };
    json_encode(&body, &refusal_shape, &view, /* snake= */ true);
    const struct http_header headers[] = {
        { S_INIT("Content-Type"), S_INIT("application/problem+json") },
        { S_INIT("X-Request-Id"), request_id },
        { S_INIT("Allow"), S_INIT("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS") },
    };
    log_line(loop->server->opts.log, LOG_DEBUG, S("refused"),
        LOG_FIELDS(
            { .name = "code", .text = r->code }, { .name = "request_id", .text = request_id }));
    conn->request = NULL;
    conn->linger = true;
    struct http_response res = { .status = r->status,
        .headers = headers,
        .headers_n = r->status == 405 ? 3 : 2,
        .body = buf_str(&body),
        .close = true };
    http_conn_answer(conn, &res, /* here= */ true);
    conn->state = CONN_READY;
}
