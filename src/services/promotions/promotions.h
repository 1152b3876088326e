/* SPDX-License-Identifier: Apache-2.0
 * Coupons, automatic promotions and lightning deals: what they take off a basket, and the counting
 * of their limits, exact under a race. All verbs run in the unit of work that the caller opened on
 * cx. Amounts are minor units of the shop's currency. */
#ifndef SOUK_SERVICES_PROMOTIONS_PROMOTIONS_H
#define SOUK_SERVICES_PROMOTIONS_PROMOTIONS_H

#include "base/money.h"
#include "platform/http/service.h"

struct promotions;
extern const struct service promotions_service;

/* Why a code is refused (in promotions_refusal), and what reserving and confirming fail with. */
extern const problem PROMOTIONS_UNKNOWN;        /* 422 coupon_unknown */
extern const problem PROMOTIONS_EXPIRED;        /* 422 coupon_expired: over, or not begun */
extern const problem PROMOTIONS_EXHAUSTED;      /* 409 coupon_exhausted */
extern const problem PROMOTIONS_NOT_APPLICABLE; /* 422 coupon_not_applicable */
/* What changing a promotion fails with. */
extern const problem PROMOTIONS_CODE_TAKEN; /* 409 coupon_code_taken */
extern const problem PROMOTIONS_FIXED;      /* 409 promotion_fixed: cannot be changed any more */

struct promotions_deps {
    struct db *db;
    str currency; /* of the shop: "USD" */
};
struct promotions *promotions_open(struct arena *life, struct promotions_deps deps);
void promotions_close(struct promotions *p); /* NULL is a no-op */

enum promotions_kind {
    PROMOTIONS_PERCENTAGE,    /* percent_bp off each line */
    PROMOTIONS_AMOUNT,        /* amount_minor off the lines together */
    PROMOTIONS_BUY_GET,       /* of buy + get units the `get` cheapest at percent_bp off */
    PROMOTIONS_THRESHOLD,     /* spend minimum_minor, get amount_minor off */
    PROMOTIONS_FREE_SHIPPING, /* delivery, up to most_minor */
    PROMOTIONS_DEAL,          /* a variant at amount_minor each; uses are units */
    PROMOTIONS_KINDS_N,
};
extern const char *const promotions_kind_names[PROMOTIONS_KINDS_N + 1]; /* as on the wire */

/* A line is in scope when it has one of the products, categories or brands (all of them empty: any
 * line) and one of the sellers (empty: any). */
struct promotions_scope {
    const id *products, *sellers;
    const str *categories, *brands; /* "electronics" is also "electronics/phones" */
    size_t products_n, sellers_n, categories_n, brands_n;
};
#define PROMOTIONS_TARGETS_MAX 100 /* of each list */
#define PROMOTIONS_CODES_MAX 10    /* that a basket may have */
#define PROMOTIONS_CODE_MAX 40

struct promotions_promotion {
    id promotion_id; /* none: a new one */
    enum promotions_kind kind;
    str code; /* absent: automatic. Letters, digits, '-', '_'; compared without case */
    str name; /* shown to buyers */
    int64_t percent_bp, amount_minor;
    int64_t minimum_minor;          /* what the lines in scope must come to; 0: nothing */
    int64_t most_minor;             /* most that comes off an order; 0: no limit */
    int64_t buy_units, get_units;   /* PROMOTIONS_BUY_GET */
    id product_id, variant_id;      /* PROMOTIONS_DEAL */
    struct promotions_scope scope;  /* empty: everything */
    bool first_order;               /* only for who has not ordered before; then once each */
    str customers;                  /* only for this group of customers; absent: everybody */
    bool exclusive;                 /* never together with another promotion */
    str family;                     /* of one family only one applies; absent: none */
    int64_t priority;               /* lower comes first; of equals the one that takes off more */
    bool with_deals;                /* also off lines that are at a deal's price */
    int64_t starts_ms, ends_ms;     /* ends 0: never */
    int64_t uses_max, per_customer; /* 0: no limit. Of a deal: units, uses_max is its quantity */
    int64_t budget_minor;           /* of all that it takes off; 0: no limit */
    /* filled on read */
    int64_t used, spent_minor, ended_ms, version, created_ms, updated_ms;
};
/* Adds, or replaces the one with promotion_id. ERR_INVALID names the fields. ERR_MISSING: no such
 * promotion. PROMOTIONS_CODE_TAKEN. PROMOTIONS_FIXED: it has ended, is of another kind, or a limit
 * would appear, vanish or fall below what is used: end it and make another. */
err promotions_put(struct promotions *p, struct cx *cx, const struct promotions_promotion *in,
    struct promotions_promotion *ret) MUST_USE;
err promotions_get(struct promotions *p, struct cx *cx, id promotion_id,
    struct promotions_promotion *ret) MUST_USE; /* ERR_MISSING */
struct promotions_page {
    id before; /* none: from the newest */
    int64_t limit;
};
err promotions_list(struct promotions *p, struct cx *cx, struct promotions_page in,
    struct promotions_promotion **ret, size_t *ret_n) MUST_USE;
/* Ends it now; what orders hold of it stays theirs. A repeat changes nothing. ERR_MISSING. */
err promotions_end(struct promotions *p, struct cx *cx, id promotion_id) MUST_USE;
/* Deals that go on now or are to come, the soonest to end first; at most a second old. */
err promotions_deals(
    struct promotions *p, struct cx *cx, struct promotions_promotion **ret, size_t *ret_n) MUST_USE;

/* ---- what comes off a basket ---- */
struct promotions_line {
    id product_id, variant_id, seller_id;
    str category_path, brand;
    int64_t quantity, price_minor; /* price of one; their product within MONEY_MINOR_MAX */
};
struct promotions_buyer {
    id user_id;
    str email; /* who is not signed in: only its hash is kept; absent: not known yet */
    const str *groups;
    size_t groups_n;
    /* Whether the buyer has never ordered; asked only where it matters. NULL: they have. */
    err (*first_order)(void *arg, struct cx *cx, bool *ret);
    void *first_order_arg;
};
struct promotions_basket {
    const struct promotions_line *lines;
    size_t lines_n;
    struct promotions_buyer buyer;
    const str *codes; /* as typed; PROMOTIONS_CODES_MAX */
    size_t codes_n;
    int64_t shipping_minor; /* what delivery costs */
};
struct promotions_use { /* one promotion that applies */
    id promotion_id;
    enum promotions_kind kind;
    str code, name; /* code absent: automatic */
    str text;       /* "10% off", "Buy 2, get 1 free" */
    int64_t units;  /* 1; of a deal the units at its price */
    int64_t minor;  /* all that it takes off: of the lines and of delivery */
    int64_t shipping_minor;
    const int64_t *line_minor; /* of each line of the basket, in its order */
    /* No limit of the kind, ever: reserving need not count. Zero is safe. */
    bool no_total_limit, no_customer_limit;
};
struct promotions_line_result {
    int64_t discount;               /* all that comes off; at most quantity times price */
    int64_t deal_minor, deal_units; /* price of one at a deal and how many have it; 0: none */
};
enum promotions_reason {
    PROMOTIONS_NO_SUCH_CODE,
    PROMOTIONS_OVER,
    PROMOTIONS_NOT_YET,
    PROMOTIONS_USED_UP,
    PROMOTIONS_USED_BY_YOU,
    PROMOTIONS_NOT_FOR_YOU,
    PROMOTIONS_NOT_THESE,
    PROMOTIONS_BELOW_MINIMUM,
    PROMOTIONS_NOT_TOGETHER,
    PROMOTIONS_NOTHING_OFF,
    PROMOTIONS_REASONS_N,
};
struct promotions_refusal {
    str code; /* as typed */
    enum promotions_reason reason;
    err problem; /* PROMOTIONS_UNKNOWN, _EXPIRED, _EXHAUSTED or _NOT_APPLICABLE */
    str text;    /* for the buyer */
};
struct promotions_result {
    struct promotions_line_result *lines; /* as many as the basket has */
    int64_t discount, shipping_discount;  /* discount: of lines and delivery together */
    struct promotions_use *uses;          /* as applied; deals first */
    size_t uses_n;
    struct promotions_refusal *refused;
    size_t refused_n;
};
/* In any unit. Pure but for what it loads: automatic promotions and deals are at most a second old
 * and mostly cost no statement, codes are asked for. The result lives in cx->arena. */
err promotions_evaluate(struct promotions *p, struct cx *cx, const struct promotions_basket *in,
    struct promotions_result *ret) MUST_USE;

/* ---- limits: one set of uses per order ---- */
/* Counts the uses for the order until expires_ms, all or none. No uses: no statement. Repeating the
 * same order_id changes nothing. PROMOTIONS_EXHAUSTED: the field errors in cx name each code (or
 * promotion) at /coupons/<code> (/promotions/<id>); evaluate again. */
struct promotions_reserve {
    id order_id;
    struct promotions_buyer buyer; /* user_id or email must be there */
    const struct promotions_use *uses;
    size_t uses_n;
    int64_t expires_ms;
};
err promotions_reserve(struct promotions *p, struct cx *cx, struct promotions_reserve in) MUST_USE;
/* The order stands: its uses expire no more. A repeat, or an order without uses, does nothing. Uses
 * that had expired are counted again: PROMOTIONS_EXHAUSTED when that cannot be. */
err promotions_confirm(struct promotions *p, struct cx *cx, id order_id) MUST_USE;
/* Gives the order's uses back, held or confirmed. A repeat finds nothing and does nothing. */
err promotions_release(struct promotions *p, struct cx *cx, id order_id) MUST_USE;
/* For `souk check-data`: how many limits disagree with the uses. */
err promotions_check(struct promotions *p, struct cx *cx, size_t *ret_wrong) MUST_USE;

#endif
