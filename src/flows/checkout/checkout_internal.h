/* SPDX-License-Identifier: Apache-2.0
 * What the files of the checkout share. For this folder only. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_INTERNAL_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_INTERNAL_H

#include "base/instant.h"
#include "flows/checkout/checkout.h"
#include "flows/checkout/checkout_domain.h"
#include "platform/http/route.h"
#include "platform/http/service.h"
#include "platform/idem/idem.h"
#include "platform/pool/batch.h"
#include "platform/saga/saga.h"

struct checkout {
    struct checkout_deps deps;
    struct checkout_scarce *scarce;
    struct idem_seen *seen;
    struct batches *crowd; /* of places */
};
/* What answers after a parked call reads the database, so it runs on the provider's executor and
 * not on the lane that has reported. */
void checkout_off_lane(struct checkout *c, void (*fn)(void *arg), void *arg);
/* Where the steps write (checkout.c). */
struct db *checkout_stock_db(const void *checkout);
struct db *checkout_orders_db(const void *checkout);
struct db *checkout_money_db(const void *checkout);
struct db *checkout_cart_db(const void *checkout);
struct db *checkout_fraud_db(const void *checkout);
struct db *checkout_promotions_db(const void *checkout);
struct db *checkout_ledger_db(const void *checkout);

/* A part of an order's price that its own card does not pay. The id is the payment's and the
 * hold's.
 */
struct checkout_tender {
    id payment_id, owner; /* of the ledger's account: the user, or the gift card */
    str type;             /* "wallet", "gift_card" */
    int64_t minor;
};
/* The "provider" of payments that gift cards and wallets make. */
#define CHECKOUT_LEDGER_PROVIDER "ledger"
/* Of an order's payments the provider's: it is asked at most once for an order, and where it stands
 * among them is chance. NULL: gift cards and the wallet paid it all. */
const struct payments_payment *checkout_by_provider(const struct payments_payment *list, size_t n);
extern const struct json_shape checkout_tender_shape;
struct ledger_account checkout_tender_account(const struct checkout_tender *t);

/* What the provider said last, as sagas keep it: the step after a call may run in another process.
 */
struct checkout_said {
    int64_t state, captured_minor, refunded_minor, open_minor; /* state: enum pay_state */
    str provider, provider_ref, refund_ref, decline_code, decline_text, brand, last4;
};
extern const struct json_shape checkout_said_shape;
struct checkout_said *checkout_said_of(struct cx *cx, const struct pay_result *result);
struct pay_result checkout_result_of(const struct checkout_said *said);

/* What the saga of an order keeps; in its row but for what is said to be of this process. */
struct checkout_state {
    id user_id, payment_id; /* payment_id: also the provider's idempotency key */
    str number, currency, token, method_type;
    str cart_hash; /* guest cart to empty */
    str claim_principal, claim_method, claim_route,
        claim_key;        /* to finish; absent: there is none */
    str customer;         /* of a saved card, as the provider knows them */
    int64_t amount_minor; /* what the card pays; 0: nothing */
    struct checkout_tender *tenders;
    size_t tenders_n;
    id cart_id, instead_of;     /* cart_id none: not of a cart */
    int64_t cart_version;       /* as it was read */
    bool promoted;              /* promotions took something off: their limits are counted */
    bool from_cart;             /* bought lines leave the cart */
    int64_t groups_n;           /* of the order; 0: one */
    bool screened;              /* the fraud service wants to know what becomes of it */
    bool denied;                /* it looks like fraud: the provider is not asked */
    bool review;                /* a person decides: not captured until then */
    int64_t held_until_ms;      /* 0: it has not waited for its buyer yet */
    bool asked;                 /* the provider may know the key: it is asked what became of it */
    str next_url;               /* where the buyer answers the bank */
    struct checkout_said *said; /* NULL: nothing for certain yet */
    /* of this process */
    bool begun;                 /* here, and not taken up: no earlier call can have been made */
    struct orders_order *order; /* NULL: not read yet */
    const struct promotions_result *off;
    const struct fraud_facts *facts; /* NULL: not to be looked at */
    struct inventory_held *held;     /* of an order of one group; NULL: unknown */
    bool placed;                     /* the order is in the database */
};
extern const struct json_shape checkout_state_shape;
extern const struct saga_kind checkout_saga;

/* ---- calls of the provider (checkout_pay.c) ---- */
struct saga_said checkout_authorize(void *flow, struct cx *cx, struct saga *s);
struct saga_said checkout_recalled(void); /* it was withdrawn, and nothing was taken for it */
/* What was only authorised is released, what was taken is refunded. */
struct saga_said checkout_give_back(void *flow, struct cx *cx, struct saga *s);
money checkout_amount(const struct checkout_state *s);

/* ---- units (checkout_steps.c) ---- */
struct idem_claim checkout_claim_of(const struct checkout_state *s);
/* The order of the saga, from memory or from its rows. */
err checkout_load_order(
    struct checkout *c, struct cx *cx, id order_id, struct checkout_state *s) MUST_USE;
/* Why there is no order, of the refusal that is kept for a repeat, and what the bank said. */
err checkout_told_again(struct cx *cx, str stored, err *ret_why, str *ret_text) MUST_USE;
/* What it wrote should be as it wrote it: one run from the request to here, without a pause. */
bool checkout_is_straight(const struct checkout_state *s);

/* ---- stock (checkout_stock.c) ---- */
err checkout_reserve(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
err checkout_unreserve(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
err checkout_sell(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
err checkout_unsell(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
/* In a WRITE unit of the inventory: see inventory_lock. held: to be reserved, or NULL. */
err checkout_lock_groups(struct checkout *c, struct cx *cx, id order_id, size_t n,
    const struct orders_order *held) MUST_USE;

/* ---- fraud (checkout_screen.c) ---- */
/* Looked at in the first unit, before anything is held: how long it is held depends on it. */
err checkout_screen(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
err checkout_unscreen(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
err checkout_learn(void *flow, struct cx *cx, struct saga *saga) MUST_USE;
/* Parks until a person has decided, then takes the money. */
struct saga_said checkout_review(void *flow, struct cx *cx, struct saga *saga);
bool checkout_no_review(const void *flow, const struct saga *saga);
int64_t checkout_hold_ms(const struct checkout_state *s); /* of stock and promotions */
extern const struct bus_handler checkout_events[];

/* ---- from a request to an order (checkout_prepare.c) ---- */
struct checkout_item {
    id product_id, variant_id;
    int64_t quantity;
    size_t to; /* 0: where the order goes; n: wish->others[n - 1] */
};
/* Where something goes: one of the user's own addresses, or one that was written. */
struct checkout_where {
    id address_id;
    const struct identity_address *address;
};
struct checkout_method {
    str type, token;
    id saved_id; /* instead of the token: one of the user's own methods */
    bool usual;  /* nothing was said: the user's default one */
};
/* So many of a line of the cart go there. */
struct checkout_share {
    id line;          /* the variant's, or the product's that has none */
    int64_t quantity; /* below 0: it could not be read */
    id address_id;    /* one of the user's own; none: where the order goes */
};
#define CHECKOUT_GIFT_CARDS_MAX 5
struct checkout_wish {
    const struct checkout_item *items; /* or the cart */
    size_t items_n;
    bool from_cart;
    id cart_id;                          /* none: the owner's cart */
    struct checkout_where where;         /* what does not say otherwise goes there */
    const struct checkout_where *others; /* the n-th is the one of items[n] */
    const struct checkout_share *shares; /* of lines of the cart; the others go whole */
    size_t shares_n;
    str email; /* of a guest */
    struct checkout_method method;
    const str *coupons, *gift_cards; /* codes; coupons: beside those that are in the cart */
    size_t coupons_n, gift_cards_n;
    bool use_wallet;
    enum pricing_speed speed;
    str device;         /* what the client says of itself; absent: unknown */
    str expected_total; /* absent: not compared */
    bool accept_prices; /* prices that changed since they were put into the cart are accepted */
};
/* A whole order with lines, sums and a new id, and how it is paid; nothing of it is written. */
struct checkout_plan {
    struct orders_order order;
    struct orders_address *places; /* where it goes; the first is the order's */
    size_t places_n;
    struct promotions_result off;
    struct checkout_tender *tenders;
    size_t tenders_n;
    money card; /* what the card pays */
    struct checkout_method method;
    str customer;
    struct cart_claim claim; /* cart_id none: not of a cart */
};
/* checkout_scarce.c: whether one of the items was refused in the last seconds; if so, *ret is what
 * to look at. What a cart holds is not known to checkout_wants_scarce. */
struct checkout_scarce *checkout_scarce_open(struct arena *life);
void checkout_scarce_note(struct checkout *c, const struct cx *cx, id variant_id);
bool checkout_wants_scarce(
    struct checkout *c, const struct cx *cx, const struct checkout_wish *wish);
bool checkout_scarce_want(struct checkout *c, struct cx *cx, const struct checkout_item *items,
    size_t n, struct inventory_want *ret);
/* In a READ unit. Proofreading is the first part of preparing: what a buyer can mend. */
err checkout_proofread(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish) MUST_USE;
err checkout_prepare(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_plan *ret) MUST_USE;
/* What is known of the order and where it came from; NULL: orders are not looked at. */
const struct fraud_facts *checkout_facts(struct checkout *c, struct cx *cx,
    const struct checkout_wish *wish, const struct checkout_plan *plan);
/* The quote of the cart for a page: lines and sums without an address. */
struct checkout_lines {
    struct catalog_product *products; /* same index */
    struct pricing_line *lines;
    str *variant_texts;
    id *variant_ids;
    size_t *to; /* which of the terms' places each goes to */
    size_t n;
    struct pricing_quote *parts; /* of each place, once they have prices; sums to the whole */
};
err checkout_lines_of(struct checkout *c, struct cx *cx, const struct checkout_item *items,
    size_t n, struct checkout_lines *ret) MUST_USE;
const struct catalog_variant *checkout_variant_of(const struct catalog_product *p, id variant_id);
/* What the cart holds: its lines, and the codes that were entered. */
struct checkout_bag {
    struct checkout_item *items;
    const str *coupons;
    size_t items_n, coupons_n;
    struct cart_claim claim; /* but for order_id; cart_id none: not of a cart */
};
err checkout_bag_of(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_bag *ret) MUST_USE;

/* ---- one order to several addresses, of several sellers (checkout_groups.c) ---- */
/* The addresses that items go to, each once, the order's first; items[].to becomes an index of
 * them. ERR_INVALID names what is wrong with which. */
err checkout_addresses(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_item *items, size_t n, struct orders_address **ret, size_t *ret_n) MUST_USE;
/* Lines of the cart to several addresses (checkout_spread.c): a line that has shares becomes one
 * item for each address, and they sum to what is in the cart: else ERR_INVALID. *ret_others is
 * wish->others of them. Shares of what is not in the cart are none. */
id checkout_line_of(const struct checkout_item *item);
err checkout_spread(struct cx *cx, const struct checkout_wish *wish, struct checkout_bag *bag,
    const struct checkout_where **ret_others) MUST_USE;
/* The groups of the order, whose lines are those of `l`: what one seller sends to one address. An
 * address pays for delivery once; its groups share that by the worth of their goods. */
void checkout_make_groups(struct cx *cx, const struct checkout_lines *l,
    const struct orders_address *places, struct orders_order *o);
/* How many groups the order of a saga has: what is held for it is held group by group. */
size_t checkout_groups_n(const struct checkout_state *s);

/* ---- what it costs (checkout_price.c) ---- */
struct checkout_terms {
    const struct pricing_place *places;
    size_t places_n;
    enum pricing_speed speed;
    const str *coupons;
    size_t coupons_n;
    str email;
};
/* In any unit: prices, what promotions take off, then delivery and tax. Fills the lines. */
err checkout_price(struct checkout *c, struct cx *cx, struct checkout_lines *lines,
    const struct checkout_terms *terms, struct pricing_quote *ret,
    struct promotions_result *ret_off) MUST_USE;
/* What the order keeps of it: which promotions, why, and how much. Absent when there are none. */
str checkout_promotions_text(struct cx *cx, const struct promotions_result *off, currency cur);
/* Gift cards first, then the wallet: fills the plan's tenders and what is left for the card, from
 * plan->order.total (checkout_tender.c). */
err checkout_take_tenders(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_plan *plan) MUST_USE;
/* The same, and the method that pays the rest. */
err checkout_share_out(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_plan *plan) MUST_USE;

/* ---- the books (checkout_books.c) ---- */
struct ledger_account checkout_buyer_account(id order_id, const struct checkout_state *s);
/* In a WRITE unit of the ledger: the order's sale, and the holds that pay for it. Again: nothing.
 */
err checkout_book_sale(struct checkout *c, struct cx *cx, const struct orders_order *order,
    const struct checkout_state *s) MUST_USE;
/* In any unit: what is left of the sale after the refunds that are booked, group by group, and the
 * payments that it was paid with: paid[i] of each part is payments[i]'s. booked: `refund_id` is one
 * of those refunds. A part is 0, all of the order, or n, its group n - 1. */
struct checkout_left {
    struct ledger_sale *parts;
    size_t parts_n;
    struct payments_payment *payments;
    int64_t paid_minor; /* by all of them; what is not left of it went back */
    int64_t last_ms;    /* in the id of the newest refund; 0: none */
    bool booked;
};
err checkout_left_of(struct checkout *c, struct cx *cx, const struct orders_order *order,
    id refund_id, struct checkout_left *ret) MUST_USE;
int64_t checkout_left_minor(const struct checkout_left *left, int64_t part);
/* What a refund of that much takes: in proportion of what each group has left, or of one alone. */
err checkout_cut(struct cx *cx, const struct checkout_left *left, int64_t part, int64_t minor,
    struct ledger_sale *ret) MUST_USE;
/* In a WRITE unit of the ledger: the reverse of that. Again: nothing. */
struct checkout_back {
    id refund_id;
    int64_t part, minor;
};
err checkout_book_refund(
    struct checkout *c, struct cx *cx, id order_id, struct checkout_back in) MUST_USE;

/* ---- placing (checkout_place.c) ---- */
struct checkout_place {
    struct batch_item of_crowd; /* the first member */
    struct checkout *c;
    struct cx *cx;
    struct checkout_wish wish;
    struct idem_claim claim;
    struct checkout_plan plan;
    struct checkout_state state;
    err prepared; /* what preparing found; told unless the key is a repeat */
    bool known;   /* something has claimed the key: only looked at when preparing failed */
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
/* checkout_crowd.c: fills prepared and known of those that are added, and goes on, on any worker.
 */
struct batches *checkout_crowd_open(struct arena *life, struct checkout *c);
void checkout_place_on(struct checkout_place *place); /* prepared and known are filled */
struct orders_owner checkout_owner_of(const struct cx *cx);

/* ---- money back (checkout_refund.c) ---- */
enum checkout_why {
    CHECKOUT_CANCELS,  /* before shipment: the goods stay, all money goes back */
    CHECKOUT_RETURNED, /* an approved return: the goods came back, all money goes back */
    CHECKOUT_GOODWILL, /* an amount goes back, nothing else happens */
    CHECKOUT_WHYS_N,
};
struct checkout_ending {
    struct checkout *c;
    struct cx *cx;
    id order_id;
    enum checkout_why why;
    int64_t part; /* 0: all of the order; n: its group n - 1, not with CHECKOUT_GOODWILL */
    str amount;   /* CHECKOUT_GOODWILL: as on the wire */
    str if_match; /* the order's version must be one of these; absent: any */
    str reason;
    struct idem_claim claim; /* key absent: none */
    bool replayed;           /* the key is a repeat: it was done before */
    bool waits;              /* not refused, and not cancelled yet: the provider is away */
    err failed;
    void (*done)(void *arg, struct checkout_ending *ending);
    void *arg;
};
/* From a worker; needs no unit. Who may is the caller's matter, but an order that cx may not see is
 * missing. Calls ending->done once, on any thread. */
void checkout_end(struct checkout_ending *ending);
extern const struct saga_kind checkout_refund_saga;
/* In a WRITE unit of deps.db: the same in the background once that is committed, by cx->who as
 * staff. Nobody is told. False: another of the order is under way. */
err checkout_end_later(const struct checkout_ending *ending, bool *ret_begun) MUST_USE;
str checkout_ending_reason(const struct checkout_ending *ending); /* as given, or the usual one */

/* What an order as it is offers (checkout_offer.c): else CHECKOUT_NOT_OFFERED, ERR_MISSING. One is
 * not cancelled any more when one of its groups is under way. */
extern const char *const checkout_why_names[CHECKOUT_WHYS_N + 1];
bool checkout_offers(const struct orders_order *o, enum checkout_why why, int64_t part);
err checkout_offered(
    struct cx *cx, const struct orders_order *o, enum checkout_why why, int64_t part) MUST_USE;
/* It is still being placed, or was taken back while it was: a part of it cannot be. */
bool checkout_withdrawable(const struct orders_order *o, int64_t part);

/* ---- an order that is still being placed (checkout_withdraw.c) ---- */
/* As checkout_end does, of one that its asker may see. */
void checkout_withdraw(struct checkout_ending *ending);
/* Outside of any unit: whether it is to be undone unless it is paid for. */
err checkout_is_withdrawn(struct checkout *c, struct cx *cx, id order_id, bool *ret) MUST_USE;
err checkout_withdrawn_look(void *service, struct cx *cx, const struct bus_event *event) MUST_USE;
err checkout_withdrawn_end(void *service, struct cx *cx, const struct bus_event *event) MUST_USE;

/* Of goodwill, with what went back before: CHECKOUT_BUSY when it is above what one person may give
 * alone (checkout_second.c). */
err checkout_alone(struct checkout *c, struct cx *cx, int64_t minor) MUST_USE;

/* ---- views (checkout_reply.c) ---- */
extern const struct json_shape checkout_placed_shape, checkout_order_shape, checkout_orders_shape;
/* The short answer to POST /orders. */
struct checkout_placed {
    const struct orders_order *order;
    str next_url; /* of a challenge */
    bool under_review;
    str cart_token; /* made for a guest who had none: without it the order could not be seen again
                     */
};
const void *checkout_placed_view(struct cx *cx, struct checkout_placed in);
/* In a READ unit: the short answer of an order that may still be under way, as it is now; without
 * the token. ERR_MISSING: it is not on record. */
err checkout_placed_now(
    struct checkout *c, struct cx *cx, id order_id, struct checkout_placed *ret) MUST_USE;
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
