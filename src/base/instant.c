/* SPDX-License-Identifier: Apache-2.0
 * Time values to and from text. Called by json, pages, logs, HTTP dates and sagas.
 * Must never read a clock or a time zone: the caller says when it is. */
#include "base/instant.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"

/* What four digits of a year can say; instants outside are written as the nearest of these. */
#define TEXT_MIN_MS INT64_C(-62167219200000) /* 0000-01-01T00:00:00.000Z */
#define TEXT_MAX_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */
#define YEAR_MAX 290000000                   /* beyond, milliseconds leave int64_t */
#define ERA_DAYS 146097                      /* 400 years */
#define EPOCH_DAYS 719468                    /* from 0000-03-01 to 1970-01-01 */

static const char weekdays[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const months[12] = { "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December" };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

struct civil civil_from_ms(int64_t ms)
{
    int64_t days = floor_div(ms, DAY_MS);
    int rest = (int)(ms % DAY_MS < 0 ? ms % DAY_MS + DAY_MS : ms % DAY_MS);
    int64_t shifted = days + EPOCH_DAYS;
    int64_t era = floor_div(shifted, ERA_DAYS);
    int doe = (int)(shifted - era * ERA_DAYS); /* day of era, year of era, day of year from March */
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153; /* month from March */
    int month = mp < 10 ? mp + 3 : mp - 9;
    int64_t weekday = (days + 4) % 7; /* 1970-01-01 was a Thursday */
    return (struct civil){
        .year = (int)(yoe + era * 400) + (month <= 2 ? 1 : 0),
        .month = month,
        .day = doy - (153 * mp + 2) / 5 + 1,
        .hour = rest / (int)HOUR_MS,
        .minute = rest / (int)MINUTE_MS % 60,
        .second = rest / (int)SECOND_MS % 60,
        .ms = rest % (int)SECOND_MS,
        .weekday = (int)(weekday < 0 ? weekday + 7 : weekday),
    };
}

/* Months and all that is smaller may be out of range: month 13 is the next January. */
int64_t civil_to_ms(struct civil c)
{
    int64_t year = c.year + floor_div((int64_t)c.month - 1, 12);
    int64_t month = (int64_t)c.month - 1 - floor_div((int64_t)c.month - 1, 12) * 12 + 1;
    ASSERT(year >= -YEAR_MAX && year <= YEAR_MAX);
    if (month <= 2)
        year--;
    int64_t era = floor_div(year, 400);
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    int64_t days = era * ERA_DAYS + doe - EPOCH_DAYS + c.day - 1;
    int64_t ms = 0;
    bool overflow = __builtin_mul_overflow(days, DAY_MS, &ms) ||
                    __builtin_add_overflow(ms,
                        c.hour * HOUR_MS + c.minute * MINUTE_MS + c.second * SECOND_MS + c.ms, &ms);
    ASSERT(!overflow);
    return ms;
}

static char *put_digits(char *at, int value, size_t n)
{
    for (size_t i = n; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + n;
}

static char *put_char(char *at, char c)
{
    *at = c;
    return at + 1;
}

static int64_t writable(int64_t ms)
{
    if (ms < TEXT_MIN_MS)
        return TEXT_MIN_MS;
    return ms > TEXT_MAX_MS ? TEXT_MAX_MS : ms;
}

static char *put_date(char *at, struct civil c)
{
    at = put_char(put_digits(at, c.year, 4), '-');
    at = put_char(put_digits(at, c.month, 2), '-');
    return put_digits(at, c.day, 2);
}

static char *put_clock(char *at, struct civil c)
{
    at = put_char(put_digits(at, c.hour, 2), ':');
    at = put_char(put_digits(at, c.minute, 2), ':');
    return put_digits(at, c.second, 2);
}

void instant_write(int64_t ms, char ret[static INSTANT_TEXT_N])
{
    struct civil c = civil_from_ms(writable(ms));
    char *at = put_char(put_date(ret, c), 'T');
    at = put_char(put_clock(at, c), '.');
    at = put_char(put_digits(at, c.ms, 3), 'Z');
    ASSERT(at == ret + INSTANT_TEXT_N);
}

str instant_rfc3339(struct arena *arena, int64_t ms)
{
    char *text = arena_alloc(arena, INSTANT_TEXT_N + 1);
    instant_write(ms, text);
    return (str){ text, INSTANT_TEXT_N };
}

str instant_date(struct arena *arena, int64_t ms)
{
    char *text = arena_alloc(arena, INSTANT_TEXT_N);
    char *end = put_date(text, civil_from_ms(writable(ms)));
    return (str){ text, (size_t)(end - text) };
}

/* Exactly n digits off *rest. */
static bool take_number(str *rest, size_t n, int *ret)
{
    if (rest->n < n)
        return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(unsigned char)rest->p[i] - '0';
        if (digit > 9)
            return false;
        value = value * 10 + (int)digit;
    }
    *rest = str_skip(*rest, n);
    *ret = value;
    return true;
}

static bool take_char(str *rest, char c)
{
    if (rest->n == 0 || rest->p[0] != c)
        return false;
    *rest = str_skip(*rest, 1);
    return true;
}

static int month_days(int year, int month)
{
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool take_date(str *rest, struct civil *c)
{
    return take_number(rest, 4, &c->year) && take_char(rest, '-') &&
           take_number(rest, 2, &c->month) && take_char(rest, '-') &&
           take_number(rest, 2, &c->day) && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= month_days(c->year, c->month);
}

/* Digits beyond the third are dropped. */
static bool take_fraction(str *rest, int *ret_ms)
{
    int ms = 0;
    int digit = 0;
    int n = 0;
    while (rest->n > 0 && rest->p[0] >= '0' && rest->p[0] <= '9' && take_number(rest, 1, &digit)) {
        if (n < 3)
            ms = ms * 10 + digit;
        n++;
    }
    for (int i = n; i < 3; i++)
        ms *= 10;
    *ret_ms = ms;
    return n > 0;
}

/* 60 is a leap second; the caller checks that it is the last of a day. */
static bool take_clock(str *rest, struct civil *c)
{
    if (!take_number(rest, 2, &c->hour) || !take_char(rest, ':') ||
        !take_number(rest, 2, &c->minute) || !take_char(rest, ':') ||
        !take_number(rest, 2, &c->second))
        return false;
    if (c->hour > 23 || c->minute > 59 || c->second > 60)
        return false;
    return !take_char(rest, '.') || take_fraction(rest, &c->ms);
}

static bool take_offset(str *rest, int64_t *ret_ms)
{
    *ret_ms = 0;
    if (take_char(rest, 'Z') || take_char(rest, 'z'))
        return true;
    bool west = take_char(rest, '-');
    int hour = 0;
    int minute = 0;
    if (!(west || take_char(rest, '+')) || !take_number(rest, 2, &hour) || !take_char(rest, ':') ||
        !take_number(rest, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *ret_ms = (hour * HOUR_MS + minute * MINUTE_MS) * (west ? -1 : 1);
    return true;
}

bool instant_parse(str text, int64_t *ret_ms)
{
    struct civil c = { 0 };
    int64_t offset_ms = 0;
    if (!take_date(&text, &c))
        return false;
    if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
        return false;
    if (!take_clock(&text, &c) || !take_offset(&text, &offset_ms) || text.n > 0)
        return false;
    int64_t ms = civil_to_ms(c) - offset_ms; /* a leap second becomes the first of the next day */
    if (c.second == 60 && floor_div(ms, SECOND_MS) % (DAY_MS / SECOND_MS) != 0)
        return false;
    if (ms < TEXT_MIN_MS || ms > TEXT_MAX_MS)
        return false;
    *ret_ms = ms;
    return true;
}

bool instant_parse_date(str text, int64_t *ret_ms)
{
    struct civil c = { 0 };
    if (!take_date(&text, &c) || text.n > 0)
        return false;
    *ret_ms = civil_to_ms(c);
    return true;
}

str instant_http(struct arena *arena, int64_t ms)
{
    struct civil c = civil_from_ms(writable(ms));
    char *text = arena_alloc(arena, 32);
    char *at = text;
    memcpy(at, weekdays[c.weekday], 3);
    at = put_char(put_char(at + 3, ','), ' ');
    at = put_char(put_digits(at, c.day, 2), ' ');
    memcpy(at, months[c.month - 1], 3);
    at = put_char(at + 3, ' ');
    at = put_char(put_digits(at, c.year, 4), ' ');
    at = put_clock(at, c);
    memcpy(at, " GMT", 4);
    return (str){ text, (size_t)(at + 4 - text) };
}

str instant_day_short(struct arena *arena, int64_t ms)
{
    struct civil c = civil_from_ms(writable(ms));
    return str_fmt(arena, "%s, %d %.3s", weekdays[c.weekday], c.day, months[c.month - 1]);
}

str instant_day_long(struct arena *arena, int64_t ms)
{
    struct civil c = civil_from_ms(writable(ms));
    return str_fmt(arena, "%d %s %d", c.day, months[c.month - 1], c.year);
}
