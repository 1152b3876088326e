/* SPDX-License-Identifier: Apache-2.0
 * souk-sim [--seed N] [--worlds M] [--jobs J] [--stop F] [--verbose]: runs the worlds of the seeds
 * N, N+1, ... up to F failures. Called by ./dev sim, ./dev test and ./dev mutations. Must never end
 * with 0 after a failure. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/sim.h"

struct task {
    uint64_t seed;
    int64_t worlds, jobs, stop; /* stop: after so many failures */
    bool verbose;
};
struct figures {
    int64_t worlds, orders, standing, crashes, events, failed, cpu_us;
};

static int64_t cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Some worlds are run again: the same seed must make the same trace. */
#define AGAIN_EVERY 64

/* For a world that ends in a panic. */
static char dying_words[64];

static void on_abort(int signal)
{
    (void)signal;
    ssize_t n = write(STDOUT_FILENO, dying_words, strlen(dying_words));
    _exit(n > 0 ? 1 : 2);
}

static void run_world(struct sim_store *stores[2], struct sim_opts opts, struct figures *f)
{
    struct arena *arena = arena_open(4096);
    (void)snprintf(dying_words, sizeof dying_words, "FAILED seed %llu: panic\n",
        (unsigned long long)opts.seed);
    struct sim_result r = sim_run(arena, stores[0], stores[1], opts);
    const char *failed = r.failed;
    if (!failed && opts.seed % AGAIN_EVERY == 0 && !opts.verbose &&
        sim_run(arena, stores[0], stores[1], opts).hash != r.hash)
        failed = "its trace is not the same when it is run again";
    if (failed) {
        (void)printf("FAILED seed %llu: %s\n", (unsigned long long)opts.seed, failed);
        (void)fflush(stdout);
    } else if (opts.verbose) {
        (void)printf("ok seed %llu: trace %016llx\n", (unsigned long long)opts.seed,
            (unsigned long long)r.hash);
    }
    f->worlds++;
    f->orders += r.orders_n;
    f->standing += r.standing_n;
    f->crashes += r.crashes_n;
    f->events += r.events_n;
    f->failed += failed != NULL;
    arena_close(arena);
}

static struct figures run_worlds(const struct task *t, int64_t part)
{
    struct arena *life = arena_open(4096);
    struct sim_store *stores[] = { sim_store_open(life, false), sim_store_open(life, true) };
    struct figures f = { 0 };
    int64_t began = cpu_us();
    for (int64_t i = part; i < t->worlds && f.failed < t->stop; i += t->jobs)
        run_world(stores, (struct sim_opts){ t->seed + (uint64_t)i, t->verbose }, &f);
    f.cpu_us = cpu_us() - began;
    sim_store_close(stores[0]);
    sim_store_close(stores[1]);
    arena_close(life);
    return f;
}

/* A part of the worlds in a process of its own; *ret_fd gets its figures. */
static pid_t start(const struct task *t, int64_t part, int *ret_fd)
{
    int fds[2];
    if (pipe(fds) != 0)
        exit(2);
    pid_t pid = fork();
    if (pid < 0)
        exit(2);
    if (pid == 0) {
        struct figures f = run_worlds(t, part);
        bool ok = write(fds[1], &f, sizeof f) == sizeof f;
        (void)fflush(stdout);
        exit(ok ? 0 : 2);
    }
    close(fds[1]);
    *ret_fd = fds[0];
    return pid;
}

#define JOBS_MAX 64

static struct figures run_all(const struct task *t)
{
    pid_t pids[JOBS_MAX];
    int fds[JOBS_MAX];
    struct figures all = { 0 };
    for (int64_t i = 0; i < t->jobs; i++)
        pids[i] = start(t, i, &fds[i]);
    for (int64_t i = 0; i < t->jobs; i++) {
        struct figures f = { 0 };
        int status = 0;
        bool told = read(fds[i], &f, sizeof f) == sizeof f;
        (void)waitpid(pids[i], &status, 0);
        if (!told || status != 0) {
            (void)printf("FAILED a part of the worlds ended with status %d\n", status);
            f.failed++;
        }
        all.worlds += f.worlds;
        all.orders += f.orders;
        all.standing += f.standing;
        all.crashes += f.crashes;
        all.events += f.events;
        all.failed += f.failed;
        all.cpu_us += f.cpu_us;
    }
    return all;
}

static bool parse(int argc, char **argv, struct task *t)
{
    for (int i = 1; i < argc; i++) {
        int64_t v = 0;
        bool has = i + 1 < argc && str_to_i64(str_from_c(argv[i + 1]), &v) && v >= 0;
        if (strcmp(argv[i], "--verbose") == 0)
            t->verbose = true;
        else if (strcmp(argv[i], "--seed") == 0 && has)
            t->seed = (uint64_t)v, i++;
        else if (strcmp(argv[i], "--worlds") == 0 && has)
            t->worlds = v, i++;
        else if (strcmp(argv[i], "--stop") == 0 && has && v > 0)
            t->stop = v, i++;
        else if (strcmp(argv[i], "--jobs") == 0 && has && v > 0 && v <= JOBS_MAX)
            t->jobs = v, i++;
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct task t = { .seed = 1, .worlds = 1, .jobs = 1, .stop = 10 };
    if (!parse(argc, argv, &t)) {
        (void)fprintf(
            stderr, "usage: souk-sim [--seed N] [--worlds N] [--jobs N] [--stop N] [--verbose]\n");
        return 2;
    }
    (void)signal(SIGABRT, on_abort);
    struct figures f = t.jobs == 1 ? run_worlds(&t, 0) : run_all(&t);
    (void)printf(
        "%lld worlds, %lld orders, %lld orders/s per core, %lld crashes, %lld events, "
        "%lld failed\n",
        (long long)f.worlds, (long long)f.orders,
        (long long)(f.cpu_us ? f.orders * 1000000 / f.cpu_us : 0), (long long)f.crashes,
        (long long)f.events, (long long)f.failed);
    return f.failed ? 1 : 0;
}
