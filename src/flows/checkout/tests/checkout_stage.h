/* SPDX-License-Identifier: Apache-2.0
 * Two actors who take turns: each on a thread of its own, of which one runs at a time. A step ends
 * where a unit or a call ends, for there the saga engine asks the clock. Whose turn it is comes
 * from a plan, and plans are walked until all have been. Must never be used outside this folder. */
#ifndef SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_STAGE_H
#define SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_STAGE_H

#include <pthread.h>

#include "flows/checkout/tests/checkout_books.h"

#define TURNS_MAX 128
#define NOBODY (-1)

/* Turn by turn: false, whoever has it goes on; true, the other one does. */
struct plan {
    bool first;    /* the second actor begins */
    size_t kept_n; /* the turns from before; what follows goes on without a change */
    bool turns[TURNS_MAX];
    bool open[TURNS_MAX]; /* there was a choice */
    size_t n;
    int64_t changes_max; /* most times that a turn is taken from who could go on */
};

struct stage {
    struct world *w;
    struct clock clock; /* the world's own */
    pthread_mutex_t mutex;
    pthread_cond_t turn;
    int now; /* the actor who runs, or NOBODY */
    bool over[2];
    int64_t done; /* units and calls when the turn began */
    struct plan plan;
    char story[TURNS_MAX + 1]; /* "aabab": who took which step */
    void (*acts[2])(void *actor);
    void *actors[2];
};

/* Units, reads and calls so far: a clock that is asked twice in between ends no step. */
static inline int64_t stage_count(struct stage *s)
{
    int64_t n = s->w->calls;
    for (int i = 0; i < PLACES_N; i++) {
        if (i != PLACE_MAIN && s->w->stores[i] == s->w->stores[PLACE_MAIN])
            continue;
        struct db_figures f = db_figures_of(world_db(s->w, (enum place)i));
        n += f.units + f.reads;
    }
    return n;
}

static inline void stage_await(struct stage *s, int who)
{
    while (s->now != who)
        pthread_cond_wait(&s->turn, &s->mutex);
}

static inline void stage_give(struct stage *s, int who)
{
    s->now = who;
    pthread_cond_broadcast(&s->turn);
}

static inline int64_t stage_now(void *self)
{
    struct stage *s = self;
    pthread_mutex_lock(&s->mutex);
    int me = s->now;
    if (me != NOBODY && stage_count(s) != s->done) {
        stage_give(s, NOBODY);
        stage_await(s, me);
        s->done = stage_count(s);
    }
    pthread_mutex_unlock(&s->mutex);
    return clock_now_ms(&s->clock);
}

/* For actors who are no saga: the end of a step. */
static inline void stage_step(struct stage *s)
{
    (void)clock_now_ms(&s->w->clock);
}

static inline void stage_main(struct stage *s, int me)
{
    pthread_mutex_lock(&s->mutex);
    stage_await(s, me);
    s->done = stage_count(s);
    pthread_mutex_unlock(&s->mutex);
    s->acts[me](s->actors[me]);
    pthread_mutex_lock(&s->mutex);
    s->over[me] = true;
    stage_give(s, NOBODY);
    pthread_mutex_unlock(&s->mutex);
}

static inline void *stage_first(void *arg)
{
    stage_main(arg, 0);
    return NULL;
}

static inline void *stage_second(void *arg)
{
    stage_main(arg, 1);
    return NULL;
}

/* Whose turn is next, and whether it could have been the other's. */
static inline int stage_next(struct stage *s, int last, size_t turn, int64_t *changes)
{
    struct plan *p = &s->plan;
    bool both = !s->over[0] && !s->over[1];
    p->open[turn] = both && last != NOBODY && *changes < p->changes_max;
    if (turn >= p->kept_n)
        p->turns[turn] = false;
    if (last == NOBODY)
        return p->first ? 1 : 0;
    if (!both)
        return s->over[0] ? 1 : 0;
    if (!p->open[turn] || !p->turns[turn])
        return last;
    ++*changes;
    return 1 - last;
}

static inline void stage_direct(struct stage *s)
{
    int last = NOBODY;
    int64_t changes = 0;
    size_t turn = 0;
    pthread_mutex_lock(&s->mutex);
    for (; !s->over[0] || !s->over[1]; turn++) {
        assert_true(turn < TURNS_MAX);
        last = stage_next(s, last, turn, &changes);
        s->story[turn] = last ? 'b' : 'a';
        stage_give(s, last);
        stage_await(s, NOBODY);
    }
    s->plan.n = turn;
    s->story[turn] = '\0';
    pthread_mutex_unlock(&s->mutex);
}

/* Both act once, by the plan. */
static inline void stage_play(struct stage *s)
{
    pthread_t threads[2];
    s->clock = s->w->clock;
    s->w->clock = (struct clock){ stage_now, s };
    s->now = NOBODY;
    s->over[0] = s->over[1] = false;
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->turn, NULL);
    CHECK_INT(pthread_create(&threads[0], NULL, stage_first, s), 0);
    CHECK_INT(pthread_create(&threads[1], NULL, stage_second, s), 0);
    stage_direct(s);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_cond_destroy(&s->turn);
    pthread_mutex_destroy(&s->mutex);
    s->w->clock = s->clock;
}

/* The next plan: the last turn that was not taken from its owner, and could have been, is. False
 * when there is none: all have been played. */
static inline bool stage_advance(struct plan *p)
{
    for (size_t i = p->n; i-- > 0;)
        if (p->open[i] && !p->turns[i]) {
            p->turns[i] = true;
            p->kept_n = i + 1;
            return true;
        }
    p->kept_n = 0;
    if (p->first)
        return false;
    p->first = true;
    return true;
}

#endif
