/* SPDX-License-Identifier: Apache-2.0
 * What people can ask of their data: an archive of all that is known of them, erasure, and what
 * they agreed to. JSON and pages; both work is done by jobs. Must never show or change another's.
 */
#ifndef SOUK_FLOWS_PRIVACY_PRIVACY_H
#define SOUK_FLOWS_PRIVACY_PRIVACY_H

#include "platform/http/person.h"
#include "services/behaviour/behaviour.h"
#include "services/identity/identity.h"

struct audit;
struct privacy;
extern const struct service privacy_service;
extern const struct db_marked privacy_marked[];

extern const problem PRIVACY_OPEN_ORDERS; /* 409 open_orders */
extern const problem PRIVACY_UNKNOWN;     /* 404: no such archive, or it has expired */
extern const problem PRIVACY_ASKED;       /* 409: an archive is being made already */

struct privacy_deps {
    struct db *db;
    struct db *(*db_of)(void *arg, str service); /* NULL: all is in `db` */
    void *arg;
    struct bus *bus;
    struct audit *audit;
    struct identity *identity;
    struct behaviour *behaviour;
    int64_t erase_days;  /* between asking and erasing */
    int64_t export_days; /* archives; 0: PRIVACY_EXPORT_DAYS */
    /* All services and flows; filled when they are open. Their order is that of erasure. */
    const struct service *const *services;
    const size_t *services_n;
};
struct privacy *privacy_open(struct arena *life, struct privacy_deps deps);
/* For the scheduler of a database that services have for themselves: with it privacy_apart_jobs
 * erase what is there. */
struct privacy_place;
struct privacy_place *privacy_at(struct arena *life, struct privacy *p, struct db *db);
extern const struct job privacy_apart_jobs[]; /* service pointer: struct privacy_place * */

/* ---- archives ---- */
#define PRIVACY_EXPORT_DAYS 7
struct privacy_export {
    id export_id;
    bool ready;
    int64_t bytes, asked_ms, expires_ms;
};
err privacy_export_ask(struct privacy *p, struct cx *cx, id user_id, id *ret_export_id) MUST_USE;
err privacy_export_list(struct privacy *p, struct cx *cx, id user_id, struct privacy_export **ret,
    size_t *ret_n) MUST_USE;
/* The ZIP; PRIVACY_UNKNOWN for another's, and until it is ready. */
err privacy_export_get(
    struct privacy *p, struct cx *cx, id user_id, id export_id, str *ret_zip) MUST_USE;

/* ---- erasure ---- */
struct privacy_erasure {
    bool asked, done;
    int64_t due_ms;
};
/* PRIVACY_OPEN_ORDERS while something is under way. A repeat gives the first date. */
err privacy_erase_ask(struct privacy *p, struct cx *cx, id user_id, int64_t *ret_due_ms) MUST_USE;
/* Nothing, once it has begun. */
err privacy_erase_keep(struct privacy *p, struct cx *cx, id user_id) MUST_USE;
err privacy_erase_get(
    struct privacy *p, struct cx *cx, id user_id, struct privacy_erasure *ret) MUST_USE;

/* ---- consents ---- */
enum privacy_purpose {
    PRIVACY_ANALYTICS,
    PRIVACY_PERSONALISATION,
    PRIVACY_MARKETING,
    PRIVACY_PURPOSES_N,
};
extern const char *const privacy_purpose_names[PRIVACY_PURPOSES_N + 1];
/* PRIVACY_PURPOSES_N: none has the name. */
enum privacy_purpose privacy_purpose_of(str name);
#define PRIVACY_TEXT_VERSION 1 /* of what people are shown; goes up with the words */
struct privacy_consent {
    bool granted;
    int64_t version, at_ms; /* 0: never asked */
};
err privacy_consent_set(struct privacy *p, struct cx *cx, id user_id, enum privacy_purpose purpose,
    bool granted) MUST_USE;
err privacy_consent_get(struct privacy *p, struct cx *cx, id user_id,
    struct privacy_consent ret[static PRIVACY_PURPOSES_N]) MUST_USE;

#endif
