/* SPDX-License-Identifier: Apache-2.0
 * The order's way: freeze, reserve, place, authorise, confirm, or undo it all; cancelling; the
 * order's JSON and pages. A saga in rows: any process may resume it, no thread waits for a payment.
 */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_H

#include "platform/pay/pay.h"
#include "platform/pool/executor.h"
#include "services/behaviour/behaviour.h"
#include "services/cart/cart.h"
#include "services/catalog/catalog.h"
#include "services/fraud/fraud.h"
#include "services/identity/identity.h"
#include "services/inventory/inventory.h"
#include "services/ledger/ledger.h"
#include "services/orders/orders.h"
#include "services/payments/payments.h"
#include "services/pricing/pricing.h"
#include "services/promotions/promotions.h"

struct checkout;
extern const struct service checkout_service;

extern const problem CHECKOUT_CART_EMPTY;    /* 422 cart_empty */
extern const problem CHECKOUT_PRICE_CHANGED; /* 409 price_changed */
extern const problem CHECKOUT_GONE;          /* 409 offer_unavailable: a product left the shop */
extern const problem CHECKOUT_PAYMENT_TYPE;  /* 422 payment_method_unsupported */
extern const problem CHECKOUT_GIFT_EMPTY;    /* 422 gift_card_empty: nothing free on a card */
extern const problem CHECKOUT_NOT_OFFERED;   /* 409: what an order in this state cannot do */
extern const problem CHECKOUT_REFUSED;       /* 402 order_declined: says nothing about why */
extern const problem CHECKOUT_CANCELLED;     /* 409: by its buyer, while it was placed */
extern const problem CHECKOUT_BUSY;          /* 409 order_busy: money of it is on the move */
extern const problem CHECKOUT_PROOF;         /* 403 step_up_required: a large refund */

/* Above a limit another person has to agree before money goes back; src/app connects it. */
struct checkout_asked {
    id order_id;
    str amount, currency, reason;
    str if_match; /* of whoever asks: the version they have seen; absent: any */
};
struct checkout_second {
    void *self;
    int64_t above_minor; /* 0: nobody is asked */
    /* In a WRITE unit of deps.db. The same key of the same person is one request. */
    err (*ask)(void *self, struct cx *cx, const struct checkout_asked *in, str key);
};
/* Makes a refund that was approved; a repeat of the approval_id does it once. From a worker, needs
 * no unit; done is called once, on any thread. */
struct checkout_approved {
    id approval_id, order_id;
    str amount, reason;
    void (*done)(void *arg, struct cx *cx, err e);
    void *arg;
};
void checkout_refund_approved(struct checkout *c, struct cx *cx, struct checkout_approved in);

struct sagas;
/* Where services keep their rows, when it is not the checkout's own database. */
struct checkout_databases {
    struct db *inventory, *orders, *payments, *cart, *promotions, *ledger, *fraud;
};
#define CHECKOUT_WAITING_MAX 1024
struct checkout_deps {
    /* Buyers that may wait for their order's outcome at a time; above it they are told 202 as soon
     * as the order is on record. 0: CHECKOUT_WAITING_MAX; below 0: everybody. */
    int64_t waiting_max;
    struct checkout_second second;
    int64_t proof_above_minor; /* refunds above it want a proof of the last ROUTE_PROVED_MS */
    struct db *db;             /* of sagas and idempotency keys */
    struct checkout_databases at;
    struct sagas *sagas;
    struct tokens *tokens;   /* make guests' tokens; NULL: drawn, and a repeat gets none */
    struct executor workers; /* for looks that buyers share; zero: on the caller's thread */
    struct pool *pay_pool;   /* the provider's executor; NULL: calls run on the caller's thread */
    struct pay *pay;
    struct cart *cart;
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct orders *orders;
    struct payments *payments;
    struct identity *identity;
    struct promotions *promotions;
    struct ledger *ledger;
    struct fraud *fraud;              /* NULL: orders are not looked at */
    struct behaviour *behaviour;      /* NULL: nobody counts which searches led to orders */
    const struct ledger_rates *rates; /* of commission; NULL: LEDGER_COMMISSION_BP of all */
};
struct checkout *checkout_open(struct arena *life, struct checkout_deps deps);

#endif
