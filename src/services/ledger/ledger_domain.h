/* SPDX-License-Identifier: Apache-2.0
 * The rules of the books: accounts, what a posting must be, what holds may become. Called by
 * ledger.c; values in, values out, it must never do I/O or read a clock. */
#ifndef SOUK_SERVICES_LEDGER_LEDGER_DOMAIN_H
#define SOUK_SERVICES_LEDGER_LEDGER_DOMAIN_H

#include "services/ledger/ledger.h"

/* The number of a kind in the chart of accounts, as it is stored: never changed, never reused. */
int64_t ledger_domain_code(enum ledger_kind kind);
bool ledger_domain_kind(int64_t code, enum ledger_kind *ret) MUST_USE;
bool ledger_domain_same(struct ledger_account a, struct ledger_account b);

/* ERR_BUG unless 2..LEDGER_ENTRIES_MAX entries, none zero, each account once and with an owner when
 * its kind has owners, sum 0. */
err ledger_domain_balanced(struct cx *cx, const struct ledger_entry *entries, size_t n) MUST_USE;

/* A sum of debits less credits on the kind's own side. */
int64_t ledger_domain_balance(enum ledger_kind kind, int64_t minor);

enum ledger_hold_state { HOLD_LIVE, HOLD_POSTED, HOLD_VOIDED, HOLD_EXPIRED, HOLD_STATES_N };
extern const char *const ledger_hold_state_names[HOLD_STATES_N + 1]; /* stored */

#endif
