/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for the verbs of ledger.c: what several statements share. No decisions. */
#ifndef SOUK_SERVICES_LEDGER_LEDGER_STORE_H
#define SOUK_SERVICES_LEDGER_LEDGER_STORE_H

#include "services/ledger/ledger_domain.h"

/* The body of the service; only files of this folder see it. */
struct ledger {
    struct ledger_deps deps;
};

/* The entries as the journal keeps them, and back. ERR_BUG: the text is not ours. */
str ledger_store_text(struct arena *arena, const struct ledger_entry *entries, size_t n);
err ledger_store_entries(
    struct cx *cx, str text, struct ledger_entry **ret, size_t *ret_n) MUST_USE;

/* Journal row and account rows. *ret_new is false when the posting is there already; ERR_BUG when
 * it is there with another kind, currency or entries. */
err ledger_store_post(
    struct ledger *l, struct cx *cx, const struct ledger_posting *in, bool *ret_new) MUST_USE;
/* Whether the posting is there; ERR_BUG as above. */
err ledger_store_known(
    struct ledger *l, struct cx *cx, const struct ledger_posting *in, bool *ret_known) MUST_USE;

/* Makes takers from the account queue until the unit ends. */
err ledger_store_guard(
    struct ledger *l, struct cx *cx, struct ledger_account account, currency cur) MUST_USE;
/* Debits less credits, and what live holds will debit. */
err ledger_store_balance(struct ledger *l, struct cx *cx, struct ledger_account account,
    currency cur, int64_t *ret_minor, int64_t *ret_held) MUST_USE;

#endif
