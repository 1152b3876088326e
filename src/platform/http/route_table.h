/* SPDX-License-Identifier: Apache-2.0
 * All routes of the application, found by method and path, and the decoding of a request into the
 * input struct of its route. Built at start, read by all threads. */
#ifndef SOUK_PLATFORM_HTTP_ROUTE_TABLE_H
#define SOUK_PLATFORM_HTTP_ROUTE_TABLE_H

#include "platform/db/db.h"
#include "platform/http/http_server.h"
#include "platform/http/route.h"

extern const problem ROUTE_UNKNOWN; /* 404 */
extern const problem ROUTE_METHOD;  /* 405 */
extern const problem
    ROUTE_CONTENT_TYPE; /* 415: a body that is neither JSON nor, on pages, a form */

struct route_entry {
    const struct route *route;
    void *service;
    struct db *db;     /* where its WRITE units run */
    const char *owner; /* the service that declares it */
    size_t index;      /* dense, for arrays of metrics */
};
struct route_table;
struct route_table *route_table_open(struct arena *life);
struct route_owner {
    void *service;
    const char *name;
    struct db *(*db_of)(void *arg, str owner); /* NULL: `arg` is the database */
    void *arg;
};
/* Panics on a row that lacks scope, unit, method or fn, or that repeats another: our mistakes. */
void route_table_add(struct route_table *t, const struct route *routes, struct route_owner owner);
size_t route_table_count(const struct route_table *t);
const struct route_entry *route_table_at(const struct route_table *t, size_t i);

#define ROUTE_PARAMS_MAX 6
struct route_hit {
    const struct route_entry *entry;
    struct json_pair params[ROUTE_PARAMS_MAX]; /* values percent-decoded, in the arena */
    size_t params_n;
};
/* HEAD finds GET. ROUTE_UNKNOWN, or ROUTE_METHOD with *ret_allow like "GET, POST". The last
 * parameter of a path may be {name*}: the rest of the path. */
err route_table_find(const struct route_table *t, struct cx *cx, str method, str path,
    struct route_hit *ret, str *ret_allow) MUST_USE;

/* Path, query, header and body fields into a new input struct in cx->arena (NULL when the route
 * has none). ERR_MALFORMED, ERR_INVALID, ROUTE_CONTENT_TYPE. */
err route_decode(struct cx *cx, const struct route_hit *hit, const struct http_request *req,
    void **ret_in, bool *ret_snake) MUST_USE;

#endif
