/* SPDX-License-Identifier: Apache-2.0
 * Problems (errors as pointers to constants), the context of one request or job, assertions.
 * Below the edge nobody logs an error: it is returned, and logged once by who opened the cx. */
#ifndef SOUK_BASE_ERR_H
#define SOUK_BASE_ERR_H

#include "base/arena.h"
#include "base/id.h"
#include "base/rng.h"
#include "base/str.h"

enum kind {
    KIND_BUG,           /* 500: ours, says nothing to the client */
    KIND_MALFORMED,     /* 400: cannot be read */
    KIND_INVALID,       /* 422: read, not acceptable */
    KIND_UNSIGNED,      /* 401: no or bad credentials */
    KIND_DENIED,        /* 403: known, not allowed */
    KIND_MISSING,       /* 404: not there, or another owner's */
    KIND_CONFLICT,      /* 409: state conflict or twin in flight */
    KIND_STALE,         /* 412: If-Match does not match */
    KIND_TOO_LARGE,     /* 413 */
    KIND_WRONG_TYPE,    /* 415 */
    KIND_UNCONDITIONAL, /* 428: If-Match required */
    KIND_TOO_MANY,      /* 429 */
    KIND_BUSY,          /* 503 with Retry-After: try again */
    KIND_UPSTREAM,      /* 502: a provider failed */
    KIND_PAYMENT,       /* 402: the payment was refused */
    KIND_METHOD,        /* 405 */
    KIND_N,
};

typedef struct problem {
    enum kind kind;   /* the gateway maps kinds to statuses, in one table */
    const char *slug; /* stable: "inventory.out_of_stock"; names the problem in logs and tests */
    const char *code; /* the `code` on the wire: "insufficient_stock"; NULL: what follows the dot */
    const char *title; /* safe to show to a client */
} problem;
typedef const problem *err; /* NULL is success */

extern const problem ERR_BUG;       /* an assumption of ours failed */
extern const problem ERR_MALFORMED; /* the request cannot be read; cx->fields says where */
extern const problem ERR_INVALID;   /* fields have unacceptable values; cx->fields says which */
extern const problem ERR_MISSING;   /* no such thing (for this caller) */

/* One refused field of a request, kept in cx->fields. `pointer` is a JSON Pointer (RFC 6901). */
struct field_error {
    str pointer;
    const char *code;
    str detail;
    struct field_error *next;
};

/* Who is asking. Zero is nobody. */
enum role {
    ROLE_CUSTOMER = 1 << 0,
    ROLE_SELLER = 1 << 1,
    ROLE_SUPPORT = 1 << 2,
    ROLE_MODERATOR = 1 << 3,
    ROLE_CATALOG = 1 << 4,
    ROLE_FINANCE = 1 << 5,
    ROLE_ADMIN = 1 << 6,
};
struct principal {
    id user_id;    /* zero: not signed in */
    id session_id; /* zero: not signed in, or a token without one */
    str name, email;
    unsigned roles;    /* enum role bits */
    int64_t proved_ms; /* when a password or a code was last given in this session; 0: unknown */
    bool factor;       /* a second factor was given in this session */
    str cart_token;    /* guest cart token sent along, or absent */
    id behind_id;      /* the member of staff who acts as the user; none: it is the user */
    id credential_id;  /* the key that speaks for the user; none: a person is signed in */
};

struct db_unit;

/* One request or one job. Made by whoever opens a unit of work; handed down by pointer. */
struct cx {
    struct arena *arena;  /* lives as long as the request or job */
    int64_t now_ms;       /* Unix time in milliseconds, read once */
    struct db_unit *unit; /* the open unit of work; platform/db looks inside, nobody else */
    struct rng rng; /* seeded by whoever made the cx; for ids, jitter, draws: never for secrets */
    struct principal who;
    str request_id; /* on every log line and reply */
    str peer;       /* address of the client, text; absent in jobs */
    bool noted;     /* what is done stands in the audit trail: platform/audit sets it */
    /* set by the first failure */
    const char *where;          /* "file:line" */
    str detail;                 /* for the log only */
    struct field_error *fields; /* for the client, in order of discovery */
    int64_t retry_after_s;      /* for KIND_BUSY and KIND_TOO_MANY */
};

/* Returns e; keeps file:line and the detail in cx for the one log line the edge writes. First
 * failure wins. */
#define FAIL(cx, e, ...) cx_fail((cx), &(e), __FILE__ ":" STRINGIFY(__LINE__), __VA_ARGS__)
err cx_fail(struct cx *cx, err e, const char *where, const char *fmt, ...) PRINTF_LIKE(4, 5)
    __attribute__((returns_nonnull));

/* Adds one refused field; `detail` is shown to the client. The first 100 are kept. */
void cx_field(struct cx *cx, str pointer, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* A new id at cx->now_ms. The rng must have been seeded. */
id cx_id(struct cx *cx);
/* Forgets the recorded failure, for a caller that handles the error and goes on. */
void cx_clear(struct cx *cx);

/* For our own mistakes, never for input; stays on in production. */
#define ASSERT(cond)                                                                               \
    ((cond) ? (void)0 : panic(__FILE__ ":" STRINGIFY(__LINE__), "assertion failed: " #cond))
void panic(const char *where, const char *what) __attribute__((noreturn, cold));

#endif
