/* SPDX-License-Identifier: Apache-2.0
 * What the files of this flow share. For this folder only. */
#ifndef SOUK_FLOWS_SETTLEMENT_SETTLEMENT_INTERNAL_H
#define SOUK_FLOWS_SETTLEMENT_SETTLEMENT_INTERNAL_H

#include "flows/settlement/settlement.h"
#include "platform/idem/idem.h"
#include "platform/web/web_views.h"

struct settlement {
    struct settlement_deps deps;
    currency currency;
};

/* ---- settlement_make.c ---- */
struct settlement_making {
    struct settlement *s;
    id seller_id;
    id approval_id; /* in: approved by it; out: asked for by it */
    str amount, reason;
    struct idem_claim claim;
    bool asked, replayed;         /* out; asked: another person has to agree, nothing is made */
    struct payouts_payout payout; /* out, unless asked */
    money money;                  /* out */
};
/* Outside any unit, by cx->who. ERR_INVALID with fields, SETTLEMENT_LOW and what payouts say. */
err settlement_make(struct settlement *s, struct cx *cx, struct settlement_making *m) MUST_USE;
struct idem_claim settlement_claim(struct cx *cx, id seller_id, str amount, str reason, str key);

/* ---- settlement_end.c: outside any unit; a repeat that says the same changes nothing ---- */
err settlement_end(struct settlement *s, struct cx *cx, struct payouts_end in,
    struct payouts_payout *ret) MUST_USE;

/* ---- settlement.c ---- */
struct ledger_account settlement_owed(id seller_id);
/* In a WRITE unit of the books, by cx->who: the account, and the mail about it. */
err settlement_account_put(struct settlement *s, struct cx *cx, struct payouts_account in,
    struct payouts_account *ret) MUST_USE;
uint64_t settlement_own_conflict(const struct cx *cx, const void *in);
/* Payload of "payouts.account_changed", "payouts.paid" and "payouts.failed", and a mail each. */
struct settlement_told {
    id seller_id, payout_id;
    str email, name, total, currency, reason, other; /* other: the end of the account's number */
};
err settlement_tell(struct settlement *s, struct cx *cx, const char *type, id aggregate,
    const struct settlement_told *told) MUST_USE;

extern const struct route settlement_routes[], settlement_page_routes[];
extern const struct html_page *const settlement_pages[];

/* ---- settlement_office.c: forms of the back office ---- */
extern const struct json_shape settlement_office_make_in, settlement_office_end_in;
err settlement_office_make(void *service, struct cx *cx, const void *body, struct reply *reply);
err settlement_office_end(void *service, struct cx *cx, const void *body, struct reply *reply);

#endif
