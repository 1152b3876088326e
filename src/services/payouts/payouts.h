/* SPDX-License-Identifier: Apache-2.0
 * Payouts: bank accounts of sellers, and what is sent there. A payout is pending until the bank has
 * said how it went; then it is paid or failed, once. Money is the books' (flows/settlement posts it
 * in the same unit). All verbs run in the caller's unit of work. */
#ifndef SOUK_SERVICES_PAYOUTS_PAYOUTS_H
#define SOUK_SERVICES_PAYOUTS_PAYOUTS_H

#include "base/money.h"
#include "platform/http/service.h"

struct payouts;
extern const struct service payouts_service;

extern const problem PAYOUTS_UNKNOWN;    /* 404 not_found */
extern const problem PAYOUTS_NO_ACCOUNT; /* 409 payout_account_missing */
extern const problem PAYOUTS_NEW;        /* 409 payout_account_new: younger than account_wait_ms */
extern const problem PAYOUTS_OVER;       /* 409 payout_over: it has ended the other way */

struct payouts_deps {
    struct db *db;           /* of the books */
    int64_t account_wait_ms; /* nothing goes to an account that is younger */
};
struct payouts *payouts_open(struct arena *life, struct payouts_deps deps);
int64_t payouts_account_wait(const struct payouts *p); /* account_wait_ms */

/* ---- accounts ---- */
#define PAYOUTS_HOLDER_MAX 100 /* bytes */
struct payouts_account {
    id account_id;
    str holder;
    str iban;            /* ISO 13616; or else: */
    str routing, number; /* ABA routing number of nine digits, account of 4..17 digits */
    str hint;            /* out: the last four characters, for people */
    int64_t added_ms;    /* out */
};
/* In a WRITE unit: takes the place of the one before. ERR_INVALID with fields. */
err payouts_account_put(struct payouts *p, struct cx *cx, id seller_id, struct payouts_account in,
    struct payouts_account *ret) MUST_USE;
/* PAYOUTS_NO_ACCOUNT. */
err payouts_account_of(
    struct payouts *p, struct cx *cx, id seller_id, struct payouts_account *ret) MUST_USE;
/* The one a payout went to, maybe replaced since; erased ones have empty texts. */
err payouts_account_get(
    struct payouts *p, struct cx *cx, id account_id, struct payouts_account *ret) MUST_USE;

/* ---- payouts ---- */
#define PAYOUTS_TEXT_MAX 200 /* bytes of a reason or a note */
enum payouts_state { PAYOUTS_PENDING, PAYOUTS_PAID, PAYOUTS_FAILED, PAYOUTS_STATES_N };
extern const char *const payouts_state_names[PAYOUTS_STATES_N + 1]; /* NULL ends */
struct payouts_payout {
    id payout_id, seller_id, account_id, made_by;
    id approval_id; /* none: made by one person alone */
    id ended_by;    /* none: pending */
    money amount;
    str reason, note;
    enum payouts_state state;
    int64_t made_ms, ended_ms;
};
/* In a WRITE unit, of payout_id, seller_id, approval_id, amount and reason, by cx->who, to the
 * account in use. PAYOUTS_NO_ACCOUNT, PAYOUTS_NEW. */
err payouts_make(struct payouts *p, struct cx *cx, struct payouts_payout in) MUST_USE;
/* In a WRITE unit, by cx->who. *ret_moved is false when it had ended so before; PAYOUTS_OVER when
 * it had ended the other way. */
struct payouts_end {
    id payout_id;
    bool paid;
    str note; /* the bank's reference; why it failed */
};
err payouts_end(struct payouts *p, struct cx *cx, struct payouts_end in, struct payouts_payout *ret,
    bool *ret_moved) MUST_USE;
err payouts_get(
    struct payouts *p, struct cx *cx, id payout_id, struct payouts_payout *ret) MUST_USE;
/* The newest first, older than `before` (none: from the newest); seller_id none: of all. */
struct payouts_page {
    id seller_id, before;
    int64_t limit;
};
err payouts_list(struct payouts *p, struct cx *cx, struct payouts_page page,
    struct payouts_payout **ret, size_t *ret_n) MUST_USE;
/* What was made for a seller since then and has not failed. */
err payouts_made_since(struct payouts *p, struct cx *cx, id seller_id, currency cur,
    int64_t since_ms, int64_t *ret_minor) MUST_USE;
/* What is pending, by currency. */
struct payouts_sum {
    currency currency;
    int64_t minor;
};
err payouts_pending(
    struct payouts *p, struct cx *cx, struct payouts_sum **ret, size_t *ret_n) MUST_USE;

#endif
