/* SPDX-License-Identifier: Apache-2.0
 * Comparisons that say what they saw, and a cx to call things with. Called by unit tests.
 * Must never be linked into the server. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_NOW_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

void check_str(str got, str want, const char *file, int line)
{
    if (str_eq(got, want))
        return;
    print_error("got  \"" STR_F "\"\nwant \"" STR_F "\"\n", STR_A(got), STR_A(want));
    _fail(file, line);
}

void check_int(int64_t got, int64_t want, const char *file, int line)
{
    if (got == want)
        return;
    print_error("got  %" PRId64 "\nwant %" PRId64 "\n", got, want);
    _fail(file, line);
}

void check_panics(void (*fn)(const void *), const void *arg, const char *file, int line)
{
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        fn(arg);
        _exit(0);
    }
    int status = 0;
    if (child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
        WTERMSIG(status) == SIGABRT)
        return;
    print_error("no panic: status %d\n", status);
    _fail(file, line);
}

void check_case(const char *name, bool ok, const char *what, const char *file, int line)
{
    if (ok)
        return;
    print_error("case \"%s\": %s\n", name, what);
    _fail(file, line);
}

void check_case_str(const char *name, str got, str want, const char *file, int line)
{
    if (!str_eq(got, want))
        print_error("case \"%s\"\n", name);
    check_str(got, want, file, line);
}

void check_case_int(const char *name, int64_t got, int64_t want, const char *file, int line)
{
    if (got != want)
        print_error("case \"%s\"\n", name);
    check_int(got, want, file, line);
}

static const char *slug_of(err e)
{
    return e ? e->slug : "success";
}

/* A problem that a test asked for and got counts as hit (tools/coverage.py). */
static void note_hit(err e)
{
    const char *path = getenv("SOUK_TEST_HITS");
    FILE *out = e && path ? fopen(path, "a") : NULL;
    if (!out)
        return;
    fprintf(out, "problem %s\n", e->slug);
    fclose(out);
}

void check_err(const struct cx *cx, err got, err want, const char *file, int line)
{
    if (got == want) {
        note_hit(want);
        return;
    }
    print_error("got  %s\nwant %s\n", slug_of(got), slug_of(want));
    if (cx && cx->where)
        print_error("at %s: " STR_F "\n", cx->where, STR_A(cx->detail));
    for (const struct field_error *f = cx ? cx->fields : NULL; f; f = f->next)
        print_error(
            "field " STR_F " %s: " STR_F "\n", STR_A(f->pointer), f->code, STR_A(f->detail));
    _fail(file, line);
}

struct cx *check_cx_open(void)
{
    struct arena *arena = arena_open(4096);
    struct cx *cx = NEW(arena, struct cx);
    *cx = (struct cx){
        .arena = arena, .now_ms = CHECK_NOW_MS, .rng = rng_seeded(1), .request_id = S("test")
    };
    return cx;
}

void check_cx_close(struct cx *cx)
{
    if (cx)
        arena_close(cx->arena);
}
