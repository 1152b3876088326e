/* SPDX-License-Identifier: Apache-2.0
 * What the files of the checkout share. For this folder only. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_INTERNAL_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_INTERNAL_H

#include "flows/checkout/checkout.h"
#include "flows/checkout/checkout_domain.h"
#include "platform/http/route.h"
#include "platform/http/service.h"
#include "platform/idem/idem.h"

struct checkout {
    struct checkout_deps deps;
};

/* A saga in memory, as its row says. */
struct checkout_saga {
    id order_id, user_id, payment_id;
    enum checkout_step step;
    str number, token, provider_ref, cart_hash, reason;
    money amount;
    int64_t attempts; /* as the row says as long as nobody else has taken it up */
    bool from_cart;
    struct idem_claim claim; /* key absent: there is none */
};

/* One run of a saga by this process: from a request (its cx) or resumed (a cx of its own). */
struct checkout_run {
    struct checkout *c;
    struct cx *cx;
    struct arena *own; /* of a resumed run, else NULL */
    struct checkout_saga saga;
    struct orders_order order; /* what the reply shows */
    struct pay_result answer;
    enum checkout_answer said;
    bool paid_answer; /* answer is to be recorded by the next unit */
    int64_t tries;    /* of the present call */
    bool pending;     /* ended without an outcome: the job goes on */
    err outcome;      /* NULL, PAYMENTS_DECLINED, ... */
    err unit_error;
    str next_url; /* where the buyer answers the bank */
    /* Called once, on any thread, with the run over. */
    void (*finish)(void *arg, struct checkout_run *run);
    void *arg;
    void (*after)(void *arg); /* of a resumed run: see struct checkout_taking */
    void *after_arg;
};

/* Runs the saga from its step until it ends or must wait; then calls run->finish. */
void checkout_advance(struct checkout_run *run);
/* In a WRITE unit: the row of a new saga, leased to this process. */
err checkout_saga_add(struct checkout *c, struct cx *cx, const struct checkout_saga *s) MUST_USE;
/* Takes up one saga by its row in the background, in an arena of its own. Does nothing when another
 * run has it, unless forced: then that run stops at its next unit. `after` (may be NULL) is called
 * once when it is over or has to wait, on any thread. */
struct checkout_taking {
    id order_id;
    bool force;
    void (*after)(void *arg);
    void *arg;
};
void checkout_take_up(struct checkout *c, struct cx *cx, struct checkout_taking in);

#define CHECKOUT_LEASE_MS 30000

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
    struct checkout_run run;
    err prepared; /* what preparing found; told unless the key is a repeat */
    bool replayed;
    struct idem_reply stored;
    err failed;                                            /* of the placing unit */
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
    struct checkout_run run;
    bool refund;
    err failed;
    void (*done)(void *arg, struct checkout_ending *ending);
    void *arg;
};
void checkout_cancel(struct checkout_ending *ending);

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

extern const struct job checkout_jobs[];
extern const struct route checkout_routes[];
extern const struct html_page *const checkout_page_list[];

/* ---- pages (checkout_pages.c) ---- */
extern const struct route checkout_page_routes[];

#endif
