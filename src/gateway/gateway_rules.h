/* SPDX-License-Identifier: Apache-2.0
 * Requests that look like a common attack, by a table of words. Nothing rests on it: what it knows
 * is refused deeper down anyway; it tells who is trying, and keeps them off. */
#ifndef SOUK_GATEWAY_GATEWAY_RULES_H
#define SOUK_GATEWAY_GATEWAY_RULES_H

#include "platform/http/http_server.h"

enum rules_mode {
    RULES_OFF,
    RULES_LOG,    /* a line of the log and a metric, and the request goes on */
    RULES_REFUSE, /* the same, and 403 request_refused */
};
struct rule_hit {
    const char *rule; /* "climb"; NULL: none */
    const char *part; /* "path", "query" or "agent" */
    str word;         /* what was found there */
    size_t index;     /* of the rule */
};
struct rules;
struct rules *rules_open(struct arena *life);
/* Looks at path, query (decoded once, in lower case) and User-Agent; never at bodies, in which
 * people write what they like. */
struct rule_hit rules_find(
    const struct rules *r, struct arena *scratch, const struct http_request *req);
/* By name, for metrics: NULL beyond the last. */
const char *rules_name(size_t i);

#endif
