/* SPDX-License-Identifier: Apache-2.0
 * Time values: Unix milliseconds to and from text, UTC, proleptic Gregorian calendar. Reads no
 * clock. (Day arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".) */
#ifndef SOUK_BASE_INSTANT_H
#define SOUK_BASE_INSTANT_H

#include "base/str.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

struct civil {
    int year, month, day, hour, minute, second, ms;
    int weekday; /* 0 is Sunday */
};
struct civil civil_from_ms(int64_t ms);
/* weekday is not looked at; month 13 or day 0 roll over into the next year or the last month. */
int64_t civil_to_ms(struct civil c);

/* Texts have four digits of year: an instant before year 0 or after 9999 is written as the nearest
 * that can be. */
str instant_rfc3339(struct arena *arena, int64_t ms); /* 2026-11-21T08:30:00.000Z */
#define INSTANT_TEXT_N 24
void instant_write(int64_t ms, char ret[static INSTANT_TEXT_N]);
str instant_date(struct arena *arena, int64_t ms); /* 2026-11-21 */
/* RFC 3339 with any offset and fraction (dropped beyond milliseconds); years 0 to 9999 in UTC. A
 * leap second is read as the first second of the next day. */
bool instant_parse(str text, int64_t *ret_ms) MUST_USE;
bool instant_parse_date(str text, int64_t *ret_ms) MUST_USE; /* midnight UTC */
str instant_http(struct arena *arena, int64_t ms);           /* RFC 9110 IMF-fixdate */
/* For people: "Sat, 21 Nov" and "21 November 2026". */
str instant_day_short(struct arena *arena, int64_t ms);
str instant_day_long(struct arena *arena, int64_t ms);

#endif
