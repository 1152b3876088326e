/* SPDX-License-Identifier: Apache-2.0
 * The ways into an account beside its password: passkeys and other issuers. Opened by src/app; JSON
 * and pages. Must never let in who was not proved. */
#ifndef SOUK_FLOWS_ENTRANCE_ENTRANCE_H
#define SOUK_FLOWS_ENTRANCE_ENTRANCE_H

#include "services/identity/identity.h"

struct entrance;
extern const struct service entrance_service;

/* Arriving, which is the account flow's: a session, and what the guest had; as a page with cookies
 * and the way on. In a WRITE unit. */
struct entrance_port {
    void *self;
    err (*arrive)(void *self, struct cx *cx, const struct identity_user *user,
        struct identity_arrival how, struct identity_session *ret);
    err (*page)(void *self, struct cx *cx, const struct identity_user *user,
        struct identity_arrival how, str next, struct reply *reply);
    /* The same without a second factor given: who has one is asked for it. */
    err (*enter)(void *self, struct cx *cx, const struct identity_user *user, str device, str next,
        struct reply *reply);
};
struct oidc;
struct entrance_deps {
    struct db *db;
    struct identity *identity;
    struct tokens *tokens;
    struct oidc *oidc; /* NULL: no other issuers */
    str origin;        /* "https://shop.example": where they lead back to */
    struct entrance_port account;
};
struct entrance *entrance_open(struct arena *life, struct entrance_deps deps);

#endif
