/* SPDX-License-Identifier: Apache-2.0
 * Payments beside the order's way: what providers tell by themselves, saved methods, money that no
 * order stands for, and whether the provider's books say what ours say. Opened by src/app. Must
 * never place or cancel an order. */
#ifndef SOUK_FLOWS_TILL_TILL_H
#define SOUK_FLOWS_TILL_TILL_H

#include "platform/clock/clock.h"
#include "platform/pay/pay.h"
#include "platform/pool/executor.h"
#include "services/fraud/fraud.h"
#include "services/ledger/ledger.h"
#include "services/orders/orders.h"
#include "services/payments/payments.h"

struct till;
extern const struct service till_service;

struct sagas;
struct log;
struct till_deps {
    struct db *db; /* of payments */
    struct payments *payments;
    struct pay *pay;
    struct sagas *sagas; /* an order's saga has its id */
    struct fraud *fraud; /* learns of disputes; NULL: nobody does */
    struct db *db_fraud;
    struct orders *orders; /* is told of refunds that came back; NULL: nobody is */
    struct db *db_orders;
    struct ledger *ledger; /* books them, and needs orders; NULL: nobody does */
    struct db *db_ledger;
    struct executor exec; /* the provider's; zero: calls run on the caller's thread */
    struct clock *clock;
    struct log *log; /* may be NULL */
    bool test_cards; /* the provider's test cards are offered: it takes no others */
};
struct till *till_open(struct arena *life, struct till_deps deps);

/* An authorisation or a capture that no placed order keeps is given back when it is so old, and its
 * order's saga has ended. The job looks every TILL_SWEEP_MS: with a provider that answers it is
 * back after TILL_ORPHAN_MS + TILL_SWEEP_MS. Twice as long as stock is held for a buyer. */
#define TILL_ORPHAN_MS (INT64_C(20) * 60 * 1000)
#define TILL_SWEEP_MS (INT64_C(60) * 1000)
/* Not in a unit, nor on a lane; as are the others. ret_n: payments that ended. A provider that is
 * away ends nothing; the next sweep tries again, with the same keys. */
err till_sweep(struct till *t, struct cx *cx, size_t *ret_n) MUST_USE;

/* Works on the inbox of webhooks: wakes the order's saga while it waits for the payment, else asks
 * the provider how the payment is. ret_n: events looked at, at most 100. */
err till_settle(struct till *t, struct cx *cx, size_t *ret_n) MUST_USE;

/* Fetches what each provider lists for the last `hours` and compares (payments_reconcile).
 * ret_n: what differs now. ERR_INVALID: more than 100,000 payments in so many hours. */
err till_reconcile(struct till *t, struct cx *cx, int64_t hours, size_t *ret_n) MUST_USE;
#define TILL_RECONCILE_HOURS 48

/* A refund that came back is paid another way, once. The same way again: nothing, but for what a
 * crash left undone of it. *ret: how much. */
struct till_repay {
    id order_id, refund_id;
    bool wallet; /* the buyer's; else outside of the shop, where staff have paid it */
};
extern const problem TILL_NOT_BACK;  /* 404 not_found */
extern const problem TILL_REPAID;    /* 409 refund_repaid: the other way */
extern const problem TILL_NO_WALLET; /* 409 no_wallet: a guest's */
err till_repay(struct till *t, struct cx *cx, struct till_repay in, money *ret) MUST_USE;

#endif
