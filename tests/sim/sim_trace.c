/* SPDX-License-Identifier: Apache-2.0
 * What happened: a hash over all of it, and its last lines for who has to find out why. Called from
 * everywhere in souk-sim; must never hold what differs from run to run of one seed. */
#include <stdarg.h>
#include <stdio.h>

#include "tests/sim/sim.h"

static void hash_line(struct sim *s, const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        s->hash = (s->hash ^ (unsigned char)line[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
}

void sim_say(struct sim *s, const char *fmt, ...)
{
    char line[400];
    int64_t ms = s->now_ms - s->begun_ms;
    int n = snprintf(line, sizeof line, "%6lld.%03lld %c ", (long long)(ms / 1000),
        (long long)(ms % 1000), s->running < 0 ? '-' : 'A' + s->running);
    va_list args;
    va_start(args, fmt);
    int m = vsnprintf(line + n, sizeof line - (size_t)n, fmt, args);
    va_end(args);
    size_t all = (size_t)(n + m) < sizeof line ? (size_t)(n + m) : sizeof line - 1;
    hash_line(s, line, all);
    if (s->verbose)
        (void)printf("%s\n", line);
    (void)snprintf(s->tail[s->lines_n++ % SIM_TAIL], sizeof s->tail[0], "%s", line);
}

void sim_fail(struct sim *s, const char *fmt, ...)
{
    char what[400];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    sim_say(s, "BROKEN: %s", what);
    if (!s->failed[0])
        (void)snprintf(s->failed, sizeof s->failed, "%s", what);
}

void sim_print_tail(struct sim *s)
{
    size_t from = s->lines_n > SIM_TAIL ? s->lines_n - SIM_TAIL : 0;
    for (size_t i = from; i < s->lines_n; i++)
        (void)printf("    %s\n", s->tail[i % SIM_TAIL]);
}

bool sim_chance(struct sim *s, unsigned per_mille)
{
    return !s->quiet && rng_chance(&s->rng, per_mille);
}

int64_t sim_between(struct sim *s, int64_t low, int64_t high)
{
    return rng_between(&s->rng, low, high);
}

const char *sim_name(struct cx *cx, id a)
{
    str text = id_text(cx->arena, a);
    return str_c(cx->arena, str_skip(text, text.n - 6));
}
