/* SPDX-License-Identifier: Apache-2.0
 * Carts of guests and users: which variants, how many, at which price they were added. Titles,
 * current prices and stock are looked up by flows/basket. All verbs run in the caller's unit. */
#ifndef SOUK_SERVICES_CART_CART_H
#define SOUK_SERVICES_CART_CART_H

#include "base/instant.h"
#include "base/money.h"
#include "platform/http/service.h"

struct cart;
extern const struct service cart_service;

extern const problem CART_ITEM_UNKNOWN; /* 404 not_found */
extern const problem CART_FULL;         /* 422 cart_full: 100 lines */
extern const problem CART_QUANTITY;     /* 422 quantity_out_of_range: 999 of one variant */

#define CART_LINES_MAX 100
#define CART_CODES_MAX 5
#define CART_CODE_MAX 40
#define CART_QUANTITY_MAX 999
#define CART_GUEST_MS (30 * DAY_MS) /* a guest's cart is kept after its last change */

struct cart_deps {
    struct db *db;
    int64_t guest_days; /* since the last change; 0: CART_GUEST_MS, which is the most */
};
struct cart *cart_open(struct arena *life, struct cart_deps deps);

/* Whose cart: the user's when signed in, else the guest's by token (stored as SHA-256). */
struct cart_owner {
    id user_id;
    str token;
    str token_hash; /* instead of the token, where only that was kept (sagas); hex */
    str if_match;   /* to add, set, and for codes: which version they have seen; absent: any */
};
extern const problem CART_STALE; /* 412: it is of another version */
struct cart_owner cart_owner_of(const struct cx *cx);

struct cart_item {
    id cart_item_id, product_id, variant_id;
    int64_t quantity;
    money price_added; /* at addition */
    int64_t added_ms;
};
struct cart_state {
    id cart_id;              /* none: there is no cart yet */
    int64_t version;         /* rises with every change; the ETag */
    struct cart_item *items; /* in order of addition */
    const str *codes;        /* coupons that were entered, in this order */
    size_t items_n, codes_n;
    id order_id; /* that is being made of it; none: nobody does */
};
/* An unknown owner has an empty cart (cart_id none). */
err cart_get(
    struct cart *c, struct cx *cx, struct cart_owner owner, struct cart_state *ret) MUST_USE;
/* Adds quantity to the line of that variant, or a line; makes the cart when there is none. An owner
 * without user and token gets *ret_token: the new guest token to hand out (else absent). */
struct cart_add {
    struct cart_owner owner;
    id product_id, variant_id;
    int64_t quantity; /* 1..CART_QUANTITY_MAX */
    money price;
};
err cart_add(struct cart *c, struct cx *cx, struct cart_add in, struct cart_item *ret,
    str *ret_token) MUST_USE;
/* quantity 0 removes. */
err cart_set(struct cart *c, struct cx *cx, struct cart_owner owner, id cart_item_id,
    int64_t quantity) MUST_USE;
/* Keeps a coupon code with the cart, which is made when there is none (then *ret_token as above).
 * What it is worth is not looked at. One that is there in any case stays as it is. ERR_INVALID: not
 * 1..CART_CODE_MAX bytes of one line. CART_CODES_FULL. */
extern const problem CART_CODES_FULL; /* 422 too_many_coupons */
err cart_code_add(
    struct cart *c, struct cx *cx, struct cart_owner owner, str code, str *ret_token) MUST_USE;
/* Without it, in any case; it need not be there. */
err cart_code_remove(struct cart *c, struct cx *cx, struct cart_owner owner, str code) MUST_USE;
/* All items and codes of the guest's cart into the user's (quantities are summed up to the
 * maximum); the guest's cart is gone, but for an order under way that has it: that has the user's
 * then. Does nothing without a guest cart; repeats do nothing. */
err cart_merge(struct cart *c, struct cx *cx, id user_id, struct cart_owner guest) MUST_USE;
/* One order at a time is made of a cart: claimed with what was seen of it, kept when it is paid,
 * over when it is undone; cart_take_out ends it too. Repeats by the same order do nothing.
 * CART_TAKEN: another order has it, or it has changed since `version`; of keep: another has it by
 * now. An order whose cart was merged at sign-in has the user's, or where another order has that,
 * is made of it too. */
#define CART_CLAIM_MS (2 * 60 * 1000)
extern const problem CART_TAKEN; /* 409 cart_in_use */
struct cart_claim {
    id cart_id, order_id;
    int64_t version;
    id instead_of; /* an order that waits for its buyer, and gives way; may be none */
};
err cart_claim(struct cart *c, struct cx *cx, struct cart_claim in) MUST_USE;
err cart_claim_keep(struct cart *c, struct cx *cx, id cart_id, id order_id) MUST_USE;
err cart_claim_end(struct cart *c, struct cx *cx, id cart_id, id order_id) MUST_USE;
/* Takes bought variants out of the cart that the order has (quantities at most what is there), and
 * the codes; once: then it is not the order's any more. */
struct cart_bought {
    id variant_id;
    int64_t quantity;
};
struct cart_taken {
    id cart_id, order_id; /* as it was claimed */
    const struct cart_bought *bought;
    size_t n;
};
err cart_take_out(struct cart *c, struct cx *cx, struct cart_taken in) MUST_USE;
/* The cart with this id if it belongs to the owner; ERR_MISSING. */
err cart_by_id(struct cart *c, struct cx *cx, struct cart_owner owner, id cart_id,
    struct cart_state *ret) MUST_USE;

#endif
