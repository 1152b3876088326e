/* SPDX-License-Identifier: Apache-2.0
 * Signing in and up with the guest's cart and orders coming along; profile and addresses; JSON and
 * pages. */
#ifndef SOUK_FLOWS_ACCOUNT_ACCOUNT_H
#define SOUK_FLOWS_ACCOUNT_ACCOUNT_H

#include "platform/web/web_views.h"
#include "services/cart/cart.h"
#include "services/identity/identity.h"
#include "services/orders/orders.h"

struct account;
extern const struct service account_service;

struct account_deps {
    struct db *db;                  /* of users and sessions */
    struct db *db_cart, *db_orders; /* NULL: the same */
    struct bus *bus;                /* by which what is elsewhere is taken over; may be NULL */
    struct identity *identity;
    bool confirm_first; /* as identity's: an account begins with its e-mail proved */
    struct cart *cart;
    struct orders *orders;
    const struct link_view *ways; /* other ways to sign in; `next` is added to their addresses */
    size_t ways_n;
};
struct account *account_open(struct arena *life, struct account_deps deps);

/* In a WRITE unit, the login being proved: starts a session; what the guest had (cart, orders)
 * becomes the user's. */
err account_arrive(struct account *a, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, struct identity_session *ret) MUST_USE;
/* For a page, the login proved but for the second factor: who has one is asked for it first. */
err account_enter_page(struct account *a, struct cx *cx, const struct identity_user *user,
    str device, str next, struct reply *reply) MUST_USE;
/* The same for a page: with cookies, and on to `next` when it is of this shop. */
err account_arrive_page(struct account *a, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, str next, struct reply *reply) MUST_USE;

#endif
