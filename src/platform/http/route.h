/* SPDX-License-Identifier: Apache-2.0
 * What a route is: the table that services and flows declare, and that the gateway serves, checks
 * and prints as OpenAPI. A handler decodes nothing and encodes nothing itself. */
#ifndef SOUK_PLATFORM_HTTP_ROUTE_H
#define SOUK_PLATFORM_HTTP_ROUTE_H

#include "base/json.h"
#include "platform/http/reply.h"
#include "platform/http/scope.h"

struct http_request;
enum unit {
    UNIT_UNSET, /* refused at start */
    UNIT_NONE,  /* runs on a worker, opens nothing: flows that run a saga, and pure answers */
    UNIT_READ,  /* on a worker, in a READ unit */
    UNIT_WRITE, /* on a lane, in a WRITE unit of the service's database; must be quick */
};
enum surface {
    SURFACE_API,  /* JSON in and out, problem+json, Bearer token */
    SURFACE_PAGE, /* HTML out, form in, cookies; a missing login redirects to /signin */
};
enum caching {
    CACHING_NONE,    /* Cache-Control: private, no-store */
    CACHING_PUBLIC,  /* same answer for everybody: kept in the cache, ETag, 304 */
    CACHING_FOREVER, /* content-hashed assets and pictures: a year, immutable */
};
enum idempotency {
    IDEM_ACCEPTED, /* mutations honour an Idempotency-Key when it is sent */
    IDEM_REQUIRED, /* missing: 400 idempotency_key_required */
    IDEM_OWN,      /* required, and the handler itself claims it (sagas) */
};
/* Stricter token buckets; all are per address, and per user when signed in. */
enum limit_class {
    LIMIT_DEFAULT, /* 60,000 a minute for API and pages */
    LIMIT_LOGIN,   /* 300 a minute: sign-in, sign-up, asking for mails */
    LIMIT_CODE,    /* 60 a minute: codes, passwords that are given again */
    LIMIT_PAYMENT, /* 30,000 a minute, 120 of a user: orders and payments */
    LIMIT_BEACON,  /* 1,200 a minute: what pages tell by the way */
    LIMIT_NONE,    /* assets, health */
};

/* Who is refused first with 503 when requests wait for workers: from a quarter of the queue on LOW,
 * from a half on NORMAL too, HIGH only when it is full. What the cache has is never refused. */
enum priority {
    PRIORITY_NORMAL,
    PRIORITY_LOW,  /* helps, but nobody needs it to buy: suggestions, reports */
    PRIORITY_HIGH, /* buying and paying, and getting in */
};

#define ROUTE_PROVED_MS (INT64_C(15) * 60 * 1000)

struct route {
    const char *method,
        *path; /* "/api/v1/products/{productId}": path parameters are AT_PATH fields */
    enum surface surface;
    enum scope scope;
    enum unit unit;
    enum caching caching;
    enum idempotency idempotency;
    enum limit_class limit;
    enum priority priority;
    const char *owner;            /* of the database of its WRITE unit; NULL: the service's own */
    size_t body_max;              /* 0: 64 KiB for bodies */
    const struct json_shape *in;  /* path, query, header and body fields; NULL: none are accepted */
    const struct json_shape *out; /* of the 2xx reply; NULL: no JSON body */
    int status;                   /* of success, for the documentation; 0: 200 */
    int status_pending;           /* of what goes on, with the same body; 0: there is none */
    bool step_up;   /* the password or a code must have been given in the last ROUTE_PROVED_MS */
    bool in_person; /* not for keys, and not for staff who act as the user */
    bool snake;     /* always answers in snake_case */
    bool foreign;   /* forms of other sites may be sent here: no cookie nor token of it is read */
    const char *summary;            /* one line, for OpenAPI */
    const problem *const *problems; /* NULL-terminated: what it may answer beyond the edge's own */
    /* Optional, on a worker in a READ unit, before a UNIT_WRITE handler: what is slow (password
     * hashing). May write to members of *in that are no JSON fields. */
    err (*before)(void *service, struct cx *cx, void *in);
    err (*fn)(void *service, struct cx *cx, const void *in, struct reply *reply);
    /* Optional: what there is to count of each request, whoever answers it, also the cache. On the
     * event loop: in memory, and quick. */
    void (*notice)(void *service, const struct cx *cx, const struct http_request *req);
    /* UNIT_WRITE: the conflict key of the unit, from the decoded input; NULL: 0. */
    uint64_t (*conflict)(const struct cx *cx, const void *in);
};
#define ROUTES_END                                                                                 \
    {                                                                                              \
        .method = NULL                                                                             \
    }

#endif
