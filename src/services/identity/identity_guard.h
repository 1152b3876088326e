/* SPDX-License-Identifier: Apache-2.0
 * Who has tried how often: failures by key, in memory, bounded; each process counts for itself.
 * Called by identity's verbs that check a secret; must never hold up who has not failed. */
#ifndef SOUK_SERVICES_IDENTITY_IDENTITY_GUARD_H
#define SOUK_SERVICES_IDENTITY_IDENTITY_GUARD_H

#include "base/err.h"

/* Ten are free; each further one doubles the wait, from a second to a quarter of an hour. An hour
 * without one forgets all. */
#define GUARD_FREE 10
#define GUARD_WAIT_MAX_MS (INT64_C(15) * 60 * 1000)
#define GUARD_FORGET_MS (INT64_C(60) * 60 * 1000)
/* So many failures in an hour from wherever: then only places that the account knows may try. */
#define GUARD_ACCOUNT_MAX 50

struct guard;
struct guard *guard_open(struct arena *life);
/* Failures of the key that still count, and how long it has to wait from now. */
struct guard_state {
    int64_t failures, wait_ms;
};
struct guard_state guard_look(struct guard *g, str key, int64_t now_ms);
void guard_fail(struct guard *g, str key, int64_t now_ms);
void guard_clear(struct guard *g, str key);

#endif
