/* SPDX-License-Identifier: Apache-2.0
 * The audit trail: a row for each sensitive act, written in the unit that does it, chained by
 * SHA-256 and never changed. Writers add rows that wait; one job chains them in order within about
 * a second, so no row and no lock is shared by those who write. Rows hold ids, never names. */
#ifndef SOUK_PLATFORM_AUDIT_AUDIT_H
#define SOUK_PLATFORM_AUDIT_AUDIT_H

#include "base/err.h"
#include "platform/job/job.h"

struct log;
struct audit;
#define AUDIT_DETAIL_DAYS 400
struct audit_deps {
    struct db *db;
    struct log *log; /* may be NULL: gets the head of the chain, a witness outside the database */
    int64_t detail_days; /* addresses and reasons go after it; 0: AUDIT_DETAIL_DAYS */
};
struct audit *audit_open(struct arena *life, struct audit_deps deps);

/* Who and from where is cx's. */
struct audit_act {
    const char *act;  /* "identity.roles_changed" */
    const char *kind; /* of the object: "user", "order", "flag" */
    id object_id;
    str object;        /* of what has no id: its key */
    str before, after; /* short, nobody's name, address or secret; may be absent */
    str reason;        /* as it was typed: kept apart, and forgotten with the person */
    id actor_id;       /* none: cx->who's */
};
#define AUDIT_TEXT_MAX 500 /* bytes that are kept of before, after and reason */
/* In a WRITE unit. `a` may be NULL in tests: then nothing is kept. Sets cx->noted. */
err audit_note(struct audit *a, struct cx *cx, struct audit_act act) MUST_USE;

/* In a READ unit; what was done in the last second may not be there yet. Newest first. */
struct audit_filter {
    id actor_id;    /* none: anybody's; also who stood behind them */
    str object;     /* absent: any */
    str act;        /* absent: any */
    int64_t before; /* 0: from the newest */
    int64_t limit;
};
struct audit_entry {
    int64_t seq, at_ms;
    id actor_id, behind_id, credential_id;
    str act, kind, object, before, after;
    str peer, reason; /* absent when they were forgotten */
};
err audit_list(struct audit *a, struct cx *cx, struct audit_filter filter, struct audit_entry **ret,
    size_t *ret_n) MUST_USE;

/* In a WRITE unit, for erasure: where the person's acts came from, and reasons given in acts of
 * theirs and about them. The chain stays whole. */
err audit_forget(struct audit *a, struct cx *cx, id user_id) MUST_USE;
/* In a READ unit: walks the whole chain. */
enum audit_wrong {
    AUDIT_CHANGED,  /* a row says something else than what was chained, or was never chained */
    AUDIT_REMOVED,  /* rows seq..last are missing */
    AUDIT_REPLACED, /* the row is whole, but not the one that the next was chained to */
    AUDIT_DETAIL,   /* address or reason of the row were changed */
    AUDIT_HEAD,     /* the row that is known from elsewhere is another, or missing */
};
struct audit_finding {
    enum audit_wrong wrong;
    int64_t seq, last;
};
#define AUDIT_FINDINGS_MAX 100
struct audit_report {
    int64_t rows;
    str head; /* hash of the last */
    struct audit_finding findings[AUDIT_FINDINGS_MAX];
    size_t findings_n; /* stops counting at the bound */
};
/* A row known from elsewhere (the log): what was cut off at the end shows. seq 0: none. */
struct audit_known {
    int64_t seq;
    str hash;
};
err audit_verify(
    struct audit *a, struct cx *cx, struct audit_known known, struct audit_report *ret) MUST_USE;
str audit_finding_text(struct arena *arena, const struct audit_finding *finding);

extern const struct job audit_jobs[]; /* of the handle */
extern const struct db_query *const audit_queries[];

#endif
