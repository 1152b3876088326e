/* SPDX-License-Identifier: Apache-2.0
 * What an access token costs a request: none sent, one that is remembered, one that is always new;
 * and the two kinds of verification alone. Called by `./dev bench tokens`. */
#include <stdio.h>

#include "base/instant.h"
#include "bench/bench_http.h"
#include "platform/clock/clock.h"
#include "platform/token/token.h"

#define CONNECTIONS 64
#define KNOWN 64    /* one a connection */
#define FRESH 40000 /* more than are remembered, so that each is new when it comes again */
#define ROUNDS 200000

struct run {
    struct bench *b;
    struct tokens *tokens;
    struct cx cx;
    str *texts;
    size_t texts_n;
};

static void sign(struct run *r)
{
    r->texts = NEW_N(r->b->arena, FRESH, str);
    for (; r->texts_n < FRESH; r->texts_n++) {
        struct token_claims claims = { .user_id = cx_id(&r->cx),
            .session_id = cx_id(&r->cx),
            .name = S("Bea Buyer"),
            .email = S("bea@example.com"),
            .roles = ROLE_CUSTOMER,
            .issued_ms = r->cx.now_ms,
            .expires_ms = r->cx.now_ms + TOKEN_LIFE_MAX_MS,
            .proved_ms = r->cx.now_ms,
            .audience = S("store") };
        if (token_sign(r->tokens, &r->cx, &claims, &r->texts[r->texts_n]))
            bench_die(r->b, "a token was not signed");
    }
}

/* Verifications a second, on this thread. */
static double verify(struct run *r, size_t of, size_t rounds)
{
    double began = bench_now_s();
    for (size_t i = 0; i < rounds; i++) {
        struct arena *scratch = arena_open(4096);
        struct cx cx = { .arena = scratch, .now_ms = r->cx.now_ms };
        struct token_claims claims;
        if (token_verify(r->tokens, &cx, r->texts[i % of], S("store"), &claims))
            bench_die(r->b, "a token was refused");
        arena_close(scratch);
    }
    return (double)rounds / (bench_now_s() - began);
}

static size_t make_known(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    struct run *r = arg;
    (void)n;
    return (size_t)snprintf(to, room,
        "GET /livez HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " STR_F "\r\n\r\n",
        STR_A(r->texts[connection % KNOWN]));
}

static size_t make_fresh(void *arg, size_t connection, int64_t n, char *to, size_t room)
{
    struct run *r = arg;
    return make_known(&(struct run){ .texts = &r->texts[(size_t)n % FRESH / KNOWN * KNOWN] },
        connection, n, to, room);
}

static void load(struct run *r, const struct bench_server *s, struct load_opts opts,
    const char *name, struct bench_series *series)
{
    struct load_result result;
    opts.port = s->port;
    opts.connections = CONNECTIONS;
    opts.arg = r;
    double before = bench_cpu_s(s->pid);
    load_run(r->b, &opts, &result);
    bench_expect(r->b, name, &result, 2);
    bench_series_add(series, &result, bench_cpu_s(s->pid) - before);
}

static void say(
    struct run *r, const char *name, struct bench_series *s, struct bench_medians without)
{
    struct bench_medians m = bench_series_of(s);
    bench_say(
        r->b, (struct bench_figure){ name, "rate", m.rate, "req/s", without.rate, "without" });
    bench_say(
        r->b, (struct bench_figure){ name, "cpu", m.cpu_us, "us/req", without.cpu_us, "without" });
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "tokens");
    struct clock clock = clock_system();
    struct run r = { .b = b,
        .cx = { .arena = b->arena, .now_ms = clock_now_ms(&clock), .rng = rng_seeded(1) } };
    struct bench_server server;
    bench_server_start(
        b, (struct bench_server_opts){ .data = bench_folder(b, "data") }, NULL, &server);
    const char *file = str_c(b->arena, str_fmt(b->arena, "%s/token-key.pem", server.data));
    if (tokens_open(b->arena, &r.cx, file, &r.tokens))
        bench_die(b, "no keys: " STR_F, STR_A(r.cx.detail));
    sign(&r);
    double seconds = b->quick ? 0.8 : 2;
    struct bench_series none = { .n = 0 }, known = { .n = 0 }, fresh = { .n = 0 };
    for (size_t rep = 0; rep < (b->quick ? 3 : 7); rep++) {
        load(&r, &server,
            (struct load_opts){ .fixed = load_get(b, "/livez", ""), .seconds = seconds }, "none",
            &none);
        load(&r, &server, (struct load_opts){ .make = make_known, .seconds = seconds }, "known",
            &known);
        load(&r, &server, (struct load_opts){ .make = make_fresh, .seconds = seconds }, "fresh",
            &fresh);
    }
    bench_server_stop(b, &server);
    struct bench_medians without = bench_series_of(&none);
    say(&r, "without", &none, without);
    say(&r, "remembered", &known, without);
    say(&r, "always-new", &fresh, without);
    double first = verify(&r, FRESH, b->quick ? FRESH / 4 : FRESH);
    double again = verify(&r, KNOWN, ROUNDS);
    bench_say(b, (struct bench_figure){ "verify-new", "rate", first, "1/s", first, "itself" });
    bench_say(
        b, (struct bench_figure){ "verify-remembered", "rate", again, "1/s", first, "verify-new" });
    tokens_close(r.tokens);
    return bench_close(b);
}
