/* SPDX-License-Identifier: Apache-2.0
 * The HTTP server over raw sockets: requests in pieces, replies from any thread, refusals, clients
 * that leave. Run by `./dev test http`, also under TSan. Limits and the stop are in
 * http_limits_test.c. */
#include "platform/http/tests/http_world.h"

#define H "Host: a\r\n"
#define SMUGGLED "GET /smuggled HTTP/1.1\r\n" H "\r\n"

static void one_connection_many_requests(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    int fd = client_open(w);
    (void)state;

    for (int i = 0; i < 50; i++) {
        CHECK(client_send(fd, i % 2 ? S("GET /late HTTP/1.1\r\n" H "\r\n")
                                    : S("GET /hello?x HTTP/1.1\r\n" H "\r\n")));
        struct answer a = client_answer(w, fd, false);
        CHECK_INT(a.status, 200);
        CHECK_STR(a.body, i % 2 ? S("/late") : S("/hello"));
        CHECK(answer_has(a, S("\r\nDate: ")) && answer_has(a, S(" GMT\r\n")));
        CHECK(!answer_has(a, S("Connection:")));
    }
    close(fd);
    WORLD_UNTIL(http_server_figures(w->server).connections == 0);
    struct http_figures figures = http_server_figures(w->server);
    CHECK_INT(figures.requests, 50);
    CHECK_INT(figures.accepted, 1);
    CHECK(figures.bytes_out > 50 * 100);
    world_close(w);
}

static void bytes_come_one_by_one(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    static const str bytes = S_INIT("POST /echo HTTP/1.1\r\n" H
                                    "Transfer-Encoding: chunked\r\n\r\n"
                                    "5\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n"
                                    "POST /echo HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc");
    (void)state;

    for (size_t i = 0; i < bytes.n; i++) {
        CHECK(client_send(fd, str_sub(bytes, i, 1)));
        if (i % 16 == 0)
            poll(NULL, 0, 1); /* now and then the server sees a single piece */
    }
    CHECK_STR(client_answer(w, fd, false).body, S("hello!"));
    CHECK_STR(client_answer(w, fd, false).body, S("abc"));
    close(fd);
    world_close(w);
}

static void pipeline_is_answered_in_order(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    struct buf all = { .arena = w->life };
    int fd = client_open(w);
    (void)state;

    for (int i = 0; i < 500; i++) {
        buf_fmt(&all, "GET /%d HTTP/1.1\r\n" H "\r\n", i);
        if (i % 7 == 0)
            buf_add(&all, S("POST /late HTTP/1.1\r\n" H "Content-Length: 4\r\n\r\nbody"));
    }
    CHECK(client_send(fd, buf_str(&all)));
    for (int i = 0; i < 500; i++) {
        CHECK_STR(client_answer(w, fd, false).body, str_fmt(w->life, "/%d", i));
        if (i % 7 == 0)
            CHECK_STR(client_answer(w, fd, false).body, S("/late"));
    }
    close(fd);
    world_close(w);
}

static void bodies_of_all_sizes(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    static const size_t sizes[] = { 0, 1, 8000, 8192, 8193, 65536, 1 << 20 };
    (void)state;

    for (size_t i = 0; i < COUNT(sizes); i++) {
        CHECK(client_send(
            fd, str_fmt(w->life,
                    "POST /echo HTTP/1.1\r\nX-Long: a b c\r\n" H "Content-Length: %zu\r\n\r\n",
                    sizes[i])));
        CHECK(client_send(fd, (str){ w->big, sizes[i] }));
        CHECK_STR(client_answer(w, fd, false).body, ((str){ w->big, sizes[i] }));
        CHECK(client_send(fd, S("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n")));
        for (size_t at = 0; at < sizes[i];) {
            size_t n = sizes[i] - at < 5000 ? sizes[i] - at : 5000;
            CHECK(client_send(fd, str_fmt(w->life, "%zx\r\n", n)));
            CHECK(client_send(fd, (str){ w->big + at, n }));
            CHECK(client_send(fd, S("\r\n")));
            at += n;
        }
        CHECK(client_send(fd, S("0\r\n\r\n")));
        CHECK_STR(client_answer(w, fd, false).body, ((str){ w->big, sizes[i] }));
    }
    close(fd);
    world_close(w);
}

static void large_replies(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    static const str asks[] = { S_INIT("GET /big HTTP/1.1\r\n" H "\r\n"),
        S_INIT("GET /late/big HTTP/1.1\r\n" H "\r\n") };
    (void)state;

    for (size_t i = 0; i < COUNT(asks); i++) {
        CHECK(client_send(fd, asks[i]));
        CHECK(client_send(fd, S("GET /next HTTP/1.1\r\n" H "\r\n"))); /* waits its turn */
        struct answer a = client_answer(w, fd, false);
        CHECK(a.body.n == WORLD_BIG && memcmp(a.body.p, w->big, WORLD_BIG) == 0);
        CHECK_STR(client_answer(w, fd, false).body, S("/next"));
    }
    CHECK_INT(w->kept, 1);
    CHECK_INT(w->released, 1);
    close(fd);
    world_close(w);
}

static void replies_without_a_body(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    (void)state;

    CHECK(client_send(fd, S("HEAD /hello HTTP/1.1\r\n" H "\r\n")));
    struct answer a = client_answer(w, fd, true);
    CHECK(answer_has(a, S("Content-Length: 6\r\n")));
    CHECK(client_send(fd, S("HEAD /big HTTP/1.1\r\n" H "\r\n")));
    CHECK_INT(client_answer(w, fd, true).status, 200);
    WORLD_UNTIL(w->released == 1);
    CHECK(client_send(fd, S("GET /status/204 HTTP/1.1\r\n" H "\r\n")));
    a = client_answer(w, fd, true);
    CHECK(a.status == 204 && !answer_has(a, S("Content-Length")));
    CHECK(client_send(fd, S("GET /status/304 HTTP/1.1\r\n" H "\r\n")));
    a = client_answer(w, fd, true);
    CHECK(a.status == 304 && !answer_has(a, S("Content-Length")));
    CHECK(client_send(fd, S("GET /status/404 HTTP/1.1\r\n" H "\r\n")));
    CHECK_STR(client_answer(w, fd, false).body, S("body")); /* nothing was left over */
    close(fd);
    world_close(w);
}

static const struct ending {
    str ask;
    bool ends;
    str says;
} endings[] = {
    { S_INIT("GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"), true,
        S_INIT("Connection: close") },
    { S_INIT("GET / HTTP/1.0\r\n\r\n"), true, S_INIT("Connection: close") },
    { S_INIT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), false,
        S_INIT("Connection: keep-alive") },
    { S_INIT("GET /late HTTP/1.1\r\n" H "Connection: close\r\n\r\n" SMUGGLED), true,
        S_INIT("Connection: close") },
};

static void connections_end_when_asked(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    (void)state;

    for (size_t i = 0; i < COUNT(endings); i++) {
        int fd = client_open(w);
        CHECK(client_send(fd, endings[i].ask));
        CHECK(answer_has(client_answer(w, fd, false), endings[i].says));
        if (endings[i].ends)
            CHECK(client_is_closed(fd));
        close(fd);
    }
    CHECK_INT(w->served, COUNT(endings));
    world_close(w);
}

static const struct refusal_case {
    str bytes;
    int status;
    str code;
} refusal_cases[] = {
    { S_INIT("GET / HTTP/1.1\r\nHost : a\r\n\r\n" SMUGGLED), 400, S_INIT("bad_header") },
    { S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\nhello" SMUGGLED), 400,
        S_INIT("bad_framing") },
    { S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\nhello" SMUGGLED), 400,
        S_INIT("bad_framing") },
    { S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
             "0\r\n\r\n" SMUGGLED),
        400, S_INIT("bad_framing") },
    { S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
        400, S_INIT("bad_framing") },
    { S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n" SMUGGLED),
        400, S_INIT("bad_chunk") },
    { S_INIT("GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n" SMUGGLED), 400, S_INIT("bad_header") },
    { S_INIT("GET / HTTP/1.1\nHost: a\n\n" SMUGGLED), 400, S_INIT("bad_line_end") },
    { S_INIT("GET / HTTP/1.1\r\n" H "A: \0b\r\n\r\n" SMUGGLED), 400, S_INIT("bad_header") },
    { S_INIT("GET / HTTP/1.1\r\n\r\n" SMUGGLED), 400, S_INIT("bad_host") },
    { S_INIT("GET http://a/ HTTP/1.1\r\n" H "\r\n" SMUGGLED), 400, S_INIT("bad_target") },
    { S_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, S_INIT("bad_version") },
    { S_INIT("TRACE / HTTP/1.1\r\n" H "\r\n" SMUGGLED), 405, S_INIT("method_not_allowed") },
    { S_INIT("BREW / HTTP/1.1\r\n" H "\r\n" SMUGGLED), 501, S_INIT("unknown_method") },
    { S_INIT("\x16\x03\x01"), 400, S_INIT("bad_request_line") },
    { S_INIT("POST /echo HTTP/1.1\r\n" H "Content-Length: 1048577\r\n\r\n" SMUGGLED), 413,
        S_INIT("body_too_large") },
    { S_INIT("POST /echo HTTP/1.1\r\n" H "Content-Length: 999999999999999\r\n\r\n" SMUGGLED), 413,
        S_INIT("body_too_large") },
    { S_INIT("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n100001\r\n" SMUGGLED),
        413, S_INIT("body_too_large") },
    { S_INIT("POST /small HTTP/1.1\r\n" H "Content-Length: 11\r\n\r\nhello world" SMUGGLED), 413,
        S_INIT("body_too_large") },
    { S_INIT("POST / HTTP/1.1\r\n" H "Expect: x\r\nContent-Length: 1\r\n\r\na" SMUGGLED), 417,
        S_INIT("bad_expectation") },
};

static void what_is_unclear_is_refused(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    (void)state;

    for (size_t i = 0; i < COUNT(refusal_cases); i++) {
        const struct refusal_case *c = &refusal_cases[i];
        int fd = client_open(w);
        CHECK(client_send(fd, c->bytes));
        struct answer a = client_answer(w, fd, false);
        if (a.status != c->status || str_find(a.body, c->code, 0) < 0)
            print_error("%zu: " STR_F "\n", i, STR_A(a.body));
        CHECK_INT(a.status, c->status);
        CHECK(str_find(a.body, str_fmt(w->life, "\"code\":\"" STR_F "\"", STR_A(c->code)), 0) > 0);
        if (c->status != 400 && c->status != 505) /* those may have no path */
            CHECK(str_find(a.body, S("\"instance\":\"/"), 0) > 0);
        CHECK(answer_has(a, S("Content-Type: application/problem+json\r\n")));
        CHECK(answer_has(a, S("Connection: close\r\n")));
        CHECK(client_is_closed(fd)); /* and nothing of what came behind is answered */
        close(fd);
    }
    CHECK_INT(w->served, 0);
    world_close(w);
}

static void headers_too_large(void **state)
{
    struct world *w =
        world_open((struct http_server_opts){ .loops = 1, .headers_bytes_max = 1000 });
    (void)state;

    for (size_t n = 900; n < 1100; n += 10) {
        int fd = client_open(w);
        struct buf ask = { .arena = w->life };
        buf_add(&ask, S("GET / HTTP/1.1\r\n" H "A: "));
        while (ask.n < n - 4)
            buf_char(&ask, 'x');
        buf_add(&ask, S("\r\n\r\n"));
        CHECK(client_send(fd, buf_str(&ask)));
        CHECK_INT(client_answer(w, fd, false).status, n <= 1000 ? 200 : 431);
        close(fd);
    }
    world_close(w);
}

static void a_large_upload_learns_why(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    (void)state;

    CHECK(client_send(fd, S("POST /echo HTTP/1.1\r\n" H "Content-Length: 2000000\r\n\r\n")));
    (void)client_send(fd, (str){ w->big, 2000000 }); /* goes on sending, and must not be reset */
    CHECK_INT(client_answer(w, fd, false).status, 413);
    close(fd);
    world_close(w);
}

static void expectation_is_met_first(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    (void)state;

    CHECK(client_send(
        fd, S("POST /echo HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")));
    CHECK_INT(client_answer(w, fd, true).status, 100);
    CHECK(client_send(fd, S("ok")));
    CHECK_STR(client_answer(w, fd, false).body, S("ok"));
    CHECK(client_send(
        fd, S("POST /small HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 20\r\n\r\n")));
    CHECK_INT(client_answer(w, fd, false).status, 413); /* without having asked for the body */
    close(fd);
    world_close(w);
}

/* Replies to clients that are gone: from another thread, with and without a body of their own. */
static void client_leaves_before_the_reply(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    struct linger reset = { .l_onoff = 1 };
    (void)state;

    for (int i = 0; i < 60; i++) {
        int fd = client_open(w);
        CHECK(client_send(fd, S("GET /park HTTP/1.1\r\n" H "\r\n")));
        struct http_request *req = world_unpark(w);
        if (i % 3 == 0)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        if (i % 3 == 1)
            shutdown(fd, SHUT_RDWR);
        close(fd);
        if (i % 2)
            world_reply(req, 200, S("too late"));
        else
            world_reply_big(w, req, /* keep= */ true);
    }
    WORLD_UNTIL(http_server_figures(w->server).connections == 0);
    CHECK_INT(w->released, w->kept);
    int fd = client_open(w); /* and all is well */
    CHECK(client_send(fd, S("GET /hello HTTP/1.1\r\n" H "\r\n")));
    CHECK_STR(client_answer(w, fd, false).body, S("/hello"));
    close(fd);
    world_close(w);
}

/* A client that sends all, says so and still listens is answered. */
static void half_closed_clients(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    (void)state;

    CHECK(client_send(fd, S("GET /park HTTP/1.1\r\n" H "\r\n")));
    shutdown(fd, SHUT_WR);
    world_reply(world_unpark(w), 200, S("there"));
    CHECK_STR(client_answer(w, fd, false).body, S("there"));
    CHECK(client_is_closed(fd));
    close(fd);
    world_close(w);
}

static void requests_carry_what_was_sent(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    int64_t before_us = clock_mono_us();
    (void)state;

    CHECK(client_send(
        fd, S("DELETE /park/it?a=b HTTP/1.1\r\n" H "X-Request-ID: from.the-client_1\r\n"
              "cookie: a=1; sid=x=y;b\r\nCookie: sid=second; late = 2\r\nAccept:\r\n\r\n")));
    struct http_request *req = world_unpark(w);
    CHECK_STR(req->method, S("DELETE"));
    CHECK_STR(req->path, S("/park/it"));
    CHECK_STR(req->query, S("a=b"));
    CHECK(req->body.p == NULL);
    CHECK_STR(http_request_header(req, S("x-request-id")), S("from.the-client_1"));
    CHECK(http_request_header(req, S("Accept")).p != NULL);
    CHECK(http_request_header(req, S("Accep")).p == NULL);
    CHECK_STR(http_request_cookie(req, S("sid")), S("x=y"));
    CHECK(http_request_cookie(req, S("SID")).p == NULL);
    CHECK(http_request_cookie(req, S("b")).p == NULL); /* no '=': no cookie */
    CHECK_STR(req->cx.request_id, S("from.the-client_1"));
    CHECK_STR(req->cx.peer, S("127.0.0.1"));
    CHECK(req->cx.now_ms > INT64_C(1700000000000));
    CHECK(req->began_us >= before_us && req->began_us <= clock_mono_us());
    CHECK_INT(req->loop, 0);
    uint64_t chance = rng_u64(&req->cx.rng);
    world_reply(req, 200, S(""));
    CHECK_INT(client_answer(w, fd, false).status, 200);
    CHECK(client_send(fd, S("GET /park HTTP/1.1\r\n" H "X-Request-Id: bad id!\r\n\r\n")));
    req = world_unpark(w);
    CHECK_INT(req->cx.request_id.n, 32);
    CHECK(req->query.p == NULL);
    CHECK(rng_u64(&req->cx.rng) != chance); /* seeded, and differently */
    world_reply(req, 200, S(""));
    close(fd);
    world_close(w);
}

static void reply_heads_cannot_be_split(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    const struct http_header headers[] = { { S_INIT("Location"),
        S_INIT("/a\r\nSet-Cookie: x\0") } };
    (void)state;

    CHECK(client_send(fd, S("GET /park HTTP/1.1\r\n" H "\r\n")));
    http_reply(
        world_unpark(w), &(struct http_response){
                             .status = 303, .headers = headers, .headers_n = 1, .close = true });
    struct answer a = client_answer(w, fd, false);
    CHECK(answer_has(a, S("\r\nLocation: /a  Set-Cookie: x \r\n")));
    CHECK(answer_has(a, S("\r\nConnection: close\r\n")));
    CHECK(client_is_closed(fd));
    close(fd);
    world_close(w);
}

struct posting {
    struct world *w;
    struct http_request *req;
};

static void reply_on_the_loop(void *arg)
{
    struct posting *p = arg;
    world_reply(p->req, 200, S("posted"));
}

/* A reply made on the loop, but outside of its own request. */
static void parked_replies_on_the_loop(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    (void)state;

    CHECK_INT(http_server_loops(w->server), 2);
    for (int i = 0; i < 20; i++) {
        int fd = client_open(w);
        CHECK(client_send(fd, S("GET /park HTTP/1.1\r\n" H "\r\nGET /next HTTP/1.1\r\n" H "\r\n")));
        struct posting p = { w, world_unpark(w) };
        http_server_post(w->server, p.req->loop, reply_on_the_loop, &p);
        CHECK_STR(client_answer(w, fd, false).body, S("posted"));
        CHECK_STR(client_answer(w, fd, false).body, S("/next"));
        close(fd);
    }
    world_close(w);
}

/* One request answers others, whose connections go on with what they had sent already. */
static void requests_that_wake_others(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fds[10];
    (void)state;

    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = client_open(w);
        CHECK(client_send(fds[i], S("GET /park HTTP/1.1\r\n" H "\r\nGET /wake HTTP/1.1\r\n" H
                                    "\r\nGET /next HTTP/1.1\r\n" H "\r\n")));
    }
    WORLD_UNTIL(world_parked(w) == COUNT(fds));
    int fd = client_open(w);
    CHECK(client_send(fd, S("GET /wake HTTP/1.1\r\n" H "\r\n")));
    CHECK_STR(client_answer(w, fd, false).body, S("/wake"));
    for (size_t i = 0; i < COUNT(fds); i++) {
        CHECK_STR(client_answer(w, fds[i], false).body, S("woken"));
        CHECK_STR(client_answer(w, fds[i], false).body, S("/wake"));
        CHECK_STR(client_answer(w, fds[i], false).body, S("/next"));
        close(fds[i]);
    }
    close(fd);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_many_requests),
        cmocka_unit_test(bytes_come_one_by_one),
        cmocka_unit_test(pipeline_is_answered_in_order),
        cmocka_unit_test(bodies_of_all_sizes),
        cmocka_unit_test(large_replies),
        cmocka_unit_test(replies_without_a_body),
        cmocka_unit_test(connections_end_when_asked),
        cmocka_unit_test(what_is_unclear_is_refused),
        cmocka_unit_test(headers_too_large),
        cmocka_unit_test(a_large_upload_learns_why),
        cmocka_unit_test(expectation_is_met_first),
        cmocka_unit_test(client_leaves_before_the_reply),
        cmocka_unit_test(half_closed_clients),
        cmocka_unit_test(requests_carry_what_was_sent),
        cmocka_unit_test(reply_heads_cannot_be_split),
        cmocka_unit_test(parked_replies_on_the_loop),
        cmocka_unit_test(requests_that_wake_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
