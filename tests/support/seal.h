/* SPDX-License-Identifier: Apache-2.0
 * Seals what is personal in databases of tests: a vault without a database, always the same keys.
 */
#ifndef SOUK_TESTS_SUPPORT_SEAL_H
#define SOUK_TESTS_SUPPORT_SEAL_H

#include "platform/vault/vault.h"
#include "tests/support/check.h"

static inline void seal_for_test(struct arena *life, struct cx *cx, struct db *db)
{
    struct vault *vault;
    struct vault_opts opts = {
        .master = S("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    };

    CHECK_ERR(cx, vault_open(life, cx, opts, &vault), NULL);
    db_seal_with(db, vault_sealer(vault));
}

#endif
