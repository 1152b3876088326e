/* SPDX-License-Identifier: Apache-2.0
 * What the measuring programs share: options, figures as lines, medians, child processes and the
 * server as one of them. Called by each program of bench/; must never be linked into the shop. */
#ifndef SOUK_BENCH_BENCH_H
#define SOUK_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* One program's run. Its folder is removed at the end unless SOUK_BENCH_KEEP is set. */
struct bench {
    struct arena *arena;
    const char *name;
    bool quick;
    const char *only;                /* --only=CASE: one case or engine of the program; NULL: all */
    const char *build;               /* the build folder, absolute */
    const char *root;                /* the source tree */
    const char *souk;                /* the binary: SOUK_BIN, else of the build folder */
    const char *dir;                 /* a fresh folder: SOUK_BENCH_DIR, else beside the program */
    int under;                       /* figures that missed their budget, checks that failed */
    int64_t idle_before, all_before; /* of /proc/stat */
};
struct bench *bench_open(int argc, char **argv, const char *name);
/* Says how busy the machine was, removes the folder; the exit status. */
int bench_close(struct bench *b);
bool bench_wants(const struct bench *b, const char *name); /* see only */

/* `NAME CASE METRIC VALUE UNIT ratio R of RIVAL`. The ratio is value / of; with a floor it must be
 * at least that, with a ceiling at most. */
struct bench_figure {
    const char *of_case, *metric;
    double value;
    const char *unit;
    double of; /* the rival's value, or the budget */
    const char *rival;
    double floor, ceiling; /* 0: none */
};
void bench_say(struct bench *b, struct bench_figure f);
/* A line for people, on stderr. */
void bench_note(struct bench *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A check that failed: said loudly, and the exit status is not 0. */
void bench_wrong(struct bench *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The program cannot go on. */
void bench_die(struct bench *b, const char *fmt, ...) PRINTF_LIKE(2, 3) __attribute__((noreturn));
double bench_median(double *values, size_t n);          /* sorts them */
double bench_at(double *values, size_t n, double part); /* a quantile; sorts them */
double bench_now_s(void);
void bench_sleep_ms(int64_t ms);

/* ---- child processes (bench_child.c) ---- */
#define BENCH_WORDS_MAX 24
struct bench_command {
    const char *words[BENCH_WORDS_MAX]; /* NULL-terminated */
    const char *env[BENCH_WORDS_MAX];   /* "NAME=value", NULL-terminated: added */
    const char *out;                    /* file of stdout and stderr */
};
pid_t bench_spawn(struct bench *b, const struct bench_command *c);
/* Waits; the exit status, 128 + signal when it was killed. */
int bench_wait(struct bench *b, pid_t pid);
/* Both, and dies with the output's end when the status is not 0. */
void bench_run(struct bench *b, const struct bench_command *c);
str bench_output(struct bench *b, const struct bench_command *c); /* of a finished one */
int64_t bench_rss_kb(pid_t pid);
/* CPU time that the process and its children have used. */
double bench_cpu_s(pid_t pid);
int bench_free_port(struct bench *b);

/* ---- the server (bench_server.c) ---- */
struct bench_server_opts {
    const char *data;            /* folder */
    const char *db;              /* URL; NULL: SQLite in the folder */
    const char *const *settings; /* more of "SOUK_X=y"; may be NULL */
};
struct bench_server {
    pid_t pid;
    int port;
    double start_s; /* from fork to the first answer */
    const char *data, *db, *log;
};
/* Returns when /livez answers, or `path` when it is given. */
void bench_server_start(
    struct bench *b, struct bench_server_opts opts, const char *path, struct bench_server *ret);
void bench_server_stop(struct bench *b, struct bench_server *s); /* SIGTERM; dies if unclean */
/* `souk WORDS...` on the same data. */
void bench_souk(struct bench *b, const char *data, const char *db, const char *const *words);
/* The demo shop in a new folder under the bench's. */
const char *bench_demo(struct bench *b, int64_t products);
const char *bench_folder(struct bench *b, const char *name);

/* A throw-away PostgreSQL through tools/pg.sh; NULL with a note when there is none. Port:
 * SOUK_BENCH_PG_PORT, else a free one. */
struct bench_pg {
    const char *dir;
    int port;
    pid_t pid; /* the parent of its processes */
};
bool bench_pg_start(struct bench *b, struct bench_pg *ret);
void bench_pg_stop(struct bench *b, struct bench_pg *pg);
/* A new database; its URL. */
const char *bench_pg_database(struct bench *b, struct bench_pg *pg, const char *name);

#endif
