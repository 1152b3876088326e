/* SPDX-License-Identifier: Apache-2.0
 * Gift cards and wallets as users and staff see them. Amounts are of the shop's currency. */
#ifndef SOUK_FLOWS_CREDIT_CREDIT_H
#define SOUK_FLOWS_CREDIT_CREDIT_H

#include "services/ledger/ledger.h"
#include "services/payments/payments.h"

struct credit;
extern const struct service credit_service;

extern const problem CREDIT_NOTHING; /* 409 gift_card_empty: nothing is free on the card */

struct credit_deps {
    struct db *db;          /* of the ledger and of the idempotency keys */
    struct db *db_payments; /* of gift cards; NULL: the same */
    struct ledger *ledger;
    struct payments *payments;
    str currency; /* "USD" */
};
struct credit *credit_open(struct arena *life, struct credit_deps deps);

#endif
