/* SPDX-License-Identifier: Apache-2.0
 * What the store tests of identity share: a database with the service on it, a key for tokens, and
 * each verb in a unit of its own. Must never be used outside this folder. */
#ifndef SOUK_SERVICES_IDENTITY_TESTS_IDENTITY_DESK_H
#define SOUK_SERVICES_IDENTITY_TESTS_IDENTITY_DESK_H

#include <stdlib.h>
#include <unistd.h>

#include "platform/bus/bus.h"
#include "platform/clock/clock.h"
#include "platform/token/token.h"
#include "services/identity/identity.h"
#include "tests/support/store.h"

struct desk {
    struct store *s;
    struct cx *cx;
    struct identity *identity;
    struct tokens *tokens;
    struct identity_register reg;
    struct identity_user user;
    struct identity_session session;
    str email, password, token, name, phone;
    int64_t leeway_ms;
    struct identity_arrival how;
    struct identity_login *logins;
    size_t logins_n;
    id session_id;
    err refused;
    id user_id, address_id;
    struct identity_address address, *addresses;
    size_t addresses_n;
};

static inline struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(store_engine(state),
                          (const char *const[]){ "platform/bus", "services/identity", NULL }) };
    d.cx = store_cx(d.s);
    char folder[] = "/tmp/souk-identity-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    const char *file = str_c(d.cx->arena, str_fmt(d.cx->arena, "%s/token.pem", folder));
    CHECK_ERR(d.cx, tokens_open(d.cx->arena, d.cx, file, &d.tokens), NULL);
    unlink(file);
    rmdir(folder);
    d.how.device = S("Test/1.0");
    d.identity = identity_open(
        d.cx->arena, (struct identity_deps){ .db = store_db(d.s), .tokens = d.tokens });
    return d;
}

static inline void desk_close(struct desk *d)
{
    tokens_close(d->tokens);
    store_close(d->s);
}

static inline err desk_do_register(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_register(d->identity, cx, d->reg, &d->user);
}

/* The hash is what the caller says: hashing is slow, and what is hashed does not matter here. */
static inline err desk_register(struct desk *d, const char *email)
{
    d->reg = (struct identity_register){
        .email = str_from_c(email), .name = S("Ada Lovelace"), .password_hash = S("none")
    };
    err e = store_write(d->s, desk_do_register, d);
    if (!e)
        d->user_id = d->user.user_id;
    return e;
}

static inline err desk_do_start(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_session_start(d->identity, cx, &d->user, d->how, &d->session);
}

static inline void desk_start(struct desk *d)
{
    CHECK_ERR(d->cx, store_write(d->s, desk_do_start, d), NULL);
}

static inline err desk_do_refresh(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_session_refresh(d->identity, cx,
        (struct identity_refresh){ .token = d->token, .leeway_ms = d->leeway_ms }, &d->user,
        &d->session, &d->refused);
}

/* NULL: d->session has the new tokens. The unit is committed either way. */
static inline err desk_refresh(struct desk *d, str token)
{
    d->token = token;
    CHECK_ERR(d->cx, store_write(d->s, desk_do_refresh, d), NULL);
    return d->refused;
}

/* ---- what was told since the last time ---- */

struct desk_told {
    struct arena *arena;
    size_t n;
    str payload; /* of the last */
};

static inline err desk_hear(void *service, struct cx *cx, const struct bus_event *event)
{
    struct desk_told *told = service;
    (void)cx;
    told->n++;
    told->payload = str_dup(told->arena, event->payload);
    return NULL;
}

/* How many events of the type; others that are there are lost. */
static inline struct desk_told desk_told(struct desk *d, const char *type)
{
    const struct bus_handler handlers[] = { { .type = type, .consumer = "test", .fn = desk_hear },
        { 0 } };
    struct arena *life = arena_open(4096);
    struct clock clock = clock_fake(life, d->cx->now_ms);
    struct bus *bus = bus_open(life, (struct bus_opts){ .db = store_db(d->s), .clock = &clock });
    struct desk_told told = { .arena = d->cx->arena };
    size_t handled;
    bus_subscribe(bus, handlers, &told);
    CHECK_ERR(d->cx, bus_drain(bus, d->cx, &handled), NULL);
    bus_close(bus);
    arena_close(life);
    return told;
}

#endif
