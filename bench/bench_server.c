/* SPDX-License-Identifier: Apache-2.0
 * The server, the demo shop and PostgreSQL as child processes. Called by the measuring programs;
 * must never touch a shop or a cluster that it did not make. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench_load.h"

static const char *text_of(struct bench *b, const char *fmt, const char *a, const char *c)
{
    struct buf out = { .arena = b->arena };
    for (; *fmt; fmt++)
        if (*fmt == '%') {
            buf_add(&out, str_from_c(a));
            a = c;
        } else
            buf_char(&out, *fmt);
    return str_c(b->arena, buf_str(&out));
}

const char *bench_folder(struct bench *b, const char *name)
{
    const char *path = text_of(b, "%/%", b->dir, name);
    if (mkdir(path, 0755) != 0)
        bench_die(b, "%s: %s", path, strerror(errno));
    return path;
}

static void settle(struct bench *b, struct bench_command *c, const char *data, const char *db)
{
    size_t n = 0;
    c->env[n++] = text_of(b, "SOUK_DATA=%", data, NULL);
    c->env[n++] = "SOUK_LIMITS=off";
    c->env[n++] = "SOUK_LOG=json";
    c->env[n++] = "SOUK_DEMO_PASSWORD=bench-password";
    c->env[n++] = "SOUK_SECOND_FACTOR=offered"; /* staff sign in by that password alone */
    if (db)
        c->env[n++] = text_of(b, "SOUK_DB=%", db, NULL);
}

void bench_souk(struct bench *b, const char *data, const char *db, const char *const *words)
{
    struct bench_command c = { .words = { b->souk }, .out = text_of(b, "%/souk.log", data, NULL) };
    for (size_t i = 0; words[i]; i++)
        c.words[i + 1] = words[i];
    settle(b, &c, data, db);
    bench_run(b, &c);
}

const char *bench_demo(struct bench *b, int64_t products)
{
    const char *data = bench_folder(b, "demo");
    const char *flag = str_c(b->arena, str_fmt(b->arena, "--products=%lld", (long long)products));
    double began = bench_now_s();
    bench_souk(b, data, NULL, (const char *const[]){ "demo", flag, NULL });
    bench_note(b, "demo of %lld products in %.1f s", (long long)products, bench_now_s() - began);
    return data;
}

void bench_server_start(
    struct bench *b, struct bench_server_opts opts, const char *path, struct bench_server *ret)
{
    struct bench_server s = { .port = bench_free_port(b),
        .data = opts.data,
        .db = opts.db,
        .log = text_of(b, "%/serve.log", opts.data, NULL) };
    char listen[64];
    snprintf(listen, sizeof listen, "SOUK_LISTEN=127.0.0.1:%d", s.port);
    struct bench_command c = { .words = { b->souk, "serve" }, .out = s.log };
    settle(b, &c, opts.data, opts.db);
    size_t n = 0;
    while (c.env[n])
        n++;
    c.env[n++] = listen;
    for (size_t i = 0; opts.settings && opts.settings[i]; i++)
        c.env[n++] = opts.settings[i];
    str request = load_get(b, path ? path : "/livez", "");
    double began = bench_now_s();
    s.pid = bench_spawn(b, &c);
    struct load_reply reply;
    while (!load_fetch(b, s.port, request, &reply)) {
        int status;
        if (waitpid(s.pid, &status, WNOHANG) == s.pid || bench_now_s() - began > 60)
            bench_die(b, "the server does not start:\n" STR_F, STR_A(bench_output(b, &c)));
        struct timespec ms = { .tv_nsec = 500000 };
        nanosleep(&ms, NULL);
    }
    s.start_s = bench_now_s() - began;
    if (reply.status != 200)
        bench_die(b, "%s: status %d", path ? path : "/livez", reply.status);
    *ret = s;
}

void bench_server_stop(struct bench *b, struct bench_server *s)
{
    kill(s->pid, SIGTERM);
    int status = bench_wait(b, s->pid);
    s->pid = 0;
    if (status != 0)
        bench_wrong(b, "the server ended with status %d; its log was %s", status, s->log);
}

/* ---- PostgreSQL ---- */

static pid_t pg_pid(const char *dir)
{
    char path[128];
    int pid = 0;
    snprintf(path, sizeof path, "%s/data/postmaster.pid", dir);
    FILE *f = fopen(path, "re");
    if (f && fscanf(f, "%d", &pid) != 1)
        pid = 0;
    if (f)
        fclose(f);
    return pid;
}

bool bench_pg_start(struct bench *b, struct bench_pg *ret)
{
    /* The user postgres must be able to reach it, so it is not in the build folder. */
    char dir[] = "/tmp/souk-bench-pg-XXXXXX";
    if (!mkdtemp(dir))
        bench_die(b, "%s: %s", dir, strerror(errno));
    const char *port = getenv("SOUK_BENCH_PG_PORT");
    struct bench_pg pg = { .dir = str_c(b->arena, str_from_c(dir)),
        .port = port ? (int)strtol(port, NULL, 10) : bench_free_port(b) };
    char number[16];
    snprintf(number, sizeof number, "%d", pg.port);
    struct bench_command c = { .words = { text_of(b, "%/tools/pg.sh", b->root, NULL), "start",
                                   pg.dir, number },
        .out = text_of(b, "%/pg.log", b->dir, NULL) };
    bool started = bench_wait(b, bench_spawn(b, &c)) == 0;
    if (started)
        pg.pid = pg_pid(pg.dir);
    *ret = pg;
    if (started)
        return true;
    bench_note(b, "no PostgreSQL: " STR_F, STR_A(bench_output(b, &c)));
    return false;
}

void bench_pg_stop(struct bench *b, struct bench_pg *pg)
{
    struct bench_command stop = { .words = { text_of(b, "%/tools/pg.sh", b->root, NULL), "stop",
                                      pg->dir } };
    bench_run(b, &stop);
    struct bench_command drop = { .words = { "rm", "-rf", pg->dir } };
    bench_run(b, &drop);
}

const char *bench_pg_database(struct bench *b, struct bench_pg *pg, const char *name)
{
    char port[16];
    snprintf(port, sizeof port, "%d", pg->port);
    struct bench_command c = {
        .words = { "sh", "-c",
            "for found in /usr/lib/postgresql/*/bin/createdb; do :; done\n"
            "exec \"$found\" -h 127.0.0.1 -p \"$2\" -U postgres -O souk \"$1\"",
            "createdb", name, port },
        .out = text_of(b, "%/pg.log", b->dir, NULL)
    };
    bench_run(b, &c);
    return str_c(b->arena,
        str_fmt(b->arena, "postgres://souk@/%s?host=%s&port=%d", name, pg->dir, pg->port));
}
