/* SPDX-License-Identifier: Apache-2.0
 * Doubles as a short decimal that reads back as the same. Called where numbers from outside
 * become text again. Must never depend on the locale, nor print what JSON cannot hold. */
#include "base/json_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX 17        /* always enough for a double */
#define DIGITS_PLAIN 15      /* always kept by a double */
#define PLAIN_POINT_MIN (-6) /* below, an exponent is shorter, as ECMAScript has it */
#define PLAIN_POINT_MAX 18   /* above, whole numbers would be read back as beyond int64 */

/* 0.digits * 10^point, without zeros at the end. */
struct decimal {
    bool negative;
    char digits[DIGITS_MAX];
    int n, point;
};

static bool decimal_exact(double v, int digits, struct decimal *ret)
{
    char text[JSON_NUMBER_N];
    int n = snprintf(text, sizeof text, "%.*e", digits - 1, v);
    ASSERT(n > 0 && (size_t)n < sizeof text);
    double back = strtod(text, NULL);
    if (back < v || back > v)
        return false;
    struct decimal d = { .negative = v < 0 };
    const char *p = text;
    for (; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') /* neither the sign nor the locale's point */
            d.digits[d.n++] = *p;
    }
    d.point = (int)strtol(p + 1, NULL, 10) + 1;
    while (d.n > 1 && d.digits[d.n - 1] == '0')
        d.n--;
    *ret = d;
    return true;
}

static char *put_digits(char *p, const struct decimal *d)
{
    int zeros = d->point < 0 ? -d->point : 0; /* between the point and the first digit */
    int whole = d->point > 0 ? d->point : 0;
    if (whole == 0)
        *p++ = '0';
    for (int i = 0; i < whole; i++)
        *p++ = i < d->n ? d->digits[i] : '0';
    if (d->n <= whole)
        return p;
    *p++ = '.';
    memset(p, '0', (size_t)zeros);
    p += zeros;
    memcpy(p, d->digits + whole, (size_t)(d->n - whole));
    return p + (d->n - whole);
}

static char *put_exponent(char *p, const struct decimal *d, size_t room)
{
    *p++ = d->digits[0];
    room--;
    if (d->n > 1) {
        *p++ = '.';
        memcpy(p, d->digits + 1, (size_t)(d->n - 1));
        p += d->n - 1;
        room -= (size_t)d->n;
    }
    int n = snprintf(p, room, "e%+d", d->point - 1);
    ASSERT(n > 0 && (size_t)n < room);
    return p + n;
}

size_t json_double_write(double v, int digits, char ret[static JSON_NUMBER_N])
{
    ASSERT(isfinite(v));
    ASSERT(digits > 0 && digits <= DIGITS_MAX);
    struct decimal d;
    int try = digits < DIGITS_PLAIN ? digits : DIGITS_PLAIN;
    while (!decimal_exact(v, try, &d)) {
        if (++try > digits)
            return 0;
    }
    char *p = ret;
    if (d.digits[0] == '0')
        d = (struct decimal){ .digits = { '0' }, .n = 1, .point = 1 };
    if (d.negative)
        *p++ = '-';
    if (d.point >= PLAIN_POINT_MIN + 1 && d.point <= PLAIN_POINT_MAX)
        p = put_digits(p, &d);
    else
        p = put_exponent(p, &d, JSON_NUMBER_N - d.negative);
    return (size_t)(p - ret);
}

str json_double_text(struct arena *arena, double v)
{
    char *p = arena_alloc(arena, JSON_NUMBER_N);
    return (str){ p, json_double_write(v, DIGITS_MAX, p) };
}
