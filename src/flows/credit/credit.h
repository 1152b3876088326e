/* SPDX-License-Identifier: Apache-2.0
 * Gift cards and wallets as users and staff see them. Amounts are of the shop's currency. */
#ifndef SOUK_FLOWS_CREDIT_CREDIT_H
#define SOUK_FLOWS_CREDIT_CREDIT_H

#include "services/ledger/ledger.h"
#include "services/payments/payments.h"

struct credit;
extern const struct service credit_service;

extern const problem CREDIT_NOTHING; /* 409 gift_card_empty: nothing is free on the card */
extern const problem CREDIT_PROOF;   /* 403 step_up_required: a card above proof_above_minor */
extern const problem CREDIT_ABOVE;   /* 403 approval_required: a card above alone_minor */

struct credit_deps {
    struct db *db;          /* of the ledger and of the idempotency keys */
    struct db *db_payments; /* of gift cards; NULL: the same */
    struct ledger *ledger;
    struct payments *payments;
    str currency;              /* "USD" */
    int64_t proof_above_minor; /* cards above it want a proof of the last ROUTE_PROVED_MS */
    int64_t alone_minor;       /* nobody gives a card above it alone; 0: whoever may */
};
struct credit *credit_open(struct arena *life, struct credit_deps deps);

/* Staff give a card: outside any unit, by cx->who. Again with the same key: the same card, without
 * its code. ERR_INVALID with fields /amount, /expiresAt, /recipient, /reason; CREDIT_PROOF,
 * CREDIT_ABOVE and the problems of keys (idem.h). */
struct credit_gift {
    str amount, key;
    str recipient, reason; /* absent: not said */
    int64_t expires_at;    /* 0: never */
};
struct credit_given {
    id gift_card_id;
    str code; /* absent: this is a repeat */
    str currency;
    money amount;
    int64_t expires_at;
};
err credit_give(struct credit *c, struct cx *cx, const struct credit_gift *in,
    struct credit_given *ret) MUST_USE;

#endif
