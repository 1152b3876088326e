/* SPDX-License-Identifier: Apache-2.0
 * The rules of orders: which moves are allowed, what sums must hold, what a number looks like.
 * Called by orders.c; must never do I/O or read a clock. */
#ifndef SOUK_SERVICES_ORDERS_ORDERS_DOMAIN_H
#define SOUK_SERVICES_ORDERS_ORDERS_DOMAIN_H

#include "services/orders/orders.h"

/* Whether an order in `from` may be moved to `to`. Nothing moves to where it is. */
bool orders_domain_may(enum orders_status from, enum orders_status to);

/* Where an order is whose groups are there: where the last of those is that are not cancelled; all
 * cancelled, so is the order. There is no "partly shipped": until all is shipped the order is where
 * its last group is, and its groups tell the rest. */
enum orders_status orders_domain_status(const struct orders_group *groups, size_t n);
/* Marks the groups that a move of the whole order takes along: those that are where the order is,
 * or, when it is cancelled, all that stand. False: it may not be moved so. */
bool orders_domain_take_along(
    const struct orders_group *groups, size_t n, enum orders_status to, bool *ret_moves);
/* Whether a group may be moved by itself: not before its order is confirmed. */
bool orders_domain_group_may(enum orders_status from, enum orders_status to);

/* The status that a row's name stands for; ORDERS_STATUSES_N when unknown. */
enum orders_status orders_domain_status_of(str name);
bool orders_domain_payment_status_known(str name);

/* Subtotal is the sum of the lines, total is subtotal + tax + shipping - discount, nothing is
 * below zero, every line has a quantity and all is in one currency; groups, if there are any, are
 * of one seller, not empty, and share the fee of delivery. */
bool orders_domain_sums_hold(const struct orders_order *order);

/* A number to be tried: "112-1234567-1234567". */
#define ORDERS_NUMBER_N 19
void orders_domain_number(struct rng *rng, char ret[static ORDERS_NUMBER_N]);

#endif
