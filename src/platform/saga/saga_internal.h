/* SPDX-License-Identifier: Apache-2.0
 * What the files of the saga engine share. For this folder only. */
#ifndef SOUK_PLATFORM_SAGA_SAGA_INTERNAL_H
#define SOUK_PLATFORM_SAGA_SAGA_INTERNAL_H

#include <pthread.h>

#include "platform/saga/saga.h"

#define KINDS_MAX 16

struct sagas {
    struct sagas_opts opts;
    struct {
        const struct saga_kind *kind;
        void *flow;
    } kinds[KINDS_MAX];
    size_t kinds_n;
    _Atomic int64_t waited_for;
    pthread_mutex_t lock;   /* over what follows */
    struct saga_run *woken; /* runs with an arena of their own */
};

/* One run of a saga by this process: from a request (its cx) or woken (a cx of its own). */
struct saga_run {
    struct sagas *sagas;
    const struct saga_kind *kind;
    void *flow;
    struct cx *cx;
    struct arena *own;                       /* of a woken run, else NULL */
    struct saga_run *woken_next, **woken_at; /* in sagas->woken */
    struct saga saga;
    size_t at; /* forward: the steps before it are done; undoing: those from it on are undone */
    size_t from, to; /* of the unit under way */
    bool written;    /* the row says where the run is */
    int64_t attempts, conflict;
    int64_t lease_ms;  /* until then nobody else takes it up */
    int64_t others_ms; /* until then one from which it was taken may act elsewhere */
    bool fresh;        /* there is no row yet */
    bool known;        /* the claim said stop */
    bool noted;        /* the row says that it is being undone */
    bool parks;        /* the note under way parks it, */
    int64_t wait_ms;   /* for so long */
    bool orphan;       /* a woken run: whoever had the row has ended, or died */
    bool taken;        /* a woken run got its row */
    err error;         /* what the note under way tells */
    struct saga_begin begin;
    struct saga_wake wake;
    /* what the refusal left in cx, for the reply */
    const char *where;
    str detail;
    struct field_error *fields;
};

/* Another run has taken the row over, or has finished it: this one stops and changes nothing. */
extern const problem SAGA_TAKEN_OVER;

/* ---- saga_rows.c: the row of a run; all in a WRITE unit of the saga's database ---- */
err saga_rows_add(struct saga_run *run, struct cx *cx) MUST_USE;
/* SAGA_TAKEN_OVER when the row is another's by now; likewise of remove. */
err saga_rows_move(struct saga_run *run, struct cx *cx) MUST_USE;
err saga_rows_state(struct saga_run *run, struct cx *cx) MUST_USE;
err saga_rows_remove(struct saga_run *run, struct cx *cx) MUST_USE;
/* Leases the row and fills the run; run->taken tells whether it got it. */
err saga_rows_take(struct saga_run *run, struct cx *cx) MUST_USE;

/* ---- saga.c: goes on with a row that nobody has any more, whatever its lease says ---- */
void saga_adopt(struct sagas *sagas, struct cx *cx, id saga_id);

/* ---- saga_plan.c: what comes next; pure ---- */
enum saga_next { SAGA_NEXT_UNIT, SAGA_NEXT_CALL, SAGA_NEXT_END };
/* Moves run->at past idle steps; for a unit sets run->to. */
enum saga_next saga_plan(struct saga_run *run);
struct db *saga_db_of(const struct saga_run *run, size_t i);
/* How far the saga may have come, when this run is at `at`: units elsewhere do not move the row, so
 * an earlier run may have been farther than whoever took it up from there. */
size_t saga_reached(const struct saga_run *run, size_t at);
/* The step that a row names. */
const struct saga_step *saga_step_at(const struct saga_run *run);
bool saga_ends_at(const struct saga_run *run, size_t to);
/* The run's place for the name of a step; false: the table has no such step. */
bool saga_place_of(struct saga_run *run, str step);
/* Whether this failure of a unit of step `at` undoes the saga. */
bool saga_refuses(const struct saga_run *run, err e);
int64_t saga_back_off_ms(struct cx *cx, int64_t tries);

/* ---- saga_run.c ---- */
void saga_advance(struct saga_run *run);

#endif
