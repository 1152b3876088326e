/* SPDX-License-Identifier: Apache-2.0
 * What the files of the checkout share. For this folder only. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_INTERNAL_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_INTERNAL_H

#include "flows/checkout/checkout.h"
#include "flows/checkout/checkout_domain.h"
#include "platform/http/route.h"
#include "platform/http/service.h"
#include "platform/idem/idem.h"
#include "platform/saga/saga.h"

struct checkout {
    struct checkout_deps deps;
};
/* Where the steps write (checkout.c). */
struct db *checkout_stock_db(const void *checkout);
struct db *checkout_orders_db(const void *checkout);
struct db *checkout_money_db(const void *checkout);
struct db *checkout_cart_db(const void *checkout);

/* What the saga of an order keeps; in its row but for what is said to be of this process. */
struct checkout_state {
    id user_id, payment_id; /* payment_id: also the provider's idempotency key */
    str number, currency, token, method_type, provider_ref;
    str cart_hash; /* guest cart to empty */
    str claim_principal, claim_method, claim_route,
        claim_key; /* to finish; absent: there is none */
    int64_t amount_minor;
    bool from_cart; /* bought lines leave the cart */
    bool asked;     /* the provider may know the key: it is asked what became of it */
    /* of this process */
    struct orders_order *order; /* NULL: not read yet */
    bool placed;                /* the order is in the database */
    struct pay_result answer;   /* the provider's last */
    bool answered;
    str next_url; /* where the buyer answers the bank */
};
extern const struct json_shape checkout_state_shape;
extern const struct saga_kind checkout_saga;

/* ---- calls of the provider (checkout_pay.c) ---- */
struct saga_said checkout_authorize(void *flow, struct cx *cx, struct saga *s);
/* What was only authorised is released, what was taken is refunded. */
struct saga_said checkout_give_back(void *flow, struct cx *cx, struct saga *s);
money checkout_amount(const struct checkout_state *s);

/* ---- units (checkout_steps.c) ---- */
struct idem_claim checkout_claim_of(const struct checkout_state *s);
/* The order of the saga, from memory or from its rows. */
err checkout_load_order(
    struct checkout *c, struct cx *cx, id order_id, struct checkout_state *s) MUST_USE;

/* ---- from a request to an order (checkout_prepare.c) ---- */
struct checkout_item {
    id product_id, variant_id;
    int64_t quantity;
};
struct checkout_method {
    str type, token;
};
struct checkout_wish {
    const struct checkout_item *items; /* or the cart */
    size_t items_n;
    bool from_cart;
    id cart_id;    /* none: the owner's cart */
    id address_id; /* or: */
    const struct identity_address *address;
    str email; /* of a guest */
    struct checkout_method method;
    enum pricing_speed speed;
    str expected_total; /* absent: not compared */
    bool accept_prices; /* prices that changed since they were put into the cart are accepted */
};
/* In a READ unit: a whole order with lines, sums and a new id; not written. */
err checkout_prepare(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct orders_order *ret) MUST_USE;
/* The quote of the cart for a page: lines and sums without an address. */
struct checkout_lines {
    struct catalog_product *products; /* same index */
    struct pricing_line *lines;
    str *variant_texts;
    id *variant_ids;
    size_t n;
};
err checkout_lines_of(struct checkout *c, struct cx *cx, const struct checkout_item *items,
    size_t n, struct checkout_lines *ret) MUST_USE;
const struct catalog_variant *checkout_variant_of(const struct catalog_product *p, id variant_id);
err checkout_cart_items(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_item **ret, size_t *ret_n) MUST_USE;

/* ---- placing (checkout_place.c) ---- */
struct checkout_place {
    struct checkout *c;
    struct cx *cx;
    struct checkout_wish wish;
    struct idem_claim claim;
    struct orders_order order; /* what the reply shows */
    struct checkout_state state;
    err prepared; /* what preparing found; told unless the key is a repeat */
    bool replayed;
    struct idem_reply stored;
    bool pending; /* no outcome yet: the saga goes on */
    err failed;
    void (*done)(void *arg, struct checkout_place *place); /* any thread */
    void *arg;
};
/* Whose keys they are: the user's, the cart's, or the address's. */
str checkout_principal(struct cx *cx);
/* From a worker; needs no unit. Calls place->done once. place lives in cx->arena. */
void checkout_place(struct checkout_place *place);
struct orders_owner checkout_owner_of(const struct cx *cx);

/* ---- cancelling (checkout_cancel.c) ---- */
struct checkout_ending {
    struct checkout *c;
    struct cx *cx;
    id order_id;
    str reason;
    err failed;
    void (*done)(void *arg, struct checkout_ending *ending);
    void *arg;
};
void checkout_cancel(struct checkout_ending *ending);
extern const struct saga_kind checkout_cancel_saga;

/* ---- views (checkout_reply.c) ---- */
extern const struct json_shape checkout_placed_shape, checkout_order_shape, checkout_orders_shape;
/* The short answer to POST /orders. */
struct checkout_placed {
    const struct orders_order *order;
    str next_url;   /* of a challenge */
    str cart_token; /* made for a guest who had none: without it the order could not be seen again
                     */
};
const void *checkout_placed_view(struct cx *cx, struct checkout_placed in);
/* In a READ unit: the whole order with payments and history. */
err checkout_order_view(
    struct checkout *c, struct cx *cx, const struct orders_order *order, const void **ret) MUST_USE;

struct checkout_paging {
    int64_t page, limit, total;
};
const void *checkout_orders_view(
    struct cx *cx, const struct orders_order *list, size_t n, struct checkout_paging paging);

extern const struct route checkout_routes[];
extern const struct html_page *const checkout_page_list[];

/* ---- pages (checkout_pages.c) ---- */
extern const struct route checkout_page_routes[];

#endif
