/* SPDX-License-Identifier: Apache-2.0
 * A growing byte buffer. Called by whoever writes output: json, html, replies, logs.
 * Must never copy per call: it doubles, so n bytes cost O(n). */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define BUF_FIRST ((size_t)256)
#define I64_TEXT_N ((size_t)20) /* "-9223372036854775808" */

str buf_str(const struct buf *buf)
{
    return buf->p ? (str){ buf->p, buf->n } : (str){ "", 0 };
}

static __attribute__((noinline, cold)) void buf_grow(struct buf *buf, size_t n)
{
    ASSERT(buf->arena != NULL);
    size_t need = 0;
    if (__builtin_add_overflow(buf->n, n, &need))
        panic("buf", "absurd size");
    size_t cap = buf->cap < BUF_FIRST / 2 ? BUF_FIRST : buf->cap * 2;
    if (cap < need)
        cap = need;
    buf->p = arena_grow(buf->arena, buf->p, buf->cap, cap);
    buf->cap = cap;
}

char *buf_room(struct buf *buf, size_t n)
{
    if (__builtin_expect(n > buf->cap - buf->n || !buf->p, 0))
        buf_grow(buf, n);
    return buf->p + buf->n;
}

void buf_add(struct buf *buf, str s)
{
    if (s.n == 0)
        return;
    memcpy(buf_room(buf, s.n), s.p, s.n);
    buf->n += s.n;
}

void buf_char(struct buf *buf, char c)
{
    *buf_room(buf, 1) = c;
    buf->n++;
}

void buf_i64(struct buf *buf, int64_t v)
{
    char text[I64_TEXT_N];
    char *p = text + sizeof text;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (v < 0)
        *--p = '-';
    buf_add(buf, (str){ p, (size_t)(text + sizeof text - p) });
}

void buf_fmt(struct buf *buf, const char *fmt, ...)
{
    char *at = buf_room(buf, 64);
    size_t room = buf->cap - buf->n;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(at, room, fmt, args);
    va_end(args);
    ASSERT(n >= 0);
    if ((size_t)n >= room) {
        at = buf_room(buf, (size_t)n + 1); /* vsnprintf ends what it writes with a NUL */
        va_start(args, fmt);
        int again = vsnprintf(at, (size_t)n + 1, fmt, args);
        va_end(args);
        ASSERT(again == n);
    }
    buf->n += (size_t)n;
}
