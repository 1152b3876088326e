/* SPDX-License-Identifier: Apache-2.0
 * Borrowed strings: comparing, cutting, numbers, formatting. Encodings are in str_code.c.
 * Called by everyone. Must never write to the bytes it was given, nor read past them. */
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

#define DOUBLE_TEXT_MAX 127 /* a longer number is refused */

str str_from_c(const char *c)
{
    return c ? (str){ c, strlen(c) } : (str){ NULL, 0 };
}

bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_eq_secret(str a, str b)
{
    if (a.n != b.n)
        return false;
    volatile unsigned char diff = 0; /* volatile: the loop must not end early */
    for (size_t i = 0; i < a.n; i++)
        diff = (unsigned char)(diff | ((unsigned char)a.p[i] ^ (unsigned char)b.p[i]));
    return diff == 0;
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

uint64_t str_hash(str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 32; /* FNV leaves the low bits weak, and maps use those */
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ (h >> 32);
}

ptrdiff_t str_find(str s, str needle, size_t from)
{
    if (from > s.n)
        return -1;
    if (needle.n == 0)
        return (ptrdiff_t)from;
    if (s.n - from < needle.n)
        return -1;
    const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit ? hit - s.p : -1;
}

ptrdiff_t str_find_char(str s, char c, size_t from)
{
    if (from >= s.n)
        return -1;
    const char *hit = memchr(s.p + from, c, s.n - from);
    return hit ? hit - s.p : -1;
}

str str_sub(str s, size_t from, size_t n)
{
    s = str_skip(s, from);
    return n < s.n ? (str){ s.p, n } : s;
}

str str_skip(str s, size_t n)
{
    if (n > s.n)
        n = s.n;
    return s.p ? (str){ s.p + n, s.n - n } : s;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

str str_cut(str *rest, char sep)
{
    str part = *rest;
    ptrdiff_t at = str_find_char(part, sep, 0);
    if (at < 0) {
        *rest = (str){ NULL, 0 };
        return part;
    }
    *rest = str_skip(part, (size_t)at + 1);
    part.n = (size_t)at;
    return part;
}

str str_cut_authority(str *rest)
{
    ptrdiff_t at = str_find(*rest, S("://"), 0);
    if (at < 0)
        return (str){ 0 };
    *rest = str_skip(*rest, (size_t)at + 3);
    return str_cut(rest, '/');
}

bool str_to_i64(str s, int64_t *ret)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    if (s.n == (negative ? 1U : 0U))
        return false;
    int64_t value = 0; /* kept negative: its range is the wider one */
    for (size_t i = negative ? 1 : 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, (int64_t)digit, &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
        return false;
    *ret = value;
    return true;
}

bool str_to_double(str s, double *ret)
{
    char copy[DOUBLE_TEXT_MAX + 1];
    if (s.n == 0 || s.n > DOUBLE_TEXT_MAX || s.p[0] == '+')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i]; /* neither "inf", "nan" and hexadecimal, nor blanks */
        if (!(c >= '0' && c <= '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E')
            return false;
        copy[i] = c;
    }
    copy[s.n] = '\0';
    char *end = NULL;
    double value = strtod(copy, &end); /* nobody calls setlocale: the point is a point */
    if (end != copy + s.n || !isfinite(value))
        return false;
    *ret = value;
    return true;
}

str str_dup(struct arena *arena, str s)
{
    if (!s.p)
        return s;
    return (str){ str_c(arena, s), s.n };
}

const char *str_c(struct arena *arena, str s)
{
    char *copy = arena_alloc(arena, s.n + 1);
    if (s.n > 0)
        memcpy(copy, s.p, s.n);
    return copy;
}

str str_fmt(struct arena *arena, const char *fmt, ...)
{
    char brief[256]; /* most results fit, and are formatted once */
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(brief, sizeof brief, fmt, args);
    va_end(args);
    ASSERT(n >= 0);
    if ((size_t)n < sizeof brief)
        return str_dup(arena, (str){ brief, (size_t)n });
    char *long_text = arena_alloc(arena, (size_t)n + 1);
    va_start(args, fmt);
    int again = vsnprintf(long_text, (size_t)n + 1, fmt, args);
    va_end(args);
    ASSERT(again == n);
    return (str){ long_text, (size_t)n };
}

str str_lower(struct arena *arena, str s)
{
    char *copy = arena_alloc(arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        copy[i] = (char)lower(s.p[i]);
    return (str){ copy, s.n };
}

str str_cat(struct arena *arena, str a, str b)
{
    return str_join(arena, (str[]){ a, b }, 2, (str){ NULL, 0 });
}

str str_join(struct arena *arena, const str *parts, size_t n, str sep)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += parts[i].n + (i > 0 ? sep.n : 0);
    char *out = arena_alloc(arena, total + 1);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && sep.n > 0) {
            memcpy(out + at, sep.p, sep.n);
            at += sep.n;
        }
        if (parts[i].n > 0)
            memcpy(out + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (str){ out, total };
}

str str_from_i64(struct arena *arena, int64_t v)
{
    char text[24];
    char *p = text + sizeof text;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (v < 0)
        *--p = '-';
    return str_dup(arena, (str){ p, (size_t)(text + sizeof text - p) });
}
