/* SPDX-License-Identifier: Apache-2.0
 * Problems, the record of a failure in a cx, panic. Called by everyone.
 * Must never log: whoever opened the cx does that, once (panic alone writes a last line). */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIELDS_MAX 100 /* a hostile body could have a hundred thousand; nobody reads more */

const problem ERR_BUG = { KIND_BUG, "base.bug", "internal_error", "Something went wrong" };
const problem ERR_MALFORMED = { KIND_MALFORMED, "base.malformed", "malformed_request",
    "The request cannot be read" };
const problem ERR_INVALID = { KIND_INVALID, "base.invalid", "validation_failed",
    "Some values are not acceptable" };
const problem ERR_MISSING = { KIND_MISSING, "base.missing", "not_found", "There is no such thing" };

static str fmt_args(struct arena *arena, const char *fmt, va_list args)
{
    ASSERT(fmt != NULL); /* with UBSan gcc follows this path, and refuses what it finds */
    va_list copy;
    va_copy(copy, args);
    int n = vsnprintf(NULL, 0, fmt, copy);
    va_end(copy);
    ASSERT(n >= 0);
    char *text = arena_alloc(arena, (size_t)n + 1);
    int again = vsnprintf(text, (size_t)n + 1, fmt, args);
    ASSERT(again == n);
    return (str){ text, (size_t)n };
}

err cx_fail(struct cx *cx, err e, const char *where, const char *fmt, ...)
{
    if (cx->where)
        return e;
    va_list args;
    va_start(args, fmt);
    cx->detail = fmt_args(cx->arena, fmt, args);
    va_end(args);
    cx->where = where;
    return e;
}

void cx_field(struct cx *cx, str pointer, const char *code, const char *fmt, ...)
{
    struct field_error **last = &cx->fields;
    size_t n = 0;
    while (*last) {
        last = &(*last)->next;
        n++;
    }
    if (n >= FIELDS_MAX)
        return;
    struct field_error *field = NEW(cx->arena, struct field_error);
    va_list args;
    va_start(args, fmt);
    field->detail = fmt_args(cx->arena, fmt, args);
    va_end(args);
    field->pointer = str_dup(cx->arena, pointer);
    field->code = code;
    *last = field;
}

void cx_clear(struct cx *cx)
{
    cx->where = NULL;
    cx->detail = (str){ NULL, 0 };
    cx->fields = NULL;
    cx->retry_after_s = 0;
}

void panic(const char *where, const char *what)
{
    (void)fprintf(stderr, "panic: %s: %s\n", where, what);
    abort();
}

id cx_id(struct cx *cx)
{
    ASSERT((cx->rng.s[0] | cx->rng.s[1] | cx->rng.s[2] | cx->rng.s[3]) != 0);
    return id_new(&cx->rng, cx->now_ms);
}
