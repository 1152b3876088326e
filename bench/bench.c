/* SPDX-License-Identifier: Apache-2.0
 * Options, figures and medians. Called by each measuring program; must never round a figure in its
 * favour. */
#include "bench/bench.h"

#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Jiffies of all processors since the start: idle ones, and all. */
static void machine_time(int64_t *ret_idle, int64_t *ret_all)
{
    long long v[8] = { 0 };
    FILE *f = fopen("/proc/stat", "re");
    if (f) {
        if (fscanf(f, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &v[0], &v[1], &v[2], &v[3],
                &v[4], &v[5], &v[6], &v[7]) != 8)
            memset(v, 0, sizeof v);
        fclose(f);
    }
    *ret_idle = v[3] + v[4];
    *ret_all = 0;
    for (size_t i = 0; i < COUNT(v); i++)
        *ret_all += v[i];
}

static const char *from_env(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static const char *path_of(struct bench *b, const char *folder, const char *name)
{
    return str_c(b->arena, str_fmt(b->arena, "%s/%s", folder, name));
}

/* The program lies in BUILD/bench/; the source tree is told by the build. */
static void find_places(struct bench *b)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = 0;
    const char *here = str_c(b->arena, str_from_c(dirname(self)));
    char build[PATH_MAX];
    if (!realpath(path_of(b, here, ".."), build))
        bench_die(b, "cannot tell where this program lies");
    b->build = str_c(b->arena, str_from_c(build));
    b->root = BENCH_SOURCE_ROOT;
    char souk[PATH_MAX];
    if (!realpath(from_env("SOUK_BIN", path_of(b, b->build, "souk")), souk))
        bench_die(b, "there is no souk to measure: build it, or set SOUK_BIN");
    b->souk = str_c(b->arena, str_from_c(souk));
    const char *parent = from_env("SOUK_BENCH_DIR", here);
    char *made = strdup(path_of(b, parent, "tmp-XXXXXX"));
    if (!made || !mkdtemp(made) || chmod(made, 0755) != 0)
        bench_die(b, "cannot make a folder in %s", parent);
    b->dir = str_c(b->arena, str_from_c(made));
    free(made);
}

struct bench *bench_open(int argc, char **argv, const char *name)
{
    struct arena *arena = arena_open(64 * 1024);
    struct bench *b = NEW(arena, struct bench);
    b->arena = arena;
    b->name = name;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--quick"))
            b->quick = true;
        else if (!strncmp(argv[i], "--only=", 7))
            b->only = argv[i] + 7;
        else
            bench_die(b, "usage: %s [--quick] [--only=CASE]", name);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    find_places(b);
    machine_time(&b->idle_before, &b->all_before);
    return b;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static double load_average(void)
{
    double one = 0;
    return getloadavg(&one, 1) == 1 ? one : 0;
}

int bench_close(struct bench *b)
{
    int64_t idle, all;
    machine_time(&idle, &all);
    double busy =
        all > b->all_before
            ? 100.0 * (1.0 - (double)(idle - b->idle_before) / (double)(all - b->all_before))
            : 0;
    bench_note(
        b, "processors busy %.0f %% over the run, load average now %.1f", busy, load_average());
    if (getenv("SOUK_BENCH_KEEP"))
        bench_note(b, "kept %s", b->dir);
    else if (nftw(b->dir, remove_one, 32, FTW_DEPTH | FTW_PHYS) != 0)
        bench_note(b, "cannot remove %s", b->dir);
    int status = b->under ? 1 : 0;
    arena_close(b->arena);
    return status;
}

bool bench_wants(const struct bench *b, const char *name)
{
    return !b->only || !strcmp(b->only, name);
}

void bench_say(struct bench *b, struct bench_figure f)
{
    double ratio = f.of > 0 ? f.value / f.of : 0;
    int decimals = f.value < 1 ? 3 : f.value < 100 ? 2 : 0;
    printf("%s %s %s %.*f %s ratio %.2f of %s\n", b->name, f.of_case, f.metric, decimals, f.value,
        f.unit, ratio, f.rival);
    bool missed = (f.floor > 0 && ratio < f.floor) || (f.ceiling > 0 && ratio > f.ceiling);
    if (!missed)
        return;
    b->under++;
    bench_note(b, "%s %s misses its budget: ratio %.2f, asked %s %.2f", f.of_case, f.metric, ratio,
        f.floor > 0 ? "at least" : "at most", f.floor > 0 ? f.floor : f.ceiling);
}

void bench_note(struct bench *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "# %s: ", b->name);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\n");
    va_end(args);
}

void bench_wrong(struct bench *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "%s: WRONG: ", b->name);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\n");
    va_end(args);
    b->under++;
}

void bench_die(struct bench *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "%s: ", b->name);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double bench_at(double *values, size_t n, double part)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof values[0], compare);
    size_t i = (size_t)((double)n * part);
    return values[i < n ? i : n - 1];
}

double bench_median(double *values, size_t n)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof values[0], compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double bench_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_sleep_ms(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000 };
    nanosleep(&t, NULL);
}
