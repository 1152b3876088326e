/* SPDX-License-Identifier: Apache-2.0
 * The event bus over a transactional outbox. An event is a row written in the unit that causes it;
 * workers read it at least once, in order per aggregate; the effects of all its consumers and its
 * removal are one WRITE unit, so effects happen once. When one of them fails, each consumer has a
 * unit of its own from then on, with a mark that its effect happened. Failures are retried with
 * back-off (1 s doubling to 5 min, jitter) and after 10 attempts dead-lettered, from where they can
 * be replayed. Events of one aggregate behind a failing one wait for it; a dead letter lets them
 * go.
 */
#ifndef SOUK_PLATFORM_BUS_BUS_H
#define SOUK_PLATFORM_BUS_BUS_H

#include "base/json.h"
#include "platform/db/db_personal.h"
#include "platform/job/job.h"

struct bus;
struct log;
struct clock;

struct bus_event {
    id event_id;  /* made by bus_emit when none */
    str type;     /* "order.confirmed" */
    id aggregate; /* order is kept per aggregate */
    str payload;  /* JSON, at most 64 KiB */
    int64_t occurred_ms;
    const void **made; /* `before` may leave there what fn is to find, in cx->arena */
};
struct bus_handler {
    const char *type;     /* exact type */
    const char *consumer; /* "notify.order_mail": unique, stable */
    /* In a WRITE unit; must be idempotent only with respect to things outside the database. */
    err (*fn)(void *service, struct cx *cx, const struct bus_event *event);
    /* May be NULL. What has no place in a unit (a mail, a call): on the dispatcher's thread,
     * without a unit, before fn's. May run again for an event, so it must be idempotent by
     * event_id. An error counts as an attempt, and fn does not run. */
    err (*before)(void *service, struct cx *cx, const struct bus_event *event);
};

/* Writes the event in the caller's WRITE unit and wakes the workers after its commit; not one of a
 * type that nobody has subscribed to, once the bus is started. `bus` may be NULL in tests: then the
 * row is written and nobody is woken. payload is encoded with the shape;
 * without one it is "{}". Ids grow from emit to emit within a process. */
err bus_emit(struct bus *bus, struct db *db, struct cx *cx, const char *type, id aggregate,
    const struct json_shape *shape, const void *payload) MUST_USE;

struct bus_opts {
    struct db *db;
    struct log *log;
    struct clock *clock;
    size_t batch_max;       /* events of one round; 0: 256 */
    int64_t keep_dead_days; /* dead letters; 0: 30 */
    /* For services with a database of their own: their events go to this bus, which has all
     * subscribers; each arrives once. NULL: this bus serves consumers itself. */
    struct bus *relay_to;
};
struct bus *bus_open(struct arena *life, struct bus_opts opts);
/* Before bus_start. handlers ends with { 0 }. */
void bus_subscribe(struct bus *bus, const struct bus_handler *handlers, void *service);
void bus_start(struct bus *bus); /* one dispatcher thread; on PostgreSQL under an advisory lock */
void bus_close(struct bus *bus); /* finishes the round under way */
/* Runs rounds on this thread until nothing is due: tests and simulation, without bus_start. Counts
 * the events that left the outbox. Failing consumers are no error here: they are retried when due;
 * an error is the database's, and what was not handled then is still there. */
err bus_drain(struct bus *bus, struct cx *cx, size_t *ret_handled) MUST_USE;
/* Dead letters back into the queue; returns how many. Consumers that were through are not repeated.
 * Later events of the aggregate have long passed. */
err bus_replay_dead(struct bus *bus, struct cx *cx, int64_t *ret_n) MUST_USE;

/* For people, in a READ unit: newest first, older than `before` (none: from the newest). What the
 * events hold is not told. */
struct bus_dead {
    id event_id, aggregate;
    str type, consumer, problem; /* who failed last, and with what */
    int64_t attempts, occurred_ms, died_ms;
};
err bus_dead_list(struct bus *bus, struct cx *cx, id before, int64_t limit, struct bus_dead **ret,
    size_t *ret_n) MUST_USE;

/* In a WRITE unit: dead letters about a person's account go, others that name them lose the e-mail.
 * email: folded; may be empty. */
struct bus_person {
    id user_id;
    str email;
};
err bus_forget(struct bus *bus, struct cx *cx, struct bus_person who) MUST_USE;
/* Dead letters that nobody replayed in keep_dead_days; service pointer: struct bus *. */
extern const struct job bus_jobs[];

struct bus_figures {
    int64_t waiting, dead;   /* in the database */
    int64_t handled, failed; /* events and attempts of this process */
    int64_t oldest_ms;       /* when the oldest waiting event occurred; 0: none waits */
};
err bus_figures_of(struct bus *bus, struct cx *cx, struct bus_figures *ret) MUST_USE;

extern const struct db_query *const bus_queries[];
extern const struct db_marked bus_marked[];

#endif
