/* SPDX-License-Identifier: Apache-2.0
 * What every unit test includes: cmocka with the headers it wants, and a few comparisons. */
#ifndef SOUK_TESTS_SUPPORT_CHECK_H
#define SOUK_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define CHECK(cond) assert_true(cond)
#define CHECK_STR(a, b) check_str((a), (b), __FILE__, __LINE__)
#define CHECK_INT(a, b) check_int((a), (b), __FILE__, __LINE__)
/* e must be the problem `want` (NULL: success); a failure prints both slugs and the cx's detail. */
#define CHECK_ERR(cx, e, want) check_err((cx), (e), (want), __FILE__, __LINE__)
/* fn(arg) must end in a panic. It runs in a child process, whose last words are not shown. */
#define CHECK_PANICS(fn, arg) check_panics((fn), (arg), __FILE__, __LINE__)

/* In a loop over a table of cases: a failure prints the name of the case as well. */
#define CASE(name, cond) check_case((name), (cond), #cond, __FILE__, __LINE__)
#define CASE_STR(name, a, b) check_case_str((name), (a), (b), __FILE__, __LINE__)
#define CASE_INT(name, a, b) check_case_int((name), (a), (b), __FILE__, __LINE__)

void check_str(str got, str want, const char *file, int line);
void check_int(int64_t got, int64_t want, const char *file, int line);
void check_err(const struct cx *cx, err got, err want, const char *file, int line);
void check_panics(void (*fn)(const void *), const void *arg, const char *file, int line);
void check_case(const char *name, bool ok, const char *what, const char *file, int line);
void check_case_str(const char *name, str got, str want, const char *file, int line);
void check_case_int(const char *name, int64_t got, int64_t want, const char *file, int line);

/* A cx with an arena of its own at a fixed time (2026-01-01T00:00:00Z). */
struct cx *check_cx_open(void);
void check_cx_close(struct cx *cx);

#endif
