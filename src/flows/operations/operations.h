/* SPDX-License-Identifier: Apache-2.0
 * What staff do about work that is under way: sagas, listed, looked at, tried again. Opened by
 * src/app; routes for ROLE_ADMIN only. Must never change an order itself. */
#ifndef SOUK_FLOWS_OPERATIONS_OPERATIONS_H
#define SOUK_FLOWS_OPERATIONS_OPERATIONS_H

#include "platform/http/service.h"

struct operations;
extern const struct service operations_service;

struct sagas;
struct operations_deps {
    struct sagas *sagas;
};
struct operations *operations_open(struct arena *life, struct operations_deps deps);

#endif
