/* SPDX-License-Identifier: Apache-2.0
 * One request to a route table without the edge: decoded as the gateway does, run in the unit that
 * the route asks for, the reply encoded and checked against its shape. For routes tests of services
 * and flows; logins, scopes and caches are the gateway's tests. */
#ifndef SOUK_TESTS_SUPPORT_ASK_H
#define SOUK_TESTS_SUPPORT_ASK_H

#include "platform/http/route.h"
#include "tests/support/store.h"

struct ask {
    const struct route *routes; /* ends with ROUTES_END */
    void *service;
    const char *method;
    str path; /* "/api/v1/things/1?limit=2" */
    str body; /* JSON; absent: none */
    const struct json_pair *headers;
    size_t headers_n;
};
struct answer {
    err e; /* NULL: what follows is filled */
    int status;
    str body, type; /* JSON, or the handler's bytes; a page has none */
    const struct route *route;
    struct reply reply;
};
/* Fails the test when no route matches, or when the JSON is not what the route's `out` says. The
 * answer lives in the store's cx. */
struct answer ask(struct store *s, struct ask in);

#endif
