/* SPDX-License-Identifier: Apache-2.0
 * What the files of platform/bus share: the bus, its consumers by type, one round of dispatching.
 * Nobody outside this folder may include it. */
#ifndef SOUK_PLATFORM_BUS_BUS_INTERNAL_H
#define SOUK_PLATFORM_BUS_BUS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "platform/bus/bus.h"

#define BUS_ATTEMPTS_MAX 10
#define BUS_OWNER_N 22 /* characters of 16 random bytes */

struct bus_consumer {
    const struct bus_handler *handler;
    void *service;
};
struct bus_consumers { /* of one type, in order of subscription */
    struct bus_consumer *list;
    size_t n, cap;
};

/* One event of a round. */
struct bus_run {
    struct bus_event event;
    int64_t attempts;
    const struct bus_consumers *consumers;
    bool together; /* all consumers in one unit, without marks: the first attempt */
    id behind;     /* the event of its aggregate before it in this round, or none */
    bool finished; /* its row went with the last unit that succeeded */
};
/* One event for one consumer, or together for all: a WRITE unit. Or, without a run, the removal of
 * the events that nobody wants. Filled by the dispatcher, then the lane's until it is reported. */
struct bus_step {
    struct bus *bus;
    struct bus_run *run;
    const struct bus_consumer *consumer; /* together: the one that is at it */
    const void **made;                   /* of each consumer of the step, see bus_event */
    bool last;                           /* of its event's consumers */
    bool held;                           /* in this round it has no unit */
    struct arena *arena;
    struct cx cx;
    err own;   /* what the work returned */
    err ended; /* what the unit came to */
};

/* The dispatcher's: one thread at a time, the bus's own or the caller of bus_drain. */
struct bus_round {
    struct arena *arena;
    struct cx cx;
    struct bus_run *runs;
    size_t runs_n;
    struct bus_step *steps;
    size_t steps_n;
    id *unwanted;
    size_t unwanted_n;
    int64_t due, handled, failed;
    err trouble; /* the database, not a consumer: nothing counts as an attempt */
};

struct bus {
    struct bus_opts opts;
    struct arena *life;
    struct map consumers;  /* type -> struct bus_consumers */
    size_t consumers_max;  /* of one type */
    _Atomic bool complete; /* all have subscribed: what nobody wants need not be written */
    struct bus_round round;
    struct arena *steps_arena; /* the dispatcher's: `life` is of another thread */
    struct bus_step *steps;    /* batch_max * consumers_max, made at the first round */
    size_t steps_cap;
    pthread_mutex_t emit_mutex; /* guards the two that follow */
    id last_id;
    bool last_known;
    pthread_mutex_t mutex; /* guards what follows up to the thread */
    pthread_cond_t wake, settled;
    bool woken, stop;
    size_t pending; /* units of the round that are not reported */
    bool started;
    pthread_t thread;
    char owner[BUS_OWNER_N + 1];
    int64_t lease_until_ms, lease_next_ms;
    int64_t prune_next_ms; /* the relay's: when marks are looked through again */
    _Atomic int64_t handled, failed;
};

/* For one round's worth of events, outside of units. */
err bus_relay_run(struct bus *bus, struct cx *cx, int64_t *ret_n) MUST_USE;
void bus_wake(struct bus *bus);

/* Dispatches what is due at now_ms; the figures are in bus->round afterwards. Returns its trouble,
 * with the detail in bus->round.cx. */
err bus_round_run(struct bus *bus, int64_t now_ms, uint64_t seed) MUST_USE;
void bus_round_close(struct bus *bus);
/* Whether this process may dispatch at now_ms. Always on SQLite: there is one process. */
bool bus_lease_hold(struct bus *bus, int64_t now_ms);
void bus_lease_drop(struct bus *bus);
/* JSON of ours with the values of all members "email" empty. */
str bus_without_email(struct arena *arena, str payload);
/* The version 7 id that is so many after a; 1: the next. */
id bus_id_after(id a, uint64_t by);

#endif
