/* SPDX-License-Identifier: Apache-2.0
 * Which keys have come lately, by memory: whether to look for a claim at all. Called by flows
 * before their unit. Must never decide whether a key is claimed: the row does. */
#include <stdatomic.h>

#include "platform/idem/idem.h"

#define SLOTS 65536 /* keys; a later one takes an earlier one's place */

struct idem_seen {
    _Atomic uint64_t slots[SLOTS]; /* hashes */
};

struct idem_seen *idem_seen_open(struct arena *life)
{
    return NEW(life, struct idem_seen);
}

bool idem_seen(struct idem_seen *seen, const struct idem_claim *claim)
{
    uint64_t hash =
        str_hash(claim->key) * UINT64_C(0x9e3779b97f4a7c15) ^ str_hash(claim->principal);
    return atomic_exchange_explicit(&seen->slots[hash % SLOTS], hash, memory_order_relaxed) == hash;
}
