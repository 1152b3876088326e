/* SPDX-License-Identifier: Apache-2.0
 * What the edge costs and bears: the rate limiter, the rules on requests, logins beside Argon2id
 * alone, memory of idle connections, others beside slow clients. Called by `./dev bench edge`. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/bench_http.h"
#include "gateway/gateway_limit.h"
#include "gateway/gateway_rules.h"
#include "platform/secret/secret.h"

#define TAKES 2000000
#define LIMIT_NS 1000
#define RULES_NS 5000
#define LOGIN_THREADS 4 /* as many as there are workers */
#define EACH_ADDRESS 250
#define IDLE 9750 /* 39 addresses; the server takes 10,000 in all */
#define IDLE_MB 200
#define SLOW 2000
#define ROUNDS 3

/* ---- the limiter and the rules, in this process ---- */

static void limiter(struct bench *b)
{
    struct limits *l = limits_open(b->arena);
    str who[64];
    struct limit_state state;
    double ns[ROUNDS], plain[ROUNDS];
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT(who); i++)
        who[i] = str_fmt(b->arena, "2001:db8::%zx:%zx", i, i * 7);
    for (size_t r = 0; r < ROUNDS; r++) {
        double began = bench_now_s();
        for (size_t i = 0; i < TAKES; i++)
            sum += limits_take(l, LIMIT_DEFAULT, who[i % 64], (int64_t)i / 64, &state);
        ns[r] = (bench_now_s() - began) * 1e9 / TAKES;
        began = bench_now_s();
        for (size_t i = 0; i < TAKES; i++)
            sum += str_hash(who[i % 64]);
        plain[r] = (bench_now_s() - began) * 1e9 / TAKES;
    }
    double one = bench_median(ns, ROUNDS), hash = bench_median(plain, ROUNDS);
    bench_say(b, (struct bench_figure){
                     "limiter", "take", one, "ns", LIMIT_NS, "budget-1us", .ceiling = 1 });
    bench_say(b, (struct bench_figure){ "limiter", "take", one, "ns", hash, "hash-alone" });
    bench_note(b, "%llu tokens and hashes", (unsigned long long)sum);
}

static void rules(struct bench *b)
{
    struct http_header agent = { S("User-Agent"),
        S("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") };
    struct http_request req = { .path = S("/c/electronics/headphones"),
        .query = S("brand=Kaldmora&sort=price&page=2&min=10.00"),
        .headers = &agent,
        .headers_n = 1 };
    double ns[ROUNDS];
    size_t n = TAKES / 20, found = 0;
    struct rules *rules_of = rules_open(b->arena);
    for (size_t r = 0; r < ROUNDS; r++) {
        struct arena *scratch = arena_open(4096);
        double began = bench_now_s();
        for (size_t i = 0; i < n; i++) {
            found += rules_find(rules_of, scratch, &req).rule != NULL;
            if (i % 16 == 0)
                arena_reset(scratch);
        }
        ns[r] = (bench_now_s() - began) * 1e9 / (double)n;
        arena_close(scratch);
    }
    if (found)
        bench_wrong(b, "a rule found something in what people ask for");
    bench_say(b, (struct bench_figure){ "rules", "request", bench_median(ns, ROUNDS), "ns",
                     RULES_NS, "budget-5us", .ceiling = 1 });
}

/* ---- logins ---- */

struct hashing {
    str hash;
    atomic_bool stop;
    atomic_long n;
};

static void *hash_on(void *arg)
{
    struct hashing *h = arg;
    while (!atomic_load(&h->stop))
        atomic_fetch_add(&h->n, secret_password_ok(h->hash, S("bench-password")));
    return NULL;
}

static double argon2_alone(struct bench *b, str hash, double seconds)
{
    struct hashing h = { .hash = hash };
    pthread_t threads[LOGIN_THREADS];
    double began = bench_now_s();
    for (size_t i = 0; i < LOGIN_THREADS; i++)
        if (pthread_create(&threads[i], NULL, hash_on, &h))
            bench_die(b, "no thread");
    bench_sleep_ms((int64_t)(seconds * 1000));
    atomic_store(&h.stop, true);
    for (size_t i = 0; i < LOGIN_THREADS; i++)
        pthread_join(threads[i], NULL);
    return (double)atomic_load(&h.n) / (bench_now_s() - began);
}

static void logins(struct bench *b, const struct bench_server *s)
{
    struct cx cx = { .arena = b->arena };
    str hash;
    double alone[ROUNDS], rate[ROUNDS], seconds = b->quick ? 2 : 6;
    if (secret_password_hash(&cx, S("bench-password"), &hash))
        bench_die(b, "no hash");
    struct load_opts opts = { .port = s->port,
        .connections = (size_t)LOGIN_THREADS * 2,
        .seconds = seconds,
        .fixed = bench_post(b, "/api/v1/auth/login", "",
            S("{\"email\":\"admin@demo.souk\",\"password\":\"bench-password\"}")) };
    for (size_t r = 0; r < ROUNDS; r++) { /* one beside the other, as machines change their mind */
        struct load_result result;
        alone[r] = argon2_alone(b, hash, seconds);
        load_run(b, &opts, &result);
        bench_expect(b, "login", &result, 2);
        rate[r] = result.rate;
    }
    bench_say(b, (struct bench_figure){ "login", "rate", bench_median(rate, ROUNDS), "1/s",
                     bench_median(alone, ROUNDS), "argon2id-alone", .floor = 0.6 });
}

/* ---- many connections ---- */

/* From 127.0.0.<2 + n / EACH_ADDRESS>, as one address may hold 256; -1 with errno. */
static int connect_from(size_t n, int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
    from.sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(n / EACH_ADDRESS));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)port);
    if (fd >= 0 && !bind(fd, (const struct sockaddr *)&from, sizeof from) &&
        !connect(fd, (const struct sockaddr *)&to, sizeof to))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void more_files(struct bench *b)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max < IDLE + 100)
        bench_die(b, "not enough files: ulimit -Hn");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        bench_die(b, "%s", strerror(errno));
}

static void idle(struct bench *b, const struct bench_server *s)
{
    int *fds = NEW_N(b->arena, IDLE, int);
    static const char ask[] = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char reply[4096];
    double before = (double)bench_rss_kb(s->pid) / 1024;
    for (size_t i = 0; i < IDLE; i++) {
        fds[i] = connect_from(i, s->port);
        if (fds[i] < 0)
            bench_die(b, "connection %zu: %s", i, strerror(errno));
        /* each has asked once, and is kept */
        if (write(fds[i], ask, sizeof ask - 1) < 0 || read(fds[i], reply, sizeof reply) <= 0)
            bench_die(b, "connection %zu got no answer", i);
    }
    double mb = (double)bench_rss_kb(s->pid) / 1024;
    bench_say(b, (struct bench_figure){
                     "idle-9750", "rss", mb, "MB", IDLE_MB, "budget-200MB", .ceiling = 1 });
    bench_note(
        b, "%.1f MB before, %.0f bytes a connection", before, (mb - before) * 1048576 / IDLE);
    for (size_t i = 0; i < IDLE; i++)
        close(fds[i]);
}

struct crowd {
    int port;
    atomic_bool stop;
    atomic_long begun;
    int fds[SLOW];
};

/* A byte of a header twice a second each; whom the server lets go begins anew. */
static void *crawl(void *arg)
{
    struct crowd *c = arg;
    static const char head[] = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    while (!atomic_load(&c->stop)) {
        for (size_t i = 0; i < SLOW && !atomic_load(&c->stop); i++) {
            if (c->fds[i] >= 0 && send(c->fds[i], "a", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
                continue;
            if (c->fds[i] >= 0)
                close(c->fds[i]);
            c->fds[i] = connect_from(i + EACH_ADDRESS, c->port);
            if (c->fds[i] >= 0 && send(c->fds[i], head, sizeof head - 1, MSG_NOSIGNAL) > 0)
                atomic_fetch_add(&c->begun, 1);
        }
        bench_sleep_ms(500);
    }
    for (size_t i = 0; i < SLOW; i++)
        if (c->fds[i] >= 0)
            close(c->fds[i]);
    return NULL;
}

static double p99_of_others(struct bench *b, const struct bench_server *s)
{
    struct load_result result;
    struct load_opts opts = { .port = s->port,
        .connections = 8,
        .seconds = b->quick ? 4 : 12,
        .fixed = load_get(b, "/api/v1/cart", "") };
    load_run(b, &opts, &result);
    bench_expect(b, "others", &result, 2);
    return result.p99_ms;
}

static void slow(struct bench *b, const struct bench_server *s)
{
    double alone[ROUNDS], beside[ROUNDS];
    for (size_t r = 0; r < ROUNDS; r++) {
        struct crowd *c = NEW(b->arena, struct crowd);
        pthread_t thread;
        c->port = s->port;
        for (size_t i = 0; i < SLOW; i++)
            c->fds[i] = -1;
        alone[r] = p99_of_others(b, s);
        if (pthread_create(&thread, NULL, crawl, c))
            bench_die(b, "no thread");
        while (atomic_load(&c->begun) < SLOW)
            bench_sleep_ms(20);
        beside[r] = p99_of_others(b, s);
        atomic_store(&c->stop, true);
        pthread_join(thread, NULL);
        bench_sleep_ms(500);
    }
    bench_say(b, (struct bench_figure){ "slow-2000", "p99", bench_median(beside, ROUNDS), "ms",
                     bench_median(alone, ROUNDS), "without-them", .ceiling = 2 });
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "edge");
    struct bench_server server;
    if (bench_wants(b, "limiter"))
        limiter(b);
    if (bench_wants(b, "rules"))
        rules(b);
    more_files(b);
    bench_server_start(b, (struct bench_server_opts){ .data = bench_demo(b, 200) }, NULL, &server);
    if (bench_wants(b, "login"))
        logins(b, &server);
    if (bench_wants(b, "idle"))
        idle(b, &server);
    if (bench_wants(b, "slow"))
        slow(b, &server);
    bench_server_stop(b, &server);
    return bench_close(b);
}
