/* SPDX-License-Identifier: Apache-2.0
 * The HTTP client against our own server, and against ones that misbehave: what was not sent must
 * be told from what was lost. Run by `./dev test http`. Talks to this machine alone. */
#include "platform/http/http_client.h"

#include "platform/http/tests/http_world.h"

struct client_world {
    struct world *w;
    struct http_client *c;
    struct cx *cx;
    str base;
};

static struct client_world client_world_open(void)
{
    struct client_world cw = { .w = world_open((struct http_server_opts){ .loops = 1 }) };
    cw.c = http_client_open(cw.w->life);
    cw.cx = check_cx_open();
    cw.base = str_fmt(cw.w->life, "http://127.0.0.1:%d", http_server_port(cw.w->server));
    return cw;
}

static void client_world_close(struct client_world *cw)
{
    check_cx_close(cw->cx);
    http_client_close(cw->c);
    http_client_close(NULL);
    world_close(cw->w);
}

static str url(struct client_world *cw, str path)
{
    return str_cat(cw->w->life, cw->base, path);
}

static str header_of(struct http_answer answer, str name)
{
    for (size_t i = 0; i < answer.headers_n; i++) {
        if (str_eq_nocase(answer.headers[i].name, name))
            return answer.headers[i].value;
    }
    return (str){ NULL, 0 };
}

static const struct plain_case {
    const char *method;
    str path, body;
    int status;
    str want;
} plain_cases[] = {
    { "GET", S_INIT("/hello?a=b"), { NULL, 0 }, 200, S_INIT("/hello") },
    { "POST", S_INIT("/echo"), S_INIT("{\"a\":1}"), 200, S_INIT("{\"a\":1}") },
    { "POST", S_INIT("/echo"), { NULL, 0 }, 200, S_INIT("") },
    { "PUT", S_INIT("/echo"), S_INIT("put"), 200, S_INIT("put") },
    { "PATCH", S_INIT("/echo"), S_INIT("patch"), 200, S_INIT("patch") },
    { "DELETE", S_INIT("/late"), { NULL, 0 }, 200, S_INIT("/late") },
    { "HEAD", S_INIT("/hello"), { NULL, 0 }, 200, S_INIT("") },
    { "GET", S_INIT("/status/302"), { NULL, 0 }, 302, S_INIT("body") },
    { "GET", S_INIT("/status/404"), { NULL, 0 }, 404, S_INIT("body") },
    { "GET", S_INIT("/status/500"), { NULL, 0 }, 500, S_INIT("body") },
    { "GET", S_INIT("/status/204"), { NULL, 0 }, 204, S_INIT("") },
};

static void answers(void **state)
{
    struct client_world cw = client_world_open();
    (void)state;

    for (size_t i = 0; i < COUNT(plain_cases); i++) {
        const struct plain_case *c = &plain_cases[i];
        struct http_answer answer = { 0 };
        struct http_call call = {
            .method = str_from_c(c->method), .url = url(&cw, c->path), .body = c->body
        };
        CHECK_ERR(cw.cx, http_client_call(cw.c, cw.cx, call, &answer), NULL);
        CHECK_INT(answer.status, c->status);
        CHECK_STR(answer.body, c->want);
        CHECK_STR(header_of(answer, S("content-type")), S("text/plain"));
    }
    CHECK_INT(http_server_figures(cw.w->server).accepted, 1); /* one connection did it all */
    client_world_close(&cw);
}

static void headers_go_both_ways(void **state)
{
    struct client_world cw = client_world_open();
    static const struct http_header headers[] = {
        { S_INIT("X-Request-Id"), S_INIT("from-the-client") },
        { S_INIT("X-Empty"), S_INIT("") },
        { S_INIT("Content-Type"), S_INIT("application/json") },
    };
    struct http_answer answer = { 0 };
    (void)state;

    CHECK_ERR(cw.cx,
        http_client_call(cw.c, cw.cx,
            (struct http_call){ .method = S("POST"),
                .url = url(&cw, S("/echo")),
                .body = { cw.w->big, 100000 },
                .headers = headers,
                .headers_n = COUNT(headers) },
            &answer),
        NULL);
    CHECK_STR(header_of(answer, S("X-Request-ID")), S("from-the-client"));
    CHECK_STR(answer.body, ((str){ cw.w->big, 100000 }));
    client_world_close(&cw);
}

static void size_is_bounded(void **state)
{
    struct client_world cw = client_world_open();
    struct http_answer answer = { .status = 7 };
    struct http_call call = { .method = S("POST"),
        .url = url(&cw, S("/echo")),
        .body = S("0123456789"),
        .reply_bytes_max = 9 };
    (void)state;

    CHECK_ERR(cw.cx, http_client_call(cw.c, cw.cx, call, &answer), &HTTP_CLIENT_LOST);
    CHECK_INT(answer.status, 7);
    cx_clear(cw.cx);
    call.reply_bytes_max = 10;
    CHECK_ERR(cw.cx, http_client_call(cw.c, cw.cx, call, &answer), NULL);
    CHECK_STR(answer.body, S("0123456789"));
    client_world_close(&cw);
}

static int listener_open(int *ret_port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 4) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static void what_was_not_sent(void **state)
{
    struct client_world cw = client_world_open();
    struct http_answer answer;
    int port = 0;
    int fd = listener_open(&port);
    (void)state;

    close(fd); /* a port that nobody listens on */
    const str urls[] = { str_fmt(cw.w->life, "http://127.0.0.1:%d/", port),
        S("file:///etc/hostname"), S("gopher://127.0.0.1/"), S("http://"), S("http://a b/"),
        str_fmt(cw.w->life, "https://127.0.0.1:%d/", http_server_port(cw.w->server)) };
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct http_call call = { .method = S("GET"), .url = urls[i], .timeout_ms = 10000 };
        CHECK_ERR(cw.cx, http_client_call(cw.c, cw.cx, call, &answer), &HTTP_CLIENT_UNREACHABLE);
        cx_clear(cw.cx);
    }
    CHECK_INT(cw.w->served, 0);
    client_world_close(&cw);
}

/* Takes one connection, reads a request and answers so. */
struct liar {
    int fd;
    str says;
    bool hangs;
    int held;
};

static void *lie(void *arg)
{
    struct liar *liar = arg;
    char in[4096];

    int fd = accept(liar->fd, NULL, NULL);
    CHECK(fd >= 0 && recv(fd, in, sizeof(in), 0) > 0);
    CHECK(client_send(fd, liar->says));
    if (liar->hangs)
        liar->held = fd;
    else
        close(fd);
    return NULL;
}

static struct liar liars[] = {
    { .says = S_INIT("") },                                                  /* a crash */
    { .says = S_INIT(""), .hangs = true },                                   /* no answer in time */
    { .says = S_INIT("HTTP/1.1 200 OK\r\nContent-Le") },                     /* half a head */
    { .says = S_INIT("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }, /* half a body */
    { .says = S_INIT("SSH-2.0-OpenSSH\r\n") },
};

static void what_was_lost(void **state)
{
    struct client_world cw = client_world_open();
    (void)state;

    for (size_t i = 0; i < COUNT(liars); i++) {
        struct http_answer answer;
        pthread_t thread;
        int port = 0;
        liars[i].fd = listener_open(&port);
        CHECK(pthread_create(&thread, NULL, lie, &liars[i]) == 0);
        struct http_call call = { .method = S("POST"),
            .url = str_fmt(cw.w->life, "http://127.0.0.1:%d/", port),
            .body = S("pay"),
            .timeout_ms = liars[i].hangs ? 100 : 10000 };
        CHECK_ERR(cw.cx, http_client_call(cw.c, cw.cx, call, &answer), &HTTP_CLIENT_LOST);
        cx_clear(cw.cx);
        pthread_join(thread, NULL);
        if (liars[i].hangs)
            close(liars[i].held);
        close(liars[i].fd);
    }
    client_world_close(&cw);
}

static void *call_often(void *arg)
{
    struct client_world *cw = arg;
    struct cx *cx = check_cx_open();

    for (int i = 0; i < 50; i++) {
        struct http_answer answer = { 0 };
        char text[32];
        snprintf(text, sizeof(text), "call %d", i);
        struct http_call call = { .method = S("POST"), .body = str_from_c(text) };
        call.url = str_cat(cx->arena, cw->base, S("/echo"));
        CHECK_ERR(cx, http_client_call(cw->c, cx, call, &answer), NULL);
        CHECK_STR(answer.body, str_from_c(text));
    }
    check_cx_close(cx);
    return NULL;
}

static void many_threads(void **state)
{
    struct client_world cw = client_world_open();
    pthread_t threads[4];
    (void)state;

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, call_often, &cw) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(cw.w->served, 200);
    CHECK(http_server_figures(cw.w->server).accepted <= 4); /* connections are kept */
    client_world_close(&cw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(headers_go_both_ways),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(what_was_not_sent),
        cmocka_unit_test(what_was_lost),
        cmocka_unit_test(many_threads),
    };
    setenv("no_proxy", "*", 1); /* whatever the machine is set to */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
