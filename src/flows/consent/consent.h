/* SPDX-License-Identifier: Apache-2.0
 * Two-person approval: who else decides, and what is done then. Opened by src/app; must never do
 * what nobody has approved. */
#ifndef SOUK_FLOWS_CONSENT_CONSENT_H
#define SOUK_FLOWS_CONSENT_CONSENT_H

#include "services/approvals/approvals.h"

struct consent;
extern const struct service consent_service;

/* What was approved, to whom can make it, by its kind; src/app connects it. done is called once, on
 * any thread. */
struct consent_port {
    void *self;
    void (*make)(void *self, struct cx *cx, const struct approvals_request *request,
        void (*done)(void *arg, struct cx *cx, err e), void *arg);
};
struct consent_deps {
    struct db *db;
    struct approvals *approvals;
    struct consent_port port;
};
struct consent *consent_open(struct arena *life, struct consent_deps deps);

#endif
