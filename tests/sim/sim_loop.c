/* SPDX-License-Identifier: Apache-2.0
 * Time: a queue of events by their time, run one by one on one thread. Called by the rest of
 * souk-sim; must never run an event of a process that died after it was queued. */
#include <stdlib.h>

#include "tests/sim/sim.h"

/* ---- the queue: a binary heap ---- */

static bool before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void put(struct sim *s, struct sim_event x)
{
    if (s->events_n == s->events_cap) {
        size_t cap = s->events_cap ? s->events_cap * 2 : 64;
        s->events = arena_grow(s->life, s->events, s->events_cap * sizeof x, cap * sizeof x);
        s->events_cap = cap;
    }
    size_t at = s->events_n++;
    for (size_t up; at > 0 && before(&x, &s->events[up = (at - 1) / 2]); at = up)
        s->events[at] = s->events[up];
    s->events[at] = x;
}

static struct sim_event take(struct sim *s)
{
    struct sim_event first = s->events[0], x = s->events[--s->events_n];
    size_t at = 0, down;
    while ((down = at * 2 + 1) < s->events_n) {
        if (down + 1 < s->events_n && before(&s->events[down + 1], &s->events[down]))
            down++;
        if (!before(&s->events[down], &x))
            break;
        s->events[at] = s->events[down];
        at = down;
    }
    s->events[at] = x;
    return first;
}

void sim_at(struct sim *s, int process, int64_t in_ms, sim_fn *fn, void *arg, struct cx *cx)
{
    put(s, (struct sim_event){ .at_ms = s->now_ms + in_ms,
               .order = rng_u64(&s->rng),
               .process = process,
               .life = process < 0 ? 0 : s->processes[process].life,
               .fn = fn,
               .arg = arg,
               .cx = cx });
}

/* ---- requests ---- */

struct cx *sim_cx(struct sim *s, int process)
{
    struct arena *a = arena_open(4096);
    struct cx *cx = NEW(a, struct cx);
    int64_t skew = process < 0 ? 0 : s->processes[process].skew_ms;
    *cx = (struct cx){ .arena = a,
        .now_ms = s->now_ms + skew,
        .rng = rng_seeded(rng_u64(&s->rng)),
        .peer = S("192.0.2.1") };
    return cx;
}

/* Once, whoever asks for it how often. */
void sim_cx_close(struct sim *s, struct cx *cx)
{
    if (!cx || cx->arena == s->life) /* that goes with the world */
        return;
    for (size_t i = 0; i < s->closing_n; i++)
        if (s->closing[i] == cx->arena)
            return;
    if (s->closing_n == s->closing_cap) {
        size_t cap = s->closing_cap ? s->closing_cap * 2 : 16;
        s->closing =
            arena_grow(s->life, s->closing, s->closing_cap * sizeof(void *), cap * sizeof(void *));
        s->closing_cap = cap;
    }
    s->closing[s->closing_n++] = cx->arena;
}

static void close_all(struct sim *s)
{
    for (size_t i = 0; i < s->closing_n; i++)
        arena_close(s->closing[i]);
    s->closing_n = 0;
}

/* ---- running ---- */

bool sim_step(struct sim *s, int64_t until_ms)
{
    if (s->events_n == 0 || s->events[0].at_ms > until_ms)
        return false;
    struct sim_event x = take(s);
    s->now_ms = x.at_ms > s->now_ms ? x.at_ms : s->now_ms;
    s->events_run_n++;
    if (x.process >= 0 && (!s->processes[x.process].up || s->processes[x.process].life != x.life)) {
        sim_cx_close(s, x.cx);
    } else {
        s->running = x.process;
        x.fn(s, x.arg);
        s->running = -1;
        sim_webhooks(s);
    }
    close_all(s);
    return true;
}

/* What happened already when its time comes. */
static void nothing(struct sim *s, void *arg)
{
    (void)s;
    (void)arg;
}

static bool is_alive(const struct sim *s, const struct sim_event *x)
{
    return s->processes[x->process].up && s->processes[x->process].life == x->life;
}

bool sim_step_between(struct sim *s, sim_fn *fn, int64_t within_ms)
{
    struct sim_event *first = NULL;
    for (size_t i = 0; i < s->events_n; i++) {
        struct sim_event *x = &s->events[i];
        if (x->fn == fn && x->process >= 0 && x->process != s->running && is_alive(s, x) &&
            x->at_ms <= s->now_ms + within_ms && (!first || before(x, first)))
            first = x;
    }
    if (!first)
        return false;
    const struct sim_event x = *first;
    first->fn = nothing;
    first->cx = NULL;
    int running = s->running;
    struct sim_unit *unit = s->unit;
    s->now_ms = x.at_ms > s->now_ms ? x.at_ms : s->now_ms;
    s->running = x.process;
    s->events_run_n++;
    x.fn(s, x.arg);
    s->running = running;
    s->unit = unit;
    return true;
}

void sim_queue_release(struct sim *s)
{
    for (size_t i = 0; i < s->events_n; i++)
        sim_cx_close(s, s->events[i].cx);
    s->events_n = 0;
    close_all(s);
}
