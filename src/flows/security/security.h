/* SPDX-License-Identifier: Apache-2.0
 * What guards an account, for its owner: sessions. Opened by src/app; JSON and pages. Must never
 * show or change another's. */
#ifndef SOUK_FLOWS_SECURITY_SECURITY_H
#define SOUK_FLOWS_SECURITY_SECURITY_H

#include "services/credentials/credentials.h"
#include "services/identity/identity.h"

struct security;
extern const struct service security_service;

struct security_deps {
    struct db *db;
    struct identity *identity;
    struct credentials *credentials;
};
struct security *security_open(struct arena *life, struct security_deps deps);

#endif
