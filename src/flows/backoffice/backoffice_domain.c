/* SPDX-License-Identifier: Apache-2.0
 * The rules of backoffice_domain.h. Called by the pages; must never read a clock or a row. */
#include "flows/backoffice/backoffice_domain.h"

#include "base/arena.h"
#include "base/instant.h"

#define BAR_MAX 40

static str ago_of(struct arena *arena, int64_t n, const char *unit, bool ahead)
{
    const char *s = n == 1 ? "" : "s";
    return ahead ? str_fmt(arena, "in %lld %s%s", (long long)n, unit, s)
                 : str_fmt(arena, "%lld %s%s ago", (long long)n, unit, s);
}

str backoffice_domain_ago(struct arena *arena, int64_t ms, int64_t now_ms)
{
    bool ahead = ms > now_ms;
    int64_t away = ahead ? ms - now_ms : now_ms - ms;
    if (away < 5 * SECOND_MS)
        return S("just now");
    if (away < 2 * MINUTE_MS)
        return ago_of(arena, away / SECOND_MS, "second", ahead);
    if (away < 2 * HOUR_MS)
        return ago_of(arena, away / MINUTE_MS, "minute", ahead);
    if (away < 2 * DAY_MS)
        return ago_of(arena, away / HOUR_MS, "hour", ahead);
    return ago_of(arena, away / DAY_MS, "day", ahead);
}

str backoffice_domain_words(struct arena *arena, str name)
{
    if (!name.n)
        return name;
    char *text = arena_alloc(arena, name.n);
    for (size_t i = 0; i < name.n; i++)
        text[i] = name.p[i] == '_' || name.p[i] == '.' ? ' ' : name.p[i];
    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
    return (str){ text, name.n };
}

void backoffice_domain_bars(const int64_t *values, size_t n, int64_t *ret_heights)
{
    int64_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = values[i] > most ? values[i] : most;
    for (size_t i = 0; i < n; i++) {
        double part = most > 0 ? (double)values[i] / (double)most : 0;
        int64_t height = (int64_t)(part * BAR_MAX + 0.5);
        ret_heights[i] = height == 0 && values[i] > 0 ? 1 : height;
    }
}

str backoffice_domain_percent(struct arena *arena, double part)
{
    int64_t percent = (int64_t)(part * 100 + 0.5);
    if (percent == 0 && part > 0)
        percent = 1;
    if (percent >= 100 && part < 1)
        percent = 99;
    return str_fmt(arena, "%lld%%", (long long)percent);
}
