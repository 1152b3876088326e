/* SPDX-License-Identifier: Apache-2.0
 * What the shop takes of what sellers sell, in basis points; a part of ledger.h. Pure: must never
 * look anything up. */
#ifndef SOUK_SERVICES_LEDGER_LEDGER_RATES_H
#define SOUK_SERVICES_LEDGER_LEDGER_RATES_H

#include "base/err.h"
#include "base/id.h"

#define LEDGER_RATES_MAX 100
#define LEDGER_COMMISSION_BP 1500 /* where nothing else is said */
struct ledger_rates {
    int64_t default_bp, tax_bp; /* tax: on the commission */
    struct ledger_rate {
        id seller;         /* none: of all */
        str category_path; /* "electronics/phones" and what is below it; absent: of all */
        int64_t bp;
    } list[LEDGER_RATES_MAX];
    size_t n;
};
/* "1500, electronics=800, <seller's id>=1200, <seller's id>:electronics=700". Its texts stay in
 * `text`. ERR_INVALID with cx->detail for people. */
err ledger_rates_parse(struct cx *cx, str text, struct ledger_rates *ret) MUST_USE;
/* A seller's own before all sellers', then the longest path; of no seller: 0. */
int64_t ledger_rate_of(const struct ledger_rates *rates, id seller, str category_path);

#endif
