/* SPDX-License-Identifier: Apache-2.0
 * The HTTP server against slow, greedy and many clients, and how it stops. Run by `./dev test
 * http`, also under TSan. Its clocks are real and its limits short: a test waits for events, not
 * for time. */
#include "base/rng.h"
#include "platform/http/tests/http_world.h"

#define H "Host: a\r\n"
#define HELLO S("GET /hello HTTP/1.1\r\n" H "\r\n")

static const struct slow_case {
    str bytes;
    int status; /* 0: closed without a word */
} slow_cases[] = {
    { S_INIT("GET / HTTP/1.1\r\nHost: "), 408 },
    { S_INIT("G"), 408 },
    { S_INIT("POST /echo HTTP/1.1\r\n" H "Content-Length: 10\r\n\r\nhello"), 408 },
    { S_INIT("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"), 408 },
    { S_INIT(""), 0 },
};

static void slow_clients_are_let_go(void **state)
{
    struct world *w = world_open((struct http_server_opts){
        .loops = 1, .header_ms_max = 60, .idle_ms_max = 80, .body_grace_ms = 60 });
    int fds[COUNT(slow_cases)];
    (void)state;

    for (size_t i = 0; i < COUNT(slow_cases); i++) {
        fds[i] = client_open(w);
        CHECK(client_send(fds[i], slow_cases[i].bytes));
    }
    for (size_t i = 0; i < COUNT(slow_cases); i++) {
        if (slow_cases[i].status)
            CHECK_INT(client_answer(w, fds[i], false).status, slow_cases[i].status);
        CHECK(client_is_closed(fds[i]));
        close(fds[i]);
    }
    CHECK_INT(w->served, 0);
    CHECK_INT(http_server_figures(w->server).slow_closed, COUNT(slow_cases) - 1);
    world_close(w);
}

/* A drop now and then does not help: what counts is the rate from the first byte. */
static void dripping_body(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1, .body_grace_ms = 60 });
    int fd = client_open(w);
    int64_t start_us = clock_mono_us();
    int sent = 0;
    (void)state;

    CHECK(client_send(fd, S("POST /echo HTTP/1.1\r\n" H "Content-Length: 100000\r\n\r\n")));
    struct pollfd answer = { .fd = fd, .events = POLLIN };
    while (poll(&answer, 1, 10) == 0 && sent < 2000) {
        (void)client_send(fd, S("x")); /* 100 bytes a second, where 500 are asked for */
        sent++;
    }
    CHECK_INT(client_answer(w, fd, false).status, 408);
    CHECK(clock_mono_us() - start_us >= 60000);
    close(fd);
    world_close(w);
}

static void a_fast_enough_body_passes(void **state)
{
    struct world *w = world_open(
        (struct http_server_opts){ .loops = 1, .body_grace_ms = 20, .body_rate_min = 1 });
    int fd = client_open(w);
    (void)state;

    CHECK(client_send(fd, S("POST /echo HTTP/1.1\r\n" H "Content-Length: 20\r\n\r\n")));
    for (int i = 0; i < 20; i++) {
        CHECK(client_send(fd, S("x")));
        poll(NULL, 0, 5);
    }
    CHECK_INT(client_answer(w, fd, false).status, 200);
    close(fd);
    world_close(w);
}

static void reply_that_nobody_takes(void **state)
{
    struct world *w = world_open(
        (struct http_server_opts){ .loops = 1, .body_grace_ms = 50, .body_rate_min = 1 << 30 });
    int fd = client_open(w);
    (void)state;

    CHECK(client_send(fd, S("GET /big HTTP/1.1\r\n" H "\r\n")));
    WORLD_UNTIL(http_server_figures(w->server).slow_closed == 1);
    WORLD_UNTIL(w->released == 1);
    close(fd);
    world_close(w);
}

/* A client that sends on and on while its reply waits cannot make us keep more of it. */
static void flood_behind_a_request(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1 });
    int fd = client_open(w);
    int64_t sent = 0;
    (void)state;

    CHECK(client_send(fd, S("GET /park HTTP/1.1\r\n" H "\r\n")));
    struct http_request *req = world_unpark(w);
    for (int quiet = 0; quiet < 5;) { /* until the sockets are full */
        ssize_t n = send(fd, w->big, 65536, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? n : 0;
        quiet = n > 0 ? 0 : quiet + 1;
        CHECK(sent < 64 << 20);
        poll(NULL, 0, n > 0 ? 0 : 5);
    }
    world_reply(req, 200, S("first"));
    CHECK_STR(client_answer(w, fd, false).body, S("first"));
    CHECK_INT(client_answer(w, fd, false).status, 431); /* what followed was no head */
    close(fd);
    world_close(w);
}

static void connections_per_address(void **state)
{
    struct world *w =
        world_open((struct http_server_opts){ .loops = 2, .connections_per_address_max = 3 });
    int fds[4];
    (void)state;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++) {
            fds[i] = client_open(w);
            CHECK(client_send(fds[i], HELLO));
            CHECK_INT(client_answer(w, fds[i], false).status, 200);
        }
        fds[3] = client_open(w);
        CHECK(client_is_closed(fds[3]));
        CHECK_INT(http_server_figures(w->server).refused, round + 1);
        for (int i = 0; i < 4; i++)
            close(fds[i]);
        WORLD_UNTIL(http_server_figures(w->server).connections == 0);
    }
    world_close(w);
}

static void connections_in_all(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 1, .connections_max = 2 });
    int fds[3];
    (void)state;

    for (int i = 0; i < 3; i++) {
        fds[i] = client_open(w); /* the third is taken by the kernel alone */
        CHECK(client_send(fds[i], HELLO));
    }
    CHECK_INT(client_answer(w, fds[0], false).status, 200);
    CHECK_INT(client_answer(w, fds[1], false).status, 200);
    struct pollfd third = { .fd = fds[2], .events = POLLIN };
    CHECK_INT(poll(&third, 1, 50), 0);
    CHECK_INT(http_server_figures(w->server).connections, 2);
    close(fds[0]);
    CHECK_INT(client_answer(w, fds[2], false).status, 200); /* its turn */
    close(fds[1]);
    close(fds[2]);
    world_close(w);
}

static void stop_finishes_what_is_under_way(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    int idle = client_open(w), parked = client_open(w), half = client_open(w);
    (void)state;

    CHECK(client_send(idle, HELLO));
    CHECK_INT(client_answer(w, idle, false).status, 200);
    CHECK(client_send(half, S("GET /half HTTP/1.1\r\nHo")));
    CHECK(client_send(parked, S("GET /park HTTP/1.1\r\n" H "\r\nGET /more HTTP/1.1\r\n" H "\r\n")));
    struct http_request *req = world_unpark(w);
    WORLD_UNTIL(http_server_figures(w->server).connections == 3);
    poll(NULL, 0, 20); /* lets the half arrive; without it that one may be let go as idle */
    http_server_stop(w->server, 60000);
    CHECK(client_is_closed(idle));
    CHECK(client_send(half, S("st: a\r\n\r\n")));
    struct answer a = client_answer(w, half, false);
    CHECK(a.status == 200 && answer_has(a, S("Connection: close")));
    CHECK(client_is_closed(half));
    world_reply(req, 200, S("last"));
    a = client_answer(w, parked, false);
    CHECK(a.status == 200 && answer_has(a, S("Connection: close")));
    CHECK(client_is_closed(parked));
    close(idle);
    close(parked);
    close(half);
    world_wait(w); /* hangs when the loops go on */
    world_close(w);
}

static void patience_ends(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    int fds[6];
    struct http_request *reqs[6];
    (void)state;

    for (int i = 0; i < 6; i++) {
        fds[i] = client_open(w);
        CHECK(client_send(fds[i], S("GET /park HTTP/1.1\r\n" H "\r\n")));
        reqs[i] = world_unpark(w);
    }
    http_server_stop(w->server, 30);
    world_wait(w);
    for (int i = 0; i < 4; i++) { /* replies to a server that has ended; two never come */
        if (i % 2)
            world_reply(reqs[i], 200, S("too late"));
        else
            world_reply_big(w, reqs[i], /* keep= */ true);
    }
    world_close(w);
    for (int i = 0; i < 6; i++)
        close(fds[i]);
}

static void stop_before_run(void **state)
{
    struct arena *life = arena_open(4096);
    struct cx cx = { .arena = life };
    struct http_server *s = NULL;
    (void)state;

    CHECK_ERR(&cx,
        http_server_open(life, &cx,
            (struct http_server_opts){
                .listen = S("127.0.0.1:0"), .loops = 3, .on_request = world_on_request },
            &s),
        NULL);
    http_server_stop(s, 1000);
    http_server_run(s);
    http_server_close(s);
    http_server_close(NULL);
    arena_close(life);
}

static void addresses(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 2 });
    struct http_server *s = NULL;
    static const str bad[] = { S_INIT("8080"), S_INIT("localhost:1"), S_INIT("127.0.0.1:"),
        S_INIT("127.0.0.1:65536"), S_INIT("::1:80"), S_INIT("[::1]"), S_INIT("") };
    (void)state;

    for (size_t loops = 1; loops <= 2; loops++) { /* in use, and not to be shared */
        struct http_server_opts opts = { .loops = loops, .on_request = world_on_request };
        opts.listen = str_fmt(w->life, "127.0.0.1:%d", http_server_port(w->server));
        CHECK_ERR(&w->cx, http_server_open(w->life, &w->cx, opts, &s), &HTTP_SERVER_NO_LISTEN);
        cx_clear(&w->cx);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_server_opts opts = { .listen = bad[i], .on_request = world_on_request };
        CHECK_ERR(&w->cx, http_server_open(w->life, &w->cx, opts, &s), &HTTP_SERVER_NO_LISTEN);
        cx_clear(&w->cx);
    }
    CHECK(s == NULL);
    world_close(w);
}

struct client {
    struct world *w;
    unsigned seed;
    int64_t answers;
};

/* Asks in all ways, leaves at any time; each answer that comes must be the right one. */
static void *wild_client(void *arg)
{
    struct client *c = arg;
    struct rng rng = rng_seeded(c->seed);
    static const str asks[] = { S_INIT("GET /hello HTTP/1.1\r\n" H "\r\n"),
        S_INIT("GET /late HTTP/1.1\r\n" H "\r\n"), S_INIT("GET /hello HTTP/1.0\r\n\r\n"),
        S_INIT("POST /echo HTTP/1.1\r\n" H "Content-Length: 6\r\n\r\n/hello"),
        S_INIT("GET /late HTTP/1.1\r\n" H "Connection: close\r\n\r\n"), S_INIT("broken\r\n\r\n") };
    struct linger reset = { .l_onoff = 1 };

    for (int i = 0; i < 150; i++) {
        int fd = client_open(c->w);
        for (size_t n = rng_below(&rng, 4); n > 0; n--)
            (void)client_send(fd, asks[rng_below(&rng, COUNT(asks))]);
        char in[4096];
        if (rng_chance(&rng, 500) && client_send(fd, asks[4]) && recv(fd, in, sizeof(in), 0) > 15) {
            CHECK(memcmp(in, "HTTP/1.1 200 OK", 15) == 0 || memcmp(in, "HTTP/1.1 400 Ba", 15) == 0);
            c->answers++;
        }
        if (rng_chance(&rng, 300))
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
    }
    return NULL;
}

static void many_wild_clients(void **state)
{
    struct world *w = world_open((struct http_server_opts){ .loops = 3 });
    struct client clients[6];
    pthread_t threads[6];
    (void)state;

    for (unsigned i = 0; i < 6; i++) {
        clients[i] = (struct client){ .w = w, .seed = i };
        CHECK(pthread_create(&threads[i], NULL, wild_client, &clients[i]) == 0);
    }
    for (int i = 0; i < 6; i++) {
        pthread_join(threads[i], NULL);
        CHECK(clients[i].answers > 10);
    }
    WORLD_UNTIL(http_server_figures(w->server).accepted == 6 * 150); /* some wait in the kernel */
    WORLD_UNTIL(http_server_figures(w->server).connections == 0);
    CHECK_INT(http_server_figures(w->server).requests, w->served);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_clients_are_let_go),
        cmocka_unit_test(dripping_body),
        cmocka_unit_test(a_fast_enough_body_passes),
        cmocka_unit_test(reply_that_nobody_takes),
        cmocka_unit_test(flood_behind_a_request),
        cmocka_unit_test(connections_per_address),
        cmocka_unit_test(connections_in_all),
        cmocka_unit_test(stop_finishes_what_is_under_way),
        cmocka_unit_test(patience_ends),
        cmocka_unit_test(stop_before_run),
        cmocka_unit_test(addresses),
        cmocka_unit_test(many_wild_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
