/* SPDX-License-Identifier: Apache-2.0
 * Tests of time values. Run by meson test.
 * Must never read a clock; the expected numbers come from date(1). */
#include "tests/support/check.h"

#include "base/instant.h"

static const struct text_case {
    const char *name;
    int64_t ms;
    str rfc3339, http, day_short, day_long;
} text_cases[] = {
    { "epoch", 0, S_INIT("1970-01-01T00:00:00.000Z"), S_INIT("Thu, 01 Jan 1970 00:00:00 GMT"),
        S_INIT("Thu, 1 Jan"), S_INIT("1 January 1970") },
    { "a millisecond before", -1, S_INIT("1969-12-31T23:59:59.999Z"),
        S_INIT("Wed, 31 Dec 1969 23:59:59 GMT"), S_INIT("Wed, 31 Dec"),
        S_INIT("31 December 1969") },
    { "example of RFC 9110", INT64_C(784111777000), S_INIT("1994-11-06T08:49:37.000Z"),
        S_INIT("Sun, 06 Nov 1994 08:49:37 GMT"), S_INIT("Sun, 6 Nov"), S_INIT("6 November 1994") },
    { "header's example", INT64_C(1795249800000), S_INIT("2026-11-21T08:30:00.000Z"),
        S_INIT("Sat, 21 Nov 2026 08:30:00 GMT"), S_INIT("Sat, 21 Nov"),
        S_INIT("21 November 2026") },
    { "leap day", INT64_C(1709164800001), S_INIT("2024-02-29T00:00:00.001Z"),
        S_INIT("Thu, 29 Feb 2024 00:00:00 GMT"), S_INIT("Thu, 29 Feb"),
        S_INIT("29 February 2024") },
    { "leap day of a century", INT64_C(951782400000), S_INIT("2000-02-29T00:00:00.000Z"),
        S_INIT("Tue, 29 Feb 2000 00:00:00 GMT"), S_INIT("Tue, 29 Feb"),
        S_INIT("29 February 2000") },
    { "no leap day in 1900", INT64_C(-2203891200000), S_INIT("1900-03-01T00:00:00.000Z"),
        S_INIT("Thu, 01 Mar 1900 00:00:00 GMT"), S_INIT("Thu, 1 Mar"), S_INIT("1 March 1900") },
    { "last of what can be written", INT64_C(253402300799999), S_INIT("9999-12-31T23:59:59.999Z"),
        S_INIT("Fri, 31 Dec 9999 23:59:59 GMT"), S_INIT("Fri, 31 Dec"),
        S_INIT("31 December 9999") },
    { "first of what can be written", INT64_C(-62167219200000), S_INIT("0000-01-01T00:00:00.000Z"),
        S_INIT("Sat, 01 Jan 0000 00:00:00 GMT"), S_INIT("Sat, 1 Jan"), S_INIT("1 January 0") },
};

static void instants_are_written_and_read_back(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        const struct text_case *c = &text_cases[i];
        CASE_STR(c->name, instant_rfc3339(arena, c->ms), c->rfc3339);
        CASE_STR(c->name, instant_date(arena, c->ms), str_sub(c->rfc3339, 0, 10));
        CASE_STR(c->name, instant_http(arena, c->ms), c->http);
        CASE_STR(c->name, instant_day_short(arena, c->ms), c->day_short);
        CASE_STR(c->name, instant_day_long(arena, c->ms), c->day_long);
        int64_t back = 77;
        CASE(c->name, instant_parse(c->rfc3339, &back));
        CASE_INT(c->name, back, c->ms);
        CASE_INT(c->name, civil_to_ms(civil_from_ms(c->ms)), c->ms);
    }
}

static void what_cannot_be_written_is_clamped(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    CHECK_STR(instant_rfc3339(arena, INT64_MAX), S("9999-12-31T23:59:59.999Z"));
    CHECK_STR(instant_rfc3339(arena, INT64_MIN), S("0000-01-01T00:00:00.000Z"));
    CHECK_STR(instant_date(arena, INT64_MAX), S("9999-12-31"));
}

static const struct parse_case {
    const char *name;
    str text;
    bool ok;
    int64_t ms;
} parse_cases[] = {
    { "no fraction", S_INIT("1970-01-01T00:00:01Z"), true, 1000 },
    { "one digit", S_INIT("1970-01-01T00:00:00.5Z"), true, 500 },
    { "nanoseconds are cut", S_INIT("1970-01-01T00:00:00.123999999Z"), true, 123 },
    { "small letters", S_INIT("1970-01-01t00:00:01z"), true, 1000 },
    { "blank instead of T", S_INIT("1970-01-01 00:00:01Z"), true, 1000 },
    { "east", S_INIT("1970-01-01T02:00:00+02:00"), true, 0 },
    { "west", S_INIT("1969-12-31T18:30:00-05:30"), true, 0 },
    { "unknown local offset", S_INIT("1970-01-01T00:00:00-00:00"), true, 0 },
    { "leap second", S_INIT("2016-12-31T23:59:60Z"), true, INT64_C(1483228800000) },
    { "leap second elsewhere", S_INIT("1990-12-31T15:59:60-08:00"), true, INT64_C(662688000000) },
    { "leap second at noon", S_INIT("2016-12-31T11:59:60Z"), false, 0 },
    { "leap second in a minute", S_INIT("2016-12-31T23:58:60Z"), false, 0 },
    { "second 61", S_INIT("2016-12-31T23:59:61Z"), false, 0 },
    { "29 February 2024", S_INIT("2024-02-29T00:00:00Z"), true, INT64_C(1709164800000) },
    { "29 February 2023", S_INIT("2023-02-29T00:00:00Z"), false, 0 },
    { "29 February 1900", S_INIT("1900-02-29T00:00:00Z"), false, 0 },
    { "31 April", S_INIT("2024-04-31T00:00:00Z"), false, 0 },
    { "31 September", S_INIT("2024-09-31T00:00:00Z"), false, 0 },
    { "month 13", S_INIT("2024-13-01T00:00:00Z"), false, 0 },
    { "month 0", S_INIT("2024-00-01T00:00:00Z"), false, 0 },
    { "day 0", S_INIT("2024-01-00T00:00:00Z"), false, 0 },
    { "hour 24", S_INIT("2024-01-01T24:00:00Z"), false, 0 },
    { "minute 60", S_INIT("2024-01-01T00:60:00Z"), false, 0 },
    { "no zone", S_INIT("2024-01-01T00:00:00"), false, 0 },
    { "offset without colon", S_INIT("2024-01-01T00:00:00+0200"), false, 0 },
    { "offset of 24 hours", S_INIT("2024-01-01T00:00:00+24:00"), false, 0 },
    { "offset of 60 minutes", S_INIT("2024-01-01T00:00:00+00:60"), false, 0 },
    { "empty fraction", S_INIT("2024-01-01T00:00:00.Z"), false, 0 },
    { "rest", S_INIT("2024-01-01T00:00:00Zx"), false, 0 },
    { "no clock", S_INIT("2024-01-01"), false, 0 },
    { "year of five digits", S_INIT("12024-01-01T00:00:00Z"), false, 0 },
    { "minus in the year", S_INIT("-024-01-01T00:00:00Z"), false, 0 },
    { "before year 0 in UTC", S_INIT("0000-01-01T00:00:00+01:00"), false, 0 },
    { "after year 9999 in UTC", S_INIT("9999-12-31T23:59:59-01:00"), false, 0 },
    { "empty", S_INIT(""), false, 0 },
    { "absent", { NULL, 0 }, false, 0 },
};

static void texts_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parse_cases); i++) {
        const struct parse_case *c = &parse_cases[i];
        int64_t got = 77;
        CASE(c->name, instant_parse(c->text, &got) == c->ok);
        CASE_INT(c->name, got, c->ok ? c->ms : 77);
    }
}

static void every_beginning_of_a_text_is_refused(void **state)
{
    (void)state;
    str whole = S("2024-02-29T12:34:56.789+01:00");
    for (size_t n = 0; n < whole.n; n++) {
        int64_t got = 77;
        CHECK(!instant_parse(str_sub(whole, 0, n), &got));
        CHECK_INT(got, 77);
    }
}

static void dates_are_read_or_refused(void **state)
{
    (void)state;
    int64_t got = 77;
    CHECK(!instant_parse_date(S("2023-02-29"), &got));
    CHECK(!instant_parse_date(S("2024-2-29"), &got));
    CHECK(!instant_parse_date(S("2024-02-29 "), &got));
    CHECK(!instant_parse_date(S("20240229"), &got));
    CHECK_INT(got, 77);
    CHECK(instant_parse_date(S("2024-02-29"), &got));
    CHECK_INT(got, INT64_C(1709164800000));
}

/* Walks every day of 800 years with a calendar that counts, instead of one that divides. */
static void every_day_follows_the_day_before(void **state)
{
    (void)state;
    const int lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t ms = INT64_C(-11676096000000); /* 1600-01-01, a Saturday */
    int weekday = 6;
    for (int year = 1600; year < 2400; year++) {
        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (int month = 1; month <= 12; month++) {
            int days = lengths[month - 1] + (month == 2 && leap ? 1 : 0);
            for (int day = 1; day <= days; day++) {
                struct civil c = civil_from_ms(ms + DAY_MS - 1);
                CHECK(c.year == year && c.month == month && c.day == day);
                CHECK(c.hour == 23 && c.minute == 59 && c.second == 59 && c.ms == 999);
                CHECK(c.weekday == weekday);
                CHECK(
                    civil_to_ms((struct civil){ .year = year, .month = month, .day = day }) == ms);
                ms += DAY_MS;
                weekday = (weekday + 1) % 7;
            }
        }
    }
}

static const struct roll_case {
    const char *name;
    struct civil from;
    str want;
} roll_cases[] = {
    { "month 13", { .year = 2025, .month = 13, .day = 1 }, S_INIT("2026-01-01") },
    { "month 0", { .year = 2025, .month = 0, .day = 1 }, S_INIT("2024-12-01") },
    { "month -11", { .year = 2025, .month = -11, .day = 1 }, S_INIT("2024-01-01") },
    { "30 February", { .year = 2024, .month = 2, .day = 30 }, S_INIT("2024-03-01") },
    { "day 0", { .year = 2024, .month = 3, .day = 0 }, S_INIT("2024-02-29") },
    { "hour 24", { .year = 2024, .month = 12, .day = 31, .hour = 24 }, S_INIT("2025-01-01") },
};

static void civil_values_roll_over(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(roll_cases); i++) {
        const struct roll_case *c = &roll_cases[i];
        CASE_STR(c->name, instant_date(arena, civil_to_ms(c->from)), c->want);
    }
}

static void the_ends_of_int64_do_not_overflow(void **state)
{
    (void)state;
    CHECK_INT(civil_from_ms(INT64_MAX).year, 292278994);
    CHECK_INT(civil_from_ms(INT64_MIN).year, -292275055);
    CHECK_INT(civil_from_ms(INT64_MIN).ms, 192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_written_and_read_back),
        cmocka_unit_test(what_cannot_be_written_is_clamped),
        cmocka_unit_test(texts_are_read_or_refused),
        cmocka_unit_test(every_beginning_of_a_text_is_refused),
        cmocka_unit_test(dates_are_read_or_refused),
        cmocka_unit_test(every_day_follows_the_day_before),
        cmocka_unit_test(civil_values_roll_over),
        cmocka_unit_test(the_ends_of_int64_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
