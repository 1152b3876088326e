/* SPDX-License-Identifier: Apache-2.0
 * The cart as a shopper sees it: lines with today's title, price, stock and sums; JSON and page. */
#ifndef SOUK_FLOWS_BASKET_BASKET_H
#define SOUK_FLOWS_BASKET_BASKET_H

#include "services/behaviour/behaviour.h"
#include "services/cart/cart.h"
#include "services/catalog/catalog.h"
#include "services/inventory/inventory.h"
#include "services/orders/orders.h"
#include "services/pricing/pricing.h"
#include "services/promotions/promotions.h"

struct basket;
extern const struct service basket_service;

struct basket_deps {
    struct db *db;
    struct cart *cart;
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct promotions *promotions;
    struct orders *orders;       /* asked whether there was one, for offers to new buyers */
    struct behaviour *behaviour; /* may be NULL: nobody counts what goes into carts */
};
struct basket *basket_open(struct arena *life, struct basket_deps deps);

#endif
