/* SPDX-License-Identifier: Apache-2.0
 * Settlement: sellers' money on its way to their bank. A seller gives an account; staff send what
 * the books owe them, above a limit only together; and say how it went. Opened by src/app. */
#ifndef SOUK_FLOWS_SETTLEMENT_SETTLEMENT_H
#define SOUK_FLOWS_SETTLEMENT_SETTLEMENT_H

#include "services/identity/identity.h"
#include "services/ledger/ledger.h"
#include "services/payouts/payouts.h"

struct settlement;
extern const struct service settlement_service;

extern const problem SETTLEMENT_LOW; /* 409 insufficient_balance: the books owe them less */

/* Another person has to agree: src/app connects it to approvals. In a WRITE unit of deps.db. */
struct settlement_asked {
    id seller_id;
    str amount, currency, reason;
};
struct settlement_second {
    void *self;
    int64_t above_minor; /* what goes to a seller within a day; 0: nobody is asked */
    err (*ask)(void *self, struct cx *cx, const struct settlement_asked *in, str key, id *ret);
};
struct settlement_deps {
    struct db *db;       /* of approvals */
    struct db *db_books; /* of ledger and payouts */
    struct bus *bus;     /* of db_books; may be NULL in tests */
    struct audit *audit;
    struct ledger *ledger;
    struct payouts *payouts;
    struct identity *identity;
    str currency; /* "USD" */
    struct settlement_second second;
};
struct settlement *settlement_open(struct arena *life, struct settlement_deps deps);

/* Makes what another person has approved, once however often it is called. done is called once, on
 * any thread. */
struct settlement_approved {
    id approval_id, seller_id;
    str amount, reason;
    void (*done)(void *arg, struct cx *cx, err e);
    void *arg;
};
void settlement_approved(struct settlement *s, struct cx *cx, struct settlement_approved in);

/* For `souk check-data`: what is pending and what the books have told the bank are the same. */
err settlement_check(struct settlement *s, struct cx *cx, size_t *ret_wrong) MUST_USE;

#endif
