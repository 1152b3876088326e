/* SPDX-License-Identifier: Apache-2.0
 * A Stripe of our own for the adapter's tests: tests/stripe/server.mjs in a process of its own,
 * asked over real HTTP. Included by pay_stripe*_test.c. Must never reach the real one. */
#ifndef SOUK_PLATFORM_PAY_TESTS_PAY_STRIPE_WORLD_H
#define SOUK_PLATFORM_PAY_TESTS_PAY_STRIPE_WORLD_H

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "platform/http/http_client.h"
#include "platform/pay/pay_stripe.h"
#include "tests/support/check.h"

#define USD(n) ((money){ (n), { "USD" } })
#define TIMEOUT_MS 400

struct world {
    pid_t pid;
    int in; /* its standard input: it ends when this is closed */
    char port[16];
    struct arena *life;
    struct http_client *http;
};

/* One stand-in for all tests of a program. */
static inline struct world *world_open(void)
{
    struct arena *life = arena_open(4096);
    struct world *w = NEW(life, struct world);
    const char *root = getenv("SOUK_SOURCE_ROOT");
    int in[2], out[2];
    str script = str_fmt(life, "%s/tests/stripe/server.mjs", root ? root : ".");

    CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    w->life = life;
    w->pid = fork();
    CHECK(w->pid >= 0);
    if (w->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execlp("node", "node", str_c(life, script), (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    w->in = in[1];
    size_t n = 0;
    while (n < sizeof w->port - 1 && read(out[0], w->port + n, 1) == 1 && w->port[n] != '\n')
        n++;
    w->port[n] = '\0';
    close(out[0]);
    CHECK(n > 0);
    w->http = http_client_open(life);
    return w;
}

static inline void world_close(struct world *w)
{
    close(w->in);
    waitpid(w->pid, NULL, 0);
    http_client_close(w->http);
    arena_close(w->life);
}

struct desk {
    struct world *w;
    struct cx *cx;
    struct pay pay;
};

/* Asks the stand-in to do something that Stripe does not do for us. */
static inline str control(struct desk *d, const char *what, str body)
{
    struct http_answer answer;
    str url = str_fmt(d->cx->arena, "http://127.0.0.1:%s/control/%s", d->w->port, what);
    CHECK_ERR(d->cx,
        http_client_call(d->w->http, d->cx,
            (struct http_call){ .method = S("POST"), .url = url, .body = body }, &answer),
        NULL);
    CHECK_INT(answer.status, 200);
    return answer.body;
}

static inline struct pay pay_at(struct desk *d, const char *port)
{
    struct pay pay;
    pay_stripe_open(d->cx->arena,
        (struct stripe_opts){ .http = d->w->http,
            .url = str_fmt(d->cx->arena, "http://127.0.0.1:%s", port),
            .key = S("sk_test_stand_in"),
            .webhook_secret = S("whsec_old, whsec_stand_in"),
            .origin = S("https://shop.example"),
            .timeout_ms = TIMEOUT_MS,
            .back_off_ms = 1 },
        &pay);
    return pay;
}

static inline struct desk desk_open(void **state)
{
    struct desk d = { .w = *state, .cx = check_cx_open() };
    d.pay = pay_at(&d, d.w->port);
    control(&d, "reset", S("{}"));
    control(&d, "set", str_fmt(d.cx->arena, "{\"now_s\": %lld}", (long long)(d.cx->now_ms / 1000)));
    return d;
}

static inline void desk_close(struct desk *d)
{
    check_cx_close(d->cx);
}

static inline void fault(struct desk *d, const char *mode, const char *match, int count)
{
    control(d, "fault",
        str_fmt(d->cx->arena, "{\"mode\": \"%s\", \"match\": \"%s\", \"count\": %d}", mode, match,
            count));
}

static inline str new_key(struct desk *d)
{
    return id_text(d->cx->arena, cx_id(d->cx));
}

static inline struct pay_request request_of(struct desk *d, const char *token, bool capture)
{
    return (struct pay_request){ .key = new_key(d),
        .amount = USD(4200),
        .token = str_from_c(token),
        .reference = S("112-1"),
        .return_url = S("/orders/1"),
        .capture = capture };
}

static inline struct pay_result paid(struct desk *d, const char *token, bool capture)
{
    struct pay_result r = { 0 };
    CHECK_ERR(d->cx, d->pay.authorize(d->pay.self, d->cx, request_of(d, token, capture), &r), NULL);
    return r;
}

static inline struct pay_result now(struct desk *d, str ref)
{
    struct pay_result r = { 0 };
    CHECK_ERR(d->cx, d->pay.get(d->pay.self, d->cx, ref, &r), NULL);
    return r;
}

/* A figure of the stand-in's books: "intents", "refunds", "methods". */
static inline int64_t count(struct desk *d, const char *what)
{
    struct json_value *v = NULL;
    int64_t n = -1;
    CHECK_ERR(d->cx, json_value_parse(d->cx, control(d, "count", S("{}")), &v), NULL);
    CHECK(str_to_i64(json_value_str(d->cx->arena, json_value_get(v, what)), &n));
    json_value_close(v);
    return n;
}

#endif
