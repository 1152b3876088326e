/* SPDX-License-Identifier: Apache-2.0
 * What sim_bus.c and sim_bus_check.c share: who hears which event, and what became of it. For these
 * two files; what others call is in sim.h. */
#ifndef SOUK_TESTS_SIM_SIM_BUS_H
#define SOUK_TESTS_SIM_SIM_BUS_H

#include "platform/bus/bus.h"
#include "tests/sim/sim.h"

/* A consumer of a process, real or the simulation's own, with one of the simulation around it. */
struct ear {
    struct sim_process *p;
    int index;                      /* of sim_ears */
    const struct bus_handler *real; /* NULL: only counts */
    void *service;                  /* of the real one */
    struct bus_handler own[2];
};
struct sim_ear {
    const char *type, *consumer;
};
#define SIM_EARS_MAX 32
extern const struct sim_ear sim_ears[];
extern const size_t sim_ears_n;
int sim_ear_index(const char *type, const char *consumer); /* -1: nobody's */

/* By event. */
struct sim_story {
    id event_id;
    int fails[SIM_EARS_MAX];
    bool ready[SIM_EARS_MAX]; /* what comes before its unit came through */
    int moments;              /* at which it failed */
    int64_t last_ms;          /* of these */
    bool to_nobody;           /* no letter: its buyer is erased */
};
struct sim_story *sim_story(struct sim *s, id event_id);

/* In the unit of an event, before its effect: it is one that was told, and its turn. */
void sim_bus_heard(
    struct sim *s, struct cx *cx, const struct ear *x, const struct bus_event *event);
/* After a turn: what is to be tried again. */
void sim_bus_look(struct sim *s);
/* The effect: counted in the unit. */
err sim_bus_note(
    struct sim *s, struct cx *cx, const struct ear *x, const struct bus_event *event) MUST_USE;

#endif
