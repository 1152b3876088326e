/* SPDX-License-Identifier: Apache-2.0
 * PostgreSQL going away and coming back: nobody listening, connections killed, a server that hangs.
 * Run by meson test. Must never leave the proxy running. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/clock/clock.h"
#include "platform/db/tests/probe.h"

/* ---- a proxy in front of the server, that can be cut ---- */
#define PAIRS 16
enum mode { MODE_PASS, MODE_HANG, MODE_CUT, MODE_END };
struct proxy {
    _Atomic int mode;
    _Atomic int pairs_n; /* open ones */
    int listening;
    struct sockaddr_in at, server;
    int pairs[PAIRS][2]; /* the proxy's thread only; -1 is free */
    pthread_t thread;
};

static void pair_close(struct proxy *p, int i)
{
    close(p->pairs[i][0]);
    close(p->pairs[i][1]);
    p->pairs[i][0] = p->pairs[i][1] = -1;
    p->pairs_n--;
}

static void pair_open(struct proxy *p)
{
    int client = accept(p->listening, NULL, NULL), i = 0;

    if (client < 0)
        return;
    while (i < PAIRS && p->pairs[i][0] >= 0)
        i++;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (i == PAIRS || p->mode == MODE_CUT ||
        connect(server, (struct sockaddr *)&p->server, sizeof p->server)) {
        close(client);
        close(server);
        return;
    }
    p->pairs[i][0] = client;
    p->pairs[i][1] = server;
    p->pairs_n++;
}

static bool pass_on(int from, int to)
{
    char bytes[16384];
    ssize_t n = read(from, bytes, sizeof bytes);

    for (ssize_t done = 0; done < n;) {
        ssize_t k = send(to, bytes + done, (size_t)(n - done), MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        done += k;
    }
    return n > 0;
}

static void *proxy_main(void *arg)
{
    struct proxy *p = arg;

    while (p->mode != MODE_END) {
        struct pollfd fds[2 * PAIRS + 1] = { { .fd = p->listening, .events = POLLIN } };
        bool passes = p->mode == MODE_PASS;
        for (int i = 0; i < 2 * PAIRS; i++)
            fds[i + 1] =
                (struct pollfd){ .fd = passes ? p->pairs[i / 2][i % 2] : -1, .events = POLLIN };
        if (poll(fds, 2 * PAIRS + 1, 5) > 0 && fds[0].revents && p->mode != MODE_HANG)
            pair_open(p);
        for (int i = 0; i < PAIRS; i++) {
            bool ok = p->mode != MODE_CUT;
            for (int side = 0; side < 2 && ok && p->pairs[i][0] >= 0; side++)
                if (fds[1 + 2 * i + side].revents)
                    ok = pass_on(p->pairs[i][side], p->pairs[i][!side]);
            if (!ok && p->pairs[i][0] >= 0)
                pair_close(p, i);
        }
    }
    for (int i = 0; i < PAIRS; i++)
        if (p->pairs[i][0] >= 0)
            pair_close(p, i);
    return NULL;
}

static void proxy_set(struct proxy *p, enum mode mode)
{
    p->mode = (int)mode;
    while (mode == MODE_CUT && p->pairs_n > 0)
        usleep(1000);
}

static void proxy_close(struct proxy *p)
{
    proxy_set(p, MODE_END);
    pthread_join(p->thread, NULL);
    close(p->listening);
}

/* Starts it in front of url's "host:port" and returns the url that leads through it. */
static str proxy_open(struct proxy *p, struct arena *arena, str url)
{
    socklen_t size = sizeof p->at;
    int64_t port = 5432;

    *p = (struct proxy){ .mode = MODE_PASS, .at = { .sin_family = AF_INET } };
    memset(p->pairs, 0xff, sizeof p->pairs);
    ptrdiff_t at = str_find_char(url, '@', 0), slash = str_find_char(url, '/', (size_t)at);
    CHECK(at > 0 && slash > at);
    str host = str_sub(url, (size_t)at + 1, (size_t)(slash - at) - 1), rest = host;
    host = str_cut(&rest, ':');
    CHECK(!rest.p || str_to_i64(rest, &port));
    p->server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, str_c(arena, host), &p->server.sin_addr) != 1)
        CHECK(inet_pton(AF_INET, "127.0.0.1", &p->server.sin_addr) == 1);
    p->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(p->listening, (struct sockaddr *)&p->at, sizeof p->at) == 0);
    CHECK(listen(p->listening, 16) == 0);
    CHECK(getsockname(p->listening, (struct sockaddr *)&p->at, &size) == 0);
    CHECK(pthread_create(&p->thread, NULL, proxy_main, p) == 0);
    return str_fmt(arena, STR_F "127.0.0.1:%d" STR_F, STR_A(str_sub(url, 0, (size_t)at + 1)),
        ntohs(p->at.sin_port), STR_A(str_skip(url, (size_t)slash)));
}

/* ---- nobody listens ---- */
static void test_nobody(void **state)
{
    struct cx *cx = check_cx_open();
    struct db *db = NULL;
    struct db_opts opts = { .url = S("postgres://souk@127.0.0.1:1/souk") };

    (void)state;
    CHECK_ERR(cx, db_open(cx->arena, cx, opts, &db), &DB_AWAY);
    CHECK_INT(cx->retry_after_s, 1);
    CHECK(db == NULL);
    check_cx_close(cx);
}

/* ---- connections killed by the server ---- */
static const char kill_others[] =
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
    "application_name = current_setting('application_name') AND pid <> pg_backend_pid()";

static struct store *lanes_for(void **state)
{
    return probe_open((struct store_opts){
        .engine = store_engine(state), .lanes = true, .db = { .lanes = 2, .readers = 2 } });
}

static void test_killed_idle(void **state)
{
    struct store *s = lanes_for(state);

    probe_fill(s, 3);
    CHECK_INT(probe_rows(s), 3);
    store_script(s, kill_others);
    CHECK_INT(probe_rows(s), 3); /* nobody notices */
    struct probe_kit kit = { .db = store_db(s), .m = 10, .n = 3 };
    CHECK_ERR(store_cx(s), store_write(s, probe_add_some, &kit), NULL);
    CHECK_INT(probe_rows(s), 6);
    CHECK_INT(db_figures_of(store_db(s)).reconnects, 2);
    store_close(s);
}

struct victim {
    struct store *s;
    bool again; /* another statement after the kill */
};

static err killed_writer(void *arg, struct cx *cx)
{
    struct victim *v = arg;
    struct probe_kit kit = { .db = store_db(v->s), .n = 2 };

    CHECK_ERR(cx, probe_add_some(&kit, cx), NULL);
    store_script(v->s, kill_others);
    kit.m = 5;
    return v->again ? probe_add_some(&kit, cx) : NULL;
}

static err killed_reader(void *arg, struct cx *cx)
{
    struct victim *v = arg;
    struct probe_kit kit = { .db = store_db(v->s) };

    CHECK_ERR(cx, probe_count(&kit, cx), NULL);
    store_script(v->s, kill_others);
    err e = probe_count(&kit, cx);
    CHECK_ERR(cx, probe_count(&kit, cx), &DB_AWAY); /* and stays so within the unit */
    return e;
}

static void test_killed_in_unit(void **state)
{
    struct store *s = lanes_for(state);

    for (int again = 0; again < 2; again++) {
        struct victim v = { s, again };
        CHECK_ERR(store_cx(s), store_write(s, killed_writer, &v), &DB_AWAY);
        CHECK_INT(store_cx(s)->retry_after_s, 1);
        CHECK_INT(probe_rows(s), 0);
        CHECK_ERR(store_cx(s), store_read(s, killed_reader, &v), &DB_AWAY);
    }
    probe_fill(s, 1);
    CHECK_INT(probe_rows(s), 1);
    CHECK_INT(db_figures_of(store_db(s)).failed, 2);
    store_close(s);
}

/* ---- the way to the server is cut, and mended ---- */
struct trip {
    struct store *s;
    struct proxy proxy;
    struct db *db;
    struct cx *cx;
};

static void trip_open(struct trip *t, void **state, struct db_opts opts)
{
    *t = (struct trip){ .s = probe_for(state) };
    t->cx = check_cx_open();
    opts.url = proxy_open(&t->proxy, t->cx->arena, store_url(t->s));
    CHECK_ERR(t->cx, db_open(t->cx->arena, t->cx, opts, &t->db), NULL);
}

static void trip_close(struct trip *t)
{
    proxy_set(&t->proxy, MODE_PASS);
    db_close(t->db);
    proxy_close(&t->proxy);
    check_cx_close(t->cx);
    store_close(t->s);
}

static err trip_write(struct trip *t, int64_t row)
{
    struct probe_kit kit = { .db = t->db, .m = row, .n = 1 };

    cx_clear(t->cx);
    return db_write_wait(t->db, t->cx, 0, probe_add_some, &kit);
}

static err trip_read(struct trip *t)
{
    struct probe_kit kit = { .db = t->db };

    cx_clear(t->cx);
    return db_read(t->cx, probe_count, &kit);
}

static void test_cut(void **state)
{
    struct trip t;

    trip_open(&t, state, (struct db_opts){ .lanes = 1 });
    CHECK_ERR(t.cx, trip_write(&t, 1), NULL);
    CHECK_ERR(t.cx, trip_read(&t), NULL);
    proxy_set(&t.proxy, MODE_CUT);
    for (int i = 0; i < 20; i++) { /* most of them without trying to connect */
        CHECK_ERR(t.cx, trip_write(&t, 2), &DB_AWAY);
        CHECK(t.cx->retry_after_s >= 1);
        CHECK_ERR(t.cx, trip_read(&t), &DB_AWAY);
    }
    CHECK_ERR(t.cx, db_ping(t.db, t.cx), &DB_AWAY);
    proxy_set(&t.proxy, MODE_PASS);
    int64_t until = clock_mono_us() + 5000000;
    err e = trip_write(&t, 3);
    while (e && clock_mono_us() < until) {
        usleep(20000);
        e = trip_write(&t, 3);
    }
    CHECK_ERR(t.cx, e, NULL);
    CHECK_ERR(t.cx, trip_read(&t), NULL);
    cx_clear(t.cx);
    CHECK_ERR(t.cx, db_ping(t.db, t.cx), NULL);
    CHECK_INT(probe_rows(t.s), 2);
    trip_close(&t);
}

/* A server that takes what is sent and says nothing must not hold a lane for ever. */
static void test_hangs(void **state)
{
    struct trip t;

    trip_open(&t, state, (struct db_opts){ .lanes = 1, .wait_ms_max = 100 });
    CHECK_ERR(t.cx, trip_read(&t), NULL);
    proxy_set(&t.proxy, MODE_HANG);
    int64_t before = clock_mono_us();
    CHECK_ERR(t.cx, trip_write(&t, 1), &DB_AWAY);
    CHECK(clock_mono_us() - before < 10000000);
    trip_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        STORE_TEST_ON(test_killed_idle, DB_PG),
        STORE_TEST_ON(test_killed_in_unit, DB_PG),
        STORE_TEST_ON(test_cut, DB_PG),
        STORE_TEST_ON(test_hangs, DB_PG),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
