/* SPDX-License-Identifier: Apache-2.0
 * The saga engine: work of several steps in several places that ends whole or undone
 * (H. Garcia-Molina, K. Salem: Sagas, SIGMOD 1987). A saga is a table of steps and a row; any
 * process may take it up where the row says. Steps are units (in a unit of work of the step's
 * database) or calls (outside of any unit, on an executor). Neighbouring units of one database
 * share one unit of work, together with the row's own change when it is the saga's database. No
 * thread waits between steps. One of the four places that open units of work.
 *
 * What a step must promise, because it may run again after a crash, and by two processes at once
 * when a lease ran out: todo is idempotent on (saga, step); undo is too, and does nothing when todo
 * was never done. A call carries a key derived from the saga, so the provider repeats its answer.
 *
 *   forward --step refused--> undoing --nothing left to undo--> ended (row gone)
 *      |  ^                      |
 *      |  +--- woken, or lease --+-- away/lost: again with back-off, then left to the job
 *      +--parked (a buyer at the bank)
 */
#ifndef SOUK_PLATFORM_SAGA_SAGA_H
#define SOUK_PLATFORM_SAGA_SAGA_H

#include "base/json.h"
#include "platform/clock/clock.h"
#include "platform/db/db_personal.h"
#include "platform/job/job.h"
#include "platform/pool/executor.h"

struct sagas;
struct log;

#define SAGA_LEASE_MS 30000 /* one process's time for a stretch of steps */
#define SAGA_STEPS_MAX 32

/* What steps see of their saga. */
struct saga {
    id saga_id;
    void *state; /* the flow's own struct, in cx->arena; kept in the row as JSON of kind->state */
    str label;   /* for people: the order's number; a step may set it */
    int64_t created_ms, tries; /* tries: of the present call so far, from 1 */
    bool undoing;
    bool first;  /* in the unit that begins it: nothing of it was ever written */
    str reason;  /* while undoing: the slug of the problem, or what the call said */
    err refused; /* the problem itself; NULL when another process found it */
};

enum saga_verdict {
    SAGA_GO_ON,  /* the call is through */
    SAGA_AGAIN,  /* the answer was lost or the other side is away: call again */
    SAGA_PARK,   /* goes on when woken, or after wait_ms: then the call is made again */
    SAGA_REFUSE, /* not to be had (not while undoing): everything so far is undone */
};
struct saga_said {
    enum saga_verdict verdict;
    int64_t wait_ms; /* AGAIN: 0 is the engine's back-off, with jitter */
    err why;         /* REFUSE */
    str reason;      /* REFUSE: instead of why's slug; in cx->arena or static */
};
/* Whether a failure may pass by itself: BUSY, BUG, UPSTREAM. For calls that fail as units do. */
bool saga_may_pass(err e);
typedef err saga_unit(void *flow, struct cx *cx, struct saga *s);
typedef struct saga_said saga_call(void *flow, struct cx *cx, struct saga *s);

/* Either todo/undo or call/call_back (any may be NULL). A unit that fails with a problem of kind
 * BUSY, BUG or UPSTREAM is tried again later; with any other the saga is undone, which is only
 * allowed in the first stretch and up to the last step that has an undo: beyond it nothing may
 * refuse (it is tried again). */
struct saga_step {
    const char *name; /* stable: rows name it */
    saga_unit *todo, *undo;
    saga_call *call, *call_back;
    saga_unit *parked; /* of a call, before it waits */
    /* Where todo, undo and parked write; NULL: the saga's own database. */
    struct db *(*db)(const void *flow);
    /* True: neither done nor undone. Must not depend on what neighbouring units change. */
    bool (*idle)(const void *flow, const struct saga *s);
};
struct saga_kind {
    const char *name;
    const struct saga_step *steps;
    size_t steps_n;
    const struct json_shape *state;
    bool own_ids; /* each is made for its saga; else a second one is refused: DB_DUPLICATE */
    saga_unit
        *undone; /* in the unit that ends an undone saga, of the saga's database; may be NULL */
};

struct sagas_opts {
    struct db *db;
    struct log *log; /* may be NULL */
    struct clock *clock;
    struct executor exec; /* of calls; zero: on the caller's thread */
    bool alone;           /* no other process works on this database (SQLite) */
};
struct sagas *sagas_open(struct arena *life, struct sagas_opts opts);
/* After the executor and the lanes have ended: forgets runs that still waited for a timer. Their
 * rows stand, and the next process resumes them. NULL is a no-op. */
void sagas_close(struct sagas *sagas);
/* Before anything runs. Kinds of equal names are our bug. */
void sagas_add(struct sagas *sagas, const struct saga_kind *kind, void *flow);

enum saga_outcome {
    SAGA_NEVER,  /* nothing was begun; failed says why */
    SAGA_KNOWN,  /* the claim said stop: nothing was begun */
    SAGA_DONE,   /* ended */
    SAGA_UNDONE, /* ended; failed says why, cx has its detail and fields */
    SAGA_WAITS,  /* parked, or left to the job (failed may say what is wrong) */
};
struct saga_over {
    enum saga_outcome outcome;
    err failed;
    const struct saga *saga;
};
struct saga_begin {
    const struct saga_kind *kind;
    id saga_id;
    void *state;
    uint64_t conflict; /* lane of its units (db.h) */
    struct cx *cx;     /* of the request: the run lives in its arena until over() */
    /* First in the first unit, which is of the saga's database: claims the idempotency key. May be
     * NULL. *ret_known: it was done before, nothing is begun. An error: nothing is begun. */
    err (*claim)(void *arg, struct cx *cx, bool *ret_known);
    /* over() when the first call is reached: what it needs is on record, and refusals that are
     * known without it have been told. The rest runs in the background. */
    bool later;
    /* Called once, on any thread. Nothing of the run may be used after it returns. */
    void (*over)(void *arg, struct cx *cx, struct saga_over over);
    void *arg;
};
/* Runs the steps until the saga ends or must wait. */
void saga_begin(struct sagas *sagas, struct saga_begin in);
/* In a WRITE unit of the sagas' database, with in.cx of that unit: it begins in the background once
 * that is committed. False: one with its id is under way, nothing was written. Not of claim, later
 * and over. */
err saga_leave(struct sagas *sagas, struct saga_begin in, bool *ret_left) MUST_USE;
/* How many were begun here, not `later`, and are not over: requests that wait for an outcome. */
int64_t sagas_waited_for(struct sagas *sagas);

/* Goes on with a saga in the background, in an arena of its own, when its lease has run out; with
 * `force` at once: what it waited for has happened, and whoever has it, and may have looked too
 * early, stops at its next unit of the saga's database; in others nothing is undone before that
 * one's lease is over. Does nothing when there is none. `after` (may be NULL) is called once when
 * it ended or waits again. */
struct saga_wake {
    id saga_id;
    bool force;
    void (*after)(void *arg);
    void *arg;
};
void saga_wake(struct sagas *sagas, struct cx *cx, struct saga_wake in);
/* After a start: takes up all (alone) or all whose lease has run out. */
err sagas_resume(struct sagas *sagas, struct cx *cx, size_t *ret_n) MUST_USE;
extern const struct job saga_jobs[]; /* service pointer: struct sagas * */

/* ---- for people; in a READ unit ---- */
struct saga_view {
    id saga_id;
    str kind, label, step, reason, error, state;
    bool undoing, parked;
    int64_t attempts, next_ms, created_ms;
    const struct saga_kind *steps_of; /* NULL: a kind that this program does not know */
};
/* By id or label; ERR_MISSING: it has ended, or never was. */
err saga_get(struct sagas *sagas, struct cx *cx, str id_or_label, struct saga_view *ret) MUST_USE;
/* Oldest first; attempts_min 0: all. At most 1000. */
err saga_list(struct sagas *sagas, struct cx *cx, int64_t attempts_min, struct saga_view **ret,
    size_t *ret_n) MUST_USE;

extern const struct db_query *const saga_queries[];
extern const struct db_marked saga_marked[];

#endif
