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

void check_str(str got, str want, const char *file, int line);
void check_int(int64_t got, int64_t want, const char *file, int line);
void check_err(const struct cx *cx, err got, err want, const char *file, int line);

/* A cx with an arena of its own at a fixed time (2026-01-01T00:00:00Z). */
struct cx *check_cx_open(void);
void check_cx_close(struct cx *cx);

#endif
