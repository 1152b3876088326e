/* SPDX-License-Identifier: Apache-2.0
 * The checkout as the application sees it: its tables and problems. Called by src/app; must never
 * hold an order's state in memory that is not also in rows. */
#include "flows/checkout/checkout.h"

#include "flows/checkout/checkout_internal.h"
#include "platform/pool/pool.h"

const problem CHECKOUT_CART_EMPTY = { KIND_INVALID, "checkout.cart_empty", NULL,
    "There is nothing to order" };
const problem CHECKOUT_PRICE_CHANGED = { KIND_CONFLICT, "checkout.price_changed", NULL,
    "A price has changed; look at it and order again" };
const problem CHECKOUT_GONE = { KIND_CONFLICT, "checkout.offer_unavailable", NULL,
    "Something in the order is not on sale any more" };
const problem CHECKOUT_PAYMENT_TYPE = { KIND_INVALID, "checkout.payment_method_unsupported", NULL,
    "This way to pay is not offered" };
const problem CHECKOUT_GIFT_EMPTY = { KIND_INVALID, "checkout.gift_card_empty", NULL,
    "Nothing is left on the gift card" };
const problem CHECKOUT_NOT_OFFERED = { KIND_CONFLICT, "checkout.order_state_conflict", NULL,
    "The order is not in a state that allows this" };
const problem CHECKOUT_CANCELLED = { KIND_CONFLICT, "checkout.order_cancelled", NULL,
    "The order was cancelled before it was paid for" };

const problem CHECKOUT_REFUSED = { KIND_PAYMENT, "checkout.order_declined", NULL,
    "This order cannot be accepted" };
const problem CHECKOUT_PROOF = { KIND_DENIED, "checkout.proof", "step_up_required",
    "A large refund wants your password or a code once more" };
const problem CHECKOUT_BUSY = { KIND_CONFLICT, "checkout.order_busy", NULL,
    "Money of this order is on the move; try again in a moment" };

struct checkout *checkout_open(struct arena *life, struct checkout_deps deps)
{
    struct checkout *c = NEW(life, struct checkout);
    c->deps = deps;
    c->scarce = checkout_scarce_open(life);
    c->seen = idem_seen_open(life);
    c->crowd = checkout_crowd_open(life, c);
    sagas_add(deps.sagas, &checkout_saga, c);
    sagas_add(deps.sagas, &checkout_refund_saga, c);
    return c;
}

void checkout_off_lane(struct checkout *c, void (*fn)(void *arg), void *arg)
{
    if (!c->deps.pay_pool || !pool_submit(c->deps.pay_pool, fn, arg))
        fn(arg);
}

static struct db *database(const struct checkout *c, struct db *own)
{
    return own ? own : c->deps.db;
}

struct db *checkout_stock_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.inventory);
}

struct db *checkout_orders_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.orders);
}

struct db *checkout_money_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.payments);
}

struct db *checkout_promotions_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.promotions);
}

struct db *checkout_ledger_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.ledger);
}

struct db *checkout_cart_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.cart);
}

struct db *checkout_fraud_db(const void *checkout)
{
    const struct checkout *c = checkout;
    return database(c, c->deps.at.fraud);
}

static const problem *const problems[] = {
    &CHECKOUT_CART_EMPTY,
    &CHECKOUT_PRICE_CHANGED,
    &CHECKOUT_GONE,
    &CHECKOUT_PAYMENT_TYPE,
    &CHECKOUT_GIFT_EMPTY,
    &CHECKOUT_NOT_OFFERED,
    &CHECKOUT_CANCELLED,
    &CHECKOUT_BUSY,
    &CHECKOUT_PROOF,
    &CHECKOUT_REFUSED,
    NULL,
};
const struct service checkout_service = {
    .name = "checkout",
    .folder = "src/flows/checkout/",
    .routes = checkout_routes,
    .page_routes = checkout_page_routes,
    .events = checkout_events,
    .problems = problems,
    .pages = checkout_page_list,
};
