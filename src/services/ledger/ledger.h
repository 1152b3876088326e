/* SPDX-License-Identifier: Apache-2.0
 * The books: double entry in minor units. Postings are immutable, corrected by new ones; holds
 * post, void or expire once; balances are sums. All verbs run in the caller's unit of work; those
 * that write need a WRITE unit. */
#ifndef SOUK_SERVICES_LEDGER_LEDGER_H
#define SOUK_SERVICES_LEDGER_LEDGER_H

#include "base/money.h"
#include "platform/http/service.h"
#include "services/ledger/ledger_rates.h"

struct ledger;
extern const struct service ledger_service;

extern const problem LEDGER_BALANCE_LOW; /* 409 insufficient_balance: of a wallet or a gift card */
extern const problem LEDGER_HOLD_GONE;   /* 409: voided, expired or never made */
extern const problem LEDGER_HOLD_POSTED; /* 409: cannot be voided any more */

struct ledger_deps {
    struct db *db;
};
struct ledger *ledger_open(struct arena *life, struct ledger_deps deps);

/* ---- accounts ---- */
enum ledger_kind {         /* its side, who owns it, what it says */
    LEDGER_PROVIDER,       /* debit, the shop: money at the payment provider */
    LEDGER_BUYER,          /* debit, a user or a guest's order: what they owe us */
    LEDGER_SELLER,         /* credit, a seller: what we owe them; may go below zero */
    LEDGER_SALES,          /* credit, the shop: its own goods */
    LEDGER_COMMISSION,     /* credit, the shop */
    LEDGER_COMMISSION_TAX, /* credit, the shop: tax on commissions */
    LEDGER_TAX,            /* credit, the shop: tax that buyers paid */
    LEDGER_SHIPPING,       /* credit, the shop: fees that buyers paid */
    LEDGER_DISCOUNT,       /* debit, the shop: discounts it bears */
    LEDGER_WALLET,         /* credit, a user; limited */
    LEDGER_GIFT_CARD,      /* credit, a card; limited */
    LEDGER_REFUND,         /* debit, the shop: its own goods given back, beside SALES */
    LEDGER_RESERVE,        /* credit, a seller: kept back from their balance */
    LEDGER_PAYOUT,         /* credit, the shop: told to the bank, not confirmed yet */
    LEDGER_LOSS,           /* debit, the shop: chargebacks, goodwill, differences */
    LEDGER_KINDS_N,
};
extern const char *const ledger_kind_names[LEDGER_KINDS_N + 1]; /* "provider", ...; NULL ends */
/* On which side the account grows: its balance is positive there. */
bool ledger_grows_by_debit(enum ledger_kind kind);
/* Never below zero, live holds counted: wallets and gift cards. */
bool ledger_is_limited(enum ledger_kind kind);
/* Whether accounts of the kind have owners; without one there is the shop's single account. */
bool ledger_is_owned(enum ledger_kind kind);

struct ledger_account {
    enum ledger_kind kind;
    id owner; /* none: the shop's */
};
struct ledger_entry {
    struct ledger_account account;
    int64_t minor; /* > 0 debit, < 0 credit, never 0 */
};

/* ---- postings ---- */
#define LEDGER_ENTRIES_MAX 128
#define LEDGER_KIND_BYTES 32
#define LEDGER_RETURNED "refund_returned" /* kind: a refund came back, and is owed to the buyer */
#define LEDGER_MEMO_BYTES 200
struct ledger_posting {
    id posting_id; /* given, version 7: of what it books (an order, a refund); again: nothing */
    str kind;      /* "sale", "capture", "refund", "payout"... */
    id reference;  /* the order, or what else all its postings are found by */
    currency currency;
    const struct ledger_entry *entries; /* sum 0, an account at most once */
    size_t n;                           /* 2..LEDGER_ENTRIES_MAX */
    str memo;                           /* for people; may be absent */
    int64_t at_ms;                      /* out: ledger_post books at cx->now_ms */
};
/* ERR_BUG when the entries do not balance, or when the id stands for other entries already.
 * LEDGER_BALANCE_LOW: a limited account would go below zero; nothing was written. */
err ledger_post(struct ledger *l, struct cx *cx, const struct ledger_posting *in) MUST_USE;
struct ledger_transfer { /* a posting of two entries: one amount between two accounts */
    id posting_id, reference;
    str kind;
    struct ledger_account from, to; /* `from` is debited, `to` credited */
    money amount;                   /* > 0 */
};
/* A repeat and problems as of ledger_post; ERR_BUG: less than 1, or `from` is `to`. */
err ledger_transfer(struct ledger *l, struct cx *cx, const struct ledger_transfer *in) MUST_USE;
/* All postings of a reference, oldest first, with their entries; in cx->arena. */
err ledger_of(struct ledger *l, struct cx *cx, id reference, struct ledger_posting **ret,
    size_t *ret_n) MUST_USE;

/* ---- holds: pending transfers ---- */
struct ledger_hold {
    id hold_id;                     /* given; also the id of its posting */
    id reference;                   /* of its posting */
    struct ledger_account from, to; /* as of a transfer: a wallet to its buyer */
    money amount;                   /* > 0 */
    int64_t expires_ms;
};
/* Again with the same hold_id: nothing, or LEDGER_HOLD_GONE when it has ended without a posting.
 * LEDGER_BALANCE_LOW: `from` is limited and has less, live holds counted; nothing was written. */
err ledger_hold(struct ledger *l, struct cx *cx, const struct ledger_hold *in) MUST_USE;
/* Posts 1..all of the amount as a posting of kind "hold"; the rest is free again. Again: nothing.
 * LEDGER_HOLD_GONE; more than all is DB_CONSTRAINT. A hold counts, and can be posted, until the job
 * has expired it. */
err ledger_hold_post(struct ledger *l, struct cx *cx, id hold_id, int64_t minor) MUST_USE;
/* Again, or without a hold: nothing. LEDGER_HOLD_POSTED. */
err ledger_hold_void(struct ledger *l, struct cx *cx, id hold_id) MUST_USE;

/* ---- reading ---- */
/* The balance on the account's own side, and what is left of it when all live holds are posted. */
err ledger_balance(struct ledger *l, struct cx *cx, struct ledger_account account, currency cur,
    int64_t *ret_minor, int64_t *ret_available) MUST_USE;
#define LEDGER_BALANCES_MAX 100
struct ledger_asked {
    struct ledger_account account;
    currency currency;
};
struct ledger_left {
    int64_t minor, available;
};
/* The same of n accounts, at most LEDGER_BALANCES_MAX, asked together: one round trip, whatever n.
 * `ret` has room for n, in the order of `asked`. */
err ledger_balances(struct ledger *l, struct cx *cx, const struct ledger_asked *asked, size_t n,
    struct ledger_left *ret) MUST_USE;
/* In a WRITE unit: others who lock the account wait until it ends. Before its balance decides. */
err ledger_lock(
    struct ledger *l, struct cx *cx, struct ledger_account account, currency cur) MUST_USE;

struct ledger_page {
    struct ledger_account account;
    currency currency;
    id before; /* a posting; none: from the newest */
    int64_t limit;
};
struct ledger_line {
    id posting_id, reference;
    str kind, memo;
    int64_t minor, at_ms; /* > 0 debit */
};
/* Newest first. */
err ledger_statement(struct ledger *l, struct cx *cx, struct ledger_page in,
    struct ledger_line **ret, size_t *ret_n) MUST_USE;

struct ledger_sum {
    enum ledger_kind kind;
    currency currency;
    int64_t debit_minor, credit_minor; /* both >= 0 */
    int64_t balance_minor;             /* on the kind's own side */
};
/* The trial balance: all accounts of a kind together, by currency, then kind. */
err ledger_trial(struct ledger *l, struct cx *cx, struct ledger_sum **ret, size_t *ret_n) MUST_USE;
/* Invariants, for `souk check-data`: each currency and each posting sums to 0; journal and accounts
 * agree; holds have one posting or none, as their state says; nothing limited is below 0. */
err ledger_check(struct ledger *l, struct cx *cx, size_t *ret_wrong) MUST_USE;

/* ---- pure: the entries of sales and refunds. Splitting is money_split of base/money.h ---- */
#define LEDGER_SHARES_MAX 100
#define LEDGER_PAID_MAX 10
struct ledger_share {    /* one seller's part of an order; all >= 0 */
    id seller;           /* none: the shop's own goods, without commission */
    int64_t goods_minor; /* net of tax; the shop's discount is not taken off */
    int64_t commission_minor, commission_tax_minor;
};
struct ledger_paid {
    struct ledger_account account; /* provider, wallet, gift card; buyer: what is still owed */
    int64_t minor;                 /* >= 0 */
};
struct ledger_sale { /* an order, a part of it, or what is left of it; one currency */
    const struct ledger_share *shares;
    size_t shares_n; /* a seller may have several, of different rates */
    int64_t tax_minor, shipping_minor, discount_minor;
    const struct ledger_paid *paid; /* together goods + tax + shipping - discount */
    size_t paid_n;
};
/* Rates in basis points, each rounded half up once: of the goods, and of the commission. */
struct ledger_share ledger_share_of(
    id seller, int64_t goods_minor, int64_t commission_bp, int64_t commission_tax_bp);
/* The part of a share with goods_minor of its goods (at most all), commission in proportion. */
struct ledger_share ledger_share_part(const struct ledger_share *left, int64_t goods_minor);
/* goods + tax + shipping - discount. */
int64_t ledger_total(const struct ledger_sale *sale);
/* Entries in cx->arena. ERR_BUG when the sums do not hold. */
err ledger_sale(
    struct cx *cx, const struct ledger_sale *in, struct ledger_entry **ret, size_t *ret_n) MUST_USE;
/* The reverse of that part of a sale; the shop's own goods go to REFUND, not off SALES. */
err ledger_refund(struct cx *cx, const struct ledger_sale *back, struct ledger_entry **ret,
    size_t *ret_n) MUST_USE;
/* The part of `left` worth `minor` (1..its total), everything in proportion, in cx->arena. Cutting
 * what is left again and again ends at exactly nothing. Absent discounts and fees stay absent. */
err ledger_cut(
    struct cx *cx, const struct ledger_sale *left, int64_t minor, struct ledger_sale *ret) MUST_USE;
/* What is left without `back`, which has the same shares and methods in the same order. */
err ledger_less(struct cx *cx, const struct ledger_sale *left, const struct ledger_sale *back,
    struct ledger_sale *ret) MUST_USE;

#endif
