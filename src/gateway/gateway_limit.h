/* SPDX-License-Identifier: Apache-2.0
 * Token buckets per address and per user, by class of route. Bounded: old buckets make room. */
#ifndef SOUK_GATEWAY_GATEWAY_LIMIT_H
#define SOUK_GATEWAY_GATEWAY_LIMIT_H

#include "platform/http/route.h"

struct limits;
struct limit_state {
    const char *policy;         /* "default" */
    int64_t quota, window_s;    /* as in RateLimit-Policy */
    int64_t remaining, reset_s; /* as in RateLimit */
    bool limited;               /* this class has a limit */
};
struct limits *limits_open(struct arena *life);
/* Takes one token of an address; false: none is left, *ret tells when. */
bool limits_take(
    struct limits *l, enum limit_class class, str who, int64_t now_ms, struct limit_state *ret);
/* The same for a key, which has a rate of its own. */
bool limits_take_key(
    struct limits *l, int64_t per_minute, str who, int64_t now_ms, struct limit_state *ret);
/* The same of somebody who is signed in, and whom nobody shares: fewer, where money moves. */
bool limits_take_user(
    struct limits *l, enum limit_class class, str who, int64_t now_ms, struct limit_state *ret);

#endif
